//! The plan of a print: what is wanted, and what comes of it for certain pages.

use std::ops::Range;

use super::imposition::{self, ImposedSheet, Leaf};
use super::layout::{Face, PrintLayout, Room, millimetres};
use super::placing::place;
use crate::bind::impose::PrintablePages;

/// How something is to be printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrintWish {
    /// The layout.
    pub layout: PrintLayout,
    /// Whether each paper begins on a right-hand page, and not only each item.
    pub each_annex: bool,
    /// Whether a sheet with the number of the item stands before each item.
    pub separators: bool,
    /// The margin at the binding edge, in millimetres.
    pub punch: f32,
    /// The thickness of the paper, in millimetres.
    pub thickness: f32,
    /// Whether sheets are larger than their paper, with marks that say where to cut and fold.
    pub marks: bool,
    /// Whether colours become grey.
    pub greyscale: bool,
    /// Whether sheets with colour are written apart from those without.
    pub split_colour: bool,
}

impl PrintWish {
    /// How sheets are made if nothing else is said.
    pub const USUAL: Self = Self {
        layout: PrintLayout::Duplex,
        each_annex: false,
        separators: false,
        punch: 20.0,
        thickness: 0.1,
        marks: false,
        greyscale: false,
        split_colour: false,
    };
}

/// Pages that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintSection {
    /// What its tab says, `4.2`; empty for what stands before the first item.
    pub number: String,
    /// What its separator says below.
    pub title: String,
    /// The pages of each of its papers, from 0.
    pub papers: Vec<Range<usize>>,
}

impl PrintSection {
    /// Makes a section without a number of pages that are one paper.
    pub fn unnumbered(pages: Range<usize>) -> Self {
        Self { number: String::new(), title: String::new(), papers: std::iter::once(pages).collect() }
    }
}

/// A page that is not of A4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddPage {
    /// Its place, from 0.
    pub page: usize,
    /// Its size in millimetres.
    pub size: (f32, f32),
    /// What becomes of it.
    pub fate: PageFate,
}

/// What becomes of a page that is not of A4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PageFate {
    /// It is drawn so large, and turned or not.
    Drawn {
        /// As a share of its own size.
        scale: f32,
        /// Whether it is turned.
        is_turned: bool,
    },
    /// It is printed apart, as large as it is.
    Apart,
}

/// What is printed on which sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintPlan {
    /// What was wished for.
    pub wish: PrintWish,
    /// The pages.
    pub pages: PrintablePages,
    /// The sections.
    pub sections: Vec<PrintSection>,
    /// The sheets.
    pub sheets: Vec<ImposedSheet>,
    /// How many sheets each signature of a booklet has.
    pub signatures: Vec<usize>,
    /// The pages that are not of A4.
    pub odd: Vec<OddPage>,
}

/// Width and height of A4 in millimetres, and how far a page may be off.
const A4: (f32, f32) = (210.0, 297.0);
const TOLERANCE: f32 = 2.0;
/// The sides of a plan that is printed apart are at least so long: those of A2, in millimetres.
const PLAN: (f32, f32) = (420.0, 594.0);

impl PrintPlan {
    /// Plans how pages are printed.
    pub fn new(wish: PrintWish, pages: PrintablePages, sections: Vec<PrintSection>) -> Self {
        let sizes = &pages.sizes;
        let runs: Vec<Vec<Leaf>> =
            sections.iter().enumerate().flat_map(|(at, section)| runs(wish, sizes, at, section)).collect();
        let count = runs.iter().map(Vec::len).sum();
        let is_folded = wish.layout.is_folded();
        Self {
            wish,
            sheets: imposition::impose(wish.layout, &runs),
            signatures: if is_folded { imposition::signatures(count) } else { Vec::new() },
            odd: odd_pages(wish, sizes),
            pages,
            sections,
        }
    }

    /// Lists the pages that are printed apart.
    pub fn apart(&self) -> Vec<usize> {
        let is_apart = |odd: &&OddPage| odd.fate == PageFate::Apart;
        self.odd.iter().filter(is_apart).map(|odd| odd.page).collect()
    }

    /// Counts the sides that are printed.
    pub fn sides(&self) -> usize {
        self.sheets.iter().map(|sheet| 1 + usize::from(!sheet.back.is_empty())).sum()
    }

    /// Tells of each sheet whether it has a colour on one of its sides.
    pub fn coloured_sheets(&self) -> Vec<bool> {
        let has = |leaf: &Leaf| matches!(leaf, Leaf::Page(page) if self.pages.has_colour[*page]);
        self.sheets.iter().map(|sheet| sheet.front.iter().chain(&sheet.back).any(has)).collect()
    }

    /// Lists the sections that have a separator.
    pub fn separated(&self) -> impl Iterator<Item = usize> {
        let has = |at: &usize| self.wish.separators && !self.sections[*at].number.is_empty();
        (0..self.sections.len()).filter(has)
    }
}

/// The runs of a section: its separator, then its papers, all as one or each for itself.
fn runs(wish: PrintWish, sizes: &[(f32, f32)], at: usize, section: &PrintSection) -> Vec<Vec<Leaf>> {
    let leaf = |page: usize| if is_plan(sizes[page]) { Leaf::Plan(page) } else { Leaf::Page(page) };
    let papers = section.papers.iter().map(|pages| pages.clone().map(leaf).collect::<Vec<Leaf>>());
    let separator = (wish.separators && !section.number.is_empty()).then(|| vec![Leaf::Separator(at)]);
    let papers = if wish.each_annex { papers.collect() } else { vec![papers.flatten().collect()] };
    let papers = papers.into_iter().filter(|run| !run.is_empty());
    separator.into_iter().chain(papers).collect()
}

fn odd_pages(wish: PrintWish, sizes: &[(f32, f32)]) -> Vec<OddPage> {
    let room = wish.layout.rooms(Face::Front, wish.punch)[0];
    let odd = |(page, size): (usize, &(f32, f32))| {
        let own = (millimetres(size.0), millimetres(size.1));
        (!is_a4(own)).then(|| OddPage { page, size: own, fate: fate(*size, room) })
    };
    sizes.iter().enumerate().filter_map(odd).collect()
}

fn fate(size: (f32, f32), room: Room) -> PageFate {
    if is_plan(size) {
        return PageFate::Apart;
    }
    let placing = place(size, room, 0.0);
    PageFate::Drawn { scale: placing.scale, is_turned: placing.is_turned }
}

fn is_a4((width, height): (f32, f32)) -> bool {
    (width - A4.0).abs() <= TOLERANCE && (height - A4.1).abs() <= TOLERANCE
}

fn is_plan((width, height): (f32, f32)) -> bool {
    let (width, height) = (millimetres(width), millimetres(height));
    width.min(height) >= PLAN.0 - TOLERANCE && width.max(height) >= PLAN.1 - TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::impose::PageTraits;
    use crate::print::layout::points;

    const WISH: PrintWish = PrintWish::USUAL;

    fn pages(sizes: &[(f32, f32)]) -> PrintablePages {
        PrintablePages {
            sizes: sizes.to_vec(),
            has_colour: vec![false; sizes.len()],
            traits: vec![PageTraits::default(); sizes.len()],
        }
    }

    /// A section whose papers begin and end before these pages.
    fn section(number: &str, papers: &[(usize, usize)]) -> PrintSection {
        let papers = papers.iter().map(|(from, to)| *from..*to).collect();
        PrintSection { number: number.into(), title: String::new(), papers }
    }

    fn size(width: f32, height: f32) -> (f32, f32) {
        (points(width), points(height))
    }

    /// Two first pages, then an item with papers of one and of two pages, then one with a page.
    fn plan(wish: PrintWish) -> PrintPlan {
        let sections = vec![section("", &[(0, 2)]), section("1", &[(2, 3), (3, 5)]), section("2", &[(5, 6)])];
        PrintPlan::new(wish, pages(&[size(210.0, 297.0); 6]), sections)
    }

    fn fronts(plan: &PrintPlan) -> Vec<Leaf> {
        plan.sheets.iter().map(|sheet| sheet.front[0]).collect()
    }

    #[test]
    fn items_begin_on_the_right_and_papers_if_that_is_wanted() {
        use Leaf::{Page, Separator};
        assert_eq!(fronts(&plan(WISH)), [Page(0), Page(2), Page(4), Page(5)]);
        let each = plan(PrintWish { each_annex: true, ..WISH });
        assert_eq!(fronts(&each), [Page(0), Page(2), Page(3), Page(5)]);
        let separated = plan(PrintWish { separators: true, ..WISH });
        assert_eq!(fronts(&separated), [Page(0), Separator(1), Page(2), Page(4), Separator(2), Page(5)]);
        assert_eq!(separated.separated().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(
            (separated.sides(), plan(PrintWish { layout: PrintLayout::Simplex, ..WISH }).sides()),
            (12, 6)
        );
    }

    #[test]
    fn pages_that_are_not_a4_are_listed_with_what_becomes_of_them() {
        let sizes = [
            size(210.0, 297.0),
            size(297.0, 210.0),
            size(148.0, 210.0),
            size(420.0, 297.0),
            size(841.0, 594.0),
        ];
        let plan =
            PrintPlan::new(PrintWish { punch: 0.0, ..WISH }, pages(&sizes), vec![section("1", &[(0, 5)])]);
        let drawn = |at: usize| match plan.odd[at].fate {
            PageFate::Drawn { scale, is_turned } => ((scale * 100.0).round(), is_turned),
            PageFate::Apart => (0.0, false),
        };
        assert_eq!(plan.odd.iter().map(|odd| odd.page).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!((drawn(0), drawn(1), drawn(2)), ((100.0, true), (100.0, false), (71.0, true)));
        assert_eq!(plan.apart(), [4]);
        assert_eq!(plan.sheets[2].front, [Leaf::Plan(4)]);
    }

    #[test]
    fn a_sheet_has_a_colour_if_one_of_its_sides_has() {
        let mut coloured = pages(&[size(210.0, 297.0); 5]);
        coloured.has_colour[3] = true;
        let sheets = |layout: PrintLayout| {
            let wish = PrintWish { layout, ..WISH };
            PrintPlan::new(wish, coloured.clone(), vec![section("1", &[(0, 5)])]).coloured_sheets()
        };
        assert_eq!(sheets(PrintLayout::Duplex), [false, true, false]);
        assert_eq!(sheets(PrintLayout::Simplex), [false, false, false, true, false]);
        assert_eq!(sheets(PrintLayout::TwoUp), [true, false]);
    }
}
