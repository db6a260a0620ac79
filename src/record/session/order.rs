//! The blocks of a list in a session file: moved with the comments that stand right above them, added, removed.
//!
//! Knows nothing of what a block means, but that items of an agenda have numbers.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use crate::record::edit::with_document;

/// The list of the items of an agenda.
pub(super) const ITEMS: &str = "top";

/// The text of a session file with one block of a list in another place, both counted from 0. The numbers of items stay in
/// their order: what stood third stands second then, with the second number. None if there are no such blocks.
pub(super) fn moved(text: &str, list: &str, from: usize, to: usize) -> Option<String> {
    with_document(text, |document| {
        let blocks = document.get_mut(list)?.as_array_of_tables_mut()?;
        if from >= blocks.len() || to >= blocks.len() || from == to {
            return None;
        }
        let mut items: Vec<Table> = blocks.iter().cloned().collect();
        let first_place = items.iter().filter_map(Table::position).min();
        let numbers: Vec<Option<Value>> = items.iter().map(number).collect();
        let (gaps, words): (Vec<String>, Vec<String>) = items.iter().map(above).unzip();
        let order = order(items.len(), from, to);
        items = order.iter().filter_map(|at| items.get(*at).cloned()).collect();
        let words = order.iter().map(|at| words[*at].as_str());
        for ((item, gap), own) in items.iter_mut().zip(&gaps).zip(words) {
            item.decor_mut().set_prefix(format!("{gap}{own}"));
            forget_places(item);
        }
        // Headings have no number, and get none.
        let with_number = items.iter_mut().filter(|item| list == ITEMS && number(item).is_some());
        for (item, number) in with_number.zip(numbers.into_iter().flatten()) {
            if let Some(own) = item.get_mut("nummer").and_then(Item::as_value_mut) {
                *own = number;
            }
        }
        items.first_mut()?.set_position(first_place);
        blocks.clear();
        blocks.extend(items);
        Some(())
    })
}

/// Where each item stood before one of them moved; both places are those of items.
pub(super) fn order(count: usize, from: usize, to: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let moving = order.remove(from);
    order.insert(to, moving);
    order
}

/// The text of a session file with an empty block before the one that stands there, or at the end of its list. None if there
/// is no such place.
pub(super) fn added(text: &str, list: &str, at: usize) -> Option<String> {
    with_document(text, |document| {
        let item = document.entry(list).or_insert(Item::None);
        if item.is_none() || item.as_array().is_some_and(Array::is_empty) {
            *item = Item::ArrayOfTables(ArrayOfTables::new());
        }
        let blocks = item.as_array_of_tables_mut().filter(|blocks| at <= blocks.len())?;
        let is_last = at == blocks.len();
        let before = blocks.iter().last().and_then(Table::position);
        let mut block = Table::new();
        if let (0, Some(first)) = (at, blocks.get_mut(0)) {
            let (gap, words) = above(first);
            block.decor_mut().set_prefix(gap);
            block.set_position(first.position());
            first.decor_mut().set_prefix(format!("\n{words}"));
        }
        blocks.insert(at, block);
        // What stands at the end of the file is about what is above it, and stays there.
        let is_end = is_last && (before.is_none() || below(document, before).is_none());
        let end = document.trailing().as_str().unwrap_or_default().to_owned();
        if is_end && !end.trim().is_empty() {
            document.set_trailing("");
            let blocks = document.get_mut(list)?.as_array_of_tables_mut()?;
            blocks.get_mut(at)?.decor_mut().set_prefix(format!("{end}\n"));
        }
        Some(())
    })
}

/// The text of a session file with the blocks of a list as they are to be: each is named by where it stood, or is a new one.
/// Those that are not named go. None if one is named that is not there, or twice.
pub(super) fn arranged(text: &str, list: &str, count: usize, blocks: &[Option<usize>]) -> Option<String> {
    let kept: Vec<usize> = blocks.iter().copied().flatten().collect();
    let mut now: Vec<usize> = (0..count).filter(|at| kept.contains(at)).collect();
    if now.len() != kept.len() {
        return None;
    }
    let mut text = text.to_owned();
    for at in (0..count).rev().filter(|at| !kept.contains(at)) {
        text = removed(&text, list, at)?;
    }
    for (to, wanted) in kept.iter().enumerate() {
        let from = now.iter().position(|own| own == wanted)?;
        if from != to {
            text = moved(&text, list, from, to)?;
            now.remove(from);
            now.insert(to, *wanted);
        }
    }
    let new = blocks.iter().enumerate().filter(|(_, block)| block.is_none());
    new.map(|(at, _)| at).try_fold(text, |text, at| added(&text, list, at))
}

/// The text of a session file without a block of a list. What stands above it, apart from it by an empty line, stays.
pub(super) fn removed(text: &str, list: &str, at: usize) -> Option<String> {
    with_document(text, |document| {
        let blocks = document.get_mut(list)?.as_array_of_tables_mut()?;
        let block = blocks.get(at)?;
        let (place, (gap, _)) = (block.position(), above(block));
        blocks.remove(at);
        let is_last = at == blocks.len();
        let kept = |below: &str| format!("{gap}{}", below.strip_prefix('\n').unwrap_or(below));
        if !gap.trim().is_empty() {
            let next = if is_last { below(document, place) } else { blocks.get_mut(at) };
            match next {
                Some(next) => {
                    let own = next.decor().prefix().and_then(|words| words.as_str()).unwrap_or_default();
                    let words = kept(own);
                    next.decor_mut().set_prefix(words);
                }
                None => {
                    let words = kept(document.trailing().as_str().unwrap_or_default());
                    // A file ends with a line, and not with an empty one.
                    let end = words.strip_suffix("\n").filter(|words| words.ends_with('\n'));
                    document.set_trailing(end.unwrap_or(&words).to_owned());
                }
            }
        }
        if document.get(list).and_then(Item::as_array_of_tables).is_some_and(ArrayOfTables::is_empty) {
            document.remove(list);
        }
        Some(())
    })
}

/// The first table of the file below a place.
fn below(document: &mut DocumentMut, place: Option<isize>) -> Option<&mut Table> {
    let tables = document.iter_mut().flat_map(|(_, item)| match item {
        Item::Table(table) => vec![table],
        Item::ArrayOfTables(blocks) => blocks.iter_mut().collect(),
        _ => Vec::new(),
    });
    tables.filter(|table| table.position() > place).min_by_key(|table| table.position())
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
        let moved_up = moved(AGENDA, ITEMS, 2, 0).unwrap();
        let expected = "# Kopf\n[sitzung]\ngremium = \"Rat\" # hier\n\n# Über alle\n\n# zu B\n[[top]]\nnummer = \"1\"\ntitel = \"B\"\n[[top.unterlage]]\nart = \"Antrag\"\n\n# zu A\n[[top]]\nnummer  = \"2\"\ntitel = \"A\" # a\n\n[[top]]\ntitel = \"Teil\"\n\n[[top]]\nnummer = \"3\"\ntitel = \"C\"\n\n[[verteiler]]\nname = \"x\"\n";
        assert_eq!(moved_up, expected);
        assert_eq!(moved(&moved_up, ITEMS, 0, 2).as_deref(), Some(AGENDA));
        let windows = AGENDA.replace('\n', "\r\n");
        assert_eq!(
            moved(&windows, ITEMS, 2, 0),
            Some(expected.replace('\n', "\r\n")),
            "lines end as they did"
        );
    }

    #[test]
    fn blocks_of_a_list_are_put_in_order_with_their_comments() {
        let list = "[sitzung]\n\n# Wer was bekommt\n\n# die Fraktion\n[[verteiler]]\nname = \"a\" # A\n\n# der Rat\n[[verteiler]]\nname = \"b\"\n\n[[verteiler]]\nname = \"c\"\n# Ende\n";
        let arranged = |blocks: &[Option<usize>]| super::arranged(list, "verteiler", 3, blocks);
        assert_eq!(arranged(&[Some(0), Some(1), Some(2)]).as_deref(), Some(list));
        let expected = "[sitzung]\n\n# Wer was bekommt\n\n[[verteiler]]\nname = \"c\"\n\n[[verteiler]]\n\n# die Fraktion\n[[verteiler]]\nname = \"a\" # A\n# Ende\n";
        assert_eq!(arranged(&[Some(2), None, Some(0)]).as_deref(), Some(expected));
        assert_eq!(arranged(&[]).as_deref(), Some("[sitzung]\n\n# Wer was bekommt\n\n# Ende\n"));
        for none in [&[Some(3)][..], &[Some(1), Some(1)]] {
            assert_eq!(arranged(none), None, "{none:?}");
        }
        let end = "[sitzung]\n\n# ort = \"\"\n";
        let added = format!("{end}\n[[verteiler]]\n");
        assert_eq!(
            super::arranged(end, "verteiler", 0, &[None]).as_ref(),
            Some(&added),
            "keys are not taken over"
        );
        assert_eq!(super::arranged(&added, "verteiler", 1, &[]).as_deref(), Some(end));
        let twice = format!("{added}# name = \"\"\n");
        let more = super::arranged(&twice, "verteiler", 1, &[Some(0), None]);
        assert_eq!(more, Some(format!("{twice}\n[[verteiler]]\n")));
        let first = super::arranged("[sitzung]\n", "verteiler", 0, &[None]);
        assert_eq!(first.as_deref(), Some("[sitzung]\n\n[[verteiler]]\n"));
    }

    #[test]
    fn what_is_not_there_does_not_move() {
        for (from, to) in [(0, 0), (0, 4), (4, 0)] {
            assert_eq!(moved(AGENDA, ITEMS, from, to), None);
        }
        assert_eq!(moved("[sitzung]\n", ITEMS, 0, 1), None);
        assert_eq!(moved("kein TOML", ITEMS, 0, 1), None);
        assert_eq!(moved("top = [{ nummer = \"1\" }, {}]", ITEMS, 0, 1), None);
    }
}
