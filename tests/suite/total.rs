//! Checking is total: whatever stands in a file, it ends, nothing panics, every place lies in the file, and what is
//! mended is mended once.

use std::path::PathBuf;
use std::sync::Arc;

use anlage::check::fixes;
use anlage::diagnostics::{Diagnostic, Source};
use anlage::record::input::Input;
use anlage::record::project::Project;
use anlage::record::proposal::blank_record;
use anlage::run::{Run, WorkPlace};
use anlage::tasks::desk::Desk;
use proptest::prelude::*;

use crate::dice::Dice;
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

/// What a record says, but for what the findings announce: quotes, dashes, spaces, and the capitals of official names.
fn said(text: &str) -> toml::Value {
    fn plain(value: toml::Value) -> toml::Value {
        match value {
            toml::Value::String(text) => {
                let plain = |c: char| match c {
                    '„' | '“' | '”' => Some('"'),
                    '–' | '-' => None,
                    c => Some(c).filter(|c| !c.is_whitespace()),
                };
                toml::Value::String(text.to_lowercase().chars().filter_map(plain).collect())
            }
            toml::Value::Array(items) => items.into_iter().map(plain).collect::<Vec<_>>().into(),
            toml::Value::Table(table) => {
                toml::Value::Table(table.into_iter().map(|(k, v)| (k, plain(v))).collect())
            }
            other => other,
        }
    }
    plain(toml::Value::Table(text.parse().unwrap()))
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
    let readable = |findings: &[Diagnostic]| !findings.iter().any(|finding| finding.code.is_about_syntax());
    let mut text = source.text.clone();
    let mut found = findings;
    for round in 0.. {
        if !readable(&found) {
            break;
        }
        let Some(next) = fixes::apply(&text, &found) else { break };
        assert!(round < 8, "mended again and again:\n{text}\n--\n{next}");
        let again = checked(project, next.as_bytes()).unwrap().1;
        assert!(readable(&again), "{text}\n--\n{next}\n{again:?}");
        assert_eq!(said(&next), said(&text), "{text}\n--\n{next}");
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

/// A record as `anlage new` writes it, with its tables and what stands in them in any order.
#[test]
fn commented_keys_stay_in_their_tables() {
    let project = project();
    let template = project.templates.get("muenster-anlage-a").unwrap().as_ref().unwrap();
    let blank = blank_record(&project, project.settings.numbers.read("V/0001/2025").unwrap(), template, "x");
    let is_header = |part: &&str| part.lines().any(|line| line.starts_with('['));
    let parts: Vec<&str> = blank.trim_end().split("\n\n").collect();
    let mut tables: Vec<Vec<&str>> = Vec::new();
    for part in &parts {
        match tables.last_mut() {
            Some(table) if !is_header(part) => table.push(part),
            _ => tables.push(vec![part]),
        }
    }
    let mut mended_once = 0;
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut shuffled = tables.clone();
        for table in &mut shuffled {
            // A header that is a comment has its comments below it.
            let end = table.iter().position(|part| part.contains("# [")).unwrap_or(table.len());
            for at in (2..end).rev() {
                table.swap(at, 1 + dice.below(at as u64) as usize);
            }
        }
        let first_of_annex = shuffled.iter().position(|table| table[0].contains("[anlage.A.")).unwrap_or(1);
        for at in (first_of_annex + 1..shuffled.len()).rev() {
            let with = first_of_annex + dice.below((at - first_of_annex + 1) as u64) as usize;
            shuffled.swap(at, with);
        }
        let text = shuffled.concat().join("\n\n") + "\n";
        let opened = Arc::new(Desk::open(Input::of("a.toml", text.as_bytes(), &project).unwrap()));
        let run = Run::new(PathBuf::new(), None, Arc::default());
        let mended = Desk::new(&run, WorkPlace::Here).mend(&opened, project.root.path());
        let after = &mended.opened.proposal.source.text;
        mended_once += usize::from(mended.change.is_some());
        assert_eq!(commented(after), commented(&text), "{text}\n--\n{after}");
        assert_eq!(said(after), said(&text));
        assert!(
            !mended.findings.iter().any(|finding| finding.code.id == "T112"),
            "{after}\n{:?}",
            mended.findings
        );
    }
    assert!(mended_once > 20);
}

/// Each commented key with the header above it.
fn commented(text: &str) -> Vec<(String, String)> {
    let mut header = String::new();
    let mut all = Vec::new();
    for line in text.lines() {
        if line.trim_start_matches("# ").starts_with('[') {
            header = line.to_owned();
        } else if line.starts_with("# ") && line.contains(" = ") {
            all.push((header.clone(), line.to_owned()));
        }
    }
    all.sort();
    all
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
