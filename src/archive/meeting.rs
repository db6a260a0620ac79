//! What belongs to a hand-over as a whole: the session with its files, and the OParl objects that hold all together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::bag::{TakenPaths, safe_name};
use super::filed::{Filed, FiledKind, note};
use super::oparl::{OParlObject, SessionLinks, ShownItem};
use super::place::{HandOverPlace, HandedItem};
use crate::day::Day;
use crate::files::FileError;
use crate::record::publicity::{self, Publicity};
use crate::record::session::{AgendaItem, Session};

/// A packet of the session that is handed over, or what was sent of one.
#[derive(Debug)]
pub struct PacketFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Which of them it is.
    pub kind: FiledKind,
    /// Where it goes, seen from the folder of the session.
    pub place: String,
    /// What people call it.
    pub title: String,
    /// What it claims.
    pub claims: Option<String>,
    /// Who may see it.
    pub publicity: Publicity,
    /// The day on which it was sent, if it was.
    pub sent: Option<Day>,
}

/// The step of a proposal's consultation that an item of the agenda is.
#[derive(Debug)]
pub(super) struct SeenStep {
    /// The place of the proposal's record among those of the item.
    pub position: usize,
    /// The stem of the proposal.
    pub stem: String,
    /// The place of the step in its consultation.
    pub step: usize,
}

/// What belongs to a hand-over as a whole.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// The files of the session.
    pub files: Vec<Filed>,
    /// Their objects.
    pub file_objects: Vec<OParlObject>,
    /// All other objects and short lists.
    pub objects: Vec<OParlObject>,
}

/// Makes all that belongs to a hand-over as a whole.
pub(super) fn whole(
    place: &HandOverPlace<'_>,
    seen: &[Option<SeenStep>],
    all_packets: &[PacketFile],
    mut organizations: BTreeMap<String, bool>,
) -> Result<Whole, FileError> {
    let addresses = &place.addresses;
    let mut whole = Whole::default();
    let (mut items, mut meetings) = (Vec::new(), Vec::new());
    if let (Some(session), Some(links)) = (place.holdings.session, &place.session) {
        organizations.extend(session.committees.iter().map(|name| (name.clone(), false)));
        let mut taken = TakenPaths::default();
        whole.files = files(place, session, all_packets, &mut taken)?;
        let packets = whole.files.iter().filter(|filed| filed.kind == FiledKind::Packet);
        let packets: Vec<OParlObject> = packets.map(|filed| addresses.session_file(filed, links)).collect();
        let papers = papers(place, session, links, &mut taken)?;
        items = objects(place, session, links, seen, &papers);
        let location = addresses.location(session, links);
        let sent = packets_sent(all_packets);
        meetings.push(addresses.meeting(session, links, location.as_ref(), (&items, &packets), sent));
        whole.objects.extend(location);
        whole.file_objects = packets;
        let (papers, objects): (Vec<Filed>, Vec<OParlObject>) = papers.into_iter().flatten().unzip();
        whole.files.extend(papers);
        whole.file_objects.extend(objects);
    }
    let organizations: Vec<OParlObject> =
        organizations.iter().map(|(name, is_office)| addresses.organization(name, *is_office)).collect();
    let frame = addresses.frame();
    whole.objects.extend([
        addresses.list("body", &frame[1..]),
        addresses.list("person", &[]),
        addresses.list("organization", &organizations),
        addresses.list("meeting", &meetings),
        addresses.list("agendaitem", &items),
    ]);
    whole.objects.extend(frame.into_iter().chain(organizations).chain(meetings).chain(items));
    Ok(whole)
}

/// The first and the last day on which the packet was sent.
fn packets_sent(packets: &[PacketFile]) -> Option<[Day; 2]> {
    let days = packets.iter().filter_map(|packet| packet.sent);
    Some([days.clone().min()?, days.max()?])
}

/// The items that may be known of, each with the files of its own papers.
fn objects(
    place: &HandOverPlace<'_>,
    session: &Session,
    links: &SessionLinks,
    seen: &[Option<SeenStep>],
    papers: &[Vec<(Filed, OParlObject)>],
) -> Vec<OParlObject> {
    let mut objects = Vec::new();
    for (at, (item, handed)) in session.items.iter().zip(&place.holdings.items).enumerate() {
        let Some(title) = &handed.title else { continue };
        let files: Vec<OParlObject> = papers[at].iter().map(|(_, object)| object.clone()).collect();
        let public = handed.publicity.is_public();
        let shown = ShownItem {
            item,
            place: at,
            order: objects.len(),
            title,
            public,
            files: &files,
            consultation: seen[at].as_ref().map(|seen| (seen.stem.as_str(), seen.step)),
        };
        let object = place.addresses.agenda_item(links, &shown);
        // What everybody gets of an item that is not public are its neutral words.
        let is_public = (public && files.iter().all(|file| file.public)) || place.how.public_only;
        objects.push(OParlObject { public: is_public, ..object });
    }
    objects
}

/// The papers that no record describes, item by item.
fn papers(
    place: &HandOverPlace<'_>,
    session: &Session,
    links: &SessionLinks,
    taken: &mut TakenPaths,
) -> Result<Vec<Vec<(Filed, OParlObject)>>, FileError> {
    let mut all = Vec::new();
    for (at, (item, handed)) in session.items.iter().zip(&place.holdings.items).enumerate() {
        let mut of_item = Vec::new();
        for paper in &item.papers {
            let publicity = publicity::item_paper(paper, handed.publicity);
            let is_shown = publicity.is_public() || !place.how.public_only;
            let Some(file) = paper.file.as_ref().filter(|_| is_shown) else { continue };
            let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
            let path = taken.take(&format!("data/sitzung/unterlagen/{}", safe_name(&name)));
            let digest = place.copy(file, &path)?;
            let claims = place.holdings.claims.get(file).cloned();
            let title =
                paper.title.as_ref().map_or(paper.label(), |title| format!("{}: {title}", paper.label()));
            let filed = Filed {
                title: Some(title),
                label: paper.number.clone(),
                note: note(claims.as_deref()),
                claims,
                source: place.source(file),
                ..Filed::new(path, FiledKind::ItemPaper, publicity.is_public(), digest)
            };
            let object = place.addresses.item_file(&filed, links, item, at, paper.date);
            of_item.push((filed, object));
        }
        all.push(of_item);
    }
    Ok(all)
}

/// The session file, which names every item and its papers, and the packets.
fn files(
    place: &HandOverPlace<'_>,
    session: &Session,
    packets: &[PacketFile],
    taken: &mut TakenPaths,
) -> Result<Vec<Filed>, FileError> {
    let mut files = Vec::new();
    let is_public = |(item, handed): (&AgendaItem, &HandedItem)| {
        let of_paper = |paper| publicity::item_paper(paper, handed.publicity).is_public();
        handed.publicity.is_public() && item.papers.iter().all(of_paper)
    };
    let all_public = session.items.iter().zip(&place.holdings.items).all(is_public);
    let own =
        Path::new(&session.source.name).file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if all_public || !place.how.public_only {
        let path = taken.take(&format!("data/sitzung/{}", safe_name(&own)));
        let digest = place.write_toml(&path, &session.bytes)?;
        let title = Some("Sitzungsdatei".to_owned());
        // So that the packets can be made again.
        let source = place.source(Path::new(&session.source.name));
        files.push(Filed { title, source, ..Filed::new(path, FiledKind::Session, all_public, digest) });
    }
    for packet in packets {
        let names: Vec<String> = packet.place.split('/').map(safe_name).collect();
        let path = taken.take(&format!("data/sitzung/{}", names.join("/")));
        let digest = place.copy(&packet.path, &path)?;
        // What is known of a version claims nothing.
        let note = note(packet.claims.as_deref()).filter(|_| packet.kind != FiledKind::DispatchRecord);
        // A packet is made again of the same, and what was sent is not.
        let source = place.source(&packet.path).filter(|_| packet.kind != FiledKind::Packet);
        files.push(Filed {
            title: Some(packet.title.clone()),
            claims: packet.claims.clone(),
            note,
            source,
            ..Filed::new(path, packet.kind, packet.publicity.is_public(), digest)
        });
    }
    Ok(files)
}
