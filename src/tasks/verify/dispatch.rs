//! Whether the files of a version that was sent are still those that were sent.

use std::path::{Path, PathBuf};

use crate::archive::{Flaw, FlawKind};
use crate::files;
use crate::packet::late::Dispatch;
use crate::record::names;
use crate::tasks::packet::{SentFlaw, sent_file};

/// The largest record that is read, in bytes.
const MAX_RECORD_BYTES: u64 = 64 << 20;

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
            let version = record.file_stem().unwrap_or_default().to_string_lossy();
            let folder = record.parent().unwrap_or(Path::new(""));
            for file in &dispatch.files {
                verified.files += 1;
                match sent_file(folder, &version, file) {
                    Ok((_, bytes)) => verified.bytes += bytes,
                    Err(flaw) => {
                        let path = folder.join(&*version).join(&file.path).display().to_string();
                        verified.flaws.push(Flaw::new(&path, kind(&flaw), flaw.to_string()));
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

fn kind(flaw: &SentFlaw) -> FlawKind {
    match flaw {
        SentFlaw::Elsewhere => FlawKind::BadList,
        SentFlaw::Missing => FlawKind::Missing,
        SentFlaw::Changed => FlawKind::Changed,
        SentFlaw::Unreadable(_) => FlawKind::Unreadable,
    }
}
