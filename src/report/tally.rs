//! How many findings there are of each severity.

use std::fmt;

use crate::diagnostics::{Diagnostic, Severity, counted};

/// Counts findings; as text it is the part of a sentence: `2 Fehler, 1 Hinweis`.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Tally {
    /// Counts these too.
    pub fn add(&mut self, findings: &[Diagnostic]) {
        for finding in findings {
            match finding.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Note => self.notes += 1,
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.errors, "Fehler", "Fehler"),
            (self.warnings, "Warnung", "Warnungen"),
            (self.notes, "Hinweis", "Hinweise"),
        ];
        let named: Vec<String> = all
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| counted(*count, one, many))
            .collect();
        if named.is_empty() { f.write_str("keine Befunde") } else { f.write_str(&named.join(", ")) }
    }
}
