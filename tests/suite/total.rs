//! Checking is total: whatever stands in a file, it ends, nothing panics, every place lies in the file, and what is
//! mended is mended once.

use std::path::PathBuf;
use std::sync::Arc;

use anlage::check::fixes;
use anlage::diagnostics::{Diagnostic, Source};
use anlage::record::input::Input;
use anlage::record::project::Project;
use anlage::run::{Run, WorkPlace};
use anlage::tasks::desk::Desk;
use proptest::prelude::*;

use crate::program::sound_record;

fn project() -> Arc<Project> {
    let folder = tempfile::tempdir().unwrap();
    // Its folder may go: nothing is read from it.
    Arc::new(Project::open(folder.path()).unwrap())
}

fn checked(project: &Arc<Project>, bytes: &[u8]) -> Option<(Arc<Source>, Vec<Diagnostic>)> {
    let opened = Desk::open(Input::of("a.toml", bytes, project).ok()?);
    let run = Run::new(PathBuf::new(), None, Arc::default());
    let findings = Desk::new(&run, WorkPlace::Here).check(&opened);
    assert!(!findings.iter().any(|finding| finding.code.id == "U006"), "a rule failed: {findings:?}");
    Some((opened.proposal.source, findings))
}

fn holds(project: &Arc<Project>, bytes: &[u8]) {
    let Some((source, findings)) = checked(project, bytes) else { return };
    for finding in &findings {
        for span in std::iter::once(&finding.span).chain(finding.fix.iter().map(|edit| &edit.span)) {
            assert!(source.text.get(span.clone()).is_some(), "{finding:?}");
        }
        assert!(!finding.message.is_empty());
    }
    // A record that can be read is mended to one that can be read, and then no more.
    let readable =
        |findings: &[Diagnostic]| !findings.iter().any(|finding| finding.code.id.starts_with("T00"));
    let mut text = source.text.clone();
    let mut found = findings;
    for round in 0.. {
        if !readable(&found) {
            break;
        }
        let Some((next, _)) = fixes::apply(&text, &found) else { break };
        assert!(round < 8, "mended again and again:\n{text}\n--\n{next}");
        let again = checked(project, next.as_bytes()).unwrap().1;
        assert!(readable(&again), "{text}\n--\n{next}\n{again:?}");
        (text, found) = (next, again);
    }
}

/// A value as people write them, right and wrong.
fn value() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("Die Stadtbücherei wird saniert, siehe Anlage 2 und Anlagen 1 bis 3."),
        Just("Nach § 5 und Art. 3, z.B. 2019-2024, 1.000 € (\\\"x\\\") - mehr"),
        Just("Vorlage V/56/2025, V/0001/2031 und JJJJ, ???, &nbsp; **fett** [x](https://a.de)"),
        Just("- a\\n- b\\n\\n| x | y |\\n|---|---|\\n| 1 | 2 |"),
        Just("\\\"ä\\\" “x” \\u00a0 \\u202e"),
        Just(""),
    ];
    prop_oneof![
        text.prop_map(|text| format!("\"{text}\"")),
        "[a-zäöü§€\"'#*_|\\-. 0-9\\\\\n]{0,40}".prop_map(|text| format!("'''{}'''", text.replace("'''", ""))),
        "\\PC{0,30}".prop_map(|text| toml::Value::String(text).to_string()),
        Just("\"ja\"".to_owned()),
        Just("\"nein\"".to_owned()),
        Just("2025-01-20".to_owned()),
        Just("2026".to_owned()),
        Just("true".to_owned()),
        Just("[\"F201\"]".to_owned()),
        Just("{ enthalten = \"ja\", jahr = 2025 }".to_owned()),
        Just("{ name = \"Recht\", nummer = \"0110\" }".to_owned()),
    ]
}

const KEYS: [&str; 24] = [
    "nummer",
    "art",
    "betreff",
    "datum",
    "oeffentlich",
    "amt",
    "template",
    "kurzueberblick",
    "ziele",
    "leitorientierung",
    "querschnittsthemen",
    "produktgruppe",
    "ergebnisplan",
    "finanzplan",
    "haushaltsplan",
    "entwurf",
    "kuenftige_belastungen",
    "bereits_veranschlagt",
    "grad",
    "begruendung",
    "titel",
    "datei",
    "ausnahmen",
    "ausnahmen_grund",
];

const TABLES: [&str; 8] = [
    "[vorlage]",
    "[[vorlage.beratung]]",
    "[anlage.A]\ntemplate = \"muenster-anlage-a\"",
    "[[anlage.A.finanzierung]]",
    "[anlage.A.pflichtigkeit]",
    "[anlage.1]",
    "[anlage.2a]",
    "[fremd]",
];

fn record() -> impl Strategy<Value = String> {
    let entry =
        (prop::sample::select(&KEYS[..]), value()).prop_map(|(key, value)| format!("{key} = {value}\n"));
    let table = (prop::sample::select(&TABLES[..]), prop::collection::vec(entry, 0..8))
        .prop_map(|(head, entries)| format!("{head}\n{}\n", entries.concat()));
    prop::collection::vec(table, 1..8).prop_map(|tables| tables.concat())
}

/// The sound record with one of its values replaced.
fn changed_record() -> impl Strategy<Value = String> {
    let lines = sound_record("V/0001/2025").lines().count();
    (0..lines, value()).prop_map(|(at, value)| {
        let change = |(number, line): (usize, &str)| match line.split_once(" = ") {
            Some((key, _)) if number == at => format!("{key} = {value}\n"),
            _ => format!("{line}\n"),
        };
        sound_record("V/0001/2025").lines().enumerate().map(change).collect()
    })
}

#[test]
fn records_of_all_kinds_are_checked_and_mended() {
    let project = project();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) };
    let run = |strategy: BoxedStrategy<String>| {
        proptest::test_runner::TestRunner::new_with_rng(
            config.clone(),
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        )
        .run(&strategy, |text| {
            holds(&project, text.as_bytes());
            Ok(())
        })
        .unwrap();
    };
    run(record().boxed());
    run(changed_record().boxed());
}

#[test]
fn bytes_of_all_kinds_are_checked() {
    let project = project();
    let sound = sound_record("V/0001/2025").into_bytes();
    // Cut, and with a byte changed, at many places.
    for at in (0..sound.len()).step_by(7) {
        holds(&project, &sound[..at]);
        for byte in [b'"', b'=', b'[', b'\n', 0, 0xff] {
            let mut wrong = sound.clone();
            wrong[at] = byte;
            holds(&project, &wrong);
        }
    }
}
