//! Text of a page that is there and that its readers do not see.
//!
//! Ordinary documents have such text for their looks; that is none: what is drawn again where it is seen, and the rest
//! of a line that a table cell cuts off.

use std::collections::HashMap;

use super::leftover::{Leftover, LeftoverKind, chosen};
use crate::pdf::text::{PageText, Rect, Sight};

const KINDS: [(Sight, LeftoverKind); 5] = [
    (Sight::Covered, LeftoverKind::Covered),
    (Sight::HiddenLayer, LeftoverKind::HiddenLayer),
    (Sight::Outside, LeftoverKind::Outside),
    (Sight::PaperColoured, LeftoverKind::PaperColoured),
    (Sight::Invisible, LeftoverKind::Invisible),
];

/// Fewer letters are labels of drawings that lie over each other.
const FEW_LETTERS: usize = 3;

/// The side of a square of the page, in points.
const SQUARE: f32 = 16.0;

/// Finds text of a page that is there and not seen; `is_scan` says whether what lies behind its picture is what the
/// picture shows, `is_cropped` whether the page goes on beyond its edge.
pub(super) fn hidden(page: &PageText, is_scan: bool, is_cropped: bool) -> Vec<Leftover> {
    if page.glyphs.iter().all(|glyph| matches!(glyph.sight, Sight::Shown | Sight::Recognized)) {
        return Vec::new();
    }
    let seen_too = seen_too(page);
    let cut_off = cut_off(page, is_cropped);
    let behind_scan = [Sight::Invisible, Sight::Covered];
    let kinds = KINDS.into_iter().filter(|(sight, _)| !(is_scan && behind_scan.contains(sight)));
    let found = kinds.filter_map(|(sight, kind)| {
        let is_hidden =
            |index: usize| page.glyphs[index].sight == sight && !seen_too[index] && !cut_off[index];
        if !(0..page.glyphs.len()).any(is_hidden) {
            return None;
        }
        let text = chosen(page, is_hidden);
        let says_something = text.chars().filter(|c| c.is_alphanumeric()).count() >= FEW_LETTERS;
        says_something.then_some(Leftover { page: page.number, kind, text, author: None })
    });
    found.collect()
}

/// Says of each character whether the same one is seen in nearly the same place: that is a shadow, or bold print.
fn seen_too(page: &PageText) -> Vec<bool> {
    let letters = letters(page);
    let square = |rect: &Rect| ((rect.x0 / SQUARE).floor() as i32, (rect.y0 / SQUARE).floor() as i32);
    let mut seen: HashMap<(&str, i32, i32), Vec<Rect>> = HashMap::new();
    for (glyph, letter) in page.glyphs.iter().zip(&letters).filter(|(glyph, _)| glyph.sight == Sight::Shown) {
        let (x, y) = square(&glyph.rect);
        seen.entry((letter, x, y)).or_default().push(glyph.rect);
    }
    let is_seen = |rect: &Rect, letter: &str, size: f32| {
        let (x, y) = square(rect);
        let near = size.min(SQUARE) / 2.0;
        let around = (-1..=1).flat_map(|across| (-1..=1).map(move |up| (x + across, y + up)));
        around
            .filter_map(|(x, y)| seen.get(&(letter, x, y)))
            .flatten()
            .any(|other| (other.x0 - rect.x0).abs() < near && (other.y0 - rect.y0).abs() < near)
    };
    let glyphs = page.glyphs.iter().zip(&letters);
    glyphs
        .map(|(glyph, letter)| glyph.sight != Sight::Shown && is_seen(&glyph.rect, letter, glyph.size))
        .collect()
}

/// Gives what each character says.
fn letters(page: &PageText) -> Vec<&str> {
    let run = &page.drawn;
    let mut letters = vec![""; page.glyphs.len()];
    let ends = run.glyphs.iter().skip(1).map(|(at, _)| *at as usize).chain([run.text.len()]);
    for ((start, glyph), end) in run.glyphs.iter().zip(ends) {
        if let Some(letter) = letters.get_mut(*glyph as usize) {
            *letter = run.text.get(*start as usize..end).unwrap_or_default().trim();
        }
    }
    letters
}

/// Says of each character whether it is the rest of a line of which a part is seen; what a page was cropped to hide is
/// none.
fn cut_off(page: &PageText, is_cropped: bool) -> Vec<bool> {
    let glyphs = &page.glyphs;
    let (width, height) = page.size;
    let paper = Rect { x0: 0.0, y0: 0.0, x1: width, y1: height };
    let is_clipped = |index: usize| {
        let glyph = &glyphs[index];
        glyph.sight == Sight::Outside && (!is_cropped || paper.contains_middle(&glyph.rect))
    };
    let mut cut = vec![false; glyphs.len()];
    for at in 1..glyphs.len() {
        let before = glyphs[at - 1].sight == Sight::Shown || cut[at - 1];
        cut[at] = is_clipped(at) && before && is_beside(&glyphs[at - 1].rect, &glyphs[at].rect);
    }
    for at in (0..glyphs.len().saturating_sub(1)).rev() {
        let after = glyphs[at + 1].sight == Sight::Shown || cut[at + 1];
        cut[at] |= is_clipped(at) && after && is_beside(&glyphs[at + 1].rect, &glyphs[at].rect);
    }
    cut
}

/// Says whether two characters stand side by side in one line, however it is turned.
fn is_beside(a: &Rect, b: &Rect) -> bool {
    let gap = |from: f32, to: f32, other_from: f32, other_to: f32| (other_from - to).max(from - other_to);
    let (across, up) = (gap(a.x0, a.x1, b.x0, b.x1), gap(a.y0, a.y1, b.y0, b.y1));
    let near = (a.y1 - a.y0).max(a.x1 - a.x0);
    (up < 0.0 && across < near) || (across < 0.0 && up < near && a.y1 - a.y0 < a.x1 - a.x0)
}
