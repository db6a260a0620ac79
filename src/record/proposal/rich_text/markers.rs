//! The signs that begin the elements of a list where CommonMark knows none: the bullets of Word, `a)`, `(1)`, `1.)`.

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
        /// What the number is written like, for the layout: `(a)`, `1.)`.
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

/// The marker at the beginning of a line, and where the text behind it begins.
pub(super) fn marker(line: &str) -> Option<(Marker, usize)> {
    let start = line.len() - line.trim_start().len();
    let own = &line[start..];
    let end = own.find(char::is_whitespace)?;
    let behind = &own[end..];
    let text = start + end + (behind.len() - behind.trim_start().len());
    let sign = &own[..end];
    let mut all = sign.chars();
    if let (Some(c), None) = (all.next(), all.next()) {
        let is_bullet = BULLETS.contains(c)
            || BULLETS_BEFORE_TAB.contains(c) && behind.trim_start_matches([' ', '\u{a0}']).starts_with('\t')
            || c == 'o' && line[text..].starts_with(char::is_alphanumeric);
        return is_bullet.then_some((Marker::Bullet(c), text));
    }
    number(sign).map(|marker| (marker, text))
}

/// Reads `a)`, `(1)`, `1.)` and the like; `1.` and `1)` are CommonMark's.
fn number(sign: &str) -> Option<Marker> {
    let open = sign.starts_with('(');
    let inner = sign.trim_start_matches('(').strip_suffix(')')?;
    let (inner, dot) = inner.strip_suffix('.').map_or((inner, ""), |inner| (inner, "."));
    let mut all = inner.chars();
    let (value, kind) = match (inner.parse::<u64>(), all.next(), all.next()) {
        (Ok(value), ..) if inner.len() <= 3 && (open || !dot.is_empty()) => (value, '1'),
        (_, Some(c @ 'a'..='z'), None) => (u64::from(c) - u64::from('a') + 1, 'a'),
        (_, Some(c @ 'A'..='Z'), None) => (u64::from(c) - u64::from('A') + 1, 'A'),
        _ => return None,
    };
    let numbering = format!("{}{kind}{dot})", if open { "(" } else { "" });
    Some(Marker::Number { numbering, value })
}

/// Makes lists of the lines that begin with a marker.
pub(super) fn with_typed_lists(blocks: Vec<Block>) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open = OpenLists::default();
    for block in blocks {
        match block {
            Block::Paragraph { body } if has_marker(&body) => {
                for (at, line) in lines(body).into_iter().enumerate() {
                    match without_marker(line) {
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

fn has_marker(body: &[Inline]) -> bool {
    let starts = |at: &usize| *at == 0 || matches!(body[at - 1], Inline::Break);
    (0..body.len())
        .filter(starts)
        .any(|at| matches!(&body[at], Inline::Text { text } if marker(text).is_some()))
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

fn without_marker(mut line: Vec<Inline>) -> Result<(Marker, Vec<Inline>), Vec<Inline>> {
    let found = match line.first_mut() {
        Some(Inline::Text { text }) => marker(text).inspect(|(_, end)| drop(text.drain(..*end))),
        _ => None,
    };
    match found {
        Some((marker, _)) => {
            line.retain(|part| !matches!(part, Inline::Text { text } if text.is_empty()));
            Ok((marker, line))
        }
        None => Err(line),
    }
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
        let (marker, end) = marker(line)?;
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
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
