//! Something that was left behind in a document, and the text that it is on.
//!
//! Knows nothing of how it is found.

use serde::{Deserialize, Serialize};

use crate::pdf::text::PageText;

/// Something that was left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// The page, counted from 1.
    pub page: usize,
    /// What it is.
    pub kind: LeftoverKind,
    /// What a comment says; for anything else the text that it is on, or that is hidden. May be empty.
    pub text: String,
    /// Who wrote it, if it says so.
    pub author: Option<String>,
}

/// What was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftoverKind {
    /// A note, a text box, a stamp, a drawing of a reviewer.
    Comment,
    /// Text that is highlighted or underlined.
    Highlight,
    /// Text that is struck out.
    StrikeOut,
    /// Text that is marked to be removed, and still there.
    Redaction,
    /// Text under a filled area or a picture.
    Covered,
    /// Text in a layer that is off.
    HiddenLayer,
    /// Text outside of the page, or clipped away.
    Outside,
    /// Text in the colour of what lies under it.
    PaperColoured,
    /// Text without paint, where no picture shows what it says.
    Invisible,
}

impl LeftoverKind {
    /// Tells whether it is a mark that can be taken away; anything else is hidden in the pages themselves.
    pub fn is_mark(self) -> bool {
        matches!(self, Self::Comment | Self::Highlight | Self::StrikeOut)
    }

    /// Names several in German.
    pub fn names(self) -> &'static str {
        match self {
            Self::Comment => "Kommentare",
            Self::Highlight => "Markierungen",
            Self::StrikeOut => "Streichungen",
            Self::Redaction => "nicht angewendete Schwärzungen",
            Self::Covered => "verdeckte Texte",
            Self::HiddenLayer => "Texte in ausgeblendeten Ebenen",
            Self::Outside => "Texte außerhalb der Seite",
            Self::PaperColoured => "Texte in der Farbe des Papiers",
            Self::Invisible => "unsichtbare Texte",
        }
    }

    /// Names it in German, in the singular.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "Kommentar",
            Self::Highlight => "Markierung",
            Self::StrikeOut => "Streichung",
            Self::Redaction => "nicht angewendete Schwärzung",
            Self::Covered => "verdeckter Text",
            Self::HiddenLayer => "Text in einer ausgeblendeten Ebene",
            Self::Outside => "Text außerhalb der Seite",
            Self::PaperColoured => "Text in der Farbe des Papiers",
            Self::Invisible => "unsichtbarer Text",
        }
    }
}

/// Gives the text of the chosen glyphs line by line, with a space where others are between them.
pub(super) fn chosen(page: &PageText, is_chosen: impl Fn(usize) -> bool) -> String {
    let run = &page.lines;
    let ends = run.glyphs.iter().skip(1).map(|(at, _)| *at as usize).chain([run.text.len()]);
    let mut text = String::new();
    let mut gap = false;
    for ((start, glyph), end) in run.glyphs.iter().zip(ends) {
        let is_chosen = (*glyph as usize) < page.glyphs.len() && is_chosen(*glyph as usize);
        if is_chosen {
            text.push_str(if gap && !text.is_empty() { " " } else { "" });
            text.push_str(run.text.get(*start as usize..end).unwrap_or_default());
        }
        gap = !is_chosen;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
