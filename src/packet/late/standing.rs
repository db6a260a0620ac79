//! A packet as it stands now, beside the versions that were sent.

use std::collections::{BTreeMap, BTreeSet};

use super::change::LateChange;
use super::changes::{Compared, changes, is_hidden, of_items};
use super::dispatch::{
    DIVIDER_KEY, Dispatch, DispatchRecipient, DispatchedFile, DispatchedItem, DispatchedPage,
    DispatchedPaper, FORMAT, FRONT_KEY, OPENING,
};
use super::filing::{item_keys, paper_keys};
use super::issue::{DIVIDER_SLUG, FRONT_SLUG, Issue, IssuedPage, ListedPaper};
use crate::day::{Day, TimeOfDay};
use crate::packet::business::{Business, BusinessItem};
use crate::packet::edition::Edition;
use crate::packet::pagination::Pagination;
use crate::packet::papers::Paper;
use crate::packet::stamps::page_stamps;
use crate::packet::volume::Volume;
use crate::record::publicity::Publicity;
use crate::record::session::Recipient;

/// What one sees of the file of a paper.
#[derive(Debug, Clone, Default)]
pub struct PaperLook {
    /// A hash of the file.
    pub sha256: String,
    /// Hashes of what one sees on each page.
    pub pages: Vec<String>,
}

/// A packet as it stands now.
#[derive(Debug)]
pub struct Standing<'a> {
    /// The versions that were sent.
    pub history: &'a [Dispatch],
    /// All of its papers.
    pub complete: &'a Volume<'a>,
    /// The editions that are made.
    pub editions: &'a [Edition],
    /// What one sees of them, by their slugs.
    pub looks: &'a BTreeMap<String, PaperLook>,
    /// How many first pages the edition has that has most of them.
    pub front_pages: usize,
    /// How many pages the sheet between the parts has.
    pub divider_pages: usize,
    /// How many pages are printed on a sheet, if nothing was sent before.
    pub pages_per_sheet: usize,
}

/// What of the agenda changed after it was sent.
#[derive(Debug, Clone)]
pub struct SessionChanges {
    /// The number of the supplement to the agenda that says so.
    pub supplement: u32,
    /// What changed.
    pub changes: Vec<LateChange>,
}

impl SessionChanges {
    /// Finds what changed of the agenda since it was sent last; or, if nothing did, what changed with that version.
    pub fn of(business: &Business<'_>, sent: &[Dispatch]) -> Option<Self> {
        let last = sent.last()?;
        let now = of_items(&last.items, &items(business));
        if !now.is_empty() {
            return Some(Self { supplement: last.version, changes: now });
        }
        let before = &sent.get(sent.len().checked_sub(2)?)?.items;
        let changes = of_items(before, &last.items);
        (!changes.is_empty()).then(|| Self { supplement: last.version - 1, changes })
    }
}

impl Standing<'_> {
    /// Numbers its pages as the version that is sent next, or as the last one if nothing changed; and says what changed.
    pub fn issue(&self, date: Option<Day>) -> Issue {
        let next = self.history.last().map_or(1, |last| last.version + 1);
        let listed = self.listed((0..self.front_pages).map(|page| format!("{next}.{}", page + 1)).collect());
        let issue = Issue::new(self.history, &listed, date, self.pages_per_sheet, false);
        let Some(last) = self.history.last() else { return issue };
        let (particulars, items, papers) =
            (self.particulars(), items(self.complete.business), self.papers(&issue));
        let now = Compared { particulars: &particulars, items: &items, papers: &papers };
        let changes = changes(Compared::of(last), now);
        if !changes.is_empty() {
            let hidden = last.papers.iter().filter(|gone| is_hidden(gone, &papers));
            let hidden = hidden.map(|gone| gone.key.clone()).collect();
            return issue.with_changes(changes, hidden);
        }
        let front = last.papers.iter().find(|paper| paper.key == FRONT_KEY);
        let front = front.iter().flat_map(|paper| &paper.pages).map(|page| page.look.clone());
        let same = Issue::new(self.history, &self.listed(front.collect()), date, self.pages_per_sheet, true);
        same.with_changes(last.changes.clone(), BTreeSet::new())
    }

    /// Freezes it as it is sent: on this day, with these files, and the pages of the complete edition.
    pub fn freeze(
        &self,
        (issue, date): (&Issue, Day),
        files: Vec<DispatchedFile>,
        pages: &Pagination,
    ) -> Dispatch {
        let session = self.complete.business.session;
        let mut papers = self.papers(issue);
        let mut stamps = page_stamps(self.complete, pages).into_iter();
        for paper in &mut papers {
            // Another edition may have more first pages.
            let count = if paper.key == FRONT_KEY { pages.front().len() } else { paper.pages.len() };
            paper
                .pages
                .iter_mut()
                .take(count)
                .zip(stamps.by_ref())
                .for_each(|(page, stamps)| page.stamps = stamps);
        }
        Dispatch {
            format: FORMAT,
            committee: session.committee(),
            meeting: session.date,
            version: issue.version,
            date,
            pages_per_sheet: issue.pages_per_sheet,
            particulars: self.particulars(),
            changes: issue.changes.clone(),
            files,
            recipients: session.distribution.iter().map(recipient).collect(),
            items: items(self.complete.business),
            papers,
            withdrawn: issue.withdrawn.clone(),
        }
    }

    /// Its papers in the order of their pages.
    fn listed(&self, front: Vec<String>) -> Vec<ListedPaper> {
        let own = |slug: &str, key: &str, looks: Vec<String>| ListedPaper {
            slug: slug.to_owned(),
            key: key.to_owned(),
            looks,
        };
        let mut listed = vec![own(FRONT_SLUG, FRONT_KEY, front)];
        for (at, (paper, key)) in self.in_order().into_iter().enumerate() {
            if self.complete.divided_at == Some(at) {
                let looks = (0..self.divider_pages).map(|page| format!("{DIVIDER_KEY}.{page}")).collect();
                listed.push(own(DIVIDER_SLUG, DIVIDER_KEY, looks));
            }
            let looks = self.sent_looks(at, paper, &key).unwrap_or_else(|| self.looks_of(at, paper));
            listed.push(own(&paper.slug, &key, looks));
        }
        listed
    }

    fn in_order(&self) -> Vec<(&Paper<'_>, String)> {
        let papers: Vec<&Paper<'_>> = self.complete.papers.iter().map(|one| one.paper).collect();
        let keys = paper_keys(&papers);
        papers.into_iter().zip(keys).collect()
    }

    /// What one saw on the pages of a paper that no edition needs and that is not at hand: it counts as it was sent.
    fn sent_looks(&self, at: usize, paper: &Paper<'_>, key: &str) -> Option<Vec<String>> {
        let is_missing = self.complete.papers[at].content.refusal.is_some();
        let is_needed = self.editions.iter().any(|edition| paper.is_in(edition));
        let sent = self.history.last()?.papers.iter().find(|sent| sent.key == key);
        let sent = sent.filter(|_| is_missing && !is_needed)?;
        Some(sent.pages.iter().map(|page| page.look.clone()).collect())
    }

    /// What one sees on the pages of a paper. With which page an item begins is seen too.
    fn looks_of(&self, at: usize, paper: &Paper<'_>) -> Vec<String> {
        let count = self.complete.papers[at].content.part.page_count();
        let own = self.looks.get(&paper.slug);
        let known = own.filter(|own| own.pages.len() == count);
        let whole = own.map_or(paper.slug.as_str(), |own| own.sha256.as_str());
        let look = |page: usize| {
            known.map_or_else(|| format!("{whole}.{}", page + 1), |own| own.pages[page].clone())
        };
        let mut looks: Vec<String> = (0..count).map(look).collect();
        let items = self.complete.sections.iter().flat_map(|section| &section.items);
        let mut firsts = items.filter_map(|item| {
            item.papers.clone().find(|at| self.complete.papers[*at].content.part.page_count() > 0)
        });
        if firsts.any(|first| first == at) {
            looks[0] += OPENING;
        }
        looks
    }

    fn particulars(&self) -> Vec<String> {
        let session = self.complete.business.session;
        let municipality = session.project.settings.municipality.clone();
        let day = session.date.map(Day::in_words);
        let begin = session.begin.map(|time| format!("{} Uhr", TimeOfDay::in_numbers(time)));
        let all = [
            municipality,
            Some(session.committee()),
            day,
            begin,
            session.place.clone(),
            session.chair.clone(),
        ];
        all.into_iter().flatten().collect()
    }

    fn papers(&self, issue: &Issue) -> Vec<DispatchedPaper> {
        let page = |page: &IssuedPage| DispatchedPage {
            label: page.label.clone(),
            look: page.look.clone(),
            since: page.since,
            stamps: page.stamps.clone().unwrap_or_default(),
            is_back: page.is_back,
        };
        let pages = |slug: &str| issue.pages(slug).iter().map(page).collect();
        let own = |slug: &str, key: &str, is_public: bool| DispatchedPaper {
            key: key.to_owned(),
            item: String::new(),
            name: key.to_owned(),
            is_public,
            sha256: String::new(),
            pages: pages(slug),
        };
        let mut papers = vec![own(FRONT_SLUG, FRONT_KEY, true)];
        for (at, (paper, key)) in self.in_order().into_iter().enumerate() {
            if self.complete.divided_at == Some(at) {
                papers.push(own(DIVIDER_SLUG, DIVIDER_KEY, false));
            }
            papers.push(DispatchedPaper {
                key,
                item: paper.item.number(),
                name: paper.name(),
                is_public: paper.publicity.is_public(),
                sha256: self.looks.get(&paper.slug).map(|look| look.sha256.clone()).unwrap_or_default(),
                pages: pages(&paper.slug),
            });
        }
        papers
    }
}

fn recipient(recipient: &Recipient) -> DispatchRecipient {
    let edition = if recipient.reads_all { Edition::COMPLETE } else { Edition::PUBLIC };
    DispatchRecipient { name: recipient.name.clone(), edition, copies: recipient.copies }
}

/// The items of an agenda, without its headings.
pub(super) fn items(business: &Business<'_>) -> Vec<DispatchedItem> {
    let item = |(key, item): (String, &BusinessItem<'_>)| DispatchedItem {
        key,
        number: item.number(),
        title: item.title(),
        public_title: business.title_for(item, Publicity::Public),
        is_public: item.publicity().is_public(),
        status: item.item.status.map(|status| status.word().to_owned()),
    };
    item_keys(business).into_iter().map(item).collect()
}
