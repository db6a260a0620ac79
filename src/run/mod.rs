//! Many at once: what a run takes place in, the files that it works on, the threads that do the work, and what earlier
//! runs left in an output folder.
//!
//! Knows nothing of tasks and of the terminal.

mod aside;
mod inputs;
mod look;
mod outcome;
mod problem;
mod schedule;
mod shard;
mod store;
mod stores;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use aside::{AsideReason, SetAside, set_aside};
pub use inputs::{InputError, RecordFile, collect, nothing_at};
pub use look::{Looked, Numbers, OpenedRecord, OpenedSession, Seen, duplicate_number, look_at, open_session};
pub use outcome::{Fixed, Outcome, Report, Summary};
pub use problem::Problem;
pub use shard::Shard;
pub use store::{PreparedOutput, Said, Store, StoreEntry};
pub use stores::{Stale, Stores};
pub use worker::{WorkPlace, Worker};

use crate::files::{FileError, UserSecret};
use crate::record::names::Rendition;
use crate::record::project::{Project, ProjectError, Projects};

/// What a run takes place in: this program, its threads, the wish to stop, and the projects that were opened.
#[derive(Debug)]
pub struct Run {
    program: PathBuf,
    jobs: Option<usize>,
    stop: Arc<AtomicBool>,
    projects: Projects,
    /// The folder for what this program keeps of the user.
    state: Option<PathBuf>,
}

impl Run {
    /// Begins a run. `program` is this program, for what is done in processes of their own; `jobs` is how much is under way
    /// at once, as much as there are cores if not said; `stop` is set from outside to end the run after what is under way.
    pub fn new(program: PathBuf, jobs: Option<usize>, stop: Arc<AtomicBool>) -> Self {
        Self { program, jobs, stop, projects: Projects::default(), state: None }
    }

    /// Begins the next run of a program that goes on: in the same surroundings, but settings and forms are read again.
    pub fn next(&self) -> Self {
        Self::new(self.program.clone(), self.jobs, Arc::clone(&self.stop)).with_state(self.state.clone())
    }

    /// Gives it a folder, outside of all projects, for what this program keeps of the user; without one it keeps nothing.
    pub fn with_state(self, state: Option<PathBuf>) -> Self {
        Self { state, ..self }
    }

    /// Gives the secret of the user, if there is a folder for it.
    pub fn secret(&self) -> Option<UserSecret> {
        self.state.as_deref().and_then(UserSecret::in_folder)
    }

    /// Tells whether the user wants it to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Gives the project of the files in a folder, opened once in a run.
    pub fn project_of(&self, folder: &Path) -> Result<Arc<Project>, ProjectError> {
        self.projects.of(folder)
    }

    /// Begins with the output folders of this run: none is open yet. Records are made into this.
    pub fn stores(&self, rendition: Rendition) -> Stores {
        Stores::new(rendition, Arc::clone(&self.stop))
    }

    /// Gives what is set once the user wants it to end, for who has to wait.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Says that this program could not do its work in another process: a failure of the environment, and no paper's fault.
    pub fn not_run(&self, source: std::io::Error) -> FileError {
        FileError { path: self.program.clone(), action: "lässt sich nicht ausführen", source }
    }

    /// Gives this program.
    pub fn program(&self) -> &Path {
        &self.program
    }
}
