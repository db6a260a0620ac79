//! Two versions of what a form holds, side by side along the fields of the form.
//!
//! Knows nothing of what single fields mean.

use std::collections::BTreeSet;

use super::align::{Aligned, align};
use super::change::{Change, ChangeKind};
use super::entries::{Naming, named, pair_entries};
use super::passages::{RichPassage, passages};
use super::value::is_text;
use super::version::Version;
use super::words::{alike, compare_words};
use crate::record::schema::{Field, FieldKind};

/// Where a field stands.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// The keys that lead there.
    pub path: String,
    /// The labels on the way.
    pub place: Vec<String>,
}

impl Spot {
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), place: Vec::new() }
    }

    /// A place below this one.
    pub(super) fn below(&self, path: &str, label: &str) -> Self {
        let mut place = self.place.clone();
        place.push(label.to_owned());
        Self { path: format!("{}{path}", self.path), place }
    }
}

/// What was found so far in one part of a document.
pub(super) struct FormWalk {
    part: String,
    pub changes: Vec<Change>,
}

impl FormWalk {
    pub(super) fn new(part: impl Into<String>) -> Self {
        Self { part: part.into(), changes: Vec::new() }
    }

    pub(super) fn add(&mut self, spot: &Spot, label: impl Into<String>, kind: ChangeKind) {
        let (path, place) = (spot.path.clone(), spot.place.clone());
        self.changes.push(Change { part: self.part.clone(), path, place, label: label.into(), kind });
    }

    /// Compares the fields of two tables; each stands behind its label.
    pub(super) fn table(&mut self, old: Version<'_>, new: Version<'_>, spot: &Spot) {
        for field in both(old.field(), new.field()) {
            self.field(old.part(field), new.part(field), spot);
        }
        for key in unknown(old, new) {
            let spot = Spot { path: format!("{}.{key}", spot.path), place: spot.place.clone() };
            self.value(old.typed(&key), new.typed(&key), false, &spot, &key);
        }
    }

    /// Compares a field with all below it; `spot` is that of its table.
    pub(super) fn field(&mut self, old: Version<'_>, new: Version<'_>, spot: &Spot) {
        let field = new.field();
        let label = field.name();
        let key = format!(".{}", field.key);
        match (&old.field().kind, &field.kind) {
            (FieldKind::Table(_), FieldKind::Table(_)) if is_table(old) && is_table(new) => {
                self.table(old, new, &spot.below(&key, label));
            }
            (FieldKind::List(_), FieldKind::List(_)) if is_list(old) && is_list(new) => {
                let below = spot.below(&key, label);
                if field.is_list_of_blocks() {
                    self.blocks(old.parts(), new.parts(), &below, &named);
                } else {
                    self.list(&old.parts(), &new.parts(), &below);
                }
            }
            (FieldKind::RichText { .. }, FieldKind::RichText { .. }) => {
                self.rich_text(old, new, spot, &key, label)
            }
            _ => {
                let spot = Spot { path: format!("{}{key}", spot.path), place: spot.place.clone() };
                self.value(old.printed(), new.printed(), is_text(field), &spot, label);
            }
        }
    }

    fn value(&mut self, old: Option<String>, new: Option<String>, is_text: bool, spot: &Spot, label: &str) {
        if old == new {
            return;
        }
        let kind = match (&old, &new) {
            (Some(old), Some(new)) if is_text && is_long(old, new) && alike(old, new) > 0.0 => {
                ChangeKind::Words(compare_words(old, new))
            }
            _ => ChangeKind::Value { old, new, is_text },
        };
        self.add(spot, label, kind);
    }

    /// Compares lists of single values.
    fn list(&mut self, old: &[Version<'_>], new: &[Version<'_>], spot: &Spot) {
        let texts = |list: &[Version<'_>]| -> Vec<String> {
            list.iter().map(|element| element.printed().unwrap_or_default()).collect()
        };
        let (old_texts, new_texts) = (texts(old), texts(new));
        for aligned in align(&old_texts, &new_texts) {
            let label = |at: usize| format!("{}. Eintrag", at + 1);
            let (label, kind) = match aligned {
                Aligned::Kept { .. } => continue,
                Aligned::Moved { old, new } => (label(new), moved(old, new, &new_texts[new])),
                Aligned::Changed { old, new: at } => {
                    let (before, now) = (old_texts[old].clone(), new_texts[at].clone());
                    let kind = ChangeKind::Value {
                        old: Some(before),
                        new: Some(now),
                        is_text: is_text(new[at].field()),
                    };
                    (label(at), kind)
                }
                Aligned::Removed { old } => (label(old), ChangeKind::Removed(vec![old_texts[old].clone()])),
                Aligned::Added { new } => (label(new), ChangeKind::Added(vec![new_texts[new].clone()])),
            };
            self.add(spot, label, kind);
        }
    }

    /// Compares lists of blocks by what these are about.
    pub(super) fn blocks(
        &mut self,
        old: Vec<Version<'_>>,
        new: Vec<Version<'_>>,
        spot: &Spot,
        naming: &Naming<'_>,
    ) {
        for pair in pair_entries(&old, &new, naming) {
            let below = spot.below(&format!("[{}]", pair.key), &pair.label);
            let own = Spot { path: below.path.clone(), place: spot.place.clone() };
            match (pair.old, pair.new) {
                (Some(before), Some(now)) => {
                    let before_changes = self.changes.len();
                    self.table(old[before], new[now], &below);
                    if let Some((from, to)) = pair.moved {
                        // The number that a moved item has now is said with the move.
                        let number = format!("{}.nummer", below.path);
                        let own_number = |change: &Change| change.path == number && pair.is_numbered;
                        let rest = self.changes.split_off(before_changes);
                        self.changes.extend(rest.into_iter().filter(|change| !own_number(change)));
                        self.add(&own, &pair.label, ChangeKind::Moved { from, to, text: String::new() });
                    }
                }
                (Some(before), None) => {
                    self.add(&own, &pair.label, ChangeKind::Removed(old[before].lines(&pair.label)))
                }
                (None, Some(now)) => {
                    self.add(&own, &pair.label, ChangeKind::Added(new[now].lines(&pair.label)))
                }
                (None, None) => {}
            }
        }
    }

    /// Compares long texts, one passage after another.
    fn rich_text(&mut self, old: Version<'_>, new: Version<'_>, spot: &Spot, key: &str, label: &str) {
        let (before, now) = (passages(old), passages(new));
        let own = Spot { path: format!("{}{key}", spot.path), place: spot.place.clone() };
        let texts = |all: &[RichPassage]| all.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
        match (&before[..], &now[..]) {
            ([], []) => return,
            ([], now) => return self.add(&own, label, ChangeKind::Added(texts(now))),
            (before, []) => return self.add(&own, label, ChangeKind::Removed(texts(before))),
            ([one], [other]) if one.text != other.text && !is_long(&one.text, &other.text) => {
                let (old, new) = (Some(one.text.clone()), Some(other.text.clone()));
                return self.add(&own, label, ChangeKind::Value { old, new, is_text: true });
            }
            _ => {}
        }
        let is_single = before.len() == 1 && now.len() == 1;
        let below = spot.below(key, label);
        let said = |passage: &RichPassage| {
            if is_single { (&own, label.to_owned()) } else { (&below, passage.label()) }
        };
        for aligned in align(&before, &now) {
            let (at, kind) = match aligned {
                Aligned::Kept { old, new } if before[old].look == now[new].look => continue,
                Aligned::Kept { new, .. } => (&now[new], ChangeKind::Look(LOOK.to_owned())),
                Aligned::Moved { old, new } => {
                    let (from, to) =
                        (format!("als {}", before[old].label()), format!("als {}", now[new].label()));
                    (&now[new], ChangeKind::Moved { from, to, text: now[new].text.clone() })
                }
                Aligned::Changed { old, new } => {
                    (&now[new], ChangeKind::Words(compare_words(&before[old].text, &now[new].text)))
                }
                Aligned::Removed { old } => {
                    (&before[old], ChangeKind::Removed(vec![before[old].text.clone()]))
                }
                Aligned::Added { new } => (&now[new], ChangeKind::Added(vec![now[new].text.clone()])),
            };
            let (spot, label) = said(at);
            self.add(spot, label, kind);
        }
    }
}

/// What is said where only the look of a text is another one.
const LOOK: &str = "nur Hervorhebung oder Gliederung geändert";

fn moved(old: usize, new: usize, text: &str) -> ChangeKind {
    let (from, to) = (format!("als {}. Eintrag", old + 1), format!("als {}. Eintrag", new + 1));
    ChangeKind::Moved { from, to, text: text.to_owned() }
}

/// Longer texts are compared by words, shorter ones are said as a whole.
fn is_long(old: &str, new: &str) -> bool {
    const SHORT: usize = 80;
    old.chars().count().max(new.chars().count()) > SHORT
}

/// The fields of both forms: those of the new one, then those that only the old one has.
fn both<'a>(old: &'a Field, new: &'a Field) -> Vec<&'a Field> {
    let gone = old.fields().iter().filter(|field| new.field(&field.key).is_none());
    new.fields().iter().chain(gone).collect()
}

/// A table, or nothing.
fn is_table(version: Version<'_>) -> bool {
    version.filled.node.is_none_or(|node| node.as_table().is_some())
}

/// A list, or nothing.
fn is_list(version: Version<'_>) -> bool {
    version.filled.node.is_none_or(|node| node.as_array().is_some())
}

/// The keys that the form does not know: what they say is wrong, but it is no less another version.
fn unknown(old: Version<'_>, new: Version<'_>) -> Vec<String> {
    let keys = [old, new].into_iter().flat_map(|version| {
        let own = version.filled.node.and_then(|node| node.as_table());
        let own = own.into_iter().flat_map(|table| table.keys().map(str::to_owned));
        own.filter(move |key| version.field().field(key).is_none() && key != TEMPLATE)
    });
    keys.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Names the form of an annex, and is compared with it.
const TEMPLATE: &str = "template";
