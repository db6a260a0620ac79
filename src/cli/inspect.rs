//! `anlage inspect`: what is in a PDF, and what is wrong with its structure.

use std::path::PathBuf;

use serde_json::json;

use super::arguments::ListFormat;
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::child;
use crate::files::{self, ReadError};
use crate::pdf::text::{self, TextLimits};
use crate::pdf::{self, FileLook};
use crate::report::{inspection, inspection_json};

const MAX_PDF_BYTES: u64 = 1 << 30;
/// The most memory that may be reserved, in bytes: enough for a tagged packet of 5,000 pages with hundreds of objects
/// each.
const MEMORY_LIMIT: u64 = 4 << 30;

#[derive(Debug, clap::Args)]
pub(super) struct InspectArguments {
    /// PDF to inspect
    #[arg(value_name = "FILE")]
    pdf: PathBuf,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub(super) fn run(arguments: InspectArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let bytes = files::read(&arguments.pdf, MAX_PDF_BYTES).map_err(|error| match error {
        ReadError::System(error) => Failure::from(error),
        other => Failure::Usage(other.to_string()),
    })?;
    // A hostile file may unpack to any size; this process does nothing else.
    child::limit_memory(MEMORY_LIMIT)?;
    let name = arguments.pdf.display().to_string();
    let look = move || {
        let document = pdf::load(&bytes)?;
        let reading = text::read(&bytes, &TextLimits::default(), &mut |_, _, _| {});
        drop(bytes);
        let look = FileLook::of(&document, &reading);
        Ok((pdf::inspect(&document), reading, look))
    };
    match (pdf::in_time(look), arguments.format) {
        (Ok((found, reading, look)), format) => {
            match format {
                ListFormat::Human => terminal.line(&inspection(&name, &found, &reading, &look))?,
                ListFormat::Json => {
                    terminal.line(&inspection_json(&name, &found, &reading, &look).to_string())?;
                }
            }
            Ok(if found.defects.is_empty() { Status::Done } else { Status::Errors })
        }
        (Err(error), format) => {
            if format == ListFormat::Json {
                terminal.line(&json!({ "file": name, "error": error.to_string() }).to_string())?;
            }
            terminal.error(&format!("{name}: {error}"));
            Ok(Status::Errors)
        }
    }
}
