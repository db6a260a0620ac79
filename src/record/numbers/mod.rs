//! The numbers of proposals and of other papers: every city counts differently, and `[nummern]` in `anlage.toml` says how.
//!
//! Knows nothing of records and of files.

mod names;
mod number;
mod pattern;

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

pub use names::stem;
pub use number::Number;

use names::conflict;
use pattern::NumberForm;

/// How a city counts when it says nothing: as Münster does.
const DEFAULT: [&str; 2] = ["V/####/JJJJ", "V/####/JJJJ/#*"];
/// The kind of number that proposals have.
const PROPOSAL: &str = "vorlage";

/// The patterns of all numbers of a city.
#[derive(Debug, Clone)]
pub struct NumberPatterns {
    /// The patterns of proposals, as they are written.
    written: Vec<String>,
    /// What they say, each optional part apart.
    proposals: Vec<NumberForm>,
    /// Those of papers that are no proposals.
    others: Vec<NumberForm>,
    /// What finds a number in a text, however it is written there, once somebody has made it.
    loose: OnceLock<Option<Regex>>,
}

impl PartialEq for NumberPatterns {
    fn eq(&self, other: &Self) -> bool {
        (&self.written, &self.others) == (&other.written, &other.others)
    }
}

impl Eq for NumberPatterns {}

/// A pattern that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct PatternFault {
    /// The kind of number.
    pub kind: String,
    /// Which pattern of its kind it is, from 0.
    pub index: usize,
    /// The reason, in a German sentence.
    pub message: String,
}

impl Default for NumberPatterns {
    fn default() -> Self {
        Self::new(&[]).expect("fixed, and tried by the tests below")
    }
}

impl NumberPatterns {
    /// Reads the patterns of each kind of number; without any of proposals, Münster's.
    pub fn new(kinds: &[(String, Vec<String>)]) -> Result<Self, PatternFault> {
        let own = kinds.iter().find(|(kind, written)| kind == PROPOSAL && !written.is_empty());
        let written: Vec<String> =
            own.map_or_else(|| DEFAULT.map(str::to_owned).to_vec(), |(_, written)| written.clone());
        let standing = [(PROPOSAL.to_owned(), written.clone())];
        let others = kinds.iter().filter(|(kind, _)| kind != PROPOSAL);
        let (mut forms, mut all): (Vec<NumberForm>, Vec<(bool, NumberForm)>) = (Vec::new(), Vec::new());
        for (kind, patterns) in standing.iter().chain(others) {
            for (index, pattern) in patterns.iter().enumerate() {
                let fault = |message| PatternFault { kind: kind.clone(), index, message };
                for form in pattern::read(pattern).map_err(fault)? {
                    if kind == PROPOSAL
                        && let Some(other) = forms.iter().find(|other| conflict(&form, other))
                    {
                        return Err(fault(format!(
                            "Zwei Nummern, eine nach „{other}“ und eine nach „{form}“, hätten denselben Dateinamen."
                        )));
                    }
                    if kind == PROPOSAL {
                        forms.push(form.clone());
                    }
                    all.push((kind == PROPOSAL, form));
                }
            }
        }
        let (proposals, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(is_proposal, _)| *is_proposal);
        let forms = |all: Vec<(bool, NumberForm)>| all.into_iter().map(|(_, form)| form).collect();
        Ok(Self { written, proposals: forms(proposals), others: forms(others), loose: OnceLock::new() })
    }

    /// Reads the number of a proposal.
    pub fn read(&self, text: &str) -> Option<Number> {
        self.proposals.iter().find_map(|form| {
            let found = form.read(text)?;
            let ends = |other: &NumberForm| {
                let rest = form.behind(other)?;
                Some(text.len() - found.start_of(rest, text)?).map(|behind| text.len() - behind)
            };
            let main = self.proposals.iter().filter_map(ends).max();
            Number::new(text, found.year, main)
        })
    }

    /// Tells whether a text is the number of a paper that is no proposal.
    pub fn is_of_another_paper(&self, text: &str) -> bool {
        self.others.iter().any(|form| form.read(text).is_some())
    }

    /// Gives the number that somebody meant: with its zeros, its capitals, and what stands between its parts.
    pub fn meant(&self, typed: &str) -> Option<Number> {
        self.proposals
            .iter()
            .find_map(|form| self.read(&form.filled(typed)?))
            .filter(|number| number.as_str() != typed)
    }

    /// Gives what stands for a number that a draft lacks: `V/????/????`.
    pub fn unknown(&self) -> String {
        self.proposals.first().map(NumberForm::unknown).unwrap_or_default()
    }

    /// Gives a number to show how one is written.
    pub fn example(&self) -> String {
        self.proposals.first().map(|form| form.example(0)).unwrap_or_default()
    }

    /// Says how a number is written, for people.
    pub fn help(&self) -> String {
        if self.is_default() {
            return "V/laufende Nummer vierstellig/Jahr; eine Ergänzung hängt ihre Zählung an: V/0716/2023/1.".into();
        }
        let patterns: Vec<String> = self.written.iter().map(|pattern| format!("„{pattern}“")).collect();
        format!(
            "Nach dem Muster {}, wie es anlage.toml vorgibt: # ist eine Ziffer, #* sind eine oder mehrere, JJJJ ist ein Jahr, was in [ ] steht, kann fehlen.",
            patterns.join(" oder ")
        )
    }

    /// Tells whether the city counts as Münster does.
    pub fn is_default(&self) -> bool {
        self.written == DEFAULT
    }

    /// Gives a regular expression that all numbers follow, for editors.
    pub fn expression(&self) -> String {
        let forms: Vec<String> = self.proposals.iter().map(NumberForm::expression).collect();
        format!("^({})$", forms.join("|"))
    }

    /// Tells whether a text begins as a number does, with its letters.
    pub fn begin(&self, text: &str) -> bool {
        let begins = |form: &NumberForm| form.head().is_some_and(|head| text.starts_with(&head));
        self.proposals.iter().chain(&self.others).any(begins)
    }

    /// Finds what may be meant as a number in a text: with other separators, short years, without zeros. Numbers without letters
    /// could not be told from others and are not found.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let made = self.loose.get_or_init(|| {
            let mut forms: Vec<&NumberForm> = self.proposals.iter().collect();
            forms.sort_by_key(|form| std::cmp::Reverse(form.0.len()));
            let forms: Vec<String> = forms.into_iter().filter_map(NumberForm::loose_expression).collect();
            let all = forms.join("|");
            if forms.is_empty() { None } else { Regex::new(&all).ok() }
        });
        let is_part = |range: &Range<usize>| {
            let (before, after) = (text[..range.start].chars().next_back(), &text[range.end..]);
            let goes_on =
                after.strip_prefix(['/', '-']).unwrap_or(after).starts_with(|c: char| c.is_ascii_digit());
            before.is_some_and(|c| c.is_alphanumeric() || c == '/' || c == '-')
                || goes_on
                || after.starts_with(char::is_alphanumeric)
        };
        let found = made.iter().flat_map(|made| made.find_iter(text)).map(|found| found.range());
        found.filter(|range| !is_part(range)).collect()
    }
}

#[cfg(test)]
mod tests;
