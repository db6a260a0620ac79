//! `anlage packet`: the packets of a session.

use std::path::PathBuf;
use std::time::Instant;

use super::arguments::ListFormat;
use super::common::{Editions, RunArguments, list_made, session_is_there};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::packet::{ExtractWish, FileSize};
use crate::report::{Tally, packet_json, packet_summary};
use crate::tasks::packet::{PacketRequest, packet};

#[derive(Debug, clap::Args)]
pub(super) struct PacketArguments {
    /// Session file
    #[arg(value_name = "SITZUNG.toml")]
    session: PathBuf,
    /// Output folder [default: `ausgabe` in anlage.toml, else out]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Editions to make: the public papers, all papers (complete), a packet of each (all), or what only the council may
    /// see (nonpublic)
    #[arg(long, value_name = "EDITION", default_value = "all")]
    edition: Editions,
    /// Put a page in place of each paper that cannot be included
    #[arg(long)]
    allow_gaps: bool,
    /// Also make a PDF of each item that has papers
    #[arg(long)]
    each: bool,
    /// Also cut packets that are larger than this into parts, at papers: 10MB, 500kB
    #[arg(long, value_name = "SIZE")]
    max_size: Option<FileSize>,
    /// Make the packets even if they are up to date
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    run: RunArguments,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub(super) fn run(arguments: PacketArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    session_is_there(&arguments.session)?;
    let started = Instant::now();
    let list = arguments.format;
    let request = PacketRequest {
        session: arguments.session,
        output: arguments.output,
        editions: arguments.edition.list(),
        allow_gaps: arguments.allow_gaps,
        force: arguments.force,
        extracts: ExtractWish {
            each: arguments.each,
            max_bytes: arguments.max_size.map(|FileSize(bytes)| bytes),
        },
        sending: None,
    };
    let run = arguments.run.begin()?;
    let bar = terminal.progress_bar(list);
    let mut tally = Tally::default();
    let mut records_at_fault = false;
    let mut printed = Ok(());
    let report = packet(&run, &request, |report, total| {
        bar.set_length(total as u64);
        bar.inc(1);
        tally.add(&report.findings);
        records_at_fault |= report.has_errors();
        if printed.is_ok() {
            printed = bar.suspend(|| {
                terminal.report(list, &report)?;
                list_made(list, &report.made, terminal)
            });
        }
    });
    bar.finish_and_clear();
    printed?;
    tally.add(&report.findings);
    match list {
        ListFormat::Json => terminal.line(&packet_json(&report).to_string())?,
        ListFormat::Human => {
            terminal.findings(&report.findings)?;
            for edition in &report.editions {
                terminal.line(&edition.path.display().to_string())?;
                for extract in &edition.extracts {
                    let path = edition.path.with_file_name(&extract.name);
                    terminal.line(&path.display().to_string())?;
                }
            }
            for path in &report.index {
                terminal.line(&path.display().to_string())?;
            }
            terminal.summary(&packet_summary(&report, &tally, started.elapsed()))?;
        }
    }
    let is_at_fault = records_at_fault && !request.allow_gaps || report.has_errors();
    Status::of_run(report.failure, report.interrupted, is_at_fault)
}
