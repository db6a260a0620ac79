//! Takes pages out of a document, and blank ones in, with all that is said of those that are gone.
//!
//! Elements of the structure stay even if nothing of them is left on a page: a table would have no rows else.

use std::collections::{BTreeSet, HashSet};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::pdf::objects::{as_dict, dict, inherited, integer, list, reference};
use crate::pdf::{self, trees};

/// What pages may inherit from the nodes above them (ISO 32000-1, table 30).
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What the catalog says of pages, some of which are gone.
const OF_PAGES: [&[u8]; 6] = [b"Outlines", b"Dests", b"AcroForm", b"OpenAction", b"PageLabels", b"Threads"];
/// Elements within each other that are no objects of their own are not followed deeper.
const MAX_DEPTH: usize = 32;

/// Leaves a document these pages, by their places from 0, and a blank one where there is none.
pub(super) fn select(document: &mut Document, choice: &[Option<usize>]) {
    let all = pdf::pages(document);
    let chosen: Vec<Option<ObjectId>> =
        choice.iter().map(|place| place.and_then(|place| all.get(place).copied())).collect();
    let kept: HashSet<ObjectId> = chosen.iter().flatten().copied().collect();
    let gone = Gone::new(document, all.iter().filter(|page| !kept.contains(page)).copied().collect());
    hang(document, &chosen, all.first().copied());
    gone.take_out_of_structure(document);
    gone.take_out(document);
}

/// Hangs the pages below a new root, with what they inherited from the old one.
fn hang(document: &mut Document, chosen: &[Option<ObjectId>], first: Option<ObjectId>) {
    let root = document.new_object_id();
    let mut size = first.and_then(|page| inherited(document, page, b"MediaBox").cloned());
    let mut kids = Vec::with_capacity(chosen.len());
    for page in chosen {
        let id = page.unwrap_or_else(|| document.new_object_id());
        let mut own = Dictionary::new();
        for key in INHERITED {
            let value = page.and_then(|page| inherited(document, page, key).cloned());
            value.into_iter().for_each(|value| own.set(key, value));
        }
        size = own.get(b"MediaBox").ok().cloned().or(size);
        if page.is_none() {
            let content = document.add_object(Stream::new(Dictionary::new(), Vec::new()));
            own = dictionary! { "Type" => "Page", "Contents" => content, "Resources" => Dictionary::new() };
            size.iter().for_each(|size| own.set("MediaBox", size.clone()));
            document.objects.insert(id, own.clone().into());
        }
        own.set("Parent", root);
        if let Ok(page) = document.get_dictionary_mut(id) {
            own.into_iter().for_each(|(key, value)| page.set(key, value));
        }
        kids.push(Object::Reference(id));
    }
    let count = kids.len() as i64;
    document.objects.insert(root, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    if let Ok(catalog) = document.catalog_mut() {
        catalog.set("Pages", root);
        OF_PAGES.iter().for_each(|key| drop(catalog.remove(key)));
    }
}

/// Pages that are taken out, and what is only on them.
struct Gone {
    pages: HashSet<ObjectId>,
    annotations: HashSet<ObjectId>,
    /// Their keys in the parent tree.
    keys: BTreeSet<i64>,
}

impl Gone {
    fn new(document: &Document, pages: HashSet<ObjectId>) -> Self {
        let mut gone = Self { pages, annotations: HashSet::new(), keys: BTreeSet::new() };
        for page in &gone.pages {
            let Ok(page) = document.get_dictionary(*page) else { continue };
            gone.keys.extend(integer(document, page, b"StructParents"));
            for annotation in list(document, page, b"Annots") {
                gone.annotations.extend(annotation.as_reference());
                let annotation = as_dict(document, annotation);
                gone.keys.extend(annotation.and_then(|one| integer(document, one, b"StructParent")));
            }
        }
        gone
    }

    fn take_out_of_structure(&self, document: &mut Document) {
        let is_element = |object: &Object| object.as_dict().is_ok_and(|one| one.has(b"S") && one.has(b"P"));
        let elements: Vec<ObjectId> =
            document.objects.iter().filter(|(_, object)| is_element(object)).map(|(id, _)| *id).collect();
        for id in elements {
            let Ok(element) = document.get_dictionary(id) else { continue };
            let thinned = self.thin(document, element, MAX_DEPTH);
            document.objects.insert(id, thinned.into());
        }
        self.thin_parent_tree(document);
    }

    /// Takes what is gone out of an element.
    fn thin(&self, document: &Document, element: &Dictionary, depth: usize) -> Dictionary {
        let page = reference(element, b"Pg");
        let mut thinned = element.clone();
        if self.is_gone(page) {
            thinned.remove(b"Pg");
        }
        let kids =
            list(document, element, b"K").iter().filter(|kid| !self.is_gone_content(document, kid, page));
        let kids: Vec<Object> = kids
            .map(|kid| match kid {
                Object::Dictionary(kid) if kid.has(b"S") && depth > 0 => {
                    self.thin(document, kid, depth - 1).into()
                }
                kid => kid.clone(),
            })
            .collect();
        thinned.remove(b"K");
        if !kids.is_empty() {
            thinned.set("K", kids);
        }
        thinned
    }

    fn is_gone(&self, page: Option<ObjectId>) -> bool {
        page.is_some_and(|page| self.pages.contains(&page))
    }

    /// Tells whether a kid of an element is content of a page that is gone (ISO 32000-1, 14.7.4).
    fn is_gone_content(&self, document: &Document, kid: &Object, page: Option<ObjectId>) -> bool {
        if kid.as_i64().is_ok() {
            return self.is_gone(page);
        }
        let Some(kid) = as_dict(document, kid) else { return false };
        if let Some(object) = reference(kid, b"Obj") {
            return self.annotations.contains(&object) || self.is_gone(reference(kid, b"Pg").or(page));
        }
        kid.has(b"MCID") && self.is_gone(reference(kid, b"Pg").or(page))
    }

    /// Writes the parent tree anew, as one node.
    fn thin_parent_tree(&self, document: &mut Document) {
        let root = document.catalog().ok().and_then(|catalog| reference(catalog, b"StructTreeRoot"));
        let Some(root) = root else { return };
        let tree = document.get_dictionary(root).ok().and_then(|root| dict(document, root, b"ParentTree"));
        let Some(tree) = tree else { return };
        let entries = trees::tree(document, tree, b"Nums").entries;
        let kept =
            entries.into_iter().filter(|(key, _)| key.as_i64().is_ok_and(|key| !self.keys.contains(&key)));
        let nums: Vec<Object> = kept.flat_map(|(key, value)| [key.clone(), value.clone()]).collect();
        if let Ok(root) = document.get_dictionary_mut(root) {
            root.set("ParentTree", dictionary! { "Nums" => nums });
        }
    }

    fn take_out(&self, document: &mut Document) {
        self.pages.iter().chain(&self.annotations).for_each(|id| drop(document.objects.remove(id)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pages with a paragraph on each and one across both; a link on the second.
    fn document() -> Document {
        let mut document = Document::with_version("1.7");
        let [tree, root, first, second] = [(); 4].map(|()| document.new_object_id());
        let link = document.add_object(dictionary! { "Subtype" => "Link", "StructParent" => 2 });
        let page = |key: i64, annotations: Vec<Object>| {
            dictionary! { "Type" => "Page", "Parent" => tree, "StructParents" => key, "Annots" => annotations }
        };
        document.objects.insert(first, page(0, Vec::new()).into());
        document.objects.insert(second, page(1, vec![link.into()]).into());
        let kids: Vec<Object> = vec![first.into(), second.into()];
        let media: Vec<Object> = vec![0.into(), 0.into(), 595.into(), 842.into()];
        document.objects.insert(
            tree,
            dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 2, "MediaBox" => media }.into(),
        );
        let own = document.add_object(dictionary! { "S" => "P", "P" => root, "Pg" => first, "K" => 0 });
        let other = document.add_object(dictionary! {
            "S" => "P", "P" => root, "Pg" => second,
            "K" => vec![0.into(), dictionary! { "Type" => "OBJR", "Obj" => link }.into()],
        });
        let across = document.add_object(dictionary! {
            "S" => "P", "P" => root, "Pg" => first,
            "K" => vec![1.into(), dictionary! { "Type" => "MCR", "Pg" => second, "MCID" => 1 }.into()],
        });
        let nums: Vec<Object> = vec![
            0.into(),
            vec![own.into(), across.into()].into(),
            1.into(),
            vec![other.into(), across.into()].into(),
            2.into(),
            other.into(),
        ];
        document.objects.insert(
            root,
            dictionary! {
                "K" => vec![own.into(), other.into(), across.into()],
                "ParentTree" => dictionary! { "Nums" => nums },
            }
            .into(),
        );
        let catalog = document.add_object(dictionary! {
            "Type" => "Catalog", "Pages" => tree, "StructTreeRoot" => root, "Outlines" => dictionary! {},
        });
        document.trailer.set("Root", catalog);
        document
    }

    #[test]
    fn what_is_said_of_pages_that_are_gone_goes_with_them() {
        let mut selected = document();
        select(&mut selected, &[Some(0), None]);
        let pages = pdf::pages(&selected);
        assert_eq!(pages.len(), 2);
        // The blank page is as large as the one before it.
        assert!(inherited(&selected, pages[1], b"MediaBox").is_some());
        let catalog = selected.catalog().unwrap();
        assert!(!catalog.has(b"Outlines"));
        let root = dict(&selected, catalog, b"StructTreeRoot").unwrap();
        let kids: Vec<&Dictionary> =
            list(&selected, root, b"K").iter().filter_map(|kid| as_dict(&selected, kid)).collect();
        let counts: Vec<usize> = kids.iter().map(|kid| list(&selected, kid, b"K").len()).collect();
        assert_eq!(counts, [1, 0, 1]);
        assert!(!kids[1].has(b"Pg"));
        let tree = dict(&selected, root, b"ParentTree").unwrap();
        assert_eq!(list(&selected, tree, b"Nums").len(), 2);
    }

    #[test]
    fn all_pages_in_another_order_keep_what_is_said_of_them() {
        let mut selected = document();
        let before = pdf::pages(&selected);
        select(&mut selected, &[Some(1), Some(0), Some(9)]);
        assert_eq!(pdf::pages(&selected)[..2], [before[1], before[0]]);
        let root = dict(&selected, selected.catalog().unwrap(), b"StructTreeRoot").unwrap();
        let tree = dict(&selected, root, b"ParentTree").unwrap();
        assert_eq!(list(&selected, tree, b"Nums").len(), 6);
    }
}
