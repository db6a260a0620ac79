//! What was typed, and how: kept on the disk, so that a closed lid or a program that was killed loses nothing, and so that
//! each change can be taken back, also after it was saved.
//!
//! One file for each record and each person, in a hidden folder of the project; its name follows from theirs and says nothing
//! else. Only the owner can open it: it keeps old text, also of what is not public. Knows nothing of pages.
//!
//! Several windows of one person share it. Each adds what it changed since it said something last, field by field; so what
//! others changed stays, and of one field the last change counts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, in_words};
use super::history::{History, TextChange};
use super::project_folder::ProjectFolder;
use crate::files;
use crate::record::merge::merge;
use crate::toml_tree::MAX_BYTES;

/// The folder of the journals in that of what is known of earlier runs.
const JOURNALS: &str = "entwuerfe";

/// The most windows of which is known what they said last. Another one is taken to have begun with its page.
const MAX_WINDOWS: usize = 4;
/// The most bytes by which it may be different from what is kept.
const MAX_APART: usize = 64 << 10;
/// The most letters of the name of a window.
const MAX_NAME: usize = 40;

/// What is kept of a draft, and how it came to be.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    base: String,
    text: String,
    #[serde(default)]
    history: History,
    #[serde(default)]
    windows: Vec<Window>,
}

/// A window in which a draft is open.
#[derive(Debug, Serialize, Deserialize)]
struct Window {
    name: String,
    /// How what it said last is different from what is kept.
    apart: Option<TextChange>,
}

impl Window {
    /// What it said last; none if that is not known.
    fn said(&self, kept: &str) -> Option<String> {
        self.apart.as_ref().map_or_else(|| Some(kept.to_owned()), |apart| apart.done_again(kept))
    }
}

impl Kept {
    /// Begins with what the file says.
    fn new(draft: &Draft) -> Self {
        let (name, base) = (draft.name.clone(), draft.base.clone());
        Self { name, text: base.clone(), base, history: History::default(), windows: Vec::new() }
    }

    /// Keeps another text; what the windows said stays known, unless it has become something quite different.
    fn set_text(&mut self, text: String) {
        self.windows.retain_mut(|window| {
            let Some(said) = window.said(&self.text) else { return false };
            window.apart = TextChange::between(&text, &said);
            window.apart.as_ref().is_none_or(|apart| apart.size() <= MAX_APART)
        });
        self.text = text;
    }

    /// What the window of a draft said last, or began with.
    fn said_last(&self, draft: &Draft) -> String {
        let window = self.windows.iter().find(|window| window.name == draft.window);
        window.and_then(|window| window.said(&self.text)).unwrap_or_else(|| draft.start.clone())
    }

    /// Takes in what a window changed since it said something last. `stands_alone` is what a button did, which is taken back by
    /// itself.
    fn take_in(&mut self, draft: &Draft, stands_alone: bool) {
        let before = self.said_last(draft);
        let is_alone = before == self.text;
        if is_alone && self.base != draft.on_disk {
            self.base.clone_from(&draft.base);
        }
        let text = if is_alone {
            draft.text.clone()
        } else {
            with_both(draft, &before, &draft.text, &self.text).unwrap_or_else(|| draft.text.clone())
        };
        self.history.note(&self.text, &text, stands_alone || !is_alone);
        self.set_text(text);
        self.windows.retain(|window| window.name != draft.window);
        let apart = TextChange::between(&self.text, &draft.text);
        let is_near = apart.as_ref().is_none_or(|apart| apart.size() <= MAX_APART);
        if is_near && (1..=MAX_NAME).contains(&draft.window.len()) {
            self.windows.push(Window { name: draft.window.clone(), apart });
        }
        let known = self.windows.len().saturating_sub(MAX_WINDOWS);
        self.windows.drain(..known);
    }
}

/// A text with another change to it, field by field; where both changed the same, it says what `mine` says. None if one is no
/// TOML.
fn with_both(draft: &Draft, before: &str, mine: &str, theirs: &str) -> Option<String> {
    let [before, mine, theirs] = [before, mine, theirs].map(|text| draft.read(text));
    Some(merge(&before.proposal, &mine.proposal, &theirs.proposal)?.text)
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

fn write(folder: &ProjectFolder, draft: &Draft, kept: &Kept) -> Result<(), String> {
    if kept.text == kept.base && kept.history.is_empty() {
        if let Ok(path) = path(folder, draft) {
            files::remove(&path).ok();
        }
        return Ok(());
    }
    let failed = |why: String| format!("Was noch nicht gespeichert ist, ließ sich nicht sichern. {why}");
    let path = path(folder, draft).map_err(failed)?;
    files::write_own_json(&path, kept).map_err(|error| failed(in_words(&error)))?;
    folder.keep_out_of_git();
    Ok(())
}

/// What is kept of a draft, with its last change; it begins anew if nothing is unsaved and the file says something else now.
fn taken_in(folder: &ProjectFolder, draft: &Draft, stands_alone: bool) -> Kept {
    let is_current = |kept: &Kept| {
        kept.text != kept.base || [&draft.base, &draft.on_disk].iter().any(|known| **known == kept.base)
    };
    let mut kept = read(folder, draft).unwrap_or_else(|| Kept::new(draft));
    // The program may have ended right after it saved.
    if kept.text == draft.on_disk {
        kept.base.clone_from(&kept.text);
    }
    if !is_current(&kept) {
        kept = Kept::new(draft);
    }
    kept.take_in(draft, stands_alone);
    kept
}

/// Writes a draft through to the disk. The error says what was not kept. `stands_alone` is what a button did, which is
/// taken back by itself.
pub(super) fn keep(folder: &ProjectFolder, draft: &Draft, stands_alone: bool) -> Result<(), String> {
    let _turn = folder.keeping(&draft.name);
    write(folder, draft, &taken_in(folder, draft, stands_alone))
}

/// Takes the last change of a draft back, in whatever window it was made, or does it again. Gives what the draft said before;
/// none if there was no such change.
pub(super) fn step(folder: &ProjectFolder, draft: &mut Draft, way: Way) -> Result<Option<String>, String> {
    let _turn = folder.keeping(&draft.name);
    let mut kept = taken_in(folder, draft, false);
    let text = match way {
        Way::Back => kept.history.undo(&kept.text),
        Way::Forth => kept.history.redo(&kept.text),
    };
    let before = text.map(|text| {
        let before = kept.text.clone();
        kept.set_text(text);
        (draft.base, draft.text) = (kept.base.clone(), kept.text.clone());
        before
    });
    // The page is made anew with all that is kept.
    kept.windows.retain(|window| window.name != draft.window);
    draft.start.clone_from(&draft.text);
    write(folder, draft, &kept)?;
    Ok(before)
}

/// Knows from now on that the file says what a draft says; what was done to it can still be taken back, unless others changed the
/// file (`is_merged`). What other windows changed since is still unsaved. `typed` is what the draft said before it was saved.
pub(super) fn saved(folder: &ProjectFolder, draft: &Draft, typed: &str, is_merged: bool) {
    let _turn = folder.keeping(&draft.name);
    let Some(mut kept) = read(folder, draft) else { return };
    if kept.text == typed {
        kept.set_text(draft.text.clone());
    } else if let Some(text) = with_both(draft, typed, &kept.text, &draft.text) {
        kept.set_text(text);
    }
    kept.base.clone_from(&draft.text);
    if is_merged {
        // What others wrote is not taken back.
        kept.history = History::default();
    }
    // What was saved is on the disk: the way back is a help, and no more.
    write(folder, draft, &kept).ok();
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
