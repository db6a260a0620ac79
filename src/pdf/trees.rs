//! Number trees and name trees: tables spread over many objects.
//!
//! Knows nothing of what is in them.

use std::cmp::Ordering;
use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object};

use super::objects::{as_dict, list};

/// The entries of a tree, in the order of its leaves.
pub struct TreeEntries<'a> {
    /// Keys and values.
    pub entries: Vec<(&'a Object, &'a Object)>,
    /// Whether a reader that looks up keys by binary search finds each of them.
    pub sound: bool,
}

/// Reads a tree whose leaves have their entries under `leaf`: `Nums` or `Names`.
pub fn tree<'a>(document: &'a Document, root: &'a Dictionary, leaf: &[u8]) -> TreeEntries<'a> {
    let mut tree = TreeEntries { entries: Vec::new(), sound: true };
    let mut seen = HashSet::new();
    // Each node with the limits that it gives itself.
    let mut open = vec![(root, None)];
    while let Some((node, limits)) = open.pop() {
        let own = list(document, node, leaf);
        let pairs = own.as_chunks::<2>().0;
        tree.sound &= own.len().is_multiple_of(2);
        for [key, value] in pairs {
            let inside = limits.is_none_or(|(low, high)| {
                compare(low, key) != Ordering::Greater && compare(key, high) != Ordering::Greater
            });
            let ascending = tree.entries.last().is_none_or(|(last, _)| compare(last, key) == Ordering::Less);
            tree.sound &= inside && ascending;
            tree.entries.push((key, value));
        }
        for kid in list(document, node, b"Kids").iter().rev() {
            let new = kid.as_reference().map_or(true, |id| seen.insert(id));
            match as_dict(document, kid).filter(|_| new) {
                Some(kid) => {
                    let limits = match list(document, kid, b"Limits") {
                        [low, high] => Some((low, high)),
                        _ => None,
                    };
                    // Every node but the root has limits.
                    tree.sound &= limits.is_some();
                    open.push((kid, limits));
                }
                None => tree.sound = false,
            }
        }
    }
    tree
}

fn compare(a: &Object, b: &Object) -> Ordering {
    match (a, b) {
        (Object::Integer(a), Object::Integer(b)) => a.cmp(b),
        (Object::String(a, _), Object::String(b, _)) => a.cmp(b),
        // What is no key is in no order.
        _ => Ordering::Greater,
    }
}
