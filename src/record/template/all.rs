//! All forms that a project can use: those of the binary, and its own before them.

use std::collections::BTreeMap;
use std::path::Path;

use super::{FOLDER, Loaded, load};
use crate::diagnostics::Code;
use crate::files::FileError;

/// All forms that a project can use, by name.
#[derive(Debug, Clone)]
pub struct Templates(BTreeMap<String, Loaded>);

impl Templates {
    /// The forms that the binary carries.
    pub fn built_in() -> Self {
        Self(load::built_in())
    }

    /// Adds the forms in `project/templates/` (`project` without links); one of the same name replaces the built-in one,
    /// unless it is the same in every byte.
    pub fn with_project(mut self, project: &Path) -> Result<Self, FileError> {
        let folder = project.join(FOLDER);
        // A link out of the project leads to nothing that is the project's.
        let inside = folder.canonicalize().is_ok_and(|real| real.starts_with(project));
        if inside && folder.is_dir() {
            for (name, loaded) in load::folder(&folder)? {
                let fingerprint = |loaded: &Loaded| Some(loaded.as_ref().ok()?.fingerprint.clone());
                let same = self.0.get(&name).and_then(fingerprint) == fingerprint(&loaded);
                if !same || loaded.is_err() {
                    self.0.insert(name, loaded);
                }
            }
        }
        Ok(self)
    }

    /// The form with this name.
    pub fn get(&self, name: &str) -> Option<&Loaded> {
        self.0.get(name)
    }

    /// All forms, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Loaded)> {
        self.0.iter().map(|(name, loaded)| (name.as_str(), loaded))
    }

    /// The codes that the rules of all forms can yield.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        self.0.values().flatten().flat_map(|template| template.codes.values().map(|(code, _)| code))
    }

    /// The names of all forms.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
