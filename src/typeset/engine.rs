//! The typst engine: one document after another, in one thread.

mod rules;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use serde_bytes::ByteBuf;
use typst::diag::{FileError, FileResult, Severity, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Duration, Func, Smart};
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::{LazyHash, Scalar};
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};
use typst_render::RenderOptions;

use super::job::{Finding, Format, Job, Outcome, Stage, Work};
use crate::record::fonts::Fonts;

/// Pictures larger than this in either direction are refused, in pixels.
const MAX_PICTURE_SIDE: f64 = 20_000.0;

/// What typst may need for what is deeply nested, in bytes.
const STACK: usize = 16 << 20;

/// A hash of this program as far as it makes documents: its version and what every form shares.
pub static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    let shared = super::job::SHARED.iter().map(|(_, text)| *text).chain(super::packet::TEMPLATES);
    let parts: Vec<&[u8]> = shared.chain([version]).map(str::as_bytes).collect();
    crate::files::hash(&parts)
});

/// What stays the same from document to document.
pub struct Engine {
    library: LazyHash<Library>,
    /// Parsed files, kept as long as their text does not change.
    sources: Mutex<HashMap<FileId, Source>>,
    /// The rules of the form that was run last, with its fingerprint: they are the same for every record.
    rules: Mutex<Option<(String, Vec<Func>)>>,
}

const MAIN: &str = "/main.typ";
const RULES: &str = "/template/rules.typ";

impl Default for Engine {
    fn default() -> Self {
        let features = [Feature::A11yExtras].into_iter().collect();
        Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            sources: Mutex::default(),
            rules: Mutex::default(),
        }
    }
}

impl Engine {
    /// Makes one document.
    pub fn run(&self, job: &Job, fonts: &Fonts) -> Outcome {
        let outcome = match (self.desk(job, fonts), &job.work) {
            (Ok(desk), Work::Rules) => rules::run(&desk, job),
            (Ok(desk), Work::Document(format)) => make(&desk, format, job),
            (Ok(desk), Work::Stamps) => make(&desk, &Format::Pdf(Vec::new()), job),
            (Err(finding), _) => Outcome { findings: vec![finding], ..Outcome::default() },
        };
        forget();
        outcome
    }

    /// Lays a document out, only to see how many pages it has; none if that fails.
    pub fn page_count(&self, job: &Job, fonts: &Fonts) -> Option<usize> {
        let desk = self.desk(job, fonts).ok()?;
        let document = typst::compile::<PagedDocument>(&desk).output.ok();
        forget();
        document.map(|document| document.pages().len())
    }

    fn desk<'a>(&'a self, job: &Job, fonts: &'a Fonts) -> Result<Desk<'a>, Finding> {
        let place = |path: &str| file_id(path).ok_or_else(|| unplaced(&format!("bad file name: {path}")));
        let mut files = HashMap::new();
        for (path, bytes) in &job.files {
            files.insert(place(path)?, Bytes::new(bytes.clone().into_vec()));
        }
        let main = match job.work {
            Work::Rules => RULES,
            Work::Document(_) | Work::Stamps => MAIN,
        };
        Ok(Desk { engine: self, fonts, files, main: place(main)? })
    }
}

/// Does work on a thread of its own, where typst finds no other threads. It uses rayon within a document, and with a pool
/// shared between documents a thread that waits for a part of one takes up another, whole, on the same stack.
pub fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// Nothing of one document helps the next; kept results would only fill the memory. What was used for this one is kept
/// until the one after the next: the shared files, and what another thread is about to use once more.
fn forget() {
    typst::comemo::evict(2);
}

fn make(desk: &Desk<'_>, format: &Format, job: &Job) -> Outcome {
    let Warned { output, warnings } = typst::compile::<PagedDocument>(desk);
    let mut findings: Vec<Finding> =
        warnings.iter().map(|warning| finding(desk, warning, Stage::Warning)).collect();
    let exported = match &output {
        Ok(document) => export(desk, document, format, job),
        Err(errors) => Err(errors.iter().map(|error| finding(desk, error, Stage::Compile)).collect()),
    };
    match exported {
        Ok(files) => Outcome { files, findings },
        Err(errors) => {
            findings.extend(errors);
            Outcome { files: Vec::new(), findings }
        }
    }
}

fn export(
    world: &Desk<'_>,
    document: &PagedDocument,
    format: &Format,
    job: &Job,
) -> Result<Vec<ByteBuf>, Vec<Finding>> {
    match format {
        Format::Pdf(standards) => {
            let standards: Vec<_> = standards.iter().map(|standard| standard.0).collect();
            let standards =
                PdfStandards::new(&standards).map_err(|error| vec![unplaced(error.message().as_str())])?;
            let date = job.date.and_then(|day| Datetime::from_ymd(day.year().into(), day.month(), day.day()));
            let options = PdfOptions {
                ident: Smart::Custom(job.identity.clone()),
                creator: Smart::Custom(Some(concat!("anlage ", env!("CARGO_PKG_VERSION")).into())),
                timestamp: date.map(Timestamp::new_utc),
                standards,
                tagged: job.work != Work::Stamps,
                ..PdfOptions::default()
            };
            let pdf = typst_pdf::pdf(document, &options).map_err(|errors| {
                errors.iter().map(|error| finding(world, error, Stage::Export)).collect::<Vec<_>>()
            })?;
            Ok(vec![ByteBuf::from(pdf)])
        }
        Format::Png { ppi } => {
            let scale = ppi / 72.0;
            let options = RenderOptions { pixel_per_pt: Scalar::new(scale), ..RenderOptions::default() };
            let page_too_large = |page: &typst_layout::Page| {
                page.frame.size().max_by_side().to_pt() * scale > MAX_PICTURE_SIDE
            };
            if document.pages().iter().any(page_too_large) {
                return Err(vec![unplaced("the picture would be too large")]);
            }
            document
                .pages()
                .iter()
                .map(|page| typst_render::render(page, &options).encode_png().map(ByteBuf::from))
                .collect::<Result<_, _>>()
                .map_err(|error| vec![unplaced(&error.to_string())])
        }
    }
}

fn finding(world: &Desk<'_>, diagnostic: &SourceDiagnostic, stage: Stage) -> Finding {
    let place = |span: DiagSpan| {
        let file = span.id()?.get().vpath().get_with_slash().to_owned();
        Some((file, world.range(span).unwrap_or_default()))
    };
    // An error inside a shared part is of more use where the form calls it.
    let own = std::iter::once(diagnostic.span).chain(diagnostic.trace.iter().map(|point| point.span.into()));
    let own = own.filter_map(place).find(|(file, _)| file.starts_with("/template/"));
    let (file, range) = match own.or_else(|| place(diagnostic.span)) {
        Some((file, range)) => (Some(file), range),
        None => (None, 0..0),
    };
    Finding {
        stage: if diagnostic.severity == Severity::Warning { Stage::Warning } else { stage },
        file,
        range,
        message: diagnostic.message.to_string(),
        hints: diagnostic.hints.iter().map(|hint| hint.v.to_string()).collect(),
    }
}

fn unplaced(message: &str) -> Finding {
    Finding { stage: Stage::Export, file: None, range: 0..0, message: message.to_owned(), hints: Vec::new() }
}

fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// What typst sees: the files of one job and nothing else; no clock, no packages, no disk.
struct Desk<'a> {
    engine: &'a Engine,
    fonts: &'a Fonts,
    files: HashMap<FileId, Bytes>,
    main: FileId,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.engine.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let bytes = self.file(id)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| FileError::InvalidUtf8)?;
        let mut sources = self.engine.sources.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match sources.get(&id) {
            Some(source) if source.text() == text => Ok(source.clone()),
            _ => {
                let source = Source::new(id, text.to_owned());
                sources.insert(id, source.clone());
                Ok(source)
            }
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let missing = || FileError::NotFound(id.get().vpath().get_with_slash().into());
        self.files.get(&id).cloned().ok_or_else(missing)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
