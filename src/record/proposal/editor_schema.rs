//! One JSON Schema for a whole record, as editors with TOML support take it.
//!
//! Editors know the drafts up to 7 well and later ones hardly, so this is draft 7.

use serde_json::{Map, Value as Json, json};

use super::exceptions::{KEY, REASON_KEY};
use super::{FILE_ANNEX, proposal_schema};
use crate::record::names::ANNEX_LABEL;
use crate::record::project::Project;
use crate::record::schema::{for_editors, holds_data};
use crate::record::template::Template;

/// The schema of records that use these forms.
pub fn editor_schema(project: &Project, templates: &[&Template]) -> Json {
    let proposal = &proposal_schema(project).json;
    let mut annexes: Vec<Json> = templates.iter().map(|template| form_annex(template)).collect();
    annexes.push(with_exceptions(&for_editors(&FILE_ANNEX.json)));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Vorlagendatei",
        "description": "Eine Vorlage an den Rat, einen Ausschuss oder eine Bezirksvertretung mit ihren Anlagen.",
        "type": "object",
        "additionalProperties": false,
        "required": ["vorlage"],
        "properties": {
            "vorlage": with_exceptions(&for_editors(proposal)),
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
    let mut schema = with_exceptions(&for_editors(&template.schema.json));
    let name = json!({ "title": "Formular", "description": template.description, "type": "string", "enum": [template.name] });
    if let Some(Json::Array(required)) = schema.get_mut("required") {
        required.insert(0, "template".into());
    }
    if let Some(Json::Object(properties)) = schema.get_mut("properties") {
        properties.shift_insert(0, "template".into(), name);
    }
    schema
}

/// The schema with what is said of exceptions in each table.
fn with_exceptions(schema: &Json) -> Json {
    match schema {
        Json::Object(object) => {
            let inner = |(key, value): (&String, &Json)| {
                let value = if holds_data(key) { value.clone() } else { with_exceptions(value) };
                (key.clone(), value)
            };
            let mut out = object.iter().map(inner).collect();
            exceptions(&mut out);
            Json::Object(out)
        }
        Json::Array(items) => items.iter().map(with_exceptions).collect(),
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
