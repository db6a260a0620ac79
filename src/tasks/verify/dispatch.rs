//! Whether the files of a version that was sent are still those that were sent.

use std::path::{Path, PathBuf};

use crate::archive::{Flaw, FlawKind, is_inside};
use crate::files::{self, ReadError};
use crate::packet::late::Dispatch;
use crate::record::names;

/// The largest record and the largest file that are read, in bytes.
const MAX_RECORD_BYTES: u64 = 64 << 20;
const MAX_FILE_BYTES: u64 = 4 << 30;

/// Tells whether a file is called and lies like the record of a version.
pub(super) fn is_record(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    folder.is_some_and(|folder| folder == names::DISPATCH_FOLDER) && version(path).is_some()
}

/// Tells whether a folder is that of a version whose record lies beside it.
pub(super) fn has_record(folder: &Path) -> bool {
    let record = PathBuf::from(format!("{}.json", folder.display()));
    is_record(&record) && record.is_file()
}

/// The version that the name of a record says.
fn version(record: &Path) -> Option<u32> {
    let name = record.file_name()?.to_str()?.strip_suffix(".json")?;
    name.rsplit_once('-')?.1.parse().ok().filter(|version| *version > 0)
}

/// What came of a look at a version.
#[derive(Debug, Default)]
pub(super) struct VerifiedDispatch {
    /// What is wrong.
    pub flaws: Vec<Flaw>,
    /// Files looked at, and their bytes.
    pub files: u64,
    pub bytes: u64,
}

/// Compares the files of a version with its record.
pub(super) fn verify(record: &Path) -> VerifiedDispatch {
    let mut verified = VerifiedDispatch { files: 1, ..VerifiedDispatch::default() };
    let name = record.display().to_string();
    let dispatch =
        files::read(record, MAX_RECORD_BYTES).map_err(|error| error.to_string()).and_then(|json| {
            verified.bytes = json.len() as u64;
            Dispatch::read(&json, version(record).unwrap_or_default()).map_err(|error| error.to_string())
        });
    match dispatch {
        Ok(dispatch) => {
            let folder = record.with_extension("");
            for file in &dispatch.files {
                verified.files += 1;
                match flaw(&folder, &file.path, &file.sha256) {
                    Ok(bytes) => verified.bytes += bytes,
                    Err((kind, message)) => {
                        let path = folder.join(&file.path).display().to_string();
                        verified.flaws.push(Flaw::new(&path, kind, message));
                    }
                }
            }
        }
        Err(why) => {
            verified.flaws.push(Flaw::new(&name, FlawKind::Unreadable, format!("ist nicht lesbar: {why}")));
        }
    }
    verified
}

/// What is wrong with a file that was sent; else how large it is.
fn flaw(folder: &Path, path: &str, sha256: &str) -> Result<u64, (FlawKind, String)> {
    if !is_inside(path) {
        return Err((FlawKind::BadList, "liegt nicht bei dem, was versandt wurde".to_owned()));
    }
    match files::read(&folder.join(path), MAX_FILE_BYTES) {
        Ok(bytes) if files::sha256(&bytes) == sha256 => Ok(bytes.len() as u64),
        Ok(_) => Err((FlawKind::Changed, "ist nicht, was versandt wurde".to_owned())),
        Err(ReadError::System(error)) if error.source.kind() == std::io::ErrorKind::NotFound => {
            Err((FlawKind::Missing, "fehlt, wurde aber versandt".to_owned()))
        }
        Err(error) => Err((FlawKind::Unreadable, format!("ist nicht lesbar ({error})"))),
    }
}
