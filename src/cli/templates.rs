//! `anlage templates`: the forms that records can name.

use std::path::Path;

use super::arguments::ListFormat;
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::record::project::Projects;
use crate::report::{template_json, template_line};

#[derive(Debug, clap::Args)]
pub(super) struct TemplatesArguments {
    /// Format of the list
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub(super) fn run(arguments: TemplatesArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let project = Projects::default().of(Path::new("."))?;
    let mut status = Status::Done;
    for (name, loaded) in project.templates.iter() {
        if loaded.is_err() {
            status = Status::Errors;
        }
        match (arguments.format, loaded) {
            (ListFormat::Json, _) => terminal.line(&template_json(name, loaded).to_string())?,
            (ListFormat::Human, Ok(template)) => terminal.line(&template_line(template))?,
            (ListFormat::Human, Err(findings)) => terminal.findings(findings)?,
        }
    }
    Ok(status)
}
