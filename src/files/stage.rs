//! A folder that appears whole or not at all: it is filled beside its place under another name and renamed at the
//! end.
//!
//! Knows nothing of what the files are.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::digest::{open_regular, pour};
use super::temporary::HeldFolder;
use super::{Digest, FileError, Hashing};

/// The reason why a folder cannot be created.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Something with its name already exists.
    #[error("{}: gibt es schon und wird nicht überschrieben", .0.display())]
    Exists(PathBuf),
    /// The environment failed.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A folder being filled; if it is dropped before [`FolderStage::publish`], it is deleted with everything in it.
#[derive(Debug)]
pub struct FolderStage {
    target: PathBuf,
    folder: HeldFolder,
    flusher: Flusher,
}

impl FolderStage {
    /// Begins the folder that will become `target`, and removes what killed runs have left beside it.
    pub fn beside(target: &Path) -> Result<Self, StageError> {
        refuse_existing(target)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(parent).map_err(FileError::of(parent, "kann nicht angelegt werden"))?;
        // As open as any other folder.
        let folder =
            HeldFolder::within(parent, 0o777).map_err(FileError::of(target, "kann nicht angelegt werden"))?;
        let flusher = Flusher::of(folder.path());
        Ok(Self { target: target.to_path_buf(), folder, flusher })
    }

    /// Returns the current place of the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Lists the files that are in the folder by now, sorted.
    pub fn files(&self) -> Result<Vec<PathBuf>, FileError> {
        let mut paths = Vec::new();
        for entry in walkdir::WalkDir::new(self.path()).sort_by_file_name() {
            let entry = entry.map_err(|error| self.failed("")(error.into()))?;
            if entry.file_type().is_file() {
                paths.push(entry.into_path());
            }
        }
        Ok(paths)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<Digest, FileError> {
        let mut file = self.create(name)?;
        file.write_all(bytes).map_err(self.failed(name))?;
        file.finish()
    }

    /// Copies a file into the folder and hashes it on the way, so that it is read only once.
    pub fn copy(&self, source: &Path, name: &str) -> Result<Digest, FileError> {
        let mut from = open_regular(source)?;
        let to = self.new_file(name)?;
        let mut hashing = Hashing::new(to);
        pour(&mut from, &mut hashing, source, self.failed(name))?;
        let (digest, _) = hashing.finish();
        self.flusher.written(digest.size);
        Ok(digest)
    }

    /// Begins a file in the folder that is written piece by piece.
    pub fn create(&self, name: &str) -> Result<StagedFile, FileError> {
        let writer = Hashing::new(BufWriter::new(self.new_file(name)?));
        Ok(StagedFile { writer, path: self.target.join(name) })
    }

    /// Begins a file in the folder that can be written at any offset and therefore is not hashed on the way.
    pub fn create_plain(&self, name: &str) -> Result<File, FileError> {
        self.new_file(name)
    }

    /// Gives a file in the folder another name.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), FileError> {
        std::fs::rename(self.path().join(from), self.path().join(to)).map_err(self.failed(to))
    }

    /// Creates a file without a name, which is deleted when it is closed.
    pub fn scratch(&self) -> Result<File, FileError> {
        tempfile::tempfile_in(self.path()).map_err(self.failed(""))
    }

    /// Flushes everything to the disk and gives the folder its name.
    pub fn publish(mut self) -> Result<PathBuf, StageError> {
        self.flusher.end();
        sync_all(self.path()).map_err(self.failed(""))?;
        refuse_existing(&self.target)?;
        self.folder.rename(&self.target).map_err(FileError::of(&self.target, WRITING))?;
        if let Some(parent) = self.target.parent() {
            // Not every system can open a folder; the name is then written when the system sees fit.
            File::open(parent).and_then(|folder| folder.sync_all()).ok();
        }
        Ok(self.target)
    }

    fn new_file(&self, name: &str) -> Result<File, FileError> {
        let path = self.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(self.failed(name))?;
        }
        File::options().read(true).write(true).create_new(true).open(&path).map_err(self.failed(name))
    }

    /// Turns a failure to write into one that names the file as it would have been called.
    fn failed(&self, name: &str) -> impl FnOnce(std::io::Error) -> FileError {
        let path = if name.is_empty() { self.target.clone() } else { self.target.join(name) };
        move |source| FileError { path, action: WRITING, source }
    }
}

const WRITING: &str = "kann nicht geschrieben werden";

/// Flushes to the disk while more is written, so that little is left to do at the end.
#[derive(Debug)]
struct Flusher {
    unwritten: AtomicU64,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The bytes after which the next flush begins.
const FLUSH_BYTES: u64 = 16 << 20;

impl Flusher {
    fn of(folder: &Path) -> Self {
        let (wake, woken) = sync_channel(1);
        let folder = folder.to_path_buf();
        let thread = std::thread::spawn(move || {
            for () in woken {
                // A failure comes again at the end, and is reported then.
                sync_all(&folder).ok();
            }
        });
        Self { unwritten: AtomicU64::new(0), wake: Some(wake), thread: Some(thread) }
    }

    fn written(&self, bytes: u64) {
        let before = self.unwritten.fetch_add(bytes, Ordering::Relaxed);
        if before / FLUSH_BYTES != (before + bytes) / FLUSH_BYTES
            && let Some(wake) = &self.wake
        {
            // If it has not begun the last time, that time counts for this one too.
            wake.try_send(()).ok();
        }
    }

    fn end(&mut self) {
        self.wake = None;
        self.thread.take().map(JoinHandle::join);
    }
}

/// A file of a [`FolderStage`] that is hashed while it is written.
pub struct StagedFile {
    writer: Hashing<BufWriter<File>>,
    path: PathBuf,
}

impl StagedFile {
    /// Finishes the file and returns its hash.
    pub fn finish(self) -> Result<Digest, FileError> {
        let (digest, writer) = self.writer.finish();
        let fail = FileError::of(&self.path, WRITING);
        writer.into_inner().map_err(|error| fail(error.into_error()))?;
        Ok(digest)
    }

    /// Adds to a failure to write which file it concerns.
    pub fn failed(&self, source: std::io::Error) -> FileError {
        FileError { path: self.path.clone(), action: WRITING, source }
    }
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

fn refuse_existing(target: &Path) -> Result<(), StageError> {
    match std::fs::symlink_metadata(target) {
        Ok(_) => Err(StageError::Exists(target.to_path_buf())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FileError::of(target, "kann nicht angelegt werden")(error).into()),
    }
}

/// Flushes the file system of a folder to the disk.
#[cfg(target_os = "linux")]
fn sync_all(folder: &Path) -> std::io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync_all(folder: &Path) -> std::io::Result<()> {
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            File::options().write(true).open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::list;

    #[test]
    fn a_folder_is_there_whole_or_not_at_all() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("neu/abgabe");
        let source = place.path().join("quelle");
        std::fs::write(&source, b"abc").unwrap();

        let stage = FolderStage::beside(&target).unwrap();
        let copied = stage.copy(&source, "data/a/b").unwrap();
        assert_eq!(copied, stage.write("data/c", b"abc").unwrap());
        assert!(stage.write("data/c", b"again").is_err(), "no file is written twice");
        assert!(!target.exists());
        drop(stage);
        assert_eq!(list(target.parent().unwrap()).unwrap().len(), 0);

        let stage = FolderStage::beside(&target).unwrap();
        stage.write("data/c", b"abc").unwrap();
        stage.publish().unwrap();
        assert_eq!(std::fs::read(target.join("data/c")).unwrap(), b"abc");
        assert_eq!(list(target.parent().unwrap()).unwrap(), std::slice::from_ref(&target));
        assert!(matches!(FolderStage::beside(&target), Err(StageError::Exists(_))));
    }
}
