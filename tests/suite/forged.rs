//! Bags that were changed by somebody who knows how bags work: manifests, sizes and the report are made anew. What a bag
//! says twice gives it away, and its receipt does where nothing else can.

use std::path::Path;

use serde_json::Value as Json;

use crate::archive::{bag, with_session};
use crate::program::{Project, SmallDisk};
use crate::verify::{kinds, list_anew, replace_and_list, verdict};

const FORM: &str = "data/vorlagen/V-0123-2025/V-0123-2025-Anlage-A.pdf";
const ANNEX: &str = "data/vorlagen/V-0034-2026/auszug.pdf";

fn with_bag() -> Project {
    let project = with_session();
    bag(&project, "abgabe", &["--receipt", "quittung.json"]);
    project
}

/// Replaces text in a file of the bag, and makes anew what the bag says of that file.
fn forge(project: &Project, name: &str, from: &str, to: &str) {
    let folder = project.path().join("abgabe");
    let text = String::from_utf8(project.read(&format!("abgabe/{name}"))).unwrap();
    assert!(text.contains(from), "{from} in {name}: {text}");
    let text = text.replacen(from, to, 1);
    if name == "data/bericht.json" || !name.starts_with("data/") {
        std::fs::write(folder.join(name), text).unwrap();
        list_anew(&folder);
    } else {
        replace_and_list(&folder, &folder.join(name), text.as_bytes());
    }
}

/// Demands that the bag is refused, and for this reason among others.
fn is_found(project: &Project, what: &str, flaw: (&str, &str)) {
    let (run, verdict) = verdict(project, "abgabe");
    assert_eq!(run.code, 1, "{what}: {verdict}");
    assert!(kinds(&verdict).contains(&flaw), "{what}: {verdict}");
    assert_eq!(verdict["sound"], false, "{what}");
}

fn one_of(project: &Project, folder: &str, start: &str) -> String {
    let mut names = project.list(&format!("abgabe/{folder}")).into_iter();
    format!("{folder}/{}", names.find(|name| name.starts_with(start)).unwrap())
}

#[test]
fn the_files_that_frame_a_bag_are_those_that_were_written() {
    let project = with_bag();
    let whole = project.read("abgabe/bag-info.txt");
    forge(&project, "bag-info.txt", "Bagging-Date: 2025", "Bagging-Date: 1999");
    is_found(&project, "another day", ("bag-info.txt", "changed"));
    project.write("abgabe/bag-info.txt", &whole);
    list_anew(&project.path().join("abgabe"));
    assert_eq!(project.run(&["verify", "abgabe"]).code, 0);

    std::fs::remove_file(project.path().join("abgabe/bag-info.txt")).unwrap();
    let tags = String::from_utf8(project.read("abgabe/tagmanifest-sha512.txt")).unwrap();
    let tags: String =
        tags.lines().filter(|line| !line.contains("bag-info")).map(|line| format!("{line}\n")).collect();
    project.write("abgabe/tagmanifest-sha512.txt", tags);
    is_found(&project, "no bag-info.txt", ("bag-info.txt", "missing"));
    project.write("abgabe/bag-info.txt", &whole);
    list_anew(&project.path().join("abgabe"));

    for name in ["fetch.txt", "manifest-md5.txt", "notizen/heimlich.txt"] {
        project.write(&format!("abgabe/{name}"), "");
        is_found(&project, name, (name, "added"));
        std::fs::remove_file(project.path().join("abgabe").join(name)).unwrap();
    }
    project.write("abgabe/bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n");
    list_anew(&project.path().join("abgabe"));
    is_found(&project, "another version", ("bagit.txt", "changed"));
    project.write("abgabe/bagit.txt", "BagIt-Version: 9.9\nTag-File-Character-Encoding: EBCDIC\n");
    list_anew(&project.path().join("abgabe"));
    is_found(&project, "a version that there is not", ("bagit.txt", "bad_list"));
}

#[test]
fn a_bag_without_its_report_is_not_sound() {
    let project = with_bag();
    std::fs::remove_file(project.path().join("abgabe/data/bericht.json")).unwrap();
    let anew = || list_anew(&project.path().join("abgabe"));
    anew();
    is_found(&project, "no report", ("data/bericht.json", "missing"));
    project.write("abgabe/bag-info.txt", "");
    anew();
    is_found(&project, "no report, and nobody who made it", ("data/bericht.json", "missing"));
}

#[test]
fn what_a_bag_says_twice_it_says_alike() {
    let project = with_bag();
    let report = "data/bericht.json";
    let object = one_of(&project, "data/oparl", "file-auszug");
    let paper = "data/oparl/paper-V-0123-2025.json";
    let json = "data/vorlagen/V-0123-2025/V-0123-2025.json";
    let whole = project.path().join("ganz");
    std::fs::rename(project.path().join("abgabe"), &whole).unwrap();
    let again = |name: &str, from: &str, to: &str, flaw: (&str, &str)| {
        crate::examples::copy(&whole, &project.path().join("abgabe"));
        forge(&project, name, from, to);
        is_found(&project, &format!("{from} → {to}"), flaw);
        std::fs::remove_dir_all(project.path().join("abgabe")).unwrap();
    };
    again(
        &object,
        "\"fileName\": \"auszug.pdf\"",
        "\"fileName\": \"anders.pdf\"",
        (&object, "contradiction"),
    );
    again(&object, "\"size\": ", "\"size\": 1", (&object, "contradiction"));
    again(paper, "\"name\": \"", "\"name\": \"Kein ", ("data/oparl/liste/paper.json", "contradiction"));
    again(json, "\"betreff\": \"", "\"betreff\": \"Kein ", (json, "contradiction"));
    let packet = one_of_whole(&whole, "data/oparl", "file-Rat-2025-04-02-oeffentlich");
    let secret = "\"pfad\":\"data/sitzung/Rat-2025-04-02-oeffentlich.pdf\",\"art\":\"sitzungsmappe\",\"titel\":\"Sitzungsmappe, öffentliche Fassung\",\"oeffentlich\":true";
    again(report, secret, &secret.replace("true", "false"), (&packet, "contradiction"));
}

fn one_of_whole(bag: &Path, folder: &str, start: &str) -> String {
    let names = std::fs::read_dir(bag.join(folder)).unwrap();
    let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    format!("{folder}/{}", names.find(|name| name.starts_with(start)).unwrap())
}

#[test]
fn an_annex_that_was_exchanged_is_missed_by_the_message_and_by_oparl() {
    let project = with_bag();
    let folder = project.path().join("abgabe");
    replace_and_list(&folder, &folder.join(ANNEX), b"%PDF-1.7 anders");
    let object = one_of(&project, "data/oparl", "file-auszug");
    is_found(&project, "OParl", (&object, "contradiction"));
    let container = one_of(&project, "data/xdomea", "");
    is_found(&project, "message", (&container, "contradiction"));
    is_found(&project, "name", ("bag-info.txt", "contradiction"));
}

#[test]
fn a_container_holds_what_its_message_names() {
    let project = with_bag();
    let folder = project.path().join("abgabe");
    let container = one_of(&project, "data/xdomea", "");
    let mut bytes = project.read(&format!("abgabe/{container}"));
    let annex = project.read(&format!("abgabe/{ANNEX}"));
    let at = bytes.windows(annex.len()).position(|window| window == annex).unwrap();
    bytes[at + annex.len() / 2] ^= 1;
    replace_and_list(&folder, &folder.join(&container), &bytes);
    is_found(&project, "a bit in a copy", (&container, "contradiction"));
}

#[test]
fn a_report_does_not_turn_the_comparison_off() {
    let project = with_bag();
    let folder = project.path().join("abgabe");
    let other = project.read("abgabe/data/vorlagen/V-0034-2026/V-0034-2026-Anlage-A.pdf");
    replace_and_list(&folder, &folder.join(FORM), &other);
    let report: Json = serde_json::from_slice(&project.read("abgabe/data/bericht.json")).unwrap();
    let made = report["anlage"]["kennung"].as_str().unwrap().to_owned();
    forge(&project, "data/bericht.json", &made, &"0".repeat(made.len()));
    is_found(&project, "another program of the same version", (FORM, "content"));
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    forge(&project, "data/bericht.json", &version, "\"version\": \"0.0.1\"");
    let container = one_of(&project, "data/xdomea", "");
    is_found(&project, "another version", (&container, "contradiction"));
}

#[test]
fn packets_are_made_again() {
    let project = with_bag();
    let folder = project.path().join("abgabe");
    let public = "data/sitzung/Rat-2025-04-02-oeffentlich.pdf";
    let complete = project.read("abgabe/data/sitzung/Rat-2025-04-02-vollstaendig.pdf");
    replace_and_list(&folder, &folder.join(public), &complete);
    is_found(&project, "the complete packet for everybody", (public, "content"));
}

#[test]
fn what_cannot_be_made_again_is_said() {
    let project = with_session();
    bag(&project, "abgabe", &["--public-only"]);
    let (run, verdict) = verdict(&project, "abgabe");
    assert_eq!(run.code, 0, "{verdict}");
    let packet = "data/sitzung/Rat-2025-04-02-oeffentlich.pdf";
    assert!(kinds(&verdict).contains(&(packet, "no_record")), "{verdict}");
    let run = project.run(&["verify", "abgabe"]);
    assert!(run.stdout.contains("Die Sitzungsdatei ist nicht in der Abgabe"), "{}", run.stdout);
    assert!(!run.stdout.contains("unversehrt"), "{}", run.stdout);
}

#[test]
fn a_receipt_proves_what_nothing_else_does() {
    let project = with_bag();
    let verify = || project.run(&["verify", "abgabe", "--receipt", "quittung.json"]);
    let run = verify();
    assert_eq!(run.code, 0, "{}", run.stdout);
    let hash = anlage::files::digest(&project.path().join("quittung.json")).unwrap().sha512;
    assert!(run.stdout.contains(&hash), "{}", run.stdout);
    // Another order of lines changes nothing that a bag says.
    let tags = String::from_utf8(project.read("abgabe/tagmanifest-sha512.txt")).unwrap();
    let lines: String = tags.lines().rev().map(|line| format!("{line}\n")).collect();
    project.write("abgabe/tagmanifest-sha512.txt", lines);
    assert_eq!(project.run(&["verify", "abgabe"]).code, 0);
    let run = verify();
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("tagmanifest-sha512.txt ist nicht die Datei, die quittiert ist"),
        "{}",
        run.stdout
    );
    project.write("abgabe/tagmanifest-sha512.txt", tags);
    assert_eq!(verify().code, 0);

    project.write("keine.json", "{}");
    assert_eq!(project.run(&["verify", "abgabe", "--receipt", "keine.json"]).code, 2);
    assert_eq!(project.run(&["verify", "abgabe", "--receipt", "fehlt.json"]).code, 3);
    assert_eq!(project.run(&["verify", "abgabe", "out", "--receipt", "quittung.json"]).code, 2);
}

#[test]
fn a_full_temporary_folder_puts_no_blame_on_a_bag() {
    let project = with_bag();
    let disk = project.path().join("platte");
    std::fs::create_dir(&disk).unwrap();
    let Some(_mounted) = SmallDisk::at(&disk, 64 << 10) else { return };
    let run = project.command(&["verify", "abgabe"]).env("TMPDIR", &disk).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(!said.contains("Fehler"), "{said}");
}

#[test]
fn the_report_of_a_whole_bag_does_not_say_that_only_what_is_public_is_in_it() {
    let project = with_bag();
    forge(&project, "data/bericht.json", "\"nur_oeffentlich\": false", "\"nur_oeffentlich\": true");
    is_found(&project, "another scope", ("data/bericht.json", "contradiction"));
}
