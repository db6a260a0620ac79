//! `anlage check`: every finding, and nothing written.

use std::path::PathBuf;

use super::output::Terminal;
use super::report::Tally;
use super::{Failure, ListFormat, Status, inputs, interrupt, or_current_folder};
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
    let files = inputs(or_current_folder(arguments.paths), &arguments.stdin_name)?;
    let stop = interrupt::flag();
    let plan = Plan { task: Task::Check, jobs: None, stop: &stop };
    let mut tally = Tally::default();
    let (mut wrong, mut failed, mut printed) = (0, false, Ok(()));
    let summary = batch::run(&files, &plan, |report, _| {
        tally.add(&report.findings);
        wrong += usize::from(report.has_errors());
        if printed.is_ok() {
            printed = terminal.report(arguments.format, &report);
        }
        if let Some(problem) = report.failure {
            terminal.error(&problem.to_string());
            failed = true;
        }
    });
    printed?;
    let checked = counted(summary.records, "Vorlage", "Vorlagen");
    terminal.summary(&format!("{checked} geprüft: {tally}."))?;
    match wrong {
        _ if failed => Err(Failure::Reported),
        _ if summary.interrupted => Ok(Status::Interrupted),
        0 => Ok(Status::Done),
        _ => Ok(Status::Errors),
    }
}
