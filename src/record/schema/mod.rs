//! JSON Schema as the one source of what a table may hold and of the labels on the form.
//!
//! Knows nothing of records, templates or settings, which are all read through it.
//!
//! # One text, two readings
//!
//! A schema is read twice, and both must say the same:
//!
//! - as a *validator* (the `jsonschema` crate, Draft 2020-12), which decides whether a table is right;
//! - as *fields* ([`Field`]), which know what it is called: label, help, answers, example, in the order of the form. Layouts,
//!   findings, `anlage new`, the schema for editors and the order of keys all read these, so a label stands once.
//!
//! So that a rule never decides without being shown, keywords that the fields do not know are refused when a form is
//! loaded, not ignored. `format` carries what JSON has no type for: `datum` (or `date`), `time`, `jahr`, `haushaltsjahr`,
//! `betrag` for an exact amount of money, and `markdown` or `markdown-inline` for rich text. A list of answers is an
//! `enum`, or a `oneOf` of `const` and `title`. What is asked only after an answer stands behind `if`, `then`, `else`,
//! alone or in `allOf`, or in `dependentRequired`.
//!
//! # From errors to findings
//!
//! The validator speaks of paths and keywords, in English; a clerk needs the place in the file and the label on the form.
//! Each error is led back along its path through the table, which has the place of every value, and through the fields, which
//! have its name. Three things make the difference between a list of errors and help:
//!
//! - of several errors at one value only the weightiest is told: a number where a text belongs has no length either;
//! - an unknown key that is nearly a known one ([`similar()`]) stands for it, and the known one is not missing as well;
//! - every hint can be typed: it shows the line as it should be, made from the field and its example.
//!
//! TOML has dates and JSON has none: they are texts to the validator, so one that stands where words are meant is looked for
//! separately.
//!
//! # Limits
//!
//! A form may come from anybody: depth and number of fields are limited, references in a circle are refused, and patterns run
//! in linear time.

mod amount;
mod blank;
mod editor;
mod error_place;
mod fields;
mod findings;
mod keywords;
mod meant;
mod needed;
mod place;
mod similar;
mod walk;

use std::sync::Arc;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value as Json;

pub use amount::{Money, fiscal_year_of};
pub use blank::Blank;
pub use editor::{for_editors, holds_data};
pub use fields::{Choice, Field, FieldKind};
pub use meant::literal;
pub use similar::similar;
pub use walk::Filled;

use crate::day::{Day, TimeOfDay};
use crate::diagnostics::{Diagnostic, Source};
use crate::toml_tree::{Node, Step};

/// A schema that has been read: its fields in the order of the form, and its validator.
#[derive(Debug)]
pub struct Schema {
    /// The schema as written (JSON Schema 2020-12).
    pub json: Json,
    /// The table that it describes.
    pub root: Field,
    validator: Validator,
}

/// The reason why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The problem, in a German sentence.
    pub message: String,
    /// The place in the file, a byte offset; 0 if it is unknown.
    pub offset: usize,
}

impl Schema {
    /// Reads a schema; `key` is the key of the table that it describes.
    pub fn new(key: &str, text: &str) -> Result<Self, SchemaError> {
        let mut json: Json = serde_json::from_str(text).map_err(|error| SchemaError {
            message: format!("Das ist kein gültiges JSON ({error})."),
            offset: offset_of(text, error.line(), error.column()),
        })?;
        let at_place = |problem: place::SchemaFault| SchemaError {
            offset: place::offset(text, &problem.pointer),
            message: problem.message,
        };
        keywords::check(&json).map_err(at_place)?;
        let root = fields::read(key, &json).map_err(at_place)?;
        keywords::write_out(&mut json);
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            // TOML's local time has no offset, as RFC 3339's does.
            .with_format("time", |text: &str| text.parse::<TimeOfDay>().is_ok())
            .with_format("datum", |text: &str| text.parse::<Day>().is_ok())
            .with_format("haushaltsjahr", |text: &str| amount::fiscal_year(text).is_some())
            // The default engine may backtrack for ever; this one runs in linear time.
            .with_pattern_options(PatternOptions::regex())
            .build(&json)
            .map_err(|error| {
                let message = format!("Das ist kein gültiges JSON-Schema ({error}).");
                at_place(place::SchemaFault::at(error.instance_path().as_str(), message))
            })?;
        Ok(Self { json, root, validator })
    }

    /// Tells where in the schema's text a field stands that these keys lead to.
    pub fn place_of(&self, text: &str, keys: &[&str]) -> usize {
        let mut pointer = String::new();
        for key in keys {
            let own = format!("properties/{}", place::escaped(key));
            // Through lists and references; no schema that could be read has more of them one behind the other.
            for _ in 0..32 {
                let here = self.json.pointer(&pointer).unwrap_or(&Json::Null);
                let reference = here.get("$ref").and_then(Json::as_str).and_then(|at| at.strip_prefix('#'));
                if here.pointer(&format!("/{own}")).is_some() {
                    break;
                } else if here.get("items").is_some() {
                    pointer += "/items";
                } else if let Some(reference) = reference {
                    reference.clone_into(&mut pointer);
                } else {
                    return place::offset(text, &pointer);
                }
            }
            pointer = format!("{pointer}/{own}");
        }
        place::offset(text, &pointer)
    }

    /// Finds every way in which a table does not follow the schema.
    pub fn check(&self, source: &Arc<Source>, node: &Node) -> Vec<Diagnostic> {
        findings::check(&self.validator, &self.json, &self.root, source, node)
    }

    /// Finds the fields of a table that answers in it make required, filled or not, each with the steps to it.
    pub fn needed(&self, filled: Filled<'_>) -> Vec<Vec<Step>> {
        needed::needed(&self.validator, &self.json, filled)
    }
}

/// Writes what somebody typed as a field wants it, in a line of TOML; none if it cannot be told.
pub fn line_meant(field: &Field, before: &str, typed: &str) -> Option<String> {
    let line = |value: String| format!("So ist es richtig: {before}{value}");
    let either = || (field.kind == FieldKind::Boolean).then(|| format!("true oder {before}false"));
    meant::literal(field, typed).or_else(either).map(line)
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_schema_has_its_line() {
        let schema = |field: &str| {
            format!(
                "{{ \"type\": \"object\", \"additionalProperties\": false,\n \"properties\": {{\n  \"a\": {{ {field} }}\n }}\n}}"
            )
        };
        for (field, at) in [
            ("\"type\": \"string\", \"format\": \"markdwon\"", "\"format\": \"markdwon\""),
            ("\"type\": \"string\", \"default\": \"x\"", "\"default\""),
            ("\"type\": \"array\", \"items\": { \"type\": \"null\" }", "\"type\": \"null\""),
            ("\"type\": \"string\", \"maxLength\": -1", "\"maxLength\""),
        ] {
            let text = schema(field);
            let error = Schema::new("", &text).unwrap_err();
            assert!(text[error.offset..].starts_with(at), "{field}: {error:?}");
        }
    }
}
