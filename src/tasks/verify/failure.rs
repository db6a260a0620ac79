//! Why bags and PDFs cannot be looked at.

use std::path::PathBuf;

use crate::archive::VerifyError;
use crate::files::FileError;

/// Why a target cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFailure {
    /// There is nothing to look at.
    #[error("{}: keine Abgabe und kein PDF", .0.display())]
    Nothing(PathBuf),
    /// A receipt with more than one target, or with one that is no bag.
    #[error("eine Quittung gehört zu einer einzigen Abgabe")]
    ReceiptOfOne,
    /// The environment failed.
    #[error(transparent)]
    Bag(#[from] VerifyError),
    /// The environment failed.
    #[error(transparent)]
    File(#[from] FileError),
}
