//! A PDF that has been taken apart to go into a packet: the objects that its pages need, and what it has beside them.
//!
//! Knows nothing of the other parts.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object};

use crate::pdf::objects::{dict, list, text, value};
use crate::pdf::{self, Claims, LoadError};

mod bookmarks;
mod clean;
mod compact;
mod destinations;
mod forms;
mod frozen;
mod layers;
mod pages;
mod soundness;
mod tags;

pub(super) use bookmarks::Bookmark;
use clean::Cleaner;
pub use clean::Removed;
use compact::Compact;
use forms::Form;
pub(super) use frozen::{Frozen, Text};
use layers::Layers;
use pages::Page;
pub(super) use pages::View;
pub(super) use tags::Tags;

/// A part of a packet. Its objects are numbered from 1, without gaps.
#[derive(Debug)]
pub struct Part {
    /// The objects that go into the packet as they are.
    pub(super) frozen: Frozen,
    /// The objects that the packet changes, by their numbers: pages, and what hangs below something new.
    pub(super) live: BTreeMap<u32, Object>,
    /// How many objects it has.
    pub(super) count: u32,
    pub(super) pages: Vec<Page>,
    pub(super) tags: Option<Tags>,
    pub(super) bookmarks: Vec<Bookmark>,
    pub(super) destinations: BTreeMap<Vec<u8>, Object>,
    pub(super) form: Option<Form>,
    pub(super) layers: Option<Layers>,
    pub(super) attachments: BTreeMap<Vec<u8>, Object>,
    /// Metadata and output intents, of the first pages only.
    pub(super) metadata: Dictionary,
    pub(super) information: Option<Object>,
    pub(super) language: Option<String>,
    slug: String,
    /// What it claims.
    pub claims: Claims,
    /// Whether its colours are meant for print: an output intent that is not RGB.
    pub is_cmyk: bool,
    /// What is wrong with its structure, if it claims PDF/A-2a or PDF/UA-1.
    pub defects: Vec<String>,
    /// What did not come along.
    pub removed: Removed,
}

/// What becomes of a part.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// Its pages are bound.
    Paper,
    /// They are, and its metadata is that of the packet.
    Front,
    /// Its pages are drawn on others.
    Stamps,
}

impl Part {
    /// Takes a PDF apart. The slug tells its names from those of other parts.
    pub fn read(bytes: &[u8], slug: &str) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, slug, Use::Paper))
    }

    /// Takes the first pages of a packet apart, which give it its metadata and output intent too.
    pub fn read_front(bytes: &[u8]) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, "tagesordnung", Use::Front))
    }

    /// Takes a PDF apart whose pages are stamps.
    pub fn read_stamps(bytes: &[u8]) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, "stempel", Use::Stamps))
    }

    /// A part without pages.
    pub fn empty(slug: &str) -> Self {
        Self::take_apart(Document::new(), slug, Use::Paper)
    }

    fn take_apart(mut document: Document, slug: &str, purpose: Use) -> Self {
        let claims = pdf::claims(&document);
        let is_cmyk = has_other_intent(&document);
        let tree = tags::read(&document);
        let named = destinations::read(&document);
        let bookmarks = bookmarks::read(&document);
        let form = forms::read(&document);
        let layers = layers::read(&document);
        let attachments = attachments(&document);
        let catalog = document.catalog().cloned().unwrap_or_default();
        let language = text(&document, &catalog, b"Lang");
        let renamed = tree.as_ref().map(|tree| tree.renamed(slug)).unwrap_or_default();
        let cleaner = Cleaner {
            prefix: format!("{slug}.").into_bytes(),
            tagged: tree.is_some(),
            keeps_attachments: matches!(claims.pdf_a, Some((2, _))),
            destinations: named.keys().cloned().collect(),
            fonts: form.as_ref().map(forms::Source::fonts).unwrap_or_default(),
            base: base(&document),
            renamed: renamed.clone(),
            next_key: 0,
            removed: Removed::default(),
        };
        let own_pages = pages::read(&document);
        let information = document.trailer.get(b"Info").ok().filter(|_| purpose == Use::Front).cloned();
        let mut compact = Compact::new(std::mem::take(&mut document.objects), cleaner);
        let pages = pages::take(own_pages, &mut compact);
        let mut tags = tree.map(|tree| tree.take(&renamed, &mut compact));
        let bookmarks = bookmarks::take(bookmarks, &mut compact);
        let destinations =
            named.into_iter().map(|(name, place)| (compact.prefixed(&name), compact.take(place))).collect();
        let form = form.map(|form| form.take(&mut compact));
        let layers = layers.map(|layers| layers.take(&mut compact));
        let attachments = compact.attachments(attachments);
        let mut metadata = Dictionary::new();
        for key in ["Metadata", "OutputIntents"] {
            if let (Use::Front, Ok(value)) = (purpose, catalog.get(key.as_bytes())) {
                metadata.set(key, compact.take_all(value.clone()));
            }
        }
        let information = information.map(|information| compact.take_all(information));
        let (mut objects, Cleaner { removed, next_key, .. }) = compact.finish();
        let mut defects = Vec::new();
        if let Some(tags) = &mut tags {
            tags.complete(&objects, next_key);
            if claims != Claims::default() {
                defects = soundness::defects(&mut objects, &pages, tags);
            }
        }
        let mut changed: BTreeSet<u32> = pages.iter().map(|page| page.number).collect();
        changed.extend(tags.iter().flat_map(Tags::kid_numbers));
        changed.extend(form.iter().flat_map(Form::field_numbers));
        let count = objects.len() as u32;
        let (frozen, live) = freeze(objects, |number| purpose != Use::Paper || changed.contains(&number));
        Self {
            frozen,
            live,
            count,
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
            defects,
            removed,
        }
    }

    /// How many pages it has.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// The bytes of its streams.
    pub(super) fn streams(&self) -> impl Iterator<Item = &[u8]> {
        let frozen = self.frozen.texts().filter_map(|text| text.stream);
        let live = self.live.values().filter_map(|object| Some(object.as_stream().ok()?.content.as_slice()));
        frozen.chain(live)
    }

    /// What tells its names from those of other parts.
    pub fn slug(&self) -> &str {
        &self.slug
    }
}

/// Freezes the objects that are not changed any more.
fn freeze(objects: Vec<Object>, is_live: impl Fn(u32) -> bool) -> (Frozen, BTreeMap<u32, Object>) {
    let mut frozen = Frozen::default();
    let mut live = BTreeMap::new();
    for (object, number) in objects.into_iter().zip(1..) {
        match is_live(number) {
            true => drop(live.insert(number, object)),
            false => frozen.push(number, object),
        }
    }
    frozen.shrink();
    (frozen, live)
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
    let name = |key, file| {
        let file = pdf::objects::as_dict(document, file)?;
        text(document, file, b"UF")
            .or_else(|| text(document, file, b"F"))
            .or_else(|| pdf::objects::as_text(key))
    };
    entries.into_iter().filter_map(|(key, file)| Some((name(key, file)?, file.clone()))).collect()
}
