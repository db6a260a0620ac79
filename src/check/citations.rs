//! What a proposal cites: other proposals by their numbers, its own annexes by their labels.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::patterns::{GuardedPattern, beginning, pattern, word_pattern};
use super::texts::PrintedText;
use crate::diagnostics::{Diagnostic, codes, shown};
use crate::record::numbers::{Number, NumberPatterns};
use crate::record::proposal::Proposal;
use crate::record::proposal::rich_text::HIDDEN;

/// A number as it may be written, and what is meant by its parts.
static NUMBER: GuardedPattern = GuardedPattern::new(may_be_number, || {
    pattern(
        r"\b(?:[Vv][/\\]\s?|[Vv]\s|Vorlagen?(?:nummer|-?\s?Nr\.)?:?\s(?:[Vv][\s/-]?)?)([0-9]{1,5})\s?[/\\-]\s?([0-9]{4}|[0-9]{2})\b(?:/([0-9]{1,3})\b)?",
    )
});

static ANNEX: GuardedPattern =
    GuardedPattern::new(may_be_annex, || pattern(r"\b(?:Anlage|ANLAGE|Anl\.|Anlagen|ANLAGEN)[\s\x01]+"));

/// The labels behind the word, at the start of a text: „2 a“, „1, 2a und 4 bis 6“. Looked for only there, since word
/// borders that know all letters are slow.
static LABELS: LazyLock<Regex> = LazyLock::new(|| {
    const LABEL: &str = r"(?:[0-9]{1,2}(?:\s?[a-z]\b)?|[A-Z]\b)";
    word_pattern(&format!(r"^{LABEL}(?:\s?(?:,|/|und|sowie|bis|–|-)\s?{LABEL})*"))
});

static LABEL: LazyLock<Regex> =
    LazyLock::new(|| word_pattern(r"(bis|–|-)?\s?(?:([0-9]{1,2})(\s?)(?:([a-z])\b)?|([A-Z])\b)"));

/// Annexes of something else: „Anlage 2 zum Vertrag“, „Anlage A zur V/0012/2020“.
static OF_ANOTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[\s\x01]*(?:zu[rm]?|de[rs]|von|aus|nach)\s(?:(?:diese[rm]?|vorliegenden?)\s)?(\S+)\s?(\S*)")
});

static ALL_OR_THE_ONLY_ONE: GuardedPattern =
    GuardedPattern::new(|text| text.contains("Anlage"), || pattern(r"\b(Anlage|Anlagen)\b"));

#[cfg(test)]
pub(super) static PATTERNS: [(&str, &GuardedPattern); 3] =
    [("number", &NUMBER), ("annex", &ANNEX), ("all annexes", &ALL_OR_THE_ONLY_ONE)];

/// A stroke between two digits, with or without spaces, in a text that has a V or the word.
fn may_be_number(text: &str) -> bool {
    let is_between = |(at, stroke): (usize, &str)| {
        text[..at].trim_end().ends_with(|c: char| c.is_ascii_digit())
            && text[at + stroke.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit())
    };
    (text.contains(['V', 'v'])) && text.match_indices(['/', '\\', '-']).any(is_between)
}

fn may_be_annex(text: &str) -> bool {
    ["nlage", "NLAGE", "Anl."].iter().any(|word| text.contains(word))
}

/// A finding for each number that is malformed or lies in the future.
pub(super) fn numbers(text: &PrintedText<'_>, proposal: &Proposal) -> Vec<Diagnostic> {
    let patterns = &proposal.project.settings.numbers;
    if patterns.is_default() {
        return NUMBER
            .captures_iter(&text.visible)
            .filter_map(|found| number(text, proposal, &found))
            .collect();
    }
    let found = patterns.find(&text.visible).into_iter();
    found.filter_map(|range| by_pattern(text, proposal, patterns, range)).collect()
}

/// The finding about a number of a city that counts in a way of its own.
fn by_pattern(
    text: &PrintedText<'_>,
    proposal: &Proposal,
    patterns: &NumberPatterns,
    range: Range<usize>,
) -> Option<Diagnostic> {
    let written = &text.visible[range.clone()];
    if let Some(number) = patterns.read(written) {
        return in_the_future(text, proposal, number, range);
    }
    // A no-break space is as good as another.
    let meant = patterns.meant(written).filter(|_| !patterns.is_of_another_paper(written))?;
    if patterns.read(&written.replace('\u{a0}', " ")).is_some() {
        return None;
    }
    let message = format!("„{}“ ist keine Vorlagennummer.", shown(written));
    Some(text.finding(&codes::MALFORMED_CITATION, range, message).hint(format!("Gemeint ist wohl {meant}.")))
}

fn in_the_future(
    text: &PrintedText<'_>,
    proposal: &Proposal,
    number: Number,
    range: Range<usize>,
) -> Option<Diagnostic> {
    let year = proposal.date?.year();
    (number.year()? > year).then(|| {
        let message =
            format!("Die Vorlage {number} liegt in der Zukunft: Diese Vorlage ist aus dem Jahr {year}.");
        text.finding(&codes::FUTURE_CITATION, range, message)
            .hint("Die Nummer prüfen; oder das Datum der Vorlage ist falsch.")
    })
}

fn number(text: &PrintedText<'_>, proposal: &Proposal, found: &Captures<'_>) -> Option<Diagnostic> {
    let whole = found.get(0)?;
    let first_digit = found.get(1)?.start();
    // From the V on, if there is one.
    let before = &text.visible[whole.start()..first_digit];
    let start = before
        .rfind(['V', 'v'])
        .filter(|at| !before[*at..].starts_with("Vor"))
        .map_or(first_digit, |at| whole.start() + at);
    let range = start..whole.end();
    let written = &text.visible[range.clone()];
    let year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    let with_v = written.starts_with(['V', 'v']);
    // "Vorlagen 2024/25" are those of a season, "230 V 50/60" is no number.
    if !with_v && year(found.get(1)?.as_str()) || written.starts_with("V ") && found.get(1)?.len() < 4 {
        return None;
    }
    let patterns = &proposal.project.settings.numbers;
    match patterns.read(written) {
        Some(number) => in_the_future(text, proposal, number, range),
        None => {
            let part = |at: usize| found.get(at).map(|part| part.as_str());
            let year =
                part(2).map(|year| if year.len() == 2 { format!("20{year}") } else { year.to_owned() });
            let supplement =
                part(3).map_or(String::new(), |count| format!("/{}", count.trim_start_matches('0')));
            let meant = format!("V/{:0>4}/{}{supplement}", part(1)?, year?);
            let hint = match patterns.read(&meant) {
                Some(number) => format!("Gemeint ist wohl {number}."),
                None => "Eine Nummer ist ein V, vier Ziffern und das Jahr: V/0056/2025.".into(),
            };
            let message = format!("„{}“ ist keine Vorlagennummer.", shown(written));
            Some(text.finding(&codes::MALFORMED_CITATION, range, message).hint(hint))
        }
    }
}

/// What the texts say of the annexes.
#[derive(Debug, Default)]
pub(super) struct CitedAnnexes {
    labels: BTreeSet<String>,
    /// „siehe Anlagen“: all of them.
    all: bool,
    /// „siehe Anlage“: the only one.
    only_one: bool,
}

impl CitedAnnexes {
    /// Tells whether the texts name the annex with this label; `only` if the proposal has no other.
    pub(super) fn name(&self, label: &str, only: bool) -> bool {
        // "Anlagen 1 a bis c" names one of them only.
        let number = |label: &str| label.trim_end_matches(|c: char| c.is_ascii_lowercase()).to_owned();
        let lettered = |other: &String| *other != number(other) && number(other) == number(label);
        self.labels.contains(label)
            || number(label) != label && self.labels.iter().any(lettered)
            || self.all
            || only && self.only_one
    }
}

/// A finding for each annex that a text cites and that is not there; `cited` collects those that it cites.
pub(super) fn annexes(
    text: &PrintedText<'_>,
    labels: &[&str],
    numbers: &NumberPatterns,
    cited: &mut CitedAnnexes,
) -> Vec<Diagnostic> {
    let visible = &*text.visible;
    let mut findings = Vec::new();
    let mut numbered = Vec::new();
    for word in ANNEX.find_iter(visible) {
        let behind = beginning(&visible[word.end()..]);
        let Some(found) = LABELS.find(behind) else { continue };
        numbered.push(word.start());
        // „Anlage“ has one label, „Anlagen“ may have several.
        let several = word.as_str().trim_end_matches([' ', '\n', HIDDEN]).ends_with(['n', 'N']);
        let one = LABEL.find(found.as_str()).map_or(0, |label| label.end());
        let list = &found.as_str()[..if several { found.len() } else { one }];
        let end = word.end() + list.len();
        // A "PV-Anlage 2" stands on a roof.
        if visible[..word.start()].ends_with('-') {
            continue;
        }
        let after = &visible[end..];
        let goes_on = after.starts_with(|c: char| c.is_ascii_digit())
            || after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit());
        // Whether an annex is cited is seen generously; that one is missing has to be certain.
        let certain = !goes_on && !is_of_another(after, numbers);
        for (label, range) in labels_in(list, word.end(), after, labels) {
            let known = labels.contains(&label.as_str());
            if certain && !known && !cited.labels.contains(&label) {
                let message =
                    format!("Der Text nennt Anlage {label}, aber die Vorlage hat keine Anlage {label}.");
                let hint = match labels {
                    [] => format!("Die Anlage unter [anlage.{label}] angeben, oder den Satz ändern."),
                    _ => format!(
                        "Die Anlage unter [anlage.{label}] angeben, oder den Satz ändern; es gibt: {}.",
                        labels.join(", ")
                    ),
                };
                findings.push(text.finding(&codes::CITED_ANNEX_MISSING, range, message).hint(hint));
            }
            if certain || known {
                cited.labels.insert(label);
            }
        }
    }
    for found in
        ALL_OR_THE_ONLY_ONE.find_iter(visible).filter(|found| numbered.binary_search(&found.start()).is_err())
    {
        cited.all |= found.as_str() == "Anlagen";
        cited.only_one |= found.as_str() == "Anlage";
    }
    findings
}

fn is_of_another(after: &str, numbers: &NumberPatterns) -> bool {
    // However long a text goes on, the next words decide.
    let after = beginning(after);
    OF_ANOTHER.captures(after).is_some_and(|found| {
        let word = |at: usize| found.get(at).map_or("", |word| word.as_str());
        let own = ["Vorlage", "Beschlussvorlage", "Berichtsvorlage"]
            .contains(&word(1).trim_end_matches(['.', ',', ')']));
        !own || numbers.begin(word(2))
    })
}

/// More labels than this no list has.
const MAX_LABELS: usize = 200;

/// The labels of a list, with their places; „4 bis 6“ names three. `after` is what stands behind it, `known` are the
/// labels that there are.
fn labels_in(list: &str, start: usize, after: &str, known: &[&str]) -> Vec<(String, Range<usize>)> {
    let mut labels: Vec<(String, Range<usize>)> = Vec::new();
    let mut previous: Option<u32> = None;
    for found in LABEL.captures_iter(list).take(MAX_LABELS) {
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        let Some(place) = found.get(2).or(found.get(5)) else { continue };
        let number: Option<u32> = part(2).and_then(|number| number.parse().ok());
        if number == Some(0) {
            continue;
        }
        let name = place.as_str().trim_start_matches('0');
        // "Anlage 1 z. B." and "Anlage 5 m hoch": a letter after a space may be a word of its own.
        let letter = found.get(4).filter(|letter| {
            let apart = part(3).is_some_and(|space| !space.is_empty());
            let ends = letter.end() == list.len();
            let likely = ("a"..="e").contains(&letter.as_str()) && !(ends && after.starts_with('.'));
            !apart || likely || known.contains(&format!("{name}{}", letter.as_str()).as_str())
        });
        let range = start + place.start()..start + letter.unwrap_or(place).end();
        if let (true, Some(from), Some(until)) = (part(1).is_some(), previous, number) {
            labels.extend((from + 1..until).map(|between| (between.to_string(), range.clone())));
        }
        previous = number.filter(|_| letter.is_none());
        labels.push((format!("{name}{}", letter.map_or("", |letter| letter.as_str())), range));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_labels_are_understood() {
        let labels =
            |list: &str| labels_in(list, 0, "", &[]).into_iter().map(|(label, _)| label).collect::<Vec<_>>();
        assert_eq!(labels("2"), ["2"]);
        assert_eq!(labels("1 b"), ["1b"]);
        assert_eq!(labels("1, 2a und 4 bis 6"), ["1", "2a", "4", "5", "6"]);
        assert_eq!(labels("A und 1-3"), ["A", "1", "2", "3"]);
        assert_eq!(labels("1 m"), ["1"]);
        assert_eq!(labels("0"), [""; 0]);
    }

    #[test]
    fn annexes_of_something_else_are_told_apart() {
        for other in
            [" zum Vertrag", " der Satzung", " zur V/0012/2020", " zur Vorlage V/0012/2020", " zu § 5 BauNVO"]
        {
            assert!(is_of_another(other, &NumberPatterns::default()), "{other}");
        }
        for own in ["", ".", ") wird", " zu dieser Vorlage.", " der Vorlage", " zeigt den Plan", " und 3"] {
            assert!(!is_of_another(own, &NumberPatterns::default()), "{own}");
        }
    }
}
