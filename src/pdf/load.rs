//! Reads a PDF, also one that is a little damaged, within limits.
//!
//! Knows nothing of what is in it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Document, Error, LoadOptions, Object};

use super::objects::pages;

/// Why a PDF cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It does not open with the empty password.
    #[error("das PDF ist mit einem Kennwort geschützt")]
    Password,
    /// It is encrypted for certain people, or in a way that is no standard.
    #[error("das PDF ist mit einem Verfahren verschlüsselt, das hier nicht zu öffnen ist ({0})")]
    UnknownHandler(String),
    /// It has no page.
    #[error("das PDF hat keine Seite")]
    NoPages,
    /// It is no PDF, or damaged beyond repair.
    #[error("kein lesbares PDF ({0})")]
    Damaged(String),
}

/// What a stream that holds objects may unpack to, in bytes; for small files less.
const MAX_OBJECT_STREAM: usize = 64 << 20;
const MIN_OBJECT_STREAM: usize = 4 << 20;
/// How many times its file's size a stream that holds objects may unpack to.
const MAX_RATIO: usize = 32;

/// Reads a PDF that opens with the empty password and has at least one page.
pub fn load(bytes: &[u8]) -> Result<Document, LoadError> {
    let options = LoadOptions {
        max_decompressed_size: Some(
            bytes.len().saturating_mul(MAX_RATIO).clamp(MIN_OBJECT_STREAM, MAX_OBJECT_STREAM),
        ),
        ..LoadOptions::default()
    };
    // The reader has had bugs that a fuzzer found; a file must not take the program with it.
    let document = catch_unwind(AssertUnwindSafe(|| Document::load_mem_with_options(bytes, options)))
        .map_err(|_| LoadError::Damaged("innerer Fehler beim Lesen".into()))?
        .map_err(refusal)?;
    match document.trailer.has(b"Encrypt") {
        true => Err(locked(&document)),
        false if pages(&document).is_empty() => Err(LoadError::NoPages),
        false => Ok(document),
    }
}

fn refusal(error: Error) -> LoadError {
    match error {
        Error::InvalidPassword => LoadError::Password,
        Error::UnsupportedSecurityHandler(name) => {
            LoadError::UnknownHandler(String::from_utf8_lossy(&name).into_owned())
        }
        Error::Decryption(error) => LoadError::UnknownHandler(error.to_string()),
        error => LoadError::Damaged(error.to_string()),
    }
}

/// Why a document is still encrypted: no password was tried if it is not passwords that open it.
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
