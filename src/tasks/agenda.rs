//! A session with the proposals on its agenda, read once and handed on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check;
use crate::diagnostics::{self, Diagnostic, codes, has_errors};
use crate::files::FileError;
use crate::packet::Business;
use crate::record::proposal::Proposal;
use crate::record::publicity::Soundness;
use crate::record::session::{AgendaItem, RecordPath, Session};
use crate::run::{Looked, OpenedRecord, OpenedSession, Problem, RecordFile, Run, look_at};

/// A session, and for each item of its agenda the proposal, if it has one that can be read.
#[derive(Debug)]
pub struct Agenda {
    opened: Arc<OpenedSession>,
    /// The proposals, one place for each item.
    proposals: Vec<Option<Arc<OpenedRecord>>>,
    /// For each item whether its record has errors.
    soundness: Vec<Soundness>,
    /// What is wrong with the session; what is wrong with a proposal is said with its record.
    pub findings: Vec<Diagnostic>,
}

impl Agenda {
    /// Opens the records that a session names, each once; those among `looked` are not read again. Fails if the environment
    /// keeps one from being read.
    pub fn open(run: &Run, opened: &Arc<OpenedSession>, looked: &[Looked]) -> Result<Self, FileError> {
        let session = &opened.session;
        let records = Records::open(run, session, looked)?;
        let (mut proposals, mut soundness) = (Vec::new(), Vec::new());
        let mut findings = opened.findings.clone();
        for item in &session.items {
            let record = item.record.as_ref();
            let proposal = record.and_then(|record| records.get(&record.path));
            let is_sound =
                record.is_none() || proposal.as_ref().is_some_and(|one| !has_errors(&one.findings));
            if let Some(record) = record.filter(|_| !is_sound) {
                findings.push(has_errors_finding(session, item, record));
            }
            proposals.push(proposal);
            soundness.push(if is_sound { Soundness::Sound } else { Soundness::Faulty });
        }
        let mut agenda = Self { opened: Arc::clone(opened), proposals, soundness, findings };
        let proposals: Vec<Option<&Proposal>> = agenda.items().map(|(_, proposal)| proposal).collect();
        let of_session = check::session::check(session, &proposals);
        agenda.findings.extend(of_session);
        diagnostics::sort(&mut agenda.findings);
        Ok(agenda)
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.opened.session
    }

    /// The items with their proposals.
    pub fn items(&self) -> impl Iterator<Item = (&AgendaItem, Option<&Proposal>)> {
        self.session().items.iter().zip(self.proposals())
    }

    /// The proposals, one place for each item.
    pub fn proposals(&self) -> impl Iterator<Item = Option<&Proposal>> {
        self.proposals.iter().map(|opened| opened.as_ref().map(|opened| &opened.proposal))
    }

    /// What a packet has to know of it.
    pub fn business(&self) -> Business<'_> {
        Business::new(self.session(), self.proposals().zip(self.soundness.iter().copied()))
    }

    /// Takes note of a record that turned out to have errors when it was rendered.
    pub fn refuse(&mut self, path: &Path) {
        for (item, soundness) in self.opened.session.items.iter().zip(&mut self.soundness) {
            let is_new = *soundness == Soundness::Sound;
            if let Some(record) = item.record.as_ref().filter(|record| is_new && record.path == path) {
                self.findings.push(has_errors_finding(&self.opened.session, item, record));
                *soundness = Soundness::Faulty;
            }
        }
    }
}

fn has_errors_finding(session: &Session, item: &AgendaItem, record: &RecordPath) -> Diagnostic {
    let record = record.shown.display();
    let message = format!("Die Vorlagendatei {record} hat Fehler.");
    Diagnostic::new(&codes::RECORD_HAS_ERRORS, &session.source, item.record_span.clone(), message)
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
