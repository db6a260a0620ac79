//! Makes the form annexes of many records, unless they are there already.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::desk::Desk;
use super::turns::in_turn;
use crate::check::cut_to_named;
use crate::diagnostics::{Diagnostic, has_errors};
use crate::files::{self, FileError};
use crate::record::names;
use crate::record::project::Project;
use crate::record::proposal::{FormAnnex, Proposal};
use crate::run::{
    Looked, Numbers, OpenedRecord, Outcome, Problem, RecordFile, Report, Run, Said, Seen, Shard, Stale,
    Store, StoreEntry, Stores, Summary, WorkPlace, duplicate_number, look_at,
};
use crate::typeset::{self, Format, Options};

/// How records become files; the same for a whole run.
#[derive(Debug)]
pub struct Render {
    /// What documents are like.
    pub options: Options,
    /// Where files go; if not said, where the project has them.
    pub output: Option<PathBuf>,
    /// Whether outputs that are up to date are made again.
    pub force: bool,
    /// What becomes of files whose records are gone.
    pub stale: Stale,
    /// The part of the records that this run takes.
    pub shard: Option<Shard>,
}

impl Render {
    /// Renders as documents for the archive, and keeps what is up to date.
    pub fn archival(output: Option<PathBuf>) -> Self {
        Self { options: Options::archival(), output, force: false, stale: Stale::Kept, shard: None }
    }

    /// Gives the folder that the outputs of a project go to.
    pub fn folder(&self, project: &Project) -> PathBuf {
        let of_project = || project.settings.output.clone();
        self.output
            .clone()
            .or_else(of_project)
            .unwrap_or_else(|| crate::record::project::DEFAULT_OUTPUT.into())
    }

    /// Opens the store of the folder that the outputs of a project go to.
    pub fn store(&self, project: &Project, stores: &Stores) -> Result<Arc<Store>, FileError> {
        stores.open(&self.folder(project), self.shard)
    }
}

/// Renders records; `each` gets a report of each in their order, and how many there are.
pub fn render(run: &Run, files: &[RecordFile], how: &Render, mut each: impl FnMut(Report, usize)) -> Summary {
    let stores = run.stores();
    let looked = look_at(run, files, |project| how.store(project, &stores).ok());
    let rendering = Rendering { run, how, looked: &looked, stores: &stores };
    rendering.each(
        |_, _| (),
        |report, _, total| {
            each(report, total);
            ControlFlow::Continue(())
        },
    )
}

/// Records that were looked at, and how they become files.
pub struct Rendering<'a> {
    /// What it takes place in.
    pub run: &'a Run,
    /// How records become files.
    pub how: &'a Render,
    /// The records.
    pub looked: &'a [Looked],
    /// The output folders, locked for longer than this.
    pub stores: &'a Stores,
}

impl Rendering<'_> {
    /// Renders all; `then` goes on with each record on the thread that rendered it, and `each` gets what came of both in the
    /// order of the records.
    pub fn each<T: Send>(
        &self,
        then: impl Fn(usize, &Report) -> T + Sync,
        mut each: impl FnMut(Report, Option<T>, usize) -> ControlFlow<()>,
    ) -> Summary {
        let turns: Vec<usize> =
            (0..self.looked.len()).filter(|index| self.is_mine(&self.looked[*index])).collect();
        let total = turns.iter().filter(|index| !matches!(self.looked[**index].seen, Seen::Other)).count();
        let place = if total > 1 { WorkPlace::Apart } else { WorkPlace::Here };
        let numbers = Numbers::of(self.looked);
        let work = |desk: &mut Desk, index: usize| {
            let report = self.one(desk, &self.looked[index], numbers.others(index));
            let more = then(index, &report);
            (report, more)
        };
        in_turn(self.run, self.looked, &turns, place, work, |report, more| {
            self.stores.save_now_and_then();
            each(report, more, total)
        });
        let mut summary =
            Summary { records: total, interrupted: self.run.is_stopped(), ..Summary::default() };
        let stale = if summary.interrupted { Stale::Kept } else { self.how.stale };
        match self.stores.finish(stale) {
            Ok(files) => summary.stale = files,
            Err(failure) => summary.failure = Some(failure),
        }
        summary
    }

    /// Tells whether this run has to render a file: a session is none, and a shard takes its part only.
    fn is_mine(&self, looked: &Looked) -> bool {
        let root = || looked.project.as_ref().ok().map(|project| project.root.path());
        let in_shard = |shard: Shard| shard.has(&looked.file.path_in(root()));
        !matches!(looked.seen, Seen::Session(_)) && self.how.shard.is_none_or(in_shard)
    }

    fn one(&self, desk: &mut Desk, looked: &Looked, others: Option<Vec<&str>>) -> Report {
        let record = &looked.file;
        if let Seen::Other = looked.seen {
            return Report::passed_over(record);
        }
        let project = match &looked.project {
            Ok(project) => project,
            Err(problem) => return Report::unread(record, problem.again()),
        };
        let store = match self.how.store(project, self.stores) {
            Ok(store) => store,
            Err(failure) => return Report::failed(record, failure),
        };
        let page = RecordOnItsWay { how: self.how, record, store: &store };
        if others.is_none()
            && let Some(findings) = page.said_before(looked, project)
        {
            return Report { outcome: Outcome::UpToDate, ..Report::of(record, findings) };
        }
        let opened = match looked.open() {
            Ok(opened) => opened,
            Err(Problem::Findings(findings)) => return page.refuse(findings),
            Err(problem) => return Report::unread(record, problem),
        };
        let mut findings = desk.check(&opened);
        cut_to_named(&mut findings);
        findings.extend(others.and_then(|others| duplicate_number(&opened.proposal, &others)));
        page.make(desk, &opened, findings)
    }
}

/// A record on its way into an output folder.
struct RecordOnItsWay<'a> {
    how: &'a Render,
    record: &'a RecordFile,
    store: &'a Store,
}

impl RecordOnItsWay<'_> {
    /// Gives what was said about the record when it was made; none if it has to be made again.
    fn said_before(&self, looked: &Looked, project: &Project) -> Option<Vec<Diagnostic>> {
        let Seen::Known(entry) = &looked.seen else { return None };
        let said = entry.findings.as_ref()?;
        if self.how.force || entry.context != self.context(project, &entry.templates)? {
            return None;
        }
        let same = |(path, hash): (&PathBuf, &Option<String>)| {
            named_file_hash(path, hash.is_some()).as_ref() == Some(hash)
        };
        if !entry.files.iter().all(same) || !self.store.is_intact(entry) {
            return None;
        }
        if said.is_empty() {
            return Some(Vec::new());
        }
        let source = looked.source().ok()?;
        let codes = || project.templates.codes();
        said.iter().map(|said| said.again(&source, codes())).collect()
    }

    /// Makes the form annexes of a record, if all of them can be made.
    fn make(&self, desk: &mut Desk, opened: &OpenedRecord, mut findings: Vec<Diagnostic>) -> Report {
        let proposal = &opened.proposal;
        let stem = proposal.number.map_or_else(|| self.record.stem(), |number| number.file_stem());
        let mut outputs = BTreeMap::new();
        let mut is_complete = true;
        if self.how.options.draft || !has_errors(&findings) {
            for annex in proposal.form_annexes() {
                let (files, more) = desk.make(proposal, annex, &self.how.options);
                is_complete &= !files.is_empty();
                findings.extend(more);
                outputs.extend(self.named(&stem, annex, files));
            }
        }
        let mut report = Report::of(self.record, findings);
        // An export error leaves nothing to write; any other error is what a draft is for.
        let is_refused = if self.how.options.draft { !is_complete } else { report.has_errors() };
        if is_refused {
            return self.refuse(report.findings);
        }
        let entry = self.entry(proposal, &report.findings);
        if let Err(failure) = self.keep(entry, outputs, &mut report) {
            report.outcome = Outcome::Failed;
            report.failure = Some(failure);
        }
        report
    }

    fn named(&self, stem: &str, annex: &FormAnnex, files: Vec<Vec<u8>>) -> Vec<(String, Vec<u8>)> {
        let name = |index: usize| match self.how.options.format {
            Format::Pdf(_) => names::annex_pdf(stem, &annex.label),
            Format::Png { .. } => names::annex_picture(stem, &annex.label, index + 1),
        };
        files.into_iter().enumerate().map(|(index, bytes)| (name(index), bytes)).collect()
    }

    /// Makes what is kept of a record, still without its outputs.
    fn entry(&self, proposal: &Proposal, findings: &[Diagnostic]) -> Option<StoreEntry> {
        let templates: Vec<String> =
            proposal.form_annexes().map(|annex| annex.template.name.clone()).collect();
        let named = proposal.named_files.iter();
        let about =
            |finding: &Diagnostic| Arc::ptr_eq(&finding.source, &proposal.source).then(|| Said::of(finding));
        Some(StoreEntry {
            record: files::hash(&[&proposal.bytes]),
            context: self.context(&proposal.project, &templates)?,
            templates,
            files: named
                .filter_map(|(path, printed)| Some((path.clone(), named_file_hash(path, *printed)?)))
                .collect(),
            outputs: BTreeMap::new(),
            number: proposal.number,
            public: proposal.public == Some(true),
            findings: findings.iter().map(about).collect(),
        })
    }

    fn keep(
        &self,
        entry: Option<StoreEntry>,
        outputs: BTreeMap<String, Vec<u8>>,
        report: &mut Report,
    ) -> Result<(), FileError> {
        self.store.claim(outputs.keys());
        let mut hashes = BTreeMap::new();
        for (name, bytes) in outputs {
            let path = self.store.folder().join(&name);
            files::write(&path, &bytes)?;
            report.made.push(path);
            hashes.insert(name, files::hash(&[&bytes]));
        }
        report.outcome = Outcome::Made;
        if let (Some(path), Some(entry)) = (self.record.path(), entry) {
            report.removed = self.store.put(self.store.key(path), StoreEntry { outputs: hashes, ..entry })?;
        }
        Ok(())
    }

    /// Reports a record that is not rendered. What an earlier run made of it would look finished, so it is removed.
    fn refuse(&self, findings: Vec<Diagnostic>) -> Report {
        let mut report = Report { outcome: Outcome::Refused, ..Report::of(self.record, findings) };
        match self.record.path().map_or(Ok(Vec::new()), |path| self.store.remove(&[self.store.key(path)])) {
            Ok(removed) => report.removed = removed,
            Err(failure) => {
                report.outcome = Outcome::Failed;
                report.failure = Some(failure);
            }
        }
        report
    }

    /// Hashes everything that can change an output besides the record and the files that it names.
    fn context(&self, project: &Project, templates: &[String]) -> Option<String> {
        let options = format!("{:?}", self.how.options);
        let mut parts = vec![typeset::FINGERPRINT.as_str(), options.as_str(), project.fingerprint.as_str()];
        for name in templates {
            parts.push(&project.templates.get(name)?.as_ref().ok()?.fingerprint);
        }
        Some(files::hash(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>()))
    }
}

/// Hashes a file whose content is printed; of any other it only matters that it exists. None if it is gone.
fn named_file_hash(path: &Path, is_printed: bool) -> Option<Option<String>> {
    if !is_printed {
        return path.is_file().then_some(None);
    }
    let bytes = files::read(path, crate::record::images::MAX_FILE_BYTES).ok()?;
    Some(Some(files::hash(&[&bytes])))
}
