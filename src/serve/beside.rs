//! Lays a file that a browser sends beside its record or session file: named after both, and never in the place of another file.
//!
//! Knows nothing of what is in it.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization;

use super::answer::{self, defect};
use super::draft::{Draft, in_words};
use super::project_folder::ProjectFolder;
use super::saving_log::{self, Deed};
use super::sent_form::pairs;
use super::session_draft::SessionDraft;
use super::visitor::Visitor;
use crate::files;
use crate::record::numbers;
use crate::tasks::desk::Desk;

/// The most letters that a name keeps of the one that the file had.
const MAX_NAME: usize = 60;
/// The most files of one name beside a record.
const MAX_ALIKE: usize = 1000;

/// So many bytes stay free on the disk: for what is typed, which must never lack room.
const KEPT_FREE: u64 = 512 << 20;

/// Why a file is not taken, with the status of the answer.
pub(super) type NotTaken = (StatusCode, String);

/// Held while a file is examined that a browser sent.
static EXAMINING: Semaphore = Semaphore::const_new(1);

/// Waits until nobody else's file is examined: that may take long, and must not take the places at which others work.
pub(super) async fn turn() -> Option<SemaphorePermit<'static>> {
    EXAMINING.acquire().await.ok()
}

/// Takes a file that a script sends for the record `datei`; `name` is what the file was called. `laid` lays it beside the record,
/// and gives what is said of it.
pub(super) async fn received(
    folder: Arc<ProjectFolder>,
    visitor: Visitor,
    query: Option<String>,
    laid: impl FnOnce(&ProjectFolder, &mut Desk, &Draft, &str) -> Result<Json, NotTaken> + Send + 'static,
) -> Response {
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    let turn = turn().await;
    let work = folder.work(move |folder, desk| {
        let _turn = turn;
        let text = |name: &str| pairs.get(name).map(String::as_str).unwrap_or_default();
        let taken = Draft::open(folder, &folder.now(), text("datei"), &visitor)
            .map_err(|message| (StatusCode::NOT_FOUND, message))
            .and_then(|draft| laid(folder, desk, &draft, text("name")));
        match taken {
            Ok(said) => answer::json(&said),
            Err((status, message)) => (status, answer::json(&json!({ "fehler": message }))).into_response(),
        }
    });
    work.await.unwrap_or_else(defect)
}

/// A file that was examined.
pub(super) struct ExaminedFile<'a> {
    /// What it was called.
    pub(super) sent: &'a str,
    /// What it is called if that says nothing.
    pub(super) kind: &'a str,
    /// What its name ends in, by its content.
    pub(super) extension: &'a str,
    pub(super) bytes: &'a [u8],
}

/// Where a file is laid, and by whom.
pub(super) struct BesidePlace<'a> {
    pub(super) folder: &'a Path,
    /// What its name begins with.
    pub(super) own: String,
    pub(super) visitor: &'a Visitor,
}

impl<'a> BesidePlace<'a> {
    /// The place beside the record of a draft.
    pub(super) fn of_record(draft: &'a Draft) -> Self {
        let own = match draft.read(&draft.base).proposal.number {
            Some(number) => number.file_stem(),
            None => plain(without_end(&draft.name)),
        };
        let own = if own.is_empty() { "Vorlage".to_owned() } else { own };
        Self { folder: draft.folder(), own, visitor: &draft.visitor }
    }

    /// The place beside a session file.
    pub(super) fn of_session(draft: &'a SessionDraft, visitor: &'a Visitor) -> Self {
        Self { folder: draft.folder(), own: plain(&draft.read().session.file_stem()), visitor }
    }
}

/// Lays a file at its place, and writes down that somebody did. Gives the name that it has now: the same file has the same name
/// again.
pub(super) fn lay(
    folder: &ProjectFolder,
    place: &BesidePlace<'_>,
    file: &ExaminedFile<'_>,
    deed: Deed,
) -> Result<String, NotTaken> {
    let stem = named(&place.own, file.sent, file.kind);
    let failed = |message| Err((StatusCode::INTERNAL_SERVER_ERROR, message));
    let _turn = folder.saving();
    for count in 1..=MAX_ALIKE {
        let count = if count > 1 { format!("-{count}") } else { String::new() };
        let name = format!("{stem}{count}.{}", file.extension);
        let path = place.folder.join(&name);
        if path.symlink_metadata().is_err() {
            if !leaves_room(files::free_bytes(place.folder), file.bytes) {
                let message = "Auf dem Datenträger ist zu wenig Platz für weitere Dateien. Bitte die Stelle fragen, die das Programm betreut.";
                return Err((StatusCode::INSUFFICIENT_STORAGE, message.into()));
            }
            match files::write_new(&path, file.bytes) {
                Ok(()) => {
                    let written = files::path_within(folder.root.path(), &path);
                    return match saving_log::note(folder, place.visitor, &written, deed) {
                        Ok(()) => Ok(name),
                        Err(message) => failed(format!("Die Datei ist abgelegt. {message}")),
                    };
                }
                // Whoever writes there with another program was quicker.
                Err(error) if error.source.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return failed(in_words(&error)),
            }
        }
        // A link may lead anywhere, and is nobody's file.
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if is_file && files::read(&path, file.bytes.len() as u64).is_ok_and(|there| there == file.bytes) {
            return Ok(name);
        }
    }
    Err((StatusCode::CONFLICT, "Es gibt schon zu viele Dateien mit diesem Namen.".into()))
}

/// Tells whether enough is free if a file comes to what there is; where nobody knows what is free, the system will say.
fn leaves_room(free: Option<u64>, file: &[u8]) -> bool {
    free.is_none_or(|free| free >= KEPT_FREE + file.len() as u64)
}

/// Names a file after its record and the file that was sent: `V-0056-2025-Lageplan`.
fn named(own: &str, sent: &str, kind: &str) -> String {
    let sent = plain(without_end(sent));
    let is_named = sent.strip_prefix(own).is_some_and(|rest| rest.starts_with('-'));
    match sent.as_str() {
        "" => format!("{own}-{kind}"),
        _ if is_named => sent,
        _ => format!("{own}-{sent}"),
    }
}

/// A text as a name for which every system has room and no other use.
fn plain(text: &str) -> String {
    let whole: String = text.nfc().collect();
    let name: String = numbers::stem(&whole).trim_start_matches('-').chars().take(MAX_NAME).collect();
    name.trim_end_matches('-').to_owned()
}

/// What a file is called without its folders and its end.
fn without_end(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_leaves_room_for_what_is_typed() {
        let file = [0; 10];
        assert!(leaves_room(None, &file) && leaves_room(Some(KEPT_FREE + 10), &file));
        assert!(!leaves_room(Some(KEPT_FREE + 9), &file));
        assert!(files::free_bytes(Path::new("/")).is_none_or(|free| free > 0));
    }

    #[test]
    fn a_file_is_named_after_its_record_whatever_it_was_called() {
        let long = format!("{}.png", "a".repeat(300));
        for (sent, expected) in [
            ("Lageplan Kita.png", "V-0056-2025-Lageplan-Kita"),
            ("Straße u\u{308}ber Ä.JPG", "V-0056-2025-Strasse-ueber-Ae"),
            ("V-0056-2025-Lageplan-2.png", "V-0056-2025-Lageplan-2"),
            ("V-0056-20251.png", "V-0056-2025-V-0056-20251"),
            ("../../anlage.toml", "V-0056-2025-anlage"),
            ("C:\\Bilder\\.versteckt", "V-0056-2025-Bild"),
            ("con.png", "V-0056-2025-con"),
            ("a\0b\u{202e}c.png", "V-0056-2025-a-b-c"),
            ("---.png", "V-0056-2025-Bild"),
            ("", "V-0056-2025-Bild"),
            (".png", "V-0056-2025-Bild"),
            ("計画.png", "V-0056-2025-Bild"),
        ] {
            assert_eq!(named("V-0056-2025", sent, "Bild"), expected, "{sent}");
        }
        assert_eq!(named("V-1", &long, "Bild").len(), 4 + MAX_NAME);
    }
}
