//! Findings beyond the schema: what is wrong with a record although every value has its right form.
//!
//! Knows nothing of how findings are shown.

mod characters;

use crate::diagnostics::{self, Diagnostic};
use crate::proposal::{self, Input, Proposal};

/// A record that has been read, and everything that is wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// The proposal, as far as the record could be understood.
    pub proposal: Proposal,
    /// The findings in the order of their places.
    pub findings: Vec<Diagnostic>,
}

/// Reads a record and checks it.
pub fn check(input: Input) -> Checked {
    let (proposal, mut findings) = proposal::read(input);
    findings.extend(characters::check(&proposal));
    proposal.project.apply_levels(&mut findings);
    diagnostics::sort(&mut findings);
    Checked { proposal, findings }
}
