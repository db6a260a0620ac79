//! What was typed and is not saved yet: kept on the disk, so that a closed lid or a program that was killed loses nothing.
//!
//! One file for each record, in a hidden folder of the project; its name follows from that of the record and says nothing
//! else. Knows nothing of pages.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, in_words};
use super::project_folder::ProjectFolder;
use crate::files;
use crate::record::names::STATE_FOLDER;
use crate::toml_tree::MAX_BYTES;

/// The folder of the journals in that of what is known of earlier runs.
const JOURNALS: &str = "entwuerfe";

/// What is kept of a draft.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    base: String,
    text: String,
}

fn path(folder: &ProjectFolder, name: &str) -> Option<PathBuf> {
    let hidden = folder.root.path().join(STATE_FOLDER);
    let journals = hidden.join(JOURNALS);
    // A link is not followed: it could lead out of the project.
    let is_link = |path: &PathBuf| path.symlink_metadata().is_ok_and(|found| !found.is_dir());
    if is_link(&hidden) || is_link(&journals) {
        return None;
    }
    Some(journals.join(format!("{}.json", files::hash(&[name.as_bytes()]))))
}

/// Writes a draft through to the disk, or forgets it if it says what the file said. The error says what was not kept.
pub(super) fn keep(folder: &ProjectFolder, draft: &Draft) -> Result<(), String> {
    if draft.text == draft.base {
        forget(folder, &draft.name);
        return Ok(());
    }
    let failed = |why: String| format!("Was noch nicht gespeichert ist, ließ sich nicht sichern. {why}");
    let path =
        path(folder, &draft.name).ok_or_else(|| failed(format!("„{STATE_FOLDER}“ ist kein Ordner.")))?;
    let kept = Kept { name: draft.name.clone(), base: draft.base.clone(), text: draft.text.clone() };
    files::write_json(&path, &kept).map_err(|error| failed(in_words(&error)))?;
    // What is kept here is nobody's work that belongs into git.
    let ignore = folder.root.path().join(STATE_FOLDER).join(".gitignore");
    if !ignore.exists() {
        files::write(&ignore, b"*\n").ok();
    }
    Ok(())
}

/// Gives a draft what was kept of it; tells whether there was anything.
pub(super) fn restore(folder: &ProjectFolder, draft: &mut Draft) -> bool {
    // Both texts as JSON, in the worst case each letter with its escape.
    let read = path(folder, &draft.name).and_then(|path| files::read(&path, 12 * MAX_BYTES).ok());
    let kept: Option<Kept> = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match kept.filter(|kept| kept.name == draft.name && kept.text != draft.text) {
        Some(kept) => {
            (draft.base, draft.text) = (kept.base, kept.text);
            true
        }
        None => false,
    }
}

/// Forgets what was kept of a record.
pub(super) fn forget(folder: &ProjectFolder, name: &str) {
    if let Some(path) = path(folder, name) {
        files::remove(&path).ok();
    }
}
