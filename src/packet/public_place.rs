//! Something public in which the search before publication found something, and what that was.
//!
//! Says nothing of it, and searches nothing.

use std::ops::Range;
use std::sync::Arc;

use super::business::{Business, BusinessItem};
use super::edition::Edition;
use super::secrets::{Hit, is_in};
use crate::diagnostics::Source;
use crate::pdf::text::{PicturePage, TextPlace, Unread};

/// Something public in which something was found, as findings speak of it.
#[derive(Debug, Clone)]
pub struct PublicPlace {
    /// Its name: `Anlage 1 zu V/0301/2025 (TOP 4.2)`.
    pub name: String,
    /// Where in it: `auf Seite 3 (Seite 17 der Mappe)`; may be empty.
    pub at: String,
    /// The page of it, if it has pages.
    pub page: Option<usize>,
    /// The file that names it.
    pub source: Arc<Source>,
    /// Where it is named there.
    pub span: Range<usize>,
    /// The numbers of its items.
    pub items: Vec<String>,
    /// The number of its proposal, or its own; may be empty.
    pub proposal: String,
    /// The label of the annex; empty for what is none.
    pub annex: String,
    /// The [hash](crate::files::hash) of its file, if that is from elsewhere.
    pub hash: Option<String>,
}

impl PublicPlace {
    /// A place in what an edition says of the session itself, in something with this name: at the item whose title has the
    /// words that were found, if one has.
    pub fn in_session(business: &Business<'_>, edition: &Edition, name: String, found: Trace<'_>) -> Self {
        let place = found.place();
        let has_words = |item: &&BusinessItem<'_>| match found {
            Trace::Hit(hit) => {
                business.title_for(item, edition.readers).is_some_and(|title| is_in(&hit.shown, &title))
            }
            _ => false,
        };
        let item = business.items.iter().find(has_words);
        Self {
            name,
            at: place.to_string(),
            page: place.page(),
            source: Arc::clone(&business.session.source),
            span: item.map(|item| item.item.span.clone()).unwrap_or_default(),
            items: item.map(|item| item.number()).into_iter().collect(),
            proposal: String::new(),
            annex: String::new(),
            hash: None,
        }
    }
}

/// Something that was found in a file.
#[derive(Debug, Clone, Copy)]
pub enum Trace<'a> {
    /// Something that is not public.
    Hit(&'a Hit),
    /// Something that could not be read.
    Unread(&'a Unread),
    /// A page that is a picture.
    Picture(&'a PicturePage),
    /// The file itself, which could not be searched.
    File,
}

impl Trace<'_> {
    /// Gives the place of it in the file.
    pub fn place(&self) -> TextPlace {
        match self {
            Self::Hit(hit) => hit.place.clone(),
            Self::Unread(unread) => unread.place.clone(),
            Self::Picture(picture) => TextPlace::Page(picture.page),
            Self::File => TextPlace::File,
        }
    }
}
