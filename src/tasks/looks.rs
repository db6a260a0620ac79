//! A look at the files that records name, each once in a run, by a process of each thread.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_bytes::ByteBuf;

use crate::check::files::{NamedFile, named_files};
use crate::files::{self, FileError, ReadError};
use crate::pdf::{FileLook, Looker, Refusal};
use crate::record::proposal::Proposal;

/// The largest file that is looked at, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What came of a look at a file.
type Look = Arc<Result<FileLook, Refusal>>;
/// A place for a look that one thread takes, while others that need it wait.
type LookPlace = Arc<OnceLock<Look>>;

/// The looks of a run.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<BTreeMap<PathBuf, LookPlace>>);

impl Looks {
    /// Looks at the files that a record names.
    pub(super) fn of<'a>(
        &self,
        looker: &mut Looker,
        proposal: &'a Proposal,
    ) -> Result<Vec<(NamedFile<'a>, Look)>, FileError> {
        let look = |file: NamedFile<'a>| {
            let look = self.at(looker, file.path)?;
            Ok((file, look))
        };
        named_files(proposal).into_iter().map(look).collect()
    }

    fn at(&self, looker: &mut Looker, path: &Path) -> Result<Look, FileError> {
        let place = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(path.to_path_buf()).or_default())
        };
        if let Some(look) = place.get() {
            return Ok(Arc::clone(look));
        }
        let bytes = match files::read(path, MAX_FILE_BYTES) {
            Ok(bytes) => ByteBuf::from(bytes),
            Err(ReadError::System(failure)) => return Err(failure),
            Err(error) => return Ok(Arc::new(Err(Refusal::Damaged(error.to_string())))),
        };
        Ok(Arc::clone(place.get_or_init(|| Arc::new(looker.look(&bytes)))))
    }
}
