//! `anlage new`: a record or a session file to fill in.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::archive::day;
use super::failure::{Failure, Status};
use super::schema;
use super::terminal::Terminal;
use crate::day::Day;
use crate::files;
use crate::record::names::{EDITOR_SCHEMA, SESSION_SCHEMA};
use crate::record::project::Projects;
use crate::record::proposal::{blank_record, editor_schema};
use crate::record::session::{BlankSession, session_schema};

#[derive(Debug, clap::Args)]
pub(super) struct NewArguments {
    /// Number of the proposal, such as V/0056/2025; with --session the name of the file [default: by committee and date,
    /// else sitzung.toml]
    #[arg(value_name = "NUMMER|FILE", required_unless_present = "session")]
    what: Option<String>,
    /// Form to use [default: `template` in anlage.toml, else muenster-anlage-a]
    #[arg(long, value_name = "NAME", conflicts_with = "session")]
    template: Option<String>,
    /// Write a session file
    #[arg(long)]
    session: bool,
    /// Committee that meets; may be given several times for a joint session
    #[arg(long, value_name = "NAME", requires = "session", value_parser = committee)]
    committee: Vec<String>,
    /// Day of the session
    #[arg(long, value_name = "YYYY-MM-DD", requires = "session", value_parser = day)]
    date: Option<Day>,
    /// Folder to write to [default: the current folder]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: NewArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if arguments.session { session(arguments, terminal) } else { record(arguments, terminal) }
}

fn record(arguments: NewArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let output = arguments.output.unwrap_or_default();
    let folder = if output.is_dir() { output.as_path() } else { Path::new(".") };
    let project = Projects::default().of(folder)?;
    let numbers = &project.settings.numbers;
    let typed = arguments.what.unwrap_or_default();
    let number = numbers.read(&typed).ok_or_else(|| {
        let example = match numbers.meant(&typed) {
            Some(meant) => format!("gemeint ist wohl {meant}"),
            None if numbers.is_default() => "eine ist V/0056/2025, die einer Ergänzung V/0716/2023/1".into(),
            None => format!("eine ist {}", numbers.example()),
        };
        Failure::Usage(format!("„{typed}“ ist keine Vorlagennummer; {example}"))
    })?;
    let name = arguments.template.as_deref().unwrap_or(project.usual_form());
    let template = schema::template(&project, name, terminal)?;
    let record = output.join(format!("{}.toml", number.file_stem()));
    let text = blank_record(&project, number, template, &format!("./{EDITOR_SCHEMA}"));
    files::write_new(&record, text.as_bytes())?;
    terminal.line(&record.display().to_string())?;
    write_schema(&output.join(EDITOR_SCHEMA), || editor_schema(&project, &project.templates.sound()))?;
    terminal.summary("Ausfüllen und mit „anlage check“ prüfen.")?;
    Ok(Status::Done)
}

fn session(arguments: NewArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let blank = BlankSession { committees: arguments.committee, number: None, date: arguments.date };
    if let Some(typed) = &arguments.what
        && Projects::default().of(Path::new("."))?.settings.numbers.read(typed).is_some()
    {
        let message =
            format!("„{typed}“ ist die Nummer einer Vorlage; eine Sitzungsdatei heißt etwa rat.toml");
        return Err(Failure::Usage(message));
    }
    let mut file = PathBuf::from(arguments.what.unwrap_or_else(|| blank.file_name()));
    if file.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("toml")) {
        file.as_mut_os_string().push(".toml");
    }
    let file = arguments.output.unwrap_or_default().join(file);
    files::write_new(&file, blank.to_toml(&format!("./{SESSION_SCHEMA}")).as_bytes())?;
    terminal.line(&file.display().to_string())?;
    write_schema(&file.with_file_name(SESSION_SCHEMA), session_schema)?;
    terminal.summary("Ausfüllen und mit „anlage check“ prüfen.")?;
    Ok(Status::Done)
}

/// Writes a schema, unless it is there already: one serves all files of a folder.
fn write_schema(path: &Path, schema: impl FnOnce() -> Json) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    files::write_new(path, format!("{:#}\n", schema()).as_bytes())?;
    Ok(())
}

/// Parses the name of a committee.
fn committee(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("hier steht ein Gremium wie Rat".into()),
        name => Ok(name.to_owned()),
    }
}
