//! The layouts: what paper they take, and where on it pages go.

/// How pages are laid on sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrintLayout {
    /// A page on a sheet of A4.
    Simplex,
    /// A page on each side of a sheet of A4.
    Duplex,
    /// Two pages of A5 on each side of a sheet of A4, which is folded and stitched in the fold.
    Booklet,
    /// Two pages of A4 on each side of a sheet of A3.
    TwoUp,
}

/// The part of a side that is for a page, in millimetres from the lower left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Room {
    /// The left edge.
    pub left: f32,
    /// The lower edge.
    pub bottom: f32,
    /// The width.
    pub width: f32,
    /// The height.
    pub height: f32,
}

/// Which side of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// The one that is seen first.
    Front,
    /// The other.
    Back,
}

/// Width and height of A4 and of A3 on its side, in millimetres.
const A4: (f32, f32) = (210.0, 297.0);
const A4_ON_ITS_SIDE: (f32, f32) = (297.0, 210.0);
const A3_ON_ITS_SIDE: (f32, f32) = (420.0, 297.0);

/// Points in a millimetre.
const POINTS: f32 = 72.0 / 25.4;

/// Turns millimetres into points.
pub fn points(millimetres: f32) -> f32 {
    millimetres * POINTS
}

/// Turns points into millimetres.
pub fn millimetres(points: f32) -> f32 {
    points / POINTS
}

impl PrintLayout {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Simplex, Self::Duplex, Self::Booklet, Self::TwoUp];

    /// Gives its name on the command line and in the names of files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Simplex => "simplex",
            Self::Duplex => "duplex",
            Self::Booklet => "booklet",
            Self::TwoUp => "two-up",
        }
    }

    /// Finds the one that a session file means.
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "einseitig" => Some(Self::Simplex),
            "beidseitig" => Some(Self::Duplex),
            "Broschüre" => Some(Self::Booklet),
            "zwei auf eins" => Some(Self::TwoUp),
            _ => None,
        }
    }

    /// Says in German what it is.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simplex => "einseitig auf A4",
            Self::Duplex => "beidseitig auf A4",
            Self::Booklet => "Broschüre, A5 auf A4, im Falz geheftet",
            Self::TwoUp => "zwei Seiten A4 auf A3, beidseitig",
        }
    }

    /// Gives width and height of its paper, in millimetres.
    pub fn paper(self) -> (f32, f32) {
        match self {
            Self::Simplex | Self::Duplex => A4,
            Self::Booklet => A4_ON_ITS_SIDE,
            Self::TwoUp => A3_ON_ITS_SIDE,
        }
    }

    /// Counts the pages on one side.
    pub(super) fn pages_on_a_side(self) -> usize {
        match self {
            Self::Simplex | Self::Duplex => 1,
            Self::Booklet | Self::TwoUp => 2,
        }
    }

    /// Tells whether sheets are printed on both sides.
    pub fn is_two_sided(self) -> bool {
        self != Self::Simplex
    }

    /// Tells whether sheets are folded in the middle.
    pub fn is_folded(self) -> bool {
        self == Self::Booklet
    }

    /// Lists the rooms of a side from left to right, beside a margin at the binding edge: on the left of a front, on the
    /// right of a back. What is stitched in the fold has none.
    pub(super) fn rooms(self, face: Face, punch: f32) -> Vec<Room> {
        let (width, height) = self.paper();
        let punch = if self.is_folded() { 0.0 } else { punch };
        let left = if face == Face::Front { punch } else { 0.0 };
        let count = self.pages_on_a_side();
        let width = (width - punch) / count as f32;
        let room = |at: usize| Room { left: left + at as f32 * width, bottom: 0.0, width, height };
        (0..count).map(room).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_of_front_and_back_lie_over_each_other() {
        for layout in PrintLayout::ALL {
            let (width, _) = layout.paper();
            let front = layout.rooms(Face::Front, 20.0);
            let mut back = layout.rooms(Face::Back, 20.0);
            // A sheet is turned around its vertical axis.
            back.reverse();
            for (front, back) in front.iter().zip(&back) {
                assert_eq!(front.left, width - back.left - back.width, "{layout:?}");
                assert_eq!((front.width, front.height), (back.width, back.height));
            }
        }
    }

    #[test]
    fn the_margin_is_at_the_binding_edge_and_not_in_a_booklet() {
        assert_eq!(PrintLayout::Duplex.rooms(Face::Front, 20.0)[0].left, 20.0);
        assert_eq!(PrintLayout::Duplex.rooms(Face::Back, 20.0)[0].width, 190.0);
        assert_eq!(PrintLayout::Booklet.rooms(Face::Front, 20.0)[1].left, 148.5);
        assert_eq!(PrintLayout::TwoUp.rooms(Face::Front, 20.0)[1].left, 220.0);
    }
}
