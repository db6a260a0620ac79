//! Where packets lie, and what is set aside.

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
    place.put(PUBLIC.file(session), text.as_bytes(), None).unwrap();
    place.tidy(&no_business(session), &[], &[], BTreeSet::new()).unwrap();
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
    for path in ["a.pdf", "oeffentlich/", "oeffentlich/..", "oeffentlich/../a.pdf", "anlagen/a.pdf", "/a"] {
        assert!(!is_packet(path), "{path}");
    }
}
