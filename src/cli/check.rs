//! `anlage check`: every finding; with `--fix` what can be mended is mended.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::arguments::ListFormat;
use super::common::{RunArguments, inputs, or_current_folder};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::diagnostics::Diagnostic;
use crate::record::template::Templates;
use crate::report::{CheckTally, diff, github, sarif};
use crate::run::nothing_at;
use crate::tasks::check::{Checking, Mending, check};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// Records or folders with records; - reads a record from standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Format of the findings
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: CheckFormat,
    /// Fix everything that can be fixed without changing a word: typography, official names, the order of keys
    #[arg(long)]
    fix: bool,
    /// Print what --fix would change, without changing anything
    #[arg(long, conflicts_with = "format")]
    diff: bool,
    /// Also lay the pages out and compare the words on them with those of the record
    #[arg(long, conflicts_with_all = ["fix", "diff"])]
    pages: bool,
    /// File name to assume for standard input: findings show it, and paths start from its folder
    #[arg(long, value_name = "NAME", default_value = "-")]
    stdin_name: String,
    #[command(flatten)]
    run: RunArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// Text for people
    Human,
    /// One JSON object per record
    Json,
    /// One SARIF 2.1.0 log, for tools that collect findings
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

pub(super) fn run(arguments: CheckArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let paths = or_current_folder(arguments.paths);
    let files = inputs(paths.clone(), &arguments.stdin_name)?;
    let input = files.iter().find_map(|file| file.standard_input().map(<[u8]>::to_vec));
    if arguments.fix && input.is_some() && arguments.format != CheckFormat::Human {
        return Err(Failure::Usage(
            "--fix gibt die geänderte Vorlage auf der Standardausgabe aus; mit --format ginge es dort durcheinander"
                .into(),
        ));
    }
    let mending = match (arguments.diff, arguments.fix) {
        (true, _) => Mending::Tried,
        (false, true) => Mending::Written,
        (false, false) => Mending::None,
    };
    let run = arguments.run.begin()?;
    let (mut tally, mut failed) = (CheckTally::default(), false);
    let mut all: Vec<Diagnostic> = Vec::new();
    let (mut printed, mut fixed) = (Ok(()), None);
    let summary = check(&run, &files, Checking { mending, pages: arguments.pages }, |report, _| {
        tally.add(&report);
        if printed.is_ok() {
            printed = match (arguments.diff, arguments.format) {
                (true, _) => terminal.bytes(diff(&report).as_bytes()),
                (_, CheckFormat::Human) => terminal.report(ListFormat::Human, &report),
                (_, CheckFormat::Json) => terminal.report(ListFormat::Json, &report),
                (_, CheckFormat::Github) => {
                    report.findings.iter().try_for_each(|f| terminal.line(&github(f)))
                }
                (_, CheckFormat::Sarif) => {
                    all.extend(report.findings.iter().cloned());
                    Ok(())
                }
            };
        }
        fixed = report.fixed.as_ref().map(|fixed| fixed.after.clone());
        if let Some(problem) = report.failure {
            terminal.error(&problem.to_string());
            failed = true;
        }
    });
    printed?;
    // Who pipes a record through gets it back, mended or not.
    if let (true, false, Some(bytes)) = (arguments.fix, arguments.diff, &input) {
        let mark: &[u8] = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { b"" };
        match fixed {
            Some(text) => terminal.bytes(&[mark, text.as_bytes()].concat())?,
            None => terminal.bytes(bytes)?,
        }
    }
    if arguments.format == CheckFormat::Sarif {
        // The forms of this folder explain their codes, if they can be read.
        let project = run.project_of(Path::new("."));
        let templates = project.map_or_else(|_| Templates::built_in(), |project| project.templates.clone());
        terminal.line(&sarif(&all, &templates).to_string())?;
    }
    if failed {
        return Err(Failure::Reported);
    }
    if tally.is_of_nothing() && !summary.interrupted {
        return Err(nothing_at(&paths).into());
    }
    terminal.summary(&tally.summary(&summary, mending))?;
    Ok(if summary.interrupted {
        Status::Interrupted
    } else if tally.has_errors() {
        Status::Errors
    } else {
        Status::Done
    })
}
