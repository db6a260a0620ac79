//! The frame of a bag (RFC 8493, BagIt 1.0): its manifests and the information about the bag as a whole.
//!
//! Knows nothing of what the files in `data/` are.

use std::io::Write;

use crate::files::{Digest, FileError, FolderStage, StagedFile};

pub(super) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// The file that declares a folder to be a bag.
pub const DECLARATION_FILE: &str = "bagit.txt";
pub(super) const INFO_FILE: &str = "bag-info.txt";
pub(super) const MANIFEST_FILE: &str = "manifest-sha512.txt";
pub(super) const TAG_MANIFEST_FILE: &str = "tagmanifest-sha512.txt";

/// The list of all files in `data/` with their hashes, written as they are added.
pub(super) struct Manifest {
    file: StagedFile,
    bytes: u64,
    files: u64,
}

/// The content of `bag-info.txt`.
pub(super) struct BagInfo {
    /// Labels and values, in the order in which they are written.
    pub fields: Vec<(&'static str, String)>,
}

impl Manifest {
    /// Begins the manifest of a bag.
    pub(super) fn begin(stage: &FolderStage) -> Result<Self, FileError> {
        Ok(Self { file: stage.create(MANIFEST_FILE)?, bytes: 0, files: 0 })
    }

    /// Lists a file that was put into the bag.
    pub(super) fn add(&mut self, path: &str, sha512: &str, size: u64) -> Result<(), FileError> {
        self.bytes += size;
        self.files += 1;
        let line = line(sha512, path);
        self.file.write_all(line.as_bytes()).map_err(|error| self.file.failed(error))
    }

    /// Returns the bytes and the number of files so far.
    pub(super) fn oxum(&self) -> (u64, u64) {
        (self.bytes, self.files)
    }
}

/// Writes what frames the files.
pub(super) fn close(stage: &FolderStage, manifest: Manifest, info: &BagInfo) -> Result<(), FileError> {
    let tags: [(&str, Digest); 3] = [
        (INFO_FILE, stage.write(INFO_FILE, info_text(info, manifest.oxum()).as_bytes())?),
        (DECLARATION_FILE, stage.write(DECLARATION_FILE, DECLARATION.as_bytes())?),
        (MANIFEST_FILE, manifest.file.finish()?),
    ];
    let lines: String = tags.iter().map(|(name, digest)| line(&digest.sha512, name)).collect();
    stage.write(TAG_MANIFEST_FILE, lines.as_bytes())?;
    Ok(())
}

fn line(sha512: &str, path: &str) -> String {
    format!("{sha512}  {path}\n")
}

fn info_text(info: &BagInfo, (bytes, files): (u64, u64)) -> String {
    let oxum = ("Payload-Oxum", format!("{bytes}.{files}"));
    let fields = info.fields.iter().chain(std::iter::once(&oxum));
    // A value in more than one line would have to be indented; no tool needs that.
    fields.map(|(label, value)| format!("{label}: {}\n", one_line(value))).collect()
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Makes a name that every system can store in a bag and every tool reads alike: BagIt tools differ in how they write
/// `%`, and Windows refuses some characters.
pub(super) fn safe_name(name: &str) -> String {
    let plain = |c: char| match c {
        '%' | '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' | '/' => '_',
        c if c.is_control() => '_',
        c => c,
    };
    let name: String = name.chars().map(plain).collect();
    match name.trim_matches([' ', '.']) {
        "" => "datei".to_owned(),
        // A leading dot would hide it, a trailing one is lost on Windows.
        trimmed => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        assert_eq!(safe_name("Plan Nr. 3 (Süd).pdf"), "Plan Nr. 3 (Süd).pdf");
        assert_eq!(safe_name("100%:a?.pdf"), "100__a_.pdf");
        assert_eq!(safe_name(".."), "datei");
        assert_eq!(safe_name("a\nb."), "a_b");
    }

    #[test]
    fn the_frame_is_written_as_the_standard_has_it() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("bag");
        let stage = FolderStage::beside(&target).unwrap();
        let mut manifest = Manifest::begin(&stage).unwrap();
        let digest = stage.write("data/a.txt", b"abc").unwrap();
        manifest.add("data/a.txt", &digest.sha512, digest.size).unwrap();
        let info = BagInfo { fields: vec![("Source-Organization", "Stadt\nX".into())] };
        close(&stage, manifest, &info).unwrap();
        stage.publish().unwrap();
        let text = |name: &str| std::fs::read_to_string(target.join(name)).unwrap();
        assert_eq!(text(INFO_FILE), "Source-Organization: Stadt X\nPayload-Oxum: 3.1\n");
        assert!(text(MANIFEST_FILE).ends_with("4ca49f  data/a.txt\n"));
        assert_eq!(text(TAG_MANIFEST_FILE).lines().count(), 3);
    }
}
