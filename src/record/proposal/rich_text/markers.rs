//! The signs that begin the elements of a list where CommonMark knows none: the bullets of Word, `a)`, `(1)`, `1.)`, `a.`,
//! `(ii)`.
//!
//! `z. B.` begins a line of running text, and `A. Muster` a name: what ends with a dot is the number of an element only before a
//! tab, or if a line beside it has the next number.

use std::collections::BTreeSet;

use super::{Block, Inline};

/// Signs that say nothing but that an element begins.
const BULLETS: &str = "•▪·‣◦●■➢►‒–—";
/// Letters that stand for a bullet when a tab follows: Word takes them from fonts of symbols.
const BULLETS_BEFORE_TAB: &str = "o§Øüàvqn";
/// Lists in lists, at most this deep.
const MAX_DEPTH: usize = 4;

/// What an element of a list begins with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Marker {
    /// A bullet.
    Bullet(char),
    /// A number or letter.
    Number {
        /// What the number is written like, for the layout: `(a)`, `1.)`, `i.`.
        numbering: String,
        /// The number.
        value: u64,
    },
}

impl Marker {
    /// Tells whether it is a sign that never begins a line of running text.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Bullet(c) if !"‒–—o".contains(*c))
    }

    /// The numbers before and behind it.
    pub(super) fn neighbours(&self) -> Vec<Self> {
        match self {
            Self::Bullet(_) => Vec::new(),
            Self::Number { numbering, value } => [value.saturating_sub(1), value + 1]
                .map(|value| Self::Number { numbering: numbering.clone(), value })
                .to_vec(),
        }
    }

    fn is_kind_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bullet(own), Self::Bullet(other)) => own == other,
            (Self::Number { numbering: own, .. }, Self::Number { numbering: other, .. }) => own == other,
            _ => false,
        }
    }

    fn follows(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number { value: own, .. }, Self::Number { value: other, .. }) => *own == other + 1,
            _ => true,
        }
    }
}

/// The markers at the beginning of lines that stand together, each with the place where the text behind it begins.
pub(super) fn markers(lines: &[&str]) -> Vec<Option<(Marker, usize)>> {
    let possible: Vec<Vec<Possible>> = lines.iter().map(|line| possible(line)).collect();
    let there: BTreeSet<&Marker> = possible.iter().flatten().map(|own| &own.marker).collect();
    let has_company = |own: &&Possible| own.marker.neighbours().iter().any(|other| there.contains(other));
    let chosen = |all: &Vec<Possible>| {
        let own = all.iter().find(has_company).or_else(|| all.iter().find(|own| own.is_sure))?;
        Some((own.marker.clone(), own.end))
    };
    possible.iter().map(chosen).collect()
}

/// Tells whether a line may begin with a marker, and where the text behind it begins.
pub(super) fn marker_end(line: &str) -> Option<usize> {
    possible(line).first().map(|own| own.end)
}

/// What the beginning of a line may mean.
struct Possible {
    marker: Marker,
    /// Where the text behind it begins.
    end: usize,
    /// Whether it is that also without a neighbour.
    is_sure: bool,
}

/// All that the beginning of a line may mean, the likeliest first.
fn possible(line: &str) -> Vec<Possible> {
    let start = line.len() - line.trim_start().len();
    let own = &line[start..];
    let Some(end) = own.find(char::is_whitespace) else { return Vec::new() };
    let behind = &own[end..];
    let text = start + end + (behind.len() - behind.trim_start().len());
    let sign = &own[..end];
    let has_tab = behind.trim_start_matches([' ', '\u{a0}']).starts_with('\t');
    let mut all = sign.chars();
    if let (Some(c), None) = (all.next(), all.next()) {
        let is_bullet = BULLETS.contains(c)
            || BULLETS_BEFORE_TAB.contains(c) && has_tab
            || c == 'o' && line[text..].starts_with(char::is_alphanumeric);
        let bullet = Possible { marker: Marker::Bullet(c), end: text, is_sure: true };
        return is_bullet.then_some(bullet).into_iter().collect();
    }
    let is_sure = sign.ends_with(')') || has_tab;
    if !is_sure && is_abbreviation(line[text..].split_whitespace().next().unwrap_or_default()) {
        return Vec::new();
    }
    numbers(sign).into_iter().map(|marker| Possible { marker, end: text, is_sure }).collect()
}

/// Tells whether a word is a letter with a dot: behind another one it goes on an abbreviation, as in `u. a.`.
fn is_abbreviation(word: &str) -> bool {
    let mut all = word.chars();
    all.next().is_some_and(char::is_alphabetic) && all.next() == Some('.')
}

/// Reads `a)`, `(1)`, `1.)`, `a.`, `(ii)` and the like; `1.` and `1)` are CommonMark's.
fn numbers(sign: &str) -> Vec<Marker> {
    let (inner, open) = sign.strip_prefix('(').map_or((sign, ""), |inner| (inner, "("));
    let (inner, close) = inner.strip_suffix(')').map_or((inner, ""), |inner| (inner, ")"));
    let (inner, dot) = inner.strip_suffix('.').map_or((inner, ""), |inner| (inner, "."));
    // In brackets, or with one behind it, or with a dot.
    if close.is_empty() && (dot.is_empty() || !open.is_empty()) {
        return Vec::new();
    }
    let is_commonmark = open.is_empty() && (dot.is_empty() || close.is_empty());
    let digits = inner.parse::<u64>().ok().filter(|_| inner.len() <= 3 && !is_commonmark);
    let mut all = inner.chars();
    let letter = match (all.next(), all.next()) {
        (Some(c @ 'a'..='z'), None) => Some((u64::from(c) - u64::from('a') + 1, 'a')),
        (Some(c @ 'A'..='Z'), None) => Some((u64::from(c) - u64::from('A') + 1, 'A')),
        _ => None,
    };
    let numbers = digits.map(|value| (value, '1')).into_iter().chain(letter).chain(roman(inner));
    let number = |(value, kind)| Marker::Number { numbering: format!("{open}{kind}{dot}{close}"), value };
    numbers.map(number).collect()
}

/// Reads a Roman number up to 39, all of it in capitals or none.
fn roman(text: &str) -> Option<(u64, char)> {
    if text.is_empty() || !text.bytes().all(|c| b"ivxIVX".contains(&c)) {
        return None;
    }
    let kind = if text.starts_with(char::is_uppercase) { 'I' } else { 'i' };
    let written = |value: u64| {
        let ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][(value % 10) as usize];
        let written = "x".repeat((value / 10) as usize) + ones;
        if kind == 'I' { written.to_uppercase() } else { written }
    };
    (1..40).find(|value| written(*value) == text).map(|value| (value, kind))
}

/// Tells whether the cell with which a row begins is the number or the bullet of an element, as Word copies lists.
pub(super) fn is_sign(cell: &str) -> bool {
    let cell = cell.trim();
    let is_bullet = |c: char| BULLETS.contains(c) || "-+*".contains(c);
    let digits = cell.trim_start_matches(['§', ' ', '\u{a0}', '(']).trim_end_matches([')', '.']);
    let is_number = digits.len() < cell.len() || digits.contains('.');
    let mut all = cell.chars();
    all.next().is_some_and(is_bullet) && all.next().is_none()
        || !numbers(cell).is_empty()
        || is_number && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Makes lists of the lines that begin with a marker.
pub(super) fn with_typed_lists(blocks: Vec<Block>) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open = OpenLists::default();
    for block in blocks {
        match block {
            Block::Paragraph { body } => {
                let lines = lines(body);
                let begins: Vec<&str> = lines.iter().map(|line| first_text(line)).collect();
                let markers = markers(&begins);
                for (at, (line, marker)) in lines.into_iter().zip(markers).enumerate() {
                    match without_marker(line, marker) {
                        Ok((marker, body)) => open.add(marker, body, at == 0, &mut out),
                        Err(line) => {
                            open.close(&mut out);
                            match out.last_mut() {
                                Some(Block::Paragraph { body }) if at > 0 => {
                                    body.push(Inline::Break);
                                    body.extend(line);
                                }
                                _ => out.push(Block::Paragraph { body: line }),
                            }
                        }
                    }
                }
            }
            other => {
                open.close(&mut out);
                out.push(other);
            }
        }
    }
    open.close(&mut out);
    out
}

fn first_text(line: &[Inline]) -> &str {
    match line.first() {
        Some(Inline::Text { text }) => text,
        _ => "",
    }
}

fn lines(body: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut lines = vec![Vec::new()];
    for part in body {
        match (part, lines.last_mut()) {
            (Inline::Break, _) => lines.push(Vec::new()),
            (part, Some(line)) => line.push(part),
            _ => {}
        }
    }
    lines
}

fn without_marker(
    mut line: Vec<Inline>,
    marker: Option<(Marker, usize)>,
) -> Result<(Marker, Vec<Inline>), Vec<Inline>> {
    let (Some((marker, end)), Some(Inline::Text { text })) = (marker, line.first_mut()) else {
        return Err(line);
    };
    text.drain(..end);
    line.retain(|part| !matches!(part, Inline::Text { text } if text.is_empty()));
    Ok((marker, line))
}

/// Lists that have begun, each in the last element of the one before it.
#[derive(Default)]
struct OpenLists(Vec<OpenList>);

struct OpenList {
    first: Marker,
    last: Marker,
    tight: bool,
    items: Vec<Vec<Block>>,
}

impl OpenLists {
    fn add(&mut self, marker: Marker, body: Vec<Inline>, apart: bool, out: &mut Vec<Block>) {
        let item = vec![Block::Paragraph { body }];
        let known = self.0.iter().rposition(|list| list.last.is_kind_of(&marker));
        match known {
            Some(at) => {
                self.close_to(at + 1, out);
                if let Some(list) = self.0.last_mut().filter(|list| marker.follows(&list.last)) {
                    list.tight &= !apart;
                    list.last = marker;
                    list.items.push(item);
                    return;
                }
                self.close_to(at, out);
            }
            None => self.close_to(MAX_DEPTH - 1, out),
        }
        self.0.push(OpenList { first: marker.clone(), last: marker, tight: true, items: vec![item] });
    }

    fn close(&mut self, out: &mut Vec<Block>) {
        self.close_to(0, out);
    }

    fn close_to(&mut self, depth: usize, out: &mut Vec<Block>) {
        while self.0.len() > depth
            && let Some(list) = self.0.pop()
        {
            let (start, numbering) = match list.first {
                Marker::Bullet(_) => (None, None),
                Marker::Number { numbering, value } => (Some(value), Some(numbering)),
            };
            let block = Block::List { start, numbering, tight: list.tight, items: list.items };
            match self.0.last_mut().and_then(|outer| outer.items.last_mut()) {
                Some(item) => item.push(block),
                None => out.push(block),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<(String, &str)> {
        let (marker, end) = markers(&[line]).remove(0)?;
        let name = match marker {
            Marker::Bullet(c) => c.to_string(),
            Marker::Number { numbering, value } => format!("{numbering}{value}"),
        };
        Some((name, &line[end..]))
    }

    #[test]
    fn the_signs_of_word_begin_an_element() {
        assert_eq!(found("•\tvor der Bäckerei"), Some(("•".into(), "vor der Bäckerei")));
        assert_eq!(found("  o  Bänke"), Some(("o".into(), "Bänke")));
        assert_eq!(found("§\tBänke"), Some(("§".into(), "Bänke")));
        assert_eq!(found("b) Bänke"), Some(("a)2".into(), "Bänke")));
        assert_eq!(found("(12) Bänke"), Some(("(1)12".into(), "Bänke")));
        assert_eq!(found("3.)\u{a0}Bänke"), Some(("1.)3".into(), "Bänke")));
        for text in [
            "§ 41 GO NRW",
            "•",
            "•Bänke",
            "(siehe oben)",
            "z. B. Bänke",
            "1994) gebaut",
            "- Bänke",
            "3. Mai",
            "3) Mai",
            "a. Bänke",
            "II. Bänke",
            "(a. Bänke",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn cells_with_the_sign_of_an_element_are_told_from_others() {
        for sign in ["-", "•", "*", "1.", "2)", "(3)", "1.1", "1.1.", "a.", "IV.", "§ 1", "b)"] {
            assert!(is_sign(sign), "{sign}");
        }
        for cell in ["1", "2025", "12.500 €", "Jahr", "", "--", "Nr.", "1,5"] {
            assert!(!is_sign(cell), "{cell}");
        }
    }

    #[test]
    fn neighbours_tell_what_a_sign_means() {
        let numbers = |lines: &[&str]| {
            let number = |(marker, _)| match marker {
                Marker::Bullet(c) => c.to_string(),
                Marker::Number { numbering, value } => format!("{numbering}{value}"),
            };
            markers(lines)
                .into_iter()
                .map(|found| found.map_or(String::new(), number))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(numbers(&["a. x", "b. x", "c. x"]), "a.1 a.2 a.3");
        assert_eq!(numbers(&["(i) x", "(ii) x", "(iii) x"]), "(i)1 (i)2 (i)3");
        assert_eq!(numbers(&["h) x", "i) x", "j) x"]), "a)8 a)9 a)10");
        assert_eq!(numbers(&["(i) x"]), "(a)9");
        assert_eq!(numbers(&["I. x", "II. x", "IV. x"]), "I.1 I.2 ");
        assert_eq!(numbers(&["IV.\tx"]), "I.4");
        assert_eq!(numbers(&["A. Müller", "C. Schulz", "z. B. x", "d. h. x"]), "   ");
        // Letters that follow each other count nothing if they are abbreviations.
        assert_eq!(numbers(&["u. a. x", "v. a. x", "h. M. x", "i. S. d. x"]), "   ");
    }
}
