//! Cuts text into sentences as German is written.
//!
//! Where a full stop may end a sentence or not (behind an ordinal or an abbreviation), both readings are given. Knows
//! nothing of secrets.

use std::ops::Range;

/// Words that end in a full stop within a sentence, in small letters. A single letter is always one.
const ABBREVIATIONS: &[&str] = &[
    "abb", "abl", "abs", "abt", "abschn", "allg", "anl", "anm", "art", "aufl", "az", "bd", "betr", "bgm",
    "bsp", "bspw", "buchst", "bzgl", "bzw", "ca", "dez", "dgl", "dipl", "dr", "ehem", "einschl", "entspr",
    "etc", "ev", "fa", "evtl", "exkl", "feb", "ff", "fl", "flst", "fr", "gem", "geb", "gegr", "gez", "ggf",
    "ggfs", "grdst", "gv", "gvbl", "bgbl", "hbf", "hr", "hrsg", "hrn", "ing", "inkl", "insb", "insbes",
    "jan", "jur", "kath", "kfz", "lfd", "lit", "lt", "max", "mind", "min", "mio", "mrd", "nachf", "nov",
    "nr", "nrn", "nördl", "okt", "or", "phil", "pos", "prof", "rd", "sen", "sept", "sep", "sog", "st", "std",
    "stellv", "stv", "str", "südl", "tab", "tel", "tsd", "urspr", "usw", "verf", "vgl", "vorm", "westl",
    "zb", "ziff", "zt", "zzgl", "zzt", "östl", "aug", "abzgl", "bauj", "bzgl", "gmbh", "co", "kg", "led",
    "verh", "gesch", "jr", "kap", "kl", "gr", "ob", "zus", "ü",
];
/// Words that begin a sentence more often than they go on with one, even behind an ordinal.
const STARTERS: &[&str] = &[
    "Aber",
    "Alle",
    "Als",
    "Auch",
    "Auf",
    "Aus",
    "Bei",
    "Bis",
    "Da",
    "Damit",
    "Daher",
    "Das",
    "Dem",
    "Den",
    "Der",
    "Des",
    "Die",
    "Dies",
    "Diese",
    "Dieser",
    "Dieses",
    "Ein",
    "Eine",
    "Er",
    "Es",
    "Für",
    "Hierzu",
    "Im",
    "In",
    "Insgesamt",
    "Mit",
    "Nach",
    "Sie",
    "So",
    "Über",
    "Um",
    "Und",
    "Vor",
    "Wegen",
    "Weitere",
    "Wenn",
    "Wir",
    "Zu",
    "Zum",
    "Zur",
];

/// A sentence, or what may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Where in the text it stands.
    pub range: Range<usize>,
    /// Whether it surely is one.
    pub is_sure: bool,
}

/// Gives the sentences in a text.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut all = Vec::new();
    // Where the sentence begins, and where it would if each full stop ended one.
    let (mut start, mut inner) = (0, 0);
    let mut cuts = false;
    let mut add = |range: Range<usize>, is_sure: bool| {
        if text.get(range.clone()).is_some_and(|text| !text.trim().is_empty()) {
            all.push(Sentence { range, is_sure });
        }
    };
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '…' | ':' | ';')) {
        let end = at + c.len_utf8();
        match ending(text, at, c) {
            Ending::None => {}
            Ending::Perhaps => {
                add(inner..end, false);
                inner = end;
                cuts = true;
            }
            Ending::Sure => {
                add(start..end, true);
                if cuts {
                    add(inner..end, false);
                }
                (start, inner, cuts) = (end, end, false);
            }
        }
    }
    add(start..text.len(), true);
    if cuts {
        add(inner..text.len(), false);
    }
    all
}

/// Gives the sure sentences in a text, each with what follows a colon or a semicolon.
pub(super) fn statements(text: &str) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for sentence in sentences(text).into_iter().filter(|sentence| sentence.is_sure) {
        match all.last_mut().filter(|last| text[last.start..last.end].ends_with([':', ';'])) {
            Some(last) => last.end = sentence.range.end,
            None => all.push(sentence.range),
        }
    }
    all
}

/// Whether a sentence ends.
enum Ending {
    None,
    Perhaps,
    Sure,
}

fn ending(text: &str, at: usize, c: char) -> Ending {
    let rest = text[at + c.len_utf8()..]
        .trim_start_matches(['"', '“', '”', '«', '»', '’', '\'', ')', ']', '.', '!', '?']);
    let next = rest.trim_start();
    if !rest.is_empty() && next.len() == rest.len() {
        // As in 1.250, z.B. and www.example.org.
        return Ending::None;
    }
    match c {
        '!' | '?' => return Ending::Sure,
        ':' | ';' | '…' => return Ending::Perhaps,
        _ => {}
    }
    if next.is_empty() {
        return Ending::Sure;
    }
    let next = next.trim_start_matches(['„', '"', '»', '‚', '(', '–', '-', ' ', '•']);
    // Another abbreviation: GV. NRW. S. 666.
    let mut letters = next.chars();
    let is_short_next = letters.next().is_some_and(char::is_uppercase) && letters.next() == Some('.');
    if next.starts_with(char::is_lowercase) || is_short_next {
        return Ending::None;
    }
    let before = &text[..at];
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_starter =
        || next.split(|c: char| !c.is_alphabetic()).next().is_some_and(|word| STARTERS.contains(&word));
    let is_ordinal = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit())
        || !word.is_empty() && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    let is_short = word.chars().count() <= 1 || ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    if is_ordinal && is_starter() {
        Ending::Perhaps
    } else if is_ordinal || is_short {
        // A name or a noun may follow, and so may a sentence.
        if next.starts_with(char::is_uppercase) { Ending::Perhaps } else { Ending::None }
    } else {
        Ending::Sure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what surely is a sentence.
    fn whole(text: &str) -> Vec<&str> {
        let sure = sentences(text).into_iter().filter(|sentence| sentence.is_sure);
        sure.map(|sentence| text[sentence.range].trim()).collect()
    }

    #[test]
    fn a_full_stop_within_a_sentence_does_not_end_it() {
        for sentence in [
            "Der Kaufpreis beträgt 1.250.000,00 EUR.",
            "Notartermin ist der 3. April 2026.",
            "Am 12. Februar 2025 tagt der Rat.",
            "Der Bieter hat z. B. nach § 3 Abs. 2 Nr. 4 VOB/A keine Nachweise erbracht.",
            "Herr Dr. K. Lütke Wentrup und Prof. Meyer erhalten ca. 5 Mio. Euro.",
            "Das Los 4 (vgl. Anl. 2) geht an Fa. Muster Bau.",
            "Die 2. Änderung des Vertrags steht auf www.example.org bereit.",
            "Kosten: 5 Euro; Ertrag: 7 Euro.",
            "Es gilt die Fassung vom 14. Juli 1994 (GV. NRW. S. 666) mit Abs. 2 weiter.",
        ] {
            assert_eq!(whole(sentence), [sentence]);
            let two = format!("{sentence} Das gilt.");
            assert_eq!(whole(&two), [sentence, "Das gilt."]);
        }
        assert_eq!(
            whole("Im Jahr 2025. Die Stadt zahlt! Wer noch? „Niemand.“ Es"),
            ["Im Jahr 2025.", "Die Stadt zahlt!", "Wer noch?", "„Niemand.", "“ Es"]
        );
    }

    #[test]
    fn where_it_may_end_one_both_are_given() {
        let text = "Verkauft wird Los 4. Die Stadt behält Los 5 usw. Das gilt.";
        let all: Vec<&str> =
            sentences(text).into_iter().map(|sentence| text[sentence.range].trim()).collect();
        assert_eq!(all, ["Verkauft wird Los 4.", "Die Stadt behält Los 5 usw.", text, "Das gilt."]);
    }

    #[test]
    fn a_colon_goes_on_with_what_is_stated() {
        let text = "Kaufpreis: 200.000 Euro. Die Stadt zahlt; Notar: 3 Euro. Ende";
        let all: Vec<&str> = statements(text).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(all, ["Kaufpreis: 200.000 Euro.", "Die Stadt zahlt; Notar: 3 Euro.", "Ende"]);
    }
}
