//! The fields of a schema, typed: layouts, findings, `anlage new` and editors read labels from them.

use std::cell::Cell;

use serde_json::{Map, Value as Json};

use super::keywords;
use super::place::{SchemaFault, escaped};

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
    /// An amount of money, to the cent.
    Amount,
    /// A year.
    Year,
    /// A year of the budget: `2026`, or two of them, `2026/27`.
    FiscalYear,
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

    /// Tells whether it is a list of tables, each of which is a block of the form.
    pub fn is_list_of_blocks(&self) -> bool {
        matches!(&self.kind, FieldKind::List(item) if matches!(item.kind, FieldKind::Table(_)))
    }

    /// Tells whether the field is written under a header of its own: lists of tables, and tables with long texts. Others
    /// are written with dotted keys.
    pub fn has_own_header(&self) -> bool {
        match &self.kind {
            FieldKind::Table(fields) => fields.iter().any(|field| {
                matches!(
                    field.kind,
                    FieldKind::RichText { inline: false } | FieldKind::Table(_) | FieldKind::List(_)
                )
            }),
            _ => self.is_list_of_blocks(),
        }
    }

    /// Returns the label as a sentence can name it: its first line, without a colon at the end.
    pub fn name(&self) -> &str {
        let line = self.title.lines().next().unwrap_or_default();
        line.trim_end_matches(':')
    }
}

const MAX_DEPTH: usize = 16;
/// The most fields of a form; `$ref` could multiply them without end.
const MAX_FIELDS: usize = 2000;

/// Reads a schema whose root is a table, and whose keywords are known.
pub(super) fn read(key: &str, schema: &Json) -> Result<Field, SchemaFault> {
    let field = SchemaReader { root: schema, fields: Cell::new(0) }.field(key, schema, true, "", 0)?;
    match field.kind {
        FieldKind::Table(_) => Ok(field),
        _ => Err(SchemaFault::at("", "Das Schema beschreibt keine Tabelle (\"type\": \"object\").")),
    }
}

struct SchemaReader<'a> {
    root: &'a Json,
    /// The number of fields read so far.
    fields: Cell<usize>,
}

/// A schema without references.
struct Resolved {
    schema: Map<String, Json>,
    /// Where its keywords stand: a JSON pointer.
    pointer: String,
}

impl SchemaReader<'_> {
    fn field(
        &self,
        key: &str,
        schema: &Json,
        required: bool,
        pointer: &str,
        depth: usize,
    ) -> Result<Field, SchemaFault> {
        if depth > MAX_DEPTH {
            return Err(SchemaFault::at(pointer, format!("Tiefer als {MAX_DEPTH} Ebenen verschachtelt.")));
        }
        self.fields.set(self.fields.get() + 1);
        if self.fields.get() > MAX_FIELDS {
            return Err(SchemaFault::at(pointer, format!("Das Schema hat mehr als {MAX_FIELDS} Felder.")));
        }
        let Resolved { schema, pointer } = &self.resolve(schema, pointer)?;
        let text = |name: &str| schema.get(name).and_then(Json::as_str).map(str::to_owned);
        Ok(Field {
            key: key.to_owned(),
            title: text("title").unwrap_or_else(|| key.to_owned()),
            description: text("description").unwrap_or_default(),
            required,
            kind: self.kind(schema, pointer, depth)?,
            example: schema.get("examples").and_then(|all| all.get(0)).cloned(),
        })
    }

    /// Follows `$ref`; keywords beside it take precedence.
    fn resolve(&self, schema: &Json, pointer: &str) -> Result<Resolved, SchemaFault> {
        let not_an_object = || SchemaFault::at(pointer, "Hier fehlt ein Schema.");
        let mut object = schema.as_object().ok_or_else(not_an_object)?.clone();
        let mut place = pointer.to_owned();
        for _ in 0..MAX_DEPTH {
            let Some(reference) = object.shift_remove("$ref") else {
                return Ok(Resolved { schema: object, pointer: place });
            };
            let target = reference.as_str().and_then(|r| r.strip_prefix('#'));
            let found = target.and_then(|pointer| self.root.pointer(pointer)).and_then(Json::as_object);
            let (Some(target), Some(found)) = (target, found) else {
                let message = format!("Der Verweis {reference} führt nirgendwohin.");
                return Err(SchemaFault::at(&format!("{pointer}/$ref"), message));
            };
            if !["properties", "items"].iter().any(|key| object.contains_key(*key)) {
                target.clone_into(&mut place);
            }
            for (name, value) in found {
                object.entry(name).or_insert_with(|| value.clone());
            }
        }
        Err(SchemaFault::at(&format!("{pointer}/$ref"), "Die Verweise drehen sich im Kreis."))
    }

    fn kind(
        &self,
        schema: &Map<String, Json>,
        pointer: &str,
        depth: usize,
    ) -> Result<FieldKind, SchemaFault> {
        if let Some(choices) = choices(schema, pointer)? {
            return Ok(FieldKind::Choice(choices));
        }
        let format = schema.get("format").and_then(Json::as_str);
        Ok(match (schema.get("type").and_then(Json::as_str), format) {
            (Some("string"), Some("markdown")) => FieldKind::RichText { inline: false },
            (Some("string"), Some("markdown-inline")) => FieldKind::RichText { inline: true },
            (Some("string"), Some("date" | "datum")) => FieldKind::Date,
            (Some("string"), Some("time")) => FieldKind::Time,
            (Some("string"), Some("haushaltsjahr")) => FieldKind::FiscalYear,
            (Some("integer"), Some("jahr")) => FieldKind::Year,
            (Some("number"), Some("betrag")) => FieldKind::Amount,
            (_, Some(format)) => {
                let message = match keywords::type_of(format) {
                    Some(right) => format!("Zu \"format\": \"{format}\" gehört \"type\": \"{right}\"."),
                    None => format!("Das Format „{format}“ gibt es nicht."),
                };
                return Err(SchemaFault::at(&format!("{pointer}/format"), message));
            }
            (Some("string"), None) => FieldKind::Text,
            (Some("integer"), None) => FieldKind::Integer,
            (Some("number"), None) => FieldKind::Number,
            (Some("boolean"), None) => FieldKind::Boolean,
            (Some("object"), None) => FieldKind::Table(self.properties(schema, pointer, depth)?),
            (Some("array"), None) => {
                let items = schema.get("items").unwrap_or(&Json::Null);
                FieldKind::List(Box::new(self.field(
                    "",
                    items,
                    true,
                    &format!("{pointer}/items"),
                    depth + 1,
                )?))
            }
            (other, None) => {
                let message = match (other, schema.get("type")) {
                    (None, None) => "Es fehlt die Art des Feldes (\"type\" oder \"enum\").".to_owned(),
                    (_, Some(other)) => format!("Die Art {other} wird nicht unterstützt."),
                    (Some(other), None) => format!("Die Art {other} wird nicht unterstützt."),
                };
                return Err(SchemaFault::at(&format!("{pointer}/type"), message));
            }
        })
    }

    fn properties(
        &self,
        schema: &Map<String, Json>,
        pointer: &str,
        depth: usize,
    ) -> Result<Vec<Field>, SchemaFault> {
        if schema.get("additionalProperties") != Some(&Json::Bool(false)) {
            return Err(SchemaFault::at(pointer, "Es fehlt \"additionalProperties\": false."));
        }
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Json::as_object).unwrap_or(&empty);
        keywords::conditions(schema, properties, pointer)?;
        let names = schema.get("required").and_then(Json::as_array);
        let required =
            |key: &str| names.is_some_and(|names| names.iter().any(|name| name.as_str() == Some(key)));
        let field = |(key, schema): (&String, &Json)| {
            let pointer = format!("{pointer}/properties/{}", escaped(key));
            self.field(key, schema, required(key), &pointer, depth + 1)
        };
        properties.iter().map(field).collect()
    }
}

/// Reads the answers of `enum`, or of `oneOf` with a `const` and a `title` each.
fn choices(schema: &Map<String, Json>, pointer: &str) -> Result<Option<Vec<Choice>>, SchemaFault> {
    let only_texts = || SchemaFault::at(pointer, "Antworten sind Texte.");
    let choice = |value: &Json, title: Option<&Json>| {
        let value = value.as_str().ok_or_else(only_texts)?.to_owned();
        let title = title.and_then(Json::as_str).map_or_else(|| value.clone(), str::to_owned);
        Ok(Choice { value, title })
    };
    let none = |name: &str| schema.get(name).and_then(Json::as_array).is_some_and(Vec::is_empty);
    if none("enum") || none("oneOf") {
        return Err(SchemaFault::at(pointer, "Es gibt keine Antworten."));
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
            let json =
                json!({ "type": "object", "additionalProperties": false, "properties": { "a": field } });
            let problem = read("f", &json).unwrap_err();
            (problem.pointer, problem.message)
        };
        for (field, pointer, message) in [
            (json!({ "$ref": "#/$defs/x" }), "/properties/a/$ref", "nirgendwohin"),
            (json!({ "$ref": "#/properties/a" }), "/properties/a/$ref", "Kreis"),
            (json!({ "type": "object" }), "/properties/a", "additionalProperties"),
            (json!({ "enum": [1] }), "/properties/a", "Texte"),
            (json!({ "type": "string", "format": "betrag" }), "/properties/a/format", "\"type\": \"number\""),
            (json!({ "type": "null" }), "/properties/a/type", "nicht unterstützt"),
            (json!({ "title": "A" }), "/properties/a/type", "Es fehlt die Art"),
        ] {
            let (at, said) = table(field.clone());
            assert!(at == pointer && said.contains(message), "{field}: {at} {said}");
        }
        assert!(read("f", &json!({ "type": "string" })).is_err());
    }
}
