//! The text of one page, in the two orders in which it can be searched, with the places of its characters.
//!
//! Knows nothing of PDF.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A rectangle in points, from the lower left corner of the page as it is shown (after its rotation).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rect {
    /// Left.
    pub x0: f32,
    /// Bottom.
    pub y0: f32,
    /// Right.
    pub x1: f32,
    /// Top.
    pub y1: f32,
}

/// How far a reader sees a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Sight {
    /// As the page is shown.
    Shown,
    /// Drawn without paint (rendering mode 3 or 7, or fully transparent).
    Invisible,
    /// The same in the place of a picture, as text recognition leaves it: the picture shows what it says.
    Recognized,
    /// In the colour of what lies under it.
    PaperColoured,
    /// Under a filled area or a picture that was drawn after it.
    Covered,
    /// In a layer that is off.
    HiddenLayer,
    /// Outside of the page, or clipped away.
    Outside,
}

/// One drawn character, or several that are one shape.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Glyph {
    /// Where it stands.
    pub rect: Rect,
    /// The size of the font, in points on the page.
    pub size: f32,
    /// How far it is seen.
    pub sight: Sight,
}

/// The text of a page in one order; words are separated by spaces, lines by line feeds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TextRun {
    /// The text.
    pub text: String,
    /// Where in the text (in bytes) each glyph begins, ascending, and its index in [`PageText::glyphs`]. Text of another
    /// kind between them (spaces, line feeds) belongs to the glyph before it.
    pub glyphs: Vec<(u32, u32)>,
}

/// The text of one page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PageText {
    /// The page, counted from 1. A page that the page tree names twice is read once, where it stands first.
    pub number: usize,
    /// Its width and height as it is shown, in points.
    pub size: (f32, f32),
    /// All characters in the order in which they are drawn, also those that nobody sees.
    pub glyphs: Vec<Glyph>,
    /// From which of them on which marked content (its number on the page) is drawn; none outside of any.
    pub marks: Vec<(u32, Option<i32>)>,
    /// The text in the order in which it is drawn.
    pub drawn: TextRun,
    /// The text line by line from the top, each from left to right.
    pub lines: TextRun,
}

impl TextRun {
    /// Gives the text, and that of the same characters in another order if it is another one.
    pub(super) fn and_other(self, other: Self) -> Vec<String> {
        let same = self.letters().eq(other.letters());
        [self.text].into_iter().chain((!same).then_some(other.text)).filter(|text| !text.is_empty()).collect()
    }

    /// Gives the text without white space.
    pub(super) fn letters(&self) -> impl Iterator<Item = char> {
        self.text.chars().filter(|c| !c.is_whitespace())
    }

    /// Gives where the lines of the text are (in bytes), without the line feeds.
    pub fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        let mut end = 0;
        self.text.split('\n').map(move |line| {
            let start = end;
            end = start + line.len() + 1;
            start..start + line.len()
        })
    }

    /// Gives the indices of the glyphs that a range of the text (in bytes) is made of.
    pub fn glyphs_of(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        self.places_of(range).map(|(_, glyph)| glyph)
    }

    /// Gives where in the text the glyphs begin that a range of it (in bytes) is made of, and their indices.
    pub fn places_of(&self, range: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        let first = self.glyphs.partition_point(|(at, _)| *at as usize <= range.start).saturating_sub(1);
        let rest = self.glyphs.get(first..).unwrap_or_default().iter();
        let all = rest.map(|(at, glyph)| (*at as usize, *glyph as usize));
        all.take_while(move |(at, _)| *at < range.end)
    }
}

impl PageText {
    /// Gives the places of what a range of a run (in bytes) is made of: one rectangle for each line.
    pub fn boxes(&self, run: &TextRun, range: Range<usize>) -> Vec<Rect> {
        let mut boxes: Vec<Rect> = Vec::new();
        for glyph in run.glyphs_of(range).filter_map(|index| self.glyphs.get(index)) {
            match boxes.last_mut().filter(|last| last.y0 < glyph.rect.y1 && glyph.rect.y0 < last.y1) {
                Some(last) => *last = last.with(glyph.rect),
                None => boxes.push(glyph.rect),
            }
        }
        boxes
    }
}

impl Rect {
    /// Tells whether the middle of another one lies in it.
    pub fn contains_middle(&self, other: &Self) -> bool {
        let (x, y) = ((other.x0 + other.x1) / 2.0, (other.y0 + other.y1) / 2.0);
        self.x0 <= x && x <= self.x1 && self.y0 <= y && y <= self.y1
    }

    /// Gives the smallest rectangle around both.
    pub fn with(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}
