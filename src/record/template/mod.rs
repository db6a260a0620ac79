//! Forms: a folder with a manifest, a schema, a layout and rules; built in or the project's own.
//!
//! Knows the names of the typst files, but not what is in them.

mod all;
mod load;
mod session;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::day::Day;
use crate::diagnostics::{Code, Diagnostic, Explanation};
use crate::record::schema::Schema;
pub use all::Templates;
pub use session::SessionLayouts;

/// The folder of a project in which its own forms are.
pub const FOLDER: &str = "templates";

/// The folder beside the forms with the layouts of a session's own pages.
pub const SESSION_FOLDER: &str = "sitzung";

/// The file that makes a folder a form.
pub const MANIFEST_FILE: &str = "template.toml";

/// The file with the rules across a form's fields; a form may do without it.
pub const RULES_FILE: &str = "rules.typ";

/// The file that lists the findings that rules can yield.
const CODES_FILE: &str = "findings.toml";

/// A form.
#[derive(Debug)]
pub struct Template {
    /// The name in records; also the name of the folder.
    pub name: String,
    /// The title of the annex, such as `Anlage A`.
    pub title: String,
    /// The version of the form.
    pub version: String,
    /// The form that this is a version of, if it has several: records can name it, too.
    pub family: Option<String>,
    /// The first day on which this version is valid; none if it always was.
    pub valid_from: Option<Day>,
    /// The language of the form, as BCP 47 writes it (`de-DE`).
    pub language: String,
    /// The label that the annex usually has.
    pub label: String,
    /// What the form is for.
    pub description: String,
    /// The fields.
    pub schema: Schema,
    /// The findings that its rules can yield, by the ids of their codes.
    pub codes: BTreeMap<String, (Code, Explanation)>,
    /// All files of the folder by their paths in it, separated with `/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The labels and answers of the fields as layouts read them, once somebody has made them.
    pub labels: OnceLock<String>,
    /// A hash of all files.
    pub fingerprint: String,
    /// Whether it is part of the binary and therefore trusted.
    pub built_in: bool,
}

/// A form, or what is wrong with it.
pub type LoadedTemplate = Result<Arc<Template>, Vec<Diagnostic>>;
