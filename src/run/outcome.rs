//! What came of files, and of a whole run.

use std::path::PathBuf;

use super::aside::SetAside;
use super::inputs::RecordFile;
use super::problem::Problem;
use crate::diagnostics::{Diagnostic, Source, codes, has_errors};
use crate::files::FileError;

/// What came of one file.
#[derive(Debug, Default)]
pub struct Report {
    /// The record as the user knows it.
    pub name: String,
    /// What was done.
    pub outcome: Outcome,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// The files made from it.
    pub made: Vec<PathBuf>,
    /// Files of an earlier run whose place others have taken, and that were removed.
    pub removed: Vec<PathBuf>,
    /// Files that no longer hold, or that took a place and are not known.
    pub set_aside: Vec<SetAside>,
    /// How many findings can be mended, those that are not named one by one too.
    pub fixable: usize,
    /// What was mended in it.
    pub fixed: Option<Fixed>,
    /// The failure of the environment that kept it from being done.
    pub failure: Option<FileError>,
}

/// What was done with a file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was checked.
    #[default]
    Checked,
    /// Its annexes were made.
    Made,
    /// Its annexes were there already.
    UpToDate,
    /// It has errors and nothing was made.
    Refused,
    /// The environment failed.
    Failed,
    /// It is no record.
    PassedOver,
}

/// What was, or would be, changed in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The record as it was.
    pub before: String,
    /// The record as it is now, or would be.
    pub after: String,
    /// How many findings that mends.
    pub count: usize,
}

/// What came of a whole run, beside the reports.
#[derive(Debug, Default)]
pub struct Summary {
    /// Records that were to be done.
    pub records: usize,
    /// Sessions among the files; of a run that renders, those that were not named and so stand for nothing.
    pub sessions: usize,
    /// Files whose records are gone, and that were removed if that was asked for.
    pub stale: Vec<PathBuf>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// A failure that is not that of a single record.
    pub failure: Option<FileError>,
}

impl Report {
    /// Reports a record that was checked.
    pub fn of(record: &RecordFile, findings: Vec<Diagnostic>) -> Self {
        let outcome = if has_errors(&findings) { Outcome::Refused } else { Outcome::Checked };
        Self { name: record.name.clone(), outcome, findings, ..Self::default() }
    }

    /// Reports a record that the environment kept from being done.
    pub fn failed(record: &RecordFile, failure: FileError) -> Self {
        Self {
            name: record.name.clone(),
            outcome: Outcome::Failed,
            failure: Some(failure),
            ..Self::default()
        }
    }

    /// Reports a record that cannot be read.
    pub fn unread(record: &RecordFile, problem: Problem) -> Self {
        match problem {
            Problem::Findings(findings) => Self::of(record, findings),
            Problem::Failure(failure) => Self::failed(record, failure),
        }
    }

    /// Reports a file that is no record.
    pub fn passed_over(record: &RecordFile) -> Self {
        let mut note = Diagnostic::new(
            &codes::NOT_OURS,
            &Source::new(&record.name, ""),
            0..0,
            "Die Datei ist keine Vorlagendatei und wird übergangen.",
        );
        if record.ends_twice() {
            note.message = "Die Datei endet auf .txt und wird übergangen.".into();
            let right = record.name[..record.name.len() - ".txt".len()].to_owned();
            note = note.hint(format!("Umbenennen in {right}; Windows zeigt die Endung .txt nur auf Wunsch."));
        }
        Self { outcome: Outcome::PassedOver, ..Self::of(record, vec![note]) }
    }

    /// Tells whether the record is at fault.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }
}
