//! Checks many records and the sessions among them; mends what can be mended.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::agenda::Agenda;
use super::desk::{Desk, Mended};
use super::looks::Looks;
use super::turns::in_turn;
use crate::check::files::{files_of_session, named_files, of_files};
use crate::check::{cut_to_named, fixes};
use crate::diagnostics::has_errors;
use crate::files::{self, FileError};
use crate::run::{
    Looked, Numbers, RecordFile, Report, Run, Seen, Summary, WorkPlace, duplicate_number, look_at,
};

/// What is done with what can be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mending {
    /// It is only said.
    None,
    /// It is said what would change.
    Tried,
    /// It is mended in its file.
    Written,
}

/// What is done with each record.
#[derive(Debug, Clone, Copy)]
pub struct Checking {
    /// What is done with what can be mended.
    pub mending: Mending,
    /// Whether the pages of records without errors are laid out and proofread.
    pub pages: bool,
}

/// Checks records; `each` gets a report of each in their order, and how many there are.
pub fn check(run: &Run, files: &[RecordFile], how: Checking, mut each: impl FnMut(Report, usize)) -> Summary {
    let looked = look_at(run, files, |_| None);
    let mending = how.mending;
    // What is mended are records.
    let is_turn = |seen: &Seen| mending == Mending::None || !matches!(seen, Seen::Session(_));
    let turns: Vec<usize> = (0..looked.len()).filter(|index| is_turn(&looked[*index].seen)).collect();
    let total = looked.iter().filter(|looked| matches!(looked.seen, Seen::Record { .. })).count();
    let agendas = if mending == Mending::None { agendas(run, &looked) } else { BTreeMap::new() };
    let numbers = Numbers::of(&looked);
    let looks = Looks::new(run);
    let work = |desk: &mut Desk, index: usize| {
        let record = &looked[index];
        let report = match agendas.get(&index) {
            Some(agenda) => session(desk, &looks, record, agenda),
            None => one(desk, &looks, record, numbers.others(index), how),
        };
        (report, ())
    };
    let place = if how.pages && total > 1 { WorkPlace::Apart } else { WorkPlace::Here };
    in_turn(
        run,
        &looked,
        &turns,
        place,
        work,
        |_| {},
        |report, _| {
            each(report, total);
            ControlFlow::Continue(())
        },
    );
    Summary { records: total, sessions: agendas.len(), interrupted: run.is_stopped(), ..Summary::default() }
}

/// The sessions with the proposals on their agendas, by their places.
fn agendas(run: &Run, looked: &[Looked]) -> BTreeMap<usize, Result<Agenda, FileError>> {
    let sessions = looked.iter().enumerate().filter_map(|(index, looked)| match &looked.seen {
        Seen::Session(session) => Some((index, session)),
        _ => None,
    });
    sessions.map(|(index, session)| (index, Agenda::open(run, session, looked))).collect()
}

/// Reports a session, and what there is to say of the papers that only it names.
fn session(
    desk: &mut Desk,
    looks: &Looks<'_>,
    looked: &Looked,
    agenda: &Result<Agenda, FileError>,
) -> Report {
    let agenda = match agenda {
        Ok(agenda) => agenda,
        Err(failure) => return Report::failed(&looked.file, failure.again()),
    };
    let session = agenda.session();
    let mut findings = agenda.findings.clone();
    match looks.of(desk.looker(), files_of_session(session)) {
        Ok(looks) => findings.extend(of_files(&session.source, &session.project, &looks)),
        Err(failure) => return Report::failed(&looked.file, failure),
    }
    cut_to_named(&mut findings);
    Report::of(&looked.file, findings)
}

fn one(
    desk: &mut Desk,
    looks: &Looks<'_>,
    looked: &Looked,
    others: Option<Vec<&str>>,
    how: Checking,
) -> Report {
    let record = &looked.file;
    if let Seen::Other = looked.seen {
        return Report::passed_over(record);
    }
    let opened = match looked.open() {
        Ok(opened) => opened,
        Err(problem) => return Report::unread(record, problem),
    };
    let mended = match how.mending {
        Mending::None => Mended { findings: desk.check(&opened), change: None, opened },
        Mending::Tried | Mending::Written => desk.mend(&opened, &record.folder),
    };
    let mut findings = mended.findings;
    let proposal = &mended.opened.proposal;
    match looks.of(desk.looker(), named_files(proposal)) {
        Ok(looks) => findings.extend(of_files(&proposal.source, &proposal.project, &looks)),
        Err(failure) => return Report::failed(record, failure),
    }
    if how.pages && !has_errors(&findings) {
        findings.extend(desk.proofread(&mended.opened.proposal));
    }
    let fixable = fixes::count(&findings);
    cut_to_named(&mut findings);
    // Where the number stands in the record as it is now.
    findings.extend(others.and_then(|others| duplicate_number(&mended.opened.proposal, &others)));
    let Some((bytes, fixed)) = mended.change else {
        return Report { fixable, ..Report::of(record, findings) };
    };
    if let (Mending::Written, Some(path)) = (how.mending, record.path())
        && let Err(failure) = files::replace(path, &bytes)
    {
        return Report::failed(record, failure);
    }
    Report { fixable, fixed: Some(fixed), ..Report::of(record, findings) }
}
