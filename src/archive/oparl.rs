//! OParl 1.1: a session and its proposals as objects that link to each other, and the lists of these objects.
//!
//! The file name of an object is the end of its id, so the folder can be served as it is under its base address. The
//! caller passes in only what may be seen.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use unicode_normalization::UnicodeNormalization;

use super::filed::Filed;
use super::formats::media_type;
use crate::day::Day;
use crate::record::project::HandOverSettings;
use crate::record::proposal::{ConsultationStep, Proposal, Role};
use crate::record::session::{AgendaItem, ItemNumber, ItemStatus, Session};

const SCHEMA: &str = "https://schema.oparl.org/1.1";
/// The base address where the project has set none; it visibly leads nowhere.
const NO_ADDRESS: &str = "https://oparl.invalid";

/// An object or a list, with its file.
#[derive(Debug, Clone)]
pub struct OParlObject {
    /// The file, seen from the base address.
    pub name: String,
    /// The content.
    pub value: Json,
    /// Whether all of its content is public.
    pub public: bool,
}

/// The addresses of objects and files.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    base: String,
    body: String,
    municipality: String,
}

/// The values by which a session and its papers link to each other.
#[derive(Debug, Clone)]
pub(super) struct SessionLinks {
    /// The name with which the session's files begin.
    pub stem: String,
    /// The day, `2025-02-12`.
    pub day: String,
}

/// A step of a consultation that takes place in a session, with its agenda item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionStep {
    /// The position in the proposal's consultation.
    pub index: usize,
    /// The end of the address of the agenda item.
    pub item: String,
}

/// The parts of a proposal.
pub(super) struct PaperParts<'a> {
    /// The proposal itself as a file.
    pub main: Option<&'a OParlObject>,
    /// Its annexes.
    pub others: &'a [OParlObject],
    /// The steps of its consultation.
    pub consultations: &'a [OParlObject],
    /// The proposal that it supplements, if that is handed over too.
    pub superordinated: Option<&'a str>,
    /// Whether it is public.
    pub public: bool,
}

/// An agenda item as it may be seen.
pub(super) struct ShownItem<'a> {
    /// The item.
    pub item: &'a AgendaItem,
    /// Its place in the session file, from 0.
    pub place: usize,
    /// How many items are shown before it.
    pub order: usize,
    /// Its title.
    pub title: &'a str,
    /// Whether it is public.
    pub public: bool,
    /// The papers that no record describes.
    pub files: &'a [OParlObject],
    /// The step of a consultation that it is: the stem of the proposal, and the place in its list.
    pub consultation: Option<(&'a str, usize)>,
}

impl Addresses {
    /// Takes the addresses that a project has set.
    pub(super) fn new(settings: &HandOverSettings, municipality: Option<&str>) -> Self {
        Self {
            base: settings.base_url.clone().unwrap_or_else(|| NO_ADDRESS.into()),
            body: settings.body.clone().unwrap_or_else(|| "kommune".into()),
            municipality: municipality.unwrap_or("Kommune ohne Namen").to_owned(),
        }
    }

    fn url(&self, name: &str) -> Json {
        format!("{}/{name}", self.base).into()
    }

    fn body_url(&self) -> Json {
        self.url(&format!("body-{}.json", self.body))
    }

    /// Returns the address of a file of a hand-over.
    fn file_url(&self, filed: &Filed) -> Json {
        let path = filed.path.strip_prefix("data/").unwrap_or(&filed.path);
        self.url(&percent_encoding::utf8_percent_encode(path, PATH).to_string())
    }

    /// Makes the system, the body, and the lists of a body that need no proposal.
    pub(super) fn frame(&self) -> Vec<OParlObject> {
        let list = |name: &str| self.url(&list_name(name));
        let system = self.object(
            "System",
            "system.json".into(),
            json!({
                "oparlVersion": format!("{SCHEMA}/"),
                "name": self.municipality,
                "body": list("body"),
            }),
        );
        let body = self.object(
            "Body",
            format!("body-{}.json", self.body),
            json!({
                "system": self.url("system.json"),
                "name": self.municipality,
                "organization": list("organization"),
                "person": list("person"),
                "meeting": list("meeting"),
                "paper": list("paper"),
                "agendaItem": list("agendaitem"),
                "consultation": list("consultation"),
                "file": list("file"),
                "legislativeTerm": [],
            }),
        );
        vec![system, body]
    }

    /// Makes the object of a committee or an office.
    pub(super) fn organization(&self, name: &str, is_office: bool) -> OParlObject {
        self.object(
            "Organization",
            organization_name(name),
            json!({
                "body": self.body_url(),
                "name": name,
                "meeting": if is_office { Json::Null } else { self.url(&list_name("meeting")) },
                "organizationType": if is_office { "Verwaltungsbereich" } else { "Gremium" },
            }),
        )
    }

    /// Makes the object of a proposal's file.
    pub(super) fn file(&self, filed: &Filed, stem: &str, date: Option<Day>) -> OParlObject {
        let paper = json!([self.url(&paper_name(stem))]);
        self.any_file(filed, json!({ "date": date, "paper": paper }))
    }

    /// Makes the object of a session's file.
    pub(super) fn session_file(&self, filed: &Filed, session: &SessionLinks) -> OParlObject {
        let meeting = json!([self.url(&meeting_name(&session.stem))]);
        self.any_file(filed, json!({ "date": session.day, "meeting": meeting }))
    }

    /// Makes the object of a file of an agenda item.
    pub(super) fn item_file(
        &self,
        filed: &Filed,
        session: &SessionLinks,
        item: &AgendaItem,
        place: usize,
        date: Option<Day>,
    ) -> OParlObject {
        let item = json!([self.url(&item_name(&session.stem, item, place))]);
        self.any_file(filed, json!({ "date": date, "agendaItem": item }))
    }

    fn any_file(&self, filed: &Filed, mut more: Json) -> OParlObject {
        // Files of one name lie in many folders, and what lies in one place may differ between hand-overs.
        let stem = filed.name().rsplit_once('.').map_or(filed.name(), |(stem, _)| stem);
        let name = format!(
            "file-{}-{}.json",
            ascii(stem),
            &crate::files::hash(&[filed.path.as_bytes(), filed.sha512.as_bytes()])[..8]
        );
        merge(
            &mut more,
            json!({
                "name": filed.title.as_deref().unwrap_or_else(|| filed.name()),
                "fileName": filed.name(),
                "mimeType": media_type(filed.name()),
                "size": filed.size,
                "sha512Checksum": filed.sha512,
                "accessUrl": self.file_url(filed),
                "downloadUrl": self.file_url(filed),
                "keyword": keywords(filed.public),
            }),
        );
        OParlObject { public: filed.public, ..self.object("File", name, more) }
    }

    /// Makes the steps of a proposal's consultation; those of the session link to their agenda items. `public` says
    /// whether the proposal is public.
    pub(super) fn consultations(
        &self,
        proposal: &Proposal,
        stem: &str,
        public: bool,
        session: Option<(&SessionLinks, &[SessionStep])>,
    ) -> Vec<OParlObject> {
        let one = |(index, step): (usize, &ConsultationStep)| {
            let here = session
                .and_then(|(links, steps)| Some((links, steps.iter().find(|step| step.index == index)?)));
            let committee = step.committee.as_deref().unwrap_or_default();
            let object = self.object(
                "Consultation",
                consultation_name(stem, index),
                json!({
                    "paper": self.url(&paper_name(stem)),
                    "agendaItem": here.map(|(_, step)| self.url(&step.item)),
                    "meeting": here.map(|(links, _)| self.url(&meeting_name(&links.stem))),
                    "organization": [self.url(&organization_name(committee))],
                    "authoritative": step.role.as_ref().is_some_and(Role::decides),
                    "role": step.role.as_ref().map(Role::as_str),
                }),
            );
            OParlObject { public, ..object }
        };
        proposal.consultation.iter().enumerate().map(one).collect()
    }

    /// Makes the object of a proposal from its files and consultations.
    pub(super) fn paper(&self, proposal: &Proposal, stem: &str, parts: &PaperParts<'_>) -> OParlObject {
        let object = self.object(
            "Paper",
            paper_name(stem),
            json!({
                "body": self.body_url(),
                "name": proposal.subject,
                "reference": proposal.number.map(|number| number.to_string()),
                "date": proposal.date,
                "paperType": proposal.kind,
                "superordinatedPaper": parts.superordinated.map(|stem| json!([self.url(&paper_name(stem))])),
                "mainFile": parts.main.map(|file| file.value.clone()),
                "auxiliaryFile": values(parts.others),
                "underDirectionOf": [self.url(&organization_name(&proposal.office))],
                "consultation": values(parts.consultations),
                "keyword": keywords(parts.public),
            }),
        );
        let public = parts.public && all_public(parts.main) && all_public(parts.others);
        OParlObject { public, ..object }
    }

    /// Makes the object of an agenda item.
    pub(super) fn agenda_item(&self, session: &SessionLinks, shown: &ShownItem<'_>) -> OParlObject {
        let item = shown.item;
        let consultation = shown.consultation;
        let object = self.object(
            "AgendaItem",
            item_name(&session.stem, item, shown.place),
            json!({
                "meeting": self.url(&meeting_name(&session.stem)),
                "number": item.number.as_ref().map(ToString::to_string),
                "order": shown.order,
                "name": shown.title,
                "public": shown.public,
                "consultation": consultation.map(|(stem, index)| self.url(&consultation_name(stem, index))),
                "result": item.status.map(ItemStatus::word),
                "auxiliaryFile": if shown.files.is_empty() { Json::Null } else { values(shown.files) },
            }),
        );
        OParlObject { public: shown.public, ..object }
    }

    /// Makes the object of a session's place, if the session names one.
    pub(super) fn location(&self, session: &Session, links: &SessionLinks) -> Option<OParlObject> {
        let name = format!("location-{}.json", ascii(&links.stem));
        Some(self.object("Location", name, json!({ "description": session.place.as_ref()? })))
    }

    /// Makes the object of a session with its place, its agenda and its packets.
    pub(super) fn meeting(
        &self,
        session: &Session,
        links: &SessionLinks,
        location: Option<&OParlObject>,
        (items, files): (&[OParlObject], &[OParlObject]),
        sent: Option<[Day; 2]>,
    ) -> OParlObject {
        let midnight = |day: Day| Some(day.at("00:00:00".parse().ok()?));
        let start = session.date.zip(session.begin).map(|(day, begin)| day.at(begin));
        let day = session.date.map(Day::in_numbers).unwrap_or_default();
        let object = self.object(
            "Meeting",
            meeting_name(&links.stem),
            json!({
                "name": format!("{}, {day}", session.committee()),
                "meetingState": if session.notice.is_some() { "eingeladen" } else { "terminiert" },
                "start": start,
                "location": location.map(|location| location.value.clone()),
                "organization": session
                    .committees
                    .iter()
                    .map(|name| self.url(&organization_name(name)))
                    .collect::<Json>(),
                "auxiliaryFile": values(files),
                "agendaItem": values(items),
                "created": sent.and_then(|[first, _]| midnight(first)),
                "modified": sent.and_then(|[_, last]| midnight(last)),
            }),
        );
        OParlObject { public: all_public(items) && all_public(files), ..object }
    }

    /// Makes a list that is short enough to be built in memory.
    pub(super) fn list(&self, name: &str, objects: &[OParlObject]) -> OParlObject {
        let (head, tail) = self.list_frame(name, objects.len());
        let mut value = serde_json::from_str(&format!("{head}{tail}")).unwrap_or_default();
        merge(&mut value, json!({ "data": values(objects) }));
        OParlObject { name: list_name(name), value, public: all_public(objects) }
    }

    /// Returns the text before and after the objects of a list.
    pub(super) fn list_frame(&self, name: &str, count: usize) -> (String, String) {
        let pages =
            json!({ "totalElements": count, "elementsPerPage": count, "currentPage": 1, "totalPages": 1 });
        let links = json!({ "first": self.url(&list_name(name)), "last": self.url(&list_name(name)) });
        ("{\"data\":[".into(), format!("],\"pagination\":{pages},\"links\":{links}}}\n"))
    }

    fn object(&self, kind: &str, name: String, properties: Json) -> OParlObject {
        let mut value = json!({ "id": self.url(&name), "type": format!("{SCHEMA}/{kind}") });
        merge(&mut value, properties);
        OParlObject { name, value, public: true }
    }
}

fn all_public<'a>(objects: impl IntoIterator<Item = &'a OParlObject>) -> bool {
    objects.into_iter().all(|object| object.public)
}

/// Returns the name of the file of a list.
pub(super) fn list_name(name: &str) -> String {
    format!("liste/{name}.json")
}

fn values(objects: &[OParlObject]) -> Json {
    objects.iter().map(|object| object.value.clone()).collect()
}

/// Returns the end of the address of an agenda item, which is at this place in the session file.
pub(super) fn item_name(stem: &str, item: &AgendaItem, place: usize) -> String {
    let number = item.number.as_ref().map_or_else(|| format!("nr-{}", place + 1), ItemNumber::slug);
    let number = number.replace('.', "-");
    let plain = ascii(&number);
    let lost = if plain == number {
        String::new()
    } else {
        format!("-{}", &crate::files::hash(&[number.as_bytes()])[..8])
    };
    format!("agendaitem-{stem}-{plain}{lost}.json")
}

/// Collects the committees and the office that a proposal names; the value says whether each is an office.
pub(super) fn organizations(proposal: &Proposal) -> BTreeMap<String, bool> {
    let committees = proposal.consultation.iter().filter_map(|step| step.committee.as_ref());
    let office = std::iter::once((proposal.office.clone(), true));
    committees.map(|name| (name.clone(), false)).chain(office).collect()
}

fn paper_name(stem: &str) -> String {
    format!("paper-{}.json", fitting(stem))
}

fn meeting_name(stem: &str) -> String {
    format!("meeting-{}.json", ascii(stem))
}

fn consultation_name(stem: &str, index: usize) -> String {
    format!("consultation-{}-{}.json", fitting(stem), index + 1)
}

/// Shortens what a record is called, if no name of a file has room for it.
fn fitting(stem: &str) -> String {
    match stem.len() {
        ..=MAX_WORDS => stem.to_owned(),
        _ => format!("{}-{}", ascii(stem), &crate::files::hash(&[stem.as_bytes()])[..8]),
    }
}

/// Makes an address from a name; a hash makes up for what is lost in ASCII, so that no two names share an address.
fn organization_name(name: &str) -> String {
    let plain = ascii(name);
    if plain == name {
        format!("organization-{plain}.json")
    } else {
        format!("organization-{plain}-{}.json", &crate::files::hash(&[name.as_bytes()])[..8])
    }
}

/// The most bytes of a name of a file that come from the name of something.
const MAX_WORDS: usize = 160;

/// Writes a name in ASCII letters, digits and hyphens.
fn ascii(name: &str) -> String {
    let mut plain = String::new();
    for c in name.nfc() {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'Ä' => plain.push_str("Ae"),
            'Ö' => plain.push_str("Oe"),
            'Ü' => plain.push_str("Ue"),
            'ß' => plain.push_str("ss"),
            c if c.is_ascii_alphanumeric() => plain.push(c),
            _ if !plain.ends_with('-') => plain.push('-'),
            _ => {}
        }
    }
    // A name of a file has 255 bytes at most, and something stands before and behind this.
    plain.truncate(MAX_WORDS);
    plain.trim_matches('-').to_owned()
}

/// Says in keywords whether an object is public, since OParl 1.1 has no property for that.
fn keywords(public: bool) -> Json {
    if public { Json::Null } else { json!(["nichtöffentlich"]) }
}

/// Adds properties, leaving out those that are null.
fn merge(value: &mut Json, properties: Json) {
    if let (Json::Object(value), Json::Object(properties)) = (value, properties) {
        value.extend(properties.into_iter().filter(|(_, property)| !property.is_null()));
    }
}

/// The characters that must be escaped in the path of an address.
const PATH: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_share_addresses() {
        assert_eq!(organization_name("Rat"), "organization-Rat.json");
        let names = ["Ausschuss A-B", "Ausschuss A B", "Ausschuss A.B"].map(organization_name);
        assert_ne!(names[0], names[1]);
        assert_ne!(names[1], names[2]);
        assert!(organization_name("Ausschuß für Müll").starts_with("organization-Ausschuss-fuer-Muell-"));
    }
}
