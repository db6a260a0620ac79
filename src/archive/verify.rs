//! Checks whether a bag is still intact: every file, every hash, every size; each flaw names its file.
//!
//! A bag may come from anyone: its lists lead nowhere outside it, links are not followed, and only what is in the
//! folder is read. Knows nothing of proposals.

mod declaration;
mod differences;
mod flaw;
mod lists;
mod message;
mod objects;
mod records;
mod sound;
mod tags;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::bag::{DECLARATION_FILE, INFO_FILE, MANIFEST_FILE, TAG_MANIFEST_FILE};
use super::filed::FiledKind;
use super::identity::{ContentHash, scope};
use super::report::{BagReport, REPORT};
use crate::files::{self, Digest, FileError, HashKind, path_within};
use declaration::Writing;
use differences::Differences;
pub use flaw::{Flaw, FlawKind};
pub use lists::is_inside;
use lists::{HashList, Hashes, MAX_FILES, PAYLOAD, read_lists};
use sound::SoundFiles;
use tags::InfoLines;

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
    /// Names the files that something is wrong with.
    pub fn damaged(&self) -> BTreeSet<&str> {
        self.flaws.iter().filter(|flaw| flaw.kind.is_error()).map(|flaw| flaw.path.as_str()).collect()
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

const MAX_REPORT_BYTES: u64 = 512 << 20;
/// How many values a report may have for each file in the bag.
const VALUES_OF_FILE: usize = 40;
const VALUES_OF_BAG: usize = 10_000;

/// Returns whether a folder is a bag, or was one.
pub fn is_bag(folder: &Path) -> bool {
    let is_there = |name: &str| folder.join(name).is_file();
    let has_list = |kind: HashKind| {
        is_there(&format!("manifest-{}.txt", kind.name()))
            || is_there(&format!("tagmanifest-{}.txt", kind.name()))
    };
    is_there(DECLARATION_FILE) || HashKind::ALL.into_iter().any(has_list)
}

/// Verifies a whole bag: as the standard has it, and then as this program fills one.
pub fn verify(bag: &Path) -> Result<Contents, VerifyError> {
    let mut contents = Contents::default();
    let paths = walk(bag, &mut contents.flaws)?;
    contents.files = hash_all(bag, paths, &mut contents.flaws);
    let info = as_a_bag(bag, &mut contents);
    if is_own(&info, &contents.files) {
        as_our_own(bag, &info, &mut contents);
    } else {
        let message = "fehlt: Von anlage ist die Abgabe nicht, ihr Inhalt ist mit nichts verglichen";
        contents.flaws.push(Flaw::new(REPORT, FlawKind::NoRecord, message));
    }
    let flaws = &mut contents.flaws;
    flaws.sort_by(|a, b| (&a.path, a.kind, &a.message).cmp(&(&b.path, b.kind, &b.message)));
    let says_more = |kind| matches!(kind, FlawKind::BadList | FlawKind::Contradiction);
    flaws.dedup_by(|a, b| {
        a.path == b.path && a.kind == b.kind && (!says_more(a.kind) || a.message == b.message)
    });
    Ok(contents)
}

/// Checks what the standard asks of every bag.
fn as_a_bag(bag: &Path, contents: &mut Contents) -> InfoLines {
    let Contents { files, flaws, .. } = contents;
    let is_there = files.contains_key(DECLARATION_FILE);
    // What is no file was said already, and is not opened.
    let is_known = flaws.iter().any(|flaw| flaw.path == DECLARATION_FILE);
    let writing = if is_there || !is_known {
        declaration::declaration(bag, is_there, flaws)
    } else {
        Writing::default()
    };
    let info = InfoLines::read(bag, files, writing, flaws);
    let at_root = files.keys().filter(|path| !path.contains('/'));
    let lists = read_lists(bag, at_root, writing, flaws);
    if !lists.iter().any(|list| list.is_of_tags) {
        let message = "fehlt: Mit nichts verglichen sind die Dateien, die die Abgabe beschreiben";
        flaws.push(Flaw::new(TAG_MANIFEST_FILE, FlawKind::NoRecord, message));
    }
    let scope = AskedFor { is_current: writing.is_current(), is_own: is_own(&info, files) };
    let differences = compare(bag, files, &lists, scope);
    flaws.extend(differences.flaws(files.keys().map(String::as_str)));
    flaws.extend(tags::fetch(bag, files, &lists, writing));
    let oxum = contents.oxum();
    contents.flaws.extend(info.oxum(oxum));
    info
}

/// Tells whether this program made a bag, as far as anything in it shows that.
fn is_own(info: &InfoLines, files: &BTreeMap<String, Option<Digest>>) -> bool {
    files.contains_key(REPORT) || info.is_own(files)
}

/// What lists have to name.
#[derive(Clone, Copy)]
struct AskedFor {
    /// All files of the payload, each; before the RFC it was enough if one list named a file.
    is_current: bool,
    /// All tag files too: bags of others may leave some out.
    is_own: bool,
}

impl AskedFor {
    fn asks_for(self, path: &str, list: &HashList, listed_somewhere: &BTreeSet<&str>) -> bool {
        if list.is_of_tags {
            self.is_own && !path.starts_with(PAYLOAD) && path != list.name
        } else {
            path.starts_with(PAYLOAD) && (self.is_current || !listed_somewhere.contains(path))
        }
    }
}

/// Compares the files with all lists.
fn compare(
    bag: &Path,
    files: &BTreeMap<String, Option<Digest>>,
    lists: &[HashList],
    scope: AskedFor,
) -> Differences {
    let mut differences = Differences::default();
    let listed_somewhere: BTreeSet<&str> =
        lists.iter().flat_map(|list| list.hashes.keys()).map(String::as_str).collect();
    for list in lists {
        let others = (list.kind != HashKind::Sha512).then(|| hash_by(bag, files, list));
        let mut hashed: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for (path, digest) in files {
            let hash = match &others {
                Some(others) => others.get(path).map(String::as_str),
                None => digest.as_ref().map(|digest| digest.sha512.as_str()),
            };
            hashed.insert(path, hash);
        }
        let is_of_list = |path: &str| scope.asks_for(path, list, &listed_somewhere);
        differences.compare(&hashed, &list.hashes, &list.name, is_of_list);
    }
    differences
}

/// Hashes the files that a list names, as the list asks; those that cannot be read are left out.
fn hash_by(
    bag: &Path,
    files: &BTreeMap<String, Option<Digest>>,
    list: &HashList,
) -> BTreeMap<String, String> {
    let named: Vec<&String> = list.hashes.keys().filter(|path| files.contains_key(*path)).collect();
    let hash = |path: &&String| Some(((*path).clone(), list.kind.of(&bag.join(path)).ok()?));
    named.par_iter().filter_map(hash).collect()
}

/// Checks what is in a bag of this program, which says most things more than once.
fn as_our_own(bag: &Path, info: &InfoLines, contents: &mut Contents) {
    let report = report(bag, contents);
    let of_tags = tags::own(&contents.files, report.as_ref(), contents.oxum());
    let known: BTreeSet<String> = contents.damaged().into_iter().map(str::to_owned).collect();
    contents.flaws.retain(|flaw| flaw.path != TAG_MANIFEST_FILE || flaw.kind != FlawKind::NoRecord);
    contents.flaws.extend(of_tags.into_iter().filter(|flaw| !known.contains(&flaw.path)));
    let Some(report) = report else { return };
    contents.flaws.extend(unlike_report(&report, contents));
    let sound = SoundFiles::of(bag, &report, &contents.files, &contents.damaged());
    let mut flaws = objects::compare(&sound);
    flaws.extend(is_called_otherwise(&report, info));
    flaws.extend(has_another_scope(&report, info));
    flaws.extend(message::compare(&sound, info));
    flaws.extend(records::compare(&sound));
    contents.flaws.extend(flaws);
    contents.report = Some(report);
}

/// Checks whether the name of a bag is that of its content.
fn is_called_otherwise(report: &BagReport, info: &InfoLines) -> Option<Flaw> {
    let mut content = ContentHash::default();
    report.files.iter().filter(|filed| filed.kind != FiledKind::Xdomea).for_each(|filed| content.add(filed));
    let is_same = info.get("External-Identifier")?.ends_with(&content.digits());
    let message = "nennt als External-Identifier einen Namen, der nicht zum Inhalt gehört";
    (!is_same).then(|| Flaw::new(INFO_FILE, FlawKind::Contradiction, message))
}

/// Checks whether the report says of the whole what its name and its files say: if only what is public is in it, or all.
fn has_another_scope(report: &BagReport, info: &InfoLines) -> Option<Flaw> {
    // What it is about may have any name.
    let (name, group) =
        (info.get("External-Identifier")?, info.get("Bag-Group-Identifier").unwrap_or_default());
    let is_named_so =
        name.strip_prefix(group).is_some_and(|rest| rest.starts_with(scope(report.public_only)));
    let holds_all = report.files.iter().any(|filed| !filed.public);
    let message = "sagt nicht dasselbe wie External-Identifier und Dateien darüber, ob nur Öffentliches in der Abgabe ist";
    (!is_named_so || report.public_only && holds_all)
        .then(|| Flaw::new(REPORT, FlawKind::Contradiction, message))
}

/// Reads the report, unless it has changed.
fn report(bag: &Path, contents: &mut Contents) -> Option<BagReport> {
    if !contents.files.contains_key(REPORT) {
        let message = "fehlt: Ohne ihn ist nichts mit dem verglichen, was abgegeben wurde";
        contents.flaws.push(Flaw::new(REPORT, FlawKind::Missing, message));
        return None;
    }
    if contents.damaged().contains(REPORT) {
        return None;
    }
    let max_values = VALUES_OF_FILE * contents.files.len() + VALUES_OF_BAG;
    let mut say = |kind, message: String| contents.flaws.push(Flaw::new(REPORT, kind, message));
    match files::read(&bag.join(REPORT), MAX_REPORT_BYTES) {
        Err(error) => say(FlawKind::Unreadable, format!("ist nicht lesbar ({error})")),
        Ok(bytes) => match BagReport::read(&bytes, max_values) {
            Some(report) => return Some(report),
            None => say(FlawKind::BadList, "ist kein Bericht, der sich lesen lässt".into()),
        },
    }
    None
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
    let hashed = contents
        .files
        .iter()
        .map(|(path, digest)| (path.as_str(), digest.as_ref().map(|digest| digest.sha512.as_str())));
    differences.compare(&hashed.collect(), &listed, REPORT, is_of_report);
    let mut differ = differences.flaws(contents.files.keys().map(String::as_str));
    // In a bag of our own a name has one spelling.
    for flaw in differ.iter_mut().filter(|flaw| flaw.kind == FlawKind::Spelling) {
        flaw.kind = FlawKind::Missing;
    }
    flaws.extend(differ);
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
                    let path = path_within(bag, path);
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
        let path = path_within(bag, entry.path());
        let kind = entry.file_type();
        if kind.is_file() && paths.len() == MAX_FILES {
            let message =
                format!("ist nicht geprüft, wie alles danach: Es sind mehr als {MAX_FILES} Dateien");
            flaws.push(Flaw::new(&path, FlawKind::Unreadable, message));
            break;
        } else if kind.is_file() {
            paths.push(path);
        } else if !kind.is_dir() {
            let what =
                if kind.is_symlink() { "ist eine Verknüpfung" } else { "ist keine gewöhnliche Datei" };
            flaws.push(Flaw::new(&path, FlawKind::NotAFile, format!("{what} und keine Datei der Abgabe")));
        }
    }
    Ok(paths)
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
