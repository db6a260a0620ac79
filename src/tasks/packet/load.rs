//! Reads the files of papers: those that this program rendered as they are, all others through a process with limits that
//! makes them fit.

use std::io::ErrorKind;
use std::ops::ControlFlow;

use serde_bytes::ByteBuf;

use super::kept_parts::{KeptPart, KeptParts};
use crate::bind::foreign::{Fit, Fitter, Work};
use crate::bind::{PageEdges, Part};
use crate::files::{self, FileError, ReadError};
use crate::packet::{Edition, Paper, PaperContent, PaperFile};
use crate::pdf::{FileLook, LoadError, Looker, Refusal};
use crate::record::proposal::Annex;
use crate::record::session::Session;
use crate::run::Run;
use crate::typeset::{self, Engine};

/// The largest file that is read, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 30;

/// What was read of the papers of a session.
pub(super) struct Loaded {
    /// The contents of the papers, in their order; fewer if the run was stopped.
    pub contents: Vec<PaperContent>,
    /// What of each is to be kept: the parts of files that this program rendered.
    pub kept: Vec<Option<KeptPart>>,
}

impl Loaded {
    /// The parts that are to be kept.
    pub(super) fn parts(&self) -> Vec<(&KeptPart, &Part)> {
        let all = self.kept.iter().zip(&self.contents);
        all.filter_map(|(kept, content)| Some((kept.as_ref()?, &content.part))).collect()
    }
}

/// Reads the files of all papers of a session; those of our own whose parts are `kept` by these hashes are not read again.
/// Fails if the environment does: that is no fault of a paper.
pub(super) fn load(
    run: &Run,
    session: &Session,
    papers: &[Paper<'_>],
    hashes: &[Option<String>],
    kept: &KeptParts,
) -> Result<Loaded, FileError> {
    let capacity = papers.len();
    let mut loaded = Loaded { contents: Vec::with_capacity(capacity), kept: Vec::with_capacity(capacity) };
    let mut failed = None;
    let work = |readers: &mut Readers<'_>, at: usize| -> Result<_, FileError> {
        let paper = &papers[at];
        let hash = hashes.get(at).and_then(Option::as_deref);
        Ok(readers
            .read(paper, hash)?
            .unwrap_or_else(|refusal| (gap(session, paper, refusal, Part::read), None)))
    };
    let keep = |read| match read {
        Ok((content, kept)) => {
            loaded.contents.push(content);
            loaded.kept.push(kept);
            ControlFlow::Continue(())
        }
        Err(failure) => {
            failed = Some(failure);
            ControlFlow::Break(())
        }
    };
    run.each_in_order(papers.len(), || Readers::new(run, kept), work, keep);
    failed.map_or(Ok(loaded), Err)
}

/// Reads only these pages of the file of a paper, by their places from 0, with an empty page where there is none; without the
/// marks of reviewers or with them. What stands for a paper that cannot be read is there as a whole.
pub(super) fn load_selected(
    run: &Run,
    session: &Session,
    paper: &Paper<'_>,
    pages: &[Option<usize>],
    marks: bool,
) -> Result<PaperContent, FileError> {
    let bytes = paper.path().and_then(|path| files::read(path, MAX_FILE_BYTES).ok());
    let is_foreign = matches!(paper.file, PaperFile::Foreign(_));
    let hash = bytes.as_ref().filter(|_| is_foreign).map(|bytes| files::hash(&[bytes]));
    // As when the whole paper was read: what is from elsewhere is looked at only in a process with limits.
    let (pdf, edges) = match (&paper.file, bytes) {
        (PaperFile::Form(_), Some(bytes)) => {
            let edges = own_edges(paper, &bytes);
            (Some(bytes), edges)
        }
        (PaperFile::Foreign(_), Some(bytes)) => {
            let fit = Fitter::new(run.program(), run.stop()).fit(&work(paper, ByteBuf::from(bytes)));
            let fit = fit.map_err(|source| run.not_run(source))?.ok();
            fit.map_or((None, Vec::new()), |fit| (Some(fit.pdf.into_vec()), fit.edges))
        }
        _ => (None, Vec::new()),
    };
    let read = |bytes: &[u8], slug: &str| Part::read_selected(bytes, slug, pages, marks);
    let mut part = pdf.and_then(|pdf| read(&pdf, &paper.slug).ok());
    let of_page = |page: &Option<usize>| page.and_then(|page| edges.get(page).cloned()).unwrap_or_default();
    part.iter_mut().for_each(|part| part.edges = pages.iter().map(of_page).collect());
    let missing = || Refusal::Damaged("Die Datei gibt es nicht.".to_owned());
    Ok(match part {
        Some(part) => PaperContent { hash, ..PaperContent::of(part) },
        None => gap(session, paper, missing(), read),
    })
}

/// A form that this program rendered.
fn own(paper: &Paper<'_>, bytes: &[u8]) -> Result<ReadPaper, Refusal> {
    let mut part = Part::read(bytes, &paper.slug)?;
    part.edges = own_edges(paper, bytes);
    // The file may be another one than a moment ago.
    Ok((PaperContent::of(part), Some(kept_part(paper, &files::hash(&[bytes])))))
}

/// What is kept of a form whose file has this hash.
fn kept_part(paper: &Paper<'_>, hash: &str) -> KeptPart {
    KeptPart::of(hash, &paper.slug, has_known_margins(paper))
}

/// What is drawn at the edges of the pages of a form.
fn own_edges(paper: &Paper<'_>, bytes: &[u8]) -> Vec<PageEdges> {
    if has_known_margins(paper) { Vec::new() } else { PageEdges::of_file(bytes) }
}

/// Tells whether a form is one of this program's own, whose pages have nothing where stamps stand.
fn has_known_margins(paper: &Paper<'_>) -> bool {
    let annexes = paper.proposal.iter().flat_map(|proposal| &proposal.annexes);
    let own = annexes.filter(|annex| Some(annex.label()) == paper.annex.as_deref());
    own.into_iter().any(|annex| matches!(annex, Annex::Form(form) if form.template.built_in))
}

/// The content of a paper, and what of it is to be kept.
type ReadPaper = (PaperContent, Option<KeptPart>);

/// What reads the files of papers: a process that makes them fit, and one that looks at what was left in them.
struct Readers<'a> {
    run: &'a Run,
    kept: &'a KeptParts,
    fitter: Fitter,
    looker: Looker,
}

impl<'a> Readers<'a> {
    fn new(run: &'a Run, kept: &'a KeptParts) -> Self {
        Self {
            run,
            kept,
            fitter: Fitter::new(run.program(), run.stop()),
            looker: Looker::new(run.program(), run.stop()),
        }
    }

    /// Reads the file of a paper, which had this hash. Fails if that is no fault of the file.
    fn read(
        &mut self,
        paper: &Paper<'_>,
        hash: Option<&str>,
    ) -> Result<Result<ReadPaper, Refusal>, FileError> {
        let path = match &paper.file {
            PaperFile::Form(path) | PaperFile::Foreign(path) => path,
            PaperFile::Missing(reason) => return Ok(Err(Refusal::Damaged(reason.clone()))),
        };
        if let (PaperFile::Form(_), Some(hash)) = (&paper.file, hash) {
            let mut name = kept_part(paper, hash);
            if let Some(part) = self.kept.get(&mut name) {
                return Ok(Ok((PaperContent::of(part), Some(name))));
            }
        }
        let bytes = match files::read(path, MAX_FILE_BYTES) {
            Ok(bytes) => ByteBuf::from(bytes),
            Err(error) => return unread(error).map(Err),
        };
        match &paper.file {
            PaperFile::Foreign(_) => Ok(self.foreign(paper, bytes)?.map(|content| (content, None))),
            _ => Ok(own(paper, &bytes)),
        }
    }

    fn foreign(
        &mut self,
        paper: &Paper<'_>,
        bytes: ByteBuf,
    ) -> Result<Result<PaperContent, Refusal>, FileError> {
        let not_run = |source| self.run.not_run(source);
        // Of what only the council sees `check` says what was left in it.
        let is_public = paper.is_in(&Edition::PUBLIC);
        let look = is_public.then(|| self.looker.look(&bytes)).transpose().map_err(not_run)?;
        let hash = files::hash(&[&bytes]);
        let fit = self.fitter.fit(&work(paper, bytes)).map_err(not_run)?;
        let content = fit.and_then(|fit| content(paper, &fit, look));
        Ok(content.map(|content| PaperContent { hash: Some(hash), ..content }))
    }
}

/// Takes a file apart that was made fit, for the public without the marks of reviewers.
fn content(
    paper: &Paper<'_>,
    fit: &Fit,
    look: Option<Result<FileLook, Refusal>>,
) -> Result<PaperContent, Refusal> {
    let mut part = Part::read(&fit.pdf, &paper.slug)?;
    part.edges.clone_from(&fit.edges);
    let has_marks = |look: &FileLook| look.left.iter().any(|left| left.kind.is_mark());
    // Who cannot tell whether there are marks takes them out.
    let may_have = look.as_ref().is_some_and(|look| look.as_ref().map_or(true, has_marks));
    let mut without_marks = may_have.then(|| Part::read_without_marks(&fit.pdf, &paper.slug)).transpose()?;
    without_marks.iter_mut().for_each(|part| part.edges.clone_from(&fit.edges));
    Ok(PaperContent { without_marks, look, is_scan: fit.is_scan, ..PaperContent::of(part) })
}

fn unread(error: ReadError) -> Result<Refusal, FileError> {
    match error {
        ReadError::TooLarge { limit, .. } => {
            Ok(Refusal::Exhausting(format!("die Datei ist größer als {} MiB.", limit >> 20)))
        }
        // It was there a moment ago.
        ReadError::System(failure) if failure.source.kind() != ErrorKind::NotFound => Err(failure),
        other => Ok(Refusal::Damaged(other.to_string())),
    }
}

/// What has to be known to make a file fit.
fn work(paper: &Paper<'_>, bytes: ByteBuf) -> Work {
    let proposal = paper.proposal;
    Work {
        bytes,
        title: paper.name(),
        alt: paper.name(),
        author: proposal.map(|proposal| proposal.office.clone()).unwrap_or_default(),
        date: proposal.and_then(|proposal| proposal.date),
    }
}

/// A page that says what is missing.
fn gap(
    session: &Session,
    paper: &Paper<'_>,
    refusal: Refusal,
    read: impl Fn(&[u8], &str) -> Result<Part, LoadError>,
) -> PaperContent {
    let heading = format!("{} fehlt", paper.label);
    let number = paper.number.clone().filter(|_| !paper.is_on_its_own());
    let name = [number.unwrap_or_default(), paper.name()].join(" ");
    let set = |name: &str| {
        let job = typeset::gap(&heading, name, session.date);
        let outcome = Engine::default().run(&job, &session.project.fonts);
        read(outcome.files.first()?, &paper.slug).ok()
    };
    // A title may have characters that the font does not; the label has none.
    let part = set(name.trim()).or_else(|| set(&paper.label)).unwrap_or_else(|| Part::empty(&paper.slug));
    PaperContent { refusal: Some(refusal), ..PaperContent::of(part) }
}
