//! The packet of a session: its records are rendered, its files read, and each edition is put together, unless nothing
//! has changed.
//!
//! Knows nothing of the terminal.

mod edition;
mod papers;
mod state;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::inputs::{self, Problem};
use super::render::Render;
use super::{Agenda, Outcome, Plan, Report, Task, session};
use crate::bind::Leak;
use crate::diagnostics::{Diagnostic, Severity, codes, has_errors, shown};
use crate::files::{self, FileError};
use crate::record::project::Projects;
use crate::typeset::Options;

use state::State;

/// Which of the session's papers a packet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// Those that everybody may see.
    Public,
    /// All.
    Complete,
}

/// What is to be made.
#[derive(Debug, Clone)]
pub struct Packet {
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

/// What a run takes place in.
pub struct Surroundings<'a> {
    /// This program.
    pub program: &'a Path,
    /// Records and files under way at once; all cores if not said.
    pub jobs: Option<usize>,
    /// Set from outside to end the run after what is under way.
    pub stop: &'a AtomicBool,
}

impl Surroundings<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
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
}

/// Makes the packets of a session; `each` gets the reports of its records.
pub fn run(packet: &Packet, plan: &Surroundings<'_>, mut each: impl FnMut(Report, usize)) -> PacketReport {
    let file = inputs::record_file(packet.session.clone(), true);
    let mut report = PacketReport { name: file.name.clone(), ..PacketReport::default() };
    let project = Projects::default().of(&file.folder);
    let project = match project.map_err(|error| inputs::project_problem(&file, error)) {
        Ok(project) => project,
        Err(Problem::Findings(findings)) => return PacketReport { findings, ..report },
        Err(Problem::Failure(failure)) => return PacketReport { failure: Some(failure), ..report },
    };
    let render = Render {
        options: Options::archival(),
        output: packet.output.clone(),
        force: packet.force,
        prune: false,
        shard: None,
    };
    let folder = render.folder(&project);
    let made = match session::open(&file, &project) {
        Ok(mut agenda) => render_records(&render, plan, &agenda, &mut each).and_then(|refused| {
            agenda.refuse(&refused);
            report.findings.append(&mut agenda.findings);
            Run { packet, plan, agenda: &agenda, folder: &folder, report: &mut report }.make()
        }),
        Err(Problem::Findings(findings)) => {
            report.findings = findings;
            State::open(&folder, &packet.session).and_then(|mut state| withdraw(&mut state, &mut report))
        }
        Err(Problem::Failure(failure)) => Err(failure),
    };
    report.failure = made.err();
    report.interrupted = plan.is_stopped();
    report
}

/// Renders the form annexes; returns the records that were refused.
fn render_records(
    render: &Render,
    plan: &Surroundings<'_>,
    agenda: &Agenda,
    each: &mut impl FnMut(Report, usize),
) -> Result<Vec<String>, FileError> {
    let files = inputs::record_files(agenda.records());
    let (program, jobs, stop) = (plan.program, plan.jobs, plan.stop);
    let mut refused = Vec::new();
    let mut failed = None;
    let plan = Plan { task: Task::Render(render), program, jobs, stop };
    let summary = super::run(&files, &plan, |report, total| {
        match (report.outcome, &report.failure) {
            (Outcome::Refused, _) => refused.push(report.name.clone()),
            (_, Some(failure)) => failed = Some(failure.again()),
            _ => {}
        }
        each(report, total);
    });
    match summary.failure.or(failed) {
        Some(failure) => Err(failure),
        None => Ok(refused),
    }
}

/// Removes what an earlier run made: it would look finished.
fn withdraw(state: &mut State, report: &mut PacketReport) -> Result<(), FileError> {
    for edition in [Edition::Public, Edition::Complete] {
        report.removed.extend(state.remove(edition)?);
    }
    Ok(())
}

/// A session whose records are rendered, and what is to be made of it.
struct Run<'a> {
    packet: &'a Packet,
    plan: &'a Surroundings<'a>,
    agenda: &'a Agenda,
    folder: &'a Path,
    report: &'a mut PacketReport,
}

impl Run<'_> {
    /// Makes the editions, unless they are up to date or something is wrong.
    fn make(&mut self) -> Result<(), FileError> {
        let mut state = State::open(self.folder, &self.packet.session)?;
        let papers = papers::list(self.agenda, self.folder);
        self.tolerate_gaps();
        if self.plan.is_stopped() {
            return Ok(());
        }
        if self.report.has_errors() {
            return withdraw(&mut state, self.report);
        }
        let fingerprint = papers::fingerprint(self.agenda, &papers, self.packet.allow_gaps);
        if let Some(known) =
            state.up_to_date(&self.packet.editions, &fingerprint).filter(|_| !self.packet.force)
        {
            for finding in known.iter().flat_map(|known| known.findings(&papers)) {
                // A paper that is in both editions is spoken of once.
                if !self.report.findings.contains(&finding) {
                    self.report.findings.push(finding);
                }
            }
            self.report.editions = known.into_iter().map(|known| known.report).collect();
            return Ok(());
        }
        let count = |edition: &Edition| {
            let count = || edition::front_pages(*edition, self.agenda, &papers);
            state.front_pages(*edition).unwrap_or_else(count)
        };
        let (loaded, front_pages) = rayon::join(
            || papers::load(&papers, self.plan),
            || self.packet.editions.iter().map(count).collect::<Vec<usize>>(),
        );
        if self.plan.is_stopped() {
            return Ok(());
        }
        let found = papers::findings(&papers, &loaded, &self.packet.editions, self.packet.allow_gaps);
        self.report.findings.extend(found.iter().map(|(_, finding)| finding.clone()));
        if self.report.has_errors() {
            return withdraw(&mut state, self.report);
        }
        for (edition, front_pages) in self.packet.editions.iter().zip(front_pages) {
            let made = edition::make(*edition, self.agenda, &papers, &loaded, front_pages, self.folder);
            let (bytes, made, leaks) = match made {
                Ok(made) => made,
                Err(message) => {
                    self.report.findings.push(not_set(self.agenda, &message));
                    return withdraw(&mut state, self.report);
                }
            };
            match leaks.is_empty() {
                true => {
                    files::write(&made.path, &bytes)?;
                    state.put(&made, &fingerprint, &bytes, &papers, &found)?;
                    self.report.editions.push(made);
                }
                false => {
                    self.report.findings.extend(leaks.iter().map(|leak| leak_finding(self.agenda, leak)));
                    self.report.removed.extend(state.remove(*edition)?);
                }
            }
        }
        // Giving back so much memory takes a while, and nothing waits for it.
        rayon::spawn(move || drop(loaded));
        Ok(())
    }

    /// A record that is missing or wrong leaves a gap, if gaps are allowed.
    fn tolerate_gaps(&mut self) {
        let tolerated = [&codes::RECORD_MISSING.id, &codes::RECORD_HAS_ERRORS.id];
        for finding in self.report.findings.iter_mut().filter(|_| self.packet.allow_gaps) {
            if tolerated.contains(&&finding.code.id) {
                finding.severity = Severity::Warning;
            }
        }
    }
}

/// The cover, the agenda or the stamps cannot be set, for example because of a character that the font does not have.
fn not_set(agenda: &Agenda, message: &str) -> Diagnostic {
    let message = format!("Deckblatt und Tagesordnung lassen sich nicht setzen: {message}");
    Diagnostic::new(&codes::EXPORT_ERROR, &agenda.session.source, agenda.session.date_span.clone(), message)
        .hint("Im Titel eines Tagesordnungspunkts, im Gremium oder im Ort das Zeichen ersetzen, das die Schrift nicht hat.")
}

fn leak_finding(agenda: &Agenda, leak: &Leak) -> Diagnostic {
    let message = format!("Die öffentliche Mappe enthält {}: „{}“.", leak.place, shown(&leak.secret));
    Diagnostic::new(&codes::LEAK, &agenda.session.source, 0..0, message).hint(
        "Sie wird nicht ausgeliefert. Die Stelle in der öffentlichen Vorlage oder Anlage ändern, oder den Punkt öffentlich behandeln.",
    )
}
