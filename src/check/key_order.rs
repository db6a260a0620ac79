//! Keys in the order of the form: a record reads as the page does.

use std::ops::Range;

use toml_edit::{DocumentMut, Item, Table as EditTable, Value as EditValue};

use super::patterns::end;
use crate::diagnostics::{Diagnostic, Edit, codes};
use crate::record::proposal::Proposal;
use crate::record::schema::{Field, FieldKind};
use crate::toml_tree::{Node, TableEntry};

/// A finding for each table whose keys are in another order than the form has them.
pub(super) fn check(proposal: &Proposal) -> Vec<Diagnostic> {
    let fields = proposal.tables().into_iter().flat_map(|(_, table)| table.walk());
    let mut findings: Vec<Diagnostic> =
        fields.flat_map(|(field, node)| late_keys(field, node, proposal)).collect();
    // One change puts them all in order; so it is not made where one of them shall stay.
    let stays = proposal.exceptions.iter().any(|exception| exception.means(&codes::KEY_ORDER));
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

/// The first key of a table that stands behind one that the form has after it.
fn late_keys(field: &Field, node: &Node, proposal: &Proposal) -> Vec<Diagnostic> {
    let (FieldKind::Table(_), Some(table)) = (&field.kind, node.as_table()) else { return Vec::new() };
    let late = |mut entries: Vec<&TableEntry>| {
        entries.retain(|entry| rank(field, &entry.key) < usize::MAX);
        entries.sort_by_key(|entry| entry.key_span.start);
        let late = entries.windows(2).find(|pair| rank(field, &pair[1].key) < rank(field, &pair[0].key));
        let &[before, late] = late? else { return None };
        let message =
            format!("„{}“ steht hinter „{}“; auf dem Formular ist es umgekehrt.", late.key, before.key);
        Some(
            Diagnostic::new(&codes::KEY_ORDER, &proposal.source, late.key_span.clone(), message)
                .hint("In die Reihenfolge des Formulars bringen."),
        )
    };
    // TOML wants tables with a header after all else.
    let (headed, plain) =
        table.0.iter().partition(|entry| has_header(&proposal.source.text, &entry.key_span));
    [plain, headed].into_iter().filter_map(late).collect()
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
    for (path, table) in proposal.tables() {
        let mut item = document.as_item_mut();
        for key in path {
            item = item.get_mut(key)?;
        }
        sort(item, table.field);
    }
    let keys_only = document.clone();
    number(document.as_table_mut(), &mut 0);
    // A comment at the head of the file belongs to the file, and must not move with the first table.
    let same_head =
        |ordered: &String| ordered.trim_start().lines().next() == text.trim_start().lines().next();
    let ordered = Some(document.to_string()).filter(same_head).unwrap_or_else(|| keys_only.to_string());
    // toml_edit ends all lines in the same way.
    let windows = text.matches("\r\n").count();
    Some(if windows == text.matches('\n').count() && windows > 0 {
        ordered.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        ordered
    })
}

fn sort(item: &mut Item, field: &Field) {
    match item {
        Item::Table(table) => sort_table(table, field),
        Item::ArrayOfTables(tables) => {
            if let FieldKind::List(field) = &field.kind {
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
        (EditValue::Array(items), FieldKind::List(field)) => {
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
