//! What an interpreter draws, kept as characters, areas and pictures.
//!
//! Knows nothing of documents; sees one page or drawing at a time.

use std::collections::{BTreeMap, HashMap};
use std::panic::resume_unwind;

use hayro_interpret::font::{Glyph as Shape, Type3Glyph};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::pattern::Pattern;
use hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, GlyphDrawMode, Image, LumaData, Paint, PathDrawMode, SoftMask,
};
use kurbo::{Affine, BezPath, PathEl, Point, Rect as Area, Shape as _};

use super::lines::{Char, Chars};
use super::page::{Glyph, Rect, Sight};

/// The end of a drawing that takes more steps than it may.
pub(super) struct Exhausted;

/// A colour, or none if it is not one alone.
pub(super) type Colour = Option<[u8; 3]>;

/// An area that was filled, or covered by a picture.
pub(super) struct Fill {
    /// Where.
    pub rect: Rect,
    /// Its outline, if that is no upright rectangle.
    pub outline: Option<BezPath>,
    /// Before which character.
    pub before: usize,
    /// With which colour; none for a picture or a pattern, or what shows through.
    pub colour: Colour,
    /// Whether nothing shows through.
    pub is_opaque: bool,
}

/// Takes what is drawn.
pub(super) struct Drawing {
    /// The characters.
    pub chars: Chars,
    /// The colour of each character.
    pub colours: Vec<Colour>,
    /// The areas, in the order of drawing.
    pub fills: Vec<Fill>,
    /// Whether there are more areas, which were not kept.
    pub more_fills: bool,
    /// Where pictures are.
    pub pictures: Vec<Rect>,
    /// How many paths are painted.
    pub paths: usize,
    /// From which character on which marked content is drawn; none outside of any.
    pub marks: Vec<(u32, Option<i32>)>,
    /// How many characters of each font say nothing of what letters they are.
    pub no_letters: BTreeMap<String, usize>,
    page: Area,
    clips: Vec<Area>,
    blend: BlendMode,
    masked: bool,
    opacity: Vec<f32>,
    /// The marked content that is open, each within the one before.
    open_marks: Vec<Option<i32>>,
    steps: usize,
    /// The ink of each glyph of a Type 3 font, in its own space.
    widths: HashMap<u128, f64>,
}

/// More areas than text has behind it; those of a plan say nothing.
const MAX_FILLS: usize = 2_000;
/// Smaller areas cover no text, in points.
const MIN_FILL: f32 = 3.0;
/// Outlines with more corners are drawings: what lies in them is not looked at more closely.
const MAX_CORNERS: usize = 200;
/// A picture of which so much shows nothing through covers what is under it.
const MOST_OF_PICTURE: f32 = 0.8;
/// Paint with less is none.
const OPAQUE: u8 = 250;
/// Where a letter lies beside its line, in thousandths of its size.
pub(super) const DESCENT: f64 = -200.0;
pub(super) const ASCENT: f64 = 800.0;
pub(super) const EM: f64 = 1000.0;

impl Drawing {
    /// Takes what is drawn on a page of this size, in so many steps at most.
    pub(super) fn new(page: Area, steps: usize) -> Self {
        Self {
            chars: Chars::default(),
            colours: Vec::new(),
            fills: Vec::new(),
            more_fills: false,
            pictures: Vec::new(),
            paths: 0,
            marks: Vec::new(),
            no_letters: BTreeMap::new(),
            page,
            clips: Vec::new(),
            blend: BlendMode::Normal,
            masked: false,
            opacity: Vec::new(),
            open_marks: Vec::new(),
            steps,
            widths: HashMap::new(),
        }
    }

    fn step(&mut self) {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            // The interpreter has no other way to be stopped.
            None => resume_unwind(Box::new(Exhausted)),
        }
    }

    /// Notes which marked content what is drawn from here on belongs to.
    fn note_mark(&mut self) {
        let first = self.chars.all.len() as u32;
        let mark = self.open_marks.last().copied().flatten();
        // Nothing was drawn in the one before.
        if self.marks.last().is_some_and(|(other, _)| *other == first) {
            self.marks.pop();
        }
        if self.marks.last().is_none_or(|(_, last)| *last != mark) {
            self.marks.push((first, mark));
        }
    }

    fn visible(&self) -> Area {
        self.clips.last().copied().unwrap_or(self.page)
    }

    fn add_char(&mut self, text: &str, advance: f64, to_page: Affine, sight: Sight, colour: Colour) {
        let start = self.chars.letters.len() as u32;
        self.chars.letters.push_str(text);
        let corners = [(0.0, DESCENT), (advance, DESCENT), (0.0, ASCENT), (advance, ASCENT)];
        let points = corners.map(|corner| to_page * Point::from(corner));
        let area = points[1..]
            .iter()
            .fold(Area::from_points(points[0], points[0]), |area, point| area.union_pt(*point));
        let [a, b, c, d, ..] = to_page.as_coeffs();
        let turn = b.atan2(a);
        let (sin, cos) = turn.sin_cos();
        let along = |x: f64| {
            let point = to_page * Point::new(x, 0.0);
            (point.x * cos + point.y * sin) as f32
        };
        let origin = to_page * Point::ORIGIN;
        let sight = match sight {
            Sight::Shown if !self.visible().contains(area.center()) => Sight::Outside,
            sight => sight,
        };
        let size = (c.hypot(d) * EM) as f32;
        self.chars.all.push(Char {
            letters: start..self.chars.letters.len() as u32,
            glyph: Glyph { rect: rect(area), size: finite(size), sight },
            turn: turn.to_degrees().round() as i16,
            base: finite((origin.y * cos - origin.x * sin) as f32),
            from: finite(along(0.0)),
            to: finite(along(advance)),
        });
        self.colours.push(colour);
    }

    /// Adds an area; with an outline if it is no rectangle.
    fn add_fill(&mut self, area: Area, outline: Option<BezPath>, colour: Colour, is_opaque: bool) {
        let rect = rect(area.intersect(self.visible()));
        let is_large = rect.x1 - rect.x0 >= MIN_FILL && rect.y1 - rect.y0 >= MIN_FILL;
        if !is_large {
            return;
        }
        if self.fills.len() >= MAX_FILLS {
            self.more_fills = true;
            return;
        }
        let is_plain = self.blend == BlendMode::Normal
            && !self.masked
            && self.opacity.iter().all(|opacity| *opacity > 0.95);
        let is_opaque = is_opaque && is_plain;
        let colour = colour.filter(|_| is_opaque);
        self.fills.push(Fill { rect, outline, before: self.chars.all.len(), colour, is_opaque });
    }

    /// Adds the area of a painted path.
    fn add_path(&mut self, path: &BezPath, paint: &Paint<'_>) {
        let (colour, is_opaque) = match paint {
            Paint::Pattern(pattern) => (None, matches!(**pattern, Pattern::Shading(_))),
            Paint::Color(_) => match colour(paint) {
                Some((_, 0)) => return,
                Some((colour, alpha)) => (colour, alpha >= OPAQUE),
                None => (None, false),
            },
        };
        match rectangle(path) {
            Some(area) => self.add_fill(area, None, colour, is_opaque),
            None if path.elements().len() <= MAX_CORNERS => {
                self.add_fill(path.bounding_box(), Some(path.clone()), colour, is_opaque);
            }
            None => self.add_fill(path.bounding_box(), None, None, false),
        }
    }

    /// Tells whether a picture hides what was drawn under it; one under which nothing lies is not looked at.
    fn hides(&self, image: &Image<'_, '_>, area: Area) -> bool {
        /// Enough of a picture to see where something shows through.
        const SAMPLE: (u32, u32) = (64, 64);
        let rect = rect(area);
        let lies_under =
            |char: &Char| char.glyph.sight == Sight::Shown && rect.contains_middle(&char.glyph.rect);
        let Image::Raster(image) = image else { return false };
        if !self.chars.all.iter().any(lies_under) {
            return false;
        }
        let mut covered = 1.0;
        let measure = |_, alpha: Option<LumaData>| {
            let Some(alpha) = alpha.filter(|alpha| !alpha.data.is_empty()) else { return };
            let opaque = alpha.data.iter().filter(|value| **value >= OPAQUE).count();
            covered = opaque as f32 / alpha.data.len() as f32;
        };
        image.with_rgba(measure, Some(SAMPLE));
        covered >= MOST_OF_PICTURE
    }

    /// Says how wide a glyph of a Type 3 font is: as wide as its ink, because its font keeps the width to itself.
    fn width<'a>(&mut self, glyph: &Type3Glyph<'a>, paint: &Paint<'a>) -> f64 {
        let key = glyph.cache_key();
        if let Some(width) = self.widths.get(&key) {
            return *width;
        }
        let mut ink = Ink { steps: self.steps.min(10_000), right: 0.0 };
        glyph.interpret(&mut ink, Affine::IDENTITY, Affine::IDENTITY, paint);
        self.widths.insert(key, ink.right);
        ink.right
    }
}

impl<'a> Device<'a> for Drawing {
    fn set_soft_mask(&mut self, mask: Option<SoftMask<'a>>) {
        self.masked = mask.is_some();
    }

    fn set_blend_mode(&mut self, blend_mode: BlendMode) {
        self.blend = blend_mode;
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, mode: &PathDrawMode) {
        self.step();
        self.paths += 1;
        match mode {
            PathDrawMode::Fill(_) => self.add_path(&(transform * path), paint),
            PathDrawMode::Stroke(stroke) => {
                // Thick lines are bars, which some programs put behind the heads of tables.
                if let Some(bar) = bar(path, stroke.line_width.into()) {
                    self.add_path(&(transform * bar), paint);
                }
            }
        }
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        self.step();
        let clip = clip_path.path.bounding_box().intersect(self.visible());
        self.clips.push(clip);
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.step();
        self.opacity.push(if mask.is_some() { 0.9 } else { opacity });
    }

    fn draw_glyph(
        &mut self,
        shape: &Shape<'a>,
        transform: Affine,
        glyph_transform: Affine,
        paint: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        self.step();
        let (colour, alpha) = colour(paint).unwrap_or((None, u8::MAX));
        let is_seen = alpha > 0 && self.opacity.iter().all(|opacity| *opacity > 0.0);
        let sight = match mode {
            GlyphDrawMode::Invisible => Sight::Invisible,
            _ if is_seen => Sight::Shown,
            _ => Sight::Invisible,
        };
        let advance = match shape {
            Shape::Outline(outline) => outline.advance_width().map_or(EM / 2.0, f64::from),
            Shape::Type3(glyph) => self.width(glyph, paint),
        };
        let to_page = transform * glyph_transform;
        match shape.as_unicode() {
            Some(BfString::Char(c)) if c != '\0' => {
                self.add_char(c.encode_utf8(&mut [0; 4]), advance, to_page, sight, colour);
            }
            Some(BfString::String(text)) => self.add_char(&text, advance, to_page, sight, colour),
            _ => {
                let font = match shape {
                    Shape::Outline(outline) => outline.font_data().and_then(|font| font.postscript_name),
                    Shape::Type3(_) => Some("Type 3".to_owned()),
                };
                *self.no_letters.entry(font.unwrap_or_default()).or_default() += 1;
                self.add_char("\u{fffd}", advance, to_page, sight, colour);
                if let Shape::Type3(glyph) = shape {
                    // Its shape may be text of another font.
                    glyph.interpret(self, transform, glyph_transform, paint);
                }
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.step();
        let size = Area::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let area = transform.transform_rect_bbox(size);
        self.pictures.push(rect(area.intersect(self.visible())));
        let is_opaque = self.hides(&image, area);
        self.add_fill(area, None, None, is_opaque);
    }

    fn begin_marked_content(&mut self, tag: &[u8], mcid: Option<i32>) {
        self.step();
        let outer = self.open_marks.last().copied().flatten();
        // What is marked within content with a number, such as a span with its language, is a part of it.
        self.open_marks.push(if tag == b"Artifact" { None } else { mcid.or(outer) });
        self.note_mark();
    }

    fn end_marked_content(&mut self) {
        self.open_marks.pop();
        self.note_mark();
    }

    fn pop_clip_path(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        self.opacity.pop();
    }
}

/// The right edge of a glyph's ink.
struct Ink {
    steps: usize,
    right: f64,
}

impl Ink {
    fn add(&mut self, area: Area) {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => resume_unwind(Box::new(Exhausted)),
        }
        self.right = self.right.max(if area.x1.is_finite() { area.x1 } else { 0.0 });
    }
}

impl<'a> Device<'a> for Ink {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, path: &BezPath, transform: Affine, _: &Paint<'a>, _: &PathDrawMode) {
        self.add((transform * path).bounding_box());
    }
    fn push_clip_path(&mut self, _: &ClipPath) {
        self.add(Area::ZERO);
    }
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph(&mut self, _: &Shape<'a>, at: Affine, glyph: Affine, _: &Paint<'a>, _: &GlyphDrawMode) {
        self.add((at * glyph).transform_rect_bbox(Area::new(0.0, 0.0, EM / 2.0, EM)));
    }
    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let size = Area::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        self.add(transform.transform_rect_bbox(size));
    }
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Gives the colour and opacity of a paint; a pattern has none.
pub(super) fn colour(paint: &Paint<'_>) -> Option<(Colour, u8)> {
    match paint {
        Paint::Color(colour) => {
            let [r, g, b, alpha] = colour.to_rgba().to_rgba8();
            Some((Some([r, g, b]), alpha))
        }
        Paint::Pattern(_) => None,
    }
}

/// Gives the outline of a straight line of this width; none if it is thin or no such line.
fn bar(path: &BezPath, width: f64) -> Option<BezPath> {
    let [PathEl::MoveTo(from), PathEl::LineTo(to)] = path.elements() else { return None };
    let across = (*to - *from).normalize().turn_90() * (width / 2.0);
    let is_bar = width > 1.0 && across.is_finite();
    let corners = [*from + across, *to + across, *to - across, *from - across];
    is_bar.then(|| {
        let mut outline = BezPath::new();
        outline.move_to(corners[0]);
        corners[1..].iter().for_each(|corner| outline.line_to(*corner));
        outline.close_path();
        outline
    })
}

/// Gives the rectangle that a path is, if it is one with upright sides.
fn rectangle(path: &BezPath) -> Option<Area> {
    const MAX_ELEMENTS: usize = 6;
    if path.elements().len() > MAX_ELEMENTS {
        return None;
    }
    let area = path.bounding_box();
    let is_corner = |point: &Point| {
        let near = |a: f64, b: f64| (a - b).abs() < 0.1;
        (near(point.x, area.x0) || near(point.x, area.x1))
            && (near(point.y, area.y0) || near(point.y, area.y1))
    };
    let all = path.elements().iter().all(|element| match element {
        PathEl::MoveTo(point) | PathEl::LineTo(point) => is_corner(point),
        PathEl::ClosePath => true,
        PathEl::QuadTo(..) | PathEl::CurveTo(..) => false,
    });
    all.then_some(area)
}

fn rect(area: Area) -> Rect {
    let [x0, y0, x1, y1] = [area.x0, area.y0, area.x1, area.y1].map(|side| finite(side as f32));
    Rect { x0, y0, x1, y1 }
}

fn finite(number: f32) -> f32 {
    if number.is_finite() { number } else { 0.0 }
}
