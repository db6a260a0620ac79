//! How a command ends, and why it could not do its work.

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
