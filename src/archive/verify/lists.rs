//! Reads the manifests of a bag, line by line and within limits.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Component, Path};

use super::declaration::Writing;
use super::flaw::{Flaw, FlawKind};
use crate::archive::bag::MANIFEST_FILE;
use crate::files::{self, HashKind};

/// The paths of a manifest, with the hash that each file should have.
pub(super) type Hashes = BTreeMap<String, String>;

/// A manifest.
#[derive(Debug)]
pub(super) struct HashList {
    /// Its own name.
    pub name: String,
    /// How its files are hashed.
    pub kind: HashKind,
    /// Whether it lists the files that describe the bag, and not those in `data/`.
    pub is_of_tags: bool,
    /// What it lists.
    pub hashes: Hashes,
}

/// The folder with all that a bag is about.
pub(super) const PAYLOAD: &str = "data/";
/// The most files that a manifest may name.
pub(super) const MAX_FILES: usize = 1_000_000;
const MAX_BYTES: u64 = 512 << 20;

/// Lines that cannot be understood. Only the first are named: a broken list is broken everywhere.
#[derive(Default)]
pub(super) struct BrokenLines {
    named: Vec<(usize, String)>,
    more: usize,
}

const MAX_NAMED: usize = 20;

impl BrokenLines {
    /// Notes what is wrong with a line, counted from 1.
    pub(super) fn note(&mut self, number: usize, reason: impl Into<String>) {
        if self.named.len() < MAX_NAMED { self.named.push((number, reason.into())) } else { self.more += 1 }
    }

    /// Says what is wrong with the file.
    pub(super) fn flaws(self, name: &str) -> impl Iterator<Item = Flaw> {
        let named = self.named.into_iter().map(|(number, reason)| format!("Zeile {number} {reason}"));
        let more = (self.more > 0).then(|| format!("{} weitere Zeilen sind fehlerhaft", self.more));
        named.chain(more).map(move |message| Flaw::new(name, FlawKind::BadList, message))
    }
}

/// Reads all manifests among these names.
pub(super) fn read_lists<'a>(
    bag: &Path,
    names: impl Iterator<Item = &'a String>,
    writing: Writing,
    flaws: &mut Vec<Flaw>,
) -> Vec<HashList> {
    let mut lists = Vec::new();
    let mut has_payload_list = false;
    for name in names {
        let Some((is_of_tags, way)) = list_name(name) else { continue };
        has_payload_list |= !is_of_tags;
        match HashKind::ALL.into_iter().find(|kind| kind.name() == way) {
            None => {
                let message = format!("ist nicht geprüft: anlage kennt kein Verfahren {way}");
                flaws.push(Flaw::new(name, FlawKind::BadList, message));
            }
            Some(kind) => {
                let hashes = read_list(bag, name, kind, is_of_tags, writing, flaws);
                lists.extend(hashes.map(|hashes| HashList { name: name.clone(), kind, is_of_tags, hashes }));
            }
        }
    }
    if !has_payload_list {
        flaws.push(Flaw::new(MANIFEST_FILE, FlawKind::Missing, "fehlt"));
    }
    lists
}

/// Takes the name of a manifest apart: whether it lists tag files, and how they are hashed.
pub(super) fn list_name(name: &str) -> Option<(bool, &str)> {
    let stem = name.strip_suffix(".txt")?;
    match stem.strip_prefix("tagmanifest-") {
        Some(way) => Some((true, way)),
        None => stem.strip_prefix("manifest-").map(|way| (false, way)),
    }
}

fn read_list(
    bag: &Path,
    name: &str,
    kind: HashKind,
    is_of_tags: bool,
    writing: Writing,
    flaws: &mut Vec<Flaw>,
) -> Option<Hashes> {
    let text = match files::read(&bag.join(name), MAX_BYTES) {
        Ok(bytes) => writing.decode(bytes),
        Err(error) => {
            flaws.push(Flaw::new(name, FlawKind::Unreadable, format!("ist nicht lesbar ({error})")));
            return None;
        }
    };
    let mut listed = Hashes::new();
    let mut broken = BrokenLines::default();
    for (index, line) in text.lines().enumerate() {
        if listed.len() == MAX_FILES {
            let message = format!("nennt mehr als {MAX_FILES} Dateien; die übrigen sind nicht geprüft");
            flaws.push(Flaw::new(name, FlawKind::BadList, message));
            break;
        }
        let entry = entry(line, kind, writing).and_then(|(hash, path)| {
            if path.starts_with(PAYLOAD) == is_of_tags {
                Err("nennt eine Datei, die in dieses Verzeichnis nicht gehört")
            } else {
                Ok((hash, path))
            }
        });
        match entry {
            Err(reason) => broken.note(index + 1, reason),
            Ok((hash, path)) => match listed.entry(path) {
                Entry::Vacant(place) => {
                    place.insert(hash);
                }
                // The drafts before the RFC let a file be listed twice, if it is listed alike.
                Entry::Occupied(known) if writing.is_current() || *known.get() != hash => {
                    broken.note(index + 1, format!("nennt {} ein zweites Mal", known.key()));
                }
                Entry::Occupied(_) => {}
            },
        }
    }
    if writing.is_current() && !text.is_empty() && !text.ends_with(['\n', '\r']) {
        broken.note(text.lines().count(), "ist abgeschnitten");
    }
    flaws.extend(broken.flaws(name));
    Some(listed)
}

/// Splits a line into hash and path, and decodes `%` as the standard asks.
fn entry(line: &str, kind: HashKind, writing: Writing) -> Result<(String, String), &'static str> {
    let (hash, rest) = line.split_at_checked(kind.digits()).ok_or("ist zu kurz")?;
    if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("beginnt mit keiner Prüfsumme");
    }
    let mixed =
        hash.contains(|c: char| c.is_ascii_uppercase()) && hash.contains(|c: char| c.is_ascii_lowercase());
    if mixed {
        return Err("mischt große und kleine Buchstaben in der Prüfsumme");
    }
    let path = rest
        .strip_prefix(' ')
        .or_else(|| rest.strip_prefix('\t'))
        .ok_or("hat hinter der Prüfsumme kein Leerzeichen")?;
    let path = path.trim_start_matches([' ', '\t']);
    let path = path.strip_prefix('*').unwrap_or(path);
    let path = path.strip_prefix("./").unwrap_or(path);
    // The drafts before the RFC know no way to write these characters.
    let path = if writing.is_current() {
        path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    } else {
        path.to_owned()
    };
    if is_inside(&path) && !path.starts_with('~') {
        Ok((hash.to_ascii_lowercase(), path))
    } else {
        Err("nennt einen Pfad, der aus der Abgabe hinausführt")
    }
}

/// Returns whether a path in a list stays inside the folder that the list is about.
pub fn is_inside(path: &str) -> bool {
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let strange = path.contains(['\\', '\0']) || path.split('/').any(|part| part.is_empty() || part == ".");
    plain && !strange && path.as_bytes().get(1) != Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Result<(String, String), &'static str> {
        super::entry(line, HashKind::Sha512, Writing::default())
    }

    #[test]
    fn paths_of_lists_stay_inside() {
        for path in ["data/a", "bagit.txt", "data/Ä b.pdf", "data/a..b"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["/etc/passwd", "../a", "data/../../a", "data\\..\\a", "C:/a", "", "./a", "data//a"] {
            assert!(!is_inside(path), "{path}");
        }
    }

    #[test]
    fn lines_are_understood_or_refused() {
        let hash = "0a".repeat(64);
        assert_eq!(entry(&format!("{hash}  data/a b.pdf")), Ok((hash.clone(), "data/a b.pdf".into())));
        assert_eq!(entry(&format!("{hash} *data/a")), Ok((hash.clone(), "data/a".into())));
        assert_eq!(entry(&format!("{hash}  data/a%0Ab%25")), Ok((hash.clone(), "data/a\nb%".into())));
        let md5 =
            super::entry("d41d8cd98f00b204e9800998ecf8427e *./data/a", HashKind::Md5, Writing::default());
        assert_eq!(md5, Ok(("d41d8cd98f00b204e9800998ecf8427e".into(), "data/a".into())));
        let mixed = hash.replacen('a', "A", 1);
        for line in [
            "",
            "abc  data/a",
            &format!("{hash}data/a"),
            &format!("{hash}0  data/a"),
            &format!("{mixed}  data/a"),
            &format!("{hash}  ../a"),
            &format!("{hash}  /etc/passwd"),
            &format!("{hash}  ~root/a"),
            &format!("ä{hash}  data/a"),
        ] {
            assert!(entry(line).is_err(), "{line}");
        }
    }
}
