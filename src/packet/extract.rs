//! Extracts of a packet: files of their own with some of its papers, one for each item or so that each fits into a mail.
//!
//! Their pages, stamps and bookmarks are those of the packet. Knows nothing of how large papers are.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::late::Issue;
use super::pagination::Pagination;
use super::volume::Volume;
use crate::bind::OtherFile;
use crate::record::names;

/// Which extracts are wanted beside a packet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExtractWish {
    /// Whether each item is a file too.
    pub each: bool,
    /// The most bytes of a part, if the packet is cut into parts.
    pub max_bytes: Option<u64>,
}

impl ExtractWish {
    /// Lists what is wanted.
    pub fn kinds(self) -> Vec<ExtractKind> {
        let parts = self.max_bytes.map(|max_bytes| ExtractKind::Part { max_bytes });
        self.each.then_some(ExtractKind::Item).into_iter().chain(parts).collect()
    }
}

/// What an extract is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtractKind {
    /// The papers of an item.
    Item,
    /// A part of the packet; how large it may be.
    Part {
        /// The most bytes that were asked for.
        max_bytes: u64,
    },
    /// The sheets of a version that those who have the one before do not have.
    Delta,
}

/// An extract in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// What it is.
    pub kind: ExtractKind,
    /// The name of its file.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What tells it from the others beside it.
    pub label: String,
    /// The places of its papers among those of the volume.
    pub papers: Range<usize>,
    /// Whether it begins with the first pages of the packet.
    pub has_front: bool,
    /// Whether the sheet that divides the parts of the agenda comes with its papers.
    pub is_divided: bool,
    /// The other parts of the packet, if it is the first.
    pub others: Vec<OtherFile>,
}

/// Lists an extract for each item that has papers.
pub fn items(volume: &Volume<'_>) -> Vec<Extract> {
    let items = volume.sections.iter().flat_map(|section| &section.items);
    let items = items.filter(|item| !item.papers.is_empty());
    let extract = |item: &super::VolumeItem<'_>| {
        let label = format!("TOP {}: {}", item.item.number(), item.title);
        let what = item.item.slug().replacen("top-", "TOP-", 1);
        Extract {
            kind: ExtractKind::Item,
            name: name(volume, &what),
            title: format!("{label} – {}", volume.title()),
            label,
            papers: item.papers.clone(),
            has_front: false,
            is_divided: false,
            others: Vec::new(),
        }
    };
    items.map(extract).collect()
}

/// Lists the parts of a packet that is cut at these papers.
pub fn parts(volume: &Volume<'_>, pages: &Pagination, cuts: &[Range<usize>], max_bytes: u64) -> Vec<Extract> {
    let count = cuts.len();
    let named = |at: usize| name(volume, &format!("Teil-{}-von-{count}", at + 1));
    let other = |at: usize| OtherFile { name: named(at), pages: pages.run(cuts[at].clone()) };
    let part = |(at, papers): (usize, &Range<usize>)| Extract {
        kind: ExtractKind::Part { max_bytes },
        name: named(at),
        title: format!("{}, Teil {} von {count}", volume.title(), at + 1),
        label: format!("Teil {} von {count}", at + 1),
        papers: papers.clone(),
        has_front: at == 0,
        is_divided: true,
        others: if at == 0 { (1..count).map(other).collect() } else { Vec::new() },
    };
    cuts.iter().enumerate().map(part).collect()
}

/// Describes the delta of a version.
pub fn delta(volume: &Volume<'_>, issue: &Issue) -> Extract {
    let label = format!("Nachtrag zur {}. Fassung", issue.version);
    Extract {
        kind: ExtractKind::Delta,
        name: name(volume, &format!("Nachtrag-{}", issue.version)),
        title: format!("Nachtrag: {}", volume.title()),
        label,
        papers: 0..0,
        has_front: true,
        is_divided: false,
        others: Vec::new(),
    }
}

fn name(volume: &Volume<'_>, what: &str) -> String {
    names::extract(&volume.business.session.file_stem(), volume.edition.folder, what)
}

/// What the papers of a packet weigh, and each part besides.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// What the first part has besides its papers: cover and agenda.
    pub first: u64,
    /// What each other part has besides its papers.
    pub other: u64,
    /// The papers.
    pub papers: Vec<u64>,
}

/// Cuts a run of papers so that no part is heavier than `most`, unless a single paper is. None of the parts is empty.
pub fn cut(weights: &Weights, most: u64) -> Vec<Range<usize>> {
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let mut weight = weights.first;
    for (at, own) in weights.papers.iter().enumerate() {
        match cuts.last_mut() {
            Some(part) if weight + own <= most => part.end = at + 1,
            Some(_) => {
                cuts.push(at..at + 1);
                weight = weights.other;
            }
            None => cuts.push(at..at + 1),
        }
        weight += own;
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::super::edition::Edition;
    use super::super::sample::{Sample, contents, papers};
    use super::*;
    use crate::record::publicity::Soundness;

    #[test]
    fn papers_are_cut_where_the_next_one_would_be_too_much() {
        let cut = |first, other, papers: &[u64]| cut(&Weights { first, other, papers: papers.to_vec() }, 10);
        assert_eq!(cut(1, 0, &[4, 4, 4, 2, 20, 1]), [0..2, 2..4, 4..5, 5..6]);
        assert_eq!(cut(1, 5, &[4, 4, 4, 2, 20, 1]), [0..2, 2..3, 3..4, 4..5, 5..6]);
        assert_eq!(cut(1, 0, &[4, 5, 6]), [0..2, 2..3]);
        assert_eq!(cut(20, 0, &[4, 5]), [0..1, 1..2]);
        assert!(cut(5, 0, &[]).is_empty());
    }

    #[test]
    fn extracts_are_called_by_what_they_have() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Sound);
        let papers = papers(&business);
        let contents = contents(&papers);
        let volume = Volume::new(Edition::COMPLETE, &business, &papers, &contents);
        let items = items(&volume);
        let names: Vec<&str> = items.iter().map(|one| one.name.as_str()).collect();
        let stem = "Rat-2025-02-12-vollstaendig";
        assert_eq!(names, ["2", "3", "nr-4"].map(|number| format!("{stem}-TOP-{number}.pdf")));
        assert_eq!(items[0].title, "TOP 2: Radweg – Sitzungsmappe Rat, 12.02.2025 (vollständige Fassung)");
        assert_eq!((items[0].papers.clone(), items[1].papers.clone()), (0..3, 3..4));

        let pages = volume.pagination(2, 1);
        let parts = parts(&volume, &pages, &[0..2, 2..5], 10);
        assert_eq!(parts[0].name, format!("{stem}-Teil-1-von-2.pdf"));
        assert_eq!(parts[0].others, [OtherFile { name: format!("{stem}-Teil-2-von-2.pdf"), pages: 6..19 }]);
        assert!(parts[0].has_front && !parts[1].has_front && parts[1].others.is_empty());
        let second = volume.extract(parts[1].papers.clone(), parts[1].title.clone(), true);
        assert_eq!(second.title(), format!("{}, Teil 2 von 2", volume.title()));
        let items: Vec<_> = second.sections.iter().flat_map(|section| &section.items).collect();
        // The item that is cut stands in both.
        assert_eq!(
            items.iter().map(|item| (item.item.number(), item.papers.clone())).collect::<Vec<_>>(),
            [("2".into(), 0..1), ("3".into(), 1..2), (String::new(), 2..3)]
        );
    }
}
