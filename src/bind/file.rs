//! Writes a packet: streams as they are, everything else packed together (ISO 32000-1, 7.5.7 and 7.5.8).
//!
//! The library writes a document that it holds in memory as a whole; a packet is too large for that.

use lopdf::{Dictionary, Object, Writer};
use rayon::prelude::*;

use super::deflate::compressed;
use super::numbering::Start;
use super::part::{Text, Texts};

/// Objects that are ready to be written, in the order in which they were given.
pub(super) struct Piece<'a> {
    streams: Vec<(u32, Vec<u8>, &'a [u8])>,
    packs: Vec<Pack>,
}

/// A file in the making.
struct File {
    bytes: Vec<u8>,
    /// Where each object is, by its number.
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// Nowhere: the number is not used.
    Free,
    /// At this byte.
    At(usize),
    /// In the stream with this number, at this place.
    In(u32, u16),
}

/// Objects that are packed together.
struct Pack {
    numbers: Vec<u32>,
    /// Where the first object begins.
    first: usize,
    compressed: Vec<u8>,
}

/// So many objects are packed together: a reader has to unpack all of them to get at one.
const PACK: usize = 200;

impl<'a> Piece<'a> {
    /// Makes the objects of a part ready, with the numbers that hold in the packet.
    pub(super) fn new(texts: &Texts<'a>, start: Start) -> Self {
        let (streams, plain): (Vec<Text<'_, 'a>>, Vec<Text<'_, 'a>>) =
            texts.iter().partition(|text| text.stream.is_some());
        let stream = |text: Text<'_, 'a>| {
            let mut head = Vec::new();
            text.write(start, &mut head);
            (text.number + start.objects, head, text.stream.unwrap_or_default())
        };
        Self {
            streams: streams.into_iter().map(stream).collect(),
            packs: plain.par_chunks(PACK).map(|objects| pack(objects, start)).collect(),
        }
    }

    /// How many bytes most of it takes.
    pub(super) fn size(&self) -> usize {
        let streams = self.streams.iter().map(|(_, head, content)| head.len() + content.len());
        streams.chain(self.packs.iter().map(|pack| pack.compressed.len())).sum()
    }
}

/// Writes a file: objects with numbers up to `last`, and a trailer that names the catalog and what else a reader begins
/// with.
pub(super) fn write(last: u32, pieces: &[Piece<'_>], trailer: Dictionary) -> Vec<u8> {
    let size: usize = pieces.iter().map(Piece::size).sum();
    let mut bytes = Vec::with_capacity(size + size / 8);
    // The second line tells programs that the file is binary (PDF/A-2, 6.1.2).
    bytes.extend_from_slice(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
    let mut file = File { bytes, places: vec![Place::Free; last as usize + 1] };
    pieces.iter().for_each(|piece| file.write(piece));
    file.finish(trailer)
}

impl File {
    fn write(&mut self, piece: &Piece<'_>) {
        for (number, head, content) in &piece.streams {
            self.stream(*number, head, content);
        }
        for pack in &piece.packs {
            let own = self.places.len() as u32;
            self.places.push(Place::Free);
            for (at, number) in pack.numbers.iter().enumerate() {
                self.places[*number as usize] = Place::In(own, at as u16);
            }
            let head = format!(
                "<</Type/ObjStm/N {}/First {}/Filter/FlateDecode/Length {}>>",
                pack.numbers.len(),
                pack.first,
                pack.compressed.len()
            );
            self.stream(own, head.as_bytes(), &pack.compressed);
        }
    }

    fn finish(mut self, mut trailer: Dictionary) -> Vec<u8> {
        let number = self.places.len() as u32;
        let at = self.bytes.len();
        self.places.push(Place::At(at));
        let table = compressed(&self.table());
        trailer.set("Type", Object::Name(b"XRef".to_vec()));
        trailer.set("Size", i64::from(number) + 1);
        trailer.set("W", vec![1.into(), 5.into(), 4.into()]);
        trailer.set("Filter", Object::Name(b"FlateDecode".to_vec()));
        trailer.set("Length", table.len() as i64);
        let mut head = Vec::new();
        // A vector takes everything.
        Writer::write_object(&mut head, &Object::Dictionary(trailer)).ok();
        self.stream(number, &head, &table);
        self.bytes.extend_from_slice(format!("startxref\n{at}\n%%EOF\n").as_bytes());
        self.bytes
    }

    fn stream(&mut self, number: u32, head: &[u8], content: &[u8]) {
        self.places[number as usize] = Place::At(self.bytes.len());
        self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(head);
        self.bytes.extend_from_slice(b"\nstream\n");
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    }

    /// The rows of the cross-reference table: kind, place, and what the kind needs.
    fn table(&self) -> Vec<u8> {
        let mut rows = Vec::with_capacity(self.places.len() * 10);
        for place in &self.places {
            let (kind, a, b) = match place {
                Place::Free => (0, 0, 0),
                Place::At(at) => (1, *at as u64, 0),
                Place::In(stream, at) => (2, u64::from(*stream), u32::from(*at)),
            };
            rows.push(kind);
            // Five bytes are enough for a terabyte.
            rows.extend_from_slice(&a.to_be_bytes()[3..]);
            rows.extend_from_slice(&b.to_be_bytes());
        }
        rows
    }
}

fn pack(objects: &[Text<'_, '_>], start: Start) -> Pack {
    let mut index = String::new();
    let mut content = Vec::new();
    let numbers: Vec<u32> = objects.iter().map(|text| text.number + start.objects).collect();
    for (number, text) in numbers.iter().zip(objects) {
        index += &format!("{number} {} ", content.len());
        text.write(start, &mut content);
        content.push(b'\n');
    }
    Pack { numbers, first: index.len(), compressed: compressed(&[index.as_bytes(), &content].concat()) }
}
