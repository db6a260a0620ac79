//! The zip file with the message and its files: stored and not compressed, since a PDF is compressed already.
//!
//! A zip file cannot be hashed as it is written, because each file's size is put into its header afterwards. A second
//! thread follows the writer and hashes what no longer changes.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::day::Day;
use crate::files::{Digest, FileError, FolderStage, Hashing};

/// The reason why a container cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The environment failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The container cannot be written.
    #[error("{}: kann nicht geschrieben werden: {reason}", path.display())]
    Zip {
        /// The path of the container.
        path: PathBuf,
        /// The error of the zip writer.
        reason: String,
    },
}

/// A container being written.
pub(super) struct Container {
    zip: ZipWriter<Tracked>,
    /// The offset that the writer has reached.
    position: Arc<AtomicU64>,
    settled: Sender<u64>,
    hasher: JoinHandle<std::io::Result<Digest>>,
    options: SimpleFileOptions,
    path: PathBuf,
}

/// The bytes that are hashed at once.
const CHUNK: u64 = 256 << 10;
/// The size from which a file needs longer fields in its header.
const LARGE: u64 = u32::MAX as u64;

impl Container {
    /// Begins a container in a folder being filled; its files get the date of the hand-over.
    pub(super) fn begin(stage: &FolderStage, name: &str, date: Day) -> Result<Self, ContainerError> {
        let file = stage.create_plain(name)?;
        let path = stage.path().join(name);
        let position = Arc::new(AtomicU64::new(0));
        let (settled, receiver) = channel();
        let hasher = std::thread::spawn({
            let path = path.clone();
            move || hash_behind(&path, &receiver)
        });
        let time =
            DateTime::from_date_and_time(date.year(), date.month(), date.day(), 0, 0, 0).unwrap_or_default();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(time)
            .unix_permissions(0o644);
        let zip = ZipWriter::new(Tracked { inner: BufWriter::new(file), position: Arc::clone(&position) });
        Ok(Self { zip, position, settled, hasher, options, path })
    }

    /// Adds a file of this size under this name.
    pub(super) fn add(
        &mut self,
        name: &str,
        size: u64,
        content: &mut impl Read,
    ) -> Result<(), ContainerError> {
        let end = self.position.load(Ordering::Relaxed);
        let options = self.options.large_file(size >= LARGE);
        self.zip.start_file(name, options).map_err(|error| failed(&self.path, &error))?;
        // Only now is the head of the file before this one complete.
        self.settled.send(end).ok();
        std::io::copy(content, &mut self.zip).map_err(|error| failed(&self.path, &error))?;
        Ok(())
    }

    /// Finishes the container and returns its hash.
    pub(super) fn finish(self) -> Result<Digest, ContainerError> {
        let Self { zip, settled, hasher, path, .. } = self;
        let mut writer = zip.finish().map_err(|error| failed(&path, &error))?;
        writer.flush().map_err(|error| failed(&path, &error))?;
        settled.send(u64::MAX).ok();
        drop(settled);
        match hasher.join() {
            Ok(digest) => digest.map_err(|error| failed(&path, &error)),
            Err(_) => Err(failed(&path, &"innerer Fehler beim Hashen")),
        }
    }
}

fn failed(path: &Path, error: &impl ToString) -> ContainerError {
    ContainerError::Zip { path: path.to_path_buf(), reason: error.to_string() }
}

/// Hashes a file up to each offset received, and finally to its end.
fn hash_behind(path: &Path, settled: &Receiver<u64>) -> std::io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hashing = Hashing::new(std::io::sink());
    let mut done = 0;
    for end in settled {
        while done < end {
            let count =
                std::io::copy(&mut Read::by_ref(&mut file).take(CHUNK.min(end - done)), &mut hashing)?;
            if count == 0 {
                break;
            }
            done += count;
        }
    }
    Ok(hashing.finish().0)
}

/// A file that tells the offset its writer has reached.
struct Tracked {
    inner: BufWriter<File>,
    position: Arc<AtomicU64>,
}

impl Write for Tracked {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.position.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl Seek for Tracked {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let position = self.inner.seek(to)?;
        self.position.store(position, Ordering::Relaxed);
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::digest_bytes;

    #[test]
    fn the_hash_is_that_of_the_whole_file() {
        let place = tempfile::tempdir().unwrap();
        let stage = FolderStage::beside(&place.path().join("bag")).unwrap();
        let mut container = Container::begin(&stage, "a.zip", "2025-02-12".parse().unwrap()).unwrap();
        for n in 0..20_u8 {
            let bytes = vec![n; usize::from(n) * 40_000];
            container.add(&format!("{n}.bin"), bytes.len() as u64, &mut bytes.as_slice()).unwrap();
        }
        let digest = container.finish().unwrap();
        let bytes = std::fs::read(stage.path().join("a.zip")).unwrap();
        assert_eq!(digest, digest_bytes(&bytes));
        assert!(bytes.len() > 190 * 40_000);
    }
}
