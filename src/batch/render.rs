//! From a checked record to files in the output folder.

use std::path::{Path, PathBuf};

use super::{RecordFile, Report};
use crate::check::Checked;
use crate::diagnostics::{Diagnostic, has_errors};
use crate::files::{self, FileError};
use crate::proposal::{FormAnnex, Proposal};
use crate::typeset::guard::Guard;
use crate::typeset::{self, Engine, Format, Job, Options, Outcome};

/// How records become files; the same for a whole run.
#[derive(Debug)]
pub struct Render {
    /// What documents are like.
    pub options: Options,
    /// Where files go; if not said, where the project has them.
    pub output: Option<PathBuf>,
    /// The program that does what may take any time, see [`Guard`].
    pub guard: PathBuf,
}

/// What a thread keeps from record to record.
#[derive(Default)]
pub struct Worker {
    engine: Engine,
    guard: Option<Guard>,
}

impl Render {
    /// Makes the form annexes of a record, all or none.
    pub fn run(&self, record: &RecordFile, checked: Checked, worker: &mut Worker) -> Report {
        let Checked { proposal, mut findings } = checked;
        let folder = self.folder(&proposal);
        let stem = proposal.number.map_or_else(|| record.stem(), |number| number.file_stem());
        let mut files = Vec::new();
        if self.options.draft || !has_errors(&findings) {
            for annex in proposal.form_annexes() {
                let (outcome, more) = self.annex(&proposal, annex, worker);
                findings.extend(more);
                files.extend(self.names(&folder, &stem, annex, outcome));
            }
        }
        let mut report = Report { name: record.name.clone(), findings, ..Report::default() };
        // An export error leaves nothing to write; any other error is what a draft is for.
        let refused = match self.options.draft {
            true => files.is_empty(),
            false => report.has_errors(),
        };
        let result = match refused {
            true => remove_outputs(&folder, &stem).map(|removed| report.removed = removed),
            false => write(files).map(|made| report.made = made),
        };
        report.failure = result.err();
        report
    }

    fn folder(&self, proposal: &Proposal) -> PathBuf {
        let of_project = || proposal.project.settings.output.clone();
        self.output.clone().or_else(of_project).unwrap_or_else(|| crate::project::DEFAULT_OUTPUT.into())
    }

    fn annex(
        &self,
        proposal: &Proposal,
        annex: &FormAnnex,
        worker: &mut Worker,
    ) -> (Outcome, Vec<Diagnostic>) {
        let job = typeset::job(proposal, annex, &self.options);
        let outcome = worker.make(&job, proposal, &self.guard);
        let mut findings = typeset::diagnostics(&annex.template, &outcome.findings);
        proposal.project.apply_levels(&mut findings);
        (outcome, findings)
    }

    fn names(
        &self,
        folder: &Path,
        stem: &str,
        annex: &FormAnnex,
        outcome: Outcome,
    ) -> Vec<(PathBuf, Vec<u8>)> {
        let base = format!("{stem}{MIDDLE}{}", annex.label);
        let name = |index: usize| match self.options.format {
            Format::Pdf(_) => format!("{base}.pdf"),
            Format::Png { .. } => format!("{base}-{}.png", index + 1),
        };
        outcome
            .files
            .into_iter()
            .enumerate()
            .map(|(index, bytes)| (folder.join(name(index)), bytes.into_vec()))
            .collect()
    }
}

impl Worker {
    fn make(&mut self, job: &Job, proposal: &Proposal, program: &Path) -> Outcome {
        if job.untrusted {
            return self.guard.get_or_insert_with(|| Guard::new(program)).run(job);
        }
        self.engine.run(job, &proposal.project.fonts)
    }
}

const MIDDLE: &str = "-Anlage-";

fn write(files: Vec<(PathBuf, Vec<u8>)>) -> Result<Vec<PathBuf>, FileError> {
    files.into_iter().map(|(path, bytes)| files::write(&path, &bytes).map(|()| path)).collect()
}

/// Removes what an earlier run made from a record that is now refused: it would look finished.
fn remove_outputs(folder: &Path, stem: &str) -> Result<Vec<PathBuf>, FileError> {
    let start = format!("{stem}{MIDDLE}");
    let mut removed = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(removed);
    };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    for name in names {
        let ours =
            name.strip_prefix(&start).is_some_and(|rest| rest.ends_with(".pdf") || rest.ends_with(".png"));
        if ours && files::remove(&folder.join(&name))? {
            removed.push(folder.join(name));
        }
    }
    Ok(removed)
}
