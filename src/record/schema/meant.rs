//! What a value was meant to be, written as TOML for its field: help that can be typed as it stands.

use regex::Regex;

use super::amount::{Money, fiscal_year};
use super::similar::similar;
use super::{Field, FieldKind};
use crate::day::Day;
use crate::toml_tree::{number, quoted, years};

/// The longest value that is written out in a help.
const MOST: usize = 120;

/// Writes what somebody typed as the field wants it; none if it cannot be told.
pub fn literal(field: &Field, typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.is_empty() || typed.len() > MOST || typed.starts_with(['[', '{']) {
        return None;
    }
    match &field.kind {
        FieldKind::Boolean => truth(typed).map(|truth| truth.to_string()),
        FieldKind::Date => Day::of_german(typed)?.ok().map(|day| day.to_string()),
        FieldKind::Time => time(typed),
        FieldKind::Integer | FieldKind::Year => whole(typed),
        FieldKind::Number => number(typed),
        FieldKind::Amount => Money::of_german(&number(typed)?.replace('.', ",")).map(Money::in_toml),
        FieldKind::FiscalYear => fiscal_year(typed).map(|year| quoted(&year)),
        FieldKind::Choice(choices) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            let as_word = match typed {
                "true" => "ja",
                "false" => "nein",
                other => other,
            };
            similar(as_word, &values).map(quoted)
        }
        FieldKind::Text | FieldKind::RichText { .. } => Some(quoted(typed)),
        FieldKind::Table(_) | FieldKind::List(_) => None,
    }
}

fn truth(typed: &str) -> Option<bool> {
    match typed.to_lowercase().as_str() {
        "ja" | "wahr" | "true" | "yes" | "öffentlich" => Some(true),
        "nein" | "falsch" | "false" | "no" | "nichtöffentlich" => Some(false),
        _ => None,
    }
}

/// `17.15 Uhr`, `17:15`, `17 Uhr`.
fn time(typed: &str) -> Option<String> {
    let plain = typed.trim_end_matches("Uhr").trim();
    let parts: Vec<u8> = plain.split([':', '.']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let (hour, minute, second) = match parts[..] {
        [hour] => (hour, 0, 0),
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    (hour < 24 && minute < 60 && second < 60).then(|| format!("{hour:02}:{minute:02}:{second:02}"))
}

fn whole(typed: &str) -> Option<String> {
    let plain = years(typed).map(str::to_owned).or_else(|| number(typed)).unwrap_or_else(|| typed.to_owned());
    plain.parse::<i64>().ok().map(|number| number.to_string())
}

/// Writes a text in the shape of the field's example: with its leading zeros, its capitals and what stands between its
/// numbers. None if that does not follow the pattern either.
pub(super) fn in_shape(field: &Field, pattern: &str, typed: &str) -> Option<String> {
    let (pattern, example) = (Regex::new(pattern).ok()?, field.example.as_ref()?.as_str()?);
    if typed.len() > MOST {
        return None;
    }
    let (shape, own) = (runs(example), runs(typed.trim()));
    let numbers = |runs: &[String]| {
        let all = runs.iter().filter(|run| run.starts_with(|c: char| c.is_ascii_digit()));
        all.cloned().collect::<Vec<_>>()
    };
    let mut own = numbers(&own).into_iter();
    let is_year = |run: &str| run.len() == 4 && run.starts_with("20");
    let filled: Option<String> = shape
        .iter()
        .map(|part| {
            if !part.starts_with(|c: char| c.is_ascii_digit()) {
                return Some(part.clone());
            }
            own.next().map(|number| match number.len() {
                2 if is_year(part) => format!("20{number}"),
                _ => format!("{number:0>width$}", width = part.len()),
            })
        })
        .collect();
    filled.filter(|text| own.next().is_none() && text != typed && pattern.is_match(text))
}

/// The runs of digits and of what stands between them.
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    for c in text.chars() {
        let digit = c.is_ascii_digit();
        match runs.last_mut() {
            Some(run) if run.starts_with(|c: char| c.is_ascii_digit()) == digit => run.push(c),
            _ => runs.push(c.into()),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::Schema;
    use super::*;

    const SCHEMA: &str = r##"{
        "type": "object", "additionalProperties": false, "properties": {
            "text": { "type": "string" },
            "antwort": { "enum": ["ja", "nein", "teilweise"] },
            "jahr": { "type": "integer" },
            "betrag": { "type": "number" },
            "tag": { "type": "string", "format": "date" },
            "uhr": { "type": "string", "format": "time" },
            "an": { "type": "boolean" },
            "nummer": { "type": "string", "examples": ["V/0056/2025"] }
        }
    }"##;

    #[test]
    fn what_was_typed_is_written_as_the_field_wants_it() {
        let schema = Schema::new("", SCHEMA).unwrap();
        for (key, typed, right) in [
            ("an", "ja", Some("true")),
            ("an", "Nein", Some("false")),
            ("an", "5", None),
            ("text", "5", Some("\"5\"")),
            ("text", "Das \"Haus\"", Some("'Das \"Haus\"'")),
            ("antwort", "Ja", Some("\"ja\"")),
            ("antwort", "false", Some("\"nein\"")),
            ("antwort", "vielleicht", None),
            ("jahr", "2026/27", Some("2026")),
            ("jahr", "1.500", Some("1500")),
            ("jahr", "bald", None),
            ("betrag", "125.000,50", Some("125000.50")),
            ("tag", "1. März 2026", Some("2026-03-01")),
            ("uhr", "17.15 Uhr", Some("17:15:00")),
            ("uhr", "25:00", None),
        ] {
            let field = schema.root.field(key).unwrap();
            assert_eq!(literal(field, typed).as_deref(), right, "{key} = {typed}");
        }
    }

    #[test]
    fn a_number_takes_the_shape_of_the_example() {
        let schema = Schema::new("", SCHEMA).unwrap();
        let field = schema.root.field("nummer").unwrap();
        let shaped = |typed: &str| in_shape(field, "^V/[0-9]{4}/20[0-9]{2}$", typed);
        for typed in ["V/56/2025", "v 0056-25", "0056/2025", "V\\56\\2025"] {
            assert_eq!(shaped(typed).as_deref(), Some("V/0056/2025"), "{typed}");
        }
        for typed in ["V/0056/2025", "V/0056", "V/1/2/2025", "V/56/3025", "bald"] {
            assert_eq!(shaped(typed), None, "{typed}");
        }
    }
}
