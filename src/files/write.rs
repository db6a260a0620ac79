//! Writing a file whole or not at all: a temporary file beside it, then a rename.
//!
//! Knows nothing of what the file is.

use std::io::Write;
use std::path::Path;

use super::FileError;
use super::temporary::builder;

/// Writes a file whole or not at all: into a temporary file beside it, which is then renamed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    stage(path, bytes)?
        .persist(path)
        .map_err(|e| FileError::of(path, "kann nicht geschrieben werden")(e.error))?;
    Ok(())
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
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(FileError::of(folder, "kann nicht angelegt werden"))?;
    // As open as any other file; tempfile's own default is 0600.
    let mut file = builder(0o666).tempfile_in(folder).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

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
