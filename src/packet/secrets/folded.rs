//! The normal form of a text: its letters and digits, with the places where they stand.
//!
//! Case, accents, ligatures and other compatible forms, quotes, dashes, spaces, line breaks and invisible characters make
//! no difference. `ß` is `ss`, and `ä`, `ö`, `ü` are `ae`, `oe`, `ue`, as in names of files; whether the dots are part of
//! the letter, stand behind it or, as some programs for typesetting write, before it. Knows nothing of secrets.

use std::ops::Range;

use unicode_normalization::char::decompose_compatible;

/// A text in normal form.
pub(super) struct FoldedText<'a> {
    /// The text.
    pub source: &'a str,
    /// Its letters and digits.
    pub text: Vec<u8>,
    /// Where in the source (in bytes) the character begins that each is of.
    starts: Vec<u32>,
    /// Whether each begins a word.
    breaks: Vec<bool>,
}

/// What stands between two letters, as far as words are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LetterGap {
    None,
    /// A hyphen; at the end of a line the word goes on behind it.
    Hyphen,
    /// A soft hyphen, or a hyphen and the end of a line: the word goes on.
    Joint,
    Break,
}

const DIAERESIS: char = '\u{308}';
/// The dots by themselves.
const DOTS: char = '\u{a8}';

impl<'a> FoldedText<'a> {
    /// Puts a text into normal form.
    pub(super) fn new(source: &'a str) -> Self {
        let size = source.len();
        let mut folding = Folding {
            folded: Self {
                source,
                text: Vec::with_capacity(size),
                starts: Vec::with_capacity(size),
                breaks: Vec::with_capacity(size),
            },
            gap: LetterGap::Break,
            dots: None,
        };
        for (at, c) in source.char_indices() {
            folding.add(at as u32, c);
        }
        folding.folded
    }

    /// Says how many letters and digits there are.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Says whether the letter or digit at an index begins a word.
    pub(super) fn begins_word(&self, index: usize) -> bool {
        self.breaks[index]
    }

    /// Says whether a word ends before an index.
    pub(super) fn ends_word(&self, index: usize) -> bool {
        self.breaks.get(index).copied().unwrap_or(true)
    }

    /// Gives what stands before the letter or digit at an index, up to the one before it.
    pub(super) fn gap(&self, index: usize) -> &'a str {
        let before = match index.checked_sub(1) {
            Some(before) => self.end(before),
            None => 0,
        };
        let until = self.starts.get(index).map_or(self.source.len(), |start| *start as usize);
        self.source.get(before..until).unwrap_or_default()
    }

    /// Gives the same without what nobody sees.
    pub(super) fn seen_gap(&self, index: usize) -> String {
        self.gap(index).chars().filter(|c| !is_invisible(*c)).collect()
    }

    /// Gives the place in the source of a range of letters and digits.
    pub(super) fn span(&self, range: &Range<usize>) -> Range<usize> {
        match range.end.checked_sub(1) {
            Some(last) if !range.is_empty() => self.starts[range.start] as usize..self.end(last),
            _ => 0..0,
        }
    }

    /// Gives the words.
    pub(super) fn words(&self) -> Vec<Range<usize>> {
        let starts = (0..self.len()).filter(|index| self.breaks[*index]);
        let mut words: Vec<Range<usize>> = starts.map(|start| start..start).collect();
        let ends: Vec<usize> =
            words.iter().skip(1).map(|word| word.start).chain([self.len()]).take(words.len()).collect();
        words.iter_mut().zip(ends).for_each(|(word, end)| word.end = end);
        words
    }

    /// Gives the letters and digits of a range.
    pub(super) fn letters(&self, range: Range<usize>) -> &str {
        std::str::from_utf8(&self.text[range]).unwrap_or_default()
    }

    /// Says whether there is a digit.
    pub(super) fn is_digit(&self, index: usize) -> bool {
        self.text.get(index).is_some_and(u8::is_ascii_digit)
    }

    /// Says whether a word begins with a capital letter.
    pub(super) fn is_capital(&self, word: &Range<usize>) -> bool {
        self.source[self.starts[word.start] as usize..].starts_with(char::is_uppercase)
    }

    fn end(&self, index: usize) -> usize {
        let start = self.starts[index] as usize;
        start + self.source[start..].chars().next().map_or(0, char::len_utf8)
    }
}

/// A text on its way to normal form.
struct Folding<'a> {
    folded: FoldedText<'a>,
    gap: LetterGap,
    /// Where dots stand that may belong to the next letter.
    dots: Option<u32>,
}

impl Folding<'_> {
    fn add(&mut self, at: u32, c: char) {
        if self.dots.is_some() {
            return self.add_behind_dots(at, c);
        }
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                self.push(at, c.to_ascii_lowercase());
            } else {
                self.note(c);
            }
        } else if c == DOTS {
            self.dots = Some(at);
        } else if is_invisible(c) {
            self.note(c);
        } else {
            let mut is_gap = true;
            decompose_compatible(c, |part| is_gap &= !self.add_part(at, part));
            if is_gap {
                self.note(c);
            }
        }
    }

    fn add_behind_dots(&mut self, at: u32, c: char) {
        let dots = self.dots.take();
        // Of both readings the one that German has: `äu`, not `aü`.
        let is_behind = c == 'u' && self.gap == LetterGap::None && self.folded.text.ends_with(b"a");
        if !is_behind && matches!(c, 'a' | 'o' | 'u' | 'A' | 'O' | 'U') {
            self.push(at, c.to_ascii_lowercase());
            self.push(at, 'e');
        } else {
            self.add_part(dots.unwrap_or(at), DIAERESIS);
            self.add(at, c);
        }
    }

    /// Adds a part of a character; says whether it is a letter or a digit, or belongs to one.
    fn add_part(&mut self, at: u32, part: char) -> bool {
        if part == DIAERESIS {
            if matches!(self.folded.text.last(), Some(b'a' | b'o' | b'u')) {
                self.gap = LetterGap::None;
                self.push(at, 'e');
            }
            return true;
        }
        if unicode_normalization::char::is_combining_mark(part) {
            return true;
        }
        let mut is_letter = false;
        for lower in part.to_lowercase().filter(|lower| lower.is_alphanumeric()) {
            is_letter = true;
            if lower == 'ß' {
                self.push(at, 's');
                self.push(at, 's');
            } else {
                self.push(at, lower);
            }
        }
        is_letter
    }

    fn push(&mut self, at: u32, c: char) {
        let is_break = matches!(self.gap, LetterGap::Break | LetterGap::Hyphen);
        self.gap = LetterGap::None;
        let mut bytes = [0; 4];
        for (index, byte) in c.encode_utf8(&mut bytes).bytes().enumerate() {
            self.folded.text.push(byte);
            self.folded.starts.push(at);
            self.folded.breaks.push(is_break && index == 0);
        }
    }

    fn note(&mut self, c: char) {
        self.gap = match (self.gap, c) {
            (LetterGap::Break, _) => LetterGap::Break,
            (LetterGap::None, '-' | '\u{2010}' | '\u{2011}') => LetterGap::Hyphen,
            (LetterGap::None, '\u{ad}') => LetterGap::Joint,
            (gap, c) if is_invisible(c) => gap,
            (LetterGap::Hyphen, '\n' | '\r') => LetterGap::Joint,
            (LetterGap::Joint, c) if c.is_whitespace() => LetterGap::Joint,
            _ => LetterGap::Break,
        };
    }
}

/// Says whether nobody sees a character: soft hyphens, joiners, marks of direction, fillers (Unicode's default ignorable
/// code points, as far as texts have them).
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let folded = FoldedText::new(text);
        folded.letters(0..folded.len()).to_owned()
    }

    #[test]
    fn all_spellings_have_one_form() {
        for spelling in [
            "Größe, „Übermaß“ – offiziell 5 m²",
            "GRÖSSE \"ÜBERMASS\" - OFFIZIELL 5 M2",
            "Gro\u{308}ße »U\u{308}bermaß« o\u{fb03}ziell 5m²",
            "Gr¨oße ¨Uberma\u{1e9e} of\u{ad}fi-\nziell\u{a0}5\u{202f}m2",
            "Gro¨ße U¨bermaß offi\u{200b}zi\u{2060}ell ５ m2",
            "groesse-uebermass-offiziell-5-m2",
        ] {
            assert_eq!(folded(spelling), "groesseuebermassoffiziell5m2", "{spelling}");
        }
    }

    #[test]
    fn words_go_on_behind_the_hyphen_at_the_end_of_a_line() {
        let text = "Kauf-\npreis der Nord-Süd-Achse, Ver\u{ad}trag";
        let folded = FoldedText::new(text);
        let words: Vec<&str> = folded.words().into_iter().map(|word| folded.letters(word)).collect();
        assert_eq!(words, ["kaufpreis", "der", "nord", "sued", "achse", "vertrag"]);
    }

    #[test]
    fn places_are_those_of_the_source() {
        let folded = FoldedText::new("„Süße“ – ﬁn");
        assert_eq!(&folded.source[folded.span(&(0..6))], "Süße");
        assert_eq!(&folded.source[folded.span(&(6..9))], "ﬁn");
        assert_eq!((folded.gap(0), folded.gap(6), folded.gap(9)), ("„", "“ – ", ""));
        assert_eq!(folded.span(&(0..0)), 0..0);
    }
}
