//! The consultation of a proposal, step by step.

use std::fmt;
use std::ops::Range;

use super::values::FieldValue;
use crate::day::Day;
use crate::toml_tree::Node;

/// A step of a consultation: a committee deals with the proposal on a day. What is missing is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationStep {
    /// The day.
    pub date: Option<Day>,
    /// Where the day stands in the record, or else the step.
    pub date_span: Range<usize>,
    /// The committee.
    pub committee: Option<String>,
    /// What the committee does with the proposal.
    pub role: Option<Role>,
}

/// What a committee does with a proposal: one of the words that the schema of `[vorlage]` lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role(String);

/// Decides.
const DECISION: &str = "Entscheidung";
/// Only make sense before a decision.
const BEFORE_DECISION: [&str; 3] = ["Einbringung", "Vorberatung", "Anhörung"];

impl Role {
    /// The role as the record names it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether the committee decides.
    pub fn decides(&self) -> bool {
        self.0 == DECISION
    }

    /// Tells whether the committee can only do so before the decision.
    pub fn comes_before_decision(&self) -> bool {
        BEFORE_DECISION.contains(&self.as_str())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// All steps in the order of the record: `values` is what its list says, `node` the list itself.
pub(super) fn steps(values: &FieldValue, node: Option<&Node>) -> Vec<ConsultationStep> {
    let nodes = node.and_then(Node::as_array).unwrap_or_default();
    values.items().iter().zip(nodes).map(|(values, node)| step(values, node)).collect()
}

fn step(values: &FieldValue, node: &Node) -> ConsultationStep {
    let text = |key: &str| values.get(key).as_text().map(str::to_owned);
    let date_node = node.as_table().and_then(|table| table.get("datum"));
    ConsultationStep {
        date: values.get("datum").as_day(),
        date_span: date_node.unwrap_or(node).span.clone(),
        committee: text("gremium"),
        role: text("rolle").map(Role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::proposal::PROPOSAL;
    use crate::record::schema::FieldKind;

    #[test]
    fn the_roles_are_those_of_the_schema() {
        let role = PROPOSAL.root.field("beratung").and_then(|list| list.field("rolle")).unwrap();
        let FieldKind::Choice(choices) = &role.kind else { panic!("{role:?}") };
        let of_schema: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
        for role in BEFORE_DECISION.iter().chain([&DECISION]) {
            assert!(of_schema.contains(role), "{role}");
        }
        let role = |name: &str| Role(name.to_owned());
        assert!(role("Entscheidung").decides() && !role("Bericht").decides());
        assert!(role("Anhörung").comes_before_decision() && !role("Bericht").comes_before_decision());
    }
}
