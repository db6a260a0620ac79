//! What becomes of the colours of pages.

use serde::{Deserialize, Serialize};

/// What becomes of the colours of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrintColours {
    /// They stay; only what is grey anyway is written as plain grey.
    Kept,
    /// They become grey.
    Grey,
}
