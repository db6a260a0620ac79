//! Who has which record open: known from the requests that their pages make anyway.
//!
//! A page that asks for nothing counts a few minutes longer. Knows nothing of pages, and keeps nothing on the disk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::visitor::Visitor;

/// How long somebody counts after the last request.
const WHILE: Duration = Duration::from_secs(5 * 60);
/// The most records that are kept; then the one that was seen longest ago is forgotten.
const MAX_RECORDS: usize = 1000;
/// The most names that are said.
const MAX_NAMES: usize = 3;

/// Who has which record open.
#[derive(Debug, Default)]
pub(super) struct Presence(Mutex<BTreeMap<String, BTreeMap<Arc<str>, Instant>>>);

impl Presence {
    /// Notes that somebody has a record open.
    pub(super) fn note(&self, record: &str, visitor: &Visitor, now: Instant) {
        let Some(name) = &visitor.name else { return };
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        records.entry(record.to_owned()).or_default().insert(Arc::clone(name), now);
        if records.len() > MAX_RECORDS {
            let last = |people: &BTreeMap<_, Instant>| people.values().max().copied();
            let oldest =
                records.iter().min_by_key(|(_, people)| last(people)).map(|(record, _)| record.clone());
            oldest.map(|oldest| records.remove(&oldest));
        }
    }

    /// Tells who else has a record open.
    pub(super) fn others(&self, record: &str, visitor: &Visitor, now: Instant) -> Vec<Arc<str>> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(people) = records.get_mut(record) else { return Vec::new() };
        people.retain(|_, last| now.duration_since(*last) < WHILE);
        people.keys().filter(|name| Some(*name) != visitor.name.as_ref()).cloned().collect()
    }
}

/// Says who else has a record open; nothing if nobody has.
pub(super) fn in_words(others: &[Arc<str>]) -> String {
    let Some(names) = listed(others) else { return String::new() };
    let verb = if others.len() == 1 { "hat" } else { "haben" };
    format!("Diese Vorlage {verb} gerade auch {names} offen.")
}

/// The names in a row, the last with “und”.
pub(super) fn listed(others: &[Arc<str>]) -> Option<String> {
    let mut names: Vec<String> = others.iter().take(MAX_NAMES).map(|name| (**name).to_owned()).collect();
    if others.len() > MAX_NAMES {
        names.push(format!("{} weitere", others.len() - MAX_NAMES));
    }
    let last = names.pop()?;
    Some(if names.is_empty() { last } else { format!("{} und {last}", names.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::visitor::PersonRole;

    fn visitor(name: &str) -> Visitor {
        Visitor { name: Some(name.into()), role: PersonRole::Write, signed_in_here: true }
    }

    #[test]
    fn somebody_counts_for_a_while_and_not_for_themselves() {
        let (presence, now) = (Presence::default(), Instant::now());
        let (anna, berta) = (visitor("Anna"), visitor("Berta"));
        presence.note("a.toml", &anna, now);
        presence.note("a.toml", &Visitor::ALONE, now);
        let others = |who: &Visitor, after| presence.others("a.toml", who, now + Duration::from_secs(after));
        assert_eq!(in_words(&others(&berta, 299)), "Diese Vorlage hat gerade auch Anna offen.");
        assert_eq!(others(&anna, 0), Vec::<Arc<str>>::new());
        assert_eq!(others(&berta, 300), Vec::<Arc<str>>::new());
        assert_eq!(in_words(&[]), "");
    }

    #[test]
    fn many_are_counted_and_the_oldest_forgotten() {
        let names: Vec<Arc<str>> = ["A", "B", "C", "D", "E"].map(Arc::from).to_vec();
        assert_eq!(listed(&names[..2]).unwrap(), "A und B");
        assert_eq!(listed(&names).unwrap(), "A, B, C und 2 weitere");
        let (presence, now) = (Presence::default(), Instant::now());
        for number in 0..=MAX_RECORDS {
            presence.note(&number.to_string(), &visitor("Anna"), now + Duration::from_millis(number as u64));
        }
        assert_eq!(presence.0.lock().unwrap().len(), MAX_RECORDS);
        assert!(presence.others("0", &visitor("Berta"), now).is_empty());
        assert!(!presence.others("1", &visitor("Berta"), now).is_empty());
    }
}
