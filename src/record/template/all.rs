//! All forms that a project can use: those of the binary, and its own before them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use include_dir::Dir;

use super::load::FormFolder;
use super::{FOLDER, LoadedTemplate, SessionLayouts, Template, load};
use crate::day::Day;
use crate::diagnostics::{Code, Diagnostic, Explanation, codes, explanation};
use crate::files;

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

/// The forms that projects had when they were asked for last, each with a hash of all their files. Somebody who types into a
/// browser asks for them with each key, and to read them takes longer than to read the record.
static LATEST: Mutex<BTreeMap<PathBuf, (String, Templates)>> = Mutex::new(BTreeMap::new());
const MAX_LATEST: usize = 4;

impl Templates {
    /// Returns the forms that the binary carries.
    pub fn built_in() -> Self {
        BUILT_IN.clone()
    }

    /// Returns the built-in forms and those in `project/templates/` (`project` without links). One with the name of a
    /// built-in form replaces it, unless both are the same in every byte.
    pub fn of_project(project: &Path) -> Self {
        let folder = project.join(FOLDER);
        // A link out of the project leads to nothing that is the project's.
        let inside = folder.canonicalize().is_ok_and(|real| real.starts_with(project));
        if !inside || !folder.is_dir() {
            return Self::built_in();
        }
        let (own, session) = (load::folders(&folder), SessionLayouts::of_project(&folder));
        let Some(state) = state(&own, &session) else { return Self::read(own, session) };
        let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, read)) = latest.get(&folder).filter(|(then, _)| *then == state) {
            return read.clone();
        }
        if latest.len() >= MAX_LATEST {
            latest.clear();
        }
        let read = Self::read(own, session);
        latest.insert(folder, (state, read.clone()));
        read
    }

    fn read(own: BTreeMap<String, FormFolder>, session: Result<SessionLayouts, Vec<Diagnostic>>) -> Self {
        let read = own.into_iter().map(|(name, folder)| {
            let form = folder.read(&name);
            (name, form)
        });
        Self::new(read.collect(), session)
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

/// A hash of all files of the forms and layouts of a project; none if not all of them can be read.
fn state(
    own: &BTreeMap<String, FormFolder>,
    session: &Result<SessionLayouts, Vec<Diagnostic>>,
) -> Option<String> {
    let mut parts = vec![session.as_ref().ok()?.fingerprint.clone()];
    for (name, folder) in own {
        parts.extend([name.clone(), folder.fingerprint()?]);
    }
    Some(files::hash(&parts.iter().map(String::as_bytes).collect::<Vec<_>>()))
}

/// A form that was read, with what its codes have to know of the other forms.
fn finished(mut read: load::Read, uses: &BTreeMap<String, usize>) -> LoadedTemplate {
    for (id, (code, _)) in read.iter_mut().flat_map(|template| &mut template.codes) {
        code.is_ambiguous = uses.get(id).is_some_and(|uses| *uses > 1);
    }
    read.map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_project_are_read_again_when_one_of_their_files_changed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let form = root.join("templates/meins");
        let title = || {
            let templates = Templates::of_project(&root);
            templates.get("meins").map(|form| form.as_ref().ok().map(|form| form.title.clone()))
        };
        assert_eq!(title(), None);
        std::fs::create_dir_all(&form).unwrap();
        let head =
            "name = 'meins'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'B'\nbeschreibung = 'x'\n";
        let write = |name: &str, text: &str| std::fs::write(form.join(name), text).unwrap();
        write("layout.typ", "#let layout() = []");
        write("schema.json", r#"{ "type": "object", "additionalProperties": false, "properties": {} }"#);
        write("template.toml", &format!("{head}titel = 'Eins'\n"));
        let one = || Templates::of_project(&root).get("meins").unwrap().as_ref().map(Arc::clone).unwrap();
        assert_eq!((title(), Arc::ptr_eq(&one(), &one())), (Some(Some("Eins".into())), true));
        write("template.toml", &format!("{head}titel = 'Zwei'\n"));
        assert_eq!(title(), Some(Some("Zwei".into())));
        write("schema.json", "{");
        assert_eq!(title(), Some(None));
        std::fs::create_dir_all(root.join("templates/sitzung")).unwrap();
        std::fs::write(root.join("templates/sitzung/mappe.typ"), "own").unwrap();
        assert_eq!(Templates::of_project(&root).session.unwrap().own, ["mappe.typ"]);
        std::fs::remove_dir_all(&form).unwrap();
        assert_eq!(title(), None);
    }
}
