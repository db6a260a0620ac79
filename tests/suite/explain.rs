//! Each code is explained, and the examples of its explanation are true: the wrong one yields it, the right one does not.

use std::collections::BTreeSet;

use anlage::diagnostics::{Code, Explanation};
use anlage::record::template::Templates;

use crate::program::{Project, repository, sound_record};

/// Codes that no part of a record can show: what is wrong is the file itself, another file, a form or a whole run.
const NOT_IN_A_RECORD: &[&str] = &[
    "T001", "T002", "T003", "T008", "T009", "T010", "T011", "T012", "T111", "T114", "V001", "P003", "P004",
    "P005", "U001", "U002", "U003", "U004", "U005", "U006", "U007", "U008", "V601", "S001", "P101", "P102",
    "P103", "P104", "P105", "P106", "P107", "P108", "P109", "P110", "P131", "P132", "P133", "S401", "S501",
    "S502", "S503", "S504", "S505", "S506", "S507", "S508", "P201", "P202", "P203", "P204", "P205", "P206",
    "P207", "P208", "P209", "P210", "P301", "P302", "P303", "P304", "P305", "P306", "P307", "L001", "L002",
    "L003", "L004", "L005", "L006",
];

/// The record that an example is laid over: of a code of a form, the form's own.
pub(crate) fn sound_for(code: &Code, templates: &Templates) -> String {
    match &code.form {
        Some(form) => {
            let template = templates.get(form).unwrap().as_ref().unwrap();
            String::from_utf8(template.files["example.toml"].clone()).unwrap()
        }
        None => sound_record("V/0001/2025"),
    }
}

#[test]
fn each_example_is_true() {
    let project = Project::new();
    std::fs::copy(repository().join("tests/findings/bild.png"), project.path().join("bild.png")).unwrap();
    project.write("plan.pdf", "%PDF-1.7");
    project.write("vorlagen/V-0001-2025.toml", sound_record("V/0001/2025"));
    let non_public = sound_record("V/0002/2025").replace("oeffentlich = true", "oeffentlich = false");
    project.write("vorlagen/nichtoeffentlich.toml", non_public);
    project.write("vorlagen/V-0003-2025.toml", sound_record("V/0003/2025"));
    let bare = sound_record("V/0004/2025");
    project.write("vorlagen/ohne-unterlage.toml", bare.split("[anlage.").next().unwrap());
    project.write("vorlagen/fehlerhaft.toml", "[vorlage]\n");
    let mut wrong = Vec::new();
    let mut examples = 0;
    let templates = Templates::built_in();
    for code in templates.codes() {
        let id = code.to_string();
        let Explanation { wrong: bad, right: good, .. } = templates.explanation(code).unwrap();
        let (Some(bad), Some(good)) = (bad, good) else {
            assert!(NOT_IN_A_RECORD.contains(&id.as_str()), "{id} has no example");
            continue;
        };
        examples += 2;
        let codes_of = |example: &str| {
            if id.starts_with('S') {
                codes_of_session(&project, example)
            } else {
                codes_of(&project, &laid_over(&sound_for(code, &templates), example))
            }
        };
        let (in_bad, in_good) = (codes_of(bad), codes_of(good));
        if !in_bad.contains(&id) {
            wrong.push(format!("{id}: the wrong example yields only {in_bad:?}"));
        }
        if in_good.contains(&id) {
            wrong.push(format!("{id}: the right example yields it too"));
        }
        let errors = in_good.iter().filter(|code| code.starts_with('T') && *code != "T112").count();
        if errors > 0 {
            wrong.push(format!("{id}: the right example has errors: {in_good:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(examples > 100, "{examples}");
}

#[test]
fn the_reference_is_that_of_the_program() {
    let run = Project::new().run(&["explain", "--format", "markdown"]);
    let path = repository().join("docs/befunde.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    if page != run.stdout {
        std::fs::write(&path, &run.stdout).unwrap();
        panic!("docs/befunde.md was not current and is written anew; look at it");
    }
}

#[test]
fn one_code_all_codes_and_none() {
    let project = Project::new();
    let run = project.run(&["explain", "f203"]);
    assert_eq!(run.code, 0);
    for part in [
        "F203 Nachtrag ohne Jahr (Warnung, Formular muenster-anlage-a)",
        "Falsch:",
        "Richtig:",
        "nachtrag = true",
    ] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    let list = project.run(&["explain"]).stdout;
    assert_eq!(list.lines().count(), Templates::built_in().codes().count());
    let json = project.run(&["explain", "V101", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["code"], &json["severity"]), (&"V101".into(), &"warnung".into()));
    let run = project.run(&["explain", "F20"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("einen Befund F20 gibt es nicht"), "{}", run.stderr);
}

/// A record with an example laid over it.
pub(crate) fn laid_over(sound: &str, example: &str) -> String {
    match example.parse::<toml::Table>() {
        Ok(example) => {
            let mut record: toml::Table = sound.parse().unwrap();
            merge(&mut record, example);
            toml::to_string(&record).unwrap()
        }
        // What is no TOML is put behind it as it is.
        Err(_) => format!("{sound}\n{example}"),
    }
}

/// The codes that a record yields.
fn codes_of(project: &Project, record: &str) -> BTreeSet<String> {
    project.write("a.toml", record);
    let run = project.run(&["check", "a.toml", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(run.stdout.trim()).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// The codes that a sound session yields with the tables of an example in place of its own.
fn codes_of_session(project: &Project, example: &str) -> BTreeSet<String> {
    let mut session: toml::Table = SOUND_SESSION.parse().unwrap();
    for (key, new) in example.parse::<toml::Table>().unwrap() {
        match (session.get_mut(&key), new) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => old.extend(new),
            (_, new) => {
                session.insert(key, new);
            }
        }
    }
    project.write("sitzung.toml", toml::to_string(&session).unwrap());
    let run = project.run(&["check", "sitzung.toml", "--format", "json"]);
    // The session comes first, then its records.
    let report: serde_json::Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

const SOUND_SESSION: &str = r#"
[sitzung]
gremium = "Rat"
datum = 2025-02-12
beginn = 17:15:00
ort = "Rathaus, Festsaal"
ladung = 2025-01-31

[[top]]
nummer = "1"
titel = "Einwohnerfragestunde"
"#;

fn merge(record: &mut toml::Table, example: toml::Table) {
    for (key, new) in example {
        match (record.get_mut(&key), new) {
            // An annex that names its form and says more is a whole one.
            (Some(toml::Value::Table(old)), toml::Value::Table(new))
                if new.contains_key("template") && new.len() > 1 =>
            {
                *old = new;
            }
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (Some(toml::Value::Array(old)), toml::Value::Array(new))
                if new.iter().all(toml::Value::is_table) =>
            {
                for (at, new) in new.into_iter().enumerate() {
                    match (old.get_mut(at), new) {
                        (Some(toml::Value::Table(old)), toml::Value::Table(new)) => old.extend(new),
                        (_, new) => old.push(new),
                    }
                }
            }
            (_, new) => {
                record.insert(key, new);
            }
        }
    }
}
