//! What changed from one version of a packet to the next, in words for those who get it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A change; displayed in words: `TOP 5.2: neu auf der Tagesordnung: Radweg`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateChange {
    /// The number of the item that it is about; empty if it is about the session.
    pub item: String,
    /// What changed: `neu auf der Tagesordnung: Radweg`, `Anlage 2 entfällt (Seite 12 bis 14)`.
    pub words: String,
    /// Whether everybody may know of it.
    pub is_public: bool,
    /// Whether it is said in neutral words, for those who may not know the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_neutral: bool,
}

impl LateChange {
    /// Says something of an item, or of the session if that has no number.
    pub(super) fn of(item: &str, words: String, is_public: bool) -> Self {
        Self { item: item.to_owned(), words, is_public, is_neutral: false }
    }

    /// Tells whether it is for readers who see everything, or for all others.
    pub fn is_for(&self, sees_all: bool) -> bool {
        if sees_all { !self.is_neutral } else { self.is_public }
    }
}

impl fmt::Display for LateChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.item.is_empty() && !self.words.starts_with("TOP ") {
            write!(f, "TOP {}: ", self.item)?;
        }
        f.write_str(&self.words)
    }
}
