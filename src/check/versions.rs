//! Versions of forms that are not valid on the date of a proposal.

use crate::diagnostics::{Diagnostic, codes};
use crate::record::proposal::Proposal;

/// A finding for each annex whose form has another version for the day, or begins later.
pub(super) fn check(proposal: &Proposal) -> Vec<Diagnostic> {
    let Some(day) = proposal.date else { return Vec::new() };
    let mut findings = Vec::new();
    for annex in proposal.form_annexes() {
        let template = &annex.template;
        let instead = proposal.project.templates.instead_of(template, day);
        let begins = template.valid_from.filter(|from| *from > day);
        let (message, hint) = match (begins, instead) {
            (Some(from), _) => (
                format!("Das Formular „{}“ gilt erst ab {}.", template.name, from.in_numbers()),
                "Das Datum der Vorlage prüfen".to_owned(),
            ),
            (None, Some(other)) => (
                format!("Das Formular „{}“ gilt am {} nicht mehr.", template.name, day.in_numbers()),
                "Die Fassung wechseln".to_owned() + &format!(": „{}“", other.name),
            ),
            (None, None) => continue,
        };
        let family =
            template.family.as_ref().map(|family| format!("; template = \"{family}\" nimmt die richtige"));
        let span = proposal.span_of(&["anlage", &annex.label, "template"]);
        let finding = Diagnostic::new(&codes::FORM_NOT_VALID, &proposal.source, span, message);
        findings.push(finding.hint(format!("{hint}{}.", family.unwrap_or_default())));
    }
    findings
}
