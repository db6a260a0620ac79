//! Figures in the cells of a table: amounts with their units, dates, ranges of numbers. They are never broken.

use std::ops::Range;

use super::{Inline, plain};
use crate::day::MONTHS;

/// What has more characters is no figure to be read at a glance, and may be broken.
const LONGEST: usize = 36;
/// What stands behind a number and belongs to it.
const UNITS: [&str; 46] = [
    "€", "EUR", "Euro", "T€", "TEUR", "T-EUR", "Tsd.", "Mio.", "Mrd.", "Mio", "Mrd", "Cent", "ct", "USD",
    "%", "‰", "v.H.", "m", "m²", "m³", "qm", "cm", "mm", "km", "km²", "km/h", "ha", "kg", "t", "g", "l",
    "kW", "kWh", "MW", "MWh", "GWh", "h", "min", "Std.", "Min.", "Uhr", "VZÄ", "Stk.", "Stück", "°C", "Pkt.",
];
/// What stands before a number and belongs to it.
const BEFORE: [&str; 9] = ["€", "EUR", "§", "§§", "-", "–", "−", "+", "±"];

/// Where the words of a text stand between which a line may end, and whether each is a figure.
pub fn unbroken(text: &str) -> Vec<(Range<usize>, bool)> {
    let mut words: Vec<(Range<usize>, bool)> = Vec::new();
    // The last word that was put to the one before it.
    let mut last = "";
    let mut pieces = pieces(text).into_iter().peekable();
    while let Some(range) = pieces.next() {
        let word = &text[range.clone()];
        let next = pieces.peek().map(|next| &text[next.clone()]).unwrap_or_default();
        match words.last_mut() {
            Some((whole, is_number))
                if text[whole.end..range.start] == *" "
                    && range.end - whole.start <= LONGEST
                    && belongs(last, *is_number, word, next) =>
            {
                whole.end = range.end;
                *is_number = true;
            }
            _ => words.push((range, is_figure(word))),
        }
        last = word;
    }
    words
}

/// Sets apart the figures of a cell within which a line could end. A cell that is nothing else needs it not: its column
/// is wide enough.
pub(super) fn with_figures(body: Vec<Inline>) -> Vec<Inline> {
    if matches!(unbroken(plain(&body).trim())[..], [] | [(_, true)]) {
        return body;
    }
    body.into_iter().flat_map(apart).collect()
}

fn apart(part: Inline) -> Vec<Inline> {
    let text = match part {
        Inline::Text { text } => text,
        Inline::Emph { body } => {
            return vec![Inline::Emph { body: body.into_iter().flat_map(apart).collect() }];
        }
        Inline::Strong { body } => {
            return vec![Inline::Strong { body: body.into_iter().flat_map(apart).collect() }];
        }
        other => return vec![other],
    };
    let mut parts = Vec::new();
    let mut done = 0;
    for (range, is_number) in unbroken(&text) {
        if is_number && text[range.clone()].contains([' ', '-', '–', '—', '/']) {
            if range.start > done {
                parts.push(Inline::Text { text: text[done..range.start].to_owned() });
            }
            parts.push(Inline::Figure { text: text[range.clone()].to_owned() });
            done = range.end;
        }
    }
    if done < text.len() {
        parts.push(Inline::Text { text: text[done..].to_owned() });
    }
    parts
}

fn pieces(text: &str) -> Vec<Range<usize>> {
    let parts = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}');
    let mut pieces = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (parts(c), start) {
            (true, Some(from)) => {
                pieces.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    pieces.extend(start.map(|from| from..text.len()));
    pieces
}

/// Tells whether a word belongs to the figure, or to the sign of one, that stands before it.
fn belongs(last: &str, is_number: bool, word: &str, next: &str) -> bool {
    let bare = word.trim_end_matches([',', ';', ':', ')', '*']);
    let is_unit = UNITS.contains(&bare) || UNITS.contains(&bare.trim_end_matches('.'));
    let ends = last.ends_with([',', ';', ':', ')']);
    let is_dash = |word: &str| matches!(word, "-" | "–" | "−");
    let day = last.strip_suffix('.').is_some_and(|day| day.len() <= 2 && is_figure(day));
    if is_number && !ends {
        let month = MONTHS.contains(&bare);
        return is_unit
            || day && month
            || MONTHS.contains(&last) && is_figure(word)
            || is_dash(word) && is_figure(next)
            || is_dash(last) && is_figure(word);
    }
    BEFORE.contains(&last.trim_start_matches('(')) && is_figure(word)
}

/// Tells whether a word is made of digits and the signs of numbers, dates and amounts.
pub(super) fn is_figure(word: &str) -> bool {
    let signs = ".,:;/-–—−+±%‰€$£°'’²³×()*~≈<>≤≥§=\u{a0}\u{202f}\u{2007}";
    word.len() <= LONGEST
        && word.contains(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || signs.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(text: &str) -> Vec<&str> {
        unbroken(text)
            .into_iter()
            .filter(|(_, is_number)| *is_number)
            .map(|(range, _)| &text[range])
            .collect()
    }

    #[test]
    fn amounts_dates_and_ranges_stay_whole() {
        assert_eq!(figures("rund 1.234.567,89 EUR, davon 30 % sofort"), ["1.234.567,89 EUR,", "30 %"]);
        assert_eq!(figures("am 12. Februar 2025 um 17:15 Uhr"), ["12. Februar 2025", "17:15 Uhr"]);
        assert_eq!(figures("2024 – 2026, 2024–2026 und 12-15"), ["2024 – 2026,", "2024–2026", "12-15"]);
        assert_eq!(figures("3,5 Mio. € nach § 41, - 12,00 €"), ["3,5 Mio. €", "§ 41,", "- 12,00 €"]);
        assert_eq!(figures("V/0056/2025 und DN200 am Weg"), Vec::<&str>::new());
        assert_eq!(figures("um 10, 20 und 30"), ["10,", "20", "30"]);
    }

    #[test]
    fn only_what_could_break_is_set_apart() {
        let text = |text: &str| Inline::Text { text: text.into() };
        let figure = |text: &str| Inline::Figure { text: text.into() };
        assert_eq!(with_figures(vec![text("1.234 EUR")]), [text("1.234 EUR")]);
        assert_eq!(
            with_figures(vec![text("rund 1.234 EUR im Jahr 2025")]),
            [text("rund "), figure("1.234 EUR"), text(" im Jahr 2025")]
        );
    }
}
