//! Another order of the items of an agenda: their blocks move, with the comments that stand right above them.
//!
//! Knows nothing of what an item means.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use crate::record::edit::LineEnds;

/// The text of a session file with one item in another place, both counted from 0. The numbers stay in their order: what
/// stood third stands second then, with the second number. None if there are no such items.
pub fn moved(text: &str, from: usize, to: usize) -> Option<String> {
    let (ends, text) = LineEnds::taken_off(text);
    let mut document: DocumentMut = text.parse().ok()?;
    let blocks = document.get_mut("top")?.as_array_of_tables_mut()?;
    if from >= blocks.len() || to >= blocks.len() || from == to {
        return None;
    }
    let mut items: Vec<Table> = blocks.iter().cloned().collect();
    let first_place = items.iter().filter_map(Table::position).min();
    let numbers: Vec<Option<Value>> = items.iter().map(number).collect();
    let (gaps, words): (Vec<String>, Vec<String>) = items.iter().map(above).unzip();
    let mut order: Vec<usize> = (0..items.len()).collect();
    let moving = order.remove(from);
    order.insert(to, moving);
    items = order.iter().filter_map(|at| items.get(*at).cloned()).collect();
    let words = order.iter().map(|at| words[*at].as_str());
    for ((item, gap), own) in items.iter_mut().zip(&gaps).zip(words) {
        item.decor_mut().set_prefix(format!("{gap}{own}"));
        forget_places(item);
    }
    // Headings have no number, and get none.
    let with_number = items.iter_mut().filter(|item| number(item).is_some());
    for (item, number) in with_number.zip(numbers.into_iter().flatten()) {
        if let Some(own) = item.get_mut("nummer").and_then(Item::as_value_mut) {
            *own = number;
        }
    }
    items.first_mut()?.set_position(first_place);
    blocks.clear();
    blocks.extend(items);
    Some(ends.restore(document.to_string()))
}

fn number(item: &Table) -> Option<Value> {
    item.get("nummer").and_then(Item::as_value).cloned()
}

/// What stands above a block: what is about the place, and behind the last empty line what is about the block.
fn above(item: &Table) -> (String, String) {
    let all = item.decor().prefix().and_then(|words| words.as_str()).unwrap_or_default();
    let end = all.rfind("\n\n").map_or(usize::from(all.starts_with('\n')), |at| at + 2);
    (all[..end].to_owned(), all[end..].to_owned())
}

/// Tables without a place are written behind the one that they follow.
fn forget_places(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => forget_places(table),
            Item::ArrayOfTables(blocks) => ArrayOfTables::iter_mut(blocks).for_each(forget_places),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENDA: &str = "# Kopf\n[sitzung]\ngremium = \"Rat\" # hier\n\n# Über alle\n\n# zu A\n[[top]]\nnummer  = \"1\"\ntitel = \"A\" # a\n\n[[top]]\ntitel = \"Teil\"\n\n# zu B\n[[top]]\nnummer = \"2\"\ntitel = \"B\"\n[[top.unterlage]]\nart = \"Antrag\"\n\n[[top]]\nnummer = \"3\"\ntitel = \"C\"\n\n[[verteiler]]\nname = \"x\"\n";

    #[test]
    fn an_item_moves_with_its_comment_and_its_papers_and_numbers_stay() {
        let moved_up = moved(AGENDA, 2, 0).unwrap();
        let expected = "# Kopf\n[sitzung]\ngremium = \"Rat\" # hier\n\n# Über alle\n\n# zu B\n[[top]]\nnummer = \"1\"\ntitel = \"B\"\n[[top.unterlage]]\nart = \"Antrag\"\n\n# zu A\n[[top]]\nnummer  = \"2\"\ntitel = \"A\" # a\n\n[[top]]\ntitel = \"Teil\"\n\n[[top]]\nnummer = \"3\"\ntitel = \"C\"\n\n[[verteiler]]\nname = \"x\"\n";
        assert_eq!(moved_up, expected);
        assert_eq!(moved(&moved_up, 0, 2).as_deref(), Some(AGENDA));
        let windows = AGENDA.replace('\n', "\r\n");
        assert_eq!(moved(&windows, 2, 0), Some(expected.replace('\n', "\r\n")), "lines end as they did");
    }

    #[test]
    fn what_is_not_there_does_not_move() {
        for (from, to) in [(0, 0), (0, 4), (4, 0)] {
            assert_eq!(moved(AGENDA, from, to), None);
        }
        assert_eq!(moved("[sitzung]\n", 0, 1), None);
        assert_eq!(moved("kein TOML", 0, 1), None);
        assert_eq!(moved("top = [{ nummer = \"1\" }, {}]", 0, 1), None);
    }
}
