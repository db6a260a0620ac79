//! A synopsis: two versions of something side by side.

use serde::Serialize;
use serde_json::json;

use super::data::Metadata;
use super::job::{Job, JobWork};
use super::options::{Format, Standard};
use super::packet::own_job;
use crate::day::Day;
use crate::record::fonts::FAMILY;

/// What a synopsis says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SynopsisSheet {
    /// The title.
    pub title: String,
    /// What the versions are of, for the foot of each page.
    pub subject: String,
    /// The name of the municipality.
    pub municipality: Option<String>,
    /// Whether only the council may read it.
    pub nonpublic: bool,
    /// The old version.
    pub old: String,
    /// The new version.
    pub new: String,
    /// What the reader has to know about the comparison.
    pub notes: Vec<String>,
    /// What changed, part by part.
    pub parts: Vec<SynopsisPart>,
}

/// A part of what is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SynopsisPart {
    /// The heading.
    pub title: String,
    /// A row for each change.
    pub rows: Vec<SynopsisRow>,
}

/// A change: each version as paragraphs of runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SynopsisRow {
    /// Where it is.
    pub place: String,
    /// The old version.
    pub old: Vec<Vec<SynopsisRun>>,
    /// The new version.
    pub new: Vec<Vec<SynopsisRun>>,
}

/// Words with what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SynopsisRun {
    /// What became of them.
    pub fate: SynopsisFate,
    /// The words.
    pub text: String,
}

/// What became of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SynopsisFate {
    /// They are in both versions.
    Kept,
    /// They are in the old version only.
    Removed,
    /// They are in the new version only.
    Added,
    /// They are in neither, and say something about them.
    Note,
}

/// Makes the job that typesets a synopsis. Without a day it cannot be PDF/A, which needs a date, and there is no clock.
pub fn synopsis(sheet: &SynopsisSheet, day: Option<Day>) -> Job {
    let mut data = json!(sheet);
    data["fonts"] = json!([FAMILY]);
    let standards = if day.is_some() { Standard::default_set() } else { Standard::accessible_set() };
    let work = JobWork::Document(Format::Pdf(standards));
    let metadata = Metadata {
        title: format!("{}: {}", sheet.title, sheet.subject),
        author: sheet.municipality.clone().into_iter().collect(),
        description: Some(format!("{}: bisher und neu", sheet.subject)),
        keywords: Vec::new(),
    };
    let mut job = own_job(include_str!("../../templates/synopsis.typ"), &data, work, &sheet.title);
    // What stands on each page reads both.
    job.files.insert("/form.json".into(), serde_bytes::ByteBuf::from("{}"));
    Job { metadata: Some(metadata), date: day, ..job }
}
