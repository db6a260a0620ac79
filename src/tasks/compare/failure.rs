//! Why two versions cannot be compared.

use crate::child::ProgramError;
use crate::diagnostics::Diagnostic;
use crate::files::FileError;
use crate::pdf::Refusal;
use crate::run::Problem;

/// Why two versions cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareFailure {
    /// What is named begins like an option.
    #[error("„{0}“ ist weder eine Datei noch ein Stand in git (STAND:PFAD)")]
    BadName(String),
    /// It is not there, or cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// git does not know it.
    #[error("{name}: das hat git nicht ({said})")]
    NotInGit {
        /// What was asked for.
        name: String,
        /// What git says.
        said: String,
    },
    /// git is not there, or does not answer.
    #[error("git {0}")]
    Git(ProgramError),
    /// It is no PDF that can be read.
    #[error("{name}: {}", why.reason())]
    Pdf {
        /// The version.
        name: String,
        /// Why.
        why: Refusal,
    },
    /// One is something else than the other.
    #[error("{old} ist {old_kind}, {new} ist {new_kind}; so lassen sie sich nicht vergleichen")]
    Unlike {
        /// The old version.
        old: String,
        /// What it is.
        old_kind: &'static str,
        /// The new version.
        new: String,
        /// What it is.
        new_kind: &'static str,
    },
    /// A version cannot be understood.
    #[error("eine Fassung ist nicht lesbar")]
    Findings(Vec<Diagnostic>),
    /// The environment failed.
    #[error(transparent)]
    System(#[from] FileError),
}

impl From<Problem> for CompareFailure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Findings(findings) => Self::Findings(findings),
            Problem::Failure(failure) => Self::System(failure),
        }
    }
}
