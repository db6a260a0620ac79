//! TOML with the place of every key and value, and every syntax error as a finding.
//!
//! Knows nothing of what the keys mean.

mod as_meant;
mod bytes;
mod comments;
mod file;
mod help;
mod mistakes;
mod syntax_errors;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

pub use as_meant::{Pair, number, pair_at, quoted, years};
pub use bytes::{decode, too_large};
pub use comments::without_comments;
pub use file::{TomlFile, TomlText};

use crate::day::{Day, TimeOfDay};
use crate::diagnostics::{self, Diagnostic, Source, codes};
use mistakes::PreparedText;

/// The size of the largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 4 << 20;
/// The deepest nesting that is accepted.
pub const MAX_DEPTH: usize = 64;
/// The most entries of a list or a table that are read: no form has so many blocks, and no agenda so many items.
const MAX_ENTRIES: usize = 2000;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value itself.
    pub value: Value,
    /// The bytes of the value in the source; for a table or an array of tables, those of its header.
    pub span: Range<usize>,
}

/// The kinds of TOML values.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string of any of the four kinds.
    String(String),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, a time, or both.
    Datetime(toml::value::Datetime),
    /// An array, or an array of tables.
    Array(Vec<Node>),
    /// A table of any kind.
    Table(Table),
}

/// The entries of a table, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table(pub Vec<TableEntry>);

/// A key with its place, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct TableEntry {
    /// The key, unquoted.
    pub key: String,
    /// The bytes of the key in the source.
    pub key_span: Range<usize>,
    /// The value.
    pub node: Node,
}

/// One step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a table.
    Key(String),
    /// Into an array.
    Index(usize),
}

impl Table {
    /// Returns the entry with this key.
    pub fn entry(&self, key: &str) -> Option<&TableEntry> {
        self.0.iter().find(|entry| entry.key == key)
    }

    /// Returns the value with this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Returns the keys in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|entry| entry.key.as_str())
    }
}

impl Node {
    /// Returns the text if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the boolean if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Boolean(truth) => Some(truth),
            _ => None,
        }
    }

    /// Returns the day if this is one, quoted or not.
    pub fn as_day(&self) -> Option<Day> {
        match &self.value {
            Value::Datetime(datetime) => Day::of_toml(*datetime),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns the time of day if this is one, quoted or not.
    pub fn as_time(&self) -> Option<TimeOfDay> {
        match &self.value {
            Value::Datetime(datetime) => TimeOfDay::of_toml(*datetime),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns the table if this is one.
    pub fn as_table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Returns the elements if this is an array.
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the value that a path leads to.
    pub fn at(&self, path: &[Step]) -> Option<&Node> {
        path.iter().try_fold(self, |node, step| match step {
            Step::Key(key) => node.as_table()?.get(key),
            Step::Index(index) => node.as_array()?.get(*index),
        })
    }

    /// Walks through the value and all below it, parents first, in the order of the file.
    pub fn walk(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            match &next.value {
                Value::Array(items) => waiting.extend(items.iter().rev()),
                Value::Table(table) => waiting.extend(table.0.iter().rev().map(|entry| &entry.node)),
                _ => {}
            }
            Some(next)
        })
    }

    /// Converts the value to JSON, without places; dates become strings as in RFC 3339.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::String(text) => text.as_str().into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Boolean(truth) => (*truth).into(),
            Value::Datetime(datetime) => datetime.to_string().into(),
            Value::Array(items) => items.iter().map(Node::to_json).collect(),
            Value::Table(table) => {
                table.0.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect()
            }
        }
    }

    /// Returns a locator that finds parts of a string's text in the file.
    pub fn locator(&self, source: &Source) -> Locator {
        let raw = source.text.get(self.span.clone());
        let offsets = self.as_str().zip(raw).and_then(|(text, raw)| text_offsets(raw, text));
        Locator { span: self.span.clone(), offsets }
    }
}

/// The place in the file of each byte of a string's text, whatever escapes come before it.
#[derive(Debug)]
pub struct Locator {
    span: Range<usize>,
    /// The offsets; `None` where text and file cannot be matched.
    offsets: Option<Vec<usize>>,
}

impl Locator {
    /// Returns the place of a part, given in bytes of the text that TOML yields; else that of the whole value.
    pub fn locate(&self, part: Range<usize>) -> Range<usize> {
        let Some(offsets) = &self.offsets else {
            return self.span.clone();
        };
        let place = |at: usize| self.span.start + offsets[at.min(offsets.len() - 1)];
        place(part.start)..place(part.end).max(place(part.start))
    }
}

/// Parses a source as TOML; the tree holds what could be understood, the findings the rest.
pub fn parse(source: &Arc<Source>) -> (Node, Vec<Diagnostic>) {
    let PreparedText { text, findings: mut causes } = mistakes::prepare(source);
    let (table, errors) = DeTable::parse_recoverable(&text);
    let mut findings = syntax_errors::findings(source, &errors);
    let lines: BTreeSet<usize> = causes.iter().map(Diagnostic::line).collect();
    findings.retain(|finding| !lines.contains(&finding.line()));
    findings.append(&mut causes);
    diagnostics::sort(&mut findings);
    let root = DeValue::Table(table.into_inner());
    let root = node(&root, 0..0, 0, source, &mut findings);
    (root, findings)
}

fn node(
    value: &DeValue<'_>,
    span: Range<usize>,
    depth: usize,
    source: &Arc<Source>,
    findings: &mut Vec<Diagnostic>,
) -> Node {
    let too_deep = depth > MAX_DEPTH;
    let value = match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Datetime(datetime) => Value::Datetime(*datetime),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            // The parser has said so already, unless it is only too large.
            Err(_) if findings.len() > MAX_ENTRIES => Value::Integer(0),
            Err(_) if findings.iter().any(|finding| finding.span.start == span.start) => Value::Integer(0),
            Err(_) => {
                findings.push(Diagnostic::new(
                    &codes::BAD_NUMBER,
                    source,
                    span.clone(),
                    "Die Zahl ist zu groß oder keine ganze Zahl.",
                ));
                Value::Integer(0)
            }
        },
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Array(_) | DeValue::Table(_) if too_deep => {
            if depth == MAX_DEPTH + 1 {
                findings.push(
                    Diagnostic::new(
                        &codes::TOO_DEEP,
                        source,
                        span.clone(),
                        format!("Die Werte sind tiefer als {MAX_DEPTH} Ebenen verschachtelt."),
                    )
                    .hint("Eckige und geschweifte Klammern prüfen; eine Vorlagendatei braucht höchstens fünf Ebenen."),
                );
            }
            Value::Table(Table::default())
        }
        DeValue::Array(items) => {
            findings.extend(too_many(items.len(), source, &span));
            let items = items.iter().take(MAX_ENTRIES);
            Value::Array(
                items.map(|item| node(item.get_ref(), item.span(), depth + 1, source, findings)).collect(),
            )
        }
        DeValue::Table(table) => {
            findings.extend(too_many(table.len(), source, &span));
            let entries = table.iter().take(MAX_ENTRIES);
            Value::Table(Table(
                entries
                    .map(|(key, value)| TableEntry {
                        key: key.get_ref().to_string(),
                        key_span: key.span(),
                        node: node(value.get_ref(), value.span(), depth + 1, source, findings),
                    })
                    .collect(),
            ))
        }
    };
    Node { value, span }
}

/// Says of a list or a table that it has more entries than are read.
fn too_many(count: usize, source: &Arc<Source>, span: &Range<usize>) -> Option<Diagnostic> {
    let message = || format!("Hier stehen {count} Angaben; mehr als {MAX_ENTRIES} werden nicht gelesen.");
    let finding = || Diagnostic::new(&codes::TOO_LARGE, source, span.clone(), message());
    (count > MAX_ENTRIES).then(|| finding().hint("Prüfen, ob die richtige Datei ausgewählt ist."))
}

/// Maps each byte of `text`, and its end, to the byte of the TOML string literal `raw` from which it comes.
fn text_offsets(raw: &str, text: &str) -> Option<Vec<usize>> {
    let (open, close, escapes) = match raw {
        r if r.starts_with("\"\"\"") => (3, 3, true),
        r if r.starts_with("'''") => (3, 3, false),
        r if r.starts_with('"') => (1, 1, true),
        r if r.starts_with('\'') => (1, 1, false),
        _ => return None,
    };
    let end = raw.len().checked_sub(close).filter(|&end| end >= open)?;
    // A text that was never closed, or a broken escape, may end anywhere.
    let body = raw.get(..end)?;
    let mut at = open;
    if open == 3 {
        let rest = body.get(at..)?;
        at += rest.len() - rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')).unwrap_or(rest).len();
    }
    let mut offsets = Vec::with_capacity(text.len() + 1);
    for c in text.chars() {
        if escapes {
            at += line_continuation(body.get(at..)?);
        }
        let rest = body.get(at..)?;
        let taken = match rest.chars().next()? {
            '\\' if escapes => match rest[1..].chars().next()? {
                'u' => 6,
                'U' => 10,
                'x' => 4,
                _ => 2,
            },
            // TOML may fold a line end to one newline.
            '\r' if c == '\n' && rest.starts_with("\r\n") => 2,
            raw_char if raw_char == c => c.len_utf8(),
            _ => return None,
        };
        if at + taken > end {
            return None;
        }
        offsets.extend(std::iter::repeat_n(at, c.len_utf8()));
        at += taken;
    }
    offsets.push(at);
    Some(offsets)
}

/// Measures a backslash at the end of a line together with all the white space after it.
fn line_continuation(rest: &str) -> usize {
    let mut length = 0;
    loop {
        let Some(after) = rest[length..].strip_prefix('\\') else {
            return length;
        };
        let blank = after.trim_start_matches([' ', '\t']);
        if !blank.starts_with(['\n', '\r']) {
            return length;
        }
        length = rest.len() - blank.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Arc<Source>, Node, Vec<Diagnostic>) {
        let source = Source::new("a.toml", text);
        let (node, findings) = parse(&source);
        (source, node, findings)
    }

    #[test]
    fn every_value_knows_its_place() {
        let text = "[vorlage]\nbetreff = \"Straße\"\n[[vorlage.beratung]]\nrolle = 1\n";
        let (_, root, findings) = read(text);
        assert!(findings.is_empty());
        let step = |key: &str| Step::Key(key.into());
        let node = root.at(&[step("vorlage"), step("betreff")]).unwrap();
        assert_eq!(&text[node.span.clone()], "\"Straße\"");
        let path = [step("vorlage"), step("beratung"), Step::Index(0), step("rolle")];
        assert_eq!(&text[root.at(&path).unwrap().span.clone()], "1");
        let header = root.at(&path[..3]).unwrap().span.clone();
        assert_eq!(&text[header], "[[vorlage.beratung]]");
    }

    #[test]
    fn a_list_without_end_is_cut_and_said() {
        for text in ["[[a]]\n".repeat(3000), format!("a = [{}]", "1, ".repeat(3000))] {
            let (_, root, findings) = read(&text);
            let Some(Value::Array(items)) = root.at(&[Step::Key("a".into())]).map(|node| &node.value) else {
                panic!("{root:?}")
            };
            assert_eq!((items.len(), findings.len()), (MAX_ENTRIES, 1));
            assert!(
                findings[0].code.id == codes::TOO_LARGE.id && findings[0].message.contains("3000 Angaben")
            );
        }
        let wide: String = (0..3000).map(|at| format!("a{at} = 1\n")).collect();
        assert_eq!(read(&wide).2.len(), 1);
        assert_eq!(read(&format!("a = [{}]", "1, ".repeat(MAX_ENTRIES))).2.len(), 0);
    }

    #[test]
    fn a_part_of_a_text_is_found_behind_escapes_and_line_ends() {
        for literal in [
            "\"Das \\\"ist\\\" \\u00e4 hier\"",
            "'Das \"ist\" ä hier'",
            "\"\"\"\nDas \\\"ist\\\" \\U000000e4 \\\n   \\\r\n  hier\"\"\"",
            "'''\r\nDas \"ist\" ä hier'''",
        ] {
            let (source, root, findings) = read(&format!("a = {literal}\n"));
            assert!(findings.is_empty(), "{literal}: {findings:?}");
            let node = root.as_table().unwrap().get("a").unwrap();
            let text = node.as_str().unwrap();
            let at = text.find("hier").unwrap();
            let place = node.locator(&source).locate(at..at + 4);
            assert_eq!(&source.text[place], "hier", "{literal}");
        }
        let (source, root, _) = read("a = \"\"\"\r\neins\r\nzwei\"\"\"");
        let node = root.as_table().unwrap().get("a").unwrap();
        let at = node.as_str().unwrap().find("zwei").unwrap();
        assert_eq!(&source.text[node.locator(&source).locate(at..at + 4)], "zwei");
    }

    #[test]
    fn nesting_and_size_are_limited() {
        let deep = format!("a = {}1{}", "[".repeat(70), "]".repeat(70));
        let (_, _, findings) = read(&deep);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code.id, "T003");
        let deeper = format!("a = {}", "[".repeat(100_000));
        let (_, _, findings) = read(&deeper);
        assert!(findings.iter().any(|f| f.code.id == "T003"));
        let header = format!("[{}]", vec!["a"; 100].join("."));
        assert!(!read(&header).2.is_empty());
        assert!(decode("a.toml", &vec![b'#'; 5 << 20]).is_err());
    }

    #[test]
    fn wrong_encodings_are_named() {
        let finding = decode("a.toml", b"a = 'Stra\xdfe'").unwrap_err();
        assert_eq!(finding.position(), (1, 10));
        assert!(finding.message.contains("Windows-1252"));
        assert!(finding.message.contains("„ß“"), "{}", finding.message);
        assert!(decode("a.toml", b"\xff\xfea\0").unwrap_err().message.contains("UTF-16"));
        assert_eq!(decode("a.toml", b"\xef\xbb\xbfa = 1").unwrap().text, "a = 1");
    }

    #[test]
    fn a_text_that_ends_inside_a_character_has_no_places() {
        assert_eq!(text_offsets("\"\"\"a“", "a“"), None);
        assert_eq!(text_offsets("\"\\uä“ä\"", "ä“ä"), None);
    }
}
