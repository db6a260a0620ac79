//! `anlage render`: the form annexes of records, as PDF or as pictures.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;

use super::output::Terminal;
use super::report::Tally;
use super::{Failure, ListFormat, Status, or_current_folder};
use crate::batch::{self, RecordFile, Render, Task};
use crate::diagnostics::{Diagnostic, counted};
use crate::toml_tree;
use crate::typeset::{Format, Options, Standard};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Records, or folders with records [default: the current folder]; - reads standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Output folder [default: `ausgabe` in anlage.toml, else out]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Render records with errors too, and mark each page ENTWURF
    #[arg(long)]
    draft: bool,
    /// PDF standards to follow [default: a-2a,ua-1; none for a draft]
    #[arg(long = "standard", value_name = "STANDARD", value_delimiter = ',')]
    standards: Vec<Standard>,
    /// Put the record into the PDF; the default standards are then a-3a,ua-1
    #[arg(long)]
    embed_record: bool,
    /// What is made (pdf, png) and how that is reported (human, json); one of each may be given
    #[arg(long = "format", value_name = "FORMAT", value_delimiter = ',')]
    formats: Vec<RenderFormat>,
    /// Pixels an inch of --format png
    #[arg(long, value_name = "PPI", default_value_t = 144.0, value_parser = ppi)]
    ppi: f64,
    /// The name that findings give to standard input; its folder is where paths start
    #[arg(long, value_name = "NAME", default_value = "-")]
    stdin_name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RenderFormat {
    Pdf,
    Png,
    Human,
    Json,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let started = Instant::now();
    let list = list_format(&arguments)?;
    let render =
        Render { options: options(&arguments)?, output: arguments.output, guard: std::env::current_exe()? };
    let (records, notes) = inputs(or_current_folder(arguments.paths), &arguments.stdin_name)?;
    let mut tally = Tally::default();
    tally.add(&notes);
    if list == ListFormat::Human {
        terminal.findings(&notes)?;
    }
    let (mut made, mut refused, mut failure, mut printed) = (0, 0, None, Ok(()));
    batch::run(&records, &Task::Render(&render), |report| {
        tally.add(&report.findings);
        made += report.made.len();
        refused += usize::from(report.has_errors());
        if printed.is_ok() {
            printed = terminal.report(list, &report).and_then(|()| list_made(list, &report.made, terminal));
        }
        failure = failure.take().or(report.failure);
    });
    printed?;
    let files = counted(made, "Datei", "Dateien");
    let from = counted(records.len(), "Vorlage", "Vorlagen");
    let seconds = started.elapsed().as_secs_f64();
    let refusals = match (refused, render.options.draft) {
        (0, _) => String::new(),
        (count, true) => format!("; {count} davon mit Fehlern"),
        (count, false) => format!("; {} wegen Fehlern ausgelassen", counted(count, "Vorlage", "Vorlagen")),
    };
    let time = format!("{seconds:.1}").replace('.', ",");
    terminal.summary(&format!("{files} aus {from} erstellt{refusals} ({tally}; {time} s)."))?;
    match (failure, refused) {
        (Some(failure), _) => Err(failure.into()),
        (None, 0) => Ok(Status::Done),
        (None, _) => Ok(Status::Errors),
    }
}

/// The records that a command works on; `-` stands for standard input.
pub fn inputs(paths: Vec<PathBuf>, stdin_name: &str) -> Result<(Vec<RecordFile>, Vec<Diagnostic>), Failure> {
    if !paths.iter().any(|path| path == Path::new("-")) {
        return Ok(batch::collect(&paths)?);
    }
    if paths.len() > 1 {
        return Err(Failure::Usage("- (standard input) cannot be combined with other paths".into()));
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(toml_tree::MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((vec![batch::standard_input(stdin_name, bytes)], Vec::new()))
}

fn list_made(list: ListFormat, made: &[PathBuf], terminal: &mut Terminal) -> std::io::Result<()> {
    match list {
        ListFormat::Json => Ok(()),
        ListFormat::Human => made.iter().try_for_each(|path| terminal.line(&path.display().to_string())),
    }
}

fn list_format(arguments: &Arguments) -> Result<ListFormat, Failure> {
    let has = |format| arguments.formats.contains(&format);
    match (has(RenderFormat::Json), has(RenderFormat::Human)) {
        (true, true) => Err(Failure::Usage("--format: human and json exclude each other".into())),
        (json, _) => Ok(if json { ListFormat::Json } else { ListFormat::Human }),
    }
}

fn options(arguments: &Arguments) -> Result<Options, Failure> {
    let has = |format| arguments.formats.contains(&format);
    let pictures = match (has(RenderFormat::Png), has(RenderFormat::Pdf)) {
        (true, true) => return Err(Failure::Usage("--format: pdf and png exclude each other".into())),
        (png, _) => png,
    };
    let standards = match (&arguments.standards[..], arguments.embed_record) {
        // What a standard asks for may be just what the record lacks.
        ([], _) if arguments.draft => Vec::new(),
        ([], false) => Standard::default_set(),
        ([], true) => Standard::embedding_set(),
        (named, _) => named.to_vec(),
    };
    let cannot_embed = || !standards.iter().all(|standard| standard.allows_attachments());
    if arguments.embed_record && (pictures || cannot_embed()) {
        return Err(Failure::Usage("--embed-record: only a PDF can carry its record, and of PDF/A only a-3b, a-3u, a-3a, a-4f and a-4e".into()));
    }
    Standard::compatible(&standards).map_err(|reason| Failure::Usage(format!("--standard: {reason}")))?;
    Ok(Options {
        format: if pictures { Format::Png { ppi: arguments.ppi } } else { Format::Pdf(standards) },
        draft: arguments.draft,
        embed_record: arguments.embed_record,
    })
}

fn ppi(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(ppi) if (10.0..=1200.0).contains(&ppi) => Ok(ppi),
        _ => Err("expected a number from 10 to 1200".into()),
    }
}
