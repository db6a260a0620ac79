//! The consultation of a proposal: whether its dates can be true together.

use crate::day::Day;
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::record::proposal::{ConsultationStep, Proposal, Role};

/// All findings about the consultation.
pub(super) fn check(proposal: &Proposal) -> Vec<Diagnostic> {
    let dated: Vec<Dated<'_>> = proposal.consultation.iter().filter_map(Dated::of).collect();
    let finding = |code: &Code, dated: &Dated<'_>, message: String| {
        Diagnostic::new(code, &proposal.source, dated.step.date_span.clone(), message)
    };
    let mut findings = Vec::new();
    for pair in dated.windows(2).filter(|pair| pair[1].date < pair[0].date) {
        let message = format!("Die Beratung {} steht hinter der {}.", pair[1].named(), pair[0].named());
        findings.push(
            finding(&codes::CONSULTATION_ORDER, &pair[1], message)
                .hint("Die Blöcke [[vorlage.beratung]] nach Datum ordnen, oder ein Datum berichtigen."),
        );
    }
    let decision = dated.iter().filter(|dated| dated.has_role(Role::decides)).max_by_key(|dated| dated.date);
    for dated in dated.iter().filter(|dated| dated.has_role(Role::comes_before_decision)) {
        if let Some(decision) = decision.filter(|decision| decision.date < dated.date)
            && let Some(role) = &dated.step.role
        {
            let message =
                format!("Die {role} {} kommt nach der Entscheidung {}.", dated.named(), decision.named());
            findings.push(
                finding(&codes::DECISION_TOO_EARLY, dated, message)
                    .hint("Datum oder Rolle prüfen; nach der Entscheidung folgt höchstens ein Bericht."),
            );
        }
    }
    let Some(written) = proposal.date else { return findings };
    for dated in dated.iter().filter(|dated| dated.date < written) {
        let message = format!(
            "Die Beratung {} liegt vor dem Datum der Vorlage, dem {}.",
            dated.named(),
            written.in_numbers()
        );
        findings.push(
            finding(&codes::CONSULTED_BEFORE_WRITTEN, dated, message)
                .hint("Eines der beiden Daten berichtigen; auch das Jahr prüfen."),
        );
    }
    findings
}

/// A step whose date is known.
struct Dated<'a> {
    date: Day,
    step: &'a ConsultationStep,
}

impl<'a> Dated<'a> {
    fn of(step: &'a ConsultationStep) -> Option<Self> {
        Some(Self { date: step.date?, step })
    }

    /// Day and committee, behind the word for what happens.
    fn named(&self) -> String {
        let committee = self.step.committee.as_deref().unwrap_or("ohne Gremium");
        format!("am {} ({committee})", self.date.in_numbers())
    }

    fn has_role(&self, is: impl Fn(&Role) -> bool) -> bool {
        self.step.role.as_ref().is_some_and(is)
    }
}
