//! A walk over the pages that typst laid out: their letters in the order in which they were set, and the boxes of words.

use typst::foundations::Value;
use typst::introspection::{MetadataElem, Tag};
use typst::layout::{Abs, Frame, FrameItem, Point, Rect, Size, Transform};
use typst::text::TextItem;
use typst::visualize::{Geometry, Shape};
use typst_layout::PagedDocument;

use super::letters::{Joint, Letters};

/// The pages of a document as they are read.
#[derive(Default)]
pub(super) struct Pages {
    /// The letters of all pages.
    pub letters: Letters,
    /// The runs of text, page by page in the order in which they were set.
    pub runs: Vec<LaidText>,
    /// The upright lines, page by page.
    pub rules: Vec<Rule>,
    /// What the layout itself says of tables.
    pub tables: Vec<LaidTable>,
    /// Width and height of each page, in points.
    pub sizes: Vec<(f64, f64)>,
}

/// A run of text in one line.
pub(super) struct LaidText {
    /// The page, from 1.
    pub page: usize,
    /// Where its letters begin.
    pub start: usize,
    /// Its text.
    pub text: String,
    /// The left and the right edge, in points.
    pub x: (f64, f64),
    /// The baseline, in points from above.
    pub baseline: f64,
    /// The size of the type, in points.
    pub size: f64,
    /// Whether it leaves the page, or the part of it that is shown.
    pub is_cut: bool,
}

/// A table that could not be set as it should be.
pub(super) struct LaidTable {
    /// The page, from 1.
    pub page: usize,
    /// Where its letters begin.
    pub start: usize,
    /// Where it begins in its text, in bytes.
    pub at: usize,
    /// What is wrong with it, in the word of the layout.
    pub fault: String,
}

/// An upright line.
pub(super) struct Rule {
    /// The page, from 1.
    pub page: usize,
    /// Where it stands.
    pub x: f64,
    /// From where to where it goes down.
    pub y: (f64, f64),
}

/// Gaps from this part of the type size on part words.
const GAP: f64 = 0.12;
/// So far beyond an edge a letter may reach, in points.
const TOLERANCE: f64 = 0.5;

/// Reads the pages.
pub(super) fn read(document: &PagedDocument) -> Pages {
    let mut pages = Pages::default();
    for (at, page) in document.pages().iter().enumerate() {
        let shown = Rect::from_pos_size(Point::zero(), page.frame.size());
        pages.sizes.push((page.frame.width().to_pt(), page.frame.height().to_pt()));
        let mut walk = PageWalk { pages: &mut pages, page: at + 1, last: None };
        walk.frame(&page.frame, Transform::identity(), shown);
    }
    pages
}

struct PageWalk<'a> {
    pages: &'a mut Pages,
    page: usize,
    /// Right edge, baseline and size of the last run.
    last: Option<(f64, f64, f64)>,
}

impl PageWalk<'_> {
    fn frame(&mut self, frame: &Frame, placed: Transform, shown: Rect) {
        for (at, item) in frame.items() {
            match item {
                FrameItem::Group(group) => {
                    let moved =
                        placed.pre_concat(Transform::translate(at.x, at.y)).pre_concat(group.transform);
                    let cut = group.clip.as_ref().filter(|_| is_upright(moved)).map(|clip| {
                        let own = clip.bbox(None);
                        common(shown, Rect::new(own.min.transform(moved), own.max.transform(moved)))
                    });
                    self.frame(&group.frame, moved, cut.unwrap_or(shown));
                }
                FrameItem::Text(text) => self.text(text, *at, placed, shown),
                FrameItem::Tag(Tag::Start(content, _)) => {
                    if let Some(said) = content.to_packed::<MetadataElem>() {
                        self.table(&said.value);
                    }
                }
                FrameItem::Shape(shape, _) if is_upright(placed) => self.shape(shape, at.transform(placed)),
                _ => {}
            }
        }
    }

    fn table(&mut self, said: &Value) {
        let Value::Dict(said) = said else { return };
        if let (Ok(Value::Int(at)), Ok(Value::Str(fault))) = (said.get("table"), said.get("fault")) {
            self.pages.tables.push(LaidTable {
                page: self.page,
                start: self.pages.letters.text.len(),
                at: usize::try_from(*at).unwrap_or_default(),
                fault: fault.to_string(),
            });
        }
    }

    fn text(&mut self, text: &TextItem, at: Point, placed: Transform, shown: Rect) {
        let from = at.transform(placed);
        let upright = is_upright(placed);
        let size = text.size.to_pt() * placed.sy.get().abs();
        let (x, baseline) = (from.x.to_pt(), from.y.to_pt());
        let same_line =
            |(right, line, _): &(f64, f64, f64)| (line - baseline).abs() < 0.5 * size && x > right - size;
        match self.last {
            Some(last) if !same_line(&last) => self.pages.letters.part(Joint::Line),
            Some((right, ..)) if x - right > GAP * size => self.pages.letters.part(Joint::Apart),
            Some(_) => {}
            None => self.pages.letters.part(Joint::Apart),
        }
        let start = self.pages.letters.text.len();
        // White space at the end of a line has no width, and so has a tab: it parts nothing.
        let (mut width, mut inked) = (0.0, 0.0);
        let mut done = 0;
        for glyph in &text.glyphs {
            let advance = glyph.x_advance.at(text.size).to_pt();
            let own = text.text.get(glyph.range()).unwrap_or_default();
            width += advance;
            if own.trim().is_empty() && !own.is_empty() {
                if advance > GAP * text.size.to_pt() {
                    continue;
                }
                if glyph.range().start >= done {
                    self.pages.letters.push(text.text.get(done..glyph.range().start).unwrap_or_default());
                    done = glyph.range().end;
                }
            } else {
                inked = width;
            }
        }
        self.pages.letters.push(text.text.get(done..).unwrap_or_default());
        let right = x + inked * placed.sx.get().abs();
        self.last = Some((x + width * placed.sx.get().abs(), baseline, size));
        if upright && inked > 0.0 {
            let beyond = x < shown.min.x.to_pt() - TOLERANCE
                || right > shown.max.x.to_pt() + TOLERANCE
                || baseline - 0.6 * size < shown.min.y.to_pt() - TOLERANCE
                || baseline > shown.max.y.to_pt() + TOLERANCE;
            self.pages.runs.push(LaidText {
                page: self.page,
                start,
                text: text.text.to_string(),
                x: (x, right),
                baseline,
                size,
                is_cut: beyond,
            });
        }
    }

    fn shape(&mut self, shape: &Shape, at: Point) {
        if shape.stroke.is_none() {
            return;
        }
        let mut upright = |x: Abs, height: Abs| {
            let (from, to) = (at.y.to_pt(), (at.y + height).to_pt());
            self.pages.rules.push(Rule { page: self.page, x: x.to_pt(), y: (from.min(to), from.max(to)) });
        };
        match &shape.geometry {
            Geometry::Line(to) if to.x.to_pt().abs() < 0.1 && to.y.to_pt().abs() > 1.0 => upright(at.x, to.y),
            Geometry::Rect(Size { x, y }) => {
                upright(at.x, *y);
                upright(at.x + *x, *y);
            }
            _ => {}
        }
    }
}

fn is_upright(placed: Transform) -> bool {
    placed.kx.get().abs() < 0.01 && placed.ky.get().abs() < 0.01
}

fn common(a: Rect, b: Rect) -> Rect {
    Rect::new(a.min.max(b.min), a.max.min(b.max))
}
