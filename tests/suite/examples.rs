//! Every example is rendered, without a finding, the same each time, and can be read from beginning to end.

use std::collections::BTreeMap;
use std::path::Path;

use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository};

/// The examples' PDFs, by their names.
pub(crate) fn rendered(arguments: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let project = Project::new();
    copy(&repository().join("examples"), &project.path().join("examples"));
    let run = project.run(&[&["render", "examples"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let names = project.list("out/anlagen");
    names.into_iter().map(|name| (name.clone(), project.read(&format!("out/anlagen/{name}")))).collect()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn only_the_seed_has_findings() {
    let project = Project::new();
    copy(&repository().join("examples"), &project.path().join("examples"));
    let run = project.run(&["check", "examples", "--format", "json"]);
    let reports: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(reports.len() >= 7, "{}", reports.len());
    for report in reports {
        let findings = report["findings"].as_array().unwrap();
        let found: Vec<(&str, &str, u64)> = findings
            .iter()
            .map(|finding| {
                let text = |key: &str| finding[key].as_str().unwrap();
                (text("code"), text("severity"), finding["line"].as_u64().unwrap())
            })
            .collect();
        // The name of the Produktgruppe, and the years of both budgets: what is wrong with the real document.
        let expected: &[_] = match report["record"].as_str().unwrap() {
            "examples/migrationsleitbild/V-0056-2025.toml" => {
                &[("F209", "warnung", 40), ("F201", "warnung", 43), ("F201", "warnung", 44)]
            }
            _ => &[],
        };
        // Some annexes are scans, and a plan has layers, as in life.
        let found: Vec<_> = found.into_iter().filter(|(code, ..)| !["P202", "P206"].contains(code)).collect();
        assert_eq!(found, expected, "{}", report["record"]);
    }
    assert_eq!(run.code, 0);
}

#[test]
fn the_example_of_each_form_has_no_findings() {
    let templates = repository().join("templates");
    for path in files_below(&templates, "toml").iter().filter(|path| path.ends_with("example.toml")) {
        let project = Project::new();
        project.write("a.toml", std::fs::read(path).unwrap());
        let run = project.run(&["render", "a.toml"]);
        assert_eq!((run.code, run.stderr.contains("keine Befunde")), (0, true), "{}", run.stderr);
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert!(rendered(&[]) == rendered(&[]));
    assert!(rendered(&["--embed-record"]) == rendered(&["--embed-record"]));
}

#[test]
fn every_page_can_be_read_aloud() {
    for (name, bytes) in rendered(&[]) {
        // Reading the elements fails on text that is outside the structure tree or in it twice.
        let elements = Pdf::read(&bytes).elements();
        for element in &elements {
            let last = element.path.rsplit('/').next().unwrap();
            assert!(
                last != "Figure" || element.alt.as_ref().is_some_and(|alt| !alt.is_empty()),
                "{name}: {element:?}"
            );
            assert!(last != "TH" || element.scope.is_some(), "{name}: {element:?}");
            assert!(last != "P" || !element.text.trim().is_empty(), "{name}: {element:?}");
            let loose = ["Document/Strong", "Document/Em", "Document/Link", "Document/Span"];
            assert!(!loose.contains(&element.path.as_str()), "{name}: text without a paragraph: {element:?}");
        }
        assert!(elements.iter().any(|element| element.path.ends_with("/H1")), "{name} has a title");
    }
}

#[test]
fn a_record_can_be_got_back_from_its_pdf() {
    let project = Project::new();
    copy(&repository().join("examples"), &project.path().join("examples"));
    assert_eq!(project.run(&["render", "examples", "--embed-record"]).code, 0);
    for path in files_below(&project.path().join("examples"), "toml") {
        let record = std::fs::read(&path).unwrap();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        // A session is no record.
        if stem == "sitzung" {
            continue;
        }
        let names = ["Anlage-A", "Vorlage"].map(|label| format!("{stem}-{label}.pdf"));
        let made = project.pdfs("out/anlagen");
        let pdf = format!("out/anlagen/{}", names.iter().find(|name| made.contains(name)).unwrap());
        let output = project.output(&["extract", &pdf], b"");
        assert!(output.status.success());
        assert!(output.stdout == record, "{pdf} does not give its record back");
    }
    let run = project.run(&["extract", "examples/feuerwehrbedarfsplan/auszug.pdf"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("enthält keine Vorlagendatei"), "{}", run.stderr);
}
