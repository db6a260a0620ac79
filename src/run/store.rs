//! What earlier runs left in an output folder: which record each file came from, and from what else.
//!
//! Kept in `.anlage/` of the folder. What was finished is removed only once something better is there; what no longer
//! holds is set aside, and what lies there and is not known is too, before its place is taken. Knows nothing of how files
//! are made.

mod entry;
mod kept;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use serde_json::value::RawValue;

pub use entry::{Said, StoreEntry};
use kept::{Entries, KeptEntry, StateToWrite, StoreFile};

use super::aside::{AsideReason, SetAside, set_aside};
use super::shard::Shard;
use crate::files::{self, FileError, Hold, Lock, Prepared, ReadError, Stamp};
use crate::record::names::{FOLDERS, FORMS_FOLDER, Rendition, STATE_FOLDER};

const STATE: &str = "state";
/// A file of another form is not understood and counts as absent: everything is made again.
const VERSION: u32 = 5;
const MAX_BYTES: u64 = 1 << 30;
/// So many entries are read at once: read they take several times the room in which they are kept.
const READ_AT_ONCE: usize = 1000;

/// An output that is written, and has not got its name yet.
#[derive(Debug)]
pub struct PreparedOutput {
    name: String,
    hash: String,
    /// The file, for what is done to many of them at once.
    pub file: Prepared,
}

/// An output in its place.
#[derive(Debug)]
pub struct PlacedOutput {
    /// Its path in the output folder.
    pub name: String,
    /// The hash of its content.
    pub hash: String,
    /// Its stamp, if the system gives one.
    pub stamp: Option<Stamp>,
    /// Its path.
    pub path: PathBuf,
    /// What was in its place.
    pub aside: Option<SetAside>,
}

/// The paths of outputs in the folder, each with the hash of what was written there.
type Written = BTreeSet<(Arc<str>, [u8; blake3::OUT_LEN])>;

/// An output folder, locked for this run.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// The folder without links.
    real: PathBuf,
    state: PathBuf,
    entries: Mutex<Entries>,
    /// What was there before; in a shard the others keep their own.
    own: Mutex<Entries>,
    /// The outputs of this run, from before they are written.
    claimed: Mutex<BTreeSet<String>>,
    /// The hashes of all outputs that this program is known to have written, by their paths in the folder.
    written: Mutex<Written>,
    /// What records are made into by this run.
    rendition: Rendition,
    changed: AtomicBool,
    _locks: Vec<Lock>,
}

impl Store {
    /// Opens an output folder; it is made if there is none. Fails if another run has it and
    /// does not let go of it in a moment, or once `stop` is set.
    pub fn open(
        folder: &Path,
        rendition: Rendition,
        shard: Option<Shard>,
        stop: &AtomicBool,
    ) -> Result<Self, FileError> {
        FOLDERS.iter().try_for_each(|inside| files::stays_inside(&folder.join(inside), folder))?;
        files::are_apart(folder, &FOLDERS)?;
        let inner = folder.join(STATE_FOLDER);
        let mut locks = Vec::new();
        let name = match shard {
            None => {
                locks.push(files::lock(&inner.join("lock"), Hold::Alone, stop)?);
                files::remove_temporary(folder)?;
                FOLDERS.iter().try_for_each(|inside| files::remove_temporary(&folder.join(inside)))?;
                format!("{STATE}.json")
            }
            Some(shard) => {
                locks.push(files::lock(&inner.join("lock"), Hold::Shared, stop)?);
                locks.push(files::lock(&inner.join(format!("lock-{shard}")), Hold::Alone, stop)?);
                format!("{STATE}-{shard}.json")
            }
        };
        Self::read(folder, &name, rendition, shard.is_some(), locks)
    }

    /// Looks at an output folder as it is, without a lock: only for who does not write.
    pub fn peek(folder: &Path, rendition: Rendition) -> Result<Self, FileError> {
        Self::read(folder, &format!("{STATE}.json"), rendition, false, Vec::new())
    }

    fn read(
        folder: &Path,
        name: &str,
        rendition: Rendition,
        is_part: bool,
        locks: Vec<Lock>,
    ) -> Result<Self, FileError> {
        let inner = folder.join(STATE_FOLDER);
        let state = inner.join(name);
        let mut written = Written::new();
        let own = read(&state, &mut written)?;
        let mut entries = Entries::new();
        for path in files::list(&inner)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(STATE) && name.ends_with(".json") && path != state {
                entries.extend(read(&path, &mut written)?);
            }
        }
        entries.extend(own.clone());
        let own = if is_part { own } else { entries.clone() };
        Ok(Self {
            real: folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()),
            folder: folder.to_path_buf(),
            state,
            written: Mutex::new(written),
            rendition,
            entries: Mutex::new(entries),
            own: Mutex::new(own),
            claimed: Mutex::default(),
            changed: AtomicBool::new(false),
            _locks: locks,
        })
    }

    /// Gives the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives the folder in it for form annexes.
    pub fn forms(&self) -> PathBuf {
        self.folder.join(FORMS_FOLDER)
    }

    /// Gives the key of a file: its path as seen from the output folder, so that both can move.
    pub fn key(&self, file: &Path) -> String {
        self.key_of_real(&file.canonicalize().unwrap_or_else(|_| file.to_path_buf()))
    }

    fn key_of_real(&self, file: &Path) -> String {
        let (mut here, mut there) = (self.real.components().peekable(), file.components().peekable());
        while here.peek().is_some() && here.peek() == there.peek() {
            here.next();
            there.next();
        }
        let up = here.map(|_| "..".to_owned());
        let down = there.map(|part: Component<'_>| part.as_os_str().to_string_lossy().into_owned());
        up.chain(down).collect::<Vec<_>>().join("/")
    }

    /// Gives the path of a file whose key this is.
    pub fn keyed(&self, key: &str) -> PathBuf {
        self.real.join(key)
    }

    /// Gives the path of a file whose key this is, as the user knows the output folder.
    pub fn shown(&self, key: &str) -> PathBuf {
        let mut path = self.folder.clone();
        for part in key.split('/') {
            let is_up = part == ".." && matches!(path.components().next_back(), Some(Component::Normal(_)));
            if is_up {
                path.pop();
            } else {
                path.push(part);
            }
        }
        path
    }

    /// Gives what is known of what this run makes of a record, whose path has no links, and its key.
    pub fn known(&self, record: &Path) -> Option<(Arc<str>, StoreEntry)> {
        let key = self.key_of_real(record) + mark(self.rendition);
        let found =
            self.entries().get_key_value(key.as_str()).map(|(key, kept)| (Arc::clone(key), kept.clone()));
        let (key, kept) = found?;
        Some((key, kept.entry()?))
    }

    /// Gives the key of what this run makes of a record.
    pub fn entry_key(&self, record: &Path) -> String {
        self.key(record) + mark(self.rendition)
    }

    /// Gives the keys of all that is finished of a record.
    pub fn finished_keys(&self, record: &Path) -> Vec<String> {
        let key = self.key(record);
        Rendition::FINISHED.iter().map(|rendition| format!("{key}{}", mark(*rendition))).collect()
    }

    /// Gives what is known of a record.
    pub fn get(&self, key: &str) -> Option<StoreEntry> {
        let kept = self.entries().get(key).cloned();
        kept?.entry()
    }

    /// Tells whether each output of an entry is there as it was left. If it has to be read to tell, its stamp is kept for the
    /// next time; `reads_all` reads those with their old stamps, too.
    pub fn is_intact(&self, key: &str, entry: &StoreEntry, reads_all: bool) -> bool {
        let mut stamps = BTreeMap::new();
        for (name, hash) in &entry.outputs {
            let path = self.folder.join(name);
            // Taken before the file is read: what changes meanwhile changes the stamp.
            let stamp = Stamp::of(&path);
            let is_known = !reads_all && stamp.is_some() && stamp.as_ref() == entry.stamps.get(name);
            if !is_known && files::hash_of(&path, MAX_BYTES).as_ref() != Some(hash) {
                return false;
            }
            stamps.extend(stamp.map(|stamp| (name.clone(), stamp)));
        }
        if stamps != entry.stamps {
            self.keep(key, &StoreEntry { stamps, ..entry.clone() });
        }
        true
    }

    /// Keeps what is known of a record whose outputs are the same.
    fn keep(&self, key: &str, entry: &StoreEntry) {
        let entry = KeptEntry::new(entry);
        if let Some(own) = self.own().get_mut(key) {
            *own = entry.clone();
            self.changed.store(true, Ordering::Relaxed);
        }
        self.entries().insert(key.into(), entry);
    }

    /// Gives the folder in it for the state that runs keep.
    pub fn inner(&self) -> PathBuf {
        self.folder.join(STATE_FOLDER)
    }

    /// Claims names that are about to be written, so that they are not removed as outputs of another record.
    pub fn claim<'a>(&self, names: impl Iterator<Item = &'a String>) {
        self.claimed().extend(names.cloned());
    }

    /// Writes an output that gets its name later.
    pub fn prepare(&self, name: String, bytes: &[u8]) -> Result<PreparedOutput, FileError> {
        let file = files::prepare_one_of_many(&self.folder.join(&name), bytes)?;
        Ok(PreparedOutput { name, hash: files::hash(&[bytes]), file })
    }

    /// Gives an output its name. What lies in its place and was not written by this program, or was changed since, is set
    /// aside.
    pub fn place(&self, output: PreparedOutput) -> Result<PlacedOutput, FileError> {
        let PreparedOutput { name, hash, mut file } = output;
        let path = self.folder.join(&name);
        // What can fail for want of room fails before anything is moved.
        file.flush()?;
        let old = files::hash_if_there(&path, MAX_BYTES)?;
        let is_known = |old: &String| {
            *old == hash
                || written_as(name.as_str().into(), old).is_some_and(|known| self.written().contains(&known))
        };
        let strange = old.is_some_and(|old| !is_known(&old));
        let aside = strange.then(|| set_aside(&self.folder, &path, AsideReason::NotOurs)).transpose()?;
        file.place()?;
        self.written().extend(written_as(name.as_str().into(), &hash));
        Ok(PlacedOutput { name, hash, stamp: Stamp::of(&path), path, aside })
    }

    /// Remembers what came of a record. Removes and returns the outputs that it no longer yields.
    pub fn put(&self, key: String, entry: StoreEntry) -> Result<Vec<PathBuf>, FileError> {
        let key: Arc<str> = key.into();
        let entry = KeptEntry::new(&entry);
        let old = self.entries().insert(Arc::clone(&key), entry.clone());
        self.own().insert(key, entry);
        self.changed.store(true, Ordering::Relaxed);
        self.retire(outputs(old))
    }

    /// Forgets records. Removes and returns their outputs.
    pub fn remove(&self, keys: &[String]) -> Result<Vec<PathBuf>, FileError> {
        let outputs = self.forget(keys);
        self.retire(outputs)
    }

    /// Forgets records that are wrong by now. What was made of them is set aside.
    pub fn set_aside(&self, keys: &[String]) -> Result<Vec<SetAside>, FileError> {
        let known =
            |key: &String| Some((Arc::from(key.as_str()), self.entries().get(key.as_str()).cloned()?));
        let known: Vec<(Arc<str>, KeptEntry)> = keys.iter().filter_map(known).collect();
        let paths = self.unyielded(self.forget(keys));
        let moved: Result<Vec<SetAside>, FileError> =
            paths.iter().map(|path| set_aside(&self.folder, path, AsideReason::Outdated)).collect();
        if moved.is_err() {
            // What was not done is not forgotten.
            for (key, entry) in known {
                self.entries().insert(Arc::clone(&key), entry.clone());
                self.own().insert(key, entry);
            }
        }
        moved
    }

    /// Forgets records, and gives their outputs.
    fn forget(&self, keys: &[String]) -> BTreeMap<String, String> {
        let mut outputs = BTreeMap::new();
        for key in keys {
            outputs.extend(self::outputs(self.entries().remove(key.as_str())));
            if self.own().remove(key.as_str()).is_some() {
                self.changed.store(true, Ordering::Relaxed);
            }
        }
        outputs
    }

    /// Removes outputs that no record yields any more and that nobody has changed.
    fn retire(&self, outputs: BTreeMap<String, String>) -> Result<Vec<PathBuf>, FileError> {
        let mut removed = Vec::new();
        for path in self.unyielded(outputs) {
            if files::remove(&path)? {
                removed.push(path);
            }
        }
        Ok(removed)
    }

    /// Finds outputs that no record yields any more and that nobody has changed.
    fn unyielded(&self, mut outputs: BTreeMap<String, String>) -> Vec<PathBuf> {
        let claimed = self.claimed();
        outputs.retain(|name, _| !claimed.contains(name));
        if !outputs.is_empty() {
            let entries = self.entries();
            entries.values().flat_map(|entry| entry.outputs.iter()).for_each(|name| {
                outputs.remove(&**name);
            });
        }
        let paths = outputs.into_iter().map(|(name, hash)| (self.folder.join(name), hash));
        paths
            .filter(|(path, hash)| files::hash_of(path, MAX_BYTES).as_ref() == Some(hash))
            .map(|(path, _)| path)
            .collect()
    }

    /// Finds the records whose files are gone, and their outputs that still exist and that no other record yields.
    pub fn stale(&self) -> (Vec<String>, Vec<PathBuf>) {
        let entries = self.own();
        let (kept, gone): (Vec<_>, Vec<_>) =
            entries.iter().partition(|(key, _)| self.real.join(without_mark(key)).exists());
        let yielded: BTreeSet<&Arc<str>> = kept.iter().flat_map(|(_, entry)| entry.outputs.iter()).collect();
        let names =
            gone.iter().flat_map(|(_, entry)| entry.outputs.iter()).filter(|name| !yielded.contains(name));
        let paths = names.map(|name| self.folder.join(&**name)).filter(|path| path.exists());
        (gone.iter().map(|(key, _)| key.to_string()).collect(), paths.collect())
    }

    /// Writes the state if it has changed.
    pub fn save(&self) -> Result<(), FileError> {
        if !self.changed.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        // After a power cut it may be gone: nothing is taken for made that is not.
        files::write_json_again(&self.state, &StateToWrite { version: VERSION, entries: &self.own() })
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claimed(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn own(&self) -> MutexGuard<'_, Entries> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands behind the key of a record for what is made of it; no path holds it.
fn mark(rendition: Rendition) -> &'static str {
    match (rendition.is_draft, rendition.is_picture) {
        (false, false) => "",
        (false, true) => "//png",
        (true, false) => "//entwurf",
        (true, true) => "//entwurf-png",
    }
}

fn without_mark(key: &str) -> &str {
    key.split("//").next().unwrap_or_default()
}

/// The outputs of what was known of a record, with their hashes.
fn outputs(kept: Option<KeptEntry>) -> BTreeMap<String, String> {
    kept.and_then(|kept| kept.entry()).map(|entry| entry.outputs).unwrap_or_default()
}

/// An output with the hash of its content; none if that is no hash.
fn written_as(name: Arc<str>, hash: &str) -> Option<(Arc<str>, [u8; blake3::OUT_LEN])> {
    Some((name, blake3::Hash::from_hex(hash).ok()?.into()))
}

/// Tells whether a name is one that this program gives: that of a form annex in its folder, or, as it once was, in the
/// output folder itself.
fn is_ours(name: &str) -> bool {
    let name = name.strip_prefix(FORMS_FOLDER).and_then(|name| name.strip_prefix('/')).unwrap_or(name);
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) && !name.contains(['/', '\\'])
}

/// Reads what is kept into `entries`, and the hashes of outputs into `written`. What is not understood counts as absent; what
/// cannot be read does not.
fn read(path: &Path, written: &mut Written) -> Result<Entries, FileError> {
    let bytes = match files::read_if_there(path, MAX_BYTES) {
        Err(ReadError::System(failure)) => return Err(failure),
        bytes => bytes.ok().flatten().unwrap_or_default(),
    };
    let state = serde_json::from_slice::<StoreFile<'_>>(&bytes).ok();
    let state = state.filter(|state| state.version == VERSION);
    // The state is a file like any other: what it says must not reach beyond the output folder.
    let read = |(key, json): (Cow<'_, str>, &RawValue)| {
        let (kept, entry) = KeptEntry::read(json, is_ours)?;
        Some((Arc::<str>::from(&*key), kept, entry.outputs))
    };
    let mut rest = state.map(|state| state.entries).unwrap_or_default().into_iter();
    let mut entries = Entries::new();
    loop {
        let some: Vec<_> = rest.by_ref().take(READ_AT_ONCE).collect();
        if some.is_empty() {
            return Ok(entries);
        }
        let some: Vec<_> = some.into_par_iter().filter_map(read).collect();
        for (key, kept, outputs) in some {
            for (name, hash) in kept.outputs.iter().zip(outputs.into_values()) {
                written.extend(written_as(Arc::clone(name), &hash));
            }
            entries.insert(key, kept);
        }
    }
}

#[cfg(test)]
mod tests;
