//! All forms that a project can use: those of the binary, and its own before them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{FOLDER, LoadedTemplate, Template, load};
use crate::day::Day;
use crate::diagnostics::{Code, Explanation, codes, explanation};
use crate::files::FileError;

/// All forms that a project can use, by name.
#[derive(Debug, Clone)]
pub struct Templates(BTreeMap<String, LoadedTemplate>);

impl Templates {
    /// Returns the forms that the binary carries.
    pub fn built_in() -> Self {
        Self::new(load::built_in())
    }

    /// Returns the built-in forms and those in `project/templates/` (`project` without links). One with the name of a
    /// built-in form replaces it, unless both are the same in every byte.
    pub fn of_project(project: &Path) -> Result<Self, FileError> {
        let mut all = load::built_in();
        let folder = project.join(FOLDER);
        // A link out of the project leads to nothing that is the project's.
        let inside = folder.canonicalize().is_ok_and(|real| real.starts_with(project));
        if inside && folder.is_dir() {
            for (name, read) in load::folder(&folder)? {
                let fingerprint = |read: &load::Read| Some(read.as_ref().ok()?.fingerprint.clone());
                let same = all.get(&name).and_then(fingerprint) == fingerprint(&read);
                if !same || read.is_err() {
                    all.insert(name, read);
                }
            }
        }
        Ok(Self::new(all))
    }

    /// Takes forms, and tells each of their codes whether another form has it too.
    fn new(mut all: BTreeMap<String, load::Read>) -> Self {
        let mut forms: BTreeMap<String, usize> = BTreeMap::new();
        for id in all.values().flatten().flat_map(|template| template.codes.keys()) {
            *forms.entry(id.clone()).or_default() += 1;
        }
        for (id, (code, _)) in all.values_mut().flatten().flat_map(|template| &mut template.codes) {
            code.is_ambiguous = forms[id] > 1;
        }
        Self(all.into_iter().map(|(name, read)| (name, read.map(Arc::new))).collect())
    }

    /// Returns the form with this name.
    pub fn get(&self, name: &str) -> Option<&LoadedTemplate> {
        self.0.get(name)
    }

    /// Returns the form with this name, or of one with several versions the one that is valid on a day: the last that has
    /// begun, or the first of all if none has. Without a day it is the last.
    pub fn on_day(&self, name: &str, day: Option<Day>) -> Option<&LoadedTemplate> {
        self.get(name).or_else(|| self.get(&self.version(name, day)?.name))
    }

    /// Returns the version that is valid on a day instead of this one, if another is.
    pub fn instead_of(&self, template: &Template, day: Day) -> Option<&Arc<Template>> {
        self.version(template.family.as_deref()?, Some(day)).filter(|other| other.name != template.name)
    }

    fn version(&self, family: &str, day: Option<Day>) -> Option<&Arc<Template>> {
        let sound = self.0.values().flatten();
        let mut versions: Vec<_> = sound.filter(|one| one.family.as_deref() == Some(family)).collect();
        versions.sort_by_key(|version| version.valid_from);
        let begun = |version: &&&Arc<Template>| {
            day.is_none_or(|day| version.valid_from.is_none_or(|from| from <= day))
        };
        versions.iter().rev().find(begun).or(versions.first()).copied()
    }

    /// Returns all forms, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LoadedTemplate)> {
        self.0.iter().map(|(name, loaded)| (name.as_str(), loaded))
    }

    /// Returns all codes: those that any record can yield, then those of the forms' rules.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        let of_forms = self.0.values().flatten().flat_map(|template| template.codes.values());
        codes::ALL.iter().copied().chain(of_forms.map(|(code, _)| code))
    }

    /// Returns the explanation of a code.
    pub fn explanation(&self, code: &Code) -> Option<&Explanation> {
        match &code.form {
            None => explanation(&code.id),
            Some(form) => Some(&self.get(form)?.as_ref().ok()?.codes.get(&*code.id)?.1),
        }
    }

    /// Returns the names of all forms.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
