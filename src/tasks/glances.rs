//! Glances at files of a run, each by one of the processes that do nothing else.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::archive::FileClaims;
use crate::check::files::NamedFile;
use crate::check::files::RefusedFile;
use crate::files::{self, FileError, ReadError};
use crate::pdf::{Claims, FileGlance, Glancer, Refusal};
use crate::run::Run;

/// The largest file that is looked at, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What came of a glance; fails if that is no fault of the file.
type Glanced = Result<Result<FileGlance, Refusal>, FileError>;

/// The processes of a run that glance at files, as many as are asked at once.
pub(super) struct Glances<'a> {
    run: &'a Run,
    idle: Mutex<Vec<Glancer>>,
}

impl<'a> Glances<'a> {
    /// Begins with none.
    pub(super) fn new(run: &'a Run) -> Self {
        Self { run, idle: Mutex::default() }
    }

    /// Glances at files that may be anything an annex can be. Gives what they claim, and those that cannot be used.
    pub(super) fn annexes<'b>(
        &self,
        files: impl IntoIterator<Item = NamedFile<'b>>,
    ) -> Result<(FileClaims, Vec<RefusedFile<'b>>), FileError> {
        let (mut claims, mut refused) = (FileClaims::new(), Vec::new());
        for file in files {
            match self.at(file.path, Glancer::annex)? {
                Ok(glance) => claims.extend(named(glance.claims).map(|claims| (file.path.into(), claims))),
                Err(refusal) => refused.push((file, refusal)),
            }
        }
        Ok((claims, refused))
    }

    /// Says what a PDF claims, if it can be read.
    pub(super) fn claims(&self, path: &Path) -> Result<Option<String>, FileError> {
        Ok(self.pdf(path)?.ok().and_then(|glance| named(glance.claims)))
    }

    /// Glances at a file that has to be a PDF.
    pub(super) fn pdf(&self, path: &Path) -> Glanced {
        self.at(path, Glancer::pdf)
    }

    fn at(
        &self,
        path: &Path,
        ask: impl FnOnce(&mut Glancer, Vec<u8>) -> std::io::Result<Result<FileGlance, Refusal>>,
    ) -> Glanced {
        let bytes = match files::read(path, MAX_FILE_BYTES) {
            Ok(bytes) => bytes,
            Err(ReadError::System(failure)) => return Err(failure),
            Err(error) => return Ok(Err(Refusal::Damaged(error.to_string()))),
        };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut glancer = idle.unwrap_or_else(|| Glancer::new(self.run.program()).until(self.run.stop()));
        let glance = ask(&mut glancer, bytes).map_err(|error| self.run.not_run(error));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(glancer);
        glance
    }
}

/// Claims in words; none if there are none.
pub(super) fn named(claims: Claims) -> Option<String> {
    Some(claims.to_string()).filter(|claims| !claims.is_empty())
}
