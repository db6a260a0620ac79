//! A private temporary folder, which is deleted when it is dropped.
//!
//! Knows nothing of what the files are.

use std::fs::File;
use std::path::Path;

use super::FileError;
use super::digest::{open_regular, pour};
use super::temporary::HeldFolder;

/// A private temporary folder.
#[derive(Debug)]
pub struct Workshop(HeldFolder);

impl Workshop {
    /// Creates one where the system keeps temporary folders, and removes those that killed runs left there.
    pub fn new() -> Result<Self, FileError> {
        let parent = std::env::temp_dir();
        // Everybody may look into the folder that it is in.
        let folder = HeldFolder::within(&parent, 0o700).map_err(FileError::of(&parent, WRITING))?;
        Ok(Self(folder))
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let path = self.place(name)?;
        std::fs::write(&path, bytes).map_err(FileError::of(&path, WRITING))
    }

    /// Makes a file appear in the folder, without copying it if the system can do that; it must not be written to.
    pub fn borrow(&self, source: &Path, name: &str) -> Result<(), FileError> {
        let mut from = open_regular(source)?;
        let path = self.place(name)?;
        if std::fs::hard_link(source, &path).is_ok() {
            return Ok(());
        }
        let mut to = File::create_new(&path).map_err(FileError::of(&path, WRITING))?;
        pour(&mut from, &mut to, source, FileError::of(&path, WRITING))
    }

    fn place(&self, name: &str) -> Result<std::path::PathBuf, FileError> {
        let path = self.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(FileError::of(folder, WRITING))?;
        }
        Ok(path)
    }
}

const WRITING: &str = "kann nicht geschrieben werden";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_borrowed_and_nobody_else_sees_them() {
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("a"), b"abc").unwrap();
        let workshop = Workshop::new().unwrap();
        workshop.borrow(&other.path().join("a"), "x/b").unwrap();
        assert_eq!(std::fs::read(workshop.path().join("x/b")).unwrap(), b"abc");
        workshop.write("c", b"").unwrap();
        assert!(workshop.borrow(&other.path().join("a"), "c").is_err(), "no file is written twice");
        assert!(workshop.borrow(&other.path().join("a"), "c/d").is_err(), "a file is no folder");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(workshop.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
        let path = workshop.path().to_path_buf();
        drop(workshop);
        assert!(!path.exists() && other.path().join("a").exists());
    }
}
