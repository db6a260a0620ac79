//! Which leaf comes where: the order of pages on sheets, and which backs stay empty.

use super::layout::PrintLayout;

/// What stands in the place of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// A page, by its place from 0.
    Page(usize),
    /// The sheet that stands before a section, by its place from 0.
    Separator(usize),
    /// A page that is too large and lies in a file of its own.
    Plan(usize),
    /// Nothing.
    Empty,
}

/// A sheet with what stands on it, each side from left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImposedSheet {
    /// The front.
    pub front: Vec<Leaf>,
    /// The back; none if it is not printed.
    pub back: Vec<Leaf>,
    /// How many sheets lie around it in its signature.
    pub depth: usize,
}

/// A booklet of more pages than these does not close any more.
pub(super) const MAX_SIGNATURE: usize = 80;
/// A folded sheet has so many pages.
const FOLDED: usize = 4;

/// Lays leaves on sheets. Each of the runs begins on a front, where a layout has one page on a side.
pub(super) fn impose(layout: PrintLayout, runs: &[Vec<Leaf>]) -> Vec<ImposedSheet> {
    let all: Vec<Leaf> = runs.concat();
    match layout {
        PrintLayout::Simplex => all.into_iter().map(|leaf| flat(vec![leaf], Vec::new())).collect(),
        PrintLayout::Duplex => runs.iter().flat_map(|run| run.chunks(2)).map(two_sides).collect(),
        PrintLayout::TwoUp => all.chunks(FOLDED).map(two_by_two).collect(),
        PrintLayout::Booklet => signatures(all.len())
            .into_iter()
            .scan(0, |from, sheets| {
                let first = *from;
                *from += sheets * FOLDED;
                Some((first, sheets))
            })
            .flat_map(|(first, sheets)| signature(&all, first, sheets))
            .collect(),
    }
}

/// How many sheets each signature of a booklet has: as many in each as in any other, or one more.
pub(super) fn signatures(pages: usize) -> Vec<usize> {
    let sheets = pages.div_ceil(FOLDED);
    let count = pages.div_ceil(MAX_SIGNATURE).max(1);
    let (each, more) = (sheets / count, sheets % count);
    (0..count).map(|at| each + usize::from(at < more)).filter(|sheets| *sheets > 0).collect()
}

fn flat(front: Vec<Leaf>, back: Vec<Leaf>) -> ImposedSheet {
    ImposedSheet { front, back, depth: 0 }
}

fn two_sides(leaves: &[Leaf]) -> ImposedSheet {
    flat(vec![leaves[0]], vec![at(leaves, 1)])
}

fn two_by_two(leaves: &[Leaf]) -> ImposedSheet {
    flat(vec![leaves[0], at(leaves, 1)], vec![at(leaves, 2), at(leaves, 3)])
}

/// Sheets that are folded one into the other: the outermost has the first and the last pages.
fn signature(all: &[Leaf], first: usize, sheets: usize) -> impl Iterator<Item = ImposedSheet> {
    let last = first + sheets * FOLDED - 1;
    (0..sheets).map(move |depth| {
        let (left, right) = (first + 2 * depth, last - 2 * depth);
        ImposedSheet {
            front: vec![at(all, right), at(all, left)],
            back: vec![at(all, left + 1), at(all, right - 1)],
            depth,
        }
    })
}

fn at(leaves: &[Leaf], place: usize) -> Leaf {
    leaves.get(place).copied().unwrap_or(Leaf::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sheets of so many pages as people write them: fronts and backs, each from left to right, 0 for nothing.
    fn written(layout: PrintLayout, runs: &[usize]) -> Vec<[Vec<usize>; 2]> {
        let mut next = 0;
        let run = |count: &usize| {
            let first = next;
            next += count;
            (first..next).map(Leaf::Page).collect()
        };
        let runs: Vec<Vec<Leaf>> = runs.iter().map(run).collect();
        let number = |leaf: &Leaf| if let Leaf::Page(page) = leaf { page + 1 } else { 0 };
        let side = |side: &[Leaf]| side.iter().map(number).collect();
        impose(layout, &runs).iter().map(|sheet| [side(&sheet.front), side(&sheet.back)]).collect()
    }

    #[test]
    fn a_booklet_is_as_it_was_worked_out_on_paper() {
        let booklet = |pages: usize| written(PrintLayout::Booklet, &[pages]);
        let on_paper = |sheets: &[[[usize; 2]; 2]], pages: usize| -> Vec<[Vec<usize>; 2]> {
            let leaf = |number: usize| if number > pages { 0 } else { number };
            sheets.iter().map(|sides| sides.map(|side| side.map(leaf).to_vec())).collect()
        };
        let four = [[[4, 1], [2, 3]]];
        let eight = [[[8, 1], [2, 7]], [[6, 3], [4, 5]]];
        let twelve = [[[12, 1], [2, 11]], [[10, 3], [4, 9]], [[8, 5], [6, 7]]];
        let sixteen = [[[16, 1], [2, 15]], [[14, 3], [4, 13]], [[12, 5], [6, 11]], [[10, 7], [8, 9]]];
        for pages in 1..=4 {
            assert_eq!(booklet(pages), on_paper(&four, pages));
        }
        for pages in [5, 8] {
            assert_eq!(booklet(pages), on_paper(&eight, pages));
        }
        assert_eq!(booklet(9), on_paper(&twelve, 9));
        assert_eq!(booklet(16), on_paper(&sixteen, 16));
        let large = booklet(64);
        assert_eq!((large.len(), &large[0]), (16, &[vec![64, 1], vec![2, 63]]));
        assert_eq!(large[15], [vec![34, 31], vec![32, 33]]);
    }

    #[test]
    fn a_folded_booklet_is_read_in_order() {
        for pages in (1..=80).chain([81, 120, 163, 1000]) {
            let mut read = Vec::new();
            let sheets = written(PrintLayout::Booklet, &[pages]);
            let mut from = 0;
            for count in signatures(pages) {
                let sheets = &sheets[from..from + count];
                from += count;
                // Page by page to the fold, then on to the end.
                let first = sheets.iter().flat_map(|[front, back]| [front[1], back[0]]);
                let second = sheets.iter().rev().flat_map(|[front, back]| [back[1], front[0]]);
                read.extend(first.chain(second));
            }
            assert_eq!(from, sheets.len());
            let wanted: Vec<usize> =
                (1..=pages.div_ceil(4) * 4).map(|page| if page > pages { 0 } else { page }).collect();
            let padded = wanted.iter().copied().chain(std::iter::repeat_n(0, read.len() - wanted.len()));
            assert_eq!(read, padded.collect::<Vec<_>>(), "{pages}");
        }
    }

    #[test]
    fn a_long_booklet_has_signatures_of_nearly_the_same_size() {
        assert_eq!(signatures(80), [20]);
        assert_eq!(signatures(81), [11, 10]);
        assert_eq!(signatures(163), [14, 14, 13]);
        assert_eq!(signatures(0), [0_usize; 0]);
        for pages in 1..1000 {
            assert!(signatures(pages).iter().all(|sheets| sheets * 4 <= MAX_SIGNATURE), "{pages}");
        }
    }

    #[test]
    fn each_run_begins_on_a_front_and_single_sides_have_no_backs() {
        let both = written(PrintLayout::Duplex, &[1, 2, 3]);
        let sheet = |front: usize, back: usize| [vec![front], vec![back]];
        assert_eq!(both, [sheet(1, 0), sheet(2, 3), sheet(4, 5), sheet(6, 0)]);
        let one = written(PrintLayout::Simplex, &[1, 2]);
        assert_eq!(one, [[vec![1], vec![]], [vec![2], vec![]], [vec![3], vec![]]]);
        for (pages, sheets) in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (8, 4), (9, 5), (16, 8), (64, 32)] {
            assert_eq!(written(PrintLayout::Duplex, &[pages]).len(), sheets);
        }
    }

    #[test]
    fn two_pages_on_a_side_are_read_from_left_to_right() {
        let two = written(PrintLayout::TwoUp, &[2, 7]);
        assert_eq!(two, [[vec![1, 2], vec![3, 4]], [vec![5, 6], vec![7, 8]], [vec![9, 0], vec![0, 0]]]);
        for (pages, sheets) in [(1, 1), (4, 1), (5, 2), (8, 2), (16, 4), (64, 16)] {
            assert_eq!(written(PrintLayout::TwoUp, &[pages]).len(), sheets);
        }
    }
}
