//! One record in memory: check it, mend it, make its documents.
//!
//! Needs no store, no lock and no folder of outputs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_bytes::ByteBuf;

use super::looks::{Look, look_at};
use crate::check::files::{NamedFile, files_of_session, named_files, of_files};
use crate::check::{self, fixes};
use crate::diagnostics::{Diagnostic, Severity, Source};
use crate::files::{Snapshot, Stamp};
use crate::pdf::{FileLook, Looker, Refusal};
use crate::record::input::Input;
use crate::record::proposal::{self, FormAnnex, Proposal};
use crate::record::session::Session;
use crate::run::{Fixed, OpenedRecord, Run, WorkPlace, Worker};
use crate::toml_tree::{Step, TomlText};
use crate::typeset::{self, Format, Job, JobOutcome, JobWork, Options, PrintedPlace, ScreenPage};

/// A change may make room for another one, and of very many findings only some are named at a time.
const MAX_ROUNDS: usize = 100;

/// The most files of which a desk knows what they are.
const MAX_KNOWN: usize = 1000;

/// What tells whether a file is still the same.
type FileState = (Snapshot, Option<Stamp>);

/// A place to work on one record after another.
pub struct Desk {
    worker: Worker,
    looker: Looker,
    /// What files are that were looked at, and what tells whether one is still the same.
    known: BTreeMap<PathBuf, (FileState, Look)>,
}

/// A record after all that can be mended was mended.
#[derive(Debug)]
pub struct Mended {
    /// The record as it should be.
    pub opened: Arc<OpenedRecord>,
    /// What is left to be said about it.
    pub findings: Vec<Diagnostic>,
    /// Its file as it should be, byte for byte, and what was changed; none if there was nothing to mend.
    pub change: Option<(Vec<u8>, Fixed)>,
}

/// The pages of an annex for a screen.
#[derive(Debug, Default)]
pub struct ShownAnnex {
    /// Its pages, in order.
    pub pages: Vec<ScreenPage>,
    /// The SVG of each band, one after another; empty if it has been seen before.
    pub bands: Vec<String>,
    /// The steps that lead to a part of the record, and where it stands.
    pub places: Vec<(Vec<Step>, PrintedPlace)>,
}

impl Desk {
    /// Sets a desk up.
    pub fn new(run: &Run, place: WorkPlace) -> Self {
        let looker = Looker::new(run.program(), run.stop());
        Self { worker: Worker::new(run, place), looker, known: BTreeMap::new() }
    }

    /// Reads a record.
    pub fn open(input: Input) -> OpenedRecord {
        let (proposal, findings) = proposal::read(input);
        OpenedRecord { proposal, findings }
    }

    /// Checks a record, also by the rules of its forms.
    pub fn check(&mut self, opened: &OpenedRecord) -> Vec<Diagnostic> {
        let content = check::content(&opened.proposal, opened.findings.clone());
        let of_rules = self.worker.rules(&opened.proposal, &content);
        content.with_rules(of_rules)
    }

    /// Looks at a file that is not on the disk. None if there is no process that could.
    pub fn look(&mut self, file: &[u8]) -> Option<Result<FileLook, Refusal>> {
        self.looker.look(file).ok()
    }

    /// Checks the files that a record names. One that nobody could look at is passed over: that is no fault of the file. What
    /// did not change since it was looked at is not looked at again.
    pub fn check_files(&mut self, proposal: &Proposal) -> Vec<Diagnostic> {
        let looks = self.known_looks(named_files(proposal));
        of_files(&proposal.source, &proposal.project, &looks)
    }

    /// Checks the files that only a session names, in the same way.
    pub fn check_papers(&mut self, session: &Session) -> Vec<Diagnostic> {
        let looks = self.known_looks(files_of_session(session));
        of_files(&session.source, &session.project, &looks)
    }

    fn known_looks<'a>(&mut self, files: Vec<NamedFile<'a>>) -> Vec<(NamedFile<'a>, Look)> {
        let look = |file: NamedFile<'a>| {
            let look = self.known_look(file.path)?;
            Some((file, look))
        };
        files.into_iter().filter_map(look).collect()
    }

    fn known_look(&mut self, path: &Path) -> Option<Look> {
        // Not every system has stamps.
        let state = Snapshot::of(path).map(|snapshot| (snapshot, Stamp::of(path)));
        let known = self.known.get(path).filter(|(own, _)| Some(own) == state.as_ref());
        if let Some((_, look)) = known {
            return Some(Arc::clone(look));
        }
        let look: Look = Arc::new(look_at(&mut self.looker, path).ok()?);
        if let Some(state) = state {
            if self.known.len() >= MAX_KNOWN {
                self.known.clear();
            }
            self.known.insert(path.to_path_buf(), (state, Arc::clone(&look)));
        }
        Some(look)
    }

    /// Gives what looks at the files of records.
    pub(super) fn looker(&mut self) -> &mut Looker {
        &mut self.looker
    }

    /// Mends a record in memory, until nothing is left that can be mended; `folder` is that of its paths.
    pub fn mend(&mut self, opened: &Arc<OpenedRecord>, folder: &Path) -> Mended {
        let mut findings = self.check(opened);
        let promised = fixes::count(&findings);
        let mut mended = Arc::clone(opened);
        // Where the record cannot be read as TOML, places may be wrong.
        let is_readable = !findings.iter().any(|finding| finding.code.is_about_syntax());
        for _ in (0..MAX_ROUNDS).take_while(|_| is_readable) {
            let Some(text) = fixes::apply(&mended.proposal.source.text, &findings) else { break };
            let next = Arc::new(Self::open(with_text(&mended.proposal, text, folder)));
            let next_findings = self.check(&next);
            // A change that does harm is none.
            if errors(&next_findings) > errors(&findings) {
                break;
            }
            (findings, mended) = (next_findings, next);
        }
        let text = |record: &OpenedRecord| record.proposal.source.text.clone();
        let change = (!Arc::ptr_eq(opened, &mended)).then(|| {
            // What one change made room for was not announced.
            let count = promised - fixes::count(&findings).min(promised);
            let fixed = Fixed { before: text(opened), after: text(&mended), count };
            (mended.proposal.bytes.clone(), fixed)
        });
        Mended { opened: mended, findings, change }
    }

    /// Lays the documents of a record out and proofreads their pages.
    pub fn proofread(&mut self, proposal: &Proposal) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for annex in proposal.form_annexes() {
            let job = Job { work: JobWork::Pages, ..typeset::job(proposal, annex, &Options::archival()) };
            findings.extend(said(proposal, annex, &self.worker.make(&job, &proposal.project.fonts)));
        }
        findings
    }

    /// Makes the pages of an annex as SVG, band by band, but for those with the marks of what was seen, and says where on them
    /// each part of the record stands.
    pub fn show(
        &mut self,
        proposal: &Proposal,
        annex: &FormAnnex,
        draft: bool,
        seen: Vec<String>,
    ) -> ShownAnnex {
        let options = Options { format: Format::Svg { seen }, draft, embed_record: false };
        let outcome = self.worker.make(&typeset::job(proposal, annex, &options), &proposal.project.fonts);
        let paths = typeset::part_paths(proposal, annex);
        let placed =
            outcome.places.into_iter().filter_map(|place| Some((paths.get(place.part)?.clone(), place)));
        let places = placed.collect();
        // typst writes valid UTF-8.
        let svg = |band: ByteBuf| String::from_utf8(band.into_vec()).unwrap_or_default();
        let bands = outcome.files.into_iter().map(svg).collect();
        ShownAnnex { pages: outcome.pages, bands, places }
    }

    /// Makes the document of an annex: the file, or one for each page of a picture; and what is wrong with it.
    pub fn make(
        &mut self,
        proposal: &Proposal,
        annex: &FormAnnex,
        options: &Options,
    ) -> (Vec<Vec<u8>>, Vec<Diagnostic>) {
        let job = typeset::job(proposal, annex, options);
        let outcome = self.worker.make(&job, &proposal.project.fonts);
        let findings = said(proposal, annex, &outcome);
        (outcome.files.into_iter().map(ByteBuf::into_vec).collect(), findings)
    }
}

/// What typst says about the form of an annex, and what is wrong with the words on its pages.
fn said(proposal: &Proposal, annex: &FormAnnex, outcome: &JobOutcome) -> Vec<Diagnostic> {
    let mut findings = typeset::diagnostics(&annex.template, &outcome.findings);
    findings.extend(typeset::proof_findings(proposal, annex, &outcome.faults));
    proposal.project.apply_levels(&mut findings);
    findings
}

/// The file of a record with another text.
fn with_text(proposal: &Proposal, text: String, folder: &Path) -> Input {
    let has_mark = proposal.bytes.len() > proposal.source.text.len();
    let file = TomlText { source: Source::new(&proposal.source.name, text), has_mark }.parse();
    Input { file, folder: folder.to_path_buf(), project: Arc::clone(&proposal.project) }
}

fn errors(findings: &[Diagnostic]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::project::Project;

    const SEED: &str = include_str!("../../examples/migrationsleitbild/V-0056-2025.toml");

    fn input(text: &str) -> Input {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        Input::of("a.toml", text.as_bytes(), &project).unwrap()
    }

    fn desk() -> Desk {
        Desk::new(&Run::new(PathBuf::new(), None, Arc::default()), WorkPlace::Here)
    }

    fn mended(text: &str) -> Mended {
        desk().mend(&Arc::new(Desk::open(input(text))), Path::new("."))
    }

    #[test]
    fn a_record_is_checked_and_made_without_a_folder() {
        let mut desk = desk();
        let opened = Desk::open(input(SEED));
        let codes: Vec<String> =
            desk.check(&opened).iter().map(|finding| finding.code.id.to_string()).collect();
        assert!(codes.contains(&"F201".to_owned()), "the rules of its form were run: {codes:?}");
        let annex = opened.proposal.form_annexes().next().unwrap();
        let (files, findings) = desk.make(&opened.proposal, annex, &Options::archival());
        assert!(findings.is_empty() && files.len() == 1 && files[0].starts_with(b"%PDF-1.7"));
    }

    #[test]
    fn what_can_be_mended_is_mended_and_the_mark_stays() {
        let text = format!("\u{feff}{}", SEED.replace("2008 (Vorlage", "2008 - 2012 (Vorlage"));
        let Mended { opened, change, .. } = mended(&text);
        let (bytes, fixed) = change.unwrap();
        assert_eq!(opened.proposal.source.text, fixed.after);
        assert!(bytes.starts_with("\u{feff}".as_bytes()));
        assert_eq!(fixed.before, text.trim_start_matches('\u{feff}'));
        assert!(fixed.count > 0 && !fixed.after.contains("2008 - 2012"), "{}", fixed.after);
        assert!(mended(&fixed.after).change.is_none(), "what is mended is mended");
    }

    #[test]
    fn what_is_no_toml_is_left_alone() {
        let mended = mended("[vorlage\nnummer = ");
        assert!(mended.change.is_none() && !mended.findings.is_empty());
    }
}
