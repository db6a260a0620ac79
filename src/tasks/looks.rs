//! A look at the files that records name, each once in a run, by a process of each thread.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::check::files::NamedFile;
use crate::files::{self, FileError, ReadError};
use crate::pdf::{FileLook, Looker, Refusal};
use crate::run::Run;

/// The largest file that is looked at, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What came of a look at a file.
pub(super) type Look = Arc<Result<FileLook, Refusal>>;
/// A place for a look that one thread takes, while others that need it wait.
type LookPlace = Arc<OnceLock<Result<Look, FileError>>>;

/// The looks of a run.
pub(super) struct Looks<'a> {
    run: &'a Run,
    taken: Mutex<BTreeMap<PathBuf, LookPlace>>,
}

impl<'a> Looks<'a> {
    /// Begins with none.
    pub(super) fn new(run: &'a Run) -> Self {
        Self { run, taken: Mutex::default() }
    }

    /// Looks at files.
    pub(super) fn of<'b>(
        &self,
        looker: &mut Looker,
        files: Vec<NamedFile<'b>>,
    ) -> Result<Vec<(NamedFile<'b>, Look)>, FileError> {
        let look = |file: NamedFile<'b>| {
            let look = self.at(looker, file.path)?;
            Ok((file, look))
        };
        files.into_iter().map(look).collect()
    }

    fn at(&self, looker: &mut Looker, path: &Path) -> Result<Look, FileError> {
        let place = {
            let mut all = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(path.to_path_buf()).or_default())
        };
        let look = place.get_or_init(|| Ok(Arc::new(self.look(looker, path)?)));
        look.as_ref().map(Arc::clone).map_err(FileError::again)
    }

    fn look(&self, looker: &mut Looker, path: &Path) -> Result<Result<FileLook, Refusal>, FileError> {
        look_at(looker, path).map_err(|failure| match failure {
            LookFailure::Process(error) => self.run.not_run(error),
            LookFailure::File(failure) => failure,
        })
    }
}

/// Why nobody could look at a file, which is no fault of the file.
#[derive(Debug)]
pub(super) enum LookFailure {
    /// There is no process that looks.
    Process(io::Error),
    /// The system does not give the file.
    File(FileError),
}

/// Looks at a file on the disk.
pub(super) fn look_at(looker: &mut Looker, path: &Path) -> Result<Result<FileLook, Refusal>, LookFailure> {
    match files::read(path, MAX_FILE_BYTES) {
        Ok(bytes) => looker.look(&bytes).map_err(LookFailure::Process),
        Err(ReadError::System(failure)) => Err(LookFailure::File(failure)),
        Err(error) => Ok(Err(Refusal::Damaged(error.to_string()))),
    }
}
