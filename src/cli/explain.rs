//! `anlage explain`: what findings mean, why they matter, and an example of each.

use std::path::Path;

use clap::ValueEnum;

use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::record::project::Projects;
use crate::record::schema::similar;
use crate::report::{Explained, explained, reference};

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArguments {
    /// Code to explain, such as F203, or FORM/F203 for the code of one form [default: list all]
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// Format of the explanation
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// Text for people
    Human,
    /// One JSON object per code
    Json,
    /// A page for the documentation
    Markdown,
}

pub(super) fn run(arguments: ExplainArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let project = Projects::default().of(Path::new("."))?;
    let mut chosen = explained(&project.templates);
    if let Some(wanted) = &arguments.code {
        chosen = named(wanted, chosen)?;
    }
    match arguments.format {
        ExplainFormat::Markdown => terminal.bytes(reference(&chosen).as_bytes())?,
        ExplainFormat::Json => chosen.iter().try_for_each(|one| terminal.line(&one.json().to_string()))?,
        ExplainFormat::Human if arguments.code.is_none() => {
            chosen.iter().try_for_each(|one| terminal.line(&one.line()))?;
        }
        ExplainFormat::Human => {
            let texts: Vec<String> = chosen.iter().map(Explained::human).collect();
            terminal.bytes(texts.join("\n").as_bytes())?;
        }
    }
    Ok(Status::Done)
}

/// Finds the codes that a user means: `f203` is that of every form, `FORM/f203` that of one.
fn named<'a>(wanted: &str, all: Vec<Explained<'a>>) -> Result<Vec<Explained<'a>>, Failure> {
    let wanted = match wanted.rsplit_once('/') {
        Some((form, id)) => format!("{form}/{}", id.to_uppercase()),
        None => wanted.to_uppercase(),
    };
    let meant: Vec<Explained<'a>> = all.iter().filter(|one| one.code.is_meant_by(&wanted)).copied().collect();
    if meant.is_empty() {
        let names: Vec<String> = all.iter().map(|one| one.code.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let similar = similar(&wanted, &names).map(|similar| format!("; gemeint ist wohl {similar}"));
        return Err(Failure::Usage(format!(
            "einen Befund {wanted} gibt es nicht{}",
            similar.unwrap_or_default()
        )));
    }
    Ok(meant)
}
