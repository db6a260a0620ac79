//! Takes secrets apart into what is looked for.
//!
//! Decides how much a text has to say to be a secret. Knows nothing of the texts that are searched.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::amounts::{AmountTable, is_telling};
use super::folded::FoldedText;
use super::ligatures::JoinedWords;
use super::phrases::Phrases;
use super::rows::RowSecrets;
use super::sentences::{sentences, statements};
use super::wanted::{CommonTexts, SecretContent};
use super::words::{CommonWords, Importance};

/// What is looked for, on its way into tables.
pub(super) struct Gathering<'a> {
    common: &'a CommonWords,
    /// What the labels say, in normal form.
    labels: HashSet<String>,
    /// What is looked for everywhere.
    pub phrases: Phrases,
    /// What nothing may be called.
    pub names: Phrases,
    /// The amounts.
    pub amounts: AmountTable,
    /// The rows.
    pub rows: RowSecrets,
    /// The hashes of bytes.
    pub hashes: HashMap<String, BTreeSet<u32>>,
    /// The words whose letters a font may join.
    pub joined: JoinedWords,
}

/// So many words in a row, with so many letters, are half a sentence.
const HALF_WORDS: usize = 8;
const HALF_LETTERS: usize = 40;
/// So many of them are said by few only.
const HALF_RARE: usize = 3;
/// So many digits in a row are a number of its own, such as that of an account.
const MIN_DIGITS: usize = 12;

/// Says whether a sentence is a secret: what is shorter, or says no more than everybody does, may stand anywhere.
fn is_sentence(said: Importance, is_sure: bool) -> bool {
    // The numbers in the name of a law are its days and places.
    let weight = said.rare + if said.is_law { 0 } else { said.numbers };
    let (letters, least) = if is_sure && !said.is_law { (20, 2) } else { (30, 3) };
    said.words >= 4 && said.letters >= letters && said.rare >= 1 && weight >= least
}

/// Says whether a title is a secret in running text too, and not only as the name of something.
fn is_title(said: Importance) -> bool {
    let weight = said.rare + said.numbers;
    said.rare >= 1
        && (said.words >= 2 && said.letters >= 14 && weight >= 2 || said.words >= 4 && said.letters >= 20)
}

impl<'a> Gathering<'a> {
    /// Begins with nothing.
    pub(super) fn new(texts: &CommonTexts, common: &'a CommonWords) -> Self {
        let labels = texts.labels.iter().map(|label| FoldedText::new(label));
        Self {
            common,
            labels: labels.map(|label| label.letters(0..label.len()).to_owned()).collect(),
            phrases: Phrases::default(),
            names: Phrases::default(),
            amounts: AmountTable::default(),
            rows: RowSecrets::default(),
            hashes: HashMap::new(),
            joined: JoinedWords::default(),
        }
    }

    /// Adds a secret.
    pub(super) fn add(&mut self, secret: usize, content: &SecretContent) {
        match content {
            SecretContent::Prose(blocks) => blocks.iter().for_each(|block| self.block(block, secret)),
            SecretContent::Title(title) => self.title(title, secret),
            SecretContent::FileName(name) => self.file_name(name, secret),
            SecretContent::Row(cells) => self.row(cells, secret),
            SecretContent::Bytes(hash) => {
                self.hashes.entry(hash.clone()).or_default().insert(secret as u32);
            }
            // All numbers are looked for together.
            SecretContent::Number(_) => {}
        }
    }

    fn block(&mut self, block: &str, secret: usize) {
        let folded = FoldedText::new(block);
        if self.is_label(&folded) {
            return;
        }
        for sentence in sentences(block) {
            let folded = FoldedText::new(&block[sentence.range]);
            let said = self.common.importance(&folded, &folded.words());
            if is_sentence(said, sentence.is_sure) && !self.is_label(&folded) {
                self.phrases.add(&folded, 0..folded.len(), secret);
            }
        }
        self.joined.add(&folded);
        let words = folded.words();
        let parts = self.halves(&folded, &words).into_iter().chain(long_numbers(&folded, &words));
        self.phrases.add_all(&folded, parts, secret);
        self.amounts.add(&folded, self.common, secret, is_telling);
        // A round sum is everywhere, and so is some word of the sentences around it.
        for statement in statements(block) {
            let folded = FoldedText::new(&block[statement]);
            self.amounts.add(&folded, self.common, secret, |cents| !is_telling(cents));
        }
    }

    fn title(&mut self, title: &str, secret: usize) {
        let folded = FoldedText::new(title);
        let words = folded.words();
        let said = self.common.importance(&folded, &words);
        if said.rare == 0 || self.is_label(&folded) {
            return;
        }
        self.joined.add(&folded);
        self.names.add(&folded, 0..folded.len(), secret);
        if is_title(said) {
            self.phrases.add(&folded, 0..folded.len(), secret);
        }
        self.phrases.add_all(&folded, self.halves(&folded, &words), secret);
    }

    fn file_name(&mut self, name: &str, secret: usize) {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let folded = FoldedText::new(name);
        let said = self.common.importance(&folded, &folded.words());
        let folded_stem = FoldedText::new(stem);
        let said_by_stem = self.common.importance(&folded_stem, &folded_stem.words());
        if said_by_stem.rare == 0 || self.is_label(&folded_stem) {
            return;
        }
        if said.letters > said_by_stem.letters {
            self.phrases.add(&folded, 0..folded.len(), secret);
        }
        self.names.add(&folded_stem, 0..folded_stem.len(), secret);
        if said_by_stem.words >= 2 && is_title(said_by_stem) {
            self.phrases.add(&folded_stem, 0..folded_stem.len(), secret);
        }
    }

    fn row(&mut self, cells: &[String], secret: usize) {
        let cells: Vec<String> =
            cells.iter().filter(|cell| !self.is_label(&FoldedText::new(cell))).cloned().collect();
        if cells.is_empty() {
            return;
        }
        // Nothing that could join the numbers of two cells.
        let joined = cells.join(" | ");
        let folded = FoldedText::new(&joined);
        if is_sentence(self.common.importance(&folded, &folded.words()), true) {
            self.phrases.add(&folded, 0..folded.len(), secret);
        }
        self.joined.add(&folded);
        self.amounts.add(&folded, self.common, secret, |_| true);
        self.rows.add(&cells, self.common, secret);
    }

    /// Gives the parts of a text that are long enough to be known for it.
    fn halves(&self, folded: &FoldedText<'_>, words: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut halves = Vec::new();
        for first in 0..words.len() {
            let Some(last) = (first + HALF_WORDS - 1..words.len())
                .find(|last| words[*last].end - words[first].start >= HALF_LETTERS)
            else {
                break;
            };
            let said = self.common.importance(folded, &words[first..=last]);
            // The names of laws and days are long, and everybody writes them.
            if said.rare >= HALF_RARE && !said.is_law {
                halves.push(words[first].start..words[last].end);
            }
        }
        halves
    }

    fn is_label(&self, folded: &FoldedText<'_>) -> bool {
        self.labels.contains(folded.letters(0..folded.len()))
    }
}

/// Gives the long numbers in a text, with the letters that belong to them.
fn long_numbers(folded: &FoldedText<'_>, words: &[Range<usize>]) -> Vec<Range<usize>> {
    let has_digit = |word: &Range<usize>| word.clone().any(|index| folded.is_digit(index));
    let mut all = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut close = |range: Option<Range<usize>>| {
        let digits = range.clone().into_iter().flatten().filter(|index| folded.is_digit(*index)).count();
        all.extend(range.filter(|_| digits >= MIN_DIGITS));
    };
    for word in words {
        let goes_on = folded.gap(word.start).chars().all(char::is_whitespace);
        match open.take() {
            Some(range) if has_digit(word) && goes_on => open = Some(range.start..word.end),
            range => {
                close(range);
                open = has_digit(word).then(|| word.clone());
            }
        }
    }
    close(open);
    all
}
