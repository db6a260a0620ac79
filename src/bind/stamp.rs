//! The stamps: which item and paper a page belongs to, and where in the packet it stands.
//!
//! A stamp is drawn over the page, upright as it is seen, and as an artifact: it is not part of what is read aloud. Where a
//! paper begins, it is the heading of the paper; where an item begins, another one before it is that of the item.

use lopdf::{Dictionary, Object, Stream};

use super::builder::Builder;
use super::numbering::{Start, reference};
use super::page_edges::PageEdges;
use super::part::{Part, View};
use crate::pdf::text::Stretches;

/// The stamps of a packet, one for each page, in order.
pub(super) struct Stamps {
    drawings: std::vec::IntoIter<(u32, f32, f32)>,
    /// A stream that comes before the content of every page.
    before: u32,
}

/// What is stamped on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum StampRole {
    /// What says only where the page stands.
    #[default]
    Header,
    /// The headings of what begins there, with the numbers of their marked content if they can have any.
    Heading {
        /// Whether an item begins there too, which has a stamp of its own.
        item: bool,
        /// The number of the first of them.
        mark: Option<u32>,
    },
}

/// What a stamp is called among the resources of its page.
const NAME: &str = "Stempel";
/// Distances from the right and the upper edge of a page of A4, in points.
const MARGIN: (f32, f32) = (22.0, 14.0);
/// The shorter side of A4, in points: a page twice as wide has a stamp twice as large.
const A4_WIDTH: f32 = 595.0;
/// The most that a stamp grows on a large page.
const MAX_SCALE: f32 = 4.0;
/// The most of the width of a page that a stamp takes.
const MAX_SHARE: f32 = 0.94;
/// The width of the border of a stamp, which two that stand side by side share.
const BORDER: f32 = 0.4;
/// What is kept free beside a stamp, in points on a page of A4.
const AIR: f32 = 3.0;
/// Where at most stamps stand on a page of A4: so far from the edge, in points.
const BAND: [f32; 2] = [MARGIN.1 - AIR, MARGIN.1 + 13.0 + AIR];

/// Gives where stamps stand on a page: so far from its upper or its lower edge, in units of the page.
pub(super) fn band(view: &View) -> [f32; 2] {
    BAND.map(|distance| distance * scale(view))
}

/// How much larger than on A4 a stamp is, in units of the page.
fn scale(view: &View) -> f32 {
    let (width, height) = view.size();
    // A unit of the page may be larger than a point.
    (width.min(height) * view.unit / A4_WIDTH).min(MAX_SCALE) / view.unit
}

impl Stamps {
    /// Makes drawings of the pages of parts that hold nothing but stamps.
    pub(super) fn new(builder: &mut Builder, parts: &[(&Part, Start)]) -> Self {
        let mut drawings = Vec::new();
        for (part, start) in parts {
            let pages = part.brings.pages.iter();
            drawings
                .extend(pages.filter_map(|page| drawing(builder, page.number + start.objects, &page.view)));
        }
        let before = builder.add(Stream::new(Dictionary::new(), b"q\n".to_vec()));
        Self { drawings: drawings.into_iter(), before }
    }

    /// Puts the next stamp on a page, or two; returns the area that they take there.
    pub(super) fn stamp(
        &mut self,
        builder: &mut Builder,
        page: u32,
        view: &View,
        edges: Option<&PageEdges>,
        role: StampRole,
    ) -> Option<[f32; 4]> {
        let drawings: Vec<_> = self.drawings.by_ref().take(role.count()).collect();
        let size = size(&drawings)?;
        let free = StampPlace::free(view, size, edges);
        let is_bounded = edges.is_some_and(|edges| edges.is_bounded);
        let room = if free.is_none() && !is_bounded { StampRoom::above(view, size) } else { None };
        let view = room.as_ref().map_or(view, |room| &room.view);
        let place = free.or(room.as_ref().map(|room| room.place)).unwrap_or(StampPlace::usual(view, size));
        let dictionary = builder.dictionary(page)?;
        let mut after = "\nQ\n".to_owned();
        let before = room.as_ref().map(|room| room.before.clone());
        room.iter().for_each(|room| room.grow(dictionary));
        let mut x = 0.0;
        for ((drawing, width, _), (open, close)) in drawings.into_iter().zip(role.marks()) {
            let name = add_drawing(dictionary, drawing);
            after += &format!("{open}\nq {} /{name} Do Q\n{close}", place.matrix(view, x));
            x += width - BORDER;
        }
        let after = builder.add(Stream::new(Dictionary::new(), after.into_bytes()));
        let before =
            before.map_or(self.before, |text| builder.add(Stream::new(Dictionary::new(), text.into_bytes())));
        let dictionary = builder.dictionary(page)?;
        let mut contents = vec![reference(before)];
        if let Ok(Object::Array(own)) = dictionary.get_mut(b"Contents") {
            contents.append(own);
        }
        contents.push(reference(after));
        dictionary.set("Contents", contents);
        Some(place.area(view, size))
    }
}

impl StampRole {
    /// The number of its first heading.
    pub(super) fn mark(self) -> Option<u32> {
        match self {
            Self::Heading { mark, .. } => mark,
            Self::Header => None,
        }
    }

    /// Tells whether an item begins there.
    pub(super) fn begins_item(self) -> bool {
        matches!(self, Self::Heading { item: true, .. })
    }

    /// How many drawings it takes.
    fn count(self) -> usize {
        if self.begins_item() { 2 } else { 1 }
    }

    /// What opens and closes the content of each.
    fn marks(self) -> impl Iterator<Item = (String, &'static str)> {
        let artifact = "/Artifact <</Type /Pagination /Subtype /Header>> BDC".to_owned();
        let (first, count) = (self.mark(), self.count());
        let names = ["/H2", "/H1"];
        (0..count).map(move |at| {
            let name = names[count - 1 - at];
            let marked = first.map(|mark| format!("{name} <</MCID {}>> BDC", mark as usize + at));
            (marked.unwrap_or_else(|| artifact.clone()), "EMC\n")
        })
    }
}

/// Width and height of drawings that stand side by side, with one border between them.
fn size(drawings: &[(u32, f32, f32)]) -> Option<(f32, f32)> {
    let width = drawings.iter().map(|(_, width, _)| width - BORDER).sum::<f32>() + BORDER;
    let height = drawings.iter().map(|(_, _, height)| *height).reduce(f32::max)?;
    Some((width, height))
}

/// Makes the page of a stamp a form XObject; its content stream becomes the stream of the form.
fn drawing(builder: &mut Builder, page: u32, view: &View) -> Option<(u32, f32, f32)> {
    let page = std::mem::take(builder.dictionary(page)?);
    let contents = match page.get(b"Contents").ok()? {
        Object::Array(streams) => streams.first()?,
        stream => stream,
    };
    let (number, _) = contents.as_reference().ok()?;
    let form = builder.dictionary(number)?;
    form.set("Type", Object::Name(b"XObject".to_vec()));
    form.set("Subtype", Object::Name(b"Form".to_vec()));
    form.set("BBox", view.area.iter().map(|side| Object::Real(*side)).collect::<Vec<_>>());
    form.set("Resources", page.get(b"Resources").ok()?.clone());
    let (width, height) = view.size();
    Some((number, width, height))
}

/// Adds a drawing to the resources of a page; returns the name that it has there.
fn add_drawing(page: &mut Dictionary, drawing: u32) -> String {
    let mut name = NAME.to_owned();
    if let Ok(Object::Dictionary(resources)) = page.get_mut(b"Resources")
        && let Ok(Object::Dictionary(drawings)) = resources.get_mut(b"XObject")
    {
        while drawings.has(name.as_bytes()) {
            name.push('_');
        }
        drawings.set(name.as_bytes(), reference(drawing));
    }
    name
}

/// Where a stamp stands on a page as it is seen, in units of the page.
#[derive(Debug, Clone, Copy)]
struct StampPlace {
    x: f32,
    y: f32,
    scale: f32,
}

impl StampPlace {
    /// At the upper right, whatever is there.
    fn usual(view: &View, (width, height): (f32, f32)) -> Self {
        let (page_width, page_height) = view.size();
        let scale = scale(view).min(MAX_SHARE * page_width / width);
        let x = (page_width - width * scale - MARGIN.0 * scale).max(0.0);
        let y = (page_height - height * scale - MARGIN.1 * scale).max(0.0);
        Self { x, y, scale }
    }

    /// As far right as there is room at the upper edge, else at the lower one.
    fn free(view: &View, size: (f32, f32), edges: Option<&PageEdges>) -> Option<Self> {
        let usual = Self::usual(view, size);
        let Some(edges) = edges else { return Some(usual) };
        let at = |y: f32, taken: &Stretches| Some(Self { x: usual.free_from(size.0, taken)?, y, ..usual });
        let lower = (MARGIN.1 * usual.scale).min(usual.y);
        at(usual.y, &edges.top).or_else(|| at(lower, &edges.bottom))
    }

    /// The left edge of a stamp that goes left from its usual place until it is beside what is taken.
    fn free_from(&self, width: f32, taken: &Stretches) -> Option<f32> {
        let (width, air) = (width * self.scale, AIR * self.scale);
        let mut x = self.x;
        while let Some((left, _)) =
            taken.iter().find(|(left, right)| *left < x + width + air && *right > x - air)
        {
            x = left - air - width - air;
        }
        // What does not fit beside a margin covers the edge.
        (x >= air.min(self.x)).then_some(x)
    }

    /// The operators that take a drawing so far right of the left edge of the stamp to where it stands.
    fn matrix(&self, view: &View, right: f32) -> String {
        let [a, b, c, d, e, f] = view.upright();
        let Self { x, y, scale } = self;
        format!("{a} {b} {c} {d} {e} {f} cm {scale} 0 0 {scale} {} {y} cm", x + right * scale)
    }

    /// The area of the stamp on the page: left, bottom, right, top.
    fn area(&self, view: &View, (width, height): (f32, f32)) -> [f32; 4] {
        let [a, b, c, d, e, f] = view.upright();
        let on_page = |x: f32, y: f32| (a * x + c * y + e, b * x + d * y + f);
        let one = on_page(self.x, self.y);
        let other = on_page(self.x + width * self.scale, self.y + height * self.scale);
        [one.0.min(other.0), one.1.min(other.1), one.0.max(other.0), one.1.max(other.1)]
    }
}

/// StampRoom for a stamp above a page on which there is none: the page grows at its upper edge, and its unit shrinks until it is as
/// high as before. So it is seen a little smaller, with all that is on it.
struct StampRoom {
    /// The page with the room.
    view: View,
    place: StampPlace,
    /// What is drawn before its content, which still ends where the page ended.
    before: String,
}

impl StampRoom {
    fn above(view: &View, size: (f32, f32)) -> Option<Self> {
        let (width, height) = view.size();
        let usual = StampPlace::usual(view, size);
        let more = (size.1 + 2.0 * AIR + AIR) * usual.scale;
        let aside = width * more / height / 2.0;
        let [left, bottom, right, top] = view.area;
        // Of the sides as they are seen: where the upper one is on the page.
        let area = match view.rotation {
            90 => [left - more, bottom - aside, right, top + aside],
            180 => [left - aside, bottom - more, right + aside, top],
            270 => [left, bottom - aside, right + more, top + aside],
            _ => [left - aside, bottom, right + aside, top + more],
        };
        let grown = View { area, unit: view.unit * height / (height + more), ..*view };
        let x = width + aside * 2.0 - (size.0 + MARGIN.0) * usual.scale;
        let place = StampPlace { x: x.max(0.0), y: height + AIR * usual.scale, scale: usual.scale };
        let before = format!("q\n{left} {bottom} {} {} re W n\n", right - left, top - bottom);
        let is_sound = grown.area.iter().chain([&grown.unit]).all(|number| number.is_finite());
        is_sound.then_some(Self { view: grown, place, before })
    }

    /// Makes the page as large as that.
    fn grow(&self, page: &mut Dictionary) {
        for key in ["MediaBox", "CropBox"] {
            page.set(key, self.view.area.map(Object::Real).to_vec());
        }
        page.set("UserUnit", Object::Real(self.view.unit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::assemble::Packed;
    use crate::bind::sample::{at, list, part, stamps};

    #[test]
    fn a_stamp_fits_on_every_page_and_grows_with_it() {
        let scale = |width: f32, height: f32, unit: f32| {
            let view = View { area: [0.0, 0.0, width, height], rotation: 0, unit };
            let place = StampPlace::usual(&view, (200.0, 12.0));
            let [left, bottom, right, top] = place.area(&view, (200.0, 12.0));
            assert!(left >= 0.0 && bottom >= 0.0 && right <= width && top <= height);
            place.scale
        };
        assert_eq!(scale(595.0, 842.0, 1.0), 1.0);
        assert_eq!(scale(842.0, 595.0, 1.0), 1.0);
        assert_eq!(scale(1190.0, 1684.0, 1.0), 2.0);
        assert_eq!(scale(11900.0, 16840.0, 1.0), MAX_SCALE);
        assert!(scale(100.0, 600.0, 1.0) * 200.0 <= 100.0);
        assert!((scale(8.264, 11.694, 72.0) * 72.0 - 1.0).abs() < 0.01);
    }

    #[test]
    fn the_area_of_a_stamp_is_at_the_upper_right_whatever_the_rotation() {
        let area = |rotation| {
            let view = View { area: [0.0, 0.0, 600.0, 600.0], rotation, unit: 1.0 };
            StampPlace::usual(&view, (100.0, 10.0)).area(&view, (100.0, 10.0)).map(f32::round)
        };
        let [x, y] = [(600.0 - MARGIN.0).round(), (600.0 - MARGIN.1).round()];
        let [w, h] = [x - 101.0, y - 10.0];
        assert_eq!(area(0), [w, h, x, y]);
        assert_eq!(area(90), [600.0 - y, w, 600.0 - h, x]);
        assert_eq!(area(180), [600.0 - x, 600.0 - y, 600.0 - w, 600.0 - h]);
        assert_eq!(area(270), [h, 600.0 - x, y, 600.0 - w]);
    }

    #[test]
    fn a_stamp_goes_where_nothing_is() {
        let view = View { area: [0.0, 0.0, 595.0, 842.0], rotation: 0, unit: 1.0 };
        let size = (200.0, 12.0);
        let usual = StampPlace::usual(&view, size);
        let free = |top: &[(f32, f32)], bottom: &[(f32, f32)]| {
            let edges = PageEdges { top: top.to_vec(), bottom: bottom.to_vec(), is_bounded: false };
            StampPlace::free(&view, size, Some(&edges)).map(|place| (place.x, place.y))
        };
        let right = usual.x;
        assert_eq!(free(&[], &[]), Some((right, usual.y)));
        assert_eq!(free(&[(0.0, 300.0)], &[]), Some((right, usual.y)));
        assert_eq!(free(&[(560.0, 590.0)], &[]), Some((560.0 - 206.0, usual.y)));
        assert_eq!(
            free(&[(20.0, 30.0), (360.0, 380.0), (560.0, 590.0)], &[]),
            Some((360.0 - 206.0, usual.y))
        );
        assert_eq!(free(&[(150.0, 590.0)], &[(0.0, 9.0)]), Some((right, MARGIN.1)));
        assert_eq!(free(&[(0.0, 595.0)], &[(100.0, 500.0)]), None);
        // All that a stamp covers lies in the strip that was looked at.
        let [near, far] = band(&view);
        assert!(842.0 - usual.y <= far && 842.0 - usual.y - 13.0 >= near);
    }

    #[test]
    fn where_there_is_no_room_the_page_is_seen_smaller_and_nothing_outside_of_it_comes_to_light() {
        for rotation in [0, 90, 180, 270] {
            let view = View { area: [10.0, 20.0, 605.0, 862.0], rotation, unit: 1.0 };
            let room = StampRoom::above(&view, (200.0, 12.0)).unwrap();
            let (before, after) = (view.size_in_points(), room.view.size_in_points());
            assert!(
                (before.0 - after.0).abs() < 0.01 && (before.1 - after.1).abs() < 0.01,
                "{before:?} {after:?}"
            );
            assert!(room.view.unit > 0.95 && room.view.unit < 1.0);
            let [left, bottom, right, top] = room.place.area(&room.view, (200.0, 12.0));
            let [l, b, r, t] = view.area;
            let is_beside = left >= r || right <= l || bottom >= t || top <= b;
            assert!(is_beside, "{rotation}: the stamp stands above what was the page");
            let [l, b, r, t] = room.view.area;
            assert!(left >= l && right <= r && bottom >= b && top <= t, "{rotation}");
            assert_eq!(room.before, "q\n10 20 595 842 re W n\n");
        }
    }

    #[test]
    fn a_stamp_is_drawn_after_what_the_page_draws_and_has_a_name_of_its_own() {
        let (paper, drawings) = (part("a"), stamps(1));
        let packed = Packed::new([&paper, &drawings]);
        let (of_paper, of_drawings) = (packed.papers[0].1, packed.papers[1].1);
        let mut builder = packed.builder();
        let mut stamps = Stamps::new(&mut builder, &[(&drawings, of_drawings)]);
        let page = paper.brings.pages[0].number + of_paper.objects;
        let view = &paper.brings.pages[0].view;
        let own = list(&at(&builder, page), "Contents").to_vec();
        assert!(stamps.stamp(&mut builder, page, view, None, StampRole::Header).is_some());
        let contents = list(&at(&builder, page), "Contents");
        assert_eq!((contents.len(), &contents[1]), (3, &own[0]));
        assert_eq!(stream(&builder, &contents[0]), "q\n");
        let after = stream(&builder, &contents[2]);
        assert!(after.starts_with("\nQ\n/Artifact") && after.contains("/Stempel_ Do"), "{after}");
        let before = at(&builder, page);
        let resources = before.get(b"Resources").and_then(Object::as_dict).unwrap();
        let drawn = resources.get(b"XObject").and_then(Object::as_dict).unwrap();
        let form = at(&builder, drawn.get(b"Stempel_").and_then(Object::as_reference).unwrap().0);
        assert_eq!(form.get(b"Subtype").unwrap().as_name().unwrap(), b"Form");
        assert!(drawn.has(b"Stempel"));
        // There is no stamp for another page.
        assert_eq!(stamps.stamp(&mut builder, page, view, None, StampRole::Header), None);
        assert_eq!(at(&builder, page), before);
    }

    #[test]
    fn where_an_item_begins_two_stamps_are_two_headings_side_by_side() {
        let drawn = |role: StampRole| {
            let (paper, drawings) = (part("a"), stamps(3));
            let packed = Packed::new([&paper, &drawings]);
            let (of_paper, of_drawings) = (packed.papers[0].1, packed.papers[1].1);
            let mut builder = packed.builder();
            let mut stamps = Stamps::new(&mut builder, &[(&drawings, of_drawings)]);
            let page = paper.brings.pages[0].number + of_paper.objects;
            let area = stamps.stamp(&mut builder, page, &paper.brings.pages[0].view, None, role).unwrap();
            assert_eq!(stamps.drawings.len(), 3 - role.count());
            let contents = list(&at(&builder, page), "Contents");
            (stream(&builder, &contents[2]), area[2] - area[0])
        };
        let (one, width) = drawn(StampRole::Heading { item: false, mark: Some(4) });
        assert!(one.contains("/H2 <</MCID 4>> BDC") && !one.contains("/H1"), "{one}");
        let (two, both) = drawn(StampRole::Heading { item: true, mark: Some(4) });
        assert!((both - 2.0 * width + BORDER).abs() < 0.01, "{width} {both}");
        assert!(two.contains("/H1 <</MCID 4>> BDC") && two.contains("/H2 <</MCID 5>> BDC"), "{two}");
        assert!(two.contains("/Stempel_ Do") && two.contains("/Stempel__ Do"), "{two}");
        let (without, _) = drawn(StampRole::Heading { item: true, mark: None });
        assert_eq!((without.matches("/Artifact").count(), without.contains("MCID")), (2, false));
    }

    fn stream(builder: &Builder, object: &Object) -> String {
        let number = object.as_reference().unwrap().0;
        String::from_utf8(builder.read(number).unwrap().as_stream().unwrap().content.clone()).unwrap()
    }
}
