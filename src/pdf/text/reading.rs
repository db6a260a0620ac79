//! What was read, and what may still be read.
//!
//! Knows nothing of how anything is read.

use serde::{Deserialize, Serialize};

use super::page::PageText;
use super::place::{TextPlace, Unread, UnreadReason};

/// What is read of one file at most, with the files in it; beyond any of these it is [`Unread`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextLimits {
    /// Bytes that its streams unpack to in all.
    pub unpacked: usize,
    /// Characters that its pages draw in all.
    pub glyphs: usize,
    /// Steps (characters, paths, clips, drawings in drawings) of one page or drawing.
    pub steps: usize,
    /// Pages.
    pub pages: usize,
    /// Objects, arrays and dictionaries with their values.
    pub objects: usize,
    /// Files in files.
    pub depth: usize,
    /// Earlier states of the file.
    pub revisions: usize,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self {
            unpacked: 1 << 30,
            glyphs: 50_000_000,
            steps: 20_000_000,
            pages: 20_000,
            objects: 50_000_000,
            depth: 4,
            revisions: 16,
        }
    }
}

/// Everything that a file says to somebody.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PdfReading {
    /// The text of the pages, by their numbers.
    pub pages: Vec<PageText>,
    /// All other text.
    pub texts: Vec<OtherText>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Pages with pictures that may show text, which is not searched.
    pub pictures: Vec<PicturePage>,
}

/// A text that stands in no page's content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherText {
    /// Where it stands.
    pub place: TextPlace,
    /// The text.
    pub text: String,
}

/// A page that pictures cover, all or much of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PicturePage {
    /// The page, counted from 1.
    pub page: usize,
    /// The share of the page that they cover, from 0 to 1.
    pub share: f32,
    /// Whether the page is nothing but pictures, perhaps with invisible text behind them.
    pub scan: bool,
}

/// Takes what there is as bytes: where, of what kind, and the bytes.
pub type RawTaker<'a> = dyn FnMut(&TextPlace, RawKind, &[u8]) + 'a;

/// What bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawKind {
    /// A whole file.
    File,
    /// A file that is attached.
    Attachment,
    /// What a page draws, unpacked.
    Content,
    /// A picture as it stands.
    Picture,
    /// A picture that is in no coding of its own, unpacked.
    Pixels,
    /// Anything else, unpacked; and what does not unpack or parse.
    Other,
    /// Any stream as it stands in the file, packed; it comes again unpacked.
    Packed,
}

/// What is left of the limits, and what is still to be read.
pub(super) struct Remaining<'a> {
    /// The limits.
    pub limits: &'a TextLimits,
    /// Bytes that streams may still unpack to.
    pub unpacked: usize,
    /// Characters that may still be drawn.
    pub glyphs: usize,
    /// Objects that may still be looked at.
    pub objects: usize,
    /// How much deeper files in files may be.
    pub depth: usize,
    /// Earlier states that may still be read.
    pub revisions: usize,
    /// Files in the one that is read.
    pub inside: Vec<InnerFile>,
}

/// A file in another one.
pub(super) struct InnerFile {
    /// What it is called; may be empty.
    pub name: String,
    /// What it is in the other one.
    pub role: InnerFileRole,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What a file is in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InnerFileRole {
    /// It is attached.
    Attached,
    /// It was attached before the last changes.
    AttachedEarlier,
    /// It is a part of a container.
    Part,
}

impl InnerFile {
    /// Says where something in it is, seen from the other one.
    pub(super) fn place(&self, inner: TextPlace) -> TextPlace {
        let attached = |inner| TextPlace::Attachment(self.name.clone(), Box::new(inner));
        match (self.role, inner) {
            (InnerFileRole::Attached, inner) => attached(inner),
            (InnerFileRole::AttachedEarlier, inner) => TextPlace::Earlier(Box::new(attached(inner))),
            (InnerFileRole::Part, TextPlace::File) => TextPlace::Part(self.name.clone()),
            (InnerFileRole::Part, TextPlace::Part(part)) if part.is_empty() => {
                TextPlace::Part(self.name.clone())
            }
            (InnerFileRole::Part, inner) => attached(inner),
        }
    }
}

impl<'a> Remaining<'a> {
    /// Begins with all that the limits allow.
    pub(super) fn new(limits: &'a TextLimits) -> Self {
        Self {
            limits,
            unpacked: limits.unpacked,
            glyphs: limits.glyphs,
            objects: limits.objects,
            depth: limits.depth,
            revisions: limits.revisions,
            inside: Vec::new(),
        }
    }
}

impl PdfReading {
    /// Says that nothing could be read.
    pub(super) fn unread(why: UnreadReason) -> Self {
        Self { unread: vec![Unread { place: TextPlace::File, why }], ..Self::default() }
    }

    /// Adds what a file in this one says; its pages are no pages of this one.
    pub(super) fn add_inside(&mut self, inner: Self, place: impl Fn(TextPlace) -> TextPlace) {
        for page in inner.pages {
            for text in page.drawn.and_other(page.lines) {
                self.texts.push(OtherText { place: place(TextPlace::Page(page.number)), text });
            }
        }
        self.texts.extend(inner.texts.into_iter().map(|said| OtherText { place: place(said.place), ..said }));
        self.unread
            .extend(inner.unread.into_iter().map(|unread| Unread { place: place(unread.place), ..unread }));
        let pictures = inner.pictures.into_iter();
        self.unread.extend(pictures.map(|picture| Unread {
            place: place(TextPlace::Page(picture.page)),
            why: UnreadReason::Kind("ein Bild".into()),
        }));
    }
}
