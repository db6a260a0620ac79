//! Two versions of a document that carries no record: along their structures, or else page by page.
//!
//! Knows nothing of how documents are read.

use super::align::{Aligned, align};
use super::change::{Change, ChangeKind};
use super::words::compare_words;
use crate::pdf::{DocumentText, TextPassage};

/// Finds what changed from one version of a document to another.
pub fn documents(old: &DocumentText, new: &DocumentText) -> Vec<Change> {
    let mut changes = match (&old.structured, &new.structured) {
        (Some(before), Some(now)) => passages(before, now),
        _ => pages(&old.pages, &new.pages),
    };
    changes.extend(passages(&old.beside, &new.beside));
    changes.extend(pictures(old, new));
    changes
}

fn part(page: usize) -> String {
    format!("Seite {page}")
}

fn change(page: usize, label: &str, kind: ChangeKind) -> Change {
    Change {
        part: part(page),
        path: format!("seite[{page}]"),
        place: Vec::new(),
        label: label.to_owned(),
        kind,
    }
}

fn passages(old: &[TextPassage], new: &[TextPassage]) -> Vec<Change> {
    let texts = |all: &[TextPassage]| all.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    let aligned = align(&texts(old), &texts(new));
    // What is gone is said of the page where it stood, and behind what it stood behind.
    let one = |aligned| match aligned {
        Aligned::Kept { old: before, new: now } if old[before].kind == new[now].kind => None,
        Aligned::Kept { old: before, new: now } => {
            let what = format!("dieselben Worte, bisher als {}", old[before].kind);
            Some(change(new[now].page, &new[now].kind, ChangeKind::Look(what)))
        }
        Aligned::Moved { old: before, new: now } => {
            let place = |passage: &TextPassage| format!("auf Seite {}", passage.page);
            let (from, to) = (place(&old[before]), place(&new[now]));
            let kind = ChangeKind::Moved { from, to, text: new[now].text.clone() };
            Some(change(new[now].page, &new[now].kind, kind))
        }
        Aligned::Changed { old: before, new: now } => {
            let runs = compare_words(&old[before].text, &new[now].text);
            Some(change(new[now].page, &new[now].kind, ChangeKind::Words(runs)))
        }
        Aligned::Removed { old: before } => {
            let gone = &old[before];
            Some(Change {
                part: format!("Seite {} der bisherigen Fassung", gone.page),
                ..change(gone.page, &gone.kind, ChangeKind::Removed(vec![gone.text.clone()]))
            })
        }
        Aligned::Added { new: now } => {
            Some(change(new[now].page, &new[now].kind, ChangeKind::Added(vec![new[now].text.clone()])))
        }
    };
    aligned.into_iter().filter_map(one).collect()
}

fn pages(old: &[String], new: &[String]) -> Vec<Change> {
    let one = |aligned| match aligned {
        Aligned::Kept { .. } => None,
        Aligned::Moved { old: before, new: now } => {
            let (from, to) = (format!("Seite {}", before + 1), format!("Seite {}", now + 1));
            Some(change(now + 1, "Seite", ChangeKind::Moved { from, to, text: new[now].clone() }))
        }
        Aligned::Changed { old: before, new: now } => {
            Some(change(now + 1, "Text der Seite", ChangeKind::Words(compare_words(&old[before], &new[now]))))
        }
        Aligned::Removed { old: before } => Some(Change {
            part: format!("Seite {} der bisherigen Fassung", before + 1),
            ..change(before + 1, "Seite", ChangeKind::Removed(vec![old[before].clone()]))
        }),
        Aligned::Added { new: now } => {
            Some(change(now + 1, "Seite", ChangeKind::Added(vec![new[now].clone()])))
        }
    };
    align(old, new).into_iter().filter_map(one).collect()
}

/// The pictures that only one of the versions has, whatever page they are on.
fn pictures(old: &DocumentText, new: &DocumentText) -> Vec<Change> {
    let lacks =
        |document: &DocumentText, hash: &String| !document.pictures.values().any(|all| all.contains(hash));
    let only = |one: &DocumentText, other: &DocumentText| -> Vec<(usize, usize)> {
        let of_page = |(page, hashes): (&Option<usize>, &std::collections::BTreeSet<String>)| {
            let count = hashes.iter().filter(|hash| lacks(other, hash)).count();
            (page.unwrap_or(1), count)
        };
        one.pictures.iter().map(of_page).filter(|(_, count)| *count > 0).collect()
    };
    let count = |count: usize| crate::diagnostics::counted(count, "Bild", "Bilder");
    let gone = only(old, new).into_iter().map(|(page, number)| Change {
        part: format!("Seite {page} der bisherigen Fassung"),
        ..change(page, &count(number), ChangeKind::Removed(Vec::new()))
    });
    let came = only(new, old)
        .into_iter()
        .map(|(page, number)| change(page, &count(number), ChangeKind::Added(Vec::new())));
    gone.chain(came).collect()
}
