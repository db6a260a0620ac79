//! The named destinations of a document.

use std::collections::BTreeMap;

use lopdf::{Document, Object};

use super::compact::Compact;
use crate::pdf::objects::{dict, resolve};
use crate::pdf::trees;

/// More names than this are no help to anybody.
const MAX_NAMES: usize = 50_000;

/// The destinations by their names: those of the name tree, and of the dictionary that PDF 1.1 had.
pub(super) fn read(document: &Document) -> BTreeMap<Vec<u8>, Object> {
    let Ok(catalog) = document.catalog() else { return BTreeMap::new() };
    let old = dict(document, catalog, b"Dests").into_iter().flat_map(|names| names.iter());
    let old = old.map(|(name, place)| (name.clone(), place));
    let tree = dict(document, catalog, b"Names").and_then(|names| dict(document, names, b"Dests"));
    let new = tree.map(|tree| trees::tree(document, tree, b"Names").entries).unwrap_or_default();
    let new = new.into_iter().filter_map(|(name, place)| Some((name.as_str().ok()?.to_vec(), place)));
    old.chain(new)
        .take(MAX_NAMES)
        .filter_map(|(name, place)| Some((name, destination(document, place)?)))
        .collect()
}

/// Takes the destinations along, by the names that they have in the packet.
pub(super) fn take(named: BTreeMap<Vec<u8>, Object>, compact: &mut Compact) -> BTreeMap<Vec<u8>, Object> {
    named.into_iter().map(|(name, place)| (compact.prefixed(&name), compact.take(place))).collect()
}

/// A destination as an array, whether it stands there or in a dictionary.
fn destination(document: &Document, place: &Object) -> Option<Object> {
    let place = match resolve(document, place)? {
        Object::Dictionary(entry) => resolve(document, entry.get(b"D").ok()?)?,
        place => place,
    };
    matches!(place, Object::Array(_)).then(|| place.clone())
}
