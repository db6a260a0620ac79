//! Hands records over: makes their form annexes, gathers all that belongs to them, and lays it into a folder that is
//! there whole or not at all.
//!
//! A proposal is rendered, copied and described in one go on each core, and then let go. Knows nothing of the terminal.

mod everybody;
mod gather;
mod judge;
mod refusal;

use std::ops::ControlFlow;
use std::path::Path;

use super::agenda::Agenda;
use super::glances::Glances;
use super::packet::{self, PacketReport, PacketRequest, Versions};
use super::render::{Render, Rendering};
use crate::archive::{Bundle, FiledKind, HandOver, HandOverPlace, HandedOver, PacketFile, Shelf, bundle};
use crate::diagnostics::{Diagnostic, Source, codes, has_errors};
use crate::files::FolderStage;
use crate::packet::{Edition, EditionReport, ExtractWish};
use crate::record::project;
use crate::run::{Looked, Outcome, Problem, RecordFile, Report, Run, Store, look_at};

use everybody::held_back;
use gather::Gathered;
pub use refusal::HandOverRefusal;

/// Hands records over; `each` gets a report of each record, as a run of `render` gives it.
pub fn hand_over(
    run: &Run,
    files: &[RecordFile],
    how: &HandOver<'_>,
    mut each: impl FnMut(Report, usize),
) -> Result<HandedOver, HandOverRefusal> {
    // First, so that what stands in the way is known before anything is rendered.
    let stage = FolderStage::beside(how.target)?;
    // Until the end, so that nobody else changes what is handed over.
    let render = Render::archival(None);
    let stores = run.stores(render.rendition());
    let looked = look_at(run, files, |project| render.store(project, &stores).ok());
    let gathered = Gathered::of(run, looked, how.public_only, &mut each)?;
    let rendering = Rendering { run, how: &render, looked: &gathered.records, stores: &stores, public: None };
    let glances = Glances::new(run);
    let claims = judge::session(&glances, &gathered, &mut each)?;
    let place = HandOverPlace::new(stage, how, gathered.holdings(&render, claims));
    let mut shelf = Shelf::begin(&place)?;
    fill(&rendering, &glances, &gathered, &mut shelf, &mut each)?;
    if shelf.is_empty() {
        return Err(HandOverRefusal::Nothing);
    }
    let packets = match &gathered.agenda {
        Some((file, agenda)) => {
            let store = render.store(&gathered.project, &stores)?;
            bind(run, &glances, &file.file, agenda, &store, how, &mut each)?
        }
        None => Vec::new(),
    };
    let done = shelf.close(&packets)?;
    refuse_changed(&gathered, &place, &mut each)?;
    if how.public_only {
        hold_back(run, &gathered, &place, &done, &mut each)?;
    }
    let path = place.publish()?;
    Ok(HandedOver { path, other_sessions: gathered.other_sessions, ..done })
}

/// Renders all records, and puts each into the folder as soon as it is rendered.
fn fill(
    rendering: &Rendering<'_>,
    glances: &Glances<'_>,
    gathered: &Gathered,
    shelf: &mut Shelf<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<(), HandOverRefusal> {
    let place = shelf.place();
    let (mut is_wrong, mut is_reported, mut refusal) = (false, false, None);
    let then = |index: usize, report: &Report| {
        let is_done = matches!(report.outcome, Outcome::Made | Outcome::UpToDate) && !report.has_errors();
        is_done.then(|| bundled(place, glances, gathered, &gathered.records[index]))
    };
    let summary = rendering.each_then(then, |mut report, bundle, total| {
        let bundle = match bundle.flatten() {
            Some(Ok(Bundled::Refused(findings))) => {
                report.findings.extend(findings);
                None
            }
            Some(Ok(Bundled::Put(bundle))) => Some(Ok(bundle)),
            Some(Err(refusal)) => Some(Err(refusal)),
            None => None,
        };
        is_wrong |= report.outcome == Outcome::Refused || report.has_errors();
        is_reported |= report.failure.is_some();
        // What is left out is not spoken of either.
        if !matches!(&bundle, Some(Ok(bundle)) if bundle.is_left_out()) {
            each(report, total);
        }
        if let (Some(bundle), false) = (bundle, is_wrong || is_reported) {
            refusal = bundle.and_then(|bundle| Ok(shelf.add(*bundle)?)).err();
        }
        if refusal.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (refusal, summary.failure) {
        (Some(refusal), _) => Err(refusal),
        (None, Some(failure)) => Err(failure.into()),
        _ if is_reported => Err(HandOverRefusal::Reported),
        _ if summary.interrupted => Err(HandOverRefusal::Interrupted),
        _ if is_wrong => Err(HandOverRefusal::Errors),
        _ => Ok(()),
    }
}

/// What came of a proposal that was rendered.
enum Bundled {
    /// It is in the folder.
    Put(Box<Bundle>),
    /// Files of it cannot be used.
    Refused(Vec<Diagnostic>),
}

/// Puts a proposal into the folder, if all of its files can be used.
fn bundled(
    place: &HandOverPlace<'_>,
    glances: &Glances<'_>,
    gathered: &Gathered,
    record: &Looked,
) -> Result<Bundled, HandOverRefusal> {
    let opened = record.open()?;
    let (claims, findings) = judge::proposal(glances, gathered, record, &opened.proposal)?;
    if has_errors(&findings) {
        return Ok(Bundled::Refused(findings));
    }
    let bundle = bundle(place, gathered.handed(record, &opened.proposal), &claims)?;
    Ok(Bundled::Put(Box::new(bundle)))
}

/// Makes the packets of the session that are not up to date.
fn bind(
    run: &Run,
    glances: &Glances<'_>,
    session: &RecordFile,
    agenda: &Agenda,
    store: &Store,
    how: &HandOver<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<Vec<PacketFile>, HandOverRefusal> {
    let mut editions = vec![Edition::PUBLIC];
    if !how.public_only {
        editions.push(Edition::COMPLETE);
    }
    let session_path = session.path().map(Path::to_path_buf).unwrap_or_default();
    // What is for everybody holds no packet that this run did not make.
    let force = how.public_only;
    let extracts = ExtractWish::default();
    let request = PacketRequest {
        session: session_path,
        output: None,
        editions,
        allow_gaps: false,
        force,
        extracts,
        sending: None,
    };
    let versions = match Versions::open(agenda.session(), &request.session) {
        Ok(versions) => versions,
        Err(problem) => {
            if let Problem::Findings(findings) = problem {
                each(Report { name: session.name.clone(), findings, ..Report::default() }, 1);
                return Err(HandOverRefusal::Errors);
            }
            return Err(problem.into());
        }
    };
    let mut made = PacketReport::default();
    let bound = packet::bind(run, &request, agenda, &versions, store, &mut made);
    let is_wrong = made.has_errors() || made.editions.len() < request.editions.len();
    let PacketReport { findings, set_aside, .. } = made;
    each(Report { name: session.name.clone(), findings, set_aside, ..Report::default() }, 1);
    bound?;
    if is_wrong {
        Err(HandOverRefusal::Errors)
    } else if run.is_stopped() {
        Err(HandOverRefusal::Interrupted)
    } else {
        let packets = made.editions.into_iter().map(|made| packet_file(glances, made));
        let sent = versions.handed_over(agenda.session(), how.public_only).map_err(|findings| {
            each(Report { name: session.name.clone(), findings, ..Report::default() }, 1);
            HandOverRefusal::Errors
        })?;
        let sent = sent.into_iter().map(|file| with_claims(glances, file));
        packets.chain(sent).collect()
    }
}

fn packet_file(glances: &Glances<'_>, made: EditionReport) -> Result<PacketFile, HandOverRefusal> {
    let title = format!("Sitzungsmappe, {}", made.edition.name_in_title);
    let claims = glances.claims(&made.path)?;
    let place = made.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(PacketFile {
        path: made.path,
        kind: FiledKind::Packet,
        place,
        title,
        claims,
        publicity: made.edition.readers,
        sent: None,
    })
}

/// Adds what a PDF that was sent claims.
fn with_claims(glances: &Glances<'_>, file: PacketFile) -> Result<PacketFile, HandOverRefusal> {
    let is_pdf = file.kind == FiledKind::Dispatched;
    let claims = if is_pdf { glances.claims(&file.path)? } else { None };
    Ok(PacketFile { claims, ..file })
}

/// Refuses a folder for everybody that holds what is not.
fn hold_back(
    run: &Run,
    gathered: &Gathered,
    place: &HandOverPlace<'_>,
    done: &HandedOver,
    each: &mut impl FnMut(Report, usize),
) -> Result<(), HandOverRefusal> {
    let findings = held_back(run, gathered, place, &done.for_everybody)?;
    let is_wrong = has_errors(&findings);
    each(Report { name: place.name(), findings, ..Report::default() }, 1);
    if run.is_stopped() {
        Err(HandOverRefusal::Interrupted)
    } else if is_wrong {
        Err(HandOverRefusal::HeldBack)
    } else {
        Ok(())
    }
}

/// Refuses what would not be of one piece: files that were changed after they were read or taken over.
fn refuse_changed(
    gathered: &Gathered,
    place: &HandOverPlace<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<(), HandOverRefusal> {
    let session = gathered.agenda.iter().map(|(file, _)| file);
    let read = gathered.records.iter().chain(session).filter(|looked| looked.has_changed());
    let mut names: Vec<String> = read.map(|looked| looked.file.name.clone()).collect();
    names.extend(place.changed());
    // What the project says was read first, and copied last.
    if !gathered.project.is_as_it_lies() {
        names.push(project::FILE_NAME.to_owned());
    }
    for name in &names {
        let message = "Die Datei wurde geändert, während sie abgegeben wurde.";
        let finding = Diagnostic::new(&codes::CHANGED_MEANWHILE, &Source::new(name, ""), 0..0, message)
            .hint("Die Abgabe noch einmal machen, wenn niemand mehr daran arbeitet.");
        each(Report { name: name.clone(), findings: vec![finding], ..Report::default() }, names.len());
    }
    if names.is_empty() { Ok(()) } else { Err(HandOverRefusal::Changed) }
}
