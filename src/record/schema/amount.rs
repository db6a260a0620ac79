//! Amounts of money and years of the budget, as records write them and forms print them.

use std::fmt;

use crate::toml_tree::{Node, Value};

/// An amount of money, to the cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money {
    /// The amount in cents.
    pub cents: i64,
}

/// The most digits before the comma; up to there a number of TOML has each cent, too.
const MOST_DIGITS: usize = 12;

impl Money {
    /// Reads the amount of a value: `1234.5`, or in quotes as German writes it, `"1.234,50"`.
    pub fn of_node(node: &Node) -> Option<Self> {
        match &node.value {
            Value::Integer(number) => Self::of_parts(*number < 0, &number.unsigned_abs().to_string(), ""),
            // The shortest decimal of a number with so few digits is the one that was typed.
            Value::Float(number) if number.is_finite() => {
                let text = number.abs().to_string();
                let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
                Self::of_parts(number.is_sign_negative(), whole, cents)
            }
            Value::String(text) => Self::of_german(text),
            _ => None,
        }
    }

    /// Reads `1.234,56`, `-1234,5`, `1.234 €`.
    pub fn of_german(text: &str) -> Option<Self> {
        let text = text.trim();
        let unsigned = text.strip_prefix(['-', '−', '–']).map(str::trim_start);
        let number = unsigned.unwrap_or(text);
        let unit = ["€", "EUR", "Euro"].iter().find_map(|unit| number.strip_suffix(unit));
        let number = unit.unwrap_or(number).trim_end();
        let (whole, cents) = number.split_once(',').unwrap_or((number, ""));
        if number.ends_with(',') {
            return None;
        }
        let mut groups = whole.split('.');
        let first = groups.next().unwrap_or_default();
        let mut rest = groups.peekable();
        let is_grouped = rest.peek().is_some();
        if is_grouped && (!(1..=3).contains(&first.len()) || !rest.all(|group| group.len() == 3)) {
            return None;
        }
        Self::of_parts(unsigned.is_some(), &whole.replace('.', ""), cents)
    }

    fn of_parts(is_negative: bool, whole: &str, cents: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > MOST_DIGITS
            || cents.len() > 2
            || !digits(whole)
            || !digits(cents)
        {
            return None;
        }
        let cents: i64 = format!("{whole}{cents:0<2}").parse().ok()?;
        Some(Self { cents: if is_negative { -cents } else { cents } })
    }

    /// Writes it as a number of TOML: `1234.50`.
    pub fn in_toml(self) -> String {
        let sign = if self.cents < 0 { "-" } else { "" };
        let cents = self.cents.unsigned_abs();
        format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

/// As budgets print it: `1.234,56`, `−1.234,56`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.cents.unsigned_abs();
        let whole = (cents / 100).to_string();
        f.write_str(if self.cents < 0 { "−" } else { "" })?;
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ",{:02}", cents % 100)
    }
}

/// Reads a year of the budget, `2026`, or two that follow each other, `2026/27` or `2026/2027`, as forms print it.
pub(super) fn fiscal_year(text: &str) -> Option<String> {
    let year = |text: &str| {
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|year| digits && (1900..=2999).contains(year))
    };
    let text = text.trim();
    let Some((first, second)) = text.split_once('/') else { return year(text).map(|year| year.to_string()) };
    let next = year(first)? + 1;
    let short = format!("{:02}", next % 100);
    (second == short || second == next.to_string()).then(|| format!("{first}/{short}"))
}

/// Reads the year of the budget that a value says.
pub fn fiscal_year_of(node: &Node) -> Option<String> {
    match &node.value {
        Value::Integer(number) => fiscal_year(&number.to_string()),
        Value::String(text) => fiscal_year(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Source;
    use crate::toml_tree;

    #[test]
    fn amounts_are_read_to_the_cent_and_printed_as_budgets_do() {
        for (typed, printed) in [
            ("1234.5", "1.234,50"),
            ("1234", "1.234,00"),
            ("-0.07", "−0,07"),
            ("0.1", "0,10"),
            ("1_000_000", "1.000.000,00"),
            ("999999999999.99", "999.999.999.999,99"),
            ("'1.234,56'", "1.234,56"),
            ("'−1.234,5 €'", "−1.234,50"),
            ("'- 12 EUR'", "−12,00"),
            ("'1.234'", "1.234,00"),
            ("'1234'", "1.234,00"),
            ("'0'", "0,00"),
        ] {
            let tree = toml_tree::parse(&Source::new("a", format!("a = {typed}"))).0;
            let amount =
                Money::of_node(&tree.as_table().unwrap().0[0].node).unwrap_or_else(|| panic!("{typed}"));
            assert_eq!(amount.to_string(), printed, "{typed}");
            assert_eq!(Money::of_german(printed), Some(amount), "{typed}");
        }
        for typed in [
            "1.234",
            "1e20",
            "nan",
            "inf",
            "'1.23'",
            "'1234.5'",
            "'12.34.567'",
            "'1,234'",
            "'1,'",
            "',5'",
            "''",
            "'.'",
            "'1.234,56,7'",
            "'zehn'",
            "'--1'",
            "1000000000000",
            "true",
            "2025-01-01",
        ] {
            let tree = toml_tree::parse(&Source::new("a", format!("a = {typed}"))).0;
            assert_eq!(Money::of_node(&tree.as_table().unwrap().0[0].node), None, "{typed}");
        }
        assert_eq!(Money { cents: -123_450 }.in_toml(), "-1234.50");
    }

    #[test]
    fn years_of_the_budget_are_one_or_two() {
        for (typed, printed) in
            [("2026", "2026"), ("2026/27", "2026/27"), ("2026/2027", "2026/27"), ("1999/00", "1999/00")]
        {
            assert_eq!(fiscal_year(typed).as_deref(), Some(printed), "{typed}");
        }
        for typed in ["26", "2026/28", "2026/", "2026/7", "2026-27", "+026", "1026", "", "2026/27/28"] {
            assert_eq!(fiscal_year(typed), None, "{typed}");
        }
    }
}
