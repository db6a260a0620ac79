//! The commands as a user meets them: what they print, where, and how they end.

use snapbox::str;

use crate::hostile::with_form;
use crate::pdf::Pdf;
use crate::program::{Project, sound_record};

/// Compares what a run printed, with times left out.
fn assert_output(actual: &str, expected: impl snapbox::IntoData) {
    let mut redactions = snapbox::Redactions::new();
    let time = "[TIME]";
    let seconds = actual
        .split("; ")
        .filter_map(|part| part.split(" s).").next())
        .find(|part| part.contains(',') && part.len() < 8);
    if let Some(seconds) = seconds {
        redactions.insert(time, seconds.to_owned()).unwrap();
    }
    snapbox::Assert::new().action_env("SNAPSHOTS").redact_with(redactions).eq(actual, expected);
}

#[test]
fn render_names_what_it_made() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    let run = project.run(&["render"]);
    assert_output(
        &run.stdout,
        str![[r#"
out/anlagen/V-0001-2025-Anlage-A.pdf

"#]],
    );
    assert_output(
        &run.stderr,
        str![[r#"
1 Datei aus 1 Vorlage erstellt (keine Befunde; [TIME] s).

"#]],
    );
    let run = project.run(&["render", "--quiet", "-o", "woanders/pdf"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(project.list("woanders/pdf/anlagen"), ["V-0001-2025-Anlage-A.pdf"]);
}

#[test]
fn check_prints_findings_to_standard_error_and_writes_nothing() {
    let project = Project::new();
    project.write(
        "a.toml",
        sound_record("V/0001/2025").replace("ergebnisplan = \"ja\"", "ergebnisplan = \"jein\""),
    );
    let before = project.list(".");
    let run = project.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert_output(
        &run.stderr,
        str![[r#"
Fehler[T104]: „jein“ ist keine Antwort auf „Auswirkungen auf den Ergebnisplan“.
  --> a.toml:24:16
   |
24 | ergebnisplan = "jein"
   |                ^^^^^^
   |
   = Hilfe: Meinten Sie „nein“? Möglich sind „ja“ und „nein“.

1 Vorlage geprüft: 1 Fehler.

"#]],
    );
    assert_eq!(project.list("."), before);
    let colored = project.run(&["check", "--color", "always"]).stderr;
    assert!(colored.contains("\u{1b}["));
}

#[test]
fn json_is_one_object_a_record() {
    let project = Project::new();
    project.write(
        "a.toml",
        sound_record("V/0001/2025").replace("ergebnisplan = \"ja\"", "ergebnisplan = \"jein\""),
    );
    project.write("b.toml", sound_record("V/0002/2025"));
    let run = project.run(&["render", "--format", "json"]);
    assert_eq!(run.code, 1);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    let finding = &lines[0]["findings"][0];
    assert_eq!((finding["code"].as_str(), finding["severity"].as_str()), (Some("T104"), Some("fehler")));
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(24), Some(16)));
    assert_eq!((finding["end_line"].as_u64(), finding["end_column"].as_u64()), (Some(24), Some(22)));
    assert_eq!(lines[1]["made"][0], "out/anlagen/V-0002-2025-Anlage-A.pdf");
    let run = project.run(&["check", "--format", "json"]);
    assert_eq!(run.stdout.lines().count(), 2);
}

#[test]
fn a_draft_is_made_of_a_record_with_errors_and_says_so_on_every_page() {
    let project = Project::new();
    let text = "Ein langer Absatz. ".repeat(400);
    let record = sound_record("V/0001/2025")
        .replace("\"Die Stadtbücherei wird saniert.\"", &format!("\"{text}\""))
        .replace("ergebnisplan = \"ja\"", "ergebnisplan = \"jein\"")
        .replace("amt = \"Amt für Immobilienmanagement\"\n", "")
        .replace("grad = \"überwiegend pflichtig\"\n", "");
    project.write("a.toml", record);
    assert_eq!(project.run(&["render"]).code, 1);
    assert!(project.list("out/anlagen").is_empty());
    let run = project.run(&["render", "--draft"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let bytes = project.read("out/anlagen/V-0001-2025-Anlage-A-entwurf.pdf");
    let document = Pdf::read(&bytes).document;
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    assert!(pages.len() > 1);
    for page in pages {
        assert!(document.extract_text(&[page]).unwrap().contains("ENTWURF"), "page {page}");
    }
    // Even a record that lacks everything has a draft.
    project.write("a.toml", "[vorlage]\n[anlage.A]\ntemplate = 'muenster-anlage-a'\n");
    project.write("x/a.toml", "[vorlage]\n[anlage.A]\ntemplate = 'muenster-anlage-a'\n");
    let run = project.run(&["render", "--draft"]);
    assert_eq!(run.code, 1);
    assert_eq!(
        project.list("out/anlagen"),
        ["a-Anlage-A-entwurf.pdf", "x-a-Anlage-A-entwurf.pdf"],
        "{}",
        run.stderr
    );
}

#[test]
fn what_a_draft_leaves_out_is_said_by_its_error_alone() {
    let project = Project::new();
    let lost = "Eins.\\n\\n![Lageplan im Maßstab 5000](fehlt.png)\\n\\n> Ein Zitat aus dem Beschluss.\\n\\nEin <b>Wort</b>.";
    project.write("a.toml", sound_record("V/0001/2025").replace("Die Stadtbücherei wird saniert.", lost));
    let run = project.run(&["render", "--draft"]);
    assert_eq!(project.list("out/anlagen").len(), 1, "{}", run.stderr);
    for (code, is_said) in [("P002", true), ("T204", true), ("T202", true), ("L001", false)] {
        assert_eq!(run.stderr.contains(code), is_said, "{code}: {}", run.stderr);
    }
}

#[test]
fn a_record_comes_from_standard_input() {
    let project = Project::new();
    let record = sound_record("V/0001/2025");
    let run = project.run_with(&["render", "-"], record.as_bytes());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.list("out/anlagen"), ["V-0001-2025-Anlage-A.pdf"]);
    let wrong = record.replace("\"ja\"", "\"jein\"");
    let run = project.run_with(&["check", "-", "--stdin-name", "unter/a.toml"], wrong.as_bytes());
    assert!(run.stderr.contains("unter/a.toml:24:16"), "{}", run.stderr);
    assert_eq!(project.run_with(&["check", "-", "a.toml"], b"").code, 2);
}

#[test]
fn pictures_have_the_resolution_that_was_asked_for() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    let run = project.run(&["render", "--format", "png", "--ppi", "72"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "out/anlagen/V-0001-2025-Anlage-A-1.png\n"));
    let picture = image::load_from_memory(&project.read("out/anlagen/V-0001-2025-Anlage-A-1.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (595, 842));
}

#[test]
fn wrong_usage_ends_with_two_and_a_failing_environment_with_three() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    for arguments in [
        &["render", "fehlt.toml"][..],
        &["render", "--standard", "a-9"],
        &["render", "--standard", "a-2a", "--standard", "a-3a"],
        &["render", "--standard", "a-4", "--standard", "ua-1"],
        &["render", "--standard", "a-2a", "--embed-record"],
        &["render", "--format", "png,pdf"],
        &["render", "--format", "png", "--ppi", "100000"],
        &["render", "--format", "png", "--embed-record"],
        &["new", "56/2025"],
        &["new", "V/0001/2025", "--template", "gibt-es-nicht"],
        &["schema", "--template", "gibt-es-nicht"],
        &["gibt-es-nicht"],
    ] {
        let run = project.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty());
    }
    project.write("keinordner", "");
    let run = project.run(&["render", "-o", "keinordner"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("keinordner"), "{}", run.stderr);
    assert_eq!(project.run(&["extract", "fehlt.pdf"]).code, 3);
}

#[test]
fn settings_of_the_project_hold() {
    let project = with_form("#let layout(data) = { text(font: \"Gibt es nicht\")[#data.municipality] }\n");
    let run = project.run(&["render"]);
    assert!(run.code == 0 && run.stderr.contains("Warnung[U003]"), "{}", run.stderr);
    project.write(
        "anlage.toml",
        "ausgabe = 'fertig'\nkommune = 'Stadt Beispiel'\n[befunde]\nU003 = 'hinweis'\n",
    );
    let run = project.run(&["render"]);
    assert!(run.code == 0 && run.stderr.contains("Hinweis[U003]"), "{}", run.stderr);
    let words = Pdf::read(&project.read("fertig/anlagen/V-0001-2025-Anlage-B.pdf")).words();
    assert_eq!(words, ["Stadt", "Beispiel"]);
    project.write("anlage.toml", "[befunde]\nU003 = 'fehler'\n");
    assert_eq!(project.run(&["render"]).code, 1);
    project.write("anlage.toml", "ausgabe = '../fertig'\n");
    for arguments in [&["render"][..], &["new", "V/0009/2025"], &["templates"]] {
        let run = project.run(arguments);
        assert_eq!(run.code, 1);
        assert!(run.stderr.contains("[T111]") && run.stderr.contains("anlage.toml:1:11"), "{}", run.stderr);
    }
}

#[test]
fn new_writes_a_record_that_passes_once_it_is_filled() {
    let project = Project::new();
    let run = project.run(&["new", "V/0042/2026"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "V-0042-2026.toml\n"), "{}", run.stderr);
    let blank = String::from_utf8(project.read("V-0042-2026.toml")).unwrap();
    for label in [
        "Kurzüberblick",
        "Folgende Leitorientierung",
        "Die Maßnahme/Leistung ist",
        "Belastungen in zukünftigen HH-Jahren?",
    ] {
        assert!(blank.contains(&format!("# {label}")), "{label}");
    }
    let run = project.run(&["check"]);
    assert_eq!(run.code, 1, "placeholders are found");
    let fill = |line: &str| match line.trim_start_matches("# ") {
        "datum = \"\"" => "datum = 2026-01-02".to_owned(),
        "oeffentlich = \"\"" => "oeffentlich = true".to_owned(),
        "rolle = \"\"" => "rolle = \"Entscheidung\"".to_owned(),
        "produktgruppe.nummer = \"\"" => "produktgruppe.nummer = \"0116\"".to_owned(),
        "grad = \"\"" => "grad = \"vollständig freiwillig\"".to_owned(),
        "datei = \"\"" | "datei = \"anlage.pdf\"" | "titel = \"\"" | "[anlage.1]" => line.to_owned(),
        "\"\"\"" => "Ein Satz.\n\"\"\"".to_owned(),
        other if other.ends_with(" = \"\"") => {
            let answer = if other.contains("plan")
                || other.contains("entwurf")
                || other.contains("belast")
                || other.contains("bereits")
            {
                "ja"
            } else {
                "Text"
            };
            other.replace("\"\"", &format!("\"{answer}\""))
        }
        // What is freely given may be given.
        other
            if line.starts_with("# ")
                && (other.starts_with('[') || other.contains(" = "))
                && !other.contains("Antworten") =>
        {
            other.to_owned()
        }
        _ => line.to_owned(),
    };
    let filled: Vec<String> = blank.lines().map(fill).collect();
    project.write("V-0042-2026.toml", filled.join("\n"));
    let run = project.run(&["check"]);
    assert_eq!(run.code, 0, "{}\n{}", run.stderr, filled.join("\n"));

    let run = project.run(&["new", "V/0042/2026"]);
    assert_eq!(run.code, 3, "an existing record is never overwritten");
    assert_eq!(String::from_utf8(project.read("V-0042-2026.toml")).unwrap(), filled.join("\n"));
}

#[test]
fn help_completions_and_the_manual_page_are_there() {
    let project = Project::new();
    for command in ["check", "render", "new", "schema", "templates", "extract", "completions", "man"] {
        let run = project.run(&[command, "--help"]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains("Usage:"), "{command}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(project.run(&["completions", shell]).stdout.contains("embed-record"), "{shell}");
    }
    let page = project.run(&["man"]).stdout;
    assert!(page.contains(".TH anlage 1") && page.contains("RENDER") && !page.contains("worker"), "{page}");
}

#[test]
fn files_that_are_no_records_are_named_and_passed_over() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    project.write("Cargo.toml", "[package]\nname = 'x'\n");
    let run = project.run(&["check"]);
    assert_eq!(run.code, 0);
    assert_output(
        &run.stderr,
        str![[r#"
Hinweis[T010]: Die Datei ist keine Vorlagendatei und wird übergangen.
--> Cargo.toml

1 Vorlage geprüft: 1 Hinweis.

"#]],
    );
    project.write("gross.toml", vec![b'#'; (4 << 20) + 1]);
    let run = project.run(&["check"]);
    assert!(run.code == 1 && run.stderr.contains("[T002]"), "{}", run.stderr);
}
