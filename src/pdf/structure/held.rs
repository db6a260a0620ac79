//! The structure tree as the pieces of content that it holds, in the order in which they are read, each with the block that
//! it is a part of.
//!
//! Knows nothing of the content itself.

use std::collections::{BTreeMap, HashMap};

use lopdf::{Dictionary, Document, ObjectId};

use super::defects::Defects;
use super::elements::elements;
use super::structure_root;
use crate::pdf::objects::{dict, name, reference, text};

/// A piece of marked content in a page, held by an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pdf) struct HeldText {
    /// The page, from 1.
    pub page: usize,
    /// Its number on the page.
    pub mcid: i32,
    /// The block that it is a part of: a paragraph, a row of a table.
    pub block: Option<ObjectId>,
    /// What the block is.
    pub kind: &'static str,
    /// The cell of a table that it is in.
    pub cell: Option<ObjectId>,
    /// The element that has words in its place.
    pub figure: Option<ObjectId>,
    /// What is said in its place.
    pub instead: Option<String>,
}

/// Types of blocks, and what they are called; the first of them that is found is the block.
const BLOCKS: [(&str, &str); 17] = [
    ("TR", "Tabellenzeile"),
    ("LI", "Listenpunkt"),
    ("TOCI", "Zeile im Inhaltsverzeichnis"),
    ("Caption", "Beschriftung"),
    ("Note", "Anmerkung"),
    ("FENote", "Anmerkung"),
    ("Title", "Titel"),
    ("H", "Überschrift"),
    ("H1", "Überschrift"),
    ("H2", "Überschrift"),
    ("H3", "Überschrift"),
    ("H4", "Überschrift"),
    ("H5", "Überschrift"),
    ("H6", "Überschrift"),
    ("P", "Absatz"),
    ("BlockQuote", "Zitat"),
    ("Figure", "Bild"),
];

/// Elements in elements: no honest tree is deeper.
const MAX_DEPTH: usize = 256;
/// Steps from a type to a standard one.
const MAX_STEPS: usize = 8;

/// What is known of an element.
#[derive(Debug, Clone, Default)]
struct ElementContext {
    block: Option<(usize, ObjectId)>,
    cell: Option<ObjectId>,
    figure: Option<(ObjectId, String)>,
}

/// Walks the structure tree; none if there is no such tree, or if it holds content that is in no page itself.
pub(in crate::pdf) fn held_texts(document: &Document, pages: &[ObjectId]) -> Option<Vec<HeldText>> {
    let (root_id, root) = structure_root(document)?;
    let numbers: BTreeMap<ObjectId, usize> =
        pages.iter().enumerate().rev().map(|(index, page)| (*page, index + 1)).collect();
    let found = elements(document, root_id, root, &mut Defects::default());
    let roles = dict(document, root, b"RoleMap");
    let mut contexts: HashMap<ObjectId, ElementContext> = HashMap::new();
    let one = |mark: &super::elements::Mark| {
        let context =
            contexts.entry(mark.element).or_insert_with(|| context(document, root_id, roles, mark.element));
        Some(HeldText {
            page: *numbers.get(&mark.stream)?,
            mcid: i32::try_from(mark.mcid).ok()?,
            block: context.block.map(|(_, id)| id),
            kind: context.block.map_or("Text", |(rank, _)| BLOCKS[rank].1),
            cell: context.cell,
            figure: context.figure.as_ref().map(|(id, _)| *id),
            instead: context.figure.as_ref().map(|(_, text)| text.clone()),
        })
    };
    found.marks.iter().map(one).collect()
}

/// Looks at an element and all that it is in.
fn context(
    document: &Document,
    root: ObjectId,
    roles: Option<&Dictionary>,
    element: ObjectId,
) -> ElementContext {
    let mut found = ElementContext::default();
    let mut next = Some(element);
    for _ in 0..MAX_DEPTH {
        let Some(id) = next.filter(|id| *id != root) else { break };
        let Ok(dict) = document.get_dictionary(id) else { break };
        let kind = standard(document, roles, dict);
        if matches!(kind.as_str(), "TD" | "TH") && found.cell.is_none() {
            found.cell = Some(id);
        }
        // A row says what its paragraphs belong to.
        let rank = BLOCKS.iter().position(|(name, _)| *name == kind);
        if let Some(rank) = rank
            && found.block.is_none_or(|(other, _)| rank < other)
        {
            found.block = Some((rank, id));
        }
        let instead = text(document, dict, b"ActualText").or_else(|| text(document, dict, b"Alt"));
        found.figure = instead.map(|text| (id, text)).or(found.figure);
        next = reference(dict, b"P");
    }
    found
}

/// The standard type of an element.
fn standard(document: &Document, roles: Option<&Dictionary>, element: &Dictionary) -> String {
    let mut kind = name(document, element, b"S").unwrap_or_default();
    for _ in 0..MAX_STEPS {
        let known = super::is_standard_type(kind);
        let Some(next) = roles.filter(|_| !known).and_then(|roles| name(document, roles, kind)) else {
            break;
        };
        kind = next;
    }
    String::from_utf8_lossy(kind).into_owned()
}
