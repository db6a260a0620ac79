//! How a record is laid out in lines: tables with their headers, keys, and the comments and commented keys that belong
//! to them. What is put in order are whole lines, so that nothing is torn from what it belongs to.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::toml_tree::Node;

/// The lines of a table, from the comments above its header to those above the next one.
#[derive(Debug)]
pub(super) struct TableLines {
    /// The keys of its header; none for what stands before the first.
    pub path: Vec<String>,
    /// All of its lines.
    pub range: Range<usize>,
    /// The lines behind its header.
    body: Range<usize>,
}

/// The lines that belong to one key, also where it is a comment.
#[derive(Debug)]
struct KeyLines {
    /// The keys; none where the comments are of no key.
    path: Vec<String>,
    /// The blank lines above.
    blank: Range<usize>,
    /// The others.
    range: Range<usize>,
}

/// The lines of a record.
pub(super) struct Layout<'a> {
    text: &'a str,
    lines: Vec<Line>,
    /// Its tables, in the order of the file.
    pub tables: Vec<TableLines>,
}

#[derive(Debug)]
struct Line {
    range: Range<usize>,
    kind: LineKind,
}

#[derive(Debug, PartialEq, Eq)]
enum LineKind {
    Blank,
    Comment,
    /// A comment that would be a key without its mark.
    CommentedKey(Vec<String>),
    /// A comment that would be a header without its mark.
    CommentedHeader,
    Key(Vec<String>),
    Header(Vec<String>),
    /// It goes on with a value that began above.
    More,
}

const NAME: &str = r#"(?:[A-Za-z0-9_-]+|"[^"\\]*"|'[^']*')"#;

static KEY: LazyLock<Regex> =
    LazyLock::new(|| fixed(&format!(r"^[ \t]*({NAME}(?:[ \t]*\.[ \t]*{NAME})*)[ \t]*=")));
static COMMENTED_KEY: LazyLock<Regex> =
    LazyLock::new(|| fixed(&format!(r"^[ \t]*#[ \t]*({NAME}(?:[ \t]*\.[ \t]*{NAME})*)[ \t]*=")));
static HEADER: LazyLock<Regex> =
    LazyLock::new(|| fixed(&format!(r"^[ \t]*\[\[?[ \t]*({NAME}(?:[ \t]*\.[ \t]*{NAME})*)[ \t]*\]")));
static COMMENTED_HEADER: LazyLock<Regex> = LazyLock::new(|| {
    fixed(&format!(r"^[ \t]*#[ \t]*\[\[?[ \t]*{NAME}(?:[ \t]*\.[ \t]*{NAME})*[ \t]*\]\]?[ \t]*\r?\n?$"))
});
static PART: LazyLock<Regex> = LazyLock::new(|| fixed(NAME));

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("fixed, and tried by the tests below")
}

fn path(keys: &str) -> Vec<String> {
    PART.find_iter(keys).map(|part| part.as_str().trim_matches(['"', '\'']).to_owned()).collect()
}

impl<'a> Layout<'a> {
    /// Looks at the lines of a text; `tree` is what was read of it.
    pub(super) fn of(text: &'a str, tree: &Node) -> Self {
        let mut long: Vec<&Range<usize>> =
            tree.walk().map(|node| &node.span).filter(|span| text[(*span).clone()].contains('\n')).collect();
        long.sort_by_key(|span| span.start);
        let mut lines = Vec::new();
        let (mut start, mut value, mut end) = (0, 0, 0);
        for line in text.split_inclusive('\n') {
            let range = start..start + line.len();
            let kind = if start < end { LineKind::More } else { kind(line) };
            // A long value that begins in this line goes on in the next ones.
            while let Some(span) = long.get(value).filter(|span| span.start < range.end) {
                end = end.max(span.end);
                value += 1;
            }
            start = range.end;
            lines.push(Line { range, kind });
        }
        let mut layout = Self { text, lines, tables: Vec::new() };
        layout.tables = layout.tables();
        layout
    }

    fn tables(&self) -> Vec<TableLines> {
        let mut tables = vec![TableLines { path: Vec::new(), range: 0..0, body: 0..0 }];
        for (at, line) in self.lines.iter().enumerate() {
            let LineKind::Header(path) = &line.kind else { continue };
            // The comments directly above are its own, unless one of them is a key of the table before.
            let is_above = |line: &&Line| line.kind == LineKind::Comment && !self.ends_text(&line.range);
            let above = self.lines[..at].iter().rev().take_while(is_above).count();
            let start = self.lines[at - above].range.start;
            if let Some(before) = tables.last_mut() {
                before.body.end = start;
                before.range.end = start;
            }
            tables.push(TableLines {
                path: path.clone(),
                range: start..self.text.len(),
                body: line.range.end..self.text.len(),
            });
        }
        if tables.len() == 1 {
            (tables[0].range, tables[0].body) = (0..self.text.len(), 0..self.text.len());
        }
        tables
    }

    /// The keys of a table with the lines that belong to them; `is_known` tells a commented key from prose.
    fn keys(&self, table: &TableLines, is_known: impl Fn(&[String]) -> bool) -> Vec<KeyLines> {
        let start = self.lines.partition_point(|line| line.range.start < table.body.start);
        let end = self.lines.partition_point(|line| line.range.start < table.body.end);
        let mut keys: Vec<KeyLines> = Vec::new();
        // Comments of which it is not yet known to what they belong.
        let mut waiting: Option<(Range<usize>, Range<usize>)> = None;
        // A commented key whose comment goes on.
        let mut open = false;
        for line in &self.lines[start..end] {
            let place = line.range.clone();
            let (blank, range) =
                waiting.take().unwrap_or((place.start..place.start, place.start..place.start));
            match &line.kind {
                LineKind::Blank if range.is_empty() => {
                    waiting = Some((blank.start..place.end, place.end..place.end))
                }
                LineKind::Blank => {
                    waiting = Some((blank, range.start..place.end));
                    open = false;
                }
                LineKind::CommentedKey(path) if is_known(path) => {
                    keys.push(KeyLines { path: path.clone(), blank, range: range.start..place.end });
                    open = true;
                    continue;
                }
                // `# begruendung = """` and `# """`.
                LineKind::Comment | LineKind::CommentedKey(_)
                    if open && range.is_empty() && blank.is_empty() && self.ends_text(&place) =>
                {
                    if let Some(last) = keys.last_mut() {
                        last.range.end = place.end;
                    }
                    continue;
                }
                LineKind::Comment | LineKind::CommentedKey(_) | LineKind::Header(_) => {
                    waiting = Some((blank, range.start..place.end));
                }
                // What stands below belongs to a table that is not there.
                LineKind::CommentedHeader => {
                    keys.push(KeyLines { path: Vec::new(), blank, range: range.start..table.body.end });
                    return keys;
                }
                LineKind::Key(path) => {
                    keys.push(KeyLines { path: path.clone(), blank, range: range.start..place.end })
                }
                LineKind::More => {
                    if let Some(last) = keys.last_mut() {
                        last.range.end = place.end;
                    }
                }
            }
            if !matches!(line.kind, LineKind::Comment) {
                open = false;
            }
        }
        if let Some((blank, range)) = waiting {
            keys.push(KeyLines { path: Vec::new(), blank, range });
        }
        keys
    }

    fn ends_text(&self, line: &Range<usize>) -> bool {
        self.text[line.clone()].trim_start_matches(['#', ' ', '\t']).starts_with("\"\"\"")
    }

    /// The lines of a table's keys in another order: where they stand, and what stands there then.
    pub(super) fn ordered_keys<R: Ord>(
        &self,
        table: &TableLines,
        rank: impl Fn(&[String]) -> Option<R>,
    ) -> (Range<usize>, String) {
        let mut keys = self.keys(table, |path| rank(path).is_some());
        let blanks: Vec<Range<usize>> = keys.iter().map(|key| key.blank.clone()).collect();
        // What the form does not know stays behind all else.
        keys.sort_by_cached_key(|key| {
            let rank = rank(&key.path);
            (rank.is_none(), rank)
        });
        let parts = keys.iter().zip(blanks).flat_map(|(key, blank)| [blank, key.range.clone()]);
        (table.body.clone(), self.joined(parts, table.body.end))
    }

    /// Tables in another order, where they follow each other: where they stand, and what stands there then.
    pub(super) fn ordered_tables<R: Ord>(
        &self,
        is_one: impl Fn(&TableLines) -> bool,
        rank: impl Fn(&TableLines) -> R,
    ) -> Option<(Range<usize>, String)> {
        let first = self.tables.iter().position(&is_one)?;
        let last = self.tables.iter().rposition(&is_one)?;
        let mut tables: Vec<&TableLines> = self.tables[first..=last].iter().collect();
        if !tables.iter().all(|table| is_one(table)) {
            return None;
        }
        let end = tables.last()?.range.end;
        let range = tables.first()?.range.start..end;
        let blanks: Vec<Range<usize>> = tables.iter().map(|table| self.blank_end(table)).collect();
        tables.sort_by_cached_key(|table| rank(table));
        let parts = tables
            .iter()
            .zip(blanks)
            .flat_map(|(table, blank)| [table.range.start..self.blank_end(table).start, blank]);
        Some((range, self.joined(parts, end)))
    }

    /// The blank lines at the end of a table.
    fn blank_end(&self, table: &TableLines) -> Range<usize> {
        let end = self.lines.partition_point(|line| line.range.start < table.range.end);
        let blank = self.lines[..end].iter().rev().take_while(|line| line.kind == LineKind::Blank).count();
        self.lines[..end - blank].last().map_or(table.range.end, |line| line.range.end)..table.range.end
    }

    /// Puts lines behind each other; the last line of a file may have no end.
    fn joined(&self, parts: impl Iterator<Item = Range<usize>>, end: usize) -> String {
        let mut out = String::new();
        for part in parts {
            out += &self.text[part.clone()];
            if !part.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
        }
        if end == self.text.len() && !self.text.ends_with('\n') {
            out.truncate(out.trim_end_matches('\n').len());
        }
        out
    }
}

fn kind(line: &str) -> LineKind {
    let keys = |pattern: &Regex| pattern.captures(line).and_then(|found| Some(path(found.get(1)?.as_str())));
    let trimmed = line.trim();
    if trimmed.is_empty() {
        LineKind::Blank
    } else if trimmed.starts_with('#') {
        match keys(&COMMENTED_KEY) {
            Some(path) => LineKind::CommentedKey(path),
            None if COMMENTED_HEADER.is_match(line) => LineKind::CommentedHeader,
            None => LineKind::Comment,
        }
    } else if let Some(path) = keys(&HEADER) {
        LineKind::Header(path)
    } else {
        keys(&KEY).map_or(LineKind::More, LineKind::Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Source;
    use crate::toml_tree;

    /// The keys of each table put in the order of the alphabet.
    fn ordered(text: &str) -> String {
        let tree = toml_tree::parse(&Source::new("a.toml", text)).0;
        let layout = Layout::of(text, &tree);
        let mut out = String::new();
        for table in &layout.tables {
            let known = |path: &[String]| path.first().filter(|key| key.len() == 1).cloned();
            let (place, keys) = layout.ordered_keys(table, known);
            out += &text[table.range.start..place.start];
            out += &keys;
        }
        out
    }

    #[test]
    fn keys_take_what_belongs_to_them_along() {
        for (text, expected) in [
            ("[t]\nb = 1\na = 2\n", "[t]\na = 2\nb = 1\n"),
            ("[t]\nb = 1 # b\n# of a\na = 2", "[t]\n# of a\na = 2\nb = 1 # b"),
            ("[t]\nb = \"\"\"\na = 1\n\"\"\"\na = 2\n", "[t]\na = 2\nb = \"\"\"\na = 1\n\"\"\"\n"),
            (
                "[t]\n\n# of c\nc = 1\n\n# on b\n# b = 1\n\na = [\n  1,\n]\n",
                "[t]\n\na = [\n  1,\n]\n\n# on b\n# b = 1\n\n# of c\nc = 1\n",
            ),
            ("[t]\nb = 1\n# c = \"\"\"\n# \"\"\"\na = 1\n", "[t]\na = 1\nb = 1\n# c = \"\"\"\n# \"\"\"\n"),
            // Below a header that is a comment nothing is moved.
            (
                "[t]\nb = 1\na = 1\n\n# more\n# [u]\n# a = 2\n",
                "[t]\na = 1\nb = 1\n\n# more\n# [u]\n# a = 2\n",
            ),
            ("[t]\nb = 1\nfremd = 1\na = 1\n", "[t]\na = 1\nb = 1\nfremd = 1\n"),
            // Comments above a header are its own; a commented key is that of the table before.
            (
                "# head\n[t]\nb = 1\na = 1\n# c = 1\n# of u\n[u]\n",
                "# head\n[t]\na = 1\nb = 1\n# c = 1\n# of u\n[u]\n",
            ),
            ("[t]\r\nb = 1\r\n\r\na = 1\r\n", "[t]\r\na = 1\r\n\r\nb = 1\r\n"),
        ] {
            assert_eq!(ordered(text), expected);
            assert_eq!(ordered(expected), expected, "twice is once");
        }
    }

    #[test]
    fn tables_take_what_belongs_to_them_along() {
        let text =
            "[a]\n\n# of c\n[a.c]\nx = 1\n\n# y = 1\n\n# of b\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n\n[z]\n";
        let tree = toml_tree::parse(&Source::new("a.toml", text)).0;
        let layout = Layout::of(text, &tree);
        let below = |table: &TableLines| table.path.len() > 1 && table.path[0] == "a";
        let (place, tables) = layout.ordered_tables(below, |table| table.path[1].clone()).unwrap();
        let ordered = format!("{}{tables}{}", &text[..place.start], &text[place.end..]);
        let expected =
            "[a]\n\n# of b\n[[a.b]]\nx = 1\n\n[[a.b]]\nx = 2\n# of c\n[a.c]\nx = 1\n\n# y = 1\n\n[z]\n";
        assert_eq!(ordered, expected);
        assert!(layout.ordered_tables(|table| table.path.len() == 1, |table| table.path.clone()).is_none());
    }
}
