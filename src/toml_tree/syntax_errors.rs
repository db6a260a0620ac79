//! Turns the errors of the TOML parser into German findings.
//!
//! The one place that knows the parser's wording.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{as_meant, help};
use crate::diagnostics::{Code, Diagnostic, Source, codes};

/// The most syntax errors that are reported; a file with more is not TOML at all.
const MAX_ERRORS: usize = 200;

/// Returns a finding for each syntax error, at most one per line: the first causes the others.
pub(super) fn findings(source: &Arc<Source>, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut lines = BTreeSet::new();
    let mut first_of_line = |error: &&toml::de::Error| {
        let span = error.span().unwrap_or_default();
        lines.insert(source.position(span.start).0)
    };
    let first = errors.iter().filter(&mut first_of_line).take(MAX_ERRORS);
    first.map(|error| finding(source, error.message(), error.span().unwrap_or_default())).collect()
}

fn finding(source: &Arc<Source>, message: &str, span: std::ops::Range<usize>) -> Diagnostic {
    let span = source.clamp(span);
    if let Some(c) =
        source.text[span.start..].chars().next().filter(|c| c.is_control() && !"\n\r\t".contains(*c))
    {
        let hint = match c {
            '\u{B}' | '\u{C}' => {
                "So kommt ein Zeilenumbruch aus Word; das Zeichen löschen und eine neue Zeile beginnen."
            }
            _ => "Das Zeichen löschen; es ist oft unsichtbar und kommt vom Kopieren.",
        };
        let message = format!("Hier steht ein Steuerzeichen (U+{:04X}).", u32::from(c));
        return Diagnostic::new(&codes::SYNTAX, source, span, message).hint(hint);
    }
    // The parser guesses a number or a date from the first letter: `nein` is to it a wrong `nan`.
    let rest = &source.text[span.start..];
    let word = rest.starts_with(|c: char| c.is_alphabetic() || "„“”‚‘’»«".contains(c));
    let nothing = rest.is_empty() || rest.starts_with(['\n', '\r', '#']);
    let guess = [
        "invalid float",
        "invalid integer",
        "invalid date",
        "invalid time",
        "invalid value",
        "invalid boolean",
    ];
    let message = if word && guess.iter().any(|start| message.starts_with(start)) {
        "string values must be quoted"
    } else if nothing && message.starts_with("string values must be quoted") {
        "missing value"
    } else {
        message
    };
    let (code, sentence, hint) = explain(message);
    let pair = as_meant::pair_at(source, span.start);
    let help = pair
        .map_or_else(|| help::of_header(source, message, span.start), |pair| help::of(source, message, pair));
    if let Some(help) = help {
        let sentence = help.sentence.map_or(sentence, str::to_owned);
        return Diagnostic::new(help.code.unwrap_or(code), source, help.span.unwrap_or(span), sentence)
            .hint(help.hint);
    }
    Diagnostic::new(code, source, span, sentence).hint(hint)
}

fn explain(message: &str) -> (&'static Code, String, &'static str) {
    let known = WORDING.iter().find(|(start, ..)| message.starts_with(start));
    match known {
        Some((_, code, sentence, hint)) => (code, (*sentence).to_owned(), hint),
        None => (
            &codes::SYNTAX,
            format!("Das ist kein gültiges TOML ({message})."),
            "Die Zeile mit denen darüber vergleichen: schluessel = \"Wert\".",
        ),
    }
}

const QUOTES: &str = "Texte stehen in Anführungszeichen, lange Texte zwischen drei: \"\"\"…\"\"\".";
const PAIR: &str = "Eine Angabe steht allein in ihrer Zeile: schluessel = \"Wert\".";
const BRACKETS: &str = "Zu jeder öffnenden Klammer gehört eine schließende; dazwischen trennen Kommas.";
const ESCAPE: &str =
    "Ein Rückstrich in einem Text wird doppelt geschrieben (\\\\), oder der Text steht zwischen ''' und '''.";
const NUMBER: &str =
    "Zahlen ohne führende Null und ohne Tausenderpunkt schreiben; Nummern wie 0116 sind Texte: \"0116\".";

/// The start of the parser's message, with the code, sentence and hint of its finding.
const WORDING: &[(&str, &Code, &str, &str)] = &[
    (
        "duplicate key",
        &codes::DUPLICATE_KEY,
        "Dieser Schlüssel steht schon weiter oben in derselben Tabelle.",
        "Eine der beiden Angaben entfernen. Weitere Produktgruppen beginnen je mit einer Zeile in doppelten Klammern: [[…]].",
    ),
    (
        "cannot extend",
        &codes::DUPLICATE_KEY,
        "Dieser Name ist schon mit einem Wert belegt und kann hier nicht als Tabelle weitergehen.",
        "Die frühere Angabe suchen und beide zusammenführen.",
    ),
    (
        "cannot recurse",
        &codes::TOO_DEEP,
        "Die Werte sind zu tief verschachtelt.",
        "Eckige und geschweifte Klammern prüfen.",
    ),
    (
        "recursion limit",
        &codes::TOO_DEEP,
        "Der Name hat zu viele Teile.",
        "Die Punkte im Namen der Tabelle prüfen.",
    ),
    ("string values must be quoted", &codes::SYNTAX, "Der Text steht nicht in Anführungszeichen.", QUOTES),
    (
        "invalid string",
        &codes::SYNTAX,
        "Der Text ist nicht richtig geschlossen oder enthält Zeichen, die hier nicht stehen dürfen.",
        QUOTES,
    ),
    (
        "invalid basic string",
        &codes::SYNTAX,
        "Der Text ist nicht geschlossen oder enthält Zeichen, die hier nicht stehen dürfen.",
        QUOTES,
    ),
    (
        "invalid literal string",
        &codes::SYNTAX,
        "Der Text ist nicht geschlossen oder enthält Zeichen, die hier nicht stehen dürfen.",
        QUOTES,
    ),
    (
        "invalid multi-line",
        &codes::SYNTAX,
        "Der lange Text ist nicht geschlossen oder enthält Zeichen, die hier nicht stehen dürfen.",
        "Am Ende des Textes stehen dieselben drei Anführungszeichen wie am Anfang.",
    ),
    ("missing opening quote", &codes::SYNTAX, "Vor dem Text fehlt das Anführungszeichen.", QUOTES),
    (
        "missing escaped value",
        &codes::SYNTAX,
        "Nach dem Rückstrich folgt kein Zeichen, das er einleiten könnte.",
        ESCAPE,
    ),
    (
        "too few unicode",
        &codes::SYNTAX,
        "Nach \\u folgen vier, nach \\U acht Stellen, die ein Zeichen bezeichnen.",
        ESCAPE,
    ),
    (
        "invalid escape",
        &codes::SYNTAX,
        "Nach dem Rückstrich folgt kein Zeichen, das er einleiten könnte.",
        ESCAPE,
    ),
    ("key with no value", &codes::SYNTAX, "Hinter dem Schlüssel fehlen Gleichheitszeichen und Wert.", PAIR),
    (
        "missing value",
        &codes::SYNTAX,
        "Hinter dem Gleichheitszeichen fehlt der Wert.",
        "Den Wert eintragen oder die Zeile entfernen: eine Frage ohne Antwort behält leere Kästchen.",
    ),
    ("extra `=`", &codes::SYNTAX, "Hier steht ein Gleichheitszeichen zu viel.", PAIR),
    ("extra assignment", &codes::SYNTAX, "Hier steht ein Gleichheitszeichen zu viel.", PAIR),
    (
        "unexpected `=` in array",
        &codes::SYNTAX,
        "In einer Liste kann kein Gleichheitszeichen stehen.",
        BRACKETS,
    ),
    ("missing assignment", &codes::SYNTAX, "Hinter dem Schlüssel fehlt das Gleichheitszeichen.", PAIR),
    ("missing comma", &codes::SYNTAX, "Zwischen zwei Werten fehlt das Komma.", BRACKETS),
    ("extra comma", &codes::SYNTAX, "Hier steht ein Komma zu viel.", BRACKETS),
    ("unclosed", &codes::SYNTAX, "Die Klammer ist nicht geschlossen.", BRACKETS),
    ("missing array", &codes::SYNTAX, "Die öffnende Klammer fehlt.", BRACKETS),
    ("missing inline table opening", &codes::SYNTAX, "Die öffnende Klammer fehlt.", BRACKETS),
    ("missing table open", &codes::SYNTAX, "Die öffnende Klammer fehlt.", BRACKETS),
    (
        "invalid inline table element",
        &codes::SYNTAX,
        "Zwischen geschweiften Klammern stehen Paare: { schluessel = \"Wert\" }.",
        BRACKETS,
    ),
    (
        "missing key for inline",
        &codes::SYNTAX,
        "Zwischen geschweiften Klammern fehlt ein Schlüssel.",
        BRACKETS,
    ),
    (
        "invalid unquoted key",
        &codes::SYNTAX,
        "Der Schlüssel enthält ein Zeichen, das hier nicht stehen kann.",
        "Schlüssel bestehen aus Buchstaben, Ziffern und Unterstrichen; Umlaute werden ae, oe, ue und ss geschrieben.",
    ),
    (
        "unquoted keys cannot be empty",
        &codes::SYNTAX,
        "Vor dem Gleichheitszeichen fehlt der Schlüssel.",
        PAIR,
    ),
    ("keys cannot be multi-line", &codes::SYNTAX, "Ein Schlüssel geht nicht über mehrere Zeilen.", PAIR),
    ("invalid key-value pair", &codes::SYNTAX, "Diese Zeile ist keine Angabe.", PAIR),
    (
        "unexpected key or value",
        &codes::SYNTAX,
        "Hinter dem Wert steht noch etwas.",
        "Dahinter kann nur eine Bemerkung stehen, die mit # beginnt; Anführungszeichen in einem Text als „…“ schreiben.",
    ),
    ("unexpected content", &codes::SYNTAX, "Hinter der Angabe steht noch etwas.", PAIR),
    (
        "missing comment start",
        &codes::SYNTAX,
        "Hinter der Angabe steht noch etwas.",
        "Eine Bemerkung beginnt mit #.",
    ),
    (
        "invalid comment character",
        &codes::SYNTAX,
        "Die Bemerkung enthält ein Steuerzeichen.",
        "Das Zeichen löschen und neu tippen.",
    ),
    (
        "carriage return",
        &codes::SYNTAX,
        "Ein Wagenrücklauf steht allein, ohne Zeilenende.",
        "Die Datei im Editor mit dem Zeilenende LF oder CRLF neu speichern.",
    ),
    ("unexpected leading zero", &codes::BAD_NUMBER, "Eine Zahl beginnt nicht mit einer Null.", NUMBER),
    ("invalid integer", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("invalid floating", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("invalid hexadecimal", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("invalid octal", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("invalid binary", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("integers with a radix", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("radix must be", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("redundant", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("`_` may only", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    ("unexpected sign", &codes::BAD_NUMBER, "Das ist keine Zahl.", NUMBER),
    (
        "invalid boolean",
        &codes::SYNTAX,
        "Hier steht weder true noch false.",
        "Wahrheitswerte werden true oder false geschrieben, klein und ohne Anführungszeichen; Antworten sind Texte: \"ja\".",
    ),
    (
        "invalid date",
        &codes::BAD_DATE,
        "Das ist kein gültiges Datum.",
        "Ein Datum steht als Jahr-Monat-Tag: 2025-01-20.",
    ),
    (
        "invalid time",
        &codes::BAD_DATE,
        "Das ist keine gültige Uhrzeit.",
        "Eine Uhrzeit steht als Stunde:Minute:Sekunde: 17:15:00.",
    ),
    ("invalid value", &codes::SYNTAX, "Das ist kein gültiger Wert.", QUOTES),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_tree;

    #[test]
    fn common_mistakes_are_explained_in_german() {
        for (text, id, position) in [
            ("a = nein", "T004", (1, 5)),
            ("a = \"x", "T004", (1, 7)),
            ("a = 1\nb =\n", "T004", (2, 4)),
            ("a = 1\na = 2\n", "T005", (2, 1)),
            ("a = 0116", "T006", (1, 5)),
            ("a = 2025-02-31", "T007", (1, 5)),
            ("a = [1, 2", "T004", (1, 10)),
            ("a = \"C:\\Wege\"", "T004", (1, 9)),
            ("größe = 1", "T004", (1, 3)),
            ("a", "T004", (1, 2)),
            ("[a\nb = 1", "T004", (1, 3)),
            ("a = \"\"\"\nx", "T013", (1, 5)),
            ("a = „x“", "T004", (1, 5)),
            ("a = True", "T004", (1, 5)),
            ("a = 99999999999999999999", "T006", (1, 5)),
        ] {
            let source = Source::new("a.toml", text);
            let (_, findings) = toml_tree::parse(&source);
            let first = findings.first().unwrap_or_else(|| panic!("{text}: no finding"));
            assert_eq!((&*first.code.id, first.position()), (id, position), "{text}: {first:?}");
            assert!(!first.message.contains("kein gültiges TOML"), "{text}: {}", first.message);
        }
    }

    #[test]
    fn a_german_date_is_rewritten_in_the_hint() {
        let source = Source::new("a.toml", "datum = 20.01.2025\n");
        let (_, findings) = toml_tree::parse(&source);
        assert!(findings[0].hint.as_ref().unwrap().ends_with("2025-01-20"));
        let (_, findings) = toml_tree::parse(&Source::new("a.toml", "datum = 31.06.2025\n"));
        assert!(findings[0].hint.as_ref().unwrap().starts_with("Diesen Tag gibt es nicht."));
    }
}
