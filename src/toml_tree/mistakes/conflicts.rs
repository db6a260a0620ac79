//! Two versions that git could not merge, with its marks.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Source, codes};

/// Takes the marks of git, and the second of two versions, out of the copy.
pub(super) fn take(source: &Arc<Source>, copy: &mut String) -> Option<Diagnostic> {
    if !copy.contains("<<<<<<<") && !copy.contains(">>>>>>>") {
        return None;
    }
    let is_mark = |line: &str, mark: char| {
        let rest = line.trim_end().trim_start_matches(mark);
        line.trim_end().len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with(' '))
    };
    let mut marks: Vec<Range<usize>> = Vec::new();
    let mut second = false;
    let mut open = false;
    let mut bytes = std::mem::take(copy).into_bytes();
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let place = start..start + line.len();
        start = place.end;
        let begins = is_mark(line, '<');
        let parts = open && (is_mark(line, '=') || is_mark(line, '|'));
        let ends = is_mark(line, '>');
        (open, second) = (begins || open && !ends, (parts || second) && !ends && !begins);
        if begins || parts || ends {
            marks.push(place.start..place.start + line.trim_end().len());
        }
        if begins || second || ends {
            blank(&mut bytes[place]);
        }
    }
    // Only whole lines were blanked, so this holds.
    *copy = String::from_utf8(bytes).unwrap_or_default();
    let first = marks.first()?.clone();
    let lines: Vec<String> = marks.iter().take(9).map(|mark| source.line(mark.start).to_string()).collect();
    let more = if marks.len() > lines.len() { " …" } else { "" };
    let message = format!(
        "Hier stehen zwei Fassungen, die git nicht zusammenführen konnte; seine Marken stehen in {} {}{more}.",
        if lines.len() == 1 { "Zeile" } else { "den Zeilen" },
        lines.join(", ")
    );
    Some(Diagnostic::new(&codes::CONFLICT, source, first, message).hint(
        "Eine der beiden Fassungen stehen lassen, die andere löschen, und die Zeilen mit <<<<<<<, ======= und >>>>>>> ebenso.",
    ))
}

fn blank(line: &mut [u8]) {
    for byte in line.iter_mut().filter(|byte| !matches!(**byte, b'\r' | b'\n')) {
        *byte = b' ';
    }
}
