//! Streams unpacked, whatever way their filters are named.
//!
//! Knows nothing of what is in them.

use std::borrow::Cow;

use lopdf::{DecompressError, Dictionary, Document, Error, Object, Stream};

use super::place::{TextLimit, UnreadReason};
use crate::pdf::objects::{as_dict, as_list, resolve, value};

/// What a stream holds.
pub(super) enum Unpacked {
    /// Its bytes without filters.
    Bytes(Vec<u8>),
    /// A picture in a coding of its own: its file, if that is packed once more.
    Picture(Option<Vec<u8>>),
}

/// Unpacks a stream to at most so many bytes.
pub(super) fn unpacked(document: &Document, stream: &Stream, limit: usize) -> Result<Unpacked, UnreadReason> {
    let dict = &stream.dict;
    let key = if dict.has(b"Filter") { &b"Filter"[..] } else { b"F" };
    let filters = match dict.get(key) {
        Ok(filters) => as_list(document, filters),
        Err(_) => &[],
    };
    let parameters: &[Object] = [&b"DecodeParms"[..], b"DP"]
        .into_iter()
        .find_map(|key| dict.get(key).ok())
        .map_or(&[], |parameters| as_list(document, parameters));
    let mut names = Vec::new();
    let mut dicts = Vec::new();
    let mut is_picture = false;
    for (at, filter) in filters.iter().enumerate() {
        // An external file has its name under the same key.
        let Some(Object::Name(filter)) = resolve(document, filter) else { continue };
        let parameters = parameters.get(at).and_then(|parameters| as_dict(document, parameters));
        match &filter[..] {
            b"Crypt" => match parameters.and_then(|parameters| value(document, parameters, b"Name")) {
                None => {}
                Some(Object::Name(name)) if name == b"Identity" => {}
                Some(_) => return Err(UnreadReason::Locked),
            },
            b"DCTDecode" | b"DCT" | b"JPXDecode" | b"CCITTFaxDecode" | b"CCF" | b"JBIG2Decode" => {
                is_picture = true;
                break;
            }
            name => {
                let full = full_name(name)
                    .ok_or_else(|| UnreadReason::Filter(String::from_utf8_lossy(name).into_owned()))?;
                names.push(Object::Name(full.to_vec()));
                dicts.push(parameters.map_or(Object::Null, |parameters| direct(document, parameters)));
            }
        }
    }
    if names.is_empty() {
        return if is_picture {
            Ok(Unpacked::Picture(None))
        } else if stream.content.len() <= limit {
            Ok(Unpacked::Bytes(stream.content.clone()))
        } else {
            Err(UnreadReason::TooMuch(TextLimit::Unpacked))
        };
    }
    let mut plain = Dictionary::new();
    plain.set("Filter", names);
    plain.set("DecodeParms", dicts);
    let stream = Stream::new(plain, stream.content.clone());
    let bytes = stream.decompressed_content_with_limit(limit).map_err(|error| match error {
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            UnreadReason::TooMuch(TextLimit::Unpacked)
        }
        _ => UnreadReason::Damaged,
    })?;
    Ok(if is_picture { Unpacked::Picture(Some(bytes)) } else { Unpacked::Bytes(bytes) })
}

/// Gives the file of a picture that is in a coding of its own, of at most so many bytes if it is packed once more.
pub fn picture_file<'a>(document: &Document, stream: &'a Stream, limit: usize) -> Option<Cow<'a, [u8]>> {
    match unpacked(document, stream, limit).ok()? {
        Unpacked::Picture(Some(file)) => Some(file.into()),
        Unpacked::Picture(None) => Some(Cow::Borrowed(&stream.content)),
        Unpacked::Bytes(_) => None,
    }
}

/// Gives the long name of a filter that is no picture's; inline images have short ones.
fn full_name(name: &[u8]) -> Option<&'static [u8]> {
    Some(match name {
        b"FlateDecode" | b"Fl" => b"FlateDecode",
        b"LZWDecode" | b"LZW" => b"LZWDecode",
        b"ASCII85Decode" | b"A85" => b"ASCII85Decode",
        b"ASCIIHexDecode" | b"AHx" => b"ASCIIHexDecode",
        b"RunLengthDecode" | b"RL" => b"RunLengthDecode",
        b"BrotliDecode" => b"BrotliDecode",
        _ => return None,
    })
}

/// Replaces the references in parameters by what they refer to.
fn direct(document: &Document, parameters: &Dictionary) -> Object {
    let values =
        parameters.iter().filter_map(|(key, raw)| Some((key.clone(), resolve(document, raw)?.clone())));
    Object::Dictionary(values.collect())
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn read(document: &Document, dict: Dictionary, content: &[u8]) -> Result<Vec<u8>, UnreadReason> {
        match unpacked(document, &Stream::new(dict, content.to_vec()), 100)? {
            Unpacked::Bytes(bytes) => Ok(bytes),
            Unpacked::Picture(file) => Ok(file.unwrap_or(b"picture".to_vec())),
        }
    }

    #[test]
    fn filters_are_known_by_reference_and_by_short_name() {
        let mut document = Document::new();
        let hex = document.add_object(Object::Name(b"AHx".to_vec()));
        assert_eq!(read(&document, dictionary! { "Filter" => hex }, b"4a61>").unwrap(), b"Ja");
        let two = vec![Object::Name(b"Crypt".to_vec()), Object::Name(b"ASCIIHexDecode".to_vec())];
        assert_eq!(read(&document, dictionary! { "Filter" => two }, b"4a61>").unwrap(), b"Ja");
        assert_eq!(read(&document, dictionary! {}, b"Ja").unwrap(), b"Ja");
        assert_eq!(read(&document, dictionary! { "Filter" => "DCTDecode" }, b"").unwrap(), b"picture");
        let packed = vec![Object::Name(b"ASCIIHexDecode".to_vec()), Object::Name(b"DCTDecode".to_vec())];
        assert_eq!(read(&document, dictionary! { "Filter" => packed }, b"4a61>").unwrap(), b"Ja");
    }

    #[test]
    fn what_does_not_unpack_says_why() {
        let document = Document::new();
        let unknown = read(&document, dictionary! { "Filter" => "ZstdDecode" }, b"");
        assert_eq!(unknown, Err(UnreadReason::Filter("ZstdDecode".into())));
        let locked = dictionary! { "Filter" => "Crypt", "DecodeParms" => dictionary! { "Name" => "StdCF" } };
        assert_eq!(read(&document, locked, b""), Err(UnreadReason::Locked));
        assert_eq!(
            read(&document, dictionary! {}, &[0; 101]),
            Err(UnreadReason::TooMuch(TextLimit::Unpacked))
        );
    }
}
