//! `anlage check`: every finding, and nothing written.

use std::path::PathBuf;

use super::output::Terminal;
use super::report::Tally;
use super::{Failure, ListFormat, Status, interrupt, or_current_folder, render};
use crate::batch::{self, Plan, Task};
use crate::diagnostics::counted;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Records, or folders with records [default: the current folder]; - reads standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How findings are printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
    /// The name that findings give to standard input; its folder is where paths start
    #[arg(long, value_name = "NAME", default_value = "-")]
    stdin_name: String,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let files = render::inputs(or_current_folder(arguments.paths), &arguments.stdin_name)?;
    let stop = interrupt::flag();
    let plan = Plan { task: Task::Check, jobs: None, stop: &stop };
    let mut tally = Tally::default();
    let (mut wrong, mut failure, mut printed) = (0, None, Ok(()));
    let summary = batch::run(&files, &plan, |report, _| {
        tally.add(&report.findings);
        wrong += usize::from(report.has_errors());
        if printed.is_ok() {
            printed = terminal.report(arguments.format, &report);
        }
        failure = failure.take().or(report.failure);
    });
    printed?;
    let checked = counted(summary.records, "Vorlage", "Vorlagen");
    terminal.summary(&format!("{checked} geprüft: {tally}."))?;
    match (failure, wrong) {
        (Some(failure), _) => Err(failure.into()),
        _ if summary.interrupted => Ok(Status::Interrupted),
        (None, 0) => Ok(Status::Done),
        (None, _) => Ok(Status::Errors),
    }
}
