//! What becomes of the colours of pages.

/// What becomes of the colours of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintColours {
    /// They stay; only what is grey anyway is written as plain grey.
    Kept,
    /// They become grey.
    Grey,
}
