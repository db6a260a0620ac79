//! The types of elements: each is a standard type, or `RoleMap` leads from it to one.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, ObjectId};

use super::defects::{DefectKind, Defects};
use super::elements::Elements;
use super::elements::shown;
use crate::pdf::objects::{dict, name};

/// The standard types of PDF 1.7 (ISO 32000-1, 14.8.4).
const STANDARD: &[&str] = &[
    "Document",
    "Part",
    "Art",
    "Sect",
    "Div",
    "BlockQuote",
    "Caption",
    "TOC",
    "TOCI",
    "Index",
    "NonStruct",
    "Private",
    "P",
    "H",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "L",
    "LI",
    "Lbl",
    "LBody",
    "Table",
    "TR",
    "TH",
    "TD",
    "THead",
    "TBody",
    "TFoot",
    "Span",
    "Quote",
    "Note",
    "Reference",
    "BibEntry",
    "Code",
    "Link",
    "Annot",
    "Ruby",
    "RB",
    "RT",
    "RP",
    "Warichu",
    "WT",
    "WP",
    "Figure",
    "Formula",
    "Form",
];

/// The types that PDF 2.0 adds.
const ADDED: &[&str] = &["DocumentFragment", "Aside", "Title", "FENote", "Sub", "Em", "Strong", "Artifact"];

/// The most steps to a standard type: no honest map needs more, but one that goes in a circle does.
const MAX_STEPS: usize = 32;

/// Returns whether this is a standard type of PDF 1.7, which no map may change (PDF/UA-1, 7.1).
pub fn is_standard_type(kind: &[u8]) -> bool {
    STANDARD.iter().any(|standard| standard.as_bytes() == kind)
}

/// The elements of one type.
pub(super) struct ElementsOfType {
    /// The number of elements.
    pub count: usize,
    first: ObjectId,
}

/// Counts the elements of each type.
pub(super) fn types<'a>(elements: &Elements<'a>) -> BTreeMap<&'a [u8], ElementsOfType> {
    let mut types: BTreeMap<&[u8], ElementsOfType> = BTreeMap::new();
    for (id, kind) in &elements.kinds {
        let found = types.entry(kind).or_insert(ElementsOfType { count: 0, first: *id });
        found.count += 1;
        found.first = found.first.min(*id);
    }
    types
}

/// Reports each type that leads nowhere once, with the first element that has it.
pub(super) fn check(
    document: &Document,
    root: &Dictionary,
    types: &BTreeMap<&[u8], ElementsOfType>,
    defects: &mut Defects,
) {
    let map = dict(document, root, b"RoleMap");
    for (kind, found) in types {
        // A namespace of its own has its own map.
        let namespaced = document.get_dictionary(found.first).is_ok_and(|element| element.has(b"NS"));
        if !namespaced && !is_known(document, map, kind) {
            defects.add(DefectKind::RoleUnknown, || {
                let (element, kind) = (found.first.0, shown(kind));
                format!("Element {element}: „{kind}“ ist kein Standardtyp, und RoleMap führt zu keinem.")
            });
        }
    }
}

fn is_known(document: &Document, map: Option<&Dictionary>, kind: &[u8]) -> bool {
    let mut kind = kind;
    for _ in 0..MAX_STEPS {
        if is_standard(kind) {
            return true;
        }
        match map.and_then(|map| name(document, map, kind)) {
            Some(next) => kind = next,
            None => return false,
        }
    }
    false
}

/// Returns whether this is a standard type; PDF 2.0 has headings of any depth.
fn is_standard(kind: &[u8]) -> bool {
    let heading = kind
        .strip_prefix(b"H")
        .is_some_and(|level| !level.is_empty() && level.iter().all(u8::is_ascii_digit));
    heading || is_standard_type(kind) || ADDED.iter().any(|added| added.as_bytes() == kind)
}
