//! `anlage oparl`: a session, or proposals, as OParl objects.

use std::path::PathBuf;

use super::archive::{Wish, carry_out, today};
use super::output::Terminal;
use super::{Failure, ListFormat, Status};
use crate::batch::archive::What;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A session file, or records and folders with records [default: the current folder]
    #[arg(value_name = "SITZUNG.toml|PATH")]
    paths: Vec<PathBuf>,
    /// The folder for the objects, which must not exist yet
    #[arg(long, short, value_name = "DIR", default_value = "oparl")]
    output: PathBuf,
    /// Leave out everything that is not public, and what refers to it
    #[arg(long)]
    public_only: bool,
    /// Records under way at once [default: all cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let wish = Wish {
        what: What::OParl,
        paths: arguments.paths,
        output: arguments.output,
        public_only: arguments.public_only,
        date: today()?,
        jobs: arguments.jobs,
        format: arguments.format,
    };
    carry_out(wish, terminal)
}
