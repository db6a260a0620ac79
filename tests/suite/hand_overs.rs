//! What hand-overs are called, what is lost on the way from a project into a bag, and what proves a bag later.

use crate::archive::{bag, with_session};
use crate::examples::copy;
use crate::program::repository;

#[test]
fn hand_overs_of_one_session_are_told_apart_and_belong_together() {
    let project = with_session();
    let label = |bag: &str, label: &str| {
        let info = String::from_utf8(project.read(&format!("{bag}/bag-info.txt"))).unwrap();
        let line =
            info.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(": ").map(str::to_owned));
        line.unwrap_or_default()
    };
    bag(&project, "ganz", &[]);
    bag(&project, "offen", &["--public-only"]);
    let record = project.read("kita-neubau/V-0123-2025.toml");
    project.write("kita-neubau/V-0123-2025.toml", [&record[..], b"\n# nachgetragen\n"].concat());
    let first = label("ganz", "External-Identifier");
    bag(&project, "danach", &["--follows", &first]);
    let names = ["ganz", "offen", "danach"].map(|bag| label(bag, "External-Identifier"));
    assert!(names[0] != names[1] && names[0] != names[2] && names[1] != names[2], "{names:?}");
    assert!(
        ["ganz", "offen", "danach"].iter().all(|bag| label(bag, "Bag-Group-Identifier") == "Rat-2025-04-02")
    );
    assert_eq!(label("danach", "Follows"), first);
    assert_eq!(label("ganz", "Follows"), "");
    let containers = ["ganz", "offen", "danach"].map(|bag| project.list(&format!("{bag}/data/xdomea")));
    assert!(containers[0] != containers[1] && containers[0] != containers[2], "{containers:?}");
    assert_eq!(project.run(&["verify", "ganz", "offen", "danach"]).code, 0);
}

#[test]
fn names_of_forms_files_forge_no_line() {
    let project = with_session();
    copy(&repository().join("templates/muenster-anlage-a"), &project.path().join("templates/eigenes"));
    let form = String::from_utf8(project.read("templates/eigenes/template.toml")).unwrap();
    project.write("templates/eigenes/template.toml", form.replace("muenster-anlage-a", "eigenes"));
    let record = String::from_utf8(project.read("kita-neubau/V-0123-2025.toml")).unwrap();
    project.write("kita-neubau/V-0123-2025.toml", record.replace("muenster-anlage-a", "eigenes"));
    for name in
        ["Plan 100%25.txt", "a\n00  data/untergeschoben.txt", "a_00  data/untergeschoben.txt", "b%0Ac"]
    {
        project.write(&format!("templates/eigenes/{name}"), "x");
    }
    let run = project.run(&["archive", "kita-neubau", "-o", "abgabe", "--date", "2025-05-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let manifest = String::from_utf8(project.read("abgabe/manifest-sha512.txt")).unwrap();
    assert!(!manifest.contains('%') && manifest.lines().all(|line| line.contains("  data/")), "{manifest}");
    let run = project.run(&["verify", "abgabe"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn without_its_packet_a_session_is_not_handed_over() {
    let project = with_session();
    project.write("templates/sitzung/mappe.typ", "#panic(\"so nicht\")");
    let run = project.run(&["archive", "probe.toml", "-o", "abgabe"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(!project.path().join("abgabe").exists());
}

#[test]
fn a_receipt_lies_outside_and_is_not_overwritten() {
    let project = with_session();
    let archive =
        |bag: &str, receipt: &str| project.run(&["archive", "kita-neubau", "-o", bag, "--receipt", receipt]);
    assert_eq!(archive("a", "a/quittung.json").code, 2);
    assert!(!project.path().join("a").exists());
    let run = archive("a", "quittungen/a.json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let hash = anlage::files::digest(&project.path().join("quittungen/a.json")).unwrap().sha512;
    assert!(run.stderr.contains(&hash), "{}", run.stderr);
    assert_eq!(archive("b", "quittungen/a.json").code, 3);
    assert!(!project.path().join("b").exists());
}
