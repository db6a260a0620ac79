//! `anlage explain`: what findings mean, why they matter, and an example of each.

use std::path::Path;

use clap::ValueEnum;

use super::terminal::Terminal;
use super::{Failure, Status};
use crate::record::project::Projects;
use crate::record::schema::similar;
use crate::report::{Explained, explained, reference};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The code of a finding, such as F203 [default: a list of all]
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// How it is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// For people
    Human,
    /// One JSON object a code
    Json,
    /// A page for the documentation
    Markdown,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let project = Projects::default().of(Path::new("."))?;
    let mut chosen = explained(&project.templates);
    if let Some(wanted) = &arguments.code {
        chosen = named(&wanted.to_uppercase(), chosen)?;
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

/// The codes that a user means.
fn named<'a>(wanted: &str, all: Vec<Explained<'a>>) -> Result<Vec<Explained<'a>>, Failure> {
    let meant: Vec<Explained<'a>> = all.iter().filter(|one| one.code.id == wanted).copied().collect();
    if meant.is_empty() {
        let ids: Vec<&str> = all.iter().map(|one| &*one.code.id).collect();
        let similar = similar(wanted, &ids).map(|similar| format!(", did you mean {similar}?"));
        return Err(Failure::Usage(format!("there is no finding {wanted}{}", similar.unwrap_or_default())));
    }
    Ok(meant)
}
