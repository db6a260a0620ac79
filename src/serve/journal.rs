//! What was typed, and how: kept on the disk, so that a closed lid or a program that was killed loses nothing, and so that
//! each change can be taken back, also after it was saved.
//!
//! One file for each record and each person, in a hidden folder of the project; its name follows from theirs and says nothing
//! else. Only the owner can open it: it keeps old text, also of what is not public. Knows nothing of pages.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, in_words};
use super::history::History;
use super::project_folder::ProjectFolder;
use crate::files;
use crate::toml_tree::MAX_BYTES;

/// The folder of the journals in that of what is known of earlier runs.
const JOURNALS: &str = "entwuerfe";

/// What is kept of a draft, and how it came to be.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    base: String,
    text: String,
    #[serde(default)]
    history: History,
}

/// Which way one goes through what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Back,
    Forth,
}

fn path(folder: &ProjectFolder, draft: &Draft) -> Result<PathBuf, String> {
    let journals = folder.hidden()?.join(JOURNALS);
    if journals.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
        return Err(format!("„{JOURNALS}“ ist kein Ordner."));
    }
    let record = draft.name.as_bytes();
    let name = match &draft.visitor.name {
        Some(person) => files::hash(&[record, person.as_bytes()]),
        None => files::hash(&[record]),
    };
    Ok(journals.join(format!("{name}.json")))
}

fn read(folder: &ProjectFolder, draft: &Draft) -> Option<Kept> {
    // Both texts and what was done as JSON, in the worst case each letter with its escape.
    let bytes = files::read(&path(folder, draft).ok()?, 16 * MAX_BYTES).ok()?;
    serde_json::from_slice(&bytes).ok().filter(|kept: &Kept| kept.name == draft.name)
}

fn write(folder: &ProjectFolder, draft: &Draft, history: History) -> Result<(), String> {
    if draft.text == draft.base && history.is_empty() {
        forget(folder, draft);
        return Ok(());
    }
    let failed = |why: String| format!("Was noch nicht gespeichert ist, ließ sich nicht sichern. {why}");
    let path = path(folder, draft).map_err(failed)?;
    let kept = Kept { name: draft.name.clone(), base: draft.base.clone(), text: draft.text.clone(), history };
    files::write_own_json(&path, &kept).map_err(|error| failed(in_words(&error)))?;
    folder.keep_out_of_git();
    Ok(())
}

/// What was done to a draft up to now, with its last change; it begins anew with another text of the file.
fn history(folder: &ProjectFolder, draft: &Draft, stands_alone: bool) -> History {
    let kept = read(folder, draft).filter(|kept| kept.base == draft.base);
    let (before, mut history) =
        kept.map_or_else(|| (draft.base.clone(), History::default()), |kept| (kept.text, kept.history));
    history.note(&before, &draft.text, stands_alone);
    history
}

/// Writes a draft through to the disk. The error says what was not kept. `stands_alone` is what a button did, which is
/// taken back by itself.
pub(super) fn keep(folder: &ProjectFolder, draft: &Draft, stands_alone: bool) -> Result<(), String> {
    let history = history(folder, draft, stands_alone);
    write(folder, draft, history)
}

/// Takes the last change of a draft back, or does it again; tells whether there was one.
pub(super) fn step(folder: &ProjectFolder, draft: &mut Draft, way: Way) -> Result<bool, String> {
    let mut history = history(folder, draft, false);
    let text = match way {
        Way::Back => history.undo(&draft.text),
        Way::Forth => history.redo(&draft.text),
    };
    let is_changed = text.is_some();
    draft.text = text.unwrap_or_else(|| draft.text.clone());
    write(folder, draft, history)?;
    Ok(is_changed)
}

/// Knows from now on that the file says what a draft says; what was done to it can still be taken back.
pub(super) fn saved(folder: &ProjectFolder, draft: &Draft) {
    let history = read(folder, draft).map(|kept| kept.history).unwrap_or_default();
    // What was saved is on the disk: the way back is a help, and no more.
    write(folder, draft, history).ok();
}

/// Gives a draft what was kept of it; tells whether there was anything. What was half-written when the program was killed is
/// cleaned up, beside the record and in the journal.
pub(super) fn restore(folder: &ProjectFolder, draft: &mut Draft) -> bool {
    let kept = path(folder, draft);
    let own = kept.iter().flat_map(|path| path.ancestors().skip(1).take(2));
    for place in own.chain([draft.folder()]) {
        // It is in nobody's way, so that it stays is no failure.
        files::remove_temporary(place).ok();
    }
    match read(folder, draft).filter(|kept| kept.text != kept.base && kept.text != draft.text) {
        Some(kept) => {
            (draft.base, draft.text) = (kept.base, kept.text);
            true
        }
        None => false,
    }
}

/// Forgets what was kept of a draft.
pub(super) fn forget(folder: &ProjectFolder, draft: &Draft) {
    if let Ok(path) = path(folder, draft) {
        files::remove(&path).ok();
    }
}
