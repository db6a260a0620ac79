//! Records and findings as JSON, for programs.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::diagnostics::Diagnostic;
use crate::run::{AsideReason, Outcome, Report, SetAside};

/// Says what was made from a record and what is wrong with it.
pub fn record(report: &Report) -> Json {
    json!({
        "record": report.name,
        "outcome": match report.outcome {
            Outcome::Checked => "checked",
            Outcome::Made => "made",
            Outcome::UpToDate => "up-to-date",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
            Outcome::PassedOver => "passed-over",
        },
        "made": paths(&report.made),
        "removed": paths(&report.removed),
        "set_aside": set_aside(&report.set_aside),
        "fixed": report.fixed.as_ref().map(|fixed| fixed.count),
        "failure": report.failure.as_ref().map(ToString::to_string),
        "findings": findings(&report.findings),
    })
}

/// Gives findings with their places: lines and columns from 1, columns in characters.
pub fn findings(findings: &[Diagnostic]) -> Json {
    findings.iter().map(finding).collect()
}

fn finding(finding: &Diagnostic) -> Json {
    let (line, column) = finding.position();
    let (end_line, end_column) = finding.source.position(finding.span.end);
    json!({
        "code": finding.code.to_string(),
        "severity": finding.severity,
        "title": finding.code.title,
        "message": finding.message,
        "hint": finding.hint,
        "file": finding.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "fixable": !finding.fix.is_empty(),
    })
}

/// Gives files that were set aside, with where they lie now and why.
pub(super) fn set_aside(files: &[SetAside]) -> Json {
    let reason = |reason| match reason {
        AsideReason::Outdated => "outdated",
        AsideReason::NotOurs => "not-ours",
    };
    let file = |file: &SetAside| {
        json!({
            "path": file.path.display().to_string(),
            "now": file.now.display().to_string(),
            "reason": reason(file.reason),
        })
    };
    files.iter().map(file).collect()
}

/// Gives paths as the user knows them.
pub(super) fn paths(paths: &[PathBuf]) -> Json {
    paths.iter().map(|path| path.display().to_string()).collect()
}
