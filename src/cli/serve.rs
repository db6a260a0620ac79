//! `anlage serve`: the project in a browser.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::common::state_folder;
use super::failure::{Failure, Status};
use super::terminal::{Terminal, stop_flag};
use crate::serve::{Counter, CounterError, CounterSettings, PeopleSettings};

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
    /// Header field in which a server in front names who signed in there, instead of passwords
    #[arg(long, value_name = "HEADER", requires = "people")]
    trust_proxy_user: Option<String>,
    /// Address that this server sends from, repeatable [default: this machine]
    #[arg(long, value_name = "ADDRESS", requires = "trust_proxy_user")]
    proxy: Vec<IpAddr>,
    /// Name by which browsers come here, repeatable; with https:// if a server in front encrypts
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Certificate (PEM) to encrypt with
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// Let other machines in without encryption
    #[arg(long, conflicts_with = "certificate")]
    insecure_http: bool,
    /// Open the address in the browser
    #[arg(long)]
    open: bool,
}

pub(super) fn run(arguments: ServeArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    refuse_open_doors(&arguments)?;
    let project = arguments.project.unwrap_or_else(|| PathBuf::from("."));
    if !project.is_dir() {
        return Err(Failure::Usage(format!("{}: einen solchen Ordner gibt es nicht", project.display())));
    }
    let people = arguments.people.map(|file| PeopleSettings {
        file,
        proxy: arguments.trust_proxy_user.map(|header| (header, arguments.proxy)),
    });
    let once = if people.is_some() { "" } else { "; sie gilt einmal" };
    let counter = Counter::open(CounterSettings {
        project,
        listen: arguments.listen,
        hosts: arguments.host,
        certificate: arguments.certificate.zip(arguments.key),
        people,
        program: std::env::current_exe()?,
        state: state_folder(|name| std::env::var_os(name)),
        stop: stop_flag(),
    })
    .map_err(|error| match error {
        CounterError::Project(error) => error.into(),
        CounterError::People(findings) => Failure::Findings(findings),
        CounterError::Setting(message) => Failure::Usage(message),
        CounterError::System(message) => Failure::Environment(message),
    })?;
    terminal.line(counter.address())?;
    terminal.summary(&format!("Diese Adresse im Browser öffnen{once}. Mit Strg+C endet das Programm."))?;
    if arguments.open && !open_browser(counter.address()) {
        terminal.summary("Es ließ sich kein Browser öffnen.")?;
    }
    counter.serve();
    Ok(Status::Done)
}

/// Refuses to let other machines in unless it is said who may come, and how what is sent is kept from others.
fn refuse_open_doors(arguments: &ServeArguments) -> Result<(), Failure> {
    let address = arguments.listen.ip();
    if address.to_canonical().is_loopback() {
        return Ok(());
    }
    let mut missing = Vec::new();
    if arguments.people.is_none() {
        missing.push("--people DATEI sagt, wer sich anmelden darf");
    }
    if arguments.trust_proxy_user.is_some() && arguments.proxy.is_empty() {
        missing.push("--proxy ADRESSE sagt, wo der Server davor steht");
    }
    if arguments.certificate.is_none() && !arguments.insecure_http {
        missing.push(
            "--certificate DATEI und --key DATEI verschlüsseln, oder --insecure-http verzichtet ausdrücklich darauf",
        );
    }
    if address.is_unspecified() && arguments.host.is_empty() {
        missing.push("--host NAME sagt, unter welchem Namen dieser Rechner zu erreichen ist");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join("; ");
    Err(Failure::Usage(format!(
        "--listen {}: damit andere Rechner zugreifen, fehlt noch: {missing}",
        arguments.listen
    )))
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
