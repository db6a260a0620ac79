//! The structure tree, walked from its root: its elements, and what each says it holds.
//!
//! Knows nothing of the content of pages.

use std::collections::{BTreeMap, HashMap};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::{DefectKind, Defects};
use crate::pdf::objects::{as_dict, list, name, reference, resolve, value};

/// How many kids of elements are looked at; elements can share them.
const MAX_KIDS: usize = 1 << 24;

/// All that can be reached from the root.
#[derive(Default)]
pub struct Elements<'a> {
    /// The type of each element.
    pub kinds: HashMap<ObjectId, &'a [u8]>,
    /// Marked content that elements hold, in reading order.
    pub marks: Vec<Mark>,
    /// Annotations and XObjects that elements hold.
    pub objects: Vec<HeldObject>,
    /// Identifiers of elements.
    pub ids: BTreeMap<&'a [u8], ObjectId>,
    /// Elements that name header cells.
    headers: Vec<(ObjectId, &'a [u8])>,
}

/// Marked content in a page or a form XObject, held by an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The page or the form XObject.
    pub stream: ObjectId,
    pub mcid: i64,
    pub element: ObjectId,
    /// The page, if the content is in a form XObject.
    pub page: Option<ObjectId>,
}

/// An annotation or an XObject that an element holds as a whole.
pub struct HeldObject {
    pub object: ObjectId,
    pub page: Option<ObjectId>,
    pub element: ObjectId,
}

struct Open<'a> {
    element: ObjectId,
    page: Option<ObjectId>,
    kids: std::slice::Iter<'a, Object>,
}

/// Walks the tree.
pub fn elements<'a>(
    document: &'a Document,
    root_id: ObjectId,
    root: &'a Dictionary,
    defects: &mut Defects,
) -> Elements<'a> {
    let mut found = Elements::default();
    let mut open = vec![Open { element: root_id, page: None, kids: list(document, root, b"K").iter() }];
    let mut steps = 0_usize;
    while let Some(parent) = open.last_mut() {
        let Some(kid) = parent.kids.next() else {
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
        match resolve(document, kid) {
            Some(Object::Integer(mcid)) => found.hold_mark(element, page, page, *mcid, defects),
            Some(Object::Dictionary(dict)) if is_mark(dict) => {
                found.hold_reference(document, element, page, dict, defects);
            }
            Some(Object::Dictionary(dict)) if is_object(dict) => {
                let page = reference(dict, b"Pg").or(page);
                match reference(dict, b"Obj") {
                    Some(object) => found.objects.push(HeldObject { object, page, element }),
                    None => defects.add(DefectKind::KidBroken, || {
                        format!("{}: ein Verweis auf ein Objekt nennt keines.", found.name(element))
                    }),
                }
            }
            Some(Object::Dictionary(dict)) => match kid.as_reference() {
                Ok(id) => open.extend(found.enter(document, id, dict, element, root_id, defects)),
                Err(_) => defects.add(DefectKind::ElementInline, || {
                    format!("{}: ein Element darunter ist kein eigenes Objekt.", found.name(element))
                }),
            },
            _ => defects.add(DefectKind::KidBroken, || {
                format!("{}: in /K steht, was kein Element und kein Inhalt ist.", found.name(element))
            }),
        }
    }
    found.check_headers(defects);
    found
}

fn is_mark(dict: &Dictionary) -> bool {
    dict.has_type(b"MCR") || dict.has(b"MCID")
}

fn is_object(dict: &Dictionary) -> bool {
    dict.has_type(b"OBJR") || dict.has(b"Obj")
}

impl<'a> Elements<'a> {
    /// How messages call an element.
    pub fn name(&self, id: ObjectId) -> String {
        match self.kinds.get(&id) {
            Some(kind) => format!("Element {} ({})", id.0, String::from_utf8_lossy(kind)),
            None => format!("Objekt {}", id.0),
        }
    }

    /// Takes an element in, unless it was met before.
    fn enter(
        &mut self,
        document: &'a Document,
        id: ObjectId,
        dict: &'a Dictionary,
        parent: ObjectId,
        root: ObjectId,
        defects: &mut Defects,
    ) -> Option<Open<'a>> {
        if id == root || self.kinds.contains_key(&id) {
            defects.add(DefectKind::ElementRepeated, || {
                format!("{} steht mehr als einmal im Strukturbaum.", self.name(id))
            });
            return None;
        }
        self.kinds.insert(id, name(document, dict, b"S").unwrap_or_default());
        if reference(dict, b"P") != Some(parent) {
            defects.add(DefectKind::ElementParent, || {
                format!("{}: /P nennt nicht {}, worin es steht.", self.name(id), self.name(parent))
            });
        }
        if let Some(Object::String(key, _)) = value(document, dict, b"ID")
            && self.ids.insert(key, id).is_some()
        {
            defects.add(DefectKind::IdRepeated, || {
                format!("{}: die /ID „{}“ hat auch ein anderes Element.", self.name(id), shown(key))
            });
        }
        let attributes =
            list(document, dict, b"A").iter().filter_map(|attribute| as_dict(document, attribute));
        for header in attributes.flat_map(|attributes| list(document, attributes, b"Headers")) {
            if let Some(Object::String(header, _)) = resolve(document, header) {
                self.headers.push((id, header));
            }
        }
        let page = reference(dict, b"Pg");
        Some(Open { element: id, page, kids: list(document, dict, b"K").iter() })
    }

    /// Marked content with a page or a stream of its own.
    fn hold_reference(
        &mut self,
        document: &Document,
        element: ObjectId,
        page: Option<ObjectId>,
        dict: &Dictionary,
        defects: &mut Defects,
    ) {
        let page = reference(dict, b"Pg").or(page);
        let stream = match dict.has(b"Stm") {
            true => reference(dict, b"Stm"),
            false => page,
        };
        match value(document, dict, b"MCID").and_then(|mcid| mcid.as_i64().ok()) {
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

/// An identifier as text; most are text.
pub fn shown(id: &[u8]) -> String {
    String::from_utf8_lossy(id).into_owned()
}
