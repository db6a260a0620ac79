//! The tag files of a bag beside its manifests: `bag-info.txt` and `fetch.txt`.

use std::collections::BTreeMap;
use std::path::Path;

use super::declaration::Writing;
use super::flaw::{Flaw, FlawKind};
use super::lists::{BrokenLines, HashList, PAYLOAD, is_inside};
use crate::archive::bag::{DECLARATION, DECLARATION_FILE, FRAME_FILES, INFO_FILE, info_text};
use crate::archive::report::BagReport;
use crate::files::{self, Digest};

/// What stands in `bag-info.txt`.
#[derive(Debug, Default)]
pub(super) struct InfoLines {
    /// The file; the drafts before the RFC have another name for it.
    name: &'static str,
    /// Its labels and values.
    fields: Vec<(String, String)>,
}

const INFO_FILES: [&str; 2] = [INFO_FILE, "package-info.txt"];
const FETCH_FILE: &str = "fetch.txt";
const MAX_INFO_BYTES: u64 = 1 << 20;
const MAX_FETCH_BYTES: u64 = 256 << 20;
/// The folders that every bag of this program has, or nearly every one.
const OWN_FOLDERS: [&str; 4] = ["data/oparl/", "data/xdomea/", "data/vorlagen/", "data/sitzung/"];

impl InfoLines {
    /// Reads what a bag says of itself.
    pub(super) fn read(
        bag: &Path,
        files: &BTreeMap<String, Option<Digest>>,
        writing: Writing,
        flaws: &mut Vec<Flaw>,
    ) -> Self {
        let Some(name) = INFO_FILES.into_iter().find(|name| files.contains_key(*name)) else {
            return Self::default();
        };
        let text = match files::read(&bag.join(name), MAX_INFO_BYTES) {
            Ok(bytes) => writing.decode(bytes),
            Err(error) => {
                flaws.push(Flaw::new(name, FlawKind::Unreadable, format!("ist nicht lesbar ({error})")));
                return Self::default();
            }
        };
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut broken = BrokenLines::default();
        for (index, line) in text.lines().enumerate() {
            let is_more = line.starts_with([' ', '\t']);
            if let (true, Some((_, value))) = (is_more, fields.last_mut()) {
                *value += &format!(" {}", line.trim());
            } else if let (false, Some((label, value))) = (is_more, line.split_once(':')) {
                fields.push((label.trim_end().to_owned(), value.trim().to_owned()));
            } else if !line.trim().is_empty() {
                broken.note(index + 1, "ist keine Angabe");
            }
        }
        flaws.extend(broken.flaws(name));
        Self { name, fields }
    }

    /// Gives the first value with a label.
    pub(super) fn get(&self, label: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(label));
        field.map(|(_, value)| value.as_str())
    }

    /// Tells whether this program made the bag, as far as anything in it shows that.
    pub(super) fn is_own(&self, files: &BTreeMap<String, Option<Digest>>) -> bool {
        let says_so = self.get("Bag-Software-Agent").is_some_and(|agent| agent.starts_with("anlage "));
        let has = |folder: &&str| {
            let mut from = files.range((*folder).to_owned()..);
            from.next().is_some_and(|(path, _)| path.starts_with(*folder))
        };
        says_so || OWN_FOLDERS.iter().any(has)
    }

    /// Checks whether the size of the bag is the one it declares.
    pub(super) fn oxum(&self, (bytes, files): (u64, u64)) -> Option<Flaw> {
        let said = self.get("Payload-Oxum")?;
        let is = format!("{bytes}.{files}");
        (said != is).then(|| {
            let message = format!("nennt als Payload-Oxum {said}; in data/ liegen {is} (Byte.Dateien)");
            Flaw::new(self.name, FlawKind::Oxum, message)
        })
    }
}

/// Checks what a bag says of files that are still to be fetched: they are not there, so it is not complete.
pub(super) fn fetch(
    bag: &Path,
    files: &BTreeMap<String, Option<Digest>>,
    lists: &[HashList],
    writing: Writing,
) -> Vec<Flaw> {
    if !files.contains_key(FETCH_FILE) {
        return Vec::new();
    }
    let text = match files::read(&bag.join(FETCH_FILE), MAX_FETCH_BYTES) {
        Ok(bytes) => writing.decode(bytes),
        Err(error) => {
            return vec![Flaw::new(FETCH_FILE, FlawKind::Unreadable, format!("ist nicht lesbar ({error})"))];
        }
    };
    let mut broken = BrokenLines::default();
    for (index, line) in text.lines().enumerate() {
        let mut parts = line.splitn(3, [' ', '\t']).map(str::trim);
        let (Some(_), Some(length), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            broken.note(index + 1, "nennt nicht Adresse, Länge und Datei");
            continue;
        };
        let path = path.strip_prefix("./").unwrap_or(path);
        let is_length = length == "-" || length.bytes().all(|byte| byte.is_ascii_digit());
        let payload = lists.iter().filter(|list| !list.is_of_tags);
        if !is_length {
            broken.note(index + 1, "nennt keine Länge");
        } else if !is_inside(path) || !path.starts_with(PAYLOAD) {
            broken.note(index + 1, "nennt einen Pfad, der aus der Abgabe hinausführt");
        } else if payload.clone().any(|list| !list.hashes.contains_key(path)) {
            broken.note(index + 1, format!("nennt {path}; das steht in keinem Verzeichnis"));
        } else if !files.contains_key(path) {
            broken.note(index + 1, format!("nennt {path}; die Datei ist noch nicht geholt"));
        }
    }
    broken.flaws(FETCH_FILE).collect()
}

/// Checks the tag files of a bag that this program made: they are what it writes, and there are no others.
pub(super) fn own(
    files: &BTreeMap<String, Option<Digest>>,
    report: Option<&BagReport>,
    oxum: (u64, u64),
) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let tags = || files.keys().filter(|path| !path.starts_with(PAYLOAD));
    for path in tags().filter(|path| !FRAME_FILES.contains(&path.as_str())) {
        let message = "ist hinzugekommen; anlage schreibt keine solche Datei";
        flaws.push(Flaw::new(path, FlawKind::Added, message));
    }
    for name in FRAME_FILES.into_iter().filter(|name| !files.contains_key(*name)) {
        flaws.push(Flaw::new(name, FlawKind::Missing, "fehlt"));
    }
    let mut compare = |name: &str, expected: &str, message: &str| {
        let is_other = |digest: &Digest| *digest != files::digest_bytes(expected.as_bytes());
        if files.get(name).and_then(Option::as_ref).is_some_and(is_other) {
            flaws.push(Flaw::new(name, FlawKind::Changed, message));
        }
    };
    compare(DECLARATION_FILE, DECLARATION, "ist verändert: So schreibt anlage sie nicht");
    if let Some(report) = report {
        let expected = info_text(&report.info, oxum);
        compare(INFO_FILE, &expected, "ist verändert: In data/bericht.json steht es anders");
    }
    flaws
}
