//! The blocks of two lists: which is which, by what each is about.
//!
//! Knows nothing of how their fields are compared.

use std::collections::{BTreeMap, BTreeSet};

use super::align::out_of_order;
use super::value::PrintedValue;
use super::version::Version;
use super::words::alike;
use crate::record::schema::{Field, FieldKind};

/// What a block is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    /// What it is known by, from the strongest to the weakest; empty texts are none.
    pub known_by: Vec<String>,
    /// What it is called: `Produktgruppe 0116`.
    pub label: String,
    /// Its number on an agenda, if that is what tells its place.
    pub number: Option<String>,
}

/// How the blocks of a list are known.
pub(super) type Naming<'n> = dyn Fn(Version<'_>, usize) -> Named + 'n;

/// A block in both versions, or in one of them.
#[derive(Debug, Clone)]
pub(super) struct EntryPair {
    /// Its place in the old list.
    pub old: Option<usize>,
    /// Its place in the new list.
    pub new: Option<usize>,
    /// What leads to it in a path.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// From where to where it moved.
    pub moved: Option<(String, String)>,
    /// Whether its number tells its place.
    pub is_numbered: bool,
}

/// The least share of equal values of two blocks that are the same one.
const LEAST_EQUAL: f64 = 0.5;
/// More pairs are not compared with each other.
const MAX_PAIRS: usize = 40_000;

/// A block with what it is about and what it says.
struct Listed {
    named: Named,
    values: Vec<PrintedValue>,
}

/// Names a block of a form by its first required field that is no day and no time, or else by its first field.
pub(super) fn named(version: Version<'_>, at: usize) -> Named {
    let Some(field) = identity(version.filled.field) else {
        return Named { label: format!("{}. Eintrag", at + 1), ..Named::default() };
    };
    let values = version.part(field).values();
    match values.first() {
        Some(first) => Named {
            known_by: vec![first.value.clone()],
            label: format!("{} {}", field.name(), first.value),
            number: None,
        },
        None => Named { label: format!("{}. Eintrag", at + 1), ..Named::default() },
    }
}

/// The field that says what a block is about.
fn identity(block: &Field) -> Option<&Field> {
    let is_time = |field: &&Field| matches!(field.kind, FieldKind::Date | FieldKind::Time);
    let required = block.fields().iter().filter(|field| field.required);
    required.clone().find(|field| !is_time(field)).or_else(|| block.fields().first())
}

/// Finds out which blocks are the same, in the order of the new list; what is gone stands behind what it stood behind.
pub(super) fn pair_entries(old: &[Version<'_>], new: &[Version<'_>], naming: &Naming<'_>) -> Vec<EntryPair> {
    let listed = |list: &[Version<'_>]| -> Vec<Listed> {
        let one = |(at, version): (usize, &Version<'_>)| Listed {
            named: naming(*version, at),
            values: version.values(),
        };
        list.iter().enumerate().map(one).collect()
    };
    let (old, new) = (listed(old), listed(new));
    let mut matching = Matching { old: vec![None; old.len()], new: vec![None; new.len()] };
    matching.by(&old, &new, |listed| Some(format!("{:?}", listed.values)), Sharing::InOrder);
    let most = old.iter().chain(&new).map(|one| one.named.known_by.len()).max().unwrap_or(0);
    for strength in 0..most {
        let key =
            |listed: &Listed| listed.named.known_by.get(strength).filter(|key| !key.is_empty()).cloned();
        matching.by(&old, &new, key, Sharing::Never);
    }
    matching.by_likeness(&old, &new);
    matching.entries(&old, &new)
}

/// Whether blocks with the same key are taken for each other.
#[derive(Clone, Copy, PartialEq)]
enum Sharing {
    /// They say the same, so that it does not matter.
    InOrder,
    /// No key of several blocks tells which is which.
    Never,
}

/// Which block is which, as far as it is known.
struct Matching {
    /// For each block of the old list its place in the new one.
    old: Vec<Option<usize>>,
    /// For each block of the new list its place in the old one.
    new: Vec<Option<usize>>,
}

impl Matching {
    fn set(&mut self, old: usize, new: usize) {
        self.old[old] = Some(new);
        self.new[new] = Some(old);
    }

    /// Matches those of the rest that have the same key.
    fn by(
        &mut self,
        old: &[Listed],
        new: &[Listed],
        key: impl Fn(&Listed) -> Option<String>,
        sharing: Sharing,
    ) {
        let places = |list: &[Listed], known: &[Option<usize>]| {
            let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for at in (0..list.len()).filter(|at| known[*at].is_none()) {
                if let Some(key) = key(&list[at]) {
                    places.entry(key).or_default().push(at);
                }
            }
            places
        };
        let (of_old, of_new) = (places(old, &self.old), places(new, &self.new));
        for (key, olds) in of_old {
            let news = of_new.get(&key).map(Vec::as_slice).unwrap_or_default();
            if sharing == Sharing::InOrder || (olds.len() == 1 && news.len() == 1) {
                olds.iter().zip(news).for_each(|(old, new)| self.set(*old, *new));
            }
        }
    }

    /// Matches those of the rest that say nearly the same: the likest first.
    fn by_likeness(&mut self, old: &[Listed], new: &[Listed]) {
        let rest = |known: &[Option<usize>]| -> Vec<usize> {
            (0..known.len()).filter(|at| known[*at].is_none()).collect()
        };
        let (of_old, of_new) = (rest(&self.old), rest(&self.new));
        if of_old.len() * of_new.len() > MAX_PAIRS {
            return;
        }
        let mut likest = Vec::new();
        for i in &of_old {
            for j in &of_new {
                let share = equal_share(&old[*i], &new[*j]);
                if share >= LEAST_EQUAL {
                    likest.push((share, *i, *j));
                }
            }
        }
        likest.sort_by(|a, b| {
            b.0.total_cmp(&a.0).then_with(|| a.1.abs_diff(a.2).cmp(&b.1.abs_diff(b.2))).then(a.1.cmp(&b.1))
        });
        for (_, i, j) in likest {
            if self.old[i].is_none() && self.new[j].is_none() {
                self.set(i, j);
            }
        }
    }

    fn entries(&self, old: &[Listed], new: &[Listed]) -> Vec<EntryPair> {
        let both: Vec<(usize, usize)> =
            self.new.iter().enumerate().filter_map(|(new, old)| Some(((*old)?, new))).collect();
        let sequence: Vec<usize> = both.iter().map(|(old, _)| *old).collect();
        let moved: BTreeSet<usize> = out_of_order(&sequence).into_iter().map(|at| both[at].1).collect();
        // Where something is gone: behind the place of what stood before it.
        let mut order: Vec<(Option<usize>, bool, usize)> =
            (0..new.len()).map(|at| (Some(at), false, at)).collect();
        let mut before = None;
        for (at, place) in self.old.iter().enumerate() {
            match place {
                Some(_) => before = *place,
                None => order.push((before, true, at)),
            }
        }
        order.sort();
        let (old_labels, new_labels) = (counted_labels(old), counted_labels(new));
        let one = |(_, is_gone, at): (Option<usize>, bool, usize)| {
            let (list, labels, old_at, new_at) = if is_gone {
                (old, &old_labels, Some(at), None)
            } else {
                (new, &new_labels, self.new[at], Some(at))
            };
            let named = &list[at].named;
            let is_shared = labels.get(named.label.as_str()).is_some_and(|count| *count > 1);
            let key = named.known_by.iter().find(|key| !key.is_empty()).filter(|_| !is_shared);
            let place = |list: &[Listed], at: usize| match &list[at].named.number {
                Some(number) => format!("TOP {number}"),
                None => format!("an {}. Stelle", at + 1),
            };
            let moved = new_at.zip(old_at).filter(|(new, _)| moved.contains(new));
            EntryPair {
                old: old_at,
                new: new_at,
                key: key.cloned().unwrap_or_else(|| at.to_string()),
                label: if is_shared {
                    format!("{} ({}. Eintrag)", named.label, at + 1)
                } else {
                    named.label.clone()
                },
                moved: moved.map(|(new_at, old_at)| (place(old, old_at), place(new, new_at))),
                is_numbered: named.number.is_some(),
            }
        };
        order.into_iter().map(one).collect()
    }
}

/// How many blocks are called the same.
fn counted_labels(list: &[Listed]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for listed in list {
        *counts.entry(listed.named.label.as_str()).or_default() += 1;
    }
    counts
}

/// The share of equal values of two blocks; none if they are about different things altogether.
fn equal_share(old: &Listed, new: &Listed) -> f64 {
    let equal = |all: &[PrintedValue], other: &[PrintedValue]| {
        all.iter().filter(|value| other.contains(value)).count()
    };
    // Of an item of an agenda its papers decide, and without them its title.
    if let ([old_papers, old_title, _], [new_papers, new_title, _]) =
        (&old.named.known_by[..], &new.named.known_by[..])
    {
        let other_papers = old_papers != new_papers && !old_papers.is_empty() && !new_papers.is_empty();
        return if other_papers { 0.0 } else { alike(old_title, new_title) };
    }
    let group = |value: &PrintedValue| value.path.split('.').nth(1).map(str::to_owned);
    let about = |listed: &Listed| -> Vec<PrintedValue> {
        let known = listed.named.known_by.first();
        let own = listed.values.iter().find(|value| Some(&value.value) == known).and_then(group);
        listed.values.iter().filter(|value| own.is_some() && group(value) == own).cloned().collect()
    };
    let (of_old, of_new) = (about(old), about(new));
    // Of a number and a name one may be mended; with both others it is something else.
    if of_old.len().min(of_new.len()) > 1 && equal(&of_old, &of_new) == 0 {
        return 0.0;
    }
    let most = old.values.len().max(new.values.len());
    if most == 0 { 0.0 } else { equal(&old.values, &new.values) as f64 / most as f64 }
}
