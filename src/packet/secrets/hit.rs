//! What is found.
//!
//! Knows nothing of how it is found.

use serde::{Deserialize, Serialize};

use crate::pdf::text::{PicturePage, TextPlace, Unread};

/// A secret that stands somewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hit {
    /// Which: an index into [`Wanted::secrets`](super::Wanted::secrets).
    pub secret: usize,
    /// Where. A secret is found once in each place.
    pub place: TextPlace,
    /// How much of it is said.
    pub weight: HitWeight,
    /// The words as they stand there, cut; empty if bytes are the same.
    pub shown: String,
}

/// How much of a secret is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HitWeight {
    /// A number or an amount by itself.
    Mention,
    /// What nobody may read.
    Secret,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextRole {
    /// Text that says something.
    Text,
    /// What something is called: a file, a bookmark, a title. Here short titles count too.
    Name,
}

/// What a search brings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SearchResult {
    /// What was found, by secret and place.
    pub hits: Vec<Hit>,
    /// What could not be searched, and thus may say anything.
    pub unread: Vec<Unread>,
    /// Pages with pictures that may show text, which is not searched.
    pub pictures: Vec<PicturePage>,
}
