//! All forms that a project can use: those of the binary, and its own before them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use include_dir::Dir;

use super::{FOLDER, LoadedTemplate, SessionLayouts, Template, load};
use crate::day::Day;
use crate::diagnostics::{Code, Diagnostic, Explanation, codes, explanation};
use crate::files::FileError;

/// All forms that a project can use, by name.
#[derive(Debug, Clone)]
pub struct Templates {
    forms: Arc<BTreeMap<String, KnownForm>>,
    /// How many forms have a code, by its id.
    uses: BTreeMap<String, usize>,
    /// The layouts of a session's own pages, or what is wrong with them.
    pub session: Result<SessionLayouts, Vec<Diagnostic>>,
}

/// A form. A record names one or two of them, and to read one takes longer than to check a record.
#[derive(Debug)]
enum KnownForm {
    /// One of the binary, read when somebody asks for it.
    BuiltIn(&'static Dir<'static>, OnceLock<LoadedTemplate>),
    /// One of the project.
    Own(LoadedTemplate),
}

/// The forms of all projects without forms of their own.
static BUILT_IN: LazyLock<Templates> =
    LazyLock::new(|| Templates::new(BTreeMap::new(), Ok(SessionLayouts::built_in())));

impl Templates {
    /// Returns the forms that the binary carries.
    pub fn built_in() -> Self {
        BUILT_IN.clone()
    }

    /// Returns the built-in forms and those in `project/templates/` (`project` without links). One with the name of a
    /// built-in form replaces it, unless both are the same in every byte.
    pub fn of_project(project: &Path) -> Result<Self, FileError> {
        let folder = project.join(FOLDER);
        // A link out of the project leads to nothing that is the project's.
        let inside = folder.canonicalize().is_ok_and(|real| real.starts_with(project));
        if !inside || !folder.is_dir() {
            return Ok(Self::built_in());
        }
        Ok(Self::new(load::folder(&folder)?, SessionLayouts::of_project(&folder)))
    }

    /// Puts the project's own forms beside those of the binary, and tells each of their codes whether another form has it too.
    fn new(mut own: BTreeMap<String, load::Read>, session: Result<SessionLayouts, Vec<Diagnostic>>) -> Self {
        let mut forms: BTreeMap<String, KnownForm> = BTreeMap::new();
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        let mut use_of = |id: &str| *uses.entry(id.to_owned()).or_default() += 1;
        for (name, folder) in load::built_in() {
            let is_same = |read: &load::Read| {
                read.as_ref().is_ok_and(|own| own.fingerprint == load::fingerprint_of_binary(folder))
            };
            if own.get(&name).is_some_and(is_same) {
                own.remove(&name);
            }
            if !own.contains_key(&name) {
                load::codes_of_binary(folder).for_each(&mut use_of);
                forms.insert(name, KnownForm::BuiltIn(folder, OnceLock::new()));
            }
        }
        own.values().flatten().flat_map(|template| template.codes.keys()).for_each(|id| use_of(id));
        let own = own.into_iter().map(|(name, read)| (name, KnownForm::Own(finished(read, &uses))));
        forms.extend(own);
        Self { forms: Arc::new(forms), uses, session }
    }

    fn loaded<'a>(&'a self, form: &'a KnownForm) -> &'a LoadedTemplate {
        match form {
            KnownForm::BuiltIn(folder, loaded) => {
                loaded.get_or_init(|| finished(load::of_binary(folder), &self.uses))
            }
            KnownForm::Own(loaded) => loaded,
        }
    }

    fn all(&self) -> impl Iterator<Item = &LoadedTemplate> {
        self.forms.values().map(|form| self.loaded(form))
    }

    /// Lists the forms that have no errors.
    pub fn sound(&self) -> Vec<&Template> {
        self.all().flatten().map(Arc::as_ref).collect()
    }

    /// Returns the form with this name.
    pub fn get(&self, name: &str) -> Option<&LoadedTemplate> {
        self.forms.get(name).map(|form| self.loaded(form))
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
        let mut versions: Vec<_> =
            self.all().flatten().filter(|one| one.family.as_deref() == Some(family)).collect();
        versions.sort_by_key(|version| version.valid_from);
        let begun = |version: &&&Arc<Template>| {
            day.is_none_or(|day| version.valid_from.is_none_or(|from| from <= day))
        };
        versions.iter().rev().find(begun).or(versions.first()).copied()
    }

    /// Returns all forms, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LoadedTemplate)> {
        self.forms.iter().map(|(name, form)| (name.as_str(), self.loaded(form)))
    }

    /// Returns all codes: those that any record can yield, then those of the forms' rules.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        let of_forms = self.all().flatten().flat_map(|template| template.codes.values());
        codes::ALL.iter().copied().chain(of_forms.map(|(code, _)| code))
    }

    /// Returns the code with this name, `T101` or `FORM/F201`.
    pub fn code(&self, name: &str) -> Option<&Code> {
        match name.split_once('/') {
            None => codes::named(name),
            Some((form, id)) => Some(&self.get(form)?.as_ref().ok()?.codes.get(id)?.0),
        }
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

/// A form that was read, with what its codes have to know of the other forms.
fn finished(mut read: load::Read, uses: &BTreeMap<String, usize>) -> LoadedTemplate {
    for (id, (code, _)) in read.iter_mut().flat_map(|template| &mut template.codes) {
        code.is_ambiguous = uses.get(id).is_some_and(|uses| *uses > 1);
    }
    read.map(Arc::new)
}
