//! What commands have in common: the arguments of a run, and the run itself.

use super::Failure;
use super::terminal::stop_flag;
use crate::run::Run;

/// The arguments of a command that works on many files.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct RunArguments {
    /// How many files are worked on at once [default: all cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl RunArguments {
    /// Begins a run; Ctrl-C ends it after what is under way.
    pub fn begin(self) -> Result<Run, Failure> {
        Ok(Run::new(std::env::current_exe()?, self.jobs.map(usize::from), stop_flag()))
    }
}
