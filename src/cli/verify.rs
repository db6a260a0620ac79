//! `anlage verify`: whether a bag, or a PDF, still is what it was.

use std::path::{Path, PathBuf};

use super::arguments::ListFormat;
use super::common::RunArguments;
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::archive::Receipt;
use crate::files::{self, ReadError};
use crate::report::{verified_json, verified_lines};
use crate::tasks::verify::{VerifyFailure, verify};

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    /// Bags, PDF files, records of versions that were sent, or folders that contain them
    #[arg(value_name = "BAG|PDF|DIR", required = true)]
    paths: Vec<PathBuf>,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
    /// Compare the bag with the receipt that `archive --receipt` wrote
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    #[command(flatten)]
    run: RunArguments,
}

const MAX_RECEIPT_BYTES: u64 = 1 << 20;

pub(super) fn run(arguments: VerifyArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let run = arguments.run.begin()?;
    let receipt = arguments.receipt.as_deref().map(receipt).transpose()?;
    let (mut wrong, mut printed) = (false, Ok(()));
    let result = verify(&run, &arguments.paths, receipt.as_ref(), |verified| {
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
        Err(failure @ (VerifyFailure::Nothing(_) | VerifyFailure::ReceiptOfOne)) => {
            Err(Failure::Usage(failure.to_string()))
        }
        Err(_) if run.is_stopped() => Ok(Status::Interrupted),
        Err(failure) => Err(Failure::Environment(failure.to_string())),
        Ok(()) if run.is_stopped() => Ok(Status::Interrupted),
        Ok(()) if wrong => Ok(Status::Errors),
        Ok(()) => Ok(Status::Done),
    }
}

fn receipt(path: &Path) -> Result<Receipt, Failure> {
    let bytes = match files::read(path, MAX_RECEIPT_BYTES) {
        Ok(bytes) => bytes,
        Err(ReadError::System(error)) => return Err(error.into()),
        Err(error) => return Err(Failure::Usage(error.to_string())),
    };
    Receipt::read(&bytes).ok_or_else(|| Failure::Usage(format!("{}: keine Quittung", path.display())))
}
