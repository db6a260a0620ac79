//! From a checked record to files in the output folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::inputs::{Scan, Seen};
use super::store::{Entry, Said, Store};
use super::worker::Worker;
use super::{Outcome, RecordFile, Report, Shard};
use crate::check::Checked;
use crate::diagnostics::{Diagnostic, has_errors};
use crate::files::{self, FileError};
use crate::record::project::Project;
use crate::record::proposal::{FormAnnex, Proposal};
use crate::typeset::{self, Format, Options};

/// How records become files; the same for a whole run.
#[derive(Debug)]
pub struct Render {
    /// What documents are like.
    pub options: Options,
    /// Where files go; if not said, where the project has them.
    pub output: Option<PathBuf>,
    /// Whether what is up to date is made again.
    pub force: bool,
    /// Whether files of records that are there no more are removed.
    pub prune: bool,
    /// The part of the records that this run takes.
    pub shard: Option<Shard>,
}

impl Render {
    /// What was said about a record that need not be made again; none if it has to be.
    pub(super) fn up_to_date<'a>(
        &self,
        scan: &'a Scan,
        project: &Project,
        store: &Store,
    ) -> Option<&'a [Said]> {
        let Seen::Known(entry) = &scan.seen else {
            return None;
        };
        let findings = entry.findings.as_ref()?;
        if self.force || entry.context != self.context(project, &entry.templates)? {
            return None;
        }
        let same = |(path, hash): (&PathBuf, &Option<String>)| {
            named_file_hash(path, hash.is_some()).as_ref() == Some(hash)
        };
        if !entry.files.iter().all(same) {
            return None;
        }
        store.is_intact(entry).then_some(findings)
    }

    /// Makes the form annexes of a record, if all of them can be made.
    pub(super) fn run(
        &self,
        record: &RecordFile,
        hash: &str,
        checked: Checked,
        store: &Store,
        worker: &mut Worker,
        program: &Path,
    ) -> Report {
        let Checked { proposal, mut findings } = checked;
        let stem = proposal.number.map_or_else(|| record.stem(), |number| number.file_stem());
        let mut outputs = BTreeMap::new();
        let mut complete = true;
        if self.options.draft || !has_errors(&findings) {
            for annex in proposal.form_annexes() {
                let (files, more) = self.annex(&proposal, annex, worker, program);
                complete &= !files.is_empty();
                findings.extend(more);
                outputs.extend(self.named(&stem, annex, files));
            }
        }
        let mut report = Report::of(record, findings);
        // An export error leaves nothing to write; any other error is what a draft is for.
        let refused = if self.options.draft { !complete } else { report.has_errors() };
        if refused {
            return refuse(record, report.findings, store);
        }
        let entry = self.entry(hash, &proposal, &report.findings);
        if let Err(failure) = self.keep(record, entry, outputs, store, &mut report) {
            report.outcome = Outcome::Failed;
            report.failure = Some(failure);
        }
        report
    }

    /// What is kept of a record, yet without its outputs.
    fn entry(&self, hash: &str, proposal: &Proposal, findings: &[Diagnostic]) -> Option<Entry> {
        let templates: Vec<String> =
            proposal.form_annexes().map(|annex| annex.template.name.clone()).collect();
        let named = proposal.named_files.iter();
        let about =
            |finding: &Diagnostic| Arc::ptr_eq(&finding.source, &proposal.source).then(|| Said::of(finding));
        Some(Entry {
            record: hash.to_owned(),
            context: self.context(&proposal.project, &templates)?,
            templates,
            files: named
                .filter_map(|(path, printed)| Some((path.clone(), named_file_hash(path, *printed)?)))
                .collect(),
            outputs: BTreeMap::new(),
            number: proposal.number,
            findings: findings.iter().map(about).collect(),
        })
    }

    fn keep(
        &self,
        record: &RecordFile,
        entry: Option<Entry>,
        outputs: BTreeMap<String, Vec<u8>>,
        store: &Store,
        report: &mut Report,
    ) -> Result<(), FileError> {
        store.claim(outputs.keys());
        let mut hashes = BTreeMap::new();
        for (name, bytes) in outputs {
            let path = store.folder().join(&name);
            files::write(&path, &bytes)?;
            report.made.push(path);
            hashes.insert(name, files::hash(&[&bytes]));
        }
        report.outcome = Outcome::Made;
        if let (Some(path), Some(entry)) = (record.path(), entry) {
            report.removed = store.put(store.key(path), Entry { outputs: hashes, ..entry })?;
        }
        Ok(())
    }

    /// The hash of all that can change an output beside the record and the files that it names.
    fn context(&self, project: &Project, templates: &[String]) -> Option<String> {
        let options = format!("{:?}", self.options);
        let mut parts = vec![typeset::FINGERPRINT.as_str(), options.as_str(), project.fingerprint.as_str()];
        for name in templates {
            parts.push(&project.templates.get(name)?.as_ref().ok()?.fingerprint);
        }
        Some(files::hash(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>()))
    }

    fn annex(
        &self,
        proposal: &Proposal,
        annex: &FormAnnex,
        worker: &mut Worker,
        program: &Path,
    ) -> (Vec<Vec<u8>>, Vec<Diagnostic>) {
        let job = typeset::job(proposal, annex, &self.options);
        let outcome = worker.make(&job, proposal, program);
        let mut findings = typeset::diagnostics(&annex.template, &outcome.findings);
        proposal.project.apply_levels(&mut findings);
        (outcome.files.into_iter().map(serde_bytes::ByteBuf::into_vec).collect(), findings)
    }

    fn named(&self, stem: &str, annex: &FormAnnex, files: Vec<Vec<u8>>) -> Vec<(String, Vec<u8>)> {
        let base = output_stem(stem, &annex.label);
        let name = |index: usize| match self.options.format {
            Format::Pdf(_) => format!("{base}.pdf"),
            Format::Png { .. } => format!("{base}-{}.png", index + 1),
        };
        files.into_iter().enumerate().map(|(index, bytes)| (name(index), bytes)).collect()
    }

    /// The folder that the outputs of a project go to.
    pub(super) fn folder(&self, project: &Project) -> PathBuf {
        let of_project = || project.settings.output.clone();
        self.output
            .clone()
            .or_else(of_project)
            .unwrap_or_else(|| crate::record::project::DEFAULT_OUTPUT.into())
    }
}

/// The report of a record that is not rendered. What an earlier run made of it would look finished, so it goes.
pub(super) fn refuse(record: &RecordFile, findings: Vec<Diagnostic>, store: &Store) -> Report {
    let mut report = Report { outcome: Outcome::Refused, ..Report::of(record, findings) };
    match record.path().map_or(Ok(Vec::new()), |path| store.remove(&[store.key(path)])) {
        Ok(removed) => report.removed = removed,
        Err(failure) => {
            report.outcome = Outcome::Failed;
            report.failure = Some(failure);
        }
    }
    report
}

/// The name of the file of an annex, without its extension.
pub(super) fn output_stem(proposal: &str, label: &str) -> String {
    format!("{proposal}-Anlage-{label}")
}

/// The hash of a file whose content is printed; of another only that it is there counts. None if it is gone.
fn named_file_hash(path: &Path, printed: bool) -> Option<Option<String>> {
    match printed {
        true => files::read(path, crate::record::images::MAX_FILE_BYTES)
            .ok()
            .map(|bytes| Some(files::hash(&[&bytes]))),
        false => path.is_file().then_some(None),
    }
}

/// The output folders of a run, each opened once.
#[derive(Default)]
pub struct Stores {
    opened: Mutex<BTreeMap<PathBuf, Arc<Store>>>,
    saved: Mutex<Option<Instant>>,
}

/// So often the state is written during a run; what came after it is made again if the run is killed.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);

impl Stores {
    /// The store of the folder that a project's outputs go to.
    pub fn of(&self, render: &Render, project: &Project) -> Result<Arc<Store>, FileError> {
        let folder = render.folder(project);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = opened.get(&folder) {
            return Ok(Arc::clone(store));
        }
        let store = Arc::new(Store::open(&folder, render.shard)?);
        opened.insert(folder, Arc::clone(&store));
        Ok(store)
    }

    /// Writes the state down if that was long ago. A failure comes again at the end, and is reported then.
    pub fn save_now_and_then(&self) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.get_or_insert_with(Instant::now).elapsed() > SAVE_INTERVAL {
            *saved = Some(Instant::now());
            self.all().iter().for_each(|store| {
                store.save().ok();
            });
        }
    }

    /// Writes the state down. Returns the files of records that are there no more, removed if `prune`.
    pub fn finish(&self, prune: bool) -> Result<Vec<PathBuf>, FileError> {
        let mut stale = Vec::new();
        for store in self.all() {
            let (gone, paths) = store.stale();
            match prune || paths.is_empty() {
                true => stale.extend(store.remove(&gone)?),
                false => stale.extend(paths),
            }
            store.save()?;
        }
        Ok(stale)
    }

    fn all(&self) -> Vec<Arc<Store>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}
