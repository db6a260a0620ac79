//! What commands share: the arguments of a run, and the run itself.

use super::Failure;
use super::terminal::stop_flag;
use crate::run::Run;

/// The arguments of a command that works on many files.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct RunArguments {
    /// Number of files to work on at once [default: number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl RunArguments {
    /// Begins a run; after Ctrl-C it finishes only what it has begun.
    pub fn begin(self) -> Result<Run, Failure> {
        Ok(Run::new(std::env::current_exe()?, self.jobs.map(usize::from), stop_flag()))
    }
}
