//! Which files a command works on.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::problem::Problem;
use crate::archive::DECLARATION_FILE;
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files::{self, natural_key};
use crate::record::input::{self, Input};
use crate::record::project::{self, Project};
use crate::record::template;
use crate::toml_tree::{self, TomlFile, TomlText};

/// A file to work on.
#[derive(Debug, Clone)]
pub struct RecordFile {
    /// The name that findings show.
    pub name: String,
    /// The folder that its paths are relative to.
    pub folder: PathBuf,
    /// Whether the user named it, so that it has to be a record.
    pub is_named: bool,
    content: Origin,
}

#[derive(Debug, Clone)]
enum Origin {
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

impl RecordFile {
    /// A file that the user named.
    pub fn named(path: PathBuf) -> Self {
        Self { is_named: true, ..Self::found(path) }
    }

    /// A file that was found in a folder.
    fn found(path: PathBuf) -> Self {
        let name = path.strip_prefix(".").unwrap_or(&path).display().to_string();
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Self { name, folder, is_named: false, content: Origin::File(path) }
    }

    /// The record on standard input, called `name`.
    pub fn standard_input_as(name: &str, bytes: Vec<u8>) -> Self {
        let folder = match Path::new(name).parent() {
            Some(parent) if parent.is_dir() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Self { is_named: true, name: name.to_owned(), folder, content: Origin::Bytes(bytes) }
    }

    /// What standard input held, if this is it.
    pub fn standard_input(&self) -> Option<&[u8]> {
        match &self.content {
            Origin::Bytes(bytes) => Some(bytes),
            Origin::File(_) => None,
        }
    }

    /// Reads it.
    pub fn read(&self) -> Result<Cow<'_, [u8]>, Problem> {
        match &self.content {
            Origin::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Origin::File(path) => files::read(path, toml_tree::MAX_BYTES)
                .map(Cow::Owned)
                .map_err(|error| Problem::of_reading(&self.name, error)),
        }
    }

    /// Reads it as text.
    pub fn text(&self) -> Result<TomlText, Problem> {
        self.decode(&self.read()?)
    }

    /// Takes bytes that were read of it as text; says what they are if they are plainly something else.
    pub(super) fn decode(&self, bytes: &[u8]) -> Result<TomlText, Problem> {
        let decoded = match input::not_a_record(&self.name, bytes) {
            Some(finding) => Err(Box::new(finding)),
            None => TomlText::decode(&self.name, bytes),
        };
        decoded.map_err(|finding| Problem::Findings(vec![*finding]))
    }

    /// Refuses a file whose path without links, `real`, leads out of its project: it is only linked to, and another one's.
    pub(super) fn stay_inside(&self, real: Option<&Path>, project: &Project) -> Result<(), Problem> {
        if real.is_none_or(|real| real.starts_with(project.root.path())) {
            return Ok(());
        }
        let message = "Diese Datei ist nur eine Verknüpfung, und sie führt aus dem Projektordner hinaus.";
        let finding = Diagnostic::new(&codes::BAD_PATH, &Source::new(&self.name, ""), 0..0, message)
            .hint("Die Datei selbst in den Projektordner legen.");
        Err(Problem::Findings(vec![finding]))
    }

    /// Tells whether it was found under a name that ends twice.
    pub(super) fn ends_twice(&self) -> bool {
        !self.is_named && self.path().is_some_and(has_second_ending)
    }

    /// Makes an input of what was read of it.
    pub fn input(&self, file: TomlFile, project: &Arc<Project>) -> Input {
        Input { file, folder: self.folder.clone(), project: Arc::clone(project) }
    }

    /// Tells where it lies; nowhere if it came from standard input.
    pub fn path(&self) -> Option<&Path> {
        match &self.content {
            Origin::File(path) => Some(path),
            Origin::Bytes(_) => None,
        }
    }

    /// Tells where it lies, without links.
    pub fn real_path(&self) -> Option<PathBuf> {
        self.path().map(|path| self.canonical().unwrap_or_else(|| path.into()))
    }

    /// Tells where it lies, without links, if it is there.
    pub(super) fn canonical(&self) -> Option<PathBuf> {
        self.path()?.canonicalize().ok()
    }

    /// Its path as seen from a folder, with `/` between its parts.
    pub fn path_in(&self, root: Option<&Path>) -> String {
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

/// Says that there is nothing to work on at these paths.
pub fn nothing_at(paths: &[PathBuf]) -> InputError {
    let path = paths.first().cloned().unwrap_or_else(|| PathBuf::from("."));
    InputError {
        path,
        reason: "hier ist keine Vorlagendatei; eine solche endet auf .toml und hat eine Tabelle [vorlage]"
            .into(),
    }
}

/// The files at these paths: files as they are, folders with all TOML files below them in natural order.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<RecordFile>, InputError> {
    let mut files: Vec<RecordFile> = Vec::new();
    for path in paths {
        let bad =
            |reason: std::io::Error| InputError { path: path.clone(), reason: files::in_german(&reason) };
        if std::fs::metadata(path).map_err(bad)?.is_dir() {
            files.extend(toml_files(path)?.into_iter().map(RecordFile::found));
        } else {
            files.push(RecordFile::named(path.clone()));
        }
    }
    if files.len() > 1 && paths.iter().any(|path| path.is_file()) {
        // The same record, named twice, is one record.
        let mut seen = BTreeSet::new();
        files.retain(|file| file.real_path().is_none_or(|path| seen.insert(path)));
    }
    Ok(files)
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let mut found = Vec::new();
    for entry in
        WalkDir::new(folder).into_iter().filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
    {
        let entry = entry.map_err(|error| InputError {
            path: error.path().unwrap_or(folder).to_path_buf(),
            reason: error.io_error().map_or_else(|| error.to_string(), files::in_german),
        })?;
        let toml = entry.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
            || has_second_ending(entry.path());
        // A link to a record is a record; a link to a folder might lead in a circle.
        let kind = entry.file_type();
        let is_folder = kind.is_dir() || kind.is_symlink() && entry.path().is_dir();
        if toml && !is_folder {
            found.push(entry.into_path());
        }
    }
    found.sort_by_cached_key(|path| natural_key(&path.to_string_lossy()));
    Ok(found)
}

/// Tells whether a file is called `….toml.txt`, as Windows calls it that hides the second ending.
fn has_second_ending(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.ends_with(".toml.txt")
}

/// Hidden files, the settings of a project, its forms, and bags: what was handed over is a copy.
fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let marks = [template::MANIFEST_FILE, DECLARATION_FILE];
    let marked = entry.file_type().is_dir() && marks.iter().any(|mark| entry.path().join(mark).is_file());
    marked || name.starts_with('.') || name == project::FILE_NAME
}

#[cfg(test)]
mod tests {
    use super::super::Run;
    use super::super::look::{Seen, look_at};
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
        write("b/V3.toml.txt", "[vorlage]");
        let files = collect(&[folder.path().to_path_buf(), folder.path().join("V10.toml")]).unwrap();
        let run = Run::new(PathBuf::new(), Some(1), Arc::default());
        let looks: Vec<_> = look_at(&run, &files, |_| None)
            .into_iter()
            .map(|looked| {
                let seen = match looked.seen {
                    Seen::Record { .. } => "record",
                    Seen::Session(_) => "session",
                    Seen::Other => "other",
                };
                (looked.file.name.rsplit('/').next().unwrap().to_owned(), seen)
            })
            .collect();
        let expected = [
            ("V1.toml", "record"),
            ("V3.toml.txt", "other"),
            ("Cargo.toml", "other"),
            ("leer.toml", "record"),
            ("sitzung.toml", "session"),
            ("V2.toml", "record"),
            ("V10.toml", "record"),
        ];
        assert_eq!(looks, expected.map(|(name, seen)| (name.to_owned(), seen)));
        assert!(collect(&[folder.path().join("fehlt")]).is_err());
    }

    #[test]
    fn a_record_named_twice_is_one_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("b")).unwrap();
        for name in ["1.toml", "2.toml"] {
            std::fs::write(path(name), "[vorlage]").unwrap();
        }
        let named = [path("2.toml"), path("b/../2.toml"), folder.path().to_path_buf()];
        let files = collect(&named).unwrap();
        let names: Vec<_> = files.iter().map(|file| file.path().unwrap().to_path_buf()).collect();
        // As the user named it first.
        assert_eq!(names, [path("2.toml"), path("1.toml")]);
    }
}
