//! Amounts of money in a text, and those of secrets with the words beside them.
//!
//! An amount is told by its value, however it is written. Beside a noun that stands beside it in the secret too it is a
//! secret; by itself it is a mention. Knows nothing of how phrases are found.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::folded::FoldedText;
use super::hit::HitWeight;
use super::words::{CommonWords, stem};

/// An amount in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    /// Where it stands: letters and digits of the normal form.
    pub range: Range<usize>,
    /// Its value in hundredths.
    pub cents: u64,
}

/// The amounts of secrets.
#[derive(Default)]
pub(super) struct AmountTable(HashMap<u64, AmountEntry>);

#[derive(Default)]
struct AmountEntry {
    /// The secrets that have the amount.
    secrets: BTreeSet<u32>,
    /// The secrets that have a word beside it.
    beside: HashMap<String, BTreeSet<u32>>,
}

/// So many words before and behind an amount stand beside it.
const BESIDE: usize = 7;
/// Smaller amounts need two words beside them, and are nothing by themselves: 1,000.00.
const MIN_CENTS: u64 = 100_000;
const MIN_NOUN: usize = 4;
/// Words are compared by their first letters, so that other forms of them are the same.
const NOUN_LETTERS: usize = 7;
/// What stands between the digits of a long number.
const GROUP_GAPS: &[&str] = &[".", " ", "'", "’", "\u{a0}", "\u{202f}", "\u{2009}"];

/// Finds the amounts in a text.
pub(super) fn amounts(folded: &FoldedText<'_>) -> Vec<Amount> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        if !folded.is_digit(at) || at > 0 && is_one_word(folded, at) {
            at += 1;
            continue;
        }
        let (amount, end) = amount(folded, at);
        all.extend(amount);
        at = end;
    }
    all
}

/// Reads the number that begins at an index; gives where it ends, too.
fn amount(folded: &FoldedText<'_>, start: usize) -> (Option<Amount>, usize) {
    let mut end = digits(folded, start);
    let mut value = number(folded, start..end);
    let mut grouped = false;
    let mut dotted = false;
    while end - start <= 15 && (grouped || end - start <= 3) && folded.is_digit(end) {
        let gap = folded.seen_gap(end);
        let next = digits(folded, end);
        if next - end != 3 || !GROUP_GAPS.contains(&gap.as_str()) {
            break;
        }
        value = value.saturating_mul(1000).saturating_add(number(folded, end..next));
        (grouped, dotted, end) = (true, dotted || gap == ".", next);
    }
    let mut thousandths = value.saturating_mul(1000);
    let mut fraction = 0;
    if folded.is_digit(end) && folded.seen_gap(end) == "," {
        let next = digits(folded, end);
        fraction = next - end;
        if fraction > 3 {
            return (None, next);
        }
        let parts = number(folded, end..next) * [1, 100, 10, 1][fraction];
        (thousandths, end) = (thousandths.saturating_add(parts), next);
    }
    let (unit, end) = unit(folded, end);
    let is_money = unit.is_money || names_money_before(folded, start);
    if !is_money && !dotted && fraction != 2 {
        return (None, end);
    }
    let amount = Amount { range: start..end, cents: thousandths.saturating_mul(unit.times) / 10 };
    (Some(amount), end)
}

/// What stands behind a number.
struct Unit {
    times: u64,
    is_money: bool,
}

fn unit(folded: &FoldedText<'_>, mut end: usize) -> (Unit, usize) {
    let mut unit = Unit { times: 1, is_money: false };
    for _ in 0..2 {
        let gap = folded.gap(end);
        unit.is_money |=
            gap.contains('€') || gap.starts_with(",-") || gap.starts_with(",–") || gap.starts_with(",—");
        let near = gap.chars().count() <= 4;
        let next = letters(folded, end);
        let (times, is_money) = match folded.letters(end..next) {
            "eur" | "euro" | "euros" | "eu" => (1, true),
            "mio" | "million" | "millionen" => (1_000_000, false),
            "mrd" | "milliarde" | "milliarden" => (1_000_000_000, false),
            "tsd" | "tausend" => (1_000, false),
            "teur" => (1_000, true),
            "t" if folded.gap(next).starts_with('€') => (1_000, true),
            _ => break,
        };
        if !near {
            break;
        }
        unit.times *= times;
        unit.is_money |= is_money;
        end = next;
        unit.is_money |= folded.gap(end).trim_start().starts_with('€');
        if is_money {
            break;
        }
    }
    (unit, end)
}

fn names_money_before(folded: &FoldedText<'_>, start: usize) -> bool {
    folded.gap(start).contains('€') || {
        let before = &folded.text[..start];
        folded.gap(start).chars().count() <= 2 && (before.ends_with(b"eur") || before.ends_with(b"euro"))
    }
}

/// Says whether the letter or digit before an index and that at it are written together.
fn is_one_word(folded: &FoldedText<'_>, index: usize) -> bool {
    folded.seen_gap(index).is_empty() && folded.text[index - 1].is_ascii_alphanumeric()
}

fn digits(folded: &FoldedText<'_>, start: usize) -> usize {
    (start..folded.len())
        .find(|index| !folded.is_digit(*index) || *index > start && !folded.seen_gap(*index).is_empty())
        .unwrap_or(folded.len())
}

fn letters(folded: &FoldedText<'_>, start: usize) -> usize {
    (start..folded.len())
        .find(|index| folded.is_digit(*index) || *index > start && folded.begins_word(*index))
        .unwrap_or(folded.len())
}

fn number(folded: &FoldedText<'_>, range: Range<usize>) -> u64 {
    folded.letters(range).parse().unwrap_or(u64::MAX / 1_000_000_000_000)
}

/// Gives the words beside an amount that are not common, as they are compared; of capital letters only if asked so.
fn beside(
    folded: &FoldedText<'_>,
    words: &[Range<usize>],
    amount: &Amount,
    common: &CommonWords,
    nouns: bool,
) -> BTreeSet<String> {
    let first = words.partition_point(|word| word.end <= amount.range.start);
    let behind = words.partition_point(|word| word.start < amount.range.end);
    let near = words[first.saturating_sub(BESIDE)..first]
        .iter()
        .chain(&words[behind.min(words.len())..(behind + BESIDE).min(words.len())]);
    let near = near.filter(|word| !nouns || folded.is_capital(word));
    let near = near.map(|word| folded.letters((*word).clone()));
    let near = near.filter(|word| word.len() >= MIN_NOUN && !word.contains(|c: char| c.is_ascii_digit()));
    near.filter(|word| !common.is_common(word)).map(as_compared).collect()
}

fn as_compared(word: &str) -> String {
    stem(word).chars().take(NOUN_LETTERS).collect()
}

/// Says whether an amount by itself tells anything: it is large and not round.
pub(super) fn is_telling(cents: u64) -> bool {
    let digits = cents.to_string();
    cents >= MIN_CENTS && digits.trim_end_matches('0').len() >= 2
}

impl AmountTable {
    /// Adds those amounts of a text (in hundredths) that are meant, with the nouns beside them.
    pub(super) fn add(
        &mut self,
        folded: &FoldedText<'_>,
        common: &CommonWords,
        secret: usize,
        is_meant: impl Fn(u64) -> bool,
    ) {
        let words = folded.words();
        for amount in amounts(folded).into_iter().filter(|amount| is_meant(amount.cents)) {
            let entry = self.0.entry(amount.cents).or_default();
            entry.secrets.insert(secret as u32);
            for noun in beside(folded, &words, &amount, common, true) {
                entry.beside.entry(noun).or_default().insert(secret as u32);
            }
        }
    }

    /// Says whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Calls with each secret whose amount stands in a text, with or without its words: once for each way.
    pub(super) fn find(
        &self,
        folded: &FoldedText<'_>,
        found: &[Amount],
        common: &CommonWords,
        mut each: impl FnMut(&Amount, u32, HitWeight),
    ) {
        if !found.iter().any(|amount| self.0.contains_key(&amount.cents)) {
            return;
        }
        let words = folded.words();
        let mut seen: BTreeSet<(u64, BTreeSet<String>)> = BTreeSet::new();
        for amount in found {
            let Some(entry) = self.0.get(&amount.cents) else { continue };
            let mut near = beside(folded, &words, amount, common, false);
            near.retain(|word| entry.beside.contains_key(word));
            if !seen.insert((amount.cents, near.clone())) {
                continue;
            }
            let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
            for secret in near.iter().filter_map(|word| entry.beside.get(word)).flatten() {
                *counts.entry(*secret).or_default() += 1;
            }
            let needed = if amount.cents >= MIN_CENTS { 1 } else { 2 };
            for (secret, _) in counts.iter().filter(|(_, count)| **count >= needed) {
                each(amount, *secret, HitWeight::Secret);
            }
            if is_telling(amount.cents) {
                entry.secrets.iter().for_each(|secret| each(amount, *secret, HitWeight::Mention));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<u64> {
        amounts(&FoldedText::new(text)).into_iter().map(|amount| amount.cents).collect()
    }

    #[test]
    fn an_amount_has_one_value_however_it_is_written() {
        for spelling in [
            "1.250.000 Euro",
            "1.250.000,00 EUR",
            "1 250 000 €",
            "EUR 1.250.000,-",
            "€ 1.250.000,00",
            "1250000 EUR",
            "1,25 Mio. Euro",
            "1,25 Millionen €",
            "1,250 Mio. €",
            "1.250 TEUR",
            "1.250 T€",
            "1.250 Tsd. Euro",
            "1.250.000",
            "1\u{202f}250\u{202f}000\u{a0}€",
            "1'250'000 Euro",
            "1.250.\u{200b}000 Euro",
            "1.250.000,— Euro",
        ] {
            assert_eq!(values(&format!("Es sind {spelling} und mehr")), [125_000_000], "{spelling}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for other in [
            "12.02.2025",
            "V/0002/2025",
            "48127 Münster",
            "0251 492-6000",
            "§ 41",
            "2025",
            "3. April",
            "1.2.3",
        ] {
            assert_eq!(values(other), [0; 0], "{other}");
        }
    }

    #[test]
    fn beside_its_words_an_amount_is_a_secret() {
        let common = CommonWords::new(&[]);
        let mut table = AmountTable::default();
        table.add(&FoldedText::new("Der Kaufpreis beträgt 471.000 Euro."), &common, 3, |_| true);
        table.add(&FoldedText::new("Der Eintritt kostet 5 Euro je Besucher."), &common, 4, |_| true);
        let found = |text: &str| {
            let folded = FoldedText::new(text);
            let mut found = Vec::new();
            table.find(&folded, &amounts(&folded), &common, |_, secret, weight| found.push((secret, weight)));
            found
        };
        let both = [(3, HitWeight::Secret), (3, HitWeight::Mention)];
        assert_eq!(found("ein Kaufpreis in Höhe von 471.000,00 EUR"), both);
        assert_eq!(found("471 TEUR (Kaufpreises)"), both);
        assert_eq!(found("Der Bau der Schule kostet 471.000 Euro"), [(3, HitWeight::Mention)]);
        assert_eq!(found("Der Kaufpreis beträgt 1.471.000 Euro"), []);
        assert_eq!(found("Eintritt 5 Euro"), []);
        assert_eq!(found("Eintritt je Besucher: 5 Euro"), [(4, HitWeight::Secret)]);
    }
}
