//! Forms beside each other: each keeps its own codes and words, in the run that makes an annex and in those after it.

use serde_json::Value as Json;

use anlage::record::template::Templates;

use crate::explain::{laid_over, sound_for};
use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository};

const SCHEMA: &str = r#"{
    "type": "object", "additionalProperties": false,
    "properties": { "ziel": { "title": "Ziel", "type": "string" } }
}"#;
const LAYOUT: &str = "#let layout(data) = heading(\"Ziel\")
";

/// A form with one field, of which a rule always finds something.
fn write_form(project: &Project, name: &str, level: &str) {
    let file = |file: &str, text: &str| project.write(&format!("templates/{name}/{file}"), text);
    file(
        "template.toml",
        &format!(
            "name = '{name}'\ntitel = '{name}'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'A'\nbeschreibung = 'x'\n"
        ),
    );
    file("schema.json", SCHEMA);
    file("layout.typ", LAYOUT);
    file(
        "rules.typ",
        "#import \"/rules.typ\": finding\n#let rules = (d => finding(\"F201\", (\"ziel\",), \"Gefunden.\"),)\n",
    );
    file(
        "findings.toml",
        &format!(
            "[F201]\ntitel = 'Titel von {name}'\nstufe = '{level}'\nbedeutung = 'Bedeutung von {name}'\nwarum = 'x'\n"
        ),
    );
}

fn record(number: u32, annexes: &str) -> String {
    let sound = crate::program::sound_record(&format!("V/{number:04}/2025"));
    format!("{}{annexes}", sound.split("[anlage.A]").next().unwrap())
}

/// What a run says of each record: its outcome, and its findings in short.
fn said(project: &Project, arguments: &[&str]) -> Vec<(String, Vec<[String; 3]>)> {
    let run = project.run(arguments);
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let short = |finding: &Json| ["code", "severity", "title"].map(|key| text(&finding[key]));
    run.stdout
        .lines()
        .map(|line| {
            let report: Json = serde_json::from_str(line).unwrap();
            let findings = report["findings"].as_array().unwrap();
            (text(&report["outcome"]), findings.iter().map(short).collect())
        })
        .collect()
}

fn finding(code: &str, level: &str, title: &str) -> [String; 3] {
    [code, level, title].map(str::to_owned)
}

#[test]
fn forms_that_share_a_code_keep_their_words() {
    let project = Project::new();
    write_form(&project, "eins", "warnung");
    write_form(&project, "zwei", "hinweis");
    project.write("v/1.toml", record(1, "[anlage.A]\ntemplate = 'eins'\n"));
    project.write("v/2.toml", record(2, "[anlage.A]\ntemplate = 'zwei'\n"));
    let one = finding("eins/F201", "warnung", "Titel von eins");
    let two = finding("zwei/F201", "hinweis", "Titel von zwei");
    for outcome in ["made", "up-to-date"] {
        let expected = [&one, &two].map(|finding| (outcome.to_owned(), vec![finding.clone()]));
        assert_eq!(said(&project, &["render", "v", "--format", "json"]), expected);
    }
    let people = project.run(&["check", "v"]).stderr;
    assert!(people.contains("Warnung[eins/F201]") && people.contains("Hinweis[zwei/F201]"), "{people}");

    let both = project.run(&["explain", "f201"]).stdout;
    for form in ["eins", "zwei", "muenster-anlage-a"] {
        assert!(both.contains(&format!("Formular {form}")), "{both}");
    }
    let of_two = project.run(&["explain", "zwei/f201"]).stdout;
    assert!(of_two.contains("Bedeutung von zwei") && !of_two.contains("eins"), "{of_two}");
    assert_eq!(project.run(&["explain", "drei/F201"]).code, 2);
    let log: Json = serde_json::from_str(&project.run(&["check", "v", "--format", "sarif"]).stdout).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rules: Vec<(&Json, &Json)> =
        rules.iter().map(|rule| (&rule["id"], &rule["fullDescription"]["text"])).collect();
    assert_eq!(
        rules,
        [
            (&"eins/F201".into(), &"Bedeutung von eins".into()),
            (&"zwei/F201".into(), &"Bedeutung von zwei".into())
        ]
    );
}

#[test]
fn levels_are_set_for_one_form_or_for_all() {
    let project = Project::new();
    write_form(&project, "eins", "warnung");
    write_form(&project, "zwei", "warnung");
    project.write("a.toml", record(1, "[anlage.A]\ntemplate = 'eins'\n[anlage.B]\ntemplate = 'zwei'\n"));
    let levels = |settings: &str| {
        project.write("anlage.toml", format!("[befunde]\n{settings}\n"));
        let said = said(&project, &["check", "a.toml", "--format", "json"]);
        said[0].1.iter().map(|[code, level, _]| format!("{code} {level}")).collect::<Vec<_>>()
    };
    assert_eq!(levels("F201 = 'hinweis'"), ["eins/F201 hinweis", "zwei/F201 hinweis"]);
    assert_eq!(levels("'zwei/F201' = 'fehler'"), ["eins/F201 warnung", "zwei/F201 fehler"]);
    assert_eq!(levels("F201 = 'hinweis'\n'eins/F201' = 'fehler'"), ["eins/F201 fehler", "zwei/F201 hinweis"]);
    project.write("anlage.toml", "[befunde]\n'drei/F201' = 'fehler'\n'eins/F201' = 'egal'\n");
    let run = project.run(&["check", "a.toml"]);
    assert!(run.code == 1 && run.stderr.contains("anlage.toml:2:1"), "{}", run.stderr);
    assert!(run.stderr.contains("anlage.toml:3:15"), "{}", run.stderr);
}

#[test]
fn an_exception_in_an_annex_is_one_of_its_form() {
    let project = Project::new();
    write_form(&project, "eins", "warnung");
    write_form(&project, "zwei", "fehler");
    let codes = |top: &str, first: &str, second: &str| {
        let annexes =
            format!("[anlage.A]\ntemplate = 'eins'\n{first}[anlage.B]\ntemplate = 'zwei'\n{second}");
        project.write("a.toml", format!("{top}{}", record(1, &annexes)));
        let said = said(&project, &["check", "a.toml", "--format", "json"]);
        said[0].1.iter().map(|[code, ..]| code.clone()).collect::<Vec<_>>()
    };
    let except = |code: &str| format!("ausnahmen = ['{code}']\nausnahmen_grund = 'Weil es so ist.'\n");
    assert_eq!(codes("", "", ""), ["eins/F201", "zwei/F201"]);
    assert_eq!(codes("", &except("F201"), ""), ["zwei/F201"]);
    assert_eq!(codes("", &except("eins/F201"), ""), ["zwei/F201"]);
    // The other form's is an error, and has no exceptions.
    assert_eq!(codes("", "", &except("F201")), ["eins/F201", "zwei/F201", "T113"]);
    assert_eq!(codes("", &except("zwei/F201"), ""), ["eins/F201", "T113", "zwei/F201"]);
    assert_eq!(codes("", &except("F202"), ""), ["eins/F201", "T113", "zwei/F201"]);
    assert_eq!(codes(&except("F201"), "", ""), ["zwei/F201"]);
}

/// The example of each form, and each of its wrong examples, are rendered in one run, beside a twin of the form.
#[test]
fn examples_and_findings_of_all_forms_go_together() {
    let project = Project::new();
    for (name, _) in Templates::built_in().iter() {
        let form = repository().join("templates").join(name);
        let twin = format!("templates/{name}-zwilling");
        crate::examples::copy(&form, &project.path().join(&twin));
        for file in ["template.toml", "example.toml", "findings.toml"] {
            let text = std::fs::read_to_string(form.join(file)).unwrap();
            let text = text.replace(name, &format!("{name}-zwilling"));
            let text = text.replace("formular     = \"", "formular     = \"zwilling-");
            project.write(&format!("{twin}/{file}"), text.replace("titel = \"", "titel = \"Zwilling: "));
        }
    }
    let templates = Templates::of_project(&project.path().canonicalize().unwrap());
    let mut expected = Vec::new();
    for code in templates.codes().filter(|code| code.form.is_some()) {
        let Some(wrong) = &templates.explanation(code).unwrap().wrong else { continue };
        let record = laid_over(&sound_for(code, &templates), wrong);
        let mut record: toml::Table = record.parse().unwrap();
        record["vorlage"]["nummer"] = format!("V/{:04}/2025", expected.len() + 1000).into();
        project.write(&format!("v/{:04}.toml", expected.len()), toml::to_string(&record).unwrap());
        expected.push((code.name().into_owned(), code.title.to_string()));
    }
    let first = said(&project, &["render", "v", "--format", "json"]);
    let again = said(&project, &["render", "v", "--format", "json"]);
    assert_eq!(first.len(), expected.len());
    assert!(expected.len() >= 2 * 14, "{}", expected.len());
    for (((first, again), (code, title)), at) in first.iter().zip(&again).zip(&expected).zip(0..) {
        assert_eq!((first.0.as_str(), again.0.as_str()), ("made", "up-to-date"), "{at} {code}");
        assert_eq!(first.1, again.1, "{code}");
        assert!(first.1.iter().any(|[found, _, of]| (found, of) == (code, title)), "{code}: {first:?}");
    }
}

/// Where the words of a label stand together among others, behind a place; the place behind them.
fn behind(words: &[String], from: usize, label: &str) -> Option<usize> {
    let label: Vec<&str> = label.split_whitespace().collect();
    let at = words[from..].windows(label.len()).position(|some| some.iter().eq(label.iter()))?;
    Some(from + at + label.len())
}

#[test]
fn labels_stand_on_the_page_in_the_order_of_their_source() {
    let sources = files_below(&repository().join("tests/labels"), "txt");
    assert!(sources.len() >= 4);
    for source in sources {
        let name = source.file_stem().unwrap().to_str().unwrap();
        let project = Project::new();
        let example = repository().join("templates").join(name).join("example.toml");
        project.write("a.toml", std::fs::read(example).unwrap());
        let run = project.run(&["render", "a.toml"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let made = &project.list("out/anlagen")[0];
        let words = Pdf::read(&project.read(&format!("out/anlagen/{made}"))).words();
        let mut at = 0;
        for label in std::fs::read_to_string(&source).unwrap().lines() {
            at = behind(&words, at, label)
                .unwrap_or_else(|| panic!("{name}: {label:?} is not where it was: {words:?}"));
        }
    }
}

#[test]
fn a_form_with_versions_is_known_by_its_own_name() {
    let project = Project::new();
    let run = project.run(&["new", "V/0001/2026", "--template", "luebeck-vorlage"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let record = String::from_utf8(project.read("V-0001-2026.toml")).unwrap();
    assert!(record.contains("template = \"luebeck-vorlage-2023\""), "{record}");
    let run = project.run(&["schema", "--template", "luebeck-vorlage"]);
    assert!(run.code == 0 && run.stdout.contains("luebeck-vorlage-2023"), "{}", run.stderr);
}

#[test]
fn a_record_gets_the_version_of_its_date() {
    let project = Project::new();
    for (year, label) in [(2019, "Nicht bezifferbar"), (2023, "Auswirkung auf den Klimaschutz:")] {
        let example = repository().join(format!("templates/luebeck-vorlage-{year}/example.toml"));
        let record = std::fs::read_to_string(example).unwrap();
        project.write("a.toml", record.replace(&format!("luebeck-vorlage-{year}"), "luebeck-vorlage"));
        let run = project.run(&["render", "a.toml", "-o", &format!("out-{year}")]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let made = &project.list(&format!("out-{year}/anlagen"))[0];
        let words = Pdf::read(&project.read(&format!("out-{year}/anlagen/{made}"))).words();
        assert!(behind(&words, 0, label).is_some(), "{year}: {words:?}");
    }
}
