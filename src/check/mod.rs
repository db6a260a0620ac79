//! Findings beyond the schema: what is wrong with a record although every value has its right form.
//!
//! Checking has two phases: [`content`] looks at the record itself; whoever can run the rules of forms then hands over what
//! they found ([`Content::with_rules`]). So nothing here knows typst, nor how findings are shown.

mod annexes;
mod characters;
mod citations;
mod consultation;
pub mod files;
pub mod fixes;
mod forms;
pub mod key_order;
mod layout;
mod leftovers;
mod patterns;
pub mod session;
mod texts;
mod typography;
mod versions;

pub use forms::RuleResult;

use crate::diagnostics::{self, Diagnostic, codes};
use crate::record::proposal::{Annex, FormAnnex, Proposal};

/// A record whose content is checked, and the rules of whose forms are yet to be run.
#[derive(Debug)]
pub struct Content<'a> {
    proposal: &'a Proposal,
    findings: Vec<Diagnostic>,
}

/// So many findings of one record are named.
const MAX_NAMED: usize = 500;
/// So many are kept at all.
const MAX_KEPT: usize = 20_000;

/// Checks what a record says; `findings` are those of reading it.
pub fn content(proposal: &Proposal, mut findings: Vec<Diagnostic>) -> Content<'_> {
    // What the parser stumbled over has been named.
    let is_named = |one: &Diagnostic| {
        findings.iter().any(|other| other.code.is_about_syntax() && other.line() == one.line())
    };
    let characters: Vec<Diagnostic> =
        characters::check(proposal).into_iter().filter(|one| !is_named(one)).collect();
    findings.extend(characters);
    findings.extend(check_texts(proposal));
    findings.extend(consultation::check(proposal));
    findings.extend(key_order::check(proposal));
    Content { proposal, findings }
}

impl<'a> Content<'a> {
    /// Lists the annexes whose forms have rules.
    pub fn ruled(&self) -> impl Iterator<Item = &'a FormAnnex> + use<'a> {
        forms::ruled(self.proposal)
    }

    /// Adds what the rules found. Returns all findings, in the order of their places.
    pub fn with_rules(self, results: Vec<RuleResult<'_>>) -> Vec<Diagnostic> {
        let Self { proposal, mut findings } = self;
        findings.extend(forms::check(proposal, &findings, results));
        let is_endless = |finding: &Diagnostic| finding.code.id == codes::ENDLESS_TEXT.id;
        if findings.iter().any(is_endless) {
            // Half of the record was not read.
            findings.retain(|finding| {
                is_endless(finding) || finding.code.id.starts_with('T') && finding.is_error()
            });
        }
        if findings.iter().any(|finding| finding.code.is_about_syntax()) {
            // Places may be wrong.
            findings.iter_mut().for_each(|finding| finding.fix.clear());
        }
        except(proposal, &mut findings);
        proposal.project.apply_levels(&mut findings);
        cut(&mut findings, MAX_KEPT);
        findings
    }
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
            findings.extend(citations::annexes(
                text,
                &labels,
                &proposal.project.settings.numbers,
                &mut cited,
            ));
        }
        findings.extend(typography::check(text));
    }
    findings.extend(annexes::check(proposal, &texts, &cited));
    findings.extend(versions::check(proposal));
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
        let message = format!("Die Ausnahme von {} trifft auf nichts zu.", exception.named);
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

/// All guarded patterns with their names.
#[cfg(test)]
fn guarded_patterns() -> impl Iterator<Item = (&'static str, &'static patterns::GuardedPattern)> {
    leftovers::PATTERNS.into_iter().chain(typography::PATTERNS).chain(citations::PATTERNS)
}
