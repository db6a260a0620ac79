//! `bericht.json`: what each file of a bag is, what it claims, and where it came from; written as the files are
//! added.

use std::io::Write;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::Filed;
use super::bag::BagInfo;
use super::json::read_json;
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
    pub(super) fn begin(stage: &FolderStage, made: &Made, public_only: bool) -> Result<Self, FileError> {
        let head = json!({ "nur_oeffentlich": public_only, "anlage": made });
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

    /// Finishes the report with what the bag says of itself, and returns its hash.
    pub(super) fn finish(mut self, identifier: &str, info: &BagInfo) -> Result<Digest, FileError> {
        let info: Map<String, Json> =
            info.iter().map(|(label, value)| (label.clone(), json!(value))).collect();
        let tail = json!({ "abgabe": identifier, "angaben": info });
        let tail = serde_json::to_string_pretty(&tail).unwrap_or_default();
        self.write(&format!("\n  ],{}\n", tail.strip_prefix('{').unwrap_or(&tail)))?;
        self.file.finish()
    }

    fn write(&mut self, text: &str) -> Result<(), FileError> {
        self.file.write_all(text.as_bytes()).map_err(|error| self.file.failed(error))
    }
}

/// A report read from a bag.
#[derive(Debug, Clone)]
pub struct BagReport {
    /// The program that made the documents.
    pub made: Made,
    /// Whether only what is public is in the bag.
    pub public_only: bool,
    /// The files.
    pub files: Vec<Filed>,
    /// What the bag says of itself, in the order of `bag-info.txt`.
    pub(super) info: BagInfo,
}

impl BagReport {
    /// Reads a report with at most so many values; `None` if it is not one.
    pub(super) fn read(bytes: &[u8], max_values: usize) -> Option<Self> {
        // By way of a value, since a stream of one type would stop at the first file that it does not understand.
        let mut json = read_json(bytes, max_values)?;
        let files = json["dateien"].as_array_mut().map(std::mem::take)?;
        let made = serde_json::from_value(json["anlage"].take()).ok()?;
        let files = files.into_iter().filter_map(|file| serde_json::from_value(file).ok()).collect();
        let public_only = json["nur_oeffentlich"].as_bool().unwrap_or_default();
        let info = json["angaben"].as_object().into_iter().flatten();
        let info = info.filter_map(|(label, value)| Some((label.clone(), value.as_str()?.to_owned())));
        Some(Self { made, public_only, files, info: info.collect() })
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
        let mut report = ReportFile::begin(&stage, &made, true).unwrap();
        let digest = crate::files::digest_bytes(b"abc");
        let file = |path: &str| Filed::new(path.into(), FiledKind::FileAnnex, false, digest.clone());
        report.add(&file("data/a")).unwrap();
        report.add(&file("data/ä \"b\"")).unwrap();
        let info = vec![("Bagging-Date".to_owned(), "2025-05-01".to_owned())];
        report.finish("Rat-2025-02-12", &info).unwrap();
        let bytes = std::fs::read(stage.path().join(REPORT)).unwrap();
        assert!(BagReport::read(&bytes, 20).is_none(), "it has more values");
        let read = BagReport::read(&bytes, 1000).unwrap();
        assert_eq!((read.made, read.public_only, read.info), (made, true, info));
        assert_eq!(serde_json::from_slice::<Json>(&bytes).unwrap()["abgabe"], "Rat-2025-02-12");
        assert_eq!(read.files, [file("data/a"), file("data/ä \"b\"")]);
    }
}
