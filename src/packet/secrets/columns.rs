//! The text of a page column by column: lines that stand side by side, and numbers beside lines, are each read by themselves.
//!
//! Knows nothing of PDF.

use std::ops::Range;

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
    let lines: Vec<Vec<ColumnPart<'_>>> = page.lines.lines().map(|line| parts(page, line)).collect();
    if lines.iter().all(|line| line.len() < 2) {
        return None;
    }
    let mut starts: Vec<f32> = lines.iter().flatten().map(|part| part.left).collect();
    starts.sort_by(f32::total_cmp);
    // Lines of a column need not begin at the very same place.
    starts.dedup_by(|next, first| *next - *first <= NEAR);
    let mut columns = vec![String::new(); starts.len()];
    for part in lines.iter().flatten() {
        let behind = starts.partition_point(|start| *start <= part.left);
        let column = &mut columns[behind.saturating_sub(1)];
        column.push_str(part.text);
        column.push('\n');
    }
    Some(columns.join("\n"))
}

/// The parts of the line at this place in the text, from left to right.
fn parts(page: &PageText, line: Range<usize>) -> Vec<ColumnPart<'_>> {
    let run = &page.lines;
    let places = run.places_of(line.clone()).filter(|(at, _)| line.contains(at));
    let glyphs: Vec<(usize, &Glyph)> =
        places.filter_map(|(at, glyph)| Some((at, page.glyphs.get(glyph)?))).collect();
    let is_beside = |(_, one): &(usize, &Glyph), (_, next): &(usize, &Glyph)| {
        next.rect.x0 - one.rect.x1 <= GAP * next.size.max(1.0)
    };
    let together: Vec<&[(usize, &Glyph)]> = glyphs.chunk_by(is_beside).collect();
    let ends = together.iter().skip(1).map(|next| next[0].0).chain([line.end]);
    let part = |(part, end): (&&[(usize, &Glyph)], usize)| {
        let (start, first) = part[0];
        ColumnPart { left: first.rect.x0, text: run.text.get(start..end).unwrap_or_default().trim_end() }
    };
    together.iter().zip(ends).map(part).collect()
}
