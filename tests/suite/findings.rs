//! One record a finding. Each names its findings in comments at its end, as the program prints them:
//!
//! ```toml
//! #! Fehler[T104] 24:16: „jein“ ist keine Antwort auf „Auswirkungen auf den Ergebnisplan“.
//! #! Hilfe: Möglich sind „ja“ und „nein“.
//! ```
//!
//! With `ANLAGE_UPDATE=1` the comments are written anew; read them before they are committed.

use std::path::Path;

use anlage::diagnostics::{Diagnostic, Severity};
use anlage::run::{Run, collect};
use anlage::tasks::check::{Checking, Mending, check};

use crate::program::{Project, files_below, repository, sound_record};

const MARK: &str = "#! ";

#[test]
fn every_record_yields_the_findings_that_it_names() {
    let mut wrong = Vec::new();
    for path in files_below(&repository().join("tests/findings"), "toml") {
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(MARK)).collect();
        let found = described(&path);
        if expected == found {
            continue;
        }
        if std::env::var_os("ANLAGE_UPDATE").is_some() {
            update(&path, &bytes, &found);
        }
        wrong.push(format!("{}:\n{}", path.display(), found.join("\n")));
    }
    assert!(wrong.is_empty(), "these findings are not the expected ones:\n\n{}", wrong.join("\n\n"));
}

#[test]
fn each_code_of_a_record_has_a_record_that_yields_it() {
    let all: String = files_below(&repository().join("tests/findings"), "toml")
        .iter()
        .flat_map(std::fs::read)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    // Found by other tests: files too large or not readable, settings, runs of several records, forms.
    let elsewhere = [
        "T002", "T009", "T010", "T011", "T012", "T111", "T114", "V001", "P004", "P005", "U001", "U002",
        "U003", "U004", "U005", "U006", "U007", "U008", "V601", "S001", "P101", "P102", "P103", "P104",
        "P105", "P106", "P107", "P108", "P109", "P110", "P131", "P132", "P133", "P201", "P202", "P203",
        "P204", "P205", "P206", "P207", "P208", "P209", "P210", "P301", "P302", "P303", "P304", "P305",
        "P306", "P307", "S401", "S501", "S502", "S503", "S504", "S505", "S506", "S507", "S508", "L001",
        "L002", "L003", "L004", "L005", "L006",
    ];
    for code in anlage::diagnostics::codes::ALL {
        let named = all.contains(&format!("[{}]", code.id));
        // These are tried by the tests of `explain`.
        let explained = anlage::diagnostics::explanation(&code.id).unwrap().wrong.is_some();
        assert!(named || explained || elsewhere.contains(&&*code.id), "no record yields {}", code.id);
    }
}

#[test]
fn wrong_records_are_refused_and_the_others_of_the_folder_are_rendered() {
    let project = Project::new();
    let mut wrong = 0;
    for path in files_below(&repository().join("tests/findings"), "toml") {
        let name = path.file_name().unwrap().to_str().unwrap();
        // A session file in a folder is no record, so it is not refused but left alone.
        if !["sound.toml", "T102-session.toml"].contains(&name) {
            wrong += 1;
            // A number of its own, so that no two records share one.
            let bytes = std::fs::read(&path).unwrap();
            project.write(&format!("vorlagen/{name}"), replace(&bytes, &format!("V/{:04}/2024", wrong)));
        }
    }
    assert!(wrong > 20);
    project.write("vorlagen/gut-1.toml", sound_record("V/0901/2025"));
    project.write("vorlagen/gut-2.toml", sound_record("V/0902/2025/1"));

    let run = project.run(&["render", "vorlagen"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(project.list("out/anlagen"), ["V-0901-2025-Anlage-A.pdf", "V-0902-2025-1-Anlage-A.pdf"]);
    assert_eq!(run.stdout, "out/anlagen/V-0901-2025-Anlage-A.pdf\nout/anlagen/V-0902-2025-1-Anlage-A.pdf\n");
    assert!(run.stderr.contains(&format!("{wrong} Vorlagen wegen Fehlern ausgelassen")), "{}", run.stderr);
}

fn replace(bytes: &[u8], number: &str) -> Vec<u8> {
    let old = b"V/0001/2025";
    match bytes.windows(old.len()).position(|window| window == old) {
        Some(at) => [&bytes[..at], number.as_bytes(), &bytes[at + old.len()..]].concat(),
        None => bytes.to_vec(),
    }
}

fn described(path: &Path) -> Vec<String> {
    let files = collect(&[path.to_path_buf()]).unwrap();
    let mut lines = Vec::new();
    let run = Run::new(env!("CARGO_BIN_EXE_anlage").into(), Some(1), std::sync::Arc::default());
    check(&run, &files, Checking { mending: Mending::None, pages: false }, |report, _| {
        assert!(report.failure.is_none());
        lines.extend(report.findings.iter().flat_map(describe));
    });
    lines
}

fn describe(finding: &Diagnostic) -> Vec<String> {
    let level = match finding.severity {
        Severity::Error => "Fehler",
        Severity::Warning => "Warnung",
        Severity::Note => "Hinweis",
    };
    let (line, column) = finding.position();
    let hint = finding.hint.iter().map(|hint| format!("Hilfe: {hint}"));
    let message = finding.message.replace('\u{202e}', "\\u202e");
    let first = format!("{level}[{}] {line}:{column}: {message}", finding.code.id);
    std::iter::once(first).chain(hint).collect()
}

fn update(path: &Path, bytes: &[u8], found: &[String]) {
    let newline: &[u8] = if bytes.windows(2).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
    let mut out = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.starts_with(MARK.as_bytes()))
    {
        out.extend_from_slice(line);
    }
    for line in found {
        out.extend_from_slice(format!("{MARK}{line}").as_bytes());
        out.extend_from_slice(newline);
    }
    std::fs::write(path, out).unwrap();
}
