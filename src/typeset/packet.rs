//! The parts of a packet that are typeset: its first pages, and the stamps on all others.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_bytes::ByteBuf;
use serde_json::json;

use super::data::Metadata;
use super::job::{Job, JobWork};
use super::options::{Format, Standard};
use crate::day::Day;
use crate::record::fonts::FAMILY;

/// The layouts of a packet: first pages, stamps, the page for a missing paper.
pub(super) const TEMPLATES: [&str; 3] = [
    include_str!("../../templates/front.typ"),
    include_str!("../../templates/stamps.typ"),
    include_str!("../../templates/gap.typ"),
];

/// The first pages of a packet: cover and agenda.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Front {
    /// The title of the document.
    #[serde(skip)]
    pub title: String,
    /// The publisher.
    #[serde(skip)]
    pub author: Vec<String>,
    /// The description for the metadata.
    #[serde(skip)]
    pub description: String,
    /// The name of the municipality.
    pub municipality: Option<String>,
    /// The committee.
    pub committee: String,
    /// The day of the session.
    #[serde(skip)]
    pub date: Option<Day>,
    /// The same day, `Mittwoch, 12. Februar 2025`.
    pub date_in_words: Option<String>,
    /// The time at which it begins, `17:15`.
    pub begin: Option<String>,
    /// The place where it is held.
    pub place: Option<String>,
    /// The day of the invitation, `31.01.2025`.
    pub notice: Option<String>,
    /// The name of the edition, and its meaning.
    pub edition: String,
    /// What the edition contains.
    pub edition_note: String,
    /// The public and the non-public part of the agenda.
    pub parts: Vec<FrontPart>,
}

/// A part of the agenda.
#[derive(Debug, Clone, Serialize)]
pub struct FrontPart {
    /// The heading.
    pub title: String,
    /// The items.
    pub items: Vec<FrontItem>,
}

/// An item on the printed agenda.
#[derive(Debug, Clone, Serialize)]
pub struct FrontItem {
    /// The number.
    pub number: String,
    /// The title.
    pub title: String,
    /// What became of it, in a word.
    pub status: Option<String>,
    /// Whether it is only a heading between items.
    pub heading: bool,
    /// The page of the packet on which its papers begin.
    pub page: Option<FrontPage>,
    /// The papers.
    pub papers: Vec<FrontPaper>,
}

/// A paper of an item.
#[derive(Debug, Clone, Serialize)]
pub struct FrontPaper {
    /// `Vorlage`, `Anlage A`.
    pub label: String,
    /// The title.
    pub title: String,
    /// The page of the packet where it begins.
    pub page: Option<FrontPage>,
}

/// A page of the packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrontPage {
    /// Its place in the packet, from 1; links lead there.
    pub place: usize,
    /// What it is called, as it is printed.
    pub label: String,
}

/// Makes the job that typesets the first pages; a link to a page is `packet:` and the number of the page.
pub fn front(front: &Front, standards: Vec<Standard>) -> Job {
    let mut data = json!(front);
    data["fonts"] = json!([FAMILY]);
    let metadata = Metadata {
        title: front.title.clone(),
        author: front.author.clone(),
        description: Some(front.description.clone()),
        keywords: Vec::new(),
    };
    let work = JobWork::Document(Format::Pdf(standards));
    let job = own_job(TEMPLATES[0], &data, work, &front.title);
    Job { metadata: Some(metadata), date: front.date, ..job }
}

/// Makes the job that typesets stamps, each on a separate page.
pub fn stamps(texts: &[String]) -> Job {
    let data = json!({ "stamps": texts, "fonts": [FAMILY] });
    own_job(TEMPLATES[1], &data, JobWork::Stamps, "stamps")
}

/// Makes the job that typesets the page for a missing paper.
pub fn gap(heading: &str, name: &str, day: Option<Day>) -> Job {
    let data = json!({ "heading": heading, "name": name, "fonts": [FAMILY] });
    let work = JobWork::Document(Format::Pdf(Standard::default_set()));
    let metadata = Metadata { title: name.to_owned(), ..Metadata::default() };
    Job { metadata: Some(metadata), date: day, ..own_job(TEMPLATES[2], &data, work, name) }
}

/// Makes a job of a layout of this program's own.
pub(super) fn own_job(main: &str, data: &serde_json::Value, work: JobWork, identity: &str) -> Job {
    let mut files = BTreeMap::new();
    files.insert("/main.typ".into(), ByteBuf::from(main));
    files.insert("/form.typ".into(), ByteBuf::from(include_str!("../../templates/form.typ")));
    files.insert("/data.json".into(), ByteBuf::from(data.to_string()));
    Job {
        form: String::new(),
        built_in: true,
        untrusted: false,
        work,
        expected: None,
        metadata: None,
        date: None,
        identity: identity.to_owned(),
        fonts: None,
        files,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(job: &Job) -> serde_json::Value {
        serde_json::from_slice(&job.files["/data.json"]).unwrap()
    }

    #[test]
    fn the_first_pages_are_set_from_data_alone() {
        let page = Some(FrontPage { place: 4, label: "3a".into() });
        let paper = FrontPaper { label: "Vorlage".into(), title: "Radweg #1".into(), page: page.clone() };
        let item = FrontItem {
            number: "4.2".into(),
            title: "Radweg".into(),
            status: None,
            heading: false,
            page,
            papers: vec![paper],
        };
        let pages = Front {
            title: "Sitzungsmappe Rat".into(),
            author: vec!["Stadt Münster".into()],
            description: String::new(),
            municipality: None,
            committee: "Rat".into(),
            date: "2025-02-12".parse().ok(),
            date_in_words: None,
            begin: None,
            place: None,
            notice: None,
            edition: "öffentlich".into(),
            edition_note: "nur Öffentliches".into(),
            parts: vec![FrontPart { title: "Öffentlicher Teil".into(), items: vec![item] }],
        };
        let job = front(&pages, Standard::default_set());
        assert_eq!(job.files.keys().collect::<Vec<_>>(), ["/data.json", "/form.typ", "/main.typ"]);
        assert_eq!(job.identity, "Sitzungsmappe Rat");
        let data = data(&job);
        assert_eq!(data["edition-note"], "nur Öffentliches");
        assert_eq!(data["parts"][0]["items"][0]["papers"][0]["title"], "Radweg #1");
        assert_eq!(data["parts"][0]["items"][0]["page"], json!({ "place": 4, "label": "3a" }));
        assert_eq!(data["fonts"], json!([FAMILY]));
    }

    #[test]
    fn all_that_packets_are_set_with_is_part_of_the_fingerprint() {
        let jobs = [stamps(&[]), gap("Anlage 1", "plan.pdf", None)];
        for job in &jobs {
            let main = std::str::from_utf8(&job.files["/main.typ"]).unwrap();
            assert!(TEMPLATES.contains(&main));
        }
        assert_eq!((jobs[0].work.clone(), jobs[1].work == JobWork::Stamps), (JobWork::Stamps, false));
        assert_eq!(data(&jobs[1])["name"], "plan.pdf");
    }
}
