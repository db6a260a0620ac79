//! Finds what changed between the version that was sent last and the packet as it is now.

use std::collections::{BTreeMap, BTreeSet};

use super::change::LateChange;
use super::dispatch::{DIVIDER_KEY, FRONT_KEY, NON_PUBLIC_MARK};
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
        changes.push(LateChange::of("", words, true));
    }
    changes.extend(of_items(old.items, new.items));
    let numbers = pairs(old.items, new.items).into_iter();
    let numbers =
        numbers.filter_map(|(old, new)| Some((old?.number.as_str(), new.number.as_str()))).collect();
    changes.extend(of_papers(old.papers, new.papers, &numbers));
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
        // Its number may be that of another one now.
        changes.extend(said("", gone, words));
    }
    changes
}

/// Says something of an item to those who may know its title, and to all others with the title that they may know.
fn said(number: &str, item: &DispatchedItem, words: impl Fn(&str) -> String) -> Vec<LateChange> {
    let change = |words: String, is_public| LateChange::of(number, words, is_public);
    match &item.public_title {
        Some(title) if *title == item.title => vec![change(words(title), true)],
        Some(title) => {
            let neutral = LateChange { is_neutral: true, ..change(words(title), true) };
            vec![neutral, change(words(&item.title), false)]
        }
        None => vec![change(words(&item.title), false)],
    }
}

/// Tells whether an item has a number and no proposal, so that its title may change and it is still the same.
fn is_free(item: &DispatchedItem) -> bool {
    !item.number.is_empty() && item.key.starts_with(&item.title)
}

fn of_item(old: Option<&DispatchedItem>, new: &DispatchedItem) -> Vec<LateChange> {
    let Some(old) = old else {
        return said(&new.number, new, |title| format!("neu auf der Tagesordnung: {title}"));
    };
    let mut changes = Vec::new();
    let mut add = |words: String| {
        changes.push(LateChange::of(&new.number, words, new.public_title.is_some()));
    };
    if old.number != new.number {
        add(format!("bisher TOP {}; die Unterlagen bleiben auf ihren Seiten", old.number));
    }
    if old.status != new.status {
        let now = new.status.as_deref().unwrap_or("wieder auf der Tagesordnung");
        add(now.to_owned());
    }
    if !old.is_public && new.is_public {
        add("jetzt öffentlich".to_owned());
    }
    let titles = [&old.public_title, &new.public_title].map(Option::as_deref);
    // Of what is not public any more nobody gets the old title once more.
    if let ([Some(before), Some(now)], true) = (titles, new.is_public || !old.is_public)
        && before != now
    {
        add(format!("Titel bisher „{before}“, jetzt „{now}“"));
    }
    if old.title != new.title && new.public_title.as_ref() != Some(&new.title) {
        let words = format!("Titel bisher „{}“, jetzt „{}“", old.title, new.title);
        changes.push(LateChange::of(&new.number, words, false));
    }
    if old.is_public && !new.is_public {
        changes.push(LateChange::of("", format!("TOP {} ist nicht mehr öffentlich", old.number), true));
    }
    changes
}

/// What changed of the papers; `numbers` says what items are numbered now.
fn of_papers(
    sent: &[DispatchedPaper],
    papers: &[DispatchedPaper],
    numbers: &BTreeMap<&str, &str>,
) -> Vec<LateChange> {
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
        changes.extend(words.into_iter().map(|words| LateChange::of(&paper.item, words, paper.is_public)));
    }
    let kept: BTreeSet<&str> = papers.iter().map(|paper| paper.key.as_str()).collect();
    for gone in sent.iter().filter(is_own).filter(|paper| !kept.contains(paper.key.as_str())) {
        let pages = in_words(&gone.pages.iter().collect::<Vec<_>>());
        let item = numbers.get(gone.item.as_str()).copied().unwrap_or_default();
        let words = format!("{} entfällt (bisher {pages})", gone.name);
        if is_hidden(gone, papers) {
            // Nobody gets its name once more.
            let neutral = format!("Unterlage nicht mehr öffentlich (bisher {pages})");
            changes.push(LateChange { is_neutral: true, ..LateChange::of("", neutral, true) });
            changes.push(LateChange::of(item, words, false));
        } else {
            changes.push(LateChange::of(item, words, gone.is_public));
        }
    }
    changes
}

/// Tells whether a paper that everybody got is one that is not public now.
pub(super) fn is_hidden(gone: &DispatchedPaper, papers: &[DispatchedPaper]) -> bool {
    let now = format!("{}{NON_PUBLIC_MARK}", gone.key);
    gone.is_public && papers.iter().any(|paper| paper.key == now)
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
        let said = |sees_all: bool| -> Vec<String> {
            let changes = of_items(&old, &new);
            let own = changes.iter().filter(|change| change.is_for(sees_all));
            own.map(ToString::to_string).collect()
        };
        let for_all = [
            "TOP 1: neu auf der Tagesordnung: Neues",
            "TOP 2: bisher TOP 1; die Unterlagen bleiben auf ihren Seiten",
        ];
        let gone = "TOP 3 entfällt: Haus";
        assert_eq!(
            said(false),
            [&for_all[..], &["TOP 4: neu auf der Tagesordnung: Grundstück", gone]].concat()
        );
        let of_council = ["TOP 4: neu auf der Tagesordnung: Verkauf", "TOP 2 entfällt: Kauf", gone];
        assert_eq!(said(true), [&for_all[..], &of_council].concat());
    }

    #[test]
    fn what_is_not_public_any_more_is_said_without_its_name() {
        let old = [item("Verkauf", "1", Some("Verkauf"))];
        let new = [DispatchedItem { title: "Verkauf".into(), ..item("Verkauf", "1", Some("Grundstück")) }];
        let changes = of_items(&old, &new);
        let said: Vec<String> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["TOP 1 ist nicht mehr öffentlich"]);

        let paper = |key: &str, is_public: bool| DispatchedPaper {
            key: key.into(),
            item: "1".into(),
            name: "Anlage 1: Kaufvertrag".into(),
            is_public,
            sha256: String::new(),
            pages: Vec::new(),
        };
        let (sent, now) = ([paper("V/1 Anlage 1", true)], [paper("V/1 Anlage 1 (nichtöffentlich)", false)]);
        let changes = of_papers(&sent, &now, &BTreeMap::from([("1", "1")]));
        let public: Vec<String> =
            changes.iter().filter(|change| change.is_for(false)).map(ToString::to_string).collect();
        assert_eq!(public, ["Unterlage nicht mehr öffentlich (bisher ohne Seiten)"]);
        assert!(changes.iter().any(|change| change.is_for(true) && change.words.contains("Kaufvertrag")));
    }
}
