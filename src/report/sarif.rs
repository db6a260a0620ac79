//! Findings as a SARIF 2.1.0 log (OASIS), for tools that collect them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value as Json, json};

use crate::diagnostics::{Code, Diagnostic, Edit, Explanation, Severity, Source};
use crate::record::template::Templates;

/// Writes all findings of a run as one log; `templates` explain the codes of forms.
pub fn sarif(findings: &[Diagnostic], templates: &Templates) -> Json {
    // Of several projects, each may have its own `F201`; what tells those rules apart is their place in the list.
    let codes: BTreeMap<Cow<'_, str>, &Code> =
        findings.iter().map(|finding| (finding.code.name(), &finding.code)).collect();
    let rules: Vec<Json> = codes.values().map(|code| rule(code, templates.explanation(code))).collect();
    let index = |finding: &Diagnostic| codes.keys().position(|name| *name == finding.code.name());
    let results: Vec<Json> = findings.iter().map(|finding| result(finding, index(finding))).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "anlage", "version": env!("CARGO_PKG_VERSION"), "language": "de", "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }]
    })
}

fn rule(code: &Code, explanation: Option<&Explanation>) -> Json {
    let mut rule = json!({
        "id": code.to_string(),
        "shortDescription": { "text": code.title },
        "defaultConfiguration": { "level": level(code.severity) },
    });
    if let Some(explanation) = explanation {
        rule["fullDescription"] = json!({ "text": explanation.meaning });
        rule["help"] = json!({ "text": format!("{} {}", explanation.meaning, explanation.reason) });
    }
    rule
}

fn result(finding: &Diagnostic, rule: Option<usize>) -> Json {
    let text = match &finding.hint {
        Some(hint) => format!("{} {hint}", finding.message),
        None => finding.message.clone(),
    };
    let file = json!({ "uri": uri(&finding.source.name) });
    let mut result = json!({
        "ruleId": finding.code.to_string(),
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [{
            "physicalLocation": { "artifactLocation": file, "region": region(&finding.source, &finding.span) }
        }],
    });
    if !finding.fix.is_empty() {
        let replacement = |edit: &Edit| json!({ "deletedRegion": region(&finding.source, &edit.span), "insertedContent": { "text": edit.text } });
        let replacements: Vec<Json> = finding.fix.iter().map(replacement).collect();
        result["fixes"] =
            json!([{ "artifactChanges": [{ "artifactLocation": file, "replacements": replacements }] }]);
    }
    result
}

fn region(source: &Source, span: &std::ops::Range<usize>) -> Json {
    let (line, column) = source.position(span.start);
    let (end_line, end_column) = source.position(span.end);
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The characters that RFC 3986 does not allow in a path.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn uri(name: &str) -> String {
    let path = name.strip_prefix("./").unwrap_or(name).replace('\\', "/");
    let encoded = utf8_percent_encode(&path, NOT_IN_A_PATH).to_string();
    if encoded.starts_with('/') { format!("file://{encoded}") } else { encoded.replace(':', "%3A") }
}
