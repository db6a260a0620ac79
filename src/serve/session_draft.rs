//! A session file while its page changes it: changes that are refused leave no trace, and the others are written at once.
//!
//! Knows nothing of pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::draft::in_words;
use super::project_folder::ProjectFolder;
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files;
use crate::record::input::{FileKind, Input, kind};
use crate::record::project::Project;
use crate::record::session::{self, AgendaChange, changed};
use crate::run::{OpenedSession, Run};
use crate::toml_tree::{MAX_BYTES, TomlFile, TomlText};

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
    /// There is no such item or paper.
    NoSuchPlace,
    /// It would be too large to be read.
    TooLarge,
}

/// Reads a session file that a browser names, and finds its path.
fn session_file(folder: &ProjectFolder, name: &str) -> Option<(PathBuf, TomlText)> {
    let path = folder.toml_file(name)?;
    let file = TomlFile::read(name, &files::read(&path, MAX_BYTES).ok()?).ok()?;
    (kind(&file) == FileKind::Session).then_some((path, file.text))
}

impl SessionDraft {
    /// Opens a session of the project; none if there is none. The error says in words what is wrong with the project.
    pub(super) fn open(folder: &ProjectFolder, run: &Run, name: &str) -> Result<Option<Self>, String> {
        let Some((path, file)) = session_file(folder, name) else { return Ok(None) };
        let parent = path.parent().unwrap_or(folder.root.path());
        let project = run.project_of(parent).map_err(|error| error.to_string())?;
        let text = file.source.text.clone();
        Ok(Some(Self { name: name.to_owned(), path, project, file, text }))
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
    pub(super) fn change(&mut self, mark: &str, changes: &[AgendaChange]) -> Result<(), DraftRefusal> {
        if self.mark() != mark {
            return Err(DraftRefusal::Stale);
        }
        let text = changed(&self.text, changes).ok_or(DraftRefusal::NoSuchPlace)?;
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

    /// What was typed and cannot be: texts that are too long, numbers that are none. What was wrong before is not said again.
    pub(super) fn faults(&self) -> Vec<Diagnostic> {
        let is_typed = |finding: &Diagnostic| {
            finding.is_error()
                && (finding.code.id.starts_with('T') || finding.code.id == codes::BAD_ITEM_NUMBER.id)
        };
        let mut known: Vec<_> = self.opened(&self.file.source.text).findings;
        let mut found = self.opened(&self.text).findings;
        found.retain(|finding| {
            let same = |one: &Diagnostic| one.code.id == finding.code.id && one.message == finding.message;
            let place = known.iter().position(same);
            place.map(|place| known.remove(place)).is_none() && is_typed(finding)
        });
        found
    }

    /// Writes the file, if it is still the one that was read. The error says in words why it was not.
    pub(super) fn save(&self, folder: &ProjectFolder) -> Result<(), String> {
        let _turn = folder.saving();
        let (path, now) = session_file(folder, &self.name).ok_or("Die Sitzungsdatei gibt es nicht mehr.")?;
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
