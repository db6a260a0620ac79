//! Mistakes that would lead the parser astray: found before it reads, and mended in the copy that it gets instead.
//!
//! The copy is as long as the text, byte for byte, so that places stay where they are.

mod conflicts;
mod headers;

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::as_meant::MOST;
use crate::diagnostics::{Diagnostic, Source, codes, counted, shown};

/// Quotation marks that Word and telephones write, none of which is one to TOML.
const CURLY: [char; 13] = ['„', '“', '”', '‟', '«', '»', '‚', '‘', '’', '‹', '›', '″', '＂'];

/// Looks like a space, or like nothing, and is no white space to TOML.
fn is_odd_space(c: char) -> bool {
    c != '\n'
        && c != '\r'
        && c != ' '
        && c != '\t'
        && (c.is_whitespace()
            || ('\u{200B}'..='\u{200D}').contains(&c)
            || "\u{AD}\u{2060}\u{FEFF}".contains(c))
}

fn is_quote(c: char) -> bool {
    c == '"' || CURLY.contains(&c)
}

const KEY: &str = r"[A-Za-z0-9_-]+(?:[ \t]*\.[ \t]*[A-Za-z0-9_-]+)*";

/// What can only be the beginning of another text.
static BEGINNING: LazyLock<Regex> =
    LazyLock::new(|| fixed(&format!(r"(?:^|[{{,])[ \t]*(?:#[ \t]*)?{KEY}[ \t]*=[ \t]*$")));

/// A line that is no prose.
static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    fixed(&format!(
        r#"^[ \t]*(?:{KEY}[ \t]*=[ \t]*(?:["'\[{{0-9]|true\b|false\b|$)|\[\[?{KEY}\]\]?[ \t]*(?:#.*)?$)"#
    ))
});

fn fixed(pattern: &str) -> Regex {
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).expect("fixed, and tried by the tests below")
}

/// What the parser reads in place of a text.
pub(super) struct PreparedText {
    /// The copy; shorter than the text where what follows cannot be understood.
    pub text: String,
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
}

/// Looks through a text.
pub(super) fn prepare(source: &Arc<Source>) -> PreparedText {
    let mut copy = source.text.clone();
    let mut findings: Vec<Diagnostic> = conflicts::take(source, &mut copy).into_iter().collect();
    let mut scan = TextScan {
        text: &source.text,
        copy: copy.into_bytes(),
        spaces: Vec::new(),
        quotes: Vec::new(),
        wide: Vec::new(),
        headers: Vec::new(),
        brackets: 0,
        endless: None,
        open_lines: 0,
        open_line: 0,
    };
    scan.run();
    let TextScan { copy, spaces, quotes, wide, headers, endless, .. } = scan;
    findings.extend(odd_spaces(source, &spaces));
    let mut text = String::from_utf8(copy).unwrap_or_else(|_| source.text.clone());
    findings.extend(curly_quotes(source, &text, &quotes));
    findings.extend(wide_texts(source, &wide));
    findings.extend(headers.iter().map(|place| headers::finding(source, &text, place.clone())));
    if let Some(endless) = endless {
        // What follows would be read as something else than it was meant to be.
        text.truncate(line_of(&source.text, endless.start).start);
        findings.push(endless_text(source, endless));
    }
    PreparedText { text, findings }
}

/// A long text that goes on where it should have ended.
struct Endless {
    start: usize,
    end: Option<usize>,
}

struct TextScan<'a> {
    text: &'a str,
    copy: Vec<u8>,
    spaces: Vec<Range<usize>>,
    quotes: Vec<Range<usize>>,
    /// Texts of several lines between quotes that only hold one.
    wide: Vec<Range<usize>>,
    /// Headers with something else where a dot belongs.
    headers: Vec<Range<usize>>,
    /// The brackets of lists and tables that are open.
    brackets: usize,
    endless: Option<Endless>,
    /// No text that begins before this place is closed in a later line.
    open_lines: usize,
    /// No text that begins before this place with a quotation mark of Word is closed in its line.
    open_line: usize,
}

impl TextScan<'_> {
    fn run(&mut self) {
        let mut at = 0;
        // The last character that is neither white space nor in a text.
        let mut last = '\n';
        while let Some(c) = self.text[at..].chars().next() {
            let rest = &self.text[at..];
            let next = match c {
                '#' => at + rest.find('\n').unwrap_or(rest.len()),
                '"' | '\'' if is_thrice(rest, |quote| quote == c) => match self.long_text(at, at + 3, c) {
                    Some(end) => end,
                    None => return,
                },
                '"' => self.text_in_line(at, last == '='),
                '\'' => at + rest[1..].find(['\'', '\n']).map_or(rest.len(), |end| end + 2),
                c if CURLY.contains(&c) && matches!(last, '=' | '[' | ',') => {
                    if is_thrice(rest, is_quote) {
                        let open = at..at + length_of(rest, 3);
                        match self.long_text(at, open.end, '"') {
                            Some(end) => {
                                self.replace(open.clone(), "\"\"\"", Side::Right);
                                self.quotes.push(open.start..end);
                                end
                            }
                            None => return,
                        }
                    } else {
                        self.curly_text(at)
                    }
                }
                c if is_odd_space(c) => {
                    let place = at..at + c.len_utf8();
                    self.replace(place.clone(), "", Side::Left);
                    self.spaces.push(place.clone());
                    place.end
                }
                '[' if last == '\n' && self.brackets == 0 => match headers::mended(rest) {
                    Some(right) => {
                        let place = at..at + right.len();
                        self.copy[place.clone()].copy_from_slice(right.as_bytes());
                        self.headers.push(place.clone());
                        place.end
                    }
                    None => at + 1,
                },
                '[' | '{' => {
                    self.brackets += 1;
                    at + 1
                }
                ']' | '}' => {
                    self.brackets = self.brackets.saturating_sub(1);
                    at + 1
                }
                _ => at + c.len_utf8(),
            };
            if c == '\n' || !c.is_whitespace() && !is_odd_space(c) {
                last = c;
            }
            at = next;
        }
    }

    /// Returns the end of a text between three quotes each; none if it has none, or goes on over other keys.
    fn long_text(&mut self, start: usize, open: usize, quote: char) -> Option<usize> {
        let mut at = open;
        let close = loop {
            let rest = &self.text[at..];
            let Some(found) =
                rest.find(|c: char| c == quote || c == '\\' || quote == '"' && CURLY.contains(&c))
            else {
                break None;
            };
            at += found;
            let rest = &self.text[at..];
            match rest.chars().next() {
                Some('\\') if quote == '"' => at += length_of(rest, 2),
                _ if is_thrice(rest, |c| c == quote) => {
                    // Up to two quotes may stand before those that close.
                    let more = rest[3..].chars().take(2).take_while(|c| *c == quote).count();
                    break Some(at..at + 3 + more);
                }
                Some(c)
                    if quote == '"'
                        && is_quote(c)
                        && is_thrice(rest, is_quote)
                        && ends_value(&rest[length_of(rest, 3)..]) =>
                {
                    let end = at + length_of(rest, 3);
                    self.replace(at..end, "\"\"\"", Side::Left);
                    self.quotes.push(at..end);
                    break Some(at..end);
                }
                Some(c) => at += c.len_utf8(),
                None => break None,
            }
        };
        let body = &self.text[open..close.as_ref().map_or(self.text.len(), |close| close.start)];
        let goes_on =
            close.is_none() || body.rsplit_once('\n').is_some_and(|(_, line)| BEGINNING.is_match(line));
        if goes_on {
            self.endless = Some(Endless { start, end: close.map(|close| close.start) });
            return None;
        }
        close.map(|close| close.end)
    }

    /// Returns the end of a text that begins with `"`; in its line at the latest, unless it is a value of its own and plainly
    /// goes on.
    fn text_in_line(&mut self, start: usize, is_value: bool) -> usize {
        let mut at = start + 1;
        let mut closing = None;
        while let Some(c) = self.text[at..].chars().next() {
            let end = at + c.len_utf8();
            match c {
                '\n' => break,
                '"' => return end,
                '\\' => {
                    at = end
                        + self.text[end..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
                    continue;
                }
                c if CURLY.contains(&c) && ends_value(&self.text[end..]) => closing = Some(at..end),
                _ => {}
            }
            at = end;
        }
        let Some(closing) = closing else {
            let end = if is_value { self.text_over_lines(start, at) } else { None };
            return end.unwrap_or(at);
        };
        self.replace(closing.clone(), "\"", Side::Left);
        self.quotes.push(start..closing.end);
        closing.end
    }

    /// Returns the end of a text that goes on behind its line and is closed before another key begins; none if it is not.
    fn text_over_lines(&mut self, start: usize, first_end: usize) -> Option<usize> {
        if first_end < self.open_lines {
            return None;
        }
        let mut end = first_end;
        let close = loop {
            self.open_lines = end;
            let line = (end < self.text.len()).then(|| line_of(self.text, end + 1))?;
            let shown = &self.text[line.clone()];
            if STATEMENT.is_match(shown) || shown.contains("\"\"\"") {
                return None;
            }
            let closes =
                |(at, _): &(usize, &str)| !shown[..*at].ends_with('\\') && ends_value(&shown[at + 1..]);
            if let Some((at, _)) = shown.match_indices('"').find(closes) {
                break line.start + at;
            }
            end = line.end;
        };
        // In the copy it is a text of one line.
        let body = &mut self.copy[start + 1..close];
        for at in 0..body.len() {
            match (body[at], body.get(at + 1)) {
                (b'\r' | b'\n', Some(b'\n')) => body[at..at + 2].copy_from_slice(b"\\n"),
                (b'\n', _) => body[at] = b' ',
                (b'"', _) => body[at] = b'\'',
                _ => {}
            }
        }
        self.wide.push(start..close + 1);
        Some(close + 1)
    }

    /// Returns the end of a text that begins with a quotation mark of Word, in its line.
    fn curly_text(&mut self, start: usize) -> usize {
        let open = start..start + length_of(&self.text[start..], 1);
        if start < self.open_line {
            return open.end;
        }
        let rest = &self.text[open.end..];
        let ends =
            |(at, c): &(usize, char)| *c == '\n' || is_quote(*c) && ends_value(&rest[at + c.len_utf8()..]);
        let (at, c) = rest.char_indices().find(ends).unwrap_or((rest.len(), '\n'));
        if c == '\n' {
            self.open_line = open.end + at;
            return open.end;
        }
        let close = open.end + at..open.end + at + c.len_utf8();
        for (inner, c) in self.text[open.end..close.start].char_indices() {
            if matches!(c, '"' | '\\') {
                self.copy[open.end + inner] = b'\'';
            }
        }
        self.replace(open, "\"", Side::Right);
        self.replace(close.clone(), "\"", Side::Left);
        self.quotes.push(start..close.end);
        close.end
    }

    fn replace(&mut self, place: Range<usize>, by: &str, side: Side) {
        let bytes = &mut self.copy[place];
        bytes.fill(b' ');
        let start = match side {
            Side::Left => 0,
            Side::Right => bytes.len() - by.len(),
        };
        bytes[start..start + by.len()].copy_from_slice(by.as_bytes());
    }
}

/// Where in its place a shorter replacement stands.
enum Side {
    Left,
    Right,
}

fn is_thrice(text: &str, is: impl Fn(char) -> bool) -> bool {
    let mut first = text.chars();
    (0..3).all(|_| first.next().is_some_and(&is))
}

/// The bytes of the first characters.
fn length_of(text: &str, characters: usize) -> usize {
    text.chars().take(characters).map(char::len_utf8).sum()
}

/// Whether nothing of a value is left in its line.
fn ends_value(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| c == ' ' || c == '\t' || is_odd_space(c));
    rest.is_empty() || rest.starts_with(['\n', '\r', '#', ',', '}', ']'])
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    start..text[at..].find('\n').map_or(text.len(), |end| at + end)
}

/// Says in how many other lines the same is wrong.
fn elsewhere(source: &Source, places: &[Range<usize>]) -> String {
    let first = source.line(places[0].start);
    let mut others: Vec<usize> =
        places.iter().map(|place| source.line(place.start)).filter(|line| *line != first).collect();
    others.dedup();
    match &others[..] {
        [] => String::new(),
        [one] => format!("; ebenso in Zeile {one}"),
        many => format!(
            "; ebenso in {} ab Zeile {}",
            counted(many.len(), "weiteren Zeile", "weiteren Zeilen"),
            many[0]
        ),
    }
}

/// Cuts a line that nobody would type again.
fn shown_line(line: &str) -> String {
    if line.len() > MOST { shown(line) } else { line.to_owned() }
}

fn odd_spaces(source: &Arc<Source>, places: &[Range<usize>]) -> Option<Diagnostic> {
    let first = places.first()?.clone();
    let c = source.text[first.clone()].chars().next()?;
    let what = match c {
        '\u{A0}' | '\u{202F}' => "ein geschütztes Leerzeichen",
        c if c.is_whitespace() => "ein besonderes Leerzeichen",
        _ => "ein unsichtbares Zeichen",
    };
    let message = format!(
        "Hier steht {what} (U+{:04X}); TOML erlaubt es nur in Texten{}.",
        u32::from(c),
        elsewhere(source, places)
    );
    let line = &source.text[line_of(&source.text, first.start)];
    let plain: String = line
        .chars()
        .filter_map(|c| match c {
            c if !is_odd_space(c) => Some(c),
            c => c.is_whitespace().then_some(' '),
        })
        .collect();
    let hint =
        format!("Das Zeichen löschen und, wo nötig, ein Leerzeichen tippen: {}", shown_line(plain.trim()));
    Some(Diagnostic::new(&codes::SYNTAX, source, first, message).hint(hint))
}

fn curly_quotes(source: &Arc<Source>, copy: &str, places: &[Range<usize>]) -> Option<Diagnostic> {
    let mut places = places.to_vec();
    places.sort_by_key(|place| place.start);
    let first = places.first()?.clone();
    let text = &source.text[first.clone()];
    let message = format!(
        "Um den Text stehen typographische Anführungszeichen; in TOML sind es gerade{}.",
        elsewhere(source, &places)
    );
    let line = line_of(&source.text, first.start);
    let is_long = is_thrice(text, is_quote);
    let hint = if is_long {
        let before = source.text[line.start..first.start].trim_start();
        let open = if before.is_empty() { "…" } else { before };
        format!("Am Anfang und am Ende des Textes stehen drei gerade: {open}\"\"\"")
    } else {
        let mended = copy[line].split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",");
        format!("So ist es richtig: {}", shown_line(&mended))
    };
    // The marks of a long text, not all of it.
    let span = if is_long { first.start..first.start + length_of(text, 3) } else { first };
    Some(Diagnostic::new(&codes::SYNTAX, source, span, message).hint(hint))
}

fn wide_texts(source: &Arc<Source>, places: &[Range<usize>]) -> Option<Diagnostic> {
    let first = places.first()?.clone();
    let message = format!(
        "Dieser Text geht bis Zeile {}, steht aber zwischen Anführungszeichen für eine Zeile{}.",
        source.line(first.end - 1),
        elsewhere(source, places)
    );
    let before = source.text[line_of(&source.text, first.start).start..first.start].trim_start();
    let hint = format!("Am Anfang und am Ende des Textes stehen drei: {before}\"\"\"");
    let span = first.start..first.start + 1;
    Some(Diagnostic::new(&codes::SYNTAX, source, span, message).hint(hint))
}

fn endless_text(source: &Arc<Source>, Endless { start, end }: Endless) -> Diagnostic {
    let text = &source.text;
    let open = start..start + length_of(&text[start..], 3);
    let marks = if text[start..].starts_with('\'') { "'''" } else { "\"\"\"" };
    let finding = |message: String| Diagnostic::new(&codes::ENDLESS_TEXT, source, open.clone(), message);
    let body_end = end.unwrap_or(text.len());
    let mut at = line_of(text, open.end).end;
    let mut statement = None;
    // The comments directly above a key are its own.
    let mut comment = None;
    while at < body_end {
        let line = line_of(text, at + 1);
        let shown = &text[line.start..line.end.min(body_end)];
        if STATEMENT.is_match(shown) || end.is_some() && line.end >= body_end {
            statement = Some(comment.unwrap_or(line.start));
            break;
        }
        comment = if shown.trim_start().starts_with('#') { comment.or(Some(line.start)) } else { None };
        at = line.end;
    }
    let last = |until: usize| {
        let words = text[open.end..until].trim_end();
        (source.line(open.end + words.len()), words.split_whitespace().next_back().unwrap_or_default())
    };
    let (line, word) = last(statement.unwrap_or(body_end));
    let hint = match word {
        "" => format!("Den Text schreiben, und dahinter {marks}; oder die Angabe entfernen."),
        word => format!("In Zeile {line} hinter „{}“ {marks} tippen.", shown(word)),
    };
    let until = match end {
        Some(end) => format!("erst in Zeile {}", source.line(end)),
        None => "erst am Ende der Datei".to_owned(),
    };
    match statement {
        Some(statement) => finding(format!(
            "Dieser Text endet {until}; vermutlich fehlt {marks} vor Zeile {}.",
            source.line(statement)
        )),
        None => finding(format!("Dieser Text hat kein Ende; bis zum Ende der Datei kommt kein {marks}.")),
    }
    .hint(hint)
}

#[cfg(test)]
mod tests;
