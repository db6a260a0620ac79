//! What those who worked on a document leave in it: comments and marks, redactions never carried out, text that is only
//! hidden.
//!
//! Says what is there and does not judge it.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};
use serde::{Deserialize, Serialize};

use super::objects::{as_dict, inherited, list, name, pages, text as text_of};
use super::text::{PageText, PdfReading, Rect, Sight};

/// Something that was left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// The page, counted from 1.
    pub page: usize,
    /// What it is.
    pub kind: LeftoverKind,
    /// What a comment says; for anything else the text that it is on, or that is hidden. May be empty.
    pub text: String,
    /// Who wrote it, if it says so.
    pub author: Option<String>,
}

/// What was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftoverKind {
    /// A note, a text box, a stamp, a drawing of a reviewer.
    Comment,
    /// Text that is highlighted or underlined.
    Highlight,
    /// Text that is struck out.
    StrikeOut,
    /// Text that is marked to be removed, and still there.
    Redaction,
    /// Text under a filled area or a picture.
    Covered,
    /// Text in a layer that is off.
    HiddenLayer,
    /// Text outside of the page, or clipped away.
    Outside,
    /// Text in the colour of what lies under it.
    PaperColoured,
    /// Text without paint, on a page that is no scan.
    Invisible,
}

impl LeftoverKind {
    /// Names it in German, in the singular.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "Kommentar",
            Self::Highlight => "Markierung",
            Self::StrikeOut => "Streichung",
            Self::Redaction => "Schwärzung, die nicht angewendet ist",
            Self::Covered => "verdeckter Text",
            Self::HiddenLayer => "Text in einer ausgeblendeten Ebene",
            Self::Outside => "Text außerhalb der Seite",
            Self::PaperColoured => "Text in der Farbe des Papiers",
            Self::Invisible => "unsichtbarer Text",
        }
    }
}

/// Finds what was left behind in a document that was read: page by page, first the marks, then hidden text.
pub fn leftovers(document: &Document, reading: &PdfReading) -> Vec<Leftover> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (index, id) in pages(document).into_iter().enumerate().filter(|(_, id)| seen.insert(*id)) {
        let number = index + 1;
        let position = reading.pages.binary_search_by_key(&number, |page| page.number);
        let page = position.ok().and_then(|at| reading.pages.get(at));
        let own = document.get_dictionary(id).map_or(&[][..], |page| list(document, page, b"Annots"));
        let annotations = own.iter().filter_map(|annotation| as_dict(document, annotation));
        found.extend(annotations.flat_map(|annotation| marks(document, (number, id), page, annotation)));
        let is_scan = reading.pictures.iter().any(|picture| picture.page == number && picture.scan);
        found.extend(page.into_iter().flat_map(|page| hidden(page, is_scan)));
    }
    found
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
    match name(document, annotation, b"Subtype").unwrap_or_default() {
        b"Highlight" | b"Underline" | b"Squiggly" => mark(Highlight),
        b"StrikeOut" => mark(StrikeOut),
        b"Redact" => mark(Redaction),
        b"Square" | b"Circle" | b"Polygon" => {
            let is_filled = !list(document, annotation, b"IC").is_empty();
            let covered = Some(leftover(Covered, under())).filter(|it| is_filled && !it.text.is_empty());
            [comment()].into_iter().chain(covered).collect()
        }
        b"Text" | b"FreeText" | b"Caret" | b"Stamp" | b"Ink" | b"Line" | b"PolyLine" | b"FileAttachment"
        | b"Sound" => vec![comment()],
        _ => Vec::new(),
    }
}

/// Gives the text of a page in these places.
fn text_under(page: &PageText, areas: &[Rect]) -> String {
    let inside = |rect: &Rect| {
        let (x, y) = ((rect.x0 + rect.x1) / 2.0, (rect.y0 + rect.y1) / 2.0);
        areas.iter().any(|area| area.x0 <= x && x <= area.x1 && area.y0 <= y && y <= area.y1)
    };
    chosen(page, |glyph| inside(&page.glyphs[glyph].rect))
}

/// Gives the text of the chosen glyphs line by line, with a space where others are between them.
fn chosen(page: &PageText, is_chosen: impl Fn(usize) -> bool) -> String {
    let run = &page.lines;
    let ends = run.glyphs.iter().skip(1).map(|(at, _)| *at as usize).chain([run.text.len()]);
    let mut text = String::new();
    let mut gap = false;
    for ((start, glyph), end) in run.glyphs.iter().zip(ends) {
        let is_chosen = (*glyph as usize) < page.glyphs.len() && is_chosen(*glyph as usize);
        if is_chosen {
            text.push_str(if gap && !text.is_empty() { " " } else { "" });
            text.push_str(run.text.get(*start as usize..end).unwrap_or_default());
        }
        gap = !is_chosen;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Gives the areas of an annotation, on the page as it is shown.
fn areas(document: &Document, page: ObjectId, text: &PageText, annotation: &Dictionary) -> Vec<Rect> {
    let numbers = |key: &[u8]| -> Vec<f32> {
        let all = list(document, annotation, key).iter();
        all.filter_map(|number| document.dereference(number).ok()?.1.as_float().ok()).collect()
    };
    let quads = numbers(b"QuadPoints");
    let quads = quads.as_chunks::<8>().0.iter().map(|quad| quad.to_vec());
    let mut areas: Vec<Vec<f32>> = quads.collect();
    if areas.is_empty() {
        areas.push(numbers(b"Rect"));
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

/// Finds text of a page that is there and not seen.
fn hidden(page: &PageText, is_scan: bool) -> Vec<Leftover> {
    let kinds = [
        (Sight::Covered, LeftoverKind::Covered),
        (Sight::HiddenLayer, LeftoverKind::HiddenLayer),
        (Sight::Outside, LeftoverKind::Outside),
        (Sight::PaperColoured, LeftoverKind::PaperColoured),
        (Sight::Invisible, LeftoverKind::Invisible),
    ];
    // Behind a scan the text is invisible, or the scan lies over it.
    let behind_scan = [Sight::Invisible, Sight::Covered];
    let kinds = kinds.into_iter().filter(|(sight, _)| !(is_scan && behind_scan.contains(sight)));
    let found = kinds.filter_map(|(sight, kind)| {
        if !page.glyphs.iter().any(|glyph| glyph.sight == sight) {
            return None;
        }
        let text = chosen(page, |glyph| page.glyphs[glyph].sight == sight);
        (!text.is_empty()).then_some(Leftover { page: page.number, kind, text, author: None })
    });
    found.collect()
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
}
