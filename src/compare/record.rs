//! Two versions of a proposal with its annexes.
//!
//! Knows nothing of the files that annexes name.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, ChangeKind};
use super::form::{FormWalk, Spot};
use super::version::Version;
use crate::record::names;
use crate::record::proposal::{Annex, FormAnnex, Proposal, proposal_schema, rich_text};
use crate::record::schema::{FieldKind, Filled};

/// Finds what changed from one version of a record to another, in the order of the form.
pub fn records(old: &Proposal, new: &Proposal) -> Vec<Change> {
    let mut walk = FormWalk::new("Vorlage");
    walk.table(head(old), head(new), &Spot::new("vorlage"));
    let mut changes = walk.changes;
    let (before, now) = (annexes(old), annexes(new));
    let mut renamed = Vec::new();
    for annex in &now {
        let same = before.iter().find(|other| other.is_same(annex));
        let other_name = || {
            let is_free = |other: &&AnnexVersion<'_>| !now.iter().any(|annex| other.is_same(annex));
            before.iter().filter(is_free).find(|other| other.says_the_same(annex))
        };
        let mut walk = FormWalk::new(annex.part());
        match (same, same.is_none().then(other_name).flatten()) {
            (Some(other), _) => {
                if let (Some(old), Some(new)) = (other.form, annex.form)
                    && old.template.name != new.template.name
                {
                    let name =
                        |form: &FormAnnex| Some(format!("{} ({})", form.template.title, form.template.name));
                    let kind = ChangeKind::Value { old: name(old), new: name(new), is_text: false };
                    walk.add(&Spot::new(format!("{}.template", annex.path())), "Formular", kind);
                }
                walk.table(other.version, annex.version, &Spot::new(annex.path()));
            }
            (None, Some(other)) => {
                renamed.push(other.label);
                let (old, new) = (Some(other.part()), Some(annex.part()));
                let kind = ChangeKind::Value { old, new, is_text: false };
                walk.add(&Spot::new(annex.path()), "Kennung der Anlage", kind);
            }
            (None, None) => {
                walk.add(&Spot::new(annex.path()), annex.part(), ChangeKind::Added(annex.lines()))
            }
        }
        changes.append(&mut walk.changes);
    }
    for annex in &before {
        if !now.iter().any(|other| other.is_same(annex)) && !renamed.contains(&annex.label) {
            let mut walk = FormWalk::new(annex.part());
            walk.add(&Spot::new(annex.path()), annex.part(), ChangeKind::Removed(annex.lines()));
            changes.append(&mut walk.changes);
        }
    }
    changes.extend(unread(old, new));
    changes
}

/// What has no form that is known is compared as it stands there.
fn unread(old: &Proposal, new: &Proposal) -> Vec<Change> {
    let labels = |proposal: &Proposal| -> BTreeMap<String, String> {
        let table = proposal.tree.as_table().and_then(|table| table.get("anlage")?.as_table());
        let entries = table.map(|table| &table.0[..]).unwrap_or_default().iter();
        let is_read = |label: &str| proposal.annexes.iter().any(|annex| annex.label() == label);
        let unread = entries.filter(|entry| !is_read(&entry.key));
        unread.map(|entry| (entry.key.clone(), entry.node.to_json().to_string())).collect()
    };
    let (before, now) = (labels(old), labels(new));
    let all: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let differ = all.into_iter().filter(|label| before.get(*label) != now.get(*label));
    differ
        .map(|label| Change {
            part: names::annex(label),
            path: format!("anlage.{label}"),
            place: Vec::new(),
            label: "Inhalt, der zu keinem Formular gehört,".into(),
            kind: ChangeKind::Value {
                old: before.get(label).cloned(),
                new: now.get(label).cloned(),
                is_text: false,
            },
        })
        .collect()
}

/// A file that a version names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileMention {
    /// The part that names it: `Vorlage`, `Anlage 1`.
    pub part: String,
    /// The keys that lead to where it is named.
    pub path: String,
    /// The label of the field.
    pub label: String,
    /// The path as it is typed.
    pub file: String,
}

/// Lists the files that a record names: of the proposal, of its annexes, and the pictures in its texts.
pub fn files(proposal: &Proposal) -> Vec<FileMention> {
    let mut found = Vec::new();
    for (keys, table) in proposal.tables() {
        let part = match keys[..] {
            ["anlage", label] => names::annex(label),
            _ => "Vorlage".to_owned(),
        };
        for (field, node) in table.walk() {
            let paths: Vec<String> = match &field.kind {
                FieldKind::Text if field.key == FILE => {
                    node.as_str().map(str::to_owned).into_iter().collect()
                }
                FieldKind::RichText { inline } => {
                    let mut images = Vec::new();
                    rich_text::read(&proposal.source, node, *inline, &mut images, &mut Vec::new());
                    images.into_iter().map(|image| image.path).collect()
                }
                _ => continue,
            };
            found.extend(paths.into_iter().map(|file| FileMention {
                part: part.clone(),
                path: format!("{}.{}", keys.join("."), field.key),
                label: field.name().to_owned(),
                file,
            }));
        }
    }
    found
}

/// The key of a field that names a file.
pub(super) const FILE: &str = "datei";

fn head(proposal: &Proposal) -> Version<'_> {
    let head = proposal.tables().into_iter().find(|(keys, _)| keys[..] == ["vorlage"]);
    let filled = head
        .map_or_else(|| Filled::new(&proposal_schema(&proposal.project).root, None), |(_, filled)| filled);
    Version::new(&proposal.source, filled)
}

/// An annex in one of the versions.
struct AnnexVersion<'a> {
    label: &'a str,
    form: Option<&'a FormAnnex>,
    version: Version<'a>,
}

fn annexes<'p>(proposal: &'p Proposal) -> Vec<AnnexVersion<'p>> {
    let tables = proposal.tables();
    let version = |annex: &Annex| {
        let own = tables.iter().find(|(keys, _)| keys[..] == ["anlage", annex.label()]);
        own.map(|(_, filled)| Version::new(&proposal.source, *filled))
    };
    let one = |annex: &'p Annex| {
        let form = match annex {
            Annex::Form(form) => Some(form),
            Annex::File(_) => None,
        };
        Some(AnnexVersion { label: annex.label(), form, version: version(annex)? })
    };
    proposal.annexes.iter().filter_map(one).collect()
}

impl AnnexVersion<'_> {
    fn part(&self) -> String {
        names::annex(self.label)
    }

    fn path(&self) -> String {
        format!("anlage.{}", self.label)
    }

    /// An annex is itself by its label; a form does not become a file.
    fn is_same(&self, other: &Self) -> bool {
        self.label == other.label && self.form.is_some() == other.form.is_some()
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let form = |annex: &Self| annex.form.map(|form| form.template.name.clone());
        form(self) == form(other) && self.version.values() == other.version.values()
    }

    fn lines(&self) -> Vec<String> {
        self.version.lines("")
    }
}
