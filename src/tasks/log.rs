//! Lists the versions of a session's packet that were sent.
//!
//! Knows nothing of the terminal.

use std::path::Path;

use super::packet::Versions;
use crate::packet::late::Dispatch;
use crate::run::{Problem, RecordFile, Run, open_session};

/// Reads what was sent of a session, version by version.
pub fn log(run: &Run, session: &Path) -> Result<Vec<Dispatch>, Problem> {
    let opened = open_session(run, &RecordFile::named(session.to_path_buf()))?;
    Ok(Versions::open(&opened.session, session)?.sent)
}
