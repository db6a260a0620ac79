//! `anlage schema`: the JSON Schema of a record or a session file, for editors.

use std::path::Path;

use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::record::project::{Project, Projects};
use crate::record::proposal::editor_schema;
use crate::record::session::session_schema;
use crate::record::template::Template;

#[derive(Debug, clap::Args)]
pub(super) struct SchemaArguments {
    /// Form to describe [default: all forms]
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// Describe session files
    #[arg(long, conflicts_with = "template")]
    session: bool,
}

pub(super) fn run(arguments: SchemaArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if arguments.session {
        terminal.line(&format!("{:#}", session_schema()))?;
        return Ok(Status::Done);
    }
    let project = Projects::default().of(Path::new("."))?;
    let templates = match &arguments.template {
        Some(name) => vec![template(&project, name, terminal)?],
        None => project.templates.sound(),
    };
    terminal.line(&format!("{:#}", editor_schema(&project, &templates)))?;
    Ok(Status::Done)
}

/// Returns the form with this name, of one with versions the last; or fails and says which forms there are.
pub(super) fn template<'a>(
    project: &'a Project,
    name: &str,
    terminal: &mut Terminal,
) -> Result<&'a Template, Failure> {
    match project.templates.on_day(name, None) {
        Some(Ok(template)) => Ok(template),
        Some(Err(findings)) => {
            terminal.findings(findings)?;
            Err(Failure::Usage(format!("das Formular „{name}“ hat Fehler")))
        }
        None => {
            let names = project.templates.names().join(", ");
            Err(Failure::Usage(format!("ein Formular „{name}“ gibt es nicht; vorhanden sind: {names}")))
        }
    }
}
