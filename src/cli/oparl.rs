//! `anlage oparl`: a session, or proposals, as OParl objects.

use std::path::PathBuf;

use super::archive::{Wish, carry_out, today};
use super::arguments::ListFormat;
use super::common::RunArguments;
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use crate::archive::HandOverKind;

#[derive(Debug, clap::Args)]
pub(super) struct OparlArguments {
    /// Session file, or records and folders with records [default: the current folder]
    #[arg(value_name = "SITZUNG.toml|PATH")]
    paths: Vec<PathBuf>,
    /// Folder for the objects, which must not exist yet
    #[arg(long, short, value_name = "DIR", default_value = "oparl")]
    output: PathBuf,
    /// Put in what is not public too; without it everything that is not public, and what refers to it, is left out
    #[arg(long)]
    with_non_public: bool,
    #[command(flatten)]
    run: RunArguments,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub(super) fn run(arguments: OparlArguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let wish = Wish {
        kind: HandOverKind::OParl,
        paths: arguments.paths,
        output: arguments.output,
        public_only: !arguments.with_non_public,
        date: today()?,
        receipt: None,
        follows: None,
        run: arguments.run,
        format: arguments.format,
    };
    carry_out(wish, terminal)
}
