//! Takes what is needed out of a document and numbers it anew.
//!
//! What nothing refers to stays behind; so do the page tree, the catalog and the metadata of the document.

use std::collections::{BTreeMap, HashMap, VecDeque};

use lopdf::{Dictionary, Object, ObjectId};

use super::clean::Cleaner;

/// Objects that are taken, one after another, as they are referred to.
pub(crate) struct Compact {
    source: BTreeMap<ObjectId, Object>,
    numbers: HashMap<ObjectId, u32>,
    objects: Vec<Object>,
    waiting: VecDeque<(ObjectId, u32)>,
    cleaner: Cleaner,
    /// Whether metadata comes along.
    with_metadata: bool,
}

/// Objects that are nested deeper than this are damaged.
const MAX_DEPTH: usize = 128;

impl Compact {
    /// Takes from these objects.
    pub(crate) fn new(source: BTreeMap<ObjectId, Object>, cleaner: Cleaner) -> Self {
        Self {
            source,
            numbers: HashMap::new(),
            objects: Vec::new(),
            waiting: VecDeque::new(),
            cleaner,
            with_metadata: false,
        }
    }

    /// Gives a number to an object that will be set later. What refers to `id` will refer to it.
    pub(crate) fn reserve(&mut self, id: ObjectId) -> u32 {
        let number = self.add(Object::Null);
        self.numbers.entry(id).or_insert(number);
        number
    }

    /// Sets an object that has its number already.
    pub(crate) fn set(&mut self, number: u32, object: Object) {
        let object = self.take(object);
        self.put(number, object);
    }

    /// Takes an object: what it refers to comes along, as far as it is needed.
    pub(crate) fn take(&mut self, mut object: Object) -> Object {
        self.rewrite(&mut object, 0);
        self.drain();
        object
    }

    /// Takes an object with its metadata.
    pub(crate) fn take_all(&mut self, object: Object) -> Object {
        self.with_metadata = true;
        let object = self.take(object);
        self.with_metadata = false;
        object
    }

    /// A name of the document as it is called in the packet.
    pub(crate) fn prefixed(&self, name: &[u8]) -> Vec<u8> {
        self.cleaner.prefixed(name)
    }

    /// Tells whether an attached file may come along; one that may not is told.
    pub(crate) fn keeps_attachment(&mut self, name: &str) -> bool {
        if !self.cleaner.keeps_attachments {
            self.cleaner.removed.attachment(name);
        }
        self.cleaner.keeps_attachments
    }

    /// What was taken, and what there was to clean.
    pub(crate) fn finish(self) -> (Vec<Object>, Cleaner) {
        (self.objects, self.cleaner)
    }

    fn drain(&mut self) {
        while let Some((id, number)) = self.waiting.pop_front() {
            if let Some(mut object) = self.source.remove(&id) {
                self.rewrite(&mut object, 0);
                self.put(number, object);
            }
        }
    }

    fn add(&mut self, object: Object) -> u32 {
        self.objects.push(object);
        self.objects.len() as u32
    }

    fn put(&mut self, number: u32, object: Object) {
        if let Some(place) = self.objects.get_mut(number as usize - 1) {
            *place = object;
        }
    }

    fn rewrite(&mut self, object: &mut Object, depth: usize) {
        if depth > MAX_DEPTH {
            *object = Object::Null;
            return;
        }
        match object {
            Object::Reference(id) => *object = self.reference(*id),
            Object::Array(items) => items.iter_mut().for_each(|item| self.rewrite(item, depth + 1)),
            Object::Dictionary(dictionary) => {
                if self.cleaner.is_forbidden_action(dictionary) {
                    *object = Object::Null;
                    return;
                }
                self.rewrite_all(dictionary, depth);
            }
            Object::Stream(stream) => self.rewrite_all(&mut stream.dict, depth),
            _ => {}
        }
    }

    fn rewrite_all(&mut self, dictionary: &mut Dictionary, depth: usize) {
        self.cleaner.clean(dictionary);
        dictionary.iter_mut().for_each(|(_, value)| self.rewrite(value, depth + 1));
    }

    fn reference(&mut self, id: ObjectId) -> Object {
        if let Some(number) = self.numbers.get(&id) {
            return Object::Reference((*number, 0));
        }
        match self.source.get(&id) {
            Some(object) if !self.stays_behind(object) => {
                let number = self.add(Object::Null);
                self.numbers.insert(id, number);
                self.waiting.push_back((id, number));
                Object::Reference((number, 0))
            }
            _ => Object::Null,
        }
    }

    /// What leads out of the pages: the frame of the document, and pages that its tree does not have.
    fn stays_behind(&self, object: &Object) -> bool {
        let dictionary = match object {
            Object::Dictionary(dictionary) => dictionary,
            Object::Stream(stream) => &stream.dict,
            _ => return false,
        };
        match dictionary.get(b"Type").and_then(Object::as_name) {
            Ok(b"Catalog" | b"Pages" | b"Page" | b"StructTreeRoot") => true,
            Ok(b"Metadata") => !self.with_metadata,
            _ => false,
        }
    }
}
