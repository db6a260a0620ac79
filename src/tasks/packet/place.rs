//! Where the packets of an output folder lie, and which session file each belongs to.
//!
//! A packet lies in its folder as long as it holds. What no longer does is set aside, and so is what lies in the place of
//! one and is not known, because only the content of a file says that it is ours. A failure of the environment moves
//! nothing. Kept in `.anlage/`. Knows nothing of how packets are made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, ReadError};
use crate::packet::{Announcement, Business, Edition, Paper};
use crate::record::names;
use crate::record::session::Session;
use crate::run::{AsideReason, SetAside, Store, set_aside};
use crate::typeset::Front;

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
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct KnownPacket {
    /// The key of its session file.
    session: String,
    hash: String,
    /// A hash of what is said on it, if it is an announcement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    says: Option<String>,
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

    /// Puts a packet into its place.
    pub(super) fn put(&mut self, path: String, bytes: &[u8]) -> Result<(), FileError> {
        self.put_known(path, bytes, None)
    }

    /// Puts an announcement into its place; `says` tells what is said on it.
    pub(in crate::tasks) fn put_announcement(
        &mut self,
        path: &str,
        bytes: &[u8],
        says: String,
    ) -> Result<(), FileError> {
        self.put_known(path.to_owned(), bytes, Some(says))
    }

    fn put_known(&mut self, path: String, bytes: &[u8], says: Option<String>) -> Result<(), FileError> {
        let file = self.store.folder().join(&path);
        let prepared = files::prepare(&file, bytes)?;
        let hash = files::hash(&[bytes]);
        let there = files::hash_if_there(&file, MAX_PACKET_BYTES)?;
        let known = self.known.packets.get(&path).map(|packet| &packet.hash);
        if there.is_some_and(|there| there != hash && Some(&there) != known) {
            self.moved.push(set_aside(self.store.folder(), &file, AsideReason::NotOurs)?);
        }
        prepared.place()?;
        self.known.packets.insert(path, KnownPacket { session: self.session.clone(), hash, says });
        self.save()
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
        self.take_out(&paths)
    }

    /// Takes out what lies under a name that the session no longer has, announcements that say something else than the session does
    /// now, what belongs to session files that are gone, and what lies where packets once lay.
    pub(super) fn tidy(&mut self, business: &Business<'_>, papers: &[Paper<'_>]) -> Result<(), FileError> {
        let names = Edition::ALL.map(|edition| edition.file(business.session));
        self.withdraw_announcements(&announced(business, papers))?;
        let is_gone = |(path, packet): &(&String, &KnownPacket)| {
            let is_own = packet.session == self.session;
            let is_gone = is_own && packet.says.is_none() && !names.contains(path);
            is_gone || !is_own && is_gone_file(&self.store.keyed(&packet.session))
        };
        let gone: Vec<String> =
            self.known.packets.iter().filter(is_gone).map(|(path, _)| path.clone()).collect();
        self.take_out(&gone)?;
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
pub(in crate::tasks) fn announced(business: &Business<'_>, papers: &[Paper<'_>]) -> BTreeMap<String, String> {
    let says =
        |one: Announcement| (one.file(business.session), announcement_key(&one.front(business, papers)));
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
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::record::input::Input;
    use crate::record::names::Rendition;
    use crate::record::project::Project;

    /// A folder with an output folder in it and session files beside that.
    struct Town(tempfile::TempDir);

    impl Town {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn store(&self) -> Store {
            Store::open(&self.path("out"), Rendition::FINISHED[0], None, &AtomicBool::new(true)).unwrap()
        }

        /// A session file of the council on this day.
        fn session(&self, name: &str, day: &str) -> Session {
            let text = format!("[sitzung]\ngremium = 'Rat'\ndatum = {day}\n");
            std::fs::write(self.path(name), &text).unwrap();
            let project = Arc::new(Project::open(self.0.path()).unwrap());
            crate::record::session::read(Input::of(name, text.as_bytes(), &project).unwrap()).0
        }

        /// All files in the folders, with what stands in them.
        fn files(&self) -> Vec<String> {
            let folders = ["oeffentlich", "vollstaendig", "nichtoeffentlich", "."];
            let of = |folder: &str| {
                let paths = files::list(&self.path("out").join(folder)).unwrap();
                let paths = paths.into_iter().filter(|path| path.is_file());
                paths
                    .map(|path| {
                        let name = path.file_name().unwrap().to_str().unwrap();
                        format!("{folder}/{name}: {}", std::fs::read_to_string(&path).unwrap())
                    })
                    .collect::<Vec<_>>()
            };
            folders.into_iter().flat_map(of).collect()
        }
    }

    const PUBLIC: Edition = Edition::PUBLIC;

    /// The business of a session without items.
    fn no_business(session: &Session) -> Business<'_> {
        Business::new(session, std::iter::empty::<[_; 0]>())
    }

    fn put(town: &Town, name: &str, session: &Session, text: &str) -> Vec<SetAside> {
        let store = town.store();
        let mut place = PacketPlace::open(&store, &town.path(name)).unwrap();
        place.put(PUBLIC.file(session), text.as_bytes()).unwrap();
        place.tidy(&no_business(session), &[]).unwrap();
        place.moved
    }

    #[test]
    fn a_packet_of_another_day_goes_when_the_session_has_a_new_one() {
        let town = Town::new();
        let session = town.session("s.toml", "2025-02-12");
        assert!(put(&town, "s.toml", &session, "eins").is_empty());
        let session = town.session("s.toml", "2025-02-19");
        let moved = put(&town, "s.toml", &session, "zwei");
        assert_eq!((moved.len(), moved[0].reason), (1, AsideReason::Outdated));
        assert_eq!(
            town.files(),
            [
                "oeffentlich/Rat-2025-02-19-oeffentlich.pdf: zwei",
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet.pdf: eins"
            ]
        );
    }

    #[test]
    fn a_session_file_that_is_renamed_keeps_its_packet_and_one_that_is_gone_does_not() {
        let town = Town::new();
        let session = town.session("s.toml", "2025-02-12");
        put(&town, "s.toml", &session, "eins");
        std::fs::rename(town.path("s.toml"), town.path("t.toml")).unwrap();
        assert!(put(&town, "t.toml", &session, "eins").is_empty());
        std::fs::remove_file(town.path("t.toml")).unwrap();
        let other = town.session("u.toml", "2025-03-12");
        assert_eq!(put(&town, "u.toml", &other, "zwei").len(), 1);
        assert_eq!(
            town.files(),
            [
                "oeffentlich/Rat-2025-03-12-oeffentlich.pdf: zwei",
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet.pdf: eins"
            ]
        );
    }

    #[test]
    fn a_packet_belongs_to_its_session_file() {
        let town = Town::new();
        let session = town.session("s.toml", "2025-02-12");
        put(&town, "s.toml", &session, "eins");
        let store = town.store();
        let other = PacketPlace::open(&store, &town.path("t.toml")).unwrap();
        assert_eq!(other.owner(&PUBLIC, &session), Some(town.path("s.toml")));
        assert_eq!(other.owner(&Edition::COMPLETE, &session), None);
        let own = PacketPlace::open(&store, &town.path("s.toml")).unwrap();
        assert_eq!(own.owner(&PUBLIC, &session), None);
        // Another session may take nothing out that is not its own.
        let mut other = other;
        other.withdraw(&Edition::ALL, Some(&session)).unwrap();
        assert!(other.moved.is_empty());
    }

    #[test]
    fn what_is_not_known_makes_room_and_is_said() {
        let town = Town::new();
        let session = town.session("s.toml", "2025-02-12");
        std::fs::create_dir_all(town.path("out/oeffentlich")).unwrap();
        let packet = town.path("out").join(PUBLIC.file(&session));
        std::fs::write(&packet, "fremd").unwrap();
        assert_eq!(put(&town, "s.toml", &session, "eins")[0].reason, AsideReason::NotOurs);
        std::fs::write(&packet, "unterschrieben").unwrap();
        assert_eq!(put(&town, "s.toml", &session, "zwei")[0].reason, AsideReason::NotOurs);
        // Nothing is known any more.
        std::fs::remove_dir_all(town.path("out/.anlage")).unwrap();
        let store = town.store();
        let mut place = PacketPlace::open(&store, &town.path("s.toml")).unwrap();
        place.withdraw(&[PUBLIC], Some(&session)).unwrap();
        assert_eq!((place.moved.len(), place.moved[0].reason), (1, AsideReason::NotOurs));
        assert_eq!(
            town.files(),
            [
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet-2.pdf: unterschrieben",
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet-3.pdf: zwei",
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet.pdf: fremd"
            ]
        );
    }

    #[test]
    fn the_sheets_of_a_packet_go_with_it() {
        let town = Town::new();
        let session = town.session("s.toml", "2025-02-12");
        put(&town, "s.toml", &session, "eins");
        std::fs::create_dir_all(town.path("out/druck")).unwrap();
        let stem = "Rat-2025-02-12-oeffentlich";
        for name in [&format!("{stem}-duplex.pdf"), &format!("{stem}-duplex.json"), "Rat-2025-02-12.pdf"] {
            std::fs::write(town.path("out/druck").join(name), "gedruckt").unwrap();
        }
        let store = town.store();
        let mut place = PacketPlace::open(&store, &town.path("s.toml")).unwrap();
        place.withdraw(&[Edition::COMPLETE], Some(&session)).unwrap();
        assert!(place.moved.is_empty());
        place.withdraw(&[PUBLIC], Some(&session)).unwrap();
        assert_eq!(
            town.files(),
            [
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-duplex-veraltet.json: gedruckt",
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-duplex-veraltet.pdf: gedruckt",
                "nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet.pdf: eins"
            ]
        );
        assert_eq!(files::list(&town.path("out/druck")).unwrap().len(), 1);
    }

    #[test]
    fn packets_of_the_old_layout_are_set_aside_and_nothing_else() {
        let town = Town::new();
        let session = town.session("s.toml", "2025-02-12");
        std::fs::create_dir_all(town.path("out/.anlage")).unwrap();
        for (name, text) in [("Rat-1.pdf", "eins"), ("Rat-2.pdf", "geändert"), ("Plan.pdf", "fremd")] {
            std::fs::write(town.path("out").join(name), text).unwrap();
        }
        let hash = files::hash(&[b"eins"]);
        let edition = |name: &str| format!(r#"{{"hash":"{hash}","report":{{"path":"/alt/out/{name}"}}}}"#);
        let state = format!(
            r#"{{"version":1,"editions":{{"public":{},"complete":{}}}}}"#,
            edition("Rat-1.pdf"),
            edition("Rat-2.pdf")
        );
        std::fs::write(town.path("out/.anlage/packet-0123.json"), state).unwrap();
        assert_eq!(put(&town, "s.toml", &session, "neu").len(), 1);
        assert_eq!(
            town.files(),
            [
                "oeffentlich/Rat-2025-02-12-oeffentlich.pdf: neu",
                "nichtoeffentlich/Rat-1-veraltet.pdf: eins",
                "./Plan.pdf: fremd",
                "./Rat-2.pdf: geändert"
            ]
        );
        assert!(!town.path("out/.anlage/packet-0123.json").exists());
    }

    #[test]
    fn what_is_kept_does_not_reach_beyond_the_folders() {
        for path in ["oeffentlich/a.pdf", "vollstaendig/a.pdf"] {
            assert!(is_packet(path), "{path}");
        }
        for path in ["a.pdf", "oeffentlich/", "oeffentlich/..", "oeffentlich/../a.pdf", "anlagen/a.pdf", "/a"]
        {
            assert!(!is_packet(path), "{path}");
        }
    }
}
