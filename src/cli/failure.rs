//! How a command ends, and why it could not do its work.

use std::io::ErrorKind;

use crate::diagnostics::Diagnostic;
use crate::files::{FileError, in_german};
use crate::record::project::ProjectError;
use crate::run::InputError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Everything was done; there may be warnings.
    Done,
    /// At least one input has errors; the others were done.
    Errors,
    /// Two versions differ.
    Different,
    /// The user stopped the command.
    Interrupted,
}

impl Status {
    /// Tells how a run ended: with a failure of the environment, stopped, or with errors in what it was given.
    pub(super) fn of_run(
        failure: Option<FileError>,
        is_interrupted: bool,
        is_at_fault: bool,
    ) -> Result<Self, Failure> {
        // What was not finished because of the user is no failure.
        let is_ours =
            |failure: &FileError| !is_interrupted || failure.source.kind() != ErrorKind::Interrupted;
        match failure.filter(is_ours) {
            Some(failure) => Err(failure.into()),
            None if is_interrupted => Ok(Self::Interrupted),
            None if is_at_fault => Ok(Self::Errors),
            None => Ok(Self::Done),
        }
    }
}

/// The reason why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The command was called in a wrong way.
    Usage(String),
    /// The environment failed.
    Environment(String),
    /// The environment failed, which has been reported already.
    Reported,
    /// A file of the project has errors.
    Findings(Vec<Diagnostic>),
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Environment(error.to_string())
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::Settings(findings) => Self::Findings(findings),
            other => Self::Environment(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Environment(in_german(&error))
    }
}
