//! What can be wrong with a bag.

use serde::Serialize;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The file, from the root of the bag.
    pub path: String,
    /// What kind of flaw it is.
    pub kind: FlawKind,
    /// A German sentence without the file's name.
    pub message: String,
}

/// The kinds of flaws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlawKind {
    /// The file is listed but missing.
    Missing,
    /// The file exists but is not listed.
    Added,
    /// The file has another name.
    Renamed,
    /// The content has changed.
    Changed,
    /// The file cannot be read.
    Unreadable,
    /// The path is a link, a pipe or a device.
    NotAFile,
    /// A line of a list cannot be understood, or names something that no list may name.
    BadList,
    /// The file is there, but its name is written in another way: in capitals, or with other codes for the same letters.
    Spelling,
    /// Two places of the bag say different things of the same.
    Contradiction,
    /// The bag is not the one that the receipt is about.
    Receipt,
    /// The size of the bag is not the declared one.
    Oxum,
    /// The file does not claim the standards that the report says it claims.
    Claims,
    /// The PDF is not what its record renders to.
    Content,
    /// The record cannot be rendered again.
    NotRendered,
    /// The PDF was made by another version of the program, and this one makes it differently.
    Program,
    /// There is nothing to compare the file with.
    NoRecord,
}

impl FlawKind {
    /// Returns whether the file could not be compared with what it should be made of.
    pub fn is_uncompared(self) -> bool {
        matches!(self, Self::Program | Self::NoRecord)
    }

    /// Returns whether the file is at fault; else the flaw is only a remark.
    pub fn is_error(self) -> bool {
        !matches!(self, Self::Program | Self::NoRecord | Self::Spelling)
    }
}

impl Flaw {
    /// Creates a flaw of a file.
    pub fn new(path: &str, kind: FlawKind, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), kind, message: message.into() }
    }
}
