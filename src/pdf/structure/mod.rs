//! Checks the structure of a tagged PDF both ways: from the content of the pages to the elements that hold it, and back.
//!
//! veraPDF does not check this: it accepts a structure tree without content, and content that the tree has lost. The
//! cost is linear in the size of the document. Knows one document; says what is wrong with it, and repairs nothing.
//!
//! # What there is to compare
//!
//! A tagged PDF tells the same thing three times (ISO 32000-1, 14.7), and readers differ in which of them they believe:
//!
//! ```text
//! content of a page        /P <</MCID 0>> BDC … EMC     which pieces there are, each with a number
//!     │  /StructParents 7        ▲
//!     ▼                          │ /K [0], /Pg
//! ParentTree   7 ─ [element, …] ─┴─ element ─ /P ─ element … ─ root     which element holds which piece
//! ```
//!
//! 1. *From the pages*: marked content in page streams and in the form XObjects that these draw, annotations and XObjects,
//!    and the key that each has to the parent tree ([`content`]).
//! 2. *From the root*: elements, their kids in reading order, and the content, annotations and XObjects that they say they
//!    hold ([`elements`]).
//! 3. *Beside both*: the parent tree, from keys to elements, and the table of identifiers ([`parents`]).
//!
//! The first two are read at the same time, since neither knows of the other. Then each piece of content must be held by
//! exactly one element, that element must be the one that the parent tree names, and each must be on the page that it
//! names ([`compare`]); and each type must lead to a standard one ([`roles`]).
//!
//! # Limits
//!
//! A document may come from anybody. What is walked is counted (`MAX_…` in each file), circles are met only once, and a
//! document that is too large to look at has that as a defect: what cannot be checked is not sound. Of each kind of defect
//! the first hundred are told ([`defects`](mod@defects)).

mod compare;
mod content;
mod defects;
mod elements;
mod held;
mod parents;
mod roles;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, ObjectId};

use super::claims::claims;
use super::objects::{as_dict, dict, list, value};
pub use defects::{Defect, DefectKind};
pub(super) use held::{HeldText, held_texts};
pub use roles::is_standard_type;

use content::{PageContent, content};
use defects::Defects;
use elements::{elements, shown};

/// The structure of a document.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// The number of elements of each type.
    pub elements: BTreeMap<String, usize>,
    /// The pages, from 1, on which something is painted that neither it holds nor is an artifact.
    pub untagged: Vec<usize>,
    /// The defects of the structure.
    pub defects: Vec<Defect>,
}

/// Finds everything that is wrong with the structure of a document; nothing if it neither has nor claims one.
pub fn defects(document: &Document) -> Vec<Defect> {
    structure(document).defects
}

/// Checks the structure of a document and counts its elements.
pub(super) fn structure(document: &Document) -> Structure {
    let mut defects = Defects::default();
    let Some((root_id, root)) = structure_root(document) else {
        if claims_structure(document) {
            defects.add(DefectKind::TreeMissing, || {
                "Das PDF gibt an, getaggt zu sein, hat aber keinen Strukturbaum.".into()
            });
        }
        return Structure { defects: defects.all(), ..Structure::default() };
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
    if content.complete {
        compare::compare(&elements, &content, &parents, &mut defects);
        unmarked(document, &content, &mut defects);
    } else {
        defects.add(DefectKind::ContentUnreadable, || {
            "Der Inhalt der Seiten ist zu groß oder zu beschädigt, um ihn ganz zu prüfen.".into()
        })
    }
    let counts = types.iter().map(|(kind, found)| (shown(kind), found.count)).collect();
    Structure { elements: counts, untagged: content.bare, defects: defects.all() }
}

/// Returns the root of the structure tree.
pub(super) fn structure_root(document: &Document) -> Option<(ObjectId, &Dictionary)> {
    let root = document.catalog().ok()?.get(b"StructTreeRoot").ok()?;
    let (id, _) = document.dereference(root).ok()?;
    // A root that is no object of its own is no element's parent.
    Some((id.unwrap_or_default(), as_dict(document, root)?))
}

/// Returns whether the document claims a structure tree: by PDF/UA, level a of PDF/A, or the mark in the catalog.
fn claims_structure(document: &Document) -> bool {
    let claims = claims(document);
    let marked = document.catalog().ok().and_then(|catalog| {
        value(document, dict(document, catalog, b"MarkInfo")?, b"Marked")?.as_bool().ok()
    });
    marked == Some(true)
        || claims.pdf_ua.is_some()
        || claims.pdf_a.is_some_and(|(_, level)| level == Some('a'))
}

/// Finds painting outside of marked content and artifacts, which PDF/UA forbids.
fn unmarked(document: &Document, content: &PageContent, defects: &mut Defects) {
    if claims(document).pdf_ua.is_none() {
        return;
    }
    for page in &content.bare {
        defects.add(DefectKind::ContentUnmarked, || {
            format!("Seite {page}: ein Teil des Inhalts ist weder markiert noch als Artefakt ausgewiesen.")
        });
    }
}
