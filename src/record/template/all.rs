//! All forms that a project can use: those of the binary, and its own before them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{FOLDER, LoadedTemplate, SessionLayouts, Template, load};
use crate::day::Day;
use crate::diagnostics::{Code, Diagnostic, Explanation, codes, explanation};
use crate::files::FileError;

/// All forms that a project can use, by name.
#[derive(Debug, Clone)]
pub struct Templates {
    forms: BTreeMap<String, LoadedTemplate>,
    /// The layouts of a session's own pages, or what is wrong with them.
    pub session: Result<SessionLayouts, Vec<Diagnostic>>,
}

impl Templates {
    /// Returns the forms that the binary carries.
    pub fn built_in() -> Self {
        Self::new(load::built_in(), Ok(SessionLayouts::built_in()))
    }

    /// Returns the built-in forms and those in `project/templates/` (`project` without links). One with the name of a
    /// built-in form replaces it, unless both are the same in every byte.
    pub fn of_project(project: &Path) -> Result<Self, FileError> {
        let mut all = load::built_in();
        let mut session = Ok(SessionLayouts::built_in());
        let folder = project.join(FOLDER);
        // A link out of the project leads to nothing that is the project's.
        let inside = folder.canonicalize().is_ok_and(|real| real.starts_with(project));
        if inside && folder.is_dir() {
            session = SessionLayouts::of_project(&folder);
            for (name, read) in load::folder(&folder)? {
                let fingerprint = |read: &load::Read| Some(read.as_ref().ok()?.fingerprint.clone());
                let same = all.get(&name).and_then(fingerprint) == fingerprint(&read);
                if !same || read.is_err() {
                    all.insert(name, read);
                }
            }
        }
        Ok(Self::new(all, session))
    }

    /// Takes forms, and tells each of their codes whether another form has it too.
    fn new(mut all: BTreeMap<String, load::Read>, session: Result<SessionLayouts, Vec<Diagnostic>>) -> Self {
        let mut forms: BTreeMap<String, usize> = BTreeMap::new();
        for id in all.values().flatten().flat_map(|template| template.codes.keys()) {
            *forms.entry(id.clone()).or_default() += 1;
        }
        for (id, (code, _)) in all.values_mut().flatten().flat_map(|template| &mut template.codes) {
            code.is_ambiguous = forms[id] > 1;
        }
        let forms = all.into_iter().map(|(name, read)| (name, read.map(Arc::new))).collect();
        Self { forms, session }
    }

    /// Lists the forms that have no errors.
    pub fn sound(&self) -> Vec<&Template> {
        self.forms.values().flatten().map(Arc::as_ref).collect()
    }

    /// Returns the form with this name.
    pub fn get(&self, name: &str) -> Option<&LoadedTemplate> {
        self.forms.get(name)
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
        let sound = self.forms.values().flatten();
        let mut versions: Vec<_> = sound.filter(|one| one.family.as_deref() == Some(family)).collect();
        versions.sort_by_key(|version| version.valid_from);
        let begun = |version: &&&Arc<Template>| {
            day.is_none_or(|day| version.valid_from.is_none_or(|from| from <= day))
        };
        versions.iter().rev().find(begun).or(versions.first()).copied()
    }

    /// Returns all forms, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LoadedTemplate)> {
        self.forms.iter().map(|(name, loaded)| (name.as_str(), loaded))
    }

    /// Returns all codes: those that any record can yield, then those of the forms' rules.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        let of_forms = self.forms.values().flatten().flat_map(|template| template.codes.values());
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
        self.forms.keys().map(String::as_str).collect()
    }
}
