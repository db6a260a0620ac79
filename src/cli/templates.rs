//! `anlage templates`: what forms there are.

use std::path::Path;

use serde_json::json;

use super::output::Terminal;
use super::{Failure, ListFormat, Status, report};
use crate::record::project::Projects;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How the list is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let project = Projects::default().of(Path::new("."))?;
    let mut status = Status::Done;
    for (name, loaded) in project.templates.iter() {
        match (loaded, arguments.format) {
            (Ok(template), ListFormat::Human) => {
                let origin = if template.built_in { "eingebaut" } else { "im Projekt" };
                terminal
                    .line(&format!("{name} {} ({origin}): {}", template.version, template.description))?;
            }
            (Ok(template), ListFormat::Json) => {
                let entry = json!({
                    "name": name,
                    "title": template.title,
                    "version": template.version,
                    "language": template.language,
                    "label": template.label,
                    "description": template.description,
                    "built_in": template.built_in,
                });
                terminal.line(&entry.to_string())?;
            }
            (Err(findings), format) => {
                status = Status::Errors;
                match format {
                    ListFormat::Human => terminal.findings(findings)?,
                    ListFormat::Json => {
                        let findings: serde_json::Value = findings.iter().map(report::finding).collect();
                        terminal.line(&json!({ "name": name, "findings": findings }).to_string())?;
                    }
                }
            }
        }
    }
    Ok(status)
}
