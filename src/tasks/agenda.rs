//! A session with the proposals on its agenda, read once and handed on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check;
use crate::diagnostics::{self, Diagnostic, codes, has_errors};
use crate::files::{self, FileError, Stamp};
use crate::packet::Business;
use crate::record::proposal::Proposal;
use crate::record::publicity::Soundness;
use crate::record::session::{NamedRecord, RecordPath, Session};
use crate::run::{Looked, OpenedRecord, OpenedSession, Problem, RecordFile, Run, look_at};

/// A session, and for each item of its agenda the proposals that can be read.
#[derive(Debug)]
pub struct Agenda {
    opened: Arc<OpenedSession>,
    /// For each item one place for each record that it names.
    proposals: Vec<Vec<AgendaProposal>>,
    /// What is wrong with the session; what is wrong with a proposal is said with its record.
    pub findings: Vec<Diagnostic>,
}

/// A record that an item names.
#[derive(Debug)]
struct AgendaProposal {
    /// The record, if it can be read.
    opened: Option<Arc<OpenedRecord>>,
    /// Whether it has errors.
    soundness: Soundness,
}

impl AgendaProposal {
    fn proposal(&self) -> Option<&Proposal> {
        self.opened.as_ref().map(|opened| &opened.proposal)
    }
}

impl Agenda {
    /// Opens the records that a session names, each once; those among `looked` are not read again. Fails if the environment
    /// keeps one from being read.
    pub fn open(run: &Run, opened: &Arc<OpenedSession>, looked: &[Looked]) -> Result<Self, FileError> {
        let session = &opened.session;
        let records = Records::open(run, session, looked)?;
        let mut findings = opened.findings.clone();
        let mut proposal = |named: &NamedRecord| {
            let record = named.file.as_ref().ok();
            let opened = record.and_then(|record| records.get(&record.path));
            let is_sound = opened.as_ref().is_some_and(|one| !has_errors(&one.findings));
            // A run that is stopped has not read all of them.
            let is_unread = opened.is_none() && run.is_stopped();
            if let Some(record) = record.filter(|_| !is_sound && !is_unread) {
                findings.push(has_errors_finding(session, named, record));
            }
            AgendaProposal { opened, soundness: if is_sound { Soundness::Sound } else { Soundness::Faulty } }
        };
        let proposals: Vec<Vec<AgendaProposal>> =
            session.items.iter().map(|item| item.records.iter().map(&mut proposal).collect()).collect();
        let mut agenda = Self { opened: Arc::clone(opened), proposals, findings };
        let proposals: Vec<Vec<Option<&Proposal>>> =
            agenda.proposals.iter().map(|own| own.iter().map(AgendaProposal::proposal).collect()).collect();
        let of_session = check::session::check(session, &proposals);
        agenda.findings.extend(of_session);
        diagnostics::sort(&mut agenda.findings);
        Ok(agenda)
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.opened.session
    }

    /// Gives what stands for the session, its records and the files that they name, as they are now.
    pub fn mark(&self) -> String {
        let records = self.proposals.iter().flatten().filter_map(AgendaProposal::proposal);
        let of_records =
            records.clone().flat_map(|proposal| proposal.named_files.iter().map(|(path, _)| path));
        let of_items = self.session().items.iter().flat_map(|item| &item.papers);
        let files = of_records.chain(of_items.filter_map(|paper| paper.file.as_ref()));
        let states = files.map(|path| format!("{}\0{:?}", path.display(), Stamp::of(path)));
        let texts = std::iter::once(&self.session().source).chain(records.map(|proposal| &proposal.source));
        let all: Vec<String> = texts.map(|source| source.text.clone()).chain(states).collect();
        files::hash(&all.iter().map(String::as_bytes).collect::<Vec<_>>())
    }

    /// What a packet has to know of it.
    pub fn business(&self) -> Business<'_> {
        let of_item = self.proposals.iter().map(|own| own.iter().map(|one| (one.proposal(), one.soundness)));
        Business::new(self.session(), of_item)
    }

    /// Takes note of a record that turned out to have errors when it was rendered.
    pub fn refuse(&mut self, path: &Path) {
        for (item, proposals) in self.opened.session.items.iter().zip(&mut self.proposals) {
            for (named, own) in item.records.iter().zip(proposals) {
                let is_new = own.soundness == Soundness::Sound;
                let record = named.file.as_ref().ok().filter(|record| is_new && record.path == path);
                if let Some(record) = record {
                    self.findings.push(has_errors_finding(&self.opened.session, named, record));
                    own.soundness = Soundness::Faulty;
                }
            }
        }
    }
}

fn has_errors_finding(session: &Session, named: &NamedRecord, record: &RecordPath) -> Diagnostic {
    let message = format!("Die Vorlagendatei {} hat Fehler.", record.named);
    // What can be typed begins where the name of the session file does, which may be another place than this process is at.
    let folder = Path::new(&session.source.name).parent().unwrap_or(Path::new(""));
    let record = folder.join(&record.named);
    let record = record.strip_prefix(".").unwrap_or(&record).display();
    Diagnostic::new(&codes::RECORD_HAS_ERRORS, &session.source, named.span.clone(), message)
        .hint(format!("„anlage check {record}“ nennt die Fehler."))
}

/// The records of a session by their paths.
struct Records(BTreeMap<PathBuf, Arc<OpenedRecord>>);

impl Records {
    fn open(run: &Run, session: &Session, looked: &[Looked]) -> Result<Self, FileError> {
        let known: BTreeMap<PathBuf, &Looked> =
            looked.iter().filter_map(|looked| Some((looked.file.real_path()?, looked))).collect();
        let records = session.records();
        let other: Vec<RecordFile> = records
            .iter()
            .filter(|record| !known.contains_key(&record.path))
            .map(|record| RecordFile::named(record.shown.clone()))
            .collect();
        let other = look_at(run, &other, |_| None);
        let other = other.iter().filter_map(|looked| Some((looked.file.real_path()?, looked)));
        let all: Vec<(PathBuf, &Looked)> = known
            .into_iter()
            .filter(|(path, _)| records.iter().any(|record| record.path == *path))
            .chain(other)
            .collect();
        let opened = run.map(all.len(), |index| all[index].1.open());
        let mut records = BTreeMap::new();
        for ((path, _), opened) in all.iter().zip(opened) {
            match opened {
                Ok(opened) => records.insert(path.clone(), opened),
                Err(Problem::Findings(_)) => None,
                Err(Problem::Failure(failure)) => return Err(failure),
            };
        }
        Ok(Self(records))
    }

    fn get(&self, path: &Path) -> Option<Arc<OpenedRecord>> {
        self.0.get(path).cloned()
    }
}
