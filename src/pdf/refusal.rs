//! Why a file that comes from elsewhere cannot be used.

use serde::{Deserialize, Serialize};

use super::file_format::foreign_format;
use super::load::LoadError;
use crate::child::Stopped;
use crate::diagnostics::codes::{self, Code};

/// Why a file cannot be used. Each holds the reason as a German sentence without a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// It opens for those only who know a password or have a key.
    Locked(String),
    /// It has no page.
    NoPages(String),
    /// It is no PDF and no image.
    Foreign(String),
    /// It is damaged beyond repair.
    Damaged(String),
    /// It took too long or too much memory.
    Exhausting(String),
}

impl Refusal {
    /// Refuses a file that is neither a PDF nor an image, and says what it is.
    pub fn foreign(file: &[u8]) -> Self {
        Self::Foreign(format!(
            "die Datei ist {}; eine Anlage ist PDF, JPEG, PNG oder TIFF",
            foreign_format(file)
        ))
    }

    /// The reason as a German sentence without a subject.
    pub fn reason(&self) -> &str {
        match self {
            Self::Locked(reason)
            | Self::NoPages(reason)
            | Self::Foreign(reason)
            | Self::Damaged(reason)
            | Self::Exhausting(reason) => reason.trim_end_matches('.'),
        }
    }

    /// The code of a finding that says so.
    pub fn code(&self) -> &'static Code {
        match self {
            Self::Locked(_) => &codes::FILE_LOCKED,
            Self::Foreign(_) | Self::Damaged(_) => &codes::FILE_DAMAGED,
            Self::NoPages(_) => &codes::FILE_WITHOUT_PAGES,
            Self::Exhausting(_) => &codes::FILE_EXHAUSTING,
        }
    }

    /// What to do about it, as a German sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Locked(_) => {
                "Das PDF im Programm, in dem es entstand, ohne Kennwort speichern und diese Fassung beilegen."
            }
            Self::Foreign(_) => {
                "Die Datei in ihrem Programm öffnen, als PDF speichern (Datei > Exportieren oder Drucken > PDF) und das PDF beilegen."
            }
            Self::NoPages(_) | Self::Damaged(_) => {
                "Lässt sie sich im Betrachter öffnen, dort mit Drucken > PDF neu speichern; sonst eine andere Fassung beilegen."
            }
            Self::Exhausting(_) => {
                "Im Betrachter öffnen, mit Drucken > PDF neu speichern und diese Fassung beilegen."
            }
        }
    }
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Self {
        let reason = error.to_string();
        match error {
            LoadError::Password | LoadError::UnknownHandler(_) => Self::Locked(reason),
            LoadError::NoPages => Self::NoPages(reason),
            LoadError::Damaged(_) => Self::Damaged(reason),
        }
    }
}

impl From<Stopped> for Refusal {
    fn from(stopped: Stopped) -> Self {
        Self::Exhausting(stopped.to_string())
    }
}
