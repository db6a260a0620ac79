//! Sizes and labels of pages.

use lopdf::{Dictionary, Document, Object, ObjectId};
use serde::Serialize;

use crate::pdf::objects::{as_dict, dict, inherited, integer, name, resolve, text};
use crate::pdf::trees::tree;

/// Pages of the same size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageFormat {
    /// The number of pages.
    pub pages: usize,
    /// The first of them, counted from 1.
    pub first: usize,
    /// The width in millimetres of the page as displayed, if it has a size.
    pub width: Option<u32>,
    /// The height in millimetres.
    pub height: Option<u32>,
    /// The degrees by which it is turned clockwise for display.
    pub rotation: i64,
}

/// A run of pages that are numbered consecutively.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Its first page, counted from 1.
    pub page: i64,
    /// The label of that page.
    pub label: String,
}

const MAX_FORMATS: usize = 1000;
const MAX_LABELS: usize = 1000;

/// Counts the sizes of pages, in the order in which they first appear.
pub(super) fn formats(document: &Document, pages: &[ObjectId]) -> Vec<PageFormat> {
    let mut formats: Vec<PageFormat> = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let rotation = inherited(document, *page, b"Rotate").and_then(|it| it.as_i64().ok());
        let rotation = rotation.unwrap_or(0).rem_euclid(360);
        let mut size = size(document, *page);
        if rotation % 180 == 90 {
            size = size.map(|(width, height)| (height, width));
        }
        let (width, height) = size.unzip();
        let known =
            |format: &PageFormat| (format.width, format.height, format.rotation) == (width, height, rotation);
        match formats.iter().position(known) {
            Some(known) => formats[known].pages += 1,
            None if formats.len() < MAX_FORMATS => {
                formats.push(PageFormat { pages: 1, first: at + 1, width, height, rotation });
            }
            None => {}
        }
    }
    formats
}

/// Returns the size of the visible part of a page, in whole millimetres.
fn size(document: &Document, page: ObjectId) -> Option<(u32, u32)> {
    const MM_PER_POINT: f32 = 25.4 / 72.0;
    let page_box =
        inherited(document, page, b"CropBox").or_else(|| inherited(document, page, b"MediaBox"))?;
    let number = |object: &Object| resolve(document, object)?.as_float().ok();
    let [left, bottom, right, top] = page_box.as_array().ok()?.as_slice() else {
        return None;
    };
    let unit = document.get_dictionary(page).ok().and_then(|page| number(page.get(b"UserUnit").ok()?));
    let length = |from, to| {
        let points = number(to)? - number(from)?;
        Some((points.abs() * unit.unwrap_or(1.0) * MM_PER_POINT).round() as u32)
    };
    Some((length(left, right)?, length(bottom, top)?))
}

/// Returns the page labels, with an entry for each run of consecutive labels.
pub(super) fn labels(document: &Document) -> Vec<Label> {
    let root = document.catalog().ok().and_then(|catalog| dict(document, catalog, b"PageLabels"));
    let entries = root.map(|root| tree(document, root, b"Nums").entries).unwrap_or_default();
    let mut labels = Vec::new();
    let mut last: Option<(i64, Numbering<'_>)> = None;
    for (page, label) in entries {
        let (Ok(page), Some(label)) = (page.as_i64(), as_dict(document, label)) else {
            continue;
        };
        let numbering = Numbering::read(document, label);
        let goes_on = last.as_ref().is_some_and(|(from, before)| {
            let numbered = page.saturating_sub(*from).saturating_add(before.start);
            (before.style, &before.prefix, numbered) == (numbering.style, &numbering.prefix, numbering.start)
        });
        if !goes_on && labels.len() < MAX_LABELS {
            labels.push(Label { page: page.saturating_add(1), label: numbering.first() });
        }
        last = Some((page, numbering));
    }
    labels
}

/// The numbering of a run of pages.
struct Numbering<'a> {
    prefix: String,
    style: Option<&'a [u8]>,
    start: i64,
}

impl<'a> Numbering<'a> {
    fn read(document: &'a Document, label: &'a Dictionary) -> Self {
        Self {
            prefix: text(document, label, b"P").unwrap_or_default(),
            style: name(document, label, b"S"),
            start: integer(document, label, b"St").unwrap_or(1),
        }
    }

    /// Writes the label of the first page.
    fn first(&self) -> String {
        let number = match self.style {
            Some(b"D") => self.start.to_string(),
            Some(b"r") => roman(self.start).to_lowercase(),
            Some(b"R") => roman(self.start),
            Some(b"a") => letters(self.start).to_lowercase(),
            Some(b"A") => letters(self.start),
            _ => String::new(),
        };
        format!("{}{number}", self.prefix)
    }
}

fn roman(number: i64) -> String {
    const DIGITS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number.clamp(0, 9999);
    let mut roman = String::new();
    for (value, digit) in DIGITS {
        while rest >= value {
            roman += digit;
            rest -= value;
        }
    }
    roman
}

/// Writes a number in letters: A to Z, then AA to ZZ.
fn letters(number: i64) -> String {
    let at = usize::try_from(number.saturating_sub(1)).unwrap_or(0).min(9999);
    char::from(b'A' + (at % 26) as u8).to_string().repeat(at / 26 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_labels() {
        assert_eq!([4, 9, 1994].map(roman), ["IV", "IX", "MCMXCIV"]);
        assert_eq!([1, 26, 27].map(letters), ["A", "Z", "AA"]);
        assert_eq!(roman(i64::MIN), "");
        assert_eq!(letters(i64::MIN), "A");
    }
}
