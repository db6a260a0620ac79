//! What earlier runs left in an output folder: which record each file came from, and from what else.
//!
//! Kept in `.anlage/` beside the outputs. Knows nothing of how files are made.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::shard::Shard;
use crate::diagnostics::{Code, Diagnostic, Severity, Source};
use crate::files::{self, FileError, Hold, Lock};
use crate::record::proposal::Number;

const FOLDER: &str = ".anlage";
const STATE: &str = "state";
/// A file of another form is not understood and counts as absent: everything is made again.
const VERSION: u32 = 5;
const MAX_BYTES: u64 = 1 << 30;

/// What came of one record the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreEntry {
    /// Hash of the record.
    pub record: String,
    /// Hash of the program, its options, the project's settings and fonts, and the forms below.
    pub context: String,
    /// The forms that the record uses.
    pub templates: Vec<String>,
    /// The files that the record names, with the hash of each whose content is printed.
    pub files: BTreeMap<PathBuf, Option<String>>,
    /// The files made, by their names, with the hash of each.
    pub outputs: BTreeMap<String, String>,
    /// The number of the proposal.
    pub number: Option<Number>,
    /// Whether the record says that the proposal is public.
    pub public: bool,
    /// What there was to say about it; none if that points into other files, and so it has to be made again.
    pub findings: Option<Vec<Said>>,
}

/// A finding about the record itself; it is said again when nothing is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    code: String,
    severity: Severity,
    span: Range<usize>,
    message: String,
    hint: Option<String>,
}

impl Said {
    /// Takes from a finding what is kept of it.
    pub fn of(finding: &Diagnostic) -> Self {
        Self {
            code: finding.code.name().into_owned(),
            severity: finding.severity,
            span: finding.span.clone(),
            message: finding.message.clone(),
            hint: finding.hint.clone(),
        }
    }

    /// Makes the finding again, for the same record; none if its code is not among these.
    pub fn again<'a>(
        &self,
        source: &Arc<Source>,
        mut codes: impl Iterator<Item = &'a Code>,
    ) -> Option<Diagnostic> {
        let code = codes.find(|code| code.name() == self.code)?;
        let mut finding = Diagnostic::new(code, source, self.span.clone(), self.message.clone());
        (finding.severity, finding.hint) = (self.severity, self.hint.clone());
        Some(finding)
    }
}

/// What is known of records, by their keys. Shared, because what is said of thousands of records takes room.
type Entries = BTreeMap<String, Arc<StoreEntry>>;

#[derive(Debug, Default, Deserialize)]
struct StoreFile {
    version: u32,
    entries: BTreeMap<String, StoreEntry>,
}

#[derive(Debug, Serialize)]
struct StateToWrite<'a> {
    version: u32,
    entries: BTreeMap<&'a str, &'a StoreEntry>,
}

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
    changed: AtomicBool,
    _locks: Vec<Lock>,
}

impl Store {
    /// Opens an output folder; it is made if there is none. Fails if another run has it and
    /// does not let go of it in a moment, or once `stop` is set.
    pub fn open(folder: &Path, shard: Option<Shard>, stop: &AtomicBool) -> Result<Self, FileError> {
        let inner = folder.join(FOLDER);
        let mut locks = Vec::new();
        let name = match shard {
            None => {
                locks.push(files::lock(&inner.join("lock"), Hold::Alone, stop)?);
                files::remove_temporary(folder)?;
                files::remove_temporary(&inner)?;
                format!("{STATE}.json")
            }
            Some(shard) => {
                locks.push(files::lock(&inner.join("lock"), Hold::Shared, stop)?);
                locks.push(files::lock(&inner.join(format!("lock-{shard}")), Hold::Alone, stop)?);
                format!("{STATE}-{shard}.json")
            }
        };
        let state = inner.join(name);
        let own = read(&state);
        let mut entries = BTreeMap::new();
        for path in files::list(&inner)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(STATE) && name.ends_with(".json") && path != state {
                entries.extend(read(&path));
            }
        }
        entries.extend(own.clone());
        let own = if shard.is_some() { own } else { entries.clone() };
        Ok(Self {
            real: folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()),
            folder: folder.to_path_buf(),
            state,
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

    /// Gives the key of a record: its path as seen from the output folder.
    pub fn key(&self, record: &Path) -> String {
        let record = record.canonicalize().unwrap_or_else(|_| record.to_path_buf());
        let (mut here, mut there) = (self.real.components().peekable(), record.components().peekable());
        while here.peek().is_some() && here.peek() == there.peek() {
            here.next();
            there.next();
        }
        let up = here.map(|_| "..".to_owned());
        let down = there.map(|part: Component<'_>| part.as_os_str().to_string_lossy().into_owned());
        up.chain(down).collect::<Vec<_>>().join("/")
    }

    /// Gives what is known of a record.
    pub fn get(&self, key: &str) -> Option<Arc<StoreEntry>> {
        self.entries().get(key).cloned()
    }

    /// Tells whether each output of an entry is there as it was left.
    pub fn is_intact(&self, entry: &StoreEntry) -> bool {
        entry
            .outputs
            .iter()
            .all(|(name, hash)| files::hash_of(&self.folder.join(name), MAX_BYTES).as_ref() == Some(hash))
    }

    /// Gives the folder in it for the state that runs keep.
    pub fn inner(&self) -> PathBuf {
        self.folder.join(FOLDER)
    }

    /// Claims names that are about to be written, so that they are not removed as outputs of another record.
    pub fn claim<'a>(&self, names: impl Iterator<Item = &'a String>) {
        self.claimed().extend(names.cloned());
    }

    /// Remembers what came of a record. Removes and returns the outputs that it no longer yields.
    pub fn put(&self, key: String, entry: StoreEntry) -> Result<Vec<PathBuf>, FileError> {
        let entry = Arc::new(entry);
        let old = self.entries().insert(key.clone(), Arc::clone(&entry));
        self.own().insert(key, entry);
        self.changed.store(true, Ordering::Relaxed);
        self.retire(old.map(|old| old.outputs.clone()).unwrap_or_default())
    }

    /// Forgets records. Removes and returns their outputs.
    pub fn remove(&self, keys: &[String]) -> Result<Vec<PathBuf>, FileError> {
        let mut outputs = BTreeMap::new();
        for key in keys {
            outputs.extend(self.entries().remove(key).into_iter().flat_map(|old| old.outputs.clone()));
            if self.own().remove(key).is_some() {
                self.changed.store(true, Ordering::Relaxed);
            }
        }
        self.retire(outputs)
    }

    /// Removes outputs that no record yields any more and that nobody has changed.
    fn retire(&self, mut outputs: BTreeMap<String, String>) -> Result<Vec<PathBuf>, FileError> {
        let claimed = self.claimed();
        outputs.retain(|name, _| !claimed.contains(name));
        if !outputs.is_empty() {
            let entries = self.entries();
            entries.values().flat_map(|entry| entry.outputs.keys()).for_each(|name| {
                outputs.remove(name);
            });
        }
        let mut removed = Vec::new();
        for (name, hash) in outputs {
            let path = self.folder.join(name);
            if files::hash_of(&path, MAX_BYTES) == Some(hash) && files::remove(&path)? {
                removed.push(path);
            }
        }
        Ok(removed)
    }

    /// Finds the records whose files are gone, and their outputs that still exist and that no other record yields.
    pub fn stale(&self) -> (Vec<String>, Vec<PathBuf>) {
        let entries = self.own();
        let (kept, gone): (Vec<_>, Vec<_>) =
            entries.iter().partition(|(key, _)| self.real.join(key).exists());
        let yielded: BTreeSet<&String> = kept.iter().flat_map(|(_, entry)| entry.outputs.keys()).collect();
        let names =
            gone.iter().flat_map(|(_, entry)| entry.outputs.keys()).filter(|name| !yielded.contains(name));
        let paths = names.map(|name| self.folder.join(name)).filter(|path| path.exists());
        (gone.iter().map(|(key, _)| (*key).clone()).collect(), paths.collect())
    }

    /// Writes the state if it has changed.
    pub fn save(&self) -> Result<(), FileError> {
        if !self.changed.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let own = self.own().clone();
        let entries = own.iter().map(|(key, entry)| (key.as_str(), entry.as_ref())).collect();
        let bytes = serde_json::to_vec(&StateToWrite { version: VERSION, entries }).unwrap_or_default();
        files::write(&self.state, &bytes)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claimed(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn own(&self) -> MutexGuard<'_, Entries> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) && !name.contains(['/', '\\'])
}

fn read(path: &Path) -> Entries {
    let bytes = files::read(path, MAX_BYTES).unwrap_or_default();
    match serde_json::from_slice::<StoreFile>(&bytes) {
        // The state is a file like any other: what it says must not reach beyond the output folder.
        Ok(state) if state.version == VERSION => {
            let plain = |entry: &StoreEntry| entry.outputs.keys().all(|name| is_plain(name));
            let known = state.entries.into_iter().filter(|(_, entry)| plain(entry));
            known.map(|(key, entry)| (key, Arc::new(entry))).collect()
        }
        _ => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path, shard: Option<&str>) -> Result<Store, FileError> {
        // Whoever is stopped does not wait for others.
        let stop = AtomicBool::new(true);
        Store::open(folder, shard.map(|shard| shard.parse().unwrap()), &stop)
    }

    /// What came of a record whose outputs are in the folder, each with its name as content.
    fn entry(store: &Store, outputs: &[&str]) -> StoreEntry {
        let made = |name: &&str| {
            files::write(&store.folder().join(name), name.as_bytes()).unwrap();
            ((*name).to_owned(), files::hash(&[name.as_bytes()]))
        };
        StoreEntry {
            record: "r".into(),
            context: "c".into(),
            templates: vec!["f".into()],
            files: BTreeMap::new(),
            outputs: outputs.iter().map(made).collect(),
            number: "V/0001/2025".parse().ok(),
            public: true,
            findings: Some(Vec::new()),
        }
    }

    fn put(store: &Store, key: &str, outputs: &[&str]) -> Vec<PathBuf> {
        let entry = entry(store, outputs);
        store.claim(entry.outputs.keys());
        store.put(key.to_owned(), entry).unwrap()
    }

    #[test]
    fn what_is_saved_is_known_to_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), None).unwrap();
        put(&store, "a.toml", &["a.pdf", "a-2.pdf"]);
        store.save().unwrap();
        let kept = store.get("a.toml").unwrap();
        drop(store);
        let store = open(folder.path(), None).unwrap();
        assert_eq!(store.get("a.toml").unwrap(), kept);
        assert!(store.is_intact(&kept) && store.get("b.toml").is_none());
        std::fs::write(folder.path().join("a-2.pdf"), "other").unwrap();
        assert!(!store.is_intact(&kept));
    }

    #[test]
    fn shards_work_side_by_side_and_know_what_the_others_did() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) =
            (open(folder.path(), Some("1/2")).unwrap(), open(folder.path(), Some("2/2")).unwrap());
        for other in [None, Some("1/2")] {
            let error = open(folder.path(), other).unwrap_err();
            assert_eq!(error.source.kind(), std::io::ErrorKind::WouldBlock, "{other:?}");
        }
        put(&one, "a.toml", &["a.pdf"]);
        put(&two, "b.toml", &["b.pdf"]);
        for store in [&one, &two] {
            store.save().unwrap();
        }
        drop((one, two));

        let one = open(folder.path(), Some("1/2")).unwrap();
        assert!(one.get("a.toml").is_some() && one.get("b.toml").is_some());
        // Neither record is there, but only its own are for a shard to miss.
        assert_eq!(one.stale(), (vec!["a.toml".to_owned()], vec![folder.path().join("a.pdf")]));
        drop(one);
        let all = open(folder.path(), None).unwrap();
        assert_eq!(all.stale().0, ["a.toml", "b.toml"]);
    }

    #[test]
    fn a_state_that_is_not_understood_counts_as_absent() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), None).unwrap();
        put(&store, "a.toml", &["a.pdf"]);
        store.save().unwrap();
        drop(store);
        let state = folder.path().join(".anlage/state.json");
        let text = std::fs::read_to_string(&state).unwrap();
        let now = format!("\"version\":{VERSION}");
        assert!(text.contains(&now));
        let others = [
            text.replace(&now, &format!("\"version\":{}", VERSION + 1)),
            text.replace("a.pdf", "../a.pdf"),
            text.replace("a.pdf", "x/a.pdf"),
            text[..text.len() / 2].to_owned(),
            String::new(),
        ];
        for other in others {
            std::fs::write(&state, &other).unwrap();
            let store = open(folder.path(), None).unwrap();
            assert!(store.get("a.toml").is_none(), "{other}");
            assert_eq!(store.stale(), (Vec::new(), Vec::new()), "{other}");
            // What nobody knows is nobody's to remove.
            store.remove(&["a.toml".to_owned()]).unwrap();
            assert!(folder.path().join("a.pdf").exists(), "{other}");
        }
    }

    #[test]
    fn what_a_record_no_longer_yields_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let store = open(folder.path(), None).unwrap();
        put(&store, "a.toml", &["a.pdf", "b.pdf"]);
        store.save().unwrap();
        drop(store);
        let store = open(folder.path(), None).unwrap();
        assert_eq!(put(&store, "a.toml", &["b.pdf", "c.pdf"]), [path("a.pdf")]);
        assert!(!path("a.pdf").exists() && path("b.pdf").exists() && path("c.pdf").exists());
        store.save().unwrap();
        drop(store);
        let store = open(folder.path(), None).unwrap();
        assert_eq!(store.remove(&["a.toml".to_owned()]).unwrap(), [path("b.pdf"), path("c.pdf")]);
        assert_eq!(store.remove(&["a.toml".to_owned()]).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_another_record_yields_or_is_about_to_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), None).unwrap();
        put(&store, "a.toml", &["a.pdf"]);
        put(&store, "b.toml", &["b.pdf"]);
        store.save().unwrap();
        drop(store);
        let store = open(folder.path(), None).unwrap();
        // Both records have swapped their numbers; the second is still being made.
        store.claim(["a.pdf".to_owned()].iter());
        assert!(put(&store, "a.toml", &["b.pdf"]).is_empty());
        assert!(folder.path().join("a.pdf").exists());
        assert!(put(&store, "b.toml", &["a.pdf"]).is_empty());
        store.save().unwrap();
        drop(store);
        // A copy of a record yields what the record yields.
        let store = open(folder.path(), None).unwrap();
        let known = store.get("a.toml").unwrap();
        store.entries().insert("c.toml".into(), known);
        assert!(store.remove(&["c.toml".to_owned()]).unwrap().is_empty());
        assert!(folder.path().join("b.pdf").exists());
    }

    #[test]
    fn an_output_that_was_changed_by_hand_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), None).unwrap();
        put(&store, "a.toml", &["a.pdf"]);
        store.save().unwrap();
        drop(store);
        let store = open(folder.path(), None).unwrap();
        std::fs::write(folder.path().join("a.pdf"), "filled in by hand").unwrap();
        assert!(put(&store, "a.toml", &["b.pdf"]).is_empty());
        assert!(folder.path().join("a.pdf").exists());
    }

    #[test]
    fn nothing_is_written_if_nothing_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), None).unwrap();
        let state = folder.path().join(".anlage/state.json");
        store.remove(&["a.toml".to_owned()]).unwrap();
        store.save().unwrap();
        assert!(!state.exists());
        put(&store, "a.toml", &["a.pdf"]);
        store.save().unwrap();
        std::fs::remove_file(&state).unwrap();
        store.save().unwrap();
        assert!(!state.exists());
    }

    #[test]
    fn a_record_is_known_by_its_path_from_the_output_folder() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        std::fs::create_dir_all(path("x/v")).unwrap();
        std::fs::write(path("x/v/a.toml"), "").unwrap();
        std::fs::create_dir_all(path("x/out")).unwrap();
        std::fs::write(path("x/out/b.toml"), "").unwrap();
        let store = open(&path("x/out"), None).unwrap();
        assert_eq!(store.key(&path("x/v/a.toml")), "../v/a.toml");
        assert_eq!(store.key(&path("x/v/../v/a.toml")), "../v/a.toml");
        assert_eq!(store.key(&path("x/out/b.toml")), "b.toml");
    }
}
