//! The versions of a packet that were sent: their records and files beside the session file, and the one that comes next.
//!
//! What was sent is never written again. What a version is called and what changed is decided in `packet::late`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::draw::{draw_divider, draw_front};
use super::load::MAX_FILE_BYTES;
use super::sent_file::{SentFlaw, sent_file};
use crate::archive::{FiledKind, PacketFile};
use crate::bind::Part;
use crate::day::Day;
use crate::diagnostics::{Diagnostic, codes};
use crate::files::{self, FileError, PathRefusal, ReadError};
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
            let base =
                file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let name =
                format!("{}/{}.json", names::DISPATCH_FOLDER, names::dispatch(&versions.stem, version));
            match session.project.root.resolve(base, &name) {
                Ok(_) => {}
                Err(PathRefusal::Missing) => break,
                Err(_) => {
                    return Err(unreadable("sie liegt nicht im Projekt oder ist keine gewöhnliche Datei"));
                }
            }
            let json = match files::read(&path, MAX_RECORD_BYTES) {
                Ok(json) => json,
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

    /// Lists what was sent, for a hand-over: the records of the versions and their files, or only what everybody got. Says what
    /// of it is not what was sent, if anything is.
    pub(in crate::tasks) fn handed_over(
        &self,
        session: &Session,
        public_only: bool,
    ) -> Result<Vec<PacketFile>, Vec<Diagnostic>> {
        let (mut files, mut findings) = (Vec::new(), Vec::new());
        for sent in &self.sent {
            let stem = names::dispatch(&self.stem, sent.version);
            let file = |path: PathBuf, kind: FiledKind, place: &str, title: String, publicity: Publicity| {
                let place = format!("{}/{stem}{place}", names::DISPATCH_FOLDER);
                PacketFile { path, kind, place, title, claims: None, publicity, sent: Some(sent.date) }
            };
            if !public_only {
                let title = format!("Was mit der {} versandt wurde", sent.name());
                let path = self.record(sent.version);
                files.push(file(path, FiledKind::DispatchRecord, ".json", title, Publicity::NonPublic));
            }
            for one in sent.files.iter().filter(|file| !public_only || file.edition.readers.is_public()) {
                let title = format!("Versandt mit der {}, {}", sent.name(), one.edition.name_in_title);
                let place = format!("/{}", one.path);
                match sent_file(&self.folder, &stem, one) {
                    Ok((path, _)) => {
                        files.push(file(path, FiledKind::Dispatched, &place, title, one.edition.readers));
                    }
                    Err(flaw) => {
                        findings.push(not_as_sent(session, &self.folder.join(&stem).join(&one.path), &flaw))
                    }
                }
            }
        }
        if findings.is_empty() { Ok(files) } else { Err(findings) }
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

fn not_as_sent(session: &Session, path: &Path, flaw: &SentFlaw) -> Diagnostic {
    let message = format!("{} {flaw}.", path.display());
    Diagnostic::new(&codes::NOT_AS_SENT, &session.source, session.date_span.clone(), message).hint(
        "Die Datei aus der Sicherung oder aus git wiederherstellen; „anlage verify versand“ vergleicht alle.",
    )
}

/// Looks at the files of papers, by their slugs; fewer if the run is stopped. A file that was sent with the `last` version is
/// known, so that its pages stay what they are whichever program looks at them.
pub(super) fn look_at_papers(
    run: &Run,
    papers: &[Paper<'_>],
    last: Option<&Dispatch>,
) -> Result<BTreeMap<String, PaperLook>, FileError> {
    let known = last.map(Dispatch::looks).unwrap_or_default();
    let look = |looker: &mut Looker, at: usize| look_at_paper(run, looker, &papers[at], &known);
    let mut looks = BTreeMap::new();
    let mut failed = None;
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
    run.each_in_order(papers.len(), || Looker::new(run.program(), run.stop()), look, keep);
    failed.map_or(Ok(looks), Err)
}

fn look_at_paper(
    run: &Run,
    looker: &mut Looker,
    paper: &Paper<'_>,
    known: &BTreeMap<&str, Vec<String>>,
) -> Result<(String, PaperLook), FileError> {
    // What cannot be read was said when it was to be bound.
    let bytes = paper.path().and_then(|path| files::read(path, MAX_FILE_BYTES).ok());
    let Some(bytes) = bytes else { return Ok((paper.slug.clone(), PaperLook::default())) };
    let sha256 = files::sha256(&bytes);
    let pages = match known.get(sha256.as_str()) {
        Some(pages) => pages.clone(),
        None => looker.appearances(&bytes).map_err(|error| run.not_run(error))?.unwrap_or_default(),
    };
    Ok((paper.slug.clone(), PaperLook { sha256, pages }))
}

/// What the next version is made from.
pub(super) struct IssueMaking<'a> {
    pub run: &'a Run,
    /// What was sent.
    pub sent: &'a [Dispatch],
    /// All papers.
    pub complete: Volume<'a>,
    /// The other editions of the same packet; each has first pages of its own.
    pub others: Vec<Volume<'a>>,
    /// The editions that are made.
    pub wanted: &'a [Edition],
    /// What one sees of the papers.
    pub looks: BTreeMap<String, PaperLook>,
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
            Some(_) => draw_divider(self.run, &self.complete)?.page_count(),
            None => 0,
        };
        let mut front_pages = 2;
        for _ in 0..MAX_TRIES {
            let issue = self.standing(front_pages, divider_pages).issue(self.date);
            let editions = self.others.iter().chain([&self.complete]);
            let counts =
                editions.map(|edition| self.front_pages(edition, &issue, front_pages, divider_pages));
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
            complete: &self.complete,
            editions: self.wanted,
            looks: &self.looks,
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
