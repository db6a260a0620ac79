//! The changes that somebody makes to a session file with a form: text becomes text, and comments and layout stay.
//!
//! Knows nothing of browsers, and does not judge what is typed: reading the new text does.

use toml_edit::{Array, DocumentMut, Item, Key, Table, Value};

use super::SCHEMA;
use super::item_number::ItemNumber;
use super::order::{ITEMS, added, arranged, moved, order, removed};
use crate::diagnostics::Source;
use crate::record::edit::{
    BlockChange, ListEntry, RecordEdit, arrange, known, shown_value, with_document, with_headers,
};
use crate::record::merge::elements;
use crate::record::schema::{Field, FieldKind, Filled};
use crate::toml_tree::{self, Node, Step};

/// The list of what is let into public.
const RELEASES: &str = "freigabe";

/// A change to a session file. Items, records, papers and other blocks are counted from 0, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionChange {
    /// An item stands elsewhere; the numbers stay in their order.
    Move {
        /// Where it stands.
        from: usize,
        /// Where it is to stand.
        to: usize,
    },
    /// There is one item more.
    Add {
        /// Where it is to stand.
        at: usize,
        /// What it says.
        words: Words,
    },
    /// There is one item less, with its papers.
    Remove {
        /// The item.
        item: usize,
    },
    /// An item says something else.
    Fill {
        /// The item.
        item: usize,
        /// What it says; other fields stay.
        words: Words,
    },
    /// An item has one record more.
    AddRecord {
        /// The item.
        item: usize,
        /// The path of the record, as the session file is to name it.
        path: String,
    },
    /// An item has one record less.
    RemoveRecord {
        /// The item.
        item: usize,
        /// Which of its records.
        record: usize,
    },
    /// An item has one paper without a record more.
    AddPaper {
        /// The item.
        item: usize,
        /// What the session file says of the paper.
        words: Words,
    },
    /// The session file says something else of a paper.
    FillPaper {
        /// The item.
        item: usize,
        /// Which of its papers.
        paper: usize,
        /// What it says; other fields stay.
        words: Words,
    },
    /// An item has one paper without a record less.
    RemovePaper {
        /// The item.
        item: usize,
        /// Which of its papers.
        paper: usize,
    },
    /// A list besides the agenda has other blocks, or has them in another order.
    Arrange {
        /// The key of the list.
        list: String,
        /// The blocks as they are to stand: where each stood, or none for a new one.
        blocks: Vec<Option<usize>>,
    },
    /// Tables besides the agenda, or blocks of a list, say something else: each by the way to it. Other fields stay.
    FillTables(Vec<(Vec<Step>, Words)>),
}

/// What somebody typed into fields, by their keys in the schema; nothing takes a field away.
pub type Words = Vec<(String, String)>;

/// Why a session file cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChangeable {
    /// There is no such item, record, paper, block or field.
    NoSuchPlace,
    /// A release names a number that several items have: nobody can tell which of them it is for afterwards.
    UnclearRelease,
}

/// The text of a session file after changes, one upon the other.
pub fn changed(text: &str, changes: &[SessionChange]) -> Result<String, NotChangeable> {
    changes.iter().try_fold(text.to_owned(), |text, change| {
        let text = change.list_needed(&text).and_then(|list| with_headers(&text, list)).unwrap_or(text);
        let after = change.on(&text).ok_or(NotChangeable::NoSuchPlace)?;
        match change.origins(numbers(&text).len()) {
            Some(origins) => with_releases(&text, after, &origins).ok_or(NotChangeable::UnclearRelease),
            None => Ok(after),
        }
    })
}

impl SessionChange {
    fn on(&self, text: &str) -> Option<String> {
        match self {
            Self::Move { from, to } => moved(text, ITEMS, *from, *to),
            Self::Add { at, words } => filled(&added(text, ITEMS, *at)?, &item_path(*at), words),
            Self::Remove { item } => removed(text, ITEMS, *item),
            Self::Fill { item, words } => filled(text, &item_path(*item), words),
            Self::AddRecord { item, path } => on_item(text, *item, |table| add_record(table, path)),
            Self::RemoveRecord { item, record } => {
                on_item(text, *item, |table| remove_record(table, *record))
            }
            Self::AddPaper { item, words } => {
                let papers = papers_path(*item);
                let count =
                    session_part(&tree(text), &papers)?.node.and_then(Node::as_array).map_or(0, <[_]>::len);
                let text = with_blocks(text, &papers, BlockChange::Add)?;
                filled(&text, &[&papers[..], &[Step::Index(count)]].concat(), words)
            }
            Self::FillPaper { item, paper, words } => {
                filled(text, &[&papers_path(*item)[..], &[Step::Index(*paper)]].concat(), words)
            }
            Self::RemovePaper { item, paper } => {
                with_blocks(text, &papers_path(*item), BlockChange::Remove(*paper))
            }
            Self::Arrange { list, blocks } => {
                let tree = tree(text);
                let known = session_part(&tree, &[Step::Key(list.clone())])?;
                let is_other = known.field.is_list_of_blocks() && list != ITEMS;
                is_other.then(|| arranged(text, list, known.parts().len(), blocks)).flatten()
            }
            Self::FillTables(tables) => all_filled(text, tables),
        }
    }

    /// The list whose blocks this needs to have headers of their own: what it puts in another order, and releases that go along
    /// with their items.
    fn list_needed(&self, text: &str) -> Option<&str> {
        match self {
            Self::Arrange { list, blocks } => {
                let stays = blocks.iter().enumerate().all(|(at, block)| *block == Some(at));
                let count = session_part(&tree(text), &[Step::Key(list.clone())])
                    .map_or(0, |list| list.parts().len());
                (!stays || count != blocks.len()).then_some(list)
            }
            Self::Move { .. } | Self::Add { .. } | Self::Remove { .. } | Self::Fill { .. } => {
                let tree = tree(text);
                let releases = session_part(&tree, &[Step::Key(RELEASES.into())]).map(Filled::parts);
                let names_item = |release: &Filled<'_>| {
                    release.node.and_then(Node::as_table).is_some_and(|own| own.get("top").is_some())
                };
                releases.is_some_and(|all| all.iter().any(names_item)).then_some(RELEASES)
            }
            _ => None,
        }
    }

    /// Where each item stood before, none for a new one, if items may have other numbers afterwards. `count` is how many
    /// there were.
    fn origins(&self, count: usize) -> Option<Vec<Option<usize>>> {
        let mut all: Vec<Option<usize>> = (0..count).map(Some).collect();
        // Of an agenda without end only the beginning is read.
        match self {
            Self::Move { from, to } if (*from).max(*to) < count => {
                all = order(count, *from, *to).into_iter().map(Some).collect();
            }
            Self::Add { at, .. } if *at <= count => all.insert(*at, None),
            Self::Remove { item } if *item < count => drop(all.remove(*item)),
            Self::Move { .. } | Self::Add { .. } | Self::Remove { .. } | Self::Fill { .. } => {}
            _ => return None,
        }
        Some(all)
    }
}

/// The way to an item in a session file.
pub fn item_path(item: usize) -> Vec<Step> {
    vec![Step::Key(ITEMS.into()), Step::Index(item)]
}

/// The way to the papers of an item that no record describes.
pub fn papers_path(item: usize) -> Vec<Step> {
    [item_path(item), vec![Step::Key("unterlage".into())]].concat()
}

/// What a session file says besides its agenda, part by part.
pub fn session_parts() -> impl Iterator<Item = &'static Field> {
    SCHEMA.root.fields().iter().filter(|field| field.key != ITEMS)
}

/// What a session file has at the end of a way, beside what the schema says of it. None if the schema has no such place.
pub fn session_part<'a>(tree: &'a Node, path: &[Step]) -> Option<Filled<'a>> {
    path.iter().try_fold(Filled::new(&SCHEMA.root, Some(tree)), |filled, step| filled.part(step))
}

fn tree(text: &str) -> Node {
    toml_tree::parse(&Source::new("", text)).0
}

fn filled(text: &str, path: &[Step], words: &Words) -> Option<String> {
    all_filled(text, &[(path.to_vec(), words.clone())])
}

fn all_filled(text: &str, tables: &[(Vec<Step>, Words)]) -> Option<String> {
    let tree = tree(text);
    let mut edit = RecordEdit::of(text)?;
    tables.iter().try_for_each(|(path, words)| fill(&mut edit, &tree, path, words))?;
    Some(edit.text())
}

/// Writes words into a table of a text whose tree this is.
fn fill(edit: &mut RecordEdit, tree: &Node, path: &[Step], words: &Words) -> Option<()> {
    let block = session_part(tree, path)?;
    block.node?;
    for (key, typed) in words {
        let field = block.part(&Step::Key(key.clone()))?;
        let own = [path, &[Step::Key(key.clone())]].concat();
        if field.field.is_list_of_blocks() || matches!(field.field.kind, FieldKind::Table(_)) {
            return None;
        }
        if matches!(field.field.kind, FieldKind::List(_)) {
            let typed: Vec<String> = typed.lines().map(in_one_line).filter(|line| !line.is_empty()).collect();
            let is_done = match (typed == elements(field), typed.is_empty()) {
                (true, _) => true,
                (_, true) => edit.set(&SCHEMA.root, 0, &own, ""),
                _ => edit.set_all(&SCHEMA.root, 0, &own, &typed),
            };
            is_done.then_some(())?;
            continue;
        }
        let typed = in_one_line(typed);
        // An empty text that holds a place in a new file is no answer to what need not be answered.
        let is_held = typed.is_empty() && field.node.is_some() && !field.field.required;
        if typed == in_one_line(&shown_value(field.field, field.node)) && !is_held {
            continue;
        }
        edit.set(&SCHEMA.root, 0, &own, &typed).then_some(())?;
    }
    Some(())
}

fn in_one_line(typed: &str) -> String {
    let typed: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    typed.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn with_blocks(text: &str, path: &[Step], change: BlockChange) -> Option<String> {
    let tree = tree(text);
    let (_, item) = path.split_last()?;
    session_part(&tree, item)?.node?;
    let mut edit = RecordEdit::of(text)?;
    edit.change_blocks(&SCHEMA.root, 0, path, change).then(|| edit.text())
}

fn on_item(text: &str, item: usize, change: impl FnOnce(&mut Table) -> Option<()>) -> Option<String> {
    with_document(text, |document| change(document.get_mut(ITEMS)?.as_array_of_tables_mut()?.get_mut(item)?))
}

fn add_record(table: &mut Table, path: &str) -> Option<()> {
    if let Some(list) = table.get_mut("vorlagen") {
        let list = list.as_array_mut()?;
        let wanted = known(list).into_iter().chain([ListEntry::New(path.into())]).collect();
        arrange(list, wanted);
        return Some(());
    }
    match table.get_mut("vorlage") {
        None => drop(table.insert("vorlage", Item::Value(path.into()))),
        Some(one) if one.as_str()?.trim().is_empty() => {
            let mut value = Value::from(path);
            *value.decor_mut() = one.as_value()?.decor().clone();
            *one = Item::Value(value);
        }
        Some(_) => {
            // One record becomes the first of several, at the same place.
            let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
            let (key, one) = table.remove_entry("vorlage")?;
            let mut one = one.into_value().ok()?;
            let mut list = Array::new();
            *list.decor_mut() = std::mem::take(one.decor_mut());
            list.push_formatted(one);
            arrange(&mut list, vec![ListEntry::Known(0), ListEntry::New(path.into())]);
            let key = Key::new("vorlagen").with_leaf_decor(key.leaf_decor().clone());
            table.insert_formatted(&key, Item::Value(list.into()));
            let place = |key: &str| {
                keys.iter().position(|own| own == if key == "vorlagen" { "vorlage" } else { key })
            };
            table.sort_values_by(|one, _, other, _| place(one).cmp(&place(other)));
        }
    }
    Some(())
}

/// Takes a record away, counted as the session is read: `vorlage`, then `vorlagen`, without empty texts.
fn remove_record(table: &mut Table, record: usize) -> Option<()> {
    let is_one = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
    let before = usize::from(is_one(table.get("vorlage").and_then(Item::as_str)));
    if record < before {
        table.remove("vorlage");
        return Some(());
    }
    let list = table.get_mut("vorlagen")?.as_array_mut()?;
    let named: Vec<usize> =
        (0..list.len()).filter(|at| is_one(list.get(*at).and_then(Value::as_str))).collect();
    let at = *named.get(record - before)?;
    let mut wanted = known(list);
    wanted.remove(at);
    arrange(list, wanted);
    if list.is_empty() {
        table.remove("vorlagen");
    }
    Some(())
}

/// The numbers of the items of a session file, as releases name them.
fn numbers(text: &str) -> Vec<Option<String>> {
    let tree = tree(text);
    let items = session_part(&tree, &[Step::Key(ITEMS.into())]).map(Filled::parts).unwrap_or_default();
    let number = |item: Filled<'_>| Some(in_one_line(item.node?.as_table()?.get("nummer")?.as_str()?));
    items.into_iter().map(number).collect()
}

/// The items of a text that have a number which a release names and which no item had before: each by its place, with the words
/// of that release. It was made for something else, or for nothing yet, and would let that through for them.
pub fn awakened(before: &str, after: &str) -> Vec<(usize, String)> {
    let read = |text: &str| -> Vec<Option<ItemNumber>> {
        numbers(text).iter().map(|own| own.as_ref()?.parse().ok()).collect()
    };
    let (old, new, tree) = (read(before), read(after), tree(before));
    let releases = session_part(&tree, &[Step::Key(RELEASES.into())]).map(Filled::parts).unwrap_or_default();
    let mut awakened = Vec::new();
    for release in releases.iter().filter_map(|release| release.node?.as_table()) {
        let text = |key: &str| release.get(key).and_then(Node::as_str);
        let Some(number) = text("top").and_then(|own| in_one_line(own).parse::<ItemNumber>().ok()) else {
            continue;
        };
        let has_it = |own: &Option<ItemNumber>| own.as_ref() == Some(&number);
        let items = (0..new.len()).filter(|at| has_it(&new[*at]) && !old.iter().any(has_it));
        let words = in_one_line(text("text").or_else(|| text("befund")).unwrap_or_default());
        awakened.extend(items.map(|at| (at, words.clone())));
    }
    awakened
}

/// A release that is limited to an item names its number, goes along with it, and goes when it does: else what was let
/// through for one item would be for another. `origins` says for each item where it stood before. None if a release names
/// a number that several items have, and others would have it afterwards.
fn with_releases(before: &str, after: String, origins: &[Option<usize>]) -> Option<String> {
    let (old, new) = (numbers(before), numbers(&after));
    let named = |release: &Table| Some(in_one_line(release.get("top")?.as_str()?));
    // Numbers that people read alike are the same.
    let read = |numbers: &[Option<String>]| -> Vec<Option<ItemNumber>> {
        numbers.iter().map(|own| own.as_ref()?.parse().ok()).collect()
    };
    let (old_read, new_read) = (read(&old), read(&new));
    let with = |numbers: &[Option<ItemNumber>], wanted: &str| -> Vec<usize> {
        let Ok(wanted) = wanted.parse::<ItemNumber>() else { return Vec::new() };
        (0..numbers.len()).filter(|at| numbers[*at].as_ref() == Some(&wanted)).collect()
    };
    let place = |release: &Table| match with(&old_read, &named(release)?)[..] {
        [place] => Some(place),
        _ => None,
    };
    let number_now =
        |place: usize| new.get(origins.iter().position(|origin| *origin == Some(place))?)?.as_deref();
    let is_unclear = |release: &Table| {
        let Some(named) = named(release) else { return false };
        let before: Vec<Option<usize>> = with(&old_read, &named).into_iter().map(Some).collect();
        let now = with(&new_read, &named).into_iter();
        let mut now: Vec<Option<usize>> = now.map(|at| origins.get(at).copied().flatten()).collect();
        now.sort();
        before.len() > 1 && before != now
    };
    let document: DocumentMut = before.parse().ok()?;
    let releases = document.get(RELEASES).and_then(Item::as_array_of_tables);
    if releases.is_some_and(|releases| releases.iter().any(is_unclear)) {
        return None;
    }
    let changed = with_document(&after, |document| {
        let releases = document.get_mut(RELEASES)?.as_array_of_tables_mut()?;
        let count = releases.len();
        releases.retain(|release| place(release).is_none_or(|place| origins.contains(&Some(place))));
        let mut is_changed = releases.len() < count;
        for release in releases.iter_mut() {
            let Some(place) = place(release) else { continue };
            let (Some(now), Some(Item::Value(own))) = (number_now(place), release.get_mut("top")) else {
                continue;
            };
            if old[place].as_deref() != Some(now) {
                let mut value = Value::from(now);
                *value.decor_mut() = own.decor().clone();
                *own = value;
                is_changed = true;
            }
        }
        is_changed.then_some(())
    });
    Some(changed.unwrap_or(after))
}

#[cfg(test)]
mod tests;
