//! What a PDF says, read as its readers read it: the pages as a viewer draws them, and everything else that is text for
//! somebody or some program.
//!
//! What cannot be read is a value of its own and never silence. Knows nothing of packets and secrets.

mod content;
mod draw;
mod earlier;
mod file;
mod kinds;
mod lines;
mod markup;
mod page;
mod paint;
mod place;
mod sight;
mod streams;
mod strings;
mod viewer;
mod walk;

use serde::{Deserialize, Serialize};

pub use page::{Glyph, PageText, Rect, Sight, TextRun};
pub use place::{TextLimit, TextPlace, Unread, UnreadReason};

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

/// Takes what there is as bytes: where, and the bytes.
pub type RawTaker<'a> = dyn FnMut(&TextPlace, &[u8]) + 'a;

/// Reads a file by its content: PDF, containers of XML such as docx and odt, XML, text. Of anything else it gives the
/// bytes, and says that it is not read.
///
/// `raw` gets what there is as bytes: each stream as it stands and unpacked, and what does not parse. Takes as long as
/// the file needs, and may need much memory: it belongs into a process with limits.
pub fn read(file: &[u8], limits: &TextLimits, raw: &mut RawTaker<'_>) -> PdfReading {
    let mut left = Remaining {
        limits,
        unpacked: limits.unpacked,
        glyphs: limits.glyphs,
        objects: limits.objects,
        depth: limits.depth,
        revisions: limits.revisions,
    };
    let mut reading = read_within(file, &mut left, raw);
    reading.unread.sort();
    reading.unread.dedup();
    reading
}

/// Reads a file, or one in it, with what is left of the limits.
fn read_within(file: &[u8], left: &mut Remaining<'_>, raw: &mut RawTaker<'_>) -> PdfReading {
    let Some(depth) = left.depth.checked_sub(1) else {
        raw(&TextPlace::File, file);
        return PdfReading::unread(UnreadReason::TooMuch(TextLimit::Depth));
    };
    left.depth = depth;
    // The first line may stand behind something else (ISO 32000-2, Annex I).
    let head = file.get(..file.len().min(1024)).unwrap_or_default();
    let reading = if head.windows(5).any(|word| word == b"%PDF-") {
        file::read(file, left, raw)
    } else {
        kinds::read(file, left, raw)
    };
    left.depth += 1;
    reading
}

/// What is left of the limits.
struct Remaining<'a> {
    limits: &'a TextLimits,
    unpacked: usize,
    glyphs: usize,
    objects: usize,
    depth: usize,
    revisions: usize,
}

impl PdfReading {
    /// Says that nothing could be read.
    fn unread(why: UnreadReason) -> Self {
        Self { unread: vec![Unread { place: TextPlace::File, why }], ..Self::default() }
    }

    /// Adds what a file in this one says; its pages are no pages of this one.
    fn add_inside(&mut self, inner: Self, place: impl Fn(TextPlace) -> TextPlace) {
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

#[cfg(test)]
pub(super) mod tests;
