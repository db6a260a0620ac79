//! `anlage new`: a record to fill in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::failure::{Failure, Status};
use super::schema;
use super::terminal::Terminal;
use crate::files;
use crate::record::project::{Project, Projects};
use crate::record::proposal::{blank_record, editor_schema};
use crate::record::template::Template;

/// The name of the schema that is written beside a new record for the editor.
const SCHEMA_FILE: &str = "anlage.schema.json";
const DEFAULT_TEMPLATE: &str = "muenster-anlage-a";

#[derive(Debug, clap::Args)]
pub(super) struct NewArguments {
    /// Number of the proposal, such as V/0056/2025
    #[arg(value_name = "NUMMER")]
    number: String,
    /// Form to use [default: `template` in anlage.toml, else muenster-anlage-a]
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// Folder to write the record to [default: the current folder]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: NewArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let output = arguments.output.unwrap_or_default();
    let folder = if output.is_dir() { output.as_path() } else { Path::new(".") };
    let project = Projects::default().of(folder)?;
    let numbers = &project.settings.numbers;
    let number = numbers.read(&arguments.number).ok_or_else(|| {
        let example = match numbers.meant(&arguments.number) {
            Some(meant) => format!("gemeint ist wohl {meant}"),
            None if numbers.is_default() => "eine ist V/0056/2025, die einer Ergänzung V/0716/2023/1".into(),
            None => format!("eine ist {}", numbers.example()),
        };
        Failure::Usage(format!("„{}“ ist keine Vorlagennummer; {example}", arguments.number))
    })?;
    let name = arguments.template.or_else(|| project.settings.template.clone());
    let template = schema::template(&project, name.as_deref().unwrap_or(DEFAULT_TEMPLATE), terminal)?;
    let record = output.join(format!("{}.toml", number.file_stem()));
    files::write_new(
        &record,
        blank_record(&project, number, &template, &format!("./{SCHEMA_FILE}")).as_bytes(),
    )?;
    terminal.line(&record.display().to_string())?;
    write_schema(&project, &output.join(SCHEMA_FILE))?;
    terminal.summary("Ausfüllen und mit „anlage check“ prüfen.")?;
    Ok(Status::Done)
}

/// Writes the schema, unless it is there already: one serves all records of a folder.
fn write_schema(project: &Project, path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    let templates: Vec<Arc<Template>> = schema::sound(project);
    let templates: Vec<&Template> = templates.iter().map(Arc::as_ref).collect();
    files::write_new(path, format!("{:#}\n", editor_schema(project, &templates)).as_bytes())?;
    Ok(())
}
