//! The packet of a session: its records are rendered, its files read, and each edition is put together, unless nothing
//! has changed.
//!
//! Knows nothing of the terminal.

mod edition;
mod papers;
mod state;

use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::agenda::Agenda;
use super::render::{Render, Rendering};
use crate::bind::Leak;
use crate::diagnostics::{Diagnostic, Severity, codes, has_errors, shown};
use crate::files::{self, FileError};
use crate::run::{Outcome, Problem, RecordFile, Report, Run, Store, look_at, open_session};

use papers::Paper;
use state::{Known, State};

/// Which of the session's papers a packet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// Those that everybody may see.
    Public,
    /// All.
    Complete,
}

/// Which packets are to be made.
#[derive(Debug, Clone)]
pub struct PacketRequest {
    /// The session file.
    pub session: PathBuf,
    /// Where it goes; if not said, where the project has its outputs.
    pub output: Option<PathBuf>,
    /// The editions.
    pub editions: Vec<Edition>,
    /// Whether a page takes the place of a paper that cannot go in.
    pub allow_gaps: bool,
    /// Whether what is up to date is made again.
    pub force: bool,
}

/// What came of a session, beside the reports of its records.
#[derive(Debug, Default)]
pub struct PacketReport {
    /// The session file as the user knows it.
    pub name: String,
    /// What is wrong with the session and its files.
    pub findings: Vec<Diagnostic>,
    /// The editions that were made or are up to date.
    pub editions: Vec<EditionReport>,
    /// Packets of an earlier run that no longer hold and were removed.
    pub removed: Vec<PathBuf>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// The failure of the environment that kept it from being done.
    pub failure: Option<FileError>,
}

/// An edition that lies in the output folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionReport {
    /// Which it is.
    pub edition: Edition,
    /// The file.
    pub path: PathBuf,
    /// Whether it was there already.
    #[serde(skip)]
    pub up_to_date: bool,
    /// How many pages it has.
    pub pages: usize,
    /// How large it is.
    pub bytes: u64,
    /// What it claims, `PDF/A-2a, PDF/UA-1` or nothing.
    pub claims: String,
    /// Why it claims nothing although each paper could: what is wrong with its structure as a whole.
    pub defects: Vec<String>,
    /// Its papers in order.
    pub papers: Vec<PaperReport>,
}

/// A paper in an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperReport {
    /// The number of its item.
    pub item: String,
    /// The number of its proposal.
    pub proposal: String,
    /// `Vorlage`, `Anlage A`.
    pub label: String,
    /// Its title.
    pub title: String,
    /// The file that it came from.
    pub file: String,
    /// Its first page in the packet, from 1.
    pub first_page: usize,
    /// Its last page in the packet.
    pub last_page: usize,
    /// What the file claims.
    pub claims: String,
    /// What it lacks for the packet to claim PDF/A-2a and PDF/UA-1.
    pub missing: Vec<String>,
}

impl Edition {
    /// The end of the file's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Public => "oeffentlich",
            Self::Complete => "vollstaendig",
        }
    }
}

impl PacketReport {
    /// Whether the session or one of its files is at fault.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }

    /// Says again what was said when the editions were made.
    fn repeat(&mut self, known: Vec<Known>, papers: &[Paper<'_>]) {
        for finding in known.iter().flat_map(|known| known.findings(papers)) {
            // A paper that is in both editions is spoken of once.
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        self.editions = known.into_iter().map(|known| known.report).collect();
    }
}

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
    let stores = run.stores();
    let render = Render { force: request.force, ..Render::archival(request.output.clone()) };
    let project = run.project_of(&file.folder).map_err(|error| Problem::of_project(&file.name, error))?;
    let store = render.store(&project, &stores)?;
    let opened = match open_session(run, file) {
        Ok(opened) => opened,
        Err(problem) => {
            if let Problem::Findings(_) = problem {
                withdraw(&mut State::open(&store, &request.session), report)?;
            }
            return Err(problem);
        }
    };
    let records = opened.session.records().into_iter();
    let records: Vec<RecordFile> = records.map(|record| RecordFile::named(record.shown.clone())).collect();
    let looked = look_at(run, &records, |project| render.store(project, &stores).ok());
    let mut agenda = Agenda::open(run, &opened, &looked);
    let rendering = Rendering { run, how: &render, looked: &looked, stores: &stores };
    for index in render_records(&rendering, each)? {
        looked[index].file.real_path().iter().for_each(|path| agenda.refuse(path));
    }
    report.findings.append(&mut agenda.findings);
    bind(run, request, &agenda, &store, report)?;
    Ok(())
}

/// Renders the form annexes; returns the places of the records that were refused.
fn render_records(
    rendering: &Rendering<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<Vec<usize>, FileError> {
    let mut refused = Vec::new();
    let mut failed = None;
    let summary = rendering.each(
        |index, _| index,
        |report, index, total| {
            match (report.outcome, &report.failure) {
                (Outcome::Refused, _) => refused.extend(index),
                (_, Some(failure)) => failed = Some(failure.again()),
                _ => {}
            }
            each(report, total);
            ControlFlow::Continue(())
        },
    );
    match summary.failure.or(failed) {
        Some(failure) => Err(failure),
        None => Ok(refused),
    }
}

/// Removes what an earlier run made: it would look finished.
fn withdraw(state: &mut State<'_>, report: &mut PacketReport) -> Result<(), FileError> {
    for edition in [Edition::Public, Edition::Complete] {
        report.removed.extend(state.remove(edition)?);
    }
    Ok(())
}

/// Binds the packets of a session whose records are rendered, unless they are up to date or something is wrong. `store`
/// is the folder of the form annexes, and where the packets go.
pub(super) fn bind(
    run: &Run,
    request: &PacketRequest,
    agenda: &Agenda,
    store: &Store,
    report: &mut PacketReport,
) -> Result<(), FileError> {
    let mut state = State::open(store, &request.session);
    let papers = papers::list(agenda, store.folder());
    if request.allow_gaps {
        tolerate_gaps(&mut report.findings);
    }
    if run.is_stopped() {
        return Ok(());
    }
    if report.has_errors() {
        return withdraw(&mut state, report);
    }
    let fingerprint = papers::fingerprint(agenda, &papers, request.allow_gaps);
    if let Some(known) = state.up_to_date(&request.editions, &fingerprint).filter(|_| !request.force) {
        report.repeat(known, &papers);
        return Ok(());
    }
    let count = |edition: &Edition| {
        let count = || edition::front_pages(*edition, agenda, &papers);
        state.front_pages(*edition).unwrap_or_else(count)
    };
    let (loaded, front_pages) = rayon::join(
        || papers::load(&papers, run),
        || request.editions.iter().map(count).collect::<Vec<usize>>(),
    );
    if run.is_stopped() {
        return Ok(());
    }
    let found = papers::findings(&papers, &loaded, &request.editions, request.allow_gaps);
    report.findings.extend(found.iter().map(|(_, finding)| finding.clone()));
    if report.has_errors() {
        return withdraw(&mut state, report);
    }
    for (edition, front_pages) in request.editions.iter().zip(front_pages) {
        let made = edition::make(*edition, agenda, &papers, &loaded, front_pages, store.folder());
        let (bytes, made, leaks) = match made {
            Ok(made) => made,
            Err(message) => {
                report.findings.push(not_set(agenda, &message));
                return withdraw(&mut state, report);
            }
        };
        if leaks.is_empty() {
            files::write(&made.path, &bytes)?;
            state.put(&made, &fingerprint, &bytes, &papers, &found)?;
            report.editions.push(made);
        } else {
            report.findings.extend(leaks.iter().map(|leak| leak_finding(agenda, leak)));
            report.removed.extend(state.remove(*edition)?);
        }
    }
    // Giving back so much memory takes a while, and nothing waits for it.
    rayon::spawn(move || drop(loaded));
    Ok(())
}

/// A record that is missing or wrong leaves a gap.
fn tolerate_gaps(findings: &mut [Diagnostic]) {
    let tolerated = [&codes::RECORD_MISSING.id, &codes::RECORD_HAS_ERRORS.id];
    for finding in findings.iter_mut().filter(|finding| tolerated.contains(&&finding.code.id)) {
        finding.severity = Severity::Warning;
    }
}

/// The cover, the agenda or the stamps cannot be set, for example because of a character that the font does not have.
fn not_set(agenda: &Agenda, message: &str) -> Diagnostic {
    let message = format!("Deckblatt und Tagesordnung lassen sich nicht setzen: {message}");
    Diagnostic::new(&codes::EXPORT_ERROR, &agenda.session().source, agenda.session().date_span.clone(), message)
        .hint("Im Titel eines Tagesordnungspunkts, im Gremium oder im Ort das Zeichen ersetzen, das die Schrift nicht hat.")
}

fn leak_finding(agenda: &Agenda, leak: &Leak) -> Diagnostic {
    let message = format!("Die öffentliche Mappe enthält {}: „{}“.", leak.place, shown(&leak.secret));
    Diagnostic::new(&codes::LEAK, &agenda.session().source, 0..0, message).hint(
        "Sie wird nicht ausgeliefert. Die Stelle in der öffentlichen Vorlage oder Anlage ändern, oder den Punkt öffentlich behandeln.",
    )
}
