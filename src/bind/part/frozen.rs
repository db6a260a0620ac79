//! Objects as they will stand in the file, but for the numbers that they refer to.
//!
//! A packet has hundreds of thousands of objects. As trees in memory they would take some thirty times the room that they
//! take in the file, and writing them there is most of the time that a packet takes. So all that is known of the objects of
//! a part stands in a few lists of bytes, and what waits for its packet is compressed: the same words come again and again.

use std::borrow::Cow;
use std::io::Write;

use lopdf::{Dictionary, Object, Writer};

use super::coded::{Coded, coded};
use crate::bind::deflate::{compressed, uncompressed};
use crate::bind::numbering::{Start, is_parent_key};

/// Objects in the order in which they were frozen.
#[derive(Default)]
pub(crate) struct Frozen {
    /// What is written of all of them, with gaps for numbers.
    bytes: Vec<u8>,
    /// What stands before which byte of its object, coded.
    gaps: Vec<u8>,
    /// The bytes of the streams.
    streams: Vec<u8>,
    objects: Vec<FrozenEntry>,
}

/// Frozen objects that are not needed yet.
#[derive(Debug)]
pub(crate) struct StowedObjects {
    /// The bytes and the gaps of all of them, compressed.
    texts: Vec<u8>,
    streams: Vec<u8>,
    objects: Vec<FrozenEntry>,
}

/// What is to be written of frozen objects.
pub(crate) struct Texts<'a> {
    bytes: Cow<'a, [u8]>,
    gaps: Cow<'a, [u8]>,
    streams: &'a [u8],
    objects: &'a [FrozenEntry],
}

#[derive(Debug, Clone, Copy, Default)]
struct FrozenEntry {
    number: u32,
    is_stream: bool,
    /// Where its bytes, its gaps and its stream end; they begin where those of the object before end.
    ends: [u32; 3],
}

/// An object among them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'t, 'a> {
    /// Its number in the part.
    pub number: u32,
    /// The bytes of a stream; what is written is its dictionary then.
    pub stream: Option<&'a [u8]>,
    bytes: &'t [u8],
    gaps: &'t [u8],
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
    StowedObjects { texts, streams, objects }
    FrozenEntry { number, is_stream, ends }
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
        let is_stream = match object {
            Object::Stream(mut stream) => {
                stream.dict.set("Length", stream.content.len() as i64);
                self.dictionary(&stream.dict);
                self.streams.extend_from_slice(&stream.content);
                true
            }
            object => {
                self.object(&object);
                false
            }
        };
        // Four bytes are enough: as trees in memory so many objects had no room.
        let ends = [&self.bytes, &self.gaps, &self.streams].map(|bytes| bytes.len() as u32);
        self.objects.push(FrozenEntry { number, is_stream, ends });
    }

    /// Takes them together until they are written.
    pub(crate) fn stowed(mut self) -> StowedObjects {
        self.streams.shrink_to_fit();
        self.objects.shrink_to_fit();
        let texts = compressed(&[self.bytes, self.gaps].concat());
        StowedObjects { texts, streams: self.streams, objects: self.objects }
    }

    /// What is written of them.
    pub(crate) fn texts(&self) -> Texts<'_> {
        let [bytes, gaps] = [&self.bytes, &self.gaps].map(Cow::from);
        Texts { bytes, gaps, streams: &self.streams, objects: &self.objects }
    }

    fn gap(&mut self, gap: Gap) {
        let from = self.objects.last().map_or(0, |entry| entry.ends[0] as usize);
        (self.bytes.len() - from, gap).put(&mut self.gaps);
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

impl StowedObjects {
    /// What is written of them.
    pub(crate) fn texts(&self) -> Texts<'_> {
        let [bytes, gaps, _] = self.objects.last().map(|last| last.ends).unwrap_or_default();
        let mut texts = uncompressed(&self.texts, bytes as usize + gaps as usize);
        let gaps = texts.split_off(texts.len().min(bytes as usize));
        Texts { bytes: texts.into(), gaps: gaps.into(), streams: &self.streams, objects: &self.objects }
    }
}

impl<'a> Texts<'a> {
    /// The text of each object.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Text<'_, 'a>> {
        let mut before = FrozenEntry::default();
        self.objects.iter().map(move |entry| {
            let range = |at: usize| before.ends[at] as usize..entry.ends[at] as usize;
            let text = Text {
                number: entry.number,
                stream: entry.is_stream.then(|| &self.streams[range(2)]),
                bytes: &self.bytes[range(0)],
                gaps: &self.gaps[range(1)],
            };
            before = *entry;
            text
        })
    }
}

impl Text<'_, '_> {
    /// Writes it with the numbers that hold in the packet.
    pub(crate) fn write(&self, start: Start, out: &mut Vec<u8>) {
        let (mut at, mut gaps) = (0, self.gaps);
        while let Some((before, gap)) = <(usize, Gap)>::take(&mut gaps) {
            out.extend_from_slice(&self.bytes[at..before]);
            at = before;
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
        let written = |texts: &Texts<'_>| -> Vec<(u32, String, Option<Vec<u8>>)> {
            let text = |text: Text<'_, '_>| {
                let mut out = Vec::new();
                text.write(Start { objects: 100, keys: 7 }, &mut out);
                (text.number, String::from_utf8(out).unwrap(), text.stream.map(<[u8]>::to_vec))
            };
            texts.iter().map(text).collect()
        };
        let first = "<</A#20B [101 0 R 2 null 0.5]/StructParents 10/D <</K 102 0 R/S (a\\)\\\\)>>>>";
        let second = "<</P 109 0 R/Length 1>>";
        let expected = [(4, first.into(), None), (6, second.into(), Some(b"q".to_vec()))];
        assert_eq!(written(&frozen.texts()), expected);
        assert_eq!(written(&frozen.stowed().texts()), expected);
        assert_eq!(written(&Frozen::default().stowed().texts()), []);
    }
}
