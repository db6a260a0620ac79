//! Objects as they will stand in the file, but for the numbers that they refer to.
//!
//! A packet has hundreds of thousands of objects. As trees in memory they would take some thirty times the room that they
//! take in the file, and writing them there is most of the time that a packet takes.

use std::io::Write;
use std::ops::Range;

use lopdf::{Dictionary, Object, Writer};

use super::coded::{Coded, coded};
use crate::bind::numbering::{Start, is_parent_key};

/// Objects of a part, in the order in which they were frozen.
#[derive(Debug, Default)]
pub(crate) struct Frozen {
    /// What is written of all of them, with gaps for numbers.
    bytes: Vec<u8>,
    /// What stands before which byte.
    gaps: Vec<(usize, Gap)>,
    objects: Vec<FrozenEntry>,
}

#[derive(Debug)]
struct FrozenEntry {
    number: u32,
    /// Where its bytes and its gaps end; they begin where those of the object before end.
    ends: (usize, usize),
    /// The bytes of a stream.
    stream: Option<Vec<u8>>,
}

/// An object among them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// Its number in the part.
    pub number: u32,
    /// The bytes of a stream; what is written is its dictionary then.
    pub stream: Option<&'a [u8]>,
    bytes: &'a [u8],
    gaps: &'a [(usize, Gap)],
    /// Where its bytes begin among all.
    from: usize,
}

/// A number that is only known in the packet.
#[derive(Debug, Clone, Copy)]
enum Gap {
    /// A reference to an object of the same part.
    Object(u32),
    /// A key to the parent tree.
    Key(i64),
}

coded! {
    Frozen { bytes, gaps, objects }
    FrozenEntry { number, ends, stream }
}

impl Coded for Gap {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Object(number) => (false, *number).put(out),
            Self::Key(key) => (true, *key).put(out),
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(if bool::take(from)? { Self::Key(i64::take(from)?) } else { Self::Object(u32::take(from)?) })
    }
}

impl FromIterator<(u32, Object)> for Frozen {
    fn from_iter<Objects: IntoIterator<Item = (u32, Object)>>(objects: Objects) -> Self {
        let mut frozen = Self::default();
        objects.into_iter().for_each(|(number, object)| frozen.push(number, object));
        frozen
    }
}

impl Frozen {
    /// Freezes an object.
    pub(crate) fn push(&mut self, number: u32, object: Object) {
        let stream = match object {
            Object::Stream(mut stream) => {
                stream.dict.set("Length", stream.content.len() as i64);
                self.dictionary(&stream.dict);
                Some(stream.content)
            }
            object => {
                self.object(&object);
                None
            }
        };
        self.objects.push(FrozenEntry { number, ends: (self.bytes.len(), self.gaps.len()), stream });
    }

    /// Gives back the room that was kept for more.
    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.gaps.shrink_to_fit();
        self.objects.shrink_to_fit();
    }

    /// The objects.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Text<'_>> {
        let mut from = (0, 0);
        self.objects.iter().map(move |entry| {
            let (bytes, gaps): (Range<usize>, Range<usize>) = (from.0..entry.ends.0, from.1..entry.ends.1);
            from = entry.ends;
            Text {
                number: entry.number,
                stream: entry.stream.as_deref(),
                from: bytes.start,
                bytes: &self.bytes[bytes],
                gaps: &self.gaps[gaps],
            }
        })
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push((self.bytes.len(), gap));
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
            Object::Name(name) => self.name(name),
            leaf => self.leaf(leaf),
        }
    }

    fn dictionary(&mut self, dictionary: &Dictionary) {
        self.bytes.extend_from_slice(b"<<");
        for (key, value) in dictionary.iter() {
            self.name(key);
            self.bytes.push(b' ');
            match value {
                Object::Integer(number) if is_parent_key(key) => self.gap(Gap::Key(*number)),
                value => self.object(value),
            }
        }
        self.bytes.extend_from_slice(b">>");
    }

    fn name(&mut self, name: &[u8]) {
        if name.iter().all(u8::is_ascii_alphanumeric) {
            self.bytes.push(b'/');
            self.bytes.extend_from_slice(name);
        } else {
            self.leaf(&Object::Name(name.to_vec()));
        }
    }

    fn leaf(&mut self, object: &Object) {
        // A vector takes everything.
        Writer::write_object(&mut self.bytes, object).ok();
    }
}

impl Text<'_> {
    /// Writes it with the numbers that hold in the packet.
    pub(crate) fn write(&self, start: Start, out: &mut Vec<u8>) {
        let mut at = 0;
        for (before, gap) in self.gaps {
            out.extend_from_slice(&self.bytes[at..before - self.from]);
            at = before - self.from;
            // A vector takes everything.
            match gap {
                Gap::Object(number) => write!(out, "{} 0 R", number + start.objects).ok(),
                Gap::Key(key) => write!(out, "{}", key + start.keys).ok(),
            };
        }
        out.extend_from_slice(&self.bytes[at..]);
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    #[test]
    fn numbers_are_filled_in() {
        let mut frozen = Frozen::default();
        let object = dictionary! {
            "A B" => vec![Object::Reference((1, 0)), 2.into(), Object::Null, Object::Real(0.5)],
            "StructParents" => 3,
            "D" => dictionary! { "K" => Object::Reference((2, 0)), "S" => Object::string_literal("a)\\") },
        };
        frozen.push(4, object.into());
        frozen.push(6, Stream::new(dictionary! { "P" => Object::Reference((9, 0)) }, b"q".to_vec()).into());
        let start = Start { objects: 100, keys: 7 };
        let written: Vec<(u32, String, Option<&[u8]>)> = frozen
            .texts()
            .map(|text| {
                let mut out = Vec::new();
                text.write(start, &mut out);
                (text.number, String::from_utf8(out).unwrap(), text.stream)
            })
            .collect();
        let first = "<</A#20B [101 0 R 2 null 0.5]/StructParents 10/D <</K 102 0 R/S (a\\)\\\\)>>>>";
        let second = "<</P 109 0 R/Length 1>>";
        assert_eq!(written, [(4, first.into(), None), (6, second.into(), Some(&b"q"[..]))]);
    }
}
