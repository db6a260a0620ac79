//! Puts the drawings of pages into sheets that printpdf made.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object, ObjectId, Stream};

use super::drawing::{Printable, reals};
use super::sheets::{self, SheetSide};
use crate::bind::builder::{Builder, CodedObject, Trailer};
use crate::bind::deflate::compressed;
use crate::bind::numbering::reference;
use crate::pdf::{self, objects};

/// What sheets say of themselves, and what is written with.
#[derive(Debug, Clone, Copy)]
pub(super) struct SheetsAbout<'a> {
    /// The title of the document.
    pub title: &'a str,
    /// What tells this file from all others: hexadecimal digits.
    pub identity: &'a str,
    /// The font of the words on the sheets.
    pub font: &'a [u8],
}

/// Draws the pages of a document on sheets. An error says what printpdf made that cannot be read.
pub(super) fn impose(
    source: &Printable,
    sides: &[SheetSide],
    about: SheetsAbout<'_>,
) -> Result<Vec<u8>, String> {
    let skeleton = sheets::skeleton(sides, about.title, about.font);
    let mut made = pdf::load(&skeleton).map_err(|error| error.to_string())?;
    let first = source.objects.keys().next_back().map_or(1, |(number, _)| number + 1);
    made.renumber_objects_with(first);
    let pages = pdf::pages(&made);
    let resources: Vec<Dictionary> = pages
        .iter()
        .zip(sides)
        .map(|(page, side)| {
            let own = made.get_dictionary(*page).ok();
            let own =
                own.and_then(|page| objects::dict(&made, page, b"Resources")).cloned().unwrap_or_default();
            with_drawings(own, source, side)
        })
        .collect();
    for ((page, side), resources) in pages.iter().zip(sides).zip(resources) {
        if let Ok(page) = made.get_dictionary_mut(*page) {
            page.set("Resources", resources);
            // printpdf writes width and height where the upper right corner belongs.
            page.set("TrimBox", around(side, 0.0));
            page.set("BleedBox", around(side, side.bleed));
            page.remove(b"Annots");
        }
    }
    let mut catalog = made.catalog().cloned().unwrap_or_default();
    catalog.set("Lang", Object::string_literal("de-DE"));
    if let Some(layers) = &source.layers {
        catalog.set("OCProperties", layers.clone());
    }
    let information = made.add_object(information(about.title));
    let root = Object::Dictionary(catalog.clone());
    let wanted = reached(&made.objects, &source.objects, [&root, &Object::Reference(information)]);
    let last = made.max_id.max(first);
    let trailer =
        Trailer { catalog, information: Some(reference(information.0)), identity: about.identity.to_owned() };
    let wanted = wanted.into_iter().map(|(number, object)| (number, CodedObject::new(&object)));
    Ok(Builder::new(wanted, last).finish(trailer, Vec::new()))
}

/// The resources of a sheet, with the drawings of its own pages and no others.
fn with_drawings(mut resources: Dictionary, source: &Printable, side: &SheetSide) -> Dictionary {
    let mut drawings = Dictionary::new();
    for placed in &side.placed {
        if let Some(id) = source.drawings.get(placed.page) {
            drawings.set(sheets::name(placed.page), Object::Reference(*id));
        }
    }
    resources.set("XObject", drawings);
    resources.remove(b"Shading");
    resources.remove(b"ExtGState");
    if side.words.is_empty() {
        resources.remove(b"Font");
    }
    resources
}

/// The paper of a side as it is when it is cut, and so much more on each edge.
fn around(side: &SheetSide, more: f32) -> Vec<Object> {
    let (width, height) = side.paper;
    let (from, over) = (side.margin - more, side.margin + more);
    reals(&[from, from, width + over, height + over])
}

fn information(title: &str) -> Dictionary {
    let mut information = Dictionary::new();
    information.set("Title", lopdf::text_string(title));
    information
        .set("Producer", Object::string_literal(concat!("anlage ", env!("CARGO_PKG_VERSION"), ", printpdf")));
    information
}

/// Takes what is reached from some objects out of the sheets and the document.
fn reached<'a>(
    sheets: &BTreeMap<ObjectId, Object>,
    document: &BTreeMap<ObjectId, Object>,
    from: impl IntoIterator<Item = &'a Object>,
) -> BTreeMap<u32, Object> {
    let mut open: Vec<ObjectId> = Vec::new();
    from.into_iter().for_each(|object| references(object, &mut open));
    let mut seen: BTreeSet<ObjectId> = open.iter().copied().collect();
    let mut taken = BTreeMap::new();
    while let Some(id) = open.pop() {
        let Some(object) = sheets.get(&id).or_else(|| document.get(&id)) else { continue };
        let mut object = object.clone();
        if let Object::Stream(stream) = &mut object {
            pack(stream);
        }
        let mut next = Vec::new();
        references(&object, &mut next);
        open.extend(next.into_iter().filter(|id| seen.insert(*id)));
        taken.insert(id.0, object);
    }
    taken
}

/// Compresses what printpdf left as it is.
fn pack(stream: &mut Stream) {
    if !stream.dict.has(b"Filter") && !stream.content.is_empty() {
        stream.content = compressed(&stream.content);
        stream.dict.set("Filter", Object::Name(b"FlateDecode".to_vec()));
        stream.dict.remove(b"DecodeParms");
    }
}

fn references(object: &Object, found: &mut Vec<ObjectId>) {
    match object {
        Object::Reference(id) => found.push(*id),
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(dictionary) => dictionary.iter().for_each(|(_, value)| references(value, found)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, value)| references(value, found)),
        _ => {}
    }
}
