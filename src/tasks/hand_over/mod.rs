//! Hands records over: makes their form annexes, gathers all that belongs to them, and lays it into a folder that is
//! there whole or not at all.
//!
//! A proposal is read, copied and described as a stream on all cores; what is said of all of them is written while they
//! come. Knows nothing of the terminal.

mod frame;
mod gather;
mod meeting;
mod papers;
mod shelf;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::agenda::Agenda;
use super::packet::{self, Edition, EditionReport, PacketReport, PacketRequest};
use super::render::{Render, Rendering};
use crate::archive::ContainerError;
use crate::day::Day;
use crate::files::{FileError, FolderStage, StageError};
use crate::record::project::ProjectError;
use crate::run::{Outcome, Problem, RecordFile, Report, Run, Store, look_at};

use gather::Gathered;
use papers::bundle;
use shelf::Shelf;

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A bag for the archive.
    Bag,
    /// The OParl objects alone.
    OParl,
}

/// How records are handed over.
pub struct HandOver<'a> {
    /// What is made.
    pub what: What,
    /// The folder that shall be.
    pub target: &'a Path,
    /// The day of the hand-over.
    pub date: Day,
    /// Whether only what is public goes in.
    pub public_only: bool,
}

/// What was handed over.
#[derive(Debug, Default)]
pub struct HandedOver {
    /// The folder.
    pub path: PathBuf,
    /// Proposals in it.
    pub proposals: usize,
    /// Proposals that are not for everybody and were left out.
    pub left_out: usize,
    /// Files in it, without those that only frame it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// File annexes that do not claim PDF/A.
    pub not_archivable: Vec<String>,
    /// Settings that are missing, in German.
    pub missing: Vec<&'static str>,
}

/// Why nothing was handed over.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is nothing to hand over.
    #[error("keine Vorlage gefunden, die abzugeben wäre")]
    Nothing,
    /// More than one session.
    #[error("mehr als eine Sitzungsdatei: {0}; eine Abgabe enthält eine Sitzung")]
    Sessions(String),
    /// Records of several projects, which have different settings and forms.
    #[error("{0} liegt in einem anderen Projekt als die übrigen; eine Abgabe enthält ein Projekt")]
    OtherProject(String),
    /// At least one record has errors; they were reported.
    #[error("Vorlagen mit Fehlern werden nicht abgegeben")]
    Errors,
    /// Files changed while they were handed over; they were reported.
    #[error("während der Abgabe wurden Dateien geändert; bitte noch einmal abgeben")]
    Changed,
    /// It was stopped.
    #[error("abgebrochen")]
    Interrupted,
    /// There is something under the name, or the environment failed.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// The container for the message could not be written.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// The environment failed, and that was said with a record.
    #[error("die Abgabe ist nicht entstanden")]
    Reported,
    /// The project cannot be used.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Failure(failure) => failure.into(),
            Problem::Findings(_) => Self::Errors,
        }
    }
}

impl From<FileError> for Refusal {
    fn from(error: FileError) -> Self {
        Self::Stage(error.into())
    }
}

/// Hands records over; `each` gets a report of each record, as a run of `render` gives it.
pub fn hand_over(
    run: &Run,
    files: &[RecordFile],
    order: &HandOver<'_>,
    mut each: impl FnMut(Report, usize),
) -> Result<HandedOver, Refusal> {
    // First, so that what stands in the way is known before anything is rendered.
    let stage = FolderStage::beside(order.target)?;
    // Until the end, so that nobody else changes what is handed over.
    let stores = run.stores();
    let render = Render::archival(None);
    let looked = look_at(run, files, |project| render.store(project, &stores).ok());
    let gathered = Gathered::of(run, looked, order, &mut each)?;
    let rendering = Rendering { run, how: &render, looked: &gathered.records, stores: &stores };
    let mut shelf = Shelf::begin(stage, &gathered, &render, order)?;
    fill(&rendering, &mut shelf, &mut each)?;
    let packets = match &gathered.agenda {
        Some((file, agenda)) => {
            let store = render.store(&gathered.project, &stores)?;
            bind(run, &file.file, agenda, &store, order, &mut each)?
        }
        None => Vec::new(),
    };
    shelf.close(&packets, &mut each)
}

/// Renders all records, and puts each into the folder as soon as it is rendered.
fn fill(
    rendering: &Rendering<'_>,
    shelf: &mut Shelf<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<(), Refusal> {
    let place = shelf.place();
    let (mut is_wrong, mut is_reported, mut refusal) = (false, false, None);
    let then = |index: usize, report: &Report| {
        let is_done = matches!(report.outcome, Outcome::Made | Outcome::UpToDate) && !report.has_errors();
        is_done.then(|| bundle(&place, &rendering.looked[index]))
    };
    let summary = rendering.each(then, |report, bundle, total| {
        is_wrong |= report.outcome == Outcome::Refused || report.has_errors();
        is_reported |= report.failure.is_some();
        each(report, total);
        if let (Some(Some(bundle)), false) = (bundle, is_wrong || is_reported) {
            refusal = bundle.and_then(|bundle| shelf.add(bundle)).err();
        }
        if refusal.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (refusal, summary.failure) {
        (Some(refusal), _) => Err(refusal),
        (None, Some(failure)) => Err(failure.into()),
        _ if is_reported => Err(Refusal::Reported),
        _ if summary.interrupted => Err(Refusal::Interrupted),
        _ if is_wrong => Err(Refusal::Errors),
        _ => Ok(()),
    }
}

/// Makes the packets of the session that are not up to date.
fn bind(
    run: &Run,
    session: &RecordFile,
    agenda: &Agenda,
    store: &Store,
    order: &HandOver<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<Vec<EditionReport>, Refusal> {
    let editions = match order.public_only {
        true => vec![Edition::Public],
        false => vec![Edition::Public, Edition::Complete],
    };
    let session_path = session.path().map(Path::to_path_buf).unwrap_or_default();
    let request =
        PacketRequest { session: session_path, output: None, editions, allow_gaps: false, force: false };
    let mut made = PacketReport::default();
    packet::bind(run, &request, agenda, store, &mut made)?;
    let is_wrong = made.has_errors();
    each(Report { name: session.name.clone(), findings: made.findings, ..Report::default() }, 1);
    if is_wrong {
        Err(Refusal::Errors)
    } else if run.is_stopped() {
        Err(Refusal::Interrupted)
    } else {
        Ok(made.editions)
    }
}
