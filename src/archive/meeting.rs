//! What belongs to a hand-over as a whole: the session with its files, and the OParl objects that hold all together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::bag::{TakenPaths, safe_name};
use super::bundle::claims;
use super::filed::{Filed, FiledKind, note};
use super::oparl::{OParlObject, SessionLinks};
use super::place::HandOverPlace;
use crate::files::FileError;
use crate::record::publicity::{self, Publicity};
use crate::record::session::{AgendaItem, Session};

/// A packet of the session that is handed over.
#[derive(Debug)]
pub struct PacketFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What people call it.
    pub title: String,
    /// Who may see it.
    pub publicity: Publicity,
}

/// What is known of an item of the agenda that names a proposal.
#[derive(Debug)]
pub(super) struct SeenItem {
    /// Whether the item is public.
    pub public: bool,
    /// What it shows of its proposal; nothing if that was left out.
    pub shown: Option<ShownProposal>,
}

/// What an item of the agenda shows of its proposal.
#[derive(Debug)]
pub(super) struct ShownProposal {
    /// The subject.
    pub title: String,
    /// Whether the proposal is public: another item may not be.
    pub public: bool,
    /// The step of the consultation that it is: the stem of the proposal, and the place in its list.
    pub consultation: Option<(String, usize)>,
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
    seen: &[Option<SeenItem>],
    packets: &[PacketFile],
    mut organizations: BTreeMap<String, bool>,
) -> Result<Whole, FileError> {
    let addresses = &place.addresses;
    let mut whole = Whole::default();
    let (mut items, mut meetings) = (Vec::new(), Vec::new());
    if let (Some(session), Some(links)) = (place.holdings.session, &place.session) {
        organizations.insert(session.committee.clone(), false);
        whole.files = files(place, session, seen, packets)?;
        let packets = whole.files.iter().filter(|filed| filed.kind == FiledKind::Packet);
        whole.file_objects = packets.map(|filed| addresses.session_file(filed, links)).collect();
        items = objects(place, session, links, seen);
        let location = addresses.location(session, links);
        meetings.push(addresses.meeting(session, links, location.as_ref(), &items, &whole.file_objects));
        whole.objects.extend(location);
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

fn objects(
    place: &HandOverPlace<'_>,
    session: &Session,
    links: &SessionLinks,
    seen: &[Option<SeenItem>],
) -> Vec<OParlObject> {
    let all = session.items.iter().zip(seen);
    let shown = all.filter(|(item, seen)| !place.how.public_only || is_public(item, seen.as_ref()));
    let object = |(order, (item, seen)): (usize, (_, &Option<SeenItem>))| {
        let item: &AgendaItem = item;
        let shown = seen.as_ref().and_then(|seen| seen.shown.as_ref());
        let title = item.title.as_deref().or(shown.map(|shown| shown.title.as_str()));
        let consultation = shown.and_then(|shown| shown.consultation.as_ref());
        let consultation = consultation.map(|(stem, step)| (stem.as_str(), *step));
        let public = is_public(item, seen.as_ref());
        let object = place.addresses.agenda_item(links, item, order, title, public, consultation);
        OParlObject { public: public && shown.is_none_or(|shown| shown.public), ..object }
    };
    shown.enumerate().map(object).collect()
}

fn is_public(item: &AgendaItem, seen: Option<&SeenItem>) -> bool {
    seen.map_or_else(|| publicity::item(item, None).is_public(), |seen| seen.public)
}

/// The session file, which names every item, and the packets.
fn files(
    place: &HandOverPlace<'_>,
    session: &Session,
    seen: &[Option<SeenItem>],
    packets: &[PacketFile],
) -> Result<Vec<Filed>, FileError> {
    let mut files = Vec::new();
    let mut taken = TakenPaths::default();
    let all_public = session.items.iter().zip(seen).all(|(item, seen)| is_public(item, seen.as_ref()));
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
        let file = packet.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let path = taken.take(&format!("data/sitzung/{}", safe_name(&file)));
        let digest = place.copy(&packet.path, &path)?;
        let (title, claims) = (Some(packet.title.clone()), claims(&packet.path)?);
        let note = note(claims.as_deref());
        files.push(Filed {
            title,
            claims,
            note,
            ..Filed::new(path, FiledKind::Packet, packet.publicity.is_public(), digest)
        });
    }
    Ok(files)
}
