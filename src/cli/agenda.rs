//! `anlage agenda`: invitation, agenda and public notice of a session.

use std::path::PathBuf;

use super::arguments::ListFormat;
use super::common::{RunArguments, list_made, session_is_there};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::diagnostics::counted;
use crate::report::Tally;
use crate::tasks::announce::{AnnounceRequest, announce};

#[derive(Debug, clap::Args)]
pub(super) struct AgendaArguments {
    /// Session file
    #[arg(value_name = "SITZUNG.toml")]
    session: PathBuf,
    /// Output folder [default: `ausgabe` in anlage.toml, else out]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    run: RunArguments,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub(super) fn run(arguments: AgendaArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    session_is_there(&arguments.session)?;
    let request = AnnounceRequest { session: arguments.session, output: arguments.output };
    let run = arguments.run.begin()?;
    let report = announce(&run, &request);
    terminal.report(arguments.format, &report)?;
    list_made(arguments.format, &report.made, terminal)?;
    if let ListFormat::Human = arguments.format {
        let mut tally = Tally::default();
        tally.add(&report.findings);
        // The list of what lies in the public folder is none.
        let documents = report.made.iter().filter(|path| path.extension().is_some_and(|end| end == "pdf"));
        let made = counted(documents.count(), "Dokument", "Dokumente");
        terminal.summary(&format!("{made} erstellt ({tally})."))?;
    }
    let is_at_fault = report.has_errors();
    Status::of_run(report.failure, run.is_stopped(), is_at_fault)
}
