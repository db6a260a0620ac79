//! The pages of a part: what they inherit, and how they lie on the screen.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::coded::coded;
use super::compact::Compact;
use crate::pdf;
use crate::pdf::objects::{dict, inherited, list, resolve, value};

/// A page of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// The number of its object in the part.
    pub number: u32,
    /// How it is shown.
    pub view: View,
}

/// What is seen of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct View {
    /// Left, bottom, right, top of the visible part, in units of the page.
    pub area: [f32; 4],
    /// How far it is turned clockwise: 0, 90, 180 or 270 degrees.
    pub rotation: i64,
    /// Size of a unit in points.
    pub unit: f32,
}

coded! {
    Page { number, view }
    View { area, rotation, unit }
}

/// A page of a document with all that it inherits.
pub(crate) struct PageSource {
    /// Its object.
    pub id: ObjectId,
    /// What it says.
    pub dictionary: Dictionary,
    /// How it is shown.
    pub view: View,
}

/// What viewers assume where a page does not say how large it is: US Letter.
const DEFAULT_AREA: [f32; 4] = [0.0, 0.0, 612.0, 792.0];
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What belongs to the whole document, to an application, or to a show on the screen.
const LEFT_BEHIND: [&[u8]; 11] = [
    b"Parent",
    b"Metadata",
    b"PieceInfo",
    b"LastModified",
    b"Thumb",
    b"B",
    b"AA",
    b"Dur",
    b"Trans",
    b"TemplateInstantiated",
    b"PresSteps",
];

/// The pages of a document, in order.
pub(crate) fn read(document: &Document) -> Vec<PageSource> {
    pdf::pages(document).into_iter().filter_map(|id| source(document, id)).collect()
}

/// Takes pages with what they show. A page that the document has twice becomes two.
pub(super) fn take(sources: Vec<PageSource>, compact: &mut Compact) -> Vec<Page> {
    let mut seen = HashSet::new();
    let numbers: Vec<u32> = sources.iter().map(|source| compact.reserve(source.id)).collect();
    sources
        .into_iter()
        .zip(numbers)
        .map(|(mut source, number)| {
            if !seen.insert(source.id) {
                // The structure holds the first of them.
                source.dictionary.remove(b"StructParents");
            }
            compact.set(number, Object::Dictionary(source.dictionary));
            Page { number, view: source.view }
        })
        .collect()
}

fn source(document: &Document, id: ObjectId) -> Option<PageSource> {
    let mut dictionary = document.get_dictionary(id).ok()?.clone();
    for key in INHERITED {
        if let Some(value) = inherited(document, id, key) {
            dictionary.set(key, value.clone());
        }
    }
    for key in LEFT_BEHIND {
        dictionary.remove(key);
    }
    let media = area(document, &dictionary, b"MediaBox");
    if media.is_none() {
        let numbers: Vec<Object> = DEFAULT_AREA.iter().map(|side| Object::Real(*side)).collect();
        dictionary.set("MediaBox", numbers);
    }
    let media = media.unwrap_or(DEFAULT_AREA);
    let crop = area(document, &dictionary, b"CropBox").unwrap_or(media);
    let rotation = value(document, &dictionary, b"Rotate").and_then(|degrees| degrees.as_float().ok());
    let quarters =
        rotation.filter(|degrees| degrees.is_finite()).map_or(0.0, |degrees| (degrees / 90.0).round());
    let rotation = (quarters.rem_euclid(4.0) as i64) * 90;
    let unit = value(document, &dictionary, b"UserUnit").and_then(|unit| unit.as_float().ok());
    dictionary.set("Rotate", rotation);
    dictionary.set("Resources", resources(document, &dictionary));
    dictionary.set("Contents", contents(document, &dictionary));
    if dictionary.has(b"Annots") {
        // Directly, so that one can be added.
        dictionary.set("Annots", list(document, &dictionary, b"Annots").to_vec());
    }
    dictionary.set("Type", Object::Name(b"Page".to_vec()));
    let view = View {
        area: overlap(media, crop),
        rotation,
        unit: unit.filter(|unit| unit.is_finite() && *unit > 0.0).unwrap_or(1.0),
    };
    Some(PageSource { id, dictionary, view })
}

/// The resources of a page, with its drawings, so that one can be added.
fn resources(document: &Document, page: &Dictionary) -> Dictionary {
    let mut resources = dict(document, page, b"Resources").cloned().unwrap_or_default();
    let drawings = dict(document, &resources, b"XObject").cloned().unwrap_or_default();
    resources.set("XObject", drawings);
    resources
}

/// The streams with the content of a page.
fn contents(document: &Document, page: &Dictionary) -> Vec<Object> {
    let streams = list(document, page, b"Contents").iter();
    streams.filter(|stream| matches!(resolve(document, stream), Some(Object::Stream(_)))).cloned().collect()
}

/// A rectangle in the order left, bottom, right, top; none if it is empty or no rectangle.
fn area(document: &Document, page: &Dictionary, key: &[u8]) -> Option<[f32; 4]> {
    let sides = value(document, page, key)?.as_array().ok()?;
    let number = |side: &Object| resolve(document, side)?.as_float().ok();
    let sides: Vec<f32> = sides.iter().filter_map(number).collect();
    let &[a, b, c, d] = sides.as_slice() else { return None };
    let area = [a.min(c), b.min(d), a.max(c), b.max(d)];
    let sound = area.iter().all(|side| side.is_finite()) && area[0] < area[2] && area[1] < area[3];
    sound.then_some(area)
}

/// What is visible: the crop box as far as it lies in the media box.
fn overlap(media: [f32; 4], crop: [f32; 4]) -> [f32; 4] {
    let area = [media[0].max(crop[0]), media[1].max(crop[1]), media[2].min(crop[2]), media[3].min(crop[3])];
    if area[0] < area[2] && area[1] < area[3] { area } else { media }
}

impl View {
    /// Width and height as they are seen, in units of the page.
    pub(crate) fn size(&self) -> (f32, f32) {
        let [left, bottom, right, top] = self.area;
        match self.rotation {
            90 | 270 => (top - bottom, right - left),
            _ => (right - left, top - bottom),
        }
    }

    /// Width and height as they are seen, in points.
    pub(crate) fn size_in_points(&self) -> (f32, f32) {
        let (width, height) = self.size();
        (width * self.unit, height * self.unit)
    }

    /// The matrix that takes what is drawn on the page to where it is seen, in points from the lower left corner.
    pub(crate) fn seen(&self) -> [f32; 6] {
        let [left, bottom, right, top] = self.area;
        let matrix = match self.rotation {
            90 => [0.0, -1.0, 1.0, 0.0, -bottom, right],
            180 => [-1.0, 0.0, 0.0, -1.0, right, top],
            270 => [0.0, 1.0, -1.0, 0.0, top, -left],
            _ => [1.0, 0.0, 0.0, 1.0, -left, -bottom],
        };
        matrix.map(|entry| entry * self.unit)
    }

    /// The upper left corner as it is seen, in units of the page.
    pub(crate) fn upper_left(&self) -> (f32, f32) {
        let [_, _, c, d, e, f] = self.upright();
        let (_, height) = self.size();
        (c * height + e, d * height + f)
    }

    /// The matrix that takes what is drawn upright, from the lower left corner as it is seen, to its place on the page.
    pub(crate) fn upright(&self) -> [f32; 6] {
        let [left, bottom, right, top] = self.area;
        match self.rotation {
            90 => [0.0, 1.0, -1.0, 0.0, right, bottom],
            180 => [-1.0, 0.0, 0.0, -1.0, right, top],
            270 => [0.0, -1.0, 1.0, 0.0, left, top],
            _ => [1.0, 0.0, 0.0, 1.0, left, bottom],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_left_corner_as_it_is_seen_is_found_whatever_the_rotation() {
        let corner = |rotation| {
            let view = View { area: [10.0, 20.0, 110.0, 220.0], rotation, unit: 1.0 };
            let [a, b, c, d, e, f] = view.upright();
            let (width, height) = view.size();
            assert_eq!(view.upper_left(), (c * height + e, d * height + f));
            // The lower left corner and the upper right one.
            ((e, f), (a * width + c * height + e, b * width + d * height + f))
        };
        assert_eq!(corner(0), ((10.0, 20.0), (110.0, 220.0)));
        assert_eq!(corner(90), ((110.0, 20.0), (10.0, 220.0)));
        assert_eq!(corner(180), ((110.0, 220.0), (10.0, 20.0)));
        assert_eq!(corner(270), ((10.0, 220.0), (110.0, 20.0)));
    }

    #[test]
    fn what_is_seen_is_where_it_is_drawn_upright_whatever_the_rotation() {
        for rotation in [0, 90, 180, 270] {
            let view = View { area: [10.0, 20.0, 110.0, 220.0], rotation, unit: 2.0 };
            let [a, b, c, d, e, f] = view.upright();
            let (x, y) = (30.0, 40.0);
            let (on_page_x, on_page_y) = (a * x + c * y + e, b * x + d * y + f);
            let [a, b, c, d, e, f] = view.seen();
            let back = (a * on_page_x + c * on_page_y + e, b * on_page_x + d * on_page_y + f);
            assert_eq!(back, (60.0, 80.0), "{rotation}");
        }
        let turned = View { area: [0.0, 0.0, 100.0, 200.0], rotation: 90, unit: 2.0 };
        assert_eq!(turned.size_in_points(), (400.0, 200.0));
    }

    #[test]
    fn only_what_lies_in_both_boxes_is_seen() {
        assert_eq!(overlap([0.0, 0.0, 10.0, 10.0], [-5.0, 2.0, 5.0, 20.0]), [0.0, 2.0, 5.0, 10.0]);
        assert_eq!(overlap([0.0, 0.0, 10.0, 10.0], [20.0, 20.0, 30.0, 30.0]), [0.0, 0.0, 10.0, 10.0]);
    }
}
