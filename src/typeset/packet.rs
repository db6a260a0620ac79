//! What is typeset of a session: the first pages of its packet and the stamps on all others, its invitation, agenda and
//! notice.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_bytes::ByteBuf;
use serde_json::json;

use super::data::Metadata;
use super::job::{Job, JobWork};
use super::options::{Format, Standard};
use crate::day::Day;
use crate::record::fonts::FAMILY;
use crate::record::images::Image;
use crate::record::template::SessionLayouts;

/// The layouts of a packet: first pages, stamps, the page for a missing paper, the sheet between the parts of the agenda,
/// what goes before a delta.
pub(super) const TEMPLATES: [&str; 6] = [
    include_str!("../../templates/sitzung/mappe.typ"),
    include_str!("../../templates/sitzung/teile.typ"),
    include_str!("../../templates/stamps.typ"),
    include_str!("../../templates/gap.typ"),
    include_str!("../../templates/sitzung/trennblatt.typ"),
    include_str!("../../templates/sitzung/nachtrag.typ"),
];

/// What the own pages of a session say: the first pages of a packet, an invitation, an agenda, a notice.
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
    /// The lines of its address.
    pub address: Vec<String>,
    /// How it is reached, in lines.
    pub contact: Vec<String>,
    /// The words under a public notice.
    pub notice_words: Option<String>,
    /// Who invites.
    pub chair: Option<String>,
    /// The number of the session among those of its committee.
    pub number: Option<u32>,
    /// The number of the supplement to the agenda that this is.
    pub supplement: Option<u32>,
    /// The committee.
    pub committee: String,
    /// The day of the session.
    #[serde(skip)]
    pub date: Option<Day>,
    /// The same day, `Mittwoch, 12. Februar 2025`.
    pub date_in_words: Option<String>,
    /// The same day, `12.02.2025`.
    pub date_in_numbers: Option<String>,
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
    /// The version: `2. Fassung vom 09.05.2025`, or that it is a draft.
    pub version: Option<String>,
    /// What changed from the version before and is not said of an item.
    pub changes: Vec<String>,
    /// What is said before them, if they are sent after a packet.
    pub delta: Option<FrontDelta>,
    /// The public and the non-public part of the agenda.
    pub parts: Vec<FrontPart>,
}

/// What is said of sheets that are sent after a packet.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FrontDelta {
    /// The version that they supplement.
    pub supplements: String,
    /// What changed from it.
    pub changes: Vec<String>,
    /// Where they are filed.
    pub filing: Vec<FilingRow>,
    /// Whether they are printed on both sides.
    pub duplex: bool,
    /// Whether an empty page follows, so that what is behind begins on a sheet of its own.
    pub has_empty_back: bool,
}

/// A step of filing.
#[derive(Debug, Clone, Serialize)]
pub struct FilingRow {
    /// What it is about.
    pub what: String,
    /// The pages that are taken out.
    pub out: String,
    /// Those that are put in.
    pub put: String,
    /// The page behind which they are put.
    pub behind: String,
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
    /// Why it cannot wait, if it came late.
    pub urgency: Option<String>,
    /// Whether it is only a heading between items.
    pub heading: bool,
    /// The numbers of its papers.
    pub numbers: Vec<String>,
    /// What changed from the version before.
    pub changes: Vec<String>,
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

/// A picture that stands on the pages.
#[derive(Debug, Clone)]
pub struct FrontLogo {
    /// The picture.
    pub image: Image,
    /// What is read aloud in its place.
    pub text: String,
}

/// Makes the job that typesets pages with one of the layouts of a session's own pages, such as `mappe.typ`; a link to a page
/// of the packet is `packet:` and the place of the page.
pub fn front(
    layouts: &SessionLayouts,
    layout: &str,
    front: &Front,
    logo: Option<&FrontLogo>,
    standards: Vec<Standard>,
) -> Job {
    let mut data = json!(front);
    data["fonts"] = json!([FAMILY]);
    let logo_path = logo.map(|logo| format!("/logo.{}", logo.image.extension));
    data["logo"] = json!(logo.map(|logo| json!({ "path": logo_path, "text": logo.text })));
    let metadata = Metadata {
        title: front.title.clone(),
        author: front.author.clone(),
        description: Some(front.description.clone()),
        keywords: Vec::new(),
    };
    let main = layouts.files.get(layout).cloned().unwrap_or_default();
    let mut job = own_job("", &data, JobWork::Document(Format::Pdf(standards)), &front.title);
    job.files.insert("/main.typ".into(), ByteBuf::from(main));
    for (name, bytes) in &layouts.files {
        job.files.insert(format!("/sitzung/{name}"), ByteBuf::from(bytes.clone()));
    }
    job.files.extend(logo_path.zip(logo).map(|(path, logo)| (path, ByteBuf::from(logo.image.bytes.clone()))));
    Job {
        metadata: Some(metadata),
        date: front.date,
        form: layouts.fingerprint.clone(),
        built_in: layouts.are_built_in(),
        untrusted: !layouts.are_built_in() || logo.is_some_and(|logo| logo.image.is_vector()),
        ..job
    }
}

/// Makes the job that typesets stamps, each on a separate page.
pub fn stamps(texts: &[String]) -> Job {
    let data = json!({ "stamps": texts, "fonts": [FAMILY] });
    own_job(TEMPLATES[2], &data, JobWork::Stamps, "stamps")
}

/// Makes the job that typesets the page for a missing paper.
pub fn gap(heading: &str, name: &str, day: Option<Day>) -> Job {
    let data = json!({ "heading": heading, "name": name, "fonts": [FAMILY] });
    let work = JobWork::Document(Format::Pdf(Standard::default_set()));
    let metadata = Metadata { title: name.to_owned(), ..Metadata::default() };
    Job { metadata: Some(metadata), date: day, ..own_job(TEMPLATES[3], &data, work, name) }
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
    use crate::record::template::Templates;

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
            urgency: None,
            heading: false,
            numbers: Vec::new(),
            changes: Vec::new(),
            page,
            papers: vec![paper],
        };
        let pages = Front {
            title: "Sitzungsmappe Rat".into(),
            author: vec!["Stadt Münster".into()],
            description: String::new(),
            municipality: None,
            address: Vec::new(),
            contact: Vec::new(),
            notice_words: None,
            chair: None,
            number: None,
            supplement: None,
            date_in_numbers: None,
            committee: "Rat".into(),
            date: "2025-02-12".parse().ok(),
            date_in_words: None,
            begin: None,
            place: None,
            notice: None,
            edition: "öffentlich".into(),
            edition_note: "nur Öffentliches".into(),
            version: None,
            changes: Vec::new(),
            delta: None,
            parts: vec![FrontPart { title: "Öffentlicher Teil".into(), items: vec![item] }],
        };
        let layouts = Templates::built_in().session.unwrap();
        let logo = Image { bytes: b"<svg/>".to_vec(), extension: "svg", width_mm: None, hash: String::new() };
        let logo = FrontLogo { image: logo, text: "Wappen".into() };
        let job = front(&layouts, "mappe.typ", &pages, Some(&logo), Standard::default_set());
        let shared = job.files.keys().filter(|path| !path.starts_with("/sitzung/"));
        assert_eq!(shared.collect::<Vec<_>>(), ["/data.json", "/form.typ", "/logo.svg", "/main.typ"]);
        assert!(job.files.contains_key("/sitzung/teile.typ") && job.built_in && job.untrusted);
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
