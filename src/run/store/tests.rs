//! Tests of what is kept of an output folder.

use super::*;

fn open(folder: &Path, shard: Option<&str>) -> Result<Store, FileError> {
    // Whoever is stopped does not wait for others.
    let stop = AtomicBool::new(true);
    Store::open(folder, Rendition::FINISHED[0], shard.map(|shard| shard.parse().unwrap()), &stop)
}

/// What came of a record whose outputs are in the folder, each with its name as content.
fn entry(store: &Store, outputs: &[&str]) -> StoreEntry {
    let made = |name: &&str| {
        files::write(&store.folder().join(name), name.as_bytes()).unwrap();
        ((*name).to_owned(), files::hash(&[name.as_bytes()]))
    };
    StoreEntry {
        record: "r".into(),
        context: "c".into(),
        templates: vec!["f".into()],
        files: BTreeMap::new(),
        outputs: outputs.iter().map(made).collect(),
        stamps: BTreeMap::new(),
        number: "V/0001/2025".parse().ok(),
        public: true,
        findings: Some(Vec::new()),
    }
}

fn put(store: &Store, key: &str, outputs: &[&str]) -> Vec<PathBuf> {
    let entry = entry(store, outputs);
    store.claim(entry.outputs.keys());
    store.put(key.to_owned(), entry).unwrap()
}

#[test]
fn what_is_saved_is_known_to_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), None).unwrap();
    put(&store, "a.toml", &["a.pdf", "a-2.pdf"]);
    store.save().unwrap();
    let kept = store.get("a.toml").unwrap();
    drop(store);
    let store = open(folder.path(), None).unwrap();
    assert_eq!(store.get("a.toml").unwrap(), kept);
    assert!(store.is_intact("a.toml", &kept, false) && store.get("b.toml").is_none());
    std::fs::write(folder.path().join("a-2.pdf"), "other").unwrap();
    assert!(!store.is_intact("a.toml", &kept, false));
}

#[test]
fn shards_work_side_by_side_and_know_what_the_others_did() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path(), Some("1/2")).unwrap(), open(folder.path(), Some("2/2")).unwrap());
    for other in [None, Some("1/2")] {
        let error = open(folder.path(), other).unwrap_err();
        assert_eq!(error.source.kind(), std::io::ErrorKind::WouldBlock, "{other:?}");
    }
    put(&one, "a.toml", &["a.pdf"]);
    put(&two, "b.toml", &["b.pdf"]);
    for store in [&one, &two] {
        store.save().unwrap();
    }
    drop((one, two));

    let one = open(folder.path(), Some("1/2")).unwrap();
    assert!(one.get("a.toml").is_some() && one.get("b.toml").is_some());
    // Neither record is there, but only its own are for a shard to miss.
    assert_eq!(one.stale(), (vec!["a.toml".to_owned()], vec![folder.path().join("a.pdf")]));
    drop(one);
    let all = open(folder.path(), None).unwrap();
    assert_eq!(all.stale().0, ["a.toml", "b.toml"]);
}

#[test]
fn a_state_that_is_not_understood_counts_as_absent() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), None).unwrap();
    put(&store, "a.toml", &["a.pdf"]);
    store.save().unwrap();
    drop(store);
    let state = folder.path().join(".anlage/state.json");
    let text = std::fs::read_to_string(&state).unwrap();
    let now = format!("\"version\":{VERSION}");
    assert!(text.contains(&now));
    let others = [
        text.replace(&now, &format!("\"version\":{}", VERSION + 1)),
        text.replace("a.pdf", "../a.pdf"),
        text.replace("a.pdf", "x/a.pdf"),
        text[..text.len() / 2].to_owned(),
        String::new(),
    ];
    for other in others {
        std::fs::write(&state, &other).unwrap();
        let store = open(folder.path(), None).unwrap();
        assert!(store.get("a.toml").is_none(), "{other}");
        assert_eq!(store.stale(), (Vec::new(), Vec::new()), "{other}");
        // What nobody knows is nobody's to remove.
        store.remove(&["a.toml".to_owned()]).unwrap();
        assert!(folder.path().join("a.pdf").exists(), "{other}");
    }
}

#[test]
fn what_a_record_no_longer_yields_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let store = open(folder.path(), None).unwrap();
    put(&store, "a.toml", &["a.pdf", "b.pdf"]);
    store.save().unwrap();
    drop(store);
    let store = open(folder.path(), None).unwrap();
    assert_eq!(put(&store, "a.toml", &["b.pdf", "c.pdf"]), [path("a.pdf")]);
    assert!(!path("a.pdf").exists() && path("b.pdf").exists() && path("c.pdf").exists());
    store.save().unwrap();
    drop(store);
    let store = open(folder.path(), None).unwrap();
    assert_eq!(store.remove(&["a.toml".to_owned()]).unwrap(), [path("b.pdf"), path("c.pdf")]);
    assert_eq!(store.remove(&["a.toml".to_owned()]).unwrap(), Vec::<PathBuf>::new());
}

#[test]
fn what_another_record_yields_or_is_about_to_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), None).unwrap();
    put(&store, "a.toml", &["a.pdf"]);
    put(&store, "b.toml", &["b.pdf"]);
    store.save().unwrap();
    drop(store);
    let store = open(folder.path(), None).unwrap();
    // Both records have swapped their numbers; the second is still being made.
    store.claim(["a.pdf".to_owned()].iter());
    assert!(put(&store, "a.toml", &["b.pdf"]).is_empty());
    assert!(folder.path().join("a.pdf").exists());
    assert!(put(&store, "b.toml", &["a.pdf"]).is_empty());
    store.save().unwrap();
    drop(store);
    // A copy of a record yields what the record yields.
    let store = open(folder.path(), None).unwrap();
    let known = KeptEntry::new(&store.get("a.toml").unwrap());
    store.entries().insert("c.toml".into(), known);
    assert!(store.remove(&["c.toml".to_owned()]).unwrap().is_empty());
    assert!(folder.path().join("b.pdf").exists());
}

#[test]
fn an_output_that_was_changed_by_hand_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), None).unwrap();
    put(&store, "a.toml", &["a.pdf"]);
    store.save().unwrap();
    drop(store);
    let store = open(folder.path(), None).unwrap();
    std::fs::write(folder.path().join("a.pdf"), "filled in by hand").unwrap();
    assert!(put(&store, "a.toml", &["b.pdf"]).is_empty());
    assert!(folder.path().join("a.pdf").exists());
}

#[test]
fn nothing_is_written_if_nothing_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), None).unwrap();
    let state = folder.path().join(".anlage/state.json");
    store.remove(&["a.toml".to_owned()]).unwrap();
    store.save().unwrap();
    assert!(!state.exists());
    put(&store, "a.toml", &["a.pdf"]);
    store.save().unwrap();
    std::fs::remove_file(&state).unwrap();
    store.save().unwrap();
    assert!(!state.exists());
}

#[test]
fn a_record_is_known_by_its_path_from_the_output_folder() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    std::fs::create_dir_all(path("x/v")).unwrap();
    std::fs::write(path("x/v/a.toml"), "").unwrap();
    std::fs::create_dir_all(path("x/out")).unwrap();
    std::fs::write(path("x/out/b.toml"), "").unwrap();
    let store = open(&path("x/out"), None).unwrap();
    assert_eq!(store.key(&path("x/v/a.toml")), "../v/a.toml");
    assert_eq!(store.key(&path("x/v/../v/a.toml")), "../v/a.toml");
    assert_eq!(store.key(&path("x/out/b.toml")), "b.toml");
}

#[test]
fn what_is_wrong_by_now_is_set_aside_with_all_that_is_finished_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), None).unwrap();
    let record = folder.path().join("a.toml");
    std::fs::write(&record, "").unwrap();
    let keys = store.finished_keys(&record);
    assert_eq!(keys, ["a.toml", "a.toml//png"]);
    put(&store, &keys[0], &["anlagen/a.pdf"]);
    put(&store, &keys[1], &["anlagen/a-1.png"]);
    put(&store, "a.toml//entwurf", &["anlagen/a-entwurf.pdf"]);
    store.claimed().clear();
    let moved = store.set_aside(&keys).unwrap();
    let now: Vec<_> = moved.iter().map(|moved| moved.now.strip_prefix(folder.path()).unwrap()).collect();
    let expected = ["nichtoeffentlich/a-1-veraltet.png", "nichtoeffentlich/a-veraltet.pdf"];
    assert_eq!(now, expected.map(Path::new));
    assert!(folder.path().join("anlagen/a-entwurf.pdf").exists(), "a draft says what it is");
    assert!(store.set_aside(&keys).unwrap().is_empty());
    // The record is there, so nothing of it is stale.
    assert_eq!(store.stale(), (Vec::new(), Vec::new()));
    std::fs::remove_file(&record).unwrap();
    assert_eq!(store.stale().0, ["a.toml//entwurf"]);
}

fn write(store: &Store, bytes: &[u8]) -> Option<SetAside> {
    let prepared = store.prepare("anlagen/a.pdf".to_owned(), bytes).unwrap();
    store.place(prepared).unwrap().aside
}

#[cfg(unix)]
#[test]
fn an_output_is_read_again_once_it_may_have_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), None).unwrap();
    let path = folder.path().join("a.pdf");
    put(&store, "a.toml", &["a.pdf"]);
    let entry = || store.get("a.toml").unwrap();
    assert!(entry().stamps.is_empty());
    assert!(store.is_intact("a.toml", &entry(), false));
    assert_eq!(entry().stamps.get("a.pdf"), Stamp::of(&path).as_ref(), "kept for the next time");
    // Whoever vouches for a stamp is believed, unless all is to be read.
    std::fs::write(&path, "b.pdf").unwrap();
    let vouched = |name: &str| {
        let stamps = Stamp::of(&path).map(|stamp| (name.to_owned(), stamp)).into_iter().collect();
        StoreEntry { stamps, ..entry() }
    };
    assert!(store.is_intact("a.toml", &vouched("a.pdf"), false) == Stamp::of(&path).is_some());
    assert!(!store.is_intact("a.toml", &vouched("a.pdf"), true));
    assert!(!store.is_intact("a.toml", &vouched("other.pdf"), false));
    assert!(!store.is_intact("a.toml", &entry(), false), "the same size, another content");
    std::fs::remove_file(&path).unwrap();
    assert!(!store.is_intact("a.toml", &entry(), false));
}

#[test]
fn what_is_not_known_makes_room_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let store = open(folder.path(), None).unwrap();
    assert_eq!(write(&store, b"1"), None);
    assert_eq!(write(&store, b"2"), None, "its own may be replaced");
    std::fs::write(path("anlagen/a.pdf"), "signed").unwrap();
    let aside = write(&store, b"3").unwrap();
    assert_eq!((aside.path, aside.reason), (path("anlagen/a.pdf"), AsideReason::NotOurs));
    assert_eq!(std::fs::read(aside.now).unwrap(), b"signed");
    assert_eq!(std::fs::read(path("anlagen/a.pdf")).unwrap(), b"3");
    // What nobody knows is left as it is if it is the same.
    let store = {
        drop(store);
        open(folder.path(), None).unwrap()
    };
    assert_eq!(write(&store, b"3"), None);
}

#[cfg(unix)]
#[test]
fn a_state_that_cannot_be_read_is_not_taken_for_absent() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".anlage")).unwrap();
    std::os::unix::fs::symlink("state.json", folder.path().join(".anlage/state.json")).unwrap();
    assert!(open(folder.path(), None).is_err());
}
