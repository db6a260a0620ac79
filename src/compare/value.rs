//! What a record says in a field, as the page prints it.
//!
//! Knows nothing of versions.

use std::sync::Arc;

use crate::diagnostics::Source;
use crate::record::proposal::rich_text;
use crate::record::schema::{Field, FieldKind, Filled, Money, fiscal_year_of};
use crate::toml_tree::{Node, Value};

/// Writes the value of a field that has no parts; none if it has none or prints nothing. What is no value of its kind is
/// given as it was typed, so that two mistakes are not taken for the same.
pub(super) fn printed(source: &Arc<Source>, filled: Filled<'_>) -> Option<String> {
    let node = filled.node?;
    let text = of_kind(source, filled.field, node).unwrap_or_else(|| typed(source, node));
    Some(text).filter(|text| !text.is_empty())
}

/// Tells whether the value of a field is words of the author.
pub(super) fn is_text(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Text | FieldKind::RichText { .. })
}

fn of_kind(source: &Arc<Source>, field: &Field, node: &Node) -> Option<String> {
    Some(match (&field.kind, &node.value) {
        (FieldKind::Text, Value::String(text)) => text.trim().to_owned(),
        (FieldKind::RichText { inline }, Value::String(text)) => {
            let (mut images, mut findings) = (Vec::new(), Vec::new());
            let blocks = rich_text::read(source, node, *inline, &mut images, &mut findings);
            if findings.is_empty() { rich_text::words(&blocks) } else { text.trim().to_owned() }
        }
        (FieldKind::Choice(choices), Value::String(text)) => {
            choices.iter().find(|choice| choice.value == *text)?.title.clone()
        }
        (FieldKind::Amount, _) => format!("{} €", Money::of_node(node)?),
        (FieldKind::FiscalYear, _) => fiscal_year_of(node)?,
        (FieldKind::Integer | FieldKind::Year | FieldKind::Number, Value::Integer(number)) => {
            number.to_string()
        }
        (FieldKind::Integer | FieldKind::Year, Value::Float(number)) if number.fract() == 0.0 => {
            format!("{number:.0}")
        }
        (FieldKind::Number, Value::Float(number)) => number.to_string().replace('.', ","),
        // Everybody says it so, in records and in sessions.
        (FieldKind::Boolean, Value::Boolean(truth)) if field.key == "oeffentlich" => {
            if *truth { "öffentlich" } else { "nichtöffentlich" }.to_owned()
        }
        (FieldKind::Boolean, Value::Boolean(truth)) => if *truth { "Ja" } else { "Nein" }.to_owned(),
        (FieldKind::Date, _) => node.as_day()?.in_numbers(),
        (FieldKind::Time, _) => format!("{} Uhr", node.as_time()?.in_numbers()),
        _ => return None,
    })
}

/// What stands in the file.
pub(super) fn typed(source: &Arc<Source>, node: &Node) -> String {
    match &node.value {
        Value::Table(_) | Value::Array(_) => node.to_json().to_string(),
        _ => {
            let typed = source.text.get(node.span.clone()).unwrap_or_default();
            typed.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

/// A value with its label, and the keys that lead to it from where it was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrintedValue {
    pub path: String,
    pub label: String,
    pub value: String,
    pub is_text: bool,
}

/// Lists all values in a field and below it, in the order of the form.
pub(super) fn values(source: &Arc<Source>, filled: Filled<'_>) -> Vec<PrintedValue> {
    let mut found = Vec::new();
    let mut waiting = vec![(filled, String::new(), String::new())];
    while let Some((filled, path, label)) = waiting.pop() {
        match &filled.field.kind {
            FieldKind::Table(_) | FieldKind::List(_) if has_parts(filled) => {
                let parts = filled.parts().into_iter().enumerate().map(|(at, part)| {
                    let is_element = part.field.key.is_empty();
                    let key = if is_element { format!("[{at}]") } else { format!(".{}", part.field.key) };
                    let label = if is_element { label.clone() } else { part.field.name().to_owned() };
                    (part, format!("{path}{key}"), label)
                });
                waiting.extend(parts.collect::<Vec<_>>().into_iter().rev());
            }
            _ => {
                let is_text = is_text(filled.field);
                found.extend(printed(source, filled).map(|value| PrintedValue {
                    path,
                    label,
                    value,
                    is_text,
                }));
            }
        }
    }
    found
}

/// Tells whether a table is a table and a list a list.
fn has_parts(filled: Filled<'_>) -> bool {
    match (&filled.field.kind, filled.node.map(|node| &node.value)) {
        (_, None) => true,
        (FieldKind::Table(_), Some(value)) => matches!(value, Value::Table(_)),
        (FieldKind::List(_), Some(value)) => matches!(value, Value::Array(_)),
        _ => false,
    }
}
