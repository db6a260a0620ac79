//! What earlier runs made of a session: from what, and what there was to say.
//!
//! Kept in `.anlage/` of the output folder, which it locks. Where the files lie is known elsewhere (`place`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::load::MAX_FILE_BYTES;
use super::place::{MAX_PACKET_BYTES, read};
use crate::diagnostics::{Diagnostic, codes};
use crate::files::{self, FileError};
use crate::packet::{
    Business, Edition, EditionReport, ExtractKind, ExtractReport, ExtractWish, Paper, PaperFile,
};
use crate::record::session::Session;
use crate::run::{Said, Store};
use crate::typeset;

/// A file of another form is not understood and counts as absent.
const VERSION: u32 = 3;
/// Each first page takes memory before any is set, and what is kept may be anything.
const MAX_FRONT_PAGES: usize = 1000;

/// What is kept of a session.
pub(super) struct PacketState<'a> {
    path: PathBuf,
    kept: KeptPackets,
    /// Holds the lock.
    _store: &'a Store,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct KeptPackets {
    version: u32,
    /// By their keys.
    editions: BTreeMap<String, KeptEdition>,
}

/// An edition that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeptEdition {
    fingerprint: String,
    hash: String,
    /// Hashes of what it shows.
    shows: BTreeSet<String>,
    /// What came of it.
    pub report: EditionReport,
    /// What there was to say about its papers, by their slugs, and without one about the session.
    said: Vec<(String, Said)>,
}

/// Extracts of an edition that lie beside it.
#[derive(Debug, Default)]
pub(super) struct KeptExtracts {
    /// What was made.
    pub kinds: Vec<ExtractKind>,
    /// The files.
    pub files: Vec<ExtractReport>,
}

impl KeptEdition {
    /// What there was to say, about the same papers.
    pub(super) fn findings(&self, session: &Session, papers: &[Paper<'_>]) -> Vec<Diagnostic> {
        let again = |(slug, said): &(String, Said)| {
            let paper = papers.iter().find(|paper| paper.slug == *slug);
            let source = if slug.is_empty() { &session.source } else { paper?.source };
            said.again(source, codes::named)
        };
        self.said.iter().filter_map(again).collect()
    }
}

impl<'a> PacketState<'a> {
    /// Opens what is kept of a session file in an output folder, which the store has locked.
    pub(super) fn open(store: &'a Store, session: &Path) -> Result<Self, FileError> {
        let key = files::hash(&[store.key(session).as_bytes()]);
        let path = store.inner().join(format!("session-{}.json", &key[..16]));
        let kept = read::<KeptPackets>(&path)?.filter(|kept| kept.version == VERSION);
        let mut kept = kept.unwrap_or_default();
        for known in kept.editions.values_mut() {
            // The folder may be called in another way, and nothing outside of it is meant.
            let name = known.report.path.file_name().map(PathBuf::from).unwrap_or_default();
            known.report.path = store.folder().join(known.report.edition.folder).join(name);
        }
        Ok(Self { path, kept, _store: store })
    }

    /// What came of these editions, if each was made from the same and lies there as it was left, with the extracts that are
    /// wanted.
    pub(super) fn up_to_date(
        &self,
        editions: &[Edition],
        fingerprint: &str,
        wish: ExtractWish,
    ) -> Option<Vec<KeptEdition>> {
        let known = |edition: &Edition| {
            let mut known = self.kept.editions.get(edition.key)?.clone();
            let intact = known.fingerprint == fingerprint
                && files::hash_of(&known.report.path, MAX_PACKET_BYTES)? == known.hash;
            known.report.up_to_date = true;
            let folder = known.report.path.parent()?;
            let is_there = |extract: &ExtractReport| {
                files::hash_of(&folder.join(&extract.name), MAX_PACKET_BYTES).as_ref() == Some(&extract.hash)
            };
            let intact = intact
                && wish.kinds().iter().all(|kind| known.report.extracted.contains(kind))
                && known.report.extracts.iter().all(is_there);
            intact.then_some(known)
        };
        editions.iter().map(known).collect()
    }

    /// The extracts of an edition that still hold beside one that is made from the same: of the kinds that are not made anew.
    pub(super) fn held_extracts(
        &self,
        edition: &Edition,
        fingerprint: &str,
        wish: ExtractWish,
    ) -> KeptExtracts {
        let known = self.kept.editions.get(edition.key).filter(|known| known.fingerprint == fingerprint);
        let Some(KeptEdition { report, .. }) = known else { return KeptExtracts::default() };
        let is_wanted = |kind: &ExtractKind| {
            // Parts of two sizes beside each other would be taken for one packet.
            *kind == ExtractKind::Delta
                || wish
                    .kinds()
                    .iter()
                    .any(|wanted| std::mem::discriminant(wanted) == std::mem::discriminant(kind))
        };
        KeptExtracts {
            kinds: report.extracted.iter().filter(|kind| !is_wanted(kind)).copied().collect(),
            files: report.extracts.iter().filter(|one| !is_wanted(&one.kind)).cloned().collect(),
        }
    }

    /// The names of the extracts that lie beside the packets, each in the folder of its edition.
    pub(super) fn extracts(&self) -> BTreeSet<String> {
        let reports = self.kept.editions.values().map(|known| &known.report);
        let paths = reports.flat_map(|report| {
            report.extracts.iter().map(|extract| format!("{}/{}", report.edition.folder, extract.name))
        });
        paths.collect()
    }

    /// How many first pages an edition had when it was made last, if that can be.
    pub(super) fn front_pages(&self, edition: &Edition) -> Option<usize> {
        let report = &self.kept.editions.get(edition.key)?.report;
        let count = report.papers.first().map_or(report.pages, |paper| paper.first_page.saturating_sub(1));
        Some(count).filter(|count| *count <= MAX_FRONT_PAGES)
    }

    /// Tells whether all that an edition shows may still be seen in it. Of one that is not known nobody can say so.
    pub(super) fn still_shows(&self, edition: &Edition, now: &BTreeSet<String>) -> bool {
        self.kept.editions.get(edition.key).is_some_and(|known| known.shows.is_subset(now))
    }

    /// Remembers an edition that was made: what there was to say of the papers, and of its passage through the gate.
    pub(super) fn put(
        &mut self,
        report: &EditionReport,
        (fingerprint, shows): (&str, BTreeSet<String>),
        hash: String,
        papers: &[Paper<'_>],
        findings: &[(usize, Diagnostic)],
        passage: &[Diagnostic],
    ) -> Result<(), FileError> {
        let said = |(at, finding): &(usize, Diagnostic)| (papers[*at].slug.clone(), Said::of(finding));
        let passed = |finding: &Diagnostic| {
            let paper = papers.iter().find(|paper| paper.is_meant_by(finding));
            (paper.map(|paper| paper.slug.clone()).unwrap_or_default(), Said::of(finding))
        };
        let of_edition = findings.iter().filter(|(at, _)| papers[*at].is_in(&report.edition));
        let name = report.path.file_name().unwrap_or_default();
        let known = KeptEdition {
            fingerprint: fingerprint.to_owned(),
            hash,
            shows,
            report: EditionReport { path: name.into(), ..report.clone() },
            said: of_edition.map(said).chain(passage.iter().map(passed)).collect(),
        };
        self.kept.editions.insert(report.edition.key.to_owned(), known);
        self.save()
    }

    /// Forgets editions that no longer hold.
    pub(super) fn forget(&mut self, editions: &[Edition]) -> Result<(), FileError> {
        let count = self.kept.editions.len();
        self.kept.editions.retain(|key, _| !editions.iter().any(|edition| edition.key == key));
        if self.kept.editions.len() < count { self.save() } else { Ok(()) }
    }

    fn save(&mut self) -> Result<(), FileError> {
        self.kept.version = VERSION;
        let bytes = serde_json::to_vec(&self.kept).unwrap_or_default();
        files::write(&self.path, &bytes)
    }
}

/// What the packets of a session are made of.
pub(super) struct Fingerprint {
    /// A hash of everything.
    pub whole: String,
    /// A hash of the file of each paper; none if it cannot be read.
    pub papers: Vec<Option<String>>,
}

/// Looks what the packets of a session are made of; `versions` is a hash of what was sent.
pub(super) fn fingerprint(
    business: &Business<'_>,
    papers: &[Paper<'_>],
    allow_gaps: bool,
    versions: &str,
) -> Fingerprint {
    let session = business.session;
    let settings = format!("{allow_gaps} {} {versions}", session.project.fingerprint);
    let mut parts = vec![typeset::FINGERPRINT.as_bytes(), settings.as_bytes(), session.bytes.as_slice()];
    parts.extend(business.proposals().map(|proposal| proposal.bytes.as_slice()));
    let of_paper = |paper: &Paper<'_>| match &paper.file {
        PaperFile::Form(path) | PaperFile::Foreign(path) => {
            let content = files::read(path, MAX_FILE_BYTES).map(|bytes| files::hash(&[&bytes]));
            (format!("{} {} {content:?}", paper.slug, path.display()), content.ok())
        }
        PaperFile::Missing(reason) => (format!("{} {reason}", paper.slug), None),
    };
    let (of_papers, hashes): (Vec<String>, Vec<_>) = papers.par_iter().map(of_paper).unzip();
    parts.extend(of_papers.iter().map(String::as_bytes));
    Fingerprint { whole: files::hash(&parts), papers: hashes }
}
