//! The lines of a text as they were typed: which of their ends were meant, and not only forced by the width of an editor.
//!
//! To CommonMark a line end is a space. Who types an address, a sum or a list with the signs of Word means it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::markers::{Marker, markers};

/// Whoever breaks lines by hand breaks them at this width or later, in characters.
const NARROWEST: usize = 60;
/// And at this width or sooner.
const WIDEST: usize = 140;

/// The lines of a text.
pub(super) struct TypedLines<'a> {
    text: &'a str,
    /// In the order of the text; blank ones are left out.
    lines: Vec<TypedLine>,
}

struct TypedLine {
    range: Range<usize>,
    /// The width of the widest line of its paragraph.
    widest: usize,
    /// Whether it begins with the sign of a list or of a sum, or is a row of cells.
    begins: bool,
}

impl<'a> TypedLines<'a> {
    /// Takes a text apart, in which the `signs` of sums begin lines.
    pub(super) fn of(text: &'a str, signs: &[usize]) -> Self {
        let paragraph_of = |ranges| paragraph_of(text, signs, ranges);
        let mut lines = Vec::new();
        let mut paragraph: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let range = start..start + line.trim_end().len();
            start += line.len();
            if range.is_empty() {
                lines.extend(paragraph_of(std::mem::take(&mut paragraph)));
            } else {
                paragraph.push(range);
            }
        }
        lines.extend(paragraph_of(paragraph));
        Self { text, lines }
    }

    /// Tells whether the line end at this place was meant.
    pub(super) fn ends_meant(&self, at: usize) -> bool {
        let next = self.lines.partition_point(|line| line.range.start <= at);
        let (Some(line), Some(next)) =
            (next.checked_sub(1).map(|own| &self.lines[own]), self.lines.get(next))
        else {
            return false;
        };
        next.begins || self.has_room_for(line, next)
    }

    /// Tells whether the first word of the next line would have fitted, and begins something.
    fn has_room_for(&self, line: &TypedLine, next: &TypedLine) -> bool {
        let behind = self.text[next.range.clone()].trim_start();
        let first = behind.split_whitespace().next().unwrap_or_default();
        let width = width(&self.text[line.range.clone()]) + 1 + first.chars().count();
        let continues = behind.trim_start_matches(['*', '_', '[', '(']).starts_with(char::is_lowercase);
        !continues && (width <= line.widest.max(NARROWEST) || width > WIDEST)
    }
}

fn paragraph_of(text: &str, signs: &[usize], ranges: Vec<Range<usize>>) -> Vec<TypedLine> {
    let typed: Vec<&str> = ranges.iter().map(|range| &text[range.clone()]).collect();
    let widest = typed.iter().map(|line| width(line)).max().unwrap_or_default();
    let markers: Vec<Option<Marker>> = markers(&typed).into_iter().map(|found| Some(found?.0)).collect();
    let is_of_sum = |at: usize| {
        let start = ranges[at].end - typed[at].trim_start().len();
        signs.binary_search(&start).is_ok()
    };
    let mut known: BTreeMap<&Marker, usize> = BTreeMap::new();
    markers.iter().flatten().for_each(|marker| *known.entry(marker).or_default() += 1);
    let has_company = |own: &Marker| match own {
        Marker::Bullet(_) => known[own] > 1,
        Marker::Number { .. } => own.neighbours().iter().any(|other| known.contains_key(other)),
    };
    let cells = |at: usize| match (markers.get(at), typed.get(at)) {
        (Some(None), Some(line)) => line.trim().matches('\t').count(),
        _ => 0,
    };
    let after_colon = |at: usize| at > 0 && typed[at - 1].ends_with(':');
    let begins = |at: usize| match &markers[at] {
        _ if is_of_sum(at) => true,
        Some(own) => own.is_plain() || typed[at].contains('\t') || after_colon(at) || has_company(own),
        None => cells(at) > 0 && (cells(at + 1) > 0 || at > 0 && cells(at - 1) > 0),
    };
    let begins: Vec<bool> = (0..ranges.len()).map(begins).collect();
    ranges.into_iter().zip(begins).map(|(range, begins)| TypedLine { range, widest, begins }).collect()
}

fn width(line: &str) -> usize {
    line.chars().count()
}

#[cfg(test)]
mod tests {
    use super::super::sums::signs;
    use super::*;

    /// The text with `/` for each line end that was meant, and a space for each other one.
    fn meant(text: &str) -> String {
        let lines = TypedLines::of(text, &signs(text));
        let shown = |(at, c): (usize, char)| match c {
            '\n' if lines.ends_meant(at) => '/',
            '\n' => ' ',
            c => c,
        };
        text.char_indices().map(shown).collect()
    }

    #[test]
    fn addresses_and_sums_are_lines() {
        let address = "Stadt Münster\nAmt für Grünflächen\nAlbersloher Weg 33\n48155 Münster";
        assert_eq!(meant(address), address.replace('\n', "/"));
        assert_eq!(
            meant("Bau 100 €\n+ Planung 20 €\n= Summe 120 €"),
            "Bau 100 €/+ Planung 20 €/= Summe 120 €"
        );
        let unbroken = format!("{}\n{}\nEnde", "lange Zeile ".repeat(30), "Noch eine Zeile ".repeat(10));
        assert_eq!(meant(&unbroken), unbroken.replace('\n', "/"));
    }

    #[test]
    fn elements_are_told_by_their_neighbours() {
        for list in ["a. eins\nb. zwei\nc. drei", "(i) eins\n(ii) zwei", "II. zwei\nIII. drei", "a.\teins"] {
            assert_eq!(meant(list), list.replace('\n', "/"));
        }
        assert_eq!(meant("+ 5 Euro mehr\n- 3 Euro weniger"), "+ 5 Euro mehr/- 3 Euro weniger");
        let text = "Das gilt für Plätze,\nz. B. den Domplatz,\nu. a. wegen der Poller.";
        assert_eq!(meant(text), text.replace('\n', " "));
    }

    #[test]
    fn lines_that_an_editor_broke_are_one_paragraph() {
        let broken = "Der Rat der Stadt Münster hat am 17.12.2008 das Leitbild zur Migration und\nIntegration einstimmig \
            beschlossen und es im Jahr 2014 durch seinen\nBeschluss fortgeschrieben; seitdem gilt es\nin dieser Form.";
        assert_eq!(meant(broken), broken.replace('\n', " "));
        let dated = "Das Konzept liegt dem Ausschuss für Umwelt in der Sitzung vom\n12. Februar 2025 vor.";
        assert_eq!(meant(dated), dated.replace('\n', " "));
    }

    #[test]
    fn what_begins_with_the_sign_of_a_list_begins_a_line() {
        let long = "x".repeat(90);
        let list = format!("a) {long} {long}\nb) {long}\nc) kurz");
        assert_eq!(meant(&list), list.replace('\n', "/"));
        assert_eq!(meant("Es kommen:\n•\tPoller\n– Bänke"), "Es kommen:/•\tPoller/– Bänke");
        assert_eq!(
            meant(&format!("{long}\n– wie 2008 – bleibt es")),
            format!("{long} – wie 2008 – bleibt es")
        );
        assert_eq!(meant("Jahr\tPoller\n2025\t12 €\nalle\t12 €"), "Jahr\tPoller/2025\t12 €/alle\t12 €");
    }
}
