//! The frame of a bag (RFC 8493, BagIt 1.0): its manifests and the information about the bag as a whole.
//!
//! Knows nothing of what the files in `data/` are.

use std::collections::BTreeSet;
use std::io::Write;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::files::{Digest, FileError, FolderStage, StagedFile};

pub(super) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// The file that declares a folder to be a bag.
pub const DECLARATION_FILE: &str = "bagit.txt";
pub(super) const INFO_FILE: &str = "bag-info.txt";
pub(super) const MANIFEST_FILE: &str = "manifest-sha512.txt";
pub(super) const TAG_MANIFEST_FILE: &str = "tagmanifest-sha512.txt";

/// The label of the hand-over that this one follows or supplements.
pub(super) const FOLLOWS: &str = "Follows";

/// The files that frame a bag.
pub(super) const FRAME_FILES: [&str; 4] = [DECLARATION_FILE, INFO_FILE, MANIFEST_FILE, TAG_MANIFEST_FILE];

/// The list of all files in `data/` with their hashes, written as they are added.
pub(super) struct Manifest {
    file: StagedFile,
    bytes: u64,
    files: u64,
}

/// The labels and values of `bag-info.txt`, in the order in which they are written.
pub(super) type BagInfo = Vec<(String, String)>;

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

/// Writes what frames the files; returns the hashes of all that it writes.
pub(super) fn close(
    stage: &FolderStage,
    manifest: Manifest,
    info: &BagInfo,
) -> Result<Vec<(&'static str, Digest)>, FileError> {
    let mut tags = vec![
        (INFO_FILE, stage.write(INFO_FILE, info_text(info, manifest.oxum()).as_bytes())?),
        (DECLARATION_FILE, stage.write(DECLARATION_FILE, DECLARATION.as_bytes())?),
        (MANIFEST_FILE, manifest.file.finish()?),
    ];
    let lines: String = tags.iter().map(|(name, digest)| line(&digest.sha512, name)).collect();
    tags.push((TAG_MANIFEST_FILE, stage.write(TAG_MANIFEST_FILE, lines.as_bytes())?));
    Ok(tags)
}

fn line(sha512: &str, path: &str) -> String {
    format!("{sha512}  {path}\n")
}

/// Writes what a bag says of itself, with its bytes and its number of files.
pub(super) fn info_text(info: &BagInfo, (bytes, files): (u64, u64)) -> String {
    // A value in more than one line would have to be indented; no tool needs that.
    let lines = info.iter().map(|(label, value)| format!("{label}: {}\n", one_line(value)));
    lines.chain([format!("Payload-Oxum: {bytes}.{files}\n")]).collect()
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
    // A leading dot would hide it, a trailing one is lost on Windows.
    let trim = |text: &str| text.trim_matches([' ', '.']).to_owned();
    let name: String = name.chars().map(plain).collect();
    let name = trim(&shortened(&trim(&name), MAX_NAME - 1));
    if name.is_empty() {
        "datei".to_owned()
    } else if is_reserved(&name) {
        format!("_{name}")
    } else {
        name
    }
}

/// The most bytes that the name of a file may have.
pub(super) const MAX_NAME: usize = 255;
/// An end that is longer is a part of the name.
const MAX_END: usize = 16;

/// Shortens a name to so many bytes, before its end.
pub(super) fn shortened(name: &str, most: usize) -> String {
    if name.len() <= most {
        return name.to_owned();
    }
    let end = name.rfind('.').map(|at| &name[at..]).filter(|end| end.len() <= MAX_END).unwrap_or_default();
    let stem = &name[..name.len() - end.len()];
    let cut = stem.floor_char_boundary(most - end.len());
    // A mark without its letter would be another name.
    let is_parted = stem[cut..].chars().next().is_some_and(is_combining_mark);
    let cut = if is_parted { stem[..cut].rfind(|c| !is_combining_mark(c)).unwrap_or(0) } else { cut };
    format!("{}{end}", stem[..cut].trim_end_matches([' ', '.']))
}

/// Tells whether Windows has a device of this name, whatever its end.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = |device: &str| {
        let number = stem.strip_prefix(device).unwrap_or_default();
        matches!(number, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    };
    let is_device = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"].contains(&stem.as_str());
    is_device || numbered("COM") || numbered("LPT")
}

/// The paths of a bag that are taken. Not every system tells cases apart, or the two ways to write `ä`.
#[derive(Debug, Default)]
pub(super) struct TakenPaths(BTreeSet<String>);

impl TakenPaths {
    /// Takes a path, with a number in its name if it is taken already.
    pub(super) fn take(&mut self, path: &str) -> String {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) => (stem, format!(".{end}")),
            None => (name, String::new()),
        };
        let slash = if folder.is_empty() { "" } else { "/" };
        let numbered = (2_u64..).map(|count| {
            let more = format!("-{count}{end}");
            let stem = shortened(stem, MAX_NAME.saturating_sub(more.len()));
            format!("{folder}{slash}{stem}{more}")
        });
        let mut paths = std::iter::once(path.to_owned()).chain(numbered);
        let is_free = |path: &String| self.0.insert(path.nfc().collect::<String>().to_lowercase());
        paths.find(is_free).unwrap_or_default()
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
        assert_eq!(safe_name("\u{1b}[31mrot.pdf"), "_[31mrot.pdf");
        for device in ["CON.pdf", "con", "Aux .tar.gz", "LPT1.pdf", "com¹.x", "NUL."] {
            assert!(safe_name(device).starts_with('_'), "{device}");
        }
        assert_eq!(safe_name("CONTRA.pdf"), "CONTRA.pdf");
        assert_eq!(safe_name("COM10.pdf"), "COM10.pdf");
    }

    #[test]
    fn names_are_no_longer_than_systems_take() {
        let long = safe_name(&format!("{}.pdf", "Übersicht ".repeat(60)));
        assert!(
            long.len() <= 254 && long.starts_with("Übersicht ") && long.ends_with("Übersic.pdf"),
            "{long}"
        );
        let apart = safe_name(&format!("{}.pdf", "a\u{308}".repeat(200)));
        assert!(apart.ends_with("a\u{308}.pdf"), "{apart}");
        assert_eq!(shortened("kurz.pdf", 255), "kurz.pdf");
        assert_eq!(shortened(&format!("a.{}", "b".repeat(300)), 255).len(), 255);
    }

    #[test]
    fn no_path_is_taken_twice() {
        let mut taken = TakenPaths::default();
        let mut take = |path: &str| taken.take(path);
        assert_eq!(take("data/x/Plan.pdf"), "data/x/Plan.pdf");
        assert_eq!(take("data/x/plan.pdf"), "data/x/plan-2.pdf");
        assert_eq!(take("data/y/plan.pdf"), "data/y/plan.pdf");
        assert_eq!(take("data/y/\u{e4}"), "data/y/\u{e4}");
        assert_eq!(take("data/y/a\u{308}"), "data/y/a\u{308}-2");
    }

    #[test]
    fn the_frame_is_written_as_the_standard_has_it() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("bag");
        let stage = FolderStage::beside(&target).unwrap();
        let mut manifest = Manifest::begin(&stage).unwrap();
        let digest = stage.write("data/a.txt", b"abc").unwrap();
        manifest.add("data/a.txt", &digest.sha512, digest.size).unwrap();
        let info = vec![("Source-Organization".to_owned(), "Stadt\nX".to_owned())];
        close(&stage, manifest, &info).unwrap();
        stage.publish().unwrap();
        let text = |name: &str| std::fs::read_to_string(target.join(name)).unwrap();
        assert_eq!(text(INFO_FILE), "Source-Organization: Stadt X\nPayload-Oxum: 3.1\n");
        assert!(text(MANIFEST_FILE).ends_with("4ca49f  data/a.txt\n"));
        assert_eq!(text(TAG_MANIFEST_FILE).lines().count(), 3);
    }
}
