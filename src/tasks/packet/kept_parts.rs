//! The parts of our own annexes, kept ready from one packet of a session to the next: in `.anlage/teile`, a folder for each
//! session and a file for each part.
//!
//! A part says what stands on the pages of a packet, and a project may come from anybody, so none is believed that was not
//! sealed with the secret of the user, which lies elsewhere. Whatever is damaged, foreign or of another version counts as
//! absent. All of it may be deleted at any time, and none of it ever keeps a packet from being made: who cannot keep parts
//! keeps none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use rayon::prelude::*;

use crate::bind::Part;
use crate::files::{self, UserSecret};
use crate::run::{Run, Store};
use crate::typeset;

/// The folder in that of the state.
const FOLDER: &str = "teile";
/// Counts up whenever the same file is taken apart or written otherwise: what was kept before is not understood.
const VERSION: &str = "2";
/// What all sessions of an output folder keep, in bytes.
const MAX_KEPT: u64 = 256 << 20;
/// The seal stands before what is sealed.
const SEAL: usize = blake3::OUT_LEN;

/// The parts that are kept of a session.
pub(super) struct KeptParts {
    /// The folder for all sessions, and in it that of this one.
    folders: (PathBuf, PathBuf),
    /// Without it nothing is kept and nothing believed.
    secret: Option<UserSecret>,
    most: u64,
}

/// A part by the name under which it is kept.
pub(super) struct KeptPart {
    name: String,
    /// Whether it was found there.
    is_there: bool,
}

impl KeptPart {
    /// Names the part of a file with this hash. Its names in a packet begin with the slug; if its margins are known, nobody
    /// looked what is drawn there.
    pub(super) fn of(file: &str, slug: &str, has_known_margins: bool) -> Self {
        let [version, program] = [VERSION, typeset::FINGERPRINT.as_str()].map(str::as_bytes);
        let key = [version, program, slug.as_bytes(), &[has_known_margins.into()], file.as_bytes()];
        Self { name: files::hash(&key), is_there: false }
    }
}

impl KeptParts {
    /// Opens what is kept of a session file in an output folder, which the store has locked.
    pub(super) fn open(run: &Run, store: &Store, session: &Path) -> Self {
        let all = store.inner().join(FOLDER);
        let key = files::hash(&[store.key(session).as_bytes()]);
        let own = all.join(&key[..16]);
        let secret = run.secret().filter(|_| ![&all, &own].into_iter().any(|folder| is_strange(folder)));
        Self { folders: (all, own), secret, most: MAX_KEPT }
    }

    /// Reads a part, if it is kept.
    pub(super) fn get(&self, part: &mut KeptPart) -> Option<Part> {
        let secret = self.secret.as_ref()?;
        let bytes = files::read(&self.folders.1.join(&part.name), MAX_KEPT).ok()?;
        let (seal, bytes) = bytes.split_first_chunk::<SEAL>()?;
        if secret.seal(&[part.name.as_bytes(), bytes]) != *seal {
            return None;
        }
        let read = Part::from_bytes(bytes);
        part.is_there = read.is_some();
        read
    }

    /// Keeps the parts that this run has read, and no others of the session. Parts of other sessions, those that were kept
    /// longest ago first, make room for them.
    pub(super) fn keep(&self, parts: &[(&KeptPart, &Part)]) {
        let Some(secret) = &self.secret else { return };
        let (all, own) = &self.folders;
        let names: BTreeSet<&str> = parts.iter().map(|(part, _)| part.name.as_str()).collect();
        for file in kept_in(own).into_iter().filter(|file| !names.contains(file.name.as_str())) {
            files::remove(&file.path).ok();
        }
        let room = AtomicU64::new(self.most.saturating_sub(kept_in(own).iter().map(|file| file.bytes).sum()));
        parts.par_iter().filter(|(part, _)| !part.is_there).for_each(|(KeptPart { name, .. }, part)| {
            let bytes = part.to_bytes();
            let sealed = [&secret.seal(&[name.as_bytes(), &bytes]).as_bytes()[..], &bytes].concat();
            let size = sealed.len() as u64;
            let take = |room: u64| room.checked_sub(size);
            if room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                files::write_again(&own.join(name), &sealed).ok();
            }
        });
        self.make_room(all, own);
    }

    fn make_room(&self, all: &Path, own: &Path) {
        let folders = files::list(all).unwrap_or_default();
        let others = folders.into_iter().filter(|folder| folder != own && !is_strange(folder));
        let mut others: Vec<KeptFile> = others.flat_map(|folder| kept_in(&folder)).collect();
        others.sort_by_key(|file| file.changed);
        let bytes = |files: &[KeptFile]| files.iter().map(|file| file.bytes).sum::<u64>();
        let mut all = bytes(&kept_in(own)) + bytes(&others);
        for file in others {
            if all <= self.most {
                break;
            }
            files::remove(&file.path).ok();
            all = all.saturating_sub(file.bytes);
        }
    }
}

/// A file that lies where parts are kept.
struct KeptFile {
    path: PathBuf,
    name: String,
    bytes: u64,
    changed: Option<SystemTime>,
}

/// The files in a folder that are called like parts, and what killed runs left of them; all else is not ours.
fn kept_in(folder: &Path) -> Vec<KeptFile> {
    files::remove_temporary(folder).ok();
    let files = files::list(folder).unwrap_or_default().into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str().filter(|name| is_name(name))?.to_owned();
        let found = path.symlink_metadata().ok().filter(|found| !found.is_dir())?;
        Some(KeptFile { path, name, bytes: found.len(), changed: found.modified().ok() })
    });
    files.collect()
}

fn is_name(name: &str) -> bool {
    name.len() == 2 * SEAL && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells whether a folder is none of ours: something else, or a link. One that is not there yet may become ours.
fn is_strange(folder: &Path) -> bool {
    folder.symlink_metadata().is_ok_and(|found| !found.is_dir())
}

#[cfg(test)]
mod tests;
