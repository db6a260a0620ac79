//! The order in which papers are filed, and what tells papers and items from all others whatever their numbers are.
//!
//! What was sent stays where it was filed, even if its item moves on the agenda: only what is new is put in between.

use std::collections::{BTreeMap, BTreeSet};

use super::dispatch::{Dispatch, NON_PUBLIC_MARK};
use crate::packet::business::{Business, BusinessItem};
use crate::packet::papers::Paper;
use crate::record::publicity::Publicity;

/// Puts papers, which are there item by item in the order of the agenda, into the order in which they are filed.
pub fn file(papers: &mut Vec<Paper<'_>>, last: &Dispatch) {
    let sent: BTreeMap<&str, usize> = last.papers.iter().map(|paper| paper.key.as_str()).zip(1..).collect();
    let places: Vec<Option<usize>> = paper_keys(&papers.iter().collect::<Vec<_>>())
        .iter()
        .map(|key| sent.get(key.as_str()).copied())
        .collect();
    // Of each item the place of the first of its papers that was sent.
    let mut of_items: BTreeMap<usize, usize> = BTreeMap::new();
    for (paper, place) in papers.iter().zip(&places) {
        if let Some(place) = place {
            let first = of_items.entry(paper.item.place).or_insert(*place);
            *first = (*first).min(*place);
        }
    }
    // What was not sent stays behind what is before it in its part of the agenda, or in its item.
    let mut behind: BTreeMap<bool, usize> = BTreeMap::new();
    let (mut item, mut in_item) = (None, 0);
    let mut rank = |(paper, place): (&Paper<'_>, &Option<usize>)| {
        let part = behind.entry(paper.item.publicity() == Publicity::Public).or_default();
        let first = of_items.get(&paper.item.place).copied();
        *part = first.unwrap_or(*part);
        if item != Some(paper.item.place) {
            (item, in_item) = (Some(paper.item.place), 0);
        }
        in_item = place.unwrap_or(in_item);
        (*part, first.is_none(), paper.item.place, in_item)
    };
    let ranks: Vec<_> = papers.iter().zip(&places).map(&mut rank).collect();
    let mut ranked: Vec<_> = ranks.into_iter().zip(papers.drain(..)).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    papers.extend(ranked.into_iter().map(|(_, paper)| paper));
}

/// Gives what tells each paper from all others in each version: `V/0056/2025 Anlage A`. One that becomes public, or ceases to
/// be, is another paper: it has to be filed elsewhere.
pub(super) fn paper_keys(papers: &[&Paper<'_>]) -> Vec<String> {
    once(papers.iter().map(|paper| paper_key(paper)))
}

fn paper_key(paper: &Paper<'_>) -> String {
    let mark = if paper.publicity.is_public() { "" } else { NON_PUBLIC_MARK };
    format!("{}{mark}", paper_name(paper))
}

/// What tells the paper with this key from all others, whether it is public or not.
pub(super) fn name_in(key: &str) -> String {
    key.replace(NON_PUBLIC_MARK, "")
}

/// What tells a paper from all others, whether it is public or not.
fn paper_name(paper: &Paper<'_>) -> String {
    let file = || paper.path().map(|_| paper.file_name()).filter(|name| !name.is_empty());
    let number = paper.number.clone();
    let name = if paper.is_on_its_own() {
        let what = number.or_else(file).unwrap_or_else(|| paper.title.clone());
        format!("{} {what}", paper.label)
    } else {
        let record = paper.record.and_then(|record| record.file.as_ref().ok());
        let record = || record.map(|record| record.named.clone()).unwrap_or_default();
        format!("{} {}", number.unwrap_or_else(record), paper.label)
    };
    name.trim().to_owned()
}

/// Lists the papers that everybody got with a version, and that are not public any more.
pub(super) fn withdrawn_from_public<'a, 'b>(papers: &[&'b Paper<'a>], last: &Dispatch) -> Vec<&'b Paper<'a>> {
    let public: BTreeSet<&str> =
        last.papers.iter().filter(|paper| paper.is_public).map(|paper| paper.key.as_str()).collect();
    let was_public =
        |paper: &&Paper<'_>| !paper.publicity.is_public() && public.contains(paper_name(paper).as_str());
    papers.iter().copied().filter(was_public).collect()
}

/// Gives what tells each item from all others in each version, with those that are no headings.
pub(super) fn item_keys<'a>(business: &'a Business<'a>) -> Vec<(String, &'a BusinessItem<'a>)> {
    let items: Vec<&BusinessItem<'a>> =
        business.items.iter().filter(|item| !item.item.is_heading()).collect();
    once(items.iter().map(|item| item_key(item))).into_iter().zip(items).collect()
}

fn item_key(item: &BusinessItem<'_>) -> String {
    let numbers = item.proposals.iter().filter_map(|one| one.proposal?.number);
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    if numbers.is_empty() { item.title() } else { numbers.join(", ") }
}

/// Counts those that are the same.
fn once(keys: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let counted = |key: String| {
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        if *count > 1 { format!("{key} [{count}]") } else { key }
    };
    keys.map(counted).collect()
}
