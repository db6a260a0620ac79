//! The one list of finding codes. A code never changes its meaning and is never used again.
//!
//! `T` TOML and structure, `F` the form, `V` the proposal and what it cites, `S` the session,
//! `P` files, `U` what typst and the reader of templates say about a template.

use super::Severity::{self, Error, Note, Warning};

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name, such as `T101`.
    pub id: &'static str,
    /// Its weight where nothing else is set.
    pub severity: Severity,
    /// What it is about, in a few German words.
    pub title: &'static str,
}

macro_rules! codes {
    ($($name:ident = $id:literal $severity:ident $title:literal;)*) => {
        $(#[doc = $title] pub static $name: Code = Code { id: $id, severity: $severity, title: $title };)*
        /// All codes, by name.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    NOT_UTF8 = "T001" Error "Datei nicht in UTF-8";
    TOO_LARGE = "T002" Error "Datei zu groß";
    TOO_DEEP = "T003" Error "Werte zu tief verschachtelt";
    SYNTAX = "T004" Error "Kein gültiges TOML";
    DUPLICATE_KEY = "T005" Error "Schlüssel doppelt";
    BAD_NUMBER = "T006" Error "Fehlerhafte Zahl";
    BAD_DATE = "T007" Error "Fehlerhaftes Datum";
    NOT_A_RECORD = "T008" Error "Keine Vorlagendatei";
    NOT_READABLE = "T009" Error "Datei nicht lesbar";

    UNKNOWN_KEY = "T101" Error "Unbekannter Schlüssel";
    MISSING_KEY = "T102" Error "Fehlende Angabe";
    WRONG_TYPE = "T103" Error "Falsche Art von Wert";
    NOT_A_CHOICE = "T104" Error "Keine der vorgesehenen Antworten";
    EMPTY = "T105" Error "Leere Angabe";
    WRONG_FORMAT = "T106" Error "Falsche Schreibweise";
    OUT_OF_RANGE = "T107" Error "Wert außerhalb der Grenzen";
    BAD_LABEL = "T108" Error "Falsche Kennung einer Anlage";
    UNKNOWN_TEMPLATE = "T109" Error "Unbekanntes Formular";
    AMBIGUOUS_ANNEX = "T110" Error "Anlage weder Formular noch Datei";
    BAD_SETTING = "T111" Error "Falsche Einstellung in anlage.toml";

    HEADING = "T201" Error "Überschrift im Text";
    RAW_HTML = "T202" Error "HTML im Text";
    CODE_BLOCK = "T203" Error "Eingerückter Text oder Quelltext";
    NOT_IN_TEXT = "T204" Error "Nicht vorgesehene Auszeichnung";
    BAD_LINK = "T205" Error "Nicht erlaubter Verweis";
    NO_ALT_TEXT = "T206" Error "Bild ohne Alternativtext";
    MISPLACED_IMAGE = "T207" Error "Bild nicht in eigenem Absatz";
    FORBIDDEN_CHARACTER = "T208" Error "Unerlaubtes Zeichen";
    MISSING_GLYPH = "T209" Error "Zeichen fehlt in der Schrift";
    TEXT_TOO_NESTED = "T210" Error "Text zu tief gegliedert";

    DUPLICATE_NUMBER = "V001" Error "Nummer doppelt vergeben";

    TOO_MANY_IMAGES = "P005" Error "Zu viele Bilder";
    BAD_PATH = "P001" Error "Pfad führt aus dem Projekt";
    FILE_MISSING = "P002" Error "Datei fehlt";
    IMAGE_UNREADABLE = "P003" Error "Bild nicht lesbar";
    IMAGE_TOO_LARGE = "P004" Error "Bild zu groß";

    TEMPLATE_BROKEN = "U001" Error "Formular fehlerhaft";
    TYPST_ERROR = "U002" Error "Fehler beim Setzen";
    TYPST_WARNING = "U003" Warning "Warnung beim Setzen";
    EXPORT_ERROR = "U004" Error "PDF entspricht nicht der Norm";
    TYPESETTING_STOPPED = "U005" Error "Setzen abgebrochen";
    MORE = "T011" Error "Weitere Befunde";
    NOT_OURS = "T010" Note "Datei übergangen";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_well_formed() {
        let mut ids: Vec<_> = ALL.iter().map(|code| code.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
        for id in ids {
            assert_eq!(id.len(), 4);
            assert!(id.starts_with(['T', 'F', 'V', 'S', 'P', 'U']));
            assert!(id[1..].bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
