//! The gate before everything that is for everybody: nothing passes that holds something of what is not public, and
//! nothing that cannot be searched.
//!
//! Files are read in processes with limits. What is looked for, and what is said of what is found, is decided in `packet`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::child::Stopped;
use crate::diagnostics::Diagnostic;
use crate::files::{self, FileError, ReadError};
use crate::packet::secrets::{SearchResult, Secret, SecretContent, SecretFile};
use crate::packet::{self, Confidential, PublicPlace, Releases, Searcher, SecretOrigin, Trace};
use crate::pdf::text::TextPlace;
use crate::run::Run;

/// The largest file that is searched, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 30;

/// What is looked for in everything that passes.
pub(super) struct Gate<'a> {
    run: &'a Run,
    /// What is not public, and where it comes from.
    pub confidential: Confidential,
    /// The hashes of the files that are not public, with the places of their origins.
    copies: BTreeMap<String, usize>,
    searchers: Searchers<'a>,
}

/// What came of the search of one file.
pub(super) enum Searched {
    /// It was searched.
    Through(SearchResult),
    /// It was not, and why.
    Not(String),
}

impl Searched {
    /// Tells whether something was found that stands on no page.
    pub(super) fn has_homeless(&self) -> bool {
        match self {
            Self::Through(result) => {
                result.hits.iter().any(|hit| hit.place.page().is_none())
                    || result.unread.iter().any(|unread| unread.place.page().is_none())
            }
            Self::Not(_) => false,
        }
    }

    /// Tells whether something in it could not be read.
    pub(super) fn has_unread(&self) -> bool {
        matches!(self, Self::Through(result) if !result.unread.is_empty())
    }

    /// Gives what was found; nothing if it was not searched.
    pub(super) fn into_result(self) -> SearchResult {
        match self {
            Self::Through(result) => result,
            Self::Not(_) => SearchResult::default(),
        }
    }

    /// Leaves out what could not be read.
    pub(super) fn without_unread(self) -> Self {
        match self {
            Self::Through(result) => Self::Through(SearchResult { unread: Vec::new(), ..result }),
            Self::Not(why) => Self::Not(why),
        }
    }
}

impl<'a> Gate<'a> {
    /// Reads the files that are not public, so that they can be found again.
    pub(super) fn open(run: &'a Run, mut confidential: Confidential) -> Result<Self, FileError> {
        let sources = std::mem::take(&mut confidential.files);
        let searchers = Searchers { run, idle: Mutex::default() };
        let know = |lent: &mut Lent<'_>, at: usize| known(lent, &sources[at].1);
        let (mut all, mut copies) = (Vec::new(), BTreeMap::new());
        run.each_in_order(
            sources.len(),
            || searchers.lend(),
            know,
            |known| {
                all.push(known);
                ControlFlow::Continue(())
            },
        );
        for ((origin, _), known) in sources.iter().zip(all) {
            let known = known?;
            copies.insert(known.hash, *origin);
            if known.is_blind {
                confidential.unread.push(*origin);
            }
            let secrets = known.contents.into_iter().map(|content| Secret { content, origin: *origin });
            confidential.wanted.secrets.extend(secrets);
        }
        copies.extend(confidential.pictures.iter().map(|(origin, hash)| (hash.clone(), *origin)));
        Ok(Self { run, confidential, copies, searchers })
    }

    /// Gives where a file comes from that is the same as one that is not public.
    pub(super) fn original(&self, path: &Path) -> Option<&SecretOrigin> {
        // Nothing is hashed for nothing.
        let hash = if self.copies.is_empty() { None } else { files::hash_of(path, MAX_FILE_BYTES) };
        self.copies.get(&hash?).map(|origin| &self.confidential.origins[*origin])
    }

    /// Searches one file.
    pub(super) fn search(&self, file: &[u8]) -> Result<Searched, FileError> {
        self.search_with(&mut self.searchers.lend(), file)
    }

    fn search_with(&self, lent: &mut Lent<'_>, file: &[u8]) -> Result<Searched, FileError> {
        match lent.get().search(&self.confidential.wanted, file) {
            Ok(result) => Ok(Searched::Through(result)),
            Err(Stopped::Environment(error)) => Err(self.run.not_run(error)),
            Err(stopped) => Ok(Searched::Not(stopped.to_string())),
        }
    }

    /// Searches files; `each` gets the place of each, in order, and what came of it; fewer if the run is stopped.
    pub(super) fn search_files(
        &self,
        paths: &[PathBuf],
        mut each: impl FnMut(usize, Searched),
    ) -> Result<(), FileError> {
        let search = |lent: &mut Lent<'_>, at: usize| match files::read(&paths[at], MAX_FILE_BYTES) {
            Ok(file) => self.search_with(lent, &file),
            Err(ReadError::System(failure)) => Err(failure),
            Err(error) => Ok(Searched::Not(error.to_string())),
        };
        let (mut at, mut failure) = (0, None);
        self.run.each_in_order(
            paths.len(),
            || self.searchers.lend(),
            search,
            |searched| match searched {
                Ok(searched) => {
                    each(at, searched);
                    at += 1;
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            },
        );
        failure.map_or(Ok(()), Err)
    }

    /// Says what came of a search, but for what is released. `place` tells what a thing that was found stands in.
    pub(super) fn said(
        &self,
        searched: &Searched,
        releases: &mut Releases<'_>,
        place: impl Fn(Trace<'_>) -> PublicPlace,
    ) -> Vec<Diagnostic> {
        match searched {
            Searched::Through(result) => packet::found(result, &self.confidential, releases, place),
            Searched::Not(why) => vec![packet::not_searched(why, &place(Trace::File))],
        }
    }
}

/// What is known of a file that is not public.
struct KnownFile {
    hash: String,
    contents: Vec<SecretContent>,
    /// Whether it cannot be read, and so only the file as a whole is known.
    is_blind: bool,
}

/// Reads a file that is not public. Whatever cannot be read is known as a whole.
fn known(lent: &mut Lent<'_>, path: &Path) -> Result<KnownFile, FileError> {
    let whole = |hash: String| {
        let contents = vec![SecretContent::Bytes(hash.clone())];
        KnownFile { hash, contents, is_blind: true }
    };
    let file = match files::read(path, MAX_FILE_BYTES) {
        Ok(file) => file,
        Err(ReadError::System(failure)) => return Err(failure),
        Err(_) => return Ok(whole(files::hash_of(path, u64::MAX).unwrap_or_default())),
    };
    let hash = files::hash(&[&file]);
    match lent.get().know(&file) {
        Ok(SecretFile { contents, unread }) => {
            let is_blind = unread.iter().any(|unread| unread.place == TextPlace::File);
            Ok(KnownFile { hash, contents, is_blind })
        }
        Err(Stopped::Environment(error)) => Err(lent.searchers.run.not_run(error)),
        Err(_) => Ok(whole(hash)),
    }
}

/// The processes that search, and those of them that wait for the next file.
struct Searchers<'a> {
    run: &'a Run,
    idle: Mutex<Vec<Searcher>>,
}

impl Searchers<'_> {
    fn lend(&self) -> Lent<'_> {
        let searcher = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent { searchers: self, searcher }
    }
}

/// A process that searches for one thread, and later for another.
struct Lent<'a> {
    searchers: &'a Searchers<'a>,
    searcher: Option<Searcher>,
}

impl Lent<'_> {
    fn get(&mut self) -> &mut Searcher {
        let run = self.searchers.run;
        self.searcher.get_or_insert_with(|| Searcher::new(run.program(), run.stop()))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.searchers.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.searcher.take());
    }
}
