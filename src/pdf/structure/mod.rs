//! Checks the structure of a tagged PDF both ways: from the content of the pages to the elements that hold it, and back.
//!
//! This is what veraPDF does not see: it accepts a structure tree without content, and content that the tree has lost.
//! The cost is linear in the document.

mod compare;
mod content;
mod elements;
mod parents;
mod roles;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, ObjectId};
use serde::Serialize;

use super::claims::claims;
use super::objects::{as_dict, dict, list, value};
pub use roles::is_standard_type;

use content::{Content, content};
use elements::{elements, shown};

/// What can be wrong with a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefectKind {
    /// The document says that it is tagged, and has no structure tree.
    TreeMissing,
    /// The root of the tree has no elements.
    TreeEmpty,
    /// The tree is too large to look at.
    TreeTooLarge,
    /// An element is not in `/K` of the one that it names as its parent.
    ElementLost,
    /// An element stands in the tree more than once, or in itself.
    ElementRepeated,
    /// `/P` is not the element above.
    ElementParent,
    /// An element is no object of its own.
    ElementInline,
    /// `/K` holds what can be no kid.
    KidBroken,
    /// Content is marked, and no element holds it.
    ContentUnclaimed,
    /// Content is held by more than one element, or twice by one.
    ContentClaimedTwice,
    /// An element holds content that is not there.
    ContentMissing,
    /// An identifier stands for two pieces of content.
    ContentRepeated,
    /// A form XObject with marked content is drawn more than once.
    ContentShared,
    /// Something is painted that is neither marked nor an artifact.
    ContentUnmarked,
    /// Content is too large or too damaged to look at.
    ContentUnreadable,
    /// An element names a page that is none, or none at all, or the wrong one.
    PageWrong,
    /// An element holds an annotation or an XObject that no page shows.
    ObjectMissing,
    /// A page, a form, an annotation has no key to the parent tree.
    KeyMissing,
    /// Two have the same key to the parent tree.
    KeyShared,
    /// The parent tree has no entry for content or for a key.
    EntryMissing,
    /// The parent tree names another element than the one that holds the content.
    EntryWrong,
    /// The parent tree is out of order.
    ParentTree,
    /// `ParentTreeNextKey` is not greater than every key.
    NextKey,
    /// Two elements have the same identifier.
    IdRepeated,
    /// The table of identifiers does not agree with the elements.
    IdTree,
    /// `/Headers` names an identifier that no element has.
    HeaderUnknown,
    /// A type is no standard type and not mapped to one.
    RoleUnknown,
    /// There are more defects than are told.
    More,
}

/// One thing that is wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Defect {
    /// What is wrong.
    pub kind: DefectKind,
    /// A sentence that says so.
    pub message: String,
}

/// The structure of a document.
#[derive(Debug, Default)]
pub struct Structure {
    /// The number of elements of each type.
    pub elements: BTreeMap<String, usize>,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
}

/// Everything that is wrong with the structure of a document; nothing if it neither has nor claims one.
pub fn defects(document: &Document) -> Vec<Defect> {
    structure(document).defects
}

/// Checks the structure of a document and counts its elements.
pub fn structure(document: &Document) -> Structure {
    let mut defects = Defects::default();
    let Some((root_id, root)) = structure_root(document) else {
        if claims_structure(document) {
            defects.add(DefectKind::TreeMissing, || {
                "Das PDF gibt an, getaggt zu sein, hat aber keinen Strukturbaum.".into()
            });
        }
        return Structure { elements: BTreeMap::new(), defects: defects.all() };
    };
    if list(document, root, b"K").is_empty() {
        defects.add(DefectKind::TreeEmpty, || "Der Strukturbaum ist leer.".into());
    }
    let (elements, content) =
        rayon::join(|| elements(document, root_id, root, &mut defects), || content(document));
    compare::lost_elements(document, root_id, &elements, &mut defects);
    let types = roles::types(&elements);
    roles::check(document, root, &types, &mut defects);
    let parents = parents::parents(document, root, &content, &mut defects);
    parents::check_ids(document, root, &elements, &mut defects);
    match content.complete {
        true => {
            compare::compare(&elements, &content, &parents, &mut defects);
            unmarked(document, &content, &mut defects);
        }
        false => defects.add(DefectKind::ContentUnreadable, || {
            "Der Inhalt der Seiten ist zu groß oder zu beschädigt, um ihn ganz zu prüfen.".into()
        }),
    }
    let counts = types.iter().map(|(kind, found)| (shown(kind), found.count)).collect();
    Structure { elements: counts, defects: defects.all() }
}

/// The root of the structure tree.
pub fn structure_root(document: &Document) -> Option<(ObjectId, &Dictionary)> {
    let root = document.catalog().ok()?.get(b"StructTreeRoot").ok()?;
    let (id, _) = document.dereference(root).ok()?;
    // A root that is no object of its own is no element's parent.
    Some((id.unwrap_or_default(), as_dict(document, root)?))
}

/// PDF/UA, level a of PDF/A, and the mark in the catalog all promise a structure tree.
fn claims_structure(document: &Document) -> bool {
    let claims = claims(document);
    let marked = document.catalog().ok().and_then(|catalog| {
        value(document, dict(document, catalog, b"MarkInfo")?, b"Marked")?.as_bool().ok()
    });
    marked == Some(true)
        || claims.pdf_ua.is_some()
        || claims.pdf_a.is_some_and(|(_, level)| level == Some('a'))
}

/// In PDF/UA all that is painted is marked or an artifact.
fn unmarked(document: &Document, content: &Content, defects: &mut Defects) {
    if claims(document).pdf_ua.is_none() {
        return;
    }
    for page in &content.bare {
        defects.add(DefectKind::ContentUnmarked, || {
            format!("Seite {page}: ein Teil des Inhalts ist weder markiert noch als Artefakt ausgewiesen.")
        });
    }
}

/// Collects defects, of each kind as many as anybody reads.
#[derive(Default)]
struct Defects {
    told: Vec<Defect>,
    by_kind: BTreeMap<DefectKind, usize>,
}

impl Defects {
    const MAX_OF_A_KIND: usize = 100;

    fn add(&mut self, kind: DefectKind, message: impl FnOnce() -> String) {
        let count = self.by_kind.entry(kind).or_default();
        *count += 1;
        if *count <= Self::MAX_OF_A_KIND {
            self.told.push(Defect { kind, message: message() });
        }
    }

    fn all(mut self) -> Vec<Defect> {
        let untold = self.by_kind.values().sum::<usize>() - self.told.len();
        if untold > 0 {
            let message = format!("Es gibt {untold} weitere Mängel.");
            self.told.push(Defect { kind: DefectKind::More, message });
        }
        self.told
    }
}
