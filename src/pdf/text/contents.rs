//! The streams of a document: what is drawn is kept for that, what is text is read, files are handed on.
//!
//! Knows nothing of how anything is drawn.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, ObjectId, Stream};
use rayon::prelude::*;

use super::content::{self, ContentSummary};
use super::place::{TextLimit, TextPlace, Unread, UnreadReason};
use super::reading::{InnerFile, InnerFileRole, OtherText, PdfReading, RawKind, RawTaker, Remaining};
use super::streams::{Unpacked, unpacked};
use super::walk::{Homes, Walked};
use super::{kinds, strings};
use crate::pdf::objects::{list, name};

/// What one stream may unpack to, in bytes.
const MAX_STREAM: usize = 256 << 20;
/// What one picture may unpack to, in bytes, and all in a file; larger ones are handed on packed only.
const MAX_PICTURE: usize = 64 << 20;
const MAX_PICTURES: usize = 256 << 20;
/// Streams that are unpacked at once.
const STREAMS_AT_ONCE: usize = 8;

/// The content streams of a document.
pub(super) struct ContentStreams<'a> {
    /// The first page that shows each object.
    pub homes: &'a Homes,
    /// The content streams, unpacked.
    pub plain: BTreeMap<ObjectId, Vec<u8>>,
    /// Those that no page is made of.
    pub drawings: BTreeMap<ObjectId, ContentSummary>,
    of_pages: BTreeSet<ObjectId>,
}

impl<'a> ContentStreams<'a> {
    /// Starts with none unpacked.
    pub(super) fn of(document: &Document, order: &[ObjectId], homes: &'a Homes) -> Self {
        let of_pages = order.iter().flat_map(|page| content_ids(document, *page)).collect();
        Self { homes, of_pages, plain: BTreeMap::new(), drawings: BTreeMap::new() }
    }

    /// Unpacks all streams, and reads those that are no drawings.
    pub(super) fn unpack(
        &mut self,
        document: &Document,
        walked: &Walked,
        left: &mut Remaining<'_>,
        raw: &mut RawTaker<'_>,
        reading: &mut PdfReading,
    ) {
        let streams: Vec<(ObjectId, &Stream)> = document
            .objects
            .iter()
            .filter_map(|(id, object)| Some((*id, object.as_stream().ok()?)))
            .collect();
        let mut pixels = MAX_PICTURES;
        for some in streams.chunks(STREAMS_AT_ONCE) {
            let limit = left.unpacked.min(MAX_STREAM);
            let pixels_limit = pixels.min(MAX_PICTURE);
            let plain: Vec<_> = some
                .par_iter()
                .map(|(id, stream)| {
                    let is_image = name(document, &stream.dict, b"Subtype") == Some(b"Image")
                        && !self.of_pages.contains(id)
                        && !walked.attachments.contains_key(id);
                    if !is_image {
                        return (unpacked(document, stream, limit), None);
                    }
                    let unpacked = (pixels_limit > 0).then(|| unpacked(document, stream, pixels_limit));
                    (Ok(Unpacked::Picture(None)), unpacked)
                })
                .collect();
            for ((id, stream), (plain, picture)) in some.iter().zip(plain) {
                let place = self.place(*id);
                let kind = match &plain {
                    Ok(Unpacked::Picture(_)) => RawKind::Picture,
                    Ok(Unpacked::Bytes(_)) => RawKind::Packed,
                    Err(_) => RawKind::Other,
                };
                raw(&place, kind, &stream.content);
                match picture {
                    Some(Ok(Unpacked::Bytes(bytes))) => {
                        pixels = pixels.saturating_sub(bytes.len());
                        raw(&place, RawKind::Pixels, &bytes);
                    }
                    Some(Ok(Unpacked::Picture(Some(file)))) => {
                        pixels = pixels.saturating_sub(file.len());
                        raw(&place, RawKind::Picture, &file);
                    }
                    // What was unpacked in vain took as long.
                    Some(Err(UnreadReason::TooMuch(_))) => pixels = pixels.saturating_sub(pixels_limit),
                    _ => {}
                }
                match plain {
                    Ok(Unpacked::Bytes(bytes)) if bytes.len() > left.unpacked => {
                        let why = UnreadReason::TooMuch(TextLimit::Unpacked);
                        return reading.unread.push(Unread { place: TextPlace::File, why });
                    }
                    Ok(Unpacked::Bytes(bytes)) => {
                        left.unpacked -= bytes.len();
                        raw(&place, self.kind(*id, walked), &bytes);
                        self.add(document, (*id, stream), bytes, walked, left, reading);
                    }
                    Ok(Unpacked::Picture(file)) => {
                        if let Some(file) = file {
                            left.unpacked = left.unpacked.saturating_sub(file.len());
                            raw(&place, RawKind::Picture, &file);
                        }
                        if let Some(name) = walked.attachments.get(id) {
                            let place = TextPlace::Attachment(name.clone(), Box::new(TextPlace::File));
                            reading.unread.push(Unread { place, why: UnreadReason::Kind("ein Bild".into()) });
                        }
                    }
                    Err(why) => {
                        // What was unpacked in vain took as long.
                        if matches!(why, UnreadReason::TooMuch(_)) {
                            left.unpacked = left.unpacked.saturating_sub(limit);
                        }
                        reading.unread.push(Unread { place, why });
                    }
                }
            }
            if left.unpacked == 0 {
                let why = UnreadReason::TooMuch(TextLimit::Unpacked);
                return reading.unread.push(Unread { place: TextPlace::File, why });
            }
        }
    }

    /// Says what the bytes of a stream are.
    fn kind(&self, id: ObjectId, walked: &Walked) -> RawKind {
        if walked.attachments.contains_key(&id) {
            RawKind::Attachment
        } else if self.of_pages.contains(&id) {
            RawKind::Content
        } else {
            RawKind::Other
        }
    }

    /// Says where a stream is, as far as that is known before it is drawn.
    fn place(&self, id: ObjectId) -> TextPlace {
        match self.homes.get(&id) {
            Some(page) if self.of_pages.contains(&id) => TextPlace::Page(*page),
            Some(page) => TextPlace::Drawing(Some(*page)),
            None => TextPlace::Object(id.0),
        }
    }

    fn add(
        &mut self,
        document: &Document,
        (id, stream): (ObjectId, &Stream),
        bytes: Vec<u8>,
        walked: &Walked,
        left: &mut Remaining<'_>,
        reading: &mut PdfReading,
    ) {
        let is_type =
            |types: &[&[u8]]| name(document, &stream.dict, b"Type").is_some_and(|kind| types.contains(&kind));
        let page = self.homes.get(&id).copied();
        if let Some(name) = walked.attachments.get(&id) {
            left.inside.push(InnerFile { name: name.clone(), role: InnerFileRole::Attached, bytes });
        } else if self.of_pages.contains(&id) {
            self.plain.insert(id, bytes);
        } else if is_type(&[b"Metadata"]) || looks_like_markup(&bytes) {
            let text = kinds::plain(strings::file(&bytes).unwrap_or_else(|| strings::latin(&bytes)));
            reading.texts.push(OtherText { place: TextPlace::Metadata, text });
        } else if is_type(&[b"EmbeddedFile"]) {
            left.inside.push(InnerFile { name: String::new(), role: InnerFileRole::Attached, bytes });
        } else if is_font_or_table(&stream.dict) || is_type(&[b"ObjStm", b"XRef"]) {
            // As bytes only.
        } else if name(document, &stream.dict, b"Subtype") == Some(b"Form") || may_show(&bytes) {
            let look = content::look(&bytes);
            let said = look.said.iter().cloned();
            reading.texts.extend(said.map(|text| OtherText { place: TextPlace::MarkedContent(page), text }));
            self.plain.insert(id, bytes);
            self.drawings.insert(id, look);
        } else if let Some(text) = strings::file(&bytes) {
            let place =
                if walked.scripts.contains(&id) { TextPlace::Script } else { TextPlace::Object(id.0) };
            reading.texts.push(OtherText { place, text });
        }
    }
}

fn looks_like_markup(bytes: &[u8]) -> bool {
    let head = bytes.trim_ascii_start();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.first() == Some(&b'<')
        && head.get(1) != Some(&b'<')
        && bytes.windows(2).any(|pair| pair == b"</" || pair == b"/>")
}

/// Says whether a stream is a font, a colour profile or a table of characters.
fn is_font_or_table(dict: &Dictionary) -> bool {
    [&b"Length1"[..], b"Length2", b"N", b"CMapName", b"FunctionType", b"ShadingType"]
        .iter()
        .any(|key| dict.has(key))
}

/// Says whether a stream can be a drawing with text: it says so in no other way.
fn may_show(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"BT")
        && bytes.windows(2).any(|pair| matches!(pair, b"Tj" | b"TJ" | b"ET"))
}

/// Gives the streams that a page is made of, in order.
pub(super) fn content_ids(document: &Document, page: ObjectId) -> Vec<ObjectId> {
    let page = document.get_dictionary(page);
    let ids = page.map_or(&[][..], |page| list(document, page, b"Contents")).iter();
    ids.filter_map(|content| content.as_reference().ok()).collect()
}
