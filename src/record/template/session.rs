//! The layouts of a session's own pages: invitation, agenda, notice, and the first pages of a packet. Built in, or the
//! project's own in `templates/sitzung/`, file by file.
//!
//! Knows the names of the files, but not what is in them.

use std::collections::BTreeMap;
use std::path::Path;

use super::load;
use crate::diagnostics::Diagnostic;
use crate::files;

/// The layouts of a session's own pages.
#[derive(Debug, Clone)]
pub struct SessionLayouts {
    /// All files by their paths, separated with `/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Those that are the project's own.
    pub own: Vec<String>,
    /// A hash of the project's own; empty if there are none.
    pub fingerprint: String,
}

impl SessionLayouts {
    /// Those of the binary.
    pub(super) fn built_in() -> Self {
        Self { files: load::built_in_layouts(), own: Vec::new(), fingerprint: String::new() }
    }

    /// Those of the binary, with the project's own in their places; `folder` is that with its forms.
    pub(super) fn of_project(folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let own = load::own_layouts(folder)?;
        let mut all = Self::built_in();
        let parts: Vec<&[u8]> = own.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]).collect();
        all.fingerprint = if own.is_empty() { String::new() } else { files::hash(&parts) };
        all.own = own.keys().cloned().collect();
        all.files.extend(own);
        Ok(all)
    }

    /// Tells whether all are part of the binary and therefore trusted.
    pub fn are_built_in(&self) -> bool {
        self.own.is_empty()
    }
}
