//! The message `Aussonderung.Aussonderung.0503` of xdomea 3.1.0: one case (Vorgang) for each proposal, and one for the
//! papers of a session that no record describes.
//!
//! Written case by case, so that its length does not matter. Every object and file has a UUID of version 5 made from
//! a stable name, so making a message again gives the same message.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use uuid::Uuid;

use super::filed::{Filed, FiledKind};
use super::formats::format;
use crate::day::Day;
use crate::record::project::HandOverSettings;
use crate::record::proposal::Proposal;
use crate::record::session::Session;

const NAMESPACE: &str = "urn:xoev-de:xdomea:schema:3.1.0";
const SCHEMA_LOCATION: &str =
    "urn:xoev-de:xdomea:schema:3.1.0 xdomea-Nachrichten-AussonderungDurchfuehren.xsd";
const MESSAGE: &str = "Aussonderung.Aussonderung.0503";
const ROOT: &str = "xdomea:Aussonderung.Aussonderung.0503";

/// The UUIDs of one hand-over. No other has the same, so that an archive can tell them apart when it takes in several of
/// the same session; what is the same in them is told by its reference and its hash.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uuids(Uuid);

/// The particulars of a hand-over: who hands what over to whom.
#[derive(Debug, Clone)]
pub(super) struct Particulars {
    /// The day of the hand-over.
    pub date: Day,
    /// The delivering office.
    pub office: String,
    /// The receiving archive.
    pub archive: Option<String>,
    /// The hand-over that this one follows or supplements.
    pub follows: Option<String>,
    /// The other settings of the project.
    pub settings: HandOverSettings,
}

/// What a message says of a proposal, or of a session.
#[derive(Debug)]
pub struct Case {
    /// The number; empty if it has none.
    pub number: String,
    /// The subject.
    pub subject: String,
    /// The kind of proposal.
    pub kind: Option<String>,
    /// The office.
    pub office: String,
    /// The day of the proposal.
    pub begin: Option<Day>,
    /// The last day of its consultation.
    pub end: Option<Day>,
    /// Whether it is public.
    pub public: bool,
}

impl Case {
    /// Takes from a proposal what a message says of it.
    pub fn of(proposal: &Proposal, public: bool) -> Self {
        Self {
            number: proposal.number.map(|number| number.to_string()).unwrap_or_default(),
            subject: proposal.subject.clone(),
            kind: proposal.kind.clone(),
            office: proposal.office.clone(),
            begin: proposal.date,
            end: proposal.consultation.iter().filter_map(|step| step.date).max(),
            public,
        }
    }
}

impl Case {
    /// Says of a session what a message says: that of its papers which no record describes.
    pub(super) fn of_session(session: &Session, office: &str, public: bool) -> Self {
        let day = session.date.map(Day::in_numbers).unwrap_or_default();
        Self {
            number: session.file_stem(),
            subject: format!("Sitzung {}, {day}", session.committee()),
            kind: Some("Sitzung".to_owned()),
            office: office.to_owned(),
            begin: session.date,
            end: session.date,
            public,
        }
    }
}

impl Uuids {
    /// Derives the UUIDs from the office, by its address or its name, and from day and scope of the hand-over.
    pub(super) fn new(settings: &HandOverSettings, office: &str, series: &str) -> Self {
        let owner = settings.base_url.as_deref().unwrap_or(office);
        let of_office = Uuid::new_v5(&Uuid::NAMESPACE_URL, owner.as_bytes());
        Self(Uuid::new_v5(&of_office, series.as_bytes()))
    }

    fn of(self, kind: &str, name: &str) -> Uuid {
        Uuid::new_v5(&self.0, format!("{kind}:{name}").as_bytes())
    }

    /// Two hand-overs of one day differ in what is in their files.
    fn of_file(self, kind: &str, filed: &Filed) -> Uuid {
        self.of(kind, &format!("{} {}", filed.path, filed.sha512))
    }

    /// Returns the name of the message and its container, without an extension.
    pub(super) fn message(self, identifier: &str) -> String {
        format!("{}_{MESSAGE}", self.of("prozess", identifier))
    }

    /// Returns the name of a file in the container.
    pub(super) fn file(self, filed: &Filed) -> String {
        let uuid = self.of_file("datei", filed);
        match filed.name().rsplit_once('.') {
            Some((_, end)) if end.chars().all(|c| c.is_ascii_alphanumeric()) => {
                format!("{uuid}.{}", end.to_lowercase())
            }
            _ => uuid.to_string(),
        }
    }
}

/// A message being written: its cases as they come, and its head when all are known.
pub(super) struct Message<W: Write> {
    xml: Writer<W>,
    names: Uuids,
    particulars: Particulars,
}

/// A message that is written, but for its head.
pub(super) struct WrittenMessage<W> {
    /// What comes before the cases.
    pub head: Vec<u8>,
    /// The cases and what comes after them, behind some bytes that do not belong to them.
    pub cases: W,
    /// How many bytes these are.
    pub skipped: u64,
}

impl<W: Write> Message<W> {
    /// Begins a message.
    pub(super) fn begin(inner: W, names: Uuids, particulars: Particulars) -> io::Result<Self> {
        let mut message = Self { xml: Writer::new_with_indent(inner, b' ', 2), names, particulars };
        message.root()?;
        Ok(message)
    }

    /// Finishes the message, as that of a hand-over that is called so.
    pub(super) fn finish(mut self, identifier: &str) -> io::Result<WrittenMessage<W>> {
        self.xml.write_event(Event::End(BytesEnd::new(ROOT)))?;
        let mut cases = self.xml.into_inner();
        cases.write_all(b"\n")?;
        cases.flush()?;
        // The cases are indented as what they are, parts of an element; it is written again with the head.
        let mut head = Message::begin(Vec::new(), self.names, self.particulars)?;
        let skipped = head.xml.get_ref().len() as u64;
        head.head(identifier)?;
        Ok(WrittenMessage { head: head.xml.into_inner(), cases, skipped })
    }

    fn root(&mut self) -> io::Result<()> {
        self.xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = BytesStart::new(ROOT).with_attributes([
            ("xmlns:xdomea", NAMESPACE),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", SCHEMA_LOCATION),
        ]);
        self.xml.write_event(Event::Start(root))
    }

    fn head(&mut self, identifier: &str) -> io::Result<()> {
        let Particulars { date, office, archive, follows, .. } = self.particulars.clone();
        let note = note(identifier, follows.as_deref());
        let process = self.names.of("prozess", identifier).to_string();
        self.inside("Kopf", |message| {
            message.text("ProzessID", &process)?;
            message.code(
                "Nachrichtentyp",
                "nachrichtentyp",
                "2.0",
                "0503",
                Some("Aussonderung.Aussonderung"),
            )?;
            message.text("Erstellungszeitpunkt", &format!("{date}T00:00:00Z"))?;
            message.institution("Absender", Some(&office))?;
            message.institution("Empfaenger", archive.as_deref())?;
            message.inside("SendendesSystem", |message| {
                message.text("Produktname", "anlage")?;
                message.text("Version", env!("CARGO_PKG_VERSION"))
            })?;
            message.text("Hinweis", &note)?;
            message.text("Importbestaetigung", "1")?;
            message.text("RueckmeldungArchivkennung", "0")?;
            message.text("Empfangsbestaetigung", "0")
        })
    }

    fn institution(&mut self, element: &str, name: Option<&str>) -> io::Result<()> {
        let Some(name) = name else { return self.empty(element) };
        self.inside(element, |message| message.inside("Institution", |message| message.text("Name", name)))
    }

    /// Writes a case with its files.
    pub(super) fn case(&mut self, case: &Case, files: &[Filed]) -> io::Result<()> {
        let hashes: Vec<&str> = files.iter().map(|filed| filed.sha512.as_str()).collect();
        let id = self.names.of("vorgang", &format!("{} {}", case.number, hashes.join(" "))).to_string();
        let begin = case.begin;
        self.inside("Schriftgutobjekt", |message| {
            message.inside("Vorgang", |message| {
                message.inside("Identifikation", |message| message.text("ID", &id))?;
                message.case_metadata(case)?;
                message.inside("ArchivspezifischeMetadaten", |message| {
                    message.inside("Aussonderungsart", |message| {
                        let name = Some("Das Schriftgutobjekt ist archivwürdig.");
                        message.code("Aussonderungsart", "aussonderungsart", "1.0", "A", name)
                    })
                })?;
                message.optional("Aktenbetreff", message.particulars.settings.plan_title.clone())?;
                message.optional("Typ", case.kind.clone())?;
                message.inside("Laufzeit", |message| {
                    message.optional("Beginn", begin.map(|day| day.to_string()))?;
                    message.optional("Ende", case.end.max(begin).map(|day| day.to_string()))
                })?;
                let documents = files.iter().filter(|filed| is_document(filed.kind));
                for (index, filed) in documents.enumerate() {
                    message.document(filed, index + 1, begin)?;
                }
                Ok(())
            })
        })
    }

    fn case_metadata(&mut self, case: &Case) -> io::Result<()> {
        let settings = self.particulars.settings.clone();
        let reference = settings.file_reference.iter().map(String::as_str).chain([case.number.as_str()]);
        let reference = reference.collect::<Vec<_>>().join(" ");
        self.inside("AllgemeineMetadaten", |message| {
            message.text("Betreff", &case.subject)?;
            message.text("Kennzeichen", &reference)?;
            message.text("Federfuehrung", &case.office)?;
            message.confidentiality(case.public)?;
            message.optional("Bemerkung", remark(case.public, None))?;
            message.medium()?;
            if !(settings.plan.is_some() || settings.plan_title.is_some()) {
                Ok(())
            } else {
                message.inside("Aktenplaneinheit", |message| {
                    message.optional("Kennzeichen", settings.plan)?;
                    message.optional("Inhaltsangabe", settings.plan_title)
                })
            }
        })
    }

    fn document(&mut self, filed: &Filed, number: usize, date: Option<Day>) -> io::Result<()> {
        let id = self.names.of_file("dokument", filed).to_string();
        self.inside("Dokument", |message| {
            message.inside("Identifikation", |message| {
                message.text("ID", &id)?;
                message.text("NummerImUebergeordnetenContainer", &number.to_string())
            })?;
            message.inside("AllgemeineMetadaten", |message| {
                message.text("Betreff", filed.title.as_deref().unwrap_or_else(|| filed.name()))?;
                message.optional("Kennzeichen", filed.label.clone())?;
                message.confidentiality(filed.public)?;
                message.optional("Bemerkung", remark(filed.public, filed.note.as_deref()))?;
                message.medium()
            })?;
            message.optional("DatumDesSchreibens", date.map(|day| day.to_string()))?;
            message.text("Typ", kind_name(filed.kind))?;
            message.version(filed)?;
            message.hash(filed)
        })
    }

    fn version(&mut self, filed: &Filed) -> io::Result<()> {
        let name = self.names.file(filed);
        let format = format(filed.name(), filed.pdf_a());
        self.inside("Version", |message| {
            message.text("Nummer", "1")?;
            message.inside("Format", |message| {
                message.code("Name", "dateiformat", "2.0", format.code, None)?;
                message.optional("SonstigerName", format.other_name)?;
                message.text("Version", &format.version)?;
                message.inside("Primaerdokument", |message| {
                    message.text("Dateiname", &name)?;
                    message.text("DateinameOriginal", filed.name())
                })
            })
        })
    }

    /// Writes the hash of a file into the element for unforeseen data, since version 3.1.0 has none for a hash.
    fn hash(&mut self, filed: &Filed) -> io::Result<()> {
        self.inside("AnwendungsspezifischeErweiterung", |message| {
            message.text("Kennung", "anlage-pruefsumme")?;
            message.text("Name", "Prüfsumme")?;
            message.inside("Feld", |message| {
                message.text("Name", "SHA-512")?;
                message.text("Wert", &filed.sha512)
            })
        })
    }

    fn confidentiality(&mut self, public: bool) -> io::Result<()> {
        let (code, name) = if public {
            ("003", "Offen: Das Schriftgutobjekt ist nicht eingestuft.")
        } else {
            ("002", "NfD: Das Schriftgutobjekt ist als \"nur für den Dienstgebrauch (nfD)\" eingestuft.")
        };
        self.code("Vertraulichkeitsstufe", "vertraulichkeitsstufe", "1.0", code, Some(name))
    }

    fn medium(&mut self) -> io::Result<()> {
        let name = "Elektronisch: Das Schriftgutobjekt liegt ausschließlich in elektronischer Form vor.";
        self.code("Medium", "medium", "1.0", "001", Some(name))
    }

    /// Writes a value of a code list; its own elements have no namespace.
    fn code(
        &mut self,
        element: &str,
        list: &str,
        version: &str,
        code: &str,
        name: Option<&str>,
    ) -> io::Result<()> {
        let element = format!("xdomea:{element}");
        let uri = format!("urn:xoev-de:xdomea:codeliste:{list}");
        let start = BytesStart::new(&element)
            .with_attributes([("listURI", uri.as_str()), ("listVersionID", version)]);
        self.xml.write_event(Event::Start(start))?;
        self.xml.create_element("code").write_text_content(BytesText::new(code))?;
        if let Some(name) = name {
            self.xml.create_element("name").write_text_content(BytesText::new(name))?;
        }
        self.xml.write_event(Event::End(BytesEnd::new(&element)))
    }

    fn inside(&mut self, element: &str, content: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let element = format!("xdomea:{element}");
        self.xml.write_event(Event::Start(BytesStart::new(&element)))?;
        content(self)?;
        self.xml.write_event(Event::End(BytesEnd::new(&element)))
    }

    fn text(&mut self, element: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return self.empty(element);
        }
        let text = allowed(text);
        self.xml.create_element(format!("xdomea:{element}")).write_text_content(BytesText::new(&text))?;
        Ok(())
    }

    fn optional(&mut self, element: &str, text: Option<String>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.text(element, &text))
    }

    fn empty(&mut self, element: &str) -> io::Result<()> {
        self.xml.create_element(format!("xdomea:{element}")).write_empty()?;
        Ok(())
    }
}

/// What a message says of its hand-over, and of the one before.
pub(super) fn note(identifier: &str, follows: Option<&str>) -> String {
    match follows {
        Some(follows) => format!("Abgabe {identifier}, folgt auf {follows}"),
        None => format!("Abgabe {identifier}"),
    }
}

/// What goes into the message: a copy in another format, or an image inside a PDF, does not.
pub(super) const DOCUMENTS: &[FiledKind] = &[
    FiledKind::Record,
    FiledKind::Proposal,
    FiledKind::FormAnnex,
    FiledKind::FileAnnex,
    FiledKind::ItemPaper,
];

/// Returns whether a file goes into the message.
pub(super) fn is_document(kind: FiledKind) -> bool {
    DOCUMENTS.contains(&kind)
}

fn kind_name(kind: FiledKind) -> &'static str {
    match kind {
        FiledKind::Proposal => "Vorlage",
        FiledKind::Record => "Vorlagendatei",
        FiledKind::ItemPaper => "Unterlage",
        _ => "Anlage",
    }
}

fn remark(public: bool, note: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = (!public).then_some("Nichtöffentlich.").into_iter().chain(note).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Removes the characters that XML 1.0 cannot contain.
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_allowed).collect()
}
