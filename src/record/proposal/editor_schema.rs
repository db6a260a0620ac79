//! One JSON Schema for a whole record, as editors with TOML support take it.
//!
//! Editors know the drafts up to 7 well and later ones hardly, so this is draft 7, without references.

use serde_json::{Map, Value as Json, json};

use super::exceptions::{KEY, REASON_KEY};
use super::{ANNEX_LABEL, FILE_ANNEX, proposal_schema};
use crate::record::project::Project;
use crate::record::template::Template;

/// The schema of records that use these forms.
pub fn editor_schema(project: &Project, templates: &[&Template]) -> Json {
    let proposal = &proposal_schema(project).json;
    let mut annexes: Vec<Json> = templates.iter().map(|template| form_annex(template)).collect();
    annexes.push(flat(&FILE_ANNEX.json, &FILE_ANNEX.json));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Vorlagendatei",
        "description": "Eine Vorlage an den Rat, einen Ausschuss oder eine Bezirksvertretung mit ihren Anlagen.",
        "type": "object",
        "additionalProperties": false,
        "required": ["vorlage"],
        "properties": {
            "vorlage": flat(proposal, proposal),
            "anlage": {
                "title": "Anlagen",
                "description": "Die Anlagen der Vorlage, jede unter ihrer Kennung: A, 1, 1a.",
                "type": "object",
                "propertyNames": { "pattern": ANNEX_LABEL },
                "additionalProperties": { "anyOf": annexes }
            }
        }
    })
}

fn form_annex(template: &Template) -> Json {
    let json = &template.schema.json;
    let mut schema = flat(json, json);
    let name = json!({ "title": "Formular", "description": template.description, "type": "string", "enum": [template.name] });
    if let Some(Json::Array(required)) = schema.get_mut("required") {
        required.insert(0, "template".into());
    }
    if let Some(Json::Object(properties)) = schema.get_mut("properties") {
        properties.shift_insert(0, "template".into(), name);
    }
    schema
}

/// The schema with every reference replaced by what it refers to, and answers as a plain list.
fn flat(schema: &Json, root: &Json) -> Json {
    match schema {
        Json::Object(object) => {
            let mut out = Map::new();
            let target =
                object.get("$ref").and_then(Json::as_str).and_then(|r| root.pointer(r.strip_prefix('#')?));
            let target = target.and_then(Json::as_object).into_iter().flatten();
            for (key, value) in object.iter().chain(target) {
                // Draft 7 has another word for it.
                let key = if key == "dependentRequired" { "dependencies" } else { key };
                if ["$ref", "$defs", "$schema", "$comment"].contains(&key) || out.contains_key(key) {
                    continue;
                }
                // What these hold is data, whatever it looks like.
                let data = ["const", "enum", "examples", "dependencies"].contains(&key);
                out.insert(key.to_owned(), if data { value.clone() } else { flat(value, root) });
            }
            answers(&mut out);
            formats(&mut out);
            exceptions(&mut out);
            Json::Object(out)
        }
        Json::Array(items) => items.iter().map(|item| flat(item, root)).collect(),
        other => other.clone(),
    }
}

/// Any table may make exceptions.
fn exceptions(schema: &mut Map<String, Json>) {
    let is_table = schema.get("type").and_then(Json::as_str) == Some("object");
    if let Some(Json::Object(properties)) = schema.get_mut("properties").filter(|_| is_table) {
        let codes = json!({
            "title": "Ausnahmen",
            "description": "Codes von Befunden, die in dieser Tabelle nicht gemeldet werden; nur mit ausnahmen_grund.",
            "type": "array",
            "items": { "type": "string", "pattern": "^([a-z0-9-]+/)?[TFVSPU][0-9]{3}$" }
        });
        let reason = json!({
            "title": "Grund der Ausnahmen",
            "description": "Warum die Befunde hier nicht zutreffen.",
            "type": "string",
            "minLength": 1
        });
        properties.insert(KEY.into(), codes);
        properties.insert(REASON_KEY.into(), reason);
    }
}

/// What our formats mean, in words that editors know.
fn formats(schema: &mut Map<String, Json>) {
    let Some(format) = schema.get("format").and_then(Json::as_str) else { return };
    let (kind, pattern) = match format {
        "betrag" => (
            json!(["number", "string"]),
            Some("^[-−–]? ?([0-9]+|[0-9]{1,3}(\\.[0-9]{3})+)(,[0-9]{1,2})?( ?(€|EUR|Euro))?$"),
        ),
        "haushaltsjahr" => {
            (json!(["integer", "string"]), Some("^(19|2[0-9])[0-9]{2}(/([0-9]{2}|[0-9]{4}))?$"))
        }
        "jahr" => (json!("integer"), None),
        "datum" => (json!("string"), None),
        _ => return,
    };
    if format == "datum" {
        schema.insert("format".into(), "date".into());
    } else {
        schema.shift_remove("format");
    }
    schema.insert("type".into(), kind);
    if let Some(pattern) = pattern {
        schema.insert("pattern".into(), pattern.into());
    }
}

/// `oneOf` with a `const` and a `title` each becomes `enum`, with the titles where Taplo shows them.
fn answers(schema: &mut Map<String, Json>) {
    let Some(Json::Array(options)) = schema.get("oneOf") else {
        return;
    };
    let column =
        |key: &str| -> Option<Vec<Json>> { options.iter().map(|option| option.get(key).cloned()).collect() };
    if let (Some(values), Some(titles)) = (column("const"), column("title")) {
        schema.shift_remove("oneOf");
        schema.insert("type".into(), "string".into());
        schema.insert("enum".into(), values.into());
        schema.insert("x-taplo".into(), json!({ "docs": { "enumValues": titles } }));
    }
}
