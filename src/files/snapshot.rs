//! What tells whether a file was changed, without reading it.

use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// The size and time of a file and, where the system supports that, its identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    size: u64,
    modified: Option<SystemTime>,
    file: Option<u64>,
}

impl Snapshot {
    /// Takes a snapshot; `None` if the file does not exist.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        #[cfg(unix)]
        let file = Some(std::os::unix::fs::MetadataExt::ino(&metadata));
        #[cfg(not(unix))]
        let file = None;
        Some(Self { size: metadata.len(), modified: metadata.modified().ok(), file })
    }
}

/// What tells that a file is the same as in an earlier run: its size and identity and the times of its last changes, also of
/// those to its name and its permissions. These times are the system's own, and no program can set them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp(String);

impl Stamp {
    /// Takes the stamp of a file; none if there is none, or where the system counts changes in seconds or not at all: then
    /// a change might go unseen.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let file = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let is_fine = file.ctime_nsec() != 0;
        is_fine.then(|| {
            let changed = format!("{}.{:09}", file.ctime(), file.ctime_nsec());
            Self(format!(
                "{} {} {}.{:09} {changed}",
                file.size(),
                file.ino(),
                file.mtime(),
                file.mtime_nsec()
            ))
        })
    }

    /// Takes no stamp: the system does not say enough.
    #[cfg(not(unix))]
    pub fn of(_: &Path) -> Option<Self> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_and_a_replaced_file_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        assert_eq!(Snapshot::of(&a), None);
        std::fs::write(&a, "1").unwrap();
        let before = Snapshot::of(&a);
        assert_eq!(Snapshot::of(&a), before);
        std::fs::write(&a, "12").unwrap();
        assert_ne!(Snapshot::of(&a), before);
        std::fs::write(&b, "1").unwrap();
        std::fs::rename(&b, &a).unwrap();
        assert_ne!(Snapshot::of(&a), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_its_old_size_and_time_is_not_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert_eq!(Stamp::of(&path), None);
        assert_eq!(Stamp::of(folder.path()), None);
        std::fs::write(&path, "1").unwrap();
        let before = Stamp::of(&path);
        assert_eq!(Stamp::of(&path), before);
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        // The clock of the system has to tick first.
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::write(&path, "2").unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        assert_ne!(Stamp::of(&path), before);
        assert!(before.is_some() || Stamp::of(&path).is_none());
    }
}
