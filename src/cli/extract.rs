//! `anlage extract`: the record that a PDF carries.

use std::path::PathBuf;

use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::files::{self, ReadError};
use crate::pdf::{Glancer, Refusal};

const MAX_PDF_BYTES: u64 = 1 << 30;

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
    let name = arguments.pdf.display();
    let glance = Glancer::new(&std::env::current_exe()?).pdf(bytes)?;
    let record = match glance {
        Ok(glance) => glance.record.map_err(|error| error.to_string()),
        Err(Refusal::Exhausting(reason)) => Err(format!("nicht lesbar: {reason}")),
        Err(refusal) => Err(refusal.reason().to_owned()),
    };
    match record {
        Ok(record) => match &arguments.output {
            Some(path) => {
                files::write_new(path, &record)?;
                terminal.line(&path.display().to_string())?;
            }
            None => terminal.bytes(&record)?,
        },
        Err(error) => {
            terminal.error(&format!("{name}: {error}"));
            return Ok(Status::Errors);
        }
    }
    Ok(Status::Done)
}
