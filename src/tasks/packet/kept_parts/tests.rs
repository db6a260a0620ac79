//! Parts that are kept, and what is not believed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::bind::sample;
use crate::record::names::Rendition;

/// An output folder, and a user's folder for what the program keeps.
struct Office {
    folder: tempfile::TempDir,
    user: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), user: tempfile::tempdir().unwrap() }
    }

    fn open(&self, session: &str) -> KeptParts {
        self.open_for(session, Some(self.user.path()))
    }

    fn open_for(&self, session: &str, user: Option<&Path>) -> KeptParts {
        let folder = self.folder.path();
        let store = Store::open(folder, Rendition::FINISHED[0], None, &AtomicBool::new(true)).unwrap();
        let run = Run::new(PathBuf::new(), None, Arc::default()).with_state(user.map(Path::to_path_buf));
        KeptParts::open(&run, &store, &folder.join(session))
    }

    /// The files below the folder of parts.
    fn files(&self) -> Vec<PathBuf> {
        let folders = files::list(&self.folder.path().join(".anlage").join(FOLDER)).unwrap();
        folders.iter().flat_map(|folder| files::list(folder).unwrap()).collect()
    }
}

fn named(slug: &str) -> KeptPart {
    KeptPart::of(slug, slug, true)
}

/// Keeps the parts with these slugs, and gives those that are there.
fn keep(kept: &KeptParts, slugs: &[&str]) -> Vec<bool> {
    let read: Vec<(KeptPart, Option<Part>)> = slugs
        .iter()
        .map(|slug| {
            let mut name = named(slug);
            let part = kept.get(&mut name);
            (name, part)
        })
        .collect();
    let parts: Vec<Part> = slugs.iter().map(|slug| sample::part(slug)).collect();
    kept.keep(&read.iter().map(|(name, _)| name).zip(&parts).collect::<Vec<_>>());
    for ((_, there), part) in read.iter().zip(&parts) {
        assert!(there.as_ref().is_none_or(|there| there.to_bytes() == part.to_bytes()));
    }
    read.into_iter().map(|(_, part)| part.is_some()).collect()
}

#[test]
fn parts_of_the_session_are_kept_and_no_others() {
    let office = Office::new();
    let kept = office.open("a.toml");
    assert_eq!(keep(&kept, &["x", "y"]), [false, false]);
    assert_eq!(keep(&kept, &["x", "y"]), [true, true]);
    assert_eq!(keep(&office.open("b.toml"), &["x"]), [false], "another session");
    assert_eq!(keep(&office.open("a.toml"), &["y", "z"]), [true, false]);
    assert_eq!(keep(&office.open("a.toml"), &["x"]), [false]);
    assert_eq!(office.files().len(), 2);
    assert!(office.open("a.toml").get(&mut KeptPart::of("x", "x", false)).is_none());
    assert!(office.open("a.toml").get(&mut KeptPart::of("x", "y", true)).is_none());
    assert!(office.open("a.toml").get(&mut KeptPart::of("X", "x", true)).is_none());
}

#[test]
fn what_is_written_otherwise_has_another_version() {
    let written = files::hash(&[&sample::part("x").to_bytes()]);
    assert_eq!((VERSION, &written[..16]), ("2", "97afc4ec4180cc0a"), "count the version up");
}

#[test]
fn what_is_damaged_or_not_ours_counts_as_absent() {
    let office = Office::new();
    keep(&office.open("a.toml"), &["x", "y"]);
    let [one, other] = <[PathBuf; 2]>::try_from(office.files()).unwrap();
    let (sound, foreign) = (std::fs::read(&one).unwrap(), std::fs::read(&other).unwrap());
    let believed = || {
        ["x", "y"].into_iter().filter(|slug| office.open("a.toml").get(&mut named(slug)).is_some()).count()
    };
    assert_eq!(believed(), 2);
    let turned = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        bytes
    };
    let mut damaged = vec![Vec::new(), sound[..SEAL].to_vec(), sound[..sound.len() - 1].to_vec(), foreign];
    damaged.push([&sound[..], b"0"].concat());
    damaged.extend((0..sound.len()).step_by(97).map(turned));
    for bytes in damaged {
        std::fs::write(&one, bytes).unwrap();
        assert_eq!(believed(), 1);
    }
    std::fs::remove_file(&one).unwrap();
    std::fs::create_dir(&one).unwrap();
    assert_eq!(believed(), 1);
    keep(&office.open("a.toml"), &["x", "y"]);
    std::fs::remove_dir(&one).unwrap();
    keep(&office.open("a.toml"), &["x", "y"]);
    assert_eq!((believed(), std::fs::read(&one).unwrap() == sound), (2, true));
}

#[test]
fn nobody_believes_what_another_user_has_kept() {
    let office = Office::new();
    keep(&office.open("a.toml"), &["x"]);
    let other = tempfile::tempdir().unwrap();
    for user in [Some(other.path()), None] {
        assert!(office.open_for("a.toml", user).get(&mut named("x")).is_none());
    }
    assert!(office.open("a.toml").get(&mut named("x")).is_some());
    let nobody = Office::new();
    keep(&nobody.open_for("a.toml", None), &["x"]);
    assert_eq!(nobody.files(), [""; 0].map(PathBuf::from));
}

#[test]
fn there_is_room_for_so_much_and_first_for_the_session_at_hand() {
    let office = Office::new();
    let size = SEAL as u64 + sample::part("x").to_bytes().len() as u64;
    let open = |session: &str| KeptParts { most: 3 * size, ..office.open(session) };
    keep(&open("a.toml"), &["p", "q"]);
    keep(&open("b.toml"), &["r", "s"]);
    assert_eq!(office.files().len(), 3);
    assert_eq!(keep(&open("b.toml"), &["r", "s"]), [true, true]);
    keep(&open("b.toml"), &["r", "s", "t", "u", "v"]);
    assert_eq!(office.files().len(), 3);
    assert_eq!(["p", "q"].map(|slug| open("a.toml").get(&mut named(slug)).is_some()), [false, false]);
    assert_eq!(["r", "s"].map(|slug| open("b.toml").get(&mut named(slug)).is_some()), [true, true]);
}

#[test]
fn what_a_killed_run_left_goes_and_what_is_not_ours_stays() {
    let office = Office::new();
    keep(&office.open("a.toml"), &["x"]);
    let folder = office.files()[0].parent().unwrap().to_path_buf();
    let left = folder.join(".anlage-a.tmp");
    std::fs::write(&left, "halb").unwrap();
    std::fs::write(folder.join("brief.txt"), "Guten Tag").unwrap();
    keep(&office.open("a.toml"), &["x"]);
    assert!(!left.exists());
    assert_eq!(office.files().len(), 2);
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    assert_eq!(keep(&office.open("a.toml"), &["x"]), [false], "all of it may be deleted");
}

#[cfg(unix)]
#[test]
fn nothing_is_kept_behind_a_link() {
    let office = Office::new();
    keep(&office.open("a.toml"), &["x"]);
    let own = office.files()[0].parent().unwrap().to_path_buf();
    let elsewhere = tempfile::tempdir().unwrap();
    let precious = elsewhere.path().join("0".repeat(2 * SEAL));
    for folder in [own.clone(), own.parent().unwrap().to_path_buf()] {
        std::fs::write(&precious, "a").unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), &folder).unwrap();
        assert_eq!(keep(&office.open("a.toml"), &["x"]), [false]);
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1);
        assert!(precious.exists());
        std::fs::remove_file(&folder).unwrap();
    }
    // Nor does another session reach through one to make room.
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), &own).unwrap();
    keep(&KeptParts { most: 0, ..office.open("b.toml") }, &["x"]);
    assert!(precious.exists());
}
