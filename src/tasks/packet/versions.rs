//! The versions of a packet that were sent: their records and files beside the session file, and the one that comes next.
//!
//! What was sent is never written again. What a version is called and what changed is decided in `packet::late`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::draw::{draw_divider, draw_front};
use super::load::MAX_FILE_BYTES;
use crate::archive::{FiledKind, PacketFile, is_inside};
use crate::bind::Part;
use crate::day::Day;
use crate::diagnostics::{Diagnostic, codes};
use crate::files::{self, FileError, ReadError};
use crate::packet::late::{Dispatch, Issue, PaperLook, Standing};
use crate::packet::{Edition, Paper, Volume};
use crate::pdf::Looker;
use crate::record::names;
use crate::record::publicity::Publicity;
use crate::record::session::Session;
use crate::run::{Problem, Run};

/// The largest record of a version that is read, in bytes: some 200,000 pages.
const MAX_RECORD_BYTES: u64 = 64 << 20;
/// How often the first pages are set until there are as many as the labels on them say.
const MAX_TRIES: usize = 4;

/// The versions of a packet that were sent.
pub(in crate::tasks) struct Versions {
    /// The folder of their records.
    folder: PathBuf,
    /// What their names begin with.
    stem: String,
    /// Them, in their order.
    pub sent: Vec<Dispatch>,
    /// A hash of their records.
    pub fingerprint: String,
}

impl Versions {
    /// Reads the records of what was sent of a session, which lie beside its file.
    pub(in crate::tasks) fn open(session: &Session, file: &Path) -> Result<Self, Problem> {
        let folder = file.parent().unwrap_or(Path::new("")).join(names::DISPATCH_FOLDER);
        let mut versions =
            Self { folder, stem: session.file_stem(), sent: Vec::new(), fingerprint: String::new() };
        let mut hashes = Vec::new();
        loop {
            let version = versions.sent.len() as u32 + 1;
            let path = versions.record(version);
            let unreadable = |why: &str| Problem::Findings(vec![unreadable(session, &path, why)]);
            let json = match files::read_if_there(&path, MAX_RECORD_BYTES) {
                Ok(Some(json)) => json,
                Ok(None) => break,
                Err(ReadError::System(failure)) => return Err(Problem::Failure(failure)),
                Err(error) => return Err(unreadable(&error.to_string())),
            };
            hashes.push(files::hash(&[&json]));
            versions
                .sent
                .push(Dispatch::read(&json, version).map_err(|error| unreadable(&error.to_string()))?);
        }
        versions.fingerprint = hashes.join(" ");
        Ok(versions)
    }

    /// The path of the record of a version.
    pub(in crate::tasks) fn record(&self, version: u32) -> PathBuf {
        self.folder.join(format!("{}.json", names::dispatch(&self.stem, version)))
    }

    /// The folder of the files of a version.
    pub(in crate::tasks) fn files(&self, version: u32) -> PathBuf {
        self.folder.join(names::dispatch(&self.stem, version))
    }

    /// The folder of all that was sent.
    pub(in crate::tasks) fn folder(&self) -> &Path {
        &self.folder
    }
}

fn unreadable(session: &Session, path: &Path, why: &str) -> Diagnostic {
    let path = path.display();
    let message = format!("Was versandt wurde, ist nicht bekannt: {path}: {}", why.trim_end_matches('.'));
    Diagnostic::new(
        &codes::DISPATCH_UNREADABLE,
        &session.source,
        session.date_span.clone(),
        format!("{message}."),
    )
    .hint("Die Datei aus der Sicherung oder aus git wiederherstellen; von Hand wird sie nicht geändert.")
}

/// Lists what was sent of a session, for a hand-over: the records of its versions and their files, or only what everybody got.
pub(in crate::tasks) fn sent_files(
    session: &Session,
    file: &Path,
    public_only: bool,
) -> Result<Vec<PacketFile>, FileError> {
    // What cannot be read was said when the packets were made.
    let versions = match Versions::open(session, file) {
        Ok(versions) => versions,
        Err(Problem::Findings(_)) => return Ok(Vec::new()),
        Err(Problem::Failure(failure)) => return Err(failure),
    };
    let mut files = Vec::new();
    for sent in &versions.sent {
        let stem = names::dispatch(&versions.stem, sent.version);
        if !public_only {
            files.push(PacketFile {
                path: versions.record(sent.version),
                kind: FiledKind::DispatchRecord,
                place: format!("{}/{stem}.json", names::DISPATCH_FOLDER),
                title: format!("Was mit der {} versandt wurde", sent.name()),
                claims: None,
                publicity: Publicity::NonPublic,
                sent: Some(sent.date),
            });
        }
        let theirs = sent.files.iter().filter(|file| !public_only || file.edition.readers.is_public());
        // A record may name anything.
        files.extend(theirs.filter(|file| is_inside(&file.path)).map(|file| PacketFile {
            path: versions.files(sent.version).join(&file.path),
            kind: FiledKind::Dispatched,
            place: format!("{}/{stem}/{}", names::DISPATCH_FOLDER, file.path),
            title: format!("Versandt mit der {}, {}", sent.name(), file.edition.name_in_title),
            claims: None,
            publicity: file.edition.readers,
            sent: Some(sent.date),
        }));
    }
    Ok(files)
}

/// Looks at the files of papers, by their slugs; fewer if the run is stopped.
pub(super) fn look_at_papers(
    run: &Run,
    papers: &[Paper<'_>],
) -> Result<BTreeMap<String, PaperLook>, FileError> {
    let mut looks = BTreeMap::new();
    let mut failed = None;
    let look = |looker: &mut Looker, at: usize| look_at_paper(run, looker, &papers[at]);
    let keep = |look: Result<(String, PaperLook), FileError>| match look {
        Ok((slug, look)) => {
            looks.insert(slug, look);
            ControlFlow::Continue(())
        }
        Err(failure) => {
            failed = Some(failure);
            ControlFlow::Break(())
        }
    };
    run.each_in_order(papers.len(), || Looker::new(run.program()), look, keep);
    failed.map_or(Ok(looks), Err)
}

fn look_at_paper(
    run: &Run,
    looker: &mut Looker,
    paper: &Paper<'_>,
) -> Result<(String, PaperLook), FileError> {
    // What cannot be read was said when it was to be bound.
    let bytes = paper.path().and_then(|path| files::read(path, MAX_FILE_BYTES).ok());
    let Some(bytes) = bytes else { return Ok((paper.slug.clone(), PaperLook::default())) };
    let pages = looker.appearances(&bytes).map_err(|error| run.not_started(error))?;
    let look = PaperLook { sha256: files::sha256(&bytes), pages: pages.unwrap_or_default() };
    Ok((paper.slug.clone(), look))
}

/// What the next version is made from.
pub(super) struct IssueMaking<'a> {
    pub run: &'a Run,
    /// What was sent.
    pub sent: &'a [Dispatch],
    /// All papers.
    pub complete: &'a Volume<'a>,
    /// The editions of the same packet; each has first pages of its own.
    pub editions: &'a [Volume<'a>],
    /// The editions that are made.
    pub wanted: &'a [Edition],
    /// What one sees of the papers.
    pub looks: &'a BTreeMap<String, PaperLook>,
    /// The day on which it is sent; none while it is a draft.
    pub date: Option<Day>,
    /// How many pages are printed on a sheet, if nothing was sent before.
    pub pages_per_sheet: usize,
}

impl IssueMaking<'_> {
    /// Numbers the pages of the next version. They depend on how many first pages there are, in whichever edition, and those on
    /// the numbers.
    pub(super) fn issue(&self) -> Result<Issue, String> {
        let divider_pages = match self.complete.divided_at {
            Some(_) => draw_divider(self.run, self.complete)?.page_count(),
            None => 0,
        };
        let mut front_pages = 2;
        for _ in 0..MAX_TRIES {
            let issue = self.standing(front_pages, divider_pages).issue(self.date);
            let counts = self
                .editions
                .iter()
                .map(|edition| self.front_pages(edition, &issue, front_pages, divider_pages));
            let most = counts.collect::<Result<Vec<usize>, String>>()?.into_iter().max().unwrap_or_default();
            if most == front_pages {
                return Ok(issue);
            }
            front_pages = most;
        }
        Err("ihre Seitenzahl ändert sich mit den Zahlen, die darauf stehen.".to_owned())
    }

    fn front_pages(
        &self,
        edition: &Volume<'_>,
        issue: &Issue,
        front: usize,
        divider: usize,
    ) -> Result<usize, String> {
        let volume = edition.of_issue(Some(issue));
        let pages = volume.pagination(front, divider);
        draw_front(self.run, &volume, &pages, volume.may_claim()).map(|front: Part| front.page_count())
    }

    /// The packet as it stands now.
    pub(super) fn standing(&self, front_pages: usize, divider_pages: usize) -> Standing<'_> {
        Standing {
            history: self.sent,
            complete: self.complete,
            editions: self.wanted,
            looks: self.looks,
            front_pages,
            divider_pages,
            pages_per_sheet: self.pages_per_sheet,
        }
    }
}

/// The files of a version that is sent: where they lie in its folder.
pub(super) fn dispatched_path(edition: &Edition, session: &Session, version: u32, date: Day) -> String {
    let name = names::dispatched_packet(&session.file_stem(), edition.folder, version, &date.to_string());
    format!("{}/{name}", edition.folder)
}
