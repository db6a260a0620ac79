//! What could not be kept of what was pasted, in words.

use std::collections::BTreeMap;

/// What can be on a clipboard and has no place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lost {
    Images,
    Objects,
    Deleted,
    Comments,
    Footnotes,
    Headings,
    MergedCells,
    InnerTables,
    LargeTables,
    Underlines,
    Strikes,
    Scripts,
    Highlights,
    InWords,
    FileLinks,
    Symbols,
}

impl Lost {
    /// Says it, for so many.
    fn in_words(self, count: usize) -> String {
        let text = match self {
            Self::Images if count == 1 => "Ein Bild fehlt.",
            Self::Images => return format!("{count} Bilder fehlen."),
            Self::Objects => "Eingebettete Objekte fehlen.",
            Self::Deleted => "Text, der als gelöscht markiert war, fehlt.",
            Self::Comments => "Kommentare fehlen.",
            Self::Footnotes => "Fußnoten stehen als Absätze am Ende.",
            Self::Headings => "Überschriften sind fette Zeilen geworden.",
            Self::MergedCells => "Verbundene Zellen einer Tabelle sind getrennt.",
            Self::InnerTables => "Eine Tabelle in einer Tabelle steht als Text in der Zelle.",
            Self::LargeTables => "Eine Tabelle war zu groß; ihr Ende fehlt.",
            Self::Underlines => "Unterstrichenes ist nicht mehr unterstrichen.",
            Self::Strikes => "Durchgestrichenes ist nicht mehr durchgestrichen.",
            Self::Scripts => "Hoch- oder tiefgestellte Zeichen stehen auf der Zeile.",
            Self::Highlights => "Farbige Markierungen fehlen.",
            Self::InWords => "Fett oder kursiv innerhalb eines Wortes ist nicht möglich.",
            Self::FileLinks => "Verweise auf Dateien und Stellen im Dokument sind nur noch Text.",
            Self::Symbols => "Zeichen aus Symbolschriften fehlen.",
        };
        text.to_owned()
    }
}

/// How often each was lost.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<Lost, usize>);

impl Losses {
    /// Notes one more.
    pub(super) fn note(&mut self, lost: Lost) {
        *self.0.entry(lost).or_default() += 1;
    }

    /// Says all of them.
    pub(super) fn in_words(&self) -> Vec<String> {
        self.0.iter().map(|(lost, count)| lost.in_words(*count)).collect()
    }
}
