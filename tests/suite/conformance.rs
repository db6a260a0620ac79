//! What the genuine veraPDF says. It needs Java and a download from PyPI, see `tests/veracheck/setup.sh`;
//! without them the tests are skipped with a line that says so, unless `ANLAGE_REQUIRE_TOOLS` is set.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::examples::copy;
use crate::images::every_kind;
use crate::packet::Packets;
use crate::program::{Project, available, repository};
use crate::scans::{made, scans};
use crate::tables::record;

/// Where `.ci/run` sets it up.
pub(crate) fn veracheck() -> Option<PathBuf> {
    let path = repository().join("target/veracheck/veracheck");
    let what = "conformance needs veraPDF; tests/veracheck/setup.sh target/veracheck sets it up";
    available(path.is_file(), what).then_some(path)
}

/// The examples.
fn judge(arguments: &[&str], flavours: &str) {
    let project = Project::new();
    copy(&repository().join("examples"), project.path());
    judge_project(&project, arguments, flavours);
}

fn judge_project(project: &Project, arguments: &[&str], flavours: &str) {
    let Some(veracheck) = veracheck() else {
        return;
    };
    let run = project.run(&[&["render"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    judge_files(&veracheck, project, flavours);
}

/// The files that were made.
pub(crate) fn judge_files(veracheck: &Path, project: &Project, flavours: &str) {
    let folders = ["out/anlagen", "out/oeffentlich", "out/vollstaendig"];
    let made: Vec<_> = folders.into_iter().filter(|folder| !project.pdfs(folder).is_empty()).collect();
    assert!(!made.is_empty());
    for folder in made {
        let output =
            Command::new(veracheck).args(["-v", flavours]).arg(project.path().join(folder)).output().unwrap();
        let verdicts = String::from_utf8_lossy(&output.stdout);
        let expected = project.pdfs(folder).len() * flavours.split(',').count();
        let passed = verdicts.lines().filter(|line| line.starts_with("PASS\t")).count();
        assert!(output.status.success() && passed == expected, "{passed} of {expected} passed:\n{verdicts}");
    }
}

#[test]
fn every_example_is_pdf_a_2a_and_pdf_ua_1() {
    judge(&[], "2a,ua1");
}

#[test]
fn a_table_on_a_page_of_its_own_conforms() {
    let project = Project::new();
    let row = |cell: &str| format!("|{}\n", format!(" {cell} |").repeat(9));
    let table = row("Ansatz") + &row("---:") + &row("1.234.567,89 EUR").repeat(70);
    project.write(
        "v/1.toml",
        record(1, &format!("Davor.\n\n{table}{{breiten={}*}}\n\nDanach.", "auto,".repeat(8))),
    );
    project.write("v/2.toml", record(2, &format!("{table}\n\n{table}")));
    judge_project(&project, &["v"], "2a,ua1");
}

#[test]
fn every_example_with_its_record_is_pdf_a_3a_and_pdf_ua_1() {
    judge(&["--embed-record"], "3a,ua1");
}

#[test]
fn images_of_every_kind_are_pdf_a_2a_and_pdf_ua_1() {
    judge_project(&every_kind(), &[], "2a,ua1");
}

#[test]
fn scans_of_every_kind_are_pdf_a_2a_and_pdf_ua_1() {
    let Some(veracheck) = veracheck() else {
        return;
    };
    let project = Project::new();
    for (name, bytes) in scans() {
        project.write(&format!("out/anlagen/{name}.pdf"), made(&name, &bytes).pdf);
    }
    judge_files(&veracheck, &project, "2a,ua1");
}

#[test]
fn packets_that_claim_it_are_pdf_a_2a_and_pdf_ua_1() {
    let Some(veracheck) = veracheck() else {
        return;
    };
    for example in ["bezirksvertretung", "gemeinsame-sitzung"] {
        judge_files(&veracheck, &Packets::of_example(example).project, "2a,ua1");
    }
}

#[test]
fn other_standards_are_what_they_claim() {
    judge(&["--standard", "a-2b"], "2b");
    judge(&["--standard", "a-3u"], "3u");
    judge(&["--standard", "1.7,ua-1"], "ua1");
    judge(&["--standard", "a-4"], "4");
}
