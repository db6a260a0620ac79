//! What commands share: the files that they work on, the arguments of a run, and the run itself.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::arguments::ListFormat;
use super::failure::Failure;
use super::terminal::{Terminal, stop_flag};
use crate::packet::Edition;
use crate::run::{RecordFile, Run, collect};
use crate::toml_tree;

/// The arguments of a command that works on many files.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct RunArguments {
    /// Number of files to work on at once [default: number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl RunArguments {
    /// Begins a run; after Ctrl-C it finishes only what it has begun.
    pub(super) fn begin(self) -> Result<Run, Failure> {
        let run = Run::new(std::env::current_exe()?, self.jobs.map(usize::from), stop_flag());
        Ok(run.with_state(state_folder(|name| std::env::var_os(name))))
    }
}

/// Finds the folder for what this program keeps of the user outside of all projects, as the system wants it; none if it does
/// not say where.
pub(super) fn state_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else {
        folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))
    };
    state.map(|state| state.join("anlage"))
}

/// The editions of a session that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Editions {
    Public,
    Complete,
    Nonpublic,
    All,
}

impl Editions {
    /// Lists them in the order in which they are made.
    pub(super) fn list(self) -> Vec<Edition> {
        match self {
            Self::Public => vec![Edition::PUBLIC],
            Self::Complete => vec![Edition::COMPLETE],
            Self::Nonpublic => vec![Edition::NONPUBLIC],
            Self::All => Edition::USUAL.to_vec(),
        }
    }
}

/// Refuses a session file that is not there.
pub(super) fn session_is_there(session: &Path) -> Result<(), Failure> {
    if session.is_file() {
        return Ok(());
    }
    Err(Failure::Usage(format!("{}: eine solche Sitzungsdatei gibt es nicht", session.display())))
}

/// Returns the paths to work on, which is the current folder if there are none.
pub(super) fn or_current_folder(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths }
}

/// Finds the records that a command works on; `-` stands for standard input.
pub(super) fn inputs(paths: Vec<PathBuf>, stdin_name: &str) -> Result<Vec<RecordFile>, Failure> {
    if !paths.iter().any(|path| path == Path::new("-")) {
        return Ok(collect(&paths)?);
    }
    if paths.len() > 1 {
        return Err(Failure::Usage("- (die Standardeingabe) steht allein, ohne andere Pfade".into()));
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(toml_tree::MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(vec![RecordFile::standard_input_as(stdin_name, bytes)])
}

/// Names the files that were made of a record; as JSON they are part of what is said of the record.
pub(super) fn list_made(list: ListFormat, made: &[PathBuf], terminal: &mut Terminal) -> std::io::Result<()> {
    match list {
        ListFormat::Json => Ok(()),
        ListFormat::Human => made.iter().try_for_each(|path| terminal.line(&path.display().to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(windows))]
    #[test]
    fn what_is_kept_of_the_user_lies_where_the_system_says() {
        let state = |set: &[(&str, &str)]| {
            state_folder(|name| set.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into()))
        };
        let (home, own) = (("HOME", "/home/a"), ("XDG_STATE_HOME", "/var/a"));
        assert_eq!(state(&[home, own]), Some("/var/a/anlage".into()));
        assert_eq!(state(&[home]), Some("/home/a/.local/state/anlage".into()));
        // Such a folder could be in a project.
        assert_eq!(state(&[home, ("XDG_STATE_HOME", "a")]), state(&[home]));
        assert_eq!(state(&[("HOME", ""), ("XDG_STATE_HOME", "")]), None);
    }
}
