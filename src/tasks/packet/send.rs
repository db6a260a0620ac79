//! Writes a version that is sent beside its session file: its files, and when they are there its record, by which it is sent.

use std::path::PathBuf;
use std::sync::Arc;

use super::extracts::MadeExtract;
use super::make::MadeEdition;
use super::versions::{IssueMaking, Versions, dispatched_path};
use crate::day::Day;
use crate::files::{self, FileError};
use crate::packet::Edition;
use crate::packet::late::{DispatchedFile, FRONT_SLUG, FilingStep, Issue};

/// How a version is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending {
    /// The day.
    pub date: Day,
    /// How many pages are printed on a sheet, if nothing was sent before.
    pub pages_per_sheet: usize,
}

/// What came of sending a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentVersion {
    /// Its name: `2. Fassung vom 09.05.2025`.
    pub name: String,
    /// Whether it was sent before, and nothing changed since then.
    pub is_same: bool,
    /// What changed from the version before, in words.
    pub changes: Vec<String>,
    /// Its record and its files.
    pub files: Vec<PathBuf>,
}

/// Writes a version: its editions with what goes out beside them. Nothing is written if nothing changed.
pub(super) fn send(
    sending: Sending,
    versions: &Versions,
    issue: &Issue,
    making: &IssueMaking<'_>,
    made: &[(Arc<MadeEdition>, Vec<MadeExtract>)],
) -> Result<SentVersion, FileError> {
    let session = making.complete.business.session;
    let changes: Vec<String> = issue.changes.iter().map(ToString::to_string).collect();
    let is_same = versions.sent.len() as u32 >= issue.version;
    let mut version = SentVersion { name: issue.name(), is_same, changes, files: Vec::new() };
    let complete = made.iter().map(|(made, _)| made).find(|made| made.report.edition == Edition::COMPLETE);
    let Some(complete) = complete.filter(|_| !is_same) else { return Ok(version) };
    files::stays_inside(versions.folder(), session.project.root.path())?;
    let folder = versions.files(issue.version);
    let mut files = Vec::new();
    for (made, extracts) in made {
        let edition = made.report.edition;
        let path = dispatched_path(&edition, session, issue.version, sending.date);
        let file = |path: String, bytes: &[u8], pages: usize, filing: &[FilingStep]| {
            files::write(&folder.join(&path), bytes)?;
            let filing = filing.to_vec();
            Ok::<_, FileError>(DispatchedFile { edition, path, sha256: files::sha256(bytes), pages, filing })
        };
        files.push(file(path, &made.bytes, made.report.pages, &[])?);
        for MadeExtract { bytes, report, .. } in extracts {
            let path = format!("{}/{}", edition.folder, report.name);
            files.push(file(path, bytes, report.pages, &report.filing)?);
        }
    }
    version.files.extend(files.iter().map(|file| folder.join(&file.path)));
    let standing = making.standing(issue.pages(FRONT_SLUG).len(), complete.pages.divider().len());
    let record = standing.freeze((issue, sending.date), files, &complete.pages);
    let path = versions.record(issue.version);
    // Who sends at the same time loses: what was sent is never written again.
    files::write_new(&path, &record.to_json())?;
    version.files.insert(0, path);
    Ok(version)
}
