//! The arguments that say how a command prints.

use clap::{Args, ValueEnum};

/// The arguments of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// Print only results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// The formats in which a list can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ListFormat {
    /// Text for people
    #[default]
    Human,
    /// One JSON object per line
    Json,
}
