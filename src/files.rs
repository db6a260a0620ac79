//! Reads files within limits, keeps paths inside the project, and writes files whole or not at all.
//!
//! The only module that writes files. Knows nothing of what is in them.

mod digest;
mod lock;
mod secret;
mod snapshot;
mod stage;
mod system_error;
mod temporary;
mod workshop;
mod write;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

pub use digest::{Digest, HashKind, Hashing, digest, digest_bytes, sha256};
pub use lock::{Hold, Lock, lock};
pub use secret::UserSecret;
pub use snapshot::{Snapshot, Stamp};
pub use stage::{FolderStage, StageError, StagedFile};
pub use system_error::in_german;
pub use temporary::remove_temporary;
pub use workshop::Workshop;
pub use write::{
    Prepared, append_own, flush_together, prepare, prepare_one_of_many, rename_new, replace, turn_over,
    write, write_again, write_json_again, write_new, write_own_json,
};

/// A failure of the environment, with the path at which it happened.
#[derive(Debug, thiserror::Error)]
#[error("{}: {action}: {}", path.display(), in_german(source))]
pub struct FileError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the program tried to do, in German.
    pub action: &'static str,
    /// The error of the operating system.
    #[source]
    pub source: std::io::Error,
}

impl FileError {
    /// Copies the failure for another record that runs into it.
    pub fn again(&self) -> Self {
        let source = std::io::Error::new(self.source.kind(), in_german(&self.source));
        Self { path: self.path.clone(), action: self.action, source }
    }

    fn of(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self { path: path.to_path_buf(), action, source }
    }
}

/// The reason why a file could not be read within its limit.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is larger than allowed.
    #[error("{}: größer als {limit} Byte", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// The path is a folder, a device or a pipe.
    #[error("{}: keine gewöhnliche Datei", .0.display())]
    NotAFile(PathBuf),
    /// The operating system refused.
    #[error(transparent)]
    System(#[from] FileError),
}

/// Reads a regular file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let fail = |e| FileError::of(path, "kann nicht gelesen werden")(e);
    // Opening a pipe or a device could block for ever, so its kind is asked first.
    let metadata = std::fs::metadata(path).map_err(fail)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile(path.to_path_buf()));
    }
    let file = std::fs::File::open(path).map_err(fail)?;
    let mut bytes = Vec::with_capacity(metadata.len().min(limit) as usize + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { path: path.to_path_buf(), limit });
    }
    Ok(bytes)
}

/// Removes a file and returns whether it existed; a missing file is no error.
pub fn remove(path: &Path) -> Result<bool, FileError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(FileError::of(path, "kann nicht entfernt werden")(e)),
    }
}

/// Writes a path as seen from a folder that it is in, with `/` between its parts.
pub fn path_within(folder: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Lists the paths in a folder, sorted; none if the folder does not exist.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let fail = |e| FileError::of(folder, "kann nicht gelesen werden")(e);
    let mut paths = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder).map_err(fail)? {
            paths.push(entry.map_err(fail)?.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// Tells how many bytes are free where a folder is; `None` where that is not known.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Tells how many bytes are free where a folder is; `None` where that is not known.
#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> Option<u64> {
    None
}

/// Hashes parts with BLAKE3, each delimited from the next; hexadecimal.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex().to_string()
}

/// Hashes a file; `None` if it cannot be read or is larger than the limit.
pub fn hash_of(path: &Path, limit: u64) -> Option<String> {
    read(path, limit).ok().map(|bytes| hash(&[&bytes]))
}

/// Hashes a file, whatever it is called and whoever wrote it; none if there is no such file. One that is larger than the
/// limit has a hash that no other has.
pub fn hash_if_there(path: &Path, limit: u64) -> Result<Option<String>, FileError> {
    match read_if_there(path, limit) {
        Ok(bytes) => Ok(bytes.map(|bytes| hash(&[&bytes]))),
        Err(ReadError::TooLarge { .. }) => Ok(Some(String::new())),
        Err(ReadError::System(failure)) => Err(failure),
        Err(ReadError::NotAFile(_)) => {
            let source = std::io::Error::other("keine gewöhnliche Datei");
            Err(FileError::of(path, "kann nicht gelesen werden")(source))
        }
    }
}

/// Reads a regular file of at most `limit` bytes; none if there is none.
pub fn read_if_there(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, ReadError> {
    match read(path, limit) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ReadError::System(failure)) if failure.source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The reason why a path that a user wrote is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathRefusal {
    /// The path is empty or contains characters that no path may contain.
    Malformed,
    /// The path starts at the root of the file system or at a drive.
    Absolute,
    /// The path contains backslashes.
    Backslash,
    /// The path leaves the project folder through `..`.
    Outside,
    /// The path leaves the project folder through a symbolic link.
    OutsideByLink,
    /// Nothing exists at the path.
    Missing,
    /// There are two files whose names differ only in how letters like `ä` are written.
    Twins,
    /// The path is a folder, a device or a pipe.
    NotAFile,
}

/// Fails if a folder to write to is a link that leads out of another one. What is not there yet leads nowhere.
pub fn stays_inside(folder: &Path, outer: &Path) -> Result<(), FileError> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let is_link = folder.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    if is_link && !real(folder).starts_with(real(outer)) {
        let source = std::io::Error::other("ein Verweis, der hinausführt");
        return Err(FileError::of(folder, "kann nicht beschrieben werden")(source));
    }
    Ok(())
}

/// Fails if two folders in another one are the same, by a link: one would hold what only the other may.
pub fn are_apart(outer: &Path, folders: &[&str]) -> Result<(), FileError> {
    let mut seen = BTreeSet::new();
    for folder in folders.iter().map(|name| outer.join(name)) {
        if folder.canonicalize().is_ok_and(|real| !seen.insert(real)) {
            let source = std::io::Error::other("ein Verweis auf einen anderen Ordner der Ausgabe");
            return Err(FileError::of(&folder, "kann nicht beschrieben werden")(source));
        }
    }
    Ok(())
}

/// The folder that no path of a record may leave, with symbolic links resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Root(PathBuf);

impl Root {
    /// Opens an existing folder.
    pub fn new(folder: &Path) -> Result<Self, FileError> {
        let canonical =
            std::fs::canonicalize(folder).map_err(FileError::of(folder, "kann nicht geöffnet werden"))?;
        Ok(Self(canonical))
    }

    /// Returns the folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Resolves the path `relative`, seen from `base` (a folder inside the root), to an existing file.
    pub fn resolve(&self, base: &Path, relative: &str) -> Result<PathBuf, PathRefusal> {
        if relative.trim().is_empty() || relative.contains(char::is_control) {
            return Err(PathRefusal::Malformed);
        }
        let path = Path::new(relative);
        let drive = relative.as_bytes().get(1) == Some(&b':');
        if path.has_root() || drive {
            return Err(PathRefusal::Absolute);
        }
        if relative.contains('\\') {
            return Err(PathRefusal::Backslash);
        }
        let base = std::fs::canonicalize(base).map_err(|_| PathRefusal::Missing)?;
        let plain = normalize(&base.join(path)).ok_or(PathRefusal::Outside)?;
        if !plain.starts_with(&self.0) {
            return Err(PathRefusal::Outside);
        }
        let real = spelled(&base, path)?;
        if !real.starts_with(&self.0) {
            return Err(PathRefusal::OutsideByLink);
        }
        if !real.is_file() {
            return Err(PathRefusal::NotAFile);
        }
        Ok(real)
    }
}

/// Finds what exists at a path, however its names write letters like `ä`: some systems take them apart (NFD), and to
/// people that is one name. Links are resolved.
fn spelled(base: &Path, path: &Path) -> Result<PathBuf, PathRefusal> {
    let mut real = base.to_path_buf();
    for part in path.components() {
        let name = match part {
            Component::Normal(name) => name.to_str().ok_or(PathRefusal::Malformed)?,
            other => {
                real.push(other);
                continue;
            }
        };
        // Only such names are written in more than one way.
        let found = if name.is_ascii() { vec![real.join(name)] } else { spellings(&real, name) };
        real = match found.as_slice() {
            [] => return Err(PathRefusal::Missing),
            [one] => one.clone(),
            _ => return Err(PathRefusal::Twins),
        };
    }
    std::fs::canonicalize(real).map_err(|_| PathRefusal::Missing)
}

/// What is in a folder under a name, in any of its spellings.
fn spellings(folder: &Path, name: &str) -> Vec<PathBuf> {
    let (whole, apart): (String, String) = (name.nfc().collect(), name.nfd().collect());
    let ways = [whole.as_str(), apart.as_str(), name].map(|way| folder.join(way));
    let mut found: Vec<PathBuf> = ways.into_iter().filter(|path| path.exists()).collect();
    if found.is_empty() {
        // A name may write one letter so and another one otherwise.
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let is_same = |path: &PathBuf| {
            let own = path.file_name().and_then(|own| own.to_str());
            own.is_some_and(|own| !own.is_ascii() && own.nfc().eq(whole.chars()))
        };
        found = entries.map(|entry| entry.path()).filter(is_same).collect();
    }
    // Some systems find one file under both.
    found.sort();
    found.dedup_by_key(|path| path.canonicalize().unwrap_or_else(|_| path.clone()));
    found
}

/// Resolves `.` and `..` by name alone; `None` if the path would leave the file system.
fn normalize(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// Compares names as people do: `2` before `10`, ignoring case.
pub fn natural_order(a: &str, b: &str) -> std::cmp::Ordering {
    natural_key(a).cmp(&natural_key(b))
}

/// Gives what names are sorted by in their natural order, for many of them.
pub fn natural_key(text: &str) -> impl Ord + use<> {
    (parts(text), text.to_owned())
}

/// The words and numbers of a name; of a number the count of its digits goes first.
fn parts(text: &str) -> Vec<(bool, usize, String)> {
    let mut key: Vec<(bool, usize, String)> = Vec::new();
    for c in text.chars() {
        let digit = c.is_ascii_digit();
        match key.last_mut() {
            Some((kind, _, run)) if *kind != digit => run.extend(c.to_lowercase()),
            _ => key.push((!digit, 0, c.to_lowercase().collect())),
        }
    }
    for (word, length, run) in &mut key {
        if !*word {
            *run = run.trim_start_matches('0').to_owned();
            *length = run.len();
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_however_its_letters_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(folder.path()).unwrap();
        let (whole, apart, mixed) =
            ("Pl\u{e4}ne \u{fc}.pdf", "Pla\u{308}ne u\u{308}.pdf", "Pla\u{308}ne \u{fc}.pdf");
        for there in [whole, apart, mixed] {
            let path = root.path().join(there);
            std::fs::write(&path, "a").unwrap();
            for named in [whole, apart, mixed] {
                assert_eq!(root.resolve(root.path(), named), Ok(path.clone()), "{there:?} as {named:?}");
            }
            std::fs::remove_file(&path).unwrap();
        }
        std::fs::create_dir(root.path().join("A\u{308}mter")).unwrap();
        std::fs::write(root.path().join("A\u{308}mter/a.pdf"), "a").unwrap();
        assert!(root.resolve(root.path(), "\u{c4}mter/a.pdf").is_ok());
        std::fs::write(root.path().join(whole), "a").unwrap();
        std::fs::write(root.path().join(apart), "b").unwrap();
        // Some systems write the second into the first.
        if std::fs::read_dir(root.path()).unwrap().count() == 3 {
            assert_eq!(root.resolve(root.path(), whole), Err(PathRefusal::Twins));
        }
    }

    #[test]
    fn natural_order_counts() {
        let mut names = vec!["a10", "a2", "B1", "a02", "a"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["a", "a02", "a2", "a10", "B1"]);
        let mut labels = vec!["10", "1b", "A", "2", "1", "1a"];
        labels.sort_by(|a, b| natural_order(a, b));
        assert_eq!(labels, ["1", "1a", "1b", "2", "10", "A"]);
    }

    #[test]
    fn paths_stay_inside() {
        let outer = tempfile::tempdir().unwrap();
        let project = outer.path().join("projekt");
        let records = project.join("vorlagen");
        std::fs::create_dir_all(&records).unwrap();
        std::fs::write(outer.path().join("geheim.pdf"), "x").unwrap();
        std::fs::write(project.join("bild.png"), "x").unwrap();
        std::fs::write(records.join("a.pdf"), "x").unwrap();
        let root = Root::new(&project).unwrap();

        assert!(root.resolve(&records, "a.pdf").is_ok());
        assert!(root.resolve(&records, "./../bild.png").is_ok());
        for (path, refusal) in [
            ("../../geheim.pdf", PathRefusal::Outside),
            ("../../../../../../../../../../etc/passwd", PathRefusal::Outside),
            ("/etc/passwd", PathRefusal::Absolute),
            ("C:/a.pdf", PathRefusal::Absolute),
            ("x\\a.pdf", PathRefusal::Backslash),
            ("fehlt.pdf", PathRefusal::Missing),
            ("../vorlagen", PathRefusal::NotAFile),
            ("", PathRefusal::Malformed),
            ("a\0b", PathRefusal::Malformed),
        ] {
            assert_eq!(root.resolve(&records, path), Err(refusal), "{path:?}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path().join("geheim.pdf"), records.join("l.pdf")).unwrap();
            assert_eq!(root.resolve(&records, "l.pdf"), Err(PathRefusal::OutsideByLink));
        }
    }
}
