//! Reads a PDF, even a slightly damaged one, within limits.
//!
//! Knows nothing of what is in it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{
    DecompressError, Dictionary, Document, Error, FilterFunc, LoadOptions, Object, ObjectId, ParseError,
};

use super::mend::mend;
use super::objects::{dict, pages};

/// The reason why a PDF cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The PDF does not open with the empty password.
    #[error("das PDF ist mit einem Kennwort geschützt")]
    Password,
    /// The PDF is encrypted for certain people, or in a non-standard way.
    #[error("das PDF ist mit einem Verfahren verschlüsselt, das hier nicht zu öffnen ist ({0})")]
    UnknownHandler(String),
    /// The PDF has no pages.
    #[error("das PDF hat keine Seite")]
    NoPages,
    /// The file is not a PDF, or is damaged beyond repair.
    #[error("kein lesbares PDF ({0})")]
    Damaged(String),
}

/// The most bytes that an object stream may decompress to; fewer for small files.
const MAX_OBJECT_STREAM: usize = 64 << 20;
const MIN_OBJECT_STREAM: usize = 4 << 20;
/// How many times the size of its file an object stream may decompress to.
const MAX_RATIO: usize = 32;

/// Reads a PDF that opens with the empty password and has at least one page.
pub fn load(bytes: &[u8]) -> Result<Document, LoadError> {
    sound(parse(bytes)?)
}

/// Reads a PDF that this program wrote, without the elements of its structure: in a packet these are most of the objects.
pub fn load_without_structure(bytes: &[u8]) -> Result<Document, LoadError> {
    sound(parse_filtered(bytes, Some(unless_element))?)
}

fn unless_element(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let is_element = |dictionary: &Dictionary| {
        matches!(dictionary.get(b"S"), Ok(Object::Name(_)))
            && matches!(dictionary.get(b"P"), Ok(Object::Reference(_)))
    };
    match object {
        Object::Dictionary(dictionary) if is_element(dictionary) => None,
        // Streams are kept as they are read; what is given back stands for an object that was packed, and they never are.
        Object::Stream(_) => Some((id, Object::Null)),
        object => Some((id, object.clone())),
    }
}

fn sound(document: Document) -> Result<Document, LoadError> {
    match document.trailer.has(b"Encrypt") {
        true => Err(locked(&document)),
        false if !pages(&document).is_empty() => Ok(document),
        false => match document.catalog().ok().and_then(|catalog| dict(&document, catalog, b"Pages")) {
            Some(_) => Err(LoadError::NoPages),
            None => Err(LoadError::Damaged("der Seitenbaum fehlt".into())),
        },
    }
}

/// Reads the objects of a PDF, whatever they are; it may still be encrypted.
pub(super) fn parse(bytes: &[u8]) -> Result<Document, LoadError> {
    parse_filtered(bytes, None)
}

fn parse_filtered(bytes: &[u8], filter: Option<FilterFunc>) -> Result<Document, LoadError> {
    let options = LoadOptions {
        filter,
        max_decompressed_size: Some(
            bytes.len().saturating_mul(MAX_RATIO).clamp(MIN_OBJECT_STREAM, MAX_OBJECT_STREAM),
        ),
        ..LoadOptions::default()
    };
    // The reader has had bugs that a fuzzer found; a file must not take the program with it.
    let read = |bytes: &[u8]| {
        catch_unwind(AssertUnwindSafe(|| Document::load_mem_with_options(bytes, options.clone())))
            .map_err(|_| LoadError::Damaged("innerer Fehler beim Lesen".into()))?
            .map_err(refusal)
    };
    let mut document = read(bytes)?;
    if document.trailer.has(b"Encrypt") && !document.trailer.has(b"ID") {
        document = with_id(bytes).map_or(Ok(document), |bytes| read(&bytes))?;
    }
    if !document.trailer.has(b"Encrypt") {
        mend(&mut document);
    }
    Ok(document)
}

/// Gives the last trailer of an encrypted file an empty identifier: other readers take one that is missing for that.
fn with_id(bytes: &[u8]) -> Option<Vec<u8>> {
    let last = |word: &[u8]| bytes.windows(word.len()).rposition(|window| window == word);
    // All that offsets point at stands before.
    let at = match (last(b"trailer"), last(b"/XRef")) {
        (Some(trailer), table) if table.is_none_or(|table| table < trailer) => {
            trailer + bytes[trailer..].windows(2).position(|word| word == b"<<")? + 2
        }
        (_, table) => table? + b"/XRef".len(),
    };
    Some([&bytes[..at], b" /ID[()()] ", &bytes[at..]].concat())
}

fn refusal(error: Error) -> LoadError {
    match error {
        Error::InvalidPassword => LoadError::Password,
        Error::UnsupportedSecurityHandler(name) => {
            LoadError::UnknownHandler(String::from_utf8_lossy(&name).into_owned())
        }
        Error::Decryption(error) => LoadError::UnknownHandler(error.to_string()),
        Error::Parse(ParseError::InvalidFileHeader) => LoadError::Damaged("der Anfang %PDF fehlt".into()),
        Error::Parse(_) | Error::Xref(_) | Error::InvalidOffset(_) => {
            LoadError::Damaged("das Verzeichnis der Objekte ist beschädigt".into())
        }
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            LoadError::Damaged("es entpackt sich zu weit".into())
        }
        error => LoadError::Damaged(error.to_string()),
    }
}

/// Says why a document is still encrypted: it needs a password, or something other than a password.
fn locked(document: &Document) -> LoadError {
    let direct = || document.trailer.get(b"Encrypt").and_then(Object::as_dict);
    let handler = document
        .get_encrypted()
        .or_else(|_| direct())
        .and_then(|encryption| encryption.get(b"Filter"))
        .and_then(Object::as_name);
    match handler {
        Ok(name) if name != b"Standard" => {
            LoadError::UnknownHandler(String::from_utf8_lossy(name).into_owned())
        }
        _ => LoadError::Password,
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn saved(document: &mut Document) -> Vec<u8> {
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    /// Makes a document whose page tree has these kids: numbers from 10 on are pages, 2 is the tree itself.
    fn with_kids(kids: &[u32]) -> Document {
        let mut document = Document::with_version("1.7");
        document.trailer.set("Root", (1, 0));
        document.objects.insert((1, 0), dictionary! { "Type" => "Catalog", "Pages" => (2, 0) }.into());
        let kids: Vec<Object> = kids.iter().map(|kid| Object::Reference((*kid, 0))).collect();
        document.objects.insert((2, 0), dictionary! { "Type" => "Pages", "Kids" => kids }.into());
        for page in 10..13 {
            document.objects.insert((page, 0), dictionary! { "Type" => "Page" }.into());
        }
        document.max_id = 12;
        document
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let error = |bytes: &[u8]| load(bytes).unwrap_err().to_string();
        assert_eq!(error(b""), "kein lesbares PDF (der Anfang %PDF fehlt)");
        assert_eq!(
            error(b"%PDF-1.7\n%%EOF"),
            "kein lesbares PDF (das Verzeichnis der Objekte ist beschädigt)"
        );
        assert_eq!(error(&saved(&mut with_kids(&[]))), "das PDF hat keine Seite");
        let mut headless = with_kids(&[10]);
        headless.objects.insert((1, 0), dictionary! { "Type" => "Catalog" }.into());
        headless.objects.retain(|(number, _), _| *number == 1);
        assert_eq!(error(&saved(&mut headless)), "kein lesbares PDF (der Seitenbaum fehlt)");
        let mut locked = with_kids(&[10]);
        let certificate = dictionary! { "Filter" => "Adobe.PubSec", "V" => 4 };
        let id = locked.add_object(certificate);
        locked.trailer.set("Encrypt", id);
        assert_eq!(load(&saved(&mut locked)).unwrap_err(), LoadError::UnknownHandler("Adobe.PubSec".into()));
    }

    #[test]
    fn a_page_tree_may_repeat_pages_but_not_itself() {
        let loaded = load(&saved(&mut with_kids(&[10, 2, 11, 10, 99]))).unwrap();
        assert_eq!(pages(&loaded), [(10, 0), (11, 0), (10, 0)]);
    }

    #[test]
    fn damage_is_repaired_where_that_is_safe() {
        let bytes = saved(&mut with_kids(&[10, 11]));
        let moved = [b"Vorspann\n".as_slice(), &bytes].concat();
        assert_eq!(pages(&load(&moved).unwrap()).len(), 2);
        let start = bytes.windows(9).position(|word| word == b"startxref").unwrap();
        assert_eq!(pages(&load(&bytes[..start]).unwrap()).len(), 2);
    }

    #[test]
    fn the_way_to_the_pages_is_found_where_others_find_it() {
        let count = |document: &mut Document| load(&saved(document)).map(|document| pages(&document).len());
        let mut rootless = with_kids(&[10, 11]);
        rootless.trailer.set("Root", (77, 0));
        assert_eq!(count(&mut rootless), Ok(2));
        let mut headless = with_kids(&[10, 11]);
        headless.objects.insert((1, 0), dictionary! { "Type" => "Catalog" }.into());
        assert_eq!(count(&mut headless), Ok(2), "the tree is found");
        headless.objects.remove(&(2, 0));
        assert_eq!(count(&mut headless), Ok(3), "pages are found without their tree");
        let mut direct = with_kids(&[10]);
        let page = || Object::from(dictionary! { "Type" => "Page" });
        let inner = dictionary! { "Type" => "Pages", "Kids" => vec![page(), page()] };
        let kids: Vec<Object> = vec![page(), inner.into(), Object::Reference((10, 0))];
        direct.objects.insert((2, 0), dictionary! { "Type" => "Pages", "Kids" => kids }.into());
        assert_eq!(count(&mut direct), Ok(4));
    }

    #[test]
    fn a_page_tree_may_be_hundreds_deep() {
        let mut deep = with_kids(&[20]);
        for node in 20..1020 {
            let kids: Vec<Object> = vec![Object::Reference((node + 1, 0))];
            let parent = if node == 20 { 2 } else { node - 1 };
            let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Parent" => (parent, 0) };
            deep.objects.insert((node, 0), tree.into());
        }
        deep.objects.insert((1020, 0), dictionary! { "Type" => "Page", "Parent" => (1019, 0) }.into());
        let area: Vec<Object> = vec![0.into(), 0.into(), 10.into(), 10.into()];
        deep.get_dictionary_mut((2, 0)).unwrap().set("MediaBox", area);
        deep.max_id = 1020;
        let read = load(&saved(&mut deep)).unwrap();
        assert_eq!(pages(&read), [(1020, 0)]);
        assert!(crate::pdf::objects::inherited(&read, (1020, 0), b"MediaBox").is_some());
    }

    #[test]
    fn no_cut_or_flipped_byte_is_fatal() {
        let bytes = saved(&mut with_kids(&[10, 11, 12]));
        for at in 0..bytes.len() {
            load(&bytes[..at]).ok();
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x15;
            load(&flipped).ok();
        }
    }
}
