//! What `check` says of all records together.

use similar::TextDiff;

use super::tally::Tally;
use crate::diagnostics::counted;
use crate::run::{Fixed, Outcome, Report, Summary};
use crate::tasks::check::Mending;

/// Counts what a check found and mended.
#[derive(Debug, Default)]
pub struct CheckTally {
    findings: Tally,
    wrong: usize,
    fixable: usize,
    fixed: usize,
    changed: usize,
    seen: usize,
}

impl CheckTally {
    /// Counts what was said of this record too.
    pub fn add(&mut self, report: &Report) {
        self.findings.add(&report.findings);
        self.seen += usize::from(report.outcome != Outcome::PassedOver);
        self.wrong += usize::from(report.has_errors());
        self.fixable += report.fixable;
        self.fixed += report.fixed.as_ref().map_or(0, |fixed| fixed.count);
        self.changed += usize::from(report.fixed.is_some());
    }

    /// Says whether a record has errors.
    pub fn has_errors(&self) -> bool {
        self.wrong > 0
    }

    /// Says whether there was no record and no session.
    pub fn is_of_nothing(&self) -> bool {
        self.seen == 0
    }

    /// Sums up what was done with records and sessions.
    pub fn summary(&self, summary: &Summary, mending: Mending) -> String {
        let findings = counted(self.fixed, "Befund", "Befunde");
        let places = counted(self.changed, "Vorlage", "Vorlagen");
        let records = counted(summary.records, "Vorlage", "Vorlagen");
        let sessions = counted(summary.sessions, "Sitzung", "Sitzungen");
        let what = match (summary.records, summary.sessions) {
            (_, 0) => records,
            (0, _) => sessions,
            _ => format!("{records} und {sessions}"),
        };
        let checked = if summary.interrupted {
            let total = summary.records + summary.sessions;
            format!("Abgebrochen, {} von {total} Dateien geprüft: {}.", self.seen, self.findings)
        } else {
            format!("{what} geprüft: {}.", self.findings)
        };
        match mending {
            Mending::Written | Mending::Tried if self.changed == 0 => format!("Nichts zu ändern. {checked}"),
            Mending::Written => format!("{findings} in {places} behoben. {checked}"),
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

/// Shows what was mended in a record, or would be, as a unified diff in which nothing is invisible; nothing if that is
/// nothing.
pub fn diff(report: &Report) -> String {
    report.fixed.as_ref().map(|fixed| diff_of(&report.name, fixed)).unwrap_or_default()
}

/// The same for a record of this name.
pub fn diff_of(name: &str, Fixed { before, after, .. }: &Fixed) -> String {
    let (before, after) = (with_visible(before), with_visible(after));
    let diff = TextDiff::from_lines(before.as_str(), after.as_str());
    diff.unified_diff().header(name, name).to_string()
}

/// Writes out the characters that cannot be told from others, or cannot be seen at all.
fn with_visible(text: &str) -> String {
    let is_plain = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t');
    let is_hidden = |c: char| {
        (c.is_whitespace() || c.is_control()) && !is_plain(c)
            || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{2011}')
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { out += &format!("<U+{:04X}>", u32::from(c)) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_stopped_does_not_say_that_all_was_checked() {
        let mut tally = CheckTally::default();
        tally.add(&Report { outcome: Outcome::Checked, ..Report::default() });
        let summary = |interrupted: bool| {
            let run = Summary { records: 9, sessions: 1, interrupted, ..Summary::default() };
            tally.summary(&run, Mending::None)
        };
        assert_eq!(summary(false), "9 Vorlagen und 1 Sitzung geprüft: keine Befunde.");
        assert_eq!(summary(true), "Abgebrochen, 1 von 10 Dateien geprüft: keine Befunde.");
    }
}
