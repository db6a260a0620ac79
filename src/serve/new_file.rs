//! A file that begins in a browser: where it lies, and the schema that helps whoever opens it in an editor.
//!
//! Knows nothing of pages.

use std::path::PathBuf;

use serde_json::Value as Json;

use super::draft::in_words;
use super::project_folder::ProjectFolder;
use crate::files;

/// A file that is yet to be written.
pub(super) struct NewFile {
    /// What it is called inside the project.
    pub(super) name: String,
    path: PathBuf,
    /// The way from its folder to that of the project.
    up: &'static str,
}

impl NewFile {
    /// A file in a folder of the project, or beside its settings if the project has no such folder.
    pub(super) fn of(folder: &ProjectFolder, own: &str, file: &str) -> Self {
        let root = folder.root.path();
        // A link out of the project is no folder of it.
        let is_inside =
            root.join(own).canonicalize().is_ok_and(|real| real.starts_with(root) && real.is_dir());
        let name = if is_inside { format!("{own}/{file}") } else { file.to_owned() };
        Self { path: root.join(&name), name, up: if is_inside { "../" } else { "./" } }
    }

    /// Tells whether something has its name.
    pub(super) fn is_there(&self) -> bool {
        self.path.symlink_metadata().is_ok()
    }

    /// The way from it to a schema.
    pub(super) fn way_to(&self, schema: &str) -> String {
        format!("{}{schema}", self.up)
    }

    /// Writes it, and the schema that it names unless that is there: one serves all files of its kind.
    pub(super) fn write(
        &self,
        folder: &ProjectFolder,
        text: &str,
        name: &str,
        schema: impl FnOnce() -> Json,
    ) -> Result<(), String> {
        files::write_new(&self.path, text.as_bytes()).map_err(|error| in_words(&error))?;
        let path = folder.root.path().join(name);
        if path.symlink_metadata().is_err() {
            let text = format!("{:#}\n", schema());
            files::write_new(&path, text.as_bytes()).map_err(|error| in_words(&error))?;
        }
        Ok(())
    }
}
