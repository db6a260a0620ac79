//! Many records at once: find them, schedule them, collect what came of each, in order.
//!
//! Knows nothing of the terminal.

mod inputs;
mod render;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::check::{self, Checked};
use crate::diagnostics::{Diagnostic, Source, codes, has_errors};
use crate::files::FileError;
use crate::project::{ProjectError, Projects};
use crate::proposal::Input;
use crate::toml_tree;

pub use inputs::{InputError, RecordFile, collect, standard_input};
pub use render::Render;

/// What came of one record.
#[derive(Debug, Default)]
pub struct Report {
    /// The record as the user knows it.
    pub name: String,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// The files made from it.
    pub made: Vec<PathBuf>,
    /// Files of an earlier run that no longer hold.
    pub removed: Vec<PathBuf>,
    /// The failure of the environment that kept it from being done.
    pub failure: Option<FileError>,
}

impl Report {
    /// Whether the record is at fault.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }
}

/// What is done with each record once it is checked.
pub enum Task<'a> {
    /// Nothing.
    Check,
    /// Its form annexes are made.
    Render(&'a Render),
}

/// Does a task for every record, on all cores; `each` gets the reports in the order of the records.
pub fn run(records: &[RecordFile], task: &Task<'_>, mut each: impl FnMut(Report)) {
    let numbers = inputs::numbers(records);
    let projects = Projects::default();
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(records.len()) {
            let (sender, next, projects, numbers) = (sender.clone(), &next, &projects, &numbers);
            scope.spawn(move || {
                in_own_pool(|| {
                    let mut worker = render::Worker::default();
                    while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let report = one(record, task, projects, numbers, &mut worker);
                        if sender.send((record.index, report)).is_err() {
                            break;
                        }
                    }
                });
            });
        }
        drop(sender);
        in_order(receiver, &mut each);
    });
}

/// typst uses rayon within a document. With a pool shared between documents a thread that waits for a part of
/// one takes up another, whole, on the same stack; so each worker has a pool of one thread.
fn in_own_pool(work: impl FnOnce() + Send) {
    match rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(16 << 20).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn in_order(receiver: mpsc::Receiver<(usize, Report)>, each: &mut impl FnMut(Report)) {
    let mut waiting = BTreeMap::new();
    let mut expected = 0;
    for (index, report) in receiver {
        waiting.insert(index, report);
        while let Some(report) = waiting.remove(&expected) {
            each(report);
            expected += 1;
        }
    }
}

fn one(
    record: &RecordFile,
    task: &Task<'_>,
    projects: &Projects,
    numbers: &inputs::Numbers,
    worker: &mut render::Worker,
) -> Report {
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let mut checked = match read(record, projects) {
            Ok(checked) => checked,
            Err(report) => return *report,
        };
        checked.findings.extend(numbers.conflict(record, &checked.proposal));
        match task {
            Task::Check => {
                Report { name: record.name.clone(), findings: checked.findings, ..Report::default() }
            }
            Task::Render(render) => render.run(record, checked, worker),
        }
    }));
    attempt.unwrap_or_else(|panic| {
        *worker = render::Worker::default();
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
        let finding = Diagnostic::new(
            &codes::TYPESETTING_STOPPED,
            &Source::new(&record.name, ""),
            0..0,
            format!("Interner Fehler: {text}"),
        )
        .hint("Das ist ein Fehler des Programms und nicht der Vorlage; bitte mit der Datei melden.");
        Report { name: record.name.clone(), findings: vec![finding], ..Report::default() }
    })
}

fn read(record: &RecordFile, projects: &Projects) -> Result<Checked, Box<Report>> {
    let refused = |findings| Box::new(Report { name: record.name.clone(), findings, ..Report::default() });
    let failed =
        |failure| Box::new(Report { name: record.name.clone(), failure: Some(failure), ..Report::default() });
    let bytes = record.read().map_err(|error| match error {
        inputs::Unreadable::Finding(finding) => refused(vec![*finding]),
        inputs::Unreadable::Failure(failure) => failed(failure),
    })?;
    let source = toml_tree::decode(&record.name, &bytes).map_err(|finding| refused(vec![*finding]))?;
    let project = projects.of(&record.folder).map_err(|error| match error {
        ProjectError::Settings(findings) => refused(findings),
        ProjectError::File(failure) => failed(failure),
        ProjectError::Read(error) => refused(vec![inputs::unreadable(&record.name, &error)]),
    })?;
    Ok(check::check(Input { bytes: bytes.into_owned(), source, folder: record.folder.clone(), project }))
}
