//! A file of a hand-over, with everything that the manifest, the report, OParl and xdomea say about it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::files::Digest;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FiledKind {
    /// The record, byte for byte.
    #[serde(rename = "vorlagendatei")]
    Record,
    /// The record as JSON.
    #[serde(rename = "vorlagendatei-json")]
    RecordJson,
    /// The proposal itself.
    #[serde(rename = "vorlage")]
    Proposal,
    /// A PDF that this program made from a record.
    #[serde(rename = "formularanlage")]
    FormAnnex,
    /// An annex that came as a file.
    #[serde(rename = "dateianlage")]
    FileAnnex,
    /// A paper of an agenda item that no record describes.
    #[serde(rename = "unterlage")]
    ItemPaper,
    /// An image that a form annex prints.
    #[serde(rename = "bild")]
    Image,
    /// The session file.
    #[serde(rename = "sitzungsdatei")]
    Session,
    /// All papers of the session in one PDF.
    #[serde(rename = "sitzungsmappe")]
    Packet,
    /// What is known of a version of the packet that was sent.
    #[serde(rename = "versanddatei")]
    DispatchRecord,
    /// A file that was sent.
    #[serde(rename = "versandt")]
    Dispatched,
    /// A file of a form.
    #[serde(rename = "formular")]
    Template,
    /// A file of the whole project: its settings or a font.
    #[serde(rename = "projekt")]
    Project,
    /// An OParl object or list.
    #[serde(rename = "oparl")]
    OParl,
    /// The message for the archive.
    #[serde(rename = "xdomea")]
    Xdomea,
}

/// A file of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// The path from the root of the bag, with `/` between its parts.
    #[serde(rename = "pfad")]
    pub path: String,
    /// The kind of the file.
    #[serde(rename = "art")]
    pub kind: FiledKind,
    /// The number of the proposal that it belongs to.
    #[serde(rename = "vorlage", skip_serializing_if = "Option::is_none", default)]
    pub proposal: Option<String>,
    /// The label of the annex.
    #[serde(rename = "kennung", skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// The name for people.
    #[serde(rename = "titel", skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// Whether it is public.
    #[serde(rename = "oeffentlich")]
    pub public: bool,
    /// The standards that a PDF claims: `PDF/A-2a, PDF/UA-1`.
    #[serde(rename = "anspruch", skip_serializing_if = "Option::is_none", default)]
    pub claims: Option<String>,
    /// A remark for the archive.
    #[serde(rename = "hinweis", skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// The file it came from, seen from the root of the project.
    #[serde(rename = "quelle", skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    /// The size in bytes.
    #[serde(rename = "groesse")]
    pub size: u64,
    /// SHA-512 in hexadecimal.
    pub sha512: String,
}

impl Filed {
    /// Describes a file by what is known of every file.
    pub fn new(path: String, kind: FiledKind, public: bool, digest: Digest) -> Self {
        Self {
            path,
            kind,
            proposal: None,
            label: None,
            title: None,
            public,
            claims: None,
            note: None,
            source: None,
            size: digest.size,
            sha512: digest.sha512,
        }
    }

    /// Returns the name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Returns part and level of PDF/A, such as `2a`, if the file claims any.
    pub fn pdf_a(&self) -> Option<&str> {
        pdf_a(self.claims.as_deref()?)
    }
}

fn pdf_a(claims: &str) -> Option<&str> {
    claims.split(", ").find_map(|claim| claim.strip_prefix("PDF/A-"))
}

/// What the PDFs among the files of a record or a session claim, by their paths.
pub type FileClaims = BTreeMap<PathBuf, String>;

/// The remark on a paper that claims this.
pub(super) fn note(claims: Option<&str>) -> Option<String> {
    claims.and_then(pdf_a).is_none().then(|| "kein PDF/A".to_owned())
}
