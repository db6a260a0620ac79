//! `anlage extract`: the record that a PDF carries.

use std::path::PathBuf;

use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::child;
use crate::files::{self, ReadError};
use crate::pdf::embedded_record;

const MAX_PDF_BYTES: u64 = 1 << 30;
const MAX_MEMORY: u64 = 2 << 30;

#[derive(Debug, clap::Args)]
pub(super) struct ExtractArguments {
    /// PDF made with --embed-record
    #[arg(value_name = "FILE")]
    pdf: PathBuf,
    /// File to write the record to, which must not exist yet [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: ExtractArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let bytes = files::read(&arguments.pdf, MAX_PDF_BYTES).map_err(|error| match error {
        ReadError::System(error) => Failure::from(error),
        other => Failure::Usage(other.to_string()),
    })?;
    // A hostile file may unpack to any size; this process does nothing else.
    child::limit_memory(MAX_MEMORY)?;
    match embedded_record(&bytes) {
        Ok(record) => match &arguments.output {
            Some(path) => {
                files::write_new(path, &record)?;
                terminal.line(&path.display().to_string())?;
            }
            None => terminal.bytes(&record)?,
        },
        Err(error) => {
            terminal.error(&format!("{}: {error}", arguments.pdf.display()));
            return Ok(Status::Errors);
        }
    }
    Ok(Status::Done)
}
