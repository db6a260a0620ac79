//! `anlage dispatch`: freezes the packets of a session as they are sent.

use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::arguments::ListFormat;
use super::common::{RunArguments, list_made, session_is_there};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::day::Day;
use crate::report::{Tally, dispatch_summary, packet_json};
use crate::tasks::dispatch::{DispatchRequest, dispatch};
use crate::tasks::packet::Sending;

#[derive(Debug, clap::Args)]
pub(super) struct DispatchArguments {
    /// Session file
    #[arg(value_name = "SITZUNG.toml")]
    session: PathBuf,
    /// Day on which it is sent, as 2025-05-02 [default: today]
    #[arg(long, value_name = "DAY")]
    date: Option<Day>,
    /// Sides of a sheet that are printed; the first version decides it for all
    #[arg(long, value_name = "SIDES", value_enum, default_value = "duplex")]
    layout: Sides,
    /// Output folder of the packets [default: `ausgabe` in anlage.toml, else out]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    run: RunArguments,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

/// How sheets are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sides {
    /// On the front only
    Simplex,
    /// On front and back
    Duplex,
}

pub(super) fn run(arguments: DispatchArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    session_is_there(&arguments.session)?;
    let started = Instant::now();
    let list = arguments.format;
    let sending = Sending {
        date: arguments
            .date
            .or_else(today)
            .ok_or_else(|| Failure::Usage("--date 2025-05-02 angeben".into()))?,
        pages_per_sheet: if arguments.layout == Sides::Duplex { 2 } else { 1 },
    };
    let request = DispatchRequest { session: arguments.session, output: arguments.output, sending };
    let run = arguments.run.begin()?;
    let mut tally = Tally::default();
    let mut records_at_fault = false;
    let mut printed = Ok(());
    let report = dispatch(&run, &request, |report, _| {
        tally.add(&report.findings);
        records_at_fault |= report.has_errors();
        if printed.is_ok() {
            printed = terminal.report(list, &report).and_then(|()| list_made(list, &report.made, terminal));
        }
    });
    printed?;
    tally.add(&report.findings);
    match list {
        ListFormat::Json => terminal.line(&packet_json(&report).to_string())?,
        ListFormat::Human => {
            terminal.findings(&report.findings)?;
            let sent = report.sent.iter().flat_map(|sent| sent.files.iter());
            let current = report.editions.iter().map(|edition| &edition.path).chain(&report.index);
            let made: Vec<PathBuf> = sent.chain(current).cloned().collect();
            list_made(list, &made, terminal)?;
            terminal.summary(&dispatch_summary(&report, &tally, started.elapsed()))?;
        }
    }
    let is_at_fault = records_at_fault || report.has_errors();
    Status::of_run(report.failure, report.interrupted, is_at_fault)
}

/// The day that it is in Germany. Nothing else that is written depends on the clock.
fn today() -> Option<Day> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Day::of_seconds_in_germany(since_1970.as_secs().try_into().ok()?)
}
