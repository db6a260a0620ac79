//! Which records a command works on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files::{self, FileError, ReadError, natural_order};
use crate::project;
use crate::proposal::{Kind, Number, Proposal, kind, number_of};
use crate::template;
use crate::toml_tree;

/// A record to work on.
#[derive(Debug, Clone)]
pub struct RecordFile {
    /// Its place in the run, from 0.
    pub index: usize,
    /// The name that findings show.
    pub name: String,
    /// The folder that its paths are relative to.
    pub folder: PathBuf,
    number: Option<Number>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// Why a path on the command line cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct InputError {
    /// The path.
    pub path: PathBuf,
    /// What the system says.
    pub reason: String,
}

pub(super) enum Unreadable {
    Finding(Box<Diagnostic>),
    Failure(FileError),
}

impl RecordFile {
    pub(super) fn read(&self) -> Result<Cow<'_, [u8]>, Unreadable> {
        let path = match &self.content {
            Content::Bytes(bytes) => return Ok(Cow::Borrowed(bytes)),
            Content::File(path) => path,
        };
        files::read(path, toml_tree::MAX_BYTES).map(Cow::Owned).map_err(|error| match error {
            ReadError::System(failure) => Unreadable::Failure(failure),
            other => Unreadable::Finding(Box::new(unreadable(&self.name, &other))),
        })
    }

    /// The stem of the file's own name, for a draft without a number.
    pub fn stem(&self) -> String {
        let stem = Path::new(&self.name).file_stem().unwrap_or_default().to_string_lossy();
        let clean = |c: char| if c.is_alphanumeric() || "-_".contains(c) { c } else { '-' };
        match stem.chars().map(clean).collect::<String>() {
            empty if empty.is_empty() => "vorlage".into(),
            stem => stem,
        }
    }
}

/// The finding for a record that is too large or no file.
pub(super) fn unreadable(name: &str, error: &ReadError) -> Diagnostic {
    match error {
        ReadError::TooLarge { .. } => toml_tree::too_large(name),
        other => Diagnostic::new(
            &codes::NOT_READABLE,
            &Source::new(name, ""),
            0..0,
            format!("Die Datei ist nicht lesbar ({other})."),
        ),
    }
}

/// The records at these paths: files as they are, folders with all records below them in natural order.
/// With them come notes about files that were passed over.
pub fn collect(paths: &[PathBuf]) -> Result<(Vec<RecordFile>, Vec<Diagnostic>), InputError> {
    let mut records: Vec<RecordFile> = Vec::new();
    let mut notes = Vec::new();
    for path in paths {
        let bad = |reason: std::io::Error| InputError { path: path.clone(), reason: reason.to_string() };
        if std::fs::metadata(path).map_err(bad)?.is_dir() {
            for file in toml_files(path) {
                add(&file, false, &mut records, &mut notes);
            }
        } else {
            add(path, true, &mut records, &mut notes);
        }
    }
    // The same record, named twice, is one record.
    let mut seen = std::collections::BTreeSet::new();
    records.retain(|record| match &record.content {
        Content::File(path) => seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())),
        Content::Bytes(_) => true,
    });
    for (index, record) in records.iter_mut().enumerate() {
        record.index = index;
    }
    Ok((records, notes))
}

/// The record on standard input, named `name`.
pub fn standard_input(name: &str, bytes: Vec<u8>) -> RecordFile {
    let folder = match Path::new(name).parent() {
        Some(parent) if parent.is_dir() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    RecordFile { index: 0, name: name.to_owned(), folder, number: None, content: Content::Bytes(bytes) }
}

fn add(path: &Path, named: bool, records: &mut Vec<RecordFile>, notes: &mut Vec<Diagnostic>) {
    let name = path.strip_prefix(".").unwrap_or(path).display().to_string();
    let source =
        files::read(path, toml_tree::MAX_BYTES).ok().and_then(|bytes| toml_tree::decode(&name, &bytes).ok());
    // What cannot be read is kept: its finding or failure comes when its turn does.
    let what = source.as_ref().map_or(Kind::Record, kind);
    if !named && what == Kind::Session {
        return;
    }
    if !named && what == Kind::Other {
        let note = Diagnostic::new(
            &codes::NOT_OURS,
            &Source::new(name, ""),
            0..0,
            "Die Datei ist keine Vorlagendatei und wird übergangen.",
        );
        notes.push(note);
        return;
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let number = source.as_ref().and_then(number_of);
    records.push(RecordFile { index: 0, name, folder, number, content: Content::File(path.to_path_buf()) });
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
        .flatten()
        .filter(|entry| entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "toml"))
        .map(DirEntry::into_path)
        .collect();
    found.sort_by(|a, b| natural_order(&a.to_string_lossy(), &b.to_string_lossy()));
    found
}

/// Hidden files, the settings of a project, and its forms.
fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let beside_settings =
        || entry.path().parent().is_some_and(|parent| parent.join(project::FILE_NAME).is_file());
    name.starts_with('.')
        || name == project::FILE_NAME
        || entry.file_type().is_dir() && name == template::FOLDER && beside_settings()
}

/// The numbers of a run, and the records that have each.
pub(super) struct Numbers(BTreeMap<Number, Vec<(usize, String)>>);

pub(super) fn numbers(records: &[RecordFile]) -> Numbers {
    let mut numbers: BTreeMap<Number, Vec<(usize, String)>> = BTreeMap::new();
    for record in records {
        if let Some(number) = record.number {
            numbers.entry(number).or_default().push((record.index, record.name.clone()));
        }
    }
    numbers.retain(|_, records| records.len() > 1);
    Numbers(numbers)
}

impl Numbers {
    /// The finding if another record of the run has the number of this one.
    pub fn conflict(&self, record: &RecordFile, proposal: &Proposal) -> Option<Diagnostic> {
        let number = proposal.number?;
        let others: Vec<&str> = self
            .0
            .get(&number)?
            .iter()
            .filter(|(index, _)| *index != record.index)
            .map(|(_, name)| name.as_str())
            .collect();
        let node = proposal.tree.as_table()?.get("vorlage")?.as_table()?.get("nummer")?;
        let message = format!("Die Nummer {number} hat auch {}.", others.join(", "));
        Some(
            Diagnostic::new(&codes::DUPLICATE_NUMBER, &proposal.source, node.span.clone(), message)
                .hint("Jede Vorlage hat ihre eigene Nummer; eine Ergänzung zählt weiter: V/0716/2023/1."),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_yield_their_records_in_natural_order() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("anlage.toml", "");
        write("V10.toml", "[vorlage]\nnummer = 'V/0010/2025'");
        write("V2.toml", "[vorlge]");
        write("b/V1.toml", "[vorlage");
        write("sitzung.toml", "[sitzung]");
        write("Cargo.toml", "[package]");
        write("leer.toml", "");
        write(".versteckt/V3.toml", "[vorlage]");
        write("templates/x/template.toml", "name = 'x'");
        write("notiz.txt", "");
        let (records, notes) =
            collect(&[folder.path().to_path_buf(), folder.path().join("V10.toml")]).unwrap();
        let names: Vec<_> = records.iter().map(|r| r.name.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["V1.toml", "leer.toml", "V2.toml", "V10.toml"]);
        assert_eq!(notes.len(), 1);
        assert!(collect(&[folder.path().join("fehlt")]).is_err());
    }
}
