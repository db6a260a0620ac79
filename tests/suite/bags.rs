//! Bags of others: what RFC 8493 and the drafts before it allow is judged right, and what nobody would write by hand is
//! judged within limits.

use serde_json::Value as Json;

use crate::program::Project;
use crate::verify::{kinds, verdict};

const CURRENT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
const DRAFT: &str = "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n";
/// Of `abc`.
const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// Of nothing.
const MD5_OF_NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// Judges a bag with these files; `data/a` holds `abc`.
fn code(files: &[(&str, &str)]) -> (i32, String) {
    let project = Project::new();
    project.write("sack/data/a", "abc");
    for (name, text) in files {
        project.write(&format!("sack/{name}"), text);
    }
    let run = project.run(&["verify", "sack"]);
    assert!(!run.stdout.contains("unversehrt"), "nothing in it is compared: {}", run.stdout);
    (run.code, run.stdout)
}

fn judged(files: &[(&str, &str)], expected: i32) {
    let (code, said) = code(files);
    assert_eq!(code, expected, "{files:?}: {said}");
}

#[test]
fn every_hash_that_manifests_use_is_compared() {
    for (way, hash) in [("md5", MD5), ("sha1", SHA1), ("sha256", SHA256)] {
        let manifest = format!("manifest-{way}.txt");
        for version in [CURRENT, DRAFT] {
            judged(&[("bagit.txt", version), (&manifest, &format!("{hash}  data/a\n"))], 0);
            judged(&[("bagit.txt", version), (&manifest, &format!("{hash}  data/a\n")), ("data/b", "")], 1);
            let other = hash.replacen(&hash[..1], "0", 1);
            judged(&[("bagit.txt", version), (&manifest, &format!("{other}  data/a\n"))], 1);
        }
    }
    judged(&[("bagit.txt", CURRENT), ("manifest-crc32.txt", "352441c2  data/a\n")], 1);
    judged(&[("bagit.txt", CURRENT)], 1);
    judged(&[("manifest-md5.txt", &format!("{MD5}  data/a\n"))], 1);
}

#[test]
fn each_manifest_lists_all_files_once() {
    let (md5, sha1) = (format!("{MD5}  data/a\n"), format!("{SHA1}  data/a\n"));
    let both = |md5: &str, sha1: &str, version: &str, expected: i32| {
        judged(&[("bagit.txt", version), ("manifest-md5.txt", md5), ("manifest-sha1.txt", sha1)], expected);
    };
    both(&md5, &sha1, CURRENT, 0);
    both(&md5, "", CURRENT, 1);
    // Before the RFC one of them was enough, and a file could be listed twice if it was listed alike.
    both(&md5, "", DRAFT, 0);
    both(&md5.repeat(2), &sha1, CURRENT, 1);
    both(&md5.repeat(2), &sha1, DRAFT, 0);
    both(&format!("{md5}{MD5_OF_NOTHING}  data/a\n"), &sha1, DRAFT, 1);
    // The same name in other letters.
    both(&format!("{md5}{MD5}  data/A\n"), &sha1, DRAFT, 0);
    for path in ["../a", "/etc/passwd", "~/a", "~root/a", "C:\\a", "bagit.txt", "data/../data/a"] {
        both(&format!("{md5}{MD5}  {path}\n"), &sha1, DRAFT, 1);
    }
    both(&format!("{MD5} *./data/a\n"), &sha1, DRAFT, 0);
}

#[test]
fn tag_files_are_read_as_the_bag_declares_them() {
    let utf16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let project = Project::new();
    project.write("sack/bagit.txt", "BagIt-Version: 0.97\r\nTag-File-Character-Encoding: UTF-16");
    project.write("sack/data/ä", "abc");
    project.write("sack/manifest-md5.txt", utf16(&format!("{MD5}  data/ä\n")));
    project.write("sack/bag-info.txt", utf16("Payload-Oxum: 3.1\n"));
    let (run, judged) = verdict(&project, "sack");
    assert_eq!(run.code, 0, "{judged}");
    assert_eq!(judged["sound"], Json::Null, "nothing in it is compared");
    project.write("sack/bag-info.txt", utf16("Payload-Oxum : 4.1\n"));
    let (run, judged) = verdict(&project, "sack");
    assert_eq!((run.code, kinds(&judged).contains(&("bag-info.txt", "oxum"))), (1, true), "{judged}");
}

#[test]
fn what_is_still_to_be_fetched_is_not_there() {
    let manifest = format!("{MD5}  data/a\n{MD5_OF_NOTHING}  data/b\n");
    let with = |fetch: &str, more: &[(&str, &str)], expected: i32| {
        let own = [("bagit.txt", CURRENT), ("manifest-md5.txt", manifest.as_str()), ("fetch.txt", fetch)];
        judged(&[&own[..], more].concat(), expected);
    };
    with("https://example.org/b 0 data/b\n", &[("data/b", "")], 0);
    with("https://example.org/b - data/b\n", &[], 1);
    with("https://example.org/b x data/b\n", &[("data/b", "")], 1);
    with("https://example.org/c 0 data/c\n", &[("data/b", "")], 1);
    with("https://example.org/b 0 ../b\n", &[("data/b", "")], 1);
    with("data/b\n", &[("data/b", "")], 1);
}

#[test]
fn what_is_endless_is_judged_soon() {
    let project = Project::new();
    project.write("sack/bagit.txt", CURRENT);
    project.write("sack/data/a", "abc");
    project.write("sack/manifest-sha512.txt", "\n".repeat(5_000_000));
    let run = project.run(&["verify", "sack"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("4999980 weitere Zeilen sind fehlerhaft"), "{}", run.stdout);
    // A report of empty lists would take a hundred times as much memory.
    let hash = |text: &str| anlage::files::digest_bytes(text.as_bytes()).sha512;
    let report = format!("{{\"anlage\":{{}},\"dateien\":[{}[]]}}", "[],".repeat(4_000_000));
    let manifest = format!("{}  data/a\n{}  data/bericht.json\n", hash("abc"), hash(&report));
    project.write("sack/data/bericht.json", report);
    project.write("sack/manifest-sha512.txt", manifest);
    let (run, judged) = verdict(&project, "sack");
    assert_eq!(run.code, 1);
    assert!(kinds(&judged).contains(&("data/bericht.json", "bad_list")), "{judged}");
}

#[test]
fn many_files_that_are_missing_and_many_that_were_added_are_compared_in_one_go() {
    let project = Project::new();
    project.write("sack/bagit.txt", CURRENT);
    for number in 0..3_000 {
        project.write(&format!("sack/data/{number}"), number.to_string());
    }
    let hash = |number: usize| anlage::files::digest_bytes(format!("x{number}").as_bytes()).sha512;
    let manifest: String = (0..100_000).map(|number| format!("{}  data/x{number}\n", hash(number))).collect();
    project.write("sack/manifest-sha512.txt", manifest);
    let (run, judged) = verdict(&project, "sack");
    assert_eq!(run.code, 1);
    let all = kinds(&judged);
    let count = |kind: &str| all.iter().filter(|(_, own)| *own == kind).count();
    assert_eq!((count("missing"), count("added")), (100_000, 3_000));
}
