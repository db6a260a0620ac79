//! The exceptions that a record makes, as a form changes them: added, taken away, with another reason.

use toml_edit::{Array, Item, TableLike, Value as EditValue};

use super::{ListEntry, OpenTable, RecordEdit, arrange};
use crate::record::proposal::exceptions::{KEY, REASON_KEY};
use crate::record::schema::Field;
use crate::toml_tree::Step;

/// The exceptions of a table of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeExceptions {
    /// The steps to the table.
    pub path: Vec<Step>,
    /// The codes, as the record names them.
    pub codes: Vec<String>,
    /// The reason that all of them have.
    pub reason: String,
}

impl RecordEdit {
    /// All exceptions of the record, in its order.
    pub fn exceptions(&self) -> Vec<MadeExceptions> {
        let mut found = Vec::new();
        gather(self.document.as_table(), Vec::new(), &mut found);
        found
    }

    /// Makes an exception of a code in a table, for a reason. Tells whether there is such a table.
    pub fn except(&mut self, form: &Field, head: usize, path: &[Step], code: &str, reason: &str) -> bool {
        let Some(table) = self.open(form, head, path) else { return false };
        changed(table, |codes, known| {
            codes.extend((!codes.iter().any(|own| own == code)).then(|| code.to_owned()));
            // All exceptions of a table have one reason.
            let known = Some(known.trim().to_owned()).filter(|known| !known.is_empty());
            known.map_or_else(|| reason.to_owned(), |known| format!("{known} {reason}"))
        })
    }

    /// Gives a table that has exceptions these, and no others. Without any it has no reason either. Tells whether it is there.
    pub fn set_exceptions(&mut self, form: &Field, made: &MadeExceptions) -> bool {
        let is_there = self.exceptions().iter().any(|own| own.path == made.path);
        let Some(table) = self.open(form, made.path.len(), &made.path).filter(|_| is_there) else {
            return false;
        };
        changed(table, |codes, _| {
            made.codes.clone_into(codes);
            made.reason.clone()
        })
    }

    /// Takes over what was done to exceptions between two texts. What was done to the same ones here stays beside it.
    pub(in crate::record) fn take_exceptions(&mut self, form: &Field, before: &Self, after: &Self) {
        let (before, mut after) = (before.exceptions(), after.exceptions());
        let none = |made: &MadeExceptions| MadeExceptions {
            codes: Vec::new(),
            reason: String::new(),
            ..made.clone()
        };
        let gone: Vec<_> =
            before.iter().filter(|old| after.iter().all(|new| new.path != old.path)).map(none).collect();
        after.extend(gone);
        for made in after {
            let here = self
                .exceptions()
                .into_iter()
                .find(|own| own.path == made.path)
                .unwrap_or_else(|| none(&made));
            let old = before.iter().find(|old| old.path == made.path).cloned().unwrap_or_else(|| none(&made));
            if old == made || here == made || !self.has_table(&made.path) {
                continue;
            }
            let Some(table) = self.open(form, made.path.len(), &made.path) else { continue };
            changed(table, |codes, _| {
                codes.retain(|code| made.codes.contains(code) || !old.codes.contains(code));
                let new = made.codes.iter().filter(|code| !old.codes.contains(code));
                let new: Vec<String> = new.filter(|code| !codes.contains(code)).cloned().collect();
                codes.extend(new);
                match (old.reason == here.reason, old.reason == made.reason) {
                    (true, _) => made.reason.clone(),
                    (_, true) => here.reason.clone(),
                    _ => format!("{} {}", here.reason, made.reason).trim().to_owned(),
                }
            });
        }
    }

    fn has_table(&self, path: &[Step]) -> bool {
        let below = |item, step: &Step| match step {
            Step::Key(key) => Item::get(item, key.as_str()),
            Step::Index(at) => Item::get(item, *at),
        };
        path.iter().try_fold(self.document.as_item(), below).is_some_and(Item::is_table_like)
    }
}

/// Changes the codes of a table, and gives them the reason that comes back.
fn changed(table: OpenTable<'_>, change: impl FnOnce(&mut Vec<String>, &str) -> String) -> bool {
    match table {
        OpenTable::Plain(table) => write(table, change),
        OpenTable::Inline(table) => {
            let is_written = write(table, change);
            table.fmt();
            is_written
        }
    }
}

fn write(table: &mut dyn TableLike, change: impl FnOnce(&mut Vec<String>, &str) -> String) -> bool {
    let mut codes = codes_of(table);
    let known = reason_of(table);
    let reason = change(&mut codes, &known);
    if codes.is_empty() {
        table.remove(KEY);
        table.remove(REASON_KEY);
        return true;
    }
    let list = table.entry(KEY).or_insert(Item::Value(EditValue::Array(Array::new())));
    let Some(list) = list.as_array_mut() else { return false };
    let own: Vec<Option<&str>> = list.iter().map(EditValue::as_str).collect();
    let is_kept = |own: &Option<&str>| own.is_none_or(|own| codes.iter().any(|code| code == own));
    let kept = own.iter().enumerate().filter(|(_, own)| is_kept(own));
    let new = codes.iter().filter(|code| !own.contains(&Some(code.as_str())));
    let wanted: Vec<ListEntry> = kept
        .map(|(at, _)| ListEntry::Known(at))
        .chain(new.map(|code| ListEntry::New(code.as_str().into())))
        .collect();
    arrange(list, wanted);
    match table.get_mut(REASON_KEY) {
        _ if reason == known && !reason.is_empty() => {}
        Some(Item::Value(old)) => {
            // What stands around it, such as a comment behind it, stays.
            let mut new = EditValue::from(reason);
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        _ => drop(table.insert(REASON_KEY, Item::Value(reason.into()))),
    }
    true
}

fn codes_of(table: &dyn TableLike) -> Vec<String> {
    let list = table.get(KEY).and_then(Item::as_array);
    list.into_iter().flatten().filter_map(|code| code.as_str().map(str::to_owned)).collect()
}

fn reason_of(table: &dyn TableLike) -> String {
    table.get(REASON_KEY).and_then(Item::as_str).unwrap_or_default().to_owned()
}

fn gather(table: &dyn TableLike, path: Vec<Step>, found: &mut Vec<MadeExceptions>) {
    let codes = codes_of(table);
    if !codes.is_empty() {
        found.push(MadeExceptions { path: path.clone(), codes, reason: reason_of(table) });
    }
    for (key, item) in table.iter() {
        let below = |index: Option<usize>| {
            let steps = [Some(Step::Key(key.to_owned())), index.map(Step::Index)];
            path.iter().cloned().chain(steps.into_iter().flatten()).collect::<Vec<Step>>()
        };
        match item {
            Item::Table(table) => gather(table, below(None), found),
            Item::ArrayOfTables(blocks) => {
                blocks.iter().enumerate().for_each(|(at, block)| gather(block, below(Some(at)), found));
            }
            Item::Value(EditValue::InlineTable(table)) => gather(table, below(None), found),
            Item::Value(EditValue::Array(blocks)) => {
                for (at, block) in blocks.iter().enumerate() {
                    block
                        .as_inline_table()
                        .into_iter()
                        .for_each(|block| gather(block, below(Some(at)), found));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::schema::Schema;

    const RECORD: &str = "[a] # Kopf\nx = 1\n# warum\nausnahmen = [\"F1\", \"F2\"] # zwei\nausnahmen_grund = 'so' # Grund\n[[a.l]]\ny = 1\n[[a.l]]\nausnahmen = ['F3']\nausnahmen_grund = 'anders'\nz = [{ ausnahmen = ['F4'], ausnahmen_grund = 'innen' }]\n";

    fn form() -> Field {
        let schema = r#"{ "type": "object", "additionalProperties": false, "properties": {} }"#;
        Schema::new("", schema).unwrap().root
    }

    fn made(path: &str, codes: &[&str], reason: &str) -> MadeExceptions {
        let step = |part: &str| part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index);
        MadeExceptions {
            path: path.split('.').map(step).collect(),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            reason: reason.into(),
        }
    }

    #[test]
    fn all_are_found_and_each_can_be_changed_and_taken_away() {
        let edit = RecordEdit::of(RECORD).unwrap();
        let all = [
            made("a", &["F1", "F2"], "so"),
            made("a.l.1", &["F3"], "anders"),
            made("a.l.1.z.0", &["F4"], "innen"),
        ];
        assert_eq!(edit.exceptions(), all);
        let set = |made: MadeExceptions| {
            let mut edit = RecordEdit::of(RECORD).unwrap();
            assert!(edit.set_exceptions(&form(), &made));
            edit.text()
        };
        all.into_iter().for_each(|made| assert_eq!(set(made), RECORD));
        assert_eq!(set(made("a", &["F2"], "so")), RECORD.replace("[\"F1\", \"F2\"]", "[\"F2\"]"));
        assert_eq!(
            set(made("a", &["F1"], "neu")),
            RECORD.replace("[\"F1\", \"F2\"]", "[\"F1\"]").replace("'so'", "\"neu\"")
        );
        assert_eq!(
            set(made("a.l.1", &[], "")),
            RECORD.replace("ausnahmen = ['F3']\nausnahmen_grund = 'anders'\n", "")
        );
        assert!(set(made("a.l.1.z.0", &[], "")).contains("z = [{"), "{}", set(made("a.l.1.z.0", &[], "")));
        let mut edit = RecordEdit::of(RECORD).unwrap();
        for path in ["b", "a.l.0", "a.l.9", "a.x"] {
            assert!(!edit.set_exceptions(&form(), &made(path, &["F9"], "x")), "{path}");
        }
    }

    #[test]
    fn what_two_do_to_exceptions_is_both_there() {
        let merged = |mine: &str, theirs: &str| {
            let of = |text: &str| RecordEdit::of(text).unwrap();
            let mut edit = of(theirs);
            edit.take_exceptions(&form(), &of(RECORD), &of(mine));
            edit.exceptions().swap_remove(0)
        };
        let without = RECORD.replace("\"F1\", ", "");
        let more = RECORD.replace("\"F2\"", "\"F2\", 'F5'").replace("'so'", "'so und so'");
        assert_eq!(merged(&without, RECORD), made("a", &["F2"], "so"));
        assert_eq!(merged(&without, &more), made("a", &["F2", "F5"], "so und so"));
        assert_eq!(merged(&more, &without), made("a", &["F2", "F5"], "so und so"));
        assert_eq!(
            merged(&RECORD.replace("'so'", "'weil'"), &more),
            made("a", &["F1", "F2", "F5"], "so und so weil")
        );
        let first = RECORD.replace("y = 1", "y = 1\nausnahmen = ['F6']\nausnahmen_grund = 'x'");
        let of = |text: &str| RecordEdit::of(text).unwrap();
        let mut edit = of(RECORD);
        edit.take_exceptions(&form(), &of(RECORD), &of(&first));
        assert!(edit.exceptions().contains(&made("a.l.0", &["F6"], "x")));
        let mut edit = of("[b]\n");
        edit.take_exceptions(&form(), &of(RECORD), &of(&more));
        assert_eq!(edit.text(), "[b]\n");
    }
}
