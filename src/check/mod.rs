//! Findings beyond the schema: what is wrong with a record although every value has its right form.
//!
//! Knows nothing of how findings are shown.

mod characters;

use crate::diagnostics::{self, Diagnostic, codes};
use crate::proposal::{self, Input, Proposal};

/// A record that has been read, and everything that is wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// The proposal, as far as the record could be understood.
    pub proposal: Proposal,
    /// The findings in the order of their places.
    pub findings: Vec<Diagnostic>,
}

/// So many findings of one record are named.
const MAX_FINDINGS: usize = 500;

/// Reads a record and checks it.
pub fn check(input: Input) -> Checked {
    let (proposal, mut findings) = proposal::read(input);
    findings.extend(characters::check(&proposal));
    proposal.project.apply_levels(&mut findings);
    diagnostics::sort(&mut findings);
    if findings.len() > MAX_FINDINGS {
        let more = findings.split_off(MAX_FINDINGS);
        let message =
            format!("Dazu kommen {} weitere Befunde, die nicht einzeln genannt werden.", more.len());
        findings.push(Diagnostic::new(&codes::MORE, &more[0].source, more[0].span.clone(), message));
    }
    Checked { proposal, findings }
}
