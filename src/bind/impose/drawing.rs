//! The pages of a document as drawings that can be placed anywhere.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use rayon::prelude::*;

use super::annotations;
use super::colour::{ColourWalk, PrintColours, Repainted, repaint, set_group_grey};
use super::preflight::{PageTraits, PrintablePages, traits};
use crate::bind::deflate::compressed;
use crate::bind::part::{PageSource, page_sources};
use crate::pdf::objects::dict;
use crate::pdf::{self, LoadError};

/// A document whose pages can be drawn on sheets.
pub(super) struct Printable {
    /// Its objects; a drawing has taken the place of each page.
    pub(super) objects: BTreeMap<ObjectId, Object>,
    /// The drawings, page by page.
    pub(super) drawings: Vec<ObjectId>,
    /// Its layers, and which are shown.
    pub(super) layers: Option<Object>,
    pages: PrintablePages,
}

/// A page whose colours were written anew.
struct DrawnPage {
    done: Repainted,
    resources: Dictionary,
    traits: PageTraits,
}

/// What the content of one page may unpack to, in bytes.
const MAX_CONTENT: usize = 256 << 20;

impl Printable {
    /// Reads a packet that this program made.
    pub(super) fn of_packet(bytes: &[u8], colours: PrintColours) -> Result<Self, LoadError> {
        Self::new(pdf::load_without_structure(bytes)?, colours)
    }

    /// Reads a file that was made fit.
    pub(super) fn of_file(bytes: &[u8], colours: PrintColours) -> Result<Self, LoadError> {
        Self::new(pdf::load(bytes)?, colours)
    }

    fn new(mut document: Document, colours: PrintColours) -> Result<Self, LoadError> {
        let layers = layers(&document);
        let pages = page_sources(&document);
        let drawn: Vec<DrawnPage> =
            pages.par_iter().map(|page| draw(&document, page, colours)).collect::<Result<_, LoadError>>()?;
        let mut walk = ColourWalk::new(&document, colours);
        let has_colour = drawn.iter().map(|drawn| walk.page(&drawn.done, &drawn.resources)).collect();
        let traits = drawn.iter().map(|drawn| drawn.traits.clone()).collect();
        let forms: Vec<(ObjectId, Stream)> = pages
            .par_iter()
            .zip(drawn)
            .map(|(page, drawn)| (page.id, form(&document, page, drawn, &walk, colours)))
            .collect();
        let changed = walk.changed;
        document.objects.extend(changed);
        document.objects.extend(forms.into_iter().map(|(id, form)| (id, form.into())));
        let sizes = pages.iter().map(|page| page.view.size_in_points()).collect();
        let drawings = pages.iter().map(|page| page.id).collect();
        let pages = PrintablePages { sizes, has_colour, traits };
        Ok(Self { objects: document.objects, drawings, layers, pages })
    }

    /// Gives what is known of its pages.
    pub(super) fn pages(&self) -> PrintablePages {
        self.pages.clone()
    }
}

/// Gives the layers and which are shown; where nothing says that, all are.
fn layers(document: &Document) -> Option<Object> {
    let mut layers = dict(document, document.catalog().ok()?, b"OCProperties")?.clone();
    if dict(document, &layers, b"D").is_none() {
        layers.set("D", Dictionary::new());
    }
    Some(layers.into())
}

/// Draws a page: its content, and what lies over it.
fn draw(document: &Document, page: &PageSource, colours: PrintColours) -> Result<DrawnPage, LoadError> {
    let unreadable = |error: lopdf::Error| {
        LoadError::Damaged(format!("der Inhalt einer Seite ist nicht lesbar ({error})"))
    };
    let mut content = b"q\n".to_vec();
    content.extend(document.get_page_content_with_limit(page.id, MAX_CONTENT).map_err(unreadable)?);
    content.extend(b"\nQ\n");
    let mut resources =
        page.dictionary.get(b"Resources").and_then(Object::as_dict).cloned().unwrap_or_default();
    draw_annotations(document, page, &mut content, &mut resources);
    let traits = traits(document, &content, &resources, page.view.seen());
    Ok(DrawnPage { done: repaint(document, &content, &resources, colours), resources, traits })
}

/// Makes what is drawn a form, in points from the lower left corner of what is seen of the page.
fn form(
    document: &Document,
    page: &PageSource,
    drawn: DrawnPage,
    walk: &ColourWalk<'_>,
    colours: PrintColours,
) -> Stream {
    let mut resources = drawn.resources;
    walk.equip(&mut resources);
    let mut form = Dictionary::new();
    form.set("Type", Object::Name(b"XObject".to_vec()));
    form.set("Subtype", Object::Name(b"Form".to_vec()));
    form.set("BBox", reals(&page.view.area));
    form.set("Matrix", reals(&page.view.seen()));
    form.set("Resources", resources);
    if let Ok(group) = page.dictionary.get(b"Group") {
        form.set("Group", group.clone());
    }
    if colours == PrintColours::Grey {
        set_group_grey(document, &mut form);
    }
    form.set("Filter", Object::Name(b"FlateDecode".to_vec()));
    Stream::new(form, compressed(&drawn.done.content))
}

fn draw_annotations(
    document: &Document,
    page: &PageSource,
    content: &mut Vec<u8>,
    resources: &mut Dictionary,
) {
    let looks = annotations::printed(document, &page.dictionary);
    let Ok(Object::Dictionary(drawings)) = resources.get_mut(b"XObject") else { return };
    for look in looks {
        let mut name = format!("Anmerkung{}", look.drawing.0);
        while drawings.has(name.as_bytes()) {
            name.push('_');
        }
        let matrix = look.matrix.map(|entry| entry.to_string()).join(" ");
        content.extend(format!("q {matrix} cm /{name} Do Q\n").into_bytes());
        drawings.set(name, Object::Reference(look.drawing));
    }
}

pub(super) fn reals(numbers: &[f32]) -> Vec<Object> {
    numbers.iter().map(|number| Object::Real(*number)).collect()
}
