//! The number of an agenda item: any label that councils print, such as `4.2`, `5a` or `Ö 5.1`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The number of an agenda item as it is printed. Two that differ only in spaces, case, or dots between figures and letters
/// are the same; in order they are as on an agenda.
#[derive(Debug, Clone)]
pub struct ItemNumber {
    text: String,
    parts: Vec<LabelRun>,
}

/// A run of figures or of letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum LabelRun {
    Figures(u32),
    Letters(String),
}

/// The error of a text that is not the number of an agenda item.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnItemNumber;

/// The most characters of a number.
const MAX_CHARS: usize = 20;

/// What a number looks like, for editors; how many characters it has says the schema.
pub(super) const PATTERN: &str = r"^\s*[\p{L}\p{N}][\p{L}\p{N}\s]*(\.[\p{L}\p{N}\s]+)*\.?$";

impl ItemNumber {
    /// Gives what tells it from all others of an agenda, for names in files: `4.2`, `5a`, `oe5.1`.
    pub fn slug(&self) -> String {
        let mut slug = String::new();
        for (at, part) in self.parts.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &self.parts[before]);
            match (before, part) {
                (Some(LabelRun::Figures(_)), LabelRun::Figures(_))
                | (Some(LabelRun::Letters(_)), LabelRun::Letters(_)) => slug.push('.'),
                _ => {}
            }
            match part {
                LabelRun::Figures(number) => slug.push_str(&number.to_string()),
                LabelRun::Letters(letters) => slug.push_str(letters),
            }
        }
        slug
    }

    /// Gives the letters that it begins with, such as `Ö` and `N`: numbers are in order only among those that begin alike.
    pub fn prefix(&self) -> &str {
        match self.parts.first() {
            Some(LabelRun::Letters(letters)) => letters,
            _ => "",
        }
    }

    /// Tells whether it is one below another: 5.1 is below 5.
    pub fn is_below(&self, other: &Self) -> bool {
        self.parts.len() > other.parts.len() && self.parts.starts_with(&other.parts)
    }
}

impl fmt::Display for ItemNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ItemNumber {
    type Err = NotAnItemNumber;

    fn from_str(text: &str) -> Result<Self, NotAnItemNumber> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | ' ');
        let begins = text.starts_with(char::is_alphanumeric);
        let has_gap = text.contains("..");
        if !begins || has_gap || text.chars().count() > MAX_CHARS || !text.chars().all(is_allowed) {
            return Err(NotAnItemNumber);
        }
        let parts = text.split(['.', ' ']).flat_map(runs).collect::<Result<_, _>>()?;
        Ok(Self { text, parts })
    }
}

/// Takes a word apart into its figures and letters.
fn runs(word: &str) -> Vec<Result<LabelRun, NotAnItemNumber>> {
    let chars: Vec<char> = word.chars().collect();
    let run = |run: &[char]| {
        let text: String = run.iter().collect();
        if run[0].is_ascii_digit() {
            text.parse().map(LabelRun::Figures).map_err(|_| NotAnItemNumber)
        } else {
            Ok(LabelRun::Letters(plain(&text)))
        }
    };
    chars.chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit()).map(run).collect()
}

/// Letters in lower case, with umlauts as they are written without them.
fn plain(letters: &str) -> String {
    letters.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss")
}

impl PartialEq for ItemNumber {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for ItemNumber {}

impl PartialOrd for ItemNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ItemNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl Hash for ItemNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> ItemNumber {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_read_as_written_and_ordered_as_an_agenda_is() {
        let mut numbers =
            ["10", "4.10", "15a", "4.2", "15", "4", "1", "5.1", "5a", "Ö 2", "N 11.1", "Ö 1.10", "Ö 1.9"]
                .map(number)
                .to_vec();
        numbers.sort();
        let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            ["1", "4", "4.2", "4.10", "5.1", "5a", "10", "15", "15a", "N 11.1", "Ö 1.9", "Ö 1.10", "Ö 2"]
        );
        for text in
            ["", ".4", "4,2", "+4", "4..2", "4/2", "TOP 4\u{0}", "4294967296", "123456789012345678901"]
        {
            assert_eq!(text.parse::<ItemNumber>().map(|number| number.text), Err(NotAnItemNumber), "{text}");
        }
    }

    #[test]
    fn the_pattern_says_what_is_read_as_a_number() {
        let pattern = regex::Regex::new(PATTERN).unwrap();
        for text in ["10", "4.10", "4.1.", "5 A", "Ö 2", "N 11.1", " 4", "4. a", "4 .a", "4\t1", "4. .1"] {
            assert!(pattern.is_match(text) && text.parse::<ItemNumber>().is_ok(), "{text}");
        }
        for text in ["", " ", ".4", "4,2", "+4", "4..2", "4/2", "4.-", "TOP 4\u{0}"] {
            assert!(!pattern.is_match(text) && text.parse::<ItemNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_that_people_read_alike_are_the_same() {
        for (one, other) in [("5a", "5 A"), ("4.1", "4.1."), ("04", "4"), ("Ö 5", "ö5"), ("Ö5", "OE 5")] {
            assert_eq!(number(one), number(other));
            assert_eq!(number(one).slug(), number(other).slug());
        }
        for (one, other) in [("5a", "5.1"), ("41", "4.1"), ("N 1", "1"), ("1.1.1", "11.1")] {
            assert_ne!(number(one), number(other));
            assert_ne!(number(one).slug(), number(other).slug());
        }
    }

    #[test]
    fn a_number_knows_its_name_in_files_what_it_begins_with_and_what_it_is_below() {
        let slugs = ["4.2", "5a", "Ö 5.1", "N 11.1", "4 1", "a b", "4.1."].map(|text| number(text).slug());
        assert_eq!(slugs, ["4.2", "5a", "oe5.1", "n11.1", "4.1", "a.b", "4.1"]);
        assert_eq!((number("Ö 5.1").prefix(), number("5.1").prefix()), ("oe", ""));
        for (number, other, is_below) in
            [("5.1", "5", true), ("5a", "5", true), ("5", "5", false), ("51", "5", false)]
        {
            assert_eq!(
                super::tests::number(number).is_below(&super::tests::number(other)),
                is_below,
                "{number}"
            );
        }
    }
}
