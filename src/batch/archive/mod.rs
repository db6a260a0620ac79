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

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::packet::{self, Edition, Packet, Surroundings};
use super::{Outcome, Plan, RecordFile, Render, Report, Summary, Task, run as run_batch, schedule};
use crate::archive::ContainerError;
use crate::diagnostics::{Diagnostic, has_errors};
use crate::files::{FileError, FolderStage, StageError};
use crate::record::project::ProjectError;
use crate::record::session::Day;
use crate::typeset::Options;

use papers::Bundle;
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
    /// Whether only what is for everybody goes in.
    pub public_only: bool,
    /// This program, for what is done in a process of its own.
    pub program: &'a Path,
    /// Records under way at once; all cores if not said.
    pub jobs: Option<usize>,
    /// Set from outside to end the run.
    pub stop: &'a AtomicBool,
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
    #[error("{0}")]
    Reported(String),
    /// The project cannot be used.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

impl From<FileError> for Refusal {
    fn from(error: FileError) -> Self {
        Self::Stage(error.into())
    }
}

/// Hands records over; `each` gets a report of each record, as a run of `render` gives it.
pub fn hand_over(
    files: &[RecordFile],
    how: &HandOver<'_>,
    mut each: impl FnMut(Report, usize),
) -> Result<HandedOver, Refusal> {
    // First, so that what stands in the way is known before anything is rendered.
    let stage = FolderStage::beside(how.target)?;
    let gathered = gather::gather(files, how, &mut each)?;
    let render =
        Render { options: Options::archival(), output: None, force: false, prune: false, shard: None };
    render_all(&gathered.records, &render, how, &mut each)?;
    if let Some((name, _)) = &gathered.session {
        bind(name, how, &mut each)?;
    }

    let mut shelf = Shelf::begin(stage, &gathered, &render, how)?;
    let mut failure = None;
    let place = shelf.place();
    let count = gathered.records.len();
    let work = |_: &mut (), index: usize| papers::bundle(&place, &gathered.records[index]);
    schedule::each_in_order(count, how.jobs, how.stop, work, |bundle: Result<Bundle, Refusal>| {
        if failure.is_none() {
            failure = bundle.and_then(|bundle| shelf.add(bundle)).err();
            // What is under way ends, nothing new is begun.
            if failure.is_some() {
                how.stop.store(true, Ordering::Relaxed);
            }
        }
    });
    drop(place);
    match failure {
        Some(failure) => Err(failure),
        None if how.stop.load(Ordering::Relaxed) => Err(Refusal::Interrupted),
        None => shelf.close(),
    }
}

fn render_all(
    records: &[RecordFile],
    render: &Render,
    how: &HandOver<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<(), Refusal> {
    let plan = Plan { task: Task::Render(render), program: how.program, jobs: how.jobs, stop: how.stop };
    let (mut wrong, mut failed) = (false, None);
    let summary: Summary = run_batch(records, &plan, |report, total| {
        wrong |= report.outcome == Outcome::Refused || report.has_errors();
        failed = failed.take().or_else(|| report.failure.as_ref().map(ToString::to_string));
        each(report, total);
    });
    match (summary.failure, failed) {
        (Some(failure), _) => Err(failure.into()),
        (None, Some(failed)) => Err(Refusal::Reported(failed)),
        _ if summary.interrupted => Err(Refusal::Interrupted),
        _ if wrong => Err(Refusal::Errors),
        _ => Ok(()),
    }
}

/// Makes the packets of the session that are not up to date.
fn bind(session: &str, how: &HandOver<'_>, each: &mut impl FnMut(Report, usize)) -> Result<(), Refusal> {
    let editions = match how.public_only {
        true => vec![Edition::Public],
        false => vec![Edition::Public, Edition::Complete],
    };
    let packet = Packet { session: session.into(), output: None, editions, allow_gaps: false, force: false };
    let surroundings = Surroundings { program: how.program, jobs: how.jobs, stop: how.stop };
    // The records were rendered, and what there was to say of them and of the session was said.
    let made = packet::run(&packet, &surroundings, |_, _| {});
    let findings: Vec<Diagnostic> =
        made.findings.into_iter().filter(|f| f.code.id.starts_with('P')).collect();
    let wrong = has_errors(&findings);
    each(Report { name: session.to_owned(), findings, ..Report::default() }, 1);
    match made.failure {
        Some(failure) => Err(failure.into()),
        None if made.interrupted => Err(Refusal::Interrupted),
        None if wrong => Err(Refusal::Errors),
        None => Ok(()),
    }
}
