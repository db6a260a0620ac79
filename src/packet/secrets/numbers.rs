//! The numbers of papers in every spelling: with other separators, without leading zeros, with a short year.
//!
//! A number is its groups of letters and of digits, whatever a city's pattern is. Knows nothing of patterns.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::folded::FoldedText;

/// The numbers that are looked for.
#[derive(Default)]
pub(super) struct NumberTable {
    numbers: Vec<PaperNumber>,
    /// By their first group of digits.
    by_digits: HashMap<String, Vec<usize>>,
}

struct PaperNumber {
    groups: Vec<NumberGroup>,
    /// The first group of digits.
    first: usize,
    target: u32,
}

/// A group of letters or digits, with the digits as they are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NumberGroup {
    text: String,
    is_digits: bool,
}

/// So much may stand between two groups.
const MAX_GAP: usize = 3;

/// Gives a number so that two spellings of one are the same.
pub(super) fn plain(number: &str) -> Vec<String> {
    groups(number).into_iter().map(|group| value(&group.text).to_owned()).collect()
}

fn groups(number: &str) -> Vec<NumberGroup> {
    let folded = FoldedText::new(number);
    let mut groups = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        let end = group_end(&folded, at);
        groups.push(NumberGroup { text: folded.letters(at..end).to_owned(), is_digits: folded.is_digit(at) });
        at = end;
    }
    groups
}

/// Says where a group ends that begins at an index: at something between, or where letters become digits.
fn group_end(folded: &FoldedText<'_>, start: usize) -> usize {
    let is_digits = folded.is_digit(start);
    let ends = |index: &usize| folded.is_digit(*index) != is_digits || !folded.seen_gap(*index).is_empty();
    (start + 1..folded.len()).find(ends).unwrap_or(folded.len())
}

fn value(digits: &str) -> &str {
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        let value = digits.trim_start_matches('0');
        if value.is_empty() { "0" } else { value }
    } else {
        digits
    }
}

impl NumberGroup {
    /// Says whether it is written so; a year may be short.
    fn is(&self, text: &str) -> bool {
        let is_year = self.is_digits
            && self.text.len() == 4
            && (self.text.starts_with("19") || self.text.starts_with("20"));
        value(text) == value(&self.text) || is_year && text.len() == 2 && self.text.ends_with(text)
    }
}

impl NumberTable {
    /// Makes a table of numbers, with what they stand for, but for those that are public.
    pub(super) fn new<'a>(numbers: impl Iterator<Item = (&'a str, usize)>, public: &[String]) -> Self {
        let public: HashSet<Vec<String>> = public.iter().map(|number| plain(number)).collect();
        let mut table = Self::default();
        for (number, target) in numbers.filter(|(number, _)| !public.contains(&plain(number))) {
            let groups = groups(number);
            let Some(first) = groups.iter().position(|group| group.is_digits) else { continue };
            if groups.len() < 2 {
                continue;
            }
            let key = value(&groups[first].text).to_owned();
            table.by_digits.entry(key).or_default().push(table.numbers.len());
            // All its groups of digits in one, as some write it in names of files.
            let all: String =
                groups[first..].iter().filter(|group| group.is_digits).map(|group| &group.text[..]).collect();
            table.by_digits.entry(value(&all).to_owned()).or_default().push(table.numbers.len());
            table.numbers.push(PaperNumber { groups, first, target: target as u32 });
        }
        table
    }

    /// Says whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Calls with the place of each number in a text, where it stands first, and what it stands for.
    pub(super) fn find(&self, folded: &FoldedText<'_>, mut each: impl FnMut(Range<usize>, u32)) {
        if self.is_empty() {
            return;
        }
        let mut seen = HashSet::new();
        let mut at = 0;
        while at < folded.len() {
            if !folded.is_digit(at) {
                at += 1;
                continue;
            }
            let end = group_end(folded, at);
            for index in self.by_digits.get(value(folded.letters(at..end))).into_iter().flatten() {
                let number = &self.numbers[*index];
                if !seen.contains(index)
                    && let Some(range) = number.stands_at(folded, at..end)
                {
                    seen.insert(*index);
                    each(range, number.target);
                }
            }
            at = end;
        }
    }
}

impl PaperNumber {
    /// Gives the place of the number if its first group of digits is here.
    fn stands_at(&self, folded: &FoldedText<'_>, digits: Range<usize>) -> Option<Range<usize>> {
        let (before, rest) = self.groups.split_at(self.first);
        let (mut start, mut end) = (digits.start, digits.end);
        if rest[0].is(folded.letters(digits.clone())) {
            for group in &rest[1..] {
                let next = (end < folded.len()).then(|| group_end(folded, end))?;
                let together = folded.seen_gap(end).is_empty() && group.is_digits == folded.is_digit(end - 1);
                if together || !is_separator(folded, end) || !group.is(folded.letters(end..next)) {
                    return None;
                }
                end = next;
            }
        } else if rest.iter().any(|group| !group.is_digits) || before.is_empty() {
            return None;
        }
        if goes_on(folded, end) {
            return None;
        }
        for group in before.iter().rev() {
            let text = group.text.as_str();
            let from = start
                .checked_sub(text.len())
                .filter(|from| folded.text[*from..].starts_with(text.as_bytes()));
            match from.filter(|from| group_end(folded, *from) == start && is_separator(folded, start)) {
                Some(from) => start = from,
                None => return self.is_short(folded, &(digits.start..end)).then_some(digits.start..end),
            }
        }
        // A longer word or number ends so.
        let is_part = start > 0
            && folded.seen_gap(start).is_empty()
            && (folded.is_digit(start) == folded.is_digit(start - 1) || self.first == 0);
        let joined = self.first == 0 && is_joined(folded, start);
        (!is_part && !joined).then_some(start..end)
    }

    /// Says whether the number stands here without its letters, but as it is printed.
    fn is_short(&self, folded: &FoldedText<'_>, range: &Range<usize>) -> bool {
        let rest = &self.groups[self.first..];
        let printed: Vec<&str> = rest.iter().map(|group| group.text.as_str()).collect();
        let mut parts = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let end = group_end(folded, at);
            parts.push(folded.letters(at..end));
            at = end;
        }
        let slashes =
            (range.start + 1..range.end).all(|index| matches!(plain_gap(folded, index).as_str(), "" | "/"));
        parts == printed
            && parts.len() >= 2
            && parts[0].len() >= 3
            && slashes
            && !is_joined(folded, range.start)
    }
}

/// Says whether something is joined to what begins at an index.
fn is_joined(folded: &FoldedText<'_>, index: usize) -> bool {
    index > 0 && matches!(plain_gap(folded, index).as_str(), "" | "/" | "-" | "_" | "." | "\u{2010}" | "–")
}

/// Says whether a number goes on with more digits: that is another one.
fn goes_on(folded: &FoldedText<'_>, end: usize) -> bool {
    folded.is_digit(end) && matches!(plain_gap(folded, end).as_str(), "" | "/" | "-" | "_" | "\u{2010}" | "–")
}

fn is_separator(folded: &FoldedText<'_>, index: usize) -> bool {
    let gap = plain_gap(folded, index);
    let is_one = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '/' | '-' | '_' | '.' | '\\' | '|' | '+' | '⁄' | '∕' | '−' | '\u{2010}'..='\u{2015}'
            )
    };
    gap.chars().all(is_one) && gap.chars().nth(MAX_GAP).is_none()
}

/// Gives what stands before an index in its plain form: of wide signs the usual ones.
fn plain_gap(folded: &FoldedText<'_>, index: usize) -> String {
    folded.seen_gap(index).nfkd().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(numbers: &[&str], text: &str) -> Vec<String> {
        let table = NumberTable::new(numbers.iter().copied().zip(0..), &["V/0009/2025".to_owned()]);
        let folded = FoldedText::new(text);
        let mut found = Vec::new();
        table.find(&folded, |range, target| {
            found.push(format!("{}: {}", numbers[target as usize], &text[folded.span(&range)]));
        });
        found.sort();
        found
    }

    #[test]
    fn a_number_is_found_in_every_spelling() {
        for spelling in [
            "V/0002/2025",
            "V-0002-2025",
            "V_0002_2025",
            "v 0002/2025",
            "V/2/2025",
            "V 2/25",
            "V0002/2025",
            "V2/25",
            "V\u{a0}0002\u{2011}2025",
            "V/0002/\n2025",
            "V.0002.2025",
            "V/\u{ad}0002/2025",
            "Ｖ／０００２／２０２５",
            "V00022025",
            "V – 2 – 2025",
        ] {
            for text in
                [format!("Vorlage {spelling}."), format!("({spelling})"), format!("{spelling}-anlage-a.pdf")]
            {
                assert_eq!(found(&["V/0002/2025"], &text), [format!("V/0002/2025: {spelling}")], "{text}");
            }
        }
        assert_eq!(found(&["V/0002/2025"], "Nr. 0002/2025"), ["V/0002/2025: 0002/2025"]);
    }

    #[test]
    fn another_number_is_another() {
        for other in [
            "V/0002/20251",
            "V/0002/2025/1",
            "V/0002/2024",
            "IV/0002/2025",
            "V/10002/2025",
            "V/0003/2025",
            "2/25",
            "V/0002",
            "V-0002-2025-1.pdf",
            "A/0002/2025",
            "V, 2, 2025",
            "12.02.2025",
            "V/0009/2025",
        ] {
            assert_eq!(found(&["V/0002/2025", "V/0009/2025"], other), [""; 0], "{other}");
        }
    }

    #[test]
    fn the_longest_that_stands_there_counts() {
        let both = ["V/0002/2025", "V/0002/2025/1"];
        assert_eq!(found(&both, "V/0002/2025/1"), ["V/0002/2025/1: V/0002/2025/1"]);
        assert_eq!(found(&both, "V-0002-2025-1.pdf"), ["V/0002/2025/1: V-0002-2025-1"]);
        assert_eq!(found(&both, "V/0002/2025 und V/2/25/1").len(), 2);
        assert_eq!(found(&both, "V/0002/2025/12"), [""; 0]);
    }

    #[test]
    fn the_patterns_of_all_cities_are_known() {
        for (number, spelling) in [
            ("VIII-DS-01234", "VIII DS 1234"),
            ("VO/2025/01234-01-02", "VO-2025-01234-01-02"),
            ("FB 56/0123/WP18-1", "FB_56_0123_WP18_1"),
            ("WP12/2025 1. Ergänzung", "WP 12/2025 1. Ergaenzung"),
            ("GRDrs 17/2025", "grdrs 17-2025"),
            ("A-R/0043/2026", "A-R 43/26"),
            ("123/25", "123/25"),
        ] {
            assert_eq!(
                found(&[number], &format!("siehe {spelling}, Seite 3")),
                [format!("{number}: {spelling}")]
            );
        }
    }
}
