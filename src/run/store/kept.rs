//! What is known of records, as it lies in the file: as values it would take several times the room.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::entry::StoreEntry;

/// What is known of a record.
#[derive(Debug, Clone)]
pub(super) struct KeptEntry {
    json: Arc<RawValue>,
    /// The names of its outputs.
    pub(super) outputs: Arc<[Arc<str>]>,
}

/// What is known of records, by their keys. Copies of it share the entries.
pub(super) type Entries = BTreeMap<Arc<str>, KeptEntry>;

/// The file that it lies in; a part of it that is not understood does not spoil the rest.
#[derive(Debug, Deserialize)]
pub(super) struct StoreFile<'a> {
    pub(super) version: u32,
    #[serde(borrow)]
    pub(super) entries: BTreeMap<Cow<'a, str>, &'a RawValue>,
}

/// The file as it is written.
#[derive(Debug, Serialize)]
pub(super) struct StateToWrite<'a> {
    pub(super) version: u32,
    #[serde(serialize_with = "as_they_lie")]
    pub(super) entries: &'a Entries,
}

fn as_they_lie<S: Serializer>(entries: &Entries, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(key, kept)| (&**key, &*kept.json)))
}

impl KeptEntry {
    /// Keeps an entry.
    pub(super) fn new(entry: &StoreEntry) -> Self {
        // Its maps have texts as keys, so it can be written.
        let json = serde_json::value::to_raw_value(entry).unwrap_or_default();
        Self { json: json.into(), outputs: names(entry) }
    }

    /// Takes an entry from the file, if it is one and its outputs are `ours`.
    pub(super) fn read(json: &RawValue, ours: impl Fn(&str) -> bool) -> Option<(Self, StoreEntry)> {
        let entry: StoreEntry = serde_json::from_str(json.get()).ok()?;
        let is_ours = entry.outputs.keys().all(|name| ours(name));
        is_ours.then(|| (Self { json: json.to_owned().into(), outputs: names(&entry) }, entry))
    }

    /// Gives the entry; none if it is not understood.
    pub(super) fn entry(&self) -> Option<StoreEntry> {
        serde_json::from_str(self.json.get()).ok()
    }
}

fn names(entry: &StoreEntry) -> Arc<[Arc<str>]> {
    entry.outputs.keys().map(|name| name.as_str().into()).collect()
}
