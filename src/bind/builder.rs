//! The packet in the making: the objects that are new, and those of the parts that the packet changes.
//!
//! Numbers them and writes them down in the end; does not know what they mean. Only the one that is being changed is there
//! as a tree: all of them as trees would take several times the room of the file.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat};
use rayon::prelude::*;

use super::file::{self, Piece};
use super::numbering::{Start, reference};
use super::part::{Coded, Frozen};

/// Objects of a packet that may still change.
pub(super) struct Builder {
    /// As trees they would take many times the room.
    objects: BTreeMap<u32, CodedObject>,
    /// The one that was asked for last, as it is now.
    open: Option<(u32, Object)>,
    last: u32,
}

/// An object as few bytes.
pub(super) struct CodedObject(Box<[u8]>);

/// What a reader of the file begins with.
pub(super) struct Trailer {
    /// The catalog.
    pub catalog: Dictionary,
    /// The information dictionary, or a reference to it.
    pub information: Option<Object>,
    /// The identifier of the file, as hexadecimal digits show it.
    pub identity: String,
}

/// So many objects are frozen at once.
const AT_ONCE: usize = 1000;

impl Builder {
    /// Begins with objects of the parts. New objects get numbers greater than `last`.
    pub(super) fn new(objects: impl IntoIterator<Item = (u32, CodedObject)>, last: u32) -> Self {
        Self { objects: objects.into_iter().collect(), open: None, last }
    }

    /// Adds an object; returns its number.
    pub(super) fn add(&mut self, object: impl Into<Object>) -> u32 {
        self.last += 1;
        self.set(self.last, object.into());
        self.last
    }

    /// Sets an object.
    pub(super) fn set(&mut self, number: u32, object: impl Into<Object>) {
        self.open.take_if(|(open, _)| *open == number);
        self.objects.insert(number, CodedObject::new(&object.into()));
    }

    /// The object with this number as it is now.
    pub(super) fn read(&self, number: u32) -> Option<Object> {
        match &self.open {
            Some((open, object)) if *open == number => Some(object.clone()),
            _ => self.objects.get(&number)?.object(),
        }
    }

    /// The object with this number, if it may be changed.
    fn object(&mut self, number: u32) -> Option<&mut Object> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != number) {
            let object = self.objects.get(&number)?.object()?;
            if let Some((number, object)) = self.open.replace((number, object)) {
                self.objects.insert(number, CodedObject::new(&object));
            }
        }
        self.open.as_mut().map(|(_, object)| object)
    }

    /// The dictionary with this number, also that of a stream, if it may be changed.
    pub(super) fn dictionary(&mut self, number: u32) -> Option<&mut Dictionary> {
        match self.object(number)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(&mut stream.dict),
            _ => None,
        }
    }

    /// Writes the file: its objects, then the pieces of the parts.
    pub(super) fn finish(mut self, trailer: Trailer, pieces: Vec<Piece<'_>>) -> Vec<u8> {
        let mut entries = Dictionary::new();
        entries.set("Root", reference(self.add(trailer.catalog)));
        if let Some(information) = trailer.information {
            entries.set("Info", information);
        }
        let id = Object::String(trailer.identity.into_bytes(), StringFormat::Hexadecimal);
        entries.set("ID", vec![id.clone(), id]);
        if let Some((number, object)) = self.open.take() {
            self.set(number, object);
        }
        let own: Vec<(u32, CodedObject)> = self.objects.into_iter().collect();
        let object = |(number, object): (u32, CodedObject)| Some((number, object.object()?));
        let freeze = |objects: Vec<_>| objects.into_iter().filter_map(object).collect();
        let own: Vec<Frozen> = own.into_par_iter().chunks(AT_ONCE).map(freeze).collect();
        let own = own.iter().map(|frozen| Piece::new(&frozen.texts(), Start::default()));
        file::write(self.last, &own.chain(pieces).collect::<Vec<_>>(), entries)
    }
}

impl CodedObject {
    /// Codes an object.
    pub(super) fn new(object: &Object) -> Self {
        let mut bytes = Vec::new();
        object.put(&mut bytes);
        Self(bytes.into())
    }

    fn object(&self) -> Option<Object> {
        Coded::take(&mut &self.0[..])
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, Stream, dictionary};

    use super::*;

    #[test]
    fn new_objects_are_numbered_behind_the_parts_and_all_are_written() {
        let of_a_part = [(2, Object::Null), (7, dictionary! { "A" => 1 }.into())];
        let of_a_part = of_a_part.map(|(number, object)| (number, CodedObject::new(&object)));
        let mut builder = Builder::new(of_a_part, 9);
        let stream = builder.add(Stream::new(dictionary! {}, b"q Q".to_vec()));
        assert_eq!(stream, 10);
        builder.dictionary(stream).unwrap().set("B", 2);
        builder.dictionary(7).unwrap().set("C", reference(stream));
        builder.set(2, 5);
        assert!(builder.dictionary(2).is_none() && builder.dictionary(3).is_none());
        let mut frozen = Frozen::default();
        frozen.push(1, dictionary! { "D" => reference(1) }.into());
        let trailer = Trailer {
            catalog: dictionary! { "Type" => "Catalog" },
            information: Some(reference(7)),
            identity: "0123".into(),
        };
        let piece = Piece::new(&frozen.texts(), Start { objects: 3, keys: 0 });
        let written = Document::load_mem(&builder.finish(trailer, vec![piece])).unwrap();
        assert_eq!(written.trailer.get(b"Root").unwrap(), &reference(11));
        assert_eq!(written.trailer.get(b"Info").unwrap(), &reference(7));
        assert_eq!(written.get_object((2, 0)).unwrap(), &Object::Integer(5));
        assert_eq!(written.get_dictionary((4, 0)).unwrap().get(b"D").unwrap(), &reference(4));
        assert_eq!(written.get_dictionary((7, 0)).unwrap().get(b"C").unwrap(), &reference(10));
        let stream = written.get_object((10, 0)).unwrap().as_stream().unwrap();
        assert_eq!(stream.content, b"q Q");
        assert_eq!(stream.dict.get(b"B").unwrap(), &Object::Integer(2));
    }
}
