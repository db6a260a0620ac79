//! The OParl objects of a bag: what one of them says of a file, the report says too, and an object is the same wherever
//! it stands.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use super::flaw::{Flaw, FlawKind};
use super::sound::SoundFiles;
use crate::archive::filed::{Filed, FiledKind};
use crate::archive::json::read_json;
use crate::files;

const FOLDER: &str = "data/oparl/";
const LISTS: &str = "data/oparl/liste/";
/// What has an object of its own.
const PAPERS: &[FiledKind] = &[
    FiledKind::Proposal,
    FiledKind::FormAnnex,
    FiledKind::FileAnnex,
    FiledKind::ItemPaper,
    FiledKind::Packet,
];
const MAX_BYTES: u64 = 512 << 20;
/// How many values a list may have for each file of the bag: it holds objects with all that belongs to them.
const VALUES_OF_FILE: usize = 200;
const VALUES_OF_BAG: usize = 100_000;

/// The objects of a bag.
#[derive(Default)]
struct Objects {
    /// By their ids: the hash of each, and the file in which it was found first.
    known: BTreeMap<String, (String, String)>,
    /// The ids of those that have a file of their own, by their types, as the names of files and lists have them.
    own: BTreeMap<String, BTreeSet<String>>,
    /// The ids in the lists.
    listed: BTreeMap<String, BTreeSet<String>>,
    flaws: Vec<Flaw>,
}

/// Compares the objects with each other and with the report.
pub(super) fn compare(sound: &SoundFiles<'_>) -> Vec<Flaw> {
    let papers: BTreeMap<&str, &Filed> =
        sound.reported(PAPERS).map(|filed| (filed.path.as_str(), filed)).collect();
    let mut objects = Objects::default();
    let mut described = BTreeSet::new();
    let max_values = VALUES_OF_FILE * sound.report.files.len() + VALUES_OF_BAG;
    for filed in sound.of_kind(&[FiledKind::OParl]) {
        let bytes = files::read(&sound.place(filed), MAX_BYTES);
        let Some(value) = bytes.ok().and_then(|bytes| read_json(&bytes, max_values)) else {
            objects.say(filed, "ist kein OParl, das sich lesen lässt".into());
            continue;
        };
        objects.note(filed, &value);
        if filed.path.strip_prefix(FOLDER).is_some_and(|name| name.starts_with("file-")) {
            match told_of(&value, filed.name()).and_then(|path| papers.get(path.as_str()).copied()) {
                None => objects.say(filed, "nennt eine Datei, die es in der Abgabe nicht gibt".into()),
                Some(paper) => {
                    described.insert(paper.path.as_str());
                    for property in unlike(&value, paper) {
                        objects.say(
                            filed,
                            format!(
                                "nennt als {property} von {} etwas anderes als data/bericht.json",
                                paper.path
                            ),
                        );
                    }
                }
            }
        }
    }
    if sound.is_complete() {
        objects.compare_lists();
        for path in papers.keys().filter(|path| !described.contains(**path)) {
            let message = "fehlt in OParl: Kein Objekt beschreibt die Datei";
            objects.flaws.push(Flaw::new(path, FlawKind::Contradiction, message));
        }
    }
    objects.flaws
}

impl Objects {
    fn say(&mut self, filed: &Filed, message: String) {
        self.flaws.push(Flaw::new(&filed.path, FlawKind::Contradiction, message));
    }

    /// Notes what a file holds: an object, or a list of objects.
    fn note(&mut self, filed: &Filed, value: &Json) {
        let kind = |name: &str| name.split(['-', '.']).next().unwrap_or_default().to_owned();
        if let Some(name) = filed.path.strip_prefix(LISTS) {
            let listed =
                value["data"].as_array().into_iter().flatten().filter_map(|object| object["id"].as_str());
            self.listed.entry(kind(name)).or_default().extend(listed.map(str::to_owned));
        } else if let Some(id) = value["id"].as_str() {
            self.own.entry(kind(filed.name())).or_default().insert(id.to_owned());
        }
        self.note_all(filed, value);
    }

    fn note_all(&mut self, filed: &Filed, value: &Json) {
        match value {
            Json::Array(values) => values.iter().for_each(|value| self.note_all(filed, value)),
            Json::Object(properties) => {
                if let (Some(id), Some(_)) = (value["id"].as_str(), value.get("type")) {
                    self.note_one(filed, id, value);
                }
                properties.values().for_each(|value| self.note_all(filed, value));
            }
            _ => {}
        }
    }

    fn note_one(&mut self, filed: &Filed, id: &str, value: &Json) {
        let hash = files::hash(&[value.to_string().as_bytes()]);
        match self.known.get(id) {
            None => drop(self.known.insert(id.to_owned(), (hash, filed.path.clone()))),
            Some((known, _)) if *known == hash => {}
            Some((_, other)) => {
                let message = format!("sagt etwas anderes über {id} als {other}");
                self.say(filed, message);
            }
        }
    }

    /// Each object that has a file is in the list of its type, and nothing else.
    fn compare_lists(&mut self) {
        for (kind, listed) in &self.listed {
            let none = BTreeSet::new();
            let own = self.own.get(kind).unwrap_or(&none);
            if let Some(id) = own.symmetric_difference(listed).next() {
                let path = format!("{LISTS}{kind}.json");
                let message = format!("und die Objekte selbst sind nicht dieselben, zum Beispiel {id}");
                self.flaws.push(Flaw::new(&path, FlawKind::Contradiction, message));
            }
        }
    }
}

/// The path in the bag of the file that an object is about. Its id says under which address everything lies.
fn told_of(value: &Json, own_name: &str) -> Option<String> {
    let base = value["id"].as_str()?.strip_suffix(own_name)?;
    let rest = value["accessUrl"].as_str().filter(|url| value["downloadUrl"] == **url)?.strip_prefix(base)?;
    let path = percent_decode_str(rest).decode_utf8().ok()?;
    Some(format!("data/{path}"))
}

/// The properties of an object that are not what the report says.
fn unlike(value: &Json, paper: &Filed) -> Vec<&'static str> {
    let title = paper.title.as_deref().unwrap_or_else(|| paper.name());
    let is_secret =
        value["keyword"].as_array().is_some_and(|words| words.iter().any(|word| word == "nichtöffentlich"));
    let compared = [
        ("sha512Checksum", value["sha512Checksum"] == paper.sha512),
        ("size", value["size"] == paper.size),
        ("fileName", value["fileName"] == paper.name()),
        ("name", value["name"] == title),
        ("keyword", is_secret != paper.public),
    ];
    compared.into_iter().filter(|(_, is_same)| !is_same).map(|(name, _)| name).collect()
}
