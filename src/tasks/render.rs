//! Makes the form annexes of many records, unless they are there already.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::desk::Desk;
use super::turns::{Turn, in_turn};
use crate::check::cut_to_named;
use crate::diagnostics::{Diagnostic, codes, has_errors};
use crate::files::{self, FileError};
use crate::record::names::{FORMS_FOLDER, Rendition, in_forms_folder};
use crate::record::project::Project;
use crate::record::proposal::{Annex, FormAnnex, Proposal};
use crate::record::publicity::{self, Publicity};
use crate::run::{
    Looked, Numbers, OpenedRecord, Outcome, PreparedOutput, Problem, RecordFile, Report, Run, Said, Seen,
    Shard, Stale, Store, StoreEntry, Stores, Summary, WorkPlace, duplicate_number, look_at,
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
    /// Whether what was made of a record is kept while the record has errors.
    pub keeps_refused: bool,
    /// Whether outputs that look the same as they were left are read all the same.
    pub verifies_outputs: bool,
    /// The part of the records that this run takes.
    pub shard: Option<Shard>,
}

impl Render {
    /// Renders as documents for the archive, and keeps what is up to date.
    pub fn archival(output: Option<PathBuf>) -> Self {
        Self {
            options: Options::archival(),
            output,
            force: false,
            stale: Stale::Kept,
            keeps_refused: false,
            verifies_outputs: false,
            shard: None,
        }
    }

    /// Gives the folder that the outputs of a project go to.
    pub fn folder(&self, project: &Project) -> PathBuf {
        let of_project = || project.settings.output.clone();
        self.output
            .clone()
            .or_else(of_project)
            .unwrap_or_else(|| crate::record::project::DEFAULT_OUTPUT.into())
    }

    /// Gives the folder of the form annexes of a project.
    pub fn forms(&self, project: &Project) -> PathBuf {
        self.folder(project).join(FORMS_FOLDER)
    }

    /// Gives what records become.
    pub fn rendition(&self) -> Rendition {
        let is_picture = matches!(self.options.format, Format::Png { .. });
        Rendition { is_draft: self.options.draft, is_picture }
    }

    /// Opens the store of the folder that the outputs of a project go to.
    pub fn store(&self, project: &Project, stores: &Stores) -> Result<Arc<Store>, FileError> {
        let folder = self.folder(project);
        // Who names a folder means it; what lies in the project may be anybody's.
        if self.output.is_none() {
            files::stays_inside(&folder, project.root.path())?;
        }
        stores.open(&folder, self.shard)
    }
}

/// Renders records; `each` gets a report of each in their order, and how many there are.
pub fn render(run: &Run, files: &[RecordFile], how: &Render, mut each: impl FnMut(Report, usize)) -> Summary {
    let stores = run.stores(how.rendition());
    let looked = look_at(run, files, |project| how.store(project, &stores).ok());
    let rendering = Rendering { run, how, looked: &looked, stores: &stores, public: None };
    rendering.each(|report, _, total| {
        each(report, total);
        ControlFlow::Continue(())
    })
}

/// Tells of each record whether all that is made of it is there and up to date. Writes nothing and locks nothing.
pub fn are_made(run: &Run, files: &[RecordFile], how: &Render) -> Vec<bool> {
    let peeked: Mutex<BTreeMap<PathBuf, Option<Arc<Store>>>> = Mutex::default();
    let store = |project: &Arc<Project>| {
        let mut peeked = peeked.lock().unwrap_or_else(PoisonError::into_inner);
        // What is known of all records is read for each folder, and not for each record.
        let peek = |folder: &PathBuf| Store::peek(folder, how.rendition()).ok().map(Arc::new);
        peeked.entry(how.folder(project)).or_insert_with_key(peek).clone()
    };
    let is_made = |looked: &Looked| {
        let project = looked.project.as_ref().ok()?;
        let store = store(project)?;
        let page = RecordOnItsWay { how, record: &looked.file, store: &store, is_public: false };
        page.said_before(looked, project)
    };
    look_at(run, files, store).iter().map(|looked| is_made(looked).is_some()).collect()
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
    /// If the output folder is for the public: the records with forms that the public may see, by their paths without
    /// links. All others are only checked, and what is kept of these does not speak of what is not public.
    pub public: Option<&'a BTreeSet<PathBuf>>,
}

impl Rendering<'_> {
    /// Renders all; `each` gets what came of each in the order of the records, and the place of the record. What is made is
    /// written through to the disk for several records at once.
    pub fn each(&self, mut each: impl FnMut(Report, Option<usize>, usize) -> ControlFlow<()>) -> Summary {
        let settle = |turns: &mut [Turn<(usize, Option<Pending>)>]| {
            let pending = turns.iter_mut().filter_map(|(_, more)| more.as_mut()?.1.as_mut());
            files::flush_together(
                pending.flat_map(|pending| &mut pending.outputs).map(|output| &mut output.file),
            );
            for (report, more) in turns {
                if let Some(pending) = more.as_mut().and_then(|(_, pending)| pending.take()) {
                    pending.settle(report);
                }
            }
        };
        let work = |index: usize, report: Report, pending: Option<Pending>| (report, (index, pending));
        self.in_turn(work, settle, |report, more, total| each(report, more.map(|(index, _)| index), total))
    }

    /// Renders all; `then` goes on with each record on the thread that rendered it, as soon as what was made is in its place,
    /// and `each` gets what came of both in the order of the records.
    pub fn each_then<T: Send>(
        &self,
        then: impl Fn(usize, &Report) -> T + Sync,
        each: impl FnMut(Report, Option<T>, usize) -> ControlFlow<()>,
    ) -> Summary {
        let work = |index: usize, mut report: Report, pending: Option<Pending>| {
            if let Some(pending) = pending {
                pending.settle(&mut report);
            }
            let more = then(index, &report);
            (report, more)
        };
        self.in_turn(work, |_| {}, each)
    }

    fn in_turn<T: Send>(
        &self,
        then: impl Fn(usize, Report, Option<Pending>) -> (Report, T) + Sync,
        settle: impl FnMut(&mut [Turn<T>]),
        mut each: impl FnMut(Report, Option<T>, usize) -> ControlFlow<()>,
    ) -> Summary {
        let turns: Vec<usize> =
            (0..self.looked.len()).filter(|index| self.is_mine(&self.looked[*index])).collect();
        let total = turns.iter().filter(|index| !matches!(self.looked[**index].seen, Seen::Other)).count();
        let place = if total > 1 { WorkPlace::Apart } else { WorkPlace::Here };
        let numbers = Numbers::of(self.looked);
        let work = |desk: &mut Desk, index: usize| {
            let (report, pending) = self.one(desk, &self.looked[index], numbers.others(index));
            then(index, report, pending)
        };
        in_turn(self.run, self.looked, &turns, place, work, settle, |report, more| {
            self.stores.save_now_and_then();
            each(report, more, total)
        });
        let mut summary = Summary {
            records: total,
            sessions: self.looked.iter().filter(|looked| stands_for_nothing(looked)).count(),
            interrupted: self.run.is_stopped(),
            ..Summary::default()
        };
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

    fn one(&self, desk: &mut Desk, looked: &Looked, others: Option<Vec<&str>>) -> (Report, Option<Pending>) {
        let record = &looked.file;
        let only = |report| (report, None);
        if let Seen::Other = looked.seen {
            return only(Report::passed_over(record));
        }
        let project = match &looked.project {
            Ok(project) => project,
            Err(problem) => return only(Report::unread(record, problem.again())),
        };
        let store = match self.how.store(project, self.stores) {
            Ok(store) => store,
            Err(failure) => return only(Report::failed(record, failure)),
        };
        let is_public = self.public.is_some();
        let page = RecordOnItsWay { how: self.how, record, store: &store, is_public };
        if self.is_made(record)
            && others.is_none()
            && let Some(findings) = page.said_before(looked, project)
        {
            return only(Report { outcome: Outcome::UpToDate, ..Report::of(record, findings) });
        }
        let opened = match looked.open() {
            Ok(opened) => opened,
            Err(Problem::Findings(findings)) => return only(page.refuse(Report::of(record, findings))),
            Err(problem) => return only(Report::unread(record, problem)),
        };
        let mut findings = desk.check(&opened);
        cut_to_named(&mut findings);
        findings.extend(others.and_then(|others| duplicate_number(&opened.proposal, &others)));
        if self.is_made(record) {
            page.make(desk, &opened, findings)
        } else {
            only(Report::of(record, findings))
        }
    }

    fn is_made(&self, record: &RecordFile) -> bool {
        let has = |public: &BTreeSet<PathBuf>| record.real_path().is_none_or(|path| public.contains(&path));
        self.public.is_none_or(has)
    }
}

/// What was made of a record and is written, but has neither got its names nor is it known to the next run.
struct Pending {
    store: Arc<Store>,
    outputs: Vec<PreparedOutput>,
    /// What is kept of the record, still without its outputs, and its key.
    entry: Option<(String, StoreEntry)>,
}

/// Tells whether it is a session that was found in a folder: one that is named stands for its records.
fn stands_for_nothing(looked: &Looked) -> bool {
    matches!(looked.seen, Seen::Session(_)) && !looked.file.is_named
}

impl Pending {
    /// Puts what was made in its place, and says so in the report.
    fn settle(self, report: &mut Report) {
        if let Err(failure) = self.keep(report) {
            report.outcome = Outcome::Failed;
            report.failure = Some(failure);
        }
    }

    fn keep(self, report: &mut Report) -> Result<(), FileError> {
        let Self { store, outputs, entry } = self;
        let (mut hashes, mut stamps) = (BTreeMap::new(), BTreeMap::new());
        for output in outputs {
            let placed = store.place(output)?;
            report.set_aside.extend(placed.aside);
            report.made.push(placed.path);
            stamps.extend(placed.stamp.map(|stamp| (placed.name.clone(), stamp)));
            hashes.insert(placed.name, placed.hash);
        }
        report.outcome = Outcome::Made;
        if let Some((key, entry)) = entry {
            report.removed = store.put(key, StoreEntry { outputs: hashes, stamps, ..entry })?;
        }
        Ok(())
    }
}

/// A record on its way into an output folder.
struct RecordOnItsWay<'a> {
    how: &'a Render,
    record: &'a RecordFile,
    store: &'a Arc<Store>,
    /// Whether the output folder is for the public.
    is_public: bool,
}

impl RecordOnItsWay<'_> {
    /// Gives what was said about the record when it was made; none if it has to be made again.
    fn said_before(&self, looked: &Looked, project: &Project) -> Option<Vec<Diagnostic>> {
        let Seen::Record { key: Some(key), .. } = &looked.seen else { return None };
        let entry = self.store.get(key)?;
        let said = entry.findings.as_ref()?;
        if self.how.force || entry.context != self.context(project, &entry.templates)? {
            return None;
        }
        let same = |(path, hash): (&PathBuf, &Option<String>)| {
            named_file_hash(path, hash.is_some()).as_ref() == Some(hash)
        };
        if !entry.files.iter().all(same) {
            return None;
        }
        if !self.store.is_intact(key, &entry, self.how.verifies_outputs) {
            return None;
        }
        if said.is_empty() {
            return Some(Vec::new());
        }
        let source = looked.source().ok()?;
        said.iter().map(|said| said.again(&source, |name| project.templates.code(name))).collect()
    }

    /// Makes the form annexes of a record, if all of them can be made. They still have to be settled.
    fn make(
        &self,
        desk: &mut Desk,
        opened: &OpenedRecord,
        mut findings: Vec<Diagnostic>,
    ) -> (Report, Option<Pending>) {
        let proposal = &opened.proposal;
        let stem = proposal.number.map_or_else(|| self.record.stem(), |number| number.file_stem());
        let mut outputs = BTreeMap::new();
        let mut is_complete = true;
        let has_errors = has_errors(&findings);
        if self.how.options.draft || !has_errors {
            for annex in proposal.form_annexes() {
                let (files, mut more) = desk.make(proposal, annex, &self.how.options);
                // What an error is about may not be printed, and the error has said so.
                more.retain(|one| !has_errors || one.code.id != codes::WORDS_LOST.id);
                is_complete &= !files.is_empty();
                findings.extend(more);
                outputs.extend(self.named(proposal, &stem, annex, files));
            }
        }
        let in_the_way: Vec<Diagnostic> =
            outputs.keys().filter_map(|name| self.own_input(proposal, name)).collect();
        let takes_an_input = !in_the_way.is_empty();
        findings.extend(in_the_way);
        let mut report = Report::of(self.record, findings);
        if takes_an_input {
            return (report, None);
        }
        if report.has_errors() {
            report = self.refuse(report);
        }
        // An export error leaves nothing to write; any other error is what a draft is for.
        let is_refused = if self.how.options.draft { !is_complete } else { report.has_errors() };
        if is_refused || report.failure.is_some() {
            return (report, None);
        }
        match self.prepare(self.entry(proposal, &report.findings), outputs) {
            Ok(pending) => (report, Some(pending)),
            Err(failure) => {
                let failed = Report { outcome: Outcome::Failed, failure: Some(failure), ..report };
                (failed, None)
            }
        }
    }

    /// Finds that an output would take the place of a file that the record is made of.
    fn own_input(&self, proposal: &Proposal, name: &str) -> Option<Diagnostic> {
        let path = self.store.folder().join(name);
        let real = path.canonicalize().ok()?;
        let is_input =
            proposal.named_files.iter().any(|(file, _)| *file == real) || self.record.real_path()? == real;
        let annex = proposal
            .annexes
            .iter()
            .find(|annex| matches!(annex, Annex::File(file) if file.file.as_ref() == Some(&real)));
        let span = || annex.map_or_else(|| proposal.number_span.clone(), Annex::label_span);
        is_input.then(|| {
            let message =
                format!("Das Formular würde {} überschreiben, eine Datei dieser Vorlage.", path.display());
            Diagnostic::new(&codes::OUTPUT_IS_INPUT, &proposal.source, span(), message)
                .hint("Die Datei anders nennen oder mit -o einen anderen Ordner angeben.")
        })
    }

    fn named(
        &self,
        proposal: &Proposal,
        stem: &str,
        annex: &FormAnnex,
        files: Vec<Vec<u8>>,
    ) -> Vec<(String, Vec<u8>)> {
        let names = &proposal.project.settings.annex_names;
        let rendition = self.how.rendition();
        let name = |index: usize| in_forms_folder(&names.file(rendition, stem, &annex.label, index + 1));
        files.into_iter().enumerate().map(|(index, bytes)| (name(index), bytes)).collect()
    }

    /// Makes what is kept of a record, still without its outputs.
    fn entry(&self, proposal: &Proposal, findings: &[Diagnostic]) -> Option<StoreEntry> {
        let templates: Vec<String> =
            proposal.form_annexes().map(|annex| annex.template.name.clone()).collect();
        let is_open = !self.is_public || publicity::record(proposal, Publicity::Public).is_public();
        let named = proposal.named_files.iter().filter(|_| is_open);
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
            stamps: BTreeMap::new(),
            number: proposal.number,
            public: proposal.public == Some(true),
            findings: if is_open { findings.iter().map(about).collect() } else { None },
        })
    }

    /// Writes what was made of a record, still under other names.
    fn prepare(
        &self,
        entry: Option<StoreEntry>,
        outputs: BTreeMap<String, Vec<u8>>,
    ) -> Result<Pending, FileError> {
        self.store.claim(outputs.keys());
        let prepare = |(name, bytes): (String, Vec<u8>)| self.store.prepare(name, &bytes);
        let outputs = outputs.into_iter().map(prepare).collect::<Result<_, _>>()?;
        let entry = self.record.path().zip(entry).map(|(path, entry)| (self.store.entry_key(path), entry));
        Ok(Pending { store: Arc::clone(self.store), outputs, entry })
    }

    /// Reports a record that is wrong. What an earlier run finished of it would look as if it still held, so it is set
    /// aside.
    fn refuse(&self, report: Report) -> Report {
        if self.how.keeps_refused {
            return Report { outcome: Outcome::Refused, ..report };
        }
        let keys = self.record.path().map(|path| self.store.finished_keys(path)).unwrap_or_default();
        match self.store.set_aside(&keys) {
            Ok(set_aside) => Report { outcome: Outcome::Refused, set_aside, ..report },
            Err(failure) => Report { outcome: Outcome::Failed, failure: Some(failure), ..report },
        }
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
