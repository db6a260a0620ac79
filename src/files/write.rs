//! Writing a file whole or not at all: a temporary file beside it, then a rename.
//!
//! Knows nothing of what the file is.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::FileError;
use super::temporary::builder;

/// A file that is written, and has not got its name yet. It is gone if it never gets it.
#[derive(Debug)]
pub struct Prepared {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

impl Prepared {
    /// Gives the file its name; what has the name already is replaced.
    pub fn place(self) -> Result<(), FileError> {
        let fail = FileError::of(&self.path, "kann nicht geschrieben werden");
        self.file.persist(&self.path).map_err(|error| fail(error.error))?;
        Ok(())
    }
}

/// Writes a file that gets its name later: whatever can fail for want of room has failed before.
pub fn prepare(path: &Path, bytes: &[u8]) -> Result<Prepared, FileError> {
    Ok(Prepared { file: stage(path, bytes)?, path: path.to_path_buf() })
}

/// Writes a file whole or not at all: into a temporary file beside it, which is then renamed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    prepare(path, bytes)?.place()
}

/// Renames a file, into a folder that is made if there is none. Fails if the new name is taken.
pub fn rename_new(from: &Path, to: &Path) -> Result<(), FileError> {
    let fail = FileError::of(from, "kann nicht umbenannt werden");
    make_folder(folder_of(to))?;
    let mut held = tempfile::TempPath::try_from_path(from)
        .map_err(FileError::of(from, "kann nicht umbenannt werden"))?;
    held.disable_cleanup(true);
    match held.persist_noclobber(to) {
        Ok(()) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(fail(error.error)),
        // Not every file system can do both in one step.
        Err(_) if to.symlink_metadata().is_err() => std::fs::rename(from, to).map_err(fail),
        Err(error) => Err(fail(error.error)),
    }
}

/// Replaces the content of an existing file: follows links, keeps the permissions, and leaves a read-only file alone.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let fail = || FileError::of(path, "kann nicht geschrieben werden");
    let real = path.canonicalize().map_err(fail())?;
    let permissions = std::fs::metadata(&real).map_err(fail())?.permissions();
    if permissions.readonly() {
        return Err(fail()(std::io::ErrorKind::PermissionDenied.into()));
    }
    let staged = stage(&real, bytes)?;
    staged.as_file().set_permissions(permissions).map_err(fail())?;
    staged.persist(&real).map_err(|e| fail()(e.error))?;
    Ok(())
}

/// Writes a file like [`write()`], but fails if it already exists.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    stage(path, bytes)?
        .persist_noclobber(path)
        .map_err(|e| FileError::of(path, "wird nicht überschrieben")(e.error))?;
    Ok(())
}

fn stage(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, FileError> {
    let fail = |e| FileError::of(path, "kann nicht geschrieben werden")(e);
    let folder = folder_of(path);
    make_folder(folder)?;
    // As open as any other file; tempfile's own default is 0600.
    let mut file = builder(0o666).tempfile_in(folder).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn make_folder(folder: &Path) -> Result<(), FileError> {
    std::fs::create_dir_all(folder).map_err(FileError::of(folder, "kann nicht angelegt werden"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_renamed_takes_nobodys_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a"), "1").unwrap();
        std::fs::write(path("b"), "2").unwrap();
        let error = rename_new(&path("a"), &path("b")).unwrap_err();
        assert_eq!(error.source.kind(), ErrorKind::AlreadyExists);
        assert_eq!(
            (std::fs::read(path("a")).unwrap(), std::fs::read(path("b")).unwrap()),
            (b"1".into(), b"2".into())
        );
        rename_new(&path("a"), &path("neu/c")).unwrap();
        assert!(!path("a").exists());
        assert_eq!(std::fs::read(path("neu/c")).unwrap(), b"1");
        assert!(rename_new(&path("fehlt"), &path("d")).is_err() && !path("d").exists());
    }

    #[test]
    fn what_is_prepared_changes_nothing_until_it_is_placed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "alt").unwrap();
        drop(prepare(&path, b"neu").unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"alt");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        prepare(&path, b"neu").unwrap().place().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"neu");
    }

    #[test]
    fn a_file_that_exists_is_not_overwritten_by_write_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("neu/a.toml");
        write_new(&path, b"1").unwrap();
        assert!(write_new(&path, b"2").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"1");
        write(&path, b"3").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"3");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
