//! The message for the archive and its container: it names each paper once more, with its hash, and holds a copy.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, copy};

use roxmltree::{Document, Node, ParsingOptions};
use zip::{CompressionMethod, ZipArchive};

use super::flaw::{Flaw, FlawKind};
use super::sound::SoundFiles;
use super::tags::InfoLines;
use crate::archive::bag::FOLLOWS;
use crate::archive::filed::{Filed, FiledKind};
use crate::archive::xdomea::{self, DOCUMENTS};
use crate::files::{Digest, Hashing};

/// What a message and its container may take beside the files, for each of these.
const BYTES_OF_FILE: u64 = 16 << 10;
const BYTES_OF_BAG: u64 = 1 << 20;
const NODES_OF_FILE: u32 = 400;
const NODES_OF_BAG: u32 = 10_000;

/// Compares the message and its container with the report, and with what the bag says of itself.
pub(super) fn compare(sound: &SoundFiles<'_>, info: &InfoLines) -> Vec<Flaw> {
    let papers: Vec<&Filed> = sound.reported(DOCUMENTS).collect();
    let mut containers = sound.of_kind(&[FiledKind::Xdomea]);
    match (containers.next(), containers.next()) {
        (None, _) if papers.is_empty() || !sound.is_complete() => Vec::new(),
        (None, _) => {
            vec![Flaw::new("data/xdomea", FlawKind::Missing, "fehlt: Es gibt keine Nachricht an das Archiv")]
        }
        (Some(_), Some(second)) => {
            vec![Flaw::new(&second.path, FlawKind::Contradiction, "ist eine zweite Nachricht an das Archiv")]
        }
        (Some(container), None) => {
            let said = MessageCheck { sound, info, papers: &papers }.compare(container);
            let flaw = |message| Flaw::new(&container.path, FlawKind::Contradiction, message);
            said.unwrap_or_else(|reason| vec![reason]).into_iter().map(flaw).collect()
        }
    }
}

struct MessageCheck<'a> {
    sound: &'a SoundFiles<'a>,
    info: &'a InfoLines,
    papers: &'a [&'a Filed],
}

impl MessageCheck<'_> {
    /// Says what differs; an error says why nothing could be compared.
    fn compare(&self, container: &Filed) -> Result<Vec<String>, String> {
        let of_papers: u64 = self.papers.iter().map(|paper| paper.size).sum();
        let count = self.papers.len() as u64;
        if container.size > of_papers + BYTES_OF_FILE * count + BYTES_OF_BAG {
            return Err("ist größer, als ihr Inhalt sein kann".into());
        }
        let file =
            File::open(self.sound.place(container)).map_err(|error| format!("ist nicht lesbar ({error})"))?;
        let damaged = |error: zip::result::ZipError| format!("ist nicht lesbar ({error})");
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        let stem = container.name().strip_suffix(".zip").unwrap_or(container.name()).to_owned();
        let (mut copies, mut message) = (BTreeMap::new(), None);
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).map_err(damaged)?;
            let name = entry.name().map_err(damaged)?.into_owned();
            if entry.compression() != CompressionMethod::Stored {
                return Err(format!("enthält {name} gepackt"));
            }
            if name == format!("{stem}.xml") {
                let limit = BYTES_OF_FILE * count + BYTES_OF_BAG;
                let mut text = String::new();
                entry
                    .by_ref()
                    .take(limit)
                    .read_to_string(&mut text)
                    .map_err(|error| format!("ist nicht lesbar ({error})"))?;
                message = Some(text);
            } else {
                let mut hashing = Hashing::new(std::io::sink());
                copy(&mut entry, &mut hashing)
                    .map_err(|error| format!("enthält {name} beschädigt ({error})"))?;
                copies.insert(name, hashing.finish().0);
            }
        }
        let message = message.ok_or_else(|| format!("enthält keine Nachricht {stem}.xml"))?;
        let nodes_limit = NODES_OF_FILE
            .saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
            .saturating_add(NODES_OF_BAG);
        let options = ParsingOptions { nodes_limit, ..ParsingOptions::default() };
        let message = Document::parse_with_options(&message, options)
            .map_err(|error| format!("enthält eine Nachricht, die nicht lesbar ist ({error})"))?;
        let mut said = self.head(&message, &stem);
        said.extend(self.documents(&message, copies));
        Ok(said)
    }

    /// What the head of the message says otherwise than the bag.
    fn head(&self, message: &Document<'_>, stem: &str) -> Vec<String> {
        let Some(head) = message.root_element().children().find(|node| is(node, "Kopf")) else {
            return vec!["enthält eine Nachricht ohne Kopf".into()];
        };
        let day = text(head, &["Erstellungszeitpunkt"]);
        let process = text(head, &["ProzessID"]);
        let note =
            xdomea::note(self.info.get("External-Identifier").unwrap_or_default(), self.info.get(FOLLOWS));
        let compared = [
            (
                "Absender",
                text(head, &["Absender", "Institution", "Name"]),
                self.info.get("Source-Organization"),
            ),
            (
                "Empfänger",
                text(head, &["Empfaenger", "Institution", "Name"]),
                self.info.get("Receiving-Organization"),
            ),
            ("Tag", day.split('T').next().unwrap_or_default(), self.info.get("Bagging-Date")),
            ("Hinweis", text(head, &["Hinweis"]), Some(note.as_str())),
            (
                "Version",
                text(head, &["SendendesSystem", "Version"]),
                Some(self.sound.report.made.version.as_str()),
            ),
            ("Prozess", process, stem.split_once('_').map(|(process, _)| process)),
        ];
        let differs =
            compared.into_iter().filter(|(_, own, other)| words(own) != words(other.unwrap_or_default()));
        differs.map(|(what, ..)| format!("nennt als {what} etwas anderes als die Abgabe")).collect()
    }

    /// What the message says of papers otherwise than the report, and which copies are not what they are copies of.
    fn documents(&self, message: &Document<'_>, mut copies: BTreeMap<String, Digest>) -> Vec<String> {
        let mut said = Vec::new();
        let mut papers: BTreeMap<(&str, &str), Vec<&Filed>> = BTreeMap::new();
        for paper in self.papers {
            papers.entry((paper.name(), paper.sha512.as_str())).or_default().push(paper);
        }
        for document in message.descendants().filter(|node| is(node, "Dokument")) {
            let name = text(document, &["Version", "Format", "Primaerdokument", "Dateiname"]);
            let original = text(document, &["Version", "Format", "Primaerdokument", "DateinameOriginal"]);
            let hash = text(document, &["AnwendungsspezifischeErweiterung", "Feld", "Wert"]);
            match copies.remove(name) {
                None => said.push(format!("enthält {original} nicht, nennt es aber")),
                Some(copy) if copy.sha512 != hash => {
                    said.push(format!("enthält {original} mit anderem Inhalt"))
                }
                Some(_) => {}
            }
            let number = document
                .parent()
                .map(|case| text(case, &["AllgemeineMetadaten", "Kennzeichen"]))
                .unwrap_or_default();
            let is_of_case = |paper: &&Filed| {
                paper.proposal.as_deref().is_none_or(|own| number.split(' ').next_back() == Some(own))
            };
            let found = papers.get_mut(&(original, hash));
            let found = found.and_then(|papers| {
                let place = papers.iter().position(is_of_case)?;
                Some(papers.swap_remove(place))
            });
            match found {
                None => said.push(format!("nennt {original}; so steht es nicht in data/bericht.json")),
                Some(paper) => said.extend(unlike(document, paper).into_iter().map(|what| {
                    format!("nennt als {what} von {} etwas anderes als data/bericht.json", paper.path)
                })),
            }
        }
        if self.sound.is_complete() {
            let unnamed = papers.into_values().flatten();
            said.extend(unnamed.map(|paper| format!("nennt {} nicht", paper.path)));
        }
        said.extend(copies.into_keys().map(|name| format!("enthält {name}; die Nachricht nennt es nicht")));
        said
    }
}

fn unlike(document: Node<'_, '_>, paper: &Filed) -> Vec<&'static str> {
    let own = |path: &[&str]| text(document, &[&["AllgemeineMetadaten"][..], path].concat()).to_owned();
    let level = if paper.public { "003" } else { "002" };
    let title = paper.title.as_deref().unwrap_or_else(|| paper.name());
    let compared = [
        ("Betreff", words(&own(&["Betreff"])) == words(title)),
        ("Kennzeichen", own(&["Kennzeichen"]) == paper.label.as_deref().unwrap_or_default()),
        ("Vertraulichkeitsstufe", own(&["Vertraulichkeitsstufe", "code"]) == level),
    ];
    compared.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// The text below an element, by the names of the elements on the way; empty if there is none.
fn text<'a>(node: Node<'a, '_>, path: &[&str]) -> &'a str {
    let below = path.iter().try_fold(node, |node, name| node.children().find(|child| is(child, name)));
    below.and_then(|node| node.text()).unwrap_or_default()
}

/// A text without what is not the same in all formats: white space and characters that one of them cannot hold.
fn words(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
