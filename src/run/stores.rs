//! The output folders of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::shard::Shard;
use super::store::Store;
use crate::files::FileError;
use crate::record::names::Rendition;

/// What becomes of files whose records are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// They stay.
    Kept,
    /// They are removed.
    Removed,
}

/// The output folders of a run, each opened once and locked until the run is over.
#[derive(Debug)]
pub struct Stores {
    rendition: Rendition,
    stop: Arc<AtomicBool>,
    opened: Mutex<BTreeMap<PathBuf, Result<Arc<Store>, FileError>>>,
    saved: Mutex<Option<Instant>>,
}

/// How often the state is written during a run; what came after it is made again if the run is killed.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);

impl Stores {
    /// Begins with none open. A folder that another run has is not waited for any longer once `stop` is set.
    pub(super) fn new(rendition: Rendition, stop: Arc<AtomicBool>) -> Self {
        Self { rendition, stop, opened: Mutex::default(), saved: Mutex::default() }
    }

    /// Opens an output folder, or a part of one, and locks it until the run is over.
    pub fn open(&self, folder: &Path, shard: Option<Shard>) -> Result<Arc<Store>, FileError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        // What another run has is waited for once, and not for each record.
        let open = |folder: &PathBuf| Store::open(folder, self.rendition, shard, &self.stop).map(Arc::new);
        let store = opened.entry(folder.to_path_buf()).or_insert_with_key(open);
        store.as_ref().map(Arc::clone).map_err(FileError::again)
    }

    /// Writes the state down if that was long ago. A failure comes again at the end, and is reported then.
    pub fn save_now_and_then(&self) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.get_or_insert_with(Instant::now).elapsed() > SAVE_INTERVAL {
            *saved = Some(Instant::now());
            self.all().iter().for_each(|store| {
                store.save().ok();
            });
        }
    }

    /// Writes the state down. Returns the files whose records are gone; they are removed if they are to be pruned.
    pub fn finish(&self, stale_files: Stale) -> Result<Vec<PathBuf>, FileError> {
        let mut stale = Vec::new();
        for store in self.all() {
            let (gone, paths) = store.stale();
            if stale_files == Stale::Removed || paths.is_empty() {
                stale.extend(store.remove(&gone)?);
            } else {
                stale.extend(paths);
            }
            store.save()?;
        }
        Ok(stale)
    }

    fn all(&self) -> Vec<Arc<Store>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).values().flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_opened_or_refused_once() {
        let place = tempfile::tempdir().unwrap();
        // Whoever is stopped does not wait for others.
        let stores = || Stores::new(Rendition::FINISHED[0], Arc::new(AtomicBool::new(true)));
        let (one, two) = (stores(), stores());
        let store = one.open(place.path(), None).unwrap();
        assert!(Arc::ptr_eq(&store, &one.open(place.path(), None).unwrap()));
        assert!(two.open(place.path(), None).is_err());
        drop((one, store));
        let error = two.open(place.path(), None).unwrap_err();
        assert_eq!(error.source.kind(), std::io::ErrorKind::WouldBlock, "it is not asked for again");
        assert!(stores().open(place.path(), None).is_ok());
        assert!(two.finish(Stale::Removed).unwrap().is_empty());
    }
}
