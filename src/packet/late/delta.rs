//! The sheets of a version that those who have the one before do not have yet, with where they are filed.
//!
//! What was filed is taken out or stays, and never changes. Knows nothing of files.

use super::dispatch::{DIVIDER_KEY, Dispatch, DispatchedPaper, FRONT_KEY};
use super::filing_step::FilingStep;
use super::issue::{DIVIDER_SLUG, FRONT_SLUG, Issue, IssuedPage};
use crate::packet::volume::Volume;

/// What of a paper is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentPages {
    /// The place of the paper among those of the volume.
    pub paper: usize,
    /// Its pages, by their places from 0; none for the empty back of a sheet.
    pub pages: Vec<Option<usize>>,
}

/// Lists the pages of each paper that are sent, sheet by sheet.
pub fn sent_pages(volume: &Volume<'_>, issue: &Issue) -> Vec<SentPages> {
    let of_paper = |(paper, one): (usize, &crate::packet::VolumePaper<'_>)| {
        let pages = sides(issue.pages(&one.paper.slug), issue.pages_per_sheet);
        (!pages.is_empty()).then_some(SentPages { paper, pages })
    };
    volume.papers.iter().enumerate().filter_map(of_paper).collect()
}

/// The sides of the sheets that are not filed yet.
fn sides(pages: &[IssuedPage], per_sheet: usize) -> Vec<Option<usize>> {
    let mut sides: Vec<Option<usize>> = Vec::new();
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| !page.is_filed) {
        if !page.is_back {
            sides.resize(sides.len().next_multiple_of(per_sheet.max(1)), None);
        }
        sides.push(Some(at));
    }
    sides.resize(sides.len().next_multiple_of(per_sheet.max(1)), None);
    sides
}

/// Says step by step how the folder of the version before becomes that of this one, for the readers of an edition who have
/// `front` first pages.
pub fn filing(volume: &Volume<'_>, issue: &Issue, last: &Dispatch, front: usize) -> Vec<FilingStep> {
    let is_theirs = |paper: &&DispatchedPaper| !volume.edition.keeps_back() || paper.is_public;
    // Those of another edition may be more.
    let last_front = last.papers.iter().filter(|paper| paper.key == FRONT_KEY).flat_map(|paper| &paper.pages);
    let mut steps = vec![FilingStep {
        what: FRONT_KEY.to_owned(),
        out: last_front.into_iter().map(|page| page.label.clone()).collect(),
        put: labels(issue.pages(FRONT_SLUG).iter().take(front)),
        behind: None,
    }];
    let mut before = issue.pages(FRONT_SLUG).iter().take(front).next_back();
    let mut kept: Vec<&str> = Vec::new();
    for (at, one) in volume.papers.iter().enumerate() {
        if volume.divided_at == Some(at) {
            let pages = issue.pages(DIVIDER_SLUG);
            let old = last.papers.iter().find(|paper| paper.key == DIVIDER_KEY);
            steps.extend(of_paper(DIVIDER_KEY, old, pages, before));
            before = pages.last().or(before);
        }
        let pages = issue.pages(&one.paper.slug);
        let old = last.papers.iter().find(|paper| shares_labels(paper, pages));
        kept.extend(old.map(|old| old.key.as_str()));
        steps.extend(of_paper(&one.paper.name_with_item(), old, pages, before));
        before = pages.last().or(before);
    }
    // What is not there any more.
    let has_divider = !issue.pages(DIVIDER_SLUG).is_empty();
    let is_there = |paper: &DispatchedPaper| match paper.key.as_str() {
        FRONT_KEY => true,
        DIVIDER_KEY => has_divider,
        key => kept.contains(&key),
    };
    let gone = last.papers.iter().filter(is_theirs).filter(|paper| !is_there(paper));
    let item = |paper: &DispatchedPaper| match paper.item.as_str() {
        "" => String::new(),
        item => format!("TOP {item}, "),
    };
    steps.extend(gone.map(|paper| FilingStep {
        what: if volume.edition.keeps_back() && issue.hidden.contains(&paper.key) {
            "Unterlage, nicht mehr öffentlich".to_owned()
        } else {
            format!("{}{}", item(paper), paper.name)
        },
        out: paper.pages.iter().map(|page| page.label.clone()).collect(),
        put: Vec::new(),
        behind: None,
    }));
    steps
}

fn shares_labels(old: &DispatchedPaper, pages: &[IssuedPage]) -> bool {
    old.pages.iter().any(|old| pages.iter().any(|page| page.label == old.label))
}

/// The step of a paper, if one of its sheets is exchanged: runs of sheets that are put in, each behind the page before it.
fn of_paper<'a>(
    what: &str,
    old: Option<&DispatchedPaper>,
    pages: &'a [IssuedPage],
    mut before: Option<&'a IssuedPage>,
) -> Vec<FilingStep> {
    let filed: Vec<&str> =
        pages.iter().filter(|page| page.is_filed).map(|page| page.label.as_str()).collect();
    let old_labels = old.iter().flat_map(|old| &old.pages).map(|page| page.label.as_str());
    let out: Vec<String> = old_labels.filter(|label| !filed.contains(label)).map(str::to_owned).collect();
    let mut steps: Vec<FilingStep> = Vec::new();
    let mut at = 0;
    while at < pages.len() {
        if pages[at].is_filed {
            before = Some(&pages[at]);
            at += 1;
            continue;
        }
        let run: Vec<&IssuedPage> = pages[at..].iter().take_while(|page| !page.is_filed).collect();
        at += run.len();
        steps.push(FilingStep {
            what: what.to_owned(),
            out: Vec::new(),
            put: labels(run.iter().copied()),
            behind: before.map(|page| page.label.clone()),
        });
        before = run.last().copied();
    }
    if !out.is_empty() {
        match steps.first_mut() {
            Some(first) => first.out = out,
            None => steps.push(FilingStep { what: what.to_owned(), out, put: Vec::new(), behind: None }),
        }
    }
    steps
}

fn labels<'a>(pages: impl Iterator<Item = &'a IssuedPage>) -> Vec<String> {
    pages.map(|page| page.label.clone()).collect()
}
