//! The consultation of a proposal: whether its dates can be true together.

use std::ops::Range;

use serde_json::Value as Json;

use crate::day::Day;
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::record::proposal::Proposal;
use crate::toml_tree::Node;

struct Step<'a> {
    date: Day,
    committee: &'a str,
    role: &'a str,
    span: Range<usize>,
}

/// All findings about the consultation.
pub fn check(proposal: &Proposal) -> Vec<Diagnostic> {
    let steps = steps(proposal);
    let finding = |code: &Code, step: &Step<'_>, message: String| {
        Diagnostic::new(code, &proposal.source, step.span.clone(), message)
    };
    let mut findings = Vec::new();
    for pair in steps.windows(2).filter(|pair| pair[1].date < pair[0].date) {
        let message = format!(
            "Die Beratung am {} ({}) steht hinter der am {} ({}).",
            pair[1].date.in_numbers(),
            pair[1].committee,
            pair[0].date.in_numbers(),
            pair[0].committee
        );
        findings.push(
            finding(&codes::CONSULTATION_ORDER, &pair[1], message)
                .hint("Die Blöcke [[vorlage.beratung]] nach Datum ordnen, oder ein Datum berichtigen."),
        );
    }
    let decision = steps.iter().filter(|step| step.role == "Entscheidung").max_by_key(|step| step.date);
    for step in steps.iter().filter(|step| ["Einbringung", "Vorberatung", "Anhörung"].contains(&step.role)) {
        if let Some(decision) = decision.filter(|decision| decision.date < step.date) {
            let message = format!(
                "Die {} am {} ({}) kommt nach der Entscheidung am {} ({}).",
                step.role,
                step.date.in_numbers(),
                step.committee,
                decision.date.in_numbers(),
                decision.committee
            );
            findings.push(
                finding(&codes::DECISION_TOO_EARLY, step, message)
                    .hint("Datum oder Rolle prüfen; nach der Entscheidung folgt höchstens ein Bericht."),
            );
        }
    }
    let Some(written) = proposal.date else { return findings };
    for step in steps.iter().filter(|step| step.date < written) {
        let message = format!(
            "Die Beratung am {} ({}) liegt vor dem Datum der Vorlage, dem {}.",
            step.date.in_numbers(),
            step.committee,
            written.in_numbers()
        );
        findings.push(
            finding(&codes::CONSULTED_BEFORE_WRITTEN, step, message)
                .hint("Eines der beiden Daten berichtigen; auch das Jahr prüfen."),
        );
    }
    findings
}

/// The steps whose date is known, in the order of the file.
fn steps(proposal: &Proposal) -> Vec<Step<'_>> {
    let head = proposal.tree.as_table().and_then(|table| table.get("vorlage")?.as_table());
    let nodes = head.and_then(|head| head.get("beratung")?.as_array()).unwrap_or_default();
    let steps = proposal.data["beratung"].as_array().map(Vec::as_slice).unwrap_or_default();
    let step = |(data, node)| step(data, node);
    steps.iter().zip(nodes).filter_map(step).collect()
}

fn step<'a>(data: &'a Json, node: &Node) -> Option<Step<'a>> {
    let text = |key: &str| data[key].as_str();
    Some(Step {
        date: text("datum")?.parse().ok()?,
        committee: text("gremium").unwrap_or("ohne Gremium"),
        role: text("rolle").unwrap_or_default(),
        span: node.as_table()?.get("datum")?.span.clone(),
    })
}
