//! The keywords that are understood, and what they may say. Any other would be validated but not shown, or be ignored, so it
//! is refused with its place.

use serde_json::{Map, Value as Json};

use super::place::{SchemaFault, escaped};
use super::similar::similar;

/// The keywords of a field.
const OF_FIELD: &[&str] = &[
    "$comment",
    "$defs",
    "$id",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "const",
    "dependentRequired",
    "description",
    "else",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
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
    "then",
    "title",
    "type",
    "uniqueItems",
];
/// The keywords of an element of `allOf`, which is a condition.
const OF_CONDITION: &[&str] = &["$comment", "if", "then", "else"];
/// The keywords of what is asked by a condition, and of what follows from it.
const OF_PART: &[&str] = &[
    "$comment",
    "const",
    "contains",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "properties",
    "required",
];
const OF_ANSWER: &[&str] = &["$comment", "const", "description", "title"];

/// The formats, each with the type that belongs to it.
const FORMATS: &[(&str, &str)] = &[
    ("markdown", "string"),
    ("markdown-inline", "string"),
    ("betrag", "number"),
    ("datum", "string"),
    ("date", "string"),
    ("time", "string"),
    ("jahr", "integer"),
    ("haushaltsjahr", "string"),
];

/// Gives the type that belongs to a format; none if there is no such format.
pub(super) fn type_of(format: &str) -> Option<&'static str> {
    FORMATS.iter().find(|(name, _)| *name == format).map(|(_, right)| *right)
}

/// Finds the first keyword or format that is not understood.
pub(super) fn check(schema: &Json) -> Result<(), SchemaFault> {
    walk(schema, "", OF_FIELD)
}

/// Writes out what a format says in words that a validator knows: the bounds of a year.
pub(super) fn write_out(schema: &mut Json) {
    match schema {
        Json::Object(object) => {
            if object.get("format").and_then(Json::as_str) == Some("jahr") {
                object.entry("minimum").or_insert(1900.into());
                object.entry("maximum").or_insert(2999.into());
            }
            object.values_mut().for_each(write_out);
        }
        Json::Array(items) => items.iter_mut().for_each(write_out),
        _ => {}
    }
}

fn walk(schema: &Json, pointer: &str, known: &[&str]) -> Result<(), SchemaFault> {
    // `false` says that something must not be there; what is no schema at all is refused where fields are read.
    let Some(object) = schema.as_object() else { return Ok(()) };
    for (key, value) in object {
        let at = format!("{pointer}/{}", escaped(key));
        if !known.contains(&key.as_str()) {
            return Err(SchemaFault::at(&at, unknown(key, known)));
        }
        match key.as_str() {
            "format" => format(value, &at)?,
            "properties" | "$defs" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    walk(value, &format!("{at}/{}", escaped(name)), known)?;
                }
            }
            "items" => walk(value, &at, OF_FIELD)?,
            "if" | "then" | "else" | "contains" => walk(value, &at, OF_PART)?,
            "oneOf" | "allOf" => {
                let known = if key == "oneOf" { OF_ANSWER } else { OF_CONDITION };
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    walk(value, &format!("{at}/{index}"), known)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn unknown(key: &str, known: &[&str]) -> String {
    let hint = match key {
        "default" => " Was niemand eingetragen hat, bleibt auf dem Formular leer.".to_owned(),
        _ => similar(key, known).map(|meant| format!(" Gemeint ist wohl „{meant}“.")).unwrap_or_default(),
    };
    format!("Das Schlüsselwort „{key}“ wird hier nicht unterstützt.{hint}")
}

fn format(value: &Json, at: &str) -> Result<(), SchemaFault> {
    let names: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
    match value.as_str() {
        Some(format) if names.contains(&format) => Ok(()),
        Some(format) => {
            let hint = match similar(format, &names) {
                Some(meant) => format!("Gemeint ist wohl „{meant}“."),
                None => format!("Möglich sind {}.", names.join(", ")),
            };
            Err(SchemaFault::at(at, format!("Das Format „{format}“ gibt es nicht. {hint}")))
        }
        None => Err(SchemaFault::at(at, "Ein Format ist ein Text.")),
    }
}

/// Checks that a table's conditions speak of its fields, and that each asks only what has been answered.
pub(super) fn conditions(
    schema: &Map<String, Json>,
    fields: &Map<String, Json>,
    pointer: &str,
) -> Result<(), SchemaFault> {
    let known = |name: &str, at: &str| {
        let message = format!("„{name}“ steht nicht unter properties.");
        if fields.contains_key(name) { Ok(()) } else { Err(SchemaFault::at(at, message)) }
    };
    for (index, name) in texts(schema.get("required")).enumerate() {
        known(name, &format!("{pointer}/required/{index}"))?;
    }
    for (key, needed) in schema.get("dependentRequired").and_then(Json::as_object).into_iter().flatten() {
        let at = format!("{pointer}/dependentRequired/{}", escaped(key));
        known(key, &at)?;
        texts(Some(needed)).try_for_each(|name| known(name, &at))?;
    }
    let of_all = schema.get("allOf").and_then(Json::as_array).into_iter().flatten();
    let of_all = of_all
        .enumerate()
        .filter_map(|(index, one)| Some((one.as_object()?, format!("{pointer}/allOf/{index}"))));
    for (condition, pointer) in std::iter::once((schema, pointer.to_owned())).chain(of_all) {
        for part in ["if", "then", "else"] {
            let Some(schema) = condition.get(part) else { continue };
            let at = format!("{pointer}/{part}");
            if part != "if" && !condition.contains_key("if") {
                return Err(SchemaFault::at(&at, format!("Zu „{part}“ fehlt „if“.")));
            }
            let asked = schema.get("properties").and_then(Json::as_object).into_iter().flatten();
            for (name, _) in asked {
                let place = format!("{at}/properties/{}", escaped(name));
                known(name, &place)?;
                if part == "if" && !texts(schema.get("required")).any(|required| required == name) {
                    let message = format!(
                        "„if“ fragt nach „{name}“; ohne \"required\": [\"{name}\"] darin gilt es auch, wenn niemand geantwortet hat."
                    );
                    return Err(SchemaFault::at(&place, message));
                }
            }
            texts(schema.get("required")).try_for_each(|name| known(name, &format!("{at}/required")))?;
        }
    }
    Ok(())
}

fn texts(list: Option<&Json>) -> impl Iterator<Item = &str> {
    list.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_understood_is_refused_at_its_place() {
        for (schema, pointer, message) in [
            (
                json!({ "properties": { "a/b": { "format": "markdwon" } } }),
                "/properties/a~1b/format",
                "„markdown“",
            ),
            (json!({ "$defs": { "x": { "format": 1 } } }), "/$defs/x/format", "ein Text"),
            (json!({ "items": { "default": 1 } }), "/items/default", "bleibt auf dem Formular leer"),
            (json!({ "oneOf": [{ "const": "a", "titel": "A" }] }), "/oneOf/0/titel", "„title“"),
            (json!({ "allOf": [{ "required": ["a"] }] }), "/allOf/0/required", "nicht unterstützt"),
            (json!({ "if": { "not": {} } }), "/if/not", "nicht unterstützt"),
            (json!({ "anyOf": [] }), "/anyOf", "nicht unterstützt"),
        ] {
            let problem = check(&schema).unwrap_err();
            assert!(problem.pointer == pointer && problem.message.contains(message), "{problem:?}");
        }
        assert_eq!(
            check(&json!({ "properties": { "format": { "type": "string", "format": "datum" } } })),
            Ok(())
        );
    }

    #[test]
    fn a_condition_speaks_of_what_is_there_and_answered() {
        let table = |more: Json| {
            let mut schema = json!({ "properties": { "a": {}, "b": {} } });
            schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let schema = schema.as_object().unwrap();
            conditions(schema, schema["properties"].as_object().unwrap(), "")
                .map_err(|problem| problem.pointer)
        };
        let asked = json!({ "required": ["a"], "properties": { "a": { "const": "ja" } } });
        for (more, pointer) in [
            (json!({ "required": ["a", "c"] }), "/required/1"),
            (json!({ "dependentRequired": { "a": ["c"] } }), "/dependentRequired/a"),
            (json!({ "then": {} }), "/then"),
            (json!({ "if": asked, "then": { "required": ["c"] } }), "/then/required"),
            (json!({ "if": asked, "else": { "properties": { "c": false } } }), "/else/properties/c"),
            (json!({ "allOf": [{ "if": { "properties": { "a": {} } } }] }), "/allOf/0/if/properties/a"),
        ] {
            assert_eq!(table(more.clone()).unwrap_err(), pointer, "{more}");
        }
        assert_eq!(
            table(json!({ "if": asked, "then": { "required": ["b"] }, "dependentRequired": { "a": ["b"] } })),
            Ok(())
        );
    }
}
