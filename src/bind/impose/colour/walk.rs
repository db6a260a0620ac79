//! Follows what a page draws: forms, patterns, pictures, letters that are drawings themselves.

use std::collections::{BTreeMap, HashMap};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::choice::PrintColours;
use super::pictures;
use super::repaint::{CMYK_AS_GREY, RGB_AS_GREY, Repainted, repaint};
use super::space::Space;
use crate::bind::deflate::compressed;
use crate::pdf::objects::{as_dict, dict, integer, name, resolve, value};

/// What is known of the drawings of a document.
pub(in crate::bind::impose) struct ColourWalk<'a> {
    document: &'a Document,
    ink: PrintColours,
    /// Whether something has a colour; what is being looked at has none.
    known: HashMap<ObjectId, bool>,
    /// The objects that change, and those that are new.
    pub changed: BTreeMap<ObjectId, Object>,
    functions: Functions,
}

/// The functions that make other colours grey.
#[derive(Debug, Clone, Copy)]
pub(super) struct Functions {
    rgb: ObjectId,
    cmyk: ObjectId,
    ink: ObjectId,
}

/// Things that are drawn inside of each other are nested no deeper.
const MAX_DEPTH: usize = 24;
/// What the content of one drawing may unpack to, in bytes.
const MAX_CONTENT: usize = 64 << 20;

/// The same as for colours in content streams: a mean of what light there is, with a gamma of 2.2.
const OF_RGB: &str =
    "{2.2 exp 0.0722 mul exch 2.2 exp 0.7152 mul add exch 2.2 exp 0.2126 mul add 0.4545 exp}";
const OF_CMYK: &str = "{1 exch sub 4 1 roll 1 exch sub 2.2 exp 0.0722 mul 3 1 roll 1 exch sub 2.2 exp 0.7152 mul 3 1 roll \
    1 exch sub 2.2 exp 0.2126 mul add add 0.4545 exp mul}";
const OF_INK: &str = "{1 exch sub}";

impl<'a> ColourWalk<'a> {
    /// Begins a walk; new objects get numbers behind those of the document.
    pub(in crate::bind::impose) fn new(document: &'a Document, ink: PrintColours) -> Self {
        let last = document.objects.keys().next_back().map_or(0, |(number, _)| *number);
        let functions = Functions { rgb: (last + 1, 0), cmyk: (last + 2, 0), ink: (last + 3, 0) };
        let mut changed = BTreeMap::new();
        if ink == PrintColours::Grey {
            for (id, channels, text) in
                [(functions.rgb, 3, OF_RGB), (functions.cmyk, 4, OF_CMYK), (functions.ink, 1, OF_INK)]
            {
                changed.insert(id, function(channels, text).into());
            }
        }
        Self { document, ink, known: HashMap::new(), changed, functions }
    }

    /// Tells whether a page has a colour, whose content was written anew.
    pub(in crate::bind::impose) fn page(&mut self, done: &Repainted, resources: &Dictionary) -> bool {
        self.used(done, resources, 0) || done.has_colour
    }

    /// Gives the resources what inline images need to be grey.
    pub(in crate::bind::impose) fn equip(&self, resources: &mut Dictionary) {
        if self.ink == PrintColours::Kept {
            return;
        }
        let mut spaces = dict(self.document, resources, b"ColorSpace").cloned().unwrap_or_default();
        for (_, space) in spaces.iter_mut() {
            *space = plain(&Space::read(self.document, space, None));
        }
        spaces.set(RGB_AS_GREY, as_grey(&Space::Rgb, self.functions));
        spaces.set(CMYK_AS_GREY, as_grey(&Space::Cmyk, self.functions));
        resources.set("ColorSpace", spaces);
    }

    fn used(&mut self, done: &Repainted, resources: &Dictionary, depth: usize) -> bool {
        let document = self.document;
        let mut has_colour = false;
        for (kind, name) in &done.used {
            let Some(object) = dict(document, resources, kind.as_bytes()).and_then(|all| all.get(name).ok())
            else {
                continue;
            };
            has_colour |= self.object(kind, object, resources, depth + 1);
        }
        has_colour
    }

    /// Looks at something that is drawn with.
    fn object(&mut self, kind: &str, object: &Object, resources: &Dictionary, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return true;
        }
        let id = object.as_reference().ok();
        if let Some(known) = id.and_then(|id| self.known.get(&id)) {
            return *known;
        }
        if let Some(id) = id {
            self.known.insert(id, false);
        }
        let Some(resolved) = resolve(self.document, object) else { return false };
        let has_colour = match (kind, resolved) {
            ("XObject", Object::Stream(stream)) if is_picture(self.document, stream) => {
                self.picture(id, stream, resources)
            }
            ("XObject", Object::Stream(stream)) => self.content(id, stream, resources, depth),
            ("Pattern", Object::Stream(stream)) => {
                let has_own = integer(self.document, &stream.dict, b"PaintType") != Some(2);
                self.content(id, stream, resources, depth) && has_own
            }
            ("Pattern", Object::Dictionary(pattern)) => {
                let shading = pattern.get(b"Shading").ok();
                let has_colour =
                    shading.is_some_and(|shading| self.object("Shading", shading, resources, depth + 1));
                if let (Some(Object::Dictionary(inside)), Some(id), PrintColours::Grey) =
                    (shading, id, self.ink)
                {
                    let mut pattern = pattern.clone();
                    pattern.set("Shading", self.shading(inside.clone(), resources));
                    self.changed.insert(id, pattern.into());
                }
                has_colour
            }
            ("Shading", shading) => self.shaded(id, shading, resources),
            ("Font", Object::Dictionary(font)) => self.font(font, resources, depth),
            ("ExtGState", Object::Dictionary(state)) => self.state(state, resources, depth),
            _ => false,
        } && self.ink == PrintColours::Kept;
        if let Some(id) = id {
            self.known.insert(id, has_colour);
        }
        has_colour
    }

    fn picture(&mut self, id: Option<ObjectId>, stream: &Stream, resources: &Dictionary) -> bool {
        let spaces = dict(self.document, resources, b"ColorSpace");
        let is_mask = matches!(value(self.document, &stream.dict, b"ImageMask"), Some(Object::Boolean(true)));
        let space = stream.dict.get(b"ColorSpace").ok();
        let space = space.map_or(Space::Unknown, |space| Space::read(self.document, space, spaces));
        if is_mask || space == Space::Grey {
            return false;
        }
        if let (PrintColours::Grey, Some(id)) = (self.ink, id) {
            let grey = pictures::grey(self.document, stream, &space);
            let grey = grey.unwrap_or_else(|| with_space(stream, as_grey(&space, self.functions)));
            self.changed.insert(id, grey.into());
        }
        !space.is_grey()
    }

    /// A form, a pattern or a letter: a stream with content and resources of its own, or those around it.
    fn content(&mut self, id: Option<ObjectId>, stream: &Stream, around: &Dictionary, depth: usize) -> bool {
        let own = dict(self.document, &stream.dict, b"Resources");
        let resources = own.unwrap_or(around);
        let Ok(content) = stream.decompressed_content_with_limit(MAX_CONTENT) else { return true };
        let done = repaint(self.document, &content, resources, self.ink);
        let has_colour = self.used(&done, resources, depth) || done.has_colour;
        if let Some(id) = id.filter(|_| self.ink == PrintColours::Grey || done.content != content) {
            let mut stream = stream.clone();
            let mut resources = resources.clone();
            if self.ink == PrintColours::Grey {
                self.equip(&mut resources);
                stream.dict.set("Resources", resources);
                set_group_grey(self.document, &mut stream.dict);
            }
            stream.content = compressed(&done.content);
            stream.dict.set("Filter", Object::Name(b"FlateDecode".to_vec()));
            stream.dict.remove(b"DecodeParms");
            self.changed.insert(id, stream.into());
        }
        has_colour
    }

    fn shaded(&mut self, id: Option<ObjectId>, shading: &Object, resources: &Dictionary) -> bool {
        let Some(entries) = as_dict(self.document, shading) else { return false };
        let has_colour = !self.space_of(entries, resources).is_grey();
        if let (PrintColours::Grey, Some(id)) = (self.ink, id) {
            let mut grey = shading.clone();
            match &mut grey {
                Object::Dictionary(entries) => *entries = self.shading(std::mem::take(entries), resources),
                Object::Stream(stream) => {
                    stream.dict = self.shading(std::mem::take(&mut stream.dict), resources)
                }
                _ => {}
            }
            self.changed.insert(id, grey);
        }
        has_colour
    }

    /// A shading in grey.
    fn shading(&self, mut shading: Dictionary, resources: &Dictionary) -> Dictionary {
        let space = self.space_of(&shading, resources);
        shading.set("ColorSpace", as_grey(&space, self.functions));
        shading.remove(b"Background");
        shading
    }

    fn space_of(&self, entries: &Dictionary, resources: &Dictionary) -> Space {
        let spaces = dict(self.document, resources, b"ColorSpace");
        let space = entries.get(b"ColorSpace").ok();
        space.map_or(Space::Unknown, |space| Space::read(self.document, space, spaces))
    }

    /// A font whose letters are drawings.
    fn font(&mut self, font: &Dictionary, around: &Dictionary, depth: usize) -> bool {
        if name(self.document, font, b"Subtype") != Some(b"Type3") {
            return false;
        }
        let resources = dict(self.document, font, b"Resources").unwrap_or(around);
        let Some(letters) = dict(self.document, font, b"CharProcs") else { return false };
        let mut has_colour = false;
        for (_, letter) in letters.iter() {
            has_colour |= self.object("XObject", letter, resources, depth + 1);
        }
        has_colour
    }

    /// What is set of the graphics state: a mask is drawn too, and its colours are only how much is seen.
    fn state(&mut self, state: &Dictionary, resources: &Dictionary, depth: usize) -> bool {
        if let Some(mask) = dict(self.document, state, b"SMask")
            && let Ok(group) = mask.get(b"G")
        {
            self.object("XObject", group, resources, depth + 1);
        }
        match state.get(b"Font").ok().and_then(|font| resolve(self.document, font)) {
            Some(Object::Array(font)) => {
                font.first().is_some_and(|font| self.object("Font", font, resources, depth + 1))
            }
            _ => false,
        }
    }
}

fn is_picture(document: &Document, stream: &Stream) -> bool {
    name(document, &stream.dict, b"Subtype") == Some(b"Image")
}

/// Makes the colours in which the parts of a group are mixed grey.
pub(in crate::bind::impose) fn set_group_grey(document: &Document, entries: &mut Dictionary) {
    if let Some(mut group) = dict(document, entries, b"Group").cloned() {
        group.set("CS", Object::Name(b"DeviceGray".to_vec()));
        entries.set("Group", group);
    }
}

fn with_space(stream: &Stream, space: Object) -> Stream {
    let mut stream = stream.clone();
    stream.dict.set("ColorSpace", space);
    stream
}

fn function(channels: usize, text: &str) -> Stream {
    let domain: Vec<Object> = (0..channels).flat_map(|_| [0.into(), 1.into()]).collect();
    let entries =
        dictionary! { "FunctionType" => 4, "Domain" => domain, "Range" => vec![0.into(), 1.into()] };
    Stream::new(entries, text.as_bytes().to_vec())
}

/// A space of grey in the place of one among resources, where only patterns are still used.
fn plain(space: &Space) -> Object {
    let grey = Object::Name(b"DeviceGray".to_vec());
    match space {
        Space::Pattern(Some(_)) => vec![Object::Name(b"Pattern".to_vec()), grey].into(),
        Space::Pattern(None) => Object::Name(b"Pattern".to_vec()),
        _ => grey,
    }
}

/// A space that takes the same numbers and shows them as grey.
fn as_grey(space: &Space, functions: Functions) -> Object {
    let grey = Object::Name(b"DeviceGray".to_vec());
    let (channels, function) = match space {
        Space::Rgb | Space::Lab => (3, functions.rgb),
        Space::Cmyk => (4, functions.cmyk),
        Space::Inks { count: 1, .. } => (1, functions.ink),
        _ => return grey,
    };
    let names: Vec<Object> =
        (1..=channels).map(|at| Object::Name(format!("Grau{at}").into_bytes())).collect();
    vec![Object::Name(b"DeviceN".to_vec()), names.into(), grey, Object::Reference(function)].into()
}
