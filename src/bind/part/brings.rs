//! What a document has beside the objects that its pages draw, as it stands there and as a part brings it along.
//!
//! Each such thing is read from the whole document first; then it is taken, and with it the objects that it refers to.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object};

use super::bookmarks::{self, Bookmark};
use super::clean::{Cleaner, Removed, Renamed};
use super::coded::coded;
use super::compact::Compact;
use super::forms::{self, Form};
use super::layers::{self, Layers};
use super::pages::{self, Page};
use super::tags::{self, Tags};
use super::{attachments, destinations};
use crate::pdf::objects::{dict, value};

/// What a document has, not yet taken.
pub(super) struct Found {
    pages: Vec<pages::PageSource>,
    tags: Option<tags::TagSource>,
    bookmarks: Vec<Bookmark>,
    destinations: BTreeMap<Vec<u8>, Object>,
    form: Option<forms::FormSource>,
    layers: Option<Layers>,
    attachments: Vec<(String, Object)>,
    about: About,
    /// Where relative links start from.
    base: Option<url::Url>,
}

/// What a document says of itself.
#[derive(Debug, Default)]
pub(crate) struct About {
    /// Metadata and output intents, as entries of the catalog.
    pub metadata: Dictionary,
    /// The information dictionary.
    pub information: Option<Object>,
}

/// What a part has beside its objects; its references are to these.
#[derive(Debug)]
pub(crate) struct Brings {
    /// Its pages, in order.
    pub pages: Vec<Page>,
    /// Its structure tree.
    pub tags: Option<Tags>,
    /// Its bookmarks.
    pub bookmarks: Vec<Bookmark>,
    /// Where its named destinations lead, by the names that they have in the packet.
    pub destinations: BTreeMap<Vec<u8>, Object>,
    /// Its form.
    pub form: Option<Form>,
    /// Its layers.
    pub layers: Option<Layers>,
    /// Its attached files, by the names that they have in the packet.
    pub attachments: BTreeMap<Vec<u8>, Object>,
    /// What the first pages say of the packet; nothing in any other part.
    pub about: About,
}

impl About {
    /// What a document says of itself.
    pub(crate) fn read(document: &Document) -> Self {
        let mut metadata = Dictionary::new();
        for key in ["Metadata", "OutputIntents"] {
            if let Ok(value) = document.catalog().and_then(|catalog| catalog.get(key.as_bytes())) {
                metadata.set(key, value.clone());
            }
        }
        Self { metadata, information: document.trailer.get(b"Info").ok().cloned() }
    }

    fn take(self, compact: &mut Compact) -> Self {
        let metadata = self.metadata.into_iter().map(|(key, value)| (key, compact.take_all(value))).collect();
        Self { metadata, information: self.information.map(|information| compact.take_all(information)) }
    }
}

impl Found {
    /// Reads what a document has. The slug tells its names from those of other parts.
    pub(super) fn read(document: &Document, slug: &str, about: About) -> Self {
        Self {
            pages: pages::read(document),
            tags: tags::read(document, slug),
            bookmarks: bookmarks::read(document),
            destinations: destinations::read(document),
            form: forms::read(document),
            layers: layers::read(document),
            attachments: attachments::read(document),
            about,
            base: base(document),
        }
    }

    /// What cleans the dictionaries of the document.
    pub(super) fn cleaner(&self, slug: &str, keeps_attachments: bool) -> Cleaner {
        Cleaner {
            prefix: format!("{slug}.").into_bytes(),
            tagged: self.tags.is_some(),
            keeps_attachments,
            destinations: self.destinations.keys().cloned().collect(),
            fonts: self.form.as_ref().map(forms::FormSource::fonts).unwrap_or_default(),
            base: self.base.clone(),
            renamed: self.tags.as_ref().map_or_else(Renamed::default, |tags| tags.renamed().clone()),
            next_key: 0,
            removed: Removed::default(),
        }
    }

    /// Takes everything along. The order is that of the numbers that the objects get.
    pub(super) fn take(self, compact: &mut Compact) -> Brings {
        Brings {
            pages: pages::take(self.pages, compact),
            tags: self.tags.map(|tags| tags.take(compact)),
            bookmarks: bookmarks::take(self.bookmarks, compact),
            destinations: destinations::take(self.destinations, compact),
            form: self.form.map(|form| form.take(compact)),
            layers: self.layers.map(|layers| layers.take(compact)),
            attachments: attachments::take(self.attachments, compact),
            about: self.about.take(compact),
        }
    }
}

coded! {
    Brings { pages, tags, bookmarks, destinations, form, layers, attachments, about }
    About { metadata, information }
}

impl Brings {
    /// The numbers of the objects that the packet changes: they get something new above them, or on them.
    pub(crate) fn changed(&self) -> BTreeSet<u32> {
        let pages = self.pages.iter().map(|page| page.number);
        let elements = self.tags.iter().flat_map(Tags::kid_numbers);
        let fields = self.form.iter().flat_map(Form::field_numbers);
        pages.chain(elements).chain(fields).collect()
    }
}

fn base(document: &Document) -> Option<url::Url> {
    let catalog = document.catalog().ok()?;
    let base = value(document, dict(document, catalog, b"URI")?, b"Base")?;
    url::Url::parse(std::str::from_utf8(base.as_str().ok()?).ok()?).ok()
}
