//! A text as its letters and digits, and where its words begin.

/// How one character stands behind the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Joint {
    /// In the same word.
    Tight,
    /// On another line, where a word may go on.
    Line,
    /// In another word.
    Apart,
}

/// The letters and digits of a text, in lower case, without what stands between them.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// The letters and digits.
    pub text: String,
    /// How each byte of `text` stands behind the one before it; inside a character `Tight`.
    pub joints: Vec<Joint>,
    next: Option<Joint>,
}

impl Letters {
    /// Takes the letters and digits of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut letters = Self::default();
        letters.push(text);
        letters
    }

    /// Adds text in the same word.
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                // Nearly all letters, in a fraction of the time.
                self.letter(c.to_ascii_lowercase());
            } else if is_letter(c) {
                c.to_lowercase().for_each(|lower| self.letter(lower));
            } else if !is_ignored(c) {
                self.part(Joint::Apart);
            }
        }
    }

    fn letter(&mut self, lower: char) {
        self.text.push(lower);
        self.joints.push(self.next.take().unwrap_or(Joint::Tight));
        self.joints.resize(self.text.len(), Joint::Tight);
    }

    /// Parts what comes from what is there.
    pub(super) fn part(&mut self, joint: Joint) {
        self.next = self.next.max(Some(joint));
    }

    /// Tells whether something ends, or may end, before this byte.
    pub(super) fn ends_at(&self, at: usize) -> bool {
        self.joints.get(at).is_none_or(|joint| at == 0 || *joint != Joint::Tight)
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '€' | '%' | '§' | '\u{300}'..='\u{36f}')
}

/// Characters that say where a word may be broken, and are not seen.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_words_parts_them() {
        let letters = Letters::of("5*6 m, Ver\u{ad}kehr");
        assert_eq!(letters.text, "56mverkehr");
        let apart: Vec<usize> =
            (0..letters.text.len()).filter(|at| letters.joints[*at] == Joint::Apart).collect();
        assert_eq!(apart, [1, 2, 3]);
        assert_eq!(Letters::of("ÄÖ").joints.len(), 4);
    }
}
