//! `anlage completions`: a script that completes commands in a shell.

use clap::Command;
use clap_complete::{Shell, generate};

use super::failure::{Failure, Status};
use super::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArguments {
    /// Shell to print the script for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(
    arguments: CompletionsArguments,
    mut command: Command,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "anlage", &mut script);
    terminal.bytes(&script)?;
    Ok(Status::Done)
}
