//! A file of a version that was sent: found where it was kept, and still what it was.

use std::path::{Path, PathBuf};

use crate::files::{self, PathRefusal, ReadError, Root};
use crate::packet::late::DispatchedFile;

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 4 << 30;

/// What is wrong with a file that was sent; displayed so that it follows its path.
#[derive(Debug, thiserror::Error)]
pub(in crate::tasks) enum SentFlaw {
    /// It is named by a path that leads away from what was sent.
    #[error("liegt nicht bei dem, was versandt wurde")]
    Elsewhere,
    /// It is not there.
    #[error("fehlt, wurde aber versandt")]
    Missing,
    /// It is another one.
    #[error("ist nicht, was versandt wurde")]
    Changed,
    /// It cannot be read.
    #[error("ist nicht lesbar ({0})")]
    Unreadable(String),
}

/// Finds a file of the version with this name below the folder of all that was sent, and compares it. Returns where it really
/// lies, and how large it is.
pub(in crate::tasks) fn sent_file(
    folder: &Path,
    version: &str,
    file: &DispatchedFile,
) -> Result<(PathBuf, u64), SentFlaw> {
    let root = Root::new(folder).map_err(|_| SentFlaw::Missing)?;
    let path =
        root.resolve(folder, &format!("{version}/{}", file.path)).map_err(|refusal| match refusal {
            PathRefusal::Missing => SentFlaw::Missing,
            _ => SentFlaw::Elsewhere,
        })?;
    match files::read(&path, MAX_FILE_BYTES) {
        Ok(bytes) if files::sha256(&bytes) == file.sha256 => Ok((path, bytes.len() as u64)),
        Ok(_) => Err(SentFlaw::Changed),
        Err(ReadError::System(error)) if error.source.kind() == std::io::ErrorKind::NotFound => {
            Err(SentFlaw::Missing)
        }
        Err(error) => Err(SentFlaw::Unreadable(error.to_string())),
    }
}
