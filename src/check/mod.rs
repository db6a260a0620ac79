//! Findings beyond the schema: what is wrong with a record although every value has its right form.
//!
//! Knows nothing of how findings are shown, and nothing of typst: the rules of forms come as a function.

mod annexes;
mod characters;
mod citations;
mod consultation;
pub mod fixes;
mod forms;
mod key_order;
mod leftovers;
mod patterns;
pub mod session;
mod texts;
mod typography;

pub use forms::Rules;

use crate::diagnostics::{self, Diagnostic, codes};
use crate::record::proposal::{self, Annex, Input, Proposal};

/// A record that has been read, and everything that is wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// The proposal, as far as the record could be understood.
    pub proposal: Proposal,
    /// The findings in the order of their places.
    pub findings: Vec<Diagnostic>,
}

/// So many findings of one record are named.
const MAX_NAMED: usize = 500;
/// So many are kept at all.
const MAX_KEPT: usize = 20_000;

/// Reads a record and checks it.
pub fn check(input: Input, rules: &mut Rules<'_>) -> Checked {
    let (proposal, mut findings) = proposal::read(input);
    findings.extend(characters::check(&proposal));
    findings.extend(check_texts(&proposal));
    findings.extend(consultation::check(&proposal));
    findings.extend(key_order::check(&proposal));
    let of_forms = forms::check(&proposal, &findings, rules);
    findings.extend(of_forms);
    except(&proposal, &mut findings);
    proposal.project.apply_levels(&mut findings);
    cut(&mut findings, MAX_KEPT);
    Checked { proposal, findings }
}

/// What stands in single texts, and what all of them together say of the annexes.
fn check_texts(proposal: &Proposal) -> Vec<Diagnostic> {
    let texts = texts::texts(proposal);
    let labels: Vec<&str> = proposal.annexes.iter().map(Annex::label).collect();
    let mut cited = citations::CitedAnnexes::default();
    let mut findings = Vec::new();
    for text in &texts {
        findings.extend(leftovers::check(text));
        findings.extend(citations::numbers(text, proposal));
        if text.rich {
            findings.extend(citations::annexes(text, &labels, &mut cited));
        }
        findings.extend(typography::check(text));
    }
    findings.extend(annexes::check(proposal, &texts, &cited));
    findings
}

/// Takes out the findings that the record excepts, and names exceptions that except nothing.
fn except(proposal: &Proposal, findings: &mut Vec<Diagnostic>) {
    let mut used = vec![false; proposal.exceptions.len()];
    findings.retain(|finding| {
        let mut excepted = false;
        for (exception, used) in proposal.exceptions.iter().zip(&mut used) {
            if exception.covers(finding) {
                (excepted, *used) = (true, true);
            }
        }
        !excepted
    });
    let unused = proposal.exceptions.iter().zip(used).filter(|(_, used)| !used);
    findings.extend(unused.map(|(exception, _)| {
        let message = format!("Die Ausnahme von {} trifft auf nichts zu.", exception.code);
        Diagnostic::new(&codes::UNUSED_EXCEPTION, &proposal.source, exception.span.clone(), message)
            .hint("Die Ausnahme streichen; oder sie steht in der falschen Tabelle.")
    }));
}

/// Leaves the findings that are named, the gravest first to stay, and says how many there are beside them.
pub fn cut_to_named(findings: &mut Vec<Diagnostic>) {
    cut(findings, MAX_NAMED);
}

fn cut(findings: &mut Vec<Diagnostic>, most: usize) {
    diagnostics::sort(findings);
    if findings.len() > most {
        findings.sort_by_key(|finding| finding.severity);
        let more = findings.split_off(most);
        diagnostics::sort(findings);
        let message =
            format!("Dazu kommen {} weitere Befunde, die nicht einzeln genannt werden.", more.len());
        let mut rest = Diagnostic::new(&codes::MORE, &more[0].source, more[0].span.clone(), message);
        rest.severity = more[0].severity;
        findings.push(rest);
    }
}
