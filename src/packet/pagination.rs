//! Which pages of a packet are whose, and what each is called.
//!
//! Cover, agenda, stamps, page labels, bookmarks and reports all read it here; nobody else counts pages. Knows nothing of
//! what is on them.

use std::ops::Range;

/// The pages of a packet. Each has a place, from 1, and a label, which is what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pagination {
    front: usize,
    /// The places of each paper's pages.
    papers: Vec<Range<usize>>,
    /// The places of the sheet between the parts of the agenda.
    divider: Range<usize>,
    total: usize,
    /// How many pages of the packet come before the first one, and how many pages the packet has.
    of_packet: (usize, usize),
    /// What the pages of the packet are called if they have been sent before; empty if they are counted.
    names: Vec<PageName>,
}

/// What a page is called that has its name for all time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageName {
    /// Its label.
    pub label: String,
    /// What its stamp says of it: `Seite 12 · 1. Fassung vom 02.05.2025`.
    pub said: String,
    /// Its stamps as they were when it was sent.
    pub stamps: Option<Vec<String>>,
}

impl Pagination {
    /// Numbers so many first pages, and behind them papers that have so many pages each. `divider` is the paper before which
    /// there is a sheet that divides the parts of the agenda, and how many pages that has.
    pub fn new(
        front_pages: usize,
        papers: impl IntoIterator<Item = usize>,
        divider: Option<(usize, usize)>,
    ) -> Self {
        let mut next = front_pages + 1;
        let mut take = |count: usize| {
            let first = next;
            next += count;
            first..next
        };
        let mut divides = 0..0;
        let mut divide = |at: usize, take: &mut dyn FnMut(usize) -> Range<usize>| {
            if let Some((_, pages)) = divider.filter(|(before, _)| *before == at) {
                divides = take(pages);
            }
        };
        let place = |(at, count): (usize, usize)| {
            divide(at, &mut take);
            take(count)
        };
        let papers: Vec<Range<usize>> = papers.into_iter().enumerate().map(place).collect();
        // The sheet may come without what is behind it.
        divide(papers.len(), &mut take);
        Self {
            front: front_pages,
            papers,
            divider: divides,
            total: next - 1,
            of_packet: (0, next - 1),
            names: Vec::new(),
        }
    }

    /// Calls its pages by these names, in their order.
    pub fn named(self, names: Vec<PageName>) -> Self {
        Self { names, ..self }
    }

    /// Numbers the pages of some papers as a file of its own, with the first pages or without, and with the sheet before one of
    /// them or without. What its pages are called stays as it is in the packet.
    pub fn extract(&self, papers: Range<usize>, has_front: bool, is_divided: bool) -> Self {
        let front = if has_front { self.front } else { 0 };
        let own = &self.papers[papers];
        let is_own = is_divided && own.iter().any(|places| places.start == self.divider.end);
        let divider = if is_own { self.divider.clone() } else { 0..0 };
        let first = own.iter().chain(is_own.then_some(&divider)).map(|places| places.start).min();
        let before = first.map_or(0, |first| first - 1 - front);
        let moved = |places: &Range<usize>| places.start - before..places.end - before;
        let total = own.last().map_or(front, |last| last.end - 1 - before);
        Self {
            front,
            papers: own.iter().map(moved).collect(),
            divider: if is_own { moved(&divider) } else { divider },
            total,
            of_packet: (before + self.of_packet.0, self.of_packet.1),
            names: self.names.clone(),
        }
    }

    /// Gives the places of some papers that follow each other, with those of the sheet before one of them.
    pub fn run(&self, papers: Range<usize>) -> Range<usize> {
        let own = &self.papers[papers];
        let (start, end) =
            own.first().zip(own.last()).map_or((1, 1), |(first, last)| (first.start, last.end));
        let is_led = !self.divider.is_empty() && self.divider.end == start;
        if is_led { self.divider.start..end } else { start..end }
    }

    /// Gives the places of the sheet that divides the parts of the agenda; none if there is no such sheet.
    pub fn divider(&self) -> Range<usize> {
        self.divider.clone()
    }

    /// Gives the places of the first pages.
    pub fn front(&self) -> Range<usize> {
        1..self.front + 1
    }

    /// Gives the places of a paper's pages. Where a paper has none, the range is empty and begins where they would be.
    pub fn paper(&self, at: usize) -> Range<usize> {
        self.papers[at].clone()
    }

    /// Counts all pages.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Gives the name of a page that has one for all time.
    pub fn name(&self, place: usize) -> Option<&PageName> {
        self.names.get((place + self.of_packet.0).checked_sub(1)?)
    }

    /// Gives the label of a page.
    pub fn label(&self, place: usize) -> String {
        self.name(place).map_or_else(|| (place + self.of_packet.0).to_string(), |name| name.label.clone())
    }

    /// Says of a page where it stands: `Seite 12 von 40`.
    pub fn said(&self, place: usize) -> String {
        let counted = || format!("Seite {} von {}", self.label(place), self.of_packet.1);
        self.name(place).map_or_else(counted, |name| name.said.clone())
    }

    /// Gives the labels of all pages.
    pub fn labels(&self) -> Vec<String> {
        (1..=self.total).map(|place| self.label(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_follow_the_first_pages_and_each_other() {
        let pages = Pagination::new(2, [3, 0, 1], None);
        assert_eq!((pages.front(), pages.total()), (1..3, 6));
        assert_eq!([0, 1, 2].map(|at| pages.paper(at)), [3..6, 6..6, 6..7]);
        assert_eq!(pages.labels(), ["1", "2", "3", "4", "5", "6"]);
    }

    #[test]
    fn pages_of_an_extract_are_called_as_in_the_packet() {
        let pages = Pagination::new(2, [3, 0, 1, 2], None);
        let one = pages.extract(2..4, false, true);
        assert_eq!((one.front(), one.total(), one.said(1)), (1..1, 3, "Seite 6 von 8".to_owned()));
        assert_eq!([0, 1].map(|at| one.paper(at)), [1..2, 2..4]);
        assert_eq!(one.labels(), ["6", "7", "8"]);
        let first = pages.extract(0..2, true, true);
        assert_eq!((first.front(), first.total(), first.labels().concat()), (1..3, 5, "12345".into()));
        assert_eq!([0, 1].map(|at| first.paper(at)), [3..6, 6..6]);
    }

    #[test]
    fn a_sheet_may_divide_the_papers() {
        let pages = Pagination::new(2, [3, 1], Some((1, 2)));
        assert_eq!([0, 1].map(|at| pages.paper(at)), [3..6, 8..9]);
        assert_eq!((pages.divider(), pages.total()), (6..8, 8));
        assert!(Pagination::new(2, [3, 1], None).divider().is_empty());
        // It comes with the paper behind it, if it is wanted.
        let [with, without] = [true, false].map(|is_divided| pages.extract(1..2, false, is_divided));
        assert_eq!(
            (with.divider(), with.paper(0), with.labels()),
            (1..3, 3..4, ["6", "7", "8"].map(Into::into).into())
        );
        assert_eq!((without.divider().len(), without.paper(0), without.total()), (0, 1..2, 1));
        assert_eq!(pages.extract(0..1, true, true).total(), 5);
        assert_eq!([pages.run(0..1), pages.run(1..2), pages.run(0..2)], [3..6, 6..9, 3..9]);
    }

    #[test]
    fn a_packet_may_have_no_papers() {
        let pages = Pagination::new(2, [], None);
        assert_eq!((pages.front(), pages.total(), pages.labels().len()), (1..3, 2, 2));
    }
}
