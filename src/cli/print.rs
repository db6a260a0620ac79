//! `anlage print`: sheets for the print room.

use std::path::PathBuf;
use std::time::Instant;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::arguments::ListFormat;
use super::common::{Editions, RunArguments, list_made};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::packet::ExtractWish;
use crate::print::{PrintLayout, PrintWish};
use crate::report::{Tally, print_json, print_summary};
use crate::tasks::packet::PacketRequest;
use crate::tasks::print::{SessionPrint, print_file, print_session};

#[derive(Debug, clap::Args)]
pub(super) struct PrintArguments {
    /// Session file, or a PDF or scan
    #[arg(value_name = "SITZUNG.toml|FILE")]
    input: PathBuf,
    /// Output folder [default: `ausgabe` in anlage.toml, else out]; sheets go to `druck` in it
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Editions to print: the public papers, all papers (complete), both (all), or what only the council may see (nonpublic)
    /// [default: those that somebody gets on
    /// paper, else both]
    #[arg(long, value_name = "EDITION")]
    edition: Option<Editions>,
    /// How pages are laid on sheets [default: as the session file says for each recipient, else duplex]
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<PrintLayout>,
    /// Begin each paper, and not only each item, on a right-hand page
    #[arg(long)]
    each_annex: bool,
    /// Put a sheet with a tab before each item
    #[arg(long)]
    separators: bool,
    /// Margin at the binding edge, in millimetres; a booklet has none
    #[arg(long, value_name = "MM", default_value_t = PrintWish::USUAL.punch, value_parser = millimetres(0.0, 50.0))]
    punch: f32,
    /// Thickness of the paper, in millimetres, for what a booklet needs at the fold
    #[arg(long, value_name = "MM", default_value_t = PrintWish::USUAL.thickness, value_parser = millimetres(0.0, 1.0))]
    thickness: f32,
    /// Make sheets larger than their paper, with marks that say where to cut and fold
    #[arg(long)]
    marks: bool,
    /// Turn all colours grey
    #[arg(long)]
    greyscale: bool,
    /// Write sheets with colour to a file of their own
    #[arg(long, conflicts_with = "greyscale")]
    split_colour: bool,
    /// Put a page in place of each paper that cannot be included
    #[arg(long)]
    allow_gaps: bool,
    #[command(flatten)]
    run: RunArguments,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

impl ValueEnum for PrintLayout {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.key()))
    }
}

pub(super) fn run(arguments: PrintArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if !arguments.input.is_file() {
        return Err(Failure::Usage(format!(
            "{}: eine solche Datei gibt es nicht",
            arguments.input.display()
        )));
    }
    let started = Instant::now();
    let list = arguments.format;
    let wish = PrintWish {
        layout: arguments.layout.unwrap_or(PrintWish::USUAL.layout),
        each_annex: arguments.each_annex,
        separators: arguments.separators,
        punch: arguments.punch,
        thickness: arguments.thickness,
        marks: arguments.marks,
        greyscale: arguments.greyscale,
        split_colour: arguments.split_colour,
    };
    let run = arguments.run.begin()?;
    let mut tally = Tally::default();
    let mut records_at_fault = false;
    let report = if is_session(&arguments.input) {
        let packet = PacketRequest {
            session: arguments.input,
            output: arguments.output,
            editions: arguments.edition.map(Editions::list).unwrap_or_default(),
            allow_gaps: arguments.allow_gaps,
            force: false,
            extracts: ExtractWish::default(),
            sending: None,
        };
        let print = SessionPrint { packet, wish, layout: arguments.layout };
        let bar = terminal.progress_bar(list);
        let mut printed = Ok(());
        let report = print_session(&run, print, |report, total| {
            bar.set_length(total as u64);
            bar.inc(1);
            tally.add(&report.findings);
            records_at_fault |= report.has_errors() && !arguments.allow_gaps;
            if printed.is_ok() {
                printed = bar.suspend(|| terminal.report(list, &report));
            }
        });
        bar.finish_and_clear();
        printed?;
        report
    } else {
        print_file(&run, &arguments.input, arguments.output, wish)
    };
    let findings: Vec<_> =
        report.packet.iter().flat_map(|packet| &packet.findings).chain(&report.findings).cloned().collect();
    tally.add(&findings);
    match list {
        ListFormat::Json => terminal.line(&print_json(&report).to_string())?,
        ListFormat::Human => {
            terminal.findings(&findings)?;
            for printed in &report.printed {
                let made: Vec<PathBuf> =
                    printed.paths.iter().chain(&printed.plans).chain(&printed.tickets).cloned().collect();
                list_made(list, &made, terminal)?;
            }
            terminal.summary(&print_summary(&report, &tally, started.elapsed()))?;
        }
    }
    let has_errors = report.has_errors();
    Status::of_run(report.failure, run.is_stopped(), records_at_fault || has_errors)
}

fn is_session(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"))
}

fn millimetres(least: f32, most: f32) -> impl Fn(&str) -> Result<f32, String> + Clone {
    move |text| match text.parse::<f32>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("hier stehen Millimeter von {least} bis {most}")),
    }
}
