//! `anlage verify`: every damage is found and named, and nothing outside a bag is read.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::archive::{bag, with_session};
use crate::program::{Project, Run, sound_record};

/// What `verify` says of one target.
pub(crate) fn verdict(project: &Project, path: &str) -> (Run, Json) {
    let run = project.run(&["verify", path, "--format", "json"]);
    let json = run.stdout.lines().next().map(|line| serde_json::from_str(line).unwrap());
    (run, json.unwrap_or_default())
}

pub(crate) fn kinds(verdict: &Json) -> Vec<(&str, &str)> {
    let flaws = verdict["flaws"].as_array().unwrap();
    flaws.iter().map(|flaw| (flaw["path"].as_str().unwrap(), flaw["kind"].as_str().unwrap())).collect()
}

/// A generator of numbers that are the same on each run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// What files were before; none where there was none.
type Before = Vec<(PathBuf, Option<Vec<u8>>)>;

/// Does a damage; the files that have it, and how to undo it.
fn damage(dice: &mut Dice, bag: &Path) -> (&'static str, Vec<PathBuf>, Before) {
    let all = files(bag);
    let one = all[dice.below(all.len())].clone();
    let other = all[dice.below(all.len())].clone();
    let bytes = std::fs::read(&one).unwrap();
    let before = vec![(one.clone(), Some(bytes.clone()))];
    match dice.below(6) {
        0 => {
            let mut flipped = bytes;
            let at = dice.below(flipped.len());
            flipped[at] ^= 1 << dice.below(8);
            std::fs::write(&one, flipped).unwrap();
            ("bit", vec![one], before)
        }
        1 => {
            let keep = dice.below(bytes.len());
            std::fs::write(&one, &bytes[..keep]).unwrap();
            ("cut", vec![one], before)
        }
        2 => {
            std::fs::remove_file(&one).unwrap();
            ("delete", vec![one], before)
        }
        3 => {
            let new = one.with_file_name(format!("neu-{}", dice.below(1000)));
            std::fs::write(&new, &bytes[..dice.below(bytes.len())]).unwrap();
            ("add", vec![new.clone()], vec![(new, None)])
        }
        4 => {
            let new = one.with_file_name(format!("anders-{}", dice.below(1000)));
            std::fs::rename(&one, &new).unwrap();
            ("rename", vec![one.clone()], vec![(one, Some(bytes)), (new, None)])
        }
        _ => {
            let others = std::fs::read(&other).unwrap();
            if one == other || others == bytes {
                return damage(dice, bag);
            }
            std::fs::write(&one, &others).unwrap();
            std::fs::write(&other, &bytes).unwrap();
            let before = vec![(one.clone(), Some(bytes)), (other.clone(), Some(others))];
            ("swap", vec![one, other], before)
        }
    }
}

#[test]
fn a_hundred_damages_are_found_and_named() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let folder = project.path().join("abgabe");
    let (run, sound) = verdict(&project, "abgabe");
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(sound["same_as_record"], 5, "three forms and two packets: {sound}");
    let mut dice = Dice(2025);
    for round in 0..100 {
        let (what, damaged, before) = damage(&mut dice, &folder);
        // What is said of the files is what is tried here; rendering them again each time is not.
        let contents = anlage::archive::verify(&folder).unwrap();
        for path in damaged {
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            let named = contents.flaws.iter().any(|flaw| flaw.path == name || flaw.message.contains(name));
            assert!(named, "round {round}: {what} of {name}: {:?}", contents.flaws);
        }
        for (path, content) in before {
            match content {
                Some(bytes) => std::fs::write(path, bytes).unwrap(),
                None => std::fs::remove_file(path).unwrap(),
            }
        }
    }
    assert_eq!(project.run(&["verify", "abgabe"]).code, 0, "all damages were undone");
}

#[test]
fn each_kind_of_damage_has_its_name() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let folder = project.path().join("abgabe/data/vorlagen/V-0123-2025");
    std::fs::rename(folder.join("plan.png"), folder.join("karte.png")).unwrap();
    std::fs::write(folder.join("dazu.txt"), "x").unwrap();
    std::fs::remove_file(folder.join("V-0123-2025.json")).unwrap();
    let (run, verdict) = verdict(&project, "abgabe");
    assert_eq!(run.code, 1);
    let path = |name: &str| format!("data/vorlagen/V-0123-2025/{name}");
    for (name, kind) in [
        ("plan.png", "renamed"),
        ("dazu.txt", "added"),
        ("V-0123-2025.json", "missing"),
        ("V-0123-2025-Anlage-A.pdf", "no_record"),
    ] {
        assert!(kinds(&verdict).contains(&(&path(name), kind)), "{name}: {verdict}");
    }
    assert!(kinds(&verdict).contains(&("bag-info.txt", "oxum")), "{verdict}");
    let pdf = project.run(&["verify", "abgabe/data/vorlagen/V-0123-2025/V-0123-2025-Anlage-A.pdf"]);
    assert_eq!(pdf.code, 0, "it is as it was: {}", pdf.stdout);
    assert!(
        pdf.stdout.contains("nicht verglichen: data/vorlagen/V-0123-2025/plan.png fehlt"),
        "{}",
        pdf.stdout
    );
}

#[test]
fn new_manifests_do_not_hide_what_the_report_knows() {
    let project = with_session();
    assert_eq!(project.run(&["render", "."]).code, 0);
    bag(&project, "abgabe", &[]);
    let folder = project.path().join("abgabe");
    let papers = folder.join("data/vorlagen");
    std::fs::write(papers.join("V-0034-2026/auszug.pdf"), "anders").unwrap();
    let other = project.read("out/anlagen/V-0412-2025-Anlage-A.pdf");
    std::fs::write(papers.join("V-0123-2025/V-0123-2025-Anlage-A.pdf"), other).unwrap();
    std::fs::remove_file(papers.join("V-0091-2025/V-0091-2025.json")).unwrap();
    std::fs::write(papers.join("V-0091-2025/dazu.txt"), "x").unwrap();
    list_anew(&folder);
    let (run, verdict) = verdict(&project, "abgabe");
    assert_eq!(run.code, 1);
    let expected = [
        ("data/vorlagen/V-0034-2026/auszug.pdf", "changed"),
        ("data/vorlagen/V-0091-2025/V-0091-2025.json", "missing"),
        ("data/vorlagen/V-0091-2025/dazu.txt", "added"),
        ("data/vorlagen/V-0123-2025/V-0123-2025-Anlage-A.pdf", "changed"),
        // Their records name the annex that is no longer what it was.
        ("data/vorlagen/V-0034-2026/V-0034-2026-Anlage-A.pdf", "no_record"),
        ("data/sitzung/Rat-2025-04-02-oeffentlich.pdf", "no_record"),
        ("data/sitzung/Rat-2025-04-02-vollstaendig.pdf", "no_record"),
    ];
    assert_eq!(kinds(&verdict), expected, "{verdict}");
    assert_eq!(verdict["same_as_record"], 1);
}

#[test]
fn a_file_is_as_sound_as_what_its_bag_says_of_it() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let plan = "abgabe/data/vorlagen/V-0123-2025/plan.png";
    assert_eq!(project.run(&["verify", plan]).code, 0);
    for frame in ["data/bericht.json", "manifest-sha512.txt", "tagmanifest-sha512.txt", "bagit.txt"] {
        let path = format!("abgabe/{frame}");
        let before = project.read(&path);
        project.write(&path, [b"x", &before[..]].concat());
        let (run, verdict) = verdict(&project, plan);
        assert_eq!(run.code, 1, "{frame}: {verdict}");
        assert!(kinds(&verdict).iter().any(|(path, _)| *path == frame), "{frame}: {verdict}");
        project.write(&path, before);
    }
}

#[test]
fn a_bag_says_that_it_is_one() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let folder = project.path().join("abgabe");
    for (text, kind) in
        [(Some("BagIt-Version: eins\n"), "bad_list"), (Some(""), "bad_list"), (None, "missing")]
    {
        match text {
            Some(text) => drop(project.write("abgabe/bagit.txt", text)),
            None => std::fs::remove_file(folder.join("bagit.txt")).unwrap(),
        }
        list_anew(&folder);
        let (run, verdict) = verdict(&project, "abgabe");
        assert_eq!(run.code, 1);
        assert_eq!(kinds(&verdict), [("bagit.txt", kind)], "{verdict}");
    }
}

#[test]
fn a_report_that_cannot_be_followed_is_at_fault() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let report = String::from_utf8(project.read("abgabe/data/bericht.json")).unwrap();
    let source = |path: &str| format!("\"quelle\":\"{path}\"");
    let (plan, below_a_file) = (source("kita-neubau/plan.png"), source("anlage.toml/x"));
    assert!(report.contains(&plan));
    project.write("abgabe/data/bericht.json", report.replace(&plan, &below_a_file));
    list_anew(&project.path().join("abgabe"));
    let (run, verdict) = verdict(&project, "abgabe");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(kinds(&verdict), [("data/bericht.json", "bad_list")], "{verdict}");
}

#[test]
fn a_pdf_that_is_not_what_its_record_renders_to_is_found() {
    let project = with_session();
    // Another's PDF under this name, before the bag is made: as a file it is sound.
    assert_eq!(project.run(&["render", "."]).code, 0);
    bag(&project, "abgabe", &[]);
    let folder = project.path().join("abgabe");
    let pdf = folder.join("data/vorlagen/V-0123-2025/V-0123-2025-Anlage-A.pdf");
    let other = project.read("out/anlagen/V-0412-2025-Anlage-A.pdf");
    replace_and_list(&folder, &pdf, &other);
    let (run, verdict) = verdict(&project, "abgabe");
    assert_eq!(run.code, 1);
    let path = "data/vorlagen/V-0123-2025/V-0123-2025-Anlage-A.pdf";
    assert!(kinds(&verdict).contains(&(path, "content")), "{verdict}");
    assert_eq!(verdict["same_as_record"], 4, "the other forms, and the packets");
    let run = project.run(&["verify", &format!("abgabe/{path}")]);
    assert_eq!(run.code, 1, "{}", run.stdout);
}

/// Puts other bytes into a file of a bag, and frames the bag anew: the work of somebody who knows bags.
pub(crate) fn replace_and_list(bag: &Path, file: &Path, bytes: &[u8]) {
    let said = |path: &Path| {
        let digest = anlage::files::digest(path).unwrap();
        format!("\"groesse\":{},\"sha512\":\"{}", digest.size, digest.sha512)
    };
    let before = said(file);
    std::fs::write(file, bytes).unwrap();
    let report = bag.join("data/bericht.json");
    let text = std::fs::read_to_string(&report).unwrap();
    std::fs::write(&report, text.replace(&before, &said(file))).unwrap();
    list_anew(bag);
}

/// Frames a bag anew, as tools for bags do.
pub(crate) fn list_anew(bag: &Path) {
    let line = |path: &PathBuf| {
        let name = path.strip_prefix(bag).unwrap().to_str().unwrap();
        format!("{}  {name}\n", anlage::files::digest(path).unwrap().sha512)
    };
    let payload = files(&bag.join("data"));
    std::fs::write(bag.join("manifest-sha512.txt"), payload.iter().map(line).collect::<String>()).unwrap();
    let bytes: u64 = payload.iter().map(|path| path.metadata().unwrap().len()).sum();
    let info = std::fs::read_to_string(bag.join("bag-info.txt")).unwrap_or_default();
    let others =
        info.lines().filter(|line| !line.starts_with("Payload-Oxum")).map(|line| format!("{line}\n"));
    let info = others.chain([format!("Payload-Oxum: {bytes}.{}\n", payload.len())]).collect::<String>();
    std::fs::write(bag.join("bag-info.txt"), info).unwrap();
    let tags = ["bag-info.txt", "bagit.txt", "manifest-sha512.txt"].map(|name| bag.join(name));
    let tags = tags.iter().filter(|path| path.is_file());
    std::fs::write(bag.join("tagmanifest-sha512.txt"), tags.map(line).collect::<String>()).unwrap();
}

#[test]
fn a_pdf_is_compared_with_the_record_that_it_carries() {
    let project = Project::new();
    project.write("anlage.toml", "kommune = 'Stadt X'");
    project.write("a.toml", sound_record("V/0001/2025"));
    assert_eq!(project.run(&["render", "a.toml", "--embed-record"]).code, 0);
    let pdf = "out/anlagen/V-0001-2025-Anlage-A.pdf";
    let (run, sound) = verdict(&project, pdf);
    assert_eq!((run.code, &sound["same_as_record"]), (0, &1.into()), "{sound}");
    let mut bytes = project.read(pdf);
    // In the comment that no reader looks at.
    let at = bytes.iter().position(|byte| *byte == b'%').unwrap() + 12;
    bytes[at] ^= 1;
    project.write("out/anders.pdf", bytes);
    let (run, verdict) = verdict(&project, "out/anders.pdf");
    assert_eq!(run.code, 1, "{verdict}");
    assert_eq!(kinds(&verdict), [("out/anders.pdf", "content")]);

    assert_eq!(project.run(&["render", "a.toml", "-o", "ohne"]).code, 0);
    let run = project.run(&["verify", "ohne"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout
            .contains("Hinweis: ohne/anlagen/V-0001-2025-Anlage-A.pdf ist nicht mit der Vorlage verglichen"),
        "{}",
        run.stdout
    );
    let verdict = run.stdout.lines().last().unwrap();
    assert!(verdict.contains(": nicht verglichen (1 Datei"), "{verdict}");
}

#[test]
fn a_pdf_without_a_record_is_known_from_a_bag() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let run = project.run(&["verify", "out/anlagen/V-0123-2025-Anlage-A.pdf", "abgabe", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let last: Json = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["target"], &last["same_as_record"]),
        (&"out/anlagen/V-0123-2025-Anlage-A.pdf".into(), &1.into())
    );
}

#[test]
fn settings_that_are_damaged_put_no_blame_on_pdfs() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    project.write("abgabe/data/projekt/anlage.toml", "kommune = 'Stadt Y'");
    let (run, verdict) = verdict(&project, "abgabe");
    assert_eq!(run.code, 1);
    assert!(kinds(&verdict).contains(&("data/projekt/anlage.toml", "changed")), "{verdict}");
    assert!(!kinds(&verdict).iter().any(|(_, kind)| *kind == "content"), "{verdict}");
}

#[cfg(unix)]
#[test]
fn a_hostile_bag_leads_nowhere() {
    let project = Project::new();
    project.write("geheim.txt", "geheim");
    let hash = anlage::files::digest_bytes(b"geheim").sha512;
    project.write("sack/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    project.write("sack/data/a", "geheim");
    let lines = ["../geheim.txt", "/etc/passwd", "data/../../geheim.txt", "data/l", "data/a"];
    let manifest: String = lines.iter().map(|path| format!("{hash}  {path}\n")).collect();
    project.write("sack/manifest-sha512.txt", manifest);
    let link = project.path().join("sack/data/l");
    std::os::unix::fs::symlink(project.path().join("geheim.txt"), &link).unwrap();
    std::os::unix::fs::symlink(project.path().join("sack"), project.path().join("sack/data/kreis")).unwrap();
    let (run, verdict) = verdict(&project, "sack");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let all = kinds(&verdict);
    assert_eq!(all.iter().filter(|(_, kind)| *kind == "bad_list").count(), 3, "{verdict}");
    for flaw in
        [("data/l", "not_a_file"), ("data/kreis", "not_a_file"), ("tagmanifest-sha512.txt", "no_record")]
    {
        assert!(all.contains(&flaw), "{flaw:?}: {verdict}");
    }
    // A report that names files outside.
    let report = r#"{"anlage":{"version":"1","kennung":"x"},"dateien":[
        {"pfad":"../geheim.txt","art":"vorlagendatei","oeffentlich":true,"groesse":6,"sha512":"","quelle":"../../x.toml"},
        {"pfad":"data/a","art":"vorlagendatei","oeffentlich":true,"groesse":6,"sha512":"","quelle":"/tmp/x.toml"},
        {"pfad":"data/b.pdf","art":"formularanlage","oeffentlich":true,"groesse":6,"sha512":""}]}"#;
    project.write("sack/data/bericht.json", report);
    assert_eq!(project.run(&["verify", "sack"]).code, 1);
}

#[test]
fn what_cannot_be_verified_is_said() {
    let project = Project::new();
    assert_eq!(project.run(&["verify"]).code, 2);
    let run = project.run(&["verify", "fehlt"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("fehlt: keine Abgabe und kein PDF"), "{}", run.stderr);
    project.write("a.pdf", "kein PDF");
    let run = project.run(&["verify", "a.pdf"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("Fehler: a.pdf ist nicht lesbar: kein lesbares PDF"), "{}", run.stdout);
}
