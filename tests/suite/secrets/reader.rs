//! What a file says, found out by other means than those of the program: by its bytes and by poppler.

use std::process::Command;

use lopdf::{Document, Object, Stream};

use crate::program::{Project, installed};

/// The letters and digits of a text, without anything that may be written in more than one way.
pub(super) fn squeezed(text: &str) -> String {
    let mut squeezed = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => squeezed.push('a'),
            'ö' => squeezed.push('o'),
            'ü' => squeezed.push('u'),
            'ß' => squeezed.push_str("ss"),
            'ﬀ' => squeezed.push_str("ff"),
            'ﬁ' => squeezed.push_str("fi"),
            'ﬂ' => squeezed.push_str("fl"),
            'ﬃ' => squeezed.push_str("ffi"),
            letter if letter.is_ascii_alphanumeric() => squeezed.push(letter),
            _ => {}
        }
    }
    squeezed
}

/// All that a PDF says, squeezed: in its pages as poppler reads them, in its objects, in the files in it.
pub(super) fn everything(bytes: &[u8]) -> String {
    let mut said = Vec::new();
    add_file(bytes, &mut said, 4);
    said.iter().map(|text| squeezed(text)).collect::<Vec<_>>().join("\n")
}

fn add_file(bytes: &[u8], said: &mut Vec<String>, depth: usize) {
    add_bytes(bytes, said);
    if depth == 0 {
        return;
    }
    if let Ok(document) = Document::load_mem(bytes) {
        said.extend(pages(bytes));
        let mut open: Vec<&Object> = document.objects.values().collect();
        open.extend(document.trailer.iter().map(|(_, value)| value));
        while let Some(object) = open.pop() {
            add_object(object, &mut open, said, depth);
        }
        // What was there before the last changes.
        for (end, _) in bytes.windows(5).enumerate().filter(|(_, word)| word == b"%%EOF") {
            let before = &bytes[..end + 5];
            if end + 16 < bytes.len() && Document::load_mem(before).is_ok() {
                said.extend(pages(before));
            }
        }
    }
    for (name, inner) in files_of_an_archive(bytes) {
        said.push(name);
        add_file(&inner, said, depth - 1);
    }
}

fn add_object<'a>(object: &'a Object, open: &mut Vec<&'a Object>, said: &mut Vec<String>, depth: usize) {
    match object {
        Object::Name(bytes) => add_bytes(bytes, said),
        Object::String(bytes, _) => {
            add_bytes(bytes, said);
            let text = lopdf::decode_text_string(object).unwrap_or_default();
            said.extend([without_tags(&text), text]);
        }
        Object::Array(items) => open.extend(items),
        Object::Dictionary(dictionary) => {
            dictionary.iter().for_each(|(key, _)| add_bytes(key, said));
            open.extend(dictionary.iter().map(|(_, value)| value));
        }
        Object::Stream(stream) => {
            open.extend(stream.dict.iter().map(|(_, value)| value));
            let plain = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
            add_file(&plain, said, depth - 1);
        }
        _ => {}
    }
}

/// Bytes as a text in every code page that they may be in, and without what stands for letters.
fn add_bytes(bytes: &[u8], said: &mut Vec<String>) {
    let plain = String::from_utf8_lossy(bytes).into_owned();
    if plain.contains('%') {
        let decoded = percent_decoded(bytes);
        said.push(String::from_utf8_lossy(&decoded).into_owned());
    }
    if plain.contains('<') || plain.contains('&') {
        said.push(without_tags(&plain));
    }
    said.extend([plain, hexadecimal(bytes)]);
    said.push(bytes.iter().map(|byte| char::from(*byte)).collect());
    let units: Vec<u16> = bytes.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
    said.push(String::from_utf16_lossy(&units));
}

/// What the hexadecimal strings among these bytes say, one after the other.
fn hexadecimal(bytes: &[u8]) -> String {
    let mut said = String::new();
    for piece in bytes.split(|byte| *byte == b'<').skip(1) {
        let digits = piece.split(|byte| *byte == b'>').next().unwrap_or_default();
        let pairs: Option<Vec<u8>> = digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let decoded = pairs.unwrap_or_default();
        match decoded.strip_prefix(&[0xfe, 0xff]) {
            Some(wide) => {
                let units = wide.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]]));
                said += &String::from_utf16_lossy(&units.collect::<Vec<_>>());
            }
            None => said.extend(decoded.iter().map(|byte| char::from(*byte))),
        }
    }
    said
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                decoded.push(byte);
                rest = &tail[2..];
            }
            None => {
                decoded.push(*first);
                rest = tail;
            }
        }
    }
    decoded
}

fn without_tags(text: &str) -> String {
    let mut kept = String::new();
    for piece in text.split('<') {
        kept.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
    }
    for (entity, letter) in [("&uuml;", "ü"), ("&#xdf;", "ß"), ("&lt;", "<"), ("&amp;", "&")] {
        kept = kept.replace(entity, letter);
    }
    let mut decoded = String::new();
    let mut pieces = kept.split("&#");
    decoded.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (number, after) = piece.split_once(';').unwrap_or((piece, ""));
        decoded.extend(number.parse().ok().and_then(char::from_u32));
        decoded.push_str(after);
    }
    decoded
}

/// The text of the pages, in the order of drawing and as it is laid out.
fn pages(bytes: &[u8]) -> Vec<String> {
    if !installed("pdftotext") {
        return Vec::new();
    }
    let project = Project::new();
    project.write("a.pdf", bytes);
    let read = |way: &str| {
        let mut command = Command::new("pdftotext");
        let output = command.args([way, "-enc", "UTF-8", "a.pdf", "-"]).current_dir(project.path()).output();
        let text = String::from_utf8_lossy(&output.unwrap().stdout).into_owned();
        // A stream may end within a word, and a word within a line.
        text.replace('\u{ad}', "")
    };
    let both = ["-raw", "-layout"].map(read);
    both.into()
}

fn files_of_an_archive(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (start, _) in bytes.windows(4).enumerate().filter(|(_, word)| word == b"PK\x03\x04") {
        let number = |at: usize, length: usize| -> Option<usize> {
            let bytes = bytes.get(start + at..start + at + length)?;
            Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
        };
        let file = (|| {
            let (method, length) = (number(8, 2)?, number(18, 4)?);
            let name_end = 30 + number(26, 2)?;
            let name = String::from_utf8_lossy(bytes.get(start + 30..start + name_end)?).into_owned();
            let from = start + name_end + number(28, 2)?;
            let packed = bytes.get(from..from + length)?;
            let plain = match method {
                0 => packed.to_vec(),
                // The head of a stream of PDF; its tail is not looked at.
                _ => {
                    let dict = lopdf::dictionary! { "Filter" => "FlateDecode" };
                    let stream = Stream::new(dict, [&[0x78, 0x9c], packed, &[0; 4]].concat());
                    stream.decompressed_content().ok()?
                }
            };
            Some((name, plain))
        })();
        files.extend(file);
    }
    files
}
