//! The structure tree of a part.
//!
//! Knows nothing of the tree of the packet.

use std::collections::{BTreeMap, HashSet};

use lopdf::{Document, Object};

use super::clean::{MAX_KEY, Renamed};
use super::coded::coded;
use super::compact::Compact;
use super::pages::Page;
use crate::pdf::objects::{as_dict, dict, inherited, list, name};
use crate::pdf::operators::{ResourceNames, scan};
use crate::pdf::{self, is_standard_type, trees};

/// A structure tree as it stands in a document.
pub(super) struct TagSource {
    kids: Vec<Object>,
    parents: Vec<(i64, Object)>,
    roles: Vec<(Vec<u8>, Vec<u8>)>,
    classes: Vec<(Vec<u8>, Object)>,
    namespaces: Vec<Object>,
    renamed: Renamed,
}

/// A structure tree whose objects are those of a part.
#[derive(Debug)]
pub(crate) struct Tags {
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
    /// The identifiers of elements, each with the number of its object.
    pub ids: Vec<(Vec<u8>, u32)>,
    /// A number greater than every key of the parent tree.
    pub next_key: i64,
}

coded! { Tags { kids, parents, roles, classes, namespaces, ids, next_key } }

/// The structure tree of a document, if it has one with elements. The slug tells its types from those of other parts.
pub(super) fn read(document: &Document, slug: &str) -> Option<TagSource> {
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
    let roles: Vec<_> = roles
        .into_iter()
        .flat_map(|roles| roles.iter().map(move |(own, _)| (own, name(document, roles, own))))
        .filter_map(|(own, role)| Some((own.clone(), role?.to_vec())))
        .collect();
    let classes = dict(document, root, b"ClassMap");
    let classes = classes.into_iter().flat_map(|classes| classes.iter());
    let classes: Vec<_> = classes.map(|(name, class)| (name.clone(), class.clone())).collect();
    (!kids.is_empty()).then(|| TagSource {
        parents,
        renamed: renamed(&roles, &classes, slug),
        roles,
        classes,
        namespaces: list(document, root, b"Namespaces").to_vec(),
        kids: kids.into_iter().filter(|kid| as_dict(document, kid).is_some()).collect(),
    })
}

/// The types that typst adds to those of PDF 1.7, and what it maps them to: they mean the same in many parts.
const COMMON: [(&[u8], &[u8]); 5] =
    [(b"Datetime", b"Span"), (b"Em", b"Span"), (b"Strong", b"Span"), (b"Terms", b"Part"), (b"Title", b"P")];

/// The names that types and classes get, so that each means in the packet what it meant in its part. One that is mapped
/// as in any other part keeps its name.
fn renamed(roles: &[(Vec<u8>, Vec<u8>)], classes: &[(Vec<u8>, Object)], slug: &str) -> Renamed {
    let own = |name: &Vec<u8>| (name.clone(), [name, &b"-"[..], slug.as_bytes()].concat());
    let is_common =
        |own: &[u8], role: &[u8]| COMMON.contains(&(own, role)) || own == role && !is_standard_type(own);
    let types = roles.iter().filter(|(own, role)| !is_common(own, role)).map(|(name, _)| own(name));
    Renamed { types: types.collect(), classes: classes.iter().map(|(name, _)| own(name)).collect() }
}

impl TagSource {
    /// Types and classes that have another name in the packet.
    pub(super) fn renamed(&self) -> &Renamed {
        &self.renamed
    }

    /// Takes the tree along.
    pub(super) fn take(self, compact: &mut Compact) -> Tags {
        let renamed = self.renamed;
        let new =
            |names: &BTreeMap<Vec<u8>, Vec<u8>>, name: Vec<u8>| names.get(&name).cloned().unwrap_or(name);
        // A standard type that is mapped stays a standard type where others are mapped to it.
        let target = |own: &[u8], role: Vec<u8>| {
            if is_standard_type(&role) || own == role { role } else { new(&renamed.types, role) }
        };
        let next_key = self.parents.iter().map(|(key, _)| key + 1).max().unwrap_or(0);
        Tags {
            kids: self.kids.into_iter().map(|kid| compact.take(kid)).collect(),
            parents: self.parents.into_iter().map(|(key, entry)| (key, compact.take(entry))).collect(),
            classes: self
                .classes
                .into_iter()
                .map(|(name, class)| (new(&renamed.classes, name), compact.take(class)))
                .collect(),
            namespaces: self.namespaces.into_iter().map(|space| compact.take(space)).collect(),
            roles: self
                .roles
                .into_iter()
                .map(|(own, role)| {
                    let role = target(&own, role);
                    (new(&renamed.types, own), role)
                })
                .collect(),
            ids: Vec::new(),
            next_key,
        }
    }
}

/// What the content of a page may unpack to for its marks to be counted, in bytes.
const MAX_PAGE_CONTENT: usize = 64 << 20;

/// A number greater than that of every marked content of the first page; the greatest there is if nobody can tell.
pub(super) fn next_mark(document: &Document) -> i64 {
    let Some(page) = pdf::pages(document).first().copied() else { return i64::MAX };
    let Ok(content) = document.get_page_content_with_limit(page, MAX_PAGE_CONTENT) else { return i64::MAX };
    let resources =
        inherited(document, page, b"Resources").and_then(|resources| as_dict(document, resources));
    let found = scan(document, &content, ResourceNames::new(document, resources));
    found.marked.into_iter().max().map_or(0, |mark| mark.saturating_add(1))
}

impl Tags {
    /// Counts the marks that the parent tree knows on the first page, and puts their list where it can be added to.
    pub(crate) fn marks_on_first_page(&mut self, objects: &[Object], pages: &[Page]) -> i64 {
        let at = |number: u32| objects.get(number.checked_sub(1)? as usize);
        let page = pages.first().and_then(|page| at(page.number)?.as_dict().ok());
        let key = page.and_then(|page| page.get(b"StructParents").and_then(Object::as_i64).ok());
        let entry = key.and_then(|key| self.parents.iter_mut().find(|(own, _)| *own == key));
        let Some((_, entry)) = entry else { return 0 };
        if let Some(Object::Array(elements)) = entry.as_reference().ok().and_then(|(number, _)| at(number)) {
            *entry = elements.clone().into();
        }
        entry.as_array().map_or(0, |elements| elements.len() as i64)
    }

    /// The numbers of the elements at the top.
    pub(crate) fn kid_numbers(&self) -> impl Iterator<Item = u32> {
        self.kids.iter().filter_map(|kid| Some(kid.as_reference().ok()?.0))
    }

    /// Looks at the elements among the objects of the part.
    pub(crate) fn complete(&mut self, objects: &[Object], next_key: i64) {
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
                            let id = element.get(b"ID").and_then(Object::as_str).ok();
                            self.ids.extend(id.map(|id| (id.to_vec(), *number)));
                            open.extend(element.get(b"K").ok());
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}
