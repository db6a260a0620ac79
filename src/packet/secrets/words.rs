//! What everybody says: words that make no sentence a secret, and how much a phrase says beside them.
//!
//! Knows nothing of how phrases are found.

use std::collections::HashSet;
use std::ops::Range;

use super::folded::FoldedText;

/// Words of grammar, of administration and of forms.
const COMMON: &str = include_str!("common-words.txt");
/// Words that make numbers beside them those of a law.
const LAW: &[&str] = &["abs", "absatz", "satz", "artikel", "art", "nr", "nummer", "ziffer", "buchstabe"];
/// What the words for laws end in.
const LAWS: &[&str] = &["gesetz", "gesetze", "gesetzbuch", "verordnung", "ordnung", "satzung", "richtlinie"];
/// Words that stand in the names of laws.
const CITED: &[&str] =
    &["fassung", "bekanntmachung", "bgbl", "gv", "gvbl", "abl", "baugb", "bgb", "gg", "nrw", "sgb", "vwvfg"];
/// What the neutral titles of items end in: matters of land, of staff, of contracts.
const MATTER: &str = "angelegenheit";
/// Shorter words say nothing.
const MIN_WORD: usize = 4;

/// The words that everybody says.
pub(super) struct CommonWords(HashSet<String>);

/// How much a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Importance {
    /// How many words it has.
    pub words: usize,
    /// How many letters and digits.
    pub letters: usize,
    /// How many of the words not everybody says.
    pub rare: usize,
    /// How many numbers it has that are none of a law; those of paragraphs are, if it names one.
    pub numbers: usize,
    /// Whether it names a law.
    pub is_law: bool,
}

impl CommonWords {
    /// Begins with those of the language; the words of labels are common too.
    pub(super) fn new(labels: &[String]) -> Self {
        let lines = COMMON.lines().filter(|line| !line.starts_with('#'));
        let mut words = HashSet::new();
        for text in lines.chain(labels.iter().map(String::as_str)) {
            let folded = FoldedText::new(text);
            words.extend(folded.words().into_iter().map(|word| stem(folded.letters(word)).to_owned()));
        }
        Self(words)
    }

    /// Says whether everybody says a word (in normal form).
    pub(super) fn is_common(&self, word: &str) -> bool {
        let stem = stem(word);
        word.len() < MIN_WORD || self.0.contains(stem) || stem.ends_with(MATTER)
    }

    /// Says how much some words say that stand one after the other.
    pub(super) fn importance(&self, folded: &FoldedText<'_>, words: &[Range<usize>]) -> Importance {
        let mut importance = Importance { words: words.len(), ..Importance::default() };
        let mut before = "";
        let mut of_paragraphs = 0;
        for word in words {
            let letters = folded.letters(word.clone());
            importance.letters += letters.len();
            let is_cited = folded.gap(word.start).contains('§');
            importance.is_law |= is_cited || is_law(letters);
            if letters.contains(|c: char| c.is_ascii_digit()) {
                let of_paragraph = LAW.contains(&before);
                of_paragraphs += usize::from(!is_cited && of_paragraph);
                importance.numbers += usize::from(!is_cited && !of_paragraph);
            } else {
                importance.rare += usize::from(!self.is_common(letters) && !is_law(letters));
            }
            before = letters;
        }
        // Contracts have paragraphs too.
        if !importance.is_law {
            importance.numbers += of_paragraphs;
        }
        importance
    }
}

/// Takes off what a word of German is bent by.
pub(super) fn stem(word: &str) -> &str {
    const ENDINGS: [&str; 7] = ["en", "er", "es", "em", "e", "n", "s"];
    let stems = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending));
    stems.into_iter().find(|stem| stem.len() >= MIN_WORD).unwrap_or(word)
}

fn is_law(word: &str) -> bool {
    CITED.contains(&word) || LAWS.iter().any(|law| stem(word).ends_with(stem(law)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn importance(text: &str) -> Importance {
        let folded = FoldedText::new(text);
        CommonWords::new(&["Stadt Münster".to_owned()]).importance(&folded, &folded.words())
    }

    #[test]
    fn what_everybody_says_says_nothing() {
        let said = importance("Die Verwaltung der Stadt Münster wird beauftragt, dem Rat zu berichten.");
        assert_eq!((said.words, said.rare, said.numbers), (11, 0, 0));
        assert_eq!(importance("Der Eigentümer verkauft den Hof für 471.000 Euro").rare, 2);
        assert_eq!(importance("Notartermin ist der 3. April 2026.").numbers, 2);
    }

    #[test]
    fn numbers_of_laws_say_nothing() {
        let said = importance("nach § 41 Abs. 1 Satz 2 der Gemeindeordnung");
        assert_eq!((said.numbers, said.is_law), (0, true));
        let said = importance("Es gilt Nr. 4 Abs. 2 des Vertrags.");
        assert_eq!((said.rare, said.numbers, said.is_law), (1, 2, false));
    }
}
