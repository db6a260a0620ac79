//! From a record to typed values: every field of a form is there; what is missing or of the wrong kind says nothing,
//! and long texts are trees.
//!
//! Knows nothing of what single fields mean.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::rich_text::{self, Block, ImageReference};
use crate::day::{Day, TimeOfDay};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::schema::{Field, FieldKind, Filled, Money, fiscal_year_of};
use crate::toml_tree::{Node, Value};

/// What a record says in a field of a form.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Nothing, or something of the wrong kind.
    Nothing,
    /// A plain text without white space around it, or the answer to a question.
    Text(String),
    /// A long text.
    RichText(Vec<Block>),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// An amount of money.
    Amount(Money),
    /// `true` or `false`.
    Boolean(bool),
    /// A day.
    Day(Day),
    /// A time of day.
    Time(TimeOfDay),
    /// The fields of a table in the order of the form, with their keys.
    Table(Vec<(String, FieldValue)>),
    /// The elements of a list.
    List(Vec<FieldValue>),
}

impl FieldValue {
    /// The field of a table with this key.
    pub fn get(&self, key: &str) -> &Self {
        let fields = match self {
            Self::Table(fields) => &fields[..],
            _ => &[],
        };
        fields.iter().find(|(own, _)| own == key).map_or(&Self::Nothing, |(_, value)| value)
    }

    /// The plain text or the answer, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `true` or `false`, if this is one of them.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The day, if this is one.
    pub fn as_day(&self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(*day),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}

/// The values of a table, and the images that its texts name.
#[derive(Debug)]
pub(super) struct ReadValues {
    /// A table with every field.
    pub values: FieldValue,
    /// The images, by the numbers that the texts give them.
    pub images: Vec<ImageReference>,
}

/// Reads a table by its fields.
pub(super) fn read(source: &Arc<Source>, table: Filled<'_>, findings: &mut Vec<Diagnostic>) -> ReadValues {
    let mut images = Vec::new();
    let mut reader = ValueReader { source, images: &mut images, findings };
    let values = reader.value(table);
    ReadValues { values, images }
}

struct ValueReader<'a> {
    source: &'a Arc<Source>,
    images: &'a mut Vec<ImageReference>,
    findings: &'a mut Vec<Diagnostic>,
}

impl ValueReader<'_> {
    fn value(&mut self, filled: Filled<'_>) -> FieldValue {
        let parts = filled.parts().into_iter();
        match &filled.field.kind {
            FieldKind::Table(_) => {
                FieldValue::Table(parts.map(|part| (part.field.key.clone(), self.value(part))).collect())
            }
            FieldKind::List(_) => FieldValue::List(parts.map(|part| self.value(part)).collect()),
            _ => filled.node.and_then(|node| self.single(filled.field, node)).unwrap_or(FieldValue::Nothing),
        }
    }

    fn single(&mut self, field: &Field, node: &Node) -> Option<FieldValue> {
        Some(match (&field.kind, &node.value) {
            (FieldKind::RichText { inline }, Value::String(text)) => {
                let blocks = self.rich_text(field, node, text, *inline);
                Some(blocks).filter(|blocks| !blocks.is_empty()).map(FieldValue::RichText)?
            }
            (FieldKind::Text, Value::String(text)) if !text.trim().is_empty() => {
                // Letters taken apart (NFD) are the same text.
                FieldValue::Text(text.trim().nfc().collect())
            }
            (FieldKind::Choice(choices), Value::String(text)) => {
                let known = choices.iter().find(|choice| choice.value == *text)?;
                FieldValue::Text(known.value.clone())
            }
            (FieldKind::Amount, _) => FieldValue::Amount(Money::of_node(node)?),
            (FieldKind::FiscalYear, _) => FieldValue::Text(fiscal_year_of(node)?),
            (FieldKind::Integer | FieldKind::Year, Value::Integer(number)) => FieldValue::Integer(*number),
            (FieldKind::Number, Value::Integer(number)) => FieldValue::Integer(*number),
            // To JSON Schema 2026.0 is an integer.
            (FieldKind::Integer | FieldKind::Year, Value::Float(number)) if number.fract() == 0.0 => {
                FieldValue::Integer(*number as i64)
            }
            (FieldKind::Number, Value::Float(number)) => FieldValue::Number(*number),
            (FieldKind::Boolean, Value::Boolean(truth)) => FieldValue::Boolean(*truth),
            (FieldKind::Date, _) => FieldValue::Day(node.as_day()?),
            (FieldKind::Time, _) => FieldValue::Time(node.as_time()?),
            _ => return None,
        })
    }

    fn rich_text(&mut self, field: &Field, node: &Node, text: &str, inline: bool) -> Vec<Block> {
        let before = self.findings.len();
        let blocks = rich_text::read(self.source, node, inline, self.images, self.findings);
        if blocks.is_empty() && !text.trim().is_empty() && self.findings.len() == before {
            let message = format!("Von „{}“ bleibt nichts zu drucken.", field.name());
            let finding = Diagnostic::new(&codes::EMPTY, self.source, node.span.clone(), message);
            self.findings.push(finding.hint(&field.description));
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::super::rich_text::Inline;
    use super::*;
    use crate::record::schema::Schema;
    use crate::toml_tree;

    fn values(toml: &str) -> FieldValue {
        let schema = Schema::new("", r#"{
            "type": "object", "additionalProperties": false, "properties": {
                "text": { "type": "string" },
                "lang": { "type": "string", "format": "markdown" },
                "antwort": { "enum": ["ja", "nein"] },
                "jahr": { "type": "integer" },
                "anteil": { "type": "number" },
                "tag": { "type": "string", "format": "date" },
                "uhr": { "type": "string", "format": "time" },
                "betrag": { "type": "number", "format": "betrag" },
                "haushalt": { "type": "string", "format": "haushaltsjahr" },
                "unter": { "type": "object", "additionalProperties": false, "properties": { "a": { "type": "boolean" } } },
                "liste": { "type": "array", "items": { "type": "integer" } }
            }
        }"#).unwrap();
        let source = Source::new("a", toml);
        let tree = toml_tree::parse(&source).0;
        read(&source, Filled::new(&schema.root, Some(&tree)), &mut Vec::new()).values
    }

    fn keys(value: &FieldValue) -> Vec<&str> {
        match value {
            FieldValue::Table(fields) => fields.iter().map(|(key, _)| key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_field_is_there_in_the_order_of_the_form() {
        let empty = values("");
        let all = [
            "text", "lang", "antwort", "jahr", "anteil", "tag", "uhr", "betrag", "haushalt", "unter", "liste",
        ];
        assert_eq!(keys(&empty), all);
        for key in &all[..9] {
            assert_eq!(*empty.get(key), FieldValue::Nothing, "{key}");
        }
        assert_eq!(*empty.get("unter"), FieldValue::Table(vec![("a".into(), FieldValue::Nothing)]));
        assert_eq!(*empty.get("liste"), FieldValue::List(Vec::new()));
        assert_eq!(keys(&values("uhr = 10:00:00\ntext = 'a'")), all);
    }

    #[test]
    fn wrong_values_count_as_missing() {
        let wrong = "text = ' '\nlang = 2\nantwort = 'jein'\njahr = 1.5\nanteil = 'x'\ntag = 2025-01-20T10:00:00\n\
            uhr = 2025-01-20\nbetrag = 1.234\nhaushalt = '2026/28'\nunter = 'x'\nliste = 3\nfremd = 1";
        assert_eq!(values(wrong), values(""));
        assert_eq!(values("tag = '2025-02-30'\nuhr = '25:00:00'"), values(""));
    }

    #[test]
    fn values_have_their_types() {
        let full = values(
            "text = ' a '\nlang = 'b'\nantwort = 'ja'\njahr = 2026.0\nanteil = 0.5\ntag = 2025-01-20\nuhr = '17:15:00'\n\
            betrag = '1.234,5'\nhaushalt = 2026\nunter.a = true\nliste = [1, 'x']",
        );
        assert_eq!(full.get("text").as_text(), Some("a"));
        let body = vec![Inline::Text { text: "b".into() }];
        assert_eq!(*full.get("lang"), FieldValue::RichText(vec![Block::Paragraph { body }]));
        assert_eq!(full.get("antwort").as_text(), Some("ja"));
        assert_eq!(*full.get("jahr"), FieldValue::Integer(2026));
        assert_eq!(*full.get("anteil"), FieldValue::Number(0.5));
        assert_eq!(full.get("tag").as_day(), Day::new(2025, 1, 20));
        assert_eq!(*full.get("uhr"), FieldValue::Time("17:15:00".parse().unwrap()));
        assert_eq!(*full.get("betrag"), FieldValue::Amount(Money { cents: 123_450 }));
        assert_eq!(full.get("haushalt").as_text(), Some("2026"));
        assert_eq!(full.get("unter").get("a").as_bool(), Some(true));
        assert_eq!(*full.get("liste").items(), [FieldValue::Integer(1), FieldValue::Nothing]);
        assert_eq!(*full.get("text").get("a"), FieldValue::Nothing);
    }
}
