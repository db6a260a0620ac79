//! Shortcuts through the objects of a document, for callers who expect some of them to be missing or wrong.
//!
//! Knows nothing of what the objects mean.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// The deepest page tree that is followed.
const MAX_PAGE_TREE_DEPTH: usize = 4096;

/// Lists the objects of the pages in order; a page that the tree names twice is listed twice.
///
/// lopdf's own walk follows a tree that leads back into itself for as many steps as there are objects.
pub fn pages(document: &Document) -> Vec<ObjectId> {
    let mut pages = Vec::new();
    let mut branches = HashSet::new();
    let root = document.catalog().ok().and_then(|catalog| reference(catalog, b"Pages"));
    let mut open: Vec<ObjectId> = root.into_iter().collect();
    while let Some(id) = open.pop() {
        let Ok(node) = document.get_dictionary(id) else {
            continue;
        };
        match node.has(b"Kids") {
            false if Some(id) != root => pages.push(id),
            true if branches.insert(id) => {
                let kids = list(document, node, b"Kids").iter();
                open.extend(kids.rev().filter_map(|kid| kid.as_reference().ok()));
            }
            _ => {}
        }
    }
    pages
}

/// Follows a reference to its object; `None` if it is missing or null.
pub fn resolve<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    let (_, object) = document.dereference(object).ok()?;
    (!object.is_null()).then_some(object)
}

/// Returns the value of a key, whether direct or by reference.
pub fn value<'a>(document: &'a Document, parent: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    resolve(document, parent.get(key).ok()?)
}

/// Returns the dictionary that an object, or a reference to it, is.
pub fn as_dict<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Dictionary> {
    match resolve(document, object)? {
        Object::Dictionary(dict) => Some(dict),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// Returns the dictionary under a key.
pub fn dict<'a>(document: &'a Document, parent: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    as_dict(document, parent.get(key).ok()?)
}

/// Returns the values under a key, which may hold a single one or an array.
pub fn list<'a>(document: &'a Document, parent: &'a Dictionary, key: &[u8]) -> &'a [Object] {
    parent.get(key).map_or(&[], |raw| as_list(document, raw))
}

/// Returns the values that an object stands for: itself, or the elements of an array.
pub fn as_list<'a>(document: &'a Document, raw: &'a Object) -> &'a [Object] {
    match resolve(document, raw) {
        Some(Object::Array(all)) => all,
        Some(_) => std::slice::from_ref(raw),
        None => &[],
    }
}

/// Returns the integer under a key.
pub fn integer(document: &Document, parent: &Dictionary, key: &[u8]) -> Option<i64> {
    value(document, parent, key)?.as_i64().ok()
}

/// Returns the name under a key.
pub fn name<'a>(document: &'a Document, parent: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
    value(document, parent, key)?.as_name().ok()
}

/// Returns the text under a key.
pub fn text(document: &Document, parent: &Dictionary, key: &[u8]) -> Option<String> {
    as_text(value(document, parent, key)?)
}

/// Decodes a string object as text.
pub fn as_text(object: &Object) -> Option<String> {
    lopdf::decode_text_string(object).ok()
}

/// Returns the reference under a key.
pub fn reference(parent: &Dictionary, key: &[u8]) -> Option<ObjectId> {
    parent.get(key).ok()?.as_reference().ok()
}

/// Returns a value of a page, which it may inherit from a node of the page tree above it.
pub fn inherited<'a>(document: &'a Document, page: ObjectId, key: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..MAX_PAGE_TREE_DEPTH {
        let dict = document.get_dictionary(node).ok()?;
        if let Some(value) = value(document, dict, key) {
            return Some(value);
        }
        node = reference(dict, b"Parent")?;
    }
    None
}

/// Decompresses a stream, unless it has more bytes than the limit.
pub fn unpacked(stream: &Stream, limit: usize) -> Option<Vec<u8>> {
    stream.decompressed_content_with_limit(limit).ok()
}
