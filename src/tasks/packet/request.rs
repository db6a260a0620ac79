//! What is asked for of the packets of a session, and what came of it.

use std::path::PathBuf;

use super::send::{Sending, SentVersion};
use super::state::KeptEdition;
use crate::diagnostics::{Diagnostic, Severity, codes, has_errors};
use crate::files::FileError;
use crate::packet::{Edition, EditionReport, ExtractWish, Paper};
use crate::record::session::Session;
use crate::run::SetAside;

/// Which packets are to be made.
#[derive(Debug, Clone)]
pub struct PacketRequest {
    /// The session file.
    pub session: PathBuf,
    /// Where it goes; if not said, where the project has its outputs.
    pub output: Option<PathBuf>,
    /// The editions.
    pub editions: Vec<Edition>,
    /// Whether a page takes the place of a paper that cannot go in.
    pub allow_gaps: bool,
    /// Whether what is up to date is made again.
    pub force: bool,
    /// What is handed out beside them.
    pub extracts: ExtractWish,
    /// How they are sent, if they are: then they do not go to the output folder.
    pub sending: Option<Sending>,
}

/// What came of a session, beside the reports of its records.
#[derive(Debug, Default)]
pub struct PacketReport {
    /// The session file as the user knows it.
    pub name: String,
    /// What is wrong with the session and its files.
    pub findings: Vec<Diagnostic>,
    /// The editions that were made or are up to date.
    pub editions: Vec<EditionReport>,
    /// The list of what lies in the public folder, as a page and for programs.
    pub index: Vec<PathBuf>,
    /// Packets that no longer hold, and what lay in the place of one and was not known.
    pub set_aside: Vec<SetAside>,
    /// The version that was sent, if one was to be.
    pub sent: Option<SentVersion>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// The failure of the environment that kept it from being done.
    pub failure: Option<FileError>,
}

impl PacketReport {
    /// Tells whether the session or one of its files is at fault.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }

    /// A record that is missing or wrong leaves a gap.
    pub(super) fn tolerate_gaps(&mut self) {
        let tolerated = [&codes::RECORD_MISSING.id, &codes::RECORD_HAS_ERRORS.id];
        for finding in self.findings.iter_mut().filter(|finding| tolerated.contains(&&finding.code.id)) {
            finding.severity = Severity::Warning;
        }
    }

    /// Says again what was said when the editions were made.
    pub(super) fn repeat(&mut self, kept: Vec<KeptEdition>, session: &Session, papers: &[Paper<'_>]) {
        for finding in kept.iter().flat_map(|kept| kept.findings(session, papers)) {
            // A paper that is in both editions is spoken of once.
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        self.editions = kept.into_iter().map(|kept| kept.report).collect();
    }
}
