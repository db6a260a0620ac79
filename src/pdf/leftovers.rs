//! What those who worked on a document leave in it: comments and marks, redactions never carried out, text that is only
//! hidden.
//!
//! Says what is there and does not judge it.

mod hidden;
mod leftover;

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::objects::{as_dict, dict, inherited, list, name, pages, text as text_of};
use super::text::{PageText, PdfReading, PicturePage, Rect};
use hidden::hidden;
use leftover::chosen;
pub use leftover::{Leftover, LeftoverKind};

/// The annotations by which people speak to each other about a document, or mark something in it (ISO 32000-2, 12.5.6);
/// all others belong to the document.
pub(crate) const MARKS: [&[u8]; 18] = [
    b"Text",
    b"FreeText",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Caret",
    b"Stamp",
    b"Ink",
    b"Popup",
    b"FileAttachment",
    b"Sound",
    b"Redact",
];

/// A page of which pictures cover so much is a scan, even if a letterhead or a stamp is printed on it.
const WHOLE_PAGE: f32 = 0.8;
/// Lines that are as wide, in points, cover text.
const WIDE: f32 = 5.0;
/// Paint with less covers nothing, nor does a marker in a colour that is lighter.
const OPAQUE: f32 = 0.9;
const DARK: f32 = 0.4;

/// Finds what was left behind in a document that was read: page by page, first the marks, then hidden text.
pub(super) fn leftovers(document: &Document, reading: &PdfReading) -> Vec<Leftover> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (index, id) in pages(document).into_iter().enumerate().filter(|(_, id)| seen.insert(*id)) {
        let number = index + 1;
        let position = reading.pages.binary_search_by_key(&number, |page| page.number);
        let page = position.ok().and_then(|at| reading.pages.get(at));
        let own = document.get_dictionary(id).map_or(&[][..], |page| list(document, page, b"Annots"));
        let annotations = own.iter().filter_map(|annotation| as_dict(document, annotation));
        found.extend(annotations.flat_map(|annotation| marks(document, (number, id), page, annotation)));
        let is_scan = |picture: &PicturePage| picture.scan || picture.share >= WHOLE_PAGE;
        let is_scan = reading.pictures.iter().any(|picture| picture.page == number && is_scan(picture));
        found.extend(page.into_iter().flat_map(|page| hidden(page, is_scan, is_cropped(document, id))));
    }
    found
}

/// Says whether a page goes on beyond what is shown of it.
fn is_cropped(document: &Document, page: ObjectId) -> bool {
    let sides = |key: &[u8]| inherited(document, page, key);
    sides(b"CropBox").is_some_and(|crop| sides(b"MediaBox") != Some(crop))
}

/// Says what an annotation is, if a reviewer made it.
fn marks(
    document: &Document,
    (number, id): (usize, ObjectId),
    page: Option<&PageText>,
    annotation: &Dictionary,
) -> Vec<Leftover> {
    use LeftoverKind::{Comment, Covered, Highlight, Redaction, StrikeOut};
    let said = || text_of(document, annotation, b"Contents").unwrap_or_default().trim().to_owned();
    let author = text_of(document, annotation, b"T").filter(|author| !author.trim().is_empty());
    let under =
        || page.map_or_else(String::new, |page| text_under(page, &areas(document, id, page, annotation)));
    let leftover = |kind, text| Leftover { page: number, kind, text, author: author.clone() };
    let comment = || leftover(Comment, said());
    let mark = |kind| {
        let note = Some(comment()).filter(|comment| !comment.text.is_empty());
        [leftover(kind, under())].into_iter().chain(note).collect()
    };
    let with_covered = |covers: bool| {
        let covers = covers && opacity(document, annotation) >= OPAQUE;
        let covered = Some(leftover(Covered, under())).filter(|it| covers && !it.text.is_empty());
        [comment()].into_iter().chain(covered).collect()
    };
    match name(document, annotation, b"Subtype").unwrap_or_default() {
        b"Highlight" if is_dark(document, annotation) => with_covered(true),
        b"Highlight" | b"Underline" | b"Squiggly" => mark(Highlight),
        b"StrikeOut" => mark(StrikeOut),
        b"Redact" => mark(Redaction),
        b"Square" | b"Circle" | b"Polygon" => with_covered(!numbers(document, annotation, b"IC").is_empty()),
        b"FreeText" => with_covered(!numbers(document, annotation, b"C").is_empty()),
        b"Ink" | b"Line" | b"PolyLine" => with_covered(width(document, annotation) >= WIDE),
        // A window belongs to the mark that it is opened from.
        b"Popup" => Vec::new(),
        kind if MARKS.contains(&kind) => vec![comment()],
        _ => Vec::new(),
    }
}

/// Gives the numbers under a key.
fn numbers(document: &Document, annotation: &Dictionary, key: &[u8]) -> Vec<f32> {
    let all = list(document, annotation, key).iter();
    all.filter_map(|number| document.dereference(number).ok()?.1.as_float().ok()).collect()
}

fn opacity(document: &Document, annotation: &Dictionary) -> f32 {
    numbers(document, annotation, b"CA").first().copied().unwrap_or(1.0)
}

/// Gives the width of the lines of a drawing (ISO 32000-2, 12.5.4).
fn width(document: &Document, annotation: &Dictionary) -> f32 {
    let style = dict(document, annotation, b"BS");
    let of_style = style.and_then(|style| numbers(document, style, b"W").first().copied());
    of_style.or_else(|| numbers(document, annotation, b"Border").get(2).copied()).unwrap_or(1.0)
}

/// Says whether a marker is so dark that it hides what it marks.
fn is_dark(document: &Document, annotation: &Dictionary) -> bool {
    let parts = numbers(document, annotation, b"C");
    match parts[..] {
        [grey] => grey < DARK,
        [..] if parts.len() == 3 => parts.iter().all(|part| *part < DARK),
        [cyan, magenta, yellow, black] => black > 1.0 - DARK || cyan.min(magenta).min(yellow) > 1.0 - DARK,
        _ => false,
    }
}

/// Gives the text of a page in these places.
fn text_under(page: &PageText, areas: &[Rect]) -> String {
    chosen(page, |glyph| areas.iter().any(|area| area.contains_middle(&page.glyphs[glyph].rect)))
}

/// Gives the areas of an annotation, on the page as it is shown.
fn areas(document: &Document, page: ObjectId, text: &PageText, annotation: &Dictionary) -> Vec<Rect> {
    let quads = numbers(document, annotation, b"QuadPoints");
    let quads = quads.as_chunks::<8>().0.iter().map(|quad| quad.to_vec());
    let mut areas: Vec<Vec<f32>> = quads.collect();
    if areas.is_empty() {
        areas.push(numbers(document, annotation, b"Rect"));
    }
    let turned = Turned::new(document, page, text.size);
    areas.iter().filter_map(|points| turned.area(points)).collect()
}

/// How a page is turned, and where its visible part begins.
struct Turned {
    rotation: i64,
    origin: (f32, f32),
    size: (f32, f32),
}

impl Turned {
    fn new(document: &Document, page: ObjectId, size: (f32, f32)) -> Self {
        let corners = |key: &[u8]| -> Option<[f32; 4]> {
            let all: Vec<f32> = inherited(document, page, key)?
                .as_array()
                .ok()?
                .iter()
                .filter_map(|number| document.dereference(number).ok()?.1.as_float().ok())
                .collect();
            let [a, b, c, d] = all.try_into().ok()?;
            Some([a.min(c), b.min(d), a.max(c), b.max(d)])
        };
        let media = corners(b"MediaBox").unwrap_or_default();
        let crop = corners(b"CropBox").unwrap_or(media);
        let rotation =
            inherited(document, page, b"Rotate").map(Object::as_i64).and_then(Result::ok).unwrap_or(0);
        Self {
            rotation: rotation.rem_euclid(360),
            origin: (crop[0].max(media[0]), crop[1].max(media[1])),
            size,
        }
    }

    /// Gives the area of some points.
    fn area(&self, points: &[f32]) -> Option<Rect> {
        let corners = points.as_chunks::<2>().0.iter().map(|[x, y]| {
            let (x, y) = (x - self.origin.0, y - self.origin.1);
            let (x, y) = match self.rotation {
                90 => (y, self.size.1 - x),
                180 => (self.size.0 - x, self.size.1 - y),
                270 => (self.size.0 - y, x),
                _ => (x, y),
            };
            Rect { x0: x, y0: y, x1: x, y1: y }
        });
        corners.reduce(Rect::with)
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;
    use crate::pdf::text::tests::{Page, annotation, text};
    use crate::pdf::text::{TextLimits, read};

    fn found(mut page: Page) -> Vec<Leftover> {
        let mut bytes = Vec::new();
        page.document.save_to(&mut bytes).unwrap();
        let document = crate::pdf::load(&bytes).unwrap();
        leftovers(&document, &read(&bytes, &TextLimits::default(), &mut |_, _, _| {}))
    }

    fn left(kind: LeftoverKind, text: &str, author: Option<&str>) -> Leftover {
        Leftover { page: 1, kind, text: text.into(), author: author.map(str::to_owned) }
    }

    const CONTENT: &str = "BT /F1 10 Tf 20 100 Td (Preis 4 Euro) Tj 0 -20 Td (offen) Tj ET";

    /// Adds an annotation of a kind on the first line of the content.
    fn mark(kind: &str) -> Dictionary {
        let corners = [18, 110, 100, 110, 18, 97, 100, 97].map(Object::from).to_vec();
        let rect = [18, 97, 100, 110].map(Object::from).to_vec();
        dictionary! { "Subtype" => kind, "QuadPoints" => corners, "Rect" => rect, "T" => text("Amt 20") }
    }

    #[test]
    fn marks_of_reviewers_are_found_with_their_authors() {
        use LeftoverKind::{Comment, Highlight, Redaction, StrikeOut};
        let kinds = [
            ("Highlight", Highlight),
            ("StrikeOut", StrikeOut),
            ("Redact", Redaction),
            ("Underline", Highlight),
        ];
        for (name, kind) in kinds {
            let mut page = Page::saying(CONTENT);
            annotation(&mut page, mark(name));
            assert_eq!(found(page), [left(kind, "Preis 4 Euro", Some("Amt 20"))]);
        }
        let mut page = Page::saying(CONTENT);
        let mut noted = mark("Highlight");
        noted.set("Contents", text("zu teuer?"));
        annotation(&mut page, noted);
        annotation(&mut page, dictionary! { "Subtype" => "Text", "Contents" => text("bitte streichen") });
        annotation(&mut page, dictionary! { "Subtype" => "Link" });
        let expected = [
            left(Highlight, "Preis 4 Euro", Some("Amt 20")),
            left(Comment, "zu teuer?", Some("Amt 20")),
            left(Comment, "bitte streichen", None),
        ];
        assert_eq!(found(page), expected);
    }

    #[test]
    fn marks_are_found_on_turned_and_cut_pages() {
        for rotation in [90, 180, 270] {
            let mut page = Page::saying(CONTENT);
            annotation(&mut page, mark("Redact"));
            let id = page.page;
            let dict = page.document.get_dictionary_mut(id).unwrap();
            dict.set("Rotate", rotation);
            dict.set("CropBox", [10, 20, 290, 190].map(Object::from).to_vec());
            assert_eq!(
                found(page),
                [left(LeftoverKind::Redaction, "Preis 4 Euro", Some("Amt 20"))],
                "{rotation}"
            );
        }
    }

    #[test]
    fn hidden_text_is_found_but_not_behind_scans() {
        use LeftoverKind::{Covered, Invisible, Outside, PaperColoured};
        let of = |content: &str| found(Page::saying(content));
        assert_eq!(of(CONTENT), []);
        assert_eq!(of(&format!("{CONTENT} 15 95 100 20 re f")), [left(Covered, "Preis 4 Euro", None)]);
        assert_eq!(of(&format!("1 g {CONTENT}")), [left(PaperColoured, "Preis 4 Euro offen", None)]);
        assert_eq!(of("BT /F1 10 Tf 400 100 Td (weg) Tj ET"), [left(Outside, "weg", None)]);
        assert_eq!(of("BT /F1 10 Tf 3 Tr (weg) Tj ET"), [left(Invisible, "weg", None)]);
        let mut page = Page::saying(CONTENT);
        let mut square = mark("Square");
        square.set("IC", vec![Object::from(0)]);
        annotation(&mut page, square);
        let expected =
            [left(LeftoverKind::Comment, "", Some("Amt 20")), left(Covered, "Preis 4 Euro", Some("Amt 20"))];
        assert_eq!(found(page), expected);
    }

    /// The content with a grey picture over its first line, which shows through as much as this.
    fn under_picture(alpha: u8) -> Page {
        let mut page = Page::saying(&format!("{CONTENT} q 200 0 0 20 10 95 cm /X Do Q"));
        let dots = |content: u8| {
            let dictionary = dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1,
                "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
            };
            lopdf::Stream::new(dictionary, vec![content])
        };
        let mask = page.document.add_object(dots(alpha));
        let mut picture = dots(128);
        picture.dict.set("SMask", mask);
        let picture = page.document.add_object(picture);
        let id = page.page;
        let page_dict = page.document.get_dictionary_mut(id).unwrap();
        let mut resources = page_dict.get(b"Resources").and_then(Object::as_dict).unwrap().clone();
        resources.set("XObject", dictionary! { "X" => picture });
        page_dict.set("Resources", resources);
        page
    }

    #[test]
    fn a_picture_covers_text_unless_it_shows_through() {
        assert_eq!(found(under_picture(255)), [left(LeftoverKind::Covered, "Preis 4 Euro", None)]);
        assert_eq!(found(under_picture(40)), [], "as a signature over the lines of a letter");
    }

    #[test]
    fn recognized_text_lies_behind_its_picture() {
        let picture = "q 100 0 0 100 10 10 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q";
        let header = "BT /F1 10 Tf 20 180 Td (Anlage 2) Tj ET";
        let behind = "BT /F1 10 Tf 3 Tr 20 50 Td (erkannt) Tj ET";
        let beside = "BT /F1 10 Tf 3 Tr 200 50 Td (heimlich) Tj ET";
        let of = |content: &str| found(Page::saying(content));
        assert_eq!(of(&format!("{picture} {header} {behind}")), []);
        let heimlich = left(LeftoverKind::Invisible, "heimlich", None);
        assert_eq!(of(&format!("{picture} {header} {behind} {beside}")), [heimlich]);
    }

    #[test]
    fn what_is_drawn_over_text_to_hide_it_is_told() {
        use LeftoverKind::{Comment, Covered, Highlight};
        let black = || vec![Object::from(0), 0.into(), 0.into()];
        let of = |mut annotation: Dictionary, key: &str, value: Object| {
            annotation.set(key, value);
            let mut page = Page::saying(CONTENT);
            crate::pdf::text::tests::annotation(&mut page, annotation);
            found(page).into_iter().map(|left| left.kind).collect::<Vec<_>>()
        };
        assert_eq!(of(mark("Highlight"), "C", black().into()), [Comment, Covered]);
        let yellow = vec![Object::from(1), 1.into(), 0.into()];
        assert_eq!(of(mark("Highlight"), "C", yellow.into()), [Highlight]);
        assert_eq!(of(mark("FreeText"), "C", black().into()), [Comment, Covered]);
        assert_eq!(of(mark("Ink"), "BS", dictionary! { "W" => 12 }.into()), [Comment, Covered]);
        assert_eq!(of(mark("Ink"), "BS", dictionary! { "W" => 1 }.into()), [Comment]);
    }
}
