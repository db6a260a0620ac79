//! Objects as they will stand in the file, but for the numbers that they refer to.
//!
//! A packet has hundreds of thousands of objects. As trees in memory they would take some thirty times the room that they
//! take in the file, and writing them there is most of the time that a packet takes.

use std::io::Write;

use lopdf::{Dictionary, Object, Writer};

use super::assemble::Start;

/// An object of a part.
#[derive(Debug)]
pub enum Frozen {
    /// Anything but a stream.
    Plain(Text),
    /// A stream: its dictionary and its bytes.
    Stream(Text, Vec<u8>),
}

/// What is written of an object, with gaps for numbers.
#[derive(Debug, Default)]
pub struct Text {
    bytes: Vec<u8>,
    /// What stands before which byte.
    gaps: Vec<(u32, Gap)>,
}

/// A number that is only known in the packet.
#[derive(Debug, Clone, Copy)]
enum Gap {
    /// A reference to an object of the same part.
    Object(u32),
    /// A key to the parent tree.
    Key(i64),
}

impl Frozen {
    /// Freezes an object.
    pub fn new(object: Object) -> Self {
        let mut text = Text::default();
        let frozen = match object {
            Object::Stream(mut stream) => {
                stream.dict.set("Length", stream.content.len() as i64);
                text.dictionary(&stream.dict);
                Self::Stream(text, stream.content)
            }
            object => {
                text.object(&object);
                Self::Plain(text)
            }
        };
        frozen.shrunk()
    }

    fn shrunk(mut self) -> Self {
        let (Self::Plain(text) | Self::Stream(text, _)) = &mut self;
        text.bytes.shrink_to_fit();
        text.gaps.shrink_to_fit();
        self
    }
}

impl Text {
    /// Writes it with the numbers that hold in the packet.
    pub fn write(&self, start: Start, out: &mut Vec<u8>) {
        let mut at = 0;
        for (before, gap) in &self.gaps {
            out.extend_from_slice(&self.bytes[at..*before as usize]);
            at = *before as usize;
            // A vector takes everything.
            match gap {
                Gap::Object(number) => write!(out, "{} 0 R", number + start.objects).ok(),
                Gap::Key(key) => write!(out, "{}", key + start.keys).ok(),
            };
        }
        out.extend_from_slice(&self.bytes[at..]);
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push((self.bytes.len() as u32, gap));
    }

    fn object(&mut self, object: &Object) {
        match object {
            Object::Reference((number, _)) => self.gap(Gap::Object(*number)),
            Object::Array(items) => {
                self.bytes.push(b'[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.bytes.push(b' ');
                    }
                    self.object(item);
                }
                self.bytes.push(b']');
            }
            Object::Dictionary(dictionary) => self.dictionary(dictionary),
            leaf => self.leaf(leaf),
        }
    }

    fn dictionary(&mut self, dictionary: &Dictionary) {
        self.bytes.extend_from_slice(b"<<");
        for (key, value) in dictionary.iter() {
            self.leaf(&Object::Name(key.clone()));
            self.bytes.push(b' ');
            match value {
                Object::Integer(number) if [&b"StructParents"[..], b"StructParent"].contains(&&key[..]) => {
                    self.gap(Gap::Key(*number));
                }
                value => self.object(value),
            }
        }
        self.bytes.extend_from_slice(b">>");
    }

    fn leaf(&mut self, object: &Object) {
        // A vector takes everything.
        Writer::write_object(&mut self.bytes, object).ok();
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    #[test]
    fn numbers_are_filled_in() {
        let start = Start { objects: 100, keys: 7 };
        let object = dictionary! {
            "A B" => vec![Object::Reference((1, 0)), 2.into(), Object::Null, Object::Real(0.5)],
            "StructParents" => 3,
            "D" => dictionary! { "K" => Object::Reference((2, 0)), "S" => Object::string_literal("a)\\") },
        };
        let Frozen::Plain(text) = Frozen::new(object.into()) else { unreachable!() };
        let mut out = Vec::new();
        text.write(start, &mut out);
        let written = String::from_utf8(out).unwrap();
        assert_eq!(written, "<</A#20B [101 0 R 2 null 0.5]/StructParents 10/D <</K 102 0 R/S (a\\)\\\\)>>>>");
        let Frozen::Stream(text, bytes) = Frozen::new(Stream::new(dictionary! {}, b"q".to_vec()).into())
        else {
            unreachable!()
        };
        let mut out = Vec::new();
        text.write(start, &mut out);
        assert_eq!((out, bytes), (b"<</Length 1>>".to_vec(), b"q".to_vec()));
    }
}
