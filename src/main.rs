//! The `anlage` program: parses the arguments, runs the command, and decides the exit code.

use std::process::ExitCode;

use anlage::cli::{self, Failure, Status};

/// Documents come and go by the thousand; this allocator gives back what they took.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(Status::Done) => ExitCode::from(0),
        Ok(Status::Errors | Status::Different) => ExitCode::from(1),
        Ok(Status::Interrupted) => ExitCode::from(130),
        Err(Failure::Usage(_)) => ExitCode::from(2),
        Err(Failure::Findings(_)) => ExitCode::from(1),
        Err(Failure::Environment(_) | Failure::Reported) => ExitCode::from(3),
    }
}
