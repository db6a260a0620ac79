//! Whether the content of a page may draw in an area, found in one pass over its operators.
//!
//! A quick look, taken of every page of every paper: it says that an area is free only where that is sure, and that is so on
//! most pages. Where it is not, `text::ink` looks more closely. Knows nothing of colours, clips and the shapes of letters.

use kurbo::{Affine, Point, Rect as Area};
use lopdf::{Dictionary, Document, Object};

use super::objects::{as_dict, dict, name, resolve, unpacked};
use super::operators::{Token, Tokens, unescaped};

/// Drawings in drawings that are looked into.
const MAX_DEPTH: usize = 6;
/// What drawings on one page may unpack to in all, in bytes.
const MAX_UNPACKED: usize = 16 << 20;
/// Graphics states that are saved at once.
const MAX_STATES: usize = 1 << 12;
/// No operator that matters has more operands.
const MAX_OPERANDS: usize = 64;
/// How far letters reach above and below their line, in sizes of the font.
const ABOVE: f64 = 1.3;
const BELOW: f64 = 0.5;

/// Tells whether content may draw in one of these areas, which are in units of the page. `resources` are those of the page.
pub fn may_touch(
    document: &Document,
    content: &[u8],
    resources: Option<&Dictionary>,
    areas: &[Area],
) -> bool {
    let mut look = QuickLook { document, areas, left: MAX_UNPACKED };
    look.content(content, resources, Affine::IDENTITY, 0).is_none()
}

struct QuickLook<'a> {
    document: &'a Document,
    areas: &'a [Area],
    /// Bytes that drawings may still unpack to.
    left: usize,
}

/// What holds until it is restored.
#[derive(Clone, Copy)]
struct State {
    to_page: Affine,
    line_width: f64,
    size: f64,
    leading: f64,
    rise: f64,
    /// Whether the font has letters that reach no farther than its size says.
    is_plain: bool,
}

impl QuickLook<'_> {
    /// Goes through a stream; none as soon as it may touch an area.
    fn content(
        &mut self,
        content: &[u8],
        resources: Option<&Dictionary>,
        to_page: Affine,
        depth: usize,
    ) -> Option<()> {
        let mut state =
            State { to_page, line_width: 1.0, size: 1.0, leading: 0.0, rise: 0.0, is_plain: true };
        let mut saved = Vec::new();
        let mut path: Option<Area> = None;
        let mut line = Affine::IDENTITY;
        let mut operands: Vec<f64> = Vec::new();
        let mut last_name: &[u8] = b"";
        let mut tokens = Tokens::new(content);
        while let Some(token) = tokens.next() {
            let operator = match token {
                Token::Operator(operator) => operator,
                Token::Number(digits) => {
                    // Those of a list of letters and gaps are not needed.
                    if operands.len() == MAX_OPERANDS {
                        operands.clear();
                    }
                    operands.push(number(digits)?);
                    continue;
                }
                Token::Name(name) => {
                    last_name = name;
                    continue;
                }
                _ => continue,
            };
            match operator {
                b"q" => {
                    (saved.len() < MAX_STATES).then_some(())?;
                    saved.push(state);
                }
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" => state.to_page *= matrix(&operands)?,
                b"w" => state.line_width = *operands.last()?,
                b"gs" => self.state(resources, last_name)?,
                b"re" => {
                    let &[x, y, width, height] = last(&operands)?;
                    for corner in [(x, y), (x + width, y), (x, y + height), (x + width, y + height)] {
                        reach(&mut path, state.to_page * Point::from(corner));
                    }
                }
                b"m" | b"l" | b"c" | b"v" | b"y" => {
                    for point in operands.chunks_exact(2) {
                        reach(&mut path, state.to_page * Point::new(point[0], point[1]));
                    }
                }
                b"n" => path = None,
                b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => {
                    let half = state.line_width.abs() * scale(state.to_page) / 2.0;
                    self.free(path.take().map(|path| path.inflate(half, half)))?;
                }
                b"BT" => line = Affine::IDENTITY,
                b"Tf" => {
                    state.size = *operands.last()?;
                    state.is_plain = self.is_plain(resources, last_name);
                }
                b"TL" => state.leading = *operands.last()?,
                b"Ts" => state.rise = *operands.last()?,
                b"Tm" => line = matrix(&operands)?,
                b"Td" => line = moved(line, &operands)?,
                b"TD" => {
                    state.leading = -*operands.last()?;
                    line = moved(line, &operands)?;
                }
                b"T*" => line *= Affine::translate((0.0, -state.leading)),
                b"'" | b"\"" => {
                    line *= Affine::translate((0.0, -state.leading));
                    self.letters(&state, line)?;
                }
                b"Tj" | b"TJ" => self.letters(&state, line)?,
                b"Do" => self.drawing(resources, last_name, state.to_page, depth)?,
                b"ID" => {
                    tokens.skip_image();
                    self.free(Some(state.to_page.transform_rect_bbox(Area::new(0.0, 0.0, 1.0, 1.0))))?;
                }
                b"sh" => return None,
                _ => {}
            }
            operands.clear();
        }
        Some(())
    }

    /// None if an area is touched.
    fn free(&self, drawn: Option<Area>) -> Option<()> {
        let Some(drawn) = drawn else { return Some(()) };
        let touches = |area: &Area| {
            drawn.x0 <= area.x1 && drawn.x1 >= area.x0 && drawn.y0 <= area.y1 && drawn.y1 >= area.y0
        };
        (drawn.is_finite() && !self.areas.iter().any(touches)).then_some(())
    }

    /// Letters stand on a line, and nobody says how long that is.
    fn letters(&self, state: &State, line: Affine) -> Option<()> {
        const FAR: f64 = 1e6;
        state.is_plain.then_some(())?;
        let at = state.to_page * line;
        let [a, b, c, d, ..] = at.as_coeffs();
        let (from, to) = (state.rise - BELOW * state.size.abs(), state.rise + ABOVE * state.size.abs());
        let lower = at * Point::new(0.0, from);
        let upper = at * Point::new(0.0, to);
        let (low, high) = (lower.y.min(upper.y), lower.y.max(upper.y));
        let (left, right) = (lower.x.min(upper.x), lower.x.max(upper.x));
        let small = 1e-3 * (a.abs() + b.abs() + c.abs() + d.abs());
        let drawn = if b.abs() <= small && c.abs() <= small {
            Area::new(-FAR, low, FAR, high)
        } else if a.abs() <= small && d.abs() <= small {
            Area::new(left, -FAR, right, FAR)
        } else {
            return None;
        };
        self.free(Some(drawn))
    }

    fn drawing(
        &mut self,
        resources: Option<&Dictionary>,
        called: &[u8],
        to_page: Affine,
        depth: usize,
    ) -> Option<()> {
        let document = self.document;
        let drawings = dict(document, resources?, b"XObject")?;
        let Object::Stream(stream) = resolve(document, drawings.get(&unescaped(called)).ok()?)? else {
            return None;
        };
        if name(document, &stream.dict, b"Subtype") == Some(b"Image") {
            return self.free(Some(to_page.transform_rect_bbox(Area::new(0.0, 0.0, 1.0, 1.0))));
        }
        (depth < MAX_DEPTH).then_some(())?;
        let content = unpacked(stream, self.left)?;
        self.left -= content.len();
        let own = match super::objects::list(document, &stream.dict, b"Matrix") {
            [] => Affine::IDENTITY,
            entries => {
                let entries =
                    entries.iter().map(|entry| resolve(document, entry)?.as_float().ok().map(f64::from));
                matrix(&entries.collect::<Option<Vec<_>>>()?)?
            }
        };
        let resources = dict(document, &stream.dict, b"Resources").or(resources);
        self.content(&content, resources, to_page * own, depth + 1)
    }

    /// None if a named state changes what is counted here: the font or the width of lines.
    fn state(&self, resources: Option<&Dictionary>, called: &[u8]) -> Option<()> {
        let states = dict(self.document, resources?, b"ExtGState")?;
        let state = as_dict(self.document, states.get(&unescaped(called)).ok()?)?;
        (!state.has(b"Font") && !state.has(b"LW")).then_some(())
    }

    fn is_plain(&self, resources: Option<&Dictionary>, called: &[u8]) -> bool {
        let fonts = resources.and_then(|resources| dict(self.document, resources, b"Font"));
        let font = fonts.and_then(|fonts| as_dict(self.document, fonts.get(&unescaped(called)).ok()?));
        font.is_some_and(|font| name(self.document, font, b"Subtype") != Some(b"Type3"))
    }
}

fn number(digits: &[u8]) -> Option<f64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn last<const N: usize>(operands: &[f64]) -> Option<&[f64; N]> {
    operands.last_chunk()
}

fn matrix(operands: &[f64]) -> Option<Affine> {
    Some(Affine::new(*last(operands)?))
}

fn moved(line: Affine, operands: &[f64]) -> Option<Affine> {
    let &[x, y] = last(operands)?;
    Some(line * Affine::translate((x, y)))
}

/// The most that a matrix makes a length longer.
fn scale(matrix: Affine) -> f64 {
    let [a, b, c, d, ..] = matrix.as_coeffs();
    a.hypot(b).max(c.hypot(d))
}

fn reach(path: &mut Option<Area>, point: Point) {
    let here = Area::from_points(point, point);
    *path = Some(path.map_or(here, |path| path.union(here)));
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    /// Whether content may touch the strip between 800 and 830 of a page of A4.
    fn touches(content: &str) -> bool {
        let mut document = Document::new();
        let form = dictionary! { "Subtype" => "Form", "Matrix" => vec![1.into(), 0.into(), 0.into(), 1.into(), 0.into(), 100.into()] };
        let low = document.add_object(Stream::new(form.clone(), b"0 0 10 10 re f".to_vec()));
        let high = document.add_object(Stream::new(form, b"0 700 10 10 re f".to_vec()));
        let image = document.add_object(Stream::new(dictionary! { "Subtype" => "Image" }, Vec::new()));
        let plain = document.add_object(dictionary! { "Subtype" => "TrueType" });
        let drawn = document.add_object(dictionary! { "Subtype" => "Type3" });
        let resources = dictionary! {
            "XObject" => dictionary! { "Low" => low, "High" => high, "Image" => image },
            "Font" => dictionary! { "F" => plain, "T" => drawn },
            "ExtGState" => dictionary! { "G" => dictionary! { "CA" => 1 }, "W" => dictionary! { "LW" => 900 } },
        };
        may_touch(&document, content.as_bytes(), Some(&resources), &[Area::new(0.0, 800.0, 595.0, 830.0)])
    }

    #[test]
    fn what_is_drawn_in_an_area_is_found() {
        for inside in [
            "0 790 20 20 re f",
            "0 0 m 100 805 l S",
            "0 0 m 1 2 3 810 5 6 c f",
            "20 w 0 795 m 100 795 l S",
            "1 0 0 1 0 800 cm 0 0 10 10 re f",
            "/F 12 Tf BT 20 800 Td (Kopf) Tj ET",
            "BT /F 12 Tf 1 0 0 1 20 795 Tm [(K) 2 (opf)] TJ ET",
            "BT /F 1 Tf 12 0 0 12 20 810 Tm (Kopf) ' ET",
            "BT /F 10 Tf 14 TL 20 830 Td (eins) ' (zwei) ' ET",
            "/High Do",
            "q 595 0 0 842 0 0 cm /Image Do Q",
            "q 100 0 0 100 0 750 cm BI /W 1 /H 1 ID x EI Q",
        ] {
            assert!(touches(inside), "{inside}");
        }
    }

    #[test]
    fn what_is_drawn_elsewhere_or_only_clips_leaves_it_free() {
        for outside in [
            "0 0 595 842 re W n",
            "q 0 0 595 700 re f Q 0 832 10 5 re f",
            "/F 12 Tf BT 20 780 Td (Text) Tj 0 -14 Td (Text) Tj ET",
            "/Low Do",
            "q 500 0 0 600 0 0 cm /Image Do Q",
            "/G gs 0 0 10 10 re f",
            "q 1 0 0 1 0 800 cm Q 0 0 10 10 re f",
            "",
        ] {
            assert!(!touches(outside), "{outside}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_free() {
        for unknown in [
            "/F 12 Tf BT 0.7 0.7 -0.7 0.7 20 100 Tm (schief) Tj ET",
            "/T 12 Tf BT 20 100 Td (gezeichnet) Tj ET",
            "/Fehlt 12 Tf BT 20 100 Td (x) Tj ET",
            "/W gs 0 0 m 10 10 l S",
            "/S sh",
            "/Fehlt Do",
            "1 0 0 cm",
        ] {
            assert!(touches(unknown), "{unknown}");
        }
        assert!(touches(&"q ".repeat(MAX_STATES + 1)));
    }
}
