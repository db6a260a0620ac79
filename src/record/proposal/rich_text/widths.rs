//! Widths as an author writes them: `{breiten=2cm,*,30%}` below a table, `{breite=8cm}` behind a picture.

use serde::Serialize;

/// The names that widths are given by.
const NAMES: [&str; 2] = ["breite", "breiten"];
/// The narrowest and the widest that can be meant, in millimetres.
const MILLIMETRES: std::ops::RangeInclusive<f64> = 3.0..=270.0;

/// What to write below a table.
pub(super) const COLUMNS_HINT: &str = "Für jede Spalte eine Breite in cm, mm oder %, auto für so viel wie nötig oder * für den Rest: {breiten=2cm,*,30%}.";
/// What to write behind a picture.
pub(super) const PICTURE_HINT: &str = "Eine Breite in cm, mm oder % der Seite: {breite=8cm}.";

/// A width of a column or a picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "unit", content = "value", rename_all = "lowercase")]
pub enum Width {
    /// In millimetres.
    Millimetres(f64),
    /// In percent of the width that there is.
    Percent(f64),
    /// A share of what the others leave.
    Share(f64),
    /// What the text needs.
    Auto,
}

/// Takes `{name=value}` apart.
pub(super) fn attribute(text: &str) -> Option<(&str, &str)> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let (name, value) = inner.split_once('=')?;
    let name = name.trim();
    (!name.is_empty() && name.chars().all(char::is_alphabetic) && !value.contains(['{', '}']))
        .then_some((name, value.trim()))
}

/// Tells whether a text only says how wide something is.
pub fn is_written(text: &str) -> bool {
    attribute(text).is_some_and(|(name, _)| NAMES.contains(&name))
}

/// Reads the widths of as many columns; else what is wrong with them.
pub(super) fn of_columns(name: &str, value: &str, columns: usize) -> Result<Vec<Width>, String> {
    if !NAMES.contains(&name) {
        return Err(format!("„{name}“ lässt sich für eine Tabelle nicht angeben, nur „breiten“."));
    }
    let widths: Vec<Width> = entries(value).iter().map(|entry| width(entry)).collect::<Result<_, _>>()?;
    if widths.len() != columns {
        return Err(format!("Die Tabelle hat {columns} Spalten, angegeben sind {} Breiten.", widths.len()));
    }
    let percent: f64 =
        widths.iter().map(|width| if let Width::Percent(part) = width { *part } else { 0.0 }).sum();
    let millimetres: f64 =
        widths.iter().map(|width| if let Width::Millimetres(own) = width { *own } else { 0.0 }).sum();
    if percent > 100.0 || millimetres > *MILLIMETRES.end() {
        return Err("Die Breiten sind zusammen größer als die Seite.".into());
    }
    Ok(widths)
}

/// Reads the width of a picture; else what is wrong with it.
pub(super) fn of_picture(name: &str, value: &str) -> Result<Width, String> {
    if !NAMES.contains(&name) {
        return Err(format!("„{name}“ lässt sich für ein Bild nicht angeben, nur „breite“."));
    }
    match entries(value)[..] {
        [ref only] => match width(only)? {
            Width::Share(_) | Width::Auto => Err(format!("„{only}“ ist keine Breite eines Bildes.")),
            width => Ok(width),
        },
        _ => Err("Ein Bild hat nur eine Breite.".into()),
    }
}

/// The single widths. The comma between them is also that of `2,5cm`: no width is a bare number.
fn entries(value: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for part in value.split([',', ';']) {
        let part: String = part.split_whitespace().collect();
        let continues = |whole: &String| !whole.is_empty() && whole.bytes().all(|c| c.is_ascii_digit());
        match entries.last_mut() {
            Some(whole) if continues(whole) && part.starts_with(|c: char| c.is_ascii_digit()) => {
                *whole = format!("{whole}.{part}");
            }
            _ => entries.push(part),
        }
    }
    entries
}

fn width(entry: &str) -> Result<Width, String> {
    let wrong = || Err(format!("„{entry}“ ist keine Breite."));
    if entry.eq_ignore_ascii_case("auto") {
        return Ok(Width::Auto);
    }
    let digits = entry.len() - entry.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = entry.split_at(digits);
    if unit == "*" && number.is_empty() {
        return Ok(Width::Share(1.0));
    }
    let Ok(number) = number.parse::<f64>() else { return wrong() };
    match unit {
        "*" if (0.1..=100.0).contains(&number) => Ok(Width::Share(number)),
        "%" if (1.0..=100.0).contains(&number) => Ok(Width::Percent(number)),
        "mm" if MILLIMETRES.contains(&number) => Ok(Width::Millimetres(number)),
        "cm" if MILLIMETRES.contains(&(10.0 * number)) => Ok(Width::Millimetres(10.0 * number)),
        "mm" | "cm" | "%" | "*" => Err(format!("„{entry}“ passt auf keine Seite.")),
        _ => wrong(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_read_as_they_are_meant() {
        let three = |text: &str| {
            let (name, value) = attribute(text).unwrap();
            of_columns(name, value, 3)
        };
        let meant = [Width::Millimetres(25.0), Width::Share(1.0), Width::Percent(30.0)];
        for text in ["{breiten=2.5cm,*,30%}", "{breiten = 2,5 cm, *, 30 %}", " {breite=25mm;1*;30%} "] {
            assert_eq!(three(text).unwrap(), meant, "{text}");
        }
        assert_eq!(three("{breiten=2cm,auto,2*}").unwrap()[1..], [Width::Auto, Width::Share(2.0)]);
        for text in [
            "{breiten=2cm,*}",
            "{breiten=2,*,3cm}",
            "{hoehe=2cm,*,*}",
            "{breiten=60%,60%,*}",
            "{breiten=2cm,40cm,*}",
        ] {
            assert!(three(text).is_err(), "{text}");
        }
        assert_eq!(of_picture("breite", "8cm"), Ok(Width::Millimetres(80.0)));
        assert!(of_picture("breite", "8").is_err() && of_picture("breite", "*").is_err());
        assert!(is_written("{breite=8cm}") && !is_written("{x=8}") && attribute("{Fußnote}").is_none());
    }
}
