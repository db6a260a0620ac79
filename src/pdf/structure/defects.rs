//! What can be wrong with a structure, and a list of it that stays short however broken a document is.

use std::collections::BTreeMap;

use serde::Serialize;

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

/// Collects defects, of each kind as many as anybody reads.
#[derive(Default)]
pub struct Defects {
    told: Vec<Defect>,
    by_kind: BTreeMap<DefectKind, usize>,
}

impl Defects {
    /// So many of one kind are told.
    pub const MAX_OF_A_KIND: usize = 100;

    /// Adds one; beyond the first of its kind it is only counted, and its message not made.
    pub fn add(&mut self, kind: DefectKind, message: impl FnOnce() -> String) {
        let count = self.by_kind.entry(kind).or_default();
        *count += 1;
        if *count <= Self::MAX_OF_A_KIND {
            self.told.push(Defect { kind, message: message() });
        }
    }

    /// All that were told, and how many were not.
    pub fn all(mut self) -> Vec<Defect> {
        let untold = self.by_kind.values().sum::<usize>() - self.told.len();
        if untold > 0 {
            let message = format!("Es gibt {untold} weitere Mängel.");
            self.told.push(Defect { kind: DefectKind::More, message });
        }
        self.told
    }
}
