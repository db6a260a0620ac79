//! Mends a record: checks it, applies what can be applied, and again until nothing is left.

use std::path::Path;

use super::worker::Worker;
use super::{RecordFile, Report};
use crate::check::{self, Checked};
use crate::diagnostics::{Severity, Source};
use crate::files;
use crate::proposal::Input;

/// A change may make room for another one; more rounds than this no record needs.
const MAX_ROUNDS: usize = 8;

/// What was, or would be, changed in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The record as it was.
    pub before: String,
    /// The record as it is now, or would be.
    pub after: String,
    /// How many findings that mends.
    pub count: usize,
}

/// Mends a record, in its file if `write`; what remains to be said about it is in what is returned.
pub(super) fn run(
    record: &RecordFile,
    input: Input,
    write: bool,
    worker: &mut Worker,
    program: &Path,
) -> (Checked, Report) {
    let (first, before) = (worker.check(input.clone(), program), input.source.text.clone());
    let found = first.findings.len();
    let (checked, after) = mend(input.clone(), first, worker, program);
    let mut report = Report::of(record, Vec::new());
    if after == before {
        return (checked, report);
    }
    if let (true, Some(path)) = (write, record.path()) {
        // A byte order mark is not part of the text.
        let mark = input.bytes.len() - before.len();
        let bytes = [&input.bytes[..mark], after.as_bytes()].concat();
        if let Err(failure) = files::write(path, &bytes) {
            return (checked, Report::failed(record, failure));
        }
    }
    let count = found.saturating_sub(checked.findings.len()).max(1);
    report.fixed = Some(Fixed { before, after, count });
    (checked, report)
}

fn mend(input: Input, first: Checked, worker: &mut Worker, program: &Path) -> (Checked, String) {
    let mut text = input.source.text.clone();
    let mut checked = first;
    // Where the record cannot be read as TOML, places may be wrong.
    if checked.findings.iter().any(|finding| finding.code.id.starts_with("T00")) {
        return (checked, text);
    }
    for _ in 0..MAX_ROUNDS {
        let Some(next) = check::fixes::apply(&text, &checked.findings) else { break };
        let bytes = next.clone().into_bytes();
        let source = Source::new(&input.source.name, next.clone());
        let again = worker.check(Input { bytes, source, ..input.clone() }, program);
        // A change that does harm is none.
        if errors(&again) > errors(&checked) {
            break;
        }
        (checked, text) = (again, next);
    }
    (checked, text)
}

fn errors(checked: &Checked) -> usize {
    checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}
