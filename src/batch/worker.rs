//! What a thread keeps from record to record: an engine, and the process for what may take any time, or is one of many.

use std::path::Path;

use crate::check::{self, Checked};
use crate::diagnostics::Diagnostic;
use crate::record::proposal::{FormAnnex, Input, Proposal};
use crate::typeset::guard::Guard;
use crate::typeset::{self, Engine, Job};

/// The state of a thread.
#[derive(Default)]
pub struct Worker {
    /// Whether documents are set in the process: typst remembers what it has laid out in one place for all threads of a
    /// process, and there they wait for each other and throw away what the others still need. One document alone is not
    /// worth the start of a process.
    pub apart: bool,
    engine: Engine,
    guard: Option<Guard>,
}

impl Worker {
    /// Reads a record and checks it, also by the rules of its forms. `program` is this program.
    pub fn check(&mut self, input: Input, program: &Path) -> Checked {
        check::check(input, &mut |proposal, annex| self.rules(proposal, annex, program))
    }

    /// Makes a document, in the process with limits if it is not to be trusted or one of many.
    pub fn make(&mut self, job: &Job, proposal: &Proposal, program: &Path) -> typeset::Outcome {
        self.run(job, self.apart || job.untrusted, proposal, program)
    }

    fn run(&mut self, job: &Job, apart: bool, proposal: &Proposal, program: &Path) -> typeset::Outcome {
        if apart && let Some(outcome) = self.guard.get_or_insert_with(|| Guard::new(program)).run(job) {
            return outcome;
        }
        self.engine.run(job, &proposal.project.fonts)
    }

    fn rules(
        &mut self,
        proposal: &Proposal,
        annex: &FormAnnex,
        program: &Path,
    ) -> (Vec<u8>, Vec<Diagnostic>) {
        let job = typeset::rules_job(proposal, annex);
        let outcome = self.run(&job, job.untrusted, proposal, program);
        let findings = typeset::diagnostics(&annex.template, &outcome.findings);
        (outcome.files.into_iter().next().map(serde_bytes::ByteBuf::into_vec).unwrap_or_default(), findings)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostics::Source;
    use crate::record::project::Project;
    use crate::typeset::Options;

    #[test]
    fn what_needs_no_process_does_without_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = include_str!("../../examples/migrationsleitbild/V-0056-2025.toml");
        let input = Input {
            bytes: text.into(),
            source: Source::new("V-0056-2025.toml", text),
            folder: folder.path().to_path_buf(),
            project: Arc::new(Project::open(folder.path()).unwrap()),
        };
        let proposal = crate::record::proposal::read(input).0;
        let annex = proposal.form_annexes().next().unwrap();
        let mut job = typeset::job(&proposal, annex, &Options::archival());
        let mut worker = Worker { apart: true, ..Worker::default() };
        let nowhere = folder.path().join("nowhere");
        assert_eq!(worker.make(&job, &proposal, &nowhere).files.len(), 1);
        job.untrusted = true;
        assert!(worker.make(&job, &proposal, &nowhere).files.is_empty());
    }
}
