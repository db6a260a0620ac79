//! A step of filing: what somebody takes out of a folder, and what is put in.

use serde::{Deserialize, Serialize};

use super::words::labels_in_words;

/// A step of filing: what is taken out of the folder, and what is put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingStep {
    /// What it is about: `TOP 5, V/0056/2025 Anlage 1: Lageplan`.
    pub what: String,
    /// The labels of the pages that are taken out.
    pub out: Vec<String>,
    /// The labels of those that are put in.
    pub put: Vec<String>,
    /// The label of the page behind which they are put; none for what comes first, or if nothing is put in.
    pub behind: Option<String>,
}

impl FilingStep {
    /// Says it in words: what is taken out, what is put in, and where.
    pub fn in_words(&self) -> [String; 3] {
        let words = |labels: &[String]| match labels {
            [] => String::new(),
            labels => labels_in_words(&labels.iter().map(String::as_str).collect::<Vec<_>>()),
        };
        let behind = self.behind.as_ref().map(|label| format!("Seite {label}")).unwrap_or_default();
        [words(&self.out), words(&self.put), behind]
    }
}
