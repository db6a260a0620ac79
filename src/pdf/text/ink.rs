//! Where along a strip of a page something is drawn that is seen: letters, lines, areas, pictures.
//!
//! Rather too much than too little: what cannot be told counts as ink. Knows nothing of what the strip is for.

use std::collections::HashMap;
use std::panic::resume_unwind;

use hayro_interpret::font::Glyph as Shape;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::{
    BlendMode, ClipPath, Device, GlyphDrawMode, Image, ImageData, LumaData, Paint, PathDrawMode, SoftMask,
};
use hayro_syntax::Filter;
use kurbo::{Affine, BezPath, Point, Rect as Area, Shape as _};
use lopdf::ObjectId;

use super::draw::{ASCENT, DESCENT, EM, Exhausted, colour};
use super::page::Rect;
use super::viewer::Viewer;

/// A page to look at.
pub struct InkPage {
    /// The object of the page.
    pub id: ObjectId,
    /// Its content, unpacked; none if it is too large or cannot be read.
    pub content: Option<Vec<u8>>,
    /// The strips, in units of the page from the lower left corner as it is seen.
    pub strips: Vec<Rect>,
}

/// Where a strip is drawn on: the stretches, from left to right.
pub type Stretches = Vec<(f32, f32)>;

/// Steps (letters, paths, clips) of one page, after which all of it counts as drawn on.
const MAX_STEPS: usize = 2_000_000;
/// Pixels of one picture, and of all in a file, that are unpacked to see whether they are white. A picture with more is drawn
/// on all over.
const MAX_PICTURE: usize = 36 << 20;
const MAX_PIXELS: usize = 144 << 20;
/// Into so many pieces a strip is divided.
const PIECES: usize = 200;
/// A colour of which each part is at least so much is that of paper.
const WHITE: u8 = 245;

/// Looks at pages of a file; of each strip of each page it gives where it is drawn on. None for a page that cannot be drawn.
pub fn ink(file: &[u8], pages: impl Iterator<Item = InkPage>) -> Vec<Option<Vec<Stretches>>> {
    let viewer = Viewer::open(file.to_vec());
    let places: HashMap<ObjectId, usize> =
        viewer.iter().flat_map(|viewer| viewer.pages().into_iter().zip(0..)).collect();
    let mut painter = viewer.as_ref().map(|viewer| viewer.painter(MAX_STEPS));
    let mut pixels = MAX_PIXELS;
    let look = |page: InkPage| {
        let (painter, index) = (painter.as_mut()?, *places.get(&page.id)?);
        let mut strips = Strips::new(&page.strips, pixels);
        let drawn = painter.device(index, &page.content?, &mut strips);
        pixels = strips.pixels;
        drawn.then(|| strips.all.iter().map(Strip::stretches).collect())
    };
    pages.map(look).collect()
}

/// Takes what is drawn, and notes what of it is in the strips.
pub(super) struct Strips {
    all: Vec<Strip>,
    clips: Vec<Area>,
    opacity: Vec<f32>,
    is_plain: bool,
    steps: usize,
    pixels: usize,
}

/// One strip with its pieces.
struct Strip {
    area: Area,
    taken: [bool; PIECES],
}

impl Strip {
    /// The pieces that an area covers.
    fn pieces(&self, area: Area) -> std::ops::Range<usize> {
        let across = area.y0.max(self.area.y0) < area.y1.min(self.area.y1);
        let along =
            |x: f64| ((x - self.area.x0) / self.area.width() * PIECES as f64).clamp(0.0, PIECES as f64);
        if across && area.x0 <= area.x1 {
            along(area.x0).floor() as usize..along(area.x1).ceil() as usize
        } else {
            0..0
        }
    }

    fn set(&mut self, area: Area, taken: bool) {
        let pieces = self.pieces(area);
        self.taken[pieces].fill(taken);
    }

    fn stretches(&self) -> Stretches {
        let width = self.area.width() / PIECES as f64;
        let at = |piece: usize| (self.area.x0 + width * piece as f64) as f32;
        let mut stretches: Stretches = Vec::new();
        for piece in (0..PIECES).filter(|piece| self.taken[*piece]) {
            match stretches.last_mut().filter(|(_, end)| *end >= at(piece)) {
                Some((_, end)) => *end = at(piece + 1),
                None => stretches.push((at(piece), at(piece + 1))),
            }
        }
        stretches
    }
}

impl Strips {
    fn new(strips: &[Rect], pixels: usize) -> Self {
        let strip = |rect: &Rect| Strip {
            area: Area::new(rect.x0.into(), rect.y0.into(), rect.x1.into(), rect.y1.into()),
            taken: [false; PIECES],
        };
        let all = strips.iter().map(strip).collect();
        Self { all, clips: Vec::new(), opacity: Vec::new(), is_plain: true, steps: MAX_STEPS, pixels }
    }

    fn step(&mut self) {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            // The interpreter has no other way to be stopped.
            None => resume_unwind(Box::new(Exhausted)),
        }
    }

    fn visible(&self, area: Area) -> Area {
        self.clips.last().map_or(area, |clip| area.intersect(*clip))
    }

    fn is_seen(&self) -> bool {
        self.opacity.iter().all(|opacity| *opacity > 0.0)
    }

    fn draw(&mut self, area: Area) {
        let area = self.visible(area);
        if self.is_seen() {
            self.all.iter_mut().for_each(|strip| strip.set(area, true));
        }
    }

    /// Paints an area in one colour: in white it covers what is there.
    fn paint(&mut self, area: Area, is_rectangle: bool, paint: &Paint<'_>) {
        let (colour, alpha) = colour(paint).unwrap_or((None, u8::MAX));
        let is_white = colour.is_some_and(|parts| parts.iter().all(|part| *part >= WHITE));
        match (alpha, is_white) {
            (0, _) => {}
            (_, false) => self.draw(area),
            (u8::MAX, true) if is_rectangle && self.is_plain && self.opacity.is_empty() => {
                let area = self.visible(area);
                let covered = |strip: &&mut Strip| area.y0 <= strip.area.y0 && area.y1 >= strip.area.y1;
                self.all.iter_mut().filter(covered).for_each(|strip| strip.set(area, false));
            }
            // White on something dark may be seen, but then the dark is noted.
            (_, true) => {}
        }
    }

    fn picture(&mut self, image: &Image<'_, '_>, to_page: Affine) {
        let size = Area::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let area = self.visible(to_page.transform_rect_bbox(size));
        let is_near = self.all.iter().any(|strip| !strip.pieces(area).is_empty());
        if !is_near {
            return;
        }
        let count = image.width() as usize * image.height() as usize;
        let [a, b, c, d, ..] = to_page.as_coeffs();
        let is_upright = b.abs() + c.abs() < 1e-6 * (a.abs() + d.abs());
        let Image::Raster(raster) = image else { return self.draw(area) };
        // It takes some ten times as long as others.
        let is_slow = raster.stream().filters().contains(&Filter::JpxDecode);
        if !is_upright || is_slow || count > MAX_PICTURE.min(self.pixels) {
            return self.draw(area);
        }
        self.pixels -= count;
        let mut seen = None;
        raster.with_rgba(
            |pixels, alpha| seen = Some(InkPixels::of(&pixels, alpha.as_ref(), to_page, size)),
            None,
        );
        let Some(pixels) = seen else { return self.draw(area) };
        if !self.is_seen() {
            return;
        }
        for strip in &mut self.all {
            let part = area.intersect(strip.area);
            for piece in strip.pieces(area) {
                let width = strip.area.width() / PIECES as f64;
                let left = strip.area.x0 + width * piece as f64;
                let cell = Area::new(left, part.y0, left + width, part.y1).intersect(area);
                strip.taken[piece] |= pixels.has_ink(cell);
            }
        }
    }
}

/// The pixels of a picture that stands upright, and where they are on the page.
struct InkPixels {
    dark: Vec<bool>,
    width: usize,
    height: usize,
    from_page: Affine,
}

impl InkPixels {
    fn of(pixels: &ImageData, alpha: Option<&LumaData>, to_page: Affine, size: Area) -> Self {
        let (data, width, height, parts) = match pixels {
            ImageData::Rgb(rgb) => (&rgb.data, rgb.width, rgb.height, 3),
            ImageData::Luma(luma) => (&luma.data, luma.width, luma.height, 1),
        };
        let mut dark: Vec<bool> =
            data.chunks_exact(parts).map(|pixel| pixel.iter().any(|part| *part < WHITE)).collect();
        if let Some(alpha) = alpha.filter(|alpha| alpha.data.len() == dark.len()) {
            dark.iter_mut().zip(&alpha.data).for_each(|(dark, alpha)| *dark &= *alpha > 0);
        }
        let scale =
            Affine::scale_non_uniform(f64::from(width) / size.width(), f64::from(height) / size.height());
        Self { dark, width: width as usize, height: height as usize, from_page: scale * to_page.inverse() }
    }

    /// Tells whether there is more in a part of the page than the specks of a scan.
    fn has_ink(&self, cell: Area) -> bool {
        const SPECKS: f64 = 0.004;
        let area = self.from_page.transform_rect_bbox(cell);
        let range = |from: f64, to: f64, most: usize| {
            (from.floor().max(0.0) as usize).min(most)..(to.ceil().max(0.0) as usize).min(most)
        };
        let (columns, rows) = (range(area.x0, area.x1, self.width), range(area.y0, area.y1, self.height));
        let total = columns.len() * rows.len();
        let row = |row: usize| self.dark.get(row * self.width..(row + 1) * self.width).unwrap_or_default();
        let dark: usize = rows
            .map(|at| row(at).get(columns.clone()).unwrap_or_default().iter().filter(|dark| **dark).count())
            .sum();
        dark as f64 > total as f64 * SPECKS
    }
}

impl<'a> Device<'a> for Strips {
    fn set_soft_mask(&mut self, mask: Option<SoftMask<'a>>) {
        self.is_plain = mask.is_none();
    }

    fn set_blend_mode(&mut self, _: BlendMode) {}

    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, mode: &PathDrawMode) {
        self.step();
        match mode {
            PathDrawMode::Fill(_) => {
                let path = transform * path;
                let area = path.bounding_box();
                let is_rectangle =
                    path.elements().len() <= 6 && (path.area().abs() - area.area()).abs() < 1.0;
                self.paint(area, is_rectangle, paint);
            }
            PathDrawMode::Stroke(stroke) => {
                let [a, b, c, d, ..] = transform.as_coeffs();
                let half = f64::from(stroke.line_width) * a.hypot(b).max(c.hypot(d)) / 2.0;
                for segment in (transform * path).segments() {
                    self.step();
                    let line = segment.bounding_box().inflate(half.max(0.1), half.max(0.1));
                    self.paint(line, false, paint);
                }
            }
        }
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        self.step();
        let clip = self.visible(clip_path.path.bounding_box());
        self.clips.push(clip);
    }

    fn push_transparency_group(&mut self, opacity: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.step();
        self.opacity.push(opacity);
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
        let is_blank = matches!(shape.as_unicode(), Some(BfString::Char(c)) if c.is_whitespace());
        if is_blank || matches!(mode, GlyphDrawMode::Invisible) {
            return;
        }
        let to_page = transform * glyph_transform;
        match shape {
            Shape::Outline(outline) => {
                let advance = outline.advance_width().map_or(EM / 2.0, f64::from);
                let corners = [(0.0, DESCENT), (advance, DESCENT), (0.0, ASCENT), (advance, ASCENT)];
                let corners = corners.map(|corner| to_page * Point::from(corner));
                let area = corners[1..]
                    .iter()
                    .fold(Area::from_points(corners[0], corners[0]), |area, corner| area.union_pt(*corner));
                self.paint(area, false, paint);
            }
            Shape::Type3(glyph) => glyph.interpret(self, transform, glyph_transform, paint),
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.step();
        self.picture(&image, transform);
    }

    fn pop_clip_path(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        self.opacity.pop();
    }
}
