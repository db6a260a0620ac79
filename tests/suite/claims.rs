//! What packets claim: the most that all their papers hold, and no more.

use std::process::Command;

use serde_json::{Value, json};

use crate::conformance::veracheck;
use crate::packet_runs::{SESSION, head};
use crate::program::{Project, sound_record};
use crate::sheets::Sheets;

/// What papers are made with, and what a packet of such papers alone may claim.
const KINDS: [(&str, &str); 6] = [
    ("a-2a,ua-1", "PDF/A-2a, PDF/UA-1"),
    ("a-2a", "PDF/A-2a"),
    ("a-2u", "PDF/A-2u"),
    ("a-2b,ua-1", "PDF/A-2b, PDF/UA-1"),
    ("1.7,ua-1", "PDF/UA-1"),
    ("a-3a,ua-1", "PDF/UA-1"),
];

/// What holds for both of two claims of the table.
fn both(one: &str, other: &str) -> String {
    let level =
        |claims: &str| ["PDF/A-2b", "PDF/A-2u", "PDF/A-2a"].iter().position(|level| claims.contains(level));
    let pdf_a =
        level(one).zip(level(other)).map(|(one, other)| ["PDF/A-2b", "PDF/A-2u", "PDF/A-2a"][one.min(other)]);
    let pdf_ua = (one.contains("UA") && other.contains("UA")).then_some("PDF/UA-1");
    pdf_a.into_iter().chain(pdf_ua).collect::<Vec<_>>().join(", ")
}

/// A project with a paper of each kind in `v/`.
fn papers() -> Project {
    let project = Project::new();
    project.write("form.toml", sound_record("V/0009/2025"));
    for (at, (standards, _)) in KINDS.iter().enumerate() {
        let run = project.run(&["render", "form.toml", "-o", "made", "--force", "--standard", standards]);
        assert_eq!(run.code, 0, "{standards}: {}", run.stderr);
        project.write(&format!("v/{at}.pdf"), project.read("made/anlagen/V-0009-2025-Anlage-A.pdf"));
    }
    std::fs::remove_dir_all(project.path().join("made")).unwrap();
    project
}

/// Writes a session whose only proposal has these files.
fn session(project: &Project, name: &str, files: &[String]) {
    let mut record = head("V/0001/2025", "Sanierung der Stadtbücherei", true);
    for (number, file) in (1..).zip(files) {
        record += &format!("[anlage.{number}]\ntitel = 'Datei {number}'\ndatei = '{file}'\n\n");
    }
    project.write(&format!("v/{name}.toml"), record);
    project.write(
        &format!("{name}.toml"),
        format!("{SESSION}[[top]]\nnummer = '1'\nvorlage = 'v/{name}.toml'\n"),
    );
}

fn packet(project: &Project, name: &str) -> Value {
    let arguments =
        ["packet", &format!("{name}.toml"), "--edition", "complete", "-o", name, "--format", "json"];
    let run = project.run(&arguments);
    assert_eq!(run.code, 0, "{name}: {}{}", run.stdout, run.stderr);
    let report: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    report["editions"][0].clone()
}

#[test]
fn a_packet_claims_what_all_its_papers_hold() {
    let project = papers();
    let mut claiming: Vec<(String, Vec<String>)> = Vec::new();
    for (at, (_, one)) in KINDS.iter().enumerate() {
        for (beside, (_, other)) in KINDS.iter().enumerate().skip(at) {
            let name = format!("mix-{at}-{beside}");
            session(&project, &name, &[format!("{at}.pdf"), format!("{beside}.pdf")]);
            let made = packet(&project, &name);
            assert_eq!(made["claims"], json!(both(one, other)), "{name}");
            for claim in both(one, other).split(", ").filter(|claim| !claim.is_empty()) {
                let flavour = claim
                    .trim_start_matches("PDF/A-")
                    .trim_start_matches("PDF/")
                    .to_lowercase()
                    .replace("ua-", "ua");
                let path = project.path().join(made["path"].as_str().unwrap()).display().to_string();
                match claiming.iter_mut().find(|(known, _)| *known == flavour) {
                    Some((_, paths)) => paths.push(path),
                    None => claiming.push((flavour, vec![path])),
                }
            }
        }
    }
    let Some(veracheck) = veracheck() else { return };
    for (flavour, paths) in claiming {
        let judged = Command::new(&veracheck).args(["-v", &flavour]).args(&paths).output().unwrap();
        let said = String::from_utf8_lossy(&judged.stdout);
        assert_eq!(said.matches("PASS").count(), paths.len(), "{flavour}: {said}");
    }
}

#[test]
fn a_reason_is_said_once_and_names_its_papers() {
    let project = papers();
    let tagged = "5.pdf".to_owned();
    for name in ["plan.pdf", "foto.pdf"] {
        project.write(&format!("v/{name}"), Sheets::new(&["Plan"]).bytes());
    }
    let files = ["plan.pdf".to_owned(), tagged, "foto.pdf".to_owned(), "0.pdf".to_owned()];
    session(&project, "gemischt", &files);
    let run = project.run(&["packet", "gemischt.toml", "--edition", "complete"]);
    let said = run.stderr.split("Vollständige Fassung").nth(1).unwrap_or_else(|| panic!("{}", run.stderr));
    let lines: Vec<&str> = said.lines().map(str::trim_end).collect();
    assert!(lines[0].ends_with("nicht PDF/A-2a und nicht PDF/UA-1, denn:"), "{said}");
    assert_eq!(
        lines[1..6],
        [
            "  kein PDF/A; ohne Tags (wird nicht vorgelesen):",
            "    TOP 1  V/0001/2025 Anlage 1  S. 3",
            "    TOP 1  V/0001/2025 Anlage 3  S. 5",
            "  PDF/A-3a, nicht PDF/A-2a:",
            "    TOP 1  V/0001/2025 Anlage 2  S. 4",
        ],
        "{said}"
    );
}

#[test]
fn colours_for_print_cost_no_accessibility() {
    let project = Project::new();
    project.write("form.toml", sound_record("V/0009/2025"));
    assert_eq!(project.run(&["render", "form.toml", "-o", "made"]).code, 0);
    let mut form = lopdf::Document::load_mem(&project.read("made/anlagen/V-0009-2025-Anlage-A.pdf")).unwrap();
    // An intent for print: four colours.
    let profile = form.add_object(lopdf::Stream::new(lopdf::dictionary! { "N" => 4 }, vec![0; 128]));
    let intent =
        lopdf::dictionary! { "Type" => "OutputIntent", "S" => "GTS_PDFA1", "DestOutputProfile" => profile };
    let catalog = form.trailer.get(b"Root").and_then(lopdf::Object::as_reference).unwrap();
    form.get_dictionary_mut(catalog).unwrap().set("OutputIntents", vec![intent.into()]);
    let mut bytes = Vec::new();
    form.save_to(&mut bytes).unwrap();
    project.write("v/druck.pdf", bytes);
    session(&project, "druck", &["druck.pdf".to_owned()]);
    let made = packet(&project, "druck");
    assert_eq!(
        (&made["claims"], &made["papers"][0]["missing"]),
        (&json!("PDF/UA-1"), &json!(["Farben für den Druck (CMYK)"]))
    );
}
