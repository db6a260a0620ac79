//! What no longer holds, or takes a place and is not known, is set aside: renamed into a folder of its own, and never
//! lost.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::files::{self, FileError};
use crate::record::names;

/// A file that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it lay.
    pub path: PathBuf,
    /// Where it lies now.
    pub now: PathBuf,
    /// Why.
    pub reason: AsideReason,
}

/// Why a file is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsideReason {
    /// It no longer holds.
    Outdated,
    /// This program did not write it, or somebody has changed it since.
    NotOurs,
}

/// The largest file that is compared with what was set aside before.
const MAX_BYTES: u64 = 1 << 32;

/// Sets a file of an output folder aside. It takes nobody's place: of files with one name the second gets a number, unless
/// it is the same as one that lies there already.
pub fn set_aside(folder: &Path, path: &Path, reason: AsideReason) -> Result<SetAside, FileError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let place = |count| folder.join(names::ASIDE_FOLDER).join(names::outdated(&name, count));
    let done = |now| SetAside { path: path.to_path_buf(), now, reason };
    let own = files::hash_if_there(path, MAX_BYTES)?;
    let mut count = 1;
    loop {
        let now = place(count);
        match files::hash_if_there(&now, MAX_BYTES) {
            Ok(there) if there.is_some() && there == own => {
                files::remove(path)?;
                return Ok(done(now));
            }
            Ok(None) => match files::rename_new(path, &now) {
                Err(failure) if failure.source.kind() == ErrorKind::AlreadyExists => {}
                renamed => return renamed.map(|()| done(now)),
            },
            Ok(Some(_)) => {}
            // What lies there may be no file.
            Err(failure) if !now.exists() => return Err(failure),
            Err(_) => {}
        }
        count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_aside_takes_nobodys_place_and_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let aside = |text: &str| {
            let path = folder.path().join("a.pdf");
            std::fs::write(&path, text).unwrap();
            let done = set_aside(folder.path(), &path, AsideReason::Outdated).unwrap();
            assert!(!path.exists() && done.path == path);
            assert_eq!(std::fs::read_to_string(&done.now).unwrap(), text);
            done.now.strip_prefix(folder.path()).unwrap().display().to_string()
        };
        assert_eq!(aside("eins"), "nichtoeffentlich/a-veraltet.pdf");
        assert_eq!(aside("zwei"), "nichtoeffentlich/a-veraltet-2.pdf");
        assert_eq!(aside("eins"), "nichtoeffentlich/a-veraltet.pdf");
        std::fs::create_dir(folder.path().join("nichtoeffentlich/a-veraltet-3.pdf")).unwrap();
        assert_eq!(aside("drei"), "nichtoeffentlich/a-veraltet-4.pdf");
    }

    #[test]
    fn what_is_not_there_is_not_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        assert!(set_aside(folder.path(), &path, AsideReason::Outdated).is_err());
    }
}
