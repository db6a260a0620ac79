//! Writes paragraphs, lists and tables as CommonMark that reads as what was pasted.

use super::blocks::PastedBlock;
use super::lost::{Losses, Lost};
use super::piece::{PastedPiece, TextLook};

/// Wider cells are not brought to one width.
const MAX_CELL_WIDTH: usize = 30;
/// The longest name of a character, such as `&CounterClockwiseContourIntegral;`.
const MAX_ENTITY: usize = 40;

/// The text of all blocks, and whether it is more than a part of a line.
pub(super) fn written(blocks: &[PastedBlock], losses: &mut Losses) -> (String, bool) {
    let mut text = String::new();
    // For each level of the list under way, how far the text of its element is set in, and the kind of its sign.
    let mut levels: Vec<(usize, String)> = Vec::new();
    for block in blocks {
        let mut is_close = false;
        let (lead, indent, body) = match block {
            PastedBlock::Item { level, sign: Some(sign), body } => {
                let level = (*level).min(levels.len());
                let kind = sign.replace(|c: char| c.is_ascii_digit(), "1").replace("11", "1");
                is_close = levels.get(level).is_none_or(|(_, own)| *own == kind) && !levels.is_empty();
                let outer = level.checked_sub(1).map_or(0, |above| levels[above].0);
                levels.truncate(level);
                levels.push((outer + sign.chars().count() + 1, kind));
                (format!("{}{sign} ", " ".repeat(outer)), levels[level].0, Some(body))
            }
            PastedBlock::Item { level, sign: None, body } => {
                let indent = levels.get(*level).or(levels.last()).map_or(0, |(indent, _)| *indent);
                (" ".repeat(indent), indent, Some(body))
            }
            PastedBlock::Paragraph(body) => {
                levels.clear();
                (String::new(), 0, Some(body))
            }
            PastedBlock::Table(_) => {
                levels.clear();
                (String::new(), 0, None)
            }
        };
        if !text.is_empty() {
            text.push_str(if is_close { "\n" } else { "\n\n" });
        }
        text.push_str(&lead);
        match (block, body) {
            (PastedBlock::Table(rows), _) => table(&mut text, rows, losses),
            (_, Some(body)) => {
                text.push_str(&lines(body, losses).replace('\n', &format!("\\\n{}", " ".repeat(indent))));
            }
            (_, None) => {}
        }
    }
    let is_line = matches!(blocks, [] | [PastedBlock::Paragraph(_)]) && !text.contains('\n');
    (text, !is_line)
}

fn table(text: &mut String, rows: &[Vec<Vec<PastedPiece>>], losses: &mut Losses) {
    // A cell is one line.
    let cell = |body: &Vec<PastedPiece>, losses: &mut Losses| {
        lines(body, losses).replace('\n', " ").replace('|', "\\|")
    };
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|body| cell(body, losses)).collect()).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let of = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let width =
        |at: usize| of(at).map(|cell| cell.chars().count()).max().unwrap_or(0).clamp(3, MAX_CELL_WIDTH);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let is_numbers: Vec<bool> = (0..columns)
        .map(|at| {
            of(at).skip(1).any(|cell| is_number(cell))
                && of(at).skip(1).all(|cell| cell.is_empty() || is_number(cell))
        })
        .collect();
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push('|');
        for ((cell, width), is_right) in row.iter().zip(&widths).zip(&is_numbers) {
            let space = " ".repeat(width.saturating_sub(cell.chars().count()));
            let (left, right) = if *is_right { (space.as_str(), "") } else { ("", space.as_str()) };
            text.push_str(&format!(" {left}{cell}{right} |"));
        }
        if index == 0 {
            text.push_str("\n|");
            for (width, is_right) in widths.iter().zip(&is_numbers) {
                text.push_str(&format!(" {}{} |", "-".repeat(width - 1), if *is_right { ':' } else { '-' }));
            }
        }
    }
}

fn is_number(cell: &str) -> bool {
    let cell = cell.trim_matches('*');
    cell.contains(|c: char| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || "., -–−+%€\u{a0}".contains(c))
}

/// The text of a paragraph, its line breaks as ends of lines.
fn lines(body: &[PastedPiece], losses: &mut Losses) -> String {
    let mut out = String::new();
    for line in body.split(|piece| *piece == PastedPiece::LineBreak) {
        if !out.is_empty() {
            out.push('\n');
        }
        let start = out.len();
        let runs: Vec<(&str, &TextLook)> = line
            .iter()
            .filter_map(|piece| match piece {
                PastedPiece::Text { text, look } => Some((text.as_str(), look)),
                PastedPiece::LineBreak => None,
            })
            .collect();
        for (index, (text, look)) in runs.iter().enumerate() {
            let next = runs.get(index + 1).and_then(|(text, _)| text.chars().next());
            run(&mut out, text, look, next, losses);
        }
        let own = out.split_off(start);
        out.push_str(&not_a_block(own.trim()));
    }
    out
}

/// Writes a text with its look; what stands before and behind it decides whether CommonMark would see it.
fn run(out: &mut String, text: &str, look: &TextLook, next: Option<char>, losses: &mut Losses) {
    let body = text.trim();
    let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
    let (lead, trail) = if body.is_empty() { (text, "") } else { (&text[..start], &text[end..]) };
    out.push_str(lead);
    if body.is_empty() {
        return;
    }
    let written = match &look.link {
        Some(link) => linked(body, link),
        None => escaped(body),
    };
    let sign = match (look.bold, look.italic) {
        (true, true) => "***",
        (true, false) => "**",
        (false, true) => "*",
        (false, false) => "",
    };
    if sign.is_empty() {
        out.push_str(&written);
    } else {
        // A sign beside a letter has to have a letter on its other side too, or it is none.
        let is_open = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '*');
        let behind = trail.chars().next().or(next);
        let inner = written.trim_end_matches(['.', ',', ':', ';', '!', '?']);
        let (inner, rest) =
            if is_open(behind) { (written.as_str(), "") } else { (inner, &written[inner.len()..]) };
        let is_free = is_open(out.chars().next_back()) && (is_open(behind) || !rest.is_empty());
        if is_free && !inner.is_empty() {
            out.push_str(&format!("{sign}{inner}{sign}{rest}"));
        } else {
            if inner.contains(char::is_alphanumeric) {
                losses.note(Lost::InWords);
            }
            out.push_str(&written);
        }
    }
    out.push_str(trail);
}

fn linked(text: &str, link: &str) -> String {
    let address: String = link
        .chars()
        .map(|c| match c {
            '(' => "%28".into(),
            ')' => "%29".into(),
            '<' => "%3C".into(),
            '>' => "%3E".into(),
            c if c.is_whitespace() || c.is_control() => "%20".into(),
            c => c.to_string(),
        })
        .collect();
    let own = link.strip_prefix("mailto:").unwrap_or(link);
    if text == own || text == link {
        return format!("<{}>", if text == own && own != link { own } else { &address });
    }
    format!("[{}]({address})", label(text))
}

/// A text in which nothing is markup.
fn escaped(text: &str) -> String {
    escaped_in(text, false)
}

/// A text between brackets in which nothing is markup.
pub(super) fn label(text: &str) -> String {
    escaped_in(text, true)
}

fn escaped_in(text: &str, is_in_brackets: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    // Behind it no bracket can be part of a link.
    let last_link = ["](", "]:", "]["].iter().filter_map(|sign| text.rfind(sign)).max().unwrap_or(0);
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let after = rest.chars().next().unwrap_or(' ');
        let is_between = |test: fn(char) -> bool| test(before) && test(after);
        let has_meaning = match c {
            '\\' => after.is_ascii_punctuation() || (is_in_brackets && rest.is_empty()),
            '[' | ']' if is_in_brackets => true,
            '*' => !is_between(char::is_whitespace) && !is_between(char::is_alphanumeric),
            '_' => !is_between(char::is_whitespace) && !is_between(char::is_alphanumeric),
            '`' => true,
            '[' => at < last_link,
            '<' => after.is_ascii_alphabetic() || "/!?".contains(after),
            '&' => {
                let name = rest.trim_start_matches('#');
                name.chars().take(MAX_ENTITY).find(|c| !c.is_ascii_alphanumeric()) == Some(';')
            }
            _ => false,
        };
        if has_meaning {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// A line whose first sign begins no list, heading or quotation.
fn not_a_block(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = line.split_at(digits);
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t']);
    let is_numbered = (1..=9).contains(&digits) && rest.starts_with(['.', ')']) && ends(&rest[1..]);
    if is_numbered {
        return format!("{number}\\{rest}");
    }
    let is_rule = line.chars().all(|c| "-=*_ |:~".contains(c)) && !line.is_empty();
    let is_sign = line.starts_with(['-', '+', '*']) && ends(&line[1..]);
    let heading = line.trim_start_matches('#');
    let is_heading = heading.len() < line.len() && ends(heading);
    if is_rule || is_sign || is_heading || line.starts_with('>') || line.starts_with("~~~") {
        return format!("\\{line}");
    }
    line.to_owned()
}
