//! Why nothing was handed over.

use crate::archive::ContainerError;
use crate::files::{FileError, StageError};
use crate::record::project::ProjectError;
use crate::run::Problem;

/// Why nothing was handed over.
#[derive(Debug, thiserror::Error)]
pub enum HandOverRefusal {
    /// There is nothing to hand over.
    #[error("keine Vorlage gefunden, die abzugeben wäre")]
    Nothing,
    /// There are only sessions, and none of them was named.
    #[error(
        "keine Vorlage gefunden, nur Sitzungsdateien: {0}; eine Sitzung wird mit dem Namen ihrer Datei abgegeben"
    )]
    OnlySessions(String),
    /// More than one session.
    #[error("mehr als eine Sitzungsdatei: {0}; eine Abgabe enthält eine Sitzung")]
    Sessions(String),
    /// Records of several projects, which have different settings and forms.
    #[error("{0} liegt in einem anderen Projekt als die übrigen; eine Abgabe enthält ein Projekt")]
    OtherProject(String),
    /// At least one record has errors; they were reported.
    #[error("Vorlagen mit Fehlern werden nicht abgegeben")]
    Errors,
    /// Something in it is not for everybody; that was reported.
    #[error("nicht alles darin ist öffentlich")]
    HeldBack,
    /// Files changed while they were handed over; they were reported.
    #[error("während der Abgabe wurden Dateien geändert; bitte noch einmal abgeben")]
    Changed,
    /// It was stopped.
    #[error("abgebrochen")]
    Interrupted,
    /// There is something under the name, or the environment failed.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// The environment failed while the folder was filled.
    #[error(transparent)]
    Filling(#[from] ContainerError),
    /// The environment failed, and that was said with a record.
    #[error("die Abgabe ist nicht entstanden")]
    Reported,
    /// The project cannot be used.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

impl From<Problem> for HandOverRefusal {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Failure(failure) => failure.into(),
            Problem::Findings(_) => Self::Errors,
        }
    }
}

impl From<FileError> for HandOverRefusal {
    fn from(error: FileError) -> Self {
        Self::Stage(error.into())
    }
}
