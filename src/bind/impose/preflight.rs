//! What may go wrong with a page on paper: what it shows and how, before it is printed.
//!
//! Measures in the units of the page as it is seen; what is too little on paper is decided elsewhere.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object};
use serde::{Deserialize, Serialize};

use crate::pdf::objects::{as_dict, as_list, dict, integer, name, resolve, value};
use crate::pdf::operators::{Token, Tokens, unescaped};

/// What is known of the pages of a file that can be drawn on sheets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PrintablePages {
    /// The size of each as it is seen, in points.
    pub sizes: Vec<(f32, f32)>,
    /// Whether each has a colour.
    pub has_colour: Vec<bool>,
    /// What matters of each in print.
    pub traits: Vec<PageTraits>,
}

/// What a page shows, as far as it matters in print.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageTraits {
    /// The names of fonts that it does not bring along.
    pub missing_fonts: BTreeSet<String>,
    /// The fewest pixels in an inch that a picture has at the size of the page.
    pub coarsest: Option<f32>,
    /// The width of the thinnest line, in points; zero is as thin as the machine can.
    pub thinnest: Option<f32>,
    /// The places where text begins, as left, bottom, right and top of all of them, in points.
    pub text: Option<[f32; 4]>,
    /// Whether something is seen through something else.
    pub is_transparent: bool,
}

/// Forms are drawn inside of each other no deeper.
const MAX_DEPTH: usize = 8;
/// So many states are saved inside of each other; more are damaged.
const MAX_KEPT: usize = 1 << 12;
/// What the content of a form may unpack to, in bytes.
const MAX_CONTENT: usize = 16 << 20;
/// In all forms of a page there are no more pieces than these.
const MAX_TOKENS: usize = 4 << 20;
/// How far letters reach over their line, as a share of their size.
const ASCENT: f32 = 0.7;

type Matrix = [f32; 6];

const UPRIGHT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

#[derive(Clone, Copy)]
struct Pen {
    matrix: Matrix,
    width: f32,
    size: f32,
}

struct PrintSurvey<'a> {
    document: &'a Document,
    found: PageTraits,
    tokens: usize,
}

/// Looks at a page whose content this is; `seen` takes it to where it is seen.
pub(super) fn traits(
    document: &Document,
    content: &[u8],
    resources: &Dictionary,
    seen: Matrix,
) -> PageTraits {
    let mut survey = PrintSurvey { document, found: PageTraits::default(), tokens: 0 };
    survey.content(content, resources, Pen { matrix: seen, width: 1.0, size: 1.0 }, 0);
    survey.found
}

impl PrintSurvey<'_> {
    fn content(&mut self, content: &[u8], resources: &Dictionary, mut pen: Pen, depth: usize) {
        let mut tokens = Tokens::new(content);
        let (mut numbers, mut word) = (Vec::new(), None);
        let mut kept = Vec::new();
        let (mut line, mut leading) = (UPRIGHT, 0.0);
        while let Some(token) = tokens.next() {
            self.tokens += 1;
            if self.tokens > MAX_TOKENS {
                return;
            }
            let operator = match token {
                Token::Number(digits) => {
                    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
                    numbers.push(number.unwrap_or(0.0));
                    continue;
                }
                Token::Name(own) => {
                    word = Some(unescaped(own).into_owned());
                    continue;
                }
                Token::Operator(operator) => operator,
                _ => continue,
            };
            match (operator, numbers.as_slice()) {
                (b"q", _) if kept.len() < MAX_KEPT => kept.push(pen),
                (b"Q", _) => pen = kept.pop().unwrap_or(pen),
                (b"cm", [a, b, c, d, e, f]) => pen.matrix = joined([*a, *b, *c, *d, *e, *f], pen.matrix),
                (b"w", [width]) => pen.width = *width,
                (b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*", _) => self.line(pen),
                (b"BT", _) => line = UPRIGHT,
                (b"Tf", [.., size]) => {
                    pen.size = *size;
                    self.font(resources, word.as_deref());
                }
                (b"TL", [distance]) => leading = *distance,
                (b"Tm", [a, b, c, d, e, f]) => line = [*a, *b, *c, *d, *e, *f],
                (b"Td", [x, y]) => line = joined([1.0, 0.0, 0.0, 1.0, *x, *y], line),
                (b"TD", [x, y]) => {
                    leading = -y;
                    line = joined([1.0, 0.0, 0.0, 1.0, *x, *y], line);
                }
                (b"T*", _) => line = joined([1.0, 0.0, 0.0, 1.0, 0.0, -leading], line),
                (b"Tj" | b"TJ", _) => self.text(pen, line),
                (b"'" | b"\"", _) => {
                    line = joined([1.0, 0.0, 0.0, 1.0, 0.0, -leading], line);
                    self.text(pen, line);
                }
                (b"gs", _) => self.state(resources, word.as_deref()),
                (b"Do", _) => self.drawing(resources, word.as_deref(), pen, depth),
                (b"ID", _) => tokens.skip_image(),
                _ => {}
            }
            numbers.clear();
            word = None;
        }
    }

    fn line(&mut self, pen: Pen) {
        let width = pen.width * scale(pen.matrix);
        if width.is_finite() {
            self.found.thinnest = Some(self.found.thinnest.map_or(width, |least| least.min(width)));
        }
    }

    fn text(&mut self, pen: Pen, line: Matrix) {
        let [.., c, d, e, f] = joined(line, pen.matrix);
        let top = pen.size * ASCENT;
        let (x, y) = (c * top + e, d * top + f);
        if ![e, f, x, y].iter().all(|number| number.is_finite()) {
            return;
        }
        let own = [e.min(x), f.min(y), e.max(x), f.max(y)];
        self.found.text = Some(self.found.text.map_or(own, |all| {
            [all[0].min(own[0]), all[1].min(own[1]), all[2].max(own[2]), all[3].max(own[3])]
        }));
    }

    fn font(&mut self, resources: &Dictionary, word: Option<&[u8]>) {
        let document = self.document;
        let fonts = dict(document, resources, b"Font");
        let font = fonts.and_then(|fonts| as_dict(document, fonts.get(word?).ok()?));
        let Some(font) = font else { return };
        let below = font.get(b"DescendantFonts").ok().and_then(|fonts| as_list(document, fonts).first());
        let described = below.and_then(|font| as_dict(document, font)).unwrap_or(font);
        let file = dict(document, described, b"FontDescriptor").is_some_and(|entries| {
            [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| entries.has(key))
        });
        if !file && name(document, font, b"Subtype") != Some(b"Type3") {
            let name = name(document, font, b"BaseFont").unwrap_or(b"?");
            self.found.missing_fonts.insert(String::from_utf8_lossy(name).into_owned());
        }
    }

    fn state(&mut self, resources: &Dictionary, word: Option<&[u8]>) {
        let document = self.document;
        let states = dict(document, resources, b"ExtGState");
        let state = states.and_then(|states| as_dict(document, states.get(word?).ok()?));
        let Some(state) = state else { return };
        let opacity = |key: &[u8]| value(document, state, key).and_then(|share| share.as_float().ok());
        let is_clear = [&b"ca"[..], b"CA"].iter().any(|key| opacity(key).is_some_and(|share| share < 1.0));
        let has_mask = dict(document, state, b"SMask").is_some();
        let mixes =
            name(document, state, b"BM").is_some_and(|mode| !matches!(mode, b"Normal" | b"Compatible"));
        self.found.is_transparent |= is_clear || has_mask || mixes;
    }

    fn drawing(&mut self, resources: &Dictionary, word: Option<&[u8]>, pen: Pen, depth: usize) {
        let document = self.document;
        let drawings = dict(document, resources, b"XObject");
        let drawing = drawings.and_then(|all| resolve(document, all.get(word?).ok()?));
        let Some(Object::Stream(stream)) = drawing else { return };
        if name(document, &stream.dict, b"Subtype") == Some(b"Image") {
            self.found.is_transparent |= stream.dict.has(b"SMask");
            self.picture(&stream.dict, pen);
            return;
        }
        if depth >= MAX_DEPTH {
            return;
        }
        let own = dict(document, &stream.dict, b"Resources").unwrap_or(resources);
        let Ok(content) = stream.decompressed_content_with_limit(MAX_CONTENT) else { return };
        let matrix: Vec<f32> = stream
            .dict
            .get(b"Matrix")
            .map(|matrix| as_list(document, matrix))
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| entry.as_float().ok())
            .collect();
        let matrix: Matrix = matrix.try_into().unwrap_or(UPRIGHT);
        self.content(&content, own, Pen { matrix: joined(matrix, pen.matrix), ..pen }, depth + 1);
    }

    fn picture(&mut self, entries: &Dictionary, pen: Pen) {
        let [a, b, c, d, ..] = pen.matrix;
        let pixels = |key: &[u8]| integer(self.document, entries, key).unwrap_or_default() as f32;
        let across = pixels(b"Width") * 72.0 / a.hypot(b);
        let down = pixels(b"Height") * 72.0 / c.hypot(d);
        let least = across.min(down);
        // What is smaller than a letter is a rule or a mark, and no picture.
        let is_large = a.hypot(b).min(c.hypot(d)) > 20.0;
        if least.is_finite() && is_large {
            self.found.coarsest = Some(self.found.coarsest.map_or(least, |other| other.min(least)));
        }
    }
}

/// First one matrix, then another.
fn joined(first: Matrix, then: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let [p, q, r, s, t, u] = then;
    [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u]
}

fn scale([a, b, c, d, ..]: Matrix) -> f32 {
    (a * d - b * c).abs().sqrt()
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    fn found(content: &str) -> PageTraits {
        let mut document = Document::new();
        let embedded =
            dictionary! { "Subtype" => "TrueType", "FontDescriptor" => dictionary! { "FontFile2" => 1 } };
        let bare = dictionary! { "Subtype" => "Type1", "BaseFont" => "Helvetica" };
        let picture = dictionary! { "Subtype" => "Image", "Width" => 100, "Height" => 200 };
        let picture = document.add_object(Stream::new(picture, vec![]));
        let form = dictionary! {
            "Subtype" => "Form",
            "Matrix" => vec![2.into(), 0.into(), 0.into(), 2.into(), 0.into(), 0.into()],
        };
        let form = document.add_object(Stream::new(form, b"0.1 w 0 0 m 9 9 l S".to_vec()));
        let clear = dictionary! { "ca" => 0.5 };
        let resources = dictionary! {
            "Font" => dictionary! { "E" => embedded, "H" => bare },
            "XObject" => dictionary! { "B" => picture, "F" => form },
            "ExtGState" => dictionary! { "C" => clear, "N" => dictionary! { "ca" => 1, "BM" => "Normal" } },
        };
        traits(&document, content.as_bytes(), &resources, UPRIGHT)
    }

    #[test]
    fn what_matters_in_print_is_measured() {
        assert_eq!(found("/E 9 Tf /H 9 Tf").missing_fonts, BTreeSet::from(["Helvetica".to_owned()]));
        assert_eq!(found("q 72 0 0 72 0 0 cm /B Do Q").coarsest, Some(100.0));
        assert_eq!(found("q 72 0 0 5 0 0 cm /B Do Q").coarsest, None);
        assert_eq!(found("2 w S 0 w 0 0 m S").thinnest, Some(0.0));
        assert_eq!(found("/F Do").thinnest, Some(0.2));
        assert!(found("/C gs").is_transparent && !found("/N gs").is_transparent);
        assert_eq!(
            found("BT /E 10 Tf 5 8 Td (x) Tj 0 -2 TD (y) Tj T* (z) Tj ET").text,
            Some([5.0, 4.0, 5.0, 15.0])
        );
        assert_eq!(found(""), PageTraits::default());
    }

    #[test]
    fn what_is_damaged_or_nested_without_end_ends() {
        for content in ["q".repeat(100_000), "/F Do ".repeat(1000), "1 0 0 cm /X Do /Y gs /Z 1 Tf Tf".into()]
        {
            found(&content);
        }
    }
}
