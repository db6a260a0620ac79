//! A change, and how it is said.
//!
//! Knows nothing of how it was found.

use super::words::{Fate, WordRun};

/// Something that differs between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The part of the document: `Vorlage`, `Anlage A`, `Tagesordnung`.
    pub part: String,
    /// The keys that lead to it: `anlage.A.finanzierung[0116].finanzplan`.
    pub path: String,
    /// The labels on the way to it, as the form prints them.
    pub place: Vec<String>,
    /// Its own label.
    pub label: String,
    /// What became of it.
    pub kind: ChangeKind,
}

/// What became of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// It has another value; none where it has none.
    Value {
        /// The value before.
        old: Option<String>,
        /// The value now.
        new: Option<String>,
        /// Whether these are words of the author, and not an answer, a number or a day.
        is_text: bool,
    },
    /// A text has other words.
    Words(Vec<WordRun>),
    /// It came, with these lines.
    Added(Vec<String>),
    /// It is gone, with these lines.
    Removed(Vec<String>),
    /// It stands in another place.
    Moved {
        /// Where it stood.
        from: String,
        /// Where it stands.
        to: String,
        /// What it says.
        text: String,
    },
    /// It says the same and looks different.
    Look(String),
    /// What became of it is told in words.
    Told(String),
}

/// What stands in the place of a value that is not there.
pub(super) const NOTHING: &str = "ohne Angabe";

/// So many words beside a change are enough to find it.
const CONTEXT: usize = 4;

impl Change {
    /// Names what changed, without its part: `Finanzierung, Produktgruppe 0116: Auswirkungen auf den Finanzplan`.
    pub fn name(&self) -> String {
        let place = self.place.join(", ");
        match (place.as_str(), self.label.as_str()) {
            ("", label) => label.to_owned(),
            (place, "") => place.to_owned(),
            (place, label) if matches!(self.kind, ChangeKind::Value { .. }) => format!("{place}: {label}"),
            (place, label) => format!("{place}, {label}"),
        }
    }

    /// Says in a sentence what changed, without its part and without a full stop.
    pub fn sentence(&self) -> String {
        let name = self.name();
        match &self.kind {
            ChangeKind::Value { old, new, is_text } => {
                let said = |value: &Option<String>| match value {
                    None => NOTHING.to_owned(),
                    Some(text) if *is_text => format!("„{text}“"),
                    Some(text) => text.clone(),
                };
                let before = if name.ends_with(['?', '.', '!']) { "Bisher" } else { "bisher" };
                format!("{name} {before} {}, jetzt {}", said(old), said(new))
            }
            ChangeKind::Words(runs) => format!("{name}: {}", in_brackets(&shortened(runs))),
            ChangeKind::Added(lines) => format!("{name}, neu{}", listed(lines)),
            ChangeKind::Removed(lines) => format!("{name}, gestrichen{}", listed(lines)),
            ChangeKind::Moved { from, to, text } => {
                let text =
                    if text.is_empty() { String::new() } else { format!(": „{}“", beginning(text)) };
                format!("{name}, verschoben: bisher {from}, jetzt {to}{text}")
            }
            ChangeKind::Told(what) if name.is_empty() => what.clone(),
            ChangeKind::Look(what) | ChangeKind::Told(what) => format!("{name}: {what}"),
        }
    }
}

fn listed(lines: &[String]) -> String {
    match lines {
        [] => String::new(),
        lines => format!(": {}", lines.join("; ")),
    }
}

/// Says of each changed word what became of it.
fn in_brackets(runs: &[WordRun]) -> String {
    let mut text = String::new();
    for run in runs {
        let words = run.text.trim();
        let (before, behind) = match run.text.split_once(words) {
            Some(around) if !words.is_empty() => around,
            _ => ("", ""),
        };
        let follows_change = text.ends_with(']');
        match run.fate {
            Fate::Kept => text.push_str(&run.text),
            Fate::Removed => text += &format!("{before}[gestrichen: {words}]{behind}"),
            Fate::Added => {
                let before = if follows_change && before.is_empty() { " " } else { before };
                text += &format!("{before}[neu: {words}]{behind}");
            }
        }
    }
    text
}

/// Leaves of what is kept only what stands beside a change.
fn shortened(runs: &[WordRun]) -> Vec<WordRun> {
    let last = runs.len().saturating_sub(1);
    let shorten = |(at, run): (usize, &WordRun)| match run.fate {
        Fate::Kept => {
            let text = around(&run.text, at > 0, at < last);
            WordRun { fate: run.fate, text }
        }
        _ => run.clone(),
    };
    runs.iter().enumerate().map(shorten).collect()
}

/// Keeps the first words of a text if something stands before it, and the last ones if something stands behind it.
fn around(text: &str, before: bool, behind: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let most = CONTEXT * (usize::from(before) + usize::from(behind)) + 3;
    // A space before the first word is no word.
    let ahead = CONTEXT + usize::from(words.first().is_some_and(|word| word.trim().is_empty()));
    if words.len() <= most {
        return text.to_owned();
    }
    let first = if before { words[..ahead].concat() } else { String::new() };
    let last = if behind { words[words.len() - CONTEXT..].concat() } else { String::new() };
    let space = if first.is_empty() || first.ends_with(char::is_whitespace) { "" } else { " " };
    format!("{first}{space}…{}{last}", if last.is_empty() { "" } else { " " })
}

/// The first words of a text.
pub(super) fn beginning(text: &str) -> String {
    const MOST: usize = 60;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST) {
        None => text,
        Some((end, _)) => {
            let cut = text[..end].rfind(' ').unwrap_or(end);
            format!("{} …", &text[..cut])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::compare_words;
    use super::*;

    fn change(place: &[&str], label: &str, kind: ChangeKind) -> String {
        let place = place.iter().map(|part| (*part).to_owned()).collect();
        Change { part: String::new(), path: String::new(), place, label: label.into(), kind }.sentence()
    }

    fn value(old: Option<&str>, new: Option<&str>, is_text: bool) -> ChangeKind {
        ChangeKind::Value { old: old.map(str::to_owned), new: new.map(str::to_owned), is_text }
    }

    #[test]
    fn changes_are_said_as_an_office_says_them() {
        let place = ["Finanzierung", "Produktgruppe 0116"];
        assert_eq!(
            change(&place, "Auswirkungen auf den Finanzplan", value(Some("Nein"), Some("Ja"), false)),
            "Finanzierung, Produktgruppe 0116: Auswirkungen auf den Finanzplan bisher Nein, jetzt Ja"
        );
        assert_eq!(
            change(&place[..1], "Bereits veranschlagt?", value(None, Some("Ja"), false)),
            "Finanzierung: Bereits veranschlagt? Bisher ohne Angabe, jetzt Ja"
        );
        assert_eq!(
            change(&[], "Betreff", value(Some("A"), Some("B"), true)),
            "Betreff bisher „A“, jetzt „B“"
        );
        assert_eq!(
            change(&["Ziele"], "2. Absatz", ChangeKind::Added(vec!["Neu.".into()])),
            "Ziele, 2. Absatz, neu: Neu."
        );
    }

    #[test]
    fn of_a_long_text_only_what_stands_beside_the_change_is_said() {
        let old = "Der Rat der Stadt Münster hat in den Jahren 2008 und 2014 sowie 2019 beschlossen, das Leitbild fortzuschreiben.";
        let new = old.replace("2014", "2015");
        assert_eq!(
            change(&["Kurzüberblick"], "", ChangeKind::Words(compare_words(old, &new))),
            "Kurzüberblick: … den Jahren 2008 und [gestrichen: 2014] [neu: 2015] sowie 2019 beschlossen, das Leitbild fortzuschreiben."
        );
        let end = old.replace(".", " lassen.");
        assert!(
            change(&["A"], "", ChangeKind::Words(compare_words(old, &end)))
                .ends_with("das Leitbild fortzuschreiben [neu: lassen].")
        );
    }
}
