//! What people type who know another program than CommonMark: footnotes, blanks in names of files, rows out of Excel,
//! stars that are signs. Each has a finding that says what to type.

use std::ops::Range;

use super::markers::{is_sign, marker_end};
use super::widths;
use crate::diagnostics::{Code, codes, shown};

/// The mark of a footnote is no longer, in bytes.
const LONGEST_MARK: usize = 20;
/// What stands in round brackets is looked at as an address if it is no longer, in bytes.
const LONGEST_ADDRESS: usize = 1000;

/// Something that was typed for another program.
pub(super) struct Slip {
    /// What it is.
    pub code: &'static Code,
    /// Where it stands in the text.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// What stands there instead, as it is meant; none where only a person can know.
    pub fix: Option<String>,
}

/// Finds the slips of a text.
pub(super) fn slips(text: &str) -> Vec<Slip> {
    let mut slips: Vec<Slip> = footnotes(text).into_iter().collect();
    slips.extend(addresses_with_blanks(text));
    slips.extend(rows(text));
    slips
}

/// Tells whether emphasis began or ended at a star that was meant as a sign: behind a bracket, an amount, a word. The stars
/// of `{breiten=*,*}` are none.
pub(super) fn is_accident(text: &str, emphasis: &Range<usize>) -> bool {
    let line = text[..emphasis.start].rfind('\n').map_or(0, |end| end + 1);
    if widths::is_written(text[line..].lines().next().unwrap_or_default()) {
        return false;
    }
    let before = text[..emphasis.start].chars().next_back();
    let after = text[emphasis.end..].chars().next();
    let first = text[emphasis.clone()].trim_start_matches('*').chars().next();
    before.is_some_and(|c| c.is_alphanumeric() || ")]}€%°²³".contains(c))
        || after.is_some_and(char::is_alphanumeric)
        || first.is_some_and(|c| ").,;:".contains(c))
}

/// The first mark of a footnote, `[^1]`: forms have no place for notes.
fn footnotes(text: &str) -> Option<Slip> {
    let is_mark = |(at, _): &(usize, &str)| {
        let inner = within(&text[at + 2..], LONGEST_MARK).split(']').next().unwrap_or_default();
        let closed = text[at + 2 + inner.len()..].starts_with(']');
        closed && !inner.is_empty() && !inner.contains(char::is_whitespace)
    };
    let (at, _) = text.match_indices("[^").find(is_mark)?;
    let end = at + text[at..].find(']')? + 1;
    Some(Slip {
        code: &codes::NOT_IN_TEXT,
        range: at..end,
        message: format!("Fußnoten wie „{}“ sind im Text nicht vorgesehen.", &text[at..end]),
        hint: "Die Anmerkung in Klammern in den Satz schreiben, das Zeichen und die Zeile am Ende streichen."
            .into(),
        fix: None,
    })
}

/// Addresses of pictures and links with blanks: CommonMark takes them for text unless they stand in angle brackets.
fn addresses_with_blanks(text: &str) -> impl Iterator<Item = Slip> + '_ {
    let mut is_open = false;
    text.match_indices(['[', ']', '\n']).filter_map(move |(at, sign)| {
        is_open = sign == "[" || sign == "]" && is_open;
        let start = at + 2;
        if !is_open || !text[at..].starts_with("](") {
            return None;
        }
        let line = within(&text[start..], LONGEST_ADDRESS).lines().next().unwrap_or_default();
        let end = closing(line)?;
        let own = &line[..end];
        let bare = own.split_once(" \"").map_or(own, |(address, _)| address).trim();
        let looks_like_one =
            bare.contains(['.', '/']) && !bare.starts_with('<') && !bare.contains(['<', '>']);
        if !bare.contains(char::is_whitespace) || !looks_like_one {
            return None;
        }
        let from = start + own.find(bare)?;
        Some(Slip {
            code: &codes::BLANK_IN_ADDRESS,
            range: from..from + bare.len(),
            message: format!("Der Name „{}“ enthält Leerzeichen; so gilt die Zeile als Text.", shown(bare)),
            hint: format!("Den Namen in spitze Klammern setzen: (<{bare}>)."),
            fix: Some(format!("<{bare}>")),
        })
    })
}

/// The beginning of a text, with so many bytes at most.
fn within(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn closing(line: &str) -> Option<usize> {
    let mut depth = 1;
    line.char_indices().find_map(|(at, c)| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (depth == 0).then_some(at)
    })
}

/// Rows of cells with tabs between them, as Excel and Word copy them.
fn rows(text: &str) -> Vec<Slip> {
    let mut slips = Vec::new();
    let mut rows: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n').chain(["\n"]) {
        // A tab at the end stands before a cell that is empty.
        let range = start..(start + line.trim_end_matches([' ', '\r', '\n']).len()).min(text.len());
        start += line.len();
        let row = &text[range.clone()];
        if row.contains('\t') && !row.trim().is_empty() && marker_end(row).is_none() {
            rows.push(range);
        } else {
            slips.extend(table(text, &std::mem::take(&mut rows)));
        }
    }
    slips
}

fn table(text: &str, rows: &[Range<usize>]) -> Option<Slip> {
    let (first, last) = (rows.first()?, rows.last()?);
    let cells = cells(rows.iter().map(|row| &text[row.clone()]));
    let columns = cells[0].len();
    let is_list = cells.iter().all(|row| is_sign(row[0]));
    // Word's lists are typed lists, and printed as such.
    if rows.len() < 2 || columns < 2 || columns == 2 && is_list {
        return None;
    }
    let row = |cells: &[&str]| format!("| {} |", cells.join(" | "));
    let is_amount = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit() || "-–+".contains(c));
    let rule = |column: usize| {
        let mut filled = cells[1..].iter().map(|row| row[column]).filter(|cell| !cell.is_empty()).peekable();
        let right = column > 0 && filled.peek().is_some() && filled.all(is_amount);
        if right { "---:" } else { "---" }
    };
    let rules: Vec<&str> = (0..columns).map(rule).collect();
    let mut lines = vec![row(&cells[0]), row(&rules)];
    lines.extend(cells[1..].iter().map(|cells| row(cells)));
    let before = if text[..first.start].trim_end_matches([' ', '\t']).ends_with("\n\n") || first.start == 0 {
        ""
    } else {
        "\n"
    };
    let after = if text[last.end..].trim_end_matches('\n').is_empty() || text[last.end..].starts_with("\n\n")
    {
        ""
    } else {
        "\n"
    };
    let fix = format!("{before}{}{after}", lines.join("\n"));
    let whole = first.start..last.end;
    // What stands in an element of a list has to stay inside, and an element is no row.
    let is_inside = is_list || rows.iter().any(|row| text[row.clone()].starts_with(' '));
    // It would end a cell.
    let head = cells[0].join("\t").replace('|', "/");
    let head = row(&head.split('\t').collect::<Vec<_>>());
    Some(Slip {
        code: &codes::ROWS_WITH_TABS,
        message: format!(
            "{} Zeilen haben Tabulatoren zwischen den Spalten; gedruckt stehen dort nur Leerzeichen.",
            rows.len()
        ),
        hint: format!("Als Tabelle schreiben: {} und darunter {}", shown(&head), shown(&lines[1])),
        fix: (!is_inside && !text[whole.clone()].contains(['|', '\\', '"'])).then_some(fix),
        range: whole,
    })
}

/// The cells of rows, each row as long as the longest, without columns that are empty.
fn cells<'a>(rows: impl Iterator<Item = &'a str>) -> Vec<Vec<&'a str>> {
    let mut cells: Vec<Vec<&str>> = rows.map(|row| row.split('\t').map(str::trim).collect()).collect();
    let columns = cells.iter().map(Vec::len).max().unwrap_or_default();
    cells.iter_mut().for_each(|row| row.resize(columns, ""));
    let is_filled: Vec<bool> =
        (0..columns).map(|column| cells.iter().any(|row| !row[column].is_empty())).collect();
    for row in &mut cells {
        let mut filled = is_filled.iter();
        row.retain(|_| filled.next().is_some_and(|is_filled| *is_filled));
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, &str)> {
        slips(text).into_iter().map(|slip| (slip.code.id.to_string(), &text[slip.range])).collect()
    }

    #[test]
    fn notes_and_names_with_blanks_are_found() {
        assert_eq!(found("erreicht.[^1] Und[^2]\n\n[^1]: Bericht"), [("T204".into(), "[^1]")]);
        assert_eq!(found("![Foto](Foto Platz (1).JPG)"), [("T213".into(), "Foto Platz (1).JPG")]);
        assert_eq!(
            found("[Plan](https://a.de/der plan.pdf \"x\")"),
            [("T213".into(), "https://a.de/der plan.pdf")]
        );
        for sound in [
            "![Foto](<a b.png>)",
            "[Plan](https://a.de/plan.pdf \"Der Plan\")",
            "[sic](so wie es ist)",
            "a[^] b",
        ] {
            assert_eq!(found(sound), [], "{sound}");
        }
    }

    #[test]
    fn stars_of_widths_are_no_accident() {
        let text = "| a | b |\n|---|---|\n{breiten=*,*}";
        assert!(!is_accident(text, &(text.len() - 4..text.len() - 1)));
        assert!(is_accident("(5)*a*", &(3..6)));
    }

    #[test]
    fn rows_out_of_excel_become_a_table() {
        let text = "Kosten:\nJahr\tPoller\n2025\t12.500 €\nSumme\t12.500 €\n\nEnde";
        let slips = slips(text);
        let fixed = format!(
            "{}{}{}",
            &text[..slips[0].range.start],
            slips[0].fix.as_deref().unwrap(),
            &text[slips[0].range.end..]
        );
        let table = "| Jahr | Poller |\n| --- | ---: |\n| 2025 | 12.500 € |\n| Summe | 12.500 € |";
        assert_eq!(fixed, format!("Kosten:\n\n{table}\n\nEnde"));
        assert_eq!(found("•\tPoller\n•\tBänke"), []);
        assert_eq!(found("ein\tTab"), []);
        assert_eq!(found("ein\t\nTab\t"), []);
    }

    #[test]
    fn cells_that_are_empty_stay_in_their_columns() {
        let mended = |text: &str| slips(text)[0].fix.clone().unwrap();
        assert_eq!(
            mended("A\tB\tC\n1\t2\t\n3\t\t5\n\tvier"),
            "| A | B | C |\n| --- | --- | ---: |\n| 1 | 2 |  |\n| 3 |  | 5 |\n|  | vier |  |"
        );
    }

    #[test]
    fn lists_out_of_word_are_no_tables() {
        for list in [
            "-\teins\n-\tzwei",
            "1.\tErstens\n2.\tZweitens",
            "a.\teins\nb.\tzwei",
            "I.\teins\nII.\tzwei",
            "1.1\teins\n1.2\tzwei",
            "§ 1\teins\n§ 2\tzwei",
        ] {
            assert_eq!(found(list), [], "{list}");
        }
        // With more columns nobody knows.
        let slips = slips("1.\tPoller\t5 €\n2.\tBank\t6 €");
        assert_eq!((slips.len(), &slips[0].fix), (1, &None));
    }

    #[test]
    fn a_table_inside_a_list_or_with_bars_is_left_to_its_author() {
        let inside = slips("- Punkt\n  A\tB\n  C\tD\n- weiter");
        assert_eq!((inside.len(), &inside[0].fix), (1, &None));
        let bars = slips("Name | Ort\tBetrag\nA | B\t5 €");
        assert_eq!(
            bars[0].hint,
            "Als Tabelle schreiben: | Name / Ort | Betrag | und darunter | --- | ---: |"
        );
    }

    #[test]
    fn stars_at_brackets_and_amounts_are_signs() {
        let accident = |text: &str, emphasis: &str| {
            let start = text.find(emphasis).unwrap();
            is_accident(text, &(start..start + emphasis.len()))
        };
        assert!(accident("5 €*) und 6 €*)", "*) und 6 €*"));
        assert!(!accident("ein *Wort*, noch", "*Wort*"));
        assert!(!accident("(*Wort*)", "*Wort*"));
    }
}
