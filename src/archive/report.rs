//! `bericht.json`: what each file of a bag is, what it claims, and where it came from; written as the files are
//! added.

use std::io::Write;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::Filed;
use crate::files::{Digest, FileError, FolderStage, StagedFile};

/// The path of the report in a bag.
pub const REPORT: &str = "data/bericht.json";

/// The program that made the documents of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The version of the program.
    pub version: String,
    /// A hash of everything in the program that can change a document.
    #[serde(rename = "kennung")]
    pub fingerprint: String,
}

/// A report being written.
pub(super) struct ReportFile {
    file: StagedFile,
    any: bool,
}

impl ReportFile {
    /// Begins the report.
    pub(super) fn begin(
        stage: &FolderStage,
        identifier: &str,
        made: &Made,
        public_only: bool,
    ) -> Result<Self, FileError> {
        let head = json!({ "abgabe": identifier, "nur_oeffentlich": public_only, "anlage": made });
        let head = serde_json::to_string_pretty(&head).unwrap_or_default();
        let mut report = Self { file: stage.create(REPORT)?, any: false };
        report.write(head.strip_suffix("\n}").unwrap_or(&head))?;
        report.write(",\n  \"dateien\": [")?;
        Ok(report)
    }

    /// Adds a file.
    pub(super) fn add(&mut self, filed: &Filed) -> Result<(), FileError> {
        let comma = if std::mem::replace(&mut self.any, true) { "," } else { "" };
        let entry = serde_json::to_string(filed).unwrap_or_default();
        self.write(&format!("{comma}\n    {entry}"))
    }

    /// Finishes the report and returns its hash.
    pub(super) fn finish(mut self) -> Result<Digest, FileError> {
        self.write("\n  ]\n}\n")?;
        self.file.finish()
    }

    fn write(&mut self, text: &str) -> Result<(), FileError> {
        self.file.write_all(text.as_bytes()).map_err(|error| self.file.failed(error))
    }
}

/// A report read from a bag.
#[derive(Debug, Clone, Deserialize)]
pub struct BagReport {
    /// The program that made the documents.
    #[serde(rename = "anlage")]
    pub made: Made,
    /// The files.
    #[serde(rename = "dateien")]
    pub files: Vec<Filed>,
}

impl BagReport {
    /// Reads a report; `None` if it is not one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        // By way of a value, since a stream of one type would stop at the first file that it does not understand.
        let mut json: Json = serde_json::from_slice(bytes).ok()?;
        let files = json["dateien"].as_array_mut().map(std::mem::take)?;
        let made = serde_json::from_value(json["anlage"].take()).ok()?;
        let files = files.into_iter().filter_map(|file| serde_json::from_value(file).ok()).collect();
        Some(Self { made, files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::FiledKind;

    #[test]
    fn what_is_written_is_read_again() {
        let place = tempfile::tempdir().unwrap();
        let stage = FolderStage::beside(&place.path().join("bag")).unwrap();
        let made = Made { version: "1.0.0".into(), fingerprint: "ab".into() };
        let mut report = ReportFile::begin(&stage, "Rat-2025-02-12", &made, false).unwrap();
        let digest = crate::files::digest_bytes(b"abc");
        let file = |path: &str| Filed::new(path.into(), FiledKind::FileAnnex, false, digest.clone());
        report.add(&file("data/a")).unwrap();
        report.add(&file("data/ä \"b\"")).unwrap();
        report.finish().unwrap();
        let bytes = std::fs::read(stage.path().join(REPORT)).unwrap();
        let read = BagReport::read(&bytes).unwrap();
        assert_eq!(read.made, made);
        assert_eq!(read.files, [file("data/a"), file("data/ä \"b\"")]);
    }
}
