//! The packet of a session: its records are rendered, its files read, and each edition is put together, unless nothing
//! has changed.
//!
//! What a packet holds and says is decided in `packet`. An edition that cannot be made because something is wrong takes
//! its old file out of its folder; a failure of the environment moves nothing. Knows nothing of the terminal.

mod deliver;
mod delta;
mod draw;
mod extracts;
mod kept_parts;
mod load;
mod make;
mod passage;
mod place;
mod request;
mod send;
mod sent_file;
mod state;
mod versions;
mod withdraw;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use super::agenda::Agenda;
use super::gate::Gate;
use super::render::{Render, Rendering};
use crate::diagnostics::{Diagnostic, has_errors};
use crate::files::FileError;
use crate::packet::late::{self, Issue};
use crate::packet::{self, Business, Confidential, Edition, Paper, PaperContent, PaperFile, Volume};
use crate::record::names::PUBLIC_FOLDER;
use crate::run::{Outcome, Problem, RecordFile, Report, Run, Store, look_at, open_session};

use deliver::Delivery;
use draw::count_front_pages;
use extracts::NoExtracts;
use kept_parts::KeptParts;
use load::load;
use make::{MadeEdition, make};
use passage::passage;
pub(super) use place::{PacketPlace, announced, announcement_key};
pub use request::{PacketReport, PacketRequest};
use send::send;
pub use send::{Sending, SentVersion};
pub(super) use sent_file::{SentFlaw, sent_file};
use state::{Fingerprint, KeptEdition, PacketState, fingerprint};
pub(super) use versions::Versions;
use versions::{IssueMaking, look_at_papers};
use withdraw::what_shows_too_much;
pub(super) use withdraw::withdraw_what_shows_too_much;

/// Makes the packets of a session; `each` gets the reports of its records.
pub fn packet(run: &Run, request: &PacketRequest, mut each: impl FnMut(Report, usize)) -> PacketReport {
    let file = RecordFile::named(request.session.clone());
    let mut report = PacketReport { name: file.name.clone(), ..PacketReport::default() };
    match render_and_bind(run, request, &file, &mut report, &mut each) {
        Ok(()) => {}
        Err(Problem::Findings(findings)) => report.findings.extend(findings),
        Err(Problem::Failure(failure)) => report.failure = Some(failure),
    }
    report.interrupted = run.is_stopped();
    report
}

/// Renders the records of a session, and then binds its packets.
fn render_and_bind(
    run: &Run,
    request: &PacketRequest,
    file: &RecordFile,
    report: &mut PacketReport,
    each: &mut impl FnMut(Report, usize),
) -> Result<(), Problem> {
    let render = Render { force: request.force, ..Render::archival(request.output.clone()) };
    let stores = run.stores(render.rendition());
    let project = run.project_of(&file.folder).map_err(|error| Problem::of_project(&file.name, error))?;
    let store = render.store(&project, &stores)?;
    let opened = match open_session(run, file) {
        Ok(opened) => opened,
        Err(problem) => {
            if let Problem::Findings(_) = problem {
                withdraw_all(&store, request, project.settings.municipality.as_deref(), report)?;
            }
            return Err(problem);
        }
    };
    let records = opened.session.records().into_iter();
    let records: Vec<RecordFile> = records.map(|record| RecordFile::named(record.shown.clone())).collect();
    let looked = look_at(run, &records, |project| render.store(project, &stores).ok());
    let mut agenda = Agenda::open(run, &opened, &looked)?;
    // The pages of a version have one label in all editions, so all papers have to be there.
    let versions = Versions::open(agenda.session(), &request.session)?;
    let public = if versions.sent.is_empty() { public_records(&agenda, request) } else { None };
    let rendering =
        Rendering { run, how: &render, looked: &looked, stores: &stores, public: public.as_ref() };
    for index in render_records(&rendering, each)? {
        looked[index].file.real_path().iter().for_each(|path| agenda.refuse(path));
    }
    report.findings.append(&mut agenda.findings);
    Ok(bind(run, request, &agenda, &versions, &store, report)?)
}

/// Takes out the packets of a session file that cannot be read any more.
fn withdraw_all(
    store: &Store,
    request: &PacketRequest,
    municipality: Option<&str>,
    report: &mut PacketReport,
) -> Result<(), FileError> {
    let mut place = PacketPlace::open(store, &request.session)?;
    let done = place.withdraw(&Edition::ALL, None);
    let done = done.and_then(|()| place.withdraw_announcements(&BTreeMap::new()));
    let done = done.and_then(|()| place.write_index(municipality).map(drop));
    report.set_aside.append(&mut place.moved);
    PacketState::open(store, &request.session)?.forget(&Edition::ALL)?;
    done
}

/// Finds the records with forms that everybody may see, by their paths without links, if nobody else gets a packet.
fn public_records(agenda: &Agenda, request: &PacketRequest) -> Option<BTreeSet<PathBuf>> {
    if !request.editions.iter().all(Edition::keeps_back) {
        return None;
    }
    let business = agenda.business();
    let papers = packet::papers(&business, &PathBuf::new());
    let is_shown = |paper: &&Paper<'_>| {
        matches!(paper.file, PaperFile::Form(_))
            && request.editions.iter().any(|edition| paper.is_in(edition))
    };
    let records = papers.iter().filter(is_shown).filter_map(|paper| paper.record?.file.as_ref().ok());
    Some(records.map(|record| record.path.clone()).collect())
}

/// Renders the form annexes; returns the places of the records that were refused.
fn render_records(
    rendering: &Rendering<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<Vec<usize>, FileError> {
    let mut refused = Vec::new();
    let mut failed = None;
    let summary = rendering.each(|report, index, total| {
        match (report.outcome, &report.failure) {
            (Outcome::Refused, _) => refused.extend(index),
            (_, Some(failure)) => failed = Some(failure.again()),
            _ => {}
        }
        each(report, total);
        ControlFlow::Continue(())
    });
    match summary.failure.or(failed) {
        Some(failure) => Err(failure),
        None => Ok(refused),
    }
}

/// Binds the packets of a session whose records are rendered, unless they are up to date or something is wrong. `store`
/// is the folder of the form annexes, and where the packets go.
pub(super) fn bind(
    run: &Run,
    request: &PacketRequest,
    agenda: &Agenda,
    versions: &Versions,
    store: &Store,
    report: &mut PacketReport,
) -> Result<(), FileError> {
    let mut state = PacketState::open(store, &request.session)?;
    let mut place = PacketPlace::open(store, &request.session)?;
    let kept = KeptParts::open(run, store, &request.session);
    if request.allow_gaps {
        report.tolerate_gaps();
    }
    let business = agenda.business();
    let mut papers = packet::papers(&business, &store.forms());
    if let Some(last) = versions.sent.last() {
        late::file(&mut papers, last);
    }
    let binding = Binding { run, request, business: &business, papers: &papers, versions, kept: &kept };
    let done = binding.bind(&mut state, &mut place, report);
    let tidied = binding.tidy(done, &mut state, &mut place, report);
    let municipality = agenda.session().project.settings.municipality.as_deref();
    let indexed = tidied.and_then(|()| place.write_index(municipality));
    report.set_aside.append(&mut place.moved);
    let (index, is_written) = indexed?;
    if is_written || report.editions.iter().any(|made| made.edition.folder == PUBLIC_FOLDER) {
        report.index = index;
    }
    Ok(())
}

/// What the packets of a session are bound from.
struct Binding<'a> {
    run: &'a Run,
    request: &'a PacketRequest,
    business: &'a Business<'a>,
    papers: &'a [Paper<'a>],
    versions: &'a Versions,
    kept: &'a KeptParts,
}

/// What the gate says of an edition.
type Passage = Result<Vec<Diagnostic>, FileError>;

/// Why the packets of a session are not bound.
enum Halt {
    /// The run was stopped; what is there stays.
    Stopped,
    /// Something is wrong, and was said; what is there no longer holds.
    Wrong,
    /// A packet would take the place of a file that it is made of, and that was said; what is there stays.
    Obstructed,
    /// The environment failed.
    Failed(FileError),
}

impl From<FileError> for Halt {
    fn from(failure: FileError) -> Self {
        Self::Failed(failure)
    }
}

impl Binding<'_> {
    fn bind(
        &self,
        state: &mut PacketState<'_>,
        place: &mut PacketPlace<'_>,
        report: &mut PacketReport,
    ) -> Result<(), Halt> {
        self.unless_stopped()?;
        self.has_room(place, report)?;
        sound(report)?;
        let Fingerprint { whole: fingerprint, papers: hashes } =
            fingerprint(self.business, self.papers, self.request.allow_gaps, &self.versions.fingerprint);
        let kept = if self.request.sending.is_none() { self.up_to_date(state, &fingerprint) } else { None };
        if let Some(kept) = kept {
            report.repeat(kept, self.business.session, self.papers);
            return Ok(());
        }
        let (loaded, (front_pages, gate)) = rayon::join(
            || load(self.run, self.business.session, self.papers, &hashes, self.kept),
            || (self.expected_front_pages(state), self.gate()),
        );
        let loaded = loaded?;
        let contents = &loaded.contents;
        self.unless_stopped()?;
        let gate = gate?;
        let found = self.findings(contents);
        report.findings.extend(found.iter().map(|(_, finding)| finding.clone()));
        let is_wrong = |edition: &Edition| {
            found.iter().any(|(at, finding)| finding.is_error() && self.papers[*at].is_in(edition))
        };
        let wanted = self.request.editions.iter().copied().zip(front_pages);
        let (wrong, wanted): (Vec<_>, Vec<_>) = wanted.partition(|(edition, _)| is_wrong(edition));
        for (edition, _) in wrong {
            self.withdraw(&[edition], state, place)?;
        }
        let making = self.has_versions().then(|| self.issue_making(contents)).transpose()?;
        self.unless_stopped()?;
        let (issue, late) = match &making {
            Some(making) => self.issue(making, report).map(|(issue, late)| (Some(issue), late))?,
            None => (None, Vec::new()),
        };
        let made = self.make_all(contents, issue.as_ref(), wanted, gate.as_ref(), place);
        self.unless_stopped()?;
        let delivery = Delivery {
            run: self.run,
            business: self.business,
            papers: self.papers,
            contents,
            issue: issue.as_ref(),
            last: self.versions.sent.last(),
            late: &late,
            found: &found,
            fingerprint: &fingerprint,
            wish: self.request.extracts,
            gate: gate.as_ref(),
        };
        self.deliver(made, (&delivery, making.as_ref()), state, place, report)?;
        drop(making);
        // Last, so that it takes no room from the packets.
        self.kept.keep(&loaded.parts());
        // Giving back so much memory takes a while, and nothing waits for it.
        rayon::spawn(move || drop(loaded));
        Ok(())
    }

    /// What the next version is made from.
    fn issue_making<'a>(&'a self, contents: &'a [PaperContent]) -> Result<IssueMaking<'a>, FileError> {
        let volume = |edition| Volume::new(edition, self.business, self.papers, contents);
        let sending = self.request.sending;
        Ok(IssueMaking {
            run: self.run,
            sent: &self.versions.sent,
            complete: volume(Edition::COMPLETE),
            others: vec![volume(Edition::PUBLIC), volume(Edition::NONPUBLIC)],
            wanted: &self.request.editions,
            looks: look_at_papers(self.run, self.papers, self.versions.sent.last())?,
            date: sending.map(|sending| sending.date),
            pages_per_sheet: sending.map_or(1, |sending| sending.pages_per_sheet),
        })
    }

    /// Numbers the pages as those of a version; returns it with what there is to say of it.
    fn issue(
        &self,
        making: &IssueMaking<'_>,
        report: &mut PacketReport,
    ) -> Result<(Issue, Vec<Diagnostic>), Halt> {
        let issue = making.issue().map_err(|message| {
            report.findings.push(packet::not_set(self.business.session, &message));
            Halt::Wrong
        })?;
        let late = late::findings(&making.complete, &self.versions.sent, &issue, making.date);
        report.findings.extend(late.iter().cloned());
        // What lies there is still right.
        if has_errors(&late) { Err(Halt::Obstructed) } else { Ok((issue, late)) }
    }

    /// Puts the editions into their places, or sends them.
    fn deliver(
        &self,
        made: Vec<Result<(Arc<MadeEdition>, Passage), String>>,
        (delivery, making): (&Delivery<'_>, Option<&IssueMaking<'_>>),
        state: &mut PacketState<'_>,
        place: &mut PacketPlace<'_>,
        report: &mut PacketReport,
    ) -> Result<(), Halt> {
        let mut sent = Vec::new();
        for made in made {
            let mut not_set = |message: String| {
                report.findings.push(packet::not_set(self.business.session, &message));
                Halt::Wrong
            };
            let (made, passage) = made.map_err(&mut not_set)?;
            let consignment = delivery.prepare(&made, passage?).map_err(|why| match why {
                NoExtracts::NotSet(message) => not_set(message),
                NoExtracts::Failed(failure) => Halt::Failed(failure),
            })?;
            // What was stopped did not look for everything.
            self.unless_stopped()?;
            let said = consignment.said.clone();
            if has_errors(&said) {
                self.withdraw(&[made.report.edition], state, place)?;
            } else if self.request.sending.is_some() {
                sent.push((Arc::clone(&made), consignment.extracts.made));
            } else {
                report.editions.push(delivery.put(&consignment, state, place)?);
            }
            report.findings.extend(said);
        }
        if let (Some(sending), Some(issue), Some(making)) = (self.request.sending, delivery.issue, making)
            && !report.has_errors()
        {
            report.sent = Some(send(sending, self.versions, issue, making, &sent)?);
        }
        Ok(())
    }

    /// Tells whether pages are numbered as those of a version.
    fn has_versions(&self) -> bool {
        self.request.sending.is_some() || !self.versions.sent.is_empty()
    }

    /// Makes the editions, and says what the gate finds in those that keep something back; it looks for it while the next
    /// edition is made.
    fn make_all(
        &self,
        contents: &[PaperContent],
        issue: Option<&Issue>,
        wanted: Vec<(Edition, usize)>,
        gate: Option<&Gate<'_>>,
        place: &PacketPlace<'_>,
    ) -> Vec<Result<(Arc<MadeEdition>, Passage), String>> {
        let session = self.business.session;
        let volume = |(edition, front_pages)| {
            (Volume::new(edition, self.business, self.papers, contents).of_issue(issue), front_pages)
        };
        let volumes: Vec<(Volume<'_>, usize)> = wanted.into_iter().map(volume).collect();
        std::thread::scope(|scope| {
            let mut under_way = Vec::new();
            for (volume, front_pages) in &volumes {
                let path = place.file(&volume.edition, session);
                let made = make(self.run, volume, *front_pages, path).map(Arc::new);
                let gate = gate.filter(|_| volume.edition.keeps_back());
                let search = gate.zip(made.as_ref().ok()).map(|(gate, made)| {
                    let made = Arc::clone(made);
                    scope.spawn(move || passage(gate, volume, &made.pages, gate.search(&made.bytes)?))
                });
                under_way.push((made, search));
            }
            let end = |(made, search): (Result<_, String>, Option<ScopedJoinHandle<'_, _>>)| {
                let said = search.map(|search| search.join().unwrap_or_else(|panic| resume_unwind(panic)));
                Ok((made?, said.unwrap_or(Ok(Vec::new()))))
            };
            under_way.into_iter().map(end).collect()
        })
    }

    /// What stands before an edition that keeps something back, if one is asked for.
    fn gate(&self) -> Result<Option<Gate<'_>>, FileError> {
        let keeps_back = self.request.editions.iter().any(Edition::keeps_back);
        keeps_back.then(|| Gate::open(self.run, Confidential::of_session(self.business))).transpose()
    }

    /// Takes out what no longer holds, by what came of binding.
    fn tidy(
        &self,
        done: Result<(), Halt>,
        state: &mut PacketState<'_>,
        place: &mut PacketPlace<'_>,
        report: &mut PacketReport,
    ) -> Result<(), FileError> {
        match done {
            Ok(()) => self.withdraw_what_shows_too_much(state, place)?,
            Err(Halt::Wrong) => {
                report.editions.clear();
                self.withdraw(&Edition::ALL, state, place)?;
            }
            Err(Halt::Stopped | Halt::Obstructed) => return Ok(()),
            Err(Halt::Failed(failure)) => return Err(failure),
        }
        place.tidy(self.business, self.papers, &self.versions.sent, state.extracts())
    }

    /// Takes out editions that were not asked for, and show what they must not show any more.
    fn withdraw_what_shows_too_much(
        &self,
        state: &mut PacketState<'_>,
        place: &mut PacketPlace<'_>,
    ) -> Result<(), FileError> {
        let others = Edition::ALL.into_iter().filter(|edition| !self.request.editions.contains(edition));
        what_shows_too_much(&others.collect::<Vec<_>>(), self.business, self.papers, state, place)
    }

    /// Takes editions out of their folders: what lies there would look as if it still held.
    fn withdraw(
        &self,
        editions: &[Edition],
        state: &mut PacketState<'_>,
        place: &mut PacketPlace<'_>,
    ) -> Result<(), FileError> {
        place.withdraw(editions, Some(self.business.session))?;
        state.forget(editions)
    }

    /// Halts if the place of a packet belongs to another session, or to a file that it is made of.
    fn has_room(&self, place: &PacketPlace<'_>, report: &mut PacketReport) -> Result<(), Halt> {
        let session = self.business.session;
        for edition in &self.request.editions {
            let file = place.file(edition, session);
            if let Some(owner) = place.owner(edition, session) {
                report.findings.push(packet::other_session(session, &file, &owner, &self.request.session));
            }
            let real = file.canonicalize().ok();
            let is_input = |paper: &Paper<'_>| matches!(&paper.file, PaperFile::Foreign(path) if Some(path) == real.as_ref());
            if let Some(paper) = self.papers.iter().find(|paper| is_input(paper)) {
                report.findings.push(packet::takes_an_input(paper, &file));
                return Err(Halt::Obstructed);
            }
        }
        Ok(())
    }

    fn unless_stopped(&self) -> Result<(), Halt> {
        if self.run.is_stopped() { Err(Halt::Stopped) } else { Ok(()) }
    }

    /// What an earlier run made, if it is asked for and still holds.
    fn up_to_date(&self, state: &PacketState<'_>, fingerprint: &str) -> Option<Vec<KeptEdition>> {
        let kept = state.up_to_date(&self.request.editions, fingerprint, self.request.extracts);
        kept.filter(|_| !self.request.force)
    }

    /// How many first pages each edition has, as far as that can be known before the papers are read.
    fn expected_front_pages(&self, state: &PacketState<'_>) -> Vec<usize> {
        let count = |edition: &Edition| {
            let count = || count_front_pages(*edition, self.business, self.papers);
            state.front_pages(edition).unwrap_or_else(count)
        };
        self.request.editions.iter().map(count).collect()
    }

    /// What is to be said about the papers, each with the place of its paper.
    fn findings(&self, contents: &[PaperContent]) -> Vec<(usize, Diagnostic)> {
        let PacketRequest { editions, allow_gaps, .. } = self.request;
        packet::findings(self.business, self.papers, contents, editions, *allow_gaps)
    }
}

/// Halts if the session or one of its files is at fault.
fn sound(report: &PacketReport) -> Result<(), Halt> {
    if report.has_errors() { Err(Halt::Wrong) } else { Ok(()) }
}
