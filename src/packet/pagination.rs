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
    total: usize,
    /// How many pages of the packet come before the first one, and how many pages the packet has.
    of_packet: (usize, usize),
}

impl Pagination {
    /// Numbers so many first pages, and behind them papers that have so many pages each.
    pub fn new(front_pages: usize, papers: impl IntoIterator<Item = usize>) -> Self {
        let mut next = front_pages + 1;
        let place = |count: usize| {
            let first = next;
            next += count;
            first..next
        };
        let papers = papers.into_iter().map(place).collect();
        Self { front: front_pages, papers, total: next - 1, of_packet: (0, next - 1) }
    }

    /// Numbers the pages of some papers as a file of its own, with the first pages or without. What its pages are called
    /// stays as it is in the packet.
    pub fn extract(&self, papers: Range<usize>, has_front: bool) -> Self {
        let front = if has_front { self.front } else { 0 };
        let own = &self.papers[papers];
        let before = own.first().map_or(0, |first| first.start - 1 - front);
        let own: Vec<Range<usize>> =
            own.iter().map(|places| places.start - before..places.end - before).collect();
        let total = own.last().map_or(front, |last| last.end - 1);
        Self { front, papers: own, total, of_packet: (before + self.of_packet.0, self.of_packet.1) }
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

    /// Counts all pages of the packet, also of an extract from it.
    pub fn total_of_packet(&self) -> usize {
        self.of_packet.1
    }

    /// Gives the label of a page.
    pub fn label(&self, place: usize) -> String {
        (place + self.of_packet.0).to_string()
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
        let pages = Pagination::new(2, [3, 0, 1]);
        assert_eq!((pages.front(), pages.total()), (1..3, 6));
        assert_eq!([0, 1, 2].map(|at| pages.paper(at)), [3..6, 6..6, 6..7]);
        assert_eq!(pages.labels(), ["1", "2", "3", "4", "5", "6"]);
    }

    #[test]
    fn pages_of_an_extract_are_called_as_in_the_packet() {
        let pages = Pagination::new(2, [3, 0, 1, 2]);
        let one = pages.extract(2..4, false);
        assert_eq!((one.front(), one.total(), one.total_of_packet()), (1..1, 3, 8));
        assert_eq!([0, 1].map(|at| one.paper(at)), [1..2, 2..4]);
        assert_eq!(one.labels(), ["6", "7", "8"]);
        let first = pages.extract(0..2, true);
        assert_eq!((first.front(), first.total(), first.labels().concat()), (1..3, 5, "12345".into()));
        assert_eq!([0, 1].map(|at| first.paper(at)), [3..6, 6..6]);
    }

    #[test]
    fn a_packet_may_have_no_papers() {
        let pages = Pagination::new(2, []);
        assert_eq!((pages.front(), pages.total(), pages.labels().len()), (1..3, 2, 2));
    }
}
