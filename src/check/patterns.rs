//! The patterns that texts are searched with.

use std::sync::LazyLock;

use regex::{Captures, Match, Regex};

/// A pattern that most texts do not need: it is made only for a text that may hold what it looks for, since making it takes
/// longer than checking a record.
pub(super) struct GuardedPattern {
    /// Tells whether a text may hold it. What this denies is not looked for.
    may_be_in: fn(&str) -> bool,
    made: LazyLock<Regex>,
}

impl GuardedPattern {
    pub(super) const fn new(may_be_in: fn(&str) -> bool, make: fn() -> Regex) -> Self {
        Self { may_be_in, made: LazyLock::new(make) }
    }

    fn needed(&self, text: &str) -> Option<&Regex> {
        (self.may_be_in)(text).then(|| &*self.made)
    }

    pub(super) fn find_iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Match<'a>> {
        self.needed(text).into_iter().flat_map(|pattern| pattern.find_iter(text))
    }

    pub(super) fn captures_iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Captures<'a>> {
        self.needed(text).into_iter().flat_map(|pattern| pattern.captures_iter(text))
    }
}

/// Tells whether one of the bytes of a text is like this, seen with all that stands before and behind it.
pub(super) fn any_byte(text: &str, is: impl Fn(&[u8], u8, &[u8]) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| is(&bytes[..at], *byte, &bytes[at + 1..]))
}

/// What stands behind a space, if there is one.
pub(super) fn behind_space(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b" ").unwrap_or(bytes)
}

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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    /// The texts of all records that findings are tried with, and of the examples.
    fn texts() -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = ["tests/findings", "examples"].map(|folder| walkdir::WalkDir::new(root.join(folder)));
        let read = |entry: walkdir::DirEntry| std::fs::read_to_string(entry.path()).ok();
        files.into_iter().flatten().flatten().filter_map(read).collect()
    }

    #[test]
    fn a_guard_denies_nothing_that_its_pattern_finds() {
        let texts = texts();
        assert!(texts.len() > 50);
        let mut runner = TestRunner::deterministic();
        for (name, guarded) in super::super::guarded_patterns() {
            for line in texts.iter().flat_map(|text| text.lines()) {
                assert!(!guarded.made.is_match(line) || (guarded.may_be_in)(line), "{name}: {line}");
            }
            // Texts that the pattern itself describes; borders of words are looked for and stand for nothing.
            let plain = guarded.made.as_str().replace(r"(?-u:\b)", "").replace('$', "");
            let strategy = proptest::string::string_regex(&plain).unwrap();
            let mut found = 0;
            for _ in 0..2000 {
                let text = format!(" {} ", strategy.new_tree(&mut runner).unwrap().current());
                found += usize::from(guarded.made.is_match(&text));
                assert!(!guarded.made.is_match(&text) || (guarded.may_be_in)(&text), "{name}: {text:?}");
            }
            assert!(found > 100, "{name}: {found}");
            assert!(!(guarded.may_be_in)("Der Rat nimmt den Bericht zur Kenntnis."), "{name}");
        }
    }
}
