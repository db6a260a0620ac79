//! What `check` says of all records together.

use similar::TextDiff;

use super::tally::Tally;
use crate::diagnostics::counted;
use crate::run::{Fixed, Report};
use crate::tasks::check::Mending;

/// Counts what a check found and mended.
#[derive(Debug, Default)]
pub struct CheckTally {
    findings: Tally,
    wrong: usize,
    fixable: usize,
    fixed: usize,
    changed: usize,
}

impl CheckTally {
    /// Counts what was said of this record too.
    pub fn add(&mut self, report: &Report) {
        self.findings.add(&report.findings);
        self.wrong += usize::from(report.has_errors());
        self.fixable += report.findings.iter().filter(|finding| !finding.fix.is_empty()).count();
        self.fixed += report.fixed.as_ref().map_or(0, |fixed| fixed.count);
        self.changed += usize::from(report.fixed.is_some());
    }

    /// Says whether a record has errors.
    pub fn has_errors(&self) -> bool {
        self.wrong > 0
    }

    /// Sums up what was done with this many records.
    pub fn summary(&self, records: usize, mending: Mending) -> String {
        let findings = counted(self.fixed, "Befund", "Befunde");
        let places = counted(self.changed, "Vorlage", "Vorlagen");
        let checked = format!("{} geprüft: {}.", counted(records, "Vorlage", "Vorlagen"), self.findings);
        match mending {
            Mending::Written => format!("{findings} in {places} behoben. {checked}"),
            Mending::Tried if self.changed == 0 => format!("Nichts zu ändern. {checked}"),
            Mending::Tried => format!(
                "„anlage check --fix“ würde {findings} in {places} beheben. Danach: {}.",
                self.findings
            ),
            Mending::None if self.fixable > 0 => {
                let are = if self.fixable == 1 { "lässt" } else { "lassen" };
                let findings = counted(self.fixable, "Befund", "Befunde");
                format!("{checked} Mit „anlage check --fix“ {are} sich {findings} beheben.")
            }
            Mending::None => checked,
        }
    }
}

/// Shows what was mended in a record, or would be, as a unified diff; nothing if that is nothing.
pub fn diff(report: &Report) -> String {
    let Some(Fixed { before, after, .. }) = &report.fixed else { return String::new() };
    let diff = TextDiff::from_lines(before.as_str(), after.as_str());
    diff.unified_diff().header(&report.name, &report.name).to_string()
}
