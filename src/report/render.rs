//! What `render` says of all records together.

use std::path::PathBuf;
use std::time::Duration;

use super::tally::Tally;
use super::words::{listed, seconds};
use crate::diagnostics::counted;
use crate::run::{Outcome, Report, Stale, Summary};

/// Counts what became of records.
#[derive(Debug, Default)]
pub struct RenderTally {
    /// The findings of all records.
    pub findings: Tally,
    done: usize,
    files: usize,
    up_to_date: usize,
    refused: usize,
    /// Made although they have errors: drafts.
    wrong: usize,
    failed: usize,
    removed: Vec<PathBuf>,
}

impl RenderTally {
    /// Counts what became of this record too.
    pub fn add(&mut self, report: &Report) {
        self.findings.add(&report.findings);
        self.done += usize::from(report.outcome != Outcome::PassedOver);
        self.files += report.made.len();
        self.up_to_date += usize::from(report.outcome == Outcome::UpToDate);
        self.refused += usize::from(report.outcome == Outcome::Refused);
        self.wrong += usize::from(report.outcome == Outcome::Made && report.has_errors());
        self.failed += usize::from(report.outcome == Outcome::Failed);
        self.removed.extend(report.removed.iter().cloned());
    }

    /// Says whether a record has errors.
    pub fn has_errors(&self) -> bool {
        self.refused + self.wrong > 0
    }

    /// Sums up a run that took so long, in one to four lines.
    pub fn summary(&self, summary: &Summary, stale: Stale, elapsed: Duration) -> Vec<String> {
        let mut lines = vec![self.counts(summary, elapsed)];
        if !self.removed.is_empty() {
            lines.push(format!("Entfernt, weil nicht mehr gültig: {}", listed(&self.removed)));
        }
        if !summary.stale.is_empty() {
            let what = match stale {
                Stale::Removed => "Entfernt, weil die Vorlage fehlt",
                Stale::Kept => "Veraltet, weil die Vorlage fehlt (--prune entfernt)",
            };
            lines.push(format!("{what}: {}", listed(&summary.stale)));
        }
        if summary.sessions > 0 {
            let sessions = counted(summary.sessions, "Sitzung", "Sitzungen");
            lines.push(format!("{sessions} dabei; ihre Mappen macht „anlage packet“."));
        }
        lines
    }

    fn counts(&self, summary: &Summary, elapsed: Duration) -> String {
        let records = |count| counted(count, "Vorlage", "Vorlagen");
        let files = counted(self.files, "Datei", "Dateien");
        let mut text = format!("{files} aus {} erstellt", records(summary.records));
        let others = [
            (self.up_to_date, "unverändert"),
            (self.refused, "wegen Fehlern ausgelassen"),
            (self.wrong, "mit Fehlern"),
            (self.failed, "gescheitert"),
        ];
        for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
            text += &format!("; {} {what}", records(count));
        }
        text += &format!(" ({}; {}).", self.findings, seconds(elapsed));
        if summary.interrupted {
            text = format!("Abgebrochen nach {} von {}. {text}", self.done, records(summary.records));
        }
        text
    }
}
