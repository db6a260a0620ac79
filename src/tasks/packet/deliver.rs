//! Puts an edition that is made into its place: with what is handed out beside it, and what the list of what is public says
//! of both.

use super::delta::DeltaMaking;
use super::extracts::{Extracting, Extracts, MadeExtract, NoExtracts};
use super::make::MadeEdition;
use super::place::PacketPlace;
use super::state::PacketState;
use crate::diagnostics::{Diagnostic, has_errors};
use crate::files::{self, FileError};
use crate::packet::late::{Dispatch, Issue};
use crate::packet::{
    self, Business, Edition, EditionReport, ExtractKind, ExtractWish, Paper, PaperContent, PublicFile,
    PublicFileKind, PublicPlace, Releases, Trace, Volume,
};
use crate::run::Run;
use crate::tasks::gate::Gate;

/// What editions are delivered from.
pub(super) struct Delivery<'a> {
    pub run: &'a Run,
    pub business: &'a Business<'a>,
    pub papers: &'a [Paper<'a>],
    pub contents: &'a [PaperContent],
    /// The version that they are, if versions were sent or it is to be.
    pub issue: Option<&'a Issue>,
    /// The version that was sent last.
    pub last: Option<&'a Dispatch>,
    /// What was said of the version.
    pub late: &'a [Diagnostic],
    /// What was said of the papers.
    pub found: &'a [(usize, Diagnostic)],
    /// A hash of everything that the editions are made of.
    pub fingerprint: &'a str,
    /// What is handed out beside them.
    pub wish: ExtractWish,
    pub gate: Option<&'a Gate<'a>>,
}

/// An edition with all that goes out with it, before any of that is written.
pub(super) struct Consignment<'a> {
    made: &'a MadeEdition,
    /// What goes out beside it.
    pub extracts: Extracts,
    /// What the list of what is public says of the edition and of its extracts, if they are public.
    listed: Option<Vec<(String, PublicFile)>>,
    /// What there is to say of it; nothing of it may be written if that is an error.
    pub said: Vec<Diagnostic>,
}

impl Delivery<'_> {
    /// Makes what goes out with an edition; `said` is what the gate says of the edition itself.
    pub(super) fn prepare<'a>(
        &self,
        made: &'a MadeEdition,
        mut said: Vec<Diagnostic>,
    ) -> Result<Consignment<'a>, NoExtracts> {
        let edition = made.report.edition;
        let volume = Volume::new(edition, self.business, self.papers, self.contents).of_issue(self.issue);
        let gate = self.gate.filter(|_| edition.keeps_back());
        let mut extracts = Extracts::default();
        if !has_errors(&said) {
            extracts = Extracting { run: self.run, volume: &volume, whole: made, gate }.make(self.wish)?;
            if let Some((issue, last)) =
                self.issue.zip(self.last).filter(|(issue, last)| issue.version > last.version)
            {
                let making = DeltaMaking { run: self.run, volume: &volume, whole: made, issue, last };
                let (delta, found) = making.make(gate)?;
                extracts.kinds.push(ExtractKind::Delta);
                extracts.made.push(delta);
                extracts.findings.extend(found);
            }
        }
        self.business.session.project.apply_levels(&mut extracts.findings);
        said.append(&mut extracts.findings);
        let listed = gate.map(|_| listed(&volume, made, &extracts));
        if let (Some(gate), Some(listed), false) = (gate, &listed, has_errors(&said)) {
            said.extend(self.said_of_list(gate, &edition, listed)?);
        }
        Ok(Consignment { made, extracts, listed, said })
    }

    /// Puts it into its place; returns what is reported of the edition.
    pub(super) fn put(
        &self,
        consignment: &Consignment<'_>,
        state: &mut PacketState<'_>,
        place: &mut PacketPlace<'_>,
    ) -> Result<EditionReport, FileError> {
        let Consignment { made, extracts, listed, said } = consignment;
        let (edition, session) = (made.report.edition, self.business.session);
        let held = state.held_extracts(&edition, self.fingerprint, self.wish);
        let own = extracts.made.iter().map(|extract| extract.report.clone());
        let report = EditionReport {
            extracted: held.kinds.into_iter().chain(extracts.kinds.iter().copied()).collect(),
            extracts: held.files.into_iter().chain(own).collect(),
            ..made.report.clone()
        };
        let mut listed = listed.iter().flatten().map(|(_, listed)| listed.clone());
        let hash = place.put(edition.file(session), &made.bytes, listed.next())?;
        for extract in &extracts.made {
            let path = format!("{}/{}", edition.folder, extract.report.name);
            place.put(path, &extract.bytes, listed.next())?;
        }
        let from = (self.fingerprint, packet::shown(&edition, self.business, self.papers));
        let said: Vec<Diagnostic> = said.iter().chain(self.late).cloned().collect();
        state.put(&report, from, hash, self.papers, self.found, &said)?;
        Ok(report)
    }

    /// Searches what the list of what is public would say of these files.
    fn said_of_list(
        &self,
        gate: &Gate<'_>,
        edition: &Edition,
        listed: &[(String, PublicFile)],
    ) -> Result<Vec<Diagnostic>, FileError> {
        let session = self.business.session;
        let files: Vec<(&str, &PublicFile)> =
            listed.iter().map(|(name, listed)| (name.as_str(), listed)).collect();
        let texts = [packet::index_html(None, &files), packet::index_json(&files)];
        let mut releases = Releases::of(Some(session));
        let place = |found: Trace<'_>| {
            PublicPlace::in_session(self.business, edition, "Das Verzeichnis index.html".to_owned(), found)
        };
        let mut findings = Vec::new();
        for text in texts {
            findings.extend(gate.said(&gate.search(text.as_bytes())?, &mut releases, place));
        }
        session.project.apply_levels(&mut findings);
        // All else was said of the packet.
        findings.retain(Diagnostic::is_error);
        Ok(findings)
    }
}

/// How the list of what is public names an edition and its extracts.
fn listed(volume: &Volume<'_>, made: &MadeEdition, extracts: &Extracts) -> Vec<(String, PublicFile)> {
    let session = volume.business.session;
    let whole = PublicFile {
        pages: made.report.pages,
        bytes: made.report.bytes,
        claims: made.report.claims.clone(),
        sha256: files::sha256(&made.bytes),
        ..PublicFile::of(session, PublicFileKind::Packet, volume.title())
    };
    let name = made.report.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let extract = |(place, MadeExtract { bytes, report, .. }): (usize, &MadeExtract)| {
        let kind = match report.kind {
            ExtractKind::Item => PublicFileKind::Item,
            ExtractKind::Part { .. } => PublicFileKind::Part,
            ExtractKind::Delta => PublicFileKind::Delta,
        };
        let listed = PublicFile {
            pages: report.pages,
            bytes: report.bytes,
            claims: report.claims.clone(),
            sha256: files::sha256(bytes),
            place,
            label: report.label.clone(),
            ..PublicFile::of(session, kind, report.title.clone())
        };
        (report.name.clone(), listed)
    };
    std::iter::once((name, whole)).chain(extracts.made.iter().enumerate().map(extract)).collect()
}
