//! Two changes to one record brought together, field by field.
//!
//! Knows nothing of files and browsers.

use std::collections::BTreeMap;

use url::form_urlencoded::byte_serialize;

use super::edit::{RecordEdit, next_label, shown_value};
use super::proposal::{FILE_ANNEX, PROPOSAL, Proposal};
use super::schema::{Field, FieldKind, Filled};
use crate::toml_tree::{Node, Step};

/// A field of a record that holds a value of its own, or a list of blocks.
#[derive(Debug)]
pub struct FieldPlace<'a> {
    /// The form that the first steps of the path lead to.
    pub form: &'a Field,
    /// How many steps these are.
    pub head: usize,
    /// All steps.
    pub path: Vec<Step>,
    /// The field.
    pub field: &'a Field,
    /// What the record has there, as a form shows it; of a list of blocks their number.
    pub shown: String,
    /// Whether the record has something there, and be it an empty text.
    pub is_there: bool,
}

/// Two changes that became one text.
#[derive(Debug)]
pub struct Merged {
    /// The text with both changes. Where both changed the same field, it says what the first says.
    pub text: String,
    /// The addresses of these fields.
    pub both: Vec<String>,
}

/// The name of a place in a record, of letters, digits and few signs: for names of controls, and for addresses.
pub fn address(path: &[Step]) -> String {
    let part = |step: &Step| match step {
        Step::Key(key) => byte_serialize(key.as_bytes()).collect::<String>(),
        Step::Index(index) => index.to_string(),
    };
    path.iter().map(|step| format!("/{}", part(step))).collect()
}

/// The forms of a record, each with the keys that lead to it; the proposal's own also if the record has none.
pub fn forms(proposal: &Proposal) -> Vec<(Vec<Step>, Filled<'_>)> {
    let mut all: Vec<(Vec<Step>, Filled<'_>)> = Vec::new();
    let tables = proposal.tables();
    if !tables.iter().any(|(keys, _)| keys[..] == ["vorlage"]) {
        all.push((vec![Step::Key("vorlage".into())], Filled::new(&PROPOSAL.root, None)));
    }
    let steps = |keys: Vec<&str>| keys.into_iter().map(|key| Step::Key(key.to_owned())).collect();
    all.extend(tables.into_iter().map(|(keys, filled)| (steps(keys), filled)));
    all
}

/// All fields of a record by their addresses, whether or not the record has them.
pub fn places(proposal: &Proposal) -> BTreeMap<String, FieldPlace<'_>> {
    let mut places = BTreeMap::new();
    for (head, filled) in forms(proposal) {
        gather(filled.field, head.len(), head, filled, &mut places);
    }
    places
}

/// Finds the field, table or block at an address. Gives the form that has it, how many steps lead to that, all steps, and what
/// the form says of the place.
pub fn place_at<'a>(proposal: &'a Proposal, name: &str) -> Option<(&'a Field, usize, Vec<Step>, &'a Field)> {
    let is_on_way = |path: &[Step]| {
        name.strip_prefix(&address(path)).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (mut path, mut filled) = forms(proposal).into_iter().find(|(head, _)| is_on_way(head))?;
    let (form, head) = (filled.field, path.len());
    while address(&path) != name {
        let parts = filled.parts().into_iter().enumerate();
        let steps = parts.map(|(at, part)| match filled.field.kind {
            FieldKind::List(_) => (Step::Index(at), part),
            _ => (Step::Key(part.field.key.clone()), part),
        });
        let with = |step: &Step| [&path[..], std::slice::from_ref(step)].concat();
        let (step, part) = steps.into_iter().find(|(step, _)| is_on_way(&with(step)))?;
        path.push(step);
        filled = part;
    }
    Some((form, head, path, filled.field))
}

fn gather<'a>(
    form: &'a Field,
    head: usize,
    path: Vec<Step>,
    filled: Filled<'a>,
    places: &mut BTreeMap<String, FieldPlace<'a>>,
) {
    let field = filled.field;
    let below = |step: Step| path.iter().cloned().chain([step]).collect::<Vec<Step>>();
    let shown = match &field.kind {
        FieldKind::Table(_) => {
            for part in filled.parts() {
                gather(form, head, below(Step::Key(part.field.key.clone())), part, places);
            }
            return;
        }
        FieldKind::List(_) if field.is_list_of_blocks() => {
            let parts = filled.parts();
            let count = parts.len().to_string();
            for (index, part) in parts.into_iter().enumerate() {
                gather(form, head, below(Step::Index(index)), part, places);
            }
            count
        }
        FieldKind::List(_) => elements(filled).join("\n"),
        _ => shown_value(field, filled.node),
    };
    places.insert(
        address(&path),
        FieldPlace { form, head, path, field, shown, is_there: filled.node.is_some() },
    );
}

/// The elements of a list of single values, as a form shows them.
pub fn elements(filled: Filled<'_>) -> Vec<String> {
    let FieldKind::List(item) = &filled.field.kind else { return Vec::new() };
    let nodes = filled.node.and_then(Node::as_array).unwrap_or_default();
    nodes.iter().map(|node| shown_value(item, Some(node))).collect()
}

/// Brings together what one and another made of the same record; none if one of the texts is no TOML.
pub fn merge(base: &Proposal, mine: &Proposal, theirs: &Proposal) -> Option<Merged> {
    let mut text = RecordEdit::of(&theirs.source.text)?;
    let mut own = RecordEdit::of(&mine.source.text)?;
    let mut other = RecordEdit::of(&theirs.source.text)?;
    let before = RecordEdit::of(&base.source.text)?;
    let gone = gone_annexes(base, mine, theirs);
    // As a whole, so that its keys stay in their order.
    for path in mine.tables().into_iter().filter_map(|(keys, _)| new_annex(&keys, mine, &[base, theirs])) {
        text.take(&FILE_ANNEX.root, path.len(), &path, &mut own);
    }
    let [base, mine, theirs] = [base, mine, theirs].map(places);
    let shown =
        |places: &BTreeMap<String, FieldPlace<'_>>, at: &str| places.get(at).map(|place| place.shown.clone());
    let mut both = Vec::new();
    // Lists of which one has more blocks: each is taken as a whole.
    let mut whole: Vec<String> = Vec::new();
    for (at, place) in mine.iter().filter(|(_, place)| place.field.is_list_of_blocks()) {
        let lists = [&base, &mine, &theirs].map(|places| BlockList::of(places, at));
        let [before, here, there] = &lists;
        if before.blocks == here.blocks && here.blocks == there.blocks || is_below(at, &whole) {
            continue;
        }
        // Their blocks that are new stay behind those that both have, whose fields are merged one by one.
        if there.only_adds_to(before) && here.blocks == before.blocks {
            continue;
        }
        whole.push(at.clone());
        if here.said == before.said || here.said == there.said {
            continue;
        }
        let (form, head, path) = (place.form, place.head, &place.path);
        let is_merged = if there.said == before.said {
            text.take(form, head, path, &mut own)
        } else if here.only_adds_to(before) {
            let alike = if there.only_adds_to(before) { here.alike(there, before.blocks) } else { 0 };
            let new = before.blocks + alike..here.blocks;
            new.is_empty() || text.add_blocks(form, head, path, new.start, &mut own, new)
        } else if there.only_adds_to(before) {
            let new = before.blocks..there.blocks;
            text.take(form, head, path, &mut own)
                && text.add_blocks(form, head, path, here.blocks, &mut other, new)
        } else {
            text.take(form, head, path, &mut own);
            false
        };
        both.extend((!is_merged).then(|| at.clone()));
    }
    for (at, place) in
        mine.iter().filter(|(at, place)| !place.field.is_list_of_blocks() && !is_below(at, &whole))
    {
        let (before, there) = (shown(&base, at), shown(&theirs, at));
        if before.as_ref() == Some(&place.shown) || there.as_ref() == Some(&place.shown) {
            continue;
        }
        if there != before || !text.take(place.form, place.head, &place.path, &mut own) {
            both.push(at.clone());
            text.take(place.form, place.head, &place.path, &mut own);
        }
    }
    for label in gone {
        text.remove_annex(&label);
    }
    text.take_exceptions(&PROPOSAL.root, &before, &own);
    both.dedup();
    Some(Merged { text: text.text(), both })
}

/// What one made of a record, with other numbers for file annexes that both added and that say something else: else one of them
/// would have to go. None if there are none.
pub fn with_own_annexes(base: &Proposal, mine: &Proposal, theirs: &Proposal) -> Option<String> {
    let labels = |proposal: &Proposal| -> Vec<String> {
        let tables = proposal.tables().into_iter();
        tables.filter_map(|(keys, _)| keys.get(1).map(|label| (*label).to_owned())).collect()
    };
    let is_twice = |label: &&String| {
        let [before, here, there] = [base, mine, theirs].map(|proposal| annex(proposal, label));
        before.is_none() && there.is_some() && here != there && mine.is_file_annex(label)
    };
    let (own, others) = (labels(mine), labels(theirs));
    let mut all: Vec<String> = own.iter().chain(&others).cloned().collect();
    let mut edit = RecordEdit::of(&mine.source.text)?;
    let mut is_changed = false;
    for label in own.iter().filter(is_twice) {
        let other = next_label(all.iter().map(String::as_str))?;
        is_changed |= edit.rename_annex(label, &other);
        all.push(other);
    }
    is_changed.then(|| edit.text())
}

/// The steps to a file annex that others do not have.
fn new_annex(keys: &[&str], mine: &Proposal, others: &[&Proposal]) -> Option<Vec<Step>> {
    let [_, label] = keys[..] else { return None };
    let is_new = mine.is_file_annex(label) && others.iter().all(|other| annex(other, label).is_none());
    is_new.then(|| annex_path(label).to_vec())
}

fn annex_path(label: &str) -> [Step; 2] {
    ["anlage", label].map(|key| Step::Key(key.to_owned()))
}

/// What a record says of an annex.
fn annex(proposal: &Proposal, label: &str) -> Option<serde_json::Value> {
    proposal.tree.at(&annex_path(label)).map(Node::to_json)
}

/// The annexes that one took away and the other left as they were. One that the other changed stays: nothing of it is lost.
fn gone_annexes(base: &Proposal, mine: &Proposal, theirs: &Proposal) -> Vec<String> {
    let tables = base.tables().into_iter();
    let labels = tables.filter_map(|(keys, _)| keys.get(1).map(|label| (*label).to_owned()));
    let is_gone = |label: &String| annex(mine, label).is_none() && annex(base, label) == annex(theirs, label);
    labels.filter(is_gone).collect()
}

/// What a record says in a list of blocks.
struct BlockList<'a> {
    at: &'a str,
    blocks: usize,
    /// What it says in each field, by its address.
    said: BTreeMap<&'a str, &'a str>,
}

impl<'a> BlockList<'a> {
    fn of(places: &'a BTreeMap<String, FieldPlace<'_>>, at: &'a str) -> Self {
        let said = places.iter().filter(|(own, _)| {
            own.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let said: BTreeMap<&str, &str> =
            said.map(|(own, place)| (own.as_str(), place.shown.as_str())).collect();
        let blocks = said.get(at).and_then(|count| count.parse().ok()).unwrap_or(0);
        Self { at, blocks, said }
    }

    /// What it says in one block.
    fn block(&self, index: usize) -> BTreeMap<&str, &str> {
        let own = format!("{}/{index}/", self.at);
        let said = self.said.iter().filter_map(|(name, said)| Some((name.strip_prefix(&own)?, *said)));
        said.collect()
    }

    /// Whether it has blocks that another one has not, and all of its blocks before, as they are there.
    fn only_adds_to(&self, before: &Self) -> bool {
        self.blocks > before.blocks && (0..before.blocks).all(|at| self.block(at) == before.block(at))
    }

    /// How many blocks from one on are the same in another one.
    fn alike(&self, other: &Self, from: usize) -> usize {
        let last = self.blocks.min(other.blocks);
        (from..last).take_while(|at| self.block(*at) == other.block(*at)).count()
    }
}

fn is_below(at: &str, lists: &[String]) -> bool {
    lists.iter().any(|list| at.strip_prefix(list.as_str()).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::record::input::Input;
    use crate::record::project::Project;
    use crate::record::proposal;

    const BASE: &str =
        "# Kopf\n[vorlage]\nbetreff = 'alt' # b\namt = 'Amt'\n[[vorlage.beratung]]\ngremium = 'Rat'\n";

    fn read(text: &str) -> Proposal {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        proposal::read(Input::of("a.toml", text.as_bytes(), &project).unwrap()).0
    }

    fn merged(mine: &str, theirs: &str) -> (String, Vec<String>) {
        let Merged { text, both } = merge(&read(BASE), &read(mine), &read(theirs)).unwrap();
        (text, both)
    }

    #[test]
    fn changes_to_different_fields_are_both_kept() {
        let mine = BASE.replace("'alt'", "'neu'");
        let theirs = BASE.replace("'Amt'", "'Dezernat'").replace("# Kopf", "# anders");
        let (text, both) = merged(&mine, &theirs);
        assert_eq!((text.as_str(), both.len()), (theirs.replace("'alt'", "'neu'").as_str(), 0));
        assert_eq!(merged(&mine, &mine), (mine.clone(), vec![]));
        assert_eq!(merged(BASE, &theirs), (theirs.clone(), vec![]));
    }

    #[test]
    fn the_same_field_changed_twice_is_named() {
        let (text, both) = merged(&BASE.replace("'alt'", "'x'"), &BASE.replace("'alt'", "'y'"));
        assert_eq!((text, both), (BASE.replace("'alt'", "'x'"), vec!["/vorlage/betreff".to_owned()]));
    }

    #[test]
    fn blocks_added_on_one_side_are_kept() {
        let block = |name: &str| format!("{BASE}[[vorlage.beratung]]\ngremium = '{name}'\n");
        let (text, both) = merged(&block("Ausschuss"), &BASE.replace("'Amt'", "'Dezernat'"));
        assert!(both.is_empty() && text.contains("'Ausschuss'") && text.contains("'Dezernat'"), "{text}");
        let (text, both) = merged(&BASE.replace("'alt'", "'neu'"), &block("Ausschuss"));
        assert!(both.is_empty() && text.contains("'Ausschuss'") && text.contains("'neu'"), "{text}");
    }

    /// A record of which each block names one of these.
    fn with_blocks(names: &[&str]) -> String {
        let (head, _) = BASE.split_once("[[").unwrap();
        let blocks = names.iter().map(|name| format!("[[vorlage.beratung]]\ngremium = '{name}' # {name}\n"));
        head.to_owned() + &blocks.collect::<String>()
    }

    fn merged_blocks(base: &[&str], mine: &[&str], theirs: &[&str]) -> (Vec<String>, bool) {
        let [base, mine, theirs] = [base, mine, theirs].map(|names| read(&with_blocks(names)));
        let Merged { text, both } = merge(&base, &mine, &theirs).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("gremium = "));
        let names = lines.map(|line| {
            let (name, comment) = line.split_once(" # ").unwrap();
            assert_eq!(name.trim_matches('\''), comment, "{text}");
            comment.to_owned()
        });
        (names.collect(), both == ["/vorlage/beratung"])
    }

    #[test]
    fn blocks_that_one_side_only_added_are_added() {
        for (base, mine, theirs, merged) in [
            // Both added some.
            (&["Rat"][..], &["Rat", "A"][..], &["Rat", "B"][..], &["Rat", "A", "B"][..]),
            (&["Rat"], &["Rat", "A", "C"], &["Rat", "B", "D"], &["Rat", "A", "C", "B", "D"]),
            // The same ones are not there twice.
            (&["Rat"], &["Rat", "A"], &["Rat", "A", "B"], &["Rat", "A", "B"]),
            (&["Rat"], &["Rat", "A", "C"], &["Rat", "A", "B"], &["Rat", "A", "C", "B"]),
            (&["Rat"], &["Rat", "A"], &["Rat", "A"], &["Rat", "A"]),
            (&[], &["A"], &["B"], &["A", "B"]),
            // One added some, and the other did anything else.
            (&["Rat", "HA"], &["Rat", "HA", "A"], &["HA"], &["HA", "A"]),
            (&["Rat", "HA"], &["HA"], &["Rat", "HA", "B"], &["HA", "B"]),
            (&["Rat", "HA"], &["Rat", "HA", "A"], &["HA", "Rat"], &["HA", "Rat", "A"]),
            (&["Rat"], &["Neu", "A"], &["Rat", "B"], &["Neu", "A", "B"]),
            (&["Rat"], &["Rat", "A"], &[], &["A"]),
            (&["Rat"], &[], &["Rat", "B"], &["B"]),
        ] {
            let merged: Vec<String> = merged.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(merged_blocks(base, mine, theirs), (merged, false), "{base:?} {mine:?} {theirs:?}");
        }
        // What both did otherwise is for people to decide.
        for (mine, theirs) in
            [(&["Neu", "A"][..], &["Alt", "B"][..]), (&[], &["Alt", "B"]), (&["A"], &["Alt", "B"])]
        {
            assert!(merged_blocks(&["Rat"], mine, theirs).1, "{mine:?} {theirs:?}");
        }
    }

    #[test]
    fn blocks_that_were_added_and_fields_of_others_are_both_kept() {
        let block = "[[vorlage.beratung]]\ngremium = 'Bezirk' # neu\n";
        for (mine, theirs) in [
            (BASE.replace("'Rat'", "'Rat der Stadt'"), format!("{BASE}{block}")),
            (format!("{BASE}{block}"), BASE.replace("'Rat'", "'Rat der Stadt'")),
        ] {
            let (text, both) = merged(&mine, &theirs);
            assert_eq!(
                (text, both),
                (format!("{}{block}", BASE.replace("'Rat'", "'Rat der Stadt'")), vec![])
            );
        }
        // In a list that stands in one line.
        let inline = |blocks: &str| {
            BASE.replace("[[vorlage.beratung]]\ngremium = 'Rat'\n", "") + &format!("beratung = [{blocks}]\n")
        };
        let one = "{ gremium = 'Rat' }";
        let [base, mine, theirs] = [
            inline(one),
            inline(&format!("{one}, {{ gremium = 'A' }}")),
            inline(&format!("{one}, {{ gremium = 'B' }}")),
        ];
        let Merged { text, both } = merge(&read(&base), &read(&mine), &read(&theirs)).unwrap();
        assert!(both.is_empty(), "{text}");
        let rows: Vec<_> = text.match_indices("gremium = ").map(|(at, _)| &text[at + 11..at + 12]).collect();
        assert_eq!(rows, ["R", "A", "B"], "{text}");
    }
}
