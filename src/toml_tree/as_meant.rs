//! What a line of TOML was meant to be, in the user's own words: help that can be typed as it stands.
//!
//! Knows nothing of what keys mean.

use std::sync::LazyLock;

use regex::Regex;

use crate::day::{Day, NotADay};
use crate::diagnostics::Source;

/// The longest line that is written out in a help.
pub(super) const MOST: usize = 200;

/// A key with what stands behind its equals sign, as they were typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<'a> {
    /// What stands before the value, up to the equals sign and the white space behind it.
    pub before: &'a str,
    /// The key.
    pub key: &'a str,
    /// What stands behind the equals sign; without quotes, also without what ends it elsewhere: a comma, a semicolon, a
    /// comment.
    pub value: &'a str,
    /// Where the value begins in the file.
    pub at: usize,
}

static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^[ \t]*((?:[^\s=:"'#\[\]{}.]+|"[^"]*"|'[^']*')(?:[ \t]*\.[ \t]*(?:[^\s=:"'#\[\]{}.]+|"[^"]*"|'[^']*'))*)[ \t]*([=:])[ \t]*"#)
        .expect("fixed, and tried by the tests below")
});

/// Takes the line apart in which an offset lies; none if it is no key with a value, or too long for a help.
pub fn pair_at(source: &Source, offset: usize) -> Option<Pair<'_>> {
    let start = source.text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = source.text[start..].lines().next().unwrap_or_default();
    if line.len() > MOST {
        return None;
    }
    let found = PAIR.captures(line)?;
    let (whole, key) = (found.get(0)?, found.get(1)?);
    let rest = &line[whole.end()..];
    // A number sign in a text is no comment, so only one behind a bare value is cut off.
    let value = if rest.starts_with(['"', '\'', '[', '{']) {
        rest
    } else {
        let rest = rest.split('#').next().unwrap_or_default();
        let rest = rest.split(" //").next().unwrap_or_default();
        rest.trim_end_matches([',', ';', ' ', '\t'])
    };
    Some(Pair {
        before: line[..whole.end()].trim_start(),
        key: key.as_str(),
        value: value.trim_end(),
        at: start + whole.end(),
    })
}

/// Writes a text as a TOML string: between quotes that need no escapes, where that is possible.
pub fn quoted(text: &str) -> String {
    let plain = !text.contains(|c: char| c.is_control());
    match (text.contains(['"', '\\']), text.contains('\'')) {
        (false, _) if plain => format!("\"{text}\""),
        (true, false) if plain => format!("'{text}'"),
        _ => toml::Value::String(text.to_owned()).to_string(),
    }
}

/// What a value without quotes is to TOML, as far as its look alone tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// A day; or one that there is not.
    Day(Result<Day, NotADay>),
    /// The two years of a budget.
    Years,
    /// A number with the points and commas of German.
    Number(String),
    /// `true` or `false` in another spelling.
    Truth(bool),
    /// A text.
    Text,
}

/// Tells what a value without quotes was meant to be.
pub(super) fn meant(value: &str) -> Meant {
    if let Some(day) = Day::of_german(value) {
        return Meant::Day(day);
    }
    if years(value).is_some() {
        return Meant::Years;
    }
    if let Some(number) = number(value) {
        return Meant::Number(number);
    }
    match value.to_lowercase().as_str() {
        "true" => Meant::Truth(true),
        "false" => Meant::Truth(false),
        _ => Meant::Text,
    }
}

static YEARS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^((?:19|20)[0-9]{2})\s?[/–-]\s?(?:(?:19|20)?[0-9]{2})$")
        .expect("fixed, and tried by the tests below")
});

/// Returns the first of two years: `2026/27`, `2026-2027`.
pub fn years(value: &str) -> Option<&str> {
    YEARS.captures(value.trim()).and_then(|found| Some(found.get(1)?.as_str()))
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([+-]?)([0-9]{1,3}(?:[. \x{A0}'’][0-9]{3})+|[0-9]+)(?:,([0-9]+|-))?(?:\s?(?:€|EUR|Euro))?$")
        .expect("fixed, and tried by the tests below")
});

/// Writes a number as TOML does, that stands as Germans write it: `125.000,50 €`. None if it is no number, or already as
/// TOML has it.
pub fn number(value: &str) -> Option<String> {
    let value = value.trim();
    let found = NUMBER.captures(value)?;
    let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
    let whole: String = part(2).chars().filter(char::is_ascii_digit).collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if part(1) == "-" { "-" } else { "" };
    let number = match part(3) {
        "" | "-" => format!("{sign}{whole}"),
        decimals => format!("{sign}{whole}.{decimals}"),
    };
    // 0116 is no number but a name of digits.
    let is_name = value.starts_with('0') && value.len() > 1 && part(3).is_empty();
    (number != value && !is_name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let source = Source::new(
            "a",
            "x = 1\n  amt: Tiefbau # neu\nbetreff = \"a # b\"\n# x = 2\n[a]\ny = z ,; // a\n",
        );
        let pair = |offset| pair_at(&source, offset).map(|pair| (pair.before, pair.key, pair.value));
        assert_eq!(pair(0), Some(("x = ", "x", "1")));
        assert_eq!(pair(9), Some(("amt: ", "amt", "Tiefbau")));
        assert_eq!(pair(35), Some(("betreff = ", "betreff", "\"a # b\"")));
        assert_eq!((pair(50), pair(54)), (None, None));
        assert_eq!(pair(59), Some(("y = ", "y", "z")));
    }

    #[test]
    fn what_is_meant_shows_in_its_look() {
        let day = Day::new(2026, 3, 1).unwrap();
        for (value, expected) in [
            ("1. März 2026", Meant::Day(Ok(day))),
            ("31.02.2026", Meant::Day(Err(NotADay))),
            ("2026/27", Meant::Years),
            ("2026–2027", Meant::Years),
            ("125.000,50", Meant::Number("125000.50".into())),
            ("125.000 €", Meant::Number("125000".into())),
            ("-3,5", Meant::Number("-3.5".into())),
            ("1.250,- Euro", Meant::Number("1250".into())),
            ("0116", Meant::Text),
            ("True", Meant::Truth(true)),
            ("1.25", Meant::Text),
            ("Tiefbauamt", Meant::Text),
        ] {
            assert_eq!(meant(value), expected, "{value}");
        }
    }

    #[test]
    fn texts_are_quoted_without_escapes_where_that_can_be() {
        assert_eq!(quoted("Poller"), "\"Poller\"");
        assert_eq!(quoted("Das \"Haus\""), "'Das \"Haus\"'");
        let both = quoted("\"a\" 'b'");
        assert_eq!(both.parse::<toml::Value>().unwrap().as_str(), Some("\"a\" 'b'"));
    }
}
