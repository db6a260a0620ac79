//! Draws all pages of a document, and the drawings whose text no page was seen to draw.
//!
//! Knows nothing of the interpreter, and of what else a document says.

use std::collections::{BTreeSet, HashMap, HashSet};

use lopdf::{Document, Object, ObjectId};
use rayon::prelude::*;

use super::content::{self, ContentSummary};
use super::contents::{ContentStreams, content_ids};
use super::page::PageText;
use super::place::{TextLimit, TextPlace, Unread, UnreadReason};
use super::reading::{OtherText, PdfReading, PicturePage, Remaining};
use super::sight;
use super::viewer::{ContentToDraw, Drawn, Painter, STACK, Viewer};
use crate::pdf::objects::{as_dict, inherited, list, name, reference};

/// So many pages share what was read of their fonts.
const AT_ONCE: usize = 32;
/// What the content of one page may be in all, in bytes.
const MAX_CONTENT: usize = 256 << 20;

/// Fewer characters that say nothing of their letters, on one page or in one drawing, are signs: bullets, ticks, arrows.
const FEW_SIGNS: usize = 6;

/// Draws the pages, each where it stands first, and then the drawings.
pub(super) fn pages(
    document: &Document,
    viewer: Option<Viewer>,
    order: &[ObjectId],
    contents: &ContentStreams<'_>,
    left: &mut Remaining<'_>,
    reading: &mut PdfReading,
) {
    let mut seen = HashSet::new();
    let numbered = order.iter().enumerate().filter(|(_, page)| seen.insert(**page));
    let unique: Vec<(usize, ObjectId)> = numbered.map(|(index, page)| (index + 1, *page)).collect();
    let work = PaintWork { document, pages: &unique, contents, steps: left.limits.steps };
    let threads = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
    let Some(painted) =
        threads.ok().and_then(|threads| threads.install(|| work.painted(viewer, order.len())))
    else {
        return reading.unread.push(Unread { place: TextPlace::File, why: UnreadReason::Damaged });
    };
    painted.add_to(left, reading);
}

/// What is to be drawn.
struct PaintWork<'a> {
    document: &'a Document,
    /// The pages with their numbers.
    pages: &'a [(usize, ObjectId)],
    contents: &'a ContentStreams<'a>,
    steps: usize,
}

/// What was drawn.
struct Painted {
    pages: Vec<Painting>,
    drawings: Vec<Painting>,
    unusable: BTreeSet<String>,
}

/// What a page or a drawing says.
#[derive(Default)]
struct Painting {
    page: Option<PageText>,
    picture: Option<PicturePage>,
    said: Vec<OtherText>,
    unread: Vec<Unread>,
    unusable: Vec<String>,
}

impl PaintWork<'_> {
    /// Draws the file as it is; and if its pages are no plain tree or fonts are broken, a copy in which they are not.
    fn painted(&self, viewer: Option<Viewer>, pages: usize) -> Option<Painted> {
        let is_plain = pages == self.pages.len() && is_tree(self.document);
        let viewer = viewer.filter(|viewer| is_plain && self.is_shown_by(viewer));
        let first = viewer.map(|viewer| self.paint(&viewer));
        let unusable = match &first {
            Some(painted) if painted.unusable.is_empty() => return first,
            Some(painted) => painted.unusable.clone(),
            None => BTreeSet::new(),
        };
        let copy = plain_copy(self.document, self.pages, &unusable);
        let second = copy.and_then(Viewer::open).filter(|viewer| self.is_shown_by(viewer));
        let second = second.map(|viewer| self.paint(&viewer));
        second.or(first)
    }

    /// Tells whether a viewer sees the same pages.
    fn is_shown_by(&self, viewer: &Viewer) -> bool {
        viewer.pages().into_iter().eq(self.pages.iter().map(|(_, page)| *page))
    }

    fn paint(&self, viewer: &Viewer) -> Painted {
        let indexed: Vec<(usize, &(usize, ObjectId))> = self.pages.iter().enumerate().collect();
        let draw = |painter: &mut Painter<'_>, (index, page): &(usize, &(usize, ObjectId))| {
            self.page(painter, *index, **page)
        };
        let pages = self.beside(viewer, &indexed, draw);
        let letters: HashMap<usize, String> = pages
            .iter()
            .filter_map(|painting| painting.page.as_ref())
            .map(|page| (page.number, page.drawn.letters().collect()))
            .collect();
        let drawings: Vec<(&ObjectId, &ContentSummary)> =
            self.contents.drawings.iter().filter(|(_, look)| look.shows_anything()).collect();
        let draw = |painter: &mut Painter<'_>, (id, look): &(&ObjectId, &ContentSummary)| {
            self.drawing(painter, **id, look, &letters)
        };
        let drawings = self.beside(viewer, &drawings, draw);
        let unusable =
            pages.iter().chain(&drawings).flat_map(|painting| painting.unusable.iter().cloned()).collect();
        Painted { pages, drawings, unusable }
    }

    /// Draws many things on all threads, each thread in a document of its own, the first in that which is open: in one
    /// document a thread now and then misses what another one is just unpacking.
    fn beside<Thing: Sync>(
        &self,
        viewer: &Viewer,
        all: &[Thing],
        draw: impl Fn(&mut Painter<'_>, &Thing) -> Painting + Sync,
    ) -> Vec<Painting> {
        let part = all.len().div_ceil(rayon::current_num_threads()).max(1);
        let with = |viewer: &Viewer, part: &[Thing]| -> Vec<Painting> {
            let some = part.chunks(AT_ONCE).flat_map(|some| {
                let mut painter = viewer.painter(self.steps);
                some.iter().map(|one| draw(&mut painter, one)).collect::<Vec<Painting>>()
            });
            some.collect()
        };
        let of_part = |(index, part): (usize, &[Thing])| match index {
            0 => with(viewer, part),
            _ => match viewer.again() {
                Some(own) => with(&own, part),
                None => part.iter().map(|_| Painting::damaged()).collect(),
            },
        };
        all.par_chunks(part).enumerate().flat_map_iter(of_part).collect()
    }

    fn page(&self, painter: &mut Painter<'_>, index: usize, (number, id): (usize, ObjectId)) -> Painting {
        let place = TextPlace::Page(number);
        let mut painting = Painting::default();
        let Some(bytes) = self.content(id) else {
            let why = UnreadReason::TooMuch(TextLimit::Unpacked);
            painting.unread.push(Unread { place, why });
            return painting;
        };
        let look = content::look(&bytes);
        let said = look.said.iter().cloned();
        painting
            .said
            .extend(said.map(|text| OtherText { place: TextPlace::MarkedContent(Some(number)), text }));
        let Some(drawn) = painting.draw(&place, &bytes, &look, |content| painter.page(index, content)) else {
            return painting;
        };
        let Drawn { mut drawing, size, unusable } = drawn;
        sight::hide(&mut drawing);
        painting.unusable = unusable;
        painting.picture = sight::picture(number, size, &drawing);
        if look.is_mosaic() {
            let scan = drawing.chars.all.is_empty();
            painting.picture = Some(PicturePage { page: number, share: 1.0, scan });
        }
        painting.page = Some(PageText {
            number,
            size,
            drawn: drawing.chars.drawn(),
            marks: drawing.marks,
            lines: drawing.chars.lines(),
            glyphs: drawing.chars.all.into_iter().map(|char| char.glyph).collect(),
        });
        painting
    }

    /// Says what a drawing says, if the page that it belongs to does not say it.
    fn drawing(
        &self,
        painter: &mut Painter<'_>,
        id: ObjectId,
        look: &ContentSummary,
        letters: &HashMap<usize, String>,
    ) -> Painting {
        let mut painting = Painting::default();
        let home = self.contents.homes.get(&id).copied();
        let place = TextPlace::Drawing(home);
        let Some(bytes) = self.contents.plain.get(&id) else { return painting };
        let index = home
            .and_then(|home| self.pages.binary_search_by_key(&home, |(number, _)| *number).ok())
            .unwrap_or(0);
        let Some(drawn) = painting.draw(&place, bytes, look, |content| painter.drawing(id, index, content))
        else {
            return painting;
        };
        let run = drawn.drawing.chars.drawn();
        let own: String = run.letters().collect();
        let is_on_page = home.and_then(|home| letters.get(&home)).is_some_and(|page| page.contains(&own));
        if is_on_page {
            return Painting::default();
        }
        painting.unusable = drawn.unusable;
        let texts = run.and_other(drawn.drawing.chars.lines()).into_iter();
        painting.said.extend(texts.map(|text| OtherText { place: place.clone(), text }));
        painting
    }

    /// Gives the content of a page; none if it is too long.
    fn content(&self, page: ObjectId) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for stream in content_ids(self.document, page).iter().filter_map(|id| self.contents.plain.get(id)) {
            all.extend_from_slice(stream);
            // The pieces are apart (ISO 32000-2, 7.8.2).
            all.push(b'\n');
            if all.len() > MAX_CONTENT {
                return None;
            }
        }
        Some(all)
    }
}

impl Painting {
    /// What cannot be drawn.
    fn damaged() -> Self {
        let why = UnreadReason::Damaged;
        Self { unread: vec![Unread { place: TextPlace::File, why }], ..Self::default() }
    }

    /// Draws a content stream, and notes what of it cannot be read.
    fn draw(
        &mut self,
        place: &TextPlace,
        bytes: &[u8],
        look: &ContentSummary,
        draw: impl FnOnce(&ContentToDraw<'_>) -> Result<Drawn, UnreadReason>,
    ) -> Option<Drawn> {
        let readable = content::readable(bytes, look).ok_or(UnreadReason::Damaged);
        let drawn = readable.and_then(|bytes| draw(&ContentToDraw { bytes: &bytes, fonts: &look.fonts }));
        match drawn {
            Ok(drawn) => {
                let count: usize = drawn.drawing.no_letters.values().sum();
                let silent =
                    drawn.drawing.no_letters.iter().filter(|_| count >= FEW_SIGNS).map(|(font, count)| {
                        Unread {
                            place: place.clone(),
                            why: UnreadReason::NoLetters { font: font.clone(), count: *count },
                        }
                    });
                self.unread.extend(silent);
                Some(drawn)
            }
            Err(why) => {
                self.unread.push(Unread { place: place.clone(), why });
                None
            }
        }
    }
}

impl Painted {
    fn add_to(self, left: &mut Remaining<'_>, reading: &mut PdfReading) {
        for painting in self.pages.into_iter().chain(self.drawings) {
            reading.pages.extend(painting.page);
            reading.pictures.extend(painting.picture);
            reading.texts.extend(painting.said);
            reading.unread.extend(painting.unread);
        }
        let fonts = self.unusable.into_iter().map(|font| UnreadReason::NoLetters { font, count: 1 });
        reading.unread.extend(fonts.map(|why| Unread { place: TextPlace::File, why }));
        let glyphs: usize = reading.pages.iter().map(|page| page.glyphs.len()).sum();
        match left.glyphs.checked_sub(glyphs) {
            Some(rest) => left.glyphs = rest,
            None => reading
                .unread
                .push(Unread { place: TextPlace::File, why: UnreadReason::TooMuch(TextLimit::Glyphs) }),
        }
    }
}

/// Says whether each node of the page tree has one parent: a viewer may follow others without end.
fn is_tree(document: &Document) -> bool {
    let root = document.catalog().ok().and_then(|catalog| reference(catalog, b"Pages"));
    let mut open: Vec<ObjectId> = root.into_iter().collect();
    let mut seen: HashSet<ObjectId> = open.iter().copied().collect();
    while let Some(node) = open.pop() {
        let Ok(node) = document.get_dictionary(node) else { continue };
        for kid in list(document, node, b"Kids").iter().filter_map(|kid| kid.as_reference().ok()) {
            if !seen.insert(kid) {
                return false;
            }
            open.push(kid);
        }
    }
    true
}

/// Copies the document with all pages under one node and without the programs of broken fonts: then others take
/// their place, which have the same letters.
fn plain_copy(
    document: &Document,
    pages: &[(usize, ObjectId)],
    broken: &BTreeSet<String>,
) -> Option<Vec<u8>> {
    let mut copy = document.clone();
    let root = document.catalog().ok().and_then(|catalog| reference(catalog, b"Pages"))?;
    for (_, id) in pages {
        let keys: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
        let own: Vec<(&[u8], Object)> =
            keys.into_iter().filter_map(|key| Some((key, inherited(document, *id, key)?.clone()))).collect();
        let page = copy.get_dictionary_mut(*id).ok()?;
        for (key, value) in own {
            page.set(key, value);
        }
        page.set("Type", "Page");
        page.set("Parent", root);
    }
    let kids: Vec<Object> = pages.iter().map(|(_, page)| Object::Reference(*page)).collect();
    let tree = copy.get_dictionary_mut(root).ok()?;
    tree.set("Type", "Pages");
    tree.set("Count", kids.len() as i64);
    tree.set("Kids", kids);
    for (id, object) in &document.objects {
        let Ok(font) = object.as_dict() else { continue };
        let base = name(document, font, b"BaseFont").map(String::from_utf8_lossy);
        if base.is_some_and(|base| broken.contains(base.as_ref())) {
            replace_font(document, &mut copy, *id);
        }
    }
    let mut bytes = Vec::new();
    copy.save_to(&mut bytes).ok()?;
    Some(bytes)
}

fn replace_font(document: &Document, copy: &mut Document, id: ObjectId) {
    let Ok(font) = document.get_dictionary(id) else { return };
    let descendants = list(document, font, b"DescendantFonts");
    let is_composite = !descendants.is_empty();
    let descriptors = [font].into_iter().chain(descendants.iter().filter_map(|font| as_dict(document, font)));
    let descriptors: Vec<ObjectId> =
        descriptors.filter_map(|font| reference(font, b"FontDescriptor")).collect();
    for descriptor in descriptors {
        if let Ok(descriptor) = copy.get_dictionary_mut(descriptor) {
            for key in [&b"FontFile"[..], b"FontFile2", b"FontFile3"] {
                descriptor.remove(key);
            }
        }
    }
    let Ok(font) = copy.get_dictionary_mut(id) else { return };
    let known: [&[u8]; 5] = [b"Type0", b"Type1", b"MMType1", b"TrueType", b"Type3"];
    let subtype = font.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
    if is_composite {
        font.set("Subtype", "Type0");
        // Its own table of codes is not there; its letters are named by code.
        font.set("Encoding", "Identity-H");
    } else if !known.contains(&subtype) {
        font.set("Subtype", "Type1");
    }
}
