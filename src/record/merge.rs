//! Two changes to one record brought together, field by field.
//!
//! Knows nothing of files and browsers.

use std::collections::BTreeMap;

use url::form_urlencoded::byte_serialize;

use super::edit::{RecordEdit, shown_value};
use super::proposal::{PROPOSAL, Proposal};
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
    let before = RecordEdit::of(&base.source.text)?;
    let [base, mine, theirs] = [base, mine, theirs].map(places);
    let shown =
        |places: &BTreeMap<String, FieldPlace<'_>>, at: &str| places.get(at).map(|place| place.shown.clone());
    let mut both = Vec::new();
    // Lists of which one has more blocks: each is taken as a whole.
    let mut whole: Vec<String> = Vec::new();
    for (at, place) in mine.iter().filter(|(_, place)| place.field.is_list_of_blocks()) {
        let counts = [shown(&base, at), Some(place.shown.clone()), shown(&theirs, at)];
        if counts[0] == counts[1] && counts[1] == counts[2] || is_below(at, &whole) {
            continue;
        }
        let below = |places: &BTreeMap<String, FieldPlace<'_>>| -> Vec<(String, String)> {
            let all = places.iter().filter(|(own, _)| *own == at || own.starts_with(&format!("{at}/")));
            all.map(|(own, place)| (own.clone(), place.shown.clone())).collect()
        };
        let [before, here, there] = [below(&base), below(&mine), below(&theirs)];
        whole.push(at.clone());
        if here == before || here == there {
            continue;
        }
        if there != before {
            both.push(at.clone());
        }
        if !text.take(place.form, place.head, &place.path, &mut own) {
            both.push(at.clone());
        }
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
    text.take_exceptions(&PROPOSAL.root, &before, &own);
    both.dedup();
    Some(Merged { text: text.text(), both })
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
    fn blocks_added_on_one_side_are_kept_and_on_both_named() {
        let block = |name: &str| format!("{BASE}[[vorlage.beratung]]\ngremium = '{name}'\n");
        let (text, both) = merged(&block("Ausschuss"), &BASE.replace("'Amt'", "'Dezernat'"));
        assert!(both.is_empty() && text.contains("'Ausschuss'") && text.contains("'Dezernat'"), "{text}");
        let (text, both) = merged(&BASE.replace("'alt'", "'neu'"), &block("Ausschuss"));
        assert!(both.is_empty() && text.contains("'Ausschuss'") && text.contains("'neu'"), "{text}");
        let (text, both) = merged(&block("Ausschuss"), &block("Bezirk"));
        assert_eq!(both, ["/vorlage/beratung"]);
        assert!(text.contains("'Ausschuss'"), "{text}");
    }
}
