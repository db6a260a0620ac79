//! The paragraphs of pages, without what stands on every page.
//!
//! Knows nothing of secrets.

use std::collections::HashMap;
use std::ops::Range;

use crate::pdf::text::{PageText, TextRun};

/// A line of a page.
struct TextLine<'a> {
    text: &'a str,
    left: f32,
    right: f32,
    /// The height of its foot.
    base: f32,
    size: f32,
}

/// Lines stand on every page if they stand on so many and on half of all, but for their digits.
const MIN_PAGES: usize = 3;
/// In parts of the size: lines of one paragraph stand no further apart.
const MAX_LEADING: f32 = 1.75;
/// Sizes of one paragraph differ by less.
const MAX_SIZE: f32 = 1.15;
/// A line that ends before this part of the width ends a heading or a paragraph.
const SHORT: f32 = 0.7;

/// Gives the paragraphs of pages: in the order of drawing and, where it is another one, as they stand.
pub(super) fn paragraphs(pages: &[PageText]) -> Vec<String> {
    let repeated = repeated(pages);
    let mut all = Vec::new();
    for page in pages {
        let runs = [&page.drawn, &page.lines];
        for run in runs.into_iter().take(if page.drawn.text == page.lines.text { 1 } else { 2 }) {
            let lines = lines(page, run).into_iter();
            let lines: Vec<TextLine<'_>> =
                lines.filter(|line| !repeated.contains_key(&without_digits(line.text))).collect();
            let right = lines.iter().map(|line| line.right).fold(0.0, f32::max);
            let mut open = String::new();
            let mut before: Option<&TextLine<'_>> = None;
            for line in &lines {
                if before.is_some_and(|before| ends(before, line, right)) {
                    all.push(std::mem::take(&mut open));
                }
                open.push_str(line.text);
                open.push('\n');
                before = Some(line);
            }
            all.push(open);
        }
    }
    all.retain(|text| !text.trim().is_empty());
    all
}

/// Says whether a paragraph ends with a line.
fn ends(line: &TextLine<'_>, next: &TextLine<'_>, right: f32) -> bool {
    let down = line.base - next.base;
    let size = line.size.max(1.0);
    let other_size = line.size.max(next.size) > MAX_SIZE * line.size.min(next.size);
    let is_short = line.right - line.left < SHORT * (right - line.left);
    let begins = next.text.trim_start().starts_with(char::is_uppercase);
    let goes_on = line.text.trim_end().ends_with(['-', ',', '\u{ad}']);
    other_size || down > MAX_LEADING * size || down < -size || is_short && begins && !goes_on
}

fn lines<'a>(page: &PageText, run: &'a TextRun) -> Vec<TextLine<'a>> {
    run.lines()
        .map(|range| (&run.text[range.clone()], range))
        .filter(|(text, _)| !text.trim().is_empty())
        .filter_map(|(text, range)| line(page, run, text, range))
        .collect()
}

fn line<'a>(page: &PageText, run: &TextRun, text: &'a str, range: Range<usize>) -> Option<TextLine<'a>> {
    let mut glyphs = run.glyphs_of(range).filter_map(|index| page.glyphs.get(index));
    let first = glyphs.next()?;
    let area = glyphs.fold(first.rect, |area, glyph| area.with(glyph.rect));
    Some(TextLine { text, left: area.x0, right: area.x1, base: first.rect.y0, size: first.size })
}

/// Gives the lines that stand on every page.
fn repeated(pages: &[PageText]) -> HashMap<String, usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for page in pages {
        let mut lines: Vec<String> = page.lines.text.split('\n').map(without_digits).collect();
        lines.sort_unstable();
        lines.dedup();
        lines.into_iter().for_each(|line| *counts.entry(line).or_default() += 1);
    }
    counts.retain(|_, count| *count >= MIN_PAGES && *count * 2 >= pages.len());
    counts
}

fn without_digits(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect()
}
