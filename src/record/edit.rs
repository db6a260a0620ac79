//! Changes to the text of a record as a form makes them: its comments and its layout stay.
//!
//! Knows nothing of browsers.

mod annexes;
mod blocks;
mod entries;
mod exceptions;
mod headers;

use std::borrow::Cow;

use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table as EditTable, TableLike, Value as EditValue,
};

pub(super) use annexes::next_label;
use entries::say;
pub(super) use entries::{ListEntry, arrange, known};
pub use exceptions::MadeExceptions;
pub(super) use headers::with_headers;

use super::schema::{Field, FieldKind, literal};
use crate::day::{Day, TimeOfDay};
use crate::toml_tree::{Node, Step, Value};

/// The text of a record while a form changes it.
#[derive(Debug)]
pub struct RecordEdit {
    document: DocumentMut,
    ends: LineEnds,
}

/// Gives a text after a change to it as TOML; its lines end as they did. None if it is no TOML, or is not changed.
pub(super) fn with_document(
    text: &str,
    change: impl FnOnce(&mut DocumentMut) -> Option<()>,
) -> Option<String> {
    let (ends, text) = LineEnds::taken_off(text);
    let mut document = text.parse().ok()?;
    change(&mut document)?;
    Some(ends.restore(document.to_string()))
}

/// How the lines of a file end. An editor of TOML writes `\n` alone, and looks for empty lines made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    /// As on Unix, or not all alike.
    Plain,
    /// As on Windows, all of them.
    Windows,
}

impl LineEnds {
    /// Looks how the lines of a text end, and gives the text as it is edited.
    fn taken_off(text: &str) -> (Self, Cow<'_, str>) {
        let all = text.matches('\n').count();
        if all > 0 && text.matches("\r\n").count() == all {
            (Self::Windows, plain_lines(text).into())
        } else {
            (Self::Plain, text.into())
        }
    }

    /// Ends the lines of a text that was edited as they ended before.
    fn restore(self, text: String) -> String {
        match self {
            Self::Plain => text,
            Self::Windows => plain_lines(&text).replace('\n', "\r\n"),
        }
    }
}

/// A change to the blocks of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockChange {
    /// An empty block at the end.
    Add,
    /// Without this block.
    Remove(usize),
    /// This block before the one that stands before it.
    Raise(usize),
}

enum OpenTable<'a> {
    Plain(&'a mut EditTable),
    Inline(&'a mut InlineTable),
}

impl RecordEdit {
    /// Begins with a text; none if it is no TOML.
    pub fn of(text: &str) -> Option<Self> {
        let (ends, text) = LineEnds::taken_off(text);
        Some(Self { document: text.parse().ok()?, ends })
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.ends.restore(self.document.to_string())
    }

    /// Writes what somebody typed into a field, as the field wants it if that can be told, else as a text. `form` is the
    /// table that the first `head` steps lead to. Tells whether there is a place for it.
    pub fn set(&mut self, form: &Field, head: usize, path: &[Step], typed: &str) -> bool {
        let Some(field) = field_at(form, &path[head..]) else { return false };
        if typed.trim().is_empty() {
            return self.clear(form, head, path, field);
        }
        self.put(form, head, path, value_of(field, typed))
    }

    /// Writes the elements of a list of single values.
    pub fn set_all(&mut self, form: &Field, head: usize, path: &[Step], typed: &[String]) -> bool {
        let Some(Field { kind: FieldKind::List(item), .. }) = field_at(form, &path[head..]) else {
            return false;
        };
        let said: Vec<EditValue> = typed.iter().map(|typed| value_of(item, typed)).collect();
        let Some((Step::Key(key), parent)) = path.split_last() else { return false };
        let own = match self.open(form, head, parent) {
            Some(OpenTable::Plain(table)) => table.get_mut(key).and_then(Item::as_array_mut),
            Some(OpenTable::Inline(table)) => table.get_mut(key).and_then(EditValue::as_array_mut),
            None => return false,
        };
        let Some(list) = own else {
            return self.put(form, head, path, EditValue::Array(said.into_iter().collect()));
        };
        say(list, said);
        true
    }

    /// Changes the blocks of a list; tells whether there was something to change.
    pub fn change_blocks(&mut self, form: &Field, head: usize, path: &[Step], change: BlockChange) -> bool {
        let Some((Step::Key(key), parent)) = path.split_last() else { return false };
        match self.open(form, head, parent) {
            Some(OpenTable::Plain(table)) => {
                let item = table.entry(key).or_insert(Item::None);
                let is_empty = item.is_none() || item.as_array().is_some_and(Array::is_empty);
                if is_empty && change == BlockChange::Add {
                    *item = Item::ArrayOfTables(ArrayOfTables::new());
                }
                let changed = match item {
                    Item::ArrayOfTables(blocks) => change_tables(blocks, change),
                    Item::Value(EditValue::Array(blocks)) => change_inline(blocks, change),
                    _ => false,
                };
                if item.is_none() || item.as_array_of_tables().is_some_and(ArrayOfTables::is_empty) {
                    table.remove(key);
                }
                changed
            }
            Some(OpenTable::Inline(table)) => {
                let blocks = table.entry(key).or_insert(EditValue::Array(Array::new()));
                blocks.as_array_mut().is_some_and(|blocks| change_inline(blocks, change))
            }
            None => false,
        }
    }

    /// Takes over what another text has at a place, with all below it.
    pub fn take(&mut self, form: &Field, head: usize, path: &[Step], from: &mut Self) -> bool {
        let Some((Step::Key(key), parent)) = path.split_last() else { return false };
        if from.open(form, head, parent).is_none() {
            return false;
        }
        let mut item = from.item(form, head, path);
        match &mut item {
            Item::ArrayOfTables(blocks) => blocks.iter_mut().for_each(forget_places),
            Item::Table(table) => forget_places(table),
            Item::None | Item::Value(_) => {}
        }
        match (self.open(form, head, parent), item) {
            (None, _) => return false,
            (Some(OpenTable::Plain(table)), Item::None) => drop(table.remove(key)),
            (Some(OpenTable::Inline(table)), Item::None) => drop(table.remove(key)),
            // A key that is there keeps the comment before it.
            (Some(OpenTable::Plain(table)), item) => match table.get_mut(key) {
                Some(own) => *own = item,
                None => drop(table.insert(key, item)),
            },
            (Some(OpenTable::Inline(table)), item) => {
                let Ok(value) = item.into_value() else { return false };
                match table.get_mut(key) {
                    Some(own) => *own = value,
                    None => drop(table.insert(key.as_str(), value)),
                }
            }
        }
        true
    }

    /// What stands at a place.
    fn item(&mut self, form: &Field, head: usize, path: &[Step]) -> Item {
        let Some((Step::Key(key), parent)) = path.split_last() else { return Item::None };
        match self.open(form, head, parent) {
            Some(OpenTable::Plain(table)) => table.get(key).cloned().unwrap_or_default(),
            Some(OpenTable::Inline(table)) => table.get(key).cloned().map(Item::Value).unwrap_or_default(),
            None => Item::None,
        }
    }

    fn put(&mut self, form: &Field, head: usize, path: &[Step], mut value: EditValue) -> bool {
        let Some((Step::Key(key), parent)) = path.split_last() else { return false };
        let replace = |table: &mut dyn TableLike, mut value: EditValue| {
            match table.get_mut(key) {
                Some(Item::Value(old)) => {
                    // What stands around it, such as a comment behind it, stays.
                    *value.decor_mut() = old.decor().clone();
                    *old = value;
                    true
                }
                Some(Item::None) | None => false,
                Some(other) => {
                    *other = Item::Value(value);
                    true
                }
            }
        };
        match self.open(form, head, parent) {
            Some(OpenTable::Plain(table)) => {
                if !replace(table, value.clone()) {
                    value.decor_mut().clear();
                    table.insert(key, Item::Value(value));
                }
            }
            Some(OpenTable::Inline(table)) => {
                if !replace(table, value.clone()) {
                    table.insert(key.as_str(), value);
                    table.fmt();
                }
            }
            None => return false,
        }
        true
    }

    /// A field that has to be filled stays with an empty text, and with the comment before it; another one goes.
    fn clear(&mut self, form: &Field, head: usize, path: &[Step], field: &Field) -> bool {
        if field.required {
            return self.put(form, head, path, EditValue::from(""));
        }
        let Some((Step::Key(key), parent)) = path.split_last() else { return false };
        match self.open(form, head, parent) {
            Some(OpenTable::Plain(table)) => drop(table.remove(key)),
            Some(OpenTable::Inline(table)) => drop(table.remove(key)),
            None => return false,
        }
        true
    }

    /// Opens the table that steps lead to; what is missing on the way is made as the form has it.
    fn open(&mut self, form: &Field, head: usize, path: &[Step]) -> Option<OpenTable<'_>> {
        let mut table = OpenTable::Plain(self.document.as_table_mut());
        let mut at = 0;
        while let Some(Step::Key(key)) = path.get(at) {
            at += 1;
            let has_header = at <= head || field_at(form, &path[head..at]).is_none_or(Field::has_own_header);
            let index = match path.get(at) {
                Some(Step::Index(index)) => Some(*index),
                _ => None,
            };
            at += usize::from(index.is_some());
            table = match table {
                OpenTable::Plain(table) => below(table, key, index, has_header)?,
                OpenTable::Inline(table) => below_inline(table, key, index)?,
            };
        }
        (at == path.len()).then_some(table)
    }
}

fn below<'a>(
    table: &'a mut EditTable,
    key: &str,
    index: Option<usize>,
    has_header: bool,
) -> Option<OpenTable<'a>> {
    if index.is_none() && table.get(key).is_none_or(Item::is_none) {
        let mut new = EditTable::new();
        new.set_dotted(!has_header);
        table.insert(key, Item::Table(new));
    }
    match (table.get_mut(key)?, index) {
        (Item::Table(table), None) => Some(OpenTable::Plain(table)),
        (Item::Value(EditValue::InlineTable(table)), None) => Some(OpenTable::Inline(table)),
        (Item::ArrayOfTables(blocks), Some(index)) => Some(OpenTable::Plain(blocks.get_mut(index)?)),
        (Item::Value(EditValue::Array(blocks)), Some(index)) => {
            Some(OpenTable::Inline(blocks.get_mut(index)?.as_inline_table_mut()?))
        }
        _ => None,
    }
}

fn below_inline<'a>(table: &'a mut InlineTable, key: &str, index: Option<usize>) -> Option<OpenTable<'a>> {
    if index.is_none() && !table.contains_key(key) {
        table.insert(key, EditValue::InlineTable(InlineTable::new()));
        table.fmt();
    }
    match (table.get_mut(key)?, index) {
        (EditValue::InlineTable(table), None) => Some(OpenTable::Inline(table)),
        (EditValue::Array(blocks), Some(index)) => {
            Some(OpenTable::Inline(blocks.get_mut(index)?.as_inline_table_mut()?))
        }
        _ => None,
    }
}

fn change_tables(blocks: &mut ArrayOfTables, change: BlockChange) -> bool {
    match change {
        BlockChange::Add => blocks.push(EditTable::new()),
        BlockChange::Remove(index) if index < blocks.len() => {
            let words = blocks.get(index).and_then(|block| block.decor().prefix().cloned());
            blocks.remove(index);
            // The comment before the first block is about all of them.
            if let (0, Some(words), Some(next)) = (index, words, blocks.get_mut(0)) {
                let own = next.decor().prefix().and_then(|own| own.as_str()).unwrap_or_default();
                if own.trim().is_empty() {
                    next.decor_mut().set_prefix(words);
                }
            }
        }
        BlockChange::Raise(index) if 0 < index && index < blocks.len() => {
            let mut all: Vec<EditTable> = blocks.iter().cloned().collect();
            let first = all.iter().filter_map(EditTable::position).min();
            let words: Vec<_> = all.iter().map(|block| block.decor().clone()).collect();
            all.swap(index - 1, index);
            for (block, words) in all.iter_mut().zip(words) {
                *block.decor_mut() = words;
                forget_places(block);
            }
            all[0].set_position(first);
            blocks.clear();
            blocks.extend(all);
        }
        _ => return false,
    }
    true
}

fn change_inline(blocks: &mut Array, change: BlockChange) -> bool {
    let mut wanted = known(blocks);
    match change {
        BlockChange::Add => wanted.push(ListEntry::New(InlineTable::new().into())),
        BlockChange::Remove(index) if index < wanted.len() => drop(wanted.remove(index)),
        BlockChange::Raise(index) if 0 < index && index < wanted.len() => wanted.swap(index - 1, index),
        _ => return false,
    }
    arrange(blocks, wanted);
    true
}

/// Tables without a place are written behind the one that they follow.
fn forget_places(table: &mut EditTable) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => forget_places(table),
            Item::ArrayOfTables(blocks) => blocks.iter_mut().for_each(forget_places),
            _ => {}
        }
    }
}

fn field_at<'a>(form: &'a Field, path: &[Step]) -> Option<&'a Field> {
    path.iter().try_fold(form, |field, step| match (step, &field.kind) {
        (Step::Key(key), FieldKind::Table(_)) => field.field(key),
        (Step::Index(_), FieldKind::List(item)) => Some(item.as_ref()),
        _ => None,
    })
}

fn value_of(field: &Field, typed: &str) -> EditValue {
    let is_text = matches!(field.kind, FieldKind::Text | FieldKind::RichText { .. } | FieldKind::Choice(_));
    let day =
        || Some(typed.trim().parse::<Day>().ok()?.to_string()).filter(|_| field.kind == FieldKind::Date);
    let meant = if is_text { None } else { day().or_else(|| literal(field, typed)) };
    let value = meant.and_then(|meant| meant.parse::<EditValue>().ok());
    value.unwrap_or_else(|| EditValue::from(typed))
}

/// What a form shows of a value, as people write it.
pub fn shown_value(field: &Field, node: Option<&Node>) -> String {
    let Some(node) = node else { return String::new() };
    match (&field.kind, &node.value) {
        (FieldKind::Date, _) if node.as_day().is_some() => {
            node.as_day().map(Day::in_numbers).unwrap_or_default()
        }
        (FieldKind::Time, _) if node.as_time().is_some() => {
            node.as_time().map(TimeOfDay::in_numbers).unwrap_or_default()
        }
        (FieldKind::RichText { .. }, Value::String(text)) => {
            plain_lines(text).trim_end_matches('\n').to_owned()
        }
        (_, Value::String(text)) => plain_lines(text),
        (_, Value::Float(number)) => number.to_string().replace('.', ","),
        _ => node.to_json().to_string().trim_matches('"').to_owned(),
    }
}

/// A text with the line ends that TOML files have here.
pub fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::schema::Schema;

    const SCHEMA: &str = r#"{ "type": "object", "additionalProperties": false, "required": ["a"], "properties": {
        "a": { "type": "string" }, "tag": { "type": "string", "format": "date" }, "betrag": { "type": "number" },
        "t": { "type": "object", "additionalProperties": false, "properties": { "jahr": { "type": "integer" } } },
        "b": { "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": {
            "x": { "type": "string" }, "u": { "type": "object", "additionalProperties": false, "properties": { "y": { "type": "string" } } } } } },
        "l": { "type": "array", "items": { "type": "string" } }
    } }"#;
    const RECORD: &str = "# oben\n[f] # Kopf\n# zu a\na = \"eins\" # dahinter\n\n# alle Blöcke\n[[f.b]]\nx = '1'\nu = { y = 'u' }\n\n[[f.b]]\nx = '2'\n\n[g]\nz = 1\n# unten\n";

    fn edited(text: &str, change: impl FnOnce(&mut RecordEdit, &Field)) -> String {
        let schema = Schema::new("f", SCHEMA).unwrap();
        let mut edit = RecordEdit::of(text).unwrap();
        change(&mut edit, &schema.root);
        edit.text()
    }

    fn path(text: &str) -> Vec<Step> {
        let step = |part: &str| part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index);
        text.split('.').map(step).collect()
    }

    #[test]
    fn values_change_and_all_around_them_stays() {
        let set =
            |at: &str, typed: &str| edited(RECORD, |edit, form| assert!(edit.set(form, 1, &path(at), typed)));
        assert_eq!(set("f.a", "zwei \"2\""), RECORD.replace("\"eins\"", "'zwei \"2\"'"));
        assert_eq!(set("f.a", ""), RECORD.replace("\"eins\"", "\"\""));
        assert_eq!(set("f.b.0.u.y", "neu"), RECORD.replace("'u'", "\"neu\""));
        assert_eq!(set("f.b.1.x", ""), RECORD.replace("x = '2'\n", ""));
    }

    #[test]
    fn lines_end_as_they_did() {
        let windows = RECORD.replace('\n', "\r\n");
        let set =
            |text: &str| edited(text, |edit, form| assert!(edit.set(form, 1, &path("f.b.1.u.y"), "neu")));
        assert_eq!(set(&windows), set(RECORD).replace('\n', "\r\n"));
    }

    #[test]
    fn what_is_typed_as_germans_do_becomes_toml() {
        for (at, typed, line) in [
            ("f.tag", "12.2.2026", "tag = 2026-02-12"),
            ("f.tag", "2026-02-12", "tag = 2026-02-12"),
            ("f.tag", "bald", "tag = \"bald\""),
            ("f.betrag", "1.234,56", "betrag = 1234.56"),
            ("f.t.jahr", "2026", "t.jahr = 2026"),
            ("f.b.1.u.y", "neu", "u.y = \"neu\""),
        ] {
            let text = edited(RECORD, |edit, form| assert!(edit.set(form, 1, &path(at), typed)));
            assert!(text.lines().any(|own| own == line), "{line}: {text}");
            assert!(text.len() == RECORD.len() + line.len() + 1, "{text}");
        }
    }

    #[test]
    fn blocks_are_added_moved_and_removed() {
        let change =
            |change| edited(RECORD, |edit, form| assert!(edit.change_blocks(form, 1, &path("f.b"), change)));
        let raised = change(BlockChange::Raise(1));
        let (two, one) = (raised.find("'2'").unwrap(), raised.find("'1'").unwrap());
        assert!(two < one && one < raised.find("[g]").unwrap(), "{raised}");
        assert!(raised.find("# alle Blöcke").unwrap() < two);
        let removed = change(BlockChange::Remove(0));
        assert!(removed.contains("# alle Blöcke\n[[f.b]]\nx = '2'") && !removed.contains("'1'"), "{removed}");
        let added = change(BlockChange::Add);
        assert_eq!(added.matches("[[f.b]]").count(), 3);
        assert!(added.rfind("[[f.b]]") < added.find("[g]"), "{added}");
        let first = edited("[f]\na = ''\n", |edit, form| {
            assert!(edit.change_blocks(form, 1, &path("f.b"), BlockChange::Add));
            assert!(!edit.change_blocks(form, 1, &path("f.b"), BlockChange::Raise(0)));
            assert!(edit.set_all(form, 1, &path("f.l"), &["x".into(), "y".into()]));
        });
        assert!(first.contains("[[f.b]]") && first.contains("l = [\"x\", \"y\"]"), "{first}");
    }

    #[test]
    fn there_is_no_place_for_what_the_form_does_not_have() {
        let text = edited(RECORD, |edit, form| {
            for at in ["f.fremd", "f.b.9.x", "f.a.x", "f.b.x"] {
                assert!(!edit.set(form, 1, &path(at), "x"), "{at}");
            }
            assert!(!edit.change_blocks(form, 1, &path("f.b"), BlockChange::Remove(9)));
        });
        assert_eq!(text, RECORD);
    }
}
