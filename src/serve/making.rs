//! Packets and announcements of sessions, made in the background; and the files that came of it.
//!
//! One session at a time. Only what was made here is sent: no path comes from a browser. Knows nothing of pages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diagnostics::Diagnostic;
use crate::packet::{Announcement, Edition, EditionReport, ExtractWish};
use crate::run::Run;
use crate::tasks::announce::{AnnounceRequest, announce};
use crate::tasks::packet::{PacketRequest, packet};
use crate::typeset::alone;

/// What is made of a session.
#[derive(Debug, Default, Clone)]
pub(super) struct MakingState {
    pub(super) is_running: bool,
    /// How many records are done, of how many.
    pub(super) done: usize,
    pub(super) total: usize,
    /// What each file is, and where it lies.
    pub(super) files: Vec<(String, PathBuf)>,
    /// What is wrong, in words.
    pub(super) faults: Vec<String>,
}

/// What was made since the program began, by the names of the session files.
#[derive(Debug, Default)]
pub(super) struct SessionMaking(Arc<Mutex<BTreeMap<String, MakingState>>>);

impl SessionMaking {
    /// Tells what is made of a session; none if nothing was asked for.
    pub(super) fn state(&self, name: &str) -> Option<MakingState> {
        self.states().get(name).cloned()
    }

    /// Begins to make all of a session; tells whether it could begin, or another one is under way.
    pub(super) fn begin(&self, run: Run, name: &str, session: PathBuf) -> bool {
        let mut states = self.states();
        if states.values().any(|state| state.is_running) {
            return false;
        }
        states.insert(name.to_owned(), MakingState { is_running: true, ..MakingState::default() });
        drop(states);
        let (own, name) = (Self(Arc::clone(&self.0)), name.to_owned());
        std::thread::spawn(move || {
            let ending = MakingEnd(&own, &name);
            alone(|| ending.0.make(&run, ending.1, session));
        });
        true
    }

    fn make(&self, run: &Run, name: &str, session: PathBuf) {
        let request = PacketRequest {
            session: session.clone(),
            output: None,
            editions: Edition::USUAL.to_vec(),
            allow_gaps: false,
            force: false,
            extracts: ExtractWish::default(),
            sending: None,
        };
        let report = packet(run, &request, |report, total| {
            self.change(name, |state| {
                (state.done, state.total) = (state.done + 1, total);
                state.faults.extend(said(&report.findings));
            });
        });
        self.change(name, |state| {
            state.faults.extend(said(&report.findings));
            state.faults.extend(
                report
                    .failure
                    .is_some()
                    .then(|| "Eine Datei ließ sich nicht lesen oder schreiben.".to_owned()),
            );
            state.files.extend(report.editions.into_iter().flat_map(files));
        });
        if run.is_stopped() {
            return;
        }
        let report = announce(run, &AnnounceRequest { session, output: None });
        self.change(name, |state| {
            state.faults.extend(said(&report.findings));
            state.files.extend(report.made.into_iter().map(|path| (title(&path), path)));
        });
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut MakingState)) {
        if let Some(state) = self.states().get_mut(name) {
            change(state);
        }
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<String, MakingState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends what is under way, even if it was given up.
struct MakingEnd<'a>(&'a SessionMaking, &'a str);

impl Drop for MakingEnd<'_> {
    fn drop(&mut self) {
        self.0.change(self.1, |state| state.is_running = false);
    }
}

/// The errors, each once for a packet and its announcements.
fn said(findings: &[Diagnostic]) -> Vec<String> {
    let errors = findings.iter().filter(|finding| finding.is_error());
    errors.map(|finding| format!("{} {}", finding.code.id, finding.message)).collect()
}

/// What an announcement is: whom it is for is in the name of its folder.
fn title(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let is_it = |one: &&Announcement| stem.ends_with(one.word) && folder == one.edition.folder;
    let known = Announcement::ALL.iter().find(is_it);
    known.map_or_else(|| "Datei".to_owned(), |one| format!("{}, {}", one.name, one.edition.name))
}

/// What lies there of an edition: the packet, and the delta of a version.
fn files(made: EditionReport) -> Vec<(String, PathBuf)> {
    let name = made.edition.name;
    let beside = made
        .extracts
        .iter()
        .map(|one| (format!("{}, {name}", one.label), made.path.with_file_name(&one.name)));
    let beside: Vec<_> = beside.collect();
    [(format!("Mappe, {name}"), made.path)].into_iter().chain(beside).collect()
}
