//! The patterns that texts are searched with.

use regex::Regex;

/// A pattern that is fixed in the program. `\b` asks for a letter or digit of ASCII on one side only: with all of
/// Unicode the fast engine would give up at the first umlaut.
pub fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace(r"\b", r"(?-u:\b)")).expect("fixed, and tried by the tests of its module")
}
