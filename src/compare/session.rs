//! Two versions of a session: who meets where and when, and the agenda.
//!
//! Knows no more of items than what they are known by: their paper, their title, their number.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change::{Change, beginning};
use super::entries::{Named, named};
use super::form::{FormWalk, Spot};
use super::record::{FILE, FileMention};
use super::version::Version;
use crate::diagnostics::Source;
use crate::record::schema::{Field, Filled};
use crate::record::session::SCHEMA;
use crate::toml_tree::Node;

/// A session file in one of the versions.
#[derive(Debug)]
pub struct SessionVersion {
    /// The file as text.
    pub source: Arc<Source>,
    /// The file with the place of every value.
    pub tree: Node,
    /// The subjects of the proposals on the agenda, by the paths that name them.
    pub subjects: BTreeMap<String, String>,
}

impl SessionVersion {
    fn version(&self) -> Version<'_> {
        Version::new(&self.source, Filled::new(&SCHEMA.root, Some(&self.tree)))
    }

    /// Lists the files of papers that have no record.
    pub fn files(&self) -> Vec<FileMention> {
        let is_file = |(field, _): &(&Field, &Node)| field.key == FILE;
        let named = self.version().filled.walk().filter(is_file);
        let mention = |(field, node): (&Field, &Node)| FileMention {
            part: AGENDA.to_owned(),
            path: format!("top.{}", field.key),
            label: field.name().to_owned(),
            file: node.as_str().unwrap_or_default().to_owned(),
        };
        named.map(mention).collect()
    }

    /// Lists the papers on the agenda as the file names them, in order, each with what its item is called.
    pub fn papers(&self) -> Vec<(String, String)> {
        let agenda = SCHEMA.root.field("top").map(|field| self.version().part(field).parts());
        let items = agenda.into_iter().flatten().enumerate();
        let of_item = |(at, version): (usize, Version<'_>)| {
            let number = item(version, at, &BTreeMap::new()).number.map(|number| format!("TOP {number}"));
            let name = number.unwrap_or_else(|| format!("{}. Eintrag", at + 1));
            papers(version).into_iter().map(move |paper| (paper, name.clone())).collect::<Vec<_>>()
        };
        items.flat_map(of_item).collect()
    }
}

/// What the part with the items is called.
const AGENDA: &str = "Tagesordnung";

/// The keys of an item that name its papers.
const PAPERS: [&str; 2] = ["vorlage", "vorlagen"];

/// Finds what changed from one version of a session to another.
pub fn sessions(old: &SessionVersion, new: &SessionVersion) -> Vec<Change> {
    let (before, now) = (old.version(), new.version());
    let mut changes = Vec::new();
    for field in SCHEMA.root.fields() {
        let (old_part, new_part) = (before.part(field), now.part(field));
        let mut walk = FormWalk::new(if field.key == "top" { AGENDA } else { field.name() });
        match field.key.as_str() {
            "sitzung" => walk.table(old_part, new_part, &Spot::new("sitzung")),
            "top" => {
                let naming = |version: Version<'_>, at: usize| {
                    let subjects =
                        if Arc::ptr_eq(version.source, &old.source) { &old.subjects } else { &new.subjects };
                    item(version, at, subjects)
                };
                walk.blocks(old_part.parts(), new_part.parts(), &Spot::new("top"), &naming);
            }
            key => {
                let blocks =
                    |part: Version<'_>| part.filled.node.is_none_or(|node| node.as_array().is_some());
                if field.is_list_of_blocks() && blocks(old_part) && blocks(new_part) {
                    walk.blocks(old_part.parts(), new_part.parts(), &Spot::new(key), &named);
                } else {
                    walk.field(old_part, new_part, &Spot::new(""));
                }
            }
        }
        changes.append(&mut walk.changes);
    }
    changes
}

/// Names an item by its papers, else by its title, else by its number.
fn item(version: Version<'_>, at: usize, subjects: &BTreeMap<String, String>) -> Named {
    let value = |key: &str| {
        let field = version.filled.field.field(key)?;
        version.part(field).printed()
    };
    let papers = papers(version);
    let subject = || papers.iter().find_map(|paper| subjects.get(paper)).cloned();
    let title = value("titel").or_else(subject);
    let number = value("nummer");
    let called = match (&number, &title) {
        (Some(number), Some(title)) => format!("TOP {number} „{}“", beginning(title)),
        (Some(number), None) => format!("TOP {number}"),
        (None, Some(title)) => format!("„{}“", beginning(title)),
        (None, None) => format!("{}. Eintrag", at + 1),
    };
    let own_number = number.clone().filter(|_| papers.is_empty());
    Named {
        known_by: vec![papers.join(" "), title.unwrap_or_default(), own_number.unwrap_or_default()],
        label: called,
        number: Some(number.unwrap_or_default()).filter(|number| !number.is_empty()),
    }
}

fn papers(item: Version<'_>) -> Vec<String> {
    let fields = PAPERS.iter().filter_map(|key| item.filled.field.field(key));
    fields.flat_map(|field| item.part(field).values()).map(|value| value.value).collect()
}
