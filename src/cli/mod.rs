//! The command line: arguments, one short file per command, and the only module that writes to the terminal.
//!
//! Knows neither typst nor lopdf.

mod agenda;
mod archive;
mod arguments;
mod check;
mod common;
mod completions;
mod diff;
mod dispatch;
mod explain;
mod extract;
mod failure;
mod form;
mod inspect;
mod log;
mod man;
mod new;
mod oparl;
mod packet;
mod password;
mod print;
mod render;
mod schema;
mod serve;
mod templates;
mod terminal;
mod usage;
mod verify;
mod watch;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};

use arguments::Global;
pub use failure::{Failure, Status};
use terminal::Terminal;

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

#[derive(Debug, Subcommand)]
enum Command {
    /// Check records and sessions, and print every finding; writes nothing without --fix
    Check(check::CheckArguments),
    /// Render the form annexes of records as PDF or PNG
    Render(render::RenderArguments),
    /// Make the packets of a session: all of its papers in one PDF
    Packet(packet::PacketArguments),
    /// Send the packets of a session: freeze them, with the label of each page, as its next version
    Dispatch(dispatch::DispatchArguments),
    /// List the versions that were sent, and what changed with each
    Log(log::LogArguments),
    /// Say what changed from one version of a record or a session to another
    Diff(diff::DiffArguments),
    /// Make the invitation, the agenda and the public notice of a session
    Agenda(agenda::AgendaArguments),
    /// Make the sheets for the print room, of a session or of a PDF
    Print(print::PrintArguments),
    /// Write a new record or session file to fill in, with a comment on each field
    New(new::NewArguments),
    /// Print the JSON Schema of records or of session files, for editors
    Schema(schema::SchemaArguments),
    /// List the forms that records can name
    Templates(templates::TemplatesArguments),
    /// Begin a form, write a built-in one out, or try one
    Form(form::FormArguments),
    /// Explain what a finding means, with an example
    Explain(explain::ExplainArguments),
    /// Open a project in a browser: records, their findings and pages, sessions
    Serve(serve::ServeArguments),
    /// Read a password from standard input and print what stands for it in the file of the people
    Password,
    /// Make the bag that is handed over to an archive
    Archive(archive::ArchiveArguments),
    /// Verify that bags and PDFs are unchanged
    Verify(verify::VerifyArguments),
    /// Write a session and its proposals as OParl objects
    Oparl(oparl::OparlArguments),
    /// Extract the record that a PDF carries
    Extract(extract::ExtractArguments),
    /// Show what is in a PDF and what is wrong with its structure
    Inspect(inspect::InspectArguments),
    /// Print a script that completes commands in a shell
    Completions(completions::CompletionsArguments),
    /// Print the manual page
    Man,
    #[command(name = crate::typeset::guard::LIMITS.command, hide = true)]
    TypesetWorker,
    #[command(name = crate::bind::foreign::LIMITS.command, hide = true)]
    PdfWorker,
    #[command(name = crate::bind::impose::LIMITS.command, hide = true)]
    PrintWorker,
    #[command(name = crate::packet::SEARCH_LIMITS.command, hide = true)]
    SearchWorker,
    #[command(name = crate::pdf::LOOK_LIMITS.command, hide = true)]
    LookWorker,
    #[command(name = crate::pdf::GLANCE_LIMITS.command, hide = true)]
    GlanceWorker,
    #[command(name = inspect::LIMITS.command, hide = true)]
    InspectWorker,
}

/// Does what the arguments ask for; the first is the name of the program.
pub fn run(arguments: impl Iterator<Item = OsString>) -> Result<Status, Failure> {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::answer(&error),
    };
    let mut terminal = Terminal::new(&cli.global);
    let terminal = &mut terminal;
    let result = match cli.command {
        Command::Check(arguments) => check::run(arguments, terminal),
        Command::Render(arguments) => render::run(arguments, terminal),
        Command::Packet(arguments) => packet::run(arguments, terminal),
        Command::Dispatch(arguments) => dispatch::run(arguments, terminal),
        Command::Log(arguments) => log::run(arguments, terminal),
        Command::Diff(arguments) => diff::run(arguments, terminal),
        Command::Agenda(arguments) => agenda::run(arguments, terminal),
        Command::Print(arguments) => print::run(arguments, terminal),
        Command::New(arguments) => new::run(arguments, terminal),
        Command::Schema(arguments) => schema::run(arguments, terminal),
        Command::Templates(arguments) => templates::run(arguments, terminal),
        Command::Form(arguments) => form::run(arguments, terminal),
        Command::Explain(arguments) => explain::run(arguments, terminal),
        Command::Serve(arguments) => serve::run(arguments, terminal),
        Command::Password => password::run(terminal),
        Command::Archive(arguments) => archive::run(arguments, terminal),
        Command::Verify(arguments) => verify::run(arguments, terminal),
        Command::Oparl(arguments) => oparl::run(arguments, terminal),
        Command::Extract(arguments) => extract::run(arguments, terminal),
        Command::Inspect(arguments) => inspect::run(arguments, terminal),
        Command::Completions(arguments) => completions::run(arguments, Cli::command(), terminal),
        Command::Man => man::run(Cli::command(), terminal),
        Command::TypesetWorker => served(crate::typeset::guard::serve(std::io::stdin(), std::io::stdout())),
        Command::SearchWorker => {
            served(crate::packet::serve_search(std::io::stdin().lock(), std::io::stdout()))
        }
        Command::PdfWorker => served(crate::bind::foreign::serve(std::io::stdin().lock(), std::io::stdout())),
        Command::PrintWorker => {
            served(crate::bind::impose::serve(std::io::stdin().lock(), std::io::stdout()))
        }
        Command::LookWorker => served(crate::pdf::serve_looks(std::io::stdin().lock(), std::io::stdout())),
        Command::GlanceWorker => {
            served(crate::pdf::serve_glances(std::io::stdin().lock(), std::io::stdout()))
        }
        Command::InspectWorker => served(inspect::serve(std::io::stdin().lock(), std::io::stdout())),
    };
    if let Err(failure) = &result {
        terminal.failure(failure)?;
    }
    result
}

fn served(result: std::io::Result<()>) -> Result<Status, Failure> {
    match result {
        // Who asked is gone.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Status::Done),
        result => result.map_err(Failure::from).map(|()| Status::Done),
    }
}
