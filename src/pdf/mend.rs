//! Mends what leads to the pages of a document, where it is clear what was meant: other readers open such files too.
//!
//! Knows nothing of bytes, and of what is on pages.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::objects::{dict, reference};

/// Mends the way to the pages: a lost root, a lost tree, and pages that stand in their tree instead of being named there.
pub(super) fn mend(document: &mut Document) {
    if document.catalog().is_err() {
        let root = match document.trailer.get(b"Root") {
            Ok(Object::Dictionary(catalog)) => Some(document.add_object(catalog.clone())),
            _ => last_of(document, |dict| dict.has_type(b"Catalog") && dict.has(b"Pages")),
        };
        let root = root.unwrap_or_else(|| document.add_object(dictionary! { "Type" => "Catalog" }));
        document.trailer.set("Root", root);
    }
    let Some(root) = reference(&document.trailer, b"Root") else { return };
    if let Some(tree) = lost_tree(document)
        && let Ok(catalog) = document.get_dictionary_mut(root)
    {
        catalog.set("Pages", tree);
    }
    part_kids(document);
}

/// Finds or makes the tree of the pages, if the catalog does not name one.
fn lost_tree(document: &mut Document) -> Option<ObjectId> {
    let catalog = document.catalog().ok()?;
    match catalog.get(b"Pages") {
        Ok(Object::Dictionary(tree)) => {
            let tree = tree.clone();
            return Some(document.add_object(tree));
        }
        _ if dict(document, catalog, b"Pages").is_some_and(|tree| tree.has(b"Kids")) => return None,
        _ => {}
    }
    let is_top = |dict: &Dictionary| dict.has_type(b"Pages") && dict.has(b"Kids") && !dict.has(b"Parent");
    if let Some(top) = last_of(document, is_top) {
        return Some(top);
    }
    let is_page = |object: &Object| object.as_dict().is_ok_and(|dict| dict.has_type(b"Page"));
    let pages = document.objects.iter().filter(|(_, object)| is_page(object));
    let pages: Vec<ObjectId> = pages.map(|(id, _)| *id).collect();
    if pages.is_empty() {
        return None;
    }
    let kids: Vec<Object> = pages.iter().map(|page| Object::Reference(*page)).collect();
    let count = kids.len() as i64;
    let tree = document.add_object(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count });
    for page in pages {
        if let Ok(page) = document.get_dictionary_mut(page) {
            page.set("Parent", tree);
        }
    }
    Some(tree)
}

/// Gives every node that stands in a list of kids a number of its own, and names it there instead.
fn part_kids(document: &mut Document) {
    let root = document.catalog().ok().and_then(|catalog| reference(catalog, b"Pages"));
    let mut open: Vec<ObjectId> = root.into_iter().collect();
    let mut seen: HashSet<ObjectId> = HashSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(kids) = kids_of(document, id) else { continue };
        open.extend(kids.iter().filter_map(|kid| kid.as_reference().ok()));
        if !kids.iter().any(|kid| matches!(kid, Object::Dictionary(_))) {
            continue;
        }
        let mut own = kids.to_vec();
        for kid in &mut own {
            if let Object::Dictionary(node) = kid {
                node.set("Parent", id);
                let number = document.add_object(std::mem::take(node));
                open.push(number);
                *kid = Object::Reference(number);
            }
        }
        if let Ok(node) = document.get_dictionary_mut(id) {
            node.set("Kids", own);
        }
    }
}

fn kids_of(document: &Document, id: ObjectId) -> Option<&[Object]> {
    let kids = document.get_dictionary(id).ok()?.get(b"Kids").ok()?;
    document.dereference(kids).ok()?.1.as_array().ok().map(Vec::as_slice)
}

fn last_of(document: &Document, is_wanted: impl Fn(&Dictionary) -> bool) -> Option<ObjectId> {
    let mut all = document.objects.iter().rev();
    all.find(|(_, object)| object.as_dict().is_ok_and(&is_wanted)).map(|(id, _)| *id)
}
