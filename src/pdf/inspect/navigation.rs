//! Links, bookmarks and their destinations.

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Document, Object, ObjectId};
use serde::Serialize;

use crate::pdf::objects::{as_dict, dict, list, name, reference, resolve, text, value};
use crate::pdf::trees::tree;

/// The links of a PDF.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Links {
    /// The links inside the PDF.
    pub internal: Vec<InternalLink>,
    /// The links to the outside.
    pub external: Vec<ExternalLink>,
    /// The pages with a link that leads nowhere, one entry per link.
    pub broken: Vec<usize>,
}

/// A link inside the PDF.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct InternalLink {
    /// The page it is on, counted from 1.
    pub page: usize,
    /// The page it leads to.
    pub target: usize,
}

/// A link to the outside.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ExternalLink {
    /// The page it is on, counted from 1.
    pub page: usize,
    /// The address to which it leads.
    pub uri: String,
}

/// An entry of the outline.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct OutlineEntry {
    /// Its level, counted from 1.
    pub level: usize,
    /// Its title.
    pub title: String,
    /// The page it leads to, counted from 1; `None` if it leads to no page of the PDF.
    pub page: Option<usize>,
}

const MAX_LINKS: usize = 1 << 20;
const MAX_BOOKMARKS: usize = 1 << 17;

/// Resolves destinations in a document.
pub(super) struct Navigation<'a> {
    document: &'a Document,
    numbers: HashMap<ObjectId, usize>,
    named: HashMap<&'a [u8], &'a Object>,
}

impl<'a> Navigation<'a> {
    pub(super) fn new(document: &'a Document, pages: &[ObjectId]) -> Self {
        let mut numbers = HashMap::new();
        for (at, page) in pages.iter().enumerate() {
            numbers.entry(*page).or_insert(at + 1);
        }
        Self { document, numbers, named: named(document) }
    }

    pub(super) fn named_destinations(&self) -> usize {
        self.named.len()
    }

    /// Collects the links of all pages, in order.
    pub(super) fn links(&self, pages: &[ObjectId]) -> Links {
        let document = self.document;
        let mut links = Links::default();
        let annotations = pages.iter().enumerate().flat_map(|(at, page)| {
            let page = document.get_dictionary(*page).map_or(&[][..], |page| list(document, page, b"Annots"));
            page.iter().map(move |annotation| (at + 1, annotation))
        });
        for (page, annotation) in annotations.take(MAX_LINKS) {
            let Some(link) = as_dict(document, annotation) else {
                continue;
            };
            if name(document, link, b"Subtype") != Some(b"Link") {
                continue;
            }
            let action = dict(document, link, b"A");
            let kind = action.and_then(|action| name(document, action, b"S"));
            match (action, kind) {
                (Some(action), Some(b"URI")) => {
                    let uri = value(document, action, b"URI").and_then(|uri| uri.as_str().ok());
                    let uri = String::from_utf8_lossy(uri.unwrap_or_default()).into_owned();
                    links.external.push(ExternalLink { page, uri });
                }
                (None, _) | (_, Some(b"GoTo") | None) => match self.target(link) {
                    Some(target) => links.internal.push(InternalLink { page, target }),
                    None => links.broken.push(page),
                },
                // Other files and other actions are counted as actions.
                _ => {}
            }
        }
        links
    }

    /// Collects the bookmarks from top to bottom.
    pub(super) fn bookmarks(&self) -> Vec<OutlineEntry> {
        let mut bookmarks = Vec::new();
        let first = |parent: &Dictionary| reference(parent, b"First");
        let catalog = self.document.catalog().ok();
        let outlines = catalog.and_then(|catalog| dict(self.document, catalog, b"Outlines"));
        let mut open: Vec<(usize, ObjectId)> =
            outlines.and_then(first).map(|id| (1, id)).into_iter().collect();
        let mut seen = HashSet::new();
        while let Some((level, id)) = open.pop() {
            let Ok(entry) = self.document.get_dictionary(id) else {
                continue;
            };
            if !seen.insert(id) || bookmarks.len() == MAX_BOOKMARKS {
                continue;
            }
            let title = text(self.document, entry, b"Title").unwrap_or_default();
            bookmarks.push(OutlineEntry { level, title, page: self.target(entry) });
            open.extend(reference(entry, b"Next").map(|next| (level, next)));
            open.extend(first(entry).map(|first| (level + 1, first)));
        }
        bookmarks
    }

    /// Returns the page to which a link or a bookmark leads.
    fn target(&self, from: &Dictionary) -> Option<usize> {
        let own = value(self.document, from, b"Dest");
        let destination = own.or_else(|| {
            let action = dict(self.document, from, b"A")?;
            value(self.document, action, b"D").filter(|_| name(self.document, action, b"S") == Some(b"GoTo"))
        })?;
        let destination = match destination {
            Object::Name(name) | Object::String(name, _) => *self.named.get(name.as_slice())?,
            explicit => explicit,
        };
        let destination = match resolve(self.document, destination)? {
            Object::Dictionary(dict) => value(self.document, dict, b"D")?,
            explicit => explicit,
        };
        let page = destination.as_array().ok()?.first()?.as_reference().ok()?;
        self.numbers.get(&page).copied()
    }
}

/// Collects the named destinations: since PDF 1.2 they are in a name tree, before that in a dictionary.
fn named(document: &Document) -> HashMap<&[u8], &Object> {
    let Ok(catalog) = document.catalog() else {
        return HashMap::new();
    };
    let old = dict(document, catalog, b"Dests").into_iter().flat_map(Dictionary::iter);
    let mut named: HashMap<&[u8], &Object> = old.map(|(name, value)| (name.as_slice(), value)).collect();
    let root = dict(document, catalog, b"Names").and_then(|names| dict(document, names, b"Dests"));
    let entries = root.map(|root| tree(document, root, b"Names").entries).unwrap_or_default();
    named.extend(entries.into_iter().filter_map(|(name, value)| Some((name.as_str().ok()?, value))));
    named
}
