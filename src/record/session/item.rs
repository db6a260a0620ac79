//! An item of an agenda, and the papers that it names.

use std::ops::Range;
use std::path::PathBuf;

use super::ItemNumber;
use crate::day::Day;
use crate::record::proposal::Proposal;

/// An item of an agenda, or a heading between items: that has no number and no papers.
#[derive(Debug)]
pub struct AgendaItem {
    /// The number; none if it is missing or malformed.
    pub number: Option<ItemNumber>,
    /// The title, if it is not that of its proposal.
    pub title: Option<String>,
    /// The words that stand for the title where not everybody may see it.
    pub neutral_title: Option<String>,
    /// Why it cannot wait, if it came late.
    pub urgency: Option<String>,
    /// What became of it, if it is not dealt with as usual.
    pub status: Option<ItemStatus>,
    /// The records of its proposals.
    pub records: Vec<NamedRecord>,
    /// Its papers that no record describes.
    pub papers: Vec<ItemPaper>,
    /// Whether it is public, if the file says so.
    pub public: Option<bool>,
    /// The place of its title in the file.
    pub title_span: Range<usize>,
    /// The place of the item in the file.
    pub span: Range<usize>,
    /// The place of its number in the file.
    pub number_span: Range<usize>,
    /// The place where its first record is named, or where it is said to be public or not.
    pub record_span: Range<usize>,
}

/// What became of an item that is not dealt with as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemStatus {
    /// It was taken off the agenda.
    Dropped,
    /// It was put off to another session.
    PutOff,
    /// Whoever brought it in took it back.
    Withdrawn,
    /// It was passed on to another committee.
    PassedOn,
}

impl ItemStatus {
    const ALL: [(Self, &str, &str); 4] = [
        (Self::Dropped, "abgesetzt", "abgesetzt"),
        (Self::PutOff, "vertagt", "vertagt"),
        (Self::Withdrawn, "zurueckgezogen", "zurückgezogen"),
        (Self::PassedOn, "verwiesen", "verwiesen"),
    ];

    /// Finds it by its word in a session file.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, own, _)| *own == key).map(|(status, ..)| status)
    }

    /// Gives its word in print.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(status, ..)| *status == self).map_or("", |(.., word)| word)
    }
}

/// A record that an item names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRecord {
    /// The file, inside the project; or the path as it is written, if there is no such file.
    pub file: Result<RecordPath, String>,
    /// Where it is named.
    pub span: Range<usize>,
}

/// A record that an agenda names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPath {
    /// The file.
    pub path: PathBuf,
    /// The path as the user would type it on the command line.
    pub shown: PathBuf,
    /// The path as the session file names it.
    pub named: String,
}

/// A paper of an item that no record describes: a motion, a question, its answer, minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPaper {
    /// What it is: `Antrag`.
    pub kind: String,
    /// Its number: `A-R/0043/2026`.
    pub number: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its day.
    pub date: Option<Day>,
    /// Its file, inside the project; none if there is no such file.
    pub file: Option<PathBuf>,
    /// Whether it is public, if the file says so.
    pub public: Option<bool>,
    /// Where its file is named, or else the paper.
    pub span: Range<usize>,
}

impl ItemPaper {
    /// Names it: `Antrag A-R/0043/2026`.
    pub fn label(&self) -> String {
        match &self.number {
            Some(number) => format!("{} {number}", self.kind),
            None => self.kind.clone(),
        }
    }
}

impl AgendaItem {
    /// Returns the title: its own, or the subject of the first of its proposals.
    pub fn title<'a>(&'a self, first: Option<&'a Proposal>) -> &'a str {
        let subject = first.map(|proposal| proposal.subject.as_str());
        self.title.as_deref().or(subject).unwrap_or_default()
    }

    /// Tells whether it is only a heading between items.
    pub fn is_heading(&self) -> bool {
        self.number.is_none() && self.records.is_empty() && self.papers.is_empty()
    }
}
