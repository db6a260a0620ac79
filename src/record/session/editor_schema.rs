//! The schema of a session file as editors take it.

use serde_json::{Value as Json, json};

use super::SCHEMA;
use super::item_number::PATTERN;
use super::release::RELEASABLE;
use crate::record::schema::for_editors;

/// The schema of session files (JSON Schema 2020-12, and read alike as draft 7). It says what `check` says, and also what
/// that finds without a schema: how a number is written, and which findings can be released.
pub fn session_schema() -> Json {
    let mut schema = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema" });
    if let (Json::Object(schema), Json::Object(said)) = (&mut schema, for_editors(&SCHEMA.json)) {
        schema.extend(said);
    }
    schema["properties"]["top"]["items"]["properties"]["nummer"]["pattern"] = PATTERN.into();
    schema["properties"]["freigabe"]["items"]["properties"]["befund"]["enum"] = json!(RELEASABLE);
    schema
}
