//! The stamps: which item and paper a page belongs to, and where in the packet it stands.
//!
//! A stamp is drawn over the page, upright as it is seen, and as an artifact: it is not part of what is read aloud.

use lopdf::{Dictionary, Object, Stream};

use super::builder::Builder;
use super::numbering::{Start, reference};
use super::part::{Part, View};

/// The stamps of a packet, one for each page, in order.
pub(super) struct Stamps {
    drawings: std::vec::IntoIter<(u32, f32, f32)>,
    /// A stream that comes before the content of every page.
    before: u32,
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

impl Stamps {
    /// Makes drawings of the pages of a document that holds nothing but stamps.
    pub(super) fn new(builder: &mut Builder, part: &Part, start: Start) -> Self {
        let drawings: Vec<_> = part
            .brings
            .pages
            .iter()
            .filter_map(|page| drawing(builder, page.number + start.objects, &page.view))
            .collect();
        let before = builder.add(Stream::new(Dictionary::new(), b"q\n".to_vec()));
        Self { drawings: drawings.into_iter(), before }
    }

    /// Puts the next stamp on a page.
    pub(super) fn stamp(&mut self, builder: &mut Builder, page: u32, view: &View) {
        let Some((drawing, width, height)) = self.drawings.next() else { return };
        let after = content(view, width, height);
        let Some(dictionary) = builder.dictionary(page) else { return };
        let name = add_drawing(dictionary, drawing);
        let after = Stream::new(Dictionary::new(), after.replace(NAME, &name).into_bytes());
        let after = builder.add(after);
        let Some(dictionary) = builder.dictionary(page) else { return };
        let mut contents = vec![reference(self.before)];
        if let Ok(Object::Array(own)) = dictionary.get_mut(b"Contents") {
            contents.append(own);
        }
        contents.push(reference(after));
        dictionary.set("Contents", contents);
    }
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

/// What is drawn after the content of a page, whose changes of the graphics state end here.
fn content(view: &View, width: f32, height: f32) -> String {
    let (page_width, page_height) = view.size();
    // A unit of the page may be larger than a point.
    let unit = 1.0 / view.unit;
    let size = page_width.min(page_height) * view.unit / A4_WIDTH;
    let scale = (size.min(MAX_SCALE) * unit).min(MAX_SHARE * page_width / width);
    let x = (page_width - width * scale - MARGIN.0 * scale).max(0.0);
    let y = (page_height - height * scale - MARGIN.1 * scale).max(0.0);
    let [a, b, c, d, e, f] = view.upright();
    format!(
        "\nQ\n/Artifact <</Type /Pagination /Subtype /Header>> BDC\nq {a} {b} {c} {d} {e} {f} cm {scale} 0 0 {scale} {x} {y} cm /{NAME} Do Q\nEMC\n"
    )
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
            let content = content(&view, 200.0, 12.0);
            let scale = content.split(" cm ").nth(1).unwrap().split(' ').next().unwrap();
            scale.parse::<f32>().unwrap()
        };
        assert_eq!(scale(595.0, 842.0, 1.0), 1.0);
        assert_eq!(scale(842.0, 595.0, 1.0), 1.0);
        assert_eq!(scale(1190.0, 1684.0, 1.0), 2.0);
        assert_eq!(scale(11900.0, 16840.0, 1.0), MAX_SCALE);
        assert!(scale(100.0, 600.0, 1.0) * 200.0 <= 100.0);
        assert!((scale(8.264, 11.694, 72.0) * 72.0 - 1.0).abs() < 0.01);
    }

    #[test]
    fn a_stamp_is_drawn_after_what_the_page_draws_and_has_a_name_of_its_own() {
        let (paper, drawings) = (part("a"), stamps(1));
        let packed = Packed::new([&paper, &drawings]);
        let (of_paper, of_drawings) = (packed.papers[0].1, packed.papers[1].1);
        let mut builder = packed.builder();
        let mut stamps = Stamps::new(&mut builder, &drawings, of_drawings);
        let page = paper.brings.pages[0].number + of_paper.objects;
        let own = list(at(&builder, page), "Contents").to_vec();
        stamps.stamp(&mut builder, page, &paper.brings.pages[0].view);
        let contents = list(at(&builder, page), "Contents");
        assert_eq!((contents.len(), &contents[1]), (3, &own[0]));
        let stream = |object: &Object| {
            let number = object.as_reference().unwrap().0;
            String::from_utf8(builder.objects()[&number].as_stream().unwrap().content.clone()).unwrap()
        };
        assert_eq!(stream(&contents[0]), "q\n");
        let after = stream(&contents[2]);
        assert!(after.starts_with("\nQ\n/Artifact") && after.contains("/Stempel_ Do"), "{after}");
        let resources = at(&builder, page).get(b"Resources").and_then(Object::as_dict).unwrap();
        let drawn = resources.get(b"XObject").and_then(Object::as_dict).unwrap();
        let form = at(&builder, drawn.get(b"Stempel_").and_then(Object::as_reference).unwrap().0);
        assert_eq!(form.get(b"Subtype").unwrap().as_name().unwrap(), b"Form");
        assert!(drawn.has(b"Stempel"));
        // There is no stamp for another page.
        let before = at(&builder, page).clone();
        stamps.stamp(&mut builder, page, &paper.brings.pages[0].view);
        assert_eq!(at(&builder, page), &before);
    }
}
