//! What is looked for, as others hand it in.
//!
//! Knows nothing of how it is looked for.

use serde::{Deserialize, Serialize};

/// Something that nobody may read in public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What it says.
    pub content: SecretContent,
    /// Where it comes from: an index into a list of the caller's.
    pub origin: usize,
}

/// What a secret says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SecretContent {
    /// The number of a paper as it is printed, of any city's pattern.
    Number(String),
    /// A subject, or the title of an item or an annex.
    Title(String),
    /// The name of a file, without folders.
    FileName(String),
    /// Text as it is printed, block after block: paragraphs, items of lists, cells of tables.
    Prose(Vec<String>),
    /// The cells of a row, as they are printed, without labels.
    Row(Vec<String>),
    /// A whole file, the content of a page or a large picture: its [hash](crate::files::hash).
    Bytes(String),
}

/// What everybody knows, and what is thus no secret by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommonTexts {
    /// Labels of forms, headings of our own, the names of the municipality, its bodies and offices, of budget items. A
    /// text that is one of them is no secret, and their words make no other text one.
    pub labels: Vec<String>,
    /// The numbers of papers that are public.
    pub public_numbers: Vec<String>,
}

/// All that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wanted {
    /// What nobody may read.
    pub secrets: Vec<Secret>,
    /// What everybody knows.
    pub common: CommonTexts,
}
