//! A session file while its page changes it: changes that are refused leave no trace, and the others are written at once.
//!
//! Knows nothing of pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::draft::in_words;
use super::project_folder::ProjectFolder;
use crate::diagnostics::{Diagnostic, Source, codes, shown};
use crate::files::{self, ReadError};
use crate::record::input::{FileKind, Input, kind};
use crate::record::project::{Project, ProjectError};
use crate::record::session::{self, NotChangeable, SessionChange, awakened, changed, item_path};
use crate::run::{OpenedSession, Run};
use crate::toml_tree::{MAX_BYTES, Step, TomlFile, TomlText, too_large};

/// A session file, and what it is to say.
#[derive(Debug, Clone)]
pub(super) struct SessionDraft {
    /// The file as it was named, inside the project.
    pub(super) name: String,
    /// The file.
    pub(super) path: PathBuf,
    /// The project that it belongs to.
    pub(super) project: Arc<Project>,
    file: TomlText,
    /// The text that the file shall have.
    pub(super) text: String,
}

/// Why changes were not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DraftRefusal {
    /// The file is no longer the one that the page showed.
    Stale,
    /// The file says no such thing, or would say something unclear.
    Change(NotChangeable),
    /// It would be too large to be read.
    TooLarge,
}

/// Why there is no session to show or to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoSession {
    /// The project has no such file.
    Missing,
    /// The file is a record, or something else.
    Other,
    /// The file cannot be read; the findings say why.
    Broken(Vec<Diagnostic>),
    /// The project cannot be read, or records on the agenda; the findings say why, if anything can be said.
    Around(&'static str, Vec<Diagnostic>),
}

impl NoSession {
    /// What is the matter, in words.
    pub(super) fn in_words(&self) -> &'static str {
        match self {
            Self::Missing => "Diese Sitzungsdatei gibt es nicht.",
            Self::Other => "Diese Datei ist keine Sitzungsdatei.",
            Self::Broken(_) => "Die Sitzungsdatei lässt sich so nicht lesen.",
            Self::Around(why, _) => why,
        }
    }

    /// What is wrong, and where.
    pub(super) fn findings(&self) -> &[Diagnostic] {
        match self {
            Self::Missing | Self::Other => &[],
            Self::Broken(findings) | Self::Around(_, findings) => findings,
        }
    }
}

/// Reads a session file that a browser names, and finds its path.
fn session_file(folder: &ProjectFolder, name: &str) -> Result<(PathBuf, TomlText), NoSession> {
    let path = folder.toml_file(name).ok_or(NoSession::Missing)?;
    let bytes = files::read(&path, MAX_BYTES).map_err(|error| match error {
        ReadError::TooLarge { .. } => NoSession::Broken(vec![too_large(name)]),
        ReadError::NotAFile(_) | ReadError::System(_) => NoSession::Broken(Vec::new()),
    })?;
    let file = TomlFile::read(name, &bytes).map_err(|finding| NoSession::Broken(vec![*finding]))?;
    // What is broken may be anything: the line that says what it is may be the one that is wrong.
    match kind(&file) {
        _ if !file.syntax.is_empty() => Err(NoSession::Broken(file.syntax)),
        FileKind::Session => Ok((path, file.text)),
        FileKind::Record | FileKind::Other => Err(NoSession::Other),
    }
}

impl SessionDraft {
    /// Opens a session of the project.
    pub(super) fn open(folder: &ProjectFolder, run: &Run, name: &str) -> Result<Self, NoSession> {
        let (path, file) = session_file(folder, name)?;
        let parent = path.parent().unwrap_or(folder.root.path());
        let project = run.project_of(parent).map_err(|error| {
            let findings = match error {
                ProjectError::Settings(findings) => findings,
                ProjectError::File(_) | ProjectError::Read(_) => Vec::new(),
            };
            NoSession::Around("Die Einstellungen des Projekts lassen sich nicht lesen.", findings)
        })?;
        let text = file.source.text.clone();
        Ok(Self { name: name.to_owned(), path, project, file, text })
    }

    /// The folder that the paths in it begin at.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(self.project.root.path())
    }

    /// What stands for the text of the file and no other.
    pub(super) fn mark(&self) -> String {
        files::hash(&[self.file.source.text.as_bytes()])
    }

    /// Changes what the file is to say, if it is still the one that has this mark.
    pub(super) fn change(&mut self, mark: &str, changes: &[SessionChange]) -> Result<(), DraftRefusal> {
        if self.mark() != mark {
            return Err(DraftRefusal::Stale);
        }
        let text = changed(&self.text, changes).map_err(DraftRefusal::Change)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(DraftRefusal::TooLarge);
        }
        self.text = text;
        Ok(())
    }

    /// Parses what the file is to say.
    pub(super) fn parse(&self) -> TomlFile {
        self.parsed(&self.text)
    }

    /// Reads what the file is to say.
    pub(super) fn read(&self) -> Arc<OpenedSession> {
        Arc::new(self.opened(&self.text))
    }

    /// Whether it is to say something else than the file.
    pub(super) fn is_changed(&self) -> bool {
        self.text != self.file.source.text
    }

    /// What was typed and cannot be: texts that are too long, numbers that are none, or that a release waits for. What was wrong
    /// before is not said again.
    pub(super) fn faults(&self) -> Vec<Diagnostic> {
        let is_typed = |finding: &Diagnostic| {
            finding.is_error()
                && (finding.code.id.starts_with('T')
                    || [&codes::BAD_ITEM_NUMBER.id, &codes::RELEASE_INCOMPLETE.id]
                        .contains(&&finding.code.id))
        };
        let mut known: Vec<_> = self.opened(&self.file.source.text).findings;
        let mut found = self.opened(&self.text).findings;
        found.retain(|finding| {
            let same = |one: &Diagnostic| one.code.id == finding.code.id && one.message == finding.message;
            let place = known.iter().position(same);
            place.map(|place| known.remove(place)).is_none() && is_typed(finding)
        });
        found.extend(self.awakened());
        found
    }

    /// The numbers for which a release would let something through that nobody released for their items.
    fn awakened(&self) -> Vec<Diagnostic> {
        let file = self.parse();
        let finding = |(item, words): (usize, String)| {
            let path = [item_path(item), vec![Step::Key("nummer".into())]].concat();
            let number = file.tree.at(&path)?;
            let message = format!(
                "Die Nummer {} nennt schon eine Freigabe („{}“), die für keinen Punkt gilt. Mit dieser Nummer würde sie für diesen Punkt gelten. Bitte eine andere Nummer nehmen, oder erst unter „Freigaben ändern“ die Freigabe entfernen oder ihre Nummer ändern.",
                shown(number.as_str().unwrap_or_default()),
                shown(&words)
            );
            Some(Diagnostic::new(&codes::RELEASE_INCOMPLETE, &file.text.source, number.span.clone(), message))
        };
        awakened(&self.file.source.text, &self.text).into_iter().filter_map(finding).collect()
    }

    /// Writes the file, if it is still the one that was read. The error says in words why it was not.
    pub(super) fn save(&self, folder: &ProjectFolder) -> Result<(), String> {
        let _turn = folder.saving();
        let (path, now) = session_file(folder, &self.name)
            .map_err(|why| format!("{} Es wurde nichts gespeichert.", why.in_words()))?;
        if now.bytes() != self.file.bytes() {
            return Err("Die Sitzungsdatei wurde gerade eben geändert. Es wurde nichts gespeichert.".into());
        }
        let bytes = now.with_text(self.text.clone()).bytes();
        files::replace(&path, &bytes).map_err(|error| in_words(&error))
    }

    fn parsed(&self, text: &str) -> TomlFile {
        TomlText { source: Source::new(&self.name, text), has_mark: self.file.has_mark }.parse()
    }

    fn opened(&self, text: &str) -> OpenedSession {
        let folder = self.folder().to_path_buf();
        let project = Arc::clone(&self.project);
        let (session, findings) = session::read(Input { file: self.parsed(text), folder, project });
        OpenedSession { session, findings }
    }
}
