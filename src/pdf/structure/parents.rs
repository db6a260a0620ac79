//! The tables beside the structure tree: from the keys of pages and annotations to elements (`ParentTree`), and from
//! identifiers to elements (`IDTree`).

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::content::{Keyed, PageContent};
use super::defects::{DefectKind, Defects};
use super::elements::{Elements, is_put_aside, shown};
use crate::pdf::objects::{dict, integer, resolve};
use crate::pdf::trees::tree;

/// The entries of the parent tree by their keys.
pub(super) type Parents<'a> = HashMap<i64, ParentEntry<'a>>;

/// An entry of the parent tree.
pub(super) enum ParentEntry<'a> {
    /// The elements that hold the marked content of a page or a form XObject, by its identifiers.
    Content(&'a [Object]),
    /// The element that holds an annotation or an XObject.
    Element(ObjectId),
}

/// Reads the parent tree, and checks its order and its keys.
pub(super) fn parents<'a>(
    document: &'a Document,
    root: &'a Dictionary,
    content: &PageContent,
    defects: &mut Defects,
) -> Parents<'a> {
    let mut parents = Parents::new();
    if let Some(table) = dict(document, root, b"ParentTree").map(|root| tree(document, root, b"Nums")) {
        if !table.sound {
            defects.add(DefectKind::ParentTree, || {
                "Der ParentTree ist nicht nach Schlüsseln geordnet, oder seine Grenzen stimmen nicht.".into()
            });
        }
        let entries = table.entries.into_iter();
        parents
            .extend(entries.filter_map(|(key, value)| Some((key.as_i64().ok()?, entry(document, value)?))));
    }
    check_next_key(document, root, &parents, content, defects);
    check_keys(&parents, content, defects);
    parents
}

fn entry<'a>(document: &'a Document, value: &'a Object) -> Option<ParentEntry<'a>> {
    match resolve(document, value)? {
        Object::Array(elements) => Some(ParentEntry::Content(elements)),
        Object::Dictionary(_) => Some(ParentEntry::Element(value.as_reference().ok()?)),
        _ => None,
    }
}

fn check_next_key(
    document: &Document,
    root: &Dictionary,
    parents: &Parents<'_>,
    content: &PageContent,
    defects: &mut Defects,
) {
    let used = content.keyed.iter().map(|keyed| keyed.key);
    let greatest = parents.keys().copied().chain(used).max();
    let next = integer(document, root, b"ParentTreeNextKey");
    if let (Some(next), Some(greatest)) = (next, greatest)
        && next <= greatest
    {
        defects.add(DefectKind::NextKey, || {
            format!("ParentTreeNextKey ist {next}, es gibt aber schon den Schlüssel {greatest}.")
        });
    }
}

/// Checks that each key belongs to one page, form XObject or annotation, and has an entry.
fn check_keys(parents: &Parents<'_>, content: &PageContent, defects: &mut Defects) {
    let mut owners: HashMap<i64, &Keyed> = HashMap::new();
    for keyed in &content.keyed {
        let other = owners.entry(keyed.key).or_insert(keyed);
        // An annotation may be listed by two pages.
        let same = (other.id, other.holds_content) == (keyed.id, keyed.holds_content) && keyed.id.is_some();
        if !std::ptr::eq(*other, keyed) && !same {
            defects.add(DefectKind::KeyShared, || {
                format!("{} und {} haben denselben Schlüssel {}.", place(other), place(keyed), keyed.key)
            });
        }
        let fits = match parents.get(&keyed.key) {
            Some(ParentEntry::Content(_)) => keyed.holds_content,
            Some(ParentEntry::Element(_)) => !keyed.holds_content,
            None => false,
        };
        if !fits {
            defects.add(DefectKind::EntryMissing, || {
                format!(
                    "{}: der ParentTree hat keinen passenden Eintrag zum Schlüssel {}.",
                    place(keyed),
                    keyed.key
                )
            });
        }
    }
}

/// Returns the name in messages of an object with a key.
pub(super) fn place(keyed: &Keyed) -> String {
    match (keyed.id, keyed.holds_content) {
        (Some(id), false) => format!("Seite {}, Objekt {}", keyed.page, id.0),
        _ => format!("Seite {}", keyed.page),
    }
}

/// Checks that the table of identifiers leads to the elements that have them, and omits none.
pub(super) fn check_ids(
    document: &Document,
    root: &Dictionary,
    elements: &Elements<'_>,
    defects: &mut Defects,
) {
    let table = dict(document, root, b"IDTree").map(|root| tree(document, root, b"Names"));
    if table.as_ref().is_some_and(|table| !table.sound) {
        defects.add(DefectKind::IdTree, || {
            "Der IDTree ist nicht nach Namen geordnet, oder seine Grenzen stimmen nicht.".into()
        });
    }
    let mut listed: HashSet<&[u8]> = HashSet::new();
    for (id, element) in table.iter().flat_map(|table| &table.entries) {
        let Ok(id) = id.as_str() else {
            continue;
        };
        let element = element.as_reference().ok();
        listed.insert(id);
        let right = element
            .is_some_and(|element| elements.ids.get(id) == Some(&element) || is_put_aside(document, element));
        if !right {
            defects.add(DefectKind::IdTree, || {
                format!("Der IDTree führt „{}“ nicht zu dem Element, das so heißt.", shown(id))
            });
        }
    }
    for (id, element) in elements.ids.iter().filter(|(id, _)| !listed.contains(*id)) {
        defects.add(DefectKind::IdTree, || {
            format!("{}: der IDTree enthält „{}“ nicht.", elements.name(*element), shown(id))
        });
    }
}
