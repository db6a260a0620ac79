//! The one list of finding codes. A code never changes its meaning and is never reused.
//!
//! `T` TOML and structure, `F` the form (each form lists its own in its `findings.toml`), `V` the proposal and what
//! it cites, `S` the session, `P` files, `U` what typst and the reader of templates say about a template, `L`
//! the words on the finished page.
//! `explanations.toml` says what each code means and why it matters.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::severity::Severity::{self, Error, Note, Warning};

/// A kind of finding; displayed as users write it: `F201`, or `FORM/F201` where the id alone is ambiguous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// A letter and three digits, such as `T101`. Forms do not know each other, so two may define the same id.
    pub id: Cow<'static, str>,
    /// The form that defines it; none if any record can yield it.
    pub form: Option<Arc<str>>,
    /// Whether another form of the project defines the same `id`.
    pub is_ambiguous: bool,
    /// The severity where the project sets no other.
    pub severity: Severity,
    /// The subject in a few German words.
    pub title: Cow<'static, str>,
}

impl Code {
    /// Returns whether `id` is one of the letters in use followed by three digits.
    pub fn is_well_formed(id: &str) -> bool {
        id.len() == 4
            && id.starts_with(['T', 'F', 'V', 'S', 'P', 'U', 'L'])
            && id[1..].bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Returns the name that no other code has: `T101`, `FORM/F201`.
    pub fn name(&self) -> Cow<'_, str> {
        match &self.form {
            Some(form) => Cow::Owned(format!("{form}/{}", self.id)),
            None => Cow::Borrowed(&self.id),
        }
    }

    /// Returns whether `text`, an id or a name, can mean this code.
    pub fn is_meant_by(&self, text: &str) -> bool {
        match text.rsplit_once('/') {
            Some((form, id)) => self.form.as_deref() == Some(form) && self.id == id,
            None => self.id == text,
        }
    }

    /// Returns whether an `anlage.toml` may set its level: an error says that the PDF would be wrong or impossible,
    /// and no level changes that.
    pub fn is_adjustable(&self) -> bool {
        self.severity != Error
    }

    /// Returns whether it says that a file is not written as it was meant to be, so that places in it may be wrong.
    pub fn is_about_syntax(&self) -> bool {
        self.id.starts_with("T00") || self.id == ENDLESS_TEXT.id || self.id == CONFLICT.id
    }

    /// Returns whether a record can make an exception for it: only findings about its content allow that.
    pub fn can_be_excepted(&self) -> bool {
        let about_content = self.id.starts_with(['F', 'V']) || self.id == KEY_ORDER.id;
        self.is_adjustable() && about_content && self.id != UNUSED_EXCEPTION.id
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ambiguous { f.pad(&self.name()) } else { f.pad(&self.id) }
    }
}

macro_rules! codes {
    ($($name:ident = $id:literal $severity:ident $title:literal;)*) => {
        $(
            #[doc = $title]
            pub static $name: Code = Code {
                id: Cow::Borrowed($id),
                form: None,
                is_ambiguous: false,
                severity: $severity,
                title: Cow::Borrowed($title),
            };
        )*
        /// All codes except those of single forms, ordered by id.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

/// Finds one of [`ALL`] by its name.
pub fn named(name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id == name)
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
    NOT_OURS = "T010" Note "Datei übergangen";
    MORE = "T011" Error "Weitere Befunde";
    CHANGED_MEANWHILE = "T012" Error "Datei während der Abgabe geändert";
    ENDLESS_TEXT = "T013" Error "Langer Text nicht geschlossen";
    CONFLICT = "T014" Error "Zwei Fassungen in einer Datei";

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
    KEY_ORDER = "T112" Note "Reihenfolge der Angaben";
    BAD_EXCEPTION = "T113" Error "Falsche Ausnahme";
    OUT_OF_PLACE = "T114" Error "Angabe hier nicht vorgesehen";

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
    SIGN_AS_MARKUP = "T211" Warning "Stern wirkt als Auszeichnung";
    ROWS_WITH_TABS = "T212" Warning "Zeilen mit Tabulatoren";
    BLANK_IN_ADDRESS = "T213" Error "Leerzeichen in einem Dateinamen";
    BAD_WIDTH = "T214" Error "Falsche Breite";

    DUPLICATE_NUMBER = "V001" Error "Nummer doppelt vergeben";
    UNUSED_EXCEPTION = "V002" Warning "Ausnahme ohne Wirkung";

    PLACEHOLDER = "V101" Warning "Platzhalter im Text";
    LEAKED_MARKUP = "V102" Warning "Reste von Auszeichnung im Text";

    MALFORMED_CITATION = "V201" Warning "Vorlagennummer falsch geschrieben";
    FUTURE_CITATION = "V202" Warning "Genannte Vorlage liegt in der Zukunft";
    CITED_ANNEX_MISSING = "V203" Warning "Genannte Anlage fehlt";
    ANNEX_NOT_CITED = "V204" Note "Anlage wird nirgends genannt";
    LABEL_GAP = "V205" Warning "Lücke in den Kennungen der Anlagen";
    LABEL_ORDER = "V206" Note "Anlagen nicht in der Reihenfolge ihrer Kennungen";
    OWN_TEXT_TWICE = "V207" Error "Vorlage zugleich Formular und Datei";

    CONSULTATION_ORDER = "V301" Warning "Beratungsfolge nicht nach Datum geordnet";
    DECISION_TOO_EARLY = "V302" Warning "Entscheidung vor der Vorberatung";
    CONSULTED_BEFORE_WRITTEN = "V303" Warning "Beratung vor dem Datum der Vorlage";

    PUBLIC_ANNEX = "V401" Warning "Öffentliche Anlage einer nichtöffentlichen Vorlage";
    NON_PUBLIC_ANNEX = "V402" Note "Nichtöffentliche Anlage einer öffentlichen Vorlage";

    STRAIGHT_QUOTES = "V501" Note "Gerade Anführungszeichen";
    HYPHEN_FOR_RANGE = "V502" Note "Bindestrich statt Bis-Strich";
    HYPHEN_FOR_DASH = "V503" Note "Bindestrich statt Gedankenstrich";
    SPACE_IN_CITATION = "V504" Note "Umbruch in Gesetzesstelle möglich";
    SPACE_IN_ABBREVIATION = "V505" Note "Abkürzung ohne geschütztes Leerzeichen";
    SPACE_BEFORE_UNIT = "V506" Note "Umbruch zwischen Zahl und Einheit möglich";

    FORM_NOT_VALID = "V601" Warning "Fassung des Formulars gilt nicht";

    NOT_A_SESSION = "S001" Error "Keine Sitzungsdatei";

    BAD_ITEM_NUMBER = "S101" Error "Falsche Nummer eines Tagesordnungspunkts";
    ITEM_NUMBER_TWICE = "S102" Error "Nummer eines Tagesordnungspunkts doppelt";
    ITEM_ORDER = "S103" Warning "Tagesordnungspunkte nicht nach Nummern geordnet";
    NON_PUBLIC_BEFORE_PUBLIC = "S104" Warning "Nichtöffentlicher Punkt vor einem öffentlichen";
    EMPTY_ITEM = "S105" Error "Tagesordnungspunkt ohne Titel und Vorlage";
    NUMBER_IN_TITLE = "S106" Note "Nummer im Titel eines Tagesordnungspunkts";
    ITEM_WITHOUT_NUMBER = "S107" Error "Tagesordnungspunkt ohne Nummer";
    NO_TITLE_OF_ITS_OWN = "S108" Note "Mehrere Vorlagen und kein eigener Titel";
    LONG_TITLE = "S109" Note "Titel zu lang für die Bekanntmachung";
    NEUTRAL_TITLE = "S110" Warning "Neutraler Titel verrät oder nützt nichts";

    RECORD_MISSING = "S201" Error "Vorlagendatei der Tagesordnung fehlt";
    RECORD_HAS_ERRORS = "S202" Error "Vorlage der Tagesordnung hat Fehler";
    PROPOSAL_TWICE = "S203" Warning "Vorlage steht auf zwei Tagesordnungspunkten";
    PUBLIC_ITEM_OF_NON_PUBLIC = "S204" Error "Öffentlicher Punkt mit nichtöffentlicher Vorlage";
    NON_PUBLIC_ITEM_OF_PUBLIC = "S205" Note "Nichtöffentlicher Punkt mit öffentlicher Vorlage";
    DECISION_WITHOUT_PAPER = "S206" Warning "Entscheidung ohne Unterlage";
    PAPERS_OF_DROPPED_ITEM = "S207" Note "Unterlagen an einem abgesetzten Punkt";
    FILE_TWICE = "S208" Warning "Dieselbe Datei zweimal in der Sitzung";
    MIXED_PROPOSALS = "S209" Error "Öffentliche und nichtöffentliche Vorlagen auf einem Punkt";

    NOTICE_PERIOD = "S301" Warning "Ladungsfrist nicht gewahrt";
    COMMITTEE_NOT_CONSULTED = "S302" Warning "Gremium nicht in der Beratungsfolge";
    CONSULTED_ON_ANOTHER_DAY = "S303" Warning "Sitzungstag steht nicht in der Beratungsfolge";
    PAPER_AFTER_NOTICE = "S304" Note "Unterlage nach der Ladung";

    RELEASE_USELESS = "S401" Warning "Freigabe ohne Wirkung";
    RELEASE_INCOMPLETE = "S402" Error "Freigabe unvollständig";

    DISPATCH_UNREADABLE = "S501" Error "Versanddatei nicht lesbar";
    WITHDRAWN_FROM_PUBLIC = "S502" Warning "Veröffentlichtes ist jetzt nichtöffentlich";
    LATE_WITHOUT_REASON = "S503" Warning "Nachgereicht ohne Grund der Dringlichkeit";
    TITLE_AFTER_NOTICE = "S504" Warning "Titel nach Ablauf der Ladungsfrist geändert";
    TABLED_FOR_DECISION = "S505" Warning "Tischvorlage zur Entscheidung";
    EXCHANGED_AGAIN = "S506" Note "Seite zum zweiten Mal ausgetauscht";
    SENT_BEFORE_THE_LAST = "S507" Error "Versand vor der letzten Fassung";
    NOT_AS_SENT = "S508" Error "Versandtes fehlt oder ist geändert";

    BAD_PATH = "P001" Error "Pfad führt aus dem Projekt";
    FILE_MISSING = "P002" Error "Datei fehlt";
    IMAGE_UNREADABLE = "P003" Error "Bild nicht lesbar";
    IMAGE_TOO_LARGE = "P004" Error "Bild zu groß";
    TOO_MANY_IMAGES = "P005" Error "Zu viele Bilder";

    FILE_LOCKED = "P101" Error "Datei verschlüsselt";
    FILE_DAMAGED = "P102" Error "Datei nicht lesbar";
    FILE_WITHOUT_PAGES = "P103" Error "PDF ohne Seiten";
    FILE_EXHAUSTING = "P104" Error "Datei sprengt die Grenzen";
    GAP = "P105" Warning "Lücke in der Sitzungsmappe";
    LEAK = "P106" Error "Nichtöffentliches in der öffentlichen Fassung";
    MENTION = "P107" Warning "Nummer oder Betrag aus nichtöffentlichen Unterlagen";
    UNSEARCHED = "P108" Error "Nicht lesbar, also nicht durchsucht";
    PICTURES_UNSEARCHED = "P109" Note "Bilder sind nicht durchsucht";
    HIDDEN_IN_PUBLIC = "P110" Error "Verdeckter Text in einer öffentlichen Unterlage";
    OUTPUT_IS_INPUT = "P131" Error "Ausgabe träfe eine Eingabe";
    OTHER_SESSION = "P132" Error "Name gehört der Mappe einer anderen Sitzung";
    PAPER_TOO_LARGE = "P133" Warning "Unterlage größer als ein Teil der Mappe";

    SIGNATURE_ENDS = "P201" Warning "Signatur endet in der Mappe";
    SCAN_WITHOUT_TEXT = "P202" Warning "Scan ohne Text";
    ACTIONS_REMOVED = "P203" Note "Skripte und Aktionen entfernt";
    ATTACHMENTS_REMOVED = "P204" Warning "Angehängte Dateien entfernt";
    REVIEW_MARKS = "P205" Warning "Kommentare und Markierungen im PDF";
    HIDDEN_TEXT = "P206" Warning "Verdeckter Text im PDF";
    PAGE_UNREADABLE = "P207" Warning "Seite im PDF nicht lesbar";
    EMPTY_SHELL = "P208" Warning "PDF ohne seinen Inhalt";
    PHOTO_TRACES = "P209" Note "Foto nennt Ort oder Person";
    WRONG_ENDING = "P210" Note "Endung passt nicht zum Inhalt";

    FONT_MISSING = "P301" Warning "Schrift nicht eingebettet";
    PICTURE_COARSE = "P302" Warning "Bild zu grob für den Druck";
    LINE_THIN = "P303" Note "Linie zu dünn für den Druck";
    TEXT_AT_EDGE = "P304" Warning "Text zu nah am Rand des Papiers";
    TRANSPARENCY = "P305" Note "Durchscheinendes im Druck";
    PAGE_NOT_A4 = "P306" Note "Seite im Druck nicht A4";
    BOOKLET_SPLIT = "P307" Note "Broschüre in Lagen geteilt";

    TEMPLATE_BROKEN = "U001" Error "Formular fehlerhaft";
    TYPST_ERROR = "U002" Error "Fehler beim Setzen";
    TYPST_WARNING = "U003" Warning "Warnung beim Setzen";
    EXPORT_ERROR = "U004" Error "PDF entspricht nicht der Norm";
    TYPESETTING_STOPPED = "U005" Error "Setzen abgebrochen";
    RULE_FAILED = "U006" Error "Regel eines Formulars fehlgeschlagen";
    LABEL_TWICE = "U007" Warning "Beschriftung doppelt geschrieben";
    EXAMPLE_MISSING = "U008" Warning "Formular ohne Beispiel";

    WORDS_LOST = "L001" Warning "Wörter fehlen auf der Seite";
    LABEL_LOST = "L002" Warning "Beschriftung fehlt auf der Seite";
    WORDS_TOGETHER = "L003" Warning "Wörter zusammengelaufen oder getrennt";
    WORDS_OVERLAP = "L004" Warning "Wörter stehen übereinander";
    OVER_THE_EDGE = "L005" Warning "Text ragt über den Rand";
    TABLE_TOO_WIDE = "L006" Warning "Tabelle zu breit für die Seite";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_well_formed() {
        let mut ids: Vec<_> = ALL.iter().map(|code| &code.id).collect();
        assert!(ids.iter().all(|id| Code::is_well_formed(id)));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
