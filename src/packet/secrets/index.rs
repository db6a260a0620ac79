//! All secrets, ready to be looked for in a text.
//!
//! Knows nothing of files and pages.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::amounts::{AmountTable, amounts};
use super::folded::FoldedText;
use super::gather::Gathering;
use super::hit::{HitWeight, TextRole};
use super::ligatures::JoinedWords;
use super::numbers::NumberTable;
use super::phrases::PhraseTable;
use super::rows::RowTable;
use super::wanted::{SecretContent, Wanted};
use super::words::CommonWords;

/// All secrets, ready to be looked for.
pub struct SecretIndex {
    common: CommonWords,
    phrases: PhraseTable,
    names: PhraseTable,
    numbers: NumberTable,
    amounts: AmountTable,
    rows: RowTable,
    hashes: HashMap<String, BTreeSet<u32>>,
    joined: JoinedWords,
}

/// The secrets that stand in a text, each with how much of it is said and where (in bytes).
pub(super) type Sightings = BTreeMap<u32, (HitWeight, Range<usize>)>;

/// A name is called like a title if so much of it is the title, in hundredths, or so many letters.
const MIN_SHARE: usize = 40;
const MIN_NAME: usize = 12;

impl SecretIndex {
    /// Makes secrets ready to be looked for.
    pub fn new(wanted: &Wanted) -> Self {
        let common = CommonWords::new(&wanted.common.labels);
        let mut gathering = Gathering::new(&wanted.common, &common);
        for (index, secret) in wanted.secrets.iter().enumerate() {
            gathering.add(index, &secret.content);
        }
        let Gathering { phrases, names, amounts, rows, hashes, joined, .. } = gathering;
        let numbers = wanted.secrets.iter().enumerate().filter_map(|(index, secret)| match &secret.content {
            SecretContent::Number(number) => Some((number.as_str(), index)),
            _ => None,
        });
        Self {
            phrases: phrases.table(),
            names: names.table(),
            numbers: NumberTable::new(numbers, &wanted.common.public_numbers),
            amounts,
            rows: rows.table(),
            hashes,
            joined,
            common,
        }
    }

    /// Says whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
            && self.names.is_empty()
            && self.numbers.is_empty()
            && self.amounts.is_empty()
            && self.rows.is_empty()
            && self.hashes.is_empty()
    }

    /// Says what of the secrets a text says.
    pub(super) fn look(&self, text: &str, role: TextRole) -> Sightings {
        let folded = FoldedText::new(text);
        let mut sightings = Sightings::new();
        self.find_phrases(&folded, &mut sightings);
        self.numbers.find(&folded, |range, secret| {
            add(&mut sightings, secret, HitWeight::Mention, folded.span(&range));
        });
        let amounts = amounts(&folded);
        self.rows.find(&folded, &amounts, |range, secret| {
            add(&mut sightings, secret, HitWeight::Secret, folded.span(&range));
        });
        self.amounts.find(&folded, &amounts, &self.common, |amount, secret, weight| {
            add(&mut sightings, secret, weight, folded.span(&amount.range));
        });
        if role == TextRole::Name {
            self.names.find(&folded, |range, secrets| {
                let is_whole = folded.begins_word(range.start) && folded.ends_word(range.end);
                let is_much = range.len() >= MIN_NAME || range.len() * 100 >= folded.len() * MIN_SHARE;
                for secret in secrets.iter().filter(|_| is_whole && is_much) {
                    add(&mut sightings, *secret, HitWeight::Secret, folded.span(&range));
                }
            });
        }
        sightings
    }

    /// Says which phrases stand in a text that may be none.
    pub(super) fn look_for_phrases(&self, text: &str) -> Sightings {
        let mut sightings = Sightings::new();
        self.find_phrases(&FoldedText::new(text), &mut sightings);
        sightings
    }

    /// Gives a text with the letters that its unknown signs may be, if with them it has words of secrets.
    pub(super) fn with_joined_letters(&self, text: &str) -> Option<String> {
        self.joined.read(text)
    }

    /// Gives the secrets that these bytes are.
    pub(super) fn of_hash(&self, hash: &str) -> impl Iterator<Item = u32> {
        self.hashes.get(hash).into_iter().flatten().copied()
    }

    /// Says whether bytes are compared.
    pub(super) fn has_hashes(&self) -> bool {
        !self.hashes.is_empty()
    }

    fn find_phrases(&self, folded: &FoldedText<'_>, sightings: &mut Sightings) {
        self.phrases.find(folded, |range, secrets| {
            let span = folded.span(&range);
            secrets.iter().for_each(|secret| add(sightings, *secret, HitWeight::Secret, span.clone()));
        });
    }
}

/// Adds what is said of a secret; what goes on where something else ends is one.
fn add(sightings: &mut Sightings, secret: u32, weight: HitWeight, span: Range<usize>) {
    let known = sightings.entry(secret).or_insert_with(|| (weight, span.clone()));
    if known.0 < weight {
        *known = (weight, span);
    } else if known.0 == weight && known.1.start <= span.start && span.start <= known.1.end {
        known.1.end = known.1.end.max(span.end);
    }
}
