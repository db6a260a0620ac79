//! What stands on each side of the sheets: pages, notes on empty backs, separators with their tabs, marks.

use super::imposition::{ImposedSheet, Leaf};
use super::layout::{Face, PrintLayout, Room, millimetres, points};
use super::placing::place;
use super::plan::{PrintPlan, PrintSection};
use crate::bind::impose::{PlacedPage, SheetBar, SheetLine, SheetSide, SheetWords};

/// What an empty page says, so that nobody looks for a fault.
const EMPTY: &str = "Diese Seite ist absichtlich leer";
const FAINT: f32 = 0.65;
/// How much larger an uncut sheet is on each edge, how far pages may reach over the edge, and where marks begin and how long
/// they are, in millimetres.
const MARGIN: f32 = 10.0;
const BLEED: f32 = 3.0;
const MARK_FROM: f32 = 4.0;
const MARK: f32 = 5.0;
/// The width of a tab, its height at most, and its distance from the upper and lower edge, in millimetres.
const TAB_WIDTH: f32 = 12.0;
const TAB_HEIGHT: f32 = 20.0;
const TAB_FROM_EDGE: f32 = 20.0;
/// So many tabs are below each other; the next begins at the top again.
const TABS: usize = 20;

/// Says what is drawn on each side, sheet by sheet.
pub fn sides(plan: &PrintPlan) -> Vec<Vec<SheetSide>> {
    let tabs: Vec<usize> = plan.separated().collect();
    let both = |sheet: &ImposedSheet| {
        let front = side(plan, &tabs, sheet, Face::Front);
        let back = (!sheet.back.is_empty()).then(|| side(plan, &tabs, sheet, Face::Back));
        [Some(front), back].into_iter().flatten().collect()
    };
    plan.sheets.iter().map(both).collect()
}

/// Says what is drawn on sheets that are as large as the pages that are printed apart.
pub fn plan_sides(plan: &PrintPlan) -> Vec<SheetSide> {
    let side = |page: usize| SheetSide {
        paper: plan.pages.sizes[page],
        placed: vec![PlacedPage { page, matrix: [1.0, 0.0, 0.0, 1.0, 0.0, 0.0] }],
        ..SheetSide::default()
    };
    plan.apart().into_iter().map(side).collect()
}

fn side(plan: &PrintPlan, tabs: &[usize], sheet: &ImposedSheet, face: Face) -> SheetSide {
    let layout = plan.wish.layout;
    let (width, height) = layout.paper();
    let mut side = SheetSide { paper: (points(width), points(height)), ..SheetSide::default() };
    let leaves = if face == Face::Front { &sheet.front } else { &sheet.back };
    let rooms = layout.rooms(face, plan.wish.punch);
    for (at, (leaf, room)) in leaves.iter().zip(rooms).enumerate() {
        match *leaf {
            Leaf::Page(page) => {
                let shift = creep(layout, sheet.depth, plan.wish.thickness, at);
                let matrix = place(plan.pages.sizes[page], room, shift).matrix;
                side.placed.push(PlacedPage { page, matrix });
            }
            Leaf::Plan(page) => side.words.push(note(room, &apart(page, plan.pages.sizes[page]), 0.0)),
            Leaf::Separator(section) => {
                let is_left = layout.is_folded() && at == 0;
                separate(&mut side, plan, tabs, section, room, is_left);
            }
            Leaf::Empty => side.words.push(note(room, EMPTY, FAINT)),
        }
    }
    if plan.wish.marks {
        side.margin = points(MARGIN);
        side.bleed = points(BLEED);
        side.lines = marks(layout);
    }
    side
}

/// How far a page is moved to the fold, in millimetres to the right: sheets that lie inside stick out, and are cut. `at` is
/// the place on the side, from the left.
fn creep(layout: PrintLayout, depth: usize, thickness: f32, at: usize) -> f32 {
    let out = depth as f32 * thickness;
    match (layout.is_folded(), at) {
        (false, _) => 0.0,
        (true, 0) => out,
        (true, _) => -out,
    }
}

/// A line in the middle of a room.
fn note(room: Room, text: &str, grey: f32) -> SheetWords {
    SheetWords {
        text: text.to_owned(),
        at: (points(room.left), points(room.bottom + room.height / 2.0)),
        width: points(room.width),
        size: 10.0,
        grey,
        centred: true,
    }
}

fn apart(page: usize, size: (f32, f32)) -> String {
    let (width, height) = (millimetres(size.0).round(), millimetres(size.1).round());
    format!("Seite {}, ein Plan von {width} × {height} mm, liegt gesondert bei.", page + 1)
}

/// Draws a separator: number and title, and a tab at the outer edge, where it is seen in the closed stack. That of a left
/// page in what is folded is on the left.
fn separate(
    side: &mut SheetSide,
    plan: &PrintPlan,
    tabs: &[usize],
    section: usize,
    room: Room,
    is_left: bool,
) {
    let PrintSection { number, title, .. } = plan.sections[section].clone();
    let left = points(room.left + 25.0);
    let words = |text: String, from_top: f32, size: f32| SheetWords {
        text,
        at: (left, points(room.bottom + room.height - from_top)),
        width: points(room.width - 25.0 - TAB_WIDTH - 15.0),
        size,
        grey: 0.0,
        centred: false,
    };
    side.words.push(words(format!("TOP {number}"), 80.0, 36.0));
    side.words.push(words(title, 95.0, 12.0));
    let place = tabs.iter().position(|tab| *tab == section).unwrap_or_default();
    let count = tabs.len().min(TABS);
    let height = ((room.height - 2.0 * TAB_FROM_EDGE) / count.max(1) as f32).min(TAB_HEIGHT);
    let top = room.bottom + room.height - TAB_FROM_EDGE - (place % TABS) as f32 * height;
    let edge = if is_left { room.left } else { room.left + room.width - TAB_WIDTH };
    side.bars.push(SheetBar {
        at: (points(edge), points(top - height)),
        size: (points(TAB_WIDTH), points(height)),
        grey: 0.0,
    });
    let size = 11.0_f32.min(points(height) * 0.6);
    side.words.push(SheetWords {
        text: number,
        at: (points(edge), points(top - height / 2.0) - size * 0.35),
        width: points(TAB_WIDTH),
        size,
        grey: 1.0,
        centred: true,
    });
}

/// Marks that say where to cut, and of what is folded also where to fold.
fn marks(layout: PrintLayout) -> Vec<SheetLine> {
    let (width, height) = layout.paper();
    let (from, to) = (MARK_FROM, MARK_FROM + MARK);
    let upright = |x: f32| {
        [(-from, -to), (height + from, height + to)]
            .map(|(one, other)| SheetLine { from: at(x, one), to: at(x, other) })
    };
    let level = |y: f32| {
        [(-from, -to), (width + from, width + to)]
            .map(|(one, other)| SheetLine { from: at(one, y), to: at(other, y) })
    };
    let fold = layout.is_folded().then(|| upright(width / 2.0));
    let all = [upright(0.0), upright(width), level(0.0), level(height)];
    all.into_iter().chain(fold).flatten().collect()
}

fn at(x: f32, y: f32) -> (f32, f32) {
    (points(x), points(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_sheets_are_moved_to_the_fold_by_what_lies_around_them() {
        let innermost = |pages: usize| creep(PrintLayout::Booklet, pages / 4 - 1, 0.1, 0);
        for (pages, wanted) in [(16, 0.3), (32, 0.7), (64, 1.5), (120, 2.9)] {
            assert!((innermost(pages) - wanted).abs() < 0.001, "{pages}");
        }
        assert_eq!(creep(PrintLayout::Booklet, 3, 0.1, 1), -creep(PrintLayout::Booklet, 3, 0.1, 0));
        assert_eq!(creep(PrintLayout::Duplex, 3, 0.1, 0), 0.0);
    }

    #[test]
    fn marks_are_outside_of_what_is_cut() {
        for layout in PrintLayout::ALL {
            let (width, height) = layout.paper();
            let lines = marks(layout);
            assert_eq!(lines.len(), if layout.is_folded() { 10 } else { 8 });
            for (x, y) in lines.into_iter().flat_map(|line| [line.from, line.to]) {
                let inside = x > -1.0 && x < points(width) + 1.0 && y > -1.0 && y < points(height) + 1.0;
                let on_the_sheet = x >= points(-MARGIN) && y >= points(-MARGIN);
                assert!(!inside && on_the_sheet, "{layout:?} {x} {y}");
            }
        }
    }
}
