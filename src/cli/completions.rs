//! `anlage completions`: a script that completes commands in a shell.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::terminal::Terminal;
use super::{Cli, Failure, Status};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Shell to print the script for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "anlage", &mut script);
    terminal.bytes(&script)?;
    Ok(Status::Done)
}
