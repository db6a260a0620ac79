//! Where in a PDF something is said, and why something could not be read, in words.
//!
//! Knows nothing of how it is read.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where in a PDF something is said. As text: a German adverbial, such as "in einem Kommentar auf Seite 3".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TextPlace {
    /// What a page draws; pages count from 1.
    Page(usize),
    /// A drawing (form XObject, pattern, glyph of a Type 3 font, look of an annotation) that no page was seen to draw.
    Drawing(Option<usize>),
    /// The words for marked content (`ActualText`, `Alt`, `E`, `Lang`) in a content stream or a list of properties.
    MarkedContent(Option<usize>),
    /// An annotation: its text, rich text, subject, author.
    Annotation(Option<usize>),
    /// A field of a form: its name, value, hint, choices.
    Field(Option<usize>),
    /// The target of a link, as it stands and without percent signs.
    Link(Option<usize>),
    /// A bookmark.
    Bookmark,
    /// An element of the structure tree.
    Structure,
    /// The name of a layer.
    Layer,
    /// The name of a place, of a font, of a state: any name or key in the file.
    Name(Option<usize>),
    /// The document information.
    Information,
    /// Metadata (XMP) of the document or of anything in it.
    Metadata,
    /// A script.
    Script,
    /// Any other text in an object with this number.
    Object(u32),
    /// The name of an attached file, or what is said of it.
    AttachmentName,
    /// In an attached file with this name, or one inside of it.
    Attachment(String, Box<TextPlace>),
    /// In a part of an attached file that is a container, such as `word/document.xml`; the text as a whole if empty.
    Part(String),
    /// In a state of the file before its last changes, or in what no state refers to.
    Earlier(Box<TextPlace>),
    /// The file as a whole.
    File,
}

impl TextPlace {
    /// Gives the page, if it is known; in an attached file none of this one.
    pub fn page(&self) -> Option<usize> {
        match self {
            Self::Page(page) => Some(*page),
            Self::Drawing(page)
            | Self::MarkedContent(page)
            | Self::Annotation(page)
            | Self::Field(page)
            | Self::Link(page)
            | Self::Name(page) => *page,
            _ => None,
        }
    }

    /// Tells whether another place is of the same kind, whatever page it is on.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Attachment(_, inner), Self::Attachment(_, other))
            | (Self::Earlier(inner), Self::Earlier(other)) => inner.is_like(other),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Gives the same place on a page with another number, if it is on one.
    pub fn on_page(mut self, number: usize) -> Self {
        match &mut self {
            Self::Page(page) => *page = number,
            Self::Drawing(Some(page))
            | Self::MarkedContent(Some(page))
            | Self::Annotation(Some(page))
            | Self::Field(Some(page))
            | Self::Link(Some(page))
            | Self::Name(Some(page)) => *page = number,
            _ => {}
        }
        self
    }
}

impl fmt::Display for TextPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Page(page) => return write!(f, "auf Seite {page}"),
            Self::Drawing(_) => "in einer Zeichnung",
            Self::MarkedContent(_) => "in einem Ersatztext",
            Self::Annotation(_) => "in einem Kommentar",
            Self::Field(_) => "in einem Formularfeld",
            Self::Link(_) => "im Ziel eines Links",
            Self::Bookmark => "in einem Lesezeichen",
            Self::Structure => "im Strukturbaum",
            Self::Layer => "im Namen einer Ebene",
            Self::Name(_) => "in einem Namen",
            Self::Information => "in den Angaben zum Dokument",
            Self::Metadata => "in den Metadaten (XMP)",
            Self::Script => "in einem Skript",
            Self::Object(number) => return write!(f, "im Objekt {number}"),
            Self::AttachmentName => "im Namen eines Anhangs",
            Self::Attachment(name, inner) => return write!(f, "im Anhang {name}, {inner}"),
            Self::Part(name) if name.is_empty() => "im Text",
            Self::Part(name) => return write!(f, "in {name}"),
            Self::Earlier(inner) => return write!(f, "in einem früheren Stand der Datei, {inner}"),
            Self::File => "in der Datei",
        })?;
        match self.page() {
            Some(page) => write!(f, " auf Seite {page}"),
            None => Ok(()),
        }
    }
}

/// Something that could not be read: what is in it is not known, so it must not count as harmless.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unread {
    /// Where.
    pub place: TextPlace,
    /// Why.
    pub why: UnreadReason,
}

/// Why something could not be read. As text: a German clause, such as "der Filter XYZ ist unbekannt".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum UnreadReason {
    /// It opens for those only who have a password or a key.
    Locked,
    /// It is damaged, or not what it should be.
    Damaged,
    /// Its filter is unknown.
    Filter(String),
    /// So many characters of a font say nothing of what letters they are.
    NoLetters {
        /// The name of the font; empty if it has none.
        font: String,
        /// How many there are.
        count: usize,
    },
    /// It is of a kind that is not read, such as an attached video or an archive in an archive.
    Kind(String),
    /// It is beyond a limit.
    TooMuch(TextLimit),
}

/// What there is a limit for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TextLimit {
    /// Bytes unpacked in all.
    Unpacked,
    /// Characters that are drawn, in all.
    Glyphs,
    /// Steps of drawing a page.
    Steps,
    /// Pages.
    Pages,
    /// Objects.
    Objects,
    /// Files in files in files.
    Depth,
    /// Earlier states of the file.
    Revisions,
    /// What was found in it.
    Hits,
}

impl fmt::Display for UnreadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => f.write_str("sie ist verschlüsselt"),
            Self::Damaged => f.write_str("das ist beschädigt"),
            Self::Filter(name) => write!(f, "der Filter „{name}“ ist unbekannt"),
            Self::NoLetters { font, count } => {
                let name = if font.is_empty() { "einer Schrift ohne Namen" } else { font };
                write!(f, "{count} Zeichen in {name} sagen nicht, welche Buchstaben sie sind")
            }
            Self::Kind(kind) => write!(f, "{kind} wird nicht gelesen"),
            Self::TooMuch(bound) => write!(f, "zu viel: {bound}"),
        }
    }
}

impl fmt::Display for TextLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unpacked => "es entpackt sich zu weit",
            Self::Glyphs => "zu viele Zeichen",
            Self::Steps => "zu viele Zeichenschritte",
            Self::Pages => "zu viele Seiten",
            Self::Objects => "zu viele Objekte",
            Self::Depth => "zu tief ineinander",
            Self::Revisions => "zu viele frühere Stände",
            Self::Hits => "zu viele Funde",
        })
    }
}
