//! A file that a user wrote, and what it is: a record, a session file, or neither.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::project::Project;
use crate::record::schema::similar;
use crate::toml_tree::TomlFile;

/// A file to read a proposal or a session from.
#[derive(Debug, Clone)]
pub struct Input {
    /// The file.
    pub file: TomlFile,
    /// The folder that its paths are relative to.
    pub folder: PathBuf,
    /// The project that it belongs to.
    pub project: Arc<Project>,
}

impl Input {
    /// Makes an input of the bytes of a file in the root of a project; the finding says why they are no text.
    pub fn of(name: &str, bytes: &[u8], project: &Arc<Project>) -> Result<Self, Box<Diagnostic>> {
        let folder = project.root.path().to_path_buf();
        Ok(Self { file: TomlFile::read(name, bytes)?, folder, project: Arc::clone(project) })
    }
}

/// Says what bytes are that are plainly no record: a PDF, a document of Word, JSON.
pub fn not_a_record(name: &str, bytes: &[u8]) -> Option<Diagnostic> {
    let text = bytes.trim_ascii_start();
    let begins = |start: &[u8]| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    let (what, extra) = if begins(b"%PDF-") {
        ("ein PDF", "; eine eingebettete holt „anlage extract“ heraus")
    } else if begins(b"PK\x03\x04") {
        ("ein Dokument aus Word, Excel oder LibreOffice, oder ein anderes ZIP-Archiv", "")
    } else if begins(b"\xD0\xCF\x11\xE0") {
        ("ein Dokument aus Word, Excel oder Outlook", "")
    } else if begins(b"{\\rtf") {
        ("ein Dokument im Format RTF", "")
    } else if begins(b"\x89PNG")
        || begins(b"\xFF\xD8\xFF")
        || begins(b"GIF8")
        || begins(b"II*\0")
        || begins(b"MM\0*")
    {
        ("ein Bild", "")
    } else if begins(b"<!doctype") || begins(b"<html") || begins(b"<?xml") {
        ("HTML oder XML", "")
    } else if begins(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok() {
        ("JSON", "")
    } else {
        return None;
    };
    let message = format!("Die Datei ist {what}, und keine Vorlagendatei.");
    Some(Diagnostic::new(&codes::NOT_A_RECORD, &Source::new(name, ""), 0..0, message).hint(format!(
        "Eine Vorlagendatei ist Text in TOML; mit „anlage new V/0001/2025“ entsteht eine zum Ausfüllen{extra}."
    )))
}

/// What a TOML file in a project folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A record, or a file that wants to be one.
    Record,
    /// A session file.
    Session,
    /// Something else.
    Other,
}

const TABLES: [&str; 2] = ["vorlage", "anlage"];

/// Tells what a file is by its top-level keys. What is empty or broken counts as a record, so that it is not passed over
/// in silence.
pub fn kind(file: &TomlFile) -> FileKind {
    let keys: Vec<&str> =
        file.tree.as_table().map(|table| table.keys().take(100).collect()).unwrap_or_default();
    if keys.iter().any(|key| similar(key, &TABLES).is_some()) {
        FileKind::Record
    } else if keys.iter().any(|key| key.eq_ignore_ascii_case("sitzung")) {
        FileKind::Session
    } else if keys.is_empty() || !file.syntax.is_empty() {
        FileKind::Record
    } else {
        FileKind::Other
    }
}
