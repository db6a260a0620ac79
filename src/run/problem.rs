//! Why a file cannot be worked on: it is wrong, or the environment failed.

use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files::{FileError, ReadError};
use crate::record::project::ProjectError;
use crate::toml_tree;

/// Why a file cannot be worked on.
#[derive(Debug)]
pub enum Problem {
    /// It, or its project, is wrong.
    Findings(Vec<Diagnostic>),
    /// The environment failed.
    Failure(FileError),
}

impl From<FileError> for Problem {
    fn from(failure: FileError) -> Self {
        Self::Failure(failure)
    }
}

impl Problem {
    /// Says why the file with this name has no project.
    pub fn of_project(name: &str, error: ProjectError) -> Self {
        match error {
            ProjectError::Settings(findings) => Self::Findings(findings),
            ProjectError::File(failure) => Self::Failure(failure),
            ProjectError::Read(error) => Self::of_reading(name, error),
        }
    }

    /// Says why the file with this name cannot be read.
    pub(super) fn of_reading(name: &str, error: ReadError) -> Self {
        let finding = match error {
            ReadError::System(failure) => return Self::Failure(failure),
            ReadError::TooLarge { .. } => toml_tree::too_large(name),
            other => {
                let message = format!("Die Datei ist nicht lesbar ({other}).");
                Diagnostic::new(&codes::NOT_READABLE, &Source::new(name, ""), 0..0, message)
            }
        };
        Self::Findings(vec![finding])
    }

    /// Gives the same problem, for another file that meets it.
    pub fn again(&self) -> Self {
        match self {
            Self::Findings(findings) => Self::Findings(findings.clone()),
            Self::Failure(failure) => Self::Failure(failure.again()),
        }
    }
}
