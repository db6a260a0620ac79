//! Many records at once: find them, schedule them, skip what is up to date, collect what came of each, in order.
//!
//! Knows nothing of the terminal.

pub mod archive;
mod fix;
mod inputs;
pub mod packet;
mod render;
mod schedule;
mod session;
mod shard;
mod store;
pub mod verify;
mod worker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::check;
use crate::diagnostics::{Diagnostic, Source, codes, has_errors};
use crate::files::FileError;
use crate::record::project::Projects;
use crate::record::proposal::Input;
use crate::toml_tree;

pub use fix::Fixed;
pub use inputs::{InputError, RecordFile, collect, standard_input};
pub use render::Render;
pub use session::Agenda;
pub use shard::Shard;

use inputs::{Problem, Scan, Seen};
use render::Stores;
use store::Said;
use worker::Worker;

/// What came of one file.
#[derive(Debug, Default)]
pub struct Report {
    /// The record as the user knows it.
    pub name: String,
    /// What was done.
    pub outcome: Outcome,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// The files made from it.
    pub made: Vec<PathBuf>,
    /// Files of an earlier run that no longer hold and were removed.
    pub removed: Vec<PathBuf>,
    /// What was mended in it.
    pub fixed: Option<Fixed>,
    /// The failure of the environment that kept it from being done.
    pub failure: Option<FileError>,
}

/// What was done with a file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was checked.
    #[default]
    Checked,
    /// Its annexes were made.
    Made,
    /// Its annexes were there already.
    UpToDate,
    /// It has errors and nothing was made.
    Refused,
    /// The environment failed.
    Failed,
    /// It is no record.
    PassedOver,
}

impl Report {
    /// Whether the record is at fault.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }

    fn of(record: &RecordFile, findings: Vec<Diagnostic>) -> Self {
        let outcome = if has_errors(&findings) { Outcome::Refused } else { Outcome::Checked };
        Self { name: record.name.clone(), outcome, findings, ..Self::default() }
    }

    fn failed(record: &RecordFile, failure: FileError) -> Self {
        Self {
            name: record.name.clone(),
            outcome: Outcome::Failed,
            failure: Some(failure),
            ..Self::default()
        }
    }
}

/// What is done with each record once it is checked.
pub enum Task<'a> {
    /// Nothing.
    Check,
    /// What can be mended is mended.
    Fix {
        /// In its file; else it is only said what would change.
        write: bool,
    },
    /// Its form annexes are made.
    Render(&'a Render),
}

/// How a run goes.
pub struct Plan<'a> {
    /// What is done.
    pub task: Task<'a>,
    /// This program, for what is done in a process of its own, see [`Guard`](crate::typeset::guard::Guard).
    pub program: &'a Path,
    /// Records under way at once; all cores if not said.
    pub jobs: Option<usize>,
    /// Set from outside to end the run after the records under way.
    pub stop: &'a AtomicBool,
}

/// What came of a whole run, beside the reports.
#[derive(Debug, Default)]
pub struct Summary {
    /// Records that were to be done.
    pub records: usize,
    /// Files of records that are there no more, and that were removed if that was asked for.
    pub stale: Vec<PathBuf>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// A failure that is not that of a single record.
    pub failure: Option<FileError>,
}

/// Carries a plan out; `each` gets the reports in the order of the records.
pub fn run(files: &[RecordFile], plan: &Plan<'_>, mut each: impl FnMut(Report, usize)) -> Summary {
    let projects = Projects::default();
    let stores = Stores::default();
    let scans = scan_all(files, plan, &projects, &stores);
    let numbers = inputs::numbers(files, &scans);
    let mine: Vec<usize> =
        (0..scans.len()).filter(|index| is_mine(&files[*index], &scans[*index], plan)).collect();
    let no_record = |index: &usize| matches!(scans[*index].seen, Seen::Other | Seen::Session);
    let total = mine.iter().filter(|index| !no_record(index)).count();

    let work = |worker: &mut Worker, position: usize| {
        let (record, scan) = (&files[mine[position]], &scans[mine[position]]);
        worker.apart = total > 1;
        guarded(record, worker, |worker| one(record, scan, plan, &numbers, &stores, worker))
    };
    schedule::each_in_order(mine.len(), plan.jobs, plan.stop, work, |report| {
        stores.save_now_and_then();
        each(report, total);
    });

    let interrupted = plan.stop.load(Ordering::Relaxed);
    let mut summary = Summary { records: total, interrupted, ..Summary::default() };
    let prune = matches!(plan.task, Task::Render(render) if render.prune);
    match stores.finish(prune && !interrupted) {
        Ok(stale) => summary.stale = stale,
        Err(failure) => summary.failure = Some(failure),
    }
    summary
}

/// A first, cheap look at every file: what it is, its number, whether it is known from an earlier run.
fn scan_all(files: &[RecordFile], plan: &Plan<'_>, projects: &Projects, stores: &Stores) -> Vec<Scan> {
    let mut scans = Vec::with_capacity(files.len());
    let look = |_: &mut (), index: usize| {
        let record: &RecordFile = &files[index];
        let store = |project: &Arc<_>| match plan.task {
            Task::Check | Task::Fix { .. } => None,
            Task::Render(render) => stores.of(render, project).ok(),
        };
        inputs::scan(record, projects, store)
    };
    schedule::each_in_order(files.len(), plan.jobs, plan.stop, look, |scan| scans.push(scan));
    scans
}

/// Whether this run has to report a file: a session is only checked, and a shard takes its part only.
fn is_mine(record: &RecordFile, scan: &Scan, plan: &Plan<'_>) -> bool {
    if let Seen::Session = scan.seen {
        return matches!(plan.task, Task::Check);
    }
    let Task::Render(Render { shard: Some(shard), .. }) = plan.task else {
        return true;
    };
    let root = scan.project.as_ref().ok().map(|project| project.root.path());
    shard.has(&record.path_in(root))
}

fn one(
    record: &RecordFile,
    scan: &Scan,
    plan: &Plan<'_>,
    numbers: &inputs::Numbers,
    stores: &Stores,
    worker: &mut Worker,
) -> Report {
    if let Seen::Other = scan.seen {
        return inputs::passed_over(record);
    }
    let project = match &scan.project {
        Ok(project) => project,
        Err(problem) => return problem.report(record),
    };
    if let Seen::Session = scan.seen {
        return match session::open(record, project) {
            Ok(agenda) => Report::of(record, agenda.findings),
            Err(problem) => problem.report(record),
        };
    }
    let conflict = numbers.conflict(record, scan.number);
    let store = match plan.task {
        Task::Check | Task::Fix { .. } => None,
        Task::Render(render) => match stores.of(render, project) {
            Ok(store) => Some((render, store)),
            Err(failure) => return Report::failed(record, failure),
        },
    };
    let up_to_date = match (&store, &conflict) {
        (Some((render, store)), None) => render.up_to_date(scan, project, store),
        _ => None,
    };
    if up_to_date.is_some_and(<[_]>::is_empty) {
        return Report { outcome: Outcome::UpToDate, ..Report::of(record, Vec::new()) };
    }
    let source = |bytes: &[u8]| {
        toml_tree::decode(&record.name, bytes).map_err(|finding| Problem::Findings(vec![*finding]))
    };
    let read = record.read().and_then(|bytes| Ok((source(&bytes)?, bytes.into_owned())));
    let (source, bytes) = match (read, &store) {
        (Ok(read), _) => read,
        (Err(Problem::Findings(findings)), Some((_, store))) => {
            return render::refuse(record, findings, store);
        }
        (Err(problem), _) => return problem.report(record),
    };
    let codes = || codes::ALL.iter().copied().chain(project.templates.codes());
    let again =
        |said: &[Said]| said.iter().map(|said| said.again(&source, codes())).collect::<Option<Vec<_>>>();
    if let Some(findings) = up_to_date.and_then(again) {
        return Report { outcome: Outcome::UpToDate, ..Report::of(record, findings) };
    }
    let hash = crate::files::hash(&[&bytes]);
    let input = Input { bytes, source, folder: record.folder.clone(), project: project.clone() };
    let (mut checked, report) = match plan.task {
        Task::Fix { write } => fix::run(record, input, write, worker, plan.program),
        Task::Check | Task::Render(_) => (worker.check(input, plan.program), Report::default()),
    };
    check::cut_to_named(&mut checked.findings);
    checked.findings.extend(conflict.and_then(|others| others.finding(&checked.proposal)));
    match store {
        None if report.failure.is_some() => report,
        None => Report { fixed: report.fixed, ..Report::of(record, checked.findings) },
        Some((render, store)) => render.run(record, &hash, checked, &store, worker, plan.program),
    }
}

/// Keeps a panic inside a library from ending the run: the record is reported, the others are done.
fn guarded(record: &RecordFile, worker: &mut Worker, work: impl FnOnce(&mut Worker) -> Report) -> Report {
    catch_unwind(AssertUnwindSafe(|| work(worker))).unwrap_or_else(|panic| {
        *worker = Worker::default();
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
        let source = Source::new(&record.name, "");
        let finding =
            Diagnostic::new(&codes::TYPESETTING_STOPPED, &source, 0..0, format!("Interner Fehler: {text}"))
                .hint("Das ist ein Fehler des Programms und nicht der Vorlage; bitte mit der Datei melden.");
        Report::of(record, vec![finding])
    })
}
