//! A session and its agenda, read from a session file.
//!
//! Knows nothing of layout and PDF, and does not open the records that the agenda names.

mod distribution;
mod item_number;
mod read;
mod release;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use distribution::Recipient;
pub use item_number::ItemNumber;
pub use read::{SCHEMA, read};
pub use release::{Release, Released};

use crate::day::{Day, TimeOfDay};
use crate::diagnostics::Source;
use crate::record::project::Project;
use crate::record::proposal::Proposal;

/// The most bytes of the committee's name in file names.
const MAX_STEM: usize = 120;

/// A meeting of one committee on one day, as far as its file could be understood.
#[derive(Debug)]
pub struct Session {
    /// The session file as it was read, byte for byte.
    pub bytes: Vec<u8>,
    /// The session file as text.
    pub source: Arc<Source>,
    /// The project that it belongs to.
    pub project: Arc<Project>,
    /// The committee; empty if it is missing.
    pub committee: String,
    /// The day.
    pub date: Option<Day>,
    /// The place of the day in the file.
    pub date_span: Range<usize>,
    /// The time at which it begins.
    pub begin: Option<TimeOfDay>,
    /// The place where it is held.
    pub place: Option<String>,
    /// The day on which the invitation goes out, and its place in the file.
    pub notice: Option<(Day, Range<usize>)>,
    /// The agenda, in the order of the file.
    pub items: Vec<AgendaItem>,
    /// What may be public although the search before publication finds it.
    pub releases: Vec<Release>,
    /// Who gets the papers.
    pub distribution: Vec<Recipient>,
}

/// An agenda item.
#[derive(Debug)]
pub struct AgendaItem {
    /// The number; none if it is missing or malformed.
    pub number: Option<ItemNumber>,
    /// The title, if it is not that of the proposal.
    pub title: Option<String>,
    /// The record of its proposal, inside the project; `None` if it names none or the file does not exist.
    pub record: Option<RecordPath>,
    /// The path of a record that it names but that does not exist.
    pub missing_record: Option<String>,
    /// Whether it is public, if the file says so.
    pub public: Option<bool>,
    /// The place of its title in the file.
    pub title_span: Range<usize>,
    /// The place of the item in the file.
    pub span: Range<usize>,
    /// The place of its number in the file.
    pub number_span: Range<usize>,
    /// The place where its record is named, or where it is said to be public or not.
    pub record_span: Range<usize>,
}

/// A record that an agenda names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPath {
    /// The file.
    pub path: PathBuf,
    /// The path as the user would type it on the command line.
    pub shown: PathBuf,
}

impl AgendaItem {
    /// Returns the title: its own, or the subject of its proposal.
    pub fn title<'a>(&'a self, proposal: Option<&'a Proposal>) -> &'a str {
        let subject = proposal.map(|proposal| proposal.subject.as_str());
        self.title.as_deref().or(subject).unwrap_or_default()
    }
}

impl Session {
    /// Writes the day as in file names, `2025-02-12`.
    pub fn day(&self) -> String {
        self.date.map(|day| day.to_string()).unwrap_or_default()
    }

    /// Lists the records that the agenda names, each once, in order.
    pub fn records(&self) -> Vec<&RecordPath> {
        let mut records: Vec<&RecordPath> = Vec::new();
        for record in self.items.iter().filter_map(|item| item.record.as_ref()) {
            if !records.iter().any(|known| known.path == record.path) {
                records.push(record);
            }
        }
        records
    }

    /// Finds the step of a proposal's consultation that this session is, by its index.
    pub fn step_of(&self, proposal: &Proposal) -> Option<usize> {
        let day = self.date?;
        proposal
            .consultation
            .iter()
            .position(|step| step.committee.as_ref() == Some(&self.committee) && step.date == Some(day))
    }

    /// Returns the name with which the session's files begin: `Rat-2025-02-12`.
    pub fn file_stem(&self) -> String {
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let committee: String = self.committee.chars().map(plain).collect();
        let parts: Vec<&str> = committee.split('-').filter(|part| !part.is_empty()).collect();
        let committee = match parts.join("-") {
            none if none.is_empty() => "Sitzung".to_owned(),
            long => long[..long.floor_char_boundary(MAX_STEM)].to_owned(),
        };
        format!("{committee}-{}", self.day())
    }
}

/// Returns the path by which the user knows a record: joined to the session's folder as the user named it.
fn shown_path(folder: &Path, relative: &str) -> PathBuf {
    let joined = folder.join(relative);
    joined.strip_prefix(".").map_or(joined.clone(), Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::input::Input;
    use crate::record::proposal;

    fn input(toml: &str) -> Input {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        Input::of("a.toml", toml.as_bytes(), &project).unwrap()
    }

    #[test]
    fn a_step_of_a_consultation_is_a_session_of_its_committee_and_day() {
        let step = |committee: &str, day: &str| {
            format!("[[vorlage.beratung]]\ngremium = '{committee}'\ndatum = {day}\n")
        };
        let steps = [("Rat", "2025-02-11"), ("Hauptausschuss", "2025-02-12"), ("Rat", "2025-02-12")];
        let record: String = steps.iter().map(|(committee, day)| step(committee, day)).collect();
        let (proposal, _) = proposal::read(input(&record));
        let step_of = |head: &str| read(input(&format!("[sitzung]\n{head}"))).0.step_of(&proposal);
        assert_eq!(step_of("gremium = 'Rat'\ndatum = 2025-02-12"), Some(2));
        assert_eq!(step_of("gremium = 'Hauptausschuss'\ndatum = '2025-02-12'"), Some(1));
        assert_eq!(step_of("gremium = 'Rat'\ndatum = 2025-02-13"), None);
        assert_eq!(step_of("gremium = 'Rat'"), None);
    }
}
