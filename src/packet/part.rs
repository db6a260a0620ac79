//! A PDF that has been taken apart to go into a packet: the objects that its pages need, and what it has beside them.
//!
//! Knows nothing of the other parts.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object};

use super::bookmarks::{self, Bookmark};
use super::clean::{Cleaner, Removed};
use super::compact::Compact;
use super::forms::{self, Form};
use super::layers::{self, Layers};
use super::tags::{self, Tags};
use super::{destinations, pages};
use crate::pdf::objects::{dict, list, text, value};
use crate::pdf::{self, Claims, LoadError};

/// A part of a packet. Its objects are numbered from 1, without gaps; its first object is its first page.
#[derive(Debug)]
pub struct Part {
    pub(super) objects: Vec<Object>,
    pub(super) pages: Vec<pages::Page>,
    pub(super) tags: Option<Tags>,
    pub(super) bookmarks: Vec<Bookmark>,
    pub(super) destinations: BTreeMap<Vec<u8>, Object>,
    pub(super) form: Option<Form>,
    pub(super) layers: Option<Layers>,
    pub(super) attachments: BTreeMap<Vec<u8>, Object>,
    pub(super) metadata: Dictionary,
    pub(super) information: Option<Object>,
    pub(super) language: Option<String>,
    slug: String,
    /// What it claims.
    pub claims: Claims,
    /// Whether its colours are meant for print: an output intent that is not RGB.
    pub is_cmyk: bool,
    /// What did not come along.
    pub removed: Removed,
}

impl Part {
    /// Takes a PDF apart. The slug tells its names from those of other parts.
    pub fn read(bytes: &[u8], slug: &str) -> Result<Self, LoadError> {
        Ok(Self::of(pdf::load(bytes)?, slug))
    }

    /// Takes a PDF apart that gives the packet its metadata and output intent too.
    pub fn read_front(bytes: &[u8]) -> Result<Self, LoadError> {
        let document = pdf::load(bytes)?;
        let own = document.catalog().cloned().unwrap_or_default();
        let information = document.trailer.get(b"Info").ok().cloned();
        let kept = [&b"Metadata"[..], b"OutputIntents"].map(|key| (key, own.get(key).ok().cloned()));
        Ok(Self::take_apart(document, "tagesordnung", kept, information))
    }

    /// A part without pages.
    pub fn empty(slug: &str) -> Self {
        Self::of(Document::new(), slug)
    }

    fn of(document: Document, slug: &str) -> Self {
        Self::take_apart(document, slug, [], None)
    }

    fn take_apart<'a>(
        mut document: Document,
        slug: &str,
        metadata: impl IntoIterator<Item = (&'a [u8], Option<Object>)>,
        information: Option<Object>,
    ) -> Self {
        let claims = pdf::claims(&document);
        let is_cmyk = has_other_intent(&document);
        let tree = tags::read(&document);
        let named = destinations::read(&document);
        let bookmarks = bookmarks::read(&document);
        let form = forms::read(&document);
        let layers = layers::read(&document);
        let attachments = attachments(&document);
        let cleaner = Cleaner {
            prefix: format!("{slug}.").into_bytes(),
            tagged: tree.is_some(),
            keeps_attachments: matches!(claims.pdf_a, Some((2, _))),
            destinations: named.keys().cloned().collect(),
            base: base(&document),
            next_key: 0,
            removed: Removed::default(),
        };
        let language = document.catalog().ok().and_then(|catalog| text(&document, catalog, b"Lang"));
        let own_pages = pages::read(&document);
        let mut compact = Compact::new(std::mem::take(&mut document.objects), cleaner);
        let pages = pages::take(own_pages, &mut compact);
        let tags = tree.map(|tree| tree.take(&mut compact));
        let bookmarks = bookmarks::take(bookmarks, &mut compact);
        let destinations =
            named.into_iter().map(|(name, place)| (compact.prefixed(&name), compact.take(place))).collect();
        let form = form.map(|form| form.take(&mut compact));
        let layers = layers.map(|layers| layers.take(&mut compact));
        let attachments = compact.attachments(attachments);
        let metadata: Dictionary = metadata
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_vec(), compact.take_all(value?))))
            .collect();
        let information = information.map(|information| compact.take_all(information));
        let (objects, Cleaner { removed, next_key, .. }) = compact.finish();
        let mut part = Self {
            objects,
            pages,
            tags,
            bookmarks,
            destinations,
            form,
            layers,
            attachments,
            metadata,
            information,
            language,
            slug: slug.to_owned(),
            claims,
            is_cmyk,
            removed,
        };
        if let Some(tags) = &mut part.tags {
            tags.complete(&part.objects, next_key);
        }
        part
    }

    /// How many pages it has.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// What tells its names from those of other parts.
    pub fn slug(&self) -> &str {
        &self.slug
    }
}

/// Whether the document is made for other colours than RGB and grey (PDF/A-2, 6.2.3): a packet has one intent only.
fn has_other_intent(document: &Document) -> bool {
    let Ok(catalog) = document.catalog() else { return false };
    list(document, catalog, b"OutputIntents").iter().any(|intent| {
        let profile = pdf::objects::as_dict(document, intent)
            .and_then(|intent| dict(document, intent, b"DestOutputProfile"));
        profile.is_some_and(|profile| pdf::objects::integer(document, profile, b"N") == Some(4))
    })
}

/// Where relative links start from.
fn base(document: &Document) -> Option<url::Url> {
    let catalog = document.catalog().ok()?;
    let base = value(document, dict(document, catalog, b"URI")?, b"Base")?;
    url::Url::parse(std::str::from_utf8(base.as_str().ok()?).ok()?).ok()
}

/// The attached files by their names.
fn attachments(document: &Document) -> Vec<(String, Object)> {
    let named = document.catalog().ok().and_then(|catalog| {
        let names = dict(document, catalog, b"Names")?;
        dict(document, names, b"EmbeddedFiles")
    });
    let entries = named.map(|root| pdf::trees::tree(document, root, b"Names").entries).unwrap_or_default();
    entries
        .into_iter()
        .filter_map(|(key, value)| Some((pdf::objects::as_text(key)?, value.clone())))
        .collect()
}
