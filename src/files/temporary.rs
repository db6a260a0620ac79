//! What is under way has a name of its own, so that what killed runs left can be told and cleaned up.
//!
//! Knows nothing of what the files are.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

use super::{FileError, list, remove};

const NAME: (&str, &str) = (".anlage-", ".tmp");

/// Prepares files and folders whose names mark them as temporary; `mode` is subject to the umask of the system.
fn builder(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(NAME.0).suffix(NAME.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

/// How often another run may remove what was made before it is locked.
const ATTEMPTS: usize = 100;

/// Creates a file that is deleted when it is dropped. It is locked like a [`HeldFolder`], and for the same reason.
pub(super) fn held_file(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let file = builder(mode).tempfile_in(folder)?;
        match file.as_file().try_lock() {
            Ok(()) if file.path().exists() => return Ok(file),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// A folder that is deleted when it is dropped. It is locked, so that no other run takes it for the leftover of a
/// killed one.
#[derive(Debug)]
pub(super) struct HeldFolder {
    folder: TempDir,
    /// The lock; `None` where the system cannot lock folders, where no folder is taken for a leftover either.
    _lock: Option<File>,
}

impl HeldFolder {
    /// Creates one, and removes what killed runs have left beside it.
    pub(super) fn within(parent: &Path, mode: u32) -> io::Result<Self> {
        remove_left_folders(parent);
        for _ in 0..ATTEMPTS {
            let folder = builder(mode).tempdir_in(parent)?;
            let lock = match File::open(folder.path()) {
                Ok(lock) => lock,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(_) => return Ok(Self { folder, _lock: None }),
            };
            match lock.try_lock() {
                Ok(()) if folder.path().exists() => return Ok(Self { folder, _lock: Some(lock) }),
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(_)) => return Ok(Self { folder, _lock: None }),
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Renames it to the name that it keeps.
    pub(super) fn rename(self, target: &Path) -> io::Result<()> {
        std::fs::rename(self.path(), target)?;
        // Under its old name there is nothing left to remove.
        let _ = self.folder.keep();
        Ok(())
    }
}

/// Removes the temporary files and folders that killed runs left in a folder; what a run is writing stays.
pub fn remove_temporary(folder: &Path) -> Result<(), FileError> {
    remove_left_folders(folder);
    for path in list(folder)? {
        // Locked until it is gone, as folders are. A link or a pipe is none of ours, and opening it could block.
        let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        if is_temporary(&path)
            && is_file
            && let Ok(lock) = File::open(&path)
            && lock.try_lock().is_ok()
        {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Removes temporary folders that no run holds any more. One that cannot be removed does not keep others from their
/// work.
fn remove_left_folders(parent: &Path) {
    for path in list(parent).unwrap_or_default() {
        if !is_temporary(&path) || !is_folder(&path) {
            continue;
        }
        // Locked until it is gone, so that whoever has just made it does not begin to fill it.
        if let Ok(lock) = File::open(&path)
            && lock.try_lock().is_ok()
        {
            std::fs::remove_dir_all(&path).ok();
        }
    }
}

fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with(NAME.0) && name.ends_with(NAME.1)
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_runs_left_goes_and_what_is_held_stays() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(".anlage-left.tmp");
        let make = || {
            std::fs::create_dir_all(left.join("data")).unwrap();
            std::fs::write(left.join("data/a"), "").unwrap();
        };
        make();
        let one = HeldFolder::within(place.path(), 0o700).unwrap();
        let file = held_file(place.path(), 0o600).unwrap();
        assert!(!left.exists());
        make();
        std::fs::write(place.path().join(".anlage-file.tmp"), "").unwrap();
        std::fs::write(place.path().join("a.tmp"), "").unwrap();
        remove_temporary(place.path()).unwrap();
        let mut stay = [one.path().to_path_buf(), file.path().to_path_buf(), place.path().join("a.tmp")];
        stay.sort();
        assert_eq!(list(place.path()).unwrap(), stay);
        drop((one, file));
        assert_eq!(list(place.path()).unwrap().len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_held_by_who_removes_it() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(".anlage-left.tmp");
        std::fs::create_dir(&left).unwrap();
        (0..5000).for_each(|name| std::fs::write(left.join(name.to_string()), "").unwrap());
        let other = File::open(&left).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| remove_left_folders(place.path()));
            while std::fs::read_dir(&left).map_or(0, Iterator::count) == 5000 {}
            assert!(other.try_lock().is_err() || !left.exists());
        });
        assert!(!left.exists());
    }

    #[test]
    fn those_that_begin_at_once_do_not_take_each_others_folders() {
        let place = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let place = place.path();
                scope.spawn(move || {
                    for round in 0..50 {
                        let held = HeldFolder::within(place, 0o700).unwrap();
                        std::fs::write(held.path().join("a"), "").unwrap();
                        std::thread::yield_now();
                        let target = place.join(format!("{thread}-{round}"));
                        held.rename(&target).unwrap();
                        assert!(target.join("a").exists());
                    }
                });
            }
        });
        assert_eq!(list(place.path()).unwrap().len(), 400);
    }
}
