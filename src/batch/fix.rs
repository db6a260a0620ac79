//! Mends a record: checks it, applies what can be applied, and again until nothing is left.

use std::path::Path;

use super::worker::Worker;
use super::{RecordFile, Report};
use crate::check::{self, Checked};
use crate::diagnostics::{Severity, Source};
use crate::files;
use crate::record::proposal::Input;

/// A change may make room for another one, and of very many findings only some are named at a time.
const MAX_ROUNDS: usize = 100;

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
    let (before, mark) = (input.source.text.clone(), input.bytes.len() - input.source.text.len());
    let mark = input.bytes[..mark].to_vec();
    let (checked, after, count) = mend(input, worker, program);
    let mut report = Report::of(record, Vec::new());
    if count == 0 {
        return (checked, report);
    }
    if let (true, Some(path)) = (write, record.path()) {
        // A byte order mark is not part of the text.
        if let Err(failure) = files::replace(path, &[&mark, after.as_bytes()].concat()) {
            return (checked, Report::failed(record, failure));
        }
    }
    report.fixed = Some(Fixed { before, after, count });
    (checked, report)
}

/// The record when nothing is left to mend, checked; its text, and how many findings were mended.
fn mend(input: Input, worker: &mut Worker, program: &Path) -> (Checked, String, usize) {
    let mut text = input.source.text.clone();
    let mut checked = worker.check(input.clone(), program);
    let mut count = 0;
    // Where the record cannot be read as TOML, places may be wrong.
    if checked.findings.iter().any(|finding| finding.code.id.starts_with("T00")) {
        return (checked, text, count);
    }
    for _ in 0..MAX_ROUNDS {
        let Some((next, applied)) = check::fixes::apply(&text, &checked.findings) else { break };
        let bytes = next.clone().into_bytes();
        let source = Source::new(&input.source.name, next.clone());
        let again = worker.check(Input { bytes, source, ..input.clone() }, program);
        // A change that does harm is none.
        if errors(&again) > errors(&checked) {
            break;
        }
        (checked, text, count) = (again, next, count + applied);
    }
    (checked, text, count)
}

fn errors(checked: &Checked) -> usize {
    checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}
