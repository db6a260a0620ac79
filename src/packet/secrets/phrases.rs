//! Finds any of many phrases in a text, in a time that grows with the text and not with the phrases.
//!
//! A phrase is kept as hashes of its letters: one of its first letters, by which it is noticed, and one of them all, by
//! which it is known. Half a sentence in a hundred is thus no dearer than the sentence. Knows nothing of what the phrases
//! mean.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::folded::FoldedText;

/// Phrases on their way into a table.
#[derive(Default)]
pub(super) struct Phrases(Vec<Phrase>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Phrase {
    /// The place of its size in [`SIZES`].
    size: usize,
    len: u32,
    head: u64,
    whole: u64,
    target: u32,
}

/// Phrases that can be looked for.
#[derive(Default)]
pub(super) struct PhraseTable {
    sizes: Vec<HeadTable>,
    /// By length and hash.
    whole: HashMap<(u32, u64), usize>,
    /// What each phrase stands for.
    targets: Vec<Vec<u32>>,
}

/// Phrases whose first letters are looked at, so many of them.
struct HeadTable {
    size: usize,
    /// Bits that say of most letters that no phrase begins so.
    filter: Vec<u64>,
    /// The lengths of the phrases that begin so.
    lengths: HashMap<u64, BTreeSet<u32>>,
}

/// The numbers of letters by which phrases are noticed.
const SIZES: [usize; 3] = [32, 16, 5];
/// Longer phrases are known by so many letters.
const MAX_LEN: usize = 512;
/// Shorter phrases are whole words.
const FREE_LEN: usize = 24;
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
const POWERS: [u64; MAX_LEN + 1] = {
    let mut powers = [1_u64; MAX_LEN + 1];
    let mut index = 1;
    while index <= MAX_LEN {
        powers[index] = powers[index - 1].wrapping_mul(BASE);
        index += 1;
    }
    powers
};

/// The hashes of all beginnings of a text.
struct PhraseHashes(Vec<u64>);

impl PhraseHashes {
    fn of(text: &[u8]) -> Self {
        let mut hash = 0_u64;
        let rest = text.iter().map(|byte| {
            hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(*byte) + 1);
            hash
        });
        let mut all = Vec::with_capacity(text.len() + 1);
        all.push(0);
        all.extend(rest);
        Self(all)
    }

    fn of_range(&self, start: usize, len: usize) -> u64 {
        let hash = self.0[start + len].wrapping_sub(self.0[start].wrapping_mul(POWERS[len]));
        // The low bits of a product say little.
        (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
    }
}

impl Phrases {
    /// Adds a phrase that stands for `target`; of one that is too short to be noticed there is none.
    pub(super) fn add(&mut self, folded: &FoldedText<'_>, range: Range<usize>, target: usize) {
        self.add_all(folded, [range], target);
    }

    /// Adds many phrases of one text.
    pub(super) fn add_all(
        &mut self,
        folded: &FoldedText<'_>,
        ranges: impl IntoIterator<Item = Range<usize>>,
        target: usize,
    ) {
        let hashes = PhraseHashes::of(&folded.text);
        for range in ranges {
            let len = range.len().min(MAX_LEN);
            let Some(size) = SIZES.iter().position(|size| *size <= len) else { continue };
            self.0.push(Phrase {
                size,
                len: len as u32,
                head: hashes.of_range(range.start, SIZES[size]),
                whole: hashes.of_range(range.start, len),
                target: target as u32,
            });
        }
    }

    /// Makes them a table.
    pub(super) fn table(mut self) -> PhraseTable {
        self.0.sort_unstable();
        self.0.dedup();
        let sizes = SIZES
            .iter()
            .enumerate()
            .map(|(size, letters)| {
                HeadTable::of(*letters, self.0.iter().filter(|phrase| phrase.size == size))
            })
            .filter(|heads| !heads.lengths.is_empty())
            .collect();
        let mut table = PhraseTable { sizes, ..PhraseTable::default() };
        for phrase in self.0 {
            let index = *table.whole.entry((phrase.len, phrase.whole)).or_insert(table.targets.len());
            if index == table.targets.len() {
                table.targets.push(Vec::new());
            }
            table.targets[index].push(phrase.target);
        }
        table
    }
}

impl HeadTable {
    fn of<'a>(size: usize, phrases: impl Iterator<Item = &'a Phrase>) -> Self {
        let mut lengths: HashMap<u64, BTreeSet<u32>> = HashMap::new();
        for phrase in phrases {
            lengths.entry(phrase.head).or_default().insert(phrase.len);
        }
        let words = (lengths.len() / 4).next_power_of_two();
        let mut table = Self { size, filter: vec![0; words], lengths };
        let bits: Vec<(usize, u64)> = table.lengths.keys().map(|head| table.bit(*head)).collect();
        for (word, bit) in bits {
            table.filter[word] |= bit;
        }
        table
    }

    fn bit(&self, head: u64) -> (usize, u64) {
        ((head >> 6) as usize & (self.filter.len() - 1), 1 << (head & 63))
    }

    fn lengths(&self, head: u64) -> Option<&BTreeSet<u32>> {
        let (word, bit) = self.bit(head);
        if self.filter[word] & bit == 0 { None } else { self.lengths.get(&head) }
    }
}

impl PhraseTable {
    /// Says whether there is no phrase.
    pub(super) fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Calls with the place of each phrase in a text, where it stands first, and what it stands for.
    pub(super) fn find(&self, folded: &FoldedText<'_>, mut each: impl FnMut(Range<usize>, &[u32])) {
        if self.is_empty() {
            return;
        }
        let hashes = PhraseHashes::of(&folded.text);
        let mut seen: HashSet<usize> = HashSet::new();
        for start in 0..folded.len() {
            let is_start = folded.begins_word(start);
            // What is written without spaces is found by its many letters.
            let sizes = if is_start { &self.sizes[..] } else { self.sizes.get(..1).unwrap_or_default() };
            for heads in sizes.iter().filter(|heads| is_start || heads.size == SIZES[0]) {
                if start + heads.size > folded.len() {
                    continue;
                }
                let Some(lengths) = heads.lengths(hashes.of_range(start, heads.size)) else { continue };
                for len in lengths.iter().map(|len| *len as usize) {
                    if start + len > folded.len() {
                        break;
                    }
                    let known = self.whole.get(&(len as u32, hashes.of_range(start, len)));
                    let found = start..start + len;
                    if let Some(index) = known
                        && !seen.contains(index)
                        && stands_alone(folded, &found)
                    {
                        seen.insert(*index);
                        each(found, &self.targets[*index]);
                    }
                }
            }
        }
    }
}

/// Says whether a phrase is no part of a longer number and, if it is short, of no longer word.
fn stands_alone(folded: &FoldedText<'_>, range: &Range<usize>) -> bool {
    let is_free = range.len() >= FREE_LEN || folded.begins_word(range.start) && folded.ends_word(range.end);
    is_free && !is_within_number(folded, range.start) && !is_within_number(folded, range.end)
}

/// Says whether the digits before and behind an index are those of one number, such as `1.250` or `2025/1`.
pub(super) fn is_within_number(folded: &FoldedText<'_>, index: usize) -> bool {
    let digits = index > 0 && folded.is_digit(index - 1) && folded.is_digit(index);
    digits
        && matches!(
            folded.seen_gap(index).as_str(),
            "" | "." | "," | "'" | "’" | "/" | "\u{202f}" | "\u{2009}"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives which of the phrases stand in a text.
    fn found(phrases: &[&str], text: &str) -> Vec<u32> {
        let mut all = Phrases::default();
        for (index, phrase) in phrases.iter().enumerate() {
            let folded = FoldedText::new(phrase);
            all.add(&folded, 0..folded.len(), index);
        }
        let mut found = Vec::new();
        all.table().find(&FoldedText::new(text), |_, targets| found.extend(targets));
        found.sort_unstable();
        found
    }

    #[test]
    fn phrases_of_all_lengths_are_found_also_within_each_other() {
        let long = "Der Eigentümer verlangt für den Hof mindestens eine Million Euro in bar";
        let phrases = ["Hofankauf", "verlangt für den Hof", long, long, &long[..40]];
        assert_eq!(found(&phrases, &format!("Ein Satz: „{long}.“ Der Hofankauf")), [0, 1, 2, 3, 4]);
        assert_eq!(found(&phrases, &long[5..]), [1]);
        // A long one needs no space before it.
        assert_eq!(found(&phrases, &format!("Satz.x{long}")), [1, 2, 3, 4]);
        let endless = "Wort ".repeat(400);
        assert_eq!(found(&[&endless], &endless), [0]);
    }

    #[test]
    fn parts_of_words_and_numbers_are_not() {
        assert_eq!(found(&["Los 1 am Hafen", "am Hafen Los 1"], "am Hafen Los 12; Los 1 am Hafen"), [0]);
        assert_eq!(found(&["Hafen"], "Hafengelände, Binnenhafen"), [0; 0]);
        assert_eq!(found(&["Hafen"], "Hafen-Gelände"), [0]);
        assert_eq!(found(&["250.000 Euro"], "1.250.000 Euro"), [0; 0]);
        assert_eq!(found(&["250.000 Euro"], "Es sind 1. 250.000 Euro"), [0]);
    }
}
