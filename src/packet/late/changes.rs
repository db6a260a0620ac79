//! Finds what changed between the version that was sent last and the packet as it is now.

use std::collections::{BTreeMap, BTreeSet};

use super::change::LateChange;
use super::dispatch::{DIVIDER_KEY, FRONT_KEY};
use super::dispatch::{Dispatch, DispatchedItem, DispatchedPage, DispatchedPaper};
use super::words::labels_in_words;

/// What two versions are compared by.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// What the cover says of the session.
    pub particulars: &'a [String],
    /// The agenda.
    pub items: &'a [DispatchedItem],
    /// The papers.
    pub papers: &'a [DispatchedPaper],
}

impl<'a> Compared<'a> {
    /// Takes it from a version that was sent.
    pub fn of(sent: &'a Dispatch) -> Self {
        Self { particulars: &sent.particulars, items: &sent.items, papers: &sent.papers }
    }
}

/// Lists what changed: of the session, of its items, of their papers, in this order.
pub fn changes(old: Compared<'_>, new: Compared<'_>) -> Vec<LateChange> {
    let mut changes = Vec::new();
    if old.particulars != new.particulars {
        let words = format!("Angaben zur Sitzung jetzt: {}", new.particulars.join(", "));
        changes.push(LateChange { item: String::new(), words, is_public: true });
    }
    changes.extend(of_items(old.items, new.items));
    changes.extend(of_papers(old.papers, new.papers));
    changes
}

/// Puts the items that were sent beside those that there are now: by what they deal with, and without proposals by their
/// numbers.
pub(super) fn pairs<'a>(
    old: &'a [DispatchedItem],
    new: &'a [DispatchedItem],
) -> Vec<(Option<&'a DispatchedItem>, &'a DispatchedItem)> {
    let mut left: Vec<&DispatchedItem> = old.iter().collect();
    let mut take = |is_it: &dyn Fn(&DispatchedItem) -> bool| {
        let at = left.iter().position(|old| is_it(old))?;
        Some(left.remove(at))
    };
    let by_key: Vec<Option<&DispatchedItem>> =
        new.iter().map(|item| take(&|old| old.key == item.key)).collect();
    let by_number = |(item, known): (&'a DispatchedItem, Option<&'a DispatchedItem>)| {
        let known = known.or_else(|| take(&|old| is_free(old) && is_free(item) && old.number == item.number));
        (known, item)
    };
    new.iter().zip(by_key).map(by_number).collect()
}

/// Lists what changed of the items.
pub(super) fn of_items(old: &[DispatchedItem], new: &[DispatchedItem]) -> Vec<LateChange> {
    let pairs = pairs(old, new);
    let mut changes: Vec<LateChange> = pairs.iter().flat_map(|(old, new)| of_item(*old, new)).collect();
    let kept: BTreeSet<&str> = pairs.iter().filter_map(|(old, _)| *old).map(|old| old.key.as_str()).collect();
    for gone in old.iter().filter(|item| !kept.contains(item.key.as_str())) {
        let words = |title: &str| format!("TOP {} entfällt: {title}", gone.number);
        changes.extend(said(gone, words));
    }
    changes
}

/// Says something of an item to those who may know its title, and to all others with the title that they may know.
fn said(item: &DispatchedItem, words: impl Fn(&str) -> String) -> Vec<LateChange> {
    let change = |words: String, is_public| LateChange { item: item.number.clone(), words, is_public };
    match &item.public_title {
        Some(title) if *title == item.title => vec![change(words(title), true)],
        Some(title) => vec![change(words(title), true), change(words(&item.title), false)],
        None => vec![change(words(&item.title), false)],
    }
}

/// Tells whether an item has a number and no proposal, so that its title may change and it is still the same.
fn is_free(item: &DispatchedItem) -> bool {
    !item.number.is_empty() && item.key.starts_with(&item.title)
}

fn of_item(old: Option<&DispatchedItem>, new: &DispatchedItem) -> Vec<LateChange> {
    let Some(old) = old else { return said(new, |title| format!("neu auf der Tagesordnung: {title}")) };
    let mut changes = Vec::new();
    let mut add = |words: String| {
        let is_public = new.public_title.is_some();
        changes.push(LateChange { item: new.number.clone(), words, is_public });
    };
    if old.number != new.number {
        add(format!("bisher TOP {}; die Unterlagen bleiben auf ihren Seiten", old.number));
    }
    if old.status != new.status {
        let now = new.status.as_deref().unwrap_or("wieder auf der Tagesordnung");
        add(now.to_owned());
    }
    match (old.is_public, new.is_public) {
        (true, false) => add("jetzt nichtöffentlich".to_owned()),
        (false, true) => add("jetzt öffentlich".to_owned()),
        _ => {}
    }
    if old.public_title != new.public_title && new.public_title.is_some() && old.public_title.is_some() {
        let title = |item: &DispatchedItem| item.public_title.clone().unwrap_or_default();
        add(format!("Titel bisher „{}“, jetzt „{}“", title(old), title(new)));
    }
    if old.title != new.title && new.public_title.as_ref() != Some(&new.title) {
        let words = format!("Titel bisher „{}“, jetzt „{}“", old.title, new.title);
        changes.push(LateChange { item: new.number.clone(), words, is_public: false });
    }
    changes
}

fn of_papers(sent: &[DispatchedPaper], papers: &[DispatchedPaper]) -> Vec<LateChange> {
    let old: BTreeMap<&str, &DispatchedPaper> =
        sent.iter().map(|paper| (paper.key.as_str(), paper)).collect();
    let is_own = |paper: &&DispatchedPaper| paper.key != FRONT_KEY && paper.key != DIVIDER_KEY;
    let mut changes = Vec::new();
    for paper in papers.iter().filter(is_own) {
        let words = match old.get(paper.key.as_str()) {
            Some(old) => of_paper(old, paper),
            None => {
                vec![format!("{} neu ({})", paper.name, in_words(&paper.pages.iter().collect::<Vec<_>>()))]
            }
        };
        changes.extend(words.into_iter().map(|words| LateChange {
            item: paper.item.clone(),
            words,
            is_public: paper.is_public,
        }));
    }
    let kept: BTreeSet<&str> = papers.iter().map(|paper| paper.key.as_str()).collect();
    for gone in sent.iter().filter(is_own).filter(|paper| !kept.contains(paper.key.as_str())) {
        let pages = in_words(&gone.pages.iter().collect::<Vec<_>>());
        let words = format!("{} entfällt (bisher {pages})", gone.name);
        changes.push(LateChange { item: gone.item.clone(), words, is_public: gone.is_public });
    }
    changes
}

/// What changed on the pages of a paper.
fn of_paper(old: &DispatchedPaper, new: &DispatchedPaper) -> Vec<String> {
    let looks: BTreeMap<&str, &str> =
        old.pages.iter().map(|page| (page.label.as_str(), page.look.as_str())).collect();
    let now: BTreeSet<&str> = new.pages.iter().map(|page| page.label.as_str()).collect();
    let before = |page: &&DispatchedPage| looks.get(page.label.as_str()).copied();
    let exchanged =
        new.pages.iter().filter(|page| before(page).is_some_and(|look| look != page.look)).collect();
    let added = new.pages.iter().filter(|page| before(page).is_none()).collect();
    let gone: Vec<&DispatchedPage> =
        old.pages.iter().filter(|page| !now.contains(page.label.as_str())).collect();
    let all = [(exchanged, "ausgetauscht"), (added, "neu"), (gone, "entfällt")];
    let said = all.into_iter().filter(|(pages, _)| !pages.is_empty());
    said.map(|(pages, what)| format!("{}: {} {what}", new.name, in_words(&pages))).collect()
}

/// Names pages: `Seite 12`, `Seiten 12 bis 14 und 20`.
fn in_words(pages: &[&DispatchedPage]) -> String {
    let labels: Vec<&str> = pages.iter().map(|page| page.label.as_str()).collect();
    labels_in_words(&labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, number: &str, public: Option<&str>) -> DispatchedItem {
        DispatchedItem {
            key: key.into(),
            number: number.into(),
            title: key.into(),
            public_title: public.map(Into::into),
            is_public: public == Some(key),
            status: None,
        }
    }

    #[test]
    fn items_are_known_by_what_they_deal_with_and_nobody_learns_what_is_not_theirs() {
        let old =
            [item("Radweg", "1", Some("Radweg")), item("Kauf", "2", None), item("Haus", "3", Some("Haus"))];
        let new = [
            item("Neues", "1", Some("Neues")),
            item("Radweg", "2", Some("Radweg")),
            item("Verkauf", "4", Some("Grundstück")),
        ];
        let said = |is_public: bool| -> Vec<String> {
            let changes = of_items(&old, &new);
            let own = changes.iter().filter(|change| change.is_public == is_public);
            own.map(|change| format!("{} {}", change.item, change.words)).collect()
        };
        assert_eq!(
            said(true),
            [
                "1 neu auf der Tagesordnung: Neues",
                "2 bisher TOP 1; die Unterlagen bleiben auf ihren Seiten",
                "4 neu auf der Tagesordnung: Grundstück",
                "3 TOP 3 entfällt: Haus"
            ]
        );
        assert_eq!(said(false), ["4 neu auf der Tagesordnung: Verkauf", "2 TOP 2 entfällt: Kauf"]);
    }
}
