//! From the values of a record to the data of a layout: every field of the form is there, what is missing
//! or of the wrong kind is `null`, rich text is a tree.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::rich_text::{self, ImageReference};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::schema::{Field, Kind};
use crate::toml_tree::{Node, Value};

/// The data of a table, and the images that its texts name.
#[derive(Debug)]
pub struct Reading {
    /// An object with every field.
    pub value: Json,
    /// The images, by the numbers that the texts give them.
    pub images: Vec<ImageReference>,
}

/// Reads a table by its fields.
pub fn read(source: &Arc<Source>, field: &Field, node: &Node, findings: &mut Vec<Diagnostic>) -> Reading {
    let mut images = Vec::new();
    let mut reader = Reader { source, images: &mut images, findings };
    let value = reader.value(field, Some(node));
    Reading { value, images }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    images: &'a mut Vec<ImageReference>,
    findings: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn value(&mut self, field: &Field, node: Option<&Node>) -> Json {
        let value = node.map(|node| &node.value);
        match (&field.kind, value) {
            (Kind::Table(fields), _) => self.table(fields, node),
            (Kind::List(item), Some(Value::Array(items))) => {
                items.iter().map(|node| self.value(item, Some(node))).collect()
            }
            (Kind::List(_), _) => Json::Array(Vec::new()),
            (Kind::RichText { inline }, Some(Value::String(_))) => match node {
                Some(node) => self.rich_text(field, node, *inline),
                None => Json::Null,
            },
            (Kind::Text, Some(Value::String(text))) if !text.trim().is_empty() => text.trim().into(),
            (Kind::Choice(choices), Some(Value::String(text))) => {
                let known = choices.iter().any(|choice| choice.value == *text);
                if known { text.as_str().into() } else { Json::Null }
            }
            (Kind::Integer | Kind::Number, Some(Value::Integer(number))) => (*number).into(),
            // To JSON Schema 2026.0 is an integer.
            (Kind::Integer, Some(Value::Float(number))) if number.fract() == 0.0 => (*number as i64).into(),
            (Kind::Number, Some(Value::Float(number))) => (*number).into(),
            (Kind::Boolean, Some(Value::Boolean(truth))) => (*truth).into(),
            (Kind::Time, _) => node.and_then(Node::as_time).map(|time| time.to_string()).into(),
            (Kind::Date, _) => node.and_then(Node::as_day).map(|day| day.to_string()).into(),
            _ => Json::Null,
        }
    }

    fn table(&mut self, fields: &[Field], node: Option<&Node>) -> Json {
        let table = node.and_then(Node::as_table);
        let mut object = Map::new();
        for field in fields {
            let node = table.and_then(|table| table.get(&field.key));
            object.insert(field.key.clone(), self.value(field, node));
        }
        Json::Object(object)
    }

    fn rich_text(&mut self, field: &Field, node: &Node, inline: bool) -> Json {
        let before = self.findings.len();
        let blocks = rich_text::read(self.source, node, inline, self.images, self.findings);
        let blank = node.as_str().is_none_or(|text| text.trim().is_empty());
        if blocks.is_empty() && !blank && self.findings.len() == before {
            let message = format!("Von „{}“ bleibt nichts zu drucken.", field.name());
            let finding = Diagnostic::new(&codes::EMPTY, self.source, node.span.clone(), message);
            self.findings.push(finding.hint(&field.description));
        }
        match blocks.is_empty() {
            true => Json::Null,
            false => serde_json::to_value(blocks).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::schema::Schema;
    use crate::toml_tree;
    use serde_json::json;

    #[test]
    fn every_field_is_there_and_wrong_values_count_as_missing() {
        let schema = Schema::new("", r#"{
            "type": "object", "additionalProperties": false, "properties": {
                "text": { "type": "string" },
                "lang": { "type": "string", "format": "markdown" },
                "antwort": { "enum": ["ja", "nein"] },
                "jahr": { "type": "integer" },
                "tag": { "type": "string", "format": "date" },
                "unter": { "type": "object", "additionalProperties": false, "properties": { "a": { "type": "boolean" } } },
                "liste": { "type": "array", "items": { "type": "integer" } }
            }
        }"#).unwrap();
        let data = |toml: &str| {
            let source = Source::new("a", toml);
            let tree = toml_tree::parse(&source).0;
            read(&source, &schema.root, &tree, &mut Vec::new()).value
        };
        let empty = json!({ "text": null, "lang": null, "antwort": null, "jahr": null, "tag": null, "unter": { "a": null }, "liste": [] });
        assert_eq!(data(""), empty);
        assert_eq!(
            data(
                "text = 1\nlang = 2\nantwort = 'jein'\njahr = 'x'\ntag = 5\nunter = 'x'\nliste = 3\nfremd = 1"
            ),
            empty
        );
        let full = data(
            "text = 'a'\nlang = 'b'\nantwort = 'ja'\njahr = 1\ntag = 2025-01-20\nunter.a = true\nliste = [1, 'x']",
        );
        assert_eq!(full["lang"], json!([{ "kind": "paragraph", "body": [{ "kind": "text", "text": "b" }] }]));
        assert_eq!(full["tag"], json!("2025-01-20"));
        assert_eq!(full["liste"], json!([1, null]));
    }
}
