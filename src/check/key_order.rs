//! Keys in the order of the form: a record reads as the page does.

use std::ops::Range;

use toml_edit::{DocumentMut, Item, Table as EditTable, Value as EditValue};

use super::patterns::end;
use crate::diagnostics::{Diagnostic, Edit, codes};
use crate::record::proposal::{FILE_ANNEX, PROPOSAL, Proposal};
use crate::record::schema::{Field, Kind};
use crate::toml_tree::{Entry, Node, Value};

/// A finding for each table whose keys are in another order than the form has them.
pub fn check(proposal: &Proposal) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (node, field, _) in tables(proposal) {
        walk(node, field, proposal, &mut findings);
    }
    // One change puts them all in order; so it is not made where one of them shall stay.
    let stays = proposal.exceptions.iter().any(|exception| exception.code == codes::KEY_ORDER.id);
    if !stays
        && !findings.is_empty()
        && let Some(text) = ordered(proposal)
    {
        for finding in &mut findings {
            finding.fix = vec![Edit { span: 0..proposal.source.text.len(), text: text.clone() }];
        }
    }
    findings
}

/// The tables that have a form, with the keys under which they stand.
fn tables(proposal: &Proposal) -> Vec<(&Node, &Field, Vec<&str>)> {
    let top = proposal.tree.as_table();
    let head = top.and_then(|table| table.get("vorlage")).map(|node| (node, &PROPOSAL.root, vec!["vorlage"]));
    let annexes = top.and_then(|table| table.get("anlage")?.as_table()).map(|table| &table.0[..]);
    let annex =
        |entry| annex_field(proposal, entry).map(|field| (&entry.node, field, vec!["anlage", &*entry.key]));
    head.into_iter().chain(annexes.unwrap_or_default().iter().filter_map(annex)).collect()
}

fn annex_field<'a>(proposal: &'a Proposal, entry: &Entry) -> Option<&'a Field> {
    let form = proposal.form_annexes().find(|annex| annex.label == entry.key);
    let file = || entry.node.as_table()?.get("datei").map(|_| &FILE_ANNEX.root);
    form.map(|annex| &annex.template.schema.root).or_else(file)
}

fn walk(node: &Node, field: &Field, proposal: &Proposal, findings: &mut Vec<Diagnostic>) {
    match (&field.kind, &node.value) {
        (Kind::List(item), Value::Array(items)) => {
            items.iter().for_each(|node| walk(node, item, proposal, findings));
        }
        (Kind::Table(_), Value::Table(table)) => {
            let text = &proposal.source.text;
            // TOML wants tables with a header after all else.
            let (headed, plain): (Vec<&Entry>, Vec<&Entry>) =
                table.0.iter().partition(|entry| has_header(text, &entry.key_span));
            for mut entries in [plain, headed] {
                entries.retain(|entry| rank(field, &entry.key) < usize::MAX);
                entries.sort_by_key(|entry| entry.key_span.start);
                let late =
                    entries.windows(2).find(|pair| rank(field, &pair[1].key) < rank(field, &pair[0].key));
                if let Some([before, late]) = late {
                    let message = format!(
                        "„{}“ steht hinter „{}“; auf dem Formular ist es umgekehrt.",
                        late.key, before.key
                    );
                    findings.push(
                        Diagnostic::new(&codes::KEY_ORDER, &proposal.source, late.key_span.clone(), message)
                            .hint("In die Reihenfolge des Formulars bringen."),
                    );
                }
            }
            for entry in &table.0 {
                if let Some(field) = field.field(&entry.key) {
                    walk(&entry.node, field, proposal, findings);
                }
            }
        }
        _ => {}
    }
}

/// What makes an annex what it is comes first, what the form does not know last.
fn rank(field: &Field, key: &str) -> usize {
    let at = field.fields().iter().position(|field| field.key == key);
    match key {
        "template" => 0,
        _ => at.map_or(usize::MAX, |at| at + 1),
    }
}

fn has_header(text: &str, key: &Range<usize>) -> bool {
    // The name of a table is short; a line of megabytes is none.
    let before = end(&text[..key.start]);
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    line.trim_start_matches([' ', '\t']).starts_with('[')
}

/// The record with all keys in order, its comments and its layout as they were.
fn ordered(proposal: &Proposal) -> Option<String> {
    let text = &proposal.source.text;
    let mut document: DocumentMut = text.parse().ok()?;
    let mut tables = tables(proposal);
    tables.sort_by_key(|(node, ..)| node.span.start);
    for (_, field, path) in tables {
        let mut item = document.as_item_mut();
        for key in path {
            item = item.get_mut(key)?;
        }
        sort(item, field);
    }
    let keys_only = document.clone();
    number(document.as_table_mut(), &mut 0);
    // A comment at the head of the file belongs to the file, and must not move with the first table.
    let same_head =
        |ordered: &String| ordered.trim_start().lines().next() == text.trim_start().lines().next();
    let ordered = Some(document.to_string()).filter(same_head).unwrap_or_else(|| keys_only.to_string());
    // toml_edit ends all lines in the same way.
    let windows = text.matches("\r\n").count();
    Some(match windows == text.matches('\n').count() && windows > 0 {
        true => ordered.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => ordered,
    })
}

fn sort(item: &mut Item, field: &Field) {
    match item {
        Item::Table(table) => sort_table(table, field),
        Item::ArrayOfTables(tables) => {
            if let Kind::List(field) = &field.kind {
                tables.iter_mut().for_each(|table| sort_table(table, field));
            }
        }
        Item::Value(value) => sort_value(value, field),
        Item::None => {}
    }
}

fn sort_table(table: &mut EditTable, field: &Field) {
    table.sort_values_by(|a, _, b, _| rank(field, a.get()).cmp(&rank(field, b.get())));
    for (key, item) in table.iter_mut() {
        if let Some(field) = field.field(key.get()) {
            sort(item, field);
        }
    }
}

fn sort_value(value: &mut EditValue, field: &Field) {
    match (value, &field.kind) {
        (EditValue::Array(items), Kind::List(field)) => {
            items.iter_mut().for_each(|value| sort_value(value, field));
        }
        (EditValue::InlineTable(table), _) => {
            let ranks: Vec<usize> = table.iter().map(|(key, _)| rank(field, key)).collect();
            // In a table of several lines, or with comments, they would get lost.
            let mut bare = table.clone();
            bare.decor_mut().clear();
            let simple = !bare.to_string().contains(['#', '\n']);
            if !ranks.is_sorted() && simple {
                table.sort_values_by(|a, _, b, _| rank(field, a.get()).cmp(&rank(field, b.get())));
                table.fmt();
            }
            for (key, value) in table.iter_mut() {
                if let Some(field) = field.field(key.get()) {
                    sort_value(value, field);
                }
            }
        }
        _ => {}
    }
}

/// Tables are printed in the order of their positions: those of a table follow it.
fn number(table: &mut EditTable, position: &mut isize) {
    *position += 1;
    table.set_position(Some(*position));
    for (_, item) in table.iter_mut() {
        if let Some(tables) = item.as_array_of_tables_mut() {
            tables.iter_mut().for_each(|table| number(table, position));
        } else if let Some(table) = item.as_table_mut() {
            number(table, position);
        }
    }
}
