//! Checks whether a bag is still intact: every file, every hash, every size; each flaw names its file.
//!
//! A bag may come from anyone: its lists lead nowhere outside it, links are not followed, and only what is in the
//! folder is read. Knows nothing of proposals.

mod flaw;
mod lists;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::bag::{DECLARATION_FILE, INFO_FILE, MANIFEST_FILE, TAG_MANIFEST_FILE};
use super::report::{BagReport, REPORT};
use crate::files::{self, Digest, FileError};
pub use flaw::{Flaw, FlawKind};
pub use lists::is_inside;
use lists::{Hashes, read_list};

/// The reason why a bag cannot be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The environment failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// A folder of the bag cannot be listed.
    #[error("{path}: kann nicht gelesen werden: {reason}")]
    Folder {
        /// The folder.
        path: String,
        /// The error of the operating system.
        reason: String,
    },
}

/// What was found in a bag.
#[derive(Debug, Default)]
pub struct Contents {
    /// The flaws.
    pub flaws: Vec<Flaw>,
    /// The files in the bag, with the hash of each one that could be read.
    pub files: BTreeMap<String, Option<Digest>>,
    /// The report about the files; `None` if it is missing or has changed.
    pub report: Option<BagReport>,
}

impl Contents {
    /// Returns whether a file exists and has not changed.
    pub fn is_sound(&self, path: &str) -> bool {
        self.files.contains_key(path) && !self.flaws.iter().any(|flaw| flaw.path == path)
    }

    /// Counts the files of the payload and their bytes.
    pub fn oxum(&self) -> (u64, u64) {
        let payload = self.files.iter().filter(|(path, _)| path.starts_with(PAYLOAD));
        payload.fold((0, 0), |(bytes, files), (_, digest)| {
            (bytes + digest.as_ref().map_or(0, |digest| digest.size), files + 1)
        })
    }
}

/// The files that describe the others.
pub const FRAME: [&str; 4] = [DECLARATION_FILE, MANIFEST_FILE, TAG_MANIFEST_FILE, REPORT];

const PAYLOAD: &str = "data/";
const MAX_REPORT_BYTES: u64 = 512 << 20;
const MAX_INFO_BYTES: u64 = 1 << 20;

/// Returns whether a folder is a bag, or was one.
pub fn is_bag(folder: &Path) -> bool {
    [DECLARATION_FILE, MANIFEST_FILE, TAG_MANIFEST_FILE].iter().any(|name| folder.join(name).is_file())
}

/// Verifies a whole bag.
pub fn verify(bag: &Path) -> Result<Contents, VerifyError> {
    let mut contents = Contents::default();
    let paths = walk(bag, &mut contents.flaws)?;
    contents.files = hash_all(bag, paths, &mut contents.flaws);
    let payload = read_list(bag, MANIFEST_FILE, &mut contents.flaws);
    let tags = read_list(bag, TAG_MANIFEST_FILE, &mut contents.flaws);
    let mut differences = Differences::default();
    if let Some(listed) = payload {
        differences.compare(&contents.files, &listed, MANIFEST_FILE, |path| path.starts_with(PAYLOAD));
    }
    if let Some(listed) = tags {
        let is_tag = |path: &str| !path.starts_with(PAYLOAD) && path != TAG_MANIFEST_FILE;
        differences.compare(&contents.files, &listed, TAG_MANIFEST_FILE, is_tag);
    }
    contents.flaws.extend(differences.flaws(&contents.files));
    contents.flaws.extend(declaration(bag, &contents));
    contents.flaws.extend(oxum(bag, &contents));
    contents.report = report(bag, &mut contents);
    if let Some(report) = &contents.report {
        let flaws = unlike_report(report, &contents);
        contents.flaws.extend(flaws);
    }
    contents.flaws.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    Ok(contents)
}

/// Reads the report, unless it has changed.
fn report(bag: &Path, contents: &mut Contents) -> Option<BagReport> {
    if !contents.files.contains_key(REPORT) {
        let message = "fehlt: Ihre PDFs werden nicht mit ihren Vorlagen verglichen";
        contents.flaws.push(Flaw::new(REPORT, FlawKind::NoRecord, message));
    }
    if !contents.is_sound(REPORT) {
        return None;
    }
    let report =
        files::read(&bag.join(REPORT), MAX_REPORT_BYTES).ok().and_then(|bytes| BagReport::read(&bytes));
    if report.is_none() {
        contents.flaws.push(Flaw::new(REPORT, FlawKind::BadList, "ist kein Bericht, der sich lesen lässt"));
    }
    report
}

/// Finds the files that are not what the report says; what a manifest has shown is not repeated.
fn unlike_report(report: &BagReport, contents: &Contents) -> Vec<Flaw> {
    let mut listed = Hashes::new();
    let mut flaws = Vec::new();
    for filed in &report.files {
        let path = &filed.path;
        let digest = contents.files.get(path).and_then(|digest| digest.as_ref());
        if !path.starts_with(PAYLOAD) || !is_inside(path) {
            let message = format!("nennt {path}; das liegt nicht in {PAYLOAD}");
            flaws.push(Flaw::new(REPORT, FlawKind::BadList, message));
        } else if listed.insert(path.clone(), filed.sha512.clone()).is_some() {
            flaws.push(Flaw::new(path, FlawKind::BadList, format!("steht in {REPORT} zweimal")));
        } else if let Some(digest) = digest.filter(|d| d.sha512 == filed.sha512 && d.size != filed.size) {
            let message = format!("hat {} Byte; in {REPORT} stehen {}", digest.size, filed.size);
            flaws.push(Flaw::new(path, FlawKind::Changed, message));
        }
    }
    let mut differences = Differences::default();
    let is_of_report = |path: &str| path.starts_with(PAYLOAD) && path != REPORT;
    differences.compare(&contents.files, &listed, REPORT, is_of_report);
    flaws.extend(differences.flaws(&contents.files));
    let known: BTreeSet<&str> = contents.flaws.iter().map(|flaw| flaw.path.as_str()).collect();
    flaws.retain(|flaw| !known.contains(flaw.path.as_str()));
    flaws
}

/// Lists the regular files in a bag; anything else that is not a folder is a flaw and is not opened.
fn walk(bag: &Path, flaws: &mut Vec<Flaw>) -> Result<Vec<String>, VerifyError> {
    let mut paths = Vec::new();
    for entry in WalkDir::new(bag).min_depth(1).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => match error.path() {
                Some(path) if path != bag => {
                    let path = shown(bag, path);
                    flaws.push(Flaw::new(&path, FlawKind::Unreadable, "ist nicht lesbar"));
                    continue;
                }
                _ => {
                    return Err(VerifyError::Folder {
                        path: bag.display().to_string(),
                        reason: error.io_error().map_or_else(|| error.to_string(), crate::files::in_german),
                    });
                }
            },
        };
        let path = shown(bag, entry.path());
        let kind = entry.file_type();
        if kind.is_file() {
            paths.push(path);
        } else if !kind.is_dir() {
            let what =
                if kind.is_symlink() { "ist eine Verknüpfung" } else { "ist keine gewöhnliche Datei" };
            flaws.push(Flaw::new(&path, FlawKind::NotAFile, format!("{what} und keine Datei der Abgabe")));
        }
    }
    Ok(paths)
}

fn shown(bag: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(bag).unwrap_or(path);
    inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn hash_all(bag: &Path, paths: Vec<String>, flaws: &mut Vec<Flaw>) -> BTreeMap<String, Option<Digest>> {
    let hashed: Vec<_> = paths
        .into_par_iter()
        .map(|path| {
            let digest = files::digest(&bag.join(&path));
            (path, digest)
        })
        .collect();
    let mut all = BTreeMap::new();
    for (path, digest) in hashed {
        if let Err(error) = &digest {
            flaws.push(Flaw::new(
                &path,
                FlawKind::Unreadable,
                format!("ist nicht lesbar ({})", error.source),
            ));
        }
        all.insert(path, digest.ok());
    }
    all
}

/// The differences between files and lists.
#[derive(Default)]
struct Differences {
    /// The files that are listed but missing, with their hashes and the list.
    missing: Vec<(String, String, &'static str)>,
    added: Vec<(String, &'static str)>,
    changed: Vec<(String, &'static str)>,
    /// The file to which a hash belongs.
    owners: BTreeMap<String, String>,
}

impl Differences {
    fn compare(
        &mut self,
        files: &BTreeMap<String, Option<Digest>>,
        listed: &Hashes,
        list: &'static str,
        is_of_list: impl Fn(&str) -> bool,
    ) {
        for (path, sha512) in listed {
            self.owners.insert(sha512.clone(), path.clone());
            match files.get(path) {
                None => self.missing.push((path.clone(), sha512.clone(), list)),
                Some(Some(digest)) if digest.sha512 != *sha512 => self.changed.push((path.clone(), list)),
                Some(_) => {}
            }
        }
        let added = files.keys().filter(|path| is_of_list(path) && !listed.contains_key(*path));
        self.added.extend(added.map(|path| (path.clone(), list)));
    }

    /// Turns the differences into flaws; a missing file and an added one with the same hash are one file with a new
    /// name.
    fn flaws(mut self, files: &BTreeMap<String, Option<Digest>>) -> Vec<Flaw> {
        let hash = |path: &str| {
            files.get(path).and_then(|digest| digest.as_ref()).map(|digest| digest.sha512.clone())
        };
        let mut flaws = Vec::new();
        self.added.retain(|(new, _)| {
            let new_hash = hash(new);
            let old = self.missing.iter().position(|(_, sha512, _)| Some(sha512) == new_hash.as_ref());
            match old {
                Some(old) => {
                    let (old, _, list) = self.missing.swap_remove(old);
                    let message = format!("heißt jetzt {new}; so steht es nicht in {list}");
                    flaws.push(Flaw::new(&old, FlawKind::Renamed, message));
                    false
                }
                None => true,
            }
        });
        flaws.extend(self.missing.iter().map(|(path, _, list)| {
            Flaw::new(path, FlawKind::Missing, format!("fehlt, steht aber in {list}"))
        }));
        flaws.extend(self.added.iter().map(|(path, list)| {
            Flaw::new(path, FlawKind::Added, format!("ist hinzugekommen; in {list} steht sie nicht"))
        }));
        flaws.extend(self.changed.iter().map(|(path, list)| {
            let owner = hash(path).and_then(|hash| self.owners.get(&hash));
            let message = match owner {
                Some(owner) => format!("ist verändert: Die Datei hat jetzt den Inhalt von {owner}"),
                None => {
                    format!("ist verändert: Die Datei oder ihre Zeile in {list} ist nicht mehr, was sie war")
                }
            };
            Flaw::new(path, FlawKind::Changed, message)
        }));
        flaws
    }
}

/// Checks whether the folder declares itself to be a bag.
fn declaration(bag: &Path, contents: &Contents) -> Option<Flaw> {
    if !contents.files.contains_key(DECLARATION_FILE) {
        let known = contents.flaws.iter().any(|flaw| flaw.path == DECLARATION_FILE);
        return (!known).then(|| Flaw::new(DECLARATION_FILE, FlawKind::Missing, "fehlt"));
    }
    let bytes = files::read(&bag.join(DECLARATION_FILE), MAX_INFO_BYTES).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let version = text.lines().next().and_then(|line| line.strip_prefix("BagIt-Version: ")?.split_once('.'));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let valid = version.is_some_and(|(major, minor)| is_number(major) && is_number(minor));
    (!valid).then(|| Flaw::new(DECLARATION_FILE, FlawKind::BadList, "nennt keine gültige BagIt-Version"))
}

/// Checks whether the size of the bag is the one it declares.
fn oxum(bag: &Path, contents: &Contents) -> Option<Flaw> {
    let flaw = |message: String| Some(Flaw::new(INFO_FILE, FlawKind::Oxum, message));
    contents.files.get(INFO_FILE)?;
    let bytes = files::read(&bag.join(INFO_FILE), MAX_INFO_BYTES).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let said = text.lines().find_map(|line| line.strip_prefix("Payload-Oxum:"))?.trim();
    let (bytes, files) = contents.oxum();
    let is = format!("{bytes}.{files}");
    if said == is {
        None
    } else {
        flaw(format!("nennt als Payload-Oxum {said}; in data/ liegen {is} (Byte.Dateien)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_lists_stay_inside() {
        for path in ["data/a", "bagit.txt", "data/Ä b.pdf", "data/a..b"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["/etc/passwd", "../a", "data/../../a", "data\\..\\a", "C:/a", "", "./a", "data//a"] {
            assert!(!is_inside(path), "{path}");
        }
    }
}
