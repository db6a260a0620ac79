//! Which fields an answer makes required, whether or not somebody has filled them.

use std::collections::BTreeSet;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind as ErrorKind;
use serde_json::Value as Json;

use super::Filled;
use super::error_place::{as_validated, steps};
use crate::toml_tree::Step;

/// Finds the fields of a table that the conditions of its schema ask for. The validator is asked what it would miss if a
/// field were empty, so that it alone knows what a condition means.
pub(super) fn needed(validator: &Validator, schema: &Json, filled: Filled<'_>) -> Vec<Vec<Step>> {
    let mut keys = BTreeSet::new();
    gather(schema, false, &mut keys);
    let Some(node) = filled.node.filter(|_| !keys.is_empty()) else { return Vec::new() };
    let whole = as_validated(filled, node);
    let mut found = Vec::new();
    for key in keys {
        let mut without = whole.clone();
        take_away(&mut without, key);
        for error in validator.iter_errors(&without) {
            let is_it =
                matches!(error.kind(), ErrorKind::Required { property } if property.as_str() == Some(key));
            let is_conditional = ["/then/", "/else/", "/dependentRequired"]
                .iter()
                .any(|part| error.schema_path().as_str().contains(part));
            if is_it && is_conditional {
                found.push(steps(&error).chain([Step::Key(key.to_owned())]).collect());
            }
        }
    }
    found
}

/// The keys that any condition of a schema asks for.
fn gather<'a>(schema: &'a Json, is_conditional: bool, keys: &mut BTreeSet<&'a str>) {
    match schema {
        Json::Object(parts) => {
            for (name, part) in parts {
                let texts = part.as_array().into_iter().flatten().filter_map(Json::as_str);
                match name.as_str() {
                    "required" if is_conditional => keys.extend(texts),
                    "dependentRequired" => {
                        let lists = part.as_object().into_iter().flat_map(|lists| lists.values());
                        keys.extend(lists.filter_map(Json::as_array).flatten().filter_map(Json::as_str));
                    }
                    _ => gather(part, is_conditional || ["then", "else"].contains(&name.as_str()), keys),
                }
            }
        }
        Json::Array(parts) => parts.iter().for_each(|part| gather(part, is_conditional, keys)),
        _ => {}
    }
}

fn take_away(value: &mut Json, key: &str) {
    match value {
        Json::Object(parts) => {
            parts.shift_remove(key);
            parts.values_mut().for_each(|part| take_away(part, key));
        }
        Json::Array(parts) => parts.iter_mut().for_each(|part| take_away(part, key)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::Source;
    use crate::record::schema::{Filled, Schema};
    use crate::toml_tree::{self, Step};

    const SCHEMA: &str = r##"{
        "type": "object", "additionalProperties": false, "required": ["immer"],
        "properties": {
            "immer": { "type": "string" }, "art": { "enum": ["kauf", "miete"] }, "preis": { "type": "string" },
            "jahr": { "type": "string" }, "dauer": { "type": "string" },
            "posten": { "type": "array", "items": { "$ref": "#/$defs/posten" } }
        },
        "if": { "required": ["art"], "properties": { "art": { "const": "kauf" } } },
        "then": { "required": ["preis"] }, "else": { "properties": { "preis": false } },
        "dependentRequired": { "preis": ["jahr"] },
        "$defs": { "posten": {
            "type": "object", "additionalProperties": false,
            "properties": { "neu": { "type": "boolean" }, "grund": { "type": "string" } },
            "allOf": [{ "if": { "required": ["neu"], "properties": { "neu": { "const": true } } }, "then": { "required": ["grund"] } }]
        } }
    }"##;

    #[test]
    fn a_field_is_needed_while_its_condition_holds_whether_it_is_filled_or_not() {
        let schema = Schema::new("form", SCHEMA).unwrap();
        let needed = |text: &str| {
            let tree = toml_tree::parse(&Source::new("a.toml", text)).0;
            let found = schema.needed(Filled::new(&schema.root, Some(&tree)));
            let name = |step: &Step| match step {
                Step::Key(key) => format!("/{key}"),
                Step::Index(at) => format!("/{at}"),
            };
            found.iter().map(|path| path.iter().map(name).collect()).collect::<Vec<String>>()
        };
        assert!(needed("").is_empty() && needed("art = 'miete'").is_empty());
        assert_eq!(needed("art = 'kauf'"), ["/preis"]);
        assert_eq!(needed("art = 'kauf'\npreis = '1'"), ["/jahr", "/preis"]);
        assert_eq!(needed("art = 'kauf'\npreis = '1'\njahr = '2026'\nfremd = 1"), ["/jahr", "/preis"]);
        let posten = "[[posten]]\nneu = true\n[[posten]]\nneu = false\n[[posten]]\nneu = true\ngrund = 'x'\n";
        assert_eq!(needed(posten), ["/posten/0/grund", "/posten/2/grund"]);
    }
}
