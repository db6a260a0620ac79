//! A PDF that has been taken apart to go into a packet: the objects that its pages need, and what it has beside them.
//!
//! Knows nothing of the other parts.

use lopdf::{Document, Object};

use super::numbering::Start;
use super::page_edges::PageEdges;
use crate::pdf::objects::{as_dict, dict, integer, list, text};
use crate::pdf::{self, Claims, LoadError};

mod attachments;
mod bookmarks;
mod brings;
mod clean;
mod coded;
mod compact;
mod destinations;
mod forms;
mod frozen;
mod layers;
mod live;
mod marks;
mod pages;
mod selection;
mod soundness;
mod tags;

pub(super) use bookmarks::Bookmark;
use brings::{About, Brings, Found};
use clean::Cleaner;
pub use clean::Removed;
pub(super) use coded::Coded;
use coded::coded;
use compact::Compact;
use frozen::StowedObjects;
pub(super) use frozen::{Frozen, Text, Texts};
use live::Live;
pub(super) use pages::{PageSource, View, read as page_sources};
pub(super) use tags::Tags;

/// A part of a packet. Its objects are numbered from 1, without gaps.
#[derive(Debug)]
pub struct Part {
    /// The objects that go into the packet as they are.
    pub(super) frozen: StowedObjects,
    /// The objects that the packet changes: pages, and what hangs below something new.
    pub(super) live: Live,
    /// How many objects it has.
    pub(super) count: u32,
    /// What it has beside its objects.
    pub(super) brings: Brings,
    pub(super) language: Option<String>,
    /// The first number that no marked content of its first page has; none if there is no telling.
    pub(super) free_mark: Option<u32>,
    slug: String,
    /// What it claims.
    pub claims: Claims,
    /// Whether its colours are meant for print: an output intent that is not RGB.
    pub is_cmyk: bool,
    /// What is wrong with its structure, if it claims PDF/A-2a or PDF/UA-1.
    pub defects: Vec<String>,
    /// What did not come along.
    pub removed: Removed,
    /// What is drawn at the edges of its pages; of pages that are not there nothing is.
    pub edges: Vec<PageEdges>,
}

coded! {
    Part {
        frozen, live, count, brings, language, free_mark, slug, claims, is_cmyk, defects, removed, edges,
    }
}

/// Numbers of marked content that are greater are not gone on from: the parent tree has a place for each that is less.
const MAX_MARK: u32 = 1 << 14;

/// What becomes of a part.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// Its pages are bound.
    Paper,
    /// They are, and its metadata is that of the packet.
    Front,
    /// Only its metadata is that of the packet.
    About,
    /// Its pages are drawn on others.
    Stamps,
}

impl Part {
    /// Takes a PDF apart. The slug tells its names from those of other parts.
    pub fn read(bytes: &[u8], slug: &str) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, slug, Use::Paper))
    }

    /// Takes a PDF apart without the comments and marks of reviewers.
    pub fn read_without_marks(bytes: &[u8], slug: &str) -> Result<Self, LoadError> {
        let mut document = pdf::load(bytes)?;
        marks::remove(&mut document);
        Ok(Self::take_apart(document, slug, Use::Paper))
    }

    /// Takes of a PDF only these pages apart, by their places from 0, and blank ones where there is none; without the comments
    /// and marks of reviewers or with them.
    pub fn read_selected(
        bytes: &[u8],
        slug: &str,
        choice: &[Option<usize>],
        marks: bool,
    ) -> Result<Self, LoadError> {
        let mut document = pdf::load(bytes)?;
        if !marks {
            marks::remove(&mut document);
        }
        selection::select(&mut document, choice);
        Ok(Self::take_apart(document, slug, Use::Paper))
    }

    /// Takes a sheet apart that stands between the papers.
    pub fn read_divider(bytes: &[u8]) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, "trennblatt", Use::Paper))
    }

    /// Takes the first pages of a packet apart, which give it its metadata and output intent too.
    pub fn read_front(bytes: &[u8]) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, "tagesordnung", Use::Front))
    }

    /// Takes of the first pages of a packet only the metadata and the output intent, for a packet without them.
    pub fn read_about(bytes: &[u8]) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, "tagesordnung", Use::About))
    }

    /// Takes a PDF apart whose pages are stamps.
    pub fn read_stamps(bytes: &[u8]) -> Result<Self, LoadError> {
        Ok(Self::take_apart(pdf::load(bytes)?, "stempel", Use::Stamps))
    }

    /// A part without pages.
    pub fn empty(slug: &str) -> Self {
        Self::take_apart(Document::new(), slug, Use::Paper)
    }

    fn take_apart(document: Document, slug: &str, purpose: Use) -> Self {
        let claims = pdf::claims(&document);
        let is_cmyk = has_other_intent(&document);
        let language = document.catalog().ok().and_then(|catalog| text(&document, catalog, b"Lang"));
        let is_front = matches!(purpose, Use::Front | Use::About);
        let about = if is_front { About::read(&document) } else { About::default() };
        let found = match purpose {
            Use::About => Found::read(&Document::new(), slug, about),
            _ => Found::read(&document, slug, about),
        };
        let cleaner = found.cleaner(slug, matches!(claims.pdf_a, Some((2, _))));

        // In what claims to be sound the parent tree says it.
        let scanned = if purpose == Use::Paper && claims == Claims::default() {
            tags::next_mark(&document)
        } else {
            Default::default()
        };

        let mut compact = Compact::new(document.objects, cleaner);
        let mut brings = found.take(&mut compact);
        let (mut objects, Cleaner { removed, next_key, .. }) = compact.finish();

        let mut defects = Vec::new();
        let mut free_mark = scanned;
        if let Some(tags) = &mut brings.tags {
            tags.complete(&objects, next_key);
            free_mark = free_mark.max(tags.marks_on_first_page(&objects, &brings.pages));
            // What is wrong counts only if the document claims that nothing is.
            if claims != Claims::default() {
                defects = soundness::defects(&mut objects, &brings.pages, tags);
            }
        }
        let count = objects.len() as u32;
        let changed = brings.changed();
        let is_own = is_front || purpose == Use::Stamps;
        let (frozen, live) = freeze(objects, |number| is_own || changed.contains(&number));
        let slug = slug.to_owned();
        let free_mark = u32::try_from(free_mark).ok().filter(|mark| *mark < MAX_MARK);
        let edges = Vec::new();
        Self {
            frozen,
            live,
            count,
            brings,
            language,
            free_mark,
            slug,
            claims,
            is_cmyk,
            defects,
            removed,
            edges,
        }
    }

    /// Gives it as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.put(&mut bytes);
        bytes
    }

    /// Reads what [`Part::to_bytes`] of the same version of this program gave; none of anything else.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        Self::take(&mut bytes).filter(|_| bytes.is_empty())
    }

    /// How many pages it has.
    pub fn page_count(&self) -> usize {
        self.brings.pages.len()
    }

    /// Tells whether it has a structure, by which it can be read aloud.
    pub fn is_tagged(&self) -> bool {
        self.brings.tags.is_some()
    }

    /// Where the next part begins, if this one begins at `start`.
    pub(super) fn end(&self, start: Start) -> Start {
        start.after(self.count, self.brings.tags.as_ref().map_or(0, |tags| tags.next_key))
    }

    /// What tells its names from those of other parts.
    pub fn slug(&self) -> &str {
        &self.slug
    }
}

/// Freezes the objects that are not changed any more.
fn freeze(objects: Vec<Object>, is_live: impl Fn(u32) -> bool) -> (StowedObjects, Live) {
    let mut frozen = Frozen::default();
    let mut live = Live::default();
    for (object, number) in objects.into_iter().zip(1..) {
        if is_live(number) {
            live.push(number, &object);
        } else {
            frozen.push(number, object);
        }
    }
    live.shrink();
    (frozen.stowed(), live)
}

/// Whether the document is made for other colours than RGB and grey (PDF/A-2, 6.2.3): a packet has one intent only.
fn has_other_intent(document: &Document) -> bool {
    let Ok(catalog) = document.catalog() else { return false };
    list(document, catalog, b"OutputIntents").iter().any(|intent| {
        let profile =
            as_dict(document, intent).and_then(|intent| dict(document, intent, b"DestOutputProfile"));
        profile.is_some_and(|profile| integer(document, profile, b"N") == Some(4))
    })
}
