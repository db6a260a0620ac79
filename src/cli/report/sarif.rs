//! Findings as other tools take them: SARIF 2.1.0 (OASIS), and annotations of GitHub Actions.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value as Json, json};

use crate::diagnostics::{Code, Diagnostic, Edit, Explanation, Severity, Source, explanation};
use crate::record::template::Templates;

/// All findings of a run as one log. `templates` explain the codes of forms.
pub fn sarif(findings: &[Diagnostic], templates: &Templates) -> Json {
    let codes: BTreeMap<&str, &Code> =
        findings.iter().map(|finding| (&*finding.code.id, &finding.code)).collect();
    let rules: Vec<Json> = codes.values().map(|code| rule(code, explained(&code.id, templates))).collect();
    let index = |finding: &Diagnostic| codes.keys().position(|id| **id == *finding.code.id);
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

/// A finding as a workflow command of GitHub Actions.
pub fn github(finding: &Diagnostic) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let (line, column) = finding.position();
    let (end_line, end_column) = finding.source.position(finding.span.end);
    // GitHub takes columns only within one line.
    let columns =
        if end_line == line { format!(",col={column},endColumn={end_column}") } else { String::new() };
    let place = format!("file={},line={line},endLine={end_line}{columns}", property(&finding.source.name));
    let title = property(&format!("{} {}", finding.code.id, finding.code.title));
    let text = match &finding.hint {
        Some(hint) => format!("{}\n{hint}", finding.message),
        None => finding.message.clone(),
    };
    format!("::{level} {place},title={title}::{}", data(&text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// What a code means, whether it is one of all records or of a form.
pub fn explained<'a>(id: &str, templates: &'a Templates) -> Option<&'a Explanation> {
    let of_form = |loaded: &'a crate::record::template::Loaded| Some(&loaded.as_ref().ok()?.codes.get(id)?.1);
    explanation(id).or_else(|| templates.iter().find_map(|(_, loaded)| of_form(loaded)))
}

fn rule(code: &Code, explanation: Option<&Explanation>) -> Json {
    let mut rule = json!({
        "id": code.id,
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
        "ruleId": finding.code.id,
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

/// What RFC 3986 does not allow in a path.
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
    match encoded.starts_with('/') {
        true => format!("file://{encoded}"),
        // What looks like a scheme is none.
        false => encoded.replace(':', "%3A"),
    }
}
