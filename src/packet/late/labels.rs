//! New page labels beside those that were sent: no label is ever given to two pages.

use std::collections::BTreeSet;

/// All labels that pages of a packet ever had.
#[derive(Debug, Default)]
pub(super) struct SentLabels {
    used: BTreeSet<String>,
    /// The greatest number that is a label.
    greatest: usize,
}

/// A greater number is no page of a packet.
const MAX_NUMBER: usize = 1_000_000;

impl SentLabels {
    /// Begins with those that were sent.
    pub(super) fn of<'a>(used: impl IntoIterator<Item = &'a str>) -> Self {
        let mut labels = Self::default();
        used.into_iter().for_each(|label| labels.note(label.to_owned()));
        labels
    }

    fn note(&mut self, label: String) {
        let number = label.parse().ok().filter(|number| *number <= MAX_NUMBER);
        self.greatest = self.greatest.max(number.unwrap_or(0));
        self.used.insert(label);
    }

    /// Gives so many labels to pages that follow each other at the end of the packet: the next numbers.
    pub(super) fn at_the_end(&mut self, count: usize) -> Vec<String> {
        let first = self.greatest + 1;
        let labels: Vec<String> = (first..first + count).map(|number| number.to_string()).collect();
        labels.iter().cloned().for_each(|label| self.note(label));
        labels
    }

    /// Gives so many labels to pages that follow each other behind the page with this label: behind 12 come 12a and 12b. Where
    /// such pages were sent already, it is 12-1 between 12 and 12a, 12c behind 12b, and 12a1 between 12a and 12b.
    pub(super) fn behind(&mut self, label: &str, count: usize) -> Vec<String> {
        let letters = label.len() - label.trim_end_matches(|c: char| c.is_ascii_lowercase()).len();
        let (stem, own) = label.split_at(label.len() - letters);
        let lettered = |place: usize| format!("{stem}{}", in_letters(place));
        let taken = self.used.iter().filter_map(|used| place_of(used.strip_prefix(stem)?)).max();
        let (own, taken) = (place_of(own).unwrap_or(0), taken.unwrap_or(0));
        let labels: Vec<String> = if taken <= own {
            (own + 1..=own + count).map(lettered).collect()
        } else {
            let dash = if letters == 0 { "-" } else { "" };
            let numbered = |number: usize| format!("{label}{dash}{number}");
            let first =
                (1..).find(|first| (*first..first + count).all(|at| !self.used.contains(&numbered(at))));
            (0..count).map(|at| numbered(first.unwrap_or(1) + at)).collect()
        };
        labels.iter().cloned().for_each(|label| self.note(label));
        labels
    }
}

/// Writes a number in letters as the columns of a table are: a to z, aa, ab.
fn in_letters(mut place: usize) -> String {
    let mut letters = Vec::new();
    while place > 0 {
        place -= 1;
        letters.push(char::from(b'a' + (place % 26) as u8));
        place /= 26;
    }
    letters.iter().rev().collect()
}

/// The number that letters stand for; none if there is anything else.
fn place_of(letters: &str) -> Option<usize> {
    /// More letters than any label has.
    const MAX: usize = 6;
    let is_letters = !letters.is_empty() && letters.len() <= MAX;
    let is_letters = is_letters && letters.bytes().all(|c| c.is_ascii_lowercase());
    is_letters.then(|| letters.bytes().fold(0, |place, c| place * 26 + usize::from(c - b'a') + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_after_12_is_12a() {
        let mut labels = SentLabels::of(["11", "12", "13"]);
        assert_eq!(labels.behind("12", 2), ["12a", "12b"]);
        assert_eq!(labels.behind("12b", 1), ["12c"]);
        assert_eq!(labels.behind("12", 2), ["12-1", "12-2"]);
        assert_eq!(labels.behind("12-1", 1), ["12-1a"]);
        assert_eq!(labels.behind("12a", 2), ["12a1", "12a2"]);
        assert_eq!(labels.behind("12a", 1), ["12a3"]);
        assert_eq!(labels.behind("13", 1), ["13a"]);
        assert_eq!(labels.at_the_end(2), ["14", "15"]);
        let many = labels.behind("14", 28);
        assert_eq!([&many[0], &many[25], &many[26], &many[27]], ["14a", "14z", "14aa", "14ab"]);
    }

    #[test]
    fn no_label_is_given_twice() {
        let mut labels = SentLabels::default();
        let mut all = labels.at_the_end(5);
        // Behind whichever page new ones come, again and again.
        for step in 0..400 {
            let behind = all[step * 7 % all.len()].clone();
            let new = labels.behind(&behind, step % 3 + 1);
            all.extend(new);
        }
        let once: BTreeSet<&String> = all.iter().collect();
        assert_eq!(once.len(), all.len());
    }
}
