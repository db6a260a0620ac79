//! `anlage log`: the versions of a session's packet that were sent, and what changed with each.

use std::path::PathBuf;

use super::arguments::ListFormat;
use super::common::session_is_there;
use super::failure::{Failure, Status};
use super::terminal::{Terminal, stop_flag};
use crate::report::{log_json, log_lines};
use crate::run::{Problem, Run};
use crate::tasks::log::log;

#[derive(Debug, clap::Args)]
pub(super) struct LogArguments {
    /// Session file
    #[arg(value_name = "SITZUNG.toml")]
    session: PathBuf,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub(super) fn run(arguments: LogArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    session_is_there(&arguments.session)?;
    let run = Run::new(std::env::current_exe()?, None, stop_flag());
    let sent = match log(&run, &arguments.session) {
        Ok(sent) => sent,
        Err(Problem::Findings(findings)) => {
            terminal.findings(&findings)?;
            return Ok(Status::Errors);
        }
        Err(Problem::Failure(failure)) => return Err(failure.into()),
    };
    match arguments.format {
        ListFormat::Json => terminal.line(&log_json(&sent).to_string())?,
        ListFormat::Human => log_lines(&sent).iter().try_for_each(|line| terminal.line(line))?,
    }
    Ok(Status::Done)
}
