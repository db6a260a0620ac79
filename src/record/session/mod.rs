//! A session and its agenda, read from a session file.
//!
//! Knows nothing of layout and PDF, and does not open the records that the agenda names.

mod blank;
mod change;
mod distribution;
mod editor_schema;
mod item;
mod item_number;
mod order;
mod read;
mod release;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use blank::BlankSession;
pub use change::{
    NotChangeable, SessionChange, Words, awakened, changed, item_path, papers_path, session_part,
    session_parts,
};
pub use distribution::Recipient;
pub use editor_schema::session_schema;
pub use item::{AgendaItem, ItemPaper, ItemStatus, NamedRecord, RecordPath};
pub use item_number::ItemNumber;
pub use read::{SCHEMA, read};
pub use release::{Release, Released};

use crate::day::{Day, TimeOfDay};
use crate::diagnostics::Source;
use crate::record::project::Project;
use crate::record::proposal::Proposal;
use crate::toml_tree::Node;

/// The most bytes of the committee's name in file names.
const MAX_STEM: usize = 120;

/// A meeting of one committee, or of several together, on one day, as far as its file could be understood.
#[derive(Debug)]
pub struct Session {
    /// The session file as it was read, byte for byte.
    pub bytes: Vec<u8>,
    /// The session file as text.
    pub source: Arc<Source>,
    /// What the text holds.
    pub tree: Node,
    /// The project that it belongs to.
    pub project: Arc<Project>,
    /// The committees, mostly one; none if that is missing.
    pub committees: Vec<String>,
    /// The number of the session among those of its committee.
    pub number: Option<u32>,
    /// The day.
    pub date: Option<Day>,
    /// The place of the day in the file.
    pub date_span: Range<usize>,
    /// The time at which it begins.
    pub begin: Option<TimeOfDay>,
    /// The place where it is held.
    pub place: Option<String>,
    /// Who invites.
    pub chair: Option<String>,
    /// The number of the supplement to the agenda that this is, if it is one.
    pub supplement: Option<u32>,
    /// The day on which the invitation goes out, and its place in the file.
    pub notice: Option<(Day, Range<usize>)>,
    /// The agenda, in the order of the file.
    pub items: Vec<AgendaItem>,
    /// What may be public although the search before publication finds it.
    pub releases: Vec<Release>,
    /// Who gets the papers.
    pub distribution: Vec<Recipient>,
}

impl Session {
    /// Writes the day as in file names, `2025-02-12`.
    pub fn day(&self) -> String {
        self.date.map(|day| day.to_string()).unwrap_or_default()
    }

    /// Names who meets: `Rat`, or `Rat und Hauptausschuss`.
    pub fn committee(&self) -> String {
        match self.committees.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [others @ .., last] => format!("{} und {last}", others.join(", ")),
        }
    }

    /// Lists the records that the agenda names, each once, in order.
    pub fn records(&self) -> Vec<&RecordPath> {
        let mut records: Vec<&RecordPath> = Vec::new();
        let named = self.items.iter().flat_map(|item| &item.records);
        for record in named.filter_map(|named| named.file.as_ref().ok()) {
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
            .position(|step| step.date == Some(day) && self.is_of(step.committee.as_deref()))
    }

    /// Tells whether a committee is one of those that meet.
    pub fn is_of(&self, committee: Option<&str>) -> bool {
        committee.is_some_and(|committee| self.committees.iter().any(|own| own == committee))
    }

    /// Returns the name with which the session's files begin: `Rat-2025-02-12`, and `Rat-3-2025-02-12` of one that has a
    /// number, so that two on one day have two names.
    pub fn file_stem(&self) -> String {
        file_stem(&self.committees, self.number, &self.day())
    }
}

fn file_stem(committees: &[String], number: Option<u32>, day: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let committee: String = committees.join("-").chars().map(plain).collect();
    let parts: Vec<&str> = committee.split('-').filter(|part| !part.is_empty()).collect();
    let committee = match parts.join("-") {
        none if none.is_empty() => "Sitzung".to_owned(),
        long => long[..long.floor_char_boundary(MAX_STEM)].to_owned(),
    };
    let number = number.map(|number| format!("-{number}")).unwrap_or_default();
    format!("{committee}{number}-{day}")
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
        // Where two meet together, the step of either is this one.
        assert_eq!(step_of("gremien = ['Bau', 'Hauptausschuss']\ndatum = 2025-02-12"), Some(1));
    }

    #[test]
    fn a_session_is_called_by_who_meets_by_its_number_and_its_day() {
        let session = |head: &str| read(input(&format!("[sitzung]\ndatum = 2025-02-12\n{head}"))).0;
        let names = |head: &str| (session(head).committee(), session(head).file_stem());
        assert_eq!(names("gremium = 'Rat'"), ("Rat".into(), "Rat-2025-02-12".into()));
        assert_eq!(names("gremium = 'Rat'\nnummer = 3"), ("Rat".into(), "Rat-3-2025-02-12".into()));
        let joint = ("Rat, Bau und BV Mitte".into(), "Rat-Bau-BV-Mitte-2025-02-12".into());
        assert_eq!(names("gremien = ['Rat', 'Bau', 'BV Mitte']"), joint);
        assert_eq!(names(""), (String::new(), "Sitzung-2025-02-12".into()));
    }
}
