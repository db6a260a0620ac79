//! Findings: what is wrong, where it is in what the user wrote, and what to do about it.
//!
//! Knows neither how findings are shown nor what a record is.

pub mod codes;
mod explanations;
mod severity;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use codes::Code;
pub use explanations::{Explanation, explanation};
pub use severity::Severity;

/// A text that findings point into, under the name by which the user knows it.
#[derive(Debug)]
pub struct Source {
    /// The path as the user gave it, or a name for what has no path.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// The offset at which each line begins.
    lines: OnceLock<Vec<usize>>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.text) == (&other.name, &other.text)
    }
}

impl Eq for Source {}

impl Source {
    /// Creates a source that the findings which point into it share.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into(), lines: OnceLock::new() })
    }

    /// Returns line and column of a byte offset, both counted from 1, the column in characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor(offset);
        let line = self.line(offset);
        (line, self.text[self.lines()[line - 1]..offset].chars().count() + 1)
    }

    /// Returns the line of a byte offset, counted from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.lines().partition_point(|start| *start <= offset)
    }

    fn lines(&self) -> &[usize] {
        let ends = || self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        self.lines.get_or_init(|| std::iter::once(0).chain(ends().map(|(at, _)| at + 1)).collect())
    }

    /// Returns the nearest range that lies inside the text and on character boundaries.
    pub fn clamp(&self, span: Range<usize>) -> Range<usize> {
        let start = self.floor(span.start);
        let mut end = span.end.clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }

    fn floor(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// One problem, with its code, place, message and hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// The severity, usually that of the code.
    pub severity: Severity,
    /// The text that `span` points into.
    pub source: Arc<Source>,
    /// The bytes of `source` that are underlined; inside the text, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong: a German sentence.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// What `check --fix` changes in `source`; empty where only a person can know.
    pub fix: Vec<Edit>,
    /// The keys that lead from the underlined table to what it lacks, where that is what is wrong; else none.
    pub lacks: Vec<String>,
}

/// A change to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that are replaced.
    pub span: Range<usize>,
    /// The text that replaces them.
    pub text: String,
}

impl Diagnostic {
    /// Creates a finding with the severity of its code.
    pub fn new(code: &Code, source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        let mut span = source.clamp(span);
        // The end of a file is shown at the end of its last line, not on an empty one after it.
        if span.start == source.text.len() && source.text.ends_with('\n') {
            span = span.start - 1..span.start;
        }
        Self {
            code: code.clone(),
            severity: code.severity,
            source: Arc::clone(source),
            span,
            message: message.into(),
            hint: None,
            fix: Vec::new(),
            lacks: Vec::new(),
        }
    }

    /// Says which keys lead from the underlined table to what it lacks.
    pub fn lacking(mut self, keys: Vec<String>) -> Self {
        self.lacks = keys;
        self
    }

    /// Adds the hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into()).filter(|hint| !hint.trim().is_empty());
        self
    }

    /// Adds the edits that `check --fix` makes.
    pub fn fix(mut self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.fix.extend(edits);
        self
    }

    /// Returns whether this finding keeps the record from being rendered.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns the line of the underlined text, counted from 1.
    pub fn line(&self) -> usize {
        self.source.line(self.span.start)
    }

    /// Returns line and column of the underlined text, both counted from 1.
    pub fn position(&self) -> (usize, usize) {
        self.source.position(self.span.start)
    }
}

/// Returns whether any of the findings is an error.
pub fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(Diagnostic::is_error)
}

/// Sorts findings into the order in which they are shown: by place, then by code.
pub fn sort(findings: &mut [Diagnostic]) {
    findings.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.span.start, d.span.end);
        (a.source.name.as_str(), key(a), &a.code.id).cmp(&(b.source.name.as_str(), key(b), &b.code.id))
    });
}

/// Shortens what a user wrote for a message: a megabyte helps nobody.
pub fn shown(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Writes a count with the German singular or plural: `1 Fehler`, `2 Warnungen`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("a.toml", "ä = 1\nöü = 2\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position("ä = 1\nöü".len()), (2, 3));
        assert_eq!(source.position(10_000), (3, 1));
    }

    #[test]
    fn spans_are_moved_to_character_boundaries() {
        let source = Source::new("a.toml", "äöü");
        assert_eq!(source.clamp(1..3), 0..4);
        assert_eq!(source.clamp(90..99), 6..6);
    }
}
