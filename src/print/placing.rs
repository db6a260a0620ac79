//! Where in its room a page is drawn: as it is, turned, or smaller, and never cut.

use super::layout::{Room, points};

/// How a page is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placing {
    /// The matrix that takes it from its lower left corner to its place, in points.
    pub matrix: [f32; 6],
    /// Its size on paper, as a share of its own.
    pub scale: f32,
    /// Whether it is turned by a quarter, its head to the left.
    pub is_turned: bool,
}

/// Puts a page, whose size is in points, in the middle of a room that is moved to the right by some millimetres.
pub(super) fn place((width, height): (f32, f32), room: Room, shift: f32) -> Placing {
    let (room_width, room_height) = (points(room.width), points(room.height));
    let is_turned = (width > height) != (room_width > room_height) && width != height;
    let (seen_width, seen_height) = if is_turned { (height, width) } else { (width, height) };
    let scale = (room_width / seen_width).min(room_height / seen_height).min(1.0);
    let left = points(room.left + shift) + (room_width - seen_width * scale) / 2.0;
    let bottom = points(room.bottom) + (room_height - seen_height * scale) / 2.0;
    let matrix = if is_turned {
        [0.0, scale, -scale, 0.0, left + seen_width * scale, bottom]
    } else {
        [scale, 0.0, 0.0, scale, left, bottom]
    };
    Placing { matrix, scale, is_turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A4: (f32, f32) = (595.276, 841.89);
    const ROOM: Room = Room { left: 20.0, bottom: 0.0, width: 190.0, height: 297.0 };

    /// The corners of a page on paper, in millimetres: left, bottom, right, top.
    fn corners(size: (f32, f32), placing: &Placing) -> [f32; 4] {
        let [a, b, c, d, e, f] = placing.matrix;
        let (x, y) = (a * size.0 + c * size.1 + e, b * size.0 + d * size.1 + f);
        [e.min(x), f.min(y), e.max(x), f.max(y)].map(super::super::layout::millimetres)
    }

    #[test]
    fn nothing_leaves_its_room_and_nothing_grows() {
        for size in [A4, (841.89, 595.276), (419.5, 595.3), (1190.6, 841.9), (200.0, 200.0), (100.0, 5000.0)]
        {
            let placing = place(size, ROOM, 0.0);
            let [left, bottom, right, top] = corners(size, &placing);
            assert!(left > 19.99 && bottom > -0.01 && right < 210.01 && top < 297.01, "{size:?}");
            assert!(placing.scale <= 1.0);
            assert!(
                ((left + right) / 2.0 - 115.0).abs() < 0.01 && ((bottom + top) / 2.0 - 148.5).abs() < 0.01
            );
        }
    }

    #[test]
    fn a_page_that_lies_on_its_side_has_its_head_on_the_left() {
        let placing =
            place((841.89, 595.276), Room { left: 0.0, bottom: 0.0, width: 210.0, height: 297.0 }, 0.0);
        assert!(placing.is_turned && (placing.scale - 1.0).abs() < 0.001);
        // The middle of its upper edge.
        let [a, b, c, d, e, f] = placing.matrix;
        let (x, y) = (420.945, 595.276);
        assert!((a * x + c * y + e).abs() < 0.5 && (b * x + d * y + f - 420.945).abs() < 0.5);
        assert!(!place((200.0, 200.0), ROOM, 0.0).is_turned);
    }

    #[test]
    fn a_shift_moves_the_page_and_nothing_else() {
        let (still, moved) = (place(A4, ROOM, 0.0), place(A4, ROOM, 1.5));
        assert_eq!(still.scale, moved.scale);
        assert!((moved.matrix[4] - still.matrix[4] - points(1.5)).abs() < 0.001);
    }
}
