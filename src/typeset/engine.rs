//! The typst engine: makes one document after another, in one thread.

mod bands;
mod findings;
mod finish;
mod look;
mod rules;
mod screen;
mod world;

use std::collections::HashSet;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_bytes::ByteBuf;
use typst::diag::Warned;
use typst::foundations::{Datetime, Smart};
use typst::model::DocumentInfo;
use typst::utils::Scalar;
use typst_layout::{Page, PagedDocument};
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};
use typst_render::RenderOptions;

use super::data::Metadata;
use super::job::{Finding, Job, JobOutcome, JobWork, ScreenBand, ScreenPage, Stage};
use super::options::Format;
use super::proof;
use crate::day::Day;
use crate::record::fonts::Fonts;
use bands::{Band, bands};
use findings::{finding, unplaced};
use world::{JobWorld, KeptTypst, file_id};

/// The most pixels of a picture in either direction.
const MAX_PICTURE_SIDE: f64 = 20_000.0;

/// The stack that typst may need for deeply nested content, in bytes.
const STACK: usize = 16 << 20;

/// A hash of the parts of this program that make documents: its version and what every form shares.
pub static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    let shared = super::job::SHARED.iter().map(|(_, text)| *text).chain(super::packet::TEMPLATES);
    let parts: Vec<&[u8]> = shared.chain([version]).map(str::as_bytes).collect();
    crate::files::hash(&parts)
});

/// What makes documents, one after another.
#[derive(Default)]
pub struct Engine(KeptTypst);

const MAIN: &str = "/main.typ";
const RULES: &str = "/template/rules.typ";

impl Engine {
    /// Makes one document.
    pub fn run(&self, job: &Job, fonts: &Fonts) -> JobOutcome {
        let outcome = match (self.desk(job, fonts), &job.work) {
            (Ok(desk), JobWork::Rules) => rules::run(&desk, job),
            (Ok(desk), JobWork::Document(format)) => make(&desk, Some(format), job),
            (Ok(desk), JobWork::Pages) => make(&desk, None, job),
            (Ok(desk), JobWork::Stamps) => make(&desk, Some(&Format::Pdf(Vec::new())), job),
            (Err(finding), _) => JobOutcome { findings: vec![finding], ..JobOutcome::default() },
        };
        forget(&job.work);
        outcome
    }

    /// Lays out a document only to count its pages; `None` if that fails.
    pub fn page_count(&self, job: &Job, fonts: &Fonts) -> Option<usize> {
        let desk = self.desk(job, fonts).ok()?;
        let document = typst::compile::<PagedDocument>(&desk).output.ok();
        forget(&job.work);
        document.map(|document| document.pages().len())
    }

    fn desk<'a>(&'a self, job: &Job, fonts: &'a Fonts) -> Result<JobWorld<'a>, Finding> {
        let place = |path: &str| file_id(path).ok_or_else(|| unplaced(&format!("bad file name: {path}")));
        let named: Result<Vec<_>, Finding> =
            job.files.iter().map(|(path, bytes)| Ok((place(path)?, bytes.as_slice()))).collect();
        let files = self.0.files(&named?);
        let main = match job.work {
            JobWork::Rules => RULES,
            JobWork::Document(_) | JobWork::Pages | JobWork::Stamps => MAIN,
        };
        Ok(JobWorld { kept: &self.0, fonts, files, main: place(main)? })
    }
}

/// Does work on a separate thread, where typst finds no other threads. It uses rayon within a document; with a pool
/// shared between documents, a thread that waits for a part of one would take up a whole other one on the same stack.
pub fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread_local! {
        // Kept for the next time: to begin a thread takes longer than many a piece of work.
        static OTHER: Option<ThreadPool> = ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build().ok();
    }
    OTHER.with(|other| match other {
        Some(other) => other.install(work),
        None => work(),
    })
}

/// How many documents later a result is forgotten that none of them has used. Records of a batch take turns with their forms
/// and tables, and some threads with theirs; what is kept longer takes memory, and longer to look through than it saves.
const KEPT_FOR: usize = 8;
/// So many times as long it is kept of pages on a screen: those of many people take turns, and all but a few words of a page
/// are as they were.
const ON_SCREEN: usize = 8;

/// Forgets the results that no later document needs, which would only fill the memory.
fn forget(work: &JobWork) {
    static SHOWN: AtomicUsize = AtomicUsize::new(0);
    // A document counts as one later only when results are looked through, and that takes longer the more there are.
    if !is_on_screen(work) || SHOWN.fetch_add(1, Ordering::Relaxed).is_multiple_of(ON_SCREEN) {
        typst::comemo::evict(KEPT_FOR);
    }
}

fn is_on_screen(work: &JobWork) -> bool {
    matches!(work, JobWork::Document(Format::Svg { .. }))
}

/// Forgets all results, also those that later documents may need: after a document of many pages they take more room than
/// they are worth.
pub fn forget_all() {
    typst::comemo::evict(0);
}

/// Makes a document, and exports it in a format.
fn make(desk: &JobWorld<'_>, format: Option<&Format>, job: &Job) -> JobOutcome {
    let Warned { mut output, warnings } = typst::compile::<PagedDocument>(desk);
    if let (Ok(document), Some(metadata)) = (&mut output, &job.metadata) {
        describe(document.info_mut(), metadata, job.date);
    }
    let mut findings: Vec<Finding> =
        warnings.iter().map(|warning| finding(desk, warning, Stage::Warning)).collect();
    let (faults, mut places) = match (&output, &job.expected) {
        (Ok(document), Some(expected)) => {
            let proof = proof::read(document, expected);
            (proof.faults, proof.places)
        }
        _ => Default::default(),
    };
    // Only who sees the pages on a screen asks where something stands.
    if !is_on_screen(&job.work) {
        places.clear();
    }
    let mut pages = Vec::new();
    let exported = match &output {
        Ok(document) => {
            format.map_or(Ok(Vec::new()), |format| export(desk, document, format, job, &mut pages))
        }
        Err(errors) => Err(errors.iter().map(|error| finding(desk, error, Stage::Compile)).collect()),
    };
    match exported {
        Ok(files) => JobOutcome { files, pages, findings, faults, places },
        Err(errors) => {
            findings.extend(errors);
            JobOutcome { findings, faults, ..JobOutcome::default() }
        }
    }
}

/// Adds to a document what it says of itself, where its layout says nothing.
fn describe(info: &mut DocumentInfo, metadata: &Metadata, date: Option<Day>) {
    let texts = |list: &[String]| list.iter().map(Into::into).collect();
    info.title.get_or_insert_with(|| metadata.title.as_str().into());
    if info.author.is_empty() {
        info.author = texts(&metadata.author);
    }
    if info.description.is_none() {
        info.description = metadata.description.as_deref().map(Into::into);
    }
    if info.keywords.is_empty() {
        info.keywords = texts(&metadata.keywords);
    }
    if info.date.is_auto() {
        info.date = Smart::Custom(date.and_then(datetime));
    }
}

fn datetime(day: Day) -> Option<Datetime> {
    Datetime::from_ymd(day.year().into(), day.month(), day.day())
}

/// Draws pages band by band, but for those that were seen before, and says how they are put together.
fn on_screen(document: &PagedDocument, seen: &[String]) -> (Vec<ByteBuf>, Vec<ScreenPage>) {
    let seen: HashSet<&str> = seen.iter().map(String::as_str).collect();
    let mut files = Vec::new();
    let page = |page: &Page| {
        let band = |band: Band| {
            let Band { mark, top, page } = band;
            let svg = (!seen.contains(mark.as_str())).then(|| screen::draw(&page).into_bytes());
            files.push(ByteBuf::from(svg.unwrap_or_default()));
            ScreenBand { mark, top: top.to_pt(), height: page.frame.height().to_pt() }
        };
        let bands = bands(page).into_iter().map(band).collect();
        ScreenPage { width: page.frame.width().to_pt(), height: page.frame.height().to_pt(), bands }
    };
    let pages = document.pages().iter().map(page).collect();
    (files, pages)
}

fn export(
    world: &JobWorld<'_>,
    document: &PagedDocument,
    format: &Format,
    job: &Job,
    pages: &mut Vec<ScreenPage>,
) -> Result<Vec<ByteBuf>, Vec<Finding>> {
    match format {
        Format::Svg { seen } => {
            let files;
            (files, *pages) = on_screen(document, seen);
            Ok(files)
        }
        Format::Pdf(standards) => {
            let standards: Vec<_> = standards.iter().map(|standard| standard.0).collect();
            let standards =
                PdfStandards::new(&standards).map_err(|error| vec![unplaced(error.message().as_str())])?;
            let options = PdfOptions {
                ident: Smart::Custom(job.identity.clone()),
                creator: Smart::Custom(Some(concat!("anlage ", env!("CARGO_PKG_VERSION")).into())),
                timestamp: job.date.and_then(datetime).map(Timestamp::new_utc),
                standards,
                tagged: job.work != JobWork::Stamps,
                ..PdfOptions::default()
            };
            let pdf = typst_pdf::pdf(document, &options).map_err(|errors| {
                errors.iter().map(|error| finding(world, error, Stage::Export)).collect::<Vec<_>>()
            })?;
            Ok(vec![ByteBuf::from(finish::finish(pdf))])
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

#[cfg(test)]
mod reuse;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::packet;

    /// Makes a job that typesets these files, without a standard.
    fn job(files: &[(&str, &str)]) -> Job {
        let mut job = packet::stamps(&[]);
        job.work = JobWork::Document(Format::Pdf(Vec::new()));
        job.files = files.iter().map(|(path, text)| ((*path).to_owned(), ByteBuf::from(*text))).collect();
        job
    }

    fn run(job: &Job) -> JobOutcome {
        alone(|| Engine::default().run(job, &Fonts::built_in()))
    }

    #[test]
    fn each_stamp_has_a_page_and_no_tags() {
        let job = packet::stamps(&["TOP 1".to_owned(), "TOP 2".to_owned()]);
        let outcome = run(&job);
        assert_eq!(outcome.findings, []);
        assert_eq!(alone(|| Engine::default().page_count(&job, &Fonts::built_in())), Some(2));
        let pdf = String::from_utf8_lossy(&outcome.files[0]);
        assert!(pdf.starts_with("%PDF-") && !pdf.contains("StructTreeRoot"));
        assert_eq!(run(&job).files, outcome.files);
    }

    #[test]
    fn an_error_stands_where_the_form_calls_what_fails() {
        let shared = "#let part(x) = x + none.field";
        let layout = "#import \"/form.typ\": part\n#let layout() = [#part(1)]";
        let main = "#import \"/template/layout.typ\": layout\n#layout()";
        let outcome =
            run(&job(&[("/main.typ", main), ("/template/layout.typ", layout), ("/form.typ", shared)]));
        assert!(outcome.files.is_empty());
        let finding = &outcome.findings[0];
        assert_eq!((finding.stage, finding.file.as_deref()), (Stage::Compile, Some("/template/layout.typ")));
        assert_eq!(&layout[finding.range.clone()], "part(1)");
    }

    #[test]
    fn typst_sees_nothing_but_the_files_of_the_job() {
        let seen = |main: &str| run(&job(&[("/main.typ", main)])).findings.into_iter().map(|one| one.stage);
        for main in ["#read(\"/etc/passwd\")", "#import \"@preview/cetz:0.3.0\"", "#datetime.today()"] {
            assert_eq!(seen(main).collect::<Vec<_>>(), [Stage::Compile], "{main}");
        }
        assert_eq!(seen("a").count(), 0);
        assert_eq!(run(&job(&[])).findings.len(), 1);
    }

    #[test]
    fn pictures_have_a_largest_size_and_documents_their_standards() {
        let mut large = job(&[("/main.typ", "a")]);
        large.work = JobWork::Document(Format::Png { ppi: 1e6 });
        assert_eq!(run(&large).findings[0].stage, Stage::Export);
        large.work = JobWork::Document(Format::Png { ppi: 10.0 });
        assert!(run(&large).files[0].starts_with(b"\x89PNG"));
        large.work = JobWork::Document(Format::Svg { seen: Vec::new() });
        assert!(run(&large).files[0].starts_with(b"<svg"));
        // Without a title and a language it is no PDF/UA.
        large.work = JobWork::Document(Format::Pdf(crate::typeset::Standard::default_set()));
        assert!(run(&large).findings.iter().any(|finding| finding.stage == Stage::Export));
    }
}
