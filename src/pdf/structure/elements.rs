//! The structure tree, walked from its root: its elements, and what each claims to hold.
//!
//! Knows nothing of the content of pages.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::defects::{DefectKind, Defects};
use crate::pdf::objects::{as_dict, as_list, list, name, resolve};

/// The most kids of elements that are followed; elements can share kids.
const MAX_KIDS: usize = 1 << 24;

/// Everything that can be reached from the root.
#[derive(Default)]
pub(super) struct Elements<'a> {
    /// The type of each element.
    pub kinds: HashMap<ObjectId, &'a [u8]>,
    /// The marked content that elements hold, in reading order.
    pub marks: Vec<Mark>,
    /// The annotations and XObjects that elements hold.
    pub objects: Vec<HeldObject>,
    /// The identifiers of elements.
    pub ids: BTreeMap<&'a [u8], ObjectId>,
    /// The elements that name header cells.
    headers: Vec<(ObjectId, &'a [u8])>,
}

/// A piece of marked content in a page or a form XObject, held by an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// The page or the form XObject.
    pub stream: ObjectId,
    pub mcid: i64,
    pub element: ObjectId,
    /// The page, if the content is in a form XObject.
    pub page: Option<ObjectId>,
}

/// An annotation or an XObject that an element holds as a whole.
pub(super) struct HeldObject {
    pub object: ObjectId,
    pub page: Option<ObjectId>,
    pub element: ObjectId,
}

struct OpenElement<'a> {
    element: ObjectId,
    page: Option<ObjectId>,
    kids: std::slice::Iter<'a, Object>,
}

/// The entries of a kid that matter here: of an element, or of a reference to content.
///
/// They are read in one pass: a dictionary hashes each key that is looked up, and there are hundreds of thousands of
/// kids.
#[derive(Default)]
struct Kid<'a> {
    kind: Option<&'a Object>,
    parent: Option<ObjectId>,
    page: Option<ObjectId>,
    kids: Option<&'a Object>,
    id: Option<&'a Object>,
    attributes: Option<&'a Object>,
    mcid: Option<&'a Object>,
    stream: Option<&'a Object>,
    object: Option<&'a Object>,
    is_mark: bool,
    is_object: bool,
}

impl<'a> Kid<'a> {
    fn read(dict: &'a Dictionary) -> Self {
        let mut kid = Self::default();
        for (key, value) in dict {
            match key.as_slice() {
                b"S" => kid.kind = Some(value),
                b"P" => kid.parent = value.as_reference().ok(),
                b"Pg" => kid.page = value.as_reference().ok(),
                b"K" => kid.kids = Some(value),
                b"ID" => kid.id = Some(value),
                b"A" => kid.attributes = Some(value),
                b"MCID" => kid.mcid = Some(value),
                b"Stm" => kid.stream = Some(value),
                b"Obj" => kid.object = Some(value),
                b"Type" => {
                    kid.is_mark = value.as_name().is_ok_and(|name| name == b"MCR");
                    kid.is_object = value.as_name().is_ok_and(|name| name == b"OBJR");
                }
                _ => {}
            }
        }
        kid.is_mark |= kid.mcid.is_some();
        kid.is_object |= kid.object.is_some();
        kid
    }
}

/// Walks the structure tree.
pub(super) fn elements<'a>(
    document: &'a Document,
    root_id: ObjectId,
    root: &'a Dictionary,
    defects: &mut Defects,
) -> Elements<'a> {
    let mut found = Elements::default();
    let mut open =
        vec![OpenElement { element: root_id, page: None, kids: list(document, root, b"K").iter() }];
    let mut steps = 0_usize;
    while let Some(parent) = open.last_mut() {
        let Some(raw) = parent.kids.next() else {
            open.pop();
            continue;
        };
        steps += 1;
        if steps > MAX_KIDS {
            defects.add(DefectKind::TreeTooLarge, || {
                "Der Strukturbaum ist zu groß, um ihn ganz zu prüfen.".into()
            });
            break;
        }
        let (element, page) = (parent.element, parent.page);
        match resolve(document, raw) {
            Some(Object::Integer(mcid)) => found.hold_mark(element, page, page, *mcid, defects),
            Some(Object::Dictionary(dict)) => {
                let kid = Kid::read(dict);
                match (kid.is_mark, kid.is_object, raw.as_reference()) {
                    (true, ..) => found.hold_reference(document, element, page, &kid, defects),
                    (_, true, _) => found.hold_object(element, page, &kid, defects),
                    (.., Ok(id)) if id != root_id => {
                        open.extend(found.enter(document, id, &kid, element, defects));
                    }
                    (.., Ok(_)) => defects.add(DefectKind::ElementRepeated, || {
                        format!("{} führt zurück zur Wurzel des Strukturbaums.", found.name(element))
                    }),
                    (.., Err(_)) => defects.add(DefectKind::ElementInline, || {
                        format!("{}: ein Element darunter ist kein eigenes Objekt.", found.name(element))
                    }),
                }
            }
            _ => defects.add(DefectKind::KidBroken, || {
                format!("{}: in /K steht, was kein Element und kein Inhalt ist.", found.name(element))
            }),
        }
    }
    found.check_headers(defects);
    found
}

impl<'a> Elements<'a> {
    /// Returns the name of an element in messages.
    pub(super) fn name(&self, id: ObjectId) -> String {
        match self.kinds.get(&id) {
            Some(kind) => format!("Element {} ({})", id.0, shown(kind)),
            None => format!("Objekt {}", id.0),
        }
    }

    /// Enters an element, unless it was met before.
    fn enter(
        &mut self,
        document: &'a Document,
        id: ObjectId,
        kid: &Kid<'a>,
        parent: ObjectId,
        defects: &mut Defects,
    ) -> Option<OpenElement<'a>> {
        let kind = kid.kind.and_then(|kind| resolve(document, kind)?.as_name().ok());
        match self.kinds.entry(id) {
            Entry::Vacant(place) => place.insert(kind.unwrap_or_default()),
            Entry::Occupied(_) => {
                defects.add(DefectKind::ElementRepeated, || {
                    format!("{} steht mehr als einmal im Strukturbaum.", self.name(id))
                });
                return None;
            }
        };
        if kid.parent != Some(parent) {
            defects.add(DefectKind::ElementParent, || {
                format!("{}: /P nennt nicht {}, worin es steht.", self.name(id), self.name(parent))
            });
        }
        if let Some(Object::String(key, _)) = kid.id.and_then(|key| resolve(document, key))
            && self.ids.insert(key, id).is_some()
        {
            defects.add(DefectKind::IdRepeated, || {
                format!("{}: die /ID „{}“ hat auch ein anderes Element.", self.name(id), shown(key))
            });
        }
        let attributes = kid.attributes.map_or(&[][..], |attributes| as_list(document, attributes));
        let attributes = attributes.iter().filter_map(|attributes| as_dict(document, attributes));
        for header in attributes.flat_map(|attributes| list(document, attributes, b"Headers")) {
            if let Some(Object::String(header, _)) = resolve(document, header) {
                self.headers.push((id, header));
            }
        }
        let kids = kid.kids.map_or(&[][..], |kids| as_list(document, kids));
        Some(OpenElement { element: id, page: kid.page, kids: kids.iter() })
    }

    /// Notes that an element holds an annotation or an XObject.
    fn hold_object(
        &mut self,
        element: ObjectId,
        page: Option<ObjectId>,
        kid: &Kid<'_>,
        defects: &mut Defects,
    ) {
        match kid.object.and_then(|object| object.as_reference().ok()) {
            Some(object) => self.objects.push(HeldObject { object, page: kid.page.or(page), element }),
            None => defects.add(DefectKind::KidBroken, || {
                format!("{}: ein Verweis auf ein Objekt nennt keines.", self.name(element))
            }),
        }
    }

    /// Notes that an element holds marked content whose page or stream is named in the reference.
    fn hold_reference(
        &mut self,
        document: &Document,
        element: ObjectId,
        page: Option<ObjectId>,
        kid: &Kid<'_>,
        defects: &mut Defects,
    ) {
        let page = kid.page.or(page);
        let stream = kid.stream.map_or(page, |stream| stream.as_reference().ok());
        match kid.mcid.and_then(|mcid| resolve(document, mcid)?.as_i64().ok()) {
            Some(mcid) => self.hold_mark(element, page, stream, mcid, defects),
            None => defects.add(DefectKind::KidBroken, || {
                format!("{}: ein Verweis auf Inhalt nennt keine MCID.", self.name(element))
            }),
        }
    }

    fn hold_mark(
        &mut self,
        element: ObjectId,
        page: Option<ObjectId>,
        stream: Option<ObjectId>,
        mcid: i64,
        defects: &mut Defects,
    ) {
        match stream {
            Some(stream) => {
                let page = page.filter(|page| *page != stream);
                self.marks.push(Mark { stream, mcid, element, page });
            }
            None => defects.add(DefectKind::PageWrong, || {
                format!("{} hält Inhalt (MCID {mcid}), nennt aber keine Seite.", self.name(element))
            }),
        }
    }

    fn check_headers(&self, defects: &mut Defects) {
        for (element, header) in self.headers.iter().filter(|(_, header)| !self.ids.contains_key(header)) {
            defects.add(DefectKind::HeaderUnknown, || {
                format!("{}: /Headers nennt „{}“, das es nicht gibt.", self.name(*element), shown(header))
            });
        }
    }
}

/// Returns whether an object is an element for an artifact without content, which LaTeX keeps outside the tree.
pub(super) fn is_put_aside(document: &Document, id: ObjectId) -> bool {
    document
        .get_dictionary(id)
        .is_ok_and(|element| name(document, element, b"S") == Some(b"Artifact") && !element.has(b"K"))
}

/// Shows an identifier as text; most are text.
pub(super) fn shown(id: &[u8]) -> String {
    String::from_utf8_lossy(id).into_owned()
}
