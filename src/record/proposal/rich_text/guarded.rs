//! What people type without thinking of markup, hidden from the parser of CommonMark: it prints as it was typed.
//!
//! `5*6 m und 7*8 m` would be set in italics, without its stars; so would two „Bürger*innen“ in a paragraph. In the path
//! `\\server\daten` the first backslash would be lost, and in a sum each plus and minus that a line begins with.

use std::borrow::Cow;

/// Stands in for a star that is a star.
const STAR: char = '\u{2}';
/// Stands in for a backslash that is a backslash.
const BACKSLASH: char = '\u{3}';
/// Stand in for a plus and a minus of a sum.
const PLUS: char = '\u{4}';
const MINUS: char = '\u{5}';
/// Before these a backslash has a meaning in a text.
const ESCAPED: &str = "*_[]()<>#+-.!|`~&\\";

/// Hides what is no markup, and the `signs` of sums; every byte keeps its place.
pub(super) fn guarded<'a>(text: &'a str, signs: &[usize]) -> Cow<'a, str> {
    if signs.is_empty() && !text.contains(['*', '\\']) {
        return text.into();
    }
    let mut guarded = String::with_capacity(text.len());
    // In an address a hidden character would end it.
    let mut in_address = false;
    let mut before = ' ';
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let behind = &text[at..];
        in_address = !c.is_whitespace() && (in_address || begins_address(behind));
        if !matches!(c, '*' | '\\') {
            guarded.push(match c {
                '+' if signs.binary_search(&at).is_ok() => PLUS,
                '-' if signs.binary_search(&at).is_ok() => MINUS,
                c => c,
            });
            before = c;
            continue;
        }
        let run = behind.len() - behind.trim_start_matches(c).len();
        let after = behind[run..].chars().next().unwrap_or(' ');
        let stands_for_itself = match c {
            '*' => !in_address && is_star(before, after),
            '\\' if run == 1 => after.is_ascii_punctuation() && !ESCAPED.contains(after),
            _ => before.is_whitespace() && after.is_alphanumeric(),
        };
        let shown = match (stands_for_itself, c) {
            (true, '*') => STAR,
            (true, _) => BACKSLASH,
            (false, _) => c,
        };
        guarded.extend(std::iter::repeat_n(shown, run));
        while rest.next_if(|(next, _)| *next < at + run).is_some() {}
        before = c;
        // What it escapes is text, whatever stands around it.
        if c == '\\' && run % 2 == 1 && !stands_for_itself && ESCAPED.contains(after) {
            rest.next();
            guarded.push(after);
            before = after;
        }
    }
    guarded.into()
}

/// Shows what was hidden.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    if text.contains([STAR, BACKSLASH, PLUS, MINUS]) {
        text.replace(STAR, "*").replace(BACKSLASH, "\\").replace(PLUS, "+").replace(MINUS, "-").into()
    } else {
        text.into()
    }
}

fn is_star(before: char, after: char) -> bool {
    before.is_alphanumeric() && after.is_alphanumeric()
        || before == ')' && after.is_ascii_digit()
        || before.is_ascii_digit() && after == '('
}

fn begins_address(text: &str) -> bool {
    text.starts_with("://") || text.starts_with("](") || text.starts_with('<')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_between_letters_or_digits_is_a_star() {
        let hidden = |text: &str| guarded(text, &[]).replace(STAR, "×").replace(BACKSLASH, "÷");
        assert_eq!(hidden("5*6 m und 7*8 m"), "5×6 m und 7×8 m");
        assert_eq!(hidden("Bürger*innen, (2+3)*4*(5+6)"), "Bürger×innen, (2+3)×4×(5+6)");
        assert_eq!(hidden("*kursiv*, **fett** und *Bürger*innen*"), "*kursiv*, **fett** und *Bürger×innen*");
        assert_eq!(
            hidden("[a*b](https://a.de/x*y) <https://a.de/x*y> a*b"),
            "[a×b](https://a.de/x*y) <https://a.de/x*y> a×b"
        );
        assert_eq!(shown(&guarded("2*3", &[])), "2*3");
    }

    #[test]
    fn a_backslash_that_escapes_nothing_is_a_backslash() {
        let hidden = |text: &str| guarded(text, &[]).replace(STAR, "×").replace(BACKSLASH, "÷");
        assert_eq!(hidden(r"\\server\daten und\/oder 5\*6 a\\b"), r"÷÷server\daten und÷/oder 5\*6 a\\b");
        assert_eq!(hidden("Zeile\\\nZeile"), "Zeile\\\nZeile");
    }
}
