//! Parts of paragraphs and what they look like.

use std::rc::Rc;

/// What a text looks like.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct TextLook {
    pub(super) bold: bool,
    pub(super) italic: bool,
    /// Above the line, or below.
    pub(super) script: Option<bool>,
    pub(super) link: Option<Rc<str>>,
    /// Whether spaces and ends of lines stay as they are.
    pub(super) is_as_typed: bool,
}

/// A part of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PastedPiece {
    Text { text: String, look: TextLook },
    LineBreak,
}
