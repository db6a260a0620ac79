//! Reads the folder of a form, from the binary or from disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use include_dir::{Dir, File, include_dir};
use serde::Deserialize;
use walkdir::{DirEntry, WalkDir};

use super::{CODES_FILE, SESSION_FOLDER, Template};
use crate::diagnostics::{Code, Diagnostic, Explanation, Severity, Source, codes};
use crate::files;
use crate::record::names::ANNEX_LABEL;
use crate::record::schema::{Field, Schema};
use crate::toml_tree::{self, Node};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

const MAX_FILES: usize = 200;
const MAX_BYTES: usize = 16 << 20;

/// A form as read, or what is wrong with it.
pub(super) type Read = Result<Template, Vec<Diagnostic>>;

/// The folders of the forms in the binary, by their names.
pub(super) fn built_in() -> impl Iterator<Item = (String, &'static Dir<'static>)> {
    let folders = BUILT_IN.dirs().filter(|folder| folder.path() != Path::new(SESSION_FOLDER));
    folders.map(|folder| (folder.path().to_string_lossy().into_owned(), folder))
}

/// Reads a form of the binary.
pub(super) fn of_binary(folder: &Dir<'_>) -> Read {
    let name = folder.path().to_string_lossy();
    template(&name, &format!("templates/{name}"), files_of_binary(folder), true)
}

/// Gives a hash of all files of a form of the binary.
pub(super) fn fingerprint_of_binary(folder: &Dir<'_>) -> String {
    fingerprint(&files_of_binary(folder))
}

/// Lists the codes that the rules of a form of the binary can yield, without reading what they mean.
pub(super) fn codes_of_binary<'a>(folder: &'a Dir<'_>) -> impl Iterator<Item = &'a str> {
    let listed = folder.get_file(folder.path().join(CODES_FILE)).and_then(File::contents_utf8);
    let heads =
        listed.unwrap_or_default().lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    // Examples in the texts have heads too.
    heads.filter(|id| Code::is_well_formed(id))
}

fn files_of_binary(folder: &Dir<'_>) -> BTreeMap<String, Vec<u8>> {
    let named = |file: &File<'_>| {
        let path = file.path().strip_prefix(folder.path()).unwrap_or(file.path());
        (path.to_string_lossy().into_owned(), file.contents().to_vec())
    };
    folder.files().map(named).collect()
}

/// The folder of a form of a project: its files, or why they cannot be read.
pub(super) struct FormFolder {
    shown: String,
    files: Result<BTreeMap<String, Vec<u8>>, String>,
}

/// Finds the folders of the forms of a project, by their names.
pub(super) fn folders(folder: &Path) -> BTreeMap<String, FormFolder> {
    let folders = WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name().into_iter().flatten();
    let of_forms = folders.filter(|entry| entry.file_type().is_dir() && entry.file_name() != SESSION_FOLDER);
    let found = |entry: DirEntry| {
        let shown = entry.path().display().to_string();
        let files = disk_files(entry.path());
        (entry.file_name().to_string_lossy().into_owned(), FormFolder { shown, files })
    };
    of_forms.map(found).collect()
}

impl FormFolder {
    /// Gives a hash of its files; none if they cannot be read.
    pub(super) fn fingerprint(&self) -> Option<String> {
        self.files.as_ref().ok().map(fingerprint)
    }

    /// Reads the form of this name in it.
    pub(super) fn read(self, name: &str) -> Read {
        match self.files {
            Ok(files) => template(name, &self.shown, files, false),
            Err(problem) => Err(vec![broken(&Source::new(self.shown, ""), 0, problem)]),
        }
    }
}

/// Reads the layouts of a session's own pages that are in the binary.
pub(super) fn built_in_layouts() -> BTreeMap<String, Vec<u8>> {
    let folder = BUILT_IN.get_dir(SESSION_FOLDER);
    let files = folder.into_iter().flat_map(Dir::files);
    let named = |file: &File<'_>| {
        Some((file.path().file_name()?.to_string_lossy().into_owned(), file.contents().to_vec()))
    };
    files.filter_map(named).collect()
}

/// Reads those of a project, beside its forms; a failure says what is wrong with them.
pub(super) fn own_layouts(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Vec<Diagnostic>> {
    let folder = folder.join(SESSION_FOLDER);
    // A link leads to nothing that is the project's.
    let is_there = folder.symlink_metadata().is_ok_and(|found| found.is_dir());
    if !is_there {
        return Ok(BTreeMap::new());
    }
    let shown = folder.display().to_string();
    disk_files(&folder).map_err(|problem| vec![broken(&Source::new(shown, ""), 0, problem)])
}

/// Reads the regular files below a folder; links are not followed, so none leads out of it.
fn disk_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut all = BTreeMap::new();
    let mut total = 0;
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let reason = error.io_error().map_or_else(|| error.to_string(), files::in_german);
            format!("Der Ordner ist nicht lesbar ({reason}).")
        })?;
        if !entry.file_type().is_file() {
            continue;
        }
        if all.len() == MAX_FILES {
            return Err(format!("Der Ordner hat mehr als {MAX_FILES} Dateien."));
        }
        let bytes = files::read(entry.path(), MAX_BYTES as u64).map_err(|error| error.to_string())?;
        total += bytes.len();
        if total > MAX_BYTES {
            return Err(format!("Der Ordner hat mehr als {} MiB.", MAX_BYTES >> 20));
        }
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        all.insert(parts.join("/"), bytes);
    }
    Ok(all)
}

fn template(name: &str, shown: &str, files: BTreeMap<String, Vec<u8>>, built_in: bool) -> Read {
    let text = |file: &str| -> Result<Arc<Source>, Vec<Diagnostic>> {
        let path = format!("{shown}/{file}");
        match files.get(file).map(|bytes| std::str::from_utf8(bytes)) {
            Some(Ok(text)) => Ok(Source::new(path, text)),
            Some(Err(_)) => {
                Err(vec![broken(&Source::new(path, ""), 0, "Die Datei ist nicht in UTF-8 gespeichert.")])
            }
            None => Err(vec![broken(&Source::new(path, ""), 0, "Die Datei fehlt.")]),
        }
    };
    let manifest = manifest(&text(super::MANIFEST_FILE)?, built_in)?;
    let schema_source = text("schema.json")?;
    let schema = Schema::new("", &schema_source.text)
        .map_err(|error| vec![broken(&schema_source, error.offset, error.message)])?;
    if let Some(message) = refused_key(&schema.root, true) {
        return Err(vec![broken(&schema_source, 0, message)]);
    }
    text("layout.typ")?;
    let codes =
        if files.contains_key(CODES_FILE) { form_codes(name, &text(CODES_FILE)?)? } else { BTreeMap::new() };
    let value = |key: &str| manifest.get(key).cloned().unwrap_or_default();
    if value("name") != name {
        let source = text(super::MANIFEST_FILE)?;
        let message = format!("Der Name „{}“ ist nicht der des Ordners, „{name}“.", value("name"));
        return Err(vec![broken(&source, 0, message)]);
    }
    Ok(Template {
        name: name.to_owned(),
        title: value("titel"),
        version: value("version"),
        family: manifest.get("formular").cloned(),
        valid_from: manifest.get("gueltig_ab").and_then(|day| day.parse().ok()),
        language: value("sprache"),
        label: value("kennung"),
        description: value("beschreibung"),
        schema,
        codes,
        labels: OnceLock::new(),
        built_in,
        fingerprint: fingerprint(&files),
        files,
    })
}

/// Says which key cannot be that of a field: one that every form has already, or one that TOML wants in quotes.
fn refused_key(field: &Field, at_root: bool) -> Option<String> {
    field.fields().iter().find_map(|field| {
        let key = field.key.as_str();
        let reserved = ["ausnahmen", "ausnahmen_grund"].contains(&key)
            || at_root && ["template", "datei"].contains(&key);
        let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if reserved {
            Some(format!("Der Schlüssel „{key}“ ist vergeben und kann kein Feld sein."))
        } else if !plain {
            Some(format!(
                "Der Schlüssel „{key}“ hat andere Zeichen als Buchstaben ohne Umlaute, Ziffern und _."
            ))
        } else {
            refused_key(field, false)
        }
    })
}

fn fingerprint(files: &BTreeMap<String, Vec<u8>>) -> String {
    let parts: Vec<&[u8]> = files.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes]).collect();
    crate::files::hash(&parts)
}

/// The schema of a manifest, without the pattern of labels.
const MANIFEST: &str = r##"{
  "type": "object", "additionalProperties": false,
  "required": ["name", "titel", "version", "sprache", "kennung", "beschreibung"],
  "properties": {
    "name": { "type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "description": "Kleinbuchstaben, Ziffern und Bindestriche; derselbe Name wie der Ordner." },
    "titel": { "type": "string", "minLength": 1 },
    "formular": { "type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "description": "Der Name, den alle Fassungen eines Formulars gemeinsam haben." },
    "gueltig_ab": { "type": "string", "format": "date", "description": "Der erste Tag, an dem diese Fassung gilt." },
    "version": { "type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$", "description": "Drei Zahlen: 1.0.0." },
    "sprache": { "type": "string", "pattern": "^[a-z]{2,3}(-[A-Z]{2})?$", "description": "Nach BCP 47: de-DE." },
    "kennung": { "type": "string", "pattern": "ANNEX_LABEL", "description": "Ein Großbuchstabe oder eine Zahl: A, 1, 1a; oder Vorlage, wenn das Formular die Vorlage selbst ist." },
    "beschreibung": { "type": "string", "minLength": 1 }
  }
}"##;

/// Reads a manifest. Those of the binary are tried by the tests of this module, and not once more in each run.
fn manifest(source: &Arc<Source>, is_tried: bool) -> Result<BTreeMap<String, String>, Vec<Diagnostic>> {
    let (tree, mut findings) = toml_tree::parse(source);
    if findings.is_empty() && !is_tried {
        let schema = Schema::new("", &MANIFEST.replace("ANNEX_LABEL", ANNEX_LABEL))
            .map_err(|e| vec![broken(source, 0, e.message)])?;
        findings = schema.check(source, &tree);
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let entries = tree.as_table().into_iter().flat_map(|table| &table.0);
    let text = |node: &Node| match node.as_day() {
        Some(day) => Some(day.to_string()),
        None => node.as_str().map(str::to_owned),
    };
    Ok(entries.filter_map(|entry| Some((entry.key.clone(), text(&entry.node)?))).collect())
}

/// The entry of a code in [`CODES_FILE`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormCode {
    titel: String,
    stufe: Severity,
    bedeutung: String,
    warum: String,
    falsch: Option<String>,
    richtig: Option<String>,
}

fn form_codes(
    form: &str,
    source: &Arc<Source>,
) -> Result<BTreeMap<String, (Code, Explanation)>, Vec<Diagnostic>> {
    let listed: BTreeMap<String, FormCode> = toml::from_str(&source.text).map_err(|error| {
        let offset = error.span().unwrap_or_default().start;
        vec![broken(source, offset, format!("Die Liste der Befunde ist fehlerhaft ({}).", error.message()))]
    })?;
    if let Some(id) = listed.keys().find(|id| !id.starts_with('F') || !Code::is_well_formed(id)) {
        let message = format!("„{id}“ ist kein Code eines Formulars: die sind ein F und drei Ziffern.");
        return Err(vec![broken(source, source.text.find(id.as_str()).unwrap_or_default(), message)]);
    }
    let entry = |(id, listed): (String, FormCode)| {
        let code = Code {
            id: id.clone().into(),
            form: Some(form.into()),
            // Known only beside the other forms.
            is_ambiguous: false,
            severity: listed.stufe,
            title: listed.titel.into(),
        };
        let explanation = Explanation {
            meaning: listed.bedeutung,
            reason: listed.warum,
            wrong: listed.falsch,
            right: listed.richtig,
        };
        (id, (code, explanation))
    };
    Ok(listed.into_iter().map(entry).collect())
}

fn broken(source: &Arc<Source>, offset: usize, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::TEMPLATE_BROKEN, source, offset..offset, message)
        .hint("Ein Formular besteht aus template.toml, schema.json und layout.typ; „anlage templates“ nennt die vorhandenen.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_form_is_sound() {
        assert!(built_in().any(|(name, _)| name == "muenster-anlage-a"));
        for (name, folder) in built_in() {
            let template = of_binary(folder).unwrap_or_else(|findings| panic!("{name}: {findings:?}"));
            assert_eq!(fingerprint_of_binary(folder), template.fingerprint);
            let mut codes: Vec<&str> = codes_of_binary(folder).collect();
            codes.sort_unstable();
            assert!(codes.into_iter().eq(template.codes.keys()), "{name}");
            let manifest = std::str::from_utf8(&template.files[super::super::MANIFEST_FILE]).unwrap();
            assert!(super::manifest(&Source::new("template.toml", manifest), false).is_ok(), "{name}");
            assert!(template.files.contains_key("example.toml"), "{name} has an example");
            assert!(template.files.contains_key("rules.typ"), "{name} has rules");
        }
    }

    #[test]
    fn a_broken_form_says_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let form = folder.path().join("meins");
        std::fs::create_dir(&form).unwrap();
        let read = || super::folders(folder.path()).remove("meins").unwrap().read("meins");
        let message = || read().unwrap_err()[0].message.clone();
        assert!(message().contains("fehlt"));
        let manifest = "name = 'meins'\ntitel = 'M'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'B'\nbeschreibung = 'x'\n";
        std::fs::write(form.join("template.toml"), manifest).unwrap();
        std::fs::write(form.join("schema.json"), "{\n  \"type\": 1,}").unwrap();
        let finding = &read().unwrap_err()[0];
        assert!(finding.message.contains("kein gültiges JSON"));
        assert_eq!(finding.position().0, 2);
        let schema = |key: &str| {
            let properties = format!("{{ \"{key}\": {{ \"type\": \"string\" }} }}");
            format!(
                "{{ \"type\": \"object\", \"additionalProperties\": false, \"properties\": {properties} }}"
            )
        };
        for (key, problem) in
            [("datei", "ist vergeben"), ("größe", "andere Zeichen"), ("a/b", "andere Zeichen")]
        {
            std::fs::write(form.join("schema.json"), schema(key)).unwrap();
            assert!(message().contains(problem), "{key}");
        }
    }
}
