//! Pages and drawings as a viewer of PDF files draws them.
//!
//! The only place that knows the interpreter's documents. Whatever it does with a hostile file ends here, but for time
//! and memory.

use std::any::Any;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro_interpret::{CacheKey, Context, Device, InterpreterCache, InterpreterSettings, interpret};
use hayro_syntax::Pdf;
use hayro_syntax::content::TypedIter;
use hayro_syntax::object::{Dict, Name, ObjectIdentifier, Stream};
use hayro_syntax::page::{Page, Resources};
use kurbo::{Affine, Rect as Area};
use lopdf::ObjectId;

use super::draw::{Drawing, Exhausted};
use super::page::Sight;
use super::place::{TextLimit, UnreadReason};
use crate::record::fonts;

/// A document, open for drawing.
pub(super) struct Viewer {
    pdf: Pdf,
    /// A document without layers: where its table of objects is asked for them, all are on.
    blank: Pdf,
}

/// Draws one page after another.
pub(super) struct Painter<'a> {
    viewer: &'a Viewer,
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
    /// Whether the interpreter can use a font.
    usable: HashMap<u128, bool>,
    steps: usize,
}

/// What was drawn.
pub(super) struct Drawn {
    /// The characters and areas.
    pub drawing: Drawing,
    /// The size of the page as it is shown, in points.
    pub size: (f32, f32),
    /// The names of fonts that the interpreter cannot use.
    pub unusable: Vec<String>,
}

/// A content stream to draw.
pub(super) struct ContentToDraw<'a> {
    /// The content.
    pub bytes: &'a [u8],
    /// The names of the fonts that it sets.
    pub fonts: &'a BTreeSet<Vec<u8>>,
}

/// The stack of a thread that opens or draws: drawings in drawings in drawings.
pub(super) const STACK: usize = 32 << 20;

const BLANK: &[u8] = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n\
    <</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n\
    trailer\n<</Root 1 0 R>>\n%%EOF\n";

impl Viewer {
    /// Opens a document; none if the interpreter cannot.
    pub(super) fn open(file: Vec<u8>) -> Option<Self> {
        let open = |bytes: Vec<u8>| catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes).ok())).ok().flatten();
        Some(Self { pdf: open(file)?, blank: open(BLANK.to_vec())? })
    }

    /// Opens the same document once more, for another thread; the bytes are shared.
    pub(super) fn again(&self) -> Option<Self> {
        let open = |pdf: &Pdf| {
            let data = pdf.data().clone();
            catch_unwind(AssertUnwindSafe(|| Pdf::new(data).ok())).ok().flatten()
        };
        Some(Self { pdf: open(&self.pdf)?, blank: open(&self.blank)? })
    }

    /// Gives the objects of its pages, in order.
    pub(super) fn pages(&self) -> Vec<ObjectId> {
        self.pdf.pages().iter().filter_map(|page| page.raw().obj_id()).map(of_viewer).collect()
    }

    /// Makes a painter that takes so many steps for each page at most.
    pub(super) fn painter(&self, steps: usize) -> Painter<'_> {
        let font = fonts::upright();
        let settings = InterpreterSettings {
            // Fonts that are not embedded: only their widths and letters matter.
            font_resolver: Arc::new(move |_| Some((Arc::new(font?), 0))),
            render_annotations: false,
            ..InterpreterSettings::default()
        };
        Painter { viewer: self, cache: InterpreterCache::new(), settings, usable: HashMap::new(), steps }
    }
}

impl<'a> Painter<'a> {
    /// Draws a page with this content, and says what of it is in a layer that is off.
    pub(super) fn page(&mut self, index: usize, content: &ContentToDraw<'_>) -> Result<Drawn, UnreadReason> {
        let page = self.viewer.pdf.pages().get(index).ok_or(UnreadReason::Damaged)?;
        let size = page.render_dimensions();
        guarded(|| {
            let mut drawn = self.drawn(page, page.resources(), content, size, DrawnLayers::On);
            if self.viewer.pdf.xref().has_optional_content_groups() {
                let seen = self.drawn(page, page.resources(), content, size, DrawnLayers::AsShown);
                hide_layers(&mut drawn.drawing, &seen.drawing);
            }
            drawn
        })
    }

    /// Draws a drawing that stands alone, with the resources of a page for those it does not have.
    pub(super) fn drawing(
        &mut self,
        id: ObjectId,
        page: usize,
        content: &ContentToDraw<'_>,
    ) -> Result<Drawn, UnreadReason> {
        let page = self.viewer.pdf.pages().get(page).ok_or(UnreadReason::Damaged)?;
        guarded(|| {
            let stream = self.viewer.pdf.xref().get::<Stream<'a>>(to_viewer(id));
            let own =
                stream.and_then(|stream| stream.dict().get::<Dict<'a>>(b"Resources")).unwrap_or_default();
            let resources = Resources::from_parent(own, page.resources().clone());
            self.drawn(page, &resources, content, (0.0, 0.0), DrawnLayers::On)
        })
    }

    /// Gives width and height of a page as it is shown, in points.
    pub(super) fn size(&self, index: usize) -> [f32; 2] {
        let page = self.viewer.pdf.pages().get(index);
        page.map_or([0.0; 2], |page| page.render_dimensions().into())
    }

    /// Draws a page with this content, as it is shown, on a device of another kind; tells whether all of it was drawn.
    pub(super) fn device(&mut self, index: usize, content: &[u8], device: &mut impl Device<'a>) -> bool {
        let Some(page) = self.viewer.pdf.pages().get(index) else { return false };
        let (width, height) = page.render_dimensions();
        let area = Area::new(0.0, 0.0, width.into(), height.into());
        let at = Affine::new(page.initial_transform(false).as_coeffs());
        let draw = || self.interpret(content, page.resources(), at, area, DrawnLayers::AsShown, device);
        catch_unwind(AssertUnwindSafe(draw)).is_ok()
    }

    fn drawn(
        &mut self,
        page: &Page<'a>,
        resources: &Resources<'a>,
        content: &ContentToDraw<'_>,
        size: (f32, f32),
        layers: DrawnLayers,
    ) -> Drawn {
        let area = Area::new(0.0, 0.0, size.0.into(), size.1.into());
        let mut drawing = Drawing::new(area, self.steps);
        let at = Affine::new(page.initial_transform(false).as_coeffs());
        self.interpret(content.bytes, resources, at, area, layers, &mut drawing);
        let fonts = content.fonts.iter().filter(|name| !self.is_usable(name, resources));
        let unusable = fonts.map(|name| base_font(name, resources)).collect();
        Drawn { drawing, size, unusable }
    }

    fn interpret(
        &self,
        content: &[u8],
        resources: &Resources<'a>,
        at: Affine,
        area: Area,
        layers: DrawnLayers,
        drawing: &mut impl Device<'a>,
    ) {
        let layers = match layers {
            DrawnLayers::On => &self.viewer.blank,
            DrawnLayers::AsShown => &self.viewer.pdf,
        };
        let mut context = Context::new(at, area, &self.cache, layers.xref(), self.settings.clone());
        interpret(TypedIter::new(content), resources, &mut context, drawing);
    }

    /// Says whether the interpreter draws with a font, and not with another in its place. It tells nobody; but what it
    /// draws with another one is ASCII only.
    fn is_usable(&mut self, name: &[u8], resources: &Resources<'a>) -> bool {
        let Some(font) = resources.get_font(&Name::new_unescaped(name)) else { return false };
        let key = font.cache_key();
        if let Some(usable) = self.usable.get(&key) {
            return *usable;
        }
        let escaped: String = name.iter().map(|byte| format!("#{byte:02x}")).collect();
        let probe = format!("BT /{escaped} 1 Tf <8080> Tj ET");
        let mut drawing = Drawing::new(Area::ZERO, self.steps);
        self.interpret(
            probe.as_bytes(),
            resources,
            Affine::IDENTITY,
            Area::ZERO,
            DrawnLayers::On,
            &mut drawing,
        );
        let usable = !drawing.chars.all.is_empty();
        self.usable.insert(key, usable);
        usable
    }
}

/// Which layers are drawn.
#[derive(Clone, Copy)]
enum DrawnLayers {
    On,
    AsShown,
}

fn guarded(draw: impl FnOnce() -> Drawn) -> Result<Drawn, UnreadReason> {
    catch_unwind(AssertUnwindSafe(draw)).map_err(|end: Box<dyn Any + Send>| {
        if end.is::<Exhausted>() { UnreadReason::TooMuch(TextLimit::Steps) } else { UnreadReason::Damaged }
    })
}

/// Says of what is not drawn with the layers as they are that it is in one that is off.
fn hide_layers(all: &mut Drawing, seen: &Drawing) {
    let key = |rect: &super::page::Rect| [rect.x0, rect.y0, rect.x1, rect.y1].map(f32::to_bits);
    let mut shown: HashMap<(String, [u32; 4]), usize> = HashMap::new();
    for char in &seen.chars.all {
        *shown.entry((seen.chars.text(char).to_owned(), key(&char.glyph.rect))).or_default() += 1;
    }
    let letters = std::mem::take(&mut all.chars.letters);
    for char in &mut all.chars.all {
        let text = letters.get(char.letters.start as usize..char.letters.end as usize).unwrap_or_default();
        match shown.get_mut(&(text.to_owned(), key(&char.glyph.rect))).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => char.glyph.sight = Sight::HiddenLayer,
        }
    }
    all.chars.letters = letters;
}

fn base_font(name: &[u8], resources: &Resources<'_>) -> String {
    let font = resources.get_font(&Name::new_unescaped(name));
    let base = font.and_then(|font| font.get::<Name<'_>>(b"BaseFont").map(|base| base.as_str().to_owned()));
    base.unwrap_or_else(|| String::from_utf8_lossy(name).into_owned())
}

fn to_viewer(id: ObjectId) -> ObjectIdentifier {
    ObjectIdentifier::new(i32::try_from(id.0).unwrap_or(0), i32::from(id.1))
}

fn of_viewer(id: ObjectIdentifier) -> ObjectId {
    (u32::try_from(id.obj_number).unwrap_or(0), u16::try_from(id.gen_number).unwrap_or(0))
}
