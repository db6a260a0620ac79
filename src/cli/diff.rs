//! `anlage diff`: what changed from one version to another.

use std::path::PathBuf;

use clap::ValueEnum;

use super::failure::{Failure, Status};
use super::terminal::{Terminal, stop_flag};
use crate::files;
use crate::report::{diff_json, diff_lines, diff_summary};
use crate::run::Run;
use crate::tasks::compare::{CompareFailure, compare, synopsis};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 no difference, 1 there are differences, 2 wrong usage, or a version that cannot be compared, 3 the environment failed."
)]
pub(super) struct DiffArguments {
    /// Version before: a record, a session file, or a PDF; REVISION:PATH for one that git keeps
    #[arg(value_name = "OLD")]
    old: String,
    /// Version now
    #[arg(value_name = "NEW")]
    new: String,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: DiffFormat,
    /// File to write the synopsis to, which must not exist yet
    #[arg(long, short, value_name = "FILE", required_if_eq("format", "pdf"))]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Text for people
    Human,
    /// One JSON object
    Json,
    /// A synopsis, the old version beside the new one, as PDF/A-2a and PDF/UA-1; needs --output
    Pdf,
}

pub(super) fn run(arguments: DiffArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let run = Run::new(std::env::current_exe()?, None, stop_flag());
    let comparison = match compare(&run, &arguments.old, &arguments.new) {
        Ok(comparison) => comparison,
        Err(CompareFailure::Findings(findings)) => {
            terminal.findings(&findings)?;
            return Err(Failure::Usage(CompareFailure::Findings(findings).to_string()));
        }
        Err(failure @ (CompareFailure::System(_) | CompareFailure::Git(_))) => {
            return Err(Failure::Environment(failure.to_string()));
        }
        Err(failure) => return Err(Failure::Usage(failure.to_string())),
    };
    if let (Some(_), DiffFormat::Human | DiffFormat::Json) = (&arguments.output, arguments.format) {
        return Err(Failure::Usage("--output gehört zu --format pdf".into()));
    }
    match arguments.format {
        DiffFormat::Human => diff_lines(&comparison).iter().try_for_each(|line| terminal.line(line))?,
        DiffFormat::Json => terminal.line(&diff_json(&comparison).to_string())?,
        DiffFormat::Pdf => {
            let made = synopsis(&comparison);
            let pdf = made.map_err(|said| {
                Failure::Environment(format!("die Synopse lässt sich nicht setzen ({said})"))
            })?;
            if let Some(path) = &arguments.output {
                files::write_new(path, &pdf)?;
                terminal.line(&path.display().to_string())?;
            }
        }
    }
    terminal.summary(&diff_summary(&comparison))?;
    Ok(if comparison.changes.is_empty() { Status::Done } else { Status::Different })
}
