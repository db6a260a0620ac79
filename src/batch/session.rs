//! A session with the proposals on its agenda.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::inputs::{Problem, RecordFile};
use crate::check;
use crate::diagnostics::{Diagnostic, codes, has_errors};
use crate::files;
use crate::record::project::{Project, Projects};
use crate::record::proposal::{self, Input, Kind, Proposal, glance};
use crate::record::session::{self, AgendaItem, RecordPath, Session};
use crate::toml_tree;

/// A session, and for each item of its agenda the proposal, if it has one that can be read.
#[derive(Debug)]
pub struct Agenda {
    /// The session.
    pub session: Session,
    /// The proposals, one place for each item.
    pub proposals: Vec<Option<Proposal>>,
    /// For each item whether its record has errors.
    pub refused: Vec<bool>,
    /// What is wrong with the session; what is wrong with a proposal is said with its record.
    pub findings: Vec<Diagnostic>,
}

impl Agenda {
    /// The items with their proposals.
    pub fn items(&self) -> impl Iterator<Item = (&AgendaItem, Option<&Proposal>)> {
        self.session.items.iter().zip(self.proposals.iter().map(Option::as_ref))
    }

    /// Takes note of records that turned out to have errors when they were rendered.
    pub(super) fn refuse(&mut self, refused: &[String]) {
        for (item, known) in self.session.items.iter().zip(&mut self.refused) {
            let Some(record) = item.record.as_ref().filter(|_| !*known) else { continue };
            if refused.contains(&record.shown.display().to_string()) {
                self.findings.push(has_errors_finding(&self.session, item, record));
                *known = true;
            }
        }
    }

    /// The records that the agenda names, each once, in its order.
    pub fn records(&self) -> Vec<PathBuf> {
        records(&self.session).into_iter().map(|record| record.shown.clone()).collect()
    }
}

/// Opens a session file and reads the records that it names, without the rules of their forms.
pub(super) fn open(file: &RecordFile, project: &Arc<Project>) -> Result<Agenda, Problem> {
    let (session, mut findings) = read(file, project)?;
    let records: Vec<Option<(Proposal, bool)>> = session
        .items
        .par_iter()
        .map(|item| item.record.as_ref().and_then(|record| read_proposal(record, project)))
        .collect();
    let mut proposals = Vec::with_capacity(session.items.len());
    let mut refused = Vec::with_capacity(session.items.len());
    for (item, read) in session.items.iter().zip(records) {
        let sound = item.record.is_none() || read.as_ref().is_some_and(|(_, sound)| *sound);
        if let Some(record) = item.record.as_ref().filter(|_| !sound) {
            findings.push(has_errors_finding(&session, item, record));
        }
        proposals.push(read.map(|(proposal, _)| proposal));
        refused.push(!sound);
    }
    let by_item: Vec<Option<&Proposal>> = proposals.iter().map(Option::as_ref).collect();
    findings.extend(check::session::check(&session, &by_item));
    crate::diagnostics::sort(&mut findings);
    Ok(Agenda { session, proposals, refused, findings })
}

fn has_errors_finding(session: &Session, item: &AgendaItem, record: &RecordPath) -> Diagnostic {
    let record = record.shown.display();
    let message = format!("Die Vorlagendatei {record} hat Fehler.");
    Diagnostic::new(&codes::RECORD_HAS_ERRORS, &session.source, item.record_span.clone(), message)
        .hint(format!("„anlage check {record}“ nennt die Fehler."))
}

/// The records that a file names, if it is a session file.
pub(super) fn records_of(path: &Path) -> Vec<PathBuf> {
    let file = super::inputs::record_file(path.to_path_buf(), true);
    let is_session = |file: &RecordFile| {
        let bytes = file.read().ok()?;
        let source = toml_tree::decode(&file.name, &bytes).ok()?;
        (glance(&source).0 == Kind::Session).then_some(())
    };
    let session = is_session(&file).and_then(|()| Projects::default().of(&file.folder).ok());
    let session = session.and_then(|project| read(&file, &project).ok());
    session
        .map(|(session, _)| records(&session).into_iter().map(|record| record.shown.clone()).collect())
        .unwrap_or_default()
}

fn records(session: &Session) -> Vec<&RecordPath> {
    let mut records: Vec<&RecordPath> = Vec::new();
    for record in session.items.iter().filter_map(|item| item.record.as_ref()) {
        if !records.iter().any(|known| known.path == record.path) {
            records.push(record);
        }
    }
    records
}

fn read(file: &RecordFile, project: &Arc<Project>) -> Result<(Session, Vec<Diagnostic>), Problem> {
    let bytes = file.read()?.into_owned();
    let source =
        toml_tree::decode(&file.name, &bytes).map_err(|finding| Problem::Findings(vec![*finding]))?;
    let input = Input { bytes, source, folder: file.folder.clone(), project: Arc::clone(project) };
    Ok(session::read(input))
}

/// A proposal, and whether its record is sound; none if it cannot be read at all.
fn read_proposal(record: &RecordPath, project: &Arc<Project>) -> Option<(Proposal, bool)> {
    let bytes = files::read(&record.path, toml_tree::MAX_BYTES).ok()?;
    let source = toml_tree::decode(&record.shown.display().to_string(), &bytes).ok()?;
    let folder = record.path.parent()?.to_path_buf();
    let (proposal, findings) = proposal::read(Input { bytes, source, folder, project: Arc::clone(project) });
    Some((proposal, !has_errors(&findings)))
}
