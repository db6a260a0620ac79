//! The content of a PDF, for people and programs that want to know before they use it.
//!
//! Describes what is there without judging it, apart from the defects of the structure.

mod interactive;
mod navigation;
mod pages;
mod resources;

use std::collections::BTreeMap;

use lopdf::Document;
use serde::Serialize;

use super::claims::{Claims, claims};
use super::objects::{dict, name, text};
use super::structure::{Defect, structure, structure_root};
pub use interactive::{Attachment, InteractiveForm};
pub use navigation::{Links, OutlineEntry};
pub use pages::{Label, PageFormat};
pub use resources::Font;

/// The result of inspecting a PDF.
#[derive(Debug, Serialize)]
pub struct Inspection {
    /// The number of pages.
    pub pages: usize,
    /// The sizes of the pages.
    pub formats: Vec<PageFormat>,
    /// The version of PDF.
    pub version: String,
    /// Whether it is encrypted but opens without a password.
    pub encrypted: bool,
    /// The standards that it claims to follow.
    pub claims: Claims,
    /// Its title.
    pub title: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Whether it has a structure tree.
    pub tagged: bool,
    /// The number of structure elements of each type.
    pub elements: BTreeMap<String, usize>,
    /// Its fonts.
    pub fonts: Vec<Font>,
    /// Its links.
    pub links: Links,
    /// Its bookmarks, in order.
    pub bookmarks: Vec<OutlineEntry>,
    /// The number of named destinations.
    pub named_destinations: usize,
    /// The labels of its pages.
    pub page_labels: Vec<Label>,
    /// The files in it.
    pub attachments: Vec<Attachment>,
    /// Its interactive form.
    pub form: InteractiveForm,
    /// The names of its layers.
    pub layers: Vec<String>,
    /// The number of its actions of each type, other than following a link.
    pub actions: BTreeMap<String, usize>,
    /// If it is tagged, the pages, from 1, on which something is not.
    pub untagged: Vec<usize>,
    /// The defects of its structure.
    pub defects: Vec<Defect>,
}

/// Inspects a whole document.
pub fn inspect(document: &Document) -> Inspection {
    let order = super::objects::pages(document);
    let navigation = navigation::Navigation::new(document, &order);
    let resources = resources::resources(document);
    let structure = structure(document);
    Inspection {
        pages: order.len(),
        formats: pages::formats(document, &order),
        version: version(document),
        encrypted: document.was_encrypted(),
        claims: claims(document),
        title: title(document),
        language: document.catalog().ok().and_then(|catalog| text(document, catalog, b"Lang")),
        tagged: structure_root(document).is_some(),
        elements: structure.elements,
        fonts: resources.fonts,
        links: navigation.links(&order),
        bookmarks: navigation.bookmarks(),
        named_destinations: navigation.named_destinations(),
        page_labels: pages::labels(document),
        attachments: resources.attachments,
        form: interactive::form(document),
        layers: interactive::layers(document),
        actions: resources.actions,
        untagged: structure.untagged,
        defects: structure.defects,
    }
}

/// Returns the version; the catalog may name a later one than the first line.
fn version(document: &Document) -> String {
    let named = document.catalog().ok().and_then(|catalog| name(document, catalog, b"Version"));
    let named = named.map(|version| String::from_utf8_lossy(version).into_owned());
    named.filter(|named| *named > document.version).unwrap_or_else(|| document.version.clone())
}

/// Returns the title.
pub(super) fn title(document: &Document) -> Option<String> {
    let title = text(document, dict(document, &document.trailer, b"Info")?, b"Title")?;
    (!title.trim().is_empty()).then_some(title)
}
