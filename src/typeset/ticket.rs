//! The sheet that goes to the print room with a job.

use serde::Serialize;
use serde_json::json;

use super::data::Metadata;
use super::job::{Job, JobWork};
use super::options::{Format, Standard};
use super::packet::own_job;
use crate::day::Day;
use crate::record::fonts::FAMILY;

/// What the sheet says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketSheet {
    /// What is printed.
    pub title: String,
    /// The files that are printed.
    pub files: Vec<TicketFact>,
    /// How they are printed.
    pub facts: Vec<TicketFact>,
    /// Who gets how many copies.
    pub recipients: Vec<TicketFact>,
    /// The pages that are not of A4.
    pub odd: Vec<TicketFact>,
}

/// A line of the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketFact {
    /// What it is about.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// Makes the job that typesets the sheet.
pub fn ticket(sheet: &TicketSheet, day: Option<Day>) -> Job {
    let mut data = json!(sheet);
    data["fonts"] = json!([FAMILY]);
    // PDF/A needs a date, and there is no clock.
    let standards = if day.is_some() { Standard::default_set() } else { Vec::new() };
    let work = JobWork::Document(Format::Pdf(standards));
    let metadata = Metadata { title: format!("Laufzettel {}", sheet.title), ..Metadata::default() };
    let job = own_job(include_str!("../../templates/ticket.typ"), &data, work, &sheet.title);
    Job { metadata: Some(metadata), date: day, ..job }
}
