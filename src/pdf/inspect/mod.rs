//! What is in a PDF, for people and programs that want to know before they use it.
//!
//! Says what is there and does not judge it, apart from the structure's defects.

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
pub use interactive::{Attachment, Form};
pub use navigation::{Bookmark, Links};
pub use pages::{Format, Label};
pub use resources::Font;

/// What was found in a PDF.
#[derive(Debug, Serialize)]
pub struct Inspection {
    /// The number of pages.
    pub pages: usize,
    /// How large they are.
    pub formats: Vec<Format>,
    /// The version of PDF.
    pub version: String,
    /// Whether it is encrypted, and opened without a password.
    pub encrypted: bool,
    /// The standards it says it follows.
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
    pub bookmarks: Vec<Bookmark>,
    /// The number of named places.
    pub named_destinations: usize,
    /// How its pages are numbered.
    pub page_labels: Vec<Label>,
    /// Files in it.
    pub attachments: Vec<Attachment>,
    /// Its form.
    pub form: Form,
    /// The names of its layers.
    pub layers: Vec<String>,
    /// What it does by itself or at a click, other than following a link, by type: how often.
    pub actions: BTreeMap<String, usize>,
    /// What is wrong with its structure.
    pub defects: Vec<Defect>,
}

/// Looks at everything.
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
        defects: structure.defects,
    }
}

/// The catalog may name a later version than the first line.
fn version(document: &Document) -> String {
    let named = document.catalog().ok().and_then(|catalog| name(document, catalog, b"Version"));
    let named = named.map(|version| String::from_utf8_lossy(version).into_owned());
    named.filter(|named| *named > document.version).unwrap_or_else(|| document.version.clone())
}

fn title(document: &Document) -> Option<String> {
    let title = text(document, dict(document, &document.trailer, b"Info")?, b"Title")?;
    (!title.trim().is_empty()).then_some(title)
}
