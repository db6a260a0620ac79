//! What is handed over, where it is taken from, and the folder that it is put into; shared by all threads that fill it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::filed::{FileClaims, Filed, FiledKind};
use super::oparl::{Addresses, OParlObject, SessionLinks};
use super::report::Made;
use crate::day::Day;
use crate::files::{self, Digest, FileError, FolderStage, Snapshot, StageError};
use crate::record::project::Project;
use crate::record::publicity::Publicity;
use crate::record::session::Session;
use crate::toml_tree::{self, without_comments};

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOverKind {
    /// A bag for the archive.
    Bag,
    /// The OParl objects alone.
    OParl,
}

/// How records are handed over.
#[derive(Debug)]
pub struct HandOver<'a> {
    /// What is made.
    pub kind: HandOverKind,
    /// The folder that shall be.
    pub target: &'a Path,
    /// The day of the hand-over.
    pub date: Day,
    /// Whether only what is public goes in.
    pub public_only: bool,
    /// What the hand-over is called that this one follows or supplements.
    pub follows: Option<&'a str>,
}

/// What is known of an item of the agenda before anything is handed over.
#[derive(Debug)]
pub struct HandedItem {
    /// Who may see it.
    pub publicity: Publicity,
    /// Its title as those may read it who get the folder; none if they may not know of it.
    pub title: Option<String>,
}

/// What is handed over, without its proposals.
#[derive(Debug)]
pub struct Holdings<'a> {
    /// The project of all records.
    pub project: &'a Project,
    /// The session, if it is one that is handed over.
    pub session: Option<&'a Session>,
    /// What is known of each item of its agenda.
    pub items: Vec<HandedItem>,
    /// What it is about: the session, or the proposals. Each hand-over of that is called so and something more.
    pub identifier: String,
    /// What the papers claim that only the session names.
    pub claims: FileClaims,
    /// The folder with the form annexes.
    pub outputs: PathBuf,
    /// By what program these were made.
    pub made: Made,
    /// What all forms share, by name.
    pub shared: &'static [(&'static str, &'static str)],
}

/// Where things are taken from and put to.
#[derive(Debug)]
pub struct HandOverPlace<'a> {
    pub(super) how: &'a HandOver<'a>,
    pub(super) holdings: Holdings<'a>,
    pub(super) stage: FolderStage,
    pub(super) addresses: Addresses,
    pub(super) session: Option<SessionLinks>,
    /// The files that were taken over, as they were before.
    taken: Mutex<BTreeMap<PathBuf, Option<Snapshot>>>,
}

impl<'a> HandOverPlace<'a> {
    /// Makes a place of an empty folder.
    pub fn new(stage: FolderStage, how: &'a HandOver<'a>, holdings: Holdings<'a>) -> Self {
        let Holdings { project, session, .. } = holdings;
        let session = session.map(|session| SessionLinks { stem: session.file_stem(), day: session.day() });
        let addresses = Addresses::new(&project.hand_over, project.settings.municipality.as_deref());
        Self { how, holdings, stage, addresses, session, taken: Mutex::default() }
    }

    /// Names the files that were changed since they were taken over.
    pub fn changed(&self) -> Vec<String> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = taken.iter().filter(|(path, before)| Snapshot::of(path) != **before);
        changed.map(|(path, _)| self.source(path).unwrap_or_else(|| path.display().to_string())).collect()
    }

    /// Gives the folder's name as the user gave it.
    pub fn name(&self) -> String {
        self.how.target.display().to_string()
    }

    /// Lists the files in the folder, each with its path from there.
    pub fn files(&self) -> Result<Vec<(String, PathBuf)>, FileError> {
        let named = |path: PathBuf| (files::path_within(self.stage.path(), &path), path);
        Ok(self.stage.files()?.into_iter().map(named).collect())
    }

    /// Gives the folder its name.
    pub fn publish(self) -> Result<PathBuf, StageError> {
        self.stage.publish()
    }

    /// Takes a file over, or only its hash where no files are handed over.
    pub(super) fn copy(&self, source: &Path, path: &str) -> Result<Digest, FileError> {
        self.take(source);
        match self.how.kind {
            HandOverKind::Bag => self.stage.copy(source, path),
            HandOverKind::OParl => files::digest(source),
        }
    }

    /// Takes over a TOML file that somebody wrote by hand.
    pub(super) fn copy_toml(&self, source: &Path, path: &str) -> Result<Digest, FileError> {
        self.take(source);
        match files::read(source, toml_tree::MAX_BYTES) {
            Ok(bytes) => self.write_toml(path, &bytes),
            Err(files::ReadError::System(failure)) => Err(failure),
            Err(_) => self.copy(source, path),
        }
    }

    /// Remembers how a file was before it is taken over.
    fn take(&self, source: &Path) {
        let before = Snapshot::of(source);
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).entry(source.into()).or_insert(before);
    }

    /// Writes a file, if files are handed over.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<Digest, FileError> {
        match self.how.kind {
            HandOverKind::Bag => self.stage.write(path, bytes),
            HandOverKind::OParl => Ok(files::digest_bytes(bytes)),
        }
    }

    /// Writes a TOML file that somebody wrote by hand; what goes to everybody has no comments.
    pub(super) fn write_toml(&self, path: &str, bytes: &[u8]) -> Result<Digest, FileError> {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.how.public_only => self.write(path, without_comments(text).as_bytes()),
            _ => self.write(path, bytes),
        }
    }

    /// Writes an OParl object.
    pub(super) fn object(&self, object: &OParlObject) -> Result<Filed, FileError> {
        let mut bytes = serde_json::to_vec_pretty(&object.value).unwrap_or_default();
        bytes.push(b'\n');
        let path = self.oparl_path(&object.name);
        let digest = self.stage.write(&path, &bytes)?;
        Ok(Filed::new(path, FiledKind::OParl, object.public, digest))
    }

    /// Gives the path of an OParl object or list in the folder.
    pub(super) fn oparl_path(&self, name: &str) -> String {
        match self.how.kind {
            HandOverKind::Bag => format!("data/oparl/{name}"),
            HandOverKind::OParl => name.to_owned(),
        }
    }

    /// Gives a path as seen from the root of the project; none if it leads out of it.
    pub(super) fn source(&self, path: &Path) -> Option<String> {
        let real = path.canonicalize().ok()?;
        let inside = real.strip_prefix(self.holdings.project.root.path()).ok()?;
        let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    }
}
