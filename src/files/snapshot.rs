//! What tells whether a file was changed, without reading it.

use std::path::Path;
use std::time::SystemTime;

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
}
