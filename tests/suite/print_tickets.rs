//! Job tickets of the print room, and who gets what.

use std::process::Command;

use serde_json::Value;

use crate::examples::copy;
use crate::pdf::Pdf;
use crate::program::{Project, available, installed, repository};

const LIST: &str = "
[[verteiler]]
name = 'Ratsmitglieder'
fassung = 'vollständig'
exemplare = 60
druck = 'Broschüre'

[[verteiler]]
name = 'Dezernate & Ämter'
fassung = 'vollständig'
exemplare = 7

[[verteiler]]
name = 'Fraktionen'
fassung = 'vollständig'
druck = 'Broschüre'

[[verteiler]]
name = 'Presse'
fassung = 'öffentlich'
form = 'elektronisch'
";

fn with_list(list: &str) -> Project {
    let project = Project::new();
    copy(&repository().join("examples/ratssitzung"), project.path());
    let session = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write("sitzung.toml", session + list);
    project
}

fn print(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let run = project.run(&[&["print", "sitzung.toml", "--format", "json"], arguments].concat());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let said: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    said["printed"].as_array().unwrap().clone()
}

fn made(printed: &[Value]) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |one: &Value| (text(&one["edition"]), text(&one["layout"]), one["copies"].as_u64().unwrap());
    printed.iter().map(one).collect()
}

#[test]
fn there_is_a_file_for_each_edition_and_layout_that_somebody_gets_on_paper() {
    let job = |edition: &str, layout: &str, copies: u64| (edition.to_owned(), layout.to_owned(), copies);
    let project = with_list(LIST);
    assert_eq!(made(&print(&project, &[])), [job("complete", "booklet", 61), job("complete", "duplex", 7)]);
    let one = ["--layout", "simplex", "--edition", "all"];
    assert_eq!(made(&print(&project, &one)), [job("public", "simplex", 1), job("complete", "simplex", 68)]);
    let without = with_list("");
    assert_eq!(made(&print(&without, &[])), [job("public", "duplex", 1), job("complete", "duplex", 1)]);
    let wrong = with_list("[[verteiler]]\nname = 'Presse'\nfassung = 'alle'\n");
    let run = wrong.run(&["check", "sitzung.toml"]);
    assert!(run.code == 1 && run.stderr.contains("Fassung der Mappe"), "{}", run.stderr);
}

#[test]
fn what_is_held_back_is_not_printed_and_its_sheets_are_taken_out() {
    let project = with_list("");
    print(&project, &["--edition", "public"]);
    let sheets = "out/druck/Rat-2025-05-14-oeffentlich-duplex.pdf";
    assert!(project.path().join(sheets).is_file());
    // Words of a paper that is not public, in the subject of one that is.
    let secret = "vorlagen/V-0251-2025.toml";
    let text = String::from_utf8(project.read(secret)).unwrap();
    let subject = text.lines().find_map(|line| line.strip_prefix("betreff")).unwrap();
    let public = String::from_utf8(project.read("vorlagen/V-0230-2025.toml")).unwrap();
    let told: Vec<String> = public
        .lines()
        .map(|line| if line.starts_with("betreff") { format!("betreff{subject}") } else { line.to_owned() })
        .collect();
    project.write("vorlagen/V-0230-2025.toml", told.join("\n"));
    let run = project.run(&["print", "sitzung.toml", "--edition", "public"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("[P106]"), "{}", run.stderr);
    assert!(run.stderr.contains("Rat-2025-05-14-oeffentlich-duplex-veraltet.pdf"), "{}", run.stderr);
    assert_eq!(project.list("out/druck"), Vec::<String>::new());
}

#[test]
fn the_three_tickets_say_the_same() {
    let project = with_list(LIST);
    let printed = print(&project, &[]);
    let ticket = |at: usize, which: usize| printed[at]["tickets"][which].as_str().unwrap();
    let said: Value = serde_json::from_slice(&project.read(ticket(1, 1))).unwrap();
    let attributes = &said["files"][0]["attributes"];
    assert_eq!(attributes["sides"], "two-sided-long-edge");
    assert_eq!(attributes["finishings"], serde_json::json!(["staple-top-left", "punch-dual-left"]));
    assert_eq!((&attributes["media"], &attributes["copies"]), (&"iso_a4_210x297mm".into(), &7.into()));
    let booklet: Value = serde_json::from_slice(&project.read(ticket(0, 1))).unwrap();
    let attributes = &booklet["files"][0]["attributes"];
    assert_eq!(attributes["finishings"], serde_json::json!(["saddle-stitch"]));
    assert_eq!(attributes["sides"], "two-sided-short-edge");

    let sheet = Pdf::read(&project.read(ticket(0, 0)));
    let words = sheet.words().join(" ");
    let sheets = booklet["sheets"].as_u64().unwrap();
    assert_eq!(sheet.pages(), 1);
    for part in [
        "61 Exemplare",
        "Ratsmitglieder 60 Exemplare",
        &format!("auf {sheets} Bogen"),
        "zwei Klammern im Falz",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let xjdf = String::from_utf8(project.read(ticket(1, 2))).unwrap();
    for part in ["Amount=\"7\"", "StitchType=\"Corner\"", "Dezernate &amp; Ämter: 7", "Pattern=\"R2m-DIN\""]
    {
        assert!(xjdf.contains(part), "{part}: {xjdf}");
    }
    is_valid(&project, [ticket(0, 2), ticket(1, 2)]);
}

/// Asks the schema of CIP4 about tickets, where it is at hand.
fn is_valid(project: &Project, tickets: [&str; 2]) {
    let schema = std::env::var_os("ANLAGE_STANDARDS").map(std::path::PathBuf::from).unwrap_or_default();
    let schema = schema.join("xjdf-2.1/xjdf.xsd");
    // Not carried here, so never required.
    if !schema.is_file() || !available(installed("xmllint"), "xmllint, to judge XJDF") {
        return;
    }
    for ticket in tickets {
        let run = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(&schema)
            .arg(project.path().join(ticket))
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }
}
