//! `anlage verify`: whether a bag, or a PDF, still is what it was.

use std::path::PathBuf;

use serde_json::json;

use super::common::RunArguments;
use super::output::Terminal;
use super::{Failure, ListFormat, Status};
use crate::archive::Flaw;
use crate::diagnostics::counted;
use crate::tasks::verify::{Verified, VerifyFailure, verify};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Bags, PDF files, or folders with such
    #[arg(value_name = "BAG|PDF|DIR", required = true)]
    paths: Vec<PathBuf>,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
    #[command(flatten)]
    run: RunArguments,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let run = arguments.run.begin()?;
    let (mut wrong, mut printed) = (false, Ok(()));
    let result = verify(&run, &arguments.paths, |verified| {
        wrong |= verified.flaws.iter().any(|flaw| flaw.kind.is_error());
        if printed.is_ok() {
            printed = match arguments.format {
                ListFormat::Json => terminal.line(&as_json(&verified).to_string()),
                ListFormat::Human => for_people(&verified, terminal),
            };
        }
    });
    printed?;
    match result {
        Err(failure @ VerifyFailure::Nothing(_)) => Err(Failure::Usage(failure.to_string())),
        Err(failure) => Err(Failure::Environment(failure.to_string())),
        Ok(()) if run.is_stopped() => Ok(Status::Interrupted),
        Ok(()) if wrong => Ok(Status::Errors),
        Ok(()) => Ok(Status::Done),
    }
}

fn for_people(verified: &Verified, terminal: &mut Terminal) -> std::io::Result<()> {
    for Flaw { path, kind, message } in &verified.flaws {
        let level = if kind.is_error() { "Fehler" } else { "Hinweis" };
        terminal.line(&format!("{level}: {} {}", printable(path), printable(message)))?;
    }
    let target = verified.target.display();
    let errors = verified.flaws.iter().filter(|flaw| flaw.kind.is_error()).count();
    let verdict = match errors {
        0 if !verified.is_compared() => "nicht verglichen".to_owned(),
        0 => "unversehrt".to_owned(),
        _ => counted(errors, "Fehler", "Fehler"),
    };
    let files = counted(usize::try_from(verified.files).unwrap_or(usize::MAX), "Datei", "Dateien");
    let same = match verified.same {
        0 => String::new(),
        same => format!("; {} gleich dem, was die Vorlagendatei ergibt", counted(same, "PDF", "PDFs")),
    };
    terminal.line(&format!(
        "{}: {verdict} ({files}, {} Byte{same})",
        printable(&target.to_string()),
        verified.bytes
    ))
}

/// Names of files come from anybody and must not move the cursor.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn as_json(verified: &Verified) -> serde_json::Value {
    let flaw = |flaw: &Flaw| json!({ "path": flaw.path, "kind": flaw.kind, "error": flaw.kind.is_error(), "message": flaw.message });
    let sound = !verified.flaws.iter().any(|flaw| flaw.kind.is_error());
    json!({
        "target": verified.target.display().to_string(),
        // Null if there was nothing to compare it with.
        "sound": verified.is_compared().then_some(sound),
        "files": verified.files,
        "bytes": verified.bytes,
        "same_as_record": verified.same,
        "flaws": verified.flaws.iter().map(flaw).collect::<Vec<_>>(),
    })
}
