//! What is said to people: the first message is the right one, its help can be typed, and nothing is found in nothing.

use serde_json::Value as Json;

use crate::program::{Project, Run, sound_record};

/// The findings of a record.
fn found(project: &Project, record: &str) -> Vec<Json> {
    project.write("a.toml", record);
    let run = project.run(&["check", "a.toml", "--format", "json"]);
    let report: Json = serde_json::from_str(run.stdout.trim()).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// Its only finding: code, line, hint.
fn only(project: &Project, record: &str) -> (String, u64, String) {
    let findings = found(project, record);
    let [one] = &findings[..] else { panic!("{record}\n{findings:#?}") };
    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
    (text("code"), one["line"].as_u64().unwrap(), text("hint"))
}

/// The sound record with one line in place of another, and its number.
fn with_line(old: &str, new: &str) -> (String, u64) {
    let sound = sound_record("V/0001/2025");
    let line = sound.lines().position(|line| line == old).unwrap_or_else(|| panic!("no line {old}"));
    (sound.replacen(old, new, 1), line as u64 + 1)
}

const OFFICE: &str = "amt = \"Amt für Immobilienmanagement\"";
const DATE: &str = "datum = 2025-01-20";
const PUBLIC: &str = "oeffentlich = true";
const NUMBER: &str = "nummer = \"V/0001/2025\"";
const DRAFT: &str = "entwurf = { jahr = 2026, enthalten = \"nein\" }";

#[test]
fn one_finding_says_what_to_type() {
    let project = Project::new();
    for (old, new, code, help) in [
        (PUBLIC, "oeffentlich = ja", "T004", "oeffentlich = true"),
        (PUBLIC, "oeffentlich = \"nein\"", "T103", "oeffentlich = false"),
        (PUBLIC, "oeffentlich: ja", "T004", "oeffentlich = true"),
        (OFFICE, "amt = Tiefbauamt", "T004", "amt = \"Tiefbauamt\""),
        (OFFICE, "amt = 66", "T103", "amt = \"66\""),
        (OFFICE, "amt = „Tiefbauamt“", "T004", "amt = \"Tiefbauamt\""),
        (OFFICE, "amt\u{a0}= \"Tiefbauamt\"", "T004", "amt = \"Tiefbauamt\""),
        (OFFICE, "amt = 125.000,50", "T006", "amt = \"125.000,50\""),
        (DATE, "datum = 20. Januar 2025", "T007", "datum = 2025-01-20"),
        (DATE, "datum = \"20. Januar 2025\"", "T106", "datum = 2025-01-20"),
        (DATE, "datum = 2025–01–20", "T007", "datum = 2025-01-20"),
        (NUMBER, "nummer = \"V/1/2025\"", "T106", "nummer = \"V/0001/2025\""),
        (DATE, "datum = 2025-01-20,", "T004", "datum = 2025-01-20"),
        (DATE, "datum = 20.1.2025, # bald", "T007", "datum = 2025-01-20"),
        (PUBLIC, "oeffentlich = true,", "T004", "oeffentlich = true"),
        (PUBLIC, "oeffentlich = ja;", "T004", "oeffentlich = true"),
        (OFFICE, "amt = \"Tiefbauamt\",", "T004", "amt = \"Tiefbauamt\""),
        (OFFICE, "amt = \"Tiefbauamt\";", "T004", "amt = \"Tiefbauamt\""),
        (OFFICE, "amt = \"Tiefbauamt\" // neu", "T004", "amt = \"Tiefbauamt\" # neu"),
        (OFFICE, "amt = Tiefbauamt,", "T004", "amt = \"Tiefbauamt\""),
        (DRAFT, "entwurf.jahr = 2026/27\nentwurf.enthalten = \"nein\"", "T006", "entwurf.jahr = 2026"),
        (DRAFT, "entwurf = { jahr = \"2026\", enthalten = \"nein\" }", "T103", "jahr = 2026"),
    ] {
        let (record, line) = with_line(old, new);
        let (found, at, hint) = only(&project, &record);
        assert_eq!((found.as_str(), at), (code, line), "{new}: {hint}");
        assert!(hint.contains(help) && !hint.contains(&format!("{help},")), "{new}: {hint}");
        // What the help says is sound when it is typed.
        let (typed, _) = with_line(old, &new.replacen(new.lines().next().unwrap(), help, 1));
        if !help.starts_with("jahr") {
            assert_eq!(self::found(&project, &typed), Vec::<Json>::new(), "{help}");
        }
    }
}

#[test]
fn headers_are_named_as_they_should_be() {
    let project = Project::new();
    let finances = "[[anlage.A.finanzierung]]";
    for (old, new, help) in [
        ("[[vorlage.beratung]]", "[beratung]", "Statt [beratung] steht [[vorlage.beratung]]."),
        ("[[vorlage.beratung]]", "[[beratung]]", "Statt [[beratung]] steht [[vorlage.beratung]]."),
        ("[[vorlage.beratung]]", "[vorlage.beratung]", "steht für jeden Eintrag [[vorlage.beratung]]"),
        (finances, "[[finanzierung]]", "steht [[anlage.A.finanzierung]]."),
        (finances, "[anlage.A.finanzierung]", "steht für jeden Eintrag [[anlage.A.finanzierung]]"),
        ("[anlage.A.pflichtigkeit]", "[[anlage.A.pflichtigkeit]]", "steht [anlage.A.pflichtigkeit]"),
        ("[[vorlage.beratung]]", "# [[vorlage.beratung]]", "Das # davor löschen: [[vorlage.beratung]]"),
        ("[vorlage]", "[Vorlage]", "Meinten Sie „vorlage“?"),
        ("[anlage.A]", "[Anlage.A]", "Meinten Sie „anlage“?"),
        ("[anlage.A]", "[anlage A]", "So ist es richtig: [anlage.A]"),
        ("[anlage.A]", "[anlage/A]", "So ist es richtig: [anlage.A]"),
        (finances, "[[anlage.A finanzierung]]", "So ist es richtig: [[anlage.A.finanzierung]]"),
        ("[anlage.A]", "[anlage.A", "So ist es richtig: [anlage.A]"),
        ("[anlage.A]", "anlage.A]", "So ist es richtig: [anlage.A]"),
        ("[[vorlage.beratung]]", "[[vorlage.beratung]", "So ist es richtig: [[vorlage.beratung]]"),
    ] {
        let (record, line) = with_line(old, new);
        let (_, at, hint) = only(&project, &record);
        assert_eq!(at, line, "{new}: {hint}");
        assert!(hint.contains(help), "{new}: {hint}");
    }
    let (record, line) = with_line(DRAFT, "entwurf = { jahr = 2026 }\nentwurf.enthalten = \"nein\"");
    let (code, at, hint) = only(&project, &record);
    assert_eq!((code.as_str(), at), ("T005", line + 1));
    assert!(hint.ends_with(DRAFT), "{hint}");
}

#[test]
fn a_file_without_line_feeds_is_one_finding() {
    let record = sound_record("V/0001/2025").replace('\n', "\r");
    let (code, at, hint) = only(&Project::new(), &record);
    assert!(code == "T004" && at == 1 && hint.contains("Zeilenende"), "{code} {at} {hint}");
}

#[test]
fn tables_of_a_session_are_known_in_any_case() {
    let project = Project::new();
    let session = "[sitzung]\ngremium = \"Rat\"\ndatum = 2025-02-12\n\n[[top]]\nnummer = \"1\"\ntitel = \"Berichte\"\noeffentlich = true\n";
    assert_eq!(found(&project, session), Vec::<Json>::new());
    for (old, new, help) in
        [("[sitzung]", "[Sitzung]", "Meinten Sie „sitzung“?"), ("[[top]]", "[[TOP]]", "Meinten Sie „top“?")]
    {
        let (code, _, hint) = only(&project, &session.replace(old, new));
        assert!(code == "T101" && hint == help, "{new}: {code} {hint}");
    }
}

#[test]
fn paths_of_windows_are_named_for_what_they_are() {
    let project = Project::new();
    project.write("Anlagen/neu.pdf", "%PDF-1.7");
    let annex = |path: &str| {
        let sound = sound_record("V/0001/2025").replace("wird saniert.", "wird saniert, siehe Anlage 1.");
        format!("{sound}\n[anlage.1]\ntitel = \"Plan\"\ndatei = {path}\n")
    };
    for (path, help) in [
        ("\"Anlagen\\neu.pdf\"", "Anlagen/neu.pdf"),
        ("'Anlagen\\neu.pdf'", "Anlagen/neu.pdf"),
        ("\"Anlagen\\plan.pdf\"", "datei = \"Anlagen/plan.pdf\""),
        ("\"C:\\Users\\meier\\plan.pdf\"", "datei = \"plan.pdf\""),
        ("'C:\\Users\\meier\\plan.pdf'", "von dieser Datei aus nennen: plan.pdf"),
        ("\"/home/meier/plan.pdf\"", "von dieser Datei aus nennen: plan.pdf"),
    ] {
        let (_, _, hint) = only(&project, &annex(path));
        assert!(hint.contains(help), "{path}: {hint}");
    }
}

#[test]
fn a_text_that_swallows_keys_is_the_only_finding_and_nothing_is_fixed() {
    let project = Project::new();
    let sound = sound_record("V/0001/2025").replace("Das Haus", "Das \"Haus\" kostet 5 €,");
    // With commented fields as `anlage new` writes them, the rest of the file can still be read.
    let commented = sound
        .replace("werden.\n\"\"\"\n", "werden.\n\n")
        .replace("kuenftige", "# leitorientierung = \"\"\"\n# \"\"\"\nkuenftige");
    let to_the_end = sound.replace("werden.\n\"\"\"\n", "werden.\n");
    for record in [commented, to_the_end] {
        let (code, line, hint) = only(&project, &record);
        assert_eq!((code.as_str(), line), ("T013", 17), "{hint}");
        assert!(hint.starts_with("In Zeile 18 hinter „werden.“ \"\"\" tippen."), "{hint}");
        for arguments in [["check", "a.toml", "--fix"], ["check", "a.toml", "--diff"]] {
            let run = project.run(&arguments);
            assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
            assert_eq!(project.read("a.toml"), record.as_bytes());
        }
        assert!(!project.run(&["check", "a.toml"]).stderr.contains("--fix"));
    }
}

#[test]
fn two_versions_that_git_could_not_merge_are_one_finding() {
    let project = Project::new();
    let both = |first: &str, second: &str| {
        format!("<<<<<<< HEAD\n{first}\n=======\n{second}\n>>>>>>> frieda/aemter")
    };
    let (in_keys, line) = with_line(OFFICE, &both(OFFICE, "amt = \"Tiefbauamt\""));
    let (code, at, hint) = only(&project, &in_keys);
    assert_eq!((code.as_str(), at), ("T014", line), "{hint}");
    let in_text = both("Es sind zwölf Bänke.", "Es sind vierzehn Bänke.");
    let (in_text, line) = with_line("Das Haus soll *barrierefrei* werden.", &in_text);
    let (code, at, _) = only(&project, &in_text);
    assert_eq!((code.as_str(), at), ("T014", line));
    assert_eq!(project.run(&["render", "a.toml"]).code, 1);
    assert!(project.list("out").is_empty());
}

#[test]
fn nothing_is_not_sound() {
    let is_of_nothing = |run: &Run| run.code == 2 && run.stderr.contains("hier ist keine Vorlagendatei");
    for command in ["check", "render"] {
        let project = Project::new();
        assert!(is_of_nothing(&project.run(&[command])), "an empty folder");
        project.write("Cargo.toml", "[package]\nname = \"x\"\n");
        assert!(is_of_nothing(&project.run(&[command])), "a folder without records");
        project.write("V-0001-2025.toml.txt", sound_record("V/0001/2025"));
        let run = project.run(&[command]);
        assert!(
            is_of_nothing(&run) && run.stderr.contains("Umbenennen in V-0001-2025.toml;"),
            "{}",
            run.stderr
        );
        project.write("V-0001-2025.toml", sound_record("V/0001/2025"));
        let run = project.run(&[command]);
        assert!(run.code == 0 && run.stderr.contains("endet auf .txt und wird übergangen"), "{}", run.stderr);
    }
}

#[test]
fn what_is_no_record_is_named_for_what_it_is() {
    let project = Project::new();
    for (name, bytes, what) in [
        ("a.pdf", &b"%PDF-1.7\n%\xe2\xe3"[..], "Die Datei ist ein PDF"),
        ("a.docx", b"PK\x03\x04\x14\0", "Die Datei ist ein Dokument aus Word"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1", "Die Datei ist ein Dokument aus Word"),
        ("a.json", b"{ \"vorlage\": { \"nummer\": \"V/0001/2025\" } }", "Die Datei ist JSON"),
        ("a.toml", b"<!DOCTYPE html><html>", "Die Datei ist HTML"),
        ("a.png", b"\x89PNG\r\n", "Die Datei ist ein Bild"),
    ] {
        project.write(name, bytes);
        for command in ["check", "render"] {
            let run = project.run(&[command, name]);
            assert!(run.code == 1 && run.stderr.contains("[T008]"), "{name}: {}", run.stderr);
            assert!(run.stderr.contains(what), "{name}: {}", run.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_leads_nowhere() {
    let outside = Project::new();
    let other = sound_record("V/0001/2025").replace("Das Haus", "Das \"Haus\"");
    let target = outside.write("fremd.toml", &other);
    let project = Project::new();
    std::os::unix::fs::symlink(&target, project.path().join("a.toml")).unwrap();
    let archive = ["archive", "a.toml", "-o", "abgabe"];
    for arguments in [&["check", "--fix"][..], &["render"], &archive] {
        let run = project.run(arguments);
        assert!(run.code == 1 && run.stderr.contains("[P001]"), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(std::fs::read_to_string(&target).unwrap(), other);
}

#[test]
fn what_is_announced_is_shown_and_done() {
    let project = Project::new();
    let record = sound_record("V/0001/2025")
        .replace("Das Haus", "Nach § 5 kostet das \"Haus\" 5 € - Stand 2019-2024 -,")
        .replace("jahr = 2025, enthalten = \"teilweise\"", "enthalten = \"teilweise\", jahr = 2025")
        .replace(
            "ergebnisplan = \"ja\"\nfinanzplan = \"nein\"",
            "finanzplan = \"nein\"\nergebnisplan = \"ja\"",
        );
    project.write("a.toml", &record);
    let announced = project.run(&["check"]).stderr;
    assert!(announced.contains("lassen sich 6 Befunde beheben"), "{announced}");
    let diff = project.run(&["check", "--diff"]);
    assert!(diff.stderr.contains("würde 6 Befunde in 1 Vorlage beheben"), "{}", diff.stderr);
    assert!(diff.stdout.contains("+Nach §<U+00A0>5 kostet das „Haus“ 5<U+00A0>€"), "{}", diff.stdout);
    let fixed = project.run(&["check", "--fix"]);
    assert!(fixed.stderr.contains("6 Befunde in 1 Vorlage behoben"), "{}", fixed.stderr);
    // The diff is that of what was done.
    let after = String::from_utf8(project.read("a.toml")).unwrap().replace('\u{a0}', "<U+00A0>");
    for line in diff.stdout.lines().filter(|line| line.starts_with('+') && !line.starts_with("+++")) {
        assert!(after.contains(&line[1..]), "{line}");
    }
}

#[test]
fn commented_fields_stay_with_their_table_when_keys_are_put_in_order() {
    let project = Project::new();
    let sound = sound_record("V/0001/2025");
    let (head, tail) = sound.split_once("[[anlage.A.finanzierung]]").unwrap();
    let (first, duty) = tail.split_once("[anlage.A.pflichtigkeit]").unwrap();
    let duty = duty.replace("begruendung =", "\n# Warum\n# begruendung = \"\"\"\n# \"\"\"\nbegruendung =");
    let second = first.replace("0111", "0110").replace("Immobilienmanagement", "Recht").replace(
        "ergebnisplan = \"ja\"\nfinanzplan = \"nein\"",
        "finanzplan = \"nein\"\n\n# Der Ergebnisplan\nergebnisplan = \"ja\"",
    );
    let blocks = [
        format!(
            "# Pflichtigkeitsgrad\n[anlage.A.pflichtigkeit]{duty}\n# Weitere Anlagen:\n# [anlage.1]\n# titel = \"\"\n\n"
        ),
        format!("[[anlage.A.finanzierung]]{first}"),
        format!("# zweite Produktgruppe\n[[anlage.A.finanzierung]]{second}"),
    ];
    project.write("a.toml", format!("{head}{}", blocks.concat()));
    let run = project.run(&["check", "--fix"]);
    assert!(run.code == 0 && run.stderr.contains("keine Befunde"), "{}", run.stderr);
    let fixed = String::from_utf8(project.read("a.toml")).unwrap();
    let second = second.replace(
        "finanzplan = \"nein\"\n\n# Der Ergebnisplan\nergebnisplan = \"ja\"\n",
        "# Der Ergebnisplan\nergebnisplan = \"ja\"\n\nfinanzplan = \"nein\"\n",
    );
    let expected = format!(
        "{head}[[anlage.A.finanzierung]]{first}# zweite Produktgruppe\n[[anlage.A.finanzierung]]{second}{}",
        blocks[0]
    );
    let lines =
        |text: &str| text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&fixed), lines(&expected));
}

#[test]
fn what_only_looks_like_a_slip_is_left_alone() {
    let project = Project::new();
    for text in [
        "Telefon 0251 492-6633, Fax 0251/492-7777-12, Durchwahl 1925-2020.",
        "ISBN 978-3-16-148410-0, DIN EN 12464-1, VDE 0100-710, ISO 2013-2021.",
        "Aktenzeichen 66-31-2025, Aktenzeichen 2001-2002, Flurstück 2001-2003, Plan 1999-2001.",
        "Datei plan_2024-2025.pdf, plan 2024-2025.pdf, https://a.example/2024-2025/plan und b-2024-2025@a.example.",
        "Ergebnis 12-3 Stimmen, Gartenstraße 12-14a, Version 2024-2, D-48155.",
        "Saldo -3, Temperatur -5, a - b, Ein - Ausgabe, 5' 10\\\" lang.",
        "Code `a - b` und `\\\"x\\\"`, 24/25-26/27.",
    ] {
        let record = sound_record("V/0001/2025").replace("Das Haus soll *barrierefrei* werden.", text);
        project.write("a.toml", &record);
        let run = project.run(&["check", "a.toml", "--fix"]);
        assert_eq!(String::from_utf8(project.read("a.toml")).unwrap(), record, "{}", run.stderr);
    }
    // Quotes in quotes are half ones, and somebody has to say which.
    let nested = sound_record("V/0001/2025").replace("Das Haus", "Die „Satzung \\\"A\\\"“");
    let [finding] = &found(&project, &nested)[..] else { panic!() };
    assert_eq!((finding["code"].as_str(), finding["fixable"].as_bool()), (Some("V501"), Some(false)));
}

#[test]
fn groups_whose_names_are_only_alike_keep_their_names() {
    let project = Project::new();
    for (number, name) in [
        ("0601", "Kinder- und Jugendförderung"),
        ("0202", "Ordnungsrechtliche Angelegenheit"),
        ("1301", "Grünflächen und Friedhöfe"),
        ("1001", "Bauaufsicht"),
    ] {
        let old = "nummer = \"0111\", name = \"Immobilienmanagement\"";
        let record =
            sound_record("V/0001/2025").replace(old, &format!("nummer = \"{number}\", name = \"{name}\""));
        project.write("a.toml", &record);
        project.run(&["check", "a.toml", "--fix"]);
        assert_eq!(String::from_utf8(project.read("a.toml")).unwrap(), record);
    }
}

#[test]
fn usage_and_the_system_speak_german() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    for (arguments, text) in [
        (&["chek"][..], "Fehler: Den Befehl chek gibt es nicht. Gemeint ist wohl check."),
        (
            &["check", "--formt"],
            "Fehler: Das Argument --formt gibt es hier nicht. Gemeint ist wohl --format.",
        ),
        (
            &["check", "--format", "xml"],
            "„xml“ ist kein Wert für --format <FORMAT>; möglich sind: human, json, sarif, github.",
        ),
        (&["check", "--format"], "Hinter --format <FORMAT> fehlt der Wert."),
        (&["check", "--diff", "--format", "json"], "gehen nicht zusammen."),
        (&["packet"], "Es fehlt: <SITZUNG.toml>"),
        (
            &["render", "--ppi", "5"],
            "„5“ ist kein Wert für --ppi <PPI>: hier steht eine Zahl von 10 bis 1200",
        ),
        (&["check", "fehlt.toml"], "Fehler: fehlt.toml: gibt es nicht"),
        (&["verify", "."], "Fehler: .: keine Abgabe und kein PDF"),
        (&["extract", "fehlt.pdf"], "Fehler: fehlt.pdf: kann nicht gelesen werden: gibt es nicht"),
    ] {
        let run = project.run(arguments);
        let code = if arguments[0] == "extract" { 3 } else { 2 };
        assert!(run.code == code && run.stderr.contains(text), "{arguments:?}: {} {}", run.code, run.stderr);
        for english in ["error", "No such", "os error", "Usage", "For more"] {
            assert!(!run.stderr.contains(english), "{arguments:?}: {}", run.stderr);
        }
    }
    let help = project.run(&["check", "--help"]);
    assert!(help.code == 0 && help.stdout.contains("Usage: anlage check"), "the help stays English");
}

#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let project = Project::new();
    for number in 1..=200 {
        let record = sound_record(&format!("V/{number:04}/2025")).replace("\"ja\"", "\"jein\"");
        project.write(&format!("{number}.toml"), record);
    }
    let mut child = project.command(&["check", "--format", "json"]).spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
