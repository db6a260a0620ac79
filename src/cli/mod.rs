//! The command line: arguments, one short file per command, and the only module that writes to the terminal.
//!
//! Knows neither typst nor lopdf.

mod archive;
mod check;
mod common;
mod completions;
mod explain;
mod extract;
mod inspect;
mod man;
mod new;
mod oparl;
mod packet;
mod render;
mod schema;
mod templates;
mod terminal;
mod verify;
mod watch;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostics::Diagnostic;
use crate::files::FileError;
use crate::record::project::ProjectError;
use crate::run::{InputError, RecordFile, collect};
use crate::toml_tree;
use terminal::Terminal;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Everything was done; there may be warnings.
    Done,
    /// At least one input has errors; the others were done.
    Errors,
    /// The user stopped the command.
    Interrupted,
}

/// The reason why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The command was called in a wrong way.
    Usage(String),
    /// The environment failed.
    Environment(String),
    /// The environment failed, which has been reported already.
    Reported,
    /// A file of the project has errors.
    Findings(Vec<Diagnostic>),
    /// The reader of standard output is gone.
    ClosedPipe,
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Environment(error.to_string())
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::Settings(findings) => Self::Findings(findings),
            other => Self::Environment(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Environment(error.to_string()),
        }
    }
}

/// Fills the official annexes of German council proposals: checked, print-ready, accessible, archivable.
#[derive(Debug, Parser)]
#[command(name = "anlage", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done (warnings allowed), 1 an input has errors (the others were done), 2 wrong usage, 3 the environment failed, 130 stopped by Ctrl-C."
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// Print only results and errors
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check records and sessions, and print every finding; writes nothing without --fix
    Check(check::Arguments),
    /// Render the form annexes of records as PDF or PNG
    Render(render::Arguments),
    /// Make the packets of a session: all of its papers in one PDF
    Packet(packet::Arguments),
    /// Write a new record to fill in, with a comment on each field
    New(new::Arguments),
    /// Print the JSON Schema of a record, for editors
    Schema(schema::Arguments),
    /// List the forms that records can name
    Templates(templates::Arguments),
    /// Explain what a finding means, with an example
    Explain(explain::Arguments),
    /// Make the bag that is handed over to an archive
    Archive(archive::Arguments),
    /// Verify that bags and PDFs are unchanged
    Verify(verify::Arguments),
    /// Write a session and its proposals as OParl objects
    Oparl(oparl::Arguments),
    /// Extract the record that a PDF carries
    Extract(extract::Arguments),
    /// Show what is in a PDF and what is wrong with its structure
    Inspect(inspect::Arguments),
    /// Print a script that completes commands in a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man,
    #[command(name = crate::typeset::guard::LIMITS.command, hide = true)]
    TypesetWorker,
    #[command(name = crate::bind::foreign::LIMITS.command, hide = true)]
    PdfWorker,
}

/// The formats in which a list can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ListFormat {
    /// Text for people
    #[default]
    Human,
    /// One JSON object per line
    Json,
}

/// Does what the arguments ask for.
pub fn run(cli: Cli) -> Result<Status, Failure> {
    let mut terminal = Terminal::new(&cli.global);
    let terminal = &mut terminal;
    let result = match cli.command {
        Command::Check(arguments) => check::run(arguments, terminal),
        Command::Render(arguments) => render::run(arguments, terminal),
        Command::Packet(arguments) => packet::run(arguments, terminal),
        Command::New(arguments) => new::run(arguments, terminal),
        Command::Schema(arguments) => schema::run(arguments, terminal),
        Command::Templates(arguments) => templates::run(arguments, terminal),
        Command::Explain(arguments) => explain::run(arguments, terminal),
        Command::Archive(arguments) => archive::run(arguments, terminal),
        Command::Verify(arguments) => verify::run(arguments, terminal),
        Command::Oparl(arguments) => oparl::run(arguments, terminal),
        Command::Extract(arguments) => extract::run(arguments, terminal),
        Command::Inspect(arguments) => inspect::run(arguments, terminal),
        Command::Completions(arguments) => completions::run(arguments, terminal),
        Command::Man => man::run(terminal),
        Command::TypesetWorker => served(crate::typeset::guard::serve(std::io::stdin(), std::io::stdout())),
        Command::PdfWorker => served(crate::bind::foreign::serve(std::io::stdin().lock(), std::io::stdout())),
    };
    match result {
        Err(Failure::Findings(findings)) => {
            terminal.findings(&findings)?;
            Ok(Status::Errors)
        }
        Err(Failure::Usage(message)) => {
            terminal.usage(&message);
            Err(Failure::Usage(message))
        }
        Err(Failure::Environment(message)) => {
            terminal.error(&message);
            Err(Failure::Environment(message))
        }
        other => other,
    }
}

fn served(result: std::io::Result<()>) -> Result<Status, Failure> {
    result.map_err(Failure::from).map(|()| Status::Done)
}

/// Returns the paths to work on, which is the current folder if there are none.
fn or_current_folder(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths }
}

/// Finds the records that a command works on; `-` stands for standard input.
fn inputs(paths: Vec<PathBuf>, stdin_name: &str) -> Result<Vec<RecordFile>, Failure> {
    if !paths.iter().any(|path| path == Path::new("-")) {
        return Ok(collect(&paths)?);
    }
    if paths.len() > 1 {
        return Err(Failure::Usage("- (standard input) cannot be combined with other paths".into()));
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(toml_tree::MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(vec![RecordFile::standard_input_as(stdin_name, bytes)])
}
