//! A look at a file that comes from elsewhere before it is passed on: what it is, what was left in it, and what of it
//! nobody can read.
//!
//! Done by a child process with limits, because such a file may be anything.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lopdf::{Document, Object};
use serde::{Deserialize, Serialize};
use serde_bytes::Bytes;

use super::file_format::AnnexFormat;
use super::leftovers::{Leftover, leftovers};
use super::load::load;
use super::objects::{dict, list, value};
use super::photos::PhotoTraces;
use super::refusal::Refusal;
use super::scans::{self, Labels};
use super::text::{self, PdfReading, TextLimits, TextPlace, UnreadReason};
use crate::child::{self, ChildWorker, Limits, Stopped};

/// What the child is allowed for one file.
pub const LOOK_LIMITS: Limits =
    Limits { command: "look-worker", time: Duration::from_secs(30), memory: 4 << 30 };

/// What a file is, and what there is in it that those who pass it on should know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLook {
    /// What it is.
    pub format: AnnexFormat,
    /// What was left behind in it.
    pub left: Vec<Leftover>,
    /// Pages that cannot be read, so that nobody knows what is hidden on them.
    pub unread: Vec<usize>,
    /// Pages that are pictures without any text.
    pub scans: Vec<usize>,
    /// Whether what it is about is not on its pages.
    pub shell: Option<Shell>,
    /// What its photos say of themselves.
    pub photos: PhotoTraces,
}

/// A PDF whose pages say only that another program is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shell {
    /// A form whose fields are laid out by Adobe's programs when it is opened (dynamic XFA).
    DynamicForm,
    /// A cover around attached files.
    Portfolio,
}

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
enum LookWork<'a> {
    /// What this file is.
    Look(Cow<'a, Bytes>),
    /// What one sees on the pages of this PDF.
    Appearances(Cow<'a, Bytes>),
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
enum LookAnswer {
    Looked(Result<FileLook, Refusal>),
    Appearances(Option<Vec<String>>),
}

/// A child process that looks at files, one after another.
pub struct Looker(ChildWorker<LookAnswer>);

impl Looker {
    /// `program` is this program, and `stop` makes it give up.
    pub fn new(program: &Path, stop: Arc<AtomicBool>) -> Self {
        Self(ChildWorker::new(program, LOOK_LIMITS).until(stop))
    }

    /// Looks at a file. Fails if the process cannot be started or the user wants to stop, which is no fault of the file.
    pub fn look(&mut self, file: &[u8]) -> io::Result<Result<FileLook, Refusal>> {
        let answer = self.0.run(&LookWork::Look(Cow::Borrowed(Bytes::new(file))));
        Ok(match Stopped::of_the_work(answer)? {
            Ok(LookAnswer::Looked(look)) => look,
            Ok(LookAnswer::Appearances(_)) => Err(Stopped::Died(LOOK_LIMITS.memory).into()),
            Err(stopped) => Err(stopped.into()),
        })
    }

    /// Gives a hash of what one sees on each page of a PDF; none if it cannot be read. Fails as [`Self::look`] does.
    pub fn appearances(&mut self, file: &[u8]) -> io::Result<Option<Vec<String>>> {
        let answer = self.0.run(&LookWork::Appearances(Cow::Borrowed(Bytes::new(file))));
        Ok(match Stopped::of_the_work(answer)? {
            Ok(LookAnswer::Appearances(looks)) => looks,
            Ok(LookAnswer::Looked(_)) | Err(_) => None,
        })
    }
}

/// The child's side.
pub fn serve_looks(input: impl Read, output: impl Write + Send) -> io::Result<()> {
    child::serve(LOOK_LIMITS, input, output, |work: LookWork<'static>| match work {
        LookWork::Look(file) => LookAnswer::Looked(look(&file)),
        LookWork::Appearances(file) => LookAnswer::Appearances(text::appearances(&file)),
    })
}

fn look(file: &[u8]) -> Result<FileLook, Refusal> {
    let format = AnnexFormat::of(file).ok_or_else(|| Refusal::foreign(file))?;
    if format == AnnexFormat::Pdf {
        let document = load(file)?;
        let reading = text::read(file, &TextLimits::default(), &mut |_, _, _| {});
        return Ok(FileLook::of(&document, &reading));
    }
    let labels = Labels { title: "", alt: "", author: "", date: None };
    scans::scan(file, &labels).map_err(|error| Refusal::Damaged(error.to_string()))?;
    Ok(FileLook { photos: PhotoTraces::of_picture(file), ..FileLook::empty(format) })
}

impl FileLook {
    fn empty(format: AnnexFormat) -> Self {
        let (left, unread, scans) = (Vec::new(), Vec::new(), Vec::new());
        Self { format, left, unread, scans, shell: None, photos: PhotoTraces::default() }
    }

    /// Says what there is in a PDF that was read.
    pub fn of(document: &Document, reading: &PdfReading) -> Self {
        Self {
            left: leftovers(document, reading),
            unread: unread(reading),
            scans: scanned(reading),
            shell: shell(document),
            photos: PhotoTraces::of_document(document),
            ..Self::empty(AnnexFormat::Pdf)
        }
    }
}

/// Lists the pages that could not be drawn.
fn unread(reading: &PdfReading) -> Vec<usize> {
    let pages = reading.unread.iter().filter_map(|unread| match (&unread.place, &unread.why) {
        (_, UnreadReason::NoLetters { .. }) => None,
        (TextPlace::Page(page), _) => Some(*page),
        _ => None,
    });
    let mut pages: Vec<usize> = pages.collect();
    pages.dedup();
    pages
}

/// Lists the pages that are pictures, with no text behind them either.
fn scanned(reading: &PdfReading) -> Vec<usize> {
    let has_text: HashSet<usize> = reading
        .pages
        .iter()
        .filter(|page| page.drawn.text.contains(char::is_alphanumeric))
        .map(|page| page.number)
        .collect();
    let scans = reading.pictures.iter().filter(|picture| picture.scan).map(|picture| picture.page);
    scans.filter(|page| !has_text.contains(page)).collect()
}

/// Tells whether what a document is about is not on its pages.
fn shell(document: &Document) -> Option<Shell> {
    let catalog = document.catalog().ok()?;
    if dict(document, catalog, b"Collection").is_some() {
        return Some(Shell::Portfolio);
    }
    let form = dict(document, catalog, b"AcroForm")?;
    let needs_rendering = value(document, catalog, b"NeedsRendering").map(Object::as_bool);
    // A static form has its fields on its pages too.
    let is_dynamic = matches!(needs_rendering, Some(Ok(true))) || list(document, form, b"Fields").is_empty();
    (is_dynamic && form.has(b"XFA")).then_some(Shell::DynamicForm)
}
