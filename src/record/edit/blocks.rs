//! Blocks of one text put into another.

use std::ops::Range;

use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table as EditTable, Value as EditValue};

use super::{OpenTable, RecordEdit, forget_places};
use crate::record::schema::Field;
use crate::toml_tree::Step;

impl RecordEdit {
    /// Puts some blocks that another text has in a list before the one at a place in the same list here, or at its end. Tells
    /// whether there were such blocks, and a place for them.
    pub fn add_blocks(
        &mut self,
        form: &Field,
        head: usize,
        path: &[Step],
        at: usize,
        from: &mut Self,
        blocks: Range<usize>,
    ) -> bool {
        let Some((Step::Key(key), parent)) = path.split_last() else { return false };
        let new: Option<Vec<EditTable>> = match from.item(form, head, path) {
            Item::ArrayOfTables(all) => blocks.map(|index| all.get(index).cloned()).collect(),
            Item::Value(EditValue::Array(all)) => {
                blocks.map(|index| Some(all.get(index)?.as_inline_table()?.clone().into_table())).collect()
            }
            _ => None,
        };
        let Some(new) = new else { return false };
        match self.open(form, head, parent) {
            Some(OpenTable::Plain(table)) => {
                match table.entry(key).or_insert(Item::ArrayOfTables(ArrayOfTables::new())) {
                    Item::ArrayOfTables(all) => insert_tables(all, at, new),
                    Item::Value(EditValue::Array(all)) => insert_inline(all, at, new),
                    _ => return false,
                }
            }
            Some(OpenTable::Inline(table)) => {
                match table.entry(key).or_insert(EditValue::Array(Array::new())) {
                    EditValue::Array(all) => insert_inline(all, at, new),
                    _ => return false,
                }
            }
            None => return false,
        }
        true
    }
}

fn insert_tables(all: &mut ArrayOfTables, at: usize, new: Vec<EditTable>) {
    let mut tables: Vec<EditTable> = all.iter().cloned().collect();
    let at = at.min(tables.len());
    let new = new.into_iter().map(|mut block| {
        forget_places(&mut block);
        block
    });
    tables.splice(at..at, new);
    // Those behind follow what is new.
    tables[at..].iter_mut().for_each(forget_places);
    all.clear();
    all.extend(tables);
}

fn insert_inline(all: &mut Array, at: usize, new: Vec<EditTable>) {
    let at = at.min(all.len());
    for (index, block) in new.into_iter().enumerate() {
        let mut block: InlineTable = block.into_inline_table();
        block.decor_mut().clear();
        all.insert(at + index, block);
    }
}
