//! Patterns of numbers: `#` is a digit, `#*` a number of any length, `JJJJ` and `JJ` a year, `[…]` an optional part, all else
//! stands as it is.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The longest number, in bytes. It is short, so a number is copied as it is.
pub(super) const MOST: usize = 60;

/// A pattern without optional parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberForm(pub(super) Vec<NumberPart>);

/// A part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberPart {
    /// A digit.
    Digit,
    /// One digit or more, the first of several no zero: so a number has one spelling.
    Digits,
    /// A year of four digits.
    Year,
    /// A year of two digits.
    ShortYear,
    /// A character.
    Char(char),
}

/// A number that follows a form.
pub(super) struct FoundNumber {
    /// The year, if it is written in full.
    pub(super) year: Option<u16>,
    /// Where each element begins.
    starts: Vec<usize>,
}

impl FoundNumber {
    /// Where the element with this index begins in the number.
    pub(super) fn start_of(&self, index: usize, text: &str) -> Option<usize> {
        self.starts.get(index).copied().filter(|at| *at > 0 && *at < text.len())
    }
}

/// The most forms of one pattern.
const MOST_FORMS: usize = 64;

/// Reads a pattern; the shortest form comes first.
pub(super) fn read(pattern: &str) -> Result<Vec<NumberForm>, String> {
    let text: Vec<char> = pattern.nfc().collect();
    let refused =
        |reason: &str| Err(format!("Das Muster „{}“ {reason}.", crate::diagnostics::shown(pattern)));
    if text.len() > MOST {
        return refused(&format!("ist länger als {MOST} Zeichen"));
    }
    if text.iter().any(|c| c.is_control()) || pattern.trim() != pattern {
        return refused("enthält Steuerzeichen oder Leerzeichen am Rand");
    }
    let mut at = 0;
    let Some(forms) = alternatives(&text, &mut at, 0) else {
        return refused("hat zu viele oder zu tief verschachtelte Teile in eckigen Klammern");
    };
    if at < text.len()
        || text.iter().filter(|c| **c == '[').count() != text.iter().filter(|c| **c == ']').count()
    {
        return refused("hat eine eckige Klammer zu viel oder zu wenig");
    }
    for NumberForm(elements) in &forms {
        let is_digit = |element: &NumberPart| !matches!(element, NumberPart::Char(_));
        let digits: usize = elements.iter().filter(|element| is_digit(element)).count();
        if digits == 0 {
            return refused("braucht eine Stelle für Ziffern: # oder #*");
        }
        if elements.windows(2).any(|pair| pair[0] == NumberPart::Digits && is_digit(&pair[1])) {
            return refused("lässt hinter #* nicht erkennen, wo die nächste Zahl anfängt");
        }
        if !matches!(elements[0], NumberPart::Char(c) if c.is_alphanumeric()) && !is_digit(&elements[0]) {
            return refused("muss mit einem Buchstaben oder einer Ziffer anfangen");
        }
    }
    // Files and their names have the word for an annex, and these names mean devices to Windows.
    let lower = pattern.to_lowercase();
    if lower.contains("anlage") || ["com#", "lpt#"].contains(&lower.as_str()) {
        return refused("gibt Dateinamen, die schon etwas anderes bedeuten");
    }
    Ok(forms)
}

/// All ways through a part of a pattern, up to its closing bracket.
fn alternatives(text: &[char], at: &mut usize, depth: usize) -> Option<Vec<NumberForm>> {
    let mut forms = vec![Vec::new()];
    while let Some(c) = text.get(*at) {
        let rest = &text[*at..];
        let (element, length) = match c {
            ']' if depth > 0 => break,
            '[' if depth < 8 => {
                *at += 1;
                let inner = alternatives(text, at, depth + 1)?;
                *at += 1;
                let longer: Vec<Vec<NumberPart>> = inner
                    .iter()
                    .flat_map(|NumberForm(inner)| forms.iter().map(move |form| [&form[..], inner].concat()))
                    .collect();
                forms.extend(longer);
                if forms.len() > MOST_FORMS {
                    return None;
                }
                continue;
            }
            '[' => return None,
            '#' if rest.get(1) == Some(&'*') => (NumberPart::Digits, 2),
            '#' => (NumberPart::Digit, 1),
            'J' if rest.starts_with(&['J'; 4]) => (NumberPart::Year, 4),
            'J' if rest.starts_with(&['J'; 2]) => (NumberPart::ShortYear, 2),
            _ => (NumberPart::Char(*c), 1),
        };
        forms.iter_mut().for_each(|form| form.push(element));
        *at += length;
    }
    Some(forms.into_iter().map(NumberForm).collect())
}

impl NumberForm {
    /// Reads a number that follows this form.
    pub(super) fn read(&self, text: &str) -> Option<FoundNumber> {
        let mut found = FoundNumber { year: None, starts: Vec::new() };
        let mut at = 0;
        let digits = |at: usize| text[at..].bytes().take_while(u8::is_ascii_digit).count();
        for element in &self.0 {
            found.starts.push(at);
            at += match element {
                NumberPart::Char(c) => text[at..].starts_with(*c).then(|| c.len_utf8())?,
                NumberPart::Digit => (digits(at) > 0).then_some(1)?,
                NumberPart::Year if digits(at) >= 4 => {
                    found.year = text[at..at + 4].parse().ok();
                    4
                }
                NumberPart::ShortYear if digits(at) >= 2 => 2,
                NumberPart::Digits if digits(at) > 0 && !text[at..].starts_with('0') => digits(at),
                _ => return None,
            };
        }
        (at == text.len()).then_some(found)
    }

    /// The index of the first element behind another form, if this one only adds to it.
    pub(super) fn behind(&self, other: &Self) -> Option<usize> {
        (self.0.len() > other.0.len() && self.0.starts_with(&other.0)).then_some(other.0.len())
    }

    /// What stands before the first digit; none if nothing does.
    pub(super) fn head(&self) -> Option<String> {
        let head: String = self.0.iter().map_while(|element| element.as_char()).collect();
        (!head.is_empty()).then_some(head)
    }

    /// Writes what somebody typed in this form; none if it has other letters, or more or fewer numbers.
    pub(super) fn filled(&self, typed: &str) -> Option<String> {
        let letters = |text: &mut dyn Iterator<Item = char>| -> String {
            text.filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
        };
        let own = letters(&mut self.0.iter().filter_map(|element| element.as_char()));
        let theirs = letters(&mut typed.chars());
        if !theirs.is_empty() && theirs != own {
            return None;
        }
        let mut typed = typed.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
        let mut out = String::new();
        let mut at = 0;
        while at < self.0.len() {
            let is_number = |element: &NumberPart| element.as_char().is_none_or(|c| c.is_ascii_digit());
            if !is_number(&self.0[at]) {
                out.extend(self.0[at].as_char());
                at += 1;
                continue;
            }
            let group: Vec<NumberPart> = self.0[at..].iter().copied().take_while(is_number).collect();
            at += group.len();
            let run = typed.next()?;
            let written = match group[..] {
                [NumberPart::Year] if run.len() == 2 => format!("20{run}"),
                [NumberPart::ShortYear] if run.len() == 4 => run[2..].to_owned(),
                [NumberPart::Digits] => run.trim_start_matches('0').to_owned(),
                [NumberPart::Year | NumberPart::ShortYear] => run.to_owned(),
                _ => format!("{run:0>width$}", width = group.iter().map(|element| element.width()).sum()),
            };
            out.push_str(&written);
        }
        typed.next().is_none().then_some(out)
    }

    /// Writes question marks for what a draft lacks.
    pub(super) fn unknown(&self) -> String {
        let one = |element: &NumberPart| match element.as_char() {
            Some(c) => c.to_string(),
            None => "?".repeat(element.width()),
        };
        self.0.iter().map(one).collect()
    }

    /// Writes a number of this form.
    pub(super) fn example(&self, seed: usize) -> String {
        let mut digit = seed;
        let mut out = String::new();
        for element in &self.0 {
            match element {
                NumberPart::Char(c) => out.push(*c),
                NumberPart::Year => out.push_str(&format!("{}", 2025 + seed % 50)),
                NumberPart::ShortYear => out.push_str(&format!("{:02}", (25 + seed) % 100)),
                NumberPart::Digits => out.push_str(&format!("{}", 1 + seed)),
                NumberPart::Digit => {
                    out.push_str(&format!("{}", digit % 10));
                    digit = digit / 10 + 1;
                }
            }
        }
        out
    }

    pub(super) fn expression(&self) -> String {
        let one = |element: &NumberPart| match element {
            NumberPart::Digit => "[0-9]".to_owned(),
            NumberPart::Digits => "[1-9][0-9]*".to_owned(),
            NumberPart::Year => "[0-9]{4}".to_owned(),
            NumberPart::ShortYear => "[0-9]{2}".to_owned(),
            NumberPart::Char(c @ ('^' | ']' | '[' | '\\')) => format!("\\{c}"),
            NumberPart::Char(c) if c.is_alphanumeric() => c.to_string(),
            NumberPart::Char(c) => format!("[{c}]"),
        };
        self.0.iter().map(one).collect()
    }

    /// None if there are no letters by which it could be told.
    pub(super) fn loose_expression(&self) -> Option<String> {
        let head = self.head()?;
        if !head.starts_with(char::is_alphabetic) {
            return None;
        }
        let mut out = String::new();
        let mut elements = self.0.iter().peekable();
        while let Some(element) = elements.next() {
            match element {
                NumberPart::Char(c) if c.is_alphanumeric() => {
                    let both: String = c.to_lowercase().chain(c.to_uppercase()).collect();
                    out.push_str(&format!("[{c}{both}]"));
                }
                NumberPart::Char(_) => {
                    while elements
                        .next_if(|next| next.as_char().is_some_and(|c| !c.is_alphanumeric()))
                        .is_some()
                    {}
                    out.push_str(r"[\s/\\_.\-–]{0,3}");
                }
                NumberPart::Year | NumberPart::ShortYear => out.push_str("(?:[0-9]{4}|[0-9]{2})"),
                NumberPart::Digit | NumberPart::Digits => {
                    while elements.next_if(|next| **next == NumberPart::Digit).is_some() {}
                    out.push_str("[0-9]{1,8}");
                }
            }
        }
        Some(out)
    }
}

impl NumberPart {
    fn as_char(self) -> Option<char> {
        match self {
            Self::Char(c) => Some(c),
            _ => None,
        }
    }

    fn width(self) -> usize {
        match self {
            Self::Year => 4,
            Self::ShortYear => 2,
            _ => 1,
        }
    }
}

/// As a pattern is written.
impl fmt::Display for NumberForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|element| match element {
            NumberPart::Digit => f.write_str("#"),
            NumberPart::Digits => f.write_str("#*"),
            NumberPart::Year => f.write_str("JJJJ"),
            NumberPart::ShortYear => f.write_str("JJ"),
            NumberPart::Char(c) => write!(f, "{c}"),
        })
    }
}
