//! The fields of a schema, typed: layouts, findings, `anlage new` and editors read labels from them.

use std::cell::Cell;

use serde_json::{Map, Value as Json};

/// A field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The TOML key; empty for the elements of a list.
    pub key: String,
    /// The label on the form.
    pub title: String,
    /// The help.
    pub description: String,
    /// Whether the field is required.
    pub required: bool,
    /// The kind of value that it holds.
    pub kind: FieldKind,
    /// The first of the schema's examples.
    pub example: Option<Json>,
}

/// The kinds of values that a field can hold.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// Plain text.
    Text,
    /// CommonMark.
    RichText {
        /// Whether it is a single run of text, without paragraphs, lists, tables or images.
        inline: bool,
    },
    /// One of several answers.
    Choice(Vec<Choice>),
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A table with fields of its own.
    Table(Vec<Field>),
    /// A list whose elements are alike.
    List(Box<Field>),
}

/// One of the answers to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value in TOML.
    pub value: String,
    /// The label on the form.
    pub title: String,
}

impl Field {
    /// Returns the fields of a table, or of the tables of a list.
    pub fn fields(&self) -> &[Field] {
        match &self.kind {
            FieldKind::Table(fields) => fields,
            FieldKind::List(item) => item.fields(),
            _ => &[],
        }
    }

    /// Returns the field with this key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.key == key)
    }

    /// Returns the label as a sentence can name it: its first line, without a colon at the end.
    pub fn name(&self) -> &str {
        let line = self.title.lines().next().unwrap_or_default();
        line.trim_end_matches(':')
    }
}

/// The keywords that are understood; any other would be validated but not shown, so it is refused.
const KEYWORDS: &[&str] = &[
    "$comment",
    "$defs",
    "$id",
    "$ref",
    "$schema",
    "additionalProperties",
    "const",
    "default",
    "description",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
    "uniqueItems",
];

const MAX_DEPTH: usize = 16;
/// The most fields of a form; `$ref` could multiply them without end.
const MAX_FIELDS: usize = 2000;

/// Reads a schema whose root is a table.
pub(super) fn read(key: &str, schema: &Json) -> Result<Field, String> {
    let field = SchemaReader { root: schema, fields: Cell::new(0) }.field(key, schema, true, "", 0)?;
    match field.kind {
        FieldKind::Table(_) => Ok(field),
        _ => Err("Das Schema beschreibt keine Tabelle (\"type\": \"object\").".into()),
    }
}

struct SchemaReader<'a> {
    root: &'a Json,
    /// The number of fields read so far.
    fields: Cell<usize>,
}

impl SchemaReader<'_> {
    fn field(
        &self,
        key: &str,
        schema: &Json,
        required: bool,
        path: &str,
        depth: usize,
    ) -> Result<Field, String> {
        let path = &format!("{path}/{key}");
        if depth > MAX_DEPTH {
            return Err(format!("{path}: tiefer als {MAX_DEPTH} Ebenen verschachtelt."));
        }
        self.fields.set(self.fields.get() + 1);
        if self.fields.get() > MAX_FIELDS {
            return Err(format!("Das Schema hat mehr als {MAX_FIELDS} Felder."));
        }
        let schema = &self.resolve(schema, path)?;
        if let Some(unknown) = schema.keys().find(|k| !KEYWORDS.contains(&k.as_str())) {
            return Err(format!("{path}: das Schlüsselwort „{unknown}“ wird nicht unterstützt."));
        }
        let text = |name: &str| schema.get(name).and_then(Json::as_str).map(str::to_owned);
        Ok(Field {
            key: key.to_owned(),
            title: text("title").unwrap_or_else(|| key.to_owned()),
            description: text("description").unwrap_or_default(),
            required,
            kind: self.kind(schema, path, depth)?,
            example: schema.get("examples").and_then(|all| all.get(0)).cloned(),
        })
    }

    /// Follows `$ref`; keywords beside it take precedence.
    fn resolve(&self, schema: &Json, path: &str) -> Result<Map<String, Json>, String> {
        let not_an_object = || format!("{path}: hier fehlt ein Schema.");
        let mut object = schema.as_object().ok_or_else(not_an_object)?.clone();
        for _ in 0..MAX_DEPTH {
            let Some(reference) = object.shift_remove("$ref") else {
                return Ok(object);
            };
            let pointer = reference.as_str().and_then(|r| r.strip_prefix('#'));
            let target = pointer
                .and_then(|pointer| self.root.pointer(pointer))
                .and_then(Json::as_object)
                .ok_or_else(|| format!("{path}: der Verweis {reference} führt nirgendwohin."))?;
            for (name, value) in target {
                object.entry(name).or_insert_with(|| value.clone());
            }
        }
        Err(format!("{path}: die Verweise drehen sich im Kreis."))
    }

    fn kind(&self, schema: &Map<String, Json>, path: &str, depth: usize) -> Result<FieldKind, String> {
        if let Some(choices) = choices(schema, path)? {
            return Ok(FieldKind::Choice(choices));
        }
        let format = schema.get("format").and_then(Json::as_str);
        Ok(match (schema.get("type").and_then(Json::as_str), format) {
            (Some("string"), Some("markdown")) => FieldKind::RichText { inline: false },
            (Some("string"), Some("markdown-inline")) => FieldKind::RichText { inline: true },
            (Some("string"), Some("date")) => FieldKind::Date,
            (Some("string"), Some("time")) => FieldKind::Time,
            (Some("string"), _) => FieldKind::Text,
            (Some("integer"), _) => FieldKind::Integer,
            (Some("number"), _) => FieldKind::Number,
            (Some("boolean"), _) => FieldKind::Boolean,
            (Some("object"), _) => FieldKind::Table(self.properties(schema, path, depth)?),
            (Some("array"), _) => {
                let items = schema.get("items").unwrap_or(&Json::Null);
                FieldKind::List(Box::new(self.field("", items, true, path, depth + 1)?))
            }
            (other, _) => {
                return Err(format!("{path}: der Typ {other:?} wird nicht unterstützt."));
            }
        })
    }

    fn properties(&self, schema: &Map<String, Json>, path: &str, depth: usize) -> Result<Vec<Field>, String> {
        if schema.get("additionalProperties") != Some(&Json::Bool(false)) {
            return Err(format!("{path}: es fehlt \"additionalProperties\": false."));
        }
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Json::as_object).unwrap_or(&empty);
        let names = schema.get("required").and_then(Json::as_array);
        let mut names_all = names.into_iter().flatten().filter_map(Json::as_str);
        if let Some(unknown) = names_all.find(|name| !properties.contains_key(*name)) {
            return Err(format!("{path}: „{unknown}“ steht unter required und nicht unter properties."));
        }
        let required =
            |key: &str| names.is_some_and(|names| names.iter().any(|name| name.as_str() == Some(key)));
        properties
            .iter()
            .map(|(key, schema)| self.field(key, schema, required(key), path, depth + 1))
            .collect()
    }
}

/// Reads the answers of `enum`, or of `oneOf` with a `const` and a `title` each.
fn choices(schema: &Map<String, Json>, path: &str) -> Result<Option<Vec<Choice>>, String> {
    let only_texts = || format!("{path}: Antworten sind Texte.");
    let choice = |value: &Json, title: Option<&Json>| {
        let value = value.as_str().ok_or_else(only_texts)?.to_owned();
        let title = title.and_then(Json::as_str).map_or_else(|| value.clone(), str::to_owned);
        Ok(Choice { value, title })
    };
    let none = |name: &str| schema.get(name).and_then(Json::as_array).is_some_and(Vec::is_empty);
    if none("enum") || none("oneOf") {
        return Err(format!("{path}: es gibt keine Antworten."));
    }
    if let Some(values) = schema.get("enum").and_then(Json::as_array) {
        return values.iter().map(|value| choice(value, None)).collect::<Result<_, _>>().map(Some);
    }
    if let Some(options) = schema.get("oneOf").and_then(Json::as_array) {
        return options
            .iter()
            .map(|option| choice(option.get("const").unwrap_or(&Json::Null), option.get("title")))
            .collect::<Result<_, _>>()
            .map(Some);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_are_followed_and_titles_beside_them_win() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["a"],
            "properties": { "a": { "title": "A?", "$ref": "#/$defs/ja" } },
            "$defs": { "ja": { "title": "x", "oneOf": [{ "const": "ja", "title": "Ja" }] } }
        });
        let root = read("form", &schema).unwrap();
        let a = root.field("a").unwrap();
        assert_eq!((a.title.as_str(), a.required), ("A?", true));
        let choice = Choice { value: "ja".into(), title: "Ja".into() };
        assert_eq!(a.kind, FieldKind::Choice(vec![choice]));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let table = |field: Json| {
            read(
                "f",
                &json!({ "type": "object", "additionalProperties": false, "properties": { "a": field } }),
            )
        };
        assert!(table(json!({ "type": "string", "if": {} })).unwrap_err().contains("„if“"));
        assert!(table(json!({ "$ref": "#/$defs/x" })).unwrap_err().contains("nirgendwohin"));
        assert!(table(json!({ "$ref": "#/properties/a" })).unwrap_err().contains("Kreis"));
        assert!(table(json!({ "type": "object" })).unwrap_err().contains("additionalProperties"));
        assert!(table(json!({ "enum": [1] })).unwrap_err().contains("Texte"));
        assert!(read("f", &json!({ "type": "string" })).is_err());
    }
}
