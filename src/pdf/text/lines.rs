//! The characters of a page put into words and lines: as they are drawn, and as they stand.
//!
//! Knows nothing of PDF.

use super::page::{Glyph, TextRun};

/// A character with what is needed to tell which others it stands beside.
#[derive(Debug, Clone)]
pub(super) struct Char {
    /// What it says: a range of [`Chars::letters`].
    pub letters: std::ops::Range<u32>,
    /// Where it stands and how it is seen.
    pub glyph: Glyph,
    /// The direction in which it is written, in degrees.
    pub turn: i16,
    /// How high its line is, across this direction.
    pub base: f32,
    /// Where it begins along this direction.
    pub from: f32,
    /// Where it ends.
    pub to: f32,
}

/// The characters of a page as they are drawn.
#[derive(Debug, Clone, Default)]
pub(super) struct Chars {
    /// What they say, one after the other.
    pub letters: String,
    /// The characters.
    pub all: Vec<Char>,
}

/// In parts of the size: a gap that is as wide parts words.
const WORD_GAP: f32 = 0.2;
/// A step back that is as wide begins another word.
const BACK: f32 = 0.6;
/// Lines whose heights differ less are one.
const SAME_LINE: f32 = 0.4;
/// The same character so near is the same once more: drawn twice to look bold.
const TWICE: f32 = 0.15;

impl Chars {
    /// Says what a character says.
    pub(super) fn text(&self, char: &Char) -> &str {
        self.letters.get(char.letters.start as usize..char.letters.end as usize).unwrap_or_default()
    }

    /// Gives the text in the order of drawing.
    pub(super) fn drawn(&self) -> TextRun {
        self.run(&(0..self.all.len()).collect::<Vec<usize>>())
    }

    /// Gives the text line by line from the top.
    pub(super) fn lines(&self) -> TextRun {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        let place = |index: &usize| &self.all[*index];
        order.sort_by(|a, b| {
            let (a, b) = (place(a), place(b));
            a.turn.cmp(&b.turn).then(b.base.total_cmp(&a.base))
        });
        let mut rest = &mut order[..];
        while let Some(first) = rest.first().map(place) {
            let (turn, size) = (first.turn, first.glyph.size);
            let mut base = first.base;
            let same = rest.iter().map(place).take_while(|char| {
                let near = char.turn == turn && (base - char.base) < SAME_LINE * char.glyph.size.min(size);
                base = if near { char.base } else { base };
                near
            });
            // A line is not empty even if its size is none.
            let (line, after) = rest.split_at_mut(same.count().max(1));
            line.sort_by(|a, b| place(a).from.total_cmp(&place(b).from).then(a.cmp(b)));
            rest = after;
        }
        self.run(&order)
    }

    fn run(&self, order: &[usize]) -> TextRun {
        let mut run = TextRun::default();
        let mut before: Option<&Char> = None;
        for index in self.seen_once(order) {
            let char = &self.all[index];
            let text = self.text(char);
            if let Some(before) = before {
                run.text.push_str(between(before, char, &run.text, text));
            }
            run.glyphs.push((run.text.len() as u32, index as u32));
            run.text.push_str(text);
            before = Some(char);
        }
        run
    }

    /// Leaves out what is drawn twice to look bold.
    fn seen_once<'a>(&'a self, order: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        let same_place = |one: usize, other: usize| is_same_place(&self.all[one], &self.all[other]);
        let same = move |one: &usize, other: &usize| {
            self.text(&self.all[*one]) == self.text(&self.all[*other]) && same_place(*one, *other)
        };
        let mut end = 0;
        order.chunk_by(same).flat_map(move |chunk| {
            let start = end;
            end += chunk.len();
            let neighbours = [start.checked_sub(1).map(|at| (at, start)), Some((end - 1, end))];
            // Where a font gives its characters no width, others stand in the same place too.
            let is_crowded = neighbours
                .into_iter()
                .flatten()
                .any(|(one, other)| order.get(other).is_some_and(|other| same_place(order[one], *other)));
            let kept = if is_crowded { chunk.len() } else { 1 };
            chunk[..kept].iter().copied()
        })
    }
}

fn is_same_place(a: &Char, b: &Char) -> bool {
    let near = |a: f32, b: f32, size: f32| (a - b).abs() < TWICE * size;
    let size = a.glyph.size;
    a.turn == b.turn && near(a.from, b.from, size) && near(a.base, b.base, size)
}

/// Gives what parts two characters.
fn between(a: &Char, b: &Char, before: &str, after: &str) -> &'static str {
    let size = a.glyph.size.max(b.glyph.size);
    let is_one_line = a.turn == b.turn && (a.base - b.base).abs() < SAME_LINE * size;
    let gap = b.from - a.to;
    let has_space = before.ends_with(char::is_whitespace) || after.starts_with(char::is_whitespace);
    if !is_one_line {
        "\n"
    } else if !has_space && (gap > WORD_GAP * size || gap < -BACK * size) {
        " "
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::text::page::{Rect, Sight};

    /// Makes characters of 10 points, each 5 wide, at these places.
    fn chars(places: &[(char, f32, f32)]) -> Chars {
        let mut chars = Chars::default();
        for (letter, x, y) in places {
            let start = chars.letters.len() as u32;
            chars.letters.push(*letter);
            let rect = Rect { x0: *x, y0: *y, x1: x + 5.0, y1: y + 8.0 };
            chars.all.push(Char {
                letters: start..chars.letters.len() as u32,
                glyph: Glyph { rect, size: 10.0, sight: Sight::Shown },
                turn: 0,
                base: *y,
                from: *x,
                to: x + 5.0,
            });
        }
        chars
    }

    #[test]
    fn gaps_part_words_and_heights_lines() {
        let chars = chars(&[('a', 0.0, 50.0), ('b', 5.0, 50.5), ('c', 13.0, 50.0), ('d', 0.0, 38.0)]);
        assert_eq!(chars.drawn().text, "ab c\nd");
        assert_eq!(chars.lines().text, "ab c\nd");
    }

    #[test]
    fn lines_are_read_from_the_top_however_they_are_drawn() {
        let chars = chars(&[('d', 5.0, 38.0), ('b', 5.0, 50.0), ('a', 0.0, 50.0), ('c', 0.0, 38.0)]);
        assert_eq!(chars.lines().text, "ab\ncd");
        assert_eq!(chars.lines().glyphs, [(0, 2), (1, 1), (3, 3), (4, 0)]);
    }

    #[test]
    fn what_is_drawn_twice_to_look_bold_is_read_once() {
        let chars = chars(&[('a', 0.0, 0.0), ('a', 0.3, 0.0), ('l', 5.0, 0.0), ('l', 10.0, 0.0)]);
        assert_eq!(chars.drawn().text, "all");
    }

    #[test]
    fn characters_without_a_width_are_read_each() {
        for text in ["577", "77,", "7,77"] {
            let all: Vec<_> = text.chars().map(|char| (char, 0.0, 0.0)).collect();
            let chars = chars(&all);
            assert_eq!((chars.drawn().text.as_str(), chars.lines().text.as_str()), (text, text));
        }
    }
}
