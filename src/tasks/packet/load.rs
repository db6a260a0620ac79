//! Reads the files of papers: those that this program rendered as they are, all others through a process with limits that
//! makes them fit.

use std::ops::ControlFlow;

use serde_bytes::ByteBuf;

use crate::bind::Part;
use crate::bind::foreign::{Fit, Fitter, Refusal, Work};
use crate::files::{self, ReadError};
use crate::packet::{Paper, PaperContent, PaperFile};
use crate::record::session::Session;
use crate::run::Run;
use crate::typeset::{self, Engine};

/// The largest file that is read, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 30;

/// Reads the files of all papers of a session, in their order; fewer if the run is stopped.
pub(super) fn load(run: &Run, session: &Session, papers: &[Paper<'_>]) -> Vec<PaperContent> {
    let mut contents = Vec::with_capacity(papers.len());
    let work = |fitter: &mut Fitter, at: usize| {
        let paper = &papers[at];
        read(paper, fitter).unwrap_or_else(|refusal| gap(session, paper, refusal))
    };
    let keep = |content| {
        contents.push(content);
        ControlFlow::Continue(())
    };
    run.each_in_order(papers.len(), || Fitter::new(run.program()), work, keep);
    contents
}

fn read(paper: &Paper<'_>, fitter: &mut Fitter) -> Result<PaperContent, Refusal> {
    let path = match &paper.file {
        PaperFile::Form(path) | PaperFile::Foreign(path) => path,
        PaperFile::Missing(reason) => return Err(Refusal::Damaged(reason.clone())),
    };
    let bytes = ByteBuf::from(files::read(path, MAX_FILE_BYTES).map_err(unread)?);
    let fit = match &paper.file {
        PaperFile::Foreign(_) => fitter.fit(&work(paper, bytes))?,
        _ => Fit { pdf: bytes, is_scan: false },
    };
    let part = Part::read(&fit.pdf, &paper.slug).map_err(|error| Refusal::Damaged(error.to_string()))?;
    Ok(PaperContent { part, is_scan: fit.is_scan, refusal: None })
}

fn unread(error: ReadError) -> Refusal {
    match error {
        ReadError::TooLarge { limit, .. } => {
            Refusal::Exhausting(format!("die Datei ist größer als {} MiB.", limit >> 20))
        }
        other => Refusal::Damaged(other.to_string()),
    }
}

/// What has to be known to make a file fit.
fn work(paper: &Paper<'_>, bytes: ByteBuf) -> Work {
    let proposal = paper.item.proposal;
    Work {
        bytes,
        title: paper.name(),
        alt: paper.name(),
        author: proposal.map(|proposal| proposal.office.clone()).unwrap_or_default(),
        date: proposal.and_then(|proposal| proposal.date),
    }
}

/// A page that says what is missing.
fn gap(session: &Session, paper: &Paper<'_>, refusal: Refusal) -> PaperContent {
    let heading = format!("{} fehlt", paper.label);
    let name = [paper.item.proposal_number().unwrap_or_default(), paper.name()].join(" ");
    let set = |name: &str| {
        let job = typeset::gap(&heading, name, session.date);
        let outcome = Engine::default().run(&job, &session.project.fonts);
        Part::read(outcome.files.first()?, &paper.slug).ok()
    };
    // A title may have characters that the font does not; the label has none.
    let part = set(name.trim()).or_else(|| set(&paper.label)).unwrap_or_else(|| Part::empty(&paper.slug));
    PaperContent { part, is_scan: false, refusal: Some(refusal) }
}
