//! What photos say of themselves: where they were taken, and whose camera it was.
//!
//! Only looks; what is made from a photo elsewhere does not have it.

use std::collections::BTreeSet;
use std::io::Cursor;

use exif::{In, Tag, Value};
use lopdf::{Document, Object, Stream};
use serde::{Deserialize, Serialize};

use super::objects::{list, unpacked};
use super::text::picture_file;

/// What photos in a file say of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoTraces {
    /// How many say where they were taken.
    pub positions: usize,
    /// Whom they name: photographers, owners of cameras.
    pub names: BTreeSet<String>,
}

/// Metadata of a picture is shorter, in bytes.
const MAX_METADATA: usize = 1 << 20;
/// A photo that is packed once more is looked at if it has so many bytes at most.
const MAX_PHOTO: usize = 64 << 20;
const NAMES: [Tag; 3] = [Tag::Artist, Tag::Copyright, Tag::CameraOwnerName];

impl PhotoTraces {
    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads those of a picture file.
    pub(super) fn of_picture(file: &[u8]) -> Self {
        let mut traces = Self::default();
        traces.picture(file);
        traces
    }

    /// Reads those of all pictures in a document.
    pub(super) fn of_document(document: &Document) -> Self {
        let mut traces = Self::default();
        for object in document.objects.values() {
            let Object::Stream(stream) = object else { continue };
            if is_photo(document, stream) {
                let file = picture_file(document, stream, MAX_PHOTO);
                traces.picture(file.as_deref().unwrap_or_default());
            } else if let Ok(b"Metadata") = stream.dict.get(b"Type").and_then(Object::as_name)
                && let Some(metadata) = unpacked(stream, MAX_METADATA)
            {
                traces.positions += usize::from(has_position(&metadata));
            }
        }
        traces
    }

    fn picture(&mut self, file: &[u8]) {
        let head = file.get(..MAX_METADATA).unwrap_or(file);
        let exif = exif::Reader::new().read_from_container(&mut Cursor::new(head)).ok();
        let field = |tag| exif.as_ref()?.get_field(tag, In::PRIMARY);
        self.positions += usize::from(field(Tag::GPSLatitude).is_some() || has_position(head));
        for said in NAMES.into_iter().filter_map(field) {
            let Value::Ascii(parts) = &said.value else { continue };
            let parts = parts.iter().map(|part| String::from_utf8_lossy(part).trim().to_owned());
            self.names.extend(parts.filter(|part| !part.is_empty()));
        }
    }
}

/// Tells whether the content of a stream is a JPEG file, perhaps packed once more.
fn is_photo(document: &Document, stream: &Stream) -> bool {
    let filters = list(document, &stream.dict, b"Filter");
    filters.last().is_some_and(|last| last.as_name().is_ok_and(|name| name == b"DCTDecode"))
}

/// Tells whether metadata (XMP) names a place.
fn has_position(metadata: &[u8]) -> bool {
    let word: &[u8] = b"exif:GPSLatitude";
    metadata.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A photo (without pixels) that names a place and a person.
    fn photo() -> Vec<u8> {
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
        };
        let mut tiff = b"MM\0*\0\0\0\x08".to_vec();
        tiff.extend(2_u16.to_be_bytes());
        tiff.extend(entry(0x013B, 2, 4, *b"Eva\0"));
        tiff.extend(entry(0x8825, 4, 1, 38_u32.to_be_bytes()));
        tiff.extend([0; 4]);
        // The list of places, with one entry: degrees, minutes and seconds behind it.
        tiff.extend(1_u16.to_be_bytes());
        tiff.extend(entry(2, 5, 3, 56_u32.to_be_bytes()));
        tiff.extend([0; 4]);
        for number in [51_u32, 1, 57, 1, 30, 1] {
            tiff.extend(number.to_be_bytes());
        }
        let content = [&b"Exif\0\0"[..], &tiff].concat();
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, 0xD8, 0xFF, 0xE1], &length[..], &content, &[0xFF, 0xD9]].concat()
    }

    #[test]
    fn a_photo_says_where_it_was_taken_and_by_whom() {
        let traces = PhotoTraces::of_picture(&photo());
        assert_eq!(traces, PhotoTraces { positions: 1, names: BTreeSet::from(["Eva".to_owned()]) });
        assert!(PhotoTraces::of_picture(b"\xFF\xD8\xFF\xD9").is_empty());
        // Also if it is packed once more.
        let hex: String = photo().iter().map(|byte| format!("{byte:02x}")).collect();
        let filters = vec![Object::Name(b"ASCIIHexDecode".to_vec()), Object::Name(b"DCTDecode".to_vec())];
        let mut document = Document::new();
        document
            .add_object(Stream::new(lopdf::dictionary! { "Filter" => filters }, (hex + ">").into_bytes()));
        assert_eq!(PhotoTraces::of_document(&document), traces);
    }
}
