//! Findings as annotations of GitHub Actions.

use crate::diagnostics::{Diagnostic, Severity};

/// Writes a finding as a workflow command of GitHub Actions.
pub fn github(finding: &Diagnostic) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let (line, column) = finding.position();
    let (end_line, end_column) = finding.source.position(finding.span.end);
    // GitHub takes columns only within one line.
    let columns =
        if end_line == line { format!(",col={column},endColumn={end_column}") } else { String::new() };
    let place = format!("file={},line={line},endLine={end_line}{columns}", property(&finding.source.name));
    let title = property(&format!("{} {}", finding.code, finding.code.title));
    let text = match &finding.hint {
        Some(hint) => format!("{}\n{hint}", finding.message),
        None => finding.message.clone(),
    };
    format!("::{level} {place},title={title}::{}", data(&text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
