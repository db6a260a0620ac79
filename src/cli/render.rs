//! `anlage render`: the form annexes of records, as PDF or as pictures.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;

use super::arguments::ListFormat;
use super::common::{RunArguments, inputs, list_made, or_current_folder};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::watch::{self, Traces};
use crate::report::RenderTally;
use crate::run::{Outcome, RecordFile, Run, Shard, Stale, nothing_at};
use crate::tasks::render::{Render, render};
use crate::typeset::{Format, Options, Standard};

#[derive(Debug, clap::Args)]
pub(super) struct RenderArguments {
    /// Records or folders with records; - reads a record from standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Output folder [default: `ausgabe` in anlage.toml, else out]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Also render records with errors, and mark every page ENTWURF
    #[arg(long)]
    draft: bool,
    /// PDF standards to follow [default: a-2a,ua-1; none for a draft]
    #[arg(long = "standard", value_name = "STANDARD", value_delimiter = ',')]
    standards: Vec<Standard>,
    /// Embed the record in the PDF; the default standards are then a-3a,ua-1
    #[arg(long)]
    embed_record: bool,
    /// Format of the output (pdf or png) and of the report (human or json); one of each can be given
    #[arg(long = "format", value_name = "FORMAT", value_delimiter = ',')]
    formats: Vec<RenderFormat>,
    /// Pixels per inch for --format png
    #[arg(long, value_name = "PPI", default_value_t = 144.0, value_parser = ppi)]
    ppi: f64,
    /// File name to assume for standard input: findings show it, and paths start from its folder
    #[arg(long, value_name = "NAME", default_value = "-")]
    stdin_name: String,
    #[command(flatten)]
    run: RunArguments,
    /// Render records even if their output is up to date
    #[arg(long)]
    force: bool,
    /// Read all output to see whether it is up to date, also where size and times say so
    #[arg(long, conflicts_with = "force")]
    verify_outputs: bool,
    /// Remove the output of records that no longer exist
    #[arg(long)]
    prune: bool,
    /// Render only the K-th of N parts of the records, so that several machines can share the work
    #[arg(long, value_name = "K/N", conflicts_with = "prune")]
    shard: Option<Shard>,
    /// Keep running and render again whatever a change affects, until Ctrl-C
    #[arg(long, conflicts_with = "shard")]
    watch: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RenderFormat {
    Pdf,
    Png,
    Human,
    Json,
}

pub(super) fn run(arguments: RenderArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let list = list_format(&arguments)?;
    let how = Render {
        keeps_refused: arguments.watch,
        options: options(&arguments)?,
        output: arguments.output,
        force: arguments.force,
        verifies_outputs: arguments.verify_outputs,
        stale: if arguments.prune { Stale::Removed } else { Stale::Kept },
        shard: arguments.shard,
    };
    let paths = or_current_folder(arguments.paths);
    let first = arguments.run.begin()?;
    let once = |run: &Run, terminal: &mut Terminal, traces: &mut Traces| -> Result<Status, Failure> {
        let files = inputs(paths.clone(), &arguments.stdin_name)?;
        let status = render_all(run, &files, &how, list, terminal, traces)?;
        match status {
            Some(status) => Ok(status),
            None => Err(nothing_at(&paths).into()),
        }
    };
    match arguments.watch {
        true if paths.iter().any(|path| path == Path::new("-")) => {
            Err(Failure::Usage("--watch: die Standardeingabe ändert sich nicht".into()))
        }
        // What is wrong now may be right after the next change.
        true => watch::run(first, &paths, &how, |run| {
            let mut traces = Traces::default();
            if let Err(failure) = once(run, terminal, &mut traces) {
                terminal.failure(&failure)?;
            }
            Ok(traces)
        }),
        false => once(&first, terminal, &mut Traces::default()),
    }
}

/// Renders records; no status if there is none among the files.
fn render_all(
    run: &Run,
    files: &[RecordFile],
    how: &Render,
    list: ListFormat,
    terminal: &mut Terminal,
    traces: &mut Traces,
) -> Result<Option<Status>, Failure> {
    let started = Instant::now();
    let bar = terminal.progress_bar(list);
    let mut tally = RenderTally::default();
    let (mut failed, mut any, mut printed) = (false, false, Ok(()));
    let summary = render(run, files, how, |report, total| {
        tally.add(&report);
        any |= report.outcome != Outcome::PassedOver;
        traces.touched.extend(report.made.iter().chain(&report.removed).cloned());
        bar.set_length(total as u64);
        bar.set_message(tally.findings.to_string());
        bar.inc(1);
        if printed.is_ok() {
            printed = bar.suspend(|| {
                terminal.report(list, &report)?;
                list_made(list, &report.made, terminal)
            });
        }
        if let Some(problem) = report.failure {
            bar.suspend(|| terminal.error(&problem.to_string()));
            failed = true;
        }
    });
    bar.finish_and_clear();
    printed?;
    if !any
        && summary.stale.is_empty()
        && summary.failure.is_none()
        && !summary.interrupted
        && how.shard.is_none()
    {
        return Ok(None);
    }
    traces.touched.extend(summary.stale.iter().cloned());
    let lines = tally.summary(&summary, how.stale, started.elapsed());
    lines.iter().try_for_each(|line| terminal.summary(line))?;
    match summary.failure {
        Some(failure) => Err(failure.into()),
        None if failed => Err(Failure::Reported),
        None if summary.interrupted => Ok(Some(Status::Interrupted)),
        None if tally.has_errors() => Ok(Some(Status::Errors)),
        None => Ok(Some(Status::Done)),
    }
}

fn list_format(arguments: &RenderArguments) -> Result<ListFormat, Failure> {
    let has = |format| arguments.formats.contains(&format);
    match (has(RenderFormat::Json), has(RenderFormat::Human)) {
        (true, true) => Err(Failure::Usage("--format: human und json gehen nicht zusammen".into())),
        (json, _) => Ok(if json { ListFormat::Json } else { ListFormat::Human }),
    }
}

fn options(arguments: &RenderArguments) -> Result<Options, Failure> {
    let has = |format| arguments.formats.contains(&format);
    let pictures = match (has(RenderFormat::Png), has(RenderFormat::Pdf)) {
        (true, true) => return Err(Failure::Usage("--format: pdf und png gehen nicht zusammen".into())),
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
        return Err(Failure::Usage("--embed-record: nur ein PDF kann seine Vorlage enthalten, und von den Normen für PDF/A erlauben es nur a-3b, a-3u, a-3a, a-4f und a-4e".into()));
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
        _ => Err("hier steht eine Zahl von 10 bis 1200".into()),
    }
}
