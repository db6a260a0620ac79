//! A proposal and its annexes, read from a record.
//!
//! Knows nothing of layout and PDF.

mod blank;
mod data;
mod editor_schema;
pub mod exceptions;
pub mod glance;
mod number;
mod read;
pub mod rich_text;
mod schemas;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;

pub use blank::blank_record;
pub use editor_schema::editor_schema;
pub use exceptions::Exception;
pub use number::Number;
pub use read::read;
pub use schemas::{ANNEX_LABEL, FILE_ANNEX, PROPOSAL, is_annex_label};

use crate::day::Day;
use crate::diagnostics::Source;
use crate::record::images::Image;
use crate::record::project::Project;
use crate::record::template::Template;
use crate::toml_tree::Node;

/// A numbered proposal to the council, as far as its record could be understood.
#[derive(Debug)]
pub struct Proposal {
    /// The record as it was read, byte for byte.
    pub bytes: Vec<u8>,
    /// The record as text.
    pub source: Arc<Source>,
    /// The record with the place of every value.
    pub tree: Node,
    /// The project that it belongs to.
    pub project: Arc<Project>,
    /// The number; none if it is missing or malformed.
    pub number: Option<Number>,
    /// The subject.
    pub subject: String,
    /// The office that answers for it.
    pub office: String,
    /// Its date.
    pub date: Option<Day>,
    /// All fields of `[vorlage]` by their keys, for the layout; `null` where nothing is said.
    pub data: Json,
    /// The findings that shall not be reported.
    pub exceptions: Vec<Exception>,
    /// The files that the record names and that are there; whether the content of each is printed.
    pub named_files: Vec<(PathBuf, bool)>,
    /// The proposal itself as a file, inside the project; none if it is not named or not there.
    pub file: Option<PathBuf>,
    /// The annexes: letters first, then numbers, each in their order.
    pub annexes: Vec<Annex>,
}

impl Proposal {
    /// The annexes that are forms.
    pub fn form_annexes(&self) -> impl Iterator<Item = &FormAnnex> {
        self.annexes.iter().filter_map(|annex| match annex {
            Annex::Form(form) => Some(form),
            Annex::File(_) => None,
        })
    }
}

/// An annex of a proposal.
#[derive(Debug)]
pub enum Annex {
    /// Filled from a template.
    Form(FormAnnex),
    /// A file.
    File(FileAnnex),
}

impl Annex {
    /// The label, such as `A` or `1a`.
    pub fn label(&self) -> &str {
        match self {
            Self::Form(form) => &form.label,
            Self::File(file) => &file.label,
        }
    }
}

/// An annex that is filled from a template.
#[derive(Debug)]
pub struct FormAnnex {
    /// The label.
    pub label: String,
    /// The form.
    pub template: Arc<Template>,
    /// All fields of the form by their keys, for the layout; `null` where nothing is said.
    pub data: Json,
    /// The images of its texts, by the numbers that the texts give them; none where one cannot be used.
    pub images: Vec<Option<Arc<Image>>>,
}

/// An annex that is a file.
#[derive(Debug)]
pub struct FileAnnex {
    /// The label.
    pub label: String,
    /// The title.
    pub title: String,
    /// Whether it is public, if the record says so.
    pub public: Option<bool>,
    /// The file, inside the project; none if it is not there.
    pub file: Option<PathBuf>,
}
