//! What a thread keeps from record to record: an engine, and the process for what may take any time.

use std::path::Path;

use crate::check::{self, Checked};
use crate::diagnostics::Diagnostic;
use crate::proposal::{FormAnnex, Input, Proposal};
use crate::typeset::guard::Guard;
use crate::typeset::{self, Engine, Job};

/// The state of a thread.
#[derive(Default)]
pub struct Worker {
    engine: Engine,
    guard: Option<Guard>,
}

impl Worker {
    /// Reads a record and checks it, also by the rules of its forms. `program` is this program.
    pub fn check(&mut self, input: Input, program: &Path) -> Checked {
        check::check(input, &mut |proposal, annex| self.rules(proposal, annex, program))
    }

    /// Does a job, in the process with limits if it is not to be trusted.
    pub fn make(&mut self, job: &Job, proposal: &Proposal, program: &Path) -> typeset::Outcome {
        if job.untrusted {
            return self.guard.get_or_insert_with(|| Guard::new(program)).run(job);
        }
        self.engine.run(job, &proposal.project.fonts)
    }

    fn rules(
        &mut self,
        proposal: &Proposal,
        annex: &FormAnnex,
        program: &Path,
    ) -> (Vec<u8>, Vec<Diagnostic>) {
        let outcome = self.make(&typeset::rules_job(proposal, annex), proposal, program);
        let findings = typeset::diagnostics(&annex.template, &outcome.findings);
        (outcome.files.into_iter().next().map(serde_bytes::ByteBuf::into_vec).unwrap_or_default(), findings)
    }
}
