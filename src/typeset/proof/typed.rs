//! The words of a long text as somebody reads them who knows little of CommonMark: without its parser, so that what the
//! parser swallows is missed on the page.
//!
//! Only letters and digits count, and where words end; so the signs of markup need not be told from others.

use crate::record::proposal::rich_text::is_width;

/// The pieces of a text that stand together on the page: lines and cells, each in the ways in which it may be printed.
pub(super) fn pieces(text: &str) -> Vec<Vec<String>> {
    let cells = text.lines().filter(|line| !is_width(line)).flat_map(|line| line.split('|'));
    let pieces = cells.filter_map(|cell| {
        let whole = printed(cell.trim());
        let unmarked = without_marker(&whole).map(str::to_owned);
        let says = |text: &String| text.contains(char::is_alphanumeric);
        let spellings: Vec<String> = std::iter::once(whole).chain(unmarked).filter(says).collect();
        Some(spellings).filter(|spellings| !spellings.is_empty())
    });
    pieces.collect()
}

/// The text behind the number of an element: the layout may count for itself.
fn without_marker(line: &str) -> Option<&str> {
    let (sign, text) = line.trim_start().split_once(char::is_whitespace)?;
    let inner = sign.trim_start_matches('(').trim_end_matches(['.', ')']);
    let is_number = inner.len() < sign.len() && inner.len() <= 9 && inner.bytes().all(|c| c.is_ascii_digit());
    let is_letter = sign.chars().count() == 1 || inner.len() == 1 && inner.len() < sign.len();
    let is_roman = (1..sign.len()).contains(&inner.len()) && inner.bytes().all(|c| b"ivxIVX".contains(&c));
    (is_number || is_letter || is_roman).then_some(text)
}

/// The line without addresses of links and pictures, and without what a picture shows: its caption stays.
fn printed(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        let Some(end) = closing(&rest[at + 2..]) else { break };
        let target = &rest[at + 2..at + 2 + end];
        let picture = rest[..at].rfind("![");
        out.push_str(&rest[..picture.unwrap_or(at)]);
        if picture.is_some() {
            out.push_str(target.split_once('"').map_or("", |(_, title)| title));
        }
        rest = &rest[at + 3 + end..];
        if picture.is_some() && is_width(rest) {
            rest = "";
        }
    }
    out + rest
}

/// Where the bracket is closed that was opened before the text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    let mut pointed = false;
    for (at, c) in text.char_indices() {
        match c {
            '<' => pointed = true,
            '>' => pointed = false,
            '(' if !pointed => depth += 1,
            ')' if !pointed => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Vec<String> {
        pieces(text).into_iter().map(|mut spellings| spellings.remove(0)).collect()
    }

    #[test]
    fn a_text_is_its_lines_and_cells() {
        assert_eq!(
            first("Ein *Wort*\n\n| a | b |\n|---|--:|\n| 1 | 2 |"),
            ["Ein *Wort*", "a", "b", "1", "2"]
        );
        assert_eq!(pieces("3. drei"), [["3. drei", "drei"]]);
        assert_eq!(pieces("o\tBänke"), [["o\tBänke", "Bänke"]]);
        assert_eq!(pieces("12.500 € netto"), [["12.500 € netto"]]);
    }

    #[test]
    fn addresses_are_not_read() {
        assert_eq!(first("Siehe [Plan](https://a.de/x_(1).pdf)."), ["Siehe [Plan."]);
        assert_eq!(first("![Foto](<a b.png> \"Der Platz\")"), ["Der Platz\""]);
        assert_eq!(first("![Foto](a.png)"), Vec::<String>::new());
        assert_eq!(first("![Foto](a.png \"Platz\"){breite=8cm}\n| a |\n{breiten=2cm}"), ["Platz\"", "a"]);
        assert_eq!(first("<https://a.de/x> bleibt"), ["<https://a.de/x> bleibt"]);
    }
}
