//! `anlage serve`: the project in a browser.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::failure::{Failure, Status};
use super::terminal::{Terminal, stop_flag};
use crate::serve::{Counter, CounterError, CounterSettings};

#[derive(Debug, clap::Args)]
pub(super) struct ServeArguments {
    /// Folder of the project [default: the current folder]
    #[arg(value_name = "PROJECT")]
    project: Option<PathBuf>,
    /// Address and port to listen at; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// File of the people who may sign in, each with a role [default: one browser gets in, with the address]
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// Open the address in the browser
    #[arg(long)]
    open: bool,
}

pub(super) fn run(arguments: ServeArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let project = arguments.project.unwrap_or_else(|| PathBuf::from("."));
    if !project.is_dir() {
        return Err(Failure::Usage(format!("{}: einen solchen Ordner gibt es nicht", project.display())));
    }
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "--listen {}: nur dieser Rechner selbst darf zugreifen, zum Beispiel über 127.0.0.1:0",
            arguments.listen
        )));
    }
    let counter = Counter::open(CounterSettings {
        project,
        listen: arguments.listen,
        people: arguments.people.clone(),
        program: std::env::current_exe()?,
        stop: stop_flag(),
    })
    .map_err(|error| match error {
        CounterError::Project(error) => error.into(),
        CounterError::People(findings) => Failure::Findings(findings),
        CounterError::System(message) => Failure::Environment(message),
    })?;
    terminal.line(&counter.address())?;
    let once = if arguments.people.is_some() { "" } else { "; sie gilt einmal" };
    terminal.summary(&format!("Diese Adresse im Browser öffnen{once}. Mit Strg+C endet das Programm."))?;
    if arguments.open && !open_browser(&counter.address()) {
        terminal.summary("Es ließ sich kein Browser öffnen.")?;
    }
    counter.serve();
    Ok(Status::Done)
}

/// Asks the system to open an address; tells whether it took it.
fn open_browser(address: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler"]),
        "macos" => ("open", &[]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}
