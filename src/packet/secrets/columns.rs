//! The text of a page column by column: lines that stand side by side, and numbers beside lines, are each read by themselves.
//!
//! Knows nothing of PDF.

use crate::pdf::text::{Glyph, PageText};

/// A gap in a line that is so many times as wide as the type is high parts two columns.
const GAP: f32 = 1.2;
/// What begins so near to each other, in points, stands in one column.
const NEAR: f32 = 12.0;

/// A part of a line that stands by itself.
struct ColumnPart<'a> {
    left: f32,
    text: &'a str,
}

/// Gives the text of a page column by column; none if nothing on it stands side by side.
pub(super) fn columns(page: &PageText) -> Option<String> {
    let lines = parts(page);
    if lines.iter().all(|line| line.len() < 2) {
        return None;
    }
    let mut starts: Vec<f32> = lines.iter().flatten().map(|part| part.left).collect();
    starts.sort_by(f32::total_cmp);
    starts.dedup_by(|next, first| *next - *first <= NEAR);
    let of_column = |start: &f32| {
        // Lines of a column need not begin at the very same place.
        let is_in = move |part: &&ColumnPart<'_>| (0.0..=NEAR).contains(&(part.left - start));
        lines.iter().flatten().filter(is_in).map(|part| part.text).collect::<Vec<_>>().join("\n")
    };
    Some(starts.iter().map(of_column).collect::<Vec<_>>().join("\n\n"))
}

/// The parts of each line, from the top, from left to right.
fn parts(page: &PageText) -> Vec<Vec<ColumnPart<'_>>> {
    let run = &page.lines;
    let mut lines: Vec<Vec<ColumnPart<'_>>> = Vec::new();
    let mut last: Option<(&Glyph, usize)> = None;
    for (at, glyph) in &run.glyphs {
        let (at, Some(glyph)) = (*at as usize, page.glyphs.get(*glyph as usize)) else { continue };
        let is_new_line =
            last.is_none_or(|(_, before)| run.text.get(before..at).is_none_or(|text| text.contains('\n')));
        let is_apart =
            last.is_some_and(|(before, _)| glyph.rect.x0 - before.rect.x1 > GAP * glyph.size.max(1.0));
        match lines.last_mut().filter(|_| !is_new_line) {
            None => lines.push(vec![ColumnPart { left: glyph.rect.x0, text: &run.text[at..] }]),
            Some(line) if is_apart => {
                end(line, &run.text, at);
                line.push(ColumnPart { left: glyph.rect.x0, text: &run.text[at..] });
            }
            Some(_) => {}
        }
        last = Some((glyph, at));
    }
    for line in &mut lines {
        if let Some(part) = line.last_mut() {
            part.text = part.text.split('\n').next().unwrap_or_default();
        }
    }
    lines
}

/// Lets the last part of a line end before a place in the text.
fn end<'a>(line: &mut [ColumnPart<'a>], text: &'a str, at: usize) {
    if let Some(part) = line.last_mut() {
        let start = text.len() - part.text.len();
        part.text = text[start..at].trim_end();
    }
}
