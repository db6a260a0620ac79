//! Paragraphs, elements of lists and tables, as they come out of HTML one after another.

use super::lost::{Losses, Lost};
use super::piece::{PastedPiece, TextLook};
use super::tables::PastedTable;

/// The deepest that an element of a list is set in.
const MAX_LEVEL: usize = 4;

/// A part of what was pasted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PastedBlock {
    Paragraph(Vec<PastedPiece>),
    /// An element of a list: its level from 0, and its sign; none if it goes on.
    Item {
        level: usize,
        sign: Option<String>,
        body: Vec<PastedPiece>,
    },
    Table(Vec<Vec<Vec<PastedPiece>>>),
}

#[derive(Debug)]
struct List {
    is_numbered: bool,
    next: u64,
    letters: Option<char>,
}

#[derive(Debug)]
struct OpenItem {
    level: usize,
    sign: Option<String>,
}

/// What is done, and what is under way.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) done: Vec<PastedBlock>,
    pub(super) losses: Losses,
    paragraph: Vec<PastedPiece>,
    lists: Vec<List>,
    items: Vec<OpenItem>,
    /// The level of the paragraph under way, if Word shows it as an element of a list; and its sign.
    word_item: Option<(usize, String)>,
    table: Option<PastedTable>,
    /// How many tables are open in a cell.
    inner: usize,
}

impl Blocks {
    pub(super) fn text(&mut self, text: &str, look: &TextLook) {
        let mut look = look.clone();
        let text = match look.script.take() {
            Some(is_above) => self.scripted(text, is_above),
            None => text.to_owned(),
        };
        let mut own = String::with_capacity(text.len());
        let mut ends_with_space = match self.paragraph.last() {
            Some(PastedPiece::Text { text, .. }) => text.ends_with(' '),
            _ => true,
        };
        for c in text.chars() {
            match c {
                '\n' if look.is_as_typed => {
                    self.add(&mut own, &look);
                    self.line_break();
                    ends_with_space = true;
                }
                // Soft hyphens and what has no width would stay in words.
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\r' => {}
                '\u{e000}'..='\u{f8ff}' => self.losses.note(Lost::Symbols),
                c if c.is_control() || c == ' ' => {
                    if !ends_with_space || look.is_as_typed && c == ' ' {
                        own.push(' ');
                    }
                    ends_with_space = true;
                }
                c => {
                    own.push(c);
                    ends_with_space = false;
                }
            }
        }
        self.add(&mut own, &look);
    }

    fn add(&mut self, text: &mut String, look: &TextLook) {
        if text.is_empty() {
            return;
        }
        let new = std::mem::take(text);
        match self.paragraph.last_mut() {
            Some(PastedPiece::Text { text, look: own }) if own == look => text.push_str(&new),
            _ => self.paragraph.push(PastedPiece::Text { text: new, look: look.clone() }),
        }
    }

    /// Digits above or below the line are characters of their own; others are not.
    fn scripted(&mut self, text: &str, is_above: bool) -> String {
        let digits = if is_above { "⁰¹²³⁴⁵⁶⁷⁸⁹" } else { "₀₁₂₃₄₅₆₇₈₉" };
        if text.chars().all(|c| c.is_ascii_digit()) {
            let digit = |c: char| c.to_digit(10).and_then(|value| digits.chars().nth(value as usize));
            return text.chars().filter_map(digit).collect();
        }
        if !text.trim().is_empty() {
            self.losses.note(Lost::Scripts);
        }
        text.to_owned()
    }

    pub(super) fn line_break(&mut self) {
        if self.paragraph.last() == Some(&PastedPiece::LineBreak) && self.table.is_none() {
            // An empty line ends a paragraph.
            self.end_paragraph();
        } else if !self.paragraph.is_empty() {
            self.paragraph.push(PastedPiece::LineBreak);
        }
    }

    pub(super) fn end_paragraph(&mut self) {
        if self.table.as_ref().is_some_and(PastedTable::has_cell) {
            self.line_break();
            return;
        }
        let mut body = std::mem::take(&mut self.paragraph);
        let word_item = self.word_item.take();
        trim(&mut body);
        if body.is_empty() {
            return;
        }
        let block = match (word_item, self.items.last_mut()) {
            (Some((level, sign)), _) => PastedBlock::Item { level, sign: Some(sign_of(&sign)), body },
            (None, Some(item)) => PastedBlock::Item { level: item.level, sign: item.sign.take(), body },
            (None, None) => PastedBlock::Paragraph(body),
        };
        self.done.push(block);
    }

    pub(super) fn start_word_item(&mut self, level: usize) {
        self.word_item = Some(((level - 1).min(MAX_LEVEL - 1), String::new()));
    }

    pub(super) fn marker(&mut self, text: &str) {
        if let Some((_, sign)) = &mut self.word_item {
            sign.push_str(text);
        }
    }

    pub(super) fn start_list(&mut self, is_numbered: bool, start: u64, kind: &str) {
        self.end_paragraph();
        let letters = match kind {
            "a" => Some('a'),
            "A" => Some('A'),
            _ => None,
        };
        self.lists.push(List { is_numbered, next: start, letters });
    }

    pub(super) fn end_list(&mut self) {
        self.end_paragraph();
        self.lists.pop();
        self.items.truncate(self.lists.len());
    }

    pub(super) fn start_item(&mut self) {
        self.end_paragraph();
        let level = self.lists.len().saturating_sub(1);
        // Elements that were never closed end with the next one.
        self.items.truncate(level);
        let sign = match self.lists.last_mut() {
            Some(list) if list.is_numbered => {
                let number = list.next;
                list.next = number.saturating_add(1);
                list.sign(number)
            }
            _ => "-".to_owned(),
        };
        self.items.push(OpenItem { level: level.min(MAX_LEVEL - 1), sign: Some(sign) });
    }

    pub(super) fn end_item(&mut self) {
        self.end_paragraph();
        self.items.pop();
    }

    pub(super) fn start_table(&mut self) {
        if self.table.is_some() {
            self.losses.note(Lost::InnerTables);
            self.inner += 1;
            return;
        }
        self.end_paragraph();
        self.table = Some(PastedTable::default());
    }

    pub(super) fn start_row(&mut self) {
        self.end_cell();
        if self.inner == 0
            && let Some(table) = &mut self.table
        {
            table.start_row();
        }
    }

    pub(super) fn start_cell(&mut self, columns: usize, rows: usize) {
        self.end_cell();
        if self.inner > 0 {
            return;
        }
        if let Some(table) = &mut self.table {
            if columns > 1 || rows > 1 {
                self.losses.note(Lost::MergedCells);
            }
            // What stands between cells belongs to none.
            self.paragraph.clear();
            table.start_cell(columns, rows);
        } else {
            self.end_paragraph();
        }
    }

    pub(super) fn end_cell(&mut self) {
        if self.inner > 0 {
            self.line_break();
            return;
        }
        if let Some(table) = self.table.as_mut().filter(|table| table.has_cell()) {
            let mut body = std::mem::take(&mut self.paragraph);
            trim(&mut body);
            self.word_item = None;
            table.end_cell(body);
        }
    }

    pub(super) fn end_table(&mut self) {
        if self.inner > 0 {
            self.inner -= 1;
            return;
        }
        self.end_cell();
        let Some(table) = self.table.take() else { return };
        self.paragraph.clear();
        if table.is_cut {
            self.losses.note(Lost::LargeTables);
        }
        let rows = table.rows();
        // What is one column wide is no table: a cell of Excel, or the frame of a mail.
        if rows.iter().all(|row| row.len() <= 1) {
            for body in rows.into_iter().flatten().filter(|body| !body.is_empty()) {
                self.paragraph = body;
                self.end_paragraph();
            }
        } else {
            self.done.push(PastedBlock::Table(rows));
        }
    }

    pub(super) fn finish(&mut self) {
        self.inner = 0;
        self.end_table();
        self.end_paragraph();
    }
}

impl List {
    fn sign(&self, number: u64) -> String {
        let letter = |first: char| {
            let offset = u8::try_from(number.checked_sub(1)?).ok().filter(|offset| *offset < 26)?;
            Some((first as u8 + offset) as char)
        };
        match self.letters.and_then(letter) {
            Some(letter) => format!("{letter})"),
            None => format!("{number}."),
        }
    }
}

/// The sign of an element as a record writes it: numbers and letters as Word shows them, and one sign for all bullets.
fn sign_of(shown: &str) -> String {
    let shown = shown.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    let is_number = shown.ends_with(['.', ')'])
        && shown.len() <= 6
        && shown.chars().all(|c| c.is_ascii_alphanumeric() || ".()".contains(c))
        && shown.chars().any(|c| c.is_ascii_alphanumeric());
    // `1.1.` is no number of a list in CommonMark.
    let is_known = is_number && !shown.trim_end_matches('.').contains('.');
    if is_known { shown.to_owned() } else { "-".to_owned() }
}

/// Takes spaces and line breaks off both ends.
fn trim(body: &mut Vec<PastedPiece>) {
    let is_space = |c: char| c == ' ' || c == '\u{a0}';
    let is_empty = |piece: &PastedPiece| match piece {
        PastedPiece::Text { text, .. } => text.trim_matches(is_space).is_empty(),
        PastedPiece::LineBreak => true,
    };
    while body.last().is_some_and(is_empty) {
        body.pop();
    }
    let start = body.iter().position(|piece| !is_empty(piece)).unwrap_or(body.len());
    body.drain(..start);
    if let Some(PastedPiece::Text { text, .. }) = body.first_mut() {
        *text = text.trim_start_matches(is_space).to_owned();
    }
    if let Some(PastedPiece::Text { text, .. }) = body.last_mut() {
        *text = text.trim_end_matches(is_space).to_owned();
    }
}
