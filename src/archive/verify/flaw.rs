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

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlawKind {
    /// It is listed and not there.
    Missing,
    /// It is there and not listed.
    Added,
    /// It is there under another name.
    Renamed,
    /// Its content is not what it was.
    Changed,
    /// It cannot be read.
    Unreadable,
    /// It is a link, a pipe or a device.
    NotAFile,
    /// A line of a list cannot be understood, or names what no list may name.
    BadList,
    /// The size of the bag is not what is said of it.
    Oxum,
    /// It does not claim what is said of it.
    Claims,
    /// It is not what its record renders to.
    Content,
    /// It cannot be rendered again.
    NotRendered,
    /// It was made by another version of the program, and this one makes it differently.
    Program,
    /// There is no record to compare it with.
    NoRecord,
}

impl FlawKind {
    /// Whether the file is at fault; else it is only worth knowing.
    pub fn is_error(self) -> bool {
        !matches!(self, Self::Program | Self::NoRecord)
    }
}

impl Flaw {
    /// A flaw of a file.
    pub fn new(path: &str, kind: FlawKind, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), kind, message: message.into() }
    }
}
