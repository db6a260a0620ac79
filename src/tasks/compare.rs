//! Compares two versions: of a record, of a session with its proposals, or of what was made of records.

mod failure;
mod place;
mod synopsis;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use self::place::VersionPlace;
use crate::compare::{Change, ChangeKind, FileMention, SessionVersion, documents, files, records, sessions};
use crate::day::Day;
use crate::diagnostics::{Diagnostic, codes};
use crate::packet::late::{self, Compared, Dispatch};
use crate::pdf::{AnnexFormat, DocumentText, ExtractError, FileGlance, Glancer, Refusal};
use crate::record::input::{self, FileKind, Input};
use crate::record::project::Project;
use crate::record::proposal::{self, Proposal};
use crate::record::publicity::{self, Publicity};
use crate::record::session;
use crate::run::{Problem, Run};
use crate::toml_tree::{self, Step, TomlFile};

pub use failure::CompareFailure;
pub use synopsis::synopsis;

/// What changed from one version to another.
#[derive(Debug)]
pub struct Comparison {
    /// The old version, as the user named it.
    pub old: String,
    /// The new version, as the user named it.
    pub new: String,
    /// What they are versions of: `V/0056/2025, Fortschreibung des Migrationsleitbildes`.
    pub title: String,
    /// What changed.
    pub changes: Vec<Change>,
    /// What the reader has to know about the comparison.
    pub notes: Vec<String>,
    /// The day of the new version.
    pub day: Option<Day>,
    /// Who may see it; none if the versions do not say.
    pub publicity: Option<Publicity>,
    /// The name of the municipality.
    pub municipality: Option<String>,
}

/// A version that was read.
enum LoadedVersion {
    Record(Box<LoadedRecord>),
    Session(Box<LoadedSession>),
    Document(Box<LoadedDocument>),
    Dispatch(Box<LoadedDispatch>),
}

/// A record of one of the versions.
struct LoadedRecord {
    proposal: Proposal,
    /// Where it lies, and the files that it names; nowhere if a PDF carries it.
    place: Option<VersionPlace>,
}

/// A session of one of the versions.
struct LoadedSession {
    place: VersionPlace,
    session: session::Session,
    version: SessionVersion,
    /// Hashes of the records on its agenda, by the paths that name them, as far as they can be read.
    records: BTreeMap<String, String>,
}

/// A document of one of the versions.
struct LoadedDocument {
    text: DocumentText,
    /// A hash of the file.
    hash: String,
    project: Arc<Project>,
}

/// A version of a packet that was sent.
struct LoadedDispatch {
    sent: Dispatch,
    project: Arc<Project>,
}

/// What was found between two versions of one kind.
struct VersionChanges {
    title: String,
    changes: Vec<Change>,
    day: Option<Day>,
    publicity: Option<Publicity>,
    municipality: Option<String>,
}

/// Compares two versions; each is a file, or `REVISION:PATH` in git.
pub fn compare(run: &Run, old: &str, new: &str) -> Result<Comparison, CompareFailure> {
    use LoadedVersion::{Dispatch, Document, Record, Session};
    let mut notes = Vec::new();
    let changed = match open_both(run, old, new, &mut notes)? {
        (Record(before), Record(now)) => of_records(&before, &now, &mut notes),
        (Session(before), Session(now)) => of_sessions(run, &before, &now, &mut notes)?,
        (Document(before), Document(now)) => of_documents((old, &before), (new, &now), &mut notes)?,
        (Dispatch(before), Dispatch(now)) => of_dispatches(&before, &now),
        (before, now) => {
            let (old_kind, new_kind) = (before.kind(), now.kind());
            return Err(CompareFailure::Unlike { old: old.into(), old_kind, new: new.into(), new_kind });
        }
    };
    let VersionChanges { title, changes, day, publicity, municipality } = changed;
    Ok(Comparison { old: old.into(), new: new.into(), title, changes, notes, day, publicity, municipality })
}

/// Reads both versions. Of two PDFs of which one carries a record both have a text, and are read by that.
fn open_both(
    run: &Run,
    old: &str,
    new: &str,
    notes: &mut Vec<String>,
) -> Result<(LoadedVersion, LoadedVersion), CompareFailure> {
    use LoadedVersion::{Document, Record};
    let (before, now) = (open(run, old, notes)?, open(run, new, notes)?);
    Ok(match (&before, &now) {
        (Document(_), Record(_)) => (before, as_document(run, new)?.unwrap_or(now)),
        (Record(_), Document(_)) => (as_document(run, old)?.unwrap_or(before), now),
        _ => (before, now),
    })
}

fn of_records(before: &LoadedRecord, now: &LoadedRecord, notes: &mut Vec<String>) -> VersionChanges {
    let mut changes = records(&before.proposal, &now.proposal);
    if let (Some(old), Some(new)) = (before.files(), now.files()) {
        changes.extend(of_files(&old, &new, notes));
    }
    let publicity = of_record(&before.proposal).and(of_record(&now.proposal));
    let proposal = &now.proposal;
    VersionChanges {
        title: title_of(proposal),
        changes,
        day: proposal.date,
        publicity: Some(publicity),
        municipality: proposal.project.settings.municipality.clone(),
    }
}

fn of_sessions(
    run: &Run,
    before: &LoadedSession,
    now: &LoadedSession,
    notes: &mut Vec<String>,
) -> Result<VersionChanges, CompareFailure> {
    let mut changes = sessions(&before.version, &now.version);
    changes.extend(of_papers(run, before, now, notes)?);
    changes.extend(of_files(&before.files(), &now.files(), notes));
    let session = &now.session;
    let day = session.date.map(|day| format!(", {}", day.in_words())).unwrap_or_default();
    let items = before.session.items.iter().chain(&session.items);
    Ok(VersionChanges {
        title: format!("{}{day}", session.committee()),
        changes,
        day: session.date,
        publicity: Some(items.map(of_item).fold(Publicity::Public, Publicity::and)),
        municipality: session.project.settings.municipality.clone(),
    })
}

/// What changed from one version that was sent to another.
fn of_dispatches(before: &LoadedDispatch, now: &LoadedDispatch) -> VersionChanges {
    let changes = late::changes(Compared::of(&before.sent), Compared::of(&now.sent));
    let told = |change: late::LateChange| Change {
        part: "Tagesordnung".to_owned(),
        path: change.item.clone(),
        place: Some(format!("TOP {}", change.item)).filter(|_| !change.item.is_empty()).into_iter().collect(),
        label: String::new(),
        kind: ChangeKind::Told(change.words),
    };
    let items = before.sent.items.iter().chain(&now.sent.items);
    let is_public = items.clone().all(|item| item.is_public) && changes.iter().all(|change| change.is_public);
    VersionChanges {
        title: format!("{}, {}", now.sent.committee, now.sent.name()),
        changes: changes.into_iter().map(told).collect(),
        day: Some(now.sent.date),
        publicity: Some(if is_public { Publicity::Public } else { Publicity::NonPublic }),
        municipality: now.project.settings.municipality.clone(),
    }
}

fn of_documents(
    (old, before): (&str, &LoadedDocument),
    (new, now): (&str, &LoadedDocument),
    notes: &mut Vec<String>,
) -> Result<VersionChanges, CompareFailure> {
    let mut changes = Vec::new();
    if before.hash != now.hash {
        changes = documents(&before.text, &now.text);
        for (name, document) in [(old, before), (new, now)] {
            let unread = document.text.unread.iter();
            notes.extend(unread.map(|unread| format!("{name} ist nicht ganz lesbar: {unread}")));
        }
        // What nobody could read may have changed.
        if changes.is_empty() && !notes.is_empty() {
            return Err(CompareFailure::Unreadable(notes.join("; ")));
        }
        if before.text.structured.is_none() || now.text.structured.is_none() {
            notes.push("Ohne Struktur im PDF ist der Text Seite für Seite verglichen.".into());
        }
    }
    Ok(VersionChanges {
        title: now.text.title.clone().unwrap_or_else(|| new.to_owned()),
        changes,
        day: now.text.day,
        publicity: None,
        municipality: now.project.settings.municipality.clone(),
    })
}

impl LoadedVersion {
    /// What a PDF carries lies nowhere.
    fn without_place(mut self) -> Self {
        if let Self::Record(record) = &mut self {
            record.place = None;
        }
        self
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Record(_) => "eine Vorlagendatei",
            Self::Session(_) => "eine Sitzungsdatei",
            Self::Document(_) => "ein PDF ohne Vorlagendatei",
            Self::Dispatch(_) => "eine Versanddatei",
        }
    }
}

/// Reads a version, whatever it is.
fn open(run: &Run, name: &str, notes: &mut Vec<String>) -> Result<LoadedVersion, CompareFailure> {
    let place = VersionPlace::named(name)?;
    let bytes = place.read()?;
    if bytes.starts_with(b"{") {
        return dispatch(run, name, &place, &bytes);
    }
    if AnnexFormat::of(&bytes) != Some(AnnexFormat::Pdf) {
        return text(run, name, &place, &bytes, notes);
    }
    match glance(run, name, |glancer| glancer.pdf(bytes.clone()))?.record {
        Ok(record) => text(run, name, &place, &record, notes).map(LoadedVersion::without_place),
        Err(ExtractError::NoRecord) => document(run, name, &place, bytes),
        Err(error @ ExtractError::Damaged) => Err(CompareFailure::Unreadable(format!("{name}: {error}"))),
    }
}

/// Reads a version by its text, if it is a PDF.
fn as_document(run: &Run, name: &str) -> Result<Option<LoadedVersion>, CompareFailure> {
    let place = VersionPlace::named(name)?;
    let bytes = place.read()?;
    let is_pdf = AnnexFormat::of(&bytes) == Some(AnnexFormat::Pdf);
    is_pdf.then(|| document(run, name, &place, bytes)).transpose()
}

/// Reads the record of a version of a packet that was sent.
fn dispatch(
    run: &Run,
    name: &str,
    place: &VersionPlace,
    json: &[u8],
) -> Result<LoadedVersion, CompareFailure> {
    let project = run.project_of(&place.folder()).map_err(|error| Problem::of_project(name, error))?;
    let sent =
        Dispatch::read_any(json).map_err(|error| CompareFailure::Unreadable(format!("{name}: {error}")))?;
    Ok(LoadedVersion::Dispatch(Box::new(LoadedDispatch { sent, project })))
}

/// Reads a PDF by its text.
fn document(
    run: &Run,
    name: &str,
    place: &VersionPlace,
    bytes: Vec<u8>,
) -> Result<LoadedVersion, CompareFailure> {
    let project = run.project_of(&place.folder()).map_err(|error| Problem::of_project(name, error))?;
    let hash = crate::files::hash(&[&bytes]);
    let text = glance(run, name, |glancer| glancer.text(bytes))?.text.unwrap_or_default();
    Ok(LoadedVersion::Document(Box::new(LoadedDocument { text, hash, project })))
}

/// Has a process glance at a PDF.
fn glance(
    run: &Run,
    name: &str,
    ask: impl FnOnce(&mut Glancer) -> io::Result<Result<FileGlance, Refusal>>,
) -> Result<FileGlance, CompareFailure> {
    let glance = ask(&mut Glancer::new(run.program())).map_err(|error| run.not_run(error))?;
    glance.map_err(|why| CompareFailure::Pdf { name: name.to_owned(), why })
}

/// Reads a record or a session.
fn text(
    run: &Run,
    name: &str,
    place: &VersionPlace,
    bytes: &[u8],
    notes: &mut Vec<String>,
) -> Result<LoadedVersion, CompareFailure> {
    if bytes.len() as u64 > toml_tree::MAX_BYTES {
        return Err(CompareFailure::Findings(vec![toml_tree::too_large(name)]));
    }
    let input = input(run, name, place, bytes)?;
    if !input.file.syntax.is_empty() {
        // „anlage check“ names all of them.
        return Err(CompareFailure::Findings(input.file.syntax.into_iter().take(1).collect()));
    }
    if input::kind(&input.file) != FileKind::Session {
        let proposal = proposal(name, input, notes)?;
        return Ok(LoadedVersion::Record(Box::new(LoadedRecord { proposal, place: Some(place.clone()) })));
    }
    let (source, tree) = (Arc::clone(&input.file.text.source), input.file.tree.clone());
    let (session, findings) = session::read(input);
    note_errors(name, &findings, notes);
    let mut version = SessionVersion { source, tree, subjects: BTreeMap::new() };
    let mut records = BTreeMap::new();
    for (path, _) in version.papers() {
        // What is not there is a finding about the session, and no reason not to compare the rest.
        let paper = place.beside(&path).filter(|paper| is_inside(paper, &session.project));
        let Some(bytes) = paper.and_then(|paper| paper.read_within(toml_tree::MAX_BYTES).ok()) else {
            continue;
        };
        version.subjects.extend(subject(&bytes).map(|subject| (path.clone(), subject)));
        records.insert(path, crate::files::hash(&[&bytes]));
    }
    Ok(LoadedVersion::Session(Box::new(LoadedSession { place: place.clone(), session, version, records })))
}

/// No path leads out of the project.
fn is_inside(paper: &VersionPlace, project: &Project) -> bool {
    match paper {
        VersionPlace::File(path) => {
            path.canonicalize().is_ok_and(|path| path.starts_with(project.root.path()))
        }
        VersionPlace::Git { .. } => true,
    }
}

fn input(run: &Run, name: &str, place: &VersionPlace, bytes: &[u8]) -> Result<Input, CompareFailure> {
    let wrong = |finding: Diagnostic| CompareFailure::Findings(vec![finding]);
    if let Some(finding) = input::not_a_record(name, bytes) {
        return Err(wrong(finding));
    }
    let file = TomlFile::read(name, bytes).map_err(|finding| wrong(*finding))?;
    let folder = place.folder();
    let project = run.project_of(&folder).map_err(|error| Problem::of_project(name, error))?;
    Ok(Input { file, folder, project })
}

fn proposal(name: &str, input: Input, notes: &mut Vec<String>) -> Result<Proposal, CompareFailure> {
    let (proposal, findings) = proposal::read(input);
    if findings.iter().any(|finding| finding.code.id == codes::NOT_A_RECORD.id) {
        return Err(CompareFailure::Findings(findings));
    }
    note_errors(name, &findings, notes);
    Ok(proposal)
}

/// Says of a version with errors that it has some: they are compared too, but nobody knows what they mean.
fn note_errors(name: &str, findings: &[Diagnostic], notes: &mut Vec<String>) {
    // What a version names may lie elsewhere today.
    let of_files = [
        &codes::FILE_MISSING,
        &codes::RECORD_MISSING,
        &codes::BAD_PATH,
        &codes::IMAGE_UNREADABLE,
        &codes::IMAGE_TOO_LARGE,
    ];
    let counts =
        |finding: &&Diagnostic| finding.is_error() && !of_files.iter().any(|code| code.id == finding.code.id);
    if findings.iter().any(|finding| counts(&finding)) {
        notes.push(format!(
            "{name} hat Fehler; was darin steht, ist verglichen, wie es da steht („anlage check“ nennt sie)."
        ));
    }
}

/// Compares the records that both agendas name and that are not the same.
fn of_papers(
    run: &Run,
    old: &LoadedSession,
    new: &LoadedSession,
    notes: &mut Vec<String>,
) -> Result<Vec<Change>, CompareFailure> {
    let mut changes = Vec::new();
    let mut waiting: BTreeSet<String> = old.version.papers().into_iter().map(|(path, _)| path).collect();
    for (path, item) in new.version.papers() {
        if !waiting.remove(&path) {
            continue;
        }
        let (Some(before), Some(now)) = (old.records.get(&path), new.records.get(&path)) else {
            notes.push(not_compared(&path));
            continue;
        };
        if before == now {
            continue;
        }
        let open = |session: &LoadedSession, notes: &mut Vec<String>| {
            let place = session.place.beside(&path).unwrap_or_else(|| session.place.clone());
            let bytes = place.read_within(toml_tree::MAX_BYTES)?;
            proposal(&path, input(run, &path, &place, &bytes)?, notes)
        };
        let (before, now) = (open(old, notes)?, open(new, notes)?);
        let number = now.number.map_or_else(|| path.clone(), |number| number.to_string());
        let found = records(&before, &now).into_iter();
        changes.extend(found.map(|change| Change {
            part: format!("{item}, {number}, {}", change.part),
            path: format!("{path}#{}", change.path),
            ..change
        }));
    }
    Ok(changes)
}

/// The files that a version names, and where it lies.
struct NamedFiles<'a> {
    place: &'a VersionPlace,
    project: &'a Project,
    files: Vec<FileMention>,
}

impl LoadedRecord {
    fn files(&self) -> Option<NamedFiles<'_>> {
        let (place, project) = (self.place.as_ref()?, &self.proposal.project);
        Some(NamedFiles { place, project, files: files(&self.proposal) })
    }
}

impl LoadedSession {
    fn files(&self) -> NamedFiles<'_> {
        NamedFiles { place: &self.place, project: &self.session.project, files: self.version.files() }
    }
}

/// Compares the files that both versions name, byte by byte.
fn of_files(old: &NamedFiles<'_>, new: &NamedFiles<'_>, notes: &mut Vec<String>) -> Vec<Change> {
    let mut changes = Vec::new();
    let named: BTreeSet<&FileMention> = old.files.iter().collect();
    let both: BTreeSet<&FileMention> = new.files.iter().filter(|mention| named.contains(mention)).collect();
    for mention in both {
        let hash = |version: &NamedFiles<'_>| {
            let file = version.place.beside(&mention.file).filter(|file| is_inside(file, version.project))?;
            file.read().ok().map(|bytes| crate::files::hash(&[&bytes]))
        };
        match (hash(old), hash(new)) {
            (Some(before), Some(now)) if before != now => changes.push(Change {
                part: mention.part.clone(),
                path: mention.path.clone(),
                place: Vec::new(),
                label: mention.label.clone(),
                kind: ChangeKind::Look(format!("{} hat einen anderen Inhalt", mention.file)),
            }),
            (Some(_), Some(_)) => {}
            _ => notes.push(not_compared(&mention.file)),
        }
    }
    changes
}

fn not_compared(file: &str) -> String {
    format!("{file} ist nicht in beiden Fassungen zu lesen und nicht verglichen.")
}

/// The subject of a record.
fn subject(bytes: &[u8]) -> Option<String> {
    let file = TomlFile::read("", bytes).ok()?;
    let path = ["vorlage", "betreff"].map(|key| Step::Key(key.to_owned()));
    file.tree.at(&path)?.as_str().map(|subject| subject.trim().to_owned())
}

/// A record says more than its proposal alone.
fn of_record(proposal: &Proposal) -> Publicity {
    publicity::record(proposal, publicity::proposal(proposal, None))
}

/// An item with all of its papers; nobody asks the records what they say.
fn of_item(item: &session::AgendaItem) -> Publicity {
    let publicity = publicity::item(item, item.records.iter().map(|_| None));
    let papers = item.papers.iter().map(|paper| publicity::item_paper(paper, publicity));
    papers.fold(publicity, Publicity::and)
}

fn title_of(proposal: &Proposal) -> String {
    let number = proposal.number.map(|number| number.to_string());
    let subject = Some(proposal.subject.clone()).filter(|subject| !subject.is_empty());
    number.into_iter().chain(subject).collect::<Vec<_>>().join(", ")
}
