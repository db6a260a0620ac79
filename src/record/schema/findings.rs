//! Turns the errors of the validator into German findings at the place of the value.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind as ErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value as Json;

use super::error_place::{ErrorPlace, as_validated, because};
use super::meant::{in_shape, literal};
use super::similar::similar;
use super::{Choice, Field, FieldKind, Filled};
use crate::day::{Day, NotADay};
use crate::diagnostics::{Code, Diagnostic, Source, codes, shown};
use crate::toml_tree::{Node, Value, quoted};

/// Finds every way in which `node` does not follow the schema.
pub(super) fn check(
    validator: &Validator,
    schema: &Json,
    root: &Field,
    source: &Arc<Source>,
    node: &Node,
) -> Vec<Diagnostic> {
    let json = as_validated(Filled::new(root, Some(node)), node);
    let mut by_place: BTreeMap<String, Vec<ValidationError<'_>>> = BTreeMap::new();
    for error in validator.iter_errors(&json) {
        by_place.entry(error.instance_path().to_string()).or_default().push(error);
    }
    let mut findings = Vec::new();
    for errors in by_place.values() {
        let meant = meant(errors, root, node);
        let errors: Vec<_> = errors.iter().filter(|error| !is_required(error, &meant)).collect();
        // A value of the wrong type breaks every other keyword too; one finding says enough.
        let first = errors.iter().min_by_key(|error| weight(error.kind()));
        let first_weight = first.map_or(0, |error| weight(error.kind()));
        if let Some(error) = first.filter(|_| first_weight < TABLE_LEVEL) {
            findings.extend(describe(error, schema, root, source, node));
        } else {
            findings.extend(errors.iter().flat_map(|e| describe(e, schema, root, source, node)));
        }
    }
    findings.extend(dates_elsewhere(root, source, node));
    findings
}

/// Finds the keys that unknown keys were probably meant to be, so that they are not reported as missing too.
fn meant(errors: &[ValidationError<'_>], root: &Field, node: &Node) -> Vec<String> {
    let unknown = errors.iter().filter_map(|error| match error.kind() {
        ErrorKind::AdditionalProperties { unexpected } => Some((error, unexpected)),
        _ => None,
    });
    unknown
        .flat_map(|(error, unexpected)| {
            let place = ErrorPlace::of(error, root, node);
            let keys: Vec<&str> = place.fields().iter().map(|field| field.key.as_str()).collect();
            unexpected
                .iter()
                .filter_map(move |key| similar(key, &keys).map(str::to_owned))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn is_required(error: &ValidationError<'_>, keys: &[String]) -> bool {
    match error.kind() {
        ErrorKind::Required { property } => keys.iter().any(|key| property.as_str() == Some(key)),
        _ => false,
    }
}

/// The most unknown keys of one table that are named.
const MAX_UNKNOWN: usize = 50;

/// The weight above which the errors of one table are independent of each other.
const TABLE_LEVEL: u8 = 9;

fn weight(kind: &ErrorKind) -> u8 {
    match kind {
        ErrorKind::Type { .. } => 0,
        ErrorKind::MinLength { .. } => 1,
        ErrorKind::AdditionalProperties { .. } | ErrorKind::Required { .. } => TABLE_LEVEL,
        _ => 2,
    }
}

fn describe(
    error: &ValidationError<'_>,
    schema: &Json,
    root: &Field,
    source: &Arc<Source>,
    node: &Node,
) -> Vec<Diagnostic> {
    let place = ErrorPlace::of(error, root, node);
    let at = |code: &Code, message: String| Diagnostic::new(code, source, place.span.clone(), message);
    let name = place.field.name();
    let help = place.field.description.as_str();
    match error.kind() {
        ErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().take(MAX_UNKNOWN).map(|key| unknown_key(key, &place, source)).collect()
        }
        ErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![missing_key(key, &place, source, &because(error, schema, &place))]
        }
        ErrorKind::FalseSchema => {
            let message = format!("„{name}“ ist hier nicht vorgesehen{}.", because(error, schema, &place));
            vec![
                at(&codes::OUT_OF_PLACE, message)
                    .hint("Die Angabe streichen, oder die Antwort davor ändern."),
            ]
        }
        ErrorKind::Type { .. } if place.says_something_else() => vec![wrong_format(&place, source, None)],
        ErrorKind::Type { .. } => {
            vec![wrong_type(&place, source)]
        }
        ErrorKind::OneOfNotValid { .. } | ErrorKind::Enum { .. } | ErrorKind::Constant { .. } => {
            vec![not_a_choice(&place, source)]
        }
        ErrorKind::MinLength { .. } => {
            vec![at(&codes::EMPTY, format!("„{name}“ ist leer.")).hint(help)]
        }
        ErrorKind::MaxLength { limit } => {
            vec![
                at(&codes::OUT_OF_RANGE, format!("„{name}“ ist länger als {limit} Zeichen.")).hint("Kürzen."),
            ]
        }
        ErrorKind::MinItems { limit } => {
            vec![at(&codes::EMPTY, format!("„{name}“ braucht mindestens {}.", entries(*limit))).hint(help)]
        }
        ErrorKind::MaxItems { limit } => {
            vec![at(&codes::OUT_OF_RANGE, format!("„{name}“ hat mehr als {}.", entries(*limit)))]
        }
        ErrorKind::Minimum { limit } | ErrorKind::ExclusiveMinimum { limit } => {
            vec![
                at(
                    &codes::OUT_OF_RANGE,
                    format!("„{name}“: der Wert ist zu klein; der kleinste ist {limit}."),
                )
                .hint(help),
            ]
        }
        ErrorKind::Maximum { limit } | ErrorKind::ExclusiveMaximum { limit } => {
            vec![
                at(&codes::OUT_OF_RANGE, format!("„{name}“: der Wert ist zu groß; der größte ist {limit}."))
                    .hint(help),
            ]
        }
        ErrorKind::Pattern { pattern } => vec![wrong_format(&place, source, Some(pattern))],
        ErrorKind::Format { .. } => vec![wrong_format(&place, source, None)],
        ErrorKind::UniqueItems => {
            vec![at(&codes::WRONG_FORMAT, format!("„{name}“ enthält einen Eintrag doppelt."))]
        }
        _ => vec![at(&codes::WRONG_FORMAT, format!("„{name}“ entspricht nicht dem Formular.")).hint(help)],
    }
}

fn unknown_key(key: &str, place: &ErrorPlace<'_>, source: &Arc<Source>) -> Diagnostic {
    let entry = place.node.and_then(|node| node.as_table()?.entry(key));
    let span = entry.map_or(place.span.clone(), |entry| entry.key_span.clone());
    let keys: Vec<&str> = place.fields().iter().map(|field| field.key.as_str()).collect();
    let hint = match similar(key, &keys) {
        Some(meant) => match place.fields().iter().find(|field| field.key == meant) {
            Some(field) if field.name() != meant => format!("Meinten Sie „{meant}“ ({})?", field.name()),
            _ => format!("Meinten Sie „{meant}“?"),
        },
        None => format!("Möglich sind hier: {}.", keys.join(", ")),
    };
    let message = format!("Den Schlüssel „{}“ gibt es hier nicht.", shown(key));
    Diagnostic::new(&codes::UNKNOWN_KEY, source, span, message).hint(hint)
}

fn missing_key(key: &str, place: &ErrorPlace<'_>, source: &Arc<Source>, because: &str) -> Diagnostic {
    let field = place.fields().iter().find(|field| field.key == key);
    let name = field.map_or(key, Field::name);
    let table = Some(place.field).filter(|field| !field.key.is_empty()).map(Field::name);
    let message = match table {
        Some(table) => format!("In „{table}“ fehlt die Angabe „{name}“{because}."),
        None => format!("Die Angabe „{name}“ fehlt{because}."),
    };
    let header = place.node.and_then(|node| typed(node, source)).filter(|typed| typed.starts_with('['));
    let path = header.map(|header| header.trim_matches(['[', ']']));
    let is_table = |field: &Field| matches!(field.kind, FieldKind::Table(_));
    let hint = match (field, path) {
        (Some(field), Some(path)) if is_table(field) => {
            format!("Ergänzen: eine Zeile [{path}.{key}], und darunter die Angaben")
        }
        (Some(Field { kind: FieldKind::List(item), .. }), Some(path)) if is_table(item) => {
            format!("Ergänzen: eine Zeile [[{path}.{key}]], und darunter die Angaben")
        }
        (Some(field), _) => format!("Ergänzen: {}", sample(field)),
        (None, _) => format!("Den Schlüssel {key} ergänzen."),
    };
    Diagnostic::new(&codes::MISSING_KEY, source, place.span.clone(), message)
        .hint(hint)
        .lacking(vec![key.to_owned()])
}

fn wrong_type(place: &ErrorPlace<'_>, source: &Arc<Source>) -> Diagnostic {
    let name = place.field.name();
    let expected = match &place.field.kind {
        FieldKind::Date => "ein Datum",
        FieldKind::Time => "eine Uhrzeit",
        FieldKind::Text | FieldKind::RichText { .. } | FieldKind::Choice(_) => {
            "einen Text in Anführungszeichen"
        }
        FieldKind::Integer => "eine ganze Zahl",
        FieldKind::Number => "eine Zahl",
        FieldKind::Amount => "einen Betrag",
        FieldKind::Year => "ein Jahr",
        FieldKind::FiscalYear => "ein Haushaltsjahr",
        FieldKind::Boolean => "true oder false",
        FieldKind::Table(_) => "eine Tabelle",
        FieldKind::List(_) => "eine Liste",
    };
    let found = place.node.map_or("nichts", found);
    let Field { key, kind, .. } = place.field;
    let typed = place.node.and_then(|node| typed(node, source));
    let path = typed.map_or(key.as_str(), |typed| typed.trim_matches(['[', ']']));
    let hint = match (kind, place.node.map(|node| &node.value)) {
        (FieldKind::List(_), Some(Value::Table(_))) => {
            format!("Statt [{path}] steht für jeden Eintrag [[{path}]], in doppelten Klammern.")
        }
        (FieldKind::Table(_), Some(Value::Array(_)))
            if typed.is_some_and(|typed| typed.starts_with("[[")) =>
        {
            format!("Statt [[{path}]] steht [{path}], in einfachen Klammern.")
        }
        _ => match typed.and_then(|typed| literal(place.field, typed)) {
            Some(right) => format!("So ist es richtig: {key} = {right}"),
            None => format!("So ist es richtig: {}", sample(place.field)),
        },
    };
    let message = format!("„{name}“ erwartet {expected}; hier steht {found}.");
    Diagnostic::new(&codes::WRONG_TYPE, source, place.span.clone(), message).hint(hint)
}

/// What somebody typed: the words of a text, anything else as it stands in the file.
fn typed<'a>(node: &'a Node, source: &'a Source) -> Option<&'a str> {
    node.as_str().or_else(|| source.text.get(node.span.clone())).filter(|typed| !typed.contains('\n'))
}

fn not_a_choice(place: &ErrorPlace<'_>, source: &Arc<Source>) -> Diagnostic {
    let name = place.field.name();
    let choices: &[Choice] = match &place.field.kind {
        FieldKind::Choice(choices) => choices,
        _ => &[],
    };
    let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
    let possible = format!("Möglich sind {}.", listed(&values));
    let text = place.node.and_then(Node::as_str);
    let span = place.span.clone();
    match text {
        Some("") => {
            Diagnostic::new(&codes::EMPTY, source, span, format!("„{name}“ ist noch nicht beantwortet."))
                .hint(format!("{possible} Ohne Antwort die Zeile entfernen; die Kästchen bleiben dann leer."))
        }
        Some(text) => {
            let message = format!("„{}“ ist keine Antwort auf „{name}“.", shown(text));
            let hint = match similar(text, &values) {
                Some(meant) => format!("Meinten Sie „{meant}“? {possible}"),
                None => possible,
            };
            Diagnostic::new(&codes::NOT_A_CHOICE, source, span, message).hint(hint)
        }
        None => {
            let found = place.node.map_or("nichts", found);
            let message = format!("„{name}“ erwartet eine Antwort als Text; hier steht {found}.");
            let right = place.node.and_then(|node| literal(place.field, typed(node, source)?));
            let hint =
                right.map(|right| format!("So ist es richtig: {} = {right}. {possible}", place.field.key));
            Diagnostic::new(&codes::WRONG_TYPE, source, span, message).hint(hint.unwrap_or(possible))
        }
    }
}

fn wrong_format(place: &ErrorPlace<'_>, source: &Arc<Source>, pattern: Option<&str>) -> Diagnostic {
    let name = place.field.name();
    let text = place.node.map(|node| node.to_json()).unwrap_or_default();
    let text = text.as_str().or_else(|| place.node.and_then(|node| typed(node, source))).unwrap_or_default();
    let message = match text {
        "" => format!("„{name}“ ist leer."),
        _ => format!("„{}“ ist für „{name}“ falsch geschrieben.", shown(text)),
    };
    let help = place.field.description.as_str();
    let example = place.field.example.as_ref();
    let right = match pattern {
        Some(pattern) => in_shape(place.field, pattern, text).map(|text| quoted(&text)),
        None => literal(place.field, text),
    };
    let is_no_day = pattern.is_none() && matches!(Day::of_german(text), Some(Err(NotADay)));
    let help = match place.field.kind {
        FieldKind::Amount => {
            "Beträge haben höchstens zwölf Stellen vor und zwei hinter dem Komma: 1234.5 oder \"1.234,50\"."
        }
        FieldKind::FiscalYear => "Ein Jahr oder zwei, die aufeinander folgen: \"2026\" oder \"2026/27\".",
        _ => help,
    };
    let hint = match (right, example) {
        _ if is_no_day => format!("{help} Diesen Tag gibt es nicht."),
        (Some(right), _) => format!("{help} Hier also: {} = {right}", place.field.key),
        (None, Some(example)) => format!("{help} Zum Beispiel: {}", toml_of(example, place.field)),
        (None, None) => help.to_owned(),
    };
    let hint = hint.trim_start();
    let code = if text.is_empty() { &codes::EMPTY } else { &codes::WRONG_FORMAT };
    Diagnostic::new(code, source, place.span.clone(), message).hint(hint)
}

/// Finds dates without quotes where a text is meant; in JSON they are texts like any other.
fn dates_elsewhere(root: &Field, source: &Arc<Source>, node: &Node) -> Vec<Diagnostic> {
    let of_text = |(field, node): &(&Field, &Node)| {
        matches!(
            (&field.kind, &node.value),
            (FieldKind::Text | FieldKind::RichText { .. }, Value::Datetime(_))
        )
    };
    let finding = |(field, node): (&Field, &Node)| {
        let message =
            format!("„{}“ erwartet einen Text in Anführungszeichen; hier steht ein Datum.", field.name());
        Diagnostic::new(&codes::WRONG_TYPE, source, node.span.clone(), message).hint(
            match source.text.get(node.span.clone()).and_then(|typed| literal(field, typed)) {
                Some(right) => format!("So ist es richtig: {} = {right}", field.key),
                None => format!("So ist es richtig: {}", sample(field)),
            },
        )
    };
    Filled::new(root, Some(node)).walk().filter(of_text).map(finding).collect()
}

/// Writes a line of TOML that would answer a field.
fn sample(field: &Field) -> String {
    let key = &field.key;
    match (&field.kind, &field.example) {
        (FieldKind::Table(_), _) => format!("eine Tabelle „{key}“ mit ihren Angaben"),
        (FieldKind::List(item), _) if matches!(item.kind, FieldKind::Table(_)) => {
            format!("je Eintrag eine Tabelle in doppelten Klammern, die auf „{key}“ endet: [[…{key}]]")
        }
        // One of the two as an example would be taken for the answer.
        (FieldKind::Boolean, _) => format!("{key} = true oder {key} = false"),
        (_, Some(example)) => format!("{key} = {}", toml_of(example, field)),
        (FieldKind::Choice(choices), None) => {
            let values: Vec<_> = choices.iter().map(|choice| format!("\"{}\"", choice.value)).collect();
            format!("{key} = {}", values.join(" oder "))
        }
        (FieldKind::Integer | FieldKind::Number, None) => format!("{key} = 1"),
        (FieldKind::Amount, None) => format!("{key} = \"1.234,50\""),
        (FieldKind::Year, None) => format!("{key} = 2026"),
        (FieldKind::FiscalYear, None) => format!("{key} = \"2026\" oder {key} = \"2026/27\""),
        (FieldKind::Date, None) => format!("{key} = 2025-01-20"),
        (FieldKind::Time, None) => format!("{key} = 17:15:00"),
        (FieldKind::RichText { inline: false }, None) => format!("{key} = \"\"\"…\"\"\""),
        _ => format!("{key} = \"…\""),
    }
}

fn toml_of(example: &Json, field: &Field) -> String {
    match (example, &field.kind) {
        (Json::String(text), FieldKind::Date | FieldKind::Time) => text.clone(),
        _ => example.to_string(),
    }
}

fn found(node: &Node) -> &'static str {
    match node.value {
        Value::String(_) => "ein Text",
        Value::Integer(_) => "eine Zahl",
        Value::Float(_) => "eine Kommazahl",
        Value::Boolean(_) => "true oder false",
        Value::Datetime(_) => "ein Datum oder eine Uhrzeit",
        Value::Array(_) => "eine Liste",
        Value::Table(_) => "eine Tabelle",
    }
}

fn listed(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("„{value}“")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} und {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn entries(count: u64) -> String {
    match count {
        1 => "einen Eintrag".into(),
        _ => format!("{count} Einträge"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_recognised_and_others_are_not() {
        let keys = ["kurzueberblick", "ziele", "ja", "nein"];
        assert_eq!(similar("kurzuberblick", &keys), Some("kurzueberblick"));
        assert_eq!(similar("Ziel", &keys), Some("ziele"));
        assert_eq!(similar("NEIN", &keys), Some("nein"));
        assert_eq!(similar("vielleicht", &keys), None);
    }

    const CONDITIONS: &str = r##"{
        "type": "object", "additionalProperties": false, "properties": {
            "neu": { "title": "Neu?", "$ref": "#/$defs/ja_nein" },
            "grund": { "title": "Warum?", "type": "string" },
            "kosten": { "title": "Kosten:", "type": "number", "format": "betrag", "minimum": 0 },
            "jahr": { "title": "Im Haushalt", "type": "string", "format": "haushaltsjahr" },
            "bau": { "title": "Baujahr", "type": "integer", "format": "jahr" }
        },
        "if": { "required": ["neu"], "properties": { "neu": { "const": "ja" } } },
        "then": { "required": ["grund"] },
        "else": { "properties": { "grund": false } },
        "dependentRequired": { "kosten": ["jahr"] },
        "$defs": { "ja_nein": { "oneOf": [{ "const": "ja", "title": "Ja" }, { "const": "nein", "title": "Nein" }] } }
    }"##;

    #[test]
    fn what_depends_on_an_answer_names_it() {
        let schema = super::super::Schema::new("", CONDITIONS).unwrap();
        let said = |toml: &str| -> Vec<String> {
            let source = Source::new("a.toml", toml);
            let found = schema.check(&source, &crate::toml_tree::parse(&source).0);
            let with_code = |finding: &Diagnostic| format!("{} {}", finding.code.id, finding.message);
            found.iter().map(with_code).collect()
        };
        for (toml, expected) in [
            ("neu = 'ja'\ngrund = 'x'", None),
            ("kosten = '1.234,50'\njahr = 2026\nbau = 1999", None),
            ("kosten = 1234.5\njahr = '2026/27'", None),
            ("neu = 'ja'", Some("T102 Die Angabe „Warum?“ fehlt, weil „Neu?“ mit „Ja“ beantwortet ist.")),
            (
                "neu = 'nein'\ngrund = 'x'",
                Some("T114 „Warum?“ ist hier nicht vorgesehen, weil „Neu?“ nicht mit „Ja“ beantwortet ist."),
            ),
            ("kosten = 1", Some("T102 Die Angabe „Im Haushalt“ fehlt, weil „Kosten“ angegeben ist.")),
            ("kosten = 1.234\njahr = 2026", Some("T106 „1.234“ ist für „Kosten“ falsch geschrieben.")),
            ("kosten = '12.34'\njahr = 2026", Some("T106 „12.34“ ist für „Kosten“ falsch geschrieben.")),
            (
                "kosten = '-1,5'\njahr = 2026",
                Some("T107 „Kosten“: der Wert ist zu klein; der kleinste ist 0."),
            ),
            (
                "kosten = true\njahr = 2026",
                Some("T103 „Kosten“ erwartet einen Betrag; hier steht true oder false."),
            ),
            ("jahr = '2026/29'", Some("T106 „2026/29“ ist für „Im Haushalt“ falsch geschrieben.")),
            ("bau = 99", Some("T107 „Baujahr“: der Wert ist zu klein; der kleinste ist 1900.")),
        ] {
            assert_eq!(said(toml), Vec::from_iter(expected), "{toml}");
        }
    }

    #[test]
    fn lists_read_as_german() {
        assert_eq!(listed(&["ja"]), "„ja“");
        assert_eq!(listed(&["ja", "nein", "teilweise"]), "„ja“, „nein“ und „teilweise“");
    }
}
