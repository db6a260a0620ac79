//! The words that strings of a PDF are, whatever they are written in.
//!
//! Knows nothing of where they stand.

use lopdf::{Object, StringFormat};
use percent_encoding::percent_decode_str;

use super::markup;

/// Reads a string: as it stands and, where it is written in a second way (markup, percent signs), without that.
pub(super) fn said(bytes: &[u8]) -> Vec<String> {
    let mut all = readings(bytes);
    let plainer: Vec<String> =
        all.iter().flat_map(|text| [plain_markup(text), plain_uri(text)]).flatten().collect();
    all.extend(plainer);
    all
}

/// Reads a name as text.
pub(super) fn name(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| latin(bytes))
}

/// Reads a file that is plain text, in Unicode or in one byte a letter.
pub(super) fn file(bytes: &[u8]) -> Option<String> {
    if let Some(text) = with_mark(bytes) {
        return Some(text);
    }
    if looks_like_utf_16(bytes) {
        return Some(utf_16(bytes, if bytes[0] == 0 { u16::from_be_bytes } else { u16::from_le_bytes }));
    }
    let is_text = |byte: &u8| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 12 | 27);
    bytes.iter().all(is_text).then(|| name(bytes))
}

/// Gives the letters of Windows-1252, which has those of Latin-1.
pub(super) fn latin(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

fn readings(bytes: &[u8]) -> Vec<String> {
    if let Some(text) = with_mark(bytes) {
        return vec![without_languages(&text)];
    }
    let mut all = Vec::new();
    if !bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        all.push(text.to_owned());
    }
    if looks_like_utf_16(bytes) {
        all.push(utf_16(bytes, if bytes[0] == 0 { u16::from_be_bytes } else { u16::from_le_bytes }));
    }
    let string = Object::String(bytes.to_vec(), StringFormat::Literal);
    all.push(lopdf::decode_text_string(&string).unwrap_or_else(|_| latin(bytes)));
    all
}

/// Reads text that begins with a byte order mark.
fn with_mark(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xfe, 0xff, text @ ..] => Some(utf_16(text, u16::from_be_bytes)),
        [0xff, 0xfe, text @ ..] => Some(utf_16(text, u16::from_le_bytes)),
        [0xef, 0xbb, 0xbf, text @ ..] => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16_lossy(&units)
}

/// Says whether every second byte, or nearly, is zero.
fn looks_like_utf_16(bytes: &[u8]) -> bool {
    let pairs = bytes.as_chunks::<2>().0;
    let halves = |at: usize| pairs.iter().filter(|pair| pair[at] == 0 && pair[1 - at] != 0).count();
    pairs.len() >= 2 && halves(0).max(halves(1)) * 4 >= pairs.len() * 3
}

/// Leaves out the marks that say the language of what follows (ISO 32000-2, 7.9.2.2.2).
fn without_languages(text: &str) -> String {
    text.split('\u{1b}').step_by(2).collect()
}

fn plain_markup(text: &str) -> Option<String> {
    (text.trim_start().starts_with('<') && text.contains("</")).then(|| markup::text(text))
}

fn plain_uri(text: &str) -> Option<String> {
    let escaped = |at: usize| {
        text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.match_indices('%').any(|(at, _)| escaped(at)) {
        return None;
    }
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    Some(name(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_a_string_are_read() {
        let utf_16 = |unit: fn(u16) -> [u8; 2]| "Größe".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        assert_eq!(said(&[&[0xfe, 0xff], &utf_16(u16::to_be_bytes)[..]].concat()), ["Größe"]);
        assert_eq!(said(&[&[0xff, 0xfe], &utf_16(u16::to_le_bytes)[..]].concat()), ["Größe"]);
        assert!(said(&utf_16(u16::to_be_bytes)).contains(&"Größe".to_owned()));
        assert_eq!(said("\u{feff}Größe".as_bytes()), ["Größe"]);
        assert_eq!(said("Größe".as_bytes())[0], "Größe");
        assert_eq!(said(b"Gr\xf6\xdfe"), ["Größe"]);
        assert_eq!(said(b"\xfe\xff\0\x1b\0d\0e\0\x1b\0J\0a"), ["Ja"]);
    }

    #[test]
    fn markup_and_percent_signs_are_taken_off() {
        assert_eq!(said(b"http://a.de/M%C3%BCnster")[1], "http://a.de/Münster");
        assert_eq!(said(b"http://a.de/M%FCnster")[1], "http://a.de/Münster");
        assert_eq!(said(b"100 % sicher").len(), 1);
        assert!(said(b"<body><p>Ein <b>Wo</b>rt</p></body>")[1].contains("Ein Wort"));
    }

    #[test]
    fn files_of_text_are_told_from_others() {
        assert_eq!(file(b"Gr\xf6\xdfe\r\n").as_deref(), Some("Größe\r\n"));
        assert_eq!(file(b"G\0r\0\xf6\0\xdf\0e\0").as_deref(), Some("Größe"));
        assert_eq!(file(b"\x89PNG\r\n\x1a\n\0\0\0\r"), None);
    }
}
