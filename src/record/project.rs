//! The project folder: where it begins, what its `anlage.toml` sets, which forms and fonts it has.
//!
//! Knows nothing of single records.

mod hand_over;
mod letterhead;
mod levels;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::json;

pub use hand_over::HandOverSettings;
pub use letterhead::{Letterhead, Logo};

use crate::diagnostics::{Diagnostic, Severity, Source, codes, shown};
use crate::files::{self, FileError, PathRefusal, ReadError, Root};
use crate::record::annex_names::AnnexNames;
use crate::record::fonts::Fonts;
use crate::record::numbers::NumberPatterns;
use crate::record::schema::Schema;
use crate::record::template::Templates;
use crate::toml_tree::{self, Node, Table, Value};

/// The file at the root of a project.
pub const FILE_NAME: &str = "anlage.toml";
/// The output folder where the project sets no other.
pub const DEFAULT_OUTPUT: &str = "out";

/// A folder with records, and what applies to all of them.
#[derive(Debug)]
pub struct Project {
    /// The folder that no path may leave.
    pub root: Root,
    /// The settings of `anlage.toml`.
    pub settings: Settings,
    /// The settings for the archive and for OParl.
    pub hand_over: HandOverSettings,
    /// The forms that records can name.
    pub templates: Templates,
    /// The fonts that documents are set in.
    pub fonts: Arc<Fonts>,
    /// A hash of the settings and the project's own fonts.
    pub fingerprint: String,
    /// The schema of `[vorlage]` with the project's own numbers and roles, once somebody has made it.
    pub proposal_schema: OnceLock<Schema>,
}

/// The settings of `anlage.toml`; all are optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The name of the municipality, as forms print it.
    pub municipality: Option<String>,
    /// What the municipality says of itself beside its name.
    pub letterhead: Letterhead,
    /// The form that `anlage new` uses if none is named.
    pub template: Option<String>,
    /// The days between the notice of a session and its day (Ladungsfrist), if the project sets them.
    pub notice_days: Option<u16>,
    /// How proposals and other papers are numbered.
    pub numbers: NumberPatterns,
    /// How the PDFs of forms are called.
    pub annex_names: AnnexNames,
    /// What committees do with a proposal, where the project has words of its own for it.
    pub roles: Vec<String>,
    /// The output folder, absolute.
    pub output: Option<PathBuf>,
    /// The folder with fonts of the project, absolute.
    fonts: Option<PathBuf>,
    /// The levels of single codes: `FORM/F201` is that of one form, `F201` that of every form that defines it.
    levels: BTreeMap<String, Severity>,
}

impl Settings {
    fn level(&self, code: &codes::Code) -> Option<Severity> {
        let level = self.levels.get(&*code.name()).or_else(|| self.levels.get(&*code.id));
        level.copied().filter(|_| code.is_adjustable())
    }
}

/// The reason why a project cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The environment failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// `anlage.toml` has errors.
    #[error("anlage.toml ist fehlerhaft")]
    Settings(Vec<Diagnostic>),
}

/// The form of a project that names none.
const USUAL_FORM: &str = "muenster-anlage-a";

impl Project {
    /// Gives the name of the form that a new record gets if none is named.
    pub fn usual_form(&self) -> &str {
        self.settings.template.as_deref().unwrap_or(USUAL_FORM)
    }

    /// Opens the project whose root folder is `root`.
    pub fn open(root: &Path) -> Result<Self, ProjectError> {
        let root = Root::new(root)?;
        let templates = Templates::of_project(root.path());
        let (settings, hand_over) = settings(&root, &templates)?;
        let fonts = match &settings.fonts {
            Some(folder) => Arc::new(Fonts::with_folder(folder)?),
            None => Fonts::built_in(),
        };
        let layouts =
            templates.session.as_ref().map(|layouts| layouts.fingerprint.clone()).unwrap_or_default();
        let settings_text = format!("{settings:?}{layouts}");
        Ok(Self {
            fingerprint: files::hash(&[settings_text.as_bytes(), fonts.fingerprint.as_bytes()]),
            templates,
            fonts,
            settings,
            hand_over,
            proposal_schema: OnceLock::new(),
            root,
        })
    }

    /// Tells whether its folder still says the same: its settings, its fonts, and the layouts of its sessions.
    pub fn is_as_it_lies(&self) -> bool {
        let again = Self::open(self.root.path());
        again.is_ok_and(|now| (&now.fingerprint, &now.hand_over) == (&self.fingerprint, &self.hand_over))
    }

    /// Resolves a path in a record or session file, seen from that file's `folder`. The finding says why the path is
    /// refused; its code is `missing` where there is no such file.
    pub fn resolve(
        &self,
        source: &Arc<Source>,
        folder: &Path,
        path: &str,
        span: Range<usize>,
        missing: &codes::Code,
    ) -> Result<PathBuf, Box<Diagnostic>> {
        self.root.resolve(folder, path).map_err(|refusal| {
            // `\n` in "Anlagen\neu.pdf" is the end of a line to TOML, and a part of the name to its author.
            let typed = source.text.get(span.clone()).unwrap_or_default();
            let typed = if refusal == PathRefusal::Malformed && typed.contains('\\') {
                Some(shown(typed.trim_matches('"')))
            } else {
                None
            };
            let name = shown(path.rsplit(['/', '\\']).next().unwrap_or_default());
            let path = shown(path);
            let with_slashes =
                || format!("Ordner mit / trennen: {}", typed.as_deref().unwrap_or(&path).replace('\\', "/"));
            let (code, message, hint) = match refusal {
                PathRefusal::Missing => (
                    missing,
                    format!("Die Datei „{path}“ gibt es nicht."),
                    "Pfade gelten von der Datei aus, in der sie stehen; Groß- und Kleinschreibung zählen."
                        .into(),
                ),
                PathRefusal::Twins => (
                    &codes::BAD_PATH,
                    format!("„{path}“ gibt es zweimal: Die Namen sehen gleich aus und schreiben die Umlaute verschieden."),
                    "Eine der beiden Dateien umbenennen oder löschen und die andere nennen.".into(),
                ),
                PathRefusal::NotAFile => (
                    missing,
                    format!("„{path}“ ist keine Datei."),
                    "Eine Datei nennen, keinen Ordner.".into(),
                ),
                PathRefusal::Absolute => (
                    &codes::BAD_PATH,
                    format!("„{path}“ ist ein absoluter Pfad."),
                    format!("Die Datei in den Projektordner legen und von dieser Datei aus nennen: {name}"),
                ),
                PathRefusal::Outside => (
                    &codes::BAD_PATH,
                    format!("„{path}“ führt aus dem Projektordner hinaus."),
                    "Die Datei in den Projektordner legen.".into(),
                ),
                PathRefusal::OutsideByLink => (
                    &codes::BAD_PATH,
                    format!("„{path}“ führt über eine Verknüpfung aus dem Projektordner hinaus."),
                    "Die Datei selbst in den Projektordner legen.".into(),
                ),
                PathRefusal::Backslash => {
                    (&codes::BAD_PATH, format!("„{path}“ enthält Rückstriche."), with_slashes())
                }
                PathRefusal::Malformed if typed.is_some() => (
                    &codes::BAD_PATH,
                    format!(
                        "In „{}“ steht der Rückstrich mit dem Buchstaben dahinter für ein Steuerzeichen.",
                        typed.as_deref().unwrap_or_default()
                    ),
                    with_slashes(),
                ),
                PathRefusal::Malformed => (
                    &codes::BAD_PATH,
                    "Der Pfad ist leer oder enthält Steuerzeichen.".to_owned(),
                    "Den Pfad neu tippen.".into(),
                ),
            };
            Box::new(Diagnostic::new(code, source, span, message).hint(hint))
        })
    }

    /// Gives findings the levels that the project sets.
    pub fn apply_levels(&self, findings: &mut [Diagnostic]) {
        for finding in findings {
            if let Some(level) = self.settings.level(&finding.code) {
                finding.severity = level;
            }
        }
    }
}

/// The projects of one run, each opened once.
#[derive(Debug, Default)]
pub struct Projects {
    by_root: Mutex<HashMap<PathBuf, Arc<Project>>>,
    /// The projects by the folders for which they were looked up.
    by_folder: Mutex<HashMap<PathBuf, Arc<Project>>>,
}

impl Projects {
    /// Returns the project of the files in `folder`: its root is the nearest folder upward with an `anlage.toml`,
    /// else the current folder if it contains `folder`, else `folder` itself.
    pub fn of(&self, folder: &Path) -> Result<Arc<Project>, ProjectError> {
        let known = || self.by_folder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = known().get(folder) {
            return Ok(Arc::clone(project));
        }
        let project = self.at(&root_of(folder)?)?;
        known().insert(folder.to_path_buf(), Arc::clone(&project));
        Ok(project)
    }

    fn at(&self, root: &Path) -> Result<Arc<Project>, ProjectError> {
        let mut opened = self.by_root.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = opened.get(root) {
            return Ok(Arc::clone(project));
        }
        let project = Arc::new(Project::open(root)?);
        opened.insert(root.to_path_buf(), Arc::clone(&project));
        Ok(project)
    }
}

fn root_of(folder: &Path) -> Result<PathBuf, ProjectError> {
    let folder = Root::new(folder)?.path().to_path_buf();
    let marked = folder.ancestors().find(|folder| folder.join(FILE_NAME).is_file());
    let current = || std::env::current_dir().ok().and_then(|cwd| cwd.canonicalize().ok());
    Ok(match marked {
        Some(root) => root.to_path_buf(),
        None => current().filter(|cwd| folder.starts_with(cwd)).unwrap_or(folder),
    })
}

fn settings(root: &Root, templates: &Templates) -> Result<(Settings, HandOverSettings), ProjectError> {
    let path = root.path().join(FILE_NAME);
    if !path.is_file() {
        return Ok(Default::default());
    }
    let bytes = files::read(&path, toml_tree::MAX_BYTES)?;
    let source =
        toml_tree::decode(&shown_path(&path), &bytes).map_err(|f| ProjectError::Settings(vec![*f]))?;
    let (tree, mut findings) = toml_tree::parse(&source);
    let empty = Table::default();
    let table = tree.as_table().unwrap_or(&empty);
    // Many files only mark the folder of a project.
    if findings.is_empty() && !table.0.is_empty() {
        findings = schema(&source, table)?.check(&source, &tree);
        findings.extend(levels::check(table, templates, &source));
    }
    let text = |key: &str| table.get(key).and_then(|node| node.as_str()).map(str::to_owned);
    let numbers = if findings.is_empty() { numbers(table, &source) } else { Ok(Default::default()) };
    let numbers = numbers.unwrap_or_else(|finding| {
        findings.push(*finding);
        Default::default()
    });
    let annex_names = annex_names(table, &source).unwrap_or_else(|finding| {
        findings.push(*finding);
        AnnexNames::default()
    });
    let (municipality, letterhead) = letterhead::read(table, root, &source).unwrap_or_else(|finding| {
        findings.push(*finding);
        Default::default()
    });
    let root = root.path();
    let mut folder = |key: &str, must_exist: bool| {
        let relative = text(key)?;
        let inside =
            !relative.contains("..") && !Path::new(&relative).has_root() && !relative.contains(['\\', ':']);
        let path = root.join(&relative);
        let real = path.ancestors().find_map(|path| path.canonicalize().ok());
        let stays = real.is_some_and(|real| real.starts_with(root));
        if inside && stays && (path.is_dir() || !must_exist) {
            return Some(path);
        }
        let span = table.get(key).map(|node| node.span.clone()).unwrap_or_default();
        let message = format!("„{relative}“ ist kein Ordner im Projekt.");
        findings.push(
            Diagnostic::new(&codes::BAD_SETTING, &source, span, message)
                .hint("Den Pfad von anlage.toml aus angeben, mit / getrennt."),
        );
        None
    };
    let settings = Settings {
        roles: texts(table.get("vorlage").and_then(|node| node.as_table()?.get("rollen"))),
        numbers,
        annex_names,
        output: folder("ausgabe", false),
        fonts: folder("schriften", true),
        municipality,
        letterhead,
        template: text("template"),
        notice_days: days(table),
        levels: levels::read(table),
    };
    if findings.is_empty() {
        Ok((settings, hand_over::read(table)))
    } else {
        Err(ProjectError::Settings(findings))
    }
}

/// Shows a path as seen from the current folder, if it is below it.
fn shown_path(path: &Path) -> String {
    let current = std::env::current_dir().ok().and_then(|folder| folder.canonicalize().ok());
    let below = current.and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_path_buf));
    below.unwrap_or_else(|| path.to_path_buf()).display().to_string()
}

/// The texts of a list.
fn texts(node: Option<&Node>) -> Vec<String> {
    let all = node.and_then(Node::as_array).into_iter().flatten();
    all.filter_map(|node| Some(node.as_str()?.to_owned())).collect()
}

/// Reads how the city counts.
fn numbers(table: &Table, source: &Arc<Source>) -> Result<NumberPatterns, Box<Diagnostic>> {
    let kinds = table.get("nummern").and_then(Node::as_table).map(|table| &table.0[..]).unwrap_or_default();
    let patterns: Vec<(String, Vec<String>)> =
        kinds.iter().map(|kind| (kind.key.clone(), texts(Some(&kind.node)))).collect();
    NumberPatterns::new(&patterns).map_err(|fault| {
        let own = kinds.iter().find(|kind| kind.key == fault.kind);
        let pattern = own.and_then(|kind| kind.node.as_array()?.get(fault.index));
        let span = pattern.map(|node| node.span.clone()).unwrap_or_default();
        let hint = "# ist eine Ziffer, #* sind eine oder mehrere, JJJJ und JJ sind ein Jahr, was in [ ] steht, kann fehlen.";
        Box::new(Diagnostic::new(&codes::BAD_SETTING, source, span, fault.message).hint(hint))
    })
}

/// Reads how the PDFs of forms are called.
fn annex_names(table: &Table, source: &Arc<Source>) -> Result<AnnexNames, Box<Diagnostic>> {
    let own = table.get("dateinamen").and_then(Node::as_table);
    let pattern = |key: &str| own.and_then(|own| own.get(key)?.as_str());
    AnnexNames::new(pattern("anlage"), pattern("vorlage")).map_err(|(key, message)| {
        let span = own.and_then(|own| own.get(key)).map(|node| node.span.clone()).unwrap_or_default();
        let hint = "So heißen die Dateien sonst: anlage = \"{nummer}-Anlage-{kennung}\", vorlage = \"{nummer}-Vorlage\".";
        Box::new(Diagnostic::new(&codes::BAD_SETTING, source, span, message).hint(hint))
    })
}

fn days(table: &Table) -> Option<u16> {
    match table.get("ladungsfrist")?.value {
        Value::Integer(days) => days.try_into().ok(),
        _ => None,
    }
}

fn schema(source: &Arc<Source>, table: &Table) -> Result<Schema, ProjectError> {
    let text = |title: &str| json!({ "title": title, "type": "string", "minLength": 1 });
    // The kinds of numbers have whatever names a city gives them.
    let kinds = table.get("nummern").and_then(Node::as_table).map(|table| &table.0[..]).unwrap_or_default();
    let kinds: serde_json::Map<_, _> = kinds
        .iter()
        .map(|kind| {
            let list = json!({ "title": "Muster", "type": "array", "minItems": 1, "maxItems": 20, "items": text("Muster") });
            (kind.key.clone(), list)
        })
        .collect();
    let mut schema = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "kommune": letterhead::schema(table),
            "template": text("Formular für „anlage new“"),
            "ausgabe": text("Ordner für die PDF-Dateien"),
            "ladungsfrist": { "title": "Ladungsfrist in Tagen", "type": "integer", "minimum": 0, "maximum": 365, "examples": [10] },
            "schriften": text("Ordner mit Schriften"),
            "nummern": { "title": "Muster der Nummern", "type": "object", "additionalProperties": false, "properties": kinds },
            "vorlage": {
                "title": "Vorlagen", "type": "object", "additionalProperties": false,
                "properties": { "rollen": { "title": "Rollen der Gremien", "type": "array", "minItems": 1, "maxItems": 50, "uniqueItems": true, "items": text("Rolle") } },
            },
            "dateinamen": {
                "title": "Namen der PDF-Dateien", "type": "object", "additionalProperties": false,
                "properties": { "anlage": text("Muster für Anlagen"), "vorlage": text("Muster für die Vorlage selbst") },
            },
            "befunde": levels::schema(table),
        }
    });
    for (name, table) in hand_over::schemas() {
        schema["properties"][name] = table;
    }
    Schema::new("", &schema.to_string()).map_err(|error| {
        ProjectError::Settings(vec![Diagnostic::new(&codes::BAD_SETTING, source, 0..0, error.message)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(toml: &str) -> Result<Project, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), toml).unwrap();
        Project::open(folder.path()).map_err(|error| match error {
            ProjectError::Settings(findings) => findings.iter().map(|f| f.code.id.to_string()).collect(),
            other => vec![other.to_string()],
        })
    }

    #[test]
    fn settings_are_read() {
        let project =
            open("kommune = 'Stadt X'\nausgabe = 'pdf'\nladungsfrist = 7\n[befunde]\nU003 = 'fehler'\n")
                .unwrap();
        assert_eq!(project.settings.municipality.as_deref(), Some("Stadt X"));
        assert_eq!(project.settings.notice_days, Some(7));
        let project =
            open("[archiv]\narchiv = 'Stadtarchiv'\n[oparl]\nbasis_url = 'https://x.de/oparl/'").unwrap();
        assert_eq!(project.hand_over.archive.as_deref(), Some("Stadtarchiv"));
        assert_eq!(project.hand_over.base_url.as_deref(), Some("https://x.de/oparl"));
        let project = open("kommune = 'Stadt X'\nausgabe = 'pdf'\n[befunde]\nU003 = 'fehler'\n").unwrap();
        assert!(project.settings.output.as_ref().unwrap().ends_with("pdf"));
        let mut findings = [Diagnostic::new(&codes::TYPST_WARNING, &Source::new("a", ""), 0..0, "")];
        project.apply_levels(&mut findings);
        assert!(findings[0].is_error());
    }

    #[test]
    fn wrong_settings_are_found() {
        assert_eq!(open("komune = 'x'").unwrap_err(), ["T101"]);
        assert_eq!(open("ausgabe = '../x'").unwrap_err(), ["T111"]);
        assert_eq!(open("[oparl]\nbasis_url = 'oparl.de'").unwrap_err(), ["T106"]);
        assert_eq!(open("[archiv]\nstelle = 'x'").unwrap_err(), ["T101"]);
        assert_eq!(open("ladungsfrist = -1").unwrap_err(), ["T107"]);
        assert_eq!(open("schriften = 'fehlt'").unwrap_err(), ["T111"]);
        assert_eq!(open("[befunde]\nT999 = 'fehler'").unwrap_err(), ["T101"]);
        assert_eq!(open("[befunde]\nT001 = 'hinweis'").unwrap_err(), ["T101"]);
        assert_eq!(open("[befunde]\nU003 = 'egal'").unwrap_err(), ["T104"]);
    }

    #[test]
    fn a_project_knows_whether_its_folder_says_something_else_now() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        write("kommune = 'Stadt X'\n[archiv]\narchiv = 'Stadtarchiv'");
        let project = Project::open(folder.path()).unwrap();
        assert!(project.is_as_it_lies());
        for other in
            ["kommune = 'Stadt Y'\n[archiv]\narchiv = 'Stadtarchiv'", "kommune = 'Stadt X'", "kommune = 5"]
        {
            write(other);
            assert!(!project.is_as_it_lies(), "{other}");
        }
    }

    #[test]
    fn the_nearest_marked_folder_is_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        let root = || Projects::default().of(&inner).unwrap().root.clone();
        assert_eq!(root(), Root::new(&inner).unwrap());
        std::fs::write(folder.path().join(FILE_NAME), "").unwrap();
        assert_eq!(root(), Root::new(folder.path()).unwrap());
    }
}
