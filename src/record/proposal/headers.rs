//! Headers of tables that are not what they were meant to be: without the table above them, or still a comment.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::schemas::PROPOSAL;
use super::{Annex, FormAnnex};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::names;
use crate::record::schema::{Field, FieldKind};
use crate::toml_tree::TableEntry;

/// What a top-level table was meant to be, as the help says it; none if no form has such a table.
pub(super) fn meant(source: &Source, entry: &TableEntry, annexes: &[Annex]) -> Option<String> {
    let key = entry.key.as_str();
    let typed = source.text.get(entry.node.span.clone()).filter(|text| text.starts_with('['));
    let place = |path: String, field: &Field| match (&field.kind, typed) {
        (FieldKind::List(_), Some(typed)) => format!("Statt {typed} steht [[{path}.{key}]]."),
        (FieldKind::Table(_), Some(typed)) => format!("Statt {typed} steht [{path}.{key}]."),
        (FieldKind::List(_) | FieldKind::Table(_), None) | (_, Some(_)) => {
            format!("„{key}“ gehört zu [{path}].")
        }
        _ => format!("„{key}“ steht unter der Zeile [{path}]."),
    };
    if let Some(field) = PROPOSAL.root.field(key) {
        return Some(place("vorlage".into(), field));
    }
    let forms = annexes.iter().filter_map(|annex| match annex {
        Annex::Form(FormAnnex { label, template, .. }) => Some((label, &template.schema.root)),
        Annex::File(_) => None,
    });
    let mut known = forms.filter_map(|(label, form)| Some((label, form.field(key)?)));
    if let Some((label, field)) = known.next() {
        return Some(place(format!("anlage.{label}"), field));
    }
    match typed {
        Some(typed) if names::is_annex_label(key) => Some(format!("Statt {typed} steht [anlage.{key}].")),
        _ => None,
    }
}

static COMMENTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*#\s*(\[\[?[A-Za-z0-9_.-]+\]\]?)\s*$").expect("fixed, and tried by the tests below")
});

/// Puts one finding at a header that is still a comment, in place of those about the keys below it: they went to another
/// table.
pub(super) fn uncomment(source: &Arc<Source>, findings: &mut Vec<Diagnostic>) {
    let is_of_key = |finding: &Diagnostic| {
        finding.code.id == codes::DUPLICATE_KEY.id || finding.code.id == codes::UNKNOWN_KEY.id
    };
    if !source.text.contains("# [") && !source.text.contains("#[") || !findings.iter().any(is_of_key) {
        return;
    }
    let headers = commented(source);
    let mut causes: BTreeMap<usize, Diagnostic> = BTreeMap::new();
    findings.retain(|finding| {
        let line = finding.line();
        let last =
            headers.partition_point(|(header, _, _)| *header < line).checked_sub(1).map(|at| &headers[at]);
        let Some((header, at, Some(name))) = last.filter(|_| is_of_key(finding)) else { return true };
        // A list of answers in a comment is no header; what may stand below one is known.
        causes.entry(*header).or_insert_with(|| {
            let message =
                format!("Die Zeile {name} steht noch hinter einem #; die Angaben darunter gehören zu ihr.");
            Diagnostic::new(&finding.code, source, *at..*at + line_length(source, *at), message)
                .hint(format!("Das # davor löschen: {name}"))
        });
        false
    });
    findings.extend(causes.into_values());
}

fn line_length(source: &Source, at: usize) -> usize {
    source.text[at..].lines().next().map_or(0, |line| line.trim_end().len())
}

/// All headers by their lines: where they stand, and the names of those that are comments and that a form may have.
fn commented(source: &Source) -> Vec<(usize, usize, Option<String>)> {
    let mut headers = Vec::new();
    let mut at = 0;
    for (index, line) in source.text.split_inclusive('\n').enumerate() {
        if line.trim_start().starts_with('[') {
            headers.push((index + 1, at, None));
        } else if let Some(name) = COMMENTED.captures(line).and_then(|found| found.get(1))
            && is_of_a_record(name.as_str())
        {
            headers.push((index + 1, at, Some(name.as_str().to_owned())));
        }
        at += line.len();
    }
    headers
}

fn is_of_a_record(header: &str) -> bool {
    let mut keys = header.trim_matches(['[', ']']).split('.');
    match (keys.next(), keys.next()) {
        (Some("vorlage"), key) => key.is_none_or(|key| PROPOSAL.root.field(key).is_some()),
        (Some("anlage"), Some(label)) => names::is_annex_label(label),
        _ => false,
    }
}
