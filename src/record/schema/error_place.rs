//! Where in a record the validator found an error, and because of which answer.

use std::ops::Range;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as ErrorKind;
use jsonschema::paths::LocationSegment;
use serde_json::Value as Json;

use super::amount::Money;
use super::fields::{Field, FieldKind};
use super::walk::Filled;
use crate::toml_tree::{Node, Step, Value};

/// The JSON that the validator gets: texts of nothing but white space are empty, an amount in German writing is a number,
/// and a single year of the budget a text.
pub(super) fn as_validated(filled: Filled<'_>, node: &Node) -> Json {
    let below = |step: Step, node: &Node| match filled.part(&step) {
        Some(part) => as_validated(part, node),
        None => node.to_json(),
    };
    match (&filled.field.kind, &node.value) {
        (FieldKind::Amount, _) => match Money::of_node(node) {
            Some(amount) => {
                amount.in_toml().parse().map_or_else(|_| node.to_json(), |number: f64| number.into())
            }
            None => Json::String(node.to_json().as_str().unwrap_or("?").trim().to_owned()),
        },
        (FieldKind::FiscalYear, Value::Integer(number)) => number.to_string().into(),
        (_, Value::String(text)) if text.trim().is_empty() => "".into(),
        (_, Value::Array(items)) => {
            items.iter().enumerate().map(|(at, item)| below(Step::Index(at), item)).collect()
        }
        (_, Value::Table(table)) => {
            let entries = table.0.iter();
            let entries =
                entries.map(|entry| (entry.key.clone(), below(Step::Key(entry.key.clone()), &entry.node)));
            Json::Object(entries.collect())
        }
        _ => node.to_json(),
    }
}

/// The steps from the root to the value that an error is about.
pub(super) fn steps(error: &ValidationError<'_>) -> impl Iterator<Item = Step> {
    error.instance_path().segments().map(|segment| match segment {
        LocationSegment::Property(key) => Step::Key(key.into_owned()),
        LocationSegment::Index(index) => Step::Index(index),
    })
}

/// The place of an error: in the file and on the form.
pub(super) struct ErrorPlace<'a> {
    pub(super) node: Option<&'a Node>,
    pub(super) field: &'a Field,
    /// The fields of the table that the field is in.
    siblings: &'a [Field],
    pub(super) span: Range<usize>,
}

impl<'a> ErrorPlace<'a> {
    pub(super) fn of(error: &ValidationError<'_>, root: &'a Field, node: &'a Node) -> Self {
        let mut at = Filled::new(root, Some(node));
        let mut field = root;
        let mut siblings = root.fields();
        for step in steps(error) {
            let Some(part) = at.part(&step) else { break };
            if matches!(step, Step::Key(_)) {
                siblings = at.field.fields();
            }
            // The element of a list of tables goes by the label of the list.
            let is_element = matches!(step, Step::Index(_)) && matches!(part.field.kind, FieldKind::Table(_));
            if !is_element {
                field = part.field;
            }
            at = part;
        }
        Self { node: at.node, field, siblings, span: at.span() }
    }

    pub(super) fn fields(&self) -> &'a [Field] {
        self.field.fields()
    }

    /// The fields of the table that a condition is about: the place's own, or those beside it.
    fn host(&self) -> &'a [Field] {
        if self.fields().is_empty() { self.siblings } else { self.fields() }
    }

    /// Tells whether an amount is one that cannot be read, not something else.
    pub(super) fn says_something_else(&self) -> bool {
        let value = self.node.map(|node| &node.value);
        let is_written = matches!(value, Some(Value::String(_) | Value::Float(_) | Value::Integer(_)));
        self.field.kind == FieldKind::Amount && is_written
    }
}

/// Says which answer makes a condition hold, if the error comes from one: „, weil …“.
pub(super) fn because(error: &ValidationError<'_>, schema: &Json, place: &ErrorPlace<'_>) -> String {
    let path = error.schema_path().as_str().to_owned();
    if let (Some((table, _)), ErrorKind::Required { property }) =
        (path.rsplit_once("/dependentRequired"), error.kind())
    {
        let needs = schema.pointer(&format!("{table}/dependentRequired")).and_then(Json::as_object);
        let is_it = |(key, needed): &(&String, &Json)| {
            let is_there = place.node.and_then(|node| node.as_table()?.get(key)).is_some();
            is_there && needed.as_array().is_some_and(|needed| needed.contains(property))
        };
        let key = needs.into_iter().flatten().find(is_it).map(|(key, _)| key);
        return match place.fields().iter().find(|field| Some(&field.key) == key) {
            Some(field) => format!(", weil „{}“ angegeben ist", field.name()),
            None => String::new(),
        };
    }
    let Some((condition, holds)) = ["then", "else"].into_iter().find_map(|part| {
        let (before, _) = path.rsplit_once(&format!("/{part}/"))?;
        Some((before.trim_end_matches("/if").to_owned(), part == "then"))
    }) else {
        return String::new();
    };
    let asked = schema.pointer(&format!("{condition}/if/properties")).and_then(Json::as_object);
    let answer = |(key, test): (&String, &Json)| {
        let field = place.host().iter().find(|field| field.key == *key)?;
        let label = |value: &Json| match &field.kind {
            FieldKind::Choice(choices) => choices
                .iter()
                .find(|choice| value.as_str() == Some(&choice.value))
                .map(|choice| format!("„{}“", choice.title)),
            _ => None,
        };
        let label = |value: &Json| label(value).unwrap_or_else(|| value.to_string());
        let values: Vec<String> = match (test.get("const"), test.get("enum").and_then(Json::as_array)) {
            (Some(value), _) => vec![label(value)],
            (None, Some(values)) => values.iter().map(label).collect(),
            (None, None) => return Some(format!("„{}“ so beantwortet ist", field.name())),
        };
        let is = if holds { "mit" } else { "nicht mit" };
        Some(format!("„{}“ {is} {} beantwortet ist", field.name(), values.join(" oder ")))
    };
    let answers: Vec<String> = asked.into_iter().flatten().filter_map(answer).collect();
    if answers.is_empty() { String::new() } else { format!(", weil {}", answers.join(" und ")) }
}
