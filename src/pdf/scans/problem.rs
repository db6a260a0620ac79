//! What is wrong with a scan, as a German sentence.

use tiff::TiffError;

use crate::record::images::{ImageProblem, too_large};

/// Returns the problem of an image that cannot be decoded.
pub(super) fn damaged(reason: impl std::fmt::Display) -> ImageProblem {
    ImageProblem::Unreadable(format!(
        "Das Bild ist beschädigt oder von einer Art, die nicht gelesen wird ({reason})."
    ))
}

/// Turns an error of the `tiff` crate into the problem of an image.
pub(super) fn of_tiff(error: TiffError) -> ImageProblem {
    match error {
        TiffError::LimitsExceeded => too_large(),
        other => damaged(other),
    }
}
