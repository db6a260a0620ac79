//! `anlage verify`: whether a bag, or a PDF, still is what it was.

use std::path::PathBuf;

use super::arguments::ListFormat;
use super::common::RunArguments;
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::report::{verified_json, verified_lines};
use crate::tasks::verify::{VerifyFailure, verify};

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    /// Bags, PDF files, or folders that contain them
    #[arg(value_name = "BAG|PDF|DIR", required = true)]
    paths: Vec<PathBuf>,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
    #[command(flatten)]
    run: RunArguments,
}

pub(super) fn run(arguments: VerifyArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let run = arguments.run.begin()?;
    let (mut wrong, mut printed) = (false, Ok(()));
    let result = verify(&run, &arguments.paths, |verified| {
        wrong |= verified.flaws.iter().any(|flaw| flaw.kind.is_error());
        if printed.is_ok() {
            printed = match arguments.format {
                ListFormat::Json => terminal.line(&verified_json(&verified).to_string()),
                ListFormat::Human => {
                    verified_lines(&verified).iter().try_for_each(|line| terminal.line(line))
                }
            };
        }
    });
    printed?;
    match result {
        Err(failure @ VerifyFailure::Nothing(_)) => Err(Failure::Usage(failure.to_string())),
        Err(failure) => Err(Failure::Environment(failure.to_string())),
        Ok(()) if run.is_stopped() => Ok(Status::Interrupted),
        Ok(()) if wrong => Ok(Status::Errors),
        Ok(()) => Ok(Status::Done),
    }
}
