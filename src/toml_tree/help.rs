//! What to type instead of a line that the parser could not read, in the user's own words.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::as_meant::{self, Meant, Pair, meant, quoted};
use crate::day::NotADay;
use crate::diagnostics::{Code, Source, codes};

/// A better finding than the parser's.
#[derive(Debug)]
pub(super) struct Help {
    /// What is wrong; none where the usual sentence says it.
    pub sentence: Option<&'static str>,
    pub code: Option<&'static Code>,
    pub span: Option<Range<usize>>,
    /// What to do.
    pub hint: String,
}

/// Looks for the help for an error in the line of a pair; `message` is the parser's.
pub(super) fn of(source: &Source, message: &str, pair: Pair<'_>) -> Option<Help> {
    let is = |start: &str| message.starts_with(start);
    if is("duplicate key") || is("cannot extend") {
        return one_table_twice(source, pair);
    }
    if is("key with no value") || is("invalid unquoted key") {
        return colon(pair).or_else(|| umlauts(pair));
    }
    if let Some(help) = behind(source, message, pair) {
        return Some(help);
    }
    if pair.value.is_empty() || pair.value.starts_with(['[', '{']) {
        return None;
    }
    if !pair.value.starts_with(['"', '\'']) {
        return bare_value(message, pair);
    }
    if is("too few unicode") || is("missing escaped") || is("invalid escape") {
        return backslashes(pair);
    }
    quotes(pair)
}

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(\[{0,2})\s*([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*([\]})]{0,2})\s*(?:#.*)?$")
        .expect("fixed, and tried by the tests below")
});

/// Looks for the help for a line that is a header but for its brackets.
pub(super) fn of_header(source: &Source, message: &str, offset: usize) -> Option<Help> {
    if !["unclosed table", "unclosed array table", "key with no value"]
        .iter()
        .any(|start| message.starts_with(start))
    {
        return None;
    }
    let start = source.text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = source.text[start..].lines().next().filter(|line| line.len() <= as_meant::MOST)?;
    let found = HEADER.captures(line)?;
    let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
    let (open, name, close) = (part(1), part(2), part(3));
    let count = open.len().max(close.len());
    let is_wrong = open.len() != close.len() || !close.chars().all(|c| c == ']');
    let sentence = if open.len() < count {
        "Die öffnende Klammer fehlt."
    } else {
        "Die Klammer ist nicht geschlossen."
    };
    let hint = format!("So ist es richtig: {}{name}{}", "[".repeat(count), "]".repeat(count));
    (count > 0 && is_wrong).then(|| Help { sentence: Some(sentence), ..help(hint) })
}

fn right(pair: Pair<'_>, value: &str) -> String {
    format!("So ist es richtig: {}{value}", pair.before)
}

fn help(hint: String) -> Help {
    Help { sentence: None, code: None, span: None, hint }
}

/// Nobody looks for a slip in a longer line, in bytes; each sign in it may be the end of the value.
const LONGEST_LINE: usize = 1000;

static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(,+)|(;+))?[ \t]*(?:(#.*)|(//)?[ \t]*(.*))$")
        .expect("fixed, and tried by the tests below")
});

/// A sound value with something behind it that other languages want there: a comma, a semicolon, `//` before a comment.
fn behind(source: &Source, message: &str, pair: Pair<'_>) -> Option<Help> {
    let is_about_end = message.starts_with("unexpected key or value");
    if !is_about_end
        && !message.starts_with("string values must be quoted")
        && !message.starts_with("invalid")
    {
        return None;
    }
    let typed = source.text[pair.at..].lines().next().filter(|typed| typed.len() <= LONGEST_LINE)?;
    let ends = typed.match_indices([',', ';', '/']).map(|(at, _)| at);
    let is_sound = |at: &usize| format!("x = {}", &typed[..*at]).parse::<toml::Table>().is_ok();
    let at =
        ends.filter(|at| !typed[*at..].starts_with('/') || typed[*at..].starts_with("//")).find(is_sound)?;
    let found = BEHIND.captures(&typed[at..])?;
    let (value, part) =
        (typed[..at].trim_end(), |group: usize| found.get(group).map(|part| part.as_str().trim()));
    let words = part(5).unwrap_or_default();
    // Without the two slashes it may be another value.
    let is_comment = part(4).is_some() || part(1).is_none() && !words.contains(['=', '"', '\'']);
    let sentence = match (part(1), part(2)) {
        _ if !words.is_empty() && !is_comment => return None,
        (Some(_), _) => "Hinter dem Wert steht ein Komma zu viel.",
        (_, Some(_)) if words.is_empty() => "Hinter dem Wert steht ein Semikolon zu viel.",
        _ => "Vor der Bemerkung hinter dem Wert steht nicht das Zeichen #.",
    };
    let comment = match (part(3), words) {
        (Some(comment), _) => format!(" {comment}"),
        (None, "") => String::new(),
        (None, words) => format!(" # {words}"),
    };
    let span = pair.at + at..pair.at + typed.trim_end().len();
    Some(Help {
        sentence: Some(sentence),
        span: Some(span),
        ..help(right(pair, &format!("{value}{comment}")))
    })
}

/// A value that stands without quotes.
fn bare_value(message: &str, pair: Pair<'_>) -> Option<Help> {
    let span = Some(pair.at..pair.at + pair.value.len());
    let of =
        |code, sentence, hint| Help { sentence: Some(sentence), code: Some(code), span: span.clone(), hint };
    Some(match meant(pair.value) {
        Meant::Day(Ok(day)) => of(
            &codes::BAD_DATE,
            "Ein Datum wird hier anders geschrieben.",
            format!("Jahr-Monat-Tag und ohne Anführungszeichen: {}{day}", pair.before),
        ),
        Meant::Day(Err(NotADay)) => of(
            &codes::BAD_DATE,
            "Ein Datum wird hier anders geschrieben.",
            "Diesen Tag gibt es nicht. Jahr-Monat-Tag und ohne Anführungszeichen: 2025-01-20".into(),
        ),
        Meant::Years => of(
            &codes::BAD_NUMBER,
            "Das ist keine Zahl, und für einen Text fehlen die Anführungszeichen.",
            format!(
                "Ein Jahr steht allein: {}{}; ein Text in Anführungszeichen: {}{}",
                pair.before,
                as_meant::years(pair.value)?,
                pair.before,
                quoted(pair.value)
            ),
        ),
        Meant::Number(number) => of(
            &codes::BAD_NUMBER,
            "Zahlen stehen in TOML ohne Punkte zwischen den Tausendern und mit Punkt statt Komma.",
            format!(
                "{}; ein Text steht in Anführungszeichen: {}{}",
                right(pair, &number),
                pair.before,
                quoted(pair.value)
            ),
        ),
        Meant::Truth(truth) => of(
            &codes::SYNTAX,
            "Wahrheitswerte werden klein geschrieben.",
            right(pair, if truth { "true" } else { "false" }),
        ),
        Meant::Text if message.starts_with("string values must be quoted") => {
            Help { span, ..help(right(pair, &quoted(without_end(pair.value)))) }
        }
        Meant::Text if message.starts_with("unexpected leading zero") => {
            help(right(pair, &quoted(without_end(pair.value))))
        }
        Meant::Text if message.starts_with("missing opening quote") => {
            help(right(pair, &quoted(pair.value.trim_end_matches(['"', '\'']))))
        }
        Meant::Text if message.starts_with("unexpected key or value") => of(
            &codes::SYNTAX,
            "Der Text steht nicht in Anführungszeichen.",
            right(pair, &quoted(without_end(pair.value))),
        ),
        Meant::Text => return None,
    })
}

/// A text without the quote at its end that has none at its beginning.
fn without_end(text: &str) -> &str {
    text.strip_suffix(['"', '\'']).filter(|inner| !inner.contains(['"', '\''])).unwrap_or(text)
}

/// A text whose quotes do not match.
fn quotes(pair: Pair<'_>) -> Option<Help> {
    let quote = pair.value.chars().next()?;
    let inner = &pair.value[1..];
    if inner.starts_with(quote) {
        return None;
    }
    match inner.strip_suffix(quote) {
        Some(inner) if inner.matches(quote).count() >= 2 && inner.matches(quote).count() % 2 == 0 => {
            in_german_quotes(inner, quote).map(|text| help(right(pair, &quoted(&text))))
        }
        Some(inner) if inner.contains(quote) => Some(help(right(pair, &quoted(inner)))),
        // The end of the line is that of the text, if nothing says otherwise.
        None if !inner.contains(quote) && !inner.is_empty() => {
            Some(help(right(pair, &quoted(inner.trim_end()))))
        }
        _ => None,
    }
}

/// Writes the quotes inside of a text as German ones; none if one that would open stands behind a word, or before none.
fn in_german_quotes(text: &str, quote: char) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut is_open = false;
    for (index, part) in text.split(quote).enumerate() {
        if index > 0 {
            let is_behind_word = out.ends_with(|c: char| c.is_alphanumeric() || ",.;:!?".contains(c));
            if !is_open && (is_behind_word || !part.starts_with(|c: char| !c.is_whitespace())) {
                return None;
            }
            out.push(if is_open { '“' } else { '„' });
            is_open = !is_open;
        }
        out += part;
    }
    Some(out)
}

static DRIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:[A-Za-z]:|\\\\)").expect("fixed, and tried by the tests below"));
static FILE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\.[A-Za-z0-9]{2,5}$").expect("fixed, and tried by the tests below"));

/// A backslash that begins nothing: a path of Windows, or a text.
fn backslashes(pair: Pair<'_>) -> Option<Help> {
    let inner = pair.value.strip_prefix('"')?.strip_suffix('"')?;
    let name = inner.rsplit('\\').next()?;
    let (sentence, hint) = if DRIVE.is_match(inner) {
        (
            "Dieser Pfad gilt nur auf diesem einen Rechner, und Rückstriche trennen hier keine Ordner.",
            format!(
                "Die Datei in den Projektordner legen und von dieser Datei aus nennen: {}\"{name}\"",
                pair.before
            ),
        )
    } else if FILE.is_match(inner) {
        ("Rückstriche trennen hier keine Ordner.", right(pair, &quoted(&inner.replace('\\', "/"))))
    } else {
        (
            "Nach dem Rückstrich folgt kein Zeichen, das er einleiten könnte.",
            right(pair, &quoted(&inner.replace("\\\"", "\""))),
        )
    };
    Some(Help { sentence: Some(sentence), ..help(hint) })
}

/// A colon where an equals sign belongs.
fn colon(pair: Pair<'_>) -> Option<Help> {
    let before = pair.before.trim_end().strip_suffix(':')?;
    if !pair.key.is_ascii() || pair.value.is_empty() {
        return None;
    }
    let line = |value: &str| format!("{} = {value}", before.trim_end());
    let as_it_is = line(pair.value);
    let right = match meant(pair.value) {
        _ if as_it_is.parse::<toml::Table>().is_ok() => as_it_is,
        Meant::Day(Ok(day)) => line(&day.to_string()),
        Meant::Number(number) => line(&number),
        _ => line(&quoted(pair.value)),
    };
    Some(Help {
        sentence: Some("Zwischen Schlüssel und Wert steht ein Doppelpunkt statt des Gleichheitszeichens."),
        ..help(format!("So ist es richtig: {right}"))
    })
}

/// Umlauts in a key.
fn umlauts(pair: Pair<'_>) -> Option<Help> {
    let mut plain = pair.before.to_owned();
    for (letter, letters) in
        [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")]
    {
        plain = plain.replace(letter, letters);
    }
    (plain != pair.before && plain.is_ascii())
        .then(|| help(format!("So ist es richtig: {plain}{}", pair.value)))
}

/// `entwurf.enthalten = …` beside `entwurf = { … }`: all of a table stands in one way.
fn one_table_twice(source: &Source, pair: Pair<'_>) -> Option<Help> {
    let table = pair.key.split('.').next()?.trim();
    let start = source.text[..pair.at].rfind('\n').map_or(0, |at| at + 1);
    let mut inner = Vec::new();
    let mut inline = false;
    let mut first = None;
    let mut earlier: Vec<usize> = Vec::new();
    let mut end = start;
    // Back to the header of the table.
    for line in source.text[..start].lines().rev() {
        end -= (line.len() + 1).min(end);
        if line.trim_start().starts_with('[') {
            break;
        }
        earlier.push(end);
    }
    for at in earlier.into_iter().rev().chain([pair.at]) {
        let Some(other) = as_meant::pair_at(source, at) else { continue };
        if other.key == table {
            inner.push(other.value.strip_prefix('{')?.split('}').next()?.trim().to_owned());
            inline = true;
        } else if let Some(rest) =
            other.key.strip_prefix(table).and_then(|rest| rest.trim_start().strip_prefix('.'))
        {
            inner.push(format!("{} = {}", rest.trim(), other.value));
        } else {
            continue;
        }
        first = first.or(Some(source.line(at)));
    }
    let inner: Vec<String> = inner.into_iter().filter(|part| !part.is_empty()).collect();
    if !inline || inner.len() < 2 {
        return None;
    }
    Some(Help {
        sentence: Some(
            "Diese Tabelle steht schon weiter oben, in der anderen Schreibweise; beide zugleich gehen nicht.",
        ),
        ..help(format!("Beides in Zeile {} zusammenfassen: {table} = {{ {} }}", first?, inner.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::Source;
    use crate::toml_tree;

    /// The first finding: its code, its line and its hint.
    fn first(text: &str) -> (String, usize, String) {
        let (_, findings) = toml_tree::parse(&Source::new("a.toml", text));
        let first = findings.first().unwrap_or_else(|| panic!("{text}: no finding"));
        (first.code.id.to_string(), first.line(), first.hint.clone().unwrap_or_default())
    }

    #[test]
    fn the_help_can_be_typed_as_it_stands() {
        for (line, help) in [
            ("amt = Tiefbauamt # neu", "amt = \"Tiefbauamt\""),
            ("amt = Tiefbauamt\"", "amt = \"Tiefbauamt\""),
            ("amt = \"Tiefbauamt", "amt = \"Tiefbauamt\""),
            ("amt: Tiefbauamt", "amt = \"Tiefbauamt\""),
            ("amt : \"Tiefbauamt\"", "amt = \"Tiefbauamt\""),
            ("betreff = \"Das \"Haus\" am Platz\"", "betreff = \"Das „Haus“ am Platz\""),
            ("betreff = \"Ein 3\" Rohr\"", "betreff = 'Ein 3\" Rohr'"),
            ("oeffentlich = True", "oeffentlich = true"),
            ("datum = 1. März 2026", "datum = 2026-03-01"),
            ("datum = 2026–03–01", "datum = 2026-03-01"),
            ("datum: 1.3.2026", "datum = 2026-03-01"),
            ("jahr = 2026/27", "jahr = 2026"),
            ("betrag = 125.000,50", "betrag = 125000.50"),
            ("nummer = 0116", "nummer = \"0116\""),
            ("überblick = \"x\"", "ueberblick = \"x\""),
            ("datei = \"C:\\Users\\x\\plan.pdf\"", "datei = \"plan.pdf\""),
            ("datei = \"Anlagen\\plan.pdf\"", "datei = \"Anlagen/plan.pdf\""),
            ("betreff = \"AC\\DC\"", "betreff = 'AC\\DC'"),
            ("betreff = „Poller am Platz“", "betreff = \"Poller am Platz\""),
            ("betreff = \"Poller am Platz“ # x", "betreff = \"Poller am Platz\" # x"),
            ("gruppe = { nummer = „0111“, name = “Bau” }", "gruppe = { nummer = \"0111\", name = \"Bau\" }"),
            ("datum = 2025-04-02,", "datum = 2025-04-02"),
            ("datum = 2025-04-02, # bald", "datum = 2025-04-02 # bald"),
            ("datum = 2025-04-02 // bald", "datum = 2025-04-02 # bald"),
            ("datum = 2.4.2025,", "datum = 2025-04-02"),
            ("oeffentlich = true,", "oeffentlich = true"),
            ("oeffentlich = true;", "oeffentlich = true"),
            ("oeffentlich = True,", "oeffentlich = true"),
            ("betrag = 125,", "betrag = 125"),
            ("betrag = 1.5;", "betrag = 1.5"),
            ("amt = Tiefbauamt,", "amt = \"Tiefbauamt\""),
            ("betreff = \"Poller\",", "betreff = \"Poller\""),
            ("betreff = \"Poller\";", "betreff = \"Poller\""),
            ("betreff = 'Poller', # a, b", "betreff = 'Poller' # a, b"),
            ("amt = \"A; b, // c\" // Kommentar", "amt = \"A; b, // c\" # Kommentar"),
            ("amt = \"A\" //", "amt = \"A\""),
            ("amt = \"A\" ; Kommentar", "amt = \"A\" # Kommentar"),
            ("liste = [\"a\", \"b\"],", "liste = [\"a\", \"b\"]"),
            ("gruppe = { nummer = \"1\" };", "gruppe = { nummer = \"1\" }"),
            ("amt\u{a0}= \"x\"", "amt = \"x\""),
            ("amt =\u{a0}\"x\"", "amt = \"x\""),
        ] {
            let (_, at, hint) = first(&format!("a = 1\n{line}\nb = 2\n"));
            assert_eq!(at, 2, "{line}");
            assert!(hint.ends_with(help) || hint.contains(&format!("{help};")), "{line}: {hint}");
            assert!(help.parse::<toml::Table>().is_ok(), "{help}");
        }
    }

    #[test]
    fn what_nobody_can_guess_is_only_said() {
        for line in [
            "amt = \"A\" \"B\"",
            "amt = \"A\", \"B // c\"",
            "amt = \"A\"; betreff = \"B\"",
            "amt = \"A\" betreff = \"B\"",
        ] {
            let (_, at, hint) = first(&format!("a = 1\n{line}\nb = 2\n"));
            assert!(at == 2 && !hint.contains("So ist es richtig"), "{line}: {hint}");
        }
    }

    #[test]
    fn one_table_in_two_ways_is_put_together() {
        let together = "entwurf = { jahr = 2026, enthalten = \"nein\" }";
        for text in [
            "[a]\nentwurf = { jahr = 2026 }\nx = 1\nentwurf.enthalten = \"nein\"\n",
            "[a]\nentwurf.jahr = 2026\nx = 1\nentwurf = { enthalten = \"nein\" }\n",
        ] {
            let (code, line, hint) = first(text);
            assert_eq!((code.as_str(), line), ("T005", 4), "{text}");
            assert!(hint.contains("Zeile 2") && hint.ends_with(together), "{hint}");
        }
    }
}
