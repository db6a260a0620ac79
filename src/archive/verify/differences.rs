//! The differences between the files that are there and those that are listed.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use super::flaw::{Flaw, FlawKind};
use super::lists::Hashes;

/// The differences between files and lists.
#[derive(Default)]
pub(super) struct Differences {
    missing: Vec<Difference>,
    added: Vec<Difference>,
    changed: Vec<Difference>,
    /// The file to which a hash belongs.
    owners: BTreeMap<String, String>,
}

struct Difference {
    path: String,
    /// The hash that is listed for a file that is missing; else the one that the file has.
    hash: Option<String>,
    list: String,
}

impl Differences {
    /// Compares the files of a list with those that are there, which have these hashes, if they can be read.
    pub(super) fn compare(
        &mut self,
        files: &BTreeMap<&str, Option<&str>>,
        listed: &Hashes,
        list: &str,
        is_of_list: impl Fn(&str) -> bool,
    ) {
        let difference = |path: &str, hash: Option<&str>| Difference {
            path: path.to_owned(),
            hash: hash.map(str::to_owned),
            list: list.to_owned(),
        };
        for (path, hash) in listed {
            self.owners.insert(hash.clone(), path.clone());
            match files.get(path.as_str()) {
                None => self.missing.push(difference(path, Some(hash.as_str()))),
                Some(Some(own)) if own != hash => self.changed.push(difference(path, Some(*own))),
                Some(_) => {}
            }
        }
        let added = files.iter().filter(|(path, _)| is_of_list(path) && !listed.contains_key(**path));
        self.added.extend(added.map(|(path, hash)| difference(path, *hash)));
    }

    /// Turns the differences into flaws; a missing file and an added one with the same hash are one file with a new
    /// name. `files` are those that are there.
    pub(super) fn flaws<'a>(self, files: impl Iterator<Item = &'a str>) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut missing: BTreeMap<Option<String>, Vec<Difference>> = BTreeMap::new();
        let spelled = if self.missing.is_empty() { BTreeSet::new() } else { files.map(plain).collect() };
        for one in self.missing {
            missing.entry(one.hash.clone()).or_default().push(one);
        }
        for one in self.added {
            match one.hash.as_ref().and_then(|_| missing.get_mut(&one.hash)?.pop()) {
                Some(old) => {
                    let message = format!("heißt jetzt {}; so steht es nicht in {}", one.path, old.list);
                    flaws.push(Flaw::new(&old.path, FlawKind::Renamed, message));
                }
                None => {
                    let message = format!("ist hinzugekommen; in {} steht sie nicht", one.list);
                    flaws.push(Flaw::new(&one.path, FlawKind::Added, message));
                }
            }
        }
        flaws.extend(missing.into_values().flatten().map(|one| {
            if spelled.contains(&plain(&one.path)) {
                let message = format!("steht so in {}, heißt aber in anderer Schreibweise", one.list);
                Flaw::new(&one.path, FlawKind::Spelling, message)
            } else {
                Flaw::new(&one.path, FlawKind::Missing, format!("fehlt, steht aber in {}", one.list))
            }
        }));
        flaws.extend(self.changed.iter().map(|one| {
            let owner = one.hash.as_ref().and_then(|hash| self.owners.get(hash));
            let message = match owner {
                Some(owner) => format!("ist verändert: Die Datei hat jetzt den Inhalt von {owner}"),
                None => format!(
                    "ist verändert: Die Datei oder ihre Zeile in {} ist nicht mehr, was sie war",
                    one.list
                ),
            };
            Flaw::new(&one.path, FlawKind::Changed, message)
        }));
        flaws
    }
}

/// A path as systems see it that tell neither cases nor codes of one letter apart.
fn plain(path: &str) -> String {
    path.nfc().collect::<String>().to_lowercase()
}
