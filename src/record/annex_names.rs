//! How the PDFs of forms are called: as the patterns of a city say.
//!
//! Knows nothing of folders.

use super::names::{OWN_LABEL, Rendition};

const NUMBER: &str = "{nummer}";
const LABEL: &str = "{kennung}";
/// A longer pattern would leave too little of a name for the number.
const MAX_PATTERN: usize = 80;

/// The patterns for the names of form annexes, without what a name ends in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnexNames {
    annex: String,
    own: String,
}

impl Default for AnnexNames {
    fn default() -> Self {
        Self { annex: "{nummer}-Anlage-{kennung}".to_owned(), own: "{nummer}-Vorlage".to_owned() }
    }
}

impl AnnexNames {
    /// Takes patterns for annexes and for the proposal itself, as far as there are any. An error says, in German, what is wrong
    /// with the one of this key.
    pub fn new(annex: Option<&str>, own: Option<&str>) -> Result<Self, (&'static str, String)> {
        let mut names = Self::default();
        if let Some(pattern) = annex {
            if let Some(fault) = fault(pattern, &[NUMBER, LABEL]) {
                return Err(("anlage", fault));
            }
            names.annex = pattern.to_owned();
        }
        if let Some(pattern) = own {
            if let Some(fault) = fault(pattern, &[NUMBER]) {
                return Err(("vorlage", fault));
            }
            names.own = pattern.to_owned();
        }
        Ok(names)
    }

    /// Names the PDF of an annex: `V-0056-2025-Anlage-A.pdf`; of a form that is the proposal itself: `V-0056-2025-Vorlage.pdf`.
    /// `number` is what the files of the proposal are called after.
    pub fn pdf(&self, number: &str, label: &str) -> String {
        format!("{}.pdf", self.stem(number, label))
    }

    /// Names a file of an annex: `V-0056-2025-Anlage-A.pdf`, `V-0056-2025-Anlage-A-1.png`, of a draft
    /// `V-0056-2025-Anlage-A-entwurf.pdf`. `page` counts from 1.
    pub fn file(&self, rendition: Rendition, number: &str, label: &str, page: usize) -> String {
        let draft = if rendition.is_draft { "-entwurf" } else { "" };
        let stem = self.stem(number, label);
        if rendition.is_picture { format!("{stem}{draft}-{page}.png") } else { format!("{stem}{draft}.pdf") }
    }

    fn stem(&self, number: &str, label: &str) -> String {
        let pattern = if label == OWN_LABEL { &self.own } else { &self.annex };
        // A number is no pattern.
        let parts = pattern.split(NUMBER).map(|part| part.replace(LABEL, label));
        parts.collect::<Vec<String>>().join(number)
    }
}

/// Says what is wrong with a pattern; two annexes must never have one name.
fn fault(pattern: &str, placeholders: &[&str]) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "ÄÖÜäöüß-_".contains(c);
    let rest =
        placeholders.iter().fold(pattern.to_owned(), |rest, placeholder| rest.replace(placeholder, "\u{0}"));
    if let Some(missing) = placeholders.iter().find(|placeholder| pattern.matches(**placeholder).count() != 1)
    {
        Some(format!("In „{pattern}“ steht {missing} nicht genau einmal."))
    } else if pattern.len() > MAX_PATTERN {
        Some(format!("„{pattern}“ ist zu lang."))
    } else if pattern.starts_with('-') || !rest.chars().all(|c| c == '\u{0}' || is_plain(c)) {
        Some(format!("„{pattern}“ ist kein Name für Dateien: Erlaubt sind Buchstaben, Ziffern, - und _."))
    } else if let [_, between, _] = rest.split('\u{0}').collect::<Vec<&str>>()[..] {
        let is_parted = between.contains(['-', '_']);
        (!is_parted).then(|| format!("In „{pattern}“ fehlt ein - oder _ zwischen {NUMBER} und {LABEL}."))
    } else {
        let has_word = rest.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() >= 3);
        (!has_word)
            .then(|| format!("In „{pattern}“ fehlt ein Wort; sonst hieße die Vorlage wie eine Anlage."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_as_the_patterns_say() {
        let usual = AnnexNames::default();
        assert_eq!(usual.pdf("V-0056-2025", "A"), "V-0056-2025-Anlage-A.pdf");
        assert_eq!(usual.pdf("V-0056-2025", OWN_LABEL), "V-0056-2025-Vorlage.pdf");
        let names = AnnexNames::new(Some("Anl_{kennung}_zu_{nummer}"), Some("Vorlage_{nummer}")).unwrap();
        assert_eq!(names.pdf("VO-2025-12", "1a"), "Anl_1a_zu_VO-2025-12.pdf");
        assert_eq!(names.pdf("VO-2025-12", OWN_LABEL), "Vorlage_VO-2025-12.pdf");
        let draft = Rendition { is_draft: true, is_picture: true };
        assert_eq!(names.file(draft, "VO-1", "A", 2), "Anl_A_zu_VO-1-entwurf-2.png");
        let all = [(false, false), (false, true), (true, false), (true, true)];
        let made =
            all.map(|(is_draft, is_picture)| usual.file(Rendition { is_draft, is_picture }, "V-1", "A", 1));
        let expected = [
            "V-1-Anlage-A.pdf",
            "V-1-Anlage-A-1.png",
            "V-1-Anlage-A-entwurf.pdf",
            "V-1-Anlage-A-entwurf-1.png",
        ];
        assert_eq!(made, expected);
        // Whatever the number says is no pattern.
        assert_eq!(usual.pdf("{kennung}", "A"), "{kennung}-Anlage-A.pdf");
    }

    #[test]
    fn a_pattern_that_gives_one_name_twice_or_leads_elsewhere_is_refused() {
        for (annex, own, key, why) in [
            (Some("Anlage-{kennung}"), None, "anlage", "{nummer} nicht genau einmal"),
            (Some("{nummer}-{kennung}-{kennung}"), None, "anlage", "{kennung} nicht genau einmal"),
            (Some("{nummer}{kennung}"), None, "anlage", "fehlt ein - oder _"),
            (Some("../{nummer}-{kennung}"), None, "anlage", "Erlaubt sind"),
            (Some("-{nummer}-{kennung}"), None, "anlage", "Erlaubt sind"),
            (Some("{nummer}-{kennung} {x}"), None, "anlage", "Erlaubt sind"),
            (None, Some("{nummer}"), "vorlage", "fehlt ein Wort"),
            (None, Some("{nummer}-A"), "vorlage", "fehlt ein Wort"),
        ] {
            let (found, message) = AnnexNames::new(annex, own).unwrap_err();
            assert_eq!(found, key);
            assert!(message.contains(why), "{message}");
        }
        assert!(AnnexNames::new(Some(&format!("{{nummer}}-{{kennung}}{}", "x".repeat(80))), None).is_err());
    }
}
