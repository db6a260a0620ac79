//! The search for secrets in a process of its own, with limits: what is searched may be anything.
//!
//! Knows nothing of sessions and papers.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_bytes::Bytes;

use super::secrets::{SearchResult, SecretFile, SecretIndex, Wanted, of_file, search};
use crate::child::{self, ChildWorker, Limits, Stopped};
use crate::pdf::text::TextLimits;

/// What the child is allowed for one file.
pub const LIMITS: Limits =
    Limits { command: "search-worker", time: Duration::from_secs(120), memory: 4 << 30 };

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
enum SearchWork<'a> {
    /// What of this file, which is not public, is to be looked for.
    Know(Cow<'a, Bytes>),
    /// To look for this from now on.
    Want(Cow<'a, Wanted>),
    /// What of it is in this file.
    Search(Cow<'a, Bytes>),
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
enum SearchAnswer {
    Known(SecretFile),
    Ready,
    Found(SearchResult),
}

/// A child process that searches one file after another.
pub struct Searcher {
    child: ChildWorker<SearchAnswer>,
    /// Whether each child is told what it has to look for.
    is_ready: bool,
}

impl Searcher {
    /// Prepares a child; `program` is this program, and `stop` makes it give up.
    pub fn new(program: &Path, stop: Arc<AtomicBool>) -> Self {
        Self { child: ChildWorker::new(program, LIMITS).until(stop), is_ready: false }
    }

    /// Tells what of a file that is not public is to be looked for.
    pub fn know(&mut self, file: &[u8]) -> Result<SecretFile, Stopped> {
        match self.child.run(&SearchWork::Know(Cow::Borrowed(Bytes::new(file))))? {
            SearchAnswer::Known(file) => Ok(file),
            SearchAnswer::Ready | SearchAnswer::Found(_) => Err(Stopped::Died(LIMITS.memory)),
        }
    }

    /// Looks in a file for what is wanted, which is the same for all files that one searcher gets.
    pub fn search(&mut self, wanted: &Wanted, file: &[u8]) -> Result<SearchResult, Stopped> {
        if !self.is_ready {
            self.child.begin(&SearchWork::Want(Cow::Borrowed(wanted)))?;
            self.is_ready = true;
        }
        match self.child.run(&SearchWork::Search(Cow::Borrowed(Bytes::new(file))))? {
            SearchAnswer::Found(result) => Ok(result),
            SearchAnswer::Ready | SearchAnswer::Known(_) => Err(Stopped::Died(LIMITS.memory)),
        }
    }
}

/// The child's side.
pub fn serve(input: impl Read, output: impl Write + Send) -> io::Result<()> {
    let limits = TextLimits::default();
    let mut index = None;
    child::serve(LIMITS, input, output, |work: SearchWork<'static>| match work {
        SearchWork::Know(file) => SearchAnswer::Known(of_file(&file, &limits)),
        SearchWork::Want(wanted) => {
            index = Some(SecretIndex::new(&wanted));
            SearchAnswer::Ready
        }
        SearchWork::Search(file) => match &index {
            Some(index) => SearchAnswer::Found(search(&file, index, &limits)),
            // Who looks for nothing finds nothing.
            None => SearchAnswer::Ready,
        },
    })
}
