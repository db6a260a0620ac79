//! Findings as people read them: as rustc would show them, with the line that they are about.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::words::level_name;
use crate::diagnostics::{Diagnostic, Severity};

/// The lines of context before and after the underlined text.
const CONTEXT_LINES: usize = 1;
/// The most bytes of a line that are shown before and after the underlined text, so that a line of megabytes does no
/// harm.
const MAX_LINE_BYTES: usize = 2000;
/// The most bytes that are underlined.
const MAX_SPAN_BYTES: usize = 4000;

/// Whether a text carries the escape codes that colour it on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// It carries none.
    Plain,
    /// It carries those of ANSI.
    Ansi,
}

/// Shows a finding in lines of at most `width` characters, without a line break at its end.
pub fn human(finding: &Diagnostic, paint: Paint, width: usize) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let level = level.with_name(level_name(finding.severity));
    let code = finding.code.to_string();
    let title = level.primary_title(&finding.message).id(&code);
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
    let renderer = match paint {
        Paint::Plain => Renderer::plain(),
        Paint::Ansi => Renderer::styled(),
    };
    renderer.term_width(width).render(&[group])
}

/// Returns the place of the first line of the text that the finding is about; a text of pages is not underlined
/// whole.
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

/// Returns the place of the lines around a finding.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Source, codes};

    fn shown(text: &str, span: Range<usize>) -> String {
        let finding =
            Diagnostic::new(&codes::EMPTY, &Source::new("a.toml", text), span, "Leer.").hint("Füllen.");
        human(&finding, Paint::Plain, 100)
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
