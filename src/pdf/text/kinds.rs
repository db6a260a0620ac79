//! Files that are no PDF: containers of XML, XML, text.
//!
//! Knows nothing of what they are attached to.

use std::io::{Cursor, Read};

use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::place::{TextLimit, TextPlace, Unread, UnreadReason};
use super::reading::{InnerFile, InnerFileRole, OtherText, PdfReading, RawKind, RawTaker, Remaining};
use super::{markup, strings};

/// Parts of a container.
const MAX_PARTS: usize = 10_000;

/// Reads a file that is no PDF.
pub(super) fn read(file: &[u8], left: &mut Remaining<'_>, raw: &mut RawTaker<'_>) -> PdfReading {
    let mut reading = PdfReading::default();
    raw(&TextPlace::File, RawKind::File, file);
    if file.starts_with(b"PK\x03\x04") {
        container(file, left, &mut reading);
    } else if let Some(kind) = kind(file) {
        reading.unread.push(Unread { place: TextPlace::File, why: UnreadReason::Kind(kind.into()) });
    } else {
        match strings::file(file) {
            Some(text) => {
                reading.texts.push(OtherText { place: TextPlace::Part(String::new()), text: plain(text) })
            }
            None => {
                let why = UnreadReason::Kind("eine Datei dieser Art".into());
                reading.unread.push(Unread { place: TextPlace::File, why });
            }
        }
    }
    reading
}

/// Gives the text of markup, or text as it stands.
pub(super) fn plain(text: String) -> String {
    if text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with('<') {
        markup::text(&text)
    } else {
        text
    }
}

/// Says what a file is that has text which is not read.
fn kind(file: &[u8]) -> Option<&'static str> {
    let is_mail = || {
        let head = file.get(..file.len().min(1 << 16)).unwrap_or_default().to_ascii_lowercase();
        let coded = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
        coded(b"content-transfer-encoding: base64") || coded(b"content-transfer-encoding: quoted-printable")
    };
    match file {
        [0x89, b'P', b'N', b'G', ..]
        | [0xff, 0xd8, 0xff, ..]
        | [b'I', b'I', 42, 0, ..]
        | [b'M', b'M', 0, 42, ..] => Some("ein Bild"),
        [b'{', b'\\', b'r', b't', b'f', ..] => Some("RTF"),
        _ if is_mail() => Some("eine E-Mail"),
        _ => None,
    }
}

fn container(file: &[u8], left: &mut Remaining<'_>, reading: &mut PdfReading) {
    let damaged = |place: TextPlace| Unread { place, why: UnreadReason::Damaged };
    let Ok(mut archive) = ZipArchive::new(Cursor::new(file)) else {
        return reading.unread.push(damaged(TextPlace::File));
    };
    if archive.len() > MAX_PARTS {
        return reading
            .unread
            .push(Unread { place: TextPlace::File, why: UnreadReason::TooMuch(TextLimit::Objects) });
    }
    for index in 0..archive.len() {
        let Ok(mut part) = archive.by_index_raw(index) else {
            reading.unread.push(damaged(TextPlace::File));
            continue;
        };
        let name = String::from_utf8_lossy(part.name_raw()).into_owned();
        let place = TextPlace::Part(name.clone());
        reading.texts.push(OtherText { place: TextPlace::AttachmentName, text: name.clone() });
        if part.is_dir() {
            continue;
        }
        if part.encrypted() {
            reading.unread.push(Unread { place, why: UnreadReason::Locked });
            continue;
        }
        let stored = part.compression() == CompressionMethod::Stored;
        let mut packed = Vec::new();
        let read = part.read_to_end(&mut packed);
        let plain =
            read.ok().and_then(|_| if stored { Some(packed) } else { inflated(&packed, left.unpacked) });
        match plain {
            Some(bytes) if bytes.len() > left.unpacked => {
                return reading
                    .unread
                    .push(Unread { place, why: UnreadReason::TooMuch(TextLimit::Unpacked) });
            }
            Some(bytes) => {
                left.unpacked -= bytes.len();
                left.inside.push(InnerFile { name, role: InnerFileRole::Part, bytes });
            }
            None => reading.unread.push(damaged(place)),
        }
    }
}

/// Unpacks to one byte more than the limit at most, which says that there is more.
fn inflated(packed: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    DeflateDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut plain).ok()?;
    Some(plain)
}
