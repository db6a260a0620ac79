//! What typst laid out for one record is found again for the next.

use std::process::Command;
use std::sync::Arc;

use super::*;
use crate::record::input::Input;
use crate::record::project::Project;
use crate::typeset::{Options, job};

const SEED: &str = include_str!("../../../examples/migrationsleitbild/V-0056-2025.toml");
const OTHER_FORM: &str = include_str!("../../../examples/andere-orte/V-0088-2026.toml");

/// Another record of the same answers: its number, date, office, subject and texts are its own.
fn other() -> String {
    let changes = [
        ("V/0056/2025", "V/0057/2025"),
        ("2025-01-20", "2025-01-21"),
        ("Kommunales Integrationszentrum", "Amt für Migration"),
        ("Fortschreibung", "Neufassung"),
        ("Der Rat", "Auch der Rat"),
    ];
    changes.iter().fold(SEED.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    })
}

fn job_of(text: &str) -> Job {
    let folder = tempfile::tempdir().unwrap();
    let project = Arc::new(Project::open(folder.path()).unwrap());
    let proposal = crate::record::proposal::read(Input::of("a.toml", text.as_bytes(), &project).unwrap()).0;
    job(&proposal, proposal.form_annexes().next().unwrap(), &Options::archival())
}

/// Counts how often typst begins a part of its work, by what it calls that part.
fn count(engine: &Engine, job: &Job, parts: [&str; 2]) -> [usize; 2] {
    typst_timing::clear();
    typst_timing::enable();
    let outcome = engine.run(job, &Fonts::built_in());
    typst_timing::disable();
    assert!(outcome.findings.is_empty() && !outcome.files.is_empty());
    let mut json = Vec::new();
    typst_timing::export_json(&mut json, |_| (String::new(), 0)).unwrap();
    let events: Vec<serde_json::Value> = serde_json::from_slice(&json).unwrap();
    parts.map(|part| events.iter().filter(|event| event["name"] == part && event["ph"] == "B").count())
}

/// Other tests would have typst forget what this one is about, so it is alone in a process.
#[test]
fn the_second_record_lays_out_no_table_anew() {
    const ALONE: &str = "ANLAGE_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "typeset::engine::reuse::the_second_record_lays_out_no_table_anew";
        let mut test = Command::new(std::env::current_exe().unwrap());
        let done = test.args([name, "--exact"]).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let (first, second) = (job_of(SEED), job_of(&other()));
    alone(|| {
        let engine = Engine::default();
        let parts = ["layout_table", "prepare"];
        let [tables, texts] = count(&engine, &first, parts);
        assert!(tables > 0 && texts > 0, "{tables} {texts}");
        let [tables_again, texts_again] = count(&engine, &second, parts);
        assert_eq!(tables_again, 0);
        assert!((1..texts).contains(&texts_again), "{texts_again} of {texts}");
        // Records of other forms come in between.
        let other_form = job_of(OTHER_FORM);
        (2..KEPT_FOR).for_each(|_| drop(engine.run(&other_form, &Fonts::built_in())));
        assert_eq!(count(&engine, &job_of(&other().replace("V/0057", "V/0058")), parts)[0], 0);
        // Somebody types while many others do.
        let shown = |text: &str| {
            let work = JobWork::Document(Format::Svg { seen: Vec::new() });
            Job { work, ..job_of(text) }
        };
        engine.run(&shown(SEED), &Fonts::built_in());
        let of_others = shown(OTHER_FORM);
        (0..ON_SCREEN * (KEPT_FOR - 2)).for_each(|_| drop(engine.run(&of_others, &Fonts::built_in())));
        let [_, texts_shown] = count(&engine, &shown(&SEED.replace("Der Rat", "Nur der Rat")), parts);
        assert!((1..texts / 2).contains(&texts_shown), "{texts_shown} of {texts}");
    });
}
