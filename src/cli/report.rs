//! Findings as text for people and as JSON for programs.

mod sarif;

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde_json::{Value as Json, json};

pub use sarif::{github, sarif};

use crate::diagnostics::{Diagnostic, Severity, counted};
use crate::run::{Outcome, Report};

/// Lines of context before and after the underlined text.
const CONTEXT_LINES: usize = 1;
/// What is shown of a line before and after the underlined text, in bytes, so that a line of megabytes does no harm.
const MAX_LINE_BYTES: usize = 2000;
/// The most that is underlined, in bytes.
const MAX_SPAN_BYTES: usize = 4000;

/// A finding as rustc would show it.
pub fn human(finding: &Diagnostic, color: bool, width: usize) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR.with_name("Fehler"),
        Severity::Warning => Level::WARNING.with_name("Warnung"),
        Severity::Note => Level::NOTE.with_name("Hinweis"),
    };
    let title = level.primary_title(&finding.message).id(&*finding.code.id);
    let hint = finding.hint.as_ref().map(|hint| Level::HELP.with_name("Hilfe").message(one_line(hint)));
    let group = if finding.span.is_empty() && finding.span.start == 0 {
        title.element(Origin::path(&finding.source.name)).elements(hint)
    } else {
        let window = window(finding);
        let first_line = finding.source.position(window.start).0;
        let text = &finding.source.text[window.clone()];
        let span = underlined(finding);
        let mark = AnnotationKind::Primary.span(span.start - window.start..span.end - window.start);
        let snippet =
            Snippet::source(text).line_start(first_line).path(&finding.source.name).annotation(mark);
        title.element(snippet).elements(hint)
    };
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(width).render(&[group])
}

/// The first lines of the text that the finding is about; a text of pages is not underlined whole.
fn underlined(finding: &Diagnostic) -> Range<usize> {
    let span = finding.span.clone();
    let text = &finding.source.text[span.clone()];
    let line = text.find('\n').unwrap_or(text.len()).min(MAX_SPAN_BYTES);
    let end = match line {
        // A text that opens with its quotes alone on the line: those stand for it.
        0 => span.end.min(span.start + 1),
        _ => span.start + line,
    };
    finding.source.clamp(span.start..end)
}

/// The lines around a finding.
fn window(finding: &Diagnostic) -> Range<usize> {
    let text = &finding.source.text;
    let span = underlined(finding);
    let mut start = span.start;
    for _ in 0..=CONTEXT_LINES {
        start = text[..start].rfind('\n').unwrap_or(0);
    }
    if start > 0 || text.starts_with('\n') && span.start > 0 {
        start += 1;
    }
    let mut end = span.end;
    for _ in 0..=CONTEXT_LINES {
        end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    }
    let start = start.max(span.start.saturating_sub(MAX_LINE_BYTES)).min(span.start);
    let end = end.min(span.end.saturating_add(MAX_LINE_BYTES)).max(span.end);
    finding.source.clamp(start..end)
}

fn one_line(text: &str) -> String {
    annotate_snippets::normalize_untrusted_str(&text.replace('\n', " "))
}

/// A record, what was made from it and what is wrong with it.
pub fn json(report: &Report) -> Json {
    let paths = |paths: &[std::path::PathBuf]| -> Json {
        paths.iter().map(|path| path.display().to_string()).collect()
    };
    json!({
        "record": report.name,
        "outcome": match report.outcome {
            Outcome::Checked => "checked",
            Outcome::Made => "made",
            Outcome::UpToDate => "up-to-date",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
            Outcome::PassedOver => "passed-over",
        },
        "made": paths(&report.made),
        "removed": paths(&report.removed),
        "fixed": report.fixed.as_ref().map(|fixed| fixed.count),
        "failure": report.failure.as_ref().map(ToString::to_string),
        "findings": report.findings.iter().map(finding).collect::<Json>(),
    })
}

/// A finding with its place, lines and columns from 1, columns in characters.
pub fn finding(finding: &Diagnostic) -> Json {
    let (line, column) = finding.position();
    let (end_line, end_column) = finding.source.position(finding.span.end);
    json!({
        "code": finding.code.id,
        "severity": finding.severity,
        "title": finding.code.title,
        "message": finding.message,
        "hint": finding.hint,
        "file": finding.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "fixable": !finding.fix.is_empty(),
    })
}

/// Counts of findings, for the summary.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Tally {
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

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        match named.is_empty() {
            true => f.write_str("keine Befunde"),
            false => f.write_str(&named.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Source, codes};

    fn shown(text: &str, span: Range<usize>) -> String {
        let finding =
            Diagnostic::new(&codes::EMPTY, &Source::new("a.toml", text), span, "Leer.").hint("Füllen.");
        human(&finding, false, 100)
    }

    #[test]
    fn line_and_column_are_those_of_the_file() {
        let text = "eins\nzwei\ndrei\nöäü = \"\"\nfünf\nsechs\n";
        let at = text.find("\"\"").unwrap();
        let shown = shown(text, at..at + 2);
        assert!(shown.contains("a.toml:4:7"), "{shown}");
        assert!(shown.contains("Fehler[T105]: Leer."), "{shown}");
        assert!(shown.contains("Hilfe: Füllen."), "{shown}");
        assert!(!shown.contains("zwei") && !shown.contains("sechs"), "{shown}");
    }

    #[test]
    fn places_at_the_edges_of_a_file_are_shown() {
        for text in ["a", "\n\na\n", "\na", "ä\r\nb\r\n"] {
            for start in 0..=text.len() {
                for end in start..=text.len() {
                    let span = Source::new("a", text).clamp(start..end);
                    let line =
                        Diagnostic::new(&codes::EMPTY, &Source::new("a", text), span.clone(), "").position();
                    let shown = shown(text, span.clone());
                    let place = format!("a.toml:{}:{}", line.0, line.1);
                    assert!(span == (0..0) || shown.contains(&place), "{text:?} {span:?} {place}\n{shown}");
                }
            }
        }
    }

    #[test]
    fn a_line_of_megabytes_is_cut() {
        let text = format!("a = \"{}\"", "x".repeat(3_000_000));
        assert!(shown(&text, 4..text.len()).len() < 20_000);
        assert!(shown(&text, 1_500_000..1_500_001).len() < 20_000);
    }
}
