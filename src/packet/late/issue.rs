//! The version of a packet that is being made: what its pages are called, and which of them were sent before.
//!
//! A page that was sent keeps its label and its stamp for ever. Knows papers by their keys and pages by their looks.

use std::collections::{BTreeMap, BTreeSet};

use super::change::LateChange;
use super::dispatch::{Dispatch, DispatchedPage, DispatchedPaper};
use super::labels::SentLabels;
use super::sheets::{FiledSheet, staying};
use crate::day::Day;

/// A paper of the packet as it is now.
#[derive(Debug, Clone)]
pub struct ListedPaper {
    /// What tells it from all other papers of the session as it is now.
    pub slug: String,
    /// What tells it from all others in each version.
    pub key: String,
    /// Hashes of what one sees on its pages.
    pub looks: Vec<String>,
}

/// The slug of the first pages.
pub const FRONT_SLUG: &str = "tagesordnung";
/// The slug of the sheet between the parts.
pub const DIVIDER_SLUG: &str = "trennblatt";

/// A version of a packet in the making.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Which version it is, from 1.
    pub version: u32,
    /// The day on which it is sent; none while it is a draft.
    pub date: Option<Day>,
    /// How many pages are printed on a sheet.
    pub pages_per_sheet: usize,
    /// The days of the versions before.
    days: Vec<Day>,
    papers: BTreeMap<String, Vec<IssuedPage>>,
    /// The labels of pages that are not there any more.
    pub withdrawn: Vec<String>,
    /// What changed from the version before.
    pub changes: Vec<LateChange>,
    /// The keys of papers that everybody got and nobody is to hear the names of again.
    pub(super) hidden: BTreeSet<String>,
}

/// A page of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedPage {
    /// What it is called.
    pub label: String,
    /// A hash of what one sees on it.
    pub look: String,
    /// The version with which it is sent.
    pub since: u32,
    /// The version of the page in whose place it comes.
    pub replaces: Option<u32>,
    /// What was stamped on it when it was sent.
    pub stamps: Option<Vec<String>>,
    /// Whether it is on the back of the sheet of the page before it.
    pub is_back: bool,
    /// Whether its sheet is filed already.
    pub is_filed: bool,
}

/// What becomes of a page, before it has a label.
struct PageIssue<'a> {
    look: &'a str,
    /// The page that it is, or in whose place it comes.
    old: Option<&'a DispatchedPage>,
    is_back: bool,
    is_filed: bool,
}

impl PageIssue<'_> {
    /// Tells whether the page was sent, even if its sheet is printed again.
    fn was_sent(&self) -> bool {
        self.old.is_some_and(|old| old.look == self.look)
    }
}

impl Issue {
    /// Numbers the pages of these papers, in their order, after those that were sent with the versions before. `is_same` says
    /// that nothing changed, so that it is the last of them again.
    pub fn new(
        history: &[Dispatch],
        listed: &[ListedPaper],
        date: Option<Day>,
        pages_per_sheet: usize,
        is_same: bool,
    ) -> Self {
        let last = history.last();
        let version = last.map_or(1, |last| last.version + u32::from(!is_same));
        let mut days: Vec<Day> = history.iter().map(|dispatch| dispatch.date).collect();
        let date = match days.last() {
            Some(day) if is_same => Some(*day),
            _ => date,
        };
        days.truncate(version as usize - 1);
        let pages_per_sheet = last.map_or(pages_per_sheet, |last| last.pages_per_sheet);
        let fates = fates(last, listed, pages_per_sheet);
        let pages = labelled(last, &fates, version);
        let kept: BTreeSet<&str> = pages.iter().flatten().map(|page| page.label.as_str()).collect();
        let withdrawn = last.iter().flat_map(|last| last.labels());
        let withdrawn = withdrawn.filter(|label| !kept.contains(label)).map(str::to_owned).collect();
        let papers = listed.iter().map(|paper| paper.slug.clone()).zip(pages).collect();
        Self {
            version,
            date,
            pages_per_sheet,
            days,
            papers,
            withdrawn,
            changes: Vec::new(),
            hidden: BTreeSet::new(),
        }
    }

    /// Adds what changed from the version before.
    pub(super) fn with_changes(self, changes: Vec<LateChange>, hidden: BTreeSet<String>) -> Self {
        Self { changes, hidden, ..self }
    }

    /// Gives the pages of a paper; none if it is not one of the packet.
    pub fn pages(&self, slug: &str) -> &[IssuedPage] {
        self.papers.get(slug).map_or(&[], Vec::as_slice)
    }

    /// Counts its pages, with those of all editions.
    pub fn page_count(&self) -> usize {
        self.papers.values().map(Vec::len).sum()
    }

    /// Names the version: `2. Fassung vom 09.05.2025`, or `Entwurf der 2. Fassung`.
    pub fn name(&self) -> String {
        self.name_of(self.version)
    }

    fn name_of(&self, version: u32) -> String {
        let day = self.day_of(version);
        day.map_or(format!("Entwurf der {version}. Fassung"), |day| {
            format!("{version}. Fassung vom {}", day.in_numbers())
        })
    }

    fn day_of(&self, version: u32) -> Option<Day> {
        if version == self.version {
            self.date
        } else {
            self.days.get((version as usize).checked_sub(1)?).copied()
        }
    }

    /// Says of a page where it stands and with which version it came: `Seite 12 · 2. Fassung vom 09.05.2025, ersetzt die vom
    /// 02.05.2025`.
    pub fn said(&self, page: &IssuedPage) -> String {
        let replaced = page.replaces.and_then(|version| self.day_of(version));
        let replaced =
            replaced.map(|day| format!(", ersetzt die vom {}", day.in_numbers())).unwrap_or_default();
        format!("Seite {} · {}{replaced}", page.label, self.name_of(page.since))
    }
}

/// Says what becomes of each page of each paper.
fn fates<'a>(
    last: Option<&'a Dispatch>,
    listed: &'a [ListedPaper],
    per_sheet: usize,
) -> Vec<Vec<PageIssue<'a>>> {
    let sent = last.map_or(&[][..], |last| last.papers.as_slice());
    let places: BTreeMap<&str, usize> = sent.iter().map(|paper| paper.key.as_str()).zip(0..).collect();
    let mut next = 0;
    let fates = |paper: &'a ListedPaper| {
        // Pages stay in the order of their labels: what comes before them now is another page.
        let place = places.get(paper.key.as_str()).copied().filter(|place| *place >= next);
        match place {
            Some(place) => {
                next = place + 1;
                of_known(&sent[place], &paper.looks, per_sheet)
            }
            None => {
                printed(&paper.looks.iter().map(|look| (look.as_str(), None)).collect::<Vec<_>>(), per_sheet)
            }
        }
    };
    listed.iter().map(fates).collect()
}

/// Says what becomes of the pages of a paper that was sent before.
fn of_known<'a>(sent: &'a DispatchedPaper, looks: &'a [String], per_sheet: usize) -> Vec<PageIssue<'a>> {
    let sheets = sent.sheets();
    let old: Vec<FiledSheet<'_>> =
        sheets.iter().map(|sheet| sheet.iter().map(|page| page.look.as_str()).collect()).collect();
    let new: Vec<&'a str> = looks.iter().map(String::as_str).collect();
    let mut fates = Vec::new();
    let (mut next_sheet, mut next_page) = (0, 0);
    let stay = staying(&old, &new, per_sheet);
    for (sheet, page) in stay.into_iter().chain([(sheets.len(), new.len())]) {
        let gone: Vec<&DispatchedPage> = sheets[next_sheet..sheet].iter().flatten().copied().collect();
        fates.extend(printed(&in_place_of(&gone, &new[next_page..page]), per_sheet));
        let Some(own) = sheets.get(sheet) else { break };
        fates.extend(own.iter().map(|page| PageIssue {
            look: &page.look,
            old: Some(*page),
            is_back: page.is_back,
            is_filed: true,
        }));
        (next_sheet, next_page) = (sheet + 1, page + own.len());
    }
    fates
}

/// Finds for pages that are printed those in whose place they come: first those that look the same, and between them one
/// after the other.
fn in_place_of<'a>(
    gone: &[&'a DispatchedPage],
    new: &[&'a str],
) -> Vec<(&'a str, Option<&'a DispatchedPage>)> {
    let old: Vec<&str> = gone.iter().map(|page| page.look.as_str()).collect();
    let mut paired = Vec::new();
    for run in similar::capture_diff_slices(similar::Algorithm::Myers, &old, new) {
        let (of_old, of_new) = (run.old_range(), run.new_range());
        let olds = gone[of_old].iter().copied().map(Some).chain(std::iter::repeat(None));
        paired.extend(new[of_new].iter().copied().zip(olds));
    }
    paired
}

/// Puts pages that are printed on sheets of their own.
fn printed<'a>(pages: &[(&'a str, Option<&'a DispatchedPage>)], per_sheet: usize) -> Vec<PageIssue<'a>> {
    let fate = |(at, (look, old)): (usize, &(&'a str, Option<&'a DispatchedPage>))| PageIssue {
        look,
        old: *old,
        is_back: at % per_sheet.max(1) > 0,
        is_filed: false,
    };
    pages.iter().enumerate().map(fate).collect()
}

/// Gives each page its label: that which it has, or one behind the page before it.
fn labelled(last: Option<&Dispatch>, fates: &[Vec<PageIssue<'_>>], version: u32) -> Vec<Vec<IssuedPage>> {
    let mut labels = SentLabels::of(last.iter().flat_map(|last| last.labels()));
    let all: Vec<&PageIssue<'_>> = fates.iter().flatten().collect();
    let mut given: Vec<String> = Vec::with_capacity(all.len());
    let end_of_known = all.iter().rposition(|fate| fate.old.is_some()).map_or(0, |last| last + 1);
    while given.len() < all.len() {
        let at = given.len();
        if let Some(old) = all[at].old {
            given.push(old.label.clone());
            continue;
        }
        let count = all[at..].iter().take_while(|fate| fate.old.is_none()).count();
        let new = match given.last() {
            Some(before) if at < end_of_known => labels.behind(before, count),
            // Before all pages that were sent there is only the cover, which is always there.
            None if at < end_of_known => labels.behind("0", count),
            _ => labels.at_the_end(count),
        };
        given.extend(new);
    }
    let mut given = given.into_iter();
    let page = |fate: &PageIssue<'_>, label: String| {
        let old = fate.old.filter(|_| fate.was_sent());
        IssuedPage {
            label,
            look: fate.look.to_owned(),
            since: old.map_or(version, |old| old.since),
            replaces: if old.is_some() { None } else { fate.old.map(|old| old.since) },
            stamps: old.map(|old| old.stamps.clone()),
            is_back: fate.is_back,
            is_filed: fate.is_filed,
        }
    };
    fates
        .iter()
        .map(|own| own.iter().zip(given.by_ref()).map(|(fate, label)| page(fate, label)).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paper(key: &str, looks: &[&str]) -> ListedPaper {
        ListedPaper {
            slug: key.to_owned(),
            key: key.to_owned(),
            looks: looks.iter().map(ToString::to_string).collect(),
        }
    }

    fn day(day: u8) -> Day {
        Day::new(2025, 5, day).unwrap()
    }

    /// What is kept of a version that is sent.
    fn sent(issue: &Issue, listed: &[ListedPaper]) -> Dispatch {
        let page = |page: &IssuedPage| DispatchedPage {
            label: page.label.clone(),
            look: page.look.clone(),
            since: page.since,
            stamps: vec![issue.said(page)],
            is_back: page.is_back,
        };
        let paper = |paper: &ListedPaper| DispatchedPaper {
            key: paper.key.clone(),
            item: String::new(),
            name: String::new(),
            is_public: true,
            sha256: String::new(),
            pages: issue.pages(&paper.key).iter().map(page).collect(),
        };
        Dispatch {
            format: 1,
            committee: "Rat".into(),
            meeting: None,
            version: issue.version,
            date: issue.date.unwrap(),
            pages_per_sheet: issue.pages_per_sheet,
            particulars: Vec::new(),
            changes: Vec::new(),
            files: Vec::new(),
            recipients: Vec::new(),
            items: Vec::new(),
            papers: listed.iter().map(paper).collect(),
            withdrawn: issue.withdrawn.clone(),
        }
    }

    fn labels(issue: &Issue, listed: &[ListedPaper]) -> String {
        let pages = listed.iter().flat_map(|paper| issue.pages(&paper.key));
        pages.map(|page| page.label.clone()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_was_sent_keeps_its_label_and_what_is_new_comes_behind_it() {
        let first = [paper("a", &["1", "2", "3"]), paper("c", &["7"])];
        let issue = Issue::new(&[], &first, Some(day(2)), 2, false);
        assert_eq!(
            (labels(&issue, &first).as_str(), issue.name().as_str()),
            ("1 2 3 4", "1. Fassung vom 02.05.2025")
        );
        let history = vec![sent(&issue, &first)];
        // A page of the first paper is another one, a paper comes in between, and one at the end.
        let second =
            [paper("a", &["1", "x", "3"]), paper("b", &["5", "6"]), paper("c", &["7"]), paper("d", &["8"])];
        let issue = Issue::new(&history, &second, None, 2, false);
        assert_eq!(labels(&issue, &second), "1 2 3 3a 3b 4 5");
        let said: Vec<String> = issue.pages("a").iter().map(|page| issue.said(page)).collect();
        assert_eq!(
            said,
            [
                "Seite 1 · 1. Fassung vom 02.05.2025",
                "Seite 2 · Entwurf der 2. Fassung, ersetzt die vom 02.05.2025",
                "Seite 3 · 1. Fassung vom 02.05.2025"
            ]
        );
        // The front of the second page comes with it, the rest is filed.
        let filed: Vec<bool> =
            second.iter().flat_map(|paper| issue.pages(&paper.key)).map(|page| page.is_filed).collect();
        assert_eq!(filed, [false, false, true, false, false, true, false]);
        let same = Issue::new(&history, &first, None, 2, true);
        assert_eq!(
            (labels(&same, &first).as_str(), same.name().as_str()),
            ("1 2 3 4", "1. Fassung vom 02.05.2025")
        );
    }

    #[test]
    fn a_file_that_was_sent_is_known_by_its_hash() {
        let first = [paper("a", &["1.top", "2"]), paper("b", &["3"])];
        let mut dispatch = sent(&Issue::new(&[], &first, Some(day(2)), 1, false), &first);
        dispatch.papers[0].sha256 = "ab12".into();
        // Of the other paper there is no file.
        assert_eq!(dispatch.looks(), BTreeMap::from([("ab12", vec!["1".to_owned(), "2".to_owned()])]));
    }

    #[test]
    fn a_label_that_was_withdrawn_never_comes_back() {
        let first = [paper("a", &["1", "2"]), paper("b", &["3"]), paper("c", &["4"])];
        let issue = Issue::new(&[], &first, Some(day(2)), 1, false);
        let mut history = vec![sent(&issue, &first)];
        let second = [paper("a", &["1", "2"]), paper("c", &["4"])];
        let issue = Issue::new(&history, &second, Some(day(5)), 1, false);
        assert_eq!(
            (labels(&issue, &second).as_str(), issue.withdrawn.as_slice()),
            ("1 2 4", &["3".to_owned()][..])
        );
        history.push(sent(&issue, &second));
        let third = [paper("a", &["1", "2"]), paper("b", &["3"]), paper("c", &["4"])];
        let issue = Issue::new(&history, &third, Some(day(6)), 1, false);
        assert_eq!(labels(&issue, &third), "1 2 2a 4");
    }

    /// A folder as somebody keeps it: sheets, each with the labels and looks of its sides.
    type Folder = Vec<Vec<(String, String)>>;

    /// The sheets of a version, and which of them are filed already.
    fn sheets(issue: &Issue, listed: &[ListedPaper]) -> Vec<(Vec<(String, String)>, bool)> {
        let mut sheets: Vec<(Vec<(String, String)>, bool)> = Vec::new();
        for page in listed.iter().flat_map(|paper| issue.pages(&paper.key)) {
            let side = (page.label.clone(), page.look.clone());
            match sheets.last_mut() {
                Some((sheet, _)) if page.is_back => sheet.push(side),
                _ => sheets.push((vec![side], page.is_filed)),
            }
        }
        sheets
    }

    proptest! {
        #[test]
        fn the_old_folder_with_what_is_sent_is_the_new_packet(
            steps in prop::collection::vec((0..5_u8, 0..6_usize, 0..5_usize), 1..8),
            per_sheet in 1..3_usize,
        ) {
            let mut listed = vec![paper("a", &["a1", "a2", "a3"]), paper("b", &["b1"]), paper("c", &["c1", "c2"])];
            let mut history: Vec<Dispatch> = Vec::new();
            let mut folder: Folder = Vec::new();
            let mut known: BTreeMap<String, String> = BTreeMap::new();
            for (step, (what, at, page)) in std::iter::once((9, 0, 0)).chain(steps).enumerate() {
                let at = at % listed.len().max(1);
                match what {
                    0 => listed.insert(at, paper(&format!("new{step}"), &["n1", "n2", "n3"][..page % 3 + 1])),
                    1 if listed.len() > 1 => drop(listed.remove(at)),
                    2 if !listed.is_empty() => {
                        let looks = &mut listed[at].looks;
                        let page = page % (looks.len() + 1);
                        looks.insert(page, format!("i{step}"));
                    }
                    3 if listed[at].looks.len() > 1 => {
                        let page = page % listed[at].looks.len();
                        listed[at].looks.remove(page);
                    }
                    4 => {
                        let page = page % listed[at].looks.len();
                        listed[at].looks[page] = format!("x{step}");
                    }
                    _ => {}
                }
                let issue = Issue::new(&history, &listed, Some(day(1 + step as u8)), per_sheet, false);
                let all = sheets(&issue, &listed);
                // Who files throws away what is not in the packet any more, and puts what is sent between what is left.
                let new: Folder = all.iter().map(|(sheet, _)| sheet.clone()).collect();
                let mut stays = folder.iter().filter(|sheet| new.contains(sheet));
                for (sheet, is_filed) in &all {
                    if *is_filed {
                        prop_assert!(stays.any(|filed| filed == sheet), "{sheet:?} is not filed");
                    }
                }
                // No label is on two pages, and none ever changes what it is on but by an exchange that says so.
                let pages = listed.iter().flat_map(|paper| issue.pages(&paper.key));
                let mut seen = BTreeSet::new();
                for page in pages {
                    prop_assert!(seen.insert(page.label.clone()), "{} twice", page.label);
                    let before = known.insert(page.label.clone(), page.look.clone());
                    let is_exchanged = page.replaces.is_some() && page.since == issue.version;
                    prop_assert!(before.is_none_or(|before| before == page.look || is_exchanged), "{}", page.label);
                }
                folder = new;
                let dispatch = sent(&issue, &listed);
                prop_assert_eq!(&Dispatch::read(&dispatch.to_json(), dispatch.version).unwrap(), &dispatch);
                history.push(dispatch);
            }
        }
    }
}
