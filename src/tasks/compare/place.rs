//! Where a version is: a file, or a file in a state that git keeps.
//!
//! Knows nothing of what is in it.

use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::failure::CompareFailure;
use crate::child::{ProgramError, answer_of};
use crate::files::{self, ReadError};

/// The place of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VersionPlace {
    /// A file.
    File(PathBuf),
    /// A file in a state that git keeps.
    Git {
        /// The state, as git names it.
        revision: String,
        /// The path of the file from the top of the repository.
        path: String,
        /// The folder of the repository.
        top: PathBuf,
    },
}

/// The largest version, in bytes: a PDF.
const MAX_BYTES: u64 = 512 << 20;
/// The longest time that git may take.
const MAX_TIME: Duration = Duration::from_secs(60);

impl VersionPlace {
    /// Finds out what somebody named: a file that is there, or `REVISION:PATH`.
    pub(super) fn named(name: &str) -> Result<Self, CompareFailure> {
        if name.starts_with('-') {
            return Err(CompareFailure::BadName(name.to_owned()));
        }
        let path = Path::new(name);
        let is_drive = name.as_bytes().get(1) == Some(&b':')
            && name.as_bytes().get(2).is_none_or(|c| b"\\/".contains(c));
        match name.split_once(':').filter(|_| !path.exists() && !is_drive) {
            Some((revision, inner)) => Self::in_git(revision, inner),
            None => Ok(Self::File(path.to_path_buf())),
        }
    }

    fn in_git(revision: &str, path: &str) -> Result<Self, CompareFailure> {
        let top = git(&["rev-parse", "--show-toplevel"], revision, 1 << 16)?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches(['\n', '\r']).to_owned());
        // `REVISION:./PATH` begins in the current folder, as git has it.
        let path = if path.starts_with("./") || path.starts_with("../") {
            let prefix = git(&["rev-parse", "--show-prefix"], revision, 1 << 16)?;
            let prefix = String::from_utf8_lossy(&prefix).trim().to_owned();
            inside(&prefix, path).ok_or_else(|| CompareFailure::BadName(format!("{revision}:{path}")))?
        } else {
            path.to_owned()
        };
        Ok(Self::Git { revision: revision.to_owned(), path, top })
    }

    /// Reads it.
    pub(super) fn read(&self) -> Result<Vec<u8>, CompareFailure> {
        self.read_within(MAX_BYTES)
    }

    /// Reads it, if it has no more bytes than this.
    pub(super) fn read_within(&self, most: u64) -> Result<Vec<u8>, CompareFailure> {
        match self {
            Self::File(path) => files::read(path, most).map_err(|error| match error {
                ReadError::System(error) if error.source.kind() != std::io::ErrorKind::NotFound => {
                    error.into()
                }
                other => CompareFailure::Unreadable(other.to_string()),
            }),
            Self::Git { revision, path, .. } => {
                let name = format!("{revision}:{path}");
                git(&["cat-file", "blob", &name], &name, most)
            }
        }
    }

    /// The folder that paths in it start from, or the nearest one that is there.
    pub(super) fn folder(&self) -> PathBuf {
        let path = match self {
            Self::File(path) => path.clone(),
            Self::Git { path, top, .. } => top.join(path),
        };
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir());
        folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
    }

    /// The place of what it names by a path; none if that leads out of the repository. Whether a file is in the project is
    /// for the project to say.
    pub(super) fn beside(&self, relative: &str) -> Option<Self> {
        match self {
            Self::File(path) => Some(Self::File(path.parent().unwrap_or(Path::new("")).join(relative))),
            Self::Git { revision, path, top } => {
                let folder = path.rsplit_once('/').map(|(folder, _)| folder).unwrap_or_default();
                let path = inside(folder, relative)?;
                Some(Self::Git { revision: revision.clone(), path, top: top.clone() })
            }
        }
    }
}

/// Joins paths with `/` between their parts; none if they lead out.
fn inside(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<String> =
        folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    for part in Path::new(relative).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::Normal(part) => parts.push(part.to_str()?.to_owned()),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Asks git, which neither writes anything nor fetches anything from elsewhere.
fn git(arguments: &[&str], name: &str, most: u64) -> Result<Vec<u8>, CompareFailure> {
    let mut command = Command::new("git");
    command
        .args(arguments)
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0");
    let answer = answer_of(&mut command, most, MAX_TIME).map_err(|error| match error {
        ProgramError::TooMuch(_) => CompareFailure::Unreadable(format!("{name}: git {error}")),
        error => CompareFailure::Git(error),
    })?;
    if answer.is_success {
        return Ok(answer.output);
    }
    let said = answer.errors.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
    Err(CompareFailure::NotInGit { name: name.to_owned(), said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_a_state_of_git_or_refused() {
        assert!(matches!(VersionPlace::named("--upload-pack=x:y"), Err(CompareFailure::BadName(_))));
        assert!(matches!(VersionPlace::named("fehlt.toml"), Ok(VersionPlace::File(_))));
        assert!(matches!(VersionPlace::named("C:\\a.toml"), Ok(VersionPlace::File(_))));
        let failure = VersionPlace::named("fehlt.toml").unwrap().read().unwrap_err();
        assert!(matches!(failure, CompareFailure::Unreadable(_)), "{failure:?}");
    }

    #[test]
    fn paths_stay_in_the_repository() {
        let top = PathBuf::from("/r");
        let place = VersionPlace::Git { revision: "HEAD".into(), path: "a/sitzung.toml".into(), top };
        let path = |relative: &str| match place.beside(relative) {
            Some(VersionPlace::Git { path, .. }) => Some(path),
            _ => None,
        };
        assert_eq!(path("vorlagen/v.toml").as_deref(), Some("a/vorlagen/v.toml"));
        assert_eq!(path("../v.toml").as_deref(), Some("v.toml"));
        assert_eq!((path("../../v.toml"), path("/etc/passwd")), (None, None));
    }
}
