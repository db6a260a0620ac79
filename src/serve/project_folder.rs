//! The project that is served: its folder, and desks at which records are checked and set.
//!
//! Knows nothing of pages.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::making::SessionMaking;
use super::presence::Presence;
use crate::files::{self, Root};
use crate::record::names::STATE_FOLDER;
use crate::record::project::{FILE_NAME, ProjectError};
use crate::run::{Run, WorkPlace};
use crate::tasks::desk::Desk;
use crate::typeset::alone;

/// The most pieces of work at a time that take no time.
const MAX_QUICK: usize = 8;
/// How many may change at a time what is kept of drafts.
const KEEPING: usize = 32;

/// The project that is served.
pub(super) struct ProjectFolder {
    /// The folder that no address leaves.
    pub(super) root: Root,
    run: Run,
    /// The desks that nobody works at. The last one left is taken first: what it knows is freshest.
    desks: Mutex<Vec<Desk>>,
    free: Arc<Semaphore>,
    /// Those who may do what takes no time.
    quick: Arc<Semaphore>,
    /// What is made of sessions.
    pub(super) making: SessionMaking,
    /// Who has which record open.
    pub(super) presence: Presence,
    /// Held while a file is compared and written.
    saving: Mutex<()>,
    /// Held while it is changed what is kept of a draft, each for some of the records.
    keeping: [Mutex<()>; KEEPING],
    /// Held while a line is added to the log.
    logging: Mutex<()>,
}

impl ProjectFolder {
    /// Opens the project of a folder; each piece of work there begins as this run did.
    pub(super) fn open(folder: &Path, run: Run) -> Result<Arc<Self>, ProjectError> {
        let project = run.project_of(folder)?;
        let desks = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Arc::new(Self {
            root: project.root.clone(),
            run,
            desks: Mutex::default(),
            free: Arc::new(Semaphore::new(desks)),
            quick: Arc::new(Semaphore::new(MAX_QUICK)),
            making: SessionMaking::default(),
            presence: Presence::default(),
            saving: Mutex::default(),
            keeping: Default::default(),
            logging: Mutex::default(),
        }))
    }

    /// Begins with settings and forms as they are now.
    pub(super) fn now(&self) -> Run {
        self.run.next()
    }

    /// Finds a record or session file that a browser names; nothing outside of the project, and nothing hidden.
    pub(super) fn toml_file(&self, name: &str) -> Option<PathBuf> {
        let is_hidden = name.split('/').any(|part| part.starts_with('.'));
        let path = self.root.resolve(self.root.path(), name).ok()?;
        let is_toml = path.extension().is_some_and(|ending| ending == "toml");
        let is_own = path.file_name().is_some_and(|own| own == FILE_NAME);
        (!is_hidden && is_toml && !is_own).then_some(path)
    }

    /// Does work that takes no time and waits for no desk. None if it was given up because of a defect of the program.
    pub(super) async fn at_once<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        let turn = Arc::clone(&self.quick).acquire_owned().await.ok()?;
        let folder = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            alone(|| work(&folder))
        });
        done.await.ok()
    }

    /// Does work that may take a while, when its turn comes. None if it was given up because of a defect of the program.
    pub(super) async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &mut Desk) -> T + Send + 'static,
    ) -> Option<T> {
        let turn = Arc::clone(&self.free).acquire_owned().await.ok()?;
        let folder = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            // It ends with the work, which goes on when the browser has left.
            let _turn = turn;
            let known = folder.desks().pop();
            // Documents are set in a process with limits, whoever wrote the record.
            let mut desk = known.unwrap_or_else(|| Desk::new(&folder.run, WorkPlace::Apart));
            let result = alone(|| work(&folder, &mut desk));
            folder.desks().push(desk);
            result
        });
        done.await.ok()
    }

    /// Gives the hidden folder of the project, unless a link stands in its place: that could lead out of the project.
    pub(super) fn hidden(&self) -> Result<PathBuf, String> {
        let hidden = self.root.path().join(STATE_FOLDER);
        match hidden.symlink_metadata() {
            Ok(found) if !found.is_dir() => Err(format!("„{STATE_FOLDER}“ ist kein Ordner.")),
            _ => Ok(hidden),
        }
    }

    /// Tells git to leave the hidden folder alone: what is kept there is nobody's work.
    pub(super) fn keep_out_of_git(&self) {
        let ignore = self.root.path().join(STATE_FOLDER).join(".gitignore");
        if !ignore.exists() {
            files::write(&ignore, b"*\n").ok();
        }
    }

    /// Waits until nobody else saves.
    pub(super) fn saving(&self) -> std::sync::MutexGuard<'_, ()> {
        self.saving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else changes what is kept of the drafts of a record.
    pub(super) fn keeping(&self, name: &str) -> std::sync::MutexGuard<'_, ()> {
        let own = blake3::hash(name.as_bytes()).as_bytes()[0];
        self.keeping[usize::from(own) % KEEPING].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else writes into the log.
    pub(super) fn logging(&self) -> std::sync::MutexGuard<'_, ()> {
        self.logging.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desks(&self) -> std::sync::MutexGuard<'_, Vec<Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn work_holds_its_desk_until_it_ends_although_nobody_waits_for_it() {
        let project = tempfile::tempdir().unwrap();
        let run = Run::new(PathBuf::new(), None, Arc::default());
        let folder = ProjectFolder::open(project.path(), run).unwrap();
        let desks = folder.free.available_permits();
        let (end, wait) = mpsc::channel::<()>();
        let work = folder.work(move |_, _| wait.recv().is_ok());
        tokio::time::timeout(Duration::from_millis(100), work).await.unwrap_err();
        assert_eq!(folder.free.available_permits(), desks - 1);
        end.send(()).unwrap();
        while folder.free.available_permits() < desks {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
