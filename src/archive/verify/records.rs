//! A record lies in a bag as TOML and as JSON: both say the same.

use std::collections::BTreeMap;

use super::flaw::{Flaw, FlawKind};
use super::sound::SoundFiles;
use crate::archive::filed::{Filed, FiledKind};
use crate::archive::json::read_json;
use crate::files;
use crate::toml_tree::{MAX_BYTES, TomlFile};

/// The same values take more room in JSON.
const MAX_JSON_BYTES: u64 = 16 * MAX_BYTES;
const MAX_VALUES: usize = 1 << 21;

/// Compares each record with its JSON.
pub(super) fn compare(sound: &SoundFiles<'_>) -> Vec<Flaw> {
    let stem = |filed: &Filed| filed.path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let records: BTreeMap<_, _> =
        sound.of_kind(&[FiledKind::Record]).filter_map(|filed| Some((stem(filed)?, filed))).collect();
    let mut flaws = Vec::new();
    for json in sound.of_kind(&[FiledKind::RecordJson]) {
        let Some(record) = stem(json).and_then(|stem| records.get(&stem)) else { continue };
        if is_same(sound, record, json) == Some(false) {
            let message = format!("sagt etwas anderes als {}", record.path);
            flaws.push(Flaw::new(&json.path, FlawKind::Contradiction, message));
        }
    }
    flaws
}

/// None if the record cannot be read, which is said when it is made again.
fn is_same(sound: &SoundFiles<'_>, record: &Filed, json: &Filed) -> Option<bool> {
    let toml = files::read(&sound.place(record), MAX_BYTES).ok()?;
    let toml = TomlFile::read(&record.path, &toml).ok()?.tree.to_json();
    let json = files::read(&sound.place(json), MAX_JSON_BYTES).ok();
    Some(json.and_then(|bytes| read_json(&bytes, MAX_VALUES)) == Some(toml))
}
