//! What the rules of a form find, put to its place in the record.
//!
//! Knows nothing of how rules are run.

use std::ops::Range;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::diagnostics::{Diagnostic, Edit, Source, codes};
use crate::record::proposal::{FormAnnex, Proposal};
use crate::record::template::RULES_FILE;
use crate::toml_tree::{Node, Step, Value};

/// What the rules of an annex's form found.
#[derive(Debug)]
pub struct RuleResult<'a> {
    /// The annex.
    pub annex: &'a FormAnnex,
    /// What they found, as a JSON list.
    pub found: Vec<u8>,
    /// What is wrong with the rules themselves.
    pub failures: Vec<Diagnostic>,
}

/// A finding as a rule gives it.
#[derive(Debug, Deserialize)]
struct RuleFinding {
    code: String,
    path: Vec<Json>,
    message: String,
    hint: Option<String>,
    fix: Option<String>,
}

/// Lists the annexes of a proposal whose forms have rules.
pub(super) fn ruled(proposal: &Proposal) -> impl Iterator<Item = &FormAnnex> {
    proposal.form_annexes().filter(|annex| annex.template.files.contains_key(RULES_FILE))
}

/// Puts what rules found to its place. `known` are the findings about the structure of the record: what only follows
/// from an error among them is not said.
pub(super) fn check(
    proposal: &Proposal,
    known: &[Diagnostic],
    results: Vec<RuleResult<'_>>,
) -> Vec<Diagnostic> {
    let errors: Vec<&Diagnostic> = known.iter().filter(|finding| finding.is_error()).collect();
    let mut findings = Vec::new();
    for RuleResult { annex, found, failures } in results {
        findings.extend(failures);
        let found: Vec<Json> = serde_json::from_slice(&found).unwrap_or_default();
        findings.extend(found.into_iter().filter_map(|json| place(proposal, annex, json, &errors)));
    }
    findings
}

fn place(proposal: &Proposal, annex: &FormAnnex, json: Json, errors: &[&Diagnostic]) -> Option<Diagnostic> {
    let rule =
        json["rule"].as_array().map(|place| [0, 1].map(|at| place[at].as_u64().unwrap_or_default() as usize));
    let rule_failed = |message: String| -> Option<Diagnostic> {
        let name = format!("templates/{}/{RULES_FILE}", annex.template.name);
        let text = annex.template.files.get(RULES_FILE).map(|bytes| String::from_utf8_lossy(bytes));
        let source = Source::new(name, text.unwrap_or_default());
        let [start, end] = rule.unwrap_or_default();
        let hint = "Ein Befund hat code, path, message, und nach Wunsch hint und fix; die Codes stehen in findings.toml.";
        Some(Diagnostic::new(&codes::RULE_FAILED, &source, start..end, message).hint(hint))
    };
    let found: RuleFinding = match serde_json::from_value(json) {
        Ok(found) => found,
        Err(error) => return rule_failed(format!("Eine Regel ergibt etwas, das kein Befund ist ({error}).")),
    };
    let Some(Located { span, node, table, missing }) = locate(proposal, annex, &found.path) else {
        let path = Json::Array(found.path);
        return rule_failed(format!("Eine Regel nennt den Pfad {path}, den das Formular nicht hat."));
    };
    let Some((code, _)) = annex.template.codes.get(&found.code) else {
        return rule_failed(format!(
            "Eine Regel nennt den Code „{}“, der nicht in findings.toml steht.",
            found.code
        ));
    };
    if follows(&span, node.is_none().then_some(table), errors) {
        return None;
    }
    let mut finding = Diagnostic::new(code, &proposal.source, span, found.message).lacking(missing);
    finding.hint = found.hint;
    if let (Some(text), Some(Node { value: Value::String(old), span })) = (found.fix, node) {
        // Emphasis of the whole stays.
        let emphasis = ["**", "*"].into_iter().find(|mark| is_wrapped(old.trim(), mark)).unwrap_or_default();
        let text = toml::Value::String(format!("{emphasis}{text}{emphasis}")).to_string();
        finding.fix = vec![Edit { span: span.clone(), text }];
    }
    Some(finding)
}

/// Tells whether a finding only follows from an error: the value it is about is wrong itself, or missing where a key is
/// misspelled or a line cannot be read.
fn follows(span: &Range<usize>, missing_from: Option<&Node>, errors: &[&Diagnostic]) -> bool {
    let touches = |error: &&Diagnostic| error.span.start < span.end && span.start < error.span.end;
    let in_table = |error: &&Diagnostic| {
        let keys = missing_from.and_then(Node::as_table).map(|table| &table.0[..]).unwrap_or_default();
        keys.iter().any(|entry| entry.key_span == error.span)
    };
    errors.iter().any(|error| {
        let unreadable = error.code.is_about_syntax() && missing_from.is_some();
        unreadable || touches(error) || in_table(error)
    })
}

fn is_wrapped(text: &str, mark: &str) -> bool {
    let inner = text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
    inner.is_some_and(|inner| !inner.is_empty() && !inner.contains('*'))
}

/// Where a path leads to.
struct Located<'a> {
    /// The place of the value, or of the table it is missing from.
    span: Range<usize>,
    /// The value.
    node: Option<&'a Node>,
    /// The last table on the way.
    table: &'a Node,
    /// The keys that lead from there to the value that is missing.
    missing: Vec<String>,
}

/// None if the form has no such path.
fn locate<'a>(proposal: &'a Proposal, annex: &FormAnnex, path: &[Json]) -> Option<Located<'a>> {
    let mut tables = proposal.tables().into_iter();
    let (_, mut at) = tables.find(|(keys, _)| keys[..] == ["anlage", &annex.label])?;
    let (mut last, mut missing) = (at, Vec::new());
    for step in path {
        at = at.part(&read_step(step)?)?;
        if at.node.is_some() {
            (last, missing) = (at, Vec::new());
        } else {
            missing.extend(step.as_str().map(str::to_owned));
        }
    }
    Some(Located { span: last.span(), node: at.node, table: last.node?, missing })
}

fn read_step(json: &Json) -> Option<Step> {
    match json {
        Json::String(key) => Some(Step::Key(key.clone())),
        _ => Some(Step::Index(json.as_u64()?.try_into().ok()?)),
    }
}
