//! A session file to fill in, its schema for editors, and what is said of sessions in a folder.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value as Json;

use crate::program::{Project, available, files_below, repository, sound_record};

const SESSION: &str = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nbeginn = 17:15:00\nort = 'Rathaus'\nladung = 2025-01-31\n[[top]]\nnummer = '1'\nvorlage = 'v.toml'\n";

fn schema() -> Json {
    let run = Project::new().run(&["schema", "--session"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn json(toml: &str) -> Json {
    let source = anlage::diagnostics::Source::new("a", toml);
    anlage::toml_tree::parse(&source).0.to_json()
}

/// The codes of the errors and warnings that `check` finds.
fn codes(project: &Project) -> (i32, BTreeSet<String>) {
    let run = project.run(&["check", "--format", "json"]);
    let lines = run.stdout.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let findings = lines.flat_map(|said| said["findings"].as_array().unwrap().clone());
    let codes = findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect();
    (run.code, codes)
}

fn text(project: &Project, name: &str) -> String {
    String::from_utf8(project.read(name)).unwrap()
}

#[test]
fn new_writes_a_session_file_that_passes_once_it_is_filled() {
    let project = Project::new();
    let run = project.run(&["new", "--session"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "sitzung.toml\n"), "{}", run.stderr);
    assert_eq!(project.list("."), ["anlage.toml", "sitzung.schema.json", "sitzung.toml"]);
    assert_eq!(text(&project, "sitzung.schema.json"), format!("{:#}\n", schema()));
    let blank = text(&project, "sitzung.toml");
    assert!(blank.starts_with("#:schema ./sitzung.schema.json\n"), "{blank}");
    for label in
        ["Gremium", "Beginn", "Datum der Ladung", "Neutraler Titel", "Art der Unterlage", "Verteiler"]
    {
        assert!(blank.contains(&format!("# {label}\n")), "{label}\n{blank}");
    }
    // The committee, the day and the title are to be filled in, and nothing else is wrong.
    let run = project.run(&["check"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("3 Fehler.") || run.stderr.contains("3 Fehler,"), "{}", run.stderr);
    let filled =
        blank.replace("gremium = \"\"", "gremium = \"Rat\"").replace("datum = \"\"", "datum = 2025-05-14");
    project.write("sitzung.toml", filled.replacen("titel = \"\"", "titel = \"Fragestunde\"", 1));
    assert_eq!(codes(&project), (0, BTreeSet::new()));

    let again = project.run(&["new", "--session"]);
    assert_eq!(again.code, 3, "an existing file is never overwritten");
    assert!(text(&project, "sitzung.toml").contains("Fragestunde"));
}

#[test]
fn what_stands_behind_a_mark_in_it_is_a_session_file_too() {
    let project = Project::new();
    assert_eq!(project.run(&["new", "--session", "--committee", "Rat", "--date", "2025-05-14"]).code, 0);
    let blank = text(&project, "Rat-2025-05-14.toml");
    let is_toml = Regex::new(r"^# (\[\[?[a-z.]+\]\]?|[a-z_]+ = .*)$").unwrap();
    let lines = blank.lines().map(|line| if is_toml.is_match(line) { &line[2..] } else { line });
    // Two words for who meets exclude each other.
    let lines = lines.filter(|line| !line.starts_with("gremien"));
    let all = lines.collect::<Vec<_>>().join("\n").replace("\"\"", "\"x\"");
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&json(&all))
        .map(|error| format!("{} {error}", error.instance_path()))
        // An answer was not chosen.
        .filter(|error| !error.contains("is not one of"))
        .collect();
    assert_eq!(errors, [""; 0], "{all}");
    let tops = json(&all)["top"].as_array().unwrap().len();
    assert_eq!(tops, 5, "{all}");
}

#[test]
fn a_session_file_is_called_and_filled_by_what_is_known() {
    let project = Project::new();
    let joint =
        ["new", "--session", "--committee", "Rat", "--committee", "Bau \"Süd\"", "--date", "2025-05-14"];
    let run = project.run(&joint);
    assert_eq!((run.code, run.stdout.as_str()), (0, "Rat-Bau-Süd-2025-05-14.toml\n"), "{}", run.stderr);
    let made = json(&text(&project, "Rat-Bau-Süd-2025-05-14.toml"));
    assert_eq!(made["sitzung"]["gremien"], serde_json::json!(["Rat", "Bau \"Süd\""]));
    assert_eq!(made["sitzung"]["datum"], "2025-05-14");
    let run = project.run(&["new", "--session", "mai/rat", "-o", "sitzungen", "--committee", "Rat"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "sitzungen/mai/rat.toml\n"), "{}", run.stderr);
    assert_eq!(project.list("sitzungen/mai"), ["rat.toml", "sitzung.schema.json"]);
    for wrong in [
        &["new"][..],
        &["new", "V/0001/2025", "--committee", "Rat"],
        &["new", "--session", "--template", "muenster-anlage-a"],
        &["new", "--session", "--committee", " "],
        &["new", "--session", "V/0001/2025"],
        &["new", "--session", "--date", "14.5.2025"],
        &["schema", "--session", "--template", "muenster-anlage-a"],
    ] {
        assert_eq!(project.run(wrong).code, 2, "{wrong:?}");
    }
}

/// The session files that are shown in the documentation.
fn documented() -> Vec<(String, String)> {
    let mut files = files_below(&repository().join("docs"), "md");
    files.push(repository().join("README.md"));
    // There stand only the lines that a finding is about.
    files.retain(|path| !path.ends_with("befunde.md"));
    let mut found = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        found.extend(
            blocks
                .filter(|block| block.contains("[sitzung]"))
                .map(|b| (path.display().to_string(), b.to_owned())),
        );
    }
    found
}

#[test]
fn sound_sessions_follow_the_schema_and_wrong_ones_do_not() {
    let schema = schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    assert!(!schema.to_string().contains("$ref"));
    // An editor may take it for draft 7, and formats for more than words.
    let new = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
    let old = jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
    let examples = files_below(&repository().join("examples"), "toml").into_iter();
    let examples = examples.map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()));
    let sessions: Vec<_> =
        examples.filter(|(_, text)| text.contains("[sitzung]")).chain(documented()).collect();
    assert!(sessions.len() >= 4, "{sessions:?}");
    for (name, text) in sessions.iter().chain([&("sound".to_owned(), SESSION.to_owned())]) {
        let said = json(text);
        let errors: Vec<String> = new.iter_errors(&said).map(|error| error.to_string()).collect();
        assert!(errors.is_empty() && old.is_valid(&said), "{name}: {errors:?}");
    }
    for (right, wrong) in [
        ("gremium = 'Rat'", "gremium = ['Rat']"),
        ("gremium = 'Rat'\n", ""),
        ("2025-02-12", "'12.2.2025'"),
        ("17:15:00", "'17 Uhr'"),
        ("nummer = '1'", "nummer = 1"),
        ("nummer = '1'", "nummer = '4,2'"),
        ("vorlage =", "vorlge ="),
        ("vorlage = 'v.toml'", "titel = 'x'\nstatus = 'weg'"),
        ("vorlage = 'v.toml'", "titel = 'x'\n[[top.unterlage]]\nart = 'Antrag'"),
        ("[[top]]", "[[freigabe]]\nbefund = 'P107'\ngrund = 'x'\n[[top]]"),
        ("[[top]]", "[[verteiler]]\nname = 'x'\nfassung = 'geheim'\n[[top]]"),
    ] {
        let text = SESSION.replace(right, wrong);
        assert_ne!(text, SESSION);
        assert!(!new.is_valid(&json(&text)) && !old.is_valid(&json(&text)), "{wrong}");
    }
}

fn keys_of(schema: &Json, keys: &mut BTreeSet<String>) {
    for (key, field) in schema["properties"].as_object().into_iter().flatten() {
        assert!(
            field["title"].is_string() && field["description"].is_string(),
            "{key} has no label or no help"
        );
        keys.insert(key.clone());
        keys_of(field, keys);
        keys_of(&field["items"], keys);
    }
}

#[test]
fn the_schema_knows_the_keys_that_are_read() {
    let mut described = BTreeSet::new();
    keys_of(&schema(), &mut described);
    let asked = Regex::new(r#"\b(?:get|text|text_of|number_of|place)\((?:\w+, )?"([a-z_]+)"\)"#).unwrap();
    let mut read = BTreeSet::new();
    for path in files_below(&repository().join("src/record/session"), "rs") {
        let source = std::fs::read_to_string(path).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        read.extend(asked.captures_iter(code).map(|found| found[1].to_owned()));
    }
    assert_eq!(read, described);
}

#[test]
fn taplo_takes_the_schema_of_sessions() {
    let taplo = repository().join("target/taplo/node_modules/.bin/taplo");
    if !available(taplo.is_file(), "the editor schema needs `npm install --prefix target/taplo @taplo/cli`") {
        return;
    }
    let project = Project::new();
    assert_eq!(project.run(&["new", "--session", "--committee", "Rat", "--date", "2025-05-14"]).code, 0);
    let lint = |name: &str, session: &str| {
        project.write(name, format!("#:schema ./sitzung.schema.json\n{session}"));
        let output =
            std::process::Command::new(&taplo).args(["lint", name]).current_dir(project.path()).output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let blank = text(&project, "Rat-2025-05-14.toml");
    let example = std::fs::read_to_string(repository().join("examples/ratssitzung/sitzung.toml")).unwrap();
    for right in [SESSION, &example, &blank.replacen("titel = \"\"", "titel = \"x\"", 1)] {
        let (passed, log) = lint("gut.toml", right);
        assert!(passed, "{log}\n{right}");
    }
    for (right, wrong) in [
        ("nummer = '1'", "nummer = '4,2'"),
        ("nummer = '1'", "numer = '1'"),
        ("17:15:00", "'17 Uhr'"),
        ("vorlage = 'v.toml'", "titel = 'x'\nstatus = 'weg'"),
        ("gremium = 'Rat'\n", ""),
    ] {
        let (passed, log) = lint("schlecht.toml", &SESSION.replace(right, wrong));
        assert!(!passed, "{wrong}: {log}");
    }
}

#[test]
fn check_says_how_many_sessions_it_found_in_a_folder() {
    let project = Project::new();
    project.write("v.toml", sound_record("V/0001/2025"));
    project.write("sitzung.toml", SESSION);
    let run = project.run(&["check"]);
    assert!(run.stderr.contains("1 Vorlage und 1 Sitzung geprüft: "), "{}", run.stderr);
    project.write("b/sitzung.toml", SESSION.replace("vorlage = 'v.toml'", "titel = 'Fragestunde'"));
    let run = project.run(&["check", "b"]);
    assert!(run.stderr.contains("1 Sitzung geprüft: "), "{}", run.stderr);
    let run = project.run(&["check"]);
    assert!(run.stderr.contains("1 Vorlage und 2 Sitzungen geprüft: "), "{}", run.stderr);
}

#[test]
fn a_hand_over_of_a_folder_names_the_sessions_that_it_leaves_out() {
    let project = Project::new();
    project.write("a/v.toml", sound_record("V/0001/2025"));
    project.write("a/sitzung.toml", SESSION);
    for (command, output) in [("archive", "abgabe"), ("oparl", "objekte")] {
        let run = project.run(&[command, "a", "-o", output]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let help = format!("a/sitzung.toml (anlage {command} a/sitzung.toml -o …)");
        assert!(run.stderr.contains("Nicht enthalten") && run.stderr.contains(&help), "{}", run.stderr);
        let run = project.run(&[command, "a", "-o", &format!("{output}-json"), "--format", "json"]);
        let said: Json = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        assert_eq!(said["other_sessions"], serde_json::json!(["a/sitzung.toml"]));
        // Named, it is what is handed over, and not spoken of.
        let run = project.run(&[command, "a/sitzung.toml", "-o", &format!("{output}-sitzung")]);
        assert!(run.code == 0 && !run.stderr.contains("Nicht enthalten"), "{}", run.stderr);
        project.write("nur/sitzung.toml", SESSION.replace("vorlage = 'v.toml'", "titel = 'Fragestunde'"));
        let run = project.run(&[command, "nur", "-o", &format!("{output}-nur")]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("nur Sitzungsdateien: nur/sitzung.toml"), "{}", run.stderr);
    }
}

#[test]
fn render_says_that_the_sessions_of_a_folder_have_no_forms() {
    let project = Project::new();
    project.write("v.toml", sound_record("V/0001/2025"));
    project.write("sitzung.toml", SESSION);
    let run = project.run(&["render"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("1 Sitzung dabei; ihre Mappen macht „anlage packet“."), "{}", run.stderr);
    let run = project.run(&["render", "sitzung.toml"]);
    assert!(run.code == 0 && !run.stderr.contains("dabei"), "{}", run.stderr);
}
