//! Forms: a folder with a manifest, a schema, a layout and rules; built in or the project's own.
//!
//! Knows the names of the typst files, not what stands in them.

mod load;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Explanation};
use crate::files::FileError;
use crate::record::schema::Schema;

/// The folder of a project that holds its own forms.
pub const FOLDER: &str = "templates";

/// The file that makes a folder a form.
pub const MANIFEST_FILE: &str = "template.toml";

/// The file that says what a form knows across its fields; a form may lack it.
pub const RULES_FILE: &str = "rules.typ";

/// The file that lists the findings that rules can yield.
const CODES_FILE: &str = "findings.toml";

/// A form.
#[derive(Debug)]
pub struct Template {
    /// The name in records; also the name of the folder.
    pub name: String,
    /// What the annex is called, such as `Anlage A`.
    pub title: String,
    /// The version of the form.
    pub version: String,
    /// The language of the form, as BCP 47 writes it (`de-DE`).
    pub language: String,
    /// The label that the annex usually has.
    pub label: String,
    /// What the form is for.
    pub description: String,
    /// The fields.
    pub schema: Schema,
    /// The findings that its rules can yield, by their codes.
    pub codes: BTreeMap<String, (Code, Explanation)>,
    /// All files of the folder by their path in it, separated with `/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// A hash of all files.
    pub fingerprint: String,
    /// Whether it is part of the binary, and so to be trusted.
    pub built_in: bool,
}

/// A form, or what is wrong with it.
pub type Loaded = Result<Arc<Template>, Vec<Diagnostic>>;

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
