//! A file of a hand-over, and what is said of it everywhere: in the manifest, the report, OParl and xdomea.

use serde::{Deserialize, Serialize};

use crate::files::Digest;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The record, byte for byte.
    #[serde(rename = "vorlagendatei")]
    Record,
    /// The same as JSON.
    #[serde(rename = "vorlagendatei-json")]
    RecordJson,
    /// The proposal itself.
    #[serde(rename = "vorlage")]
    Proposal,
    /// A PDF that this program made of a record.
    #[serde(rename = "formularanlage")]
    FormAnnex,
    /// An annex that came as a file.
    #[serde(rename = "dateianlage")]
    FileAnnex,
    /// An image that a form annex prints.
    #[serde(rename = "bild")]
    Image,
    /// The session file.
    #[serde(rename = "sitzungsdatei")]
    Session,
    /// All papers of the session in one PDF.
    #[serde(rename = "sitzungsmappe")]
    Packet,
    /// A file of a form.
    #[serde(rename = "formular")]
    Template,
    /// What holds for the whole project: its settings and fonts.
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
    /// Where it lies, from the root of the bag, with `/` between its parts.
    #[serde(rename = "pfad")]
    pub path: String,
    /// What it is.
    #[serde(rename = "art")]
    pub kind: Kind,
    /// The number of the proposal that it belongs to.
    #[serde(rename = "vorlage", skip_serializing_if = "Option::is_none", default)]
    pub proposal: Option<String>,
    /// The label of the annex.
    #[serde(rename = "kennung", skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// What people call it.
    #[serde(rename = "titel", skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// Whether it is for everybody.
    #[serde(rename = "oeffentlich")]
    pub public: bool,
    /// The standards that a PDF says it follows: `PDF/A-2a, PDF/UA-1`.
    #[serde(rename = "anspruch", skip_serializing_if = "Option::is_none", default)]
    pub claims: Option<String>,
    /// What the archive should know of it.
    #[serde(rename = "hinweis", skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Where it came from, seen from the root of the project.
    #[serde(rename = "quelle", skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    /// Bytes.
    #[serde(rename = "groesse")]
    pub size: u64,
    /// SHA-512 in hexadecimal.
    pub sha512: String,
}

impl Filed {
    /// A file with what is known of every one.
    pub fn new(path: String, kind: Kind, public: bool, digest: Digest) -> Self {
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

    /// Its name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Part and level of PDF/A, such as `2a`, if it claims any.
    pub fn pdf_a(&self) -> Option<&str> {
        self.claims.as_deref()?.split(", ").find_map(|claim| claim.strip_prefix("PDF/A-"))
    }
}
