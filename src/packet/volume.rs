//! A volume: one edition of a packet in the making, with its sections, its items, and their papers in the order in which
//! they are bound.
//!
//! What is said of it on its first pages (`front`), on each page (`stamps`) and in reports (`report`) is made from it
//! elsewhere in this room. Knows nothing of typst and of files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::business::{Business, BusinessItem};
use super::content::PaperContent;
use super::edition::Edition;
use super::late::{DIVIDER_SLUG, FRONT_SLUG, Issue, IssuedPage};
use super::pagination::{PageName, Pagination};
use super::papers::Paper;
use crate::bind::{Item, Packed, PaperMark, Part, Plan, Section};
use crate::files;
use crate::pdf::Claims;
use crate::record::publicity::Publicity;
use crate::record::session::ItemNumber;

/// One edition of a packet in the making.
#[derive(Debug, Clone)]
pub struct Volume<'a> {
    /// The edition.
    pub edition: Edition,
    /// The session with its items.
    pub business: &'a Business<'a>,
    /// The public and the non-public part, as far as it has them.
    pub sections: Vec<VolumeSection<'a>>,
    /// The papers of all items, in the order of the sections.
    pub papers: Vec<VolumePaper<'a>>,
    /// The paper before which a sheet divides the two parts, if both have papers.
    pub divided_at: Option<usize>,
    /// The version that it is, if versions were sent or it is to be.
    pub issue: Option<&'a Issue>,
    /// What it is called, if it is only a part of the packet.
    name: Option<String>,
}

/// A part of the agenda.
#[derive(Debug, Clone)]
pub struct VolumeSection<'a> {
    /// Its heading.
    pub heading: &'static str,
    /// Its items.
    pub items: Vec<VolumeItem<'a>>,
}

/// An item with its papers.
#[derive(Debug, Clone)]
pub struct VolumeItem<'a> {
    /// The item.
    pub item: &'a BusinessItem<'a>,
    /// Its title as its readers may see it.
    pub title: String,
    /// The places of its papers among those of the volume.
    pub papers: Range<usize>,
}

/// A paper that is in the edition.
#[derive(Debug, Clone, Copy)]
pub struct VolumePaper<'a> {
    /// The paper.
    pub paper: &'a Paper<'a>,
    /// What is in its file.
    pub content: &'a PaperContent,
}

impl<'a> VolumePaper<'a> {
    /// Gives its pages as an edition has them.
    fn part(&self, edition: Edition) -> &'a Part {
        self.content.part_in(&edition)
    }
}

/// The parts of an agenda, in the order in which they are dealt with.
pub(super) const SECTIONS: [(Publicity, &str); 2] =
    [(Publicity::Public, "Öffentlicher Teil"), (Publicity::NonPublic, "Nichtöffentlicher Teil")];

impl<'a> Volume<'a> {
    /// Takes from all papers of a session, which are there item by item, those of an edition.
    pub fn new(
        edition: Edition,
        business: &'a Business<'a>,
        papers: &'a [Paper<'a>],
        contents: &'a [PaperContent],
    ) -> Self {
        let mut volume = Self {
            edition,
            business,
            sections: Vec::new(),
            papers: Vec::new(),
            divided_at: None,
            issue: None,
            name: None,
        };
        for (publicity, heading) in SECTIONS {
            let items = business.items.iter().filter(|item| is_in_section(business, item, publicity));
            let before = volume.papers.len();
            let items = filed(items.collect(), papers).into_iter();
            let mut items: Vec<VolumeItem<'a>> =
                items.filter_map(|item| volume.take_item(item, papers, contents)).collect();
            without_empty_headings(business, &mut items);
            if before > 0 && before < volume.papers.len() {
                volume.divided_at = Some(before);
            }
            if !items.is_empty() {
                volume.sections.push(VolumeSection { heading, items });
            }
        }
        volume
    }

    fn take_item(
        &mut self,
        item: &'a BusinessItem<'a>,
        papers: &'a [Paper<'a>],
        contents: &'a [PaperContent],
    ) -> Option<VolumeItem<'a>> {
        let title = self.business.title_for(item, self.edition.readers)?;
        let first = self.papers.len();
        let all = papers.iter().zip(contents);
        let own = all.filter(|(paper, _)| paper.item.place == item.place && paper.is_in(&self.edition));
        self.papers.extend(own.map(|(paper, content)| VolumePaper { paper, content }));
        let is_left_out = self.edition.is_supplement && item.publicity().is_public();
        if is_left_out && !item.item.is_heading() && self.papers.len() == first {
            return None;
        }
        Some(VolumeItem { item, title, papers: first..self.papers.len() })
    }

    /// Takes some of its papers, with their items, as a volume with a name of its own; with the sheet that stands before one of
    /// them or without.
    pub fn extract(&self, papers: Range<usize>, name: String, is_divided: bool) -> Self {
        let divided_at = self.divided_at.filter(|at| is_divided && papers.contains(at));
        Self {
            sections: self.cut(|at| at.clamp(papers.start, papers.end) - papers.start, None),
            papers: self.papers[papers.clone()].to_vec(),
            divided_at: divided_at.map(|at| at - papers.start),
            name: Some(name),
            ..*self
        }
    }

    /// Gives the sections with what is left of them: `place` says where a paper stands now. The one that a sheet divides from
    /// what is before it stays for the sheet, if it is said so, although nothing else of it may be left.
    fn cut(&self, place: impl Fn(usize) -> usize, divided: Option<usize>) -> Vec<VolumeSection<'a>> {
        let item = |item: &VolumeItem<'a>| {
            let papers = place(item.papers.start)..place(item.papers.end);
            (!papers.is_empty()).then(|| VolumeItem { papers, ..item.clone() })
        };
        let section = |section: &VolumeSection<'a>| {
            let items: Vec<VolumeItem<'a>> = section.items.iter().filter_map(item).collect();
            let stays = !items.is_empty() || divided.is_some() && self.is_divided_from(section);
            stays.then_some(VolumeSection { heading: section.heading, items })
        };
        self.sections.iter().filter_map(section).collect()
    }

    /// Gives the title of the document.
    pub fn title(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let session = self.business.session;
        let date = session.date.map(|day| format!(", {}", day.in_numbers())).unwrap_or_default();
        let issue = self.issue.map(|issue| format!(", {}", issue.name())).unwrap_or_default();
        format!("Sitzungsmappe {}{date} ({}{issue})", session.committee(), self.edition.name_in_title)
    }

    /// Gives the most that it may claim: what each of its papers holds.
    pub fn may_claim(&self) -> Claims {
        self.papers.iter().fold(Claims::FULL, |claims, paper| claims.and(paper.content.holds()))
    }

    /// Numbers its pages, if there are so many first pages, and so many of the sheet that may divide its parts.
    pub fn pagination(&self, front_pages: usize, divider_pages: usize) -> Pagination {
        let papers = self.papers.iter().map(|paper| paper.part(self.edition).page_count());
        let pages = Pagination::new(front_pages, papers, self.divided_at.map(|at| (at, divider_pages)));
        match self.issue {
            Some(issue) => {
                let names = self.names(issue, &pages);
                pages.named(names)
            }
            None => pages,
        }
    }

    /// Names the pages of a version, those of its first pages and of the sheet between the parts among them.
    fn names(&self, issue: &Issue, pages: &Pagination) -> Vec<PageName> {
        let name = |page: &IssuedPage| PageName {
            label: page.label.clone(),
            said: issue.said(page),
            stamps: page.stamps.clone(),
        };
        let mut names: Vec<PageName> =
            issue.pages(FRONT_SLUG).iter().take(pages.front().len()).map(name).collect();
        for (at, one) in self.papers.iter().enumerate() {
            if self.divided_at == Some(at) {
                names.extend(issue.pages(DIVIDER_SLUG).iter().take(pages.divider().len()).map(name));
            }
            names.extend(issue.pages(&one.paper.slug).iter().map(name));
        }
        names
    }

    /// Makes it a version that was sent or is to be.
    pub fn of_issue<'b>(&self, issue: Option<&'b Issue>) -> Volume<'b>
    where
        'a: 'b,
    {
        Volume { issue, ..self.clone() }
    }

    /// Takes some pages of some of its papers, which these are, with the sheet before one of them or without.
    pub fn select<'b>(
        &self,
        chosen: &[(usize, &'b PaperContent)],
        name: String,
        is_divided: bool,
    ) -> Volume<'b>
    where
        'a: 'b,
    {
        let place = |at: usize| chosen.iter().take_while(|(own, _)| *own < at).count();
        let divided_at = self.divided_at.filter(|_| is_divided);
        let papers =
            chosen.iter().map(|(at, content)| VolumePaper { paper: self.papers[*at].paper, content });
        Volume {
            sections: self.cut(place, divided_at),
            papers: papers.collect(),
            divided_at: divided_at.map(place),
            issue: None,
            name: Some(name),
            edition: self.edition,
            business: self.business,
        }
    }

    /// Packs its papers, which needs nothing else of it.
    pub fn packed(&self) -> Packed<'a> {
        Packed::new(self.papers.iter().map(|paper| paper.part(self.edition)))
    }

    /// Plans how it is bound.
    pub fn plan<'b>(
        &self,
        pages: &Pagination,
        (front, divider, stamps): (&'b Part, Option<&'b Part>, &'b [Part]),
        packed: Packed<'b>,
    ) -> Plan<'b> {
        let section = |section: &VolumeSection<'_>| Section {
            title: section.heading.to_owned(),
            divider: divider.filter(|_| self.is_divided_from(section)),
            items: depths(&section.items)
                .zip(&section.items)
                .map(|(depth, item)| self.planned(item, depth, pages))
                .collect(),
        };
        Plan {
            front,
            stamps,
            sections: self.sections.iter().map(section).collect(),
            packed,
            labels: pages.labels(),
            has_lasting_labels: self.issue.is_some(),
            others: Vec::new(),
            identity: self.identity(),
        }
    }

    fn planned(&self, item: &VolumeItem<'_>, depth: usize, pages: &Pagination) -> Item {
        let first = Self::first_paper(item, pages);
        let mark = |at: usize| PaperMark {
            title: self.papers[at].paper.name(),
            page: pages.paper(at).start,
            begins_item: first == Some(at) && opens(pages, at),
            item: item.item.label(),
        };
        Item {
            title: format!("{} {}", item.item.number(), item.title).trim_start().to_owned(),
            depth,
            slug: item.item.slug(),
            papers: item.papers.clone().map(mark).collect(),
        }
    }

    /// Tells whether a sheet divides what is before a section from it.
    pub(super) fn is_divided_from(&self, section: &VolumeSection<'_>) -> bool {
        // Of a section without items only the sheet is there.
        let first = section.items.first().map_or(self.papers.len(), |item| item.papers.start);
        self.divided_at == Some(first)
    }

    /// Gives the paper with which the pages of an item begin, if it has any.
    pub(super) fn first_paper(item: &VolumeItem<'_>, pages: &Pagination) -> Option<usize> {
        item.papers.clone().find(|at| !pages.paper(*at).is_empty())
    }

    /// What tells it from all other packets.
    fn identity(&self) -> String {
        let mut lines = vec![self.title()];
        let papers = self.papers.iter();
        lines.extend(papers.map(|one| format!("{} {}", one.paper.slug, one.part(self.edition).page_count())));
        files::hash(&[lines.join("\n").as_bytes()])[..32].to_owned()
    }
}

/// Tells whether an item begins on the first page of a paper that is the first of it here: what was left out may come before.
pub(super) fn opens(pages: &Pagination, at: usize) -> bool {
    let stamps = pages.name(pages.paper(at).start).and_then(|name| name.stamps.as_ref());
    stamps.is_none_or(|stamps| stamps.len() > 1)
}

/// Puts items into the order in which their papers are listed, which is that of their pages. One without papers stays behind
/// the item before it.
fn filed<'a>(mut items: Vec<&'a BusinessItem<'a>>, papers: &[Paper<'_>]) -> Vec<&'a BusinessItem<'a>> {
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, paper) in papers.iter().enumerate() {
        places.entry(paper.item.place).or_insert(at);
    }
    let mut last = 0;
    for item in &items {
        last = *places.entry(item.place).or_insert(last);
    }
    items.sort_by_key(|item| places.get(&item.place).copied());
    items
}

/// Says below how many others each item stands: 5.1 below 5, if that stands before it.
fn depths<'a>(items: &'a [VolumeItem<'a>]) -> impl Iterator<Item = usize> {
    let mut above: Vec<&ItemNumber> = Vec::new();
    items.iter().map(move |item| {
        let number = item.item.item.number.as_ref();
        above.retain(|above| number.is_some_and(|number| number.is_below(above)));
        let depth = above.len();
        above.extend(number);
        depth
    })
}

/// Leaves out the headings below which no item is left.
fn without_empty_headings(business: &Business<'_>, items: &mut Vec<VolumeItem<'_>>) {
    let left: BTreeSet<usize> =
        items.iter().filter(|item| !item.item.item.is_heading()).map(|item| item.item.place).collect();
    let has_items =
        |heading: &BusinessItem<'_>| business.below(heading).any(|item| left.contains(&item.place));
    items.retain(|item| !item.item.item.is_heading() || has_items(item.item));
}

/// Tells whether an item belongs to the part of the agenda that is as public as this; a heading belongs where the first item
/// below it does.
fn is_in_section(business: &Business<'_>, item: &BusinessItem<'_>, publicity: Publicity) -> bool {
    if item.item.is_heading() {
        business.below(item).any(|below| below.publicity() == publicity)
    } else {
        item.publicity() == publicity
    }
}

#[cfg(test)]
mod tests {
    use super::super::front::front;
    use super::super::report::paper_reports;
    use super::super::sample::{Sample, contents, papers};
    use super::super::stamps::stamp_texts;
    use super::*;
    use crate::record::publicity::Soundness;

    fn slugs<'a>(volume: &Volume<'a>) -> Vec<&'a str> {
        volume.papers.iter().map(|one| one.paper.slug.as_str()).collect()
    }

    #[test]
    fn an_edition_has_the_items_and_papers_that_its_readers_may_see() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Sound);
        let papers = papers(&business);
        let contents = contents(&papers);
        let headings = |volume: &Volume<'_>| -> Vec<(&'static str, usize)> {
            volume.sections.iter().map(|section| (section.heading, section.items.len())).collect()
        };
        let public = Volume::new(Edition::PUBLIC, &business, &papers, &contents);
        assert_eq!(headings(&public), [("Öffentlicher Teil", 2)]);
        assert_eq!(slugs(&public), ["top-2.anlage-a", "top-2.anlage-1"]);
        assert_eq!(public.title(), "Sitzungsmappe Rat, 12.02.2025 (öffentliche Fassung)");
        let complete = Volume::new(Edition::COMPLETE, &business, &papers, &contents);
        assert_eq!(headings(&complete), [("Öffentlicher Teil", 2), ("Nichtöffentlicher Teil", 2)]);
        assert_eq!(slugs(&complete), papers.iter().map(|paper| paper.slug.as_str()).collect::<Vec<_>>());
        assert_ne!(public.identity(), complete.identity());
        let nonpublic = Volume::new(Edition::NONPUBLIC, &business, &papers, &contents);
        assert_eq!(headings(&nonpublic), [("Öffentlicher Teil", 1), ("Nichtöffentlicher Teil", 2)]);
        assert_eq!(slugs(&nonpublic), ["top-2.anlage-2", "top-3.anlage-1", "top-nr-4.vorlage"]);
        assert_eq!([public, complete, nonpublic].map(|one| one.divided_at), [None, Some(3), Some(1)]);
    }

    #[test]
    fn all_that_is_said_of_a_page_is_said_of_the_same_one() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Sound);
        let papers = papers(&business);
        let contents = contents(&papers);
        let volume = Volume::new(Edition::COMPLETE, &business, &papers, &contents);
        let pages = volume.pagination(2, 1);
        let first = [3, 4, 6, 10, 14];
        assert_eq!((pages.total(), pages.divider()), (18, 9..10));

        let front = front(&volume, &pages);
        let items: Vec<_> = front.parts.iter().flat_map(|part| &part.items).collect();
        let listed = items.iter().flat_map(|item| &item.papers).map(|paper| paper.page.clone().unwrap());
        let listed: Vec<(usize, String)> = listed.map(|page| (page.place, page.label)).collect();
        assert_eq!(listed, first.map(|place| (place, place.to_string())));
        assert_eq!(
            items.iter().map(|item| item.page.is_some()).collect::<Vec<_>>(),
            [false, true, true, true]
        );

        let (own, packed) = (Part::empty("own"), volume.packed());
        let plan = volume.plan(&pages, (&own, Some(&own), std::slice::from_ref(&own)), packed);
        assert_eq!(plan.sections.iter().map(|one| one.divider.is_some()).collect::<Vec<_>>(), [false, true]);
        let marks = plan.sections.iter().flat_map(|section| &section.items).flat_map(|item| &item.papers);
        assert_eq!(marks.map(|mark| mark.page).collect::<Vec<_>>(), first);
        assert_eq!(plan.labels, pages.labels());

        let reports = paper_reports(&volume, &pages);
        let last = [3, 5, 8, 13, 18];
        let reported: Vec<(usize, usize)> =
            reports.iter().map(|paper| (paper.first_page, paper.last_page)).collect();
        assert_eq!(reported, first.into_iter().zip(last).collect::<Vec<_>>());

        let stamps = stamp_texts(&volume, &pages);
        // Of each page one, and one for each item before that of its first page.
        assert_eq!((stamps.len(), stamps[1].as_str()), (21, "Sitzungsmappe Rat · Seite 2 von 18"));
        assert_eq!(stamps[2..4], ["TOP 2", "V/0001/2025 · Anlage A · Seite 3 von 18"]);
        assert_eq!(stamps[5], "TOP 2 · V/0001/2025 · Anlage 1 · Seite 5 von 18");
        assert_eq!(stamps[6], "TOP 2 · V/0001/2025 · Anlage 2 · Nichtöffentlich · Seite 6 von 18");
        assert_eq!(stamps[9], "Sitzungsmappe Rat · Nichtöffentlich · Seite 9 von 18");
        let marks = plan.sections.iter().flat_map(|section| &section.items).flat_map(|item| &item.papers);
        assert_eq!(marks.filter(|mark| mark.begins_item).count(), 3);
    }
}
