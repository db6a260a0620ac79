//! The schema for editors says what `check` says.

use crate::program::{Project, available, files_below, repository, sound_record};

fn editor_schema() -> serde_json::Value {
    let run = Project::new().run(&["schema"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn json(toml: &str) -> serde_json::Value {
    let source = anlage::diagnostics::Source::new("a", toml);
    anlage::toml_tree::parse(&source).0.to_json()
}

#[test]
fn sound_records_follow_it_and_wrong_ones_do_not() {
    let schema = editor_schema();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
    for path in files_below(&repository().join("examples"), "toml") {
        // A session is no record.
        if path.ends_with("sitzung.toml") {
            continue;
        }
        let record = std::fs::read_to_string(&path).unwrap();
        assert!(validator.is_valid(&json(&record)), "{}", path.display());
    }
    let sound = sound_record("V/0001/2025");
    for (right, wrong) in [
        ("nummer = \"V/0001/2025\"", "nummer = \"V/1/2025\""),
        ("oeffentlich = true", "oeffentlich = 1"),
        ("ergebnisplan = \"ja\"", "ergebnisplan = \"jein\""),
        ("ziele =", "zeile ="),
        ("[anlage.A]", "[anlage.Aa]"),
        ("muenster-anlage-a", "anderes"),
    ] {
        assert!(!validator.is_valid(&json(&sound.replace(right, wrong))), "{wrong}");
    }
}

#[test]
fn it_has_labels_and_no_references() {
    let text = editor_schema().to_string();
    assert!(text.contains("Auswirkungen auf den Ergebnisplan"));
    assert!(!text.contains("$ref") && !text.contains("$defs"));
}

#[test]
fn taplo_takes_it() {
    let taplo = repository().join("target/taplo/node_modules/.bin/taplo");
    if !available(taplo.is_file(), "the editor schema needs `npm install --prefix target/taplo @taplo/cli`") {
        return;
    }
    let project = Project::new();
    assert_eq!(project.run(&["new", "V/0042/2026"]).code, 0);
    let lint = |name: &str, record: &str| {
        project.write(name, format!("#:schema ./anlage.schema.json\n{record}"));
        let output =
            std::process::Command::new(&taplo).args(["lint", name]).current_dir(project.path()).output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let sound = sound_record("V/0001/2025");
    let (passed, log) = lint("gut.toml", &sound);
    assert!(passed, "{log}");
    let (passed, log) = lint("schlecht.toml", &sound.replace("oeffentlich = true", "oeffentlich = 1"));
    assert!(!passed, "{log}");
    let (passed, log) =
        lint("schlecht.toml", &sound.replace("ergebnisplan = \"ja\"", "ergebnisplan = \"jein\""));
    assert!(!passed, "{log}");
}
