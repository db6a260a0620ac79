//! Makes what an office sends before a session: invitation, agenda, public notice.
//!
//! What stands on them is decided in `packet`. What is for everybody passes through the gate first. Knows nothing of the
//! terminal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::agenda::Agenda;
use super::gate::Gate;
use super::own_pages::front_job;
use super::packet::{PacketPlace, Versions, announced, announcement_key, withdraw_what_shows_too_much};
use super::render::Render;
use crate::diagnostics::{Diagnostic, codes, has_errors};
use crate::files;
use crate::packet::late::{Dispatch, SessionChanges};
use crate::packet::{
    self, Announcement, Business, Confidential, Paper, PublicFile, PublicFileKind, PublicPlace, Releases,
    Trace,
};
use crate::pdf;
use crate::record::session::Session;
use crate::run::{Problem, RecordFile, Report, Run, Store, WorkPlace, Worker, open_session};
use crate::typeset::{Front, Standard};

/// Which announcements are to be made.
#[derive(Debug, Clone)]
pub struct AnnounceRequest {
    /// The session file.
    pub session: PathBuf,
    /// Where they go; if not said, where the project has its outputs.
    pub output: Option<PathBuf>,
}

/// Makes the announcements of a session.
pub fn announce(run: &Run, request: &AnnounceRequest) -> Report {
    let file = RecordFile::named(request.session.clone());
    let mut report = Report { name: file.name.clone(), ..Report::default() };
    match make_all(run, request, &file, &mut report) {
        Ok(()) => {}
        Err(Problem::Findings(findings)) => report.findings.extend(findings),
        Err(Problem::Failure(failure)) => report.failure = Some(failure),
    }
    report
}

fn make_all(
    run: &Run,
    request: &AnnounceRequest,
    file: &RecordFile,
    report: &mut Report,
) -> Result<(), Problem> {
    let render = Render::archival(request.output.clone());
    let stores = run.stores(render.rendition());
    let project = run.project_of(&file.folder).map_err(|error| Problem::of_project(&file.name, error))?;
    let store = render.store(&project, &stores)?;
    let mut place = PacketPlace::open(&store, &request.session)?;
    let done = make_in(run, &store, file, &mut place, report);
    let listed = place.write_index(project.settings.municipality.as_deref());
    report.set_aside.append(&mut place.moved);
    done?;
    let (index, is_written) = listed?;
    if is_written || !report.made.is_empty() {
        report.made.extend(index);
    }
    Ok(())
}

/// Makes the announcements in their place. What lies there from an earlier run and says something else is taken out if they
/// cannot be made.
fn make_in(
    run: &Run,
    store: &Store,
    file: &RecordFile,
    place: &mut PacketPlace<'_>,
    report: &mut Report,
) -> Result<(), Problem> {
    let opened = match open_session(run, file) {
        Ok(opened) => opened,
        Err(problem) => {
            if let Problem::Findings(_) = problem {
                place.withdraw_announcements(&BTreeMap::new())?;
            }
            return Err(problem);
        }
    };
    let mut agenda = Agenda::open(run, &opened, &[])?;
    report.findings.append(&mut agenda.findings);
    let business = agenda.business();
    let papers = packet::papers(&business, &store.forms());
    let sent = Versions::open(agenda.session(), file.path().unwrap_or(Path::new("")))?.sent;
    let path = file.path().unwrap_or(Path::new(""));
    withdraw_what_shows_too_much(store, path, &business, &papers, place)?;
    let making = Making { run, store, business: &business, papers: &papers, sent: &sent };
    if has_errors(&report.findings) || making.is_elsewhere(place, report) {
        place.withdraw_announcements(&announced(&business, &papers, &sent))?;
        return Ok(());
    }
    making.make_all(place, report)
}

/// What the announcements of a session are made from.
struct Making<'a> {
    run: &'a Run,
    store: &'a Store,
    business: &'a Business<'a>,
    papers: &'a [Paper<'a>],
    /// The versions of the packet that were sent.
    sent: &'a [Dispatch],
}

impl Making<'_> {
    /// Says it where the place of an announcement belongs to another session.
    fn is_elsewhere(&self, place: &PacketPlace<'_>, report: &mut Report) -> bool {
        let session = self.business.session;
        for announcement in Announcement::ALL {
            let path = announcement.file(session);
            if let Some(owner) = place.owner_of(&path) {
                let own = PathBuf::from(&session.source.name);
                let file = self.store.folder().join(path);
                report.findings.push(packet::other_session(session, &file, &owner, &own));
                return true;
            }
        }
        false
    }

    fn make_all(&self, place: &mut PacketPlace<'_>, report: &mut Report) -> Result<(), Problem> {
        let session = self.business.session;
        let gate = Gate::open(self.run, Confidential::of_session(self.business))?;
        let mut releases = Releases::of(Some(session));
        let mut worker = Worker::new(self.run, WorkPlace::Here);
        let changed = SessionChanges::of(self.business, self.sent);
        for announcement in Announcement::ALL {
            let path = announcement.file(session);
            let front = announcement.front(self.business, self.papers, changed.as_ref());
            let made = self.typeset(&mut worker, announcement, &front);
            let mut said = match &made {
                Ok(bytes) if announcement.edition.keeps_back() => {
                    gate.said(&gate.search(bytes)?, &mut releases, |found| self.place_in(announcement, found))
                }
                Ok(_) => Vec::new(),
                Err(message) => vec![not_set(session, announcement, message)],
            };
            // What was stopped did not look for everything.
            if self.run.is_stopped() {
                return Ok(());
            }
            session.project.apply_levels(&mut said);
            let sound = made.ok().filter(|_| !has_errors(&said));
            report.findings.append(&mut said);
            match sound {
                Some(bytes) => {
                    let listed = announcement.edition.keeps_back().then(|| listed(session, &front, &bytes));
                    place.put_announcement(&path, &bytes, announcement_key(&front), listed)?;
                    report.made.push(self.store.folder().join(path));
                }
                None => place.withdraw_announcement(&path)?,
            }
        }
        Ok(())
    }

    fn typeset(
        &self,
        worker: &mut Worker,
        announcement: Announcement,
        front: &Front,
    ) -> Result<Vec<u8>, String> {
        let project = &self.business.session.project;
        let standards = if front.date.is_some() { Standard::default_set() } else { Vec::new() };
        let job = front_job(project, announcement.layout, front, standards)?;
        worker.make(&job, &project.fonts).into_pdf()
    }

    /// Says where something stands that was found in an announcement.
    fn place_in(&self, announcement: Announcement, found: Trace<'_>) -> PublicPlace {
        let name = format!("{} ({})", announcement.name, announcement.edition.name);
        PublicPlace::in_session(self.business, &announcement.edition, name, found)
    }
}

/// How the list of what is public names an announcement.
fn listed(session: &Session, front: &Front, bytes: &[u8]) -> PublicFile {
    let document = pdf::load(bytes).ok();
    PublicFile {
        pages: document.as_ref().map_or(0, |document| pdf::pages(document).len()),
        bytes: bytes.len() as u64,
        claims: document.as_ref().map(|document| pdf::claims(document).to_string()).unwrap_or_default(),
        sha256: files::sha256(bytes),
        ..PublicFile::of(session, PublicFileKind::Announcement, front.title.clone())
    }
}

fn not_set(session: &Session, announcement: Announcement, message: &str) -> Diagnostic {
    let message = format!("{} lässt sich nicht setzen: {message}", announcement.name);
    Diagnostic::new(&codes::EXPORT_ERROR, &session.source, session.date_span.clone(), message).hint(
        "Im Titel eines Punktes, im Gremium oder im Ort das Zeichen ersetzen, das die Schrift nicht hat, oder das eigene Layout in templates/sitzung berichtigen.",
    )
}
