//! `anlage inspect`: what is in a PDF, and what is wrong with its structure.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::json;

use super::arguments::ListFormat;
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::child::{self, ChildWorker, Limits, Stopped};
use crate::files::{self, ReadError};
use crate::pdf::text::{self, TextLimits};
use crate::pdf::{self, FileLook, LoadError};
use crate::report::{inspection, inspection_json};

const MAX_PDF_BYTES: u64 = 1 << 30;
/// What the process that reads the PDF is allowed; the memory is enough for a tagged packet of 5,000 pages with hundreds
/// of objects each.
pub(super) const LIMITS: Limits =
    Limits { command: "inspect-worker", time: Duration::from_secs(30), memory: 4 << 30 };

/// A PDF to inspect.
#[derive(Serialize, Deserialize)]
struct InspectWork {
    name: String,
    bytes: ByteBuf,
    as_json: bool,
}

/// What is said of a PDF, and whether it has defects.
type Described = (String, bool);

/// The side of the process that reads the PDF, which may be anything.
pub(super) fn serve(input: impl Read, output: impl Write + Send) -> io::Result<()> {
    child::serve(LIMITS, input, output, |work: InspectWork| look(work).map_err(|error| error.to_string()))
}

fn look(InspectWork { name, bytes, as_json }: InspectWork) -> Result<Described, LoadError> {
    let document = pdf::load(&bytes)?;
    let reading = text::read(&bytes, &TextLimits::default(), &mut |_, _, _| {});
    drop(bytes);
    let look = FileLook::of(&document, &reading);
    let found = pdf::inspect(&document);
    let said = if as_json {
        inspection_json(&name, &found, &reading, &look).to_string()
    } else {
        inspection(&name, &found, &reading, &look)
    };
    Ok((said, !found.defects.is_empty()))
}

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
    let name = arguments.pdf.display().to_string();
    let as_json = arguments.format == ListFormat::Json;
    let work = InspectWork { name: name.clone(), bytes: ByteBuf::from(bytes), as_json };
    let mut worker = ChildWorker::<Result<Described, String>>::new(&std::env::current_exe()?, LIMITS);
    let said = match worker.run(&work) {
        Ok(said) => said,
        Err(Stopped::Environment(error)) => return Err(error.into()),
        Err(stopped) => Err(format!("nicht lesbar: {stopped}")),
    };
    match said {
        Ok((said, is_wrong)) => {
            terminal.line(&said)?;
            Ok(if is_wrong { Status::Errors } else { Status::Done })
        }
        Err(error) => {
            if as_json {
                terminal.line(&json!({ "file": name, "error": error }).to_string())?;
            }
            terminal.error(&format!("{name}: {error}"));
            Ok(Status::Errors)
        }
    }
}
