//! The bookmarks of a document.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::coded::{Coded, coded};
use super::compact::Compact;
use crate::pdf::objects::{dict, reference, text};

/// A bookmark with those below it.
#[derive(Debug, Clone)]
pub(crate) struct Bookmark {
    /// What is shown.
    pub title: String,
    /// `Dest` or `A`, with what it leads to; none leads nowhere.
    pub target: Option<(&'static str, Object)>,
    /// Whether those below it are shown at first.
    pub open: bool,
    /// Those below it.
    pub kids: Vec<Bookmark>,
}

const MAX_BOOKMARKS: usize = 20_000;
const MAX_DEPTH: usize = 32;

coded! { Bookmark { title, target, open, kids } }

/// The key of what a bookmark leads to.
impl Coded for &'static str {
    fn put(&self, out: &mut Vec<u8>) {
        (*self == "A").put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(if bool::take(from)? { "A" } else { "Dest" })
    }
}

/// The bookmarks of a document at the top level, with all below them.
pub(super) fn read(document: &Document) -> Vec<Bookmark> {
    let root = document.catalog().ok().and_then(|catalog| dict(document, catalog, b"Outlines"));
    let mut seen = HashSet::new();
    root.map(|root| kids(document, root, &mut seen, 0)).unwrap_or_default()
}

/// Takes bookmarks along; one whose target stays behind leads nowhere.
pub(super) fn take(bookmarks: Vec<Bookmark>, compact: &mut Compact) -> Vec<Bookmark> {
    let one = |mut bookmark: Bookmark| {
        bookmark.target = bookmark.target.and_then(|(key, target)| {
            // Its names are told from those of other parts where it stands in a dictionary.
            let mut holder = Dictionary::new();
            holder.set(key, target);
            let Object::Dictionary(mut holder) = compact.take(Object::Dictionary(holder)) else {
                return None;
            };
            let target = holder.remove(key.as_bytes())?;
            (!target.is_null()).then_some((key, target))
        });
        bookmark.kids = take(std::mem::take(&mut bookmark.kids), compact);
        bookmark
    };
    bookmarks.into_iter().map(one).collect()
}

fn kids(
    document: &Document,
    parent: &Dictionary,
    seen: &mut HashSet<ObjectId>,
    depth: usize,
) -> Vec<Bookmark> {
    let mut all = Vec::new();
    let mut next = reference(parent, b"First").filter(|_| depth < MAX_DEPTH);
    while let Some(id) = next {
        let entry =
            document.get_dictionary(id).ok().filter(|_| seen.len() < MAX_BOOKMARKS && seen.insert(id));
        let Some(entry) = entry else { break };
        let target = |key: &'static str| Some((key, entry.get(key.as_bytes()).ok()?.clone()));
        all.push(Bookmark {
            title: text(document, entry, b"Title").unwrap_or_default(),
            target: target("Dest").or_else(|| target("A")),
            open: entry.get(b"Count").and_then(Object::as_i64).is_ok_and(|count| count > 0),
            kids: kids(document, entry, seen, depth + 1),
        });
        next = reference(entry, b"Next");
    }
    all
}
