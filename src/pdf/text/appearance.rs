//! What one sees on each page of a PDF, as a hash: pages that look the same have the same, however their file was written.
//!
//! Fonts that were cut down in another way, other numbers of objects and other programs make no difference; a letter, a line or
//! a picture that stands elsewhere does. Where that cannot be told, the whole file is part of the hash, so that any change
//! counts. Knows nothing of what the hashes are for.

use std::panic::resume_unwind;

use blake3::Hasher;
use hayro_interpret::font::Glyph as Shape;
use hayro_interpret::{
    BlendMode, ClipPath, Device, GlyphDrawMode, Image, Paint, PathDrawMode, SoftMask, StrokeProps,
};
use kurbo::{Affine, BezPath, PathEl, Point};
use lopdf::{Dictionary, Document};

use super::draw::{Exhausted, colour};
use super::viewer::Viewer;
use crate::pdf::load;
use crate::pdf::objects::{as_dict, list, name};

/// Steps (letters, paths, clips) of one page, after which its file counts as a whole.
const MAX_STEPS: usize = 2_000_000;
/// What the content of one page may unpack to, in bytes.
const MAX_CONTENT: usize = 64 << 20;
/// Places are told apart that are so far from each other, in parts of a point: a hair's breadth is a tenth of one.
const PARTS: f64 = 20.0;

/// Gives a hash of what one sees on each page of a PDF; none if it cannot be read.
pub fn appearances(file: &[u8]) -> Option<Vec<String>> {
    let document = load(file).ok()?;
    let whole = blake3::hash(file);
    let viewer = Viewer::open(file.to_vec());
    let mut painter = viewer.as_ref().map(|viewer| viewer.painter(MAX_STEPS));
    let places = viewer.as_ref().map(Viewer::pages).unwrap_or_default();
    let look = |id: lopdf::ObjectId| {
        let mut seen = DrawnLook::default();
        let index = places.iter().position(|place| *place == id);
        let content = document.get_page_content_with_limit(id, MAX_CONTENT).ok();
        let drawn = painter.as_mut().zip(index).zip(content).is_some_and(|((painter, index), content)| {
            painter.size(index).into_iter().for_each(|side| seen.number(side.into()));
            painter.device(index, &content, &mut seen)
        });
        if !drawn || !seen.is_sure || has_drawn_annotations(&document, id) {
            seen.hasher.update(whole.as_bytes());
        }
        seen.hasher.finalize().to_hex()[..32].to_owned()
    };
    Some(document.page_iter().map(look).collect())
}

/// Tells whether a page has annotations that are more than a place to click on.
fn has_drawn_annotations(document: &Document, page: lopdf::ObjectId) -> bool {
    let Ok(page) = document.get_dictionary(page) else { return false };
    let is_drawn = |annotation: &Dictionary| name(document, annotation, b"Subtype") != Some(b"Link");
    list(document, page, b"Annots").iter().filter_map(|one| as_dict(document, one)).any(is_drawn)
}

/// Takes what is drawn, and hashes it.
struct DrawnLook {
    hasher: Hasher,
    /// Whether all that was drawn is in the hash.
    is_sure: bool,
    steps: usize,
}

impl Default for DrawnLook {
    fn default() -> Self {
        Self { hasher: Hasher::new(), is_sure: true, steps: MAX_STEPS }
    }
}

impl DrawnLook {
    fn step(&mut self, kind: u8) {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            // The interpreter has no other way to be stopped.
            None => resume_unwind(Box::new(Exhausted)),
        }
        self.hasher.update(&[kind]);
    }

    fn number(&mut self, number: f64) {
        self.hasher.update(&((number * PARTS).round() as i64).to_le_bytes());
    }

    fn matrix(&mut self, matrix: Affine, unit: f64) {
        let [a, b, c, d, x, y] = matrix.as_coeffs();
        // What a picture or a letter is as wide as counts, not what one unit of it is.
        [a * unit, b * unit, c * unit, d * unit, x, y].into_iter().for_each(|number| self.number(number));
    }

    fn path(&mut self, path: &BezPath) {
        let mut points = |kind: u8, points: &[Point]| {
            self.hasher.update(&[kind]);
            points
                .iter()
                .for_each(|point| [point.x, point.y].into_iter().for_each(|number| self.number(number)));
        };
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(to) => points(0, &[to]),
                PathEl::LineTo(to) => points(1, &[to]),
                PathEl::QuadTo(by, to) => points(2, &[by, to]),
                PathEl::CurveTo(by, and, to) => points(3, &[by, and, to]),
                PathEl::ClosePath => points(4, &[]),
            }
        }
        self.hasher.update(&[5]);
    }

    fn paint(&mut self, paint: &Paint<'_>) {
        match colour(paint) {
            Some((colour, alpha)) => {
                self.hasher.update(&colour.unwrap_or_default());
                self.hasher.update(&[alpha]);
            }
            None => self.is_sure = false,
        }
    }

    fn stroke(&mut self, stroke: &StrokeProps) {
        self.number(stroke.line_width.into());
        self.number(stroke.dash_offset.into());
        stroke.dash_array.iter().for_each(|dash| self.number((*dash).into()));
    }
}

impl<'a> Device<'a> for DrawnLook {
    fn set_soft_mask(&mut self, mask: Option<SoftMask<'a>>) {
        self.is_sure &= mask.is_none();
    }

    fn set_blend_mode(&mut self, mode: BlendMode) {
        self.hasher.update(format!("{mode:?}").as_bytes());
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, mode: &PathDrawMode) {
        match mode {
            PathDrawMode::Fill(rule) => {
                self.step(10);
                self.hasher.update(format!("{rule:?}").as_bytes());
            }
            PathDrawMode::Stroke(stroke) => {
                self.step(11);
                self.stroke(stroke);
            }
        }
        self.path(&(transform * path));
        self.paint(paint);
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        self.step(12);
        self.path(&clip_path.path);
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, mode: BlendMode) {
        self.step(13);
        self.number(f64::from(opacity) * 100.0);
        self.set_blend_mode(mode);
        self.is_sure &= mask.is_none();
    }

    fn draw_glyph(
        &mut self,
        shape: &Shape<'a>,
        transform: Affine,
        glyph_transform: Affine,
        paint: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        match mode {
            GlyphDrawMode::Fill => self.step(20),
            GlyphDrawMode::Stroke(stroke) => {
                self.step(21);
                self.stroke(stroke);
            }
            GlyphDrawMode::Invisible => return self.step(22),
        }
        match shape {
            Shape::Outline(outline) => self.path(&(transform * glyph_transform * outline.outline())),
            Shape::Type3(glyph) => glyph.interpret(self, transform, glyph_transform, paint),
        }
        self.paint(paint);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.step(30);
        let (width, height) = (image.width(), image.height());
        self.matrix(transform, f64::from(width.max(height)));
        match &image {
            Image::Raster(raster) => {
                self.hasher.update(&raster.stream().raw_data());
                // A mask of its own is another stream.
                self.is_sure &= !raster.stream().dict().contains_key(b"SMask" as &[u8]);
            }
            Image::Stencil(stencil) => stencil.with_stencil(
                |stencil, paint| {
                    self.hasher.update(&stencil.data);
                    self.paint(paint);
                },
                None,
            ),
        }
    }

    fn pop_clip_path(&mut self) {
        self.hasher.update(&[40]);
    }

    fn pop_transparency_group(&mut self) {
        self.hasher.update(&[41]);
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Object, Stream, dictionary};

    use super::*;

    /// A PDF with these contents of pages, whose objects are numbered from here on.
    fn pdf(contents: &[&str], first: u32, annotation: Option<&str>) -> Vec<u8> {
        let mut document = Document::with_version("1.7");
        document.max_id = first;
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        });
        let tree = document.new_object_id();
        let mut kids: Vec<Object> = Vec::new();
        for content in contents {
            let content = document.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
            let mut page = dictionary! {
                "Type" => "Page",
                "Parent" => tree,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
                "Contents" => content,
            };
            if let Some(kind) = annotation {
                let area = vec![10.into(), 10.into(), 20.into(), 20.into()];
                page.set("Annots", vec![dictionary! { "Subtype" => kind, "Rect" => area }.into()]);
            }
            kids.push(document.add_object(page).into());
        }
        let count = kids.len() as i64;
        document
            .objects
            .insert(tree, dictionary! { "Type" => "Pages", "Count" => count, "Kids" => kids }.into());
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    const TEXT: &str = "BT /F 12 Tf 60 700 Td (Radweg) Tj ET";

    fn look(content: &str) -> String {
        appearances(&pdf(&[content], 0, None)).unwrap().remove(0)
    }

    #[test]
    fn pages_that_look_the_same_are_the_same() {
        let two = appearances(&pdf(&["0 0 1 rg 10 10 50 50 re f", TEXT], 30, None)).unwrap();
        assert_eq!(two[1], look(TEXT));
        // Drawn in other words: other operators, the same letters in the same place.
        assert_eq!(look("BT 1 0 0 1 60 700 Tm /F 12 Tf (Rad) Tj (weg) Tj ET"), look(TEXT));
        assert_ne!(two[0], two[1]);
    }

    #[test]
    fn what_one_sees_makes_a_difference() {
        let others = [
            "BT /F 12 Tf 60 700 Td (Radwege) Tj ET",
            "BT /F 12 Tf 60 701 Td (Radweg) Tj ET",
            "BT /F 13 Tf 60 700 Td (Radweg) Tj ET",
            "1 0 0 rg BT /F 12 Tf 60 700 Td (Radweg) Tj ET",
            "BT /F 12 Tf 60 700 Td (Radweg) Tj ET 10 10 m 50 50 l S",
            "0 0 100 100 re W n BT /F 12 Tf 60 700 Td (Radweg) Tj ET",
        ];
        for other in others {
            assert_ne!(look(other), look(TEXT), "{other}");
        }
    }

    #[test]
    fn where_it_cannot_be_told_any_change_of_the_file_counts() {
        let look =
            |first: u32, annotation: &str| appearances(&pdf(&[TEXT], first, Some(annotation))).unwrap();
        assert_eq!(look(0, "Stamp"), look(0, "Stamp"));
        assert_ne!(look(0, "Stamp"), look(30, "Stamp"));
        assert_eq!(look(0, "Link"), look(30, "Link"));
        assert!(appearances(b"no PDF").is_none());
    }
}
