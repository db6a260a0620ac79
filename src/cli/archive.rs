//! `anlage archive`: a session, or proposals, as a bag for the archive.

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::arguments::ListFormat;
use super::common::{RunArguments, or_current_folder};
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::archive::{HandOver, HandOverKind, HandedOver};
use crate::day::Day;
use crate::files;
use crate::report::{Tally, hand_over_json, hand_over_lines};
use crate::run::collect;
use crate::tasks::hand_over::{HandOverRefusal, hand_over};

#[derive(Debug, clap::Args)]
pub(super) struct ArchiveArguments {
    /// Session file, or records and folders with records [default: the current folder]
    #[arg(value_name = "SITZUNG.toml|PATH")]
    paths: Vec<PathBuf>,
    /// Bag to write: a folder that must not exist yet
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// Leave out everything that is not public and everything that refers to it
    #[arg(long)]
    public_only: bool,
    /// Day of the hand-over [default: SOURCE_DATE_EPOCH, else today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<Day>,
    /// Write a receipt, which lies outside of the bag and proves later that nothing in it was changed
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Identifier of an earlier hand-over that this one follows or supplements
    #[arg(long, value_name = "IDENTIFIER", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    follows: Option<String>,
    #[command(flatten)]
    run: RunArguments,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub(super) fn run(arguments: ArchiveArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let date = match arguments.date {
        Some(date) => date,
        None => today()?,
    };
    let wish = Wish {
        kind: HandOverKind::Bag,
        paths: arguments.paths,
        output: arguments.output,
        public_only: arguments.public_only,
        date,
        receipt: arguments.receipt,
        follows: arguments.follows,
        run: arguments.run,
        format: arguments.format,
    };
    carry_out(wish, terminal)
}

/// A hand-over as the user asks for it.
pub(super) struct Wish {
    pub kind: HandOverKind,
    pub paths: Vec<PathBuf>,
    pub output: PathBuf,
    pub public_only: bool,
    pub date: Day,
    /// Where the receipt of a bag goes.
    pub receipt: Option<PathBuf>,
    /// What the hand-over is called that this one follows or supplements.
    pub follows: Option<String>,
    pub run: RunArguments,
    pub format: ListFormat,
}

/// Hands over what was asked for, and prints what was done.
pub(super) fn carry_out(wish: Wish, terminal: &mut Terminal) -> Result<Status, Failure> {
    let started = Instant::now();
    let files = collect(&or_current_folder(wish.paths))?;
    let how = HandOver {
        kind: wish.kind,
        target: &wish.output,
        date: wish.date,
        public_only: wish.public_only,
        follows: wish.follows.as_deref(),
    };
    wish.receipt.iter().try_for_each(|path| can_be_written(path, &wish.output))?;
    let run = wish.run.begin()?;
    let bar = terminal.progress_bar(wish.format);
    let (mut tally, mut printed, mut reported) = (Tally::default(), Ok(()), false);
    let result = hand_over(&run, &files, &how, |report, total| {
        tally.add(&report.findings);
        bar.set_length(total as u64);
        bar.inc(1);
        if printed.is_ok() {
            printed = bar.suspend(|| terminal.report(wish.format, &report));
        }
        if let Some(problem) = &report.failure {
            bar.suspend(|| terminal.error(&problem.to_string()));
            reported = true;
        }
    });
    bar.finish_and_clear();
    printed?;
    match result {
        Ok(done) => {
            let lines = hand_over_lines(&done, &tally, started.elapsed());
            // The hash of the receipt is said first: the bag is there, whatever becomes of the file.
            say(&done, wish.format, &lines, terminal)?;
            if let (Some(path), Some(receipt)) = (&wish.receipt, &done.receipt) {
                files::write_new(path, &receipt.to_bytes())?;
            }
            Ok(Status::Done)
        }
        Err(_) if run.is_stopped() => Ok(Status::Interrupted),
        Err(HandOverRefusal::Reported) if reported => Err(Failure::Reported),
        Err(refusal) => refused(refusal, terminal),
    }
}

/// Refuses a receipt that would be lost: within the bag it proves nothing, and another one is not overwritten.
fn can_be_written(receipt: &Path, bag: &Path) -> Result<(), Failure> {
    let place = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if place(receipt).starts_with(place(bag)) {
        return Err(Failure::Usage(format!("{}: a receipt lies outside of its bag", receipt.display())));
    }
    match receipt.symlink_metadata() {
        Ok(_) => Err(Failure::Environment(format!(
            "{}: gibt es schon und wird nicht überschrieben",
            receipt.display()
        ))),
        Err(_) => Ok(()),
    }
}

fn say(
    done: &HandedOver,
    format: ListFormat,
    lines: &[String],
    terminal: &mut Terminal,
) -> std::io::Result<()> {
    match format {
        ListFormat::Json => terminal.line(&hand_over_json(done).to_string()),
        ListFormat::Human => {
            terminal.line(&done.path.display().to_string())?;
            lines.iter().try_for_each(|line| terminal.summary(line))
        }
    }
}

fn refused(refusal: HandOverRefusal, terminal: &mut Terminal) -> Result<Status, Failure> {
    match refusal {
        HandOverRefusal::Errors | HandOverRefusal::HeldBack | HandOverRefusal::Changed => {
            terminal.error(&refusal.to_string());
            Ok(Status::Errors)
        }
        HandOverRefusal::Interrupted => Ok(Status::Interrupted),
        HandOverRefusal::Project(error) => Err(error.into()),
        HandOverRefusal::Nothing
        | HandOverRefusal::OnlySessions(_)
        | HandOverRefusal::Sessions(_)
        | HandOverRefusal::OtherProject(_) => Err(Failure::Usage(refusal.to_string())),
        HandOverRefusal::Stage(_) | HandOverRefusal::Filling(_) | HandOverRefusal::Reported => {
            Err(Failure::Environment(refusal.to_string()))
        }
    }
}

/// Returns the day that `SOURCE_DATE_EPOCH` names, else today; the only place that reads the clock.
pub(super) fn today() -> Result<Day, Failure> {
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.trim().parse::<i64>().ok(),
        Err(_) => {
            SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|now| now.as_secs().try_into().ok())
        }
    };
    let day = seconds.and_then(Day::of_seconds);
    day.ok_or_else(|| Failure::Usage("SOURCE_DATE_EPOCH: hier stehen die Sekunden seit 1970".into()))
}

/// Parses a day on the command line.
pub(super) fn day(text: &str) -> Result<Day, String> {
    // The archive's formats write a year in four digits.
    let day = text.parse().ok().filter(|day: &Day| day.year() >= 1900);
    day.ok_or_else(|| "hier steht ein Tag wie 2025-02-12".into())
}
