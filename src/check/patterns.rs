//! The patterns that texts are searched with.

use regex::Regex;

/// A pattern that is fixed in the program. `\b` asks for a letter or digit of ASCII on one side only: with all of
/// Unicode the fast engine would give up at the first umlaut.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace(r"\b", r"(?-u:\b)")).expect("fixed, and tried by the tests of its module")
}

/// A pattern whose `\b` knows all letters; for those that begin with a word and so are tried at few places only.
pub(super) fn word_pattern(text: &str) -> Regex {
    Regex::new(text).expect("fixed, and tried by the tests of its module")
}

/// So much of what stands before or behind a match is looked at; all of it for each match would take for ever.
const NEAR: usize = 120;

/// The first characters of a text.
pub(super) fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(NEAR)]
}

/// The last characters of a text.
pub(super) fn end(text: &str) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(NEAR))..]
}
