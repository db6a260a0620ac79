//! Packets, announcements and sheets of sessions, made in the background; and the files that came of it.
//!
//! One session at a time. Only what was made here is sent: no path comes from a browser. Knows nothing of pages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diagnostics::Diagnostic;
use crate::files::FileError;
use crate::packet::{Announcement, Edition, EditionReport, ExtractWish};
use crate::print::PrintWish;
use crate::record::names::INDEX_FILES;
use crate::run::{Report, Run};
use crate::tasks::announce::{AnnounceRequest, announce};
use crate::tasks::packet::{PacketRequest, packet};
use crate::tasks::print::{PrintedSheets, SessionPrint, print_session};
use crate::typeset::alone;

/// What can be made of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MadeKind {
    /// Packets and announcements.
    Papers,
    /// Sheets for the print room, for which packets are made too.
    Sheets,
}

/// A file that was made.
#[derive(Debug, Clone)]
pub(super) struct MadeFile {
    /// What it is.
    pub(super) title: String,
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Whether the public may have it.
    pub(super) is_public: bool,
    kind: MadeKind,
}

/// What is made of a session.
#[derive(Debug, Default, Clone)]
pub(super) struct MakingState {
    /// What stands for the session, its records and their files, as they were then.
    pub(super) mark: String,
    pub(super) is_running: bool,
    /// How many records are done, of how many.
    pub(super) done: usize,
    pub(super) total: usize,
    /// What was made, also before, of the same.
    pub(super) files: Vec<MadeFile>,
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

    /// Begins to make something of a session that has this mark; tells whether it could begin, or another one is under way.
    pub(super) fn begin(&self, run: Run, name: &str, session: PathBuf, mark: String, kind: MadeKind) -> bool {
        let mut states = self.states();
        if states.values().any(|state| state.is_running) {
            return false;
        }
        let mut files = states.remove(name).filter(|state| state.mark == mark).unwrap_or_default().files;
        files.retain(|file| file.kind != kind);
        states
            .insert(name.to_owned(), MakingState { mark, is_running: true, files, ..MakingState::default() });
        drop(states);
        let (own, name) = (Self(Arc::clone(&self.0)), name.to_owned());
        std::thread::spawn(move || {
            let ending = MakingEnd(&own, &name);
            alone(|| match kind {
                MadeKind::Papers => ending.0.make_papers(&run, ending.1, session),
                MadeKind::Sheets => ending.0.make_sheets(&run, ending.1, session),
            });
        });
        true
    }

    fn make_papers(&self, run: &Run, name: &str, session: PathBuf) {
        let request = request(session.clone(), Edition::USUAL.to_vec());
        let report = packet(run, &request, |report, total| self.record_done(name, &report, total));
        self.change(name, |state| {
            state.note(&report.findings, report.failure.as_ref());
            state.files.extend(report.editions.into_iter().flat_map(packet_files));
        });
        if run.is_stopped() {
            return;
        }
        let report = announce(run, &AnnounceRequest { session, output: None });
        self.change(name, |state| {
            state.note(&report.findings, None);
            state.files.extend(report.made.into_iter().map(announced));
        });
    }

    fn make_sheets(&self, run: &Run, name: &str, session: PathBuf) {
        // Those that somebody gets on paper.
        let packet = request(session, Vec::new());
        let print = SessionPrint { packet, wish: PrintWish::USUAL, layout: None };
        let report = print_session(run, print, |report, total| self.record_done(name, &report, total));
        self.change(name, |state| {
            let of_packet = report.packet.iter().flat_map(|packet| &packet.findings);
            let findings: Vec<Diagnostic> = of_packet.chain(&report.findings).cloned().collect();
            state.note(&findings, report.failure.as_ref());
            state.files.extend(report.printed.into_iter().flat_map(sheet_files));
        });
    }

    fn record_done(&self, name: &str, report: &Report, total: usize) {
        self.change(name, |state| {
            (state.done, state.total) = (state.done + 1, total);
            state.note(&report.findings, None);
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

impl MakingState {
    /// Takes note of errors, and of a failure of the system.
    fn note(&mut self, findings: &[Diagnostic], failure: Option<&FileError>) {
        let errors = findings.iter().filter(|finding| finding.is_error());
        self.faults.extend(errors.map(|finding| format!("{} {}", finding.code.id, finding.message)));
        let failed = failure.map(|_| "Eine Datei ließ sich nicht lesen oder schreiben.".to_owned());
        self.faults.extend(failed);
    }
}

fn request(session: PathBuf, editions: Vec<Edition>) -> PacketRequest {
    PacketRequest {
        session,
        output: None,
        editions,
        allow_gaps: false,
        force: false,
        extracts: ExtractWish::default(),
        sending: None,
    }
}

/// What an announcement is: whom it is for is in the name of its folder.
fn announced(path: PathBuf) -> MadeFile {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let is_it = |one: &&Announcement| stem.ends_with(one.word) && folder == one.edition.folder;
    let known = Announcement::ALL.iter().find(is_it);
    let is_index = path.file_name().is_some_and(|name| INDEX_FILES.iter().any(|index| name == *index));
    let title = match known {
        Some(one) => format!("{}, {}", one.name, one.edition.name),
        None if is_index => "Liste der öffentlichen Dateien".to_owned(),
        None => "Datei".to_owned(),
    };
    let is_public = folder == Edition::PUBLIC.folder;
    MadeFile { title, path, is_public, kind: MadeKind::Papers }
}

/// What lies there of an edition: the packet, and the delta of a version.
fn packet_files(made: EditionReport) -> Vec<MadeFile> {
    let (name, is_public) = (made.edition.name, made.edition.keeps_back());
    let file = |what: &str, path: PathBuf| MadeFile {
        title: format!("{what}, {name}"),
        path,
        is_public,
        kind: MadeKind::Papers,
    };
    let beside = made.extracts.iter().map(|one| file(&one.label, made.path.with_file_name(&one.name)));
    let beside: Vec<_> = beside.collect();
    [file("Mappe", made.path.clone())].into_iter().chain(beside).collect()
}

/// What lies there for the print room of an edition.
fn sheet_files(printed: PrintedSheets) -> Vec<MadeFile> {
    let name = printed.edition.map(|edition| edition.name).unwrap_or_default();
    let layout = printed.ticket.plan.wish.layout.name();
    let is_public = printed.edition.is_some_and(|edition| edition.keeps_back());
    let file = |what: &str, path: PathBuf| MadeFile {
        title: format!("{what}, {name}, {layout}"),
        path,
        is_public,
        kind: MadeKind::Sheets,
    };
    let sheets = printed.paths.into_iter().map(|path| file("Druckbogen", path));
    let plans = printed.plans.into_iter().map(|path| file("Große Pläne", path));
    let tickets = printed.tickets.into_iter().map(|path| {
        let is_for_people = path.extension().is_some_and(|end| end == "pdf");
        file(if is_for_people { "Laufzettel" } else { "Druckauftrag für Maschinen" }, path)
    });
    sheets.chain(plans).chain(tickets).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_above_does_not_say_what_is_public() {
        let is_public = |folder: &str| {
            let file =
                Announcement::ALL.map(|one| format!("/srv/oeffentlich/out/{folder}/Rat-{}.pdf", one.word));
            file.map(|path| announced(path.into())).iter().any(|made| made.is_public)
        };
        assert_eq!((is_public("oeffentlich"), is_public("vollstaendig")), (true, false));
    }
}
