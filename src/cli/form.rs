//! `anlage form`: begins a form, writes a built-in one out to copy, and tries one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::arguments::ListFormat;
use super::common::RunArguments;
use super::failure::{Failure, Status};
use super::schema;
use super::terminal::Terminal;
use crate::diagnostics::{counted, has_errors};
use crate::files;
use crate::record::project::{Project, Projects};
use crate::record::template::{FOLDER, Templates};
use crate::report;
use crate::tasks::form;

#[derive(Debug, clap::Args)]
pub(super) struct FormArguments {
    #[command(subcommand)]
    command: FormCommand,
}

#[derive(Debug, clap::Subcommand)]
enum FormCommand {
    /// Begin a form of the project's own, in templates/: a folder that renders at once
    New {
        /// Name of the form: small letters, digits and hyphens
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Write a built-in form to DIR/NAME, to be changed there
    Export {
        /// Name of the form
        #[arg(value_name = "NAME")]
        name: String,
        /// Folder for the form's folder, such as templates
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Try a form with made-up records, and print what is wrong with it
    Check {
        /// Names of forms [default: those of the project]
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Format of the findings
        #[arg(long, value_name = "FORMAT", default_value = "human")]
        format: ListFormat,
        #[command(flatten)]
        run: RunArguments,
    },
}

pub(super) fn run(arguments: FormArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    match arguments.command {
        FormCommand::New { name } => new(&name, terminal),
        FormCommand::Export { name, folder } => export(&name, &folder, terminal),
        FormCommand::Check { names, format, run } => check(names, format, &run, terminal),
    }
}

fn new(name: &str, terminal: &mut Terminal) -> Result<Status, Failure> {
    let project = Projects::default().of(Path::new("."))?;
    if !form::is_name(name) {
        return Err(Failure::Usage(format!(
            "„{name}“ kann kein Formular heißen: Kleinbuchstaben, Ziffern und Bindestriche, wie in „stadt-anlage-a“"
        )));
    }
    if project.templates.get(name).is_some() {
        return Err(Failure::Usage(format!(
            "ein Formular „{name}“ gibt es schon; „anlage templates“ nennt alle"
        )));
    }
    let folder = project.root.path().join(FOLDER).join(name);
    for (file, text) in form::scaffold(name, &project.settings.numbers) {
        files::write_new(&folder.join(file), text.as_bytes())?;
    }
    terminal.line(&format!("{FOLDER}/{name}"))?;
    terminal.summary(&format!(
        "Ansehen: anlage render {FOLDER}/{name}/example.toml; prüfen: anlage form check {name}."
    ))?;
    Ok(Status::Done)
}

fn export(name: &str, folder: &Path, terminal: &mut Terminal) -> Result<Status, Failure> {
    let built_in = Templates::built_in();
    let Some(Ok(template)) = built_in.get(name) else {
        let names = built_in.names().join(", ");
        return Err(Failure::Usage(format!(
            "ein eingebautes Formular „{name}“ gibt es nicht; es gibt: {names}"
        )));
    };
    let folder = folder.join(name);
    if folder.exists() {
        return Err(Failure::Usage(format!("{} gibt es schon", folder.display())));
    }
    for (file, bytes) in &template.files {
        files::write_new(&folder.join(file), bytes)?;
    }
    terminal.line(&folder.display().to_string())?;
    Ok(Status::Done)
}

fn check(
    names: Vec<String>,
    format: ListFormat,
    run: &RunArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let run = run.begin()?;
    let project: Arc<Project> = run.project_of(Path::new("."))?;
    let is_own = |name: &&str| match project.templates.get(name) {
        Some(Ok(template)) => !template.built_in,
        _ => true,
    };
    let own: Vec<String> = project.templates.names().into_iter().filter(is_own).map(str::to_owned).collect();
    let names = if names.is_empty() { own } else { names };
    if names.is_empty() {
        return Err(Failure::Usage(format!(
            "das Projekt hat keine eigenen Formulare in {FOLDER}/; ein Formular nennen"
        )));
    }
    let (mut count, mut is_wrong) = (0, false);
    for name in &names {
        let findings = match project.templates.get(name) {
            Some(Err(findings)) => findings.clone(),
            _ => {
                let template = schema::template(&project, name, terminal)?;
                let mut findings = form::check(&run, &project, template);
                project.apply_levels(&mut findings);
                findings
            }
        };
        count += findings.len();
        is_wrong |= has_errors(&findings);
        match format {
            ListFormat::Human => terminal.findings(&findings)?,
            ListFormat::Json => {
                terminal
                    .line(&json!({ "form": name, "findings": report::findings(&findings) }).to_string())?;
            }
        }
    }
    let forms = counted(names.len(), "Formular", "Formulare");
    terminal.summary(&format!("{forms} geprüft: {}.", counted(count, "Befund", "Befunde")))?;
    Ok(if is_wrong { Status::Errors } else { Status::Done })
}
