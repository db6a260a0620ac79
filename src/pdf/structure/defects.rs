//! What can be wrong with a structure, and a list of it that stays short however broken a document is.

use std::collections::BTreeMap;

use serde::Serialize;

/// The kinds of defects of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefectKind {
    /// The document claims to be tagged but has no structure tree.
    TreeMissing,
    /// The root of the tree has no elements.
    TreeEmpty,
    /// The tree is too large to check.
    TreeTooLarge,
    /// An element is not in the `/K` of the element that it names as its parent.
    ElementLost,
    /// An element is in the tree more than once, or in itself.
    ElementRepeated,
    /// `/P` is not the element above.
    ElementParent,
    /// An element is not an indirect object.
    ElementInline,
    /// `/K` contains something that cannot be a kid.
    KidBroken,
    /// Content is marked, but no element holds it.
    ContentUnclaimed,
    /// Content is held by more than one element, or twice by one.
    ContentClaimedTwice,
    /// An element holds content that does not exist.
    ContentMissing,
    /// An identifier stands for two pieces of content.
    ContentRepeated,
    /// A form XObject with marked content is drawn more than once.
    ContentShared,
    /// Something is painted that is neither marked nor an artifact.
    ContentUnmarked,
    /// Content is too large or too damaged to check.
    ContentUnreadable,
    /// An element names no page, something that is not a page, or the wrong page.
    PageWrong,
    /// An element holds an annotation or an XObject that no page shows.
    ObjectMissing,
    /// A page, a form XObject or an annotation has no key to the parent tree.
    KeyMissing,
    /// Two objects have the same key to the parent tree.
    KeyShared,
    /// The parent tree has no entry for content or for a key.
    EntryMissing,
    /// The parent tree names a different element from the one that holds the content.
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
    /// A type is neither a standard type nor mapped to one.
    RoleUnknown,
    /// There are more defects than are listed.
    More,
}

/// One defect, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Defect {
    /// The kind of defect.
    pub kind: DefectKind,
    /// A German sentence that describes the defect.
    pub message: String,
}

/// A collection of defects, with as many of each kind as anyone reads.
#[derive(Default)]
pub(super) struct Defects {
    told: Vec<Defect>,
    by_kind: BTreeMap<DefectKind, usize>,
}

impl Defects {
    /// The most defects of one kind that are listed.
    pub(super) const MAX_OF_A_KIND: usize = 100;

    /// Adds one; beyond the first of its kind it is only counted, and its message not made.
    pub(super) fn add(&mut self, kind: DefectKind, message: impl FnOnce() -> String) {
        let count = self.by_kind.entry(kind).or_default();
        *count += 1;
        if *count <= Self::MAX_OF_A_KIND {
            self.told.push(Defect { kind, message: message() });
        }
    }

    /// Returns the listed defects, followed by how many more there are.
    pub(super) fn all(mut self) -> Vec<Defect> {
        let untold = self.by_kind.values().sum::<usize>() - self.told.len();
        if untold > 0 {
            let message = format!("Es gibt {untold} weitere Mängel.");
            self.told.push(Defect { kind: DefectKind::More, message });
        }
        self.told
    }
}
