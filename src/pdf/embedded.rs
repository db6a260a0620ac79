//! The record that a PDF carries, byte for byte.

use lopdf::{Dictionary, Document, Object, Stream};
use serde::{Deserialize, Serialize};

use crate::toml_tree;

/// The reason why there is no record to extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ExtractError {
    /// The PDF carries no record.
    #[error("das PDF enthält keine Vorlagendatei; nur mit --embed-record gesetzte enthalten eine")]
    NoRecord,
    /// The record is larger than a record may be, or cannot be decompressed.
    #[error("die eingebettete Vorlagendatei ist beschädigt oder zu groß")]
    Damaged,
}

/// Extracts the embedded file with the relationship `Source` (ISO 32000-2, 7.11.3), or with none, whose name ends in
/// `.toml`.
pub(super) fn embedded_record(document: &Document) -> Result<Vec<u8>, ExtractError> {
    let specs =
        document.objects.values().filter_map(|object| object.as_dict().ok()).filter(|dict| is_source(dict));
    for spec in specs {
        if !file_name(spec).is_some_and(|name| name.ends_with(".toml")) {
            continue;
        }
        let stream = embedded_stream(document, spec).ok_or(ExtractError::Damaged)?;
        return unpack(stream).ok_or(ExtractError::Damaged);
    }
    Err(ExtractError::NoRecord)
}

fn is_source(dict: &Dictionary) -> bool {
    let relationship = dict.get(b"AFRelationship").and_then(Object::as_name).ok();
    // Only PDF/A-3 and later name the relationship.
    dict.has(b"EF") && relationship.is_none_or(|name| name == b"Source")
}

fn file_name(spec: &Dictionary) -> Option<String> {
    let name = spec.get(b"UF").or_else(|_| spec.get(b"F")).ok()?;
    lopdf::decode_text_string(name).ok()
}

fn embedded_stream<'a>(document: &'a Document, spec: &'a Dictionary) -> Option<&'a Stream> {
    let files = spec.get(b"EF").ok()?;
    let (_, files) = document.dereference(files).ok()?;
    let files = files.as_dict().ok()?;
    let reference = files.get(b"F").or_else(|_| files.get(b"UF")).ok()?;
    document.dereference(reference).ok()?.1.as_stream().ok()
}

/// Decompresses a stream, up to the size that a record may have.
fn unpack(stream: &Stream) -> Option<Vec<u8>> {
    let limit = toml_tree::MAX_BYTES as usize;
    let bytes = if stream.dict.has(b"Filter") {
        stream.decompressed_content_with_limit(limit).ok()?
    } else {
        stream.content.clone()
    };
    (bytes.len() <= limit).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_nothing_says_so() {
        let mut plain = Document::with_version("1.7");
        let page = plain.add_object(lopdf::dictionary! { "Type" => "Page" });
        let pages = plain.add_object(lopdf::dictionary! { "Type" => "Pages", "Kids" => vec![page.into()] });
        let catalog = plain.add_object(lopdf::dictionary! { "Type" => "Catalog", "Pages" => pages });
        plain.trailer.set("Root", catalog);
        assert_eq!(embedded_record(&plain), Err(ExtractError::NoRecord));
    }
}
