//! Headers of tables that are not what they were meant to be: misspelt, without the table above them, or still a comment.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::schemas::PROPOSAL;
use super::{Annex, FormAnnex};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::names;
use crate::record::schema::{Field, FieldKind, similar};
use crate::toml_tree::{Node, TableEntry, Value};

/// The tables of a record.
pub(super) const TABLES: [&str; 2] = ["vorlage", "anlage"];

/// A table of a record under a name that is nearly its own.
pub(super) struct Misspelt {
    pub typed: String,
    pub meant: &'static str,
    pub span: Range<usize>,
}

/// Puts misspelt tables where they belong, so that what stands in them is read as it was meant.
pub(super) fn put_misspelt(tree: &mut Node) -> Vec<Misspelt> {
    let Value::Table(table) = &mut tree.value else { return Vec::new() };
    let mut found = Vec::new();
    for entry in mem::take(&mut table.0) {
        let Some(meant) = table_meant(&entry) else {
            add(&mut table.0, entry);
            continue;
        };
        let typed = entry.key.clone();
        found.push(Misspelt { typed, meant, span: entry.key_span.clone() });
        add(&mut table.0, TableEntry { key: meant.to_owned(), ..entry });
    }
    found
}

fn table_meant(entry: &TableEntry) -> Option<&'static str> {
    let (key, table) = (entry.key.as_str(), entry.node.as_table()?);
    let meant = similar(key, &TABLES).filter(|meant| *meant != key)?;
    let is_own = |key: &str| match meant {
        "vorlage" => PROPOSAL.root.field(key).is_some(),
        _ => names::is_annex_label(key),
    };
    // [Vorlage] with a form is [anlage.Vorlage].
    let is_form = table.get("template").is_some();
    let is_it = if key.eq_ignore_ascii_case(meant) { !is_form } else { table.keys().any(is_own) };
    (is_it && PROPOSAL.root.field(key).is_none()).then_some(meant)
}

/// Adds an entry to those of a table; what is there already takes up what is below.
fn add(entries: &mut Vec<TableEntry>, mut entry: TableEntry) {
    let Some(own) = entries.iter_mut().find(|own| own.key == entry.key) else {
        return entries.push(entry);
    };
    // The header stands above what is below it.
    if entry.node.span.start < own.node.span.start {
        mem::swap(own, &mut entry);
    }
    match (&mut own.node.value, entry.node.value) {
        (Value::Table(own), Value::Table(more)) => more.0.into_iter().for_each(|one| add(&mut own.0, one)),
        (Value::Array(own), Value::Array(more)) => own.extend(more),
        _ => {}
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_tree;

    #[test]
    fn misspelt_tables_are_read_as_they_were_meant() {
        let right = "[vorlage]\nbetreff = 'x'\n[[vorlage.beratung]]\nrolle = 'y'\n\
            [anlage.A]\ntemplate = 'z'\n[[anlage.A.finanzierung]]\na = 1\n";
        let read = |text: &str| {
            let mut tree = toml_tree::parse(&Source::new("a.toml", text)).0;
            let found = put_misspelt(&mut tree);
            let found: Vec<String> =
                found.into_iter().map(|one| format!("{} {}", one.typed, one.meant)).collect();
            (found, tree)
        };
        for (from, to, found) in [
            ("[vorlage]", "[Vorlage]", "Vorlage vorlage"),
            ("[vorlage", "[VORLAGE", "VORLAGE vorlage"),
            ("[[vorlage.", "[[Vorlage.", "Vorlage vorlage"),
            ("[vorlage]", "[vorlagen]", "vorlagen vorlage"),
            ("[anlage.A]", "[Anlage.A]", "Anlage anlage"),
            ("[[anlage.A", "[[anlagen.A", "anlagen anlage"),
        ] {
            let text = right.replace(from, to);
            let (own, tree) = read(&text);
            assert_eq!(own, [found], "{text}");
            assert_eq!(tree.to_json(), read(right).1.to_json(), "{text}");
        }
        for other in
            [right, "[Vorlage]\ntemplate = 'x'\n", "[beratung]\n", "[vorlagen]\nx = 1\n", "Vorlage = 1\n"]
        {
            assert_eq!(read(other).0, Vec::<String>::new(), "{other}");
        }
    }
}
