//! The elements of a text that have begun and not yet ended.

use std::ops::Range;

use pulldown_cmark::Alignment;

use super::{Block, Inline};

/// An element that has begun.
pub(super) struct Open {
    /// What has been read of it.
    pub frame: Frame,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

/// What has been read of an element.
pub(super) enum Frame {
    /// The text itself, or the element of a list.
    Blocks(Vec<Block>),
    /// A paragraph; the text of a tight element has one that is `implied`.
    Paragraph {
        body: Vec<Inline>,
        implied: bool,
        images: Vec<(Block, Range<usize>)>,
    },
    List {
        start: Option<u64>,
        tight: bool,
        markers: Vec<String>,
        items: Vec<Vec<Block>>,
    },
    Table {
        /// Where the widths of the columns stand.
        widths: Option<Range<usize>>,
        align: Vec<&'static str>,
        header: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Row(Vec<Vec<Inline>>),
    Span {
        kind: SpanKind,
        body: Vec<Inline>,
    },
    /// The alternative text of an image.
    Alt {
        path: String,
        title: String,
        text: String,
    },
}

/// What a part of a line is.
pub(super) enum SpanKind {
    Cell,
    Emph,
    Strong,
    Link(String),
    /// A link that is refused; its text stays.
    Plain,
}

/// What a layout is told of the alignment of a column.
pub(super) fn alignment(alignment: &Alignment) -> &'static str {
    match alignment {
        Alignment::Right => "right",
        Alignment::Center => "center",
        Alignment::Left | Alignment::None => "left",
    }
}
