//! `anlage packet`: the packets of a session.

use std::path::PathBuf;
use std::time::Instant;

use clap::ValueEnum;
use serde_json::json;

use super::common::RunArguments;
use super::output::Terminal;
use super::report::{self, Tally};
use super::{Failure, ListFormat, Status, progress};
use crate::diagnostics::counted;
use crate::tasks::packet::{Edition, EditionReport, PacketReport, PacketRequest, PaperReport, packet};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The session file
    #[arg(value_name = "SITZUNG.toml")]
    session: PathBuf,
    /// Output folder [default: `ausgabe` in anlage.toml, else out]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Which papers it holds: those for everybody, all, or one packet of each kind
    #[arg(long, value_name = "EDITION", default_value = "all")]
    edition: Editions,
    /// Put a page in the place of a paper that cannot go in
    #[arg(long)]
    allow_gaps: bool,
    /// Make again what is up to date
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    run: RunArguments,
    /// How it is reported
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Editions {
    Public,
    Complete,
    All,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if !arguments.session.is_file() {
        return Err(Failure::Usage(format!("{}: no such session file", arguments.session.display())));
    }
    let started = Instant::now();
    let list = arguments.format;
    let request = PacketRequest {
        session: arguments.session,
        output: arguments.output,
        editions: match arguments.edition {
            Editions::Public => vec![Edition::Public],
            Editions::Complete => vec![Edition::Complete],
            Editions::All => vec![Edition::Public, Edition::Complete],
        },
        allow_gaps: arguments.allow_gaps,
        force: arguments.force,
    };
    let run = arguments.run.begin()?;
    let bar = progress::bar(list == ListFormat::Human && terminal.shows_progress());
    let mut tally = Tally::default();
    let mut records_at_fault = false;
    let mut printed = Ok(());
    let report = packet(&run, &request, |report, total| {
        bar.set_length(total as u64);
        bar.inc(1);
        tally.add(&report.findings);
        records_at_fault |= report.has_errors();
        if printed.is_ok() {
            printed = bar.suspend(|| terminal.report(list, &report));
        }
    });
    bar.finish_and_clear();
    printed?;
    tally.add(&report.findings);
    match list {
        ListFormat::Json => terminal.line(&as_json(&report).to_string())?,
        ListFormat::Human => {
            terminal.findings(&report.findings)?;
            for edition in &report.editions {
                terminal.line(&edition.path.display().to_string())?;
            }
            terminal.summary(&summary(&report, &tally, started))?;
        }
    }
    match report.failure {
        Some(failure) => Err(failure.into()),
        None if report.interrupted => Ok(Status::Interrupted),
        None if records_at_fault && !request.allow_gaps || report.has_errors() => Ok(Status::Errors),
        None => Ok(Status::Done),
    }
}

fn summary(report: &PacketReport, tally: &Tally, started: Instant) -> String {
    let mut lines: Vec<String> = report.editions.iter().map(edition_lines).collect();
    if !report.removed.is_empty() {
        let paths: Vec<String> = report.removed.iter().map(|path| path.display().to_string()).collect();
        lines.push(format!("Entfernt, weil nicht mehr gültig: {}", paths.join(", ")));
    }
    let time = format!("{:.1}", started.elapsed().as_secs_f64()).replace('.', ",");
    lines.push(match report.editions.len() {
        _ if report.interrupted => format!("Abgebrochen ({tally}; {time} s)."),
        0 => format!("Keine Mappe erstellt ({tally}; {time} s)."),
        count => {
            let packets = counted(count, "Mappe", "Mappen");
            let old = report.editions.iter().all(|edition| edition.up_to_date);
            format!("{packets} {} ({tally}; {time} s).", if old { "unverändert" } else { "erstellt" })
        }
    });
    lines.join("\n")
}

/// What an edition claims; if nothing, a table of what its papers lack.
fn edition_lines(edition: &EditionReport) -> String {
    let name = match edition.edition {
        Edition::Public => "Öffentliche Fassung",
        Edition::Complete => "Vollständige Fassung",
    };
    let papers = counted(edition.papers.len(), "Unterlage", "Unterlagen");
    let pages = counted(edition.pages, "Seite", "Seiten");
    let head = format!("{name}: {pages}, {papers}");
    if !edition.claims.is_empty() {
        return format!("{head}; {}.", edition.claims);
    }
    let mut lines = vec![format!("{head}; weder PDF/A-2a noch PDF/UA-1, denn:")];
    let lacking: Vec<&PaperReport> =
        edition.papers.iter().filter(|paper| !paper.missing.is_empty()).collect();
    let place = |paper: &PaperReport| {
        let pages = match paper.last_page > paper.first_page {
            true => format!("S. {}–{}", paper.first_page, paper.last_page),
            false => format!("S. {}", paper.first_page),
        };
        [format!("TOP {}", paper.item), format!("{} {}", paper.proposal, paper.label), pages]
    };
    let widths =
        |column: usize| lacking.iter().map(|paper| place(paper)[column].chars().count()).max().unwrap_or(0);
    let widths = [widths(0), widths(1), widths(2)];
    for paper in &lacking {
        let [item, label, pages] = place(paper);
        let [a, b, c] = widths;
        lines.push(format!("  {item:a$}  {label:b$}  {pages:c$}  {}", paper.missing.join("; ")));
    }
    lines.extend(edition.defects.iter().map(|defect| format!("  Struktur der Mappe: {defect}")));
    lines.join("\n")
}

fn as_json(report: &PacketReport) -> serde_json::Value {
    let editions: Vec<serde_json::Value> = report
        .editions
        .iter()
        .map(|edition| {
            let mut object = json!(edition);
            object["outcome"] = if edition.up_to_date { "up-to-date" } else { "made" }.into();
            object
        })
        .collect();
    let removed: Vec<String> = report.removed.iter().map(|path| path.display().to_string()).collect();
    json!({
        "session": report.name,
        "editions": editions,
        "removed": removed,
        "failure": report.failure.as_ref().map(ToString::to_string),
        "findings": report.findings.iter().map(report::finding).collect::<Vec<_>>(),
    })
}
