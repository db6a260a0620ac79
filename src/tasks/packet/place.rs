//! Where the packets of an output folder lie, and which session file each belongs to.
//!
//! A packet lies in its folder as long as it holds. What no longer does is set aside, and so is what lies in the place of
//! one and is not known, because only the content of a file says that it is ours. A failure of the environment moves
//! nothing. Kept in `.anlage/`. Knows nothing of how packets are made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, ReadError};
use crate::packet::late::{Dispatch, SessionChanges};
use crate::packet::{Announcement, Business, Edition, Paper, PublicFile};
use crate::record::names;
use crate::record::session::Session;
use crate::run::{AsideReason, SetAside, Store, set_aside};
use crate::typeset::Front;

mod index;

const FILE: &str = "packets.json";
const VERSION: u32 = 1;
const MAX_BYTES: u64 = 1 << 28;
pub(super) const MAX_PACKET_BYTES: u64 = 1 << 32;

/// The packets of an output folder, as a session sees them.
pub(in crate::tasks) struct PacketPlace<'a> {
    store: &'a Store,
    /// The key of the session file.
    session: String,
    known: KnownPackets,
    /// What was set aside.
    pub(in crate::tasks) moved: Vec<SetAside>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct KnownPackets {
    version: u32,
    /// By their paths in the output folder.
    packets: BTreeMap<String, KnownPacket>,
    /// The hashes of the lists of what is public, by their names.
    #[serde(default)]
    index: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct KnownPacket {
    /// The key of its session file.
    session: String,
    hash: String,
    /// A hash of what is said on it, if it is an announcement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    /// How the list of what is public names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed: Option<PublicFile>,
}

impl<'a> PacketPlace<'a> {
    /// Opens what is known of the packets of an output folder, which the store has locked.
    pub(in crate::tasks) fn open(store: &'a Store, session: &Path) -> Result<Self, FileError> {
        let known = read::<KnownPackets>(&store.inner().join(FILE))?;
        let mut known = known.filter(|known| known.version == VERSION).unwrap_or_default();
        // What is kept is a file like any other: what it says must not reach beyond the folders of packets.
        known.packets.retain(|path, _| is_packet(path));
        Ok(Self { store, session: store.key(session), known, moved: Vec::new() })
    }

    /// Gives the file of an edition.
    pub(super) fn file(&self, edition: &Edition, session: &Session) -> PathBuf {
        self.store.folder().join(edition.file(session))
    }

    /// Names the session file that a packet belongs to, if it is there and another one.
    pub(super) fn owner(&self, edition: &Edition, session: &Session) -> Option<PathBuf> {
        self.owner_of(&edition.file(session))
    }

    /// Names the session file that a packet or an announcement at this path belongs to, if it is there and another one.
    pub(in crate::tasks) fn owner_of(&self, path: &str) -> Option<PathBuf> {
        let packet = self.known.packets.get(path)?;
        let is_other = packet.session != self.session && self.store.keyed(&packet.session).is_file();
        (is_other && self.store.folder().join(path).exists()).then(|| self.store.shown(&packet.session))
    }

    /// Puts a packet or an extract into its place; `listed` tells how the list of what is public names it.
    pub(super) fn put(
        &mut self,
        path: String,
        bytes: &[u8],
        listed: Option<PublicFile>,
    ) -> Result<String, FileError> {
        self.put_known(path, bytes, None, listed)
    }

    /// Puts an announcement into its place; `says` tells what is said on it.
    pub(in crate::tasks) fn put_announcement(
        &mut self,
        path: &str,
        bytes: &[u8],
        says: String,
        listed: Option<PublicFile>,
    ) -> Result<(), FileError> {
        self.put_known(path.to_owned(), bytes, Some(says), listed).map(drop)
    }

    fn put_known(
        &mut self,
        path: String,
        bytes: &[u8],
        says: Option<String>,
        listed: Option<PublicFile>,
    ) -> Result<String, FileError> {
        let file = self.store.folder().join(&path);
        let prepared = files::prepare(&file, bytes)?;
        let hash = files::hash(&[bytes]);
        let there = files::hash_if_there(&file, MAX_PACKET_BYTES)?;
        let known = self.known.packets.get(&path).map(|packet| &packet.hash);
        if there.is_some_and(|there| there != hash && Some(&there) != known) {
            self.moved.push(set_aside(self.store.folder(), &file, AsideReason::NotOurs)?);
        }
        prepared.place()?;
        let known = KnownPacket { session: self.session.clone(), hash: hash.clone(), says, listed };
        self.known.packets.insert(path, known);
        self.save()?;
        Ok(hash)
    }

    /// Takes out the packets of the session in these editions. `session` says, if it can be read, where they should lie: what
    /// lies there and belongs to nobody goes too.
    pub(super) fn withdraw(
        &mut self,
        editions: &[Edition],
        session: Option<&Session>,
    ) -> Result<(), FileError> {
        let is_in = |path: &str| editions.iter().any(|edition| folder_of(path) == edition.folder);
        let own =
            self.known.packets.iter().filter(|(path, packet)| {
                packet.session == self.session && packet.says.is_none() && is_in(path)
            });
        let mut paths: Vec<String> = own.map(|(path, _)| path.clone()).collect();
        let file_of = |session| editions.iter().map(move |edition: &Edition| edition.file(session));
        let places = session.into_iter().flat_map(file_of);
        paths.extend(places.filter(|path| !self.known.packets.contains_key(path)));
        if let Some(session) = session {
            paths.extend(self.strays(session)?.into_iter().filter(|path| is_in(path)));
        }
        self.take_out(&paths)
    }

    /// What lies beside packets under a name that this program gives to extracts and announcements of a session, and is not known:
    /// what was known of it may be lost.
    fn strays(&self, session: &Session) -> Result<Vec<String>, FileError> {
        let packets: Vec<String> = Edition::ALL.iter().map(|edition| edition.file(session)).collect();
        let announcements: Vec<String> = Announcement::ALL.iter().map(|one| one.file(session)).collect();
        let is_own = |path: &String| {
            announcements.contains(path) || packets.iter().any(|packet| names::is_extract_of(path, packet))
        };
        let mut strays = BTreeSet::new();
        for folder in packets.iter().map(|packet| folder_of(packet)) {
            let files = files::list(&self.store.folder().join(folder))?;
            let paths =
                files.iter().filter_map(|file| Some(format!("{folder}/{}", file.file_name()?.to_str()?)));
            strays.extend(paths.filter(|path| is_own(path) && !self.known.packets.contains_key(path)));
        }
        Ok(strays.into_iter().collect())
    }

    /// Takes out what lies under a name that the session no longer has, announcements that say something else than the session does
    /// now, what belongs to session files that are gone, and what lies where packets once lay. `extracts` still hold if they
    /// have the session's name.
    pub(super) fn tidy(
        &mut self,
        business: &Business<'_>,
        papers: &[Paper<'_>],
        sent: &[Dispatch],
        extracts: BTreeSet<String>,
    ) -> Result<(), FileError> {
        let mut names: BTreeSet<String> =
            Edition::ALL.iter().map(|edition| edition.file(business.session)).collect();
        let own = |path: &String| names.iter().any(|packet| names::is_extract_of(path, packet));
        let extracts: Vec<String> = extracts.into_iter().filter(own).collect();
        names.extend(extracts);
        self.withdraw_announcements(&announced(business, papers, sent))?;
        let is_gone = |(path, packet): &(&String, &KnownPacket)| {
            let is_own = packet.session == self.session;
            let is_gone = is_own && packet.says.is_none() && !names.contains(path.as_str());
            is_gone || !is_own && is_gone_file(&self.store.keyed(&packet.session))
        };
        let gone: Vec<String> =
            self.known.packets.iter().filter(is_gone).map(|(path, _)| path.clone()).collect();
        self.take_out(&gone)?;
        self.take_out(&self.strays(business.session)?)?;
        self.move_old_layout()
    }

    /// Takes out the announcements of the session that say something else than it does now; `now` is what it says, by paths.
    pub(in crate::tasks) fn withdraw_announcements(
        &mut self,
        now: &BTreeMap<String, String>,
    ) -> Result<(), FileError> {
        let old = self.known.packets.iter().filter(|(path, packet)| {
            packet.session == self.session && packet.says.is_some() && packet.says.as_ref() != now.get(*path)
        });
        let old: Vec<String> = old.map(|(path, _)| path.clone()).collect();
        self.take_out(&old)
    }

    /// Takes out an announcement.
    pub(in crate::tasks) fn withdraw_announcement(&mut self, path: &str) -> Result<(), FileError> {
        self.take_out(&[path.to_owned()])
    }

    fn take_out(&mut self, paths: &[String]) -> Result<(), FileError> {
        for path in paths {
            let file = self.store.folder().join(path);
            let known = self.known.packets.get(path).map(|packet| packet.hash.clone());
            if let Some(there) = files::hash_if_there(&file, MAX_PACKET_BYTES)? {
                let is_ours = known.is_some_and(|known| known == there);
                let reason = if is_ours { AsideReason::Outdated } else { AsideReason::NotOurs };
                self.moved.push(set_aside(self.store.folder(), &file, reason)?);
            }
            self.take_out_sheets(&file)?;
            if self.known.packets.remove(path).is_some() {
                self.save()?;
            }
        }
        Ok(())
    }

    /// Takes out the sheets of a packet, which nobody may print any more.
    fn take_out_sheets(&mut self, packet: &Path) -> Result<(), FileError> {
        let folder = self.store.folder();
        let stem = packet.file_stem().unwrap_or_default().to_string_lossy();
        for sheets in files::list(&folder.join(names::PRINT_FOLDER))? {
            let name = sheets.file_name().unwrap_or_default().to_string_lossy();
            if names::is_print_of(&name, &stem) && sheets.is_file() {
                self.moved.push(set_aside(folder, &sheets, AsideReason::Outdated)?);
            }
        }
        Ok(())
    }

    /// Sets aside the packets that earlier versions of this program wrote into the output folder itself, where the public ones
    /// lie beside the others.
    fn move_old_layout(&mut self) -> Result<(), FileError> {
        let folder = self.store.folder();
        let is_old = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("packet-") && name.ends_with(".json")
        };
        for state in files::list(&self.store.inner())?.into_iter().filter(is_old) {
            let Some(old) = read::<OldPackets>(&state)? else { continue };
            for OldPacket { hash, report } in old.editions.into_values() {
                let Some(name) = report.path.file_name() else { continue };
                let file = folder.join(name);
                if files::hash_if_there(&file, MAX_PACKET_BYTES)? == Some(hash) {
                    self.moved.push(set_aside(folder, &file, AsideReason::Outdated)?);
                }
            }
            files::remove(&state)?;
        }
        Ok(())
    }

    fn save(&mut self) -> Result<(), FileError> {
        self.known.version = VERSION;
        let bytes = serde_json::to_vec(&self.known).unwrap_or_default();
        files::write(&self.store.inner().join(FILE), &bytes)
    }
}

/// What earlier versions kept of the packets of a session.
#[derive(Deserialize)]
struct OldPackets {
    editions: BTreeMap<String, OldPacket>,
}

#[derive(Deserialize)]
struct OldPacket {
    hash: String,
    report: OldReport,
}

#[derive(Deserialize)]
struct OldReport {
    path: PathBuf,
}

/// Reads what is kept in a file. What is not understood counts as absent; what cannot be read does not.
pub(super) fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, FileError> {
    match files::read_if_there(path, MAX_BYTES) {
        Ok(bytes) => Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok())),
        Err(ReadError::System(failure)) => Err(failure),
        Err(_) => Ok(None),
    }
}

fn folder_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

fn is_packet(path: &str) -> bool {
    let is_in = |edition: Edition| {
        let name = path.strip_prefix(edition.folder).and_then(|name| name.strip_prefix('/'));
        name.is_some_and(|name| !name.is_empty() && name != ".." && !name.contains(['/', '\\']))
    };
    Edition::ALL.into_iter().any(is_in)
}

/// Tells what the announcements of a session say now, by their paths.
pub(in crate::tasks) fn announced(
    business: &Business<'_>,
    papers: &[Paper<'_>],
    sent: &[Dispatch],
) -> BTreeMap<String, String> {
    let changed = SessionChanges::of(business, sent);
    let says = |one: Announcement| {
        let front = one.front(business, papers, changed.as_ref());
        (one.file(business.session), announcement_key(&front))
    };
    Announcement::ALL.into_iter().map(says).collect()
}

/// Tells what is said on an announcement from what is said on any other.
pub(in crate::tasks) fn announcement_key(front: &Front) -> String {
    files::hash(&[&serde_json::to_vec(front).unwrap_or_default()])
}

/// Tells whether a file is gone. One whose folder is not there either may only be out of reach.
fn is_gone_file(file: &Path) -> bool {
    file.parent().is_some_and(Path::is_dir) && matches!(file.try_exists(), Ok(false))
}

#[cfg(test)]
mod tests;
