//! Every string, name and key in the objects of a document, with what it is a part of.
//!
//! Goes through all objects, whether anything refers to them or not. Knows nothing of what streams hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::place::TextPlace;
use super::reading::OtherText;
use super::strings;
use crate::pdf::objects::{as_dict, dict, list, name, pages, reference, text};

/// What the objects say.
#[derive(Default)]
pub(super) struct Walked {
    /// The texts, in the order of the objects.
    pub texts: Vec<OtherText>,
    /// The streams that are attached files, by what they are called.
    pub attachments: BTreeMap<ObjectId, String>,
    /// The streams that are scripts.
    pub scripts: BTreeSet<ObjectId>,
}

/// The first page that shows each object.
pub(super) type Homes = HashMap<ObjectId, usize>;

/// Forms are not nested deeper.
const MAX_FIELDS: usize = 32;

/// Finds the first page that shows each object.
pub(super) fn homes(document: &Document) -> Homes {
    let order = pages(document);
    let all: BTreeSet<ObjectId> = order.iter().copied().collect();
    let mut homes = Homes::new();
    for (index, page) in order.iter().enumerate() {
        let number = index + 1;
        if homes.contains_key(page) {
            continue;
        }
        homes.insert(*page, number);
        let mut open: Vec<&Object> = document.get_object(*page).into_iter().collect();
        while let Some(object) = open.pop() {
            match object {
                Object::Reference(id) if !all.contains(id) && !homes.contains_key(id) => {
                    homes.insert(*id, number);
                    open.extend(document.get_object(*id).ok());
                }
                Object::Array(items) => open.extend(items),
                Object::Dictionary(dict) => open.extend(towards(dict)),
                Object::Stream(stream) => open.extend(towards(&stream.dict)),
                _ => {}
            }
        }
        for annotation in
            document.get_dictionary(*page).map_or(&[][..], |page| list(document, page, b"Annots"))
        {
            let mut field = as_dict(document, annotation);
            for _ in 0..MAX_FIELDS {
                let Some(parent) = field.and_then(|field| reference(field, b"Parent")) else { break };
                homes.entry(parent).or_insert(number);
                field = document.get_dictionary(parent).ok();
            }
        }
    }
    homes
}

/// Gives the values of a dictionary; the field that a field is a part of has others on other pages.
fn towards(dict: &Dictionary) -> impl Iterator<Item = &Object> {
    dict.iter().filter(|(key, _)| *key != b"Parent").map(|(_, value)| value)
}

/// Goes through all objects and the trailer; none if they are more than `left`, which counts down.
pub(super) fn walk(document: &Document, homes: &Homes, left: &mut usize) -> Option<Walked> {
    let mut walk = Walk { document, found: Walked::default(), names: BTreeSet::new() };
    let information = reference(&document.trailer, b"Info");
    for (id, object) in &document.objects {
        let page = homes.get(id).copied();
        let place = if information == Some(*id) { TextPlace::Information } else { TextPlace::Object(id.0) };
        walk.object(object, place, page, left)?;
    }
    let trailer = document.trailer.iter().filter(|(key, _)| *key != b"ID");
    let trailer = Object::Dictionary(trailer.map(|(key, value)| (key.clone(), value.clone())).collect());
    walk.object(&trailer, TextPlace::Information, None, left)?;
    Some(walk.found)
}

struct Walk<'a> {
    document: &'a Document,
    found: Walked,
    /// Names and keys are said once for each page.
    names: BTreeSet<(Option<usize>, Vec<u8>)>,
}

impl Walk<'_> {
    fn object(
        &mut self,
        object: &Object,
        place: TextPlace,
        page: Option<usize>,
        left: &mut usize,
    ) -> Option<()> {
        let mut open = vec![(object, place)];
        while let Some((object, place)) = open.pop() {
            *left = left.checked_sub(1)?;
            match object {
                Object::String(bytes, _) => {
                    let all = strings::said(bytes).into_iter().filter(|text| !text.trim().is_empty());
                    self.found.texts.extend(all.map(|text| OtherText { place: place.clone(), text }));
                }
                Object::Name(name) => self.name(name, page),
                Object::Array(items) => open.extend(items.iter().rev().map(|item| (item, place.clone()))),
                Object::Dictionary(dict) => self.dictionary(dict, place, page, &mut open),
                Object::Stream(stream) => self.dictionary(&stream.dict, place, page, &mut open),
                _ => {}
            }
        }
        Some(())
    }

    fn dictionary<'a>(
        &mut self,
        dict: &'a Dictionary,
        outer: TextPlace,
        page: Option<usize>,
        open: &mut Vec<(&'a Object, TextPlace)>,
    ) {
        self.attachment(dict);
        if let Ok(Object::Reference(script)) = dict.get(b"JS") {
            self.found.scripts.insert(*script);
        }
        let own = self.kind(dict, page).unwrap_or(outer);
        for (key, value) in dict {
            self.name(key, page);
            let place = match &key[..] {
                b"URI" => TextPlace::Link(page),
                b"JS" => TextPlace::Script,
                _ => own.clone(),
            };
            open.push((value, place));
        }
    }

    /// Says what a dictionary is, as far as its strings are concerned.
    fn kind(&self, dict: &Dictionary, page: Option<usize>) -> Option<TextPlace> {
        let has = |keys: &[&[u8]]| keys.iter().any(|key| dict.has(key));
        let is = |key: &[u8], what: &[u8]| name(self.document, dict, key) == Some(what);
        if is(b"Subtype", b"Widget") || has(&[b"FT"]) || has(&[b"T"]) && has(&[b"V", b"Kids", b"DV"]) {
            Some(TextPlace::Field(page))
        } else if is(b"Type", b"Annot") || has(&[b"Subtype"]) && has(&[b"Rect"]) {
            Some(TextPlace::Annotation(page))
        } else if has(&[b"EF"]) || is(b"Type", b"Filespec") {
            Some(TextPlace::AttachmentName)
        } else if is(b"Type", b"OCG") {
            Some(TextPlace::Layer)
        } else if is(b"Type", b"StructElem") || has(&[b"S"]) && has(&[b"Pg", b"K"]) {
            Some(TextPlace::Structure)
        } else if has(&[b"Title"]) && has(&[b"Parent", b"Next", b"Prev", b"Dest", b"A", b"First"]) {
            Some(TextPlace::Bookmark)
        } else if has(&[b"MCID", b"ActualText", b"Alt", b"E"]) {
            Some(TextPlace::MarkedContent(page))
        } else {
            None
        }
    }

    fn attachment(&mut self, spec: &Dictionary) {
        let Some(files) = dict(self.document, spec, b"EF") else { return };
        let name = [&b"UF"[..], b"F"].into_iter().find_map(|key| text(self.document, spec, key));
        for (_, file) in files {
            if let Ok(id) = file.as_reference() {
                self.found.attachments.entry(id).or_insert_with(|| name.clone().unwrap_or_default());
            }
        }
    }

    fn name(&mut self, name: &[u8], page: Option<usize>) {
        if !self.names.contains(&(page, name.to_vec())) {
            self.names.insert((page, name.to_vec()));
            let plain = strings::name(name);
            let others = strings::said(name).into_iter().filter(|text| *text != plain).collect::<Vec<_>>();
            let all = [plain].into_iter().chain(others);
            self.found.texts.extend(all.map(|text| OtherText { place: TextPlace::Name(page), text }));
        }
    }
}
