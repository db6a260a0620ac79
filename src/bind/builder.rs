//! The packet in the making: the objects that are new, and those of the parts that the packet changes.
//!
//! Numbers them and writes them down in the end; does not know what they mean.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat};
use rayon::prelude::*;

use super::file::{self, Piece};
use super::numbering::{Start, reference};
use super::part::Frozen;

/// Objects of a packet that may still change.
pub(super) struct Builder {
    objects: BTreeMap<u32, Object>,
    last: u32,
}

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
    pub(super) fn new(objects: BTreeMap<u32, Object>, last: u32) -> Self {
        Self { objects, last }
    }

    /// Adds an object; returns its number.
    pub(super) fn add(&mut self, object: impl Into<Object>) -> u32 {
        self.last += 1;
        self.set(self.last, object.into());
        self.last
    }

    /// Sets an object.
    pub(super) fn set(&mut self, number: u32, object: impl Into<Object>) {
        self.objects.insert(number, object.into());
    }

    /// The object with this number, if it may be changed.
    pub(super) fn object(&mut self, number: u32) -> Option<&mut Object> {
        self.objects.get_mut(&number)
    }

    /// The dictionary with this number, also that of a stream, if it may be changed.
    pub(super) fn dictionary(&mut self, number: u32) -> Option<&mut Dictionary> {
        match self.object(number)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(&mut stream.dict),
            _ => None,
        }
    }

    /// All objects, by their numbers.
    pub(super) fn objects(&self) -> &BTreeMap<u32, Object> {
        &self.objects
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
        let own: Vec<(u32, Object)> = self.objects.into_iter().collect();
        let own: Vec<Frozen> = own.into_par_iter().chunks(AT_ONCE).map(Frozen::from_iter).collect();
        let own = own.iter().map(|frozen| Piece::new(frozen, Start::default()));
        file::write(self.last, &own.chain(pieces).collect::<Vec<_>>(), entries)
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, Stream, dictionary};

    use super::*;

    #[test]
    fn new_objects_are_numbered_behind_the_parts_and_all_are_written() {
        let of_a_part = BTreeMap::from([(2, Object::Null), (7, dictionary! { "A" => 1 }.into())]);
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
        let piece = Piece::new(&frozen, Start { objects: 3, keys: 0 });
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
