//! The weights of findings.

use serde::{Deserialize, Serialize};

/// The weight of a finding; an error keeps a record from being rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The record cannot be rendered.
    #[serde(rename = "fehler")]
    Error,
    /// The record can be rendered, but is probably wrong.
    #[serde(rename = "warnung")]
    Warning,
    /// Worth a look.
    #[serde(rename = "hinweis")]
    Note,
}
