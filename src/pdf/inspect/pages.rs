//! Sizes and labels of pages.

use lopdf::{Dictionary, Document, Object, ObjectId};
use serde::Serialize;

use crate::pdf::objects::{as_dict, dict, inherited, integer, name, resolve, text};
use crate::pdf::trees::tree;

/// Pages of the same size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Format {
    /// How many there are.
    pub pages: usize,
    /// The first of them, counted from 1.
    pub first: usize,
    /// Width in millimetres as one sees the page, if it says how large it is.
    pub width: Option<u32>,
    /// Height in millimetres.
    pub height: Option<u32>,
    /// By how many degrees it is turned clockwise to be seen.
    pub rotation: i64,
}

/// A run of pages that are numbered on from its first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Its first page, counted from 1.
    pub page: i64,
    /// The label of that page.
    pub label: String,
}

const MAX_FORMATS: usize = 1000;
const MAX_LABELS: usize = 1000;

/// The sizes of pages, in the order in which they first appear.
pub fn formats(document: &Document, pages: &[ObjectId]) -> Vec<Format> {
    let mut formats: Vec<Format> = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let rotation = inherited(document, *page, b"Rotate").and_then(|it| it.as_i64().ok());
        let rotation = rotation.unwrap_or(0).rem_euclid(360);
        let mut size = size(document, *page);
        if rotation % 180 == 90 {
            size = size.map(|(width, height)| (height, width));
        }
        let (width, height) = size.unzip();
        let known =
            |format: &Format| (format.width, format.height, format.rotation) == (width, height, rotation);
        match formats.iter().position(known) {
            Some(known) => formats[known].pages += 1,
            None if formats.len() < MAX_FORMATS => {
                formats.push(Format { pages: 1, first: at + 1, width, height, rotation });
            }
            None => {}
        }
    }
    formats
}

/// What is seen of a page, in whole millimetres.
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

/// How the pages are numbered.
pub fn labels(document: &Document) -> Vec<Label> {
    let root = document.catalog().ok().and_then(|catalog| dict(document, catalog, b"PageLabels"));
    let entries = root.map(|root| tree(document, root, b"Nums").entries).unwrap_or_default();
    let label = |(page, label): (&Object, &Object)| {
        Some(Label {
            page: page.as_i64().ok()?.saturating_add(1),
            label: first_label(document, as_dict(document, label)?),
        })
    };
    entries.into_iter().filter_map(label).take(MAX_LABELS).collect()
}

fn first_label(document: &Document, label: &Dictionary) -> String {
    let start = integer(document, label, b"St").unwrap_or(1);
    let number = match name(document, label, b"S") {
        Some(b"D") => start.to_string(),
        Some(b"r") => roman(start).to_lowercase(),
        Some(b"R") => roman(start),
        Some(b"a") => letters(start).to_lowercase(),
        Some(b"A") => letters(start),
        _ => String::new(),
    };
    text(document, label, b"P").unwrap_or_default() + &number
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

/// A to Z, then AA to ZZ.
fn letters(number: i64) -> String {
    let at = usize::try_from(number - 1).unwrap_or(0).min(9999);
    char::from(b'A' + (at % 26) as u8).to_string().repeat(at / 26 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_labels() {
        assert_eq!([4, 9, 1994].map(roman), ["IV", "IX", "MCMXCIV"]);
        assert_eq!([1, 26, 27].map(letters), ["A", "Z", "AA"]);
        assert_eq!([i64::MIN, i64::MAX].map(roman)[0], "");
    }
}
