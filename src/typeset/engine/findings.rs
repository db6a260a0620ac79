//! What typst says, with its place in the files of the job.

use typst::WorldExt;
use typst::diag::{Severity, SourceDiagnostic};
use typst::syntax::DiagSpan;

use super::world::JobWorld;
use crate::typeset::job::{Finding, Stage};

/// Turns a diagnostic of a stage into a finding; a warning stays one.
pub(super) fn finding(world: &JobWorld<'_>, diagnostic: &SourceDiagnostic, stage: Stage) -> Finding {
    let place = |span: DiagSpan| {
        let file = span.id()?.get().vpath().get_with_slash().to_owned();
        Some((file, world.range(span).unwrap_or_default()))
    };
    // An error inside a shared part is of more use where the form calls it.
    let own = std::iter::once(diagnostic.span).chain(diagnostic.trace.iter().map(|point| point.span.into()));
    let own = own.filter_map(place).find(|(file, _)| file.starts_with("/template/"));
    let (file, range) = match own.or_else(|| place(diagnostic.span)) {
        Some((file, range)) => (Some(file), range),
        None => (None, 0..0),
    };
    Finding {
        stage: if diagnostic.severity == Severity::Warning { Stage::Warning } else { stage },
        file,
        range,
        message: diagnostic.message.to_string(),
        hints: diagnostic.hints.iter().map(|hint| hint.v.to_string()).collect(),
    }
}

/// Makes a finding that has no place in a file.
pub(super) fn unplaced(message: &str) -> Finding {
    Finding { stage: Stage::Export, file: None, range: 0..0, message: message.to_owned(), hints: Vec::new() }
}
