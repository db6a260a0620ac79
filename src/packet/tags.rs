//! The structure tree of a part.
//!
//! Knows nothing of the tree of the packet.

use std::collections::HashSet;

use lopdf::{Document, Object};

use super::clean::MAX_KEY;
use super::compact::Compact;
use crate::pdf::objects::{as_dict, dict, list, name};
use crate::pdf::trees;

/// A structure tree as it stands in a document.
pub struct Source {
    kids: Vec<Object>,
    parents: Vec<(i64, Object)>,
    roles: Vec<(Vec<u8>, Vec<u8>)>,
    classes: Vec<(Vec<u8>, Object)>,
    namespaces: Vec<Object>,
}

/// A structure tree whose objects are those of a part.
#[derive(Debug)]
pub struct Tags {
    /// The elements at the top.
    pub kids: Vec<Object>,
    /// The entries of the parent tree, by their keys.
    pub parents: Vec<(i64, Object)>,
    /// Types of the document's own, each with the one that it is mapped to.
    pub roles: Vec<(Vec<u8>, Vec<u8>)>,
    /// Classes of attributes.
    pub classes: Vec<(Vec<u8>, Object)>,
    /// Namespaces of types (PDF 2.0).
    pub namespaces: Vec<Object>,
    /// The numbers of the elements' objects.
    pub elements: Vec<u32>,
    /// A number greater than every key of the parent tree.
    pub next_key: i64,
}

/// The structure tree of a document, if it has one with elements.
pub fn read(document: &Document) -> Option<Source> {
    let catalog = document.catalog().ok()?;
    let root = dict(document, catalog, b"StructTreeRoot")?;
    let kids = list(document, root, b"K").to_vec();
    let entries = dict(document, root, b"ParentTree");
    let entries = entries.map(|tree| trees::tree(document, tree, b"Nums").entries).unwrap_or_default();
    let parents = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.as_i64().ok()?, value.clone())))
        .filter(|(key, _)| (0..MAX_KEY).contains(key))
        .collect();
    let roles = dict(document, root, b"RoleMap");
    let roles = roles.into_iter().flat_map(|roles| {
        roles.iter().filter_map(|(own, _)| Some((own.clone(), name(document, roles, own)?.to_vec())))
    });
    let classes = dict(document, root, b"ClassMap");
    let classes = classes.into_iter().flat_map(|classes| classes.iter());
    (!kids.is_empty()).then(|| Source {
        parents,
        roles: roles.collect(),
        classes: classes.map(|(name, class)| (name.clone(), class.clone())).collect(),
        namespaces: list(document, root, b"Namespaces").to_vec(),
        kids: kids.into_iter().filter(|kid| as_dict(document, kid).is_some()).collect(),
    })
}

impl Source {
    /// Takes the tree along.
    pub fn take(self, compact: &mut Compact) -> Tags {
        let next_key = self.parents.iter().map(|(key, _)| key + 1).max().unwrap_or(0);
        Tags {
            kids: self.kids.into_iter().map(|kid| compact.take(kid)).collect(),
            parents: self.parents.into_iter().map(|(key, entry)| (key, compact.take(entry))).collect(),
            classes: self.classes.into_iter().map(|(name, class)| (name, compact.take(class))).collect(),
            namespaces: self.namespaces.into_iter().map(|space| compact.take(space)).collect(),
            roles: self.roles,
            elements: Vec::new(),
            next_key,
        }
    }
}

impl Tags {
    /// Looks at the objects of the part: which are elements, and which keys they have.
    pub fn complete(&mut self, objects: &[Object], next_key: i64) {
        self.next_key = self.next_key.max(next_key);
        let mut seen = HashSet::new();
        let mut open: Vec<&Object> = self.kids.iter().rev().collect();
        while let Some(kid) = open.pop() {
            match kid {
                Object::Array(kids) => open.extend(kids.iter().rev()),
                Object::Reference((number, _)) if seen.insert(*number) => {
                    match objects.get(*number as usize - 1) {
                        Some(Object::Array(kids)) => open.extend(kids.iter().rev()),
                        Some(Object::Dictionary(element)) if element.has(b"S") => {
                            self.elements.push(*number);
                            open.extend(element.get(b"K").ok());
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        self.elements.sort_unstable();
    }
}
