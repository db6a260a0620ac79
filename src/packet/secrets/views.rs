//! A text in the ways it may be meant: as it stands, and without percent signs, entities, escapes or hexadecimal digits.
//!
//! Also what is text in bytes, in whatever coding. Knows nothing of what is looked for.

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::WINDOWS_1252;
use percent_encoding::percent_decode_str;
use quick_xml::escape::resolve_html5_entity;

/// Fewer letters and digits in a row of bytes are no text.
const MIN_LETTERS: usize = 6;
/// More bytes in a row that are no ASCII are no letters.
const MAX_HIGH: usize = 8;
/// Fewer hexadecimal digits in a row are none of a text.
const MIN_HEX: usize = 24;
const MAX_ENTITY: usize = 12;

/// Gives the text as it stands, and in each other way in which it may be meant.
pub(super) fn views(text: &str) -> Vec<Cow<'_, str>> {
    let mut views = vec![Cow::Borrowed(text)];
    // What one of them hides may be another: an address in markup, markup in an address.
    let mut plainer = Cow::Borrowed(text);
    let mut steps = 0;
    for decode in [without_escapes, without_entities, without_percent, without_entities] {
        if let Some(view) = decode(&plainer) {
            plainer = Cow::Owned(view);
            steps += 1;
        }
    }
    if steps > 0 {
        let single = [without_escapes, without_entities, without_percent].into_iter().filter(|_| steps > 1);
        views.extend(single.filter_map(|decode| decode(text)).map(Cow::Owned));
        views.push(plainer);
    }
    views.extend(without_hex(text).map(Cow::Owned));
    views
}

/// Gives what is text in bytes: in UTF-8, Windows-1252, or UTF-16 as far as its letters are those of Windows-1252.
pub(super) fn raw_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().position(|byte| !is_text(*byte)).unwrap_or(bytes.len() - at);
        for run in without_junk(&bytes[at..at + length]).filter(|run| has_letters(run)) {
            add_letters(run, &mut text);
            text.push('\u{1}');
        }
        at += length + 1;
    }
    text
}

fn is_text(byte: u8) -> bool {
    // Not the marks of UTF-16, which are no letters of German.
    matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0x80..=0xfd)
}

/// Tells whether a run has so many letters and digits that it may say something; bytes of pictures and fonts have not.
fn has_letters(run: &[u8]) -> bool {
    run.iter().filter(|byte| byte.is_ascii_alphanumeric()).nth(MIN_LETTERS - 1).is_some()
}

/// Cuts a run where so many bytes are no ASCII that they are no letters either.
fn without_junk(run: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(run);
    std::iter::from_fn(move || {
        let run = rest?;
        let mut high = 0;
        for (at, byte) in run.iter().enumerate() {
            high = if byte.is_ascii() { 0 } else { high + 1 };
            if high > MAX_HIGH {
                rest = Some(&run[at + 1..]);
                return Some(&run[..at + 1 - high]);
            }
        }
        rest = None;
        Some(run)
    })
}

fn add_letters(bytes: &[u8], text: &mut String) {
    // Of UTF-16 the letters are left without their zeros.
    for run in bytes.split(|byte| *byte == 0) {
        for chunk in run.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|byte| LETTERS[usize::from(*byte)]));
        }
    }
}

/// What each byte is in Windows-1252.
static LETTERS: LazyLock<[char; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        let byte = [byte as u8];
        let text = WINDOWS_1252.decode_without_bom_handling(&byte).0;
        text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
    })
});

fn without_percent(text: &str) -> Option<String> {
    let is_escape = |at: usize| {
        text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.match_indices('%').any(|(at, _)| is_escape(at)) {
        return None;
    }
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    let mut plain = String::with_capacity(bytes.len());
    add_letters(&bytes, &mut plain);
    Some(plain)
}

fn without_entities(text: &str) -> Option<String> {
    let mut pieces = text.split('&');
    let mut plain = pieces.next()?.to_owned();
    let mut any = false;
    for piece in pieces {
        let entity = piece.split_once(';').filter(|(name, _)| name.len() <= MAX_ENTITY);
        let known = entity.and_then(|(name, rest)| Some((resolved(name)?, rest)));
        match known {
            Some((letters, rest)) => {
                any = true;
                plain.push_str(&letters);
                plain.push_str(rest);
            }
            None => {
                plain.push('&');
                plain.push_str(piece);
            }
        }
    }
    any.then_some(plain)
}

fn resolved(name: &str) -> Option<String> {
    let number = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => return resolve_html5_entity(name).map(str::to_owned),
    };
    char::from_u32(number).map(String::from)
}

/// Takes off the escapes of JSON, of programs and of PDF.
fn without_escapes(text: &str) -> Option<String> {
    let mut pieces = text.split('\\');
    let mut plain = Vec::from(pieces.next()?.as_bytes());
    let mut any = false;
    let mut half = None;
    for piece in pieces {
        any = true;
        let bytes = piece.as_bytes();
        let digits = |from: usize, count: usize, radix: u32| {
            let digits = piece.get(from..from + count)?;
            digits
                .chars()
                .all(|c| c.is_digit(radix))
                .then(|| u32::from_str_radix(digits, radix).ok())
                .flatten()
        };
        let mut put = |c: Option<char>| plain.extend(c.unwrap_or(' ').encode_utf8(&mut [0; 4]).bytes());
        let skip = match bytes.first() {
            Some(b'u') => match (digits(1, 4, 16), half) {
                (Some(high @ 0xd800..=0xdbff), _) => {
                    half = Some(high);
                    5
                }
                (Some(low @ 0xdc00..=0xdfff), Some(high)) => {
                    half = None;
                    put(char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
                    5
                }
                (Some(code), _) => {
                    put(char::from_u32(code));
                    5
                }
                (None, _) => 0,
            },
            Some(b'x') if digits(1, 2, 16).is_some() => {
                plain.extend(digits(1, 2, 16).map(|code| code as u8));
                3
            }
            Some(b'0'..=b'3') if digits(0, 3, 8).is_some() => {
                plain.extend(digits(0, 3, 8).map(|code| code as u8));
                3
            }
            Some(b'n' | b'r' | b't' | b'b' | b'f') => {
                put(None);
                1
            }
            // A line that goes on, or a letter that is meant.
            _ => 0,
        };
        plain.extend_from_slice(&bytes[skip..]);
    }
    let mut text = String::with_capacity(plain.len());
    add_letters(&plain, &mut text);
    any.then_some(text)
}

/// Reads long runs of hexadecimal digits as the text that they are.
fn without_hex(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut plain = String::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_hexdigit() {
            at += 1;
            continue;
        }
        let is_part = |byte: &u8| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace();
        let length = bytes[at..].iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len() - at);
        let run = &bytes[at..at + length];
        if length >= MIN_HEX {
            let digits: Vec<u8> = run
                .iter()
                .filter_map(|byte| char::from(*byte).to_digit(16))
                .map(|digit| digit as u8)
                .collect();
            let letters: Vec<u8> =
                digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect();
            plain.push_str(&raw_text(&letters));
            plain.push('\n');
        }
        at += length.max(1);
    }
    (!plain.trim().is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_meant(text: &str, meant: &str) -> bool {
        views(text).iter().any(|view| view.contains(meant))
    }

    #[test]
    fn a_text_is_read_as_it_is_meant() {
        for text in [
            "Größe ist alles",
            "Gr%C3%B6%C3%9Fe%20ist%20alles",
            "Gr%F6%DFe ist alles",
            "Gr&#xF6;&#223;e ist alles",
            "Gr&ouml;&szlig;e ist alles",
            "Gr\\u00f6\\u00dfe ist alles",
            "Gr\\366\\337e ist alles",
            "Gr\\xf6\\xdfe ist alles",
            "<4772f6df652069737420616c6c6573>",
            "<FEFF00470072 00F600DF0065 0020006900730074 00200061006C006C00650073>",
            "Gr%26%23246%3B%C3%9Fe ist alles",
            "47 72 c3 b6 c3 9f 65 20 69 73 74 20 61 6c 6c 65 73",
        ] {
            assert!(is_meant(text, "Größe ist alles"), "{text}: {:?}", views(text));
        }
        assert!(is_meant("\"Wort\\nzwei\"", "Wort zwei"));
        assert_eq!(views("100 % sicher & gut; das").len(), 1);
    }

    #[test]
    fn bytes_are_read_in_each_coding() {
        let utf_16 =
            |unit: fn(u16) -> [u8; 2]| "Größe ist".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for bytes in [
            "Größe ist".as_bytes().to_vec(),
            b"Gr\xf6\xdfe ist".to_vec(),
            utf_16(u16::to_be_bytes),
            utf_16(u16::to_le_bytes),
        ] {
            let bytes = [&b"\x01\x02\xff\x03"[..], &bytes, b"\x04\x05"].concat();
            assert!(raw_text(&bytes).contains("Größe ist"), "{:?}", raw_text(&bytes));
        }
        assert_eq!(raw_text(&[1, 2, b'a', 3, b'b', b'c', 4]), "");
    }
}
