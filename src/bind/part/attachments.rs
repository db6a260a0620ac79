//! The files that are attached to a document.

use std::collections::BTreeMap;

use lopdf::{Document, Object};

use super::compact::Compact;
use crate::pdf::objects::{as_dict, as_text, dict, text};
use crate::pdf::trees;

/// The attached files, each with its name.
pub(super) fn read(document: &Document) -> Vec<(String, Object)> {
    let named = document.catalog().ok().and_then(|catalog| {
        let names = dict(document, catalog, b"Names")?;
        dict(document, names, b"EmbeddedFiles")
    });
    let entries = named.map(|root| trees::tree(document, root, b"Names").entries).unwrap_or_default();
    let name = |key, file| {
        let file = as_dict(document, file)?;
        text(document, file, b"UF").or_else(|| text(document, file, b"F")).or_else(|| as_text(key))
    };
    entries.into_iter().filter_map(|(key, file)| Some((name(key, file)?, file.clone()))).collect()
}

/// Takes attached files along, if they may come; each gets a name of its own.
pub(super) fn take(files: Vec<(String, Object)>, compact: &mut Compact) -> BTreeMap<Vec<u8>, Object> {
    let mut kept = BTreeMap::new();
    for (name, file) in files {
        if !compact.keeps_attachment(&name) {
            continue;
        }
        let mut name = compact.prefixed(name.as_bytes());
        while kept.contains_key(&name) {
            name.push(b'_');
        }
        kept.insert(name, compact.take(file));
    }
    kept
}
