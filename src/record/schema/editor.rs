//! A schema as editors with TOML support take it: without references, and what is ours in words that they know.
//!
//! Knows nothing of records and sessions.

use serde_json::{Map, Value as Json, json};

/// Gives a schema for editors, which know the drafts up to 7 well and later ones hardly: what is said here, all say alike.
pub fn for_editors(schema: &Json) -> Json {
    flat(schema, schema)
}

/// Tells whether what a keyword holds is data, whatever it looks like.
pub fn holds_data(keyword: &str) -> bool {
    ["const", "enum", "examples", "dependencies", "x-taplo"].contains(&keyword)
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
                out.insert(key.to_owned(), if holds_data(key) { value.clone() } else { flat(value, root) });
            }
            answers(&mut out);
            formats(&mut out);
            Json::Object(out)
        }
        Json::Array(items) => items.iter().map(|item| flat(item, root)).collect(),
        other => other.clone(),
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
        // RFC 3339 has an offset behind it, TOML's local time has none.
        "time" => (json!("string"), Some("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?$")),
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
