//! Letters joined to one sign whose font does not say which they are: `o�ziell`.
//!
//! A reader sees them, and a text that is read from a PDF has nothing in their place. They are taken for those that make a word
//! of a secret. Knows nothing of sentences.

use std::collections::{HashMap, HashSet};

use unicode_normalization::char::is_combining_mark;

use super::folded::{FoldedText, is_invisible};

/// The letters that fonts join, the most common first.
const JOINED: [&str; 14] =
    ["fi", "ff", "fl", "ffi", "ffl", "ft", "tt", "ti", "fft", "tf", "ch", "ck", "st", "fj"];
/// A word with more unknown signs is not read.
const MAX_SIGNS: usize = 2;
/// Longer words are none.
const MAX_WORD: usize = 80;

/// The words of secrets that have letters which fonts join.
#[derive(Default)]
pub(super) struct JoinedWords(HashSet<String>);

impl JoinedWords {
    /// Adds the words of a text.
    pub(super) fn add(&mut self, folded: &FoldedText<'_>) {
        let words = folded.words().into_iter().map(|word| folded.letters(word));
        self.0.extend(
            words.filter(|word| JOINED.iter().any(|letters| word.contains(letters))).map(str::to_owned),
        );
    }

    /// Gives a text with the letters that its unknown signs are taken for; nothing if there is none that makes a known word.
    pub(super) fn read(&self, text: &str) -> Option<String> {
        if self.0.is_empty() || !text.contains(is_unknown) {
            return None;
        }
        let mut known: HashMap<&str, Option<Vec<&'static str>>> = HashMap::new();
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut any = false;
        while let Some(at) = rest.find(is_of_word) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (word, after) = rest.split_at(end_of_word(rest));
            rest = after;
            let letters = known.entry(word).or_insert_with(|| self.letters_of(word));
            match letters {
                Some(letters) => {
                    any = true;
                    for (part, letters) in word.split(is_unknown).zip(letters.iter().chain([&""])) {
                        out.push_str(part);
                        out.push_str(letters);
                    }
                }
                None => out.push_str(word),
            }
        }
        out.push_str(rest);
        any.then_some(out)
    }

    /// Gives the letters that the unknown signs of a word are taken for, in order.
    fn letters_of(&self, word: &str) -> Option<Vec<&'static str>> {
        if word.len() > MAX_WORD {
            return None;
        }
        let signs = word.matches(is_unknown).take(MAX_SIGNS + 1).count();
        if signs == 0 || signs > MAX_SIGNS {
            return None;
        }
        let letters = |part: &str| {
            let folded = FoldedText::new(part);
            folded.letters(0..folded.len()).to_owned()
        };
        let parts: Vec<String> = word.split(is_unknown).map(letters).collect();
        let ways = (0..signs).fold(vec![Vec::new()], |ways: Vec<Vec<&str>>, _| {
            ways.iter().flat_map(|way| JOINED.map(|letters| [&way[..], &[letters]].concat())).collect()
        });
        ways.into_iter().find(|way| {
            let mut whole = parts[0].clone();
            for (letters, part) in way.iter().zip(&parts[1..]) {
                whole.push_str(letters);
                whole.push_str(part);
            }
            self.0.contains(&whole)
        })
    }
}

/// Says whether a sign is a letter, or stands where letters may.
fn is_of_word(c: char) -> bool {
    c.is_alphabetic() || is_unknown(c)
}

/// Says whether nobody knows which letters a sign is: the font does not say, or says what only it knows.
fn is_unknown(c: char) -> bool {
    matches!(c, char::REPLACEMENT_CHARACTER | '\u{b}' | '\u{e}' | '\u{f}' | '\u{e000}'..='\u{f8ff}')
}

/// Gives where the word ends that a text begins with; a hyphen at the end of a line does not end it.
fn end_of_word(text: &str) -> usize {
    let mut end = 0;
    while let Some(c) = text[end..].chars().next() {
        let rest = &text[end + c.len_utf8()..];
        let is_hyphen = matches!(c, '-' | '\u{2010}') && rest.starts_with(['\n', '\r']);
        if is_hyphen {
            end = text.len() - rest.trim_start().len();
        } else if is_of_word(c) || is_invisible(c) || is_combining_mark(c) {
            end += c.len_utf8();
        } else {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_signs_are_the_letters_that_make_a_word_of_a_secret() {
        let mut words = JoinedWords::default();
        words.add(&FoldedText::new("Die offizielle Grundpfandfläche schafft Haft, Stoffflächen"));
        for (text, read) in [
            ("Die o\u{fffd}zielle", "Die offizielle"),
            ("DIE O\u{e123}ZIELLE, neu", "DIE OffiZIELLE, neu"),
            ("scha\u{fffd}t Grundpfand\u{fffd}a\u{308}che", "schafft Grundpfandfla\u{308}che"),
            ("o\u{fffd}zi-\nelle und Grundpfand-\n  \u{fffd}äche", "offizi-\nelle und Grundpfand-\n  fläche"),
            ("Sto\u{fffd}\u{fffd}ächen", "Stoffflächen"),
        ] {
            assert_eq!(words.read(text).as_deref(), Some(read));
        }
        for text in ["Die offizielle", "o\u{fffd}ziell", "\u{fffd} Punkt", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"]
        {
            assert_eq!(words.read(text), None, "{text:?}");
        }
    }
}
