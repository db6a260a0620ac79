//! What is known of one record.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostics::{Code, Diagnostic, Severity, Source};
use crate::files::Stamp;
use crate::record::numbers::Number;

/// What came of one record the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreEntry {
    /// Hash of the record.
    pub record: String,
    /// Hash of the program, its options, the project's settings and fonts, and the forms below.
    pub context: String,
    /// The forms that the record uses.
    pub templates: Vec<String>,
    /// The files that the record names, with the hash of each whose content is printed.
    pub files: BTreeMap<PathBuf, Option<String>>,
    /// The files made, by their paths in the folder, with the hash of each.
    pub outputs: BTreeMap<String, String>,
    /// The stamps of these files, as far as the system gives them: one with its old stamp need not be read.
    #[serde(default)]
    pub stamps: BTreeMap<String, Stamp>,
    /// The number of the proposal.
    pub number: Option<Number>,
    /// Whether the record says that the proposal is public.
    pub public: bool,
    /// What there was to say about it; none if that points into other files, and so it has to be made again.
    pub findings: Option<Vec<Said>>,
}

/// A finding about the record itself; it is said again when nothing is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    code: String,
    severity: Severity,
    span: Range<usize>,
    message: String,
    hint: Option<String>,
}

impl Said {
    /// Takes from a finding what is kept of it.
    pub fn of(finding: &Diagnostic) -> Self {
        Self {
            code: finding.code.name().into_owned(),
            severity: finding.severity,
            span: finding.span.clone(),
            message: finding.message.clone(),
            hint: finding.hint.clone(),
        }
    }

    /// Makes the finding again, for the same record; `code` gives a code by its name, and none if there is none any more.
    pub fn again<'a>(
        &self,
        source: &Arc<Source>,
        code: impl FnOnce(&str) -> Option<&'a Code>,
    ) -> Option<Diagnostic> {
        let code = code(&self.code)?;
        let mut finding = Diagnostic::new(code, source, self.span.clone(), self.message.clone());
        (finding.severity, finding.hint) = (self.severity, self.hint.clone());
        Some(finding)
    }
}
