//! What a thread keeps from record to record: an engine, and the process for what may take any time, or is one of many.

use std::path::{Path, PathBuf};

use super::Run;
use crate::check::{Content, RuleResult};
use crate::diagnostics::Diagnostic;
use crate::record::fonts::Fonts;
use crate::record::proposal::{FormAnnex, Proposal};
use crate::typeset::guard::Guard;
use crate::typeset::{self, Engine, Job, JobOutcome};

/// Where documents are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkPlace {
    /// In this process. One document alone is not worth the start of another.
    Here,
    /// In a process of their own: typst remembers what it has laid out in one place for all threads of a process, and there
    /// they wait for each other and throw away what the others still need.
    Apart,
}

/// What a thread keeps from record to record.
pub struct Worker {
    /// This program.
    program: PathBuf,
    place: WorkPlace,
    engine: Engine,
    guard: Option<Guard>,
}

impl Worker {
    /// Makes a worker of a run.
    pub fn new(run: &Run, place: WorkPlace) -> Self {
        Self::of(run.program(), place)
    }

    fn of(program: &Path, place: WorkPlace) -> Self {
        Self { program: program.to_path_buf(), place, engine: Engine::default(), guard: None }
    }

    /// Makes a document, in the process with limits if it is not to be trusted.
    pub fn make(&mut self, job: &Job, fonts: &Fonts) -> JobOutcome {
        let place = if job.untrusted { WorkPlace::Apart } else { self.place };
        self.set(job, place, fonts)
    }

    /// Runs the rules of a record's forms.
    pub fn rules<'a>(&mut self, proposal: &'a Proposal, content: &Content<'a>) -> Vec<RuleResult<'a>> {
        content.ruled().map(|annex| self.rules_of(proposal, annex)).collect()
    }

    fn rules_of<'a>(&mut self, proposal: &'a Proposal, annex: &'a FormAnnex) -> RuleResult<'a> {
        let job = typeset::rules_job(proposal, annex);
        let place = if job.untrusted { WorkPlace::Apart } else { WorkPlace::Here };
        let outcome = self.set(&job, place, &proposal.project.fonts);
        let failures: Vec<Diagnostic> = typeset::diagnostics(&annex.template, &outcome.findings);
        let found = outcome.files.into_iter().next().map(serde_bytes::ByteBuf::into_vec).unwrap_or_default();
        RuleResult { annex, found, failures }
    }

    fn set(&mut self, job: &Job, place: WorkPlace, fonts: &Fonts) -> JobOutcome {
        if place == WorkPlace::Apart
            && let Some(outcome) = self.guard.get_or_insert_with(|| Guard::new(&self.program)).run(job)
        {
            return outcome;
        }
        self.engine.run(job, fonts)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::record::input::Input;
    use crate::record::project::Project;
    use crate::typeset::Options;

    #[test]
    fn what_needs_no_process_does_without_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = include_str!("../../examples/migrationsleitbild/V-0056-2025.toml");
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let input = Input::of("V-0056-2025.toml", text.as_bytes(), &project).unwrap();
        let proposal = crate::record::proposal::read(input).0;
        let annex = proposal.form_annexes().next().unwrap();
        let mut job = typeset::job(&proposal, annex, &Options::archival());
        let mut worker = Worker::of(&folder.path().join("nowhere"), WorkPlace::Apart);
        assert_eq!(worker.make(&job, &project.fonts).files.len(), 1);
        job.untrusted = true;
        assert!(worker.make(&job, &project.fonts).files.is_empty());
    }
}
