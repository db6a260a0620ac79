//! Writing a file whole or not at all: a temporary file beside it, then a rename.
//!
//! Knows nothing of what the file is.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::FileError;
use super::lock::{Hold, lock};
use super::temporary::held_file;

/// A file that is written, and has not got its name yet. It is gone if it never gets it.
#[derive(Debug)]
pub struct Prepared {
    file: tempfile::NamedTempFile,
    path: PathBuf,
    is_flushed: bool,
}

impl Prepared {
    /// Gives the file its name, with all that is in it on the disk; what has the name already is replaced.
    pub fn place(mut self) -> Result<(), FileError> {
        self.flush()?;
        let fail = FileError::of(&self.path, WRITING);
        self.file.persist(&self.path).map_err(|error| fail(error.error))?;
        Ok(())
    }

    /// Flushes the file to the disk, if that was not done together with others: what can fail for want of room has then
    /// failed.
    pub fn flush(&mut self) -> Result<(), FileError> {
        if !self.is_flushed {
            self.file.as_file().sync_all().map_err(FileError::of(&self.path, WRITING))?;
            self.is_flushed = true;
        }
        Ok(())
    }
}

const WRITING: &str = "kann nicht geschrieben werden";

/// Up to so many files are flushed one by one: all of a file system may be much more than these.
const FEW: usize = 2;

/// Flushes files to the disk, many of them at once. What cannot be flushed fails when it gets its name.
pub fn flush_together<'a>(files: impl Iterator<Item = &'a mut Prepared>) {
    let mut files: Vec<&mut Prepared> = files.collect();
    if files.len() > FEW && flush_file_systems(&files).is_ok() {
        files.iter_mut().for_each(|file| file.is_flushed = true);
    }
}

/// Flushes each file system that one of the files is on. Failures in earlier writing to it are reported too.
#[cfg(target_os = "linux")]
fn flush_file_systems(files: &[&mut Prepared]) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let mut flushed = std::collections::BTreeSet::new();
    for file in files {
        let file = file.file.as_file();
        if flushed.insert(file.metadata()?.dev()) {
            rustix::fs::syncfs(file)?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn flush_file_systems(_: &[&mut Prepared]) -> std::io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Writes a file that gets its name later: whatever can fail for want of room has failed before.
pub fn prepare(path: &Path, bytes: &[u8]) -> Result<Prepared, FileError> {
    let mut prepared = prepare_one_of_many(path, bytes)?;
    prepared.flush()?;
    Ok(prepared)
}

/// Writes a file that gets its name later, and is flushed to the disk together with others before.
pub fn prepare_one_of_many(path: &Path, bytes: &[u8]) -> Result<Prepared, FileError> {
    Ok(Prepared { file: stage(path, bytes)?, path: path.to_path_buf(), is_flushed: false })
}

/// Writes a file whole or not at all: into a temporary file beside it, which is then renamed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    prepare(path, bytes)?.place()
}

/// Writes a file that can be made again, whole or not at all as long as the system goes on: nothing waits for the disk.
pub fn write_again(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    stage(path, bytes)?.persist(path).map_err(|error| FileError::of(path, WRITING)(error.error))?;
    Ok(())
}

/// Writes a value as JSON like [`write_again()`], without ever holding all of the text.
pub fn write_json_again(path: &Path, value: &impl serde::Serialize) -> Result<(), FileError> {
    let file = pour_json(stage(path, &[])?, path, value)?;
    file.persist(path).map_err(|error| FileError::of(path, WRITING)(error.error))?;
    Ok(())
}

/// Writes a value as JSON like [`write()`], without ever holding all of the text, into a file and a folder that only their owner
/// can open.
pub fn write_own_json(path: &Path, value: &impl serde::Serialize) -> Result<(), FileError> {
    make_own_folder(folder_of(path))?;
    let file = pour_json(stage_with(path, &[], 0o600)?, path, value)?;
    Prepared { file, path: path.to_path_buf(), is_flushed: false }.place()
}

/// Adds bytes at the end of a file that only its owner can open, written through to the disk. It is begun if there is none;
/// a link is not followed.
pub fn append_own(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    make_folder(folder_of(path))?;
    let fail = |error| FileError::of(path, WRITING)(error);
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        return Err(fail(ErrorKind::InvalidInput.into()));
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(fail)?;
    // One that is there already may be open to others.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)
}

/// Gives a file that has at least so many bytes another name, in the place of the file that has it, so that it is begun again.
/// Of several processes that find it too long one does so, and the others find it short then.
pub fn turn_over(path: &Path, older: &Path, most: u64) -> Result<(), FileError> {
    let is_long = || path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() >= most);
    if !is_long() {
        return Ok(());
    }
    let _turn = lock(&path.with_extension("lock"), Hold::Alone, &AtomicBool::new(false))?;
    if is_long() {
        std::fs::rename(path, older).map_err(FileError::of(path, "kann nicht umbenannt werden"))?;
    }
    Ok(())
}

fn pour_json(
    mut file: tempfile::NamedTempFile,
    path: &Path,
    value: &impl serde::Serialize,
) -> Result<tempfile::NamedTempFile, FileError> {
    let mut writer = std::io::BufWriter::with_capacity(256 << 10, file.as_file_mut());
    let written = serde_json::to_writer(&mut writer, value).map_err(Into::into);
    written.and_then(|()| writer.flush()).map_err(FileError::of(path, WRITING))?;
    drop(writer);
    Ok(file)
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
    let fail = || FileError::of(path, WRITING);
    let real = path.canonicalize().map_err(fail())?;
    let permissions = std::fs::metadata(&real).map_err(fail())?.permissions();
    if permissions.readonly() {
        return Err(fail()(std::io::ErrorKind::PermissionDenied.into()));
    }
    let staged = flushed(&real, bytes)?;
    staged.as_file().set_permissions(permissions).map_err(fail())?;
    staged.persist(&real).map_err(|e| fail()(e.error))?;
    Ok(())
}

/// Writes a file like [`write()`], but fails if it already exists.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    flushed(path, bytes)?
        .persist_noclobber(path)
        .map_err(|e| FileError::of(path, "wird nicht überschrieben")(e.error))?;
    Ok(())
}

/// Writes a file like [`write_new()`], into a file and a folder that only their owner can open.
pub(super) fn write_new_own(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    make_own_folder(folder_of(path))?;
    let fail = |error| FileError::of(path, WRITING)(error);
    let file = stage_with(path, bytes, 0o600)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist_noclobber(path).map_err(|error| fail(error.error))?;
    Ok(())
}

fn stage(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, FileError> {
    // As open as any other file; tempfile's own default is 0600.
    stage_with(path, bytes, 0o666)
}

fn stage_with(path: &Path, bytes: &[u8], mode: u32) -> Result<tempfile::NamedTempFile, FileError> {
    let fail = |e| FileError::of(path, WRITING)(e);
    let folder = folder_of(path);
    make_folder(folder)?;
    let mut file = held_file(folder, mode).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    Ok(file)
}

fn flushed(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, FileError> {
    let file = stage(path, bytes)?;
    file.as_file().sync_all().map_err(FileError::of(path, WRITING))?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Closes a folder that is there already, too: it may be that of an earlier version.
fn make_own_folder(folder: &Path) -> Result<(), FileError> {
    make_folder(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let own = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder, own).map_err(FileError::of(folder, WRITING))?;
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), FileError> {
    std::fs::create_dir_all(folder).map_err(FileError::of(folder, "kann nicht angelegt werden"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_grows_is_for_its_owner_alone_also_if_it_was_open() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.txt");
        std::fs::write(&path, "a\n").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
        append_own(&path, b"b\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\nb\n");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_large_gets_another_name_and_what_had_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let turn = || turn_over(&path("log"), &path("older"), 10);
        turn().unwrap();
        for (written, left) in [("kurz", true), ("nun ist es lang", false), ("und wieder lang", false)] {
            std::fs::write(path("log"), written).unwrap();
            turn().unwrap();
            assert_eq!(path("log").exists(), left, "{written}");
            assert_eq!(std::fs::read(path(if left { "log" } else { "older" })).unwrap(), written.as_bytes());
        }
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|own| own.unwrap().file_name()).collect();
        assert!(
            left.len() == 2 && left.contains(&"older".into()) && left.contains(&"log.lock".into()),
            "{left:?}"
        );
    }

    #[test]
    fn what_one_turned_over_no_other_turns_over_again() {
        const LONG: u64 = 50;
        let folder = tempfile::tempdir().unwrap();
        let (log, older) = (folder.path().join("log.txt"), folder.path().join("older.txt"));
        let append = || {
            let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&log).unwrap();
            file.write_all(b"0123456789").unwrap();
            turn_over(&log, &older, LONG).unwrap();
            older.metadata().map_or(LONG, |found| found.len())
        };
        std::thread::scope(|scope| {
            let all: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..2000).map(|_| append()).min().unwrap())).collect();
            for shortest in all {
                assert!(shortest.join().unwrap() >= LONG, "a short one took the place of a long one");
            }
        });
    }

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
    fn many_are_flushed_at_once_and_each_gets_its_name() {
        let folder = tempfile::tempdir().unwrap();
        for count in [1, FEW, FEW + 3] {
            let name = |index: usize| folder.path().join(format!("{count}-{index}"));
            let write = |index: usize| prepare_one_of_many(&name(index), &[index as u8; 9]).unwrap();
            let mut files: Vec<Prepared> = (0..count).map(write).collect();
            flush_together(files.iter_mut());
            let at_once = cfg!(target_os = "linux") && count > FEW;
            assert!(files.iter().all(|file| file.is_flushed == at_once));
            assert!(!name(0).exists());
            files.into_iter().for_each(|file| file.place().unwrap());
            assert!((0..count).all(|index| std::fs::read(name(index)).unwrap() == [index as u8; 9]));
        }
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
