//! Which records a command works on, and a first look at each.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::store::{Entry, Store};
use super::{Outcome, Report, session};
use crate::archive::DECLARATION_FILE;
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files::{self, FileError, ReadError, natural_order};
use crate::record::project::{self, Project, ProjectError, Projects};
use crate::record::proposal::{Kind, Number, Proposal, glance};
use crate::record::template;
use crate::toml_tree;

/// A file to work on.
#[derive(Debug, Clone)]
pub struct RecordFile {
    /// The name that findings show.
    pub name: String,
    /// The folder that its paths are relative to.
    pub folder: PathBuf,
    index: usize,
    /// Whether the user named it, so that it has to be a record.
    pub(super) named: bool,
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

/// Why a record cannot be looked at.
pub(super) enum Problem {
    Findings(Vec<Diagnostic>),
    Failure(FileError),
}

/// What a first look at a file shows.
pub(super) struct Scan {
    pub seen: Seen,
    pub number: Option<Number>,
    pub project: Result<Arc<Project>, Problem>,
}

/// What a file is.
pub(super) enum Seen {
    /// A record, unchanged since an earlier run.
    Known(Arc<Entry>),
    /// A record, or what cannot be read and has to be reported.
    Record,
    /// A session file.
    Session,
    /// Something else in a folder of records.
    Other,
}

impl Problem {
    /// The report of a record that has it.
    pub fn report(&self, record: &RecordFile) -> Report {
        match self {
            Self::Findings(findings) => Report::of(record, findings.clone()),
            Self::Failure(failure) => Report::failed(record, failure.again()),
        }
    }
}

impl RecordFile {
    /// What standard input held, if this is it.
    pub fn standard_input(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            Content::File(_) => None,
        }
    }

    pub(super) fn read(&self) -> Result<Cow<'_, [u8]>, Problem> {
        let path = match &self.content {
            Content::Bytes(bytes) => return Ok(Cow::Borrowed(bytes)),
            Content::File(path) => path,
        };
        files::read(path, toml_tree::MAX_BYTES).map(Cow::Owned).map_err(|error| match error {
            ReadError::System(failure) => Problem::Failure(failure),
            other => Problem::Findings(vec![unreadable(&self.name, &other)]),
        })
    }

    /// Where it lies; nowhere if it came from standard input.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::File(path) => Some(path),
            Content::Bytes(_) => None,
        }
    }

    /// Its path as seen from a folder, with `/` between its parts.
    pub(super) fn path_in(&self, root: Option<&Path>) -> String {
        let path =
            self.path().and_then(|path| path.canonicalize().ok()).unwrap_or_else(|| self.name.clone().into());
        let inside = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(&path);
        inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    /// A stem from its path, for the draft of a record without a number.
    pub fn stem(&self) -> String {
        let path = Path::new(&self.name).with_extension("");
        let clean = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
        let stem: String = path.to_string_lossy().chars().map(clean).collect();
        match stem.trim_matches('-') {
            "" => "vorlage".into(),
            stem => stem.to_owned(),
        }
    }
}

/// The finding for a record that is too large or no file.
fn unreadable(name: &str, error: &ReadError) -> Diagnostic {
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

/// The files at these paths: files as they are, folders with all TOML files below them in natural order.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<RecordFile>, InputError> {
    let mut files: Vec<RecordFile> = Vec::new();
    for path in paths {
        let bad = |reason: std::io::Error| InputError { path: path.clone(), reason: reason.to_string() };
        if std::fs::metadata(path).map_err(bad)?.is_dir() {
            files.extend(toml_files(path)?.into_iter().map(|file| record_file(file, false)));
        } else {
            files.push(record_file(path.clone(), true));
            // A session stands for its records too.
            files.extend(session::records_of(path).into_iter().map(|record| record_file(record, true)));
        }
    }
    if files.len() > 1 && paths.iter().any(|path| path.is_file()) {
        // The same record, named twice, is one record.
        let mut seen = std::collections::BTreeSet::new();
        files.retain(|file| {
            file.path().is_none_or(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.into())))
        });
    }
    for (index, file) in files.iter_mut().enumerate() {
        file.index = index;
    }
    Ok(files)
}

/// Records to work on, named by the user.
pub(super) fn record_files(paths: Vec<PathBuf>) -> Vec<RecordFile> {
    let numbered = paths.into_iter().enumerate();
    numbered.map(|(index, path)| RecordFile { index, ..record_file(path, true) }).collect()
}

/// Why a file has no project, as it is reported.
pub(super) fn project_problem(record: &RecordFile, error: ProjectError) -> Problem {
    match error {
        ProjectError::Settings(findings) => Problem::Findings(findings),
        ProjectError::File(failure) => Problem::Failure(failure),
        ProjectError::Read(error) => Problem::Findings(vec![unreadable(&record.name, &error)]),
    }
}

/// The record on standard input, named `name`.
pub fn standard_input(name: &str, bytes: Vec<u8>) -> RecordFile {
    let folder = match Path::new(name).parent() {
        Some(parent) if parent.is_dir() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    RecordFile { index: 0, named: true, name: name.to_owned(), folder, content: Content::Bytes(bytes) }
}

pub(super) fn record_file(path: PathBuf, named: bool) -> RecordFile {
    let name = path.strip_prefix(".").unwrap_or(&path).display().to_string();
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    RecordFile { index: 0, named, name, folder, content: Content::File(path) }
}

/// Looks at a file. What its store knows of it need not be read again.
pub(super) fn scan(
    record: &RecordFile,
    projects: &Projects,
    store: impl FnOnce(&Arc<Project>) -> Option<Arc<Store>>,
) -> Scan {
    let project = projects.of(&record.folder).map_err(|error| project_problem(record, error));
    let unknown = |seen, number, project| Scan { seen, number, project };
    // What cannot be read is kept: its finding or failure comes when its turn does.
    let Ok(bytes) = record.read() else {
        return unknown(Seen::Record, None, project);
    };
    if let (Ok(project), Some(path)) = (&project, record.path())
        && let Some(entry) = store(project).and_then(|store| store.get(&store.key(path)))
        && entry.record == files::hash(&[&bytes])
    {
        let number = entry.number;
        return unknown(Seen::Known(entry), number, Ok(Arc::clone(project)));
    }
    let Ok(source) = toml_tree::decode(&record.name, &bytes) else {
        return unknown(Seen::Record, None, project);
    };
    match glance(&source) {
        (Kind::Session, _) => unknown(Seen::Session, None, project),
        (Kind::Other, _) if !record.named => unknown(Seen::Other, None, project),
        (_, number) => unknown(Seen::Record, number, project),
    }
}

/// The report of a file that is no record.
pub(super) fn passed_over(record: &RecordFile) -> Report {
    let source = Source::new(&record.name, "");
    let note = Diagnostic::new(
        &codes::NOT_OURS,
        &source,
        0..0,
        "Die Datei ist keine Vorlagendatei und wird übergangen.",
    );
    Report { outcome: Outcome::PassedOver, ..Report::of(record, vec![note]) }
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let mut found = Vec::new();
    for entry in
        WalkDir::new(folder).into_iter().filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
    {
        let entry = entry.map_err(|error| InputError {
            path: error.path().unwrap_or(folder).to_path_buf(),
            reason: error.io_error().map_or_else(|| error.to_string(), ToString::to_string),
        })?;
        let toml = entry.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        // A link to a record is a record; a link to a folder might lead in a circle.
        if toml && !entry.path().is_dir() {
            found.push(entry.into_path());
        }
    }
    found.sort_by(|a, b| natural_order(&a.to_string_lossy(), &b.to_string_lossy()));
    Ok(found)
}

/// Hidden files, the settings of a project, its forms, and bags: what was handed over is a copy.
fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let marks = [template::MANIFEST_FILE, DECLARATION_FILE];
    let marked = entry.file_type().is_dir() && marks.iter().any(|mark| entry.path().join(mark).is_file());
    marked || name.starts_with('.') || name == project::FILE_NAME
}

/// The numbers that more than one record of a run has, with those records.
pub(super) struct Numbers(BTreeMap<Number, Vec<(usize, String)>>);

pub(super) fn numbers(files: &[RecordFile], scans: &[Scan]) -> Numbers {
    let mut numbers: BTreeMap<Number, Vec<(usize, String)>> = BTreeMap::new();
    for (file, scan) in files.iter().zip(scans) {
        if let Some(number) = scan.number {
            numbers.entry(number).or_default().push((file.index, file.name.clone()));
        }
    }
    numbers.retain(|_, records| records.len() > 1);
    Numbers(numbers)
}

/// The other records that have the number of a record.
pub(super) struct Conflict(Vec<String>);

impl Numbers {
    /// The other records with this number.
    pub fn conflict(&self, record: &RecordFile, number: Option<Number>) -> Option<Conflict> {
        let others = self.0.get(&number?)?.iter().filter(|(index, _)| *index != record.index);
        Some(Conflict(others.map(|(_, name)| name.clone()).collect()))
    }
}

impl Conflict {
    /// The finding at the number of the proposal.
    pub fn finding(&self, proposal: &Proposal) -> Option<Diagnostic> {
        let node = proposal.tree.as_table()?.get("vorlage")?.as_table()?.get("nummer")?;
        let message = format!("Die Nummer {} hat auch {}.", proposal.number?, self.0.join(", "));
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
        write("abgabe/bagit.txt", "");
        write("abgabe/data/V10.toml", "[vorlage]");
        write("notiz.txt", "");
        let files = collect(&[folder.path().to_path_buf(), folder.path().join("V10.toml")]).unwrap();
        let looks: Vec<_> = files
            .iter()
            .map(|file| {
                let seen = match scan(file, &Projects::default(), |_| None).seen {
                    Seen::Record => "record",
                    Seen::Session => "session",
                    Seen::Other => "other",
                    Seen::Known(_) => "known",
                };
                (file.name.rsplit('/').next().unwrap(), seen)
            })
            .collect();
        let expected = [
            ("V1.toml", "record"),
            ("Cargo.toml", "other"),
            ("leer.toml", "record"),
            ("sitzung.toml", "session"),
            ("V2.toml", "record"),
            ("V10.toml", "record"),
        ];
        assert_eq!(looks, expected);
        assert!(collect(&[folder.path().join("fehlt")]).is_err());
    }
}
