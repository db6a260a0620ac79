//! How wide the columns of a table have to be: by its longest words and figures, measured with the letters of the font.
//!
//! All lengths are in the size of the type. What a page has room for is decided where the table is set (`form.typ`).

use serde::Serialize;
use typst::layout::Abs;
use typst::text::{FontInstance, FontStyle, FontVariations};

use crate::record::fonts::Fonts;
use crate::record::proposal::rich_text::{Inline, unbroken};

/// Words up to this length stay whole as long as any other way is left; the reader of the text sets apart those beyond it.
const SHORT_WORD: usize = 14;
/// Words up to this length are hyphenated only where there is no room.
const LONG_WORD: usize = 20;
/// The same in heads.
const SHORT_WORD_IN_HEAD: usize = 12;
const LONG_WORD_IN_HEAD: usize = 16;
/// The least width of a column with long words or texts, if there is any other way: about ten letters.
const READABLE: f64 = 5.5;
/// A text with more lines than this makes its column wider, up to `WIDE_ENOUGH`.
const LINES: f64 = 10.0;
const WIDE_ENOUGH: f64 = 12.0;
/// Kerning can make a line of words a little longer than its letters; digits stand apart as they are.
const SLACK: f64 = 1.01;

/// What a column needs.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
pub(super) struct ColumnNeed {
    /// Where every word is hyphenated, but no figure broken.
    least: f64,
    /// Where only long words are hyphenated.
    hyphenated: f64,
    /// Where only very long words are.
    whole: f64,
    /// Where every cell has a single line.
    natural: f64,
    /// How much of the width that is left it should get, compared with others.
    weight: f64,
}

/// Says what the columns of a table need.
pub(super) fn needs(header: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], fonts: &Fonts) -> Vec<ColumnNeed> {
    let scale = Scale::of(fonts);
    header
        .iter()
        .enumerate()
        .map(|(at, head)| need(head, rows.iter().filter_map(|row| row.get(at)), &scale))
        .collect()
}

fn need<'a>(head: &[Inline], cells: impl Iterator<Item = &'a Vec<Inline>>, scale: &Scale) -> ColumnNeed {
    let mut need = ColumnNeed::default();
    let mut total = 0.0;
    let mut count = 0.0;
    for cell in cells {
        let line = CellText::of(cell, false, scale);
        let length = line.length();
        total += length;
        count += 1.0;
        need.natural = need.natural.max(length);
        need.add(&line, SHORT_WORD, LONG_WORD, scale);
    }
    let longest = need.natural;
    let average = if count > 0.0 { total / count } else { 0.0 };
    let line = CellText::of(head, true, scale);
    need.natural = need.natural.max(line.length());
    need.add(&line, SHORT_WORD_IN_HEAD, LONG_WORD_IN_HEAD, scale);
    let readable = (longest / LINES).min(WIDE_ENOUGH).max(longest.min(READABLE));
    need.hyphenated = need.hyphenated.max(readable).max(need.least);
    need.whole = need.whole.max(need.hyphenated);
    need.natural = need.natural.max(need.whole);
    need.weight = ((longest + average) / 2.0).max(need.natural / 8.0).max(1.0).sqrt();
    for length in [&mut need.least, &mut need.hyphenated, &mut need.whole, &mut need.natural] {
        *length = (*length * SLACK * 100.0).ceil() / 100.0;
    }
    need.weight = (need.weight * 100.0).round() / 100.0;
    need
}

impl ColumnNeed {
    /// Adds the words of a cell: those with more letters than `short` may be hyphenated, those with more than `whole` always.
    fn add(&mut self, line: &CellText, short: usize, whole: usize, scale: &Scale) {
        for (range, is_figure) in unbroken(&line.text) {
            let width = line.width(range.start, range.end);
            if is_figure {
                self.least = self.least.max(width / SLACK);
                continue;
            }
            if width <= self.least {
                continue;
            }
            let pieces = line.pieces(range.clone());
            let unhyphenated =
                pieces.iter().map(|piece| line.width(piece.start, piece.end)).fold(0.0, f64::max);
            let least = pieces.iter().map(|piece| line.syllables(piece.clone(), scale)).fold(0.0, f64::max);
            self.least = self.least.max(least);
            let letters = line.text[range].chars().count();
            let hyphenated =
                if letters > short { unhyphenated.min(READABLE).max(least) } else { unhyphenated };
            self.hyphenated = self.hyphenated.max(hyphenated);
            self.whole = self.whole.max(if letters > whole { hyphenated } else { unhyphenated });
        }
    }
}

/// The widths of letters.
struct Scale {
    regular: Option<FontInstance>,
    bold: Option<FontInstance>,
    hyphen: f64,
}

impl Scale {
    fn of(fonts: &Fonts) -> Self {
        let find = |bold: bool| {
            let font = fonts.fonts.iter().find(|font| {
                let variant = font.info().variant;
                variant.style == FontStyle::Normal && (variant.weight.to_number() >= 600) == bold
            })?;
            let variant = font.info().variant;
            Some(font.clone().instantiate(variant, Abs::pt(10.0), &FontVariations::default()))
        };
        let mut scale = Self { regular: find(false), bold: find(true), hyphen: 0.0 };
        scale.hyphen = scale.letter('-', true);
        scale
    }

    fn letter(&self, c: char, bold: bool) -> f64 {
        let font = if bold { &self.bold } else { &self.regular };
        let width = font.as_ref().and_then(|font| font.x_advance(font.ttf().glyph_index(c)?.0));
        // What the font lacks is in another one, which may be wide.
        width.map_or(1.1, |width| width.get())
    }
}

/// The text of a cell with the places of its letters.
#[derive(Default)]
struct CellText {
    text: String,
    /// How far it is to each byte of the text.
    places: Vec<f64>,
    /// Where a word may be broken without a hyphen.
    breaks: Vec<usize>,
    /// The parts that are never hyphenated.
    fixed: Vec<std::ops::Range<usize>>,
    /// Where the lines of the cell end.
    ends: Vec<usize>,
    at: f64,
}

impl CellText {
    fn of(cell: &[Inline], bold: bool, scale: &Scale) -> Self {
        let mut line = Self::default();
        line.add(cell, bold, scale);
        line.places.push(line.at);
        line.ends.push(line.text.len());
        line
    }

    fn add(&mut self, body: &[Inline], bold: bool, scale: &Scale) {
        for part in body {
            match part {
                Inline::Text { text } | Inline::Figure { text } => self.push(text, bold, scale),
                Inline::Word { parts, hyphenate } => {
                    let start = self.text.len();
                    for part in parts {
                        self.push(part, bold, scale);
                        self.breaks.push(self.text.len());
                    }
                    if !hyphenate {
                        self.fixed.push(start..self.text.len());
                    }
                }
                Inline::Emph { body } | Inline::Link { body, .. } => self.add(body, bold, scale),
                Inline::Strong { body } => self.add(body, true, scale),
                Inline::Break => {
                    self.ends.push(self.text.len());
                    self.push("\n", bold, scale);
                }
            }
        }
    }

    fn push(&mut self, text: &str, bold: bool, scale: &Scale) {
        for c in text.chars() {
            self.places.extend(std::iter::repeat_n(self.at, c.len_utf8()));
            self.text.push(c);
            self.at += if matches!(c, '\n' | '\u{ad}') { 0.0 } else { scale.letter(c, bold) };
        }
    }

    fn width(&self, from: usize, to: usize) -> f64 {
        self.places[to] - self.places[from]
    }

    /// The length of the longest of its lines.
    fn length(&self) -> f64 {
        let mut from = 0;
        let mut longest = 0.0_f64;
        for end in &self.ends {
            longest = longest.max(self.width(from, *end));
            from = *end;
        }
        longest
    }

    /// The parts of a word between which it is broken without another sign.
    fn pieces(&self, word: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
        let text = &self.text[word.clone()];
        let mut ends: Vec<usize> =
            self.breaks.iter().copied().filter(|at| word.start < *at && *at < word.end).collect();
        let is_address = text.contains("://") || text.starts_with("www.");
        let letters: Vec<(usize, char)> = text.char_indices().collect();
        for pair in letters.windows(3) {
            let [(_, before), (_, c), (at, after)] = pair else { continue };
            let joint = *c == '-' && before.is_alphabetic() && after.is_alphabetic();
            // As typst breaks addresses.
            let in_address =
                is_address && c.is_alphabetic() != after.is_alphabetic() && after.is_alphanumeric();
            if joint || in_address {
                ends.push(word.start + at);
            }
        }
        ends.push(word.end);
        ends.sort_unstable();
        let mut from = word.start;
        let mut pieces = Vec::new();
        for end in ends {
            pieces.push(from..end);
            from = end;
        }
        pieces
    }

    /// The longest part of a word that is hyphenated wherever that is possible.
    fn syllables(&self, piece: std::ops::Range<usize>, scale: &Scale) -> f64 {
        let whole = self.width(piece.start, piece.end);
        if self.fixed.iter().any(|fixed| fixed.start <= piece.start && piece.end <= fixed.end) {
            return whole;
        }
        let text = &self.text[piece.clone()];
        let mut ends: Vec<usize> = text.match_indices('\u{ad}').map(|(at, sign)| at + sign.len()).collect();
        let mut start = 0;
        for word in text.split(|c: char| !c.is_alphabetic()) {
            let at = start + text[start..].find(word).unwrap_or_default();
            start = at + word.len();
            let mut end = at;
            for syllable in hypher::hyphenate(word, hypher::Lang::German) {
                end += syllable.len();
                if end < start {
                    ends.push(end);
                }
            }
        }
        ends.sort_unstable();
        let mut from = piece.start;
        let mut longest = 0.0_f64;
        for end in ends {
            longest = longest.max(self.width(from, piece.start + end) + scale.hyphen);
            from = piece.start + end;
        }
        longest.max(self.width(from, piece.end)).min(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(head: &str, cells: &[&str]) -> ColumnNeed {
        let cell = |text: &str| vec![Inline::Text { text: text.into() }];
        let rows: Vec<Vec<Vec<Inline>>> = cells.iter().map(|text| vec![cell(text)]).collect();
        needs(&[cell(head)], &rows, &Fonts::built_in()).remove(0)
    }

    #[test]
    fn figures_are_never_narrower_than_they_are() {
        let amounts = of("Betrag", &["1.234.567,89 EUR", "12,00 EUR"]);
        assert!((amounts.least - 8.23).abs() < 0.02, "{amounts:?}");
        assert_eq!(amounts.least, amounts.whole);
        assert_eq!(of("a", &["am 12. Februar 2025"]).least, of("a", &["12. Februar 2025"]).least);
    }

    #[test]
    fn words_are_hyphenated_one_after_the_other() {
        let compound = of("Amt", &["Starkregenvorsorge"]);
        assert!(compound.least < 3.6 && compound.hyphenated == 5.56 && compound.whole > 8.0, "{compound:?}");
        let short = of("Amt", &["Gebäude"]);
        assert!(short.least < short.hyphenated && short.hyphenated == short.whole, "{short:?}");
        let head = of("Produktgruppenbezeichnung", &["1"]);
        assert!(head.whole < 7.0 && head.natural > 12.0, "{head:?}");
    }

    #[test]
    fn long_texts_get_more_room() {
        let text = of("Text", &[&"Das sind viele Wörter. ".repeat(20)]);
        assert_eq!(text.hyphenated, 12.12);
        assert!(text.weight > 3.0 * of("Nr.", &["1"]).weight, "{text:?}");
    }
}
