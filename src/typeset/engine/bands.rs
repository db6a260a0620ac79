//! Cuts a page on a screen into bands from edge to edge, so that only those that changed are drawn and sent again.
//!
//! Each row is a band of its own, unless it is very low. So a change moves the ends near it only, and what moves up or down as a
//! whole stays the same band. Knows nothing of how a band is drawn.

use typst::foundations::Content;
use typst::layout::{Abs, Frame, FrameItem, Point, Rect, Sides, Size, Transform};
use typst::visualize::{Geometry, Paint, Shape};
use typst_layout::Page;

use super::look;

/// A part of a page, from its left edge to its right one.
pub(super) struct Band {
    /// What tells it from what looks different: 64 bits in hexadecimal.
    pub(super) mark: String,
    /// Where it begins on its page.
    pub(super) top: Abs,
    /// What is drawn there: a page as high as the band.
    pub(super) page: Page,
}

/// Something that is drawn as one, and from where to where it reaches down the page.
struct BandItem {
    at: Point,
    item: FrameItem,
    reach: (Abs, Abs),
    /// What tells it from what looks different, wherever it stands.
    mark: u128,
}

/// Bands that are lower would be very many.
const MIN_HEIGHT: Abs = Abs::raw(10.0);
/// So far a band goes on below the next one, which lies on it: no gap is seen where they meet.
const OVERLAP: Abs = Abs::raw(1.0);
/// What is higher than this part of its page is cut, but for pictures.
const TALL: f64 = 1.0 / 3.0;
/// What is cut ends so far outside of the band.
const MARGIN: Abs = Abs::raw(4.0);

/// Cuts a page.
pub(super) fn bands(page: &Page) -> Vec<Band> {
    let height = page.frame.height();
    let mut drawn = Vec::new();
    flatten(&page.frame, Point::zero(), &mut drawn);
    // Other colours than plain ones may run over all that they are the colour of.
    let is_plain = drawn.iter().all(|one| is_plain(&one.item)) && page.fill_or_white().iter().all(is_solid);
    if !is_plain {
        let marks = drawn.iter().map(|one| (one.at, one.mark)).collect();
        return vec![Band { mark: mark(page, marks), top: Abs::zero(), page: page.clone() }];
    }
    let mut tops = vec![Abs::zero()];
    tops.extend(cuts(&rows(&drawn, height)).into_iter().filter(|cut| *cut < height));
    let end = |index: usize| tops.get(index + 1).map_or(height, |next| (*next + OVERLAP).min(height));
    tops.iter().enumerate().map(|(index, top)| band(page, &drawn, *top, end(index))).collect()
}

/// Collects what a frame draws, without the groups that only move it.
fn flatten(frame: &Frame, at: Point, drawn: &mut Vec<BandItem>) {
    for (place, item) in frame.items() {
        let at = at + *place;
        match item {
            FrameItem::Group(group) if group.transform.is_only_translate() && group.clip.is_none() => {
                flatten(&group.frame, at + Point::new(group.transform.tx, group.transform.ty), drawn);
            }
            item => {
                let reach = reach(item, Transform::translate(at.x, at.y));
                let seen = reach.zip(look::mark(item));
                drawn.extend(seen.map(|(reach, mark)| BandItem { at, item: item.clone(), reach, mark }));
            }
        }
    }
}

/// From where to where something reaches down the page; nothing if it draws nothing.
fn reach(item: &FrameItem, placed: Transform) -> Option<(Abs, Abs)> {
    let own = match item {
        FrameItem::Group(group) => {
            let placed = placed.pre_concat(group.transform);
            if let Some(clip) = &group.clip {
                return of_box(clip.bbox(None), placed);
            }
            let reaches = group
                .frame
                .items()
                .filter_map(|(at, item)| reach(item, placed.pre_concat(Transform::translate(at.x, at.y))));
            return reaches.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        }
        FrameItem::Text(text) => text.bbox(),
        FrameItem::Shape(shape, _) => of_shape(shape),
        FrameItem::Image(_, size, _) => Rect::from_pos_size(Point::zero(), *size),
        FrameItem::Link(..) | FrameItem::Tag(_) => return None,
    };
    of_box(own, placed)
}

fn of_shape(shape: &Shape) -> Rect {
    // typst computes the outline of a line for this.
    let Geometry::Line(to) = shape.geometry else { return shape.bbox(true) };
    let around = Point::splat(shape.stroke.as_ref().map_or(Abs::zero(), |stroke| stroke.thickness));
    Rect::new(to.min(Point::zero()) - around, to.max(Point::zero()) + around)
}

fn of_box(own: Rect, placed: Transform) -> Option<(Abs, Abs)> {
    let corners = [own.min, own.max, Point::new(own.min.x, own.max.y), Point::new(own.max.x, own.min.y)];
    let heights = corners.map(|corner| corner.transform(placed).y);
    let reach =
        heights.into_iter().fold((Abs::inf(), -Abs::inf()), |(top, bottom), y| (top.min(y), bottom.max(y)));
    // A run of spaces has no box.
    (reach.0.to_raw().is_finite() && reach.1.to_raw().is_finite()).then_some(reach)
}

fn is_plain(item: &FrameItem) -> bool {
    match item {
        FrameItem::Group(group) => group.frame.items().all(|(_, item)| is_plain(item)),
        FrameItem::Text(text) => {
            is_solid(&text.fill) && text.stroke.iter().all(|stroke| is_solid(&stroke.paint))
        }
        FrameItem::Shape(shape, _) => {
            shape.fill.iter().all(is_solid) && shape.stroke.iter().all(|stroke| is_solid(&stroke.paint))
        }
        FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => true,
    }
}

fn is_solid(paint: &Paint) -> bool {
    matches!(paint, Paint::Solid(_))
}

/// From where to where the rows of a page reach: each is what stands side by side.
fn rows(drawn: &[BandItem], height: Abs) -> Vec<(Abs, Abs)> {
    let is_kept = |one: &&BandItem| {
        let is_low = one.reach.1 - one.reach.0 <= height * TALL;
        matches!(one.item, FrameItem::Image(..)) || (is_low && upright(&one.item).is_none())
    };
    let mut kept: Vec<(Abs, Abs)> = drawn.iter().filter(is_kept).map(|one| one.reach).collect();
    kept.sort();
    let mut rows: Vec<(Abs, Abs)> = Vec::new();
    for reach in kept {
        match rows.last_mut() {
            Some(row) if reach.0 <= row.1 => row.1 = row.1.max(reach.1),
            _ => rows.push(reach),
        }
    }
    rows
}

/// Where bands end: midway between two rows.
fn cuts(rows: &[(Abs, Abs)]) -> Vec<Abs> {
    let mut cuts = Vec::new();
    for (row, next) in rows.iter().zip(rows.iter().skip(1)) {
        let cut = (row.1 + next.0) / 2.0;
        if cut - cuts.last().copied().unwrap_or_default() >= MIN_HEIGHT {
            cuts.push(cut);
        }
    }
    cuts
}

fn band(page: &Page, drawn: &[BandItem], top: Abs, end: Abs) -> Band {
    let mut frame = Frame::hard(Size::new(page.frame.width(), thousandths(end - top)));
    let mut marks = Vec::new();
    for one in drawn.iter().filter(|one| one.reach.1 >= top && one.reach.0 <= end) {
        let (at, item, mark) = match cut(one, top, end) {
            Some((at, item)) => {
                let mark = look::mark(&item).unwrap_or_default();
                (at, item, mark)
            }
            None => (one.at, one.item.clone(), one.mark),
        };
        let at = Point::new(at.x, thousandths(at.y - top));
        marks.push((at, mark));
        frame.push(at, item);
    }
    let page = Page {
        frame,
        bleed: Sides::default(),
        fill: page.fill.clone(),
        numbering: None,
        supplement: Content::empty(),
        number: 1,
    };
    Band { mark: mark(&page, marks), top, page }
}

/// The mark of a page on which things with these marks stand.
fn mark(page: &Page, things: Vec<(Point, u128)>) -> String {
    // The lower half tells bands of one record apart; the browser sends it back for each of hundreds.
    format!("{:016x}", typst::utils::hash128(&(page.frame.size(), &page.fill, things)) as u64)
}

/// An upright line or a plain surface as far as a band shows it: how far it goes on outside is not seen. Nothing of anything
/// else, which is not cut.
fn cut(one: &BandItem, top: Abs, end: Abs) -> Option<(Point, FrameItem)> {
    let (Some(own), FrameItem::Shape(shape, span)) = (upright(&one.item), &one.item) else { return None };
    let from = (one.at.y + own.0).max(top - MARGIN);
    let length = thousandths((one.at.y + own.1).min(end + MARGIN) - from);
    let geometry = match &shape.geometry {
        Geometry::Rect(size) => Geometry::Rect(Size::new(size.x, length)),
        _ => Geometry::Line(Point::with_y(length)),
    };
    Some((Point::new(one.at.x, from), FrameItem::Shape(Shape { geometry, ..shape.clone() }, *span)))
}

/// From where to where an upright line or a plain surface goes, below the place where it stands; nothing of anything else.
fn upright(item: &FrameItem) -> Option<(Abs, Abs)> {
    let FrameItem::Shape(shape, _) = item else { return None };
    let is_line = shape.fill.is_none()
        && shape.stroke.as_ref().is_some_and(|stroke| stroke.dash.is_none() && stroke.thickness < MARGIN);
    match shape.geometry {
        Geometry::Line(to) if is_line && to.x == Abs::zero() => {
            Some((to.y.min(Abs::zero()), to.y.max(Abs::zero())))
        }
        Geometry::Rect(size) if shape.stroke.is_none() && size.y > Abs::zero() => Some((Abs::zero(), size.y)),
        _ => None,
    }
}

/// A length without the last digits, which differ with where on the page it was computed.
fn thousandths(length: Abs) -> Abs {
    Abs::raw((length.to_raw() * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use typst::utils::Scalar;
    use typst::visualize::Curve;
    use typst_layout::PagedDocument;
    use typst_render::{RenderOptions, render};

    use super::*;
    use crate::record::fonts::Fonts;
    use crate::typeset::engine::world::{JobWorld, KeptTypst, file_id};

    /// A page with lines, a table with surfaces, something that is turned over all of it, and this text at its beginning.
    fn page(text: &str) -> Page {
        let main = format!(
            "#set page(width: 200mm, height: 200mm, background: rotate(45deg, text(80pt, luma(230))[ENTWURF]))\n{text}\n\n{}\n#table(columns: 2, fill: (_, y) => if calc.odd(y) {{ luma(220) }}, ..range(20).map(n => [Feld #n]))",
            (0..12).map(|count| format!("Absatz {count} steht hier.\n\n")).collect::<String>()
        );
        let kept = KeptTypst::default();
        let fonts = Fonts::built_in();
        let id = file_id("/main.typ").unwrap();
        let world =
            JobWorld { files: kept.files(&[(id, main.as_bytes())]), kept: &kept, fonts: &fonts, main: id };
        typst::compile::<PagedDocument>(&world).output.unwrap().pages()[0].clone()
    }

    #[test]
    fn bands_show_together_what_the_page_shows() {
        let whole = page("Anfang");
        let cut = bands(&whole);
        assert!(cut.len() > 4, "{}", cut.len());
        let mut frame = Frame::hard(whole.frame.size());
        for band in &cut {
            let mut shown = band.page.frame.clone();
            shown.clip(Curve::rect(shown.size()));
            frame.push_frame(Point::with_y(band.top), shown);
        }
        let together = Page { frame, ..whole.clone() };
        let options = RenderOptions { pixel_per_pt: Scalar::new(2.0), ..RenderOptions::default() };
        let [one, other] = [&whole, &together].map(|page| render(page, &options));
        assert!(one.data().iter().any(|value| *value < 100));
        // Edges of bands lie between points of the screen.
        let far = one.data().iter().zip(other.data()).map(|(one, other)| one.abs_diff(*other)).max();
        assert!(far.is_some_and(|far| far < 64), "{far:?}");
    }

    #[test]
    fn a_change_leaves_other_bands_as_they_are() {
        let marks = |page: &Page| bands(page).into_iter().map(|band| band.mark).collect::<Vec<_>>();
        let plain = |page: Page| {
            // What is turned lies otherwise on what has moved.
            let mut frame = page.frame.clone();
            frame.retain(
                |item| !matches!(item, FrameItem::Group(group) if !group.transform.is_only_translate()),
            );
            Page { frame, ..page }
        };
        let before = marks(&plain(page("Anfang")));
        let changed = marks(&plain(page("Anders")));
        assert!(changed.iter().filter(|mark| !before.contains(mark)).count() <= 2);
        // All that follows moves down.
        let moved = marks(&plain(page("Anfang #v(7.3pt)")));
        assert!(moved.iter().filter(|mark| !before.contains(mark)).count() <= 3, "{before:?} {moved:?}");
        assert_ne!(before, moved);
    }

    #[test]
    fn what_is_coloured_as_a_whole_is_drawn_as_a_whole() {
        assert_eq!(bands(&page("#text(fill: gradient.linear(red, blue))[Verlauf]")).len(), 1);
    }
}
