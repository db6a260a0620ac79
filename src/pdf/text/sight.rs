//! Which characters of a page a reader does not see, because something lies over them or they look like what is under
//! them; and how much of the page is pictures.
//!
//! Knows nothing of PDF.

use kurbo::{BezPath, Point, Shape as _};

use super::draw::{Colour, Drawing, Fill};
use super::page::{Glyph, Rect, Sight};
use super::reading::PicturePage;

/// Colours that differ by less in each part are one to the eye.
const SAME_COLOUR: u8 = 8;
const PAPER: [u8; 3] = [255; 3];
/// A page whose pictures cover less of it is text with pictures; logos and signatures are not counted.
const LARGE: f32 = 0.1;
/// Paths without any letter that are more than rules and frames: letters made into shapes, or a plan.
const MANY_PATHS: usize = 100;

/// Says of each character whether it is covered, has the colour of what is under it, or is what a picture shows.
pub(super) fn hide(drawing: &mut Drawing) {
    for (index, char) in drawing.chars.all.iter_mut().enumerate() {
        let glyph = &mut char.glyph;
        match glyph.sight {
            Sight::Shown => {}
            Sight::Invisible if drawing.pictures.iter().any(|area| area.contains_middle(&glyph.rect)) => {
                glyph.sight = Sight::Recognized;
                continue;
            }
            _ => continue,
        }
        let later = drawing.fills.partition_point(|fill| fill.before <= index);
        let (under, over) = drawing.fills.split_at(later);
        if over.iter().any(|fill| fill.is_opaque && covers(fill, glyph)) {
            glyph.sight = Sight::Covered;
        } else if !drawing.more_fills
            && let Some(text) = drawing.colours.get(index).copied().flatten()
            && is_like(ground(under, glyph), text)
        {
            glyph.sight = Sight::PaperColoured;
        }
    }
}

/// Says what of a page is pictures, if that is more than a logo.
pub(super) fn picture(number: usize, size: (f32, f32), drawing: &Drawing) -> Option<PicturePage> {
    let area = |rect: &Rect| (rect.x1 - rect.x0).max(0.0) * (rect.y1 - rect.y0).max(0.0);
    let covered: f32 = drawing.pictures.iter().map(area).sum();
    let share = (covered / (size.0 * size.1).max(1.0)).clamp(0.0, 1.0);
    let letters = drawing.chars.all.iter().filter(|char| char.glyph.sight == Sight::Shown);
    let is_bare = letters.count() == 0;
    let scan = is_bare && (share >= LARGE || drawing.paths >= MANY_PATHS);
    (scan || share >= LARGE).then_some(PicturePage { page: number, share, scan })
}

/// Says whether an area lies over the middle of a character from its left to its right.
fn covers(fill: &Fill, glyph: &Glyph) -> bool {
    let (area, rect) = (fill.rect, glyph.rect);
    let middle = (rect.y0 + rect.y1) / 2.0;
    let edge = (rect.x1 - rect.x0) / 4.0;
    let ends = [rect.x0 + edge, rect.x1 - edge];
    let is_inside = area.x0 <= ends[0] && ends[1] <= area.x1 && area.y0 <= middle && middle <= area.y1;
    let in_outline = |outline: &BezPath| {
        ends.iter().all(|x| outline.contains(Point::new(f64::from(*x), f64::from(middle))))
    };
    is_inside && fill.outline.as_ref().is_none_or(in_outline)
}

/// Gives the colour of what lies under a character; none if that is more than one.
fn ground(under: &[Fill], glyph: &Glyph) -> Colour {
    let touches = |fill: &Fill| {
        let (area, rect) = (fill.rect, glyph.rect);
        let (across, up) = ((rect.x1 - rect.x0) / 4.0, (rect.y1 - rect.y0) / 4.0);
        area.x0 < rect.x1 - across
            && rect.x0 + across < area.x1
            && area.y0 < rect.y1 - up
            && rect.y0 + up < area.y1
    };
    match under.iter().rev().find(|fill| touches(fill)) {
        Some(fill) if covers(fill, glyph) => fill.colour,
        Some(_) => None,
        None => Some(PAPER),
    }
}

fn is_like(ground: Colour, text: [u8; 3]) -> bool {
    ground.is_some_and(|ground| text.iter().zip(ground).all(|(a, b)| a.abs_diff(b) < SAME_COLOUR))
}
