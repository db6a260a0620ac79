//! What `check` prints for programs, and what `--fix` does to a record.

use serde_json::Value as Json;

use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository, sound_record};
use crate::sheets::Sheets;

/// A record with a slip of every kind that can be mended, in every kind of TOML string.
const SLIPS: &str = r####"# Kommentar am Anfang
[vorlage]
art = "Beschlussvorlage"   # Kommentar in der Zeile
nummer = "V/0001/2025"
betreff = 'Sanierung der "Stadtbücherei" - Teil 2'
datum = 2025-01-20
oeffentlich = true
amt = "Amt für Immobilienmanagement"

[anlage.A]
template = "muenster-anlage-a"
ziele = """
Nach § 5 und Art. 3, z.B. in den Jahren 2019-2024, entstehen 1.000 € (\"Kosten\"), \
d. h. 3 Mio. Euro - mehr nicht. Ein [Verweis](https://a.de/1-2) und `§ 7` bleiben.

- erstens *"kursiv"* und 10 - 12 Uhr
- zweitens"""
# gehört zum Kurzüberblick
kurzueberblick = '''
Die "Stadtbücherei" wird saniert.'''
querschnittsthemen = "Die Sanierung dient der Inklusion."

# Kommentar vor der Pflichtigkeit
[anlage.A.pflichtigkeit]
begruendung = "Laut Beschluss des Rates."
grad = "überwiegend pflichtig"

[[anlage.A.finanzierung]]
produktgruppe = { name = "Immobilien Management", nummer = "0111" }
ergebnisplan = "ja"
finanzplan = "nein"
haushaltsplan = { enthalten = "teilweise", jahr = 2025 } # Kommentar
entwurf = { jahr = 2026, enthalten = "nein" }
kuenftige_belastungen = "nein"
"####;

#[test]
fn what_can_be_mended_is_mended_and_nothing_else() {
    let project = Project::new();
    project.write("a.toml", SLIPS);
    let diff = project.run(&["check", "a.toml", "--diff"]);
    assert_eq!(project.read("a.toml"), SLIPS.as_bytes(), "--diff changes nothing");
    let run = project.run(&["check", "a.toml", "--fix"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let fixed = String::from_utf8(project.read("a.toml")).unwrap();
    snapbox::assert_data_eq!(
        fixed.replace('\u{a0}', "␣"),
        snapbox::Data::read_from(&repository().join("tests/golden/fixed.toml"), None).raw()
    );
    assert!(diff.stdout.contains("+betreff = 'Sanierung der „Stadtbücherei“ – Teil 2'"), "{}", diff.stdout);
    assert!(run.stderr.contains("behoben. 1 Vorlage geprüft: keine Befunde."), "{}", run.stderr);
    for comment in SLIPS.lines().filter_map(|line| line.split_once('#')).map(|(_, comment)| comment) {
        assert!(fixed.contains(comment), "{comment}");
    }

    let again = project.run(&["check", "a.toml", "--fix"]);
    assert_eq!(String::from_utf8(project.read("a.toml")).unwrap(), fixed, "twice is once: {}", again.stderr);
    assert_eq!(project.run(&["check", "a.toml", "--diff"]).stdout, "");
}

#[test]
fn a_mended_record_says_the_same() {
    let words = |record: &str| {
        let project = Project::new();
        project.write("a.toml", record);
        let run = project.run(&["render", "a.toml"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let text: String = Pdf::read(&project.read("out/anlagen/V-0001-2025-Anlage-A.pdf")).words().join(" ");
        // What the findings announced: quotes, dashes, spaces.
        let same = |c: char| match c {
            '„' | '“' => '"',
            '–' => '-',
            c => c,
        };
        text.chars().filter(|c| !c.is_whitespace()).map(same).collect::<String>()
    };
    let slips = SLIPS.replace("Immobilien Management", "Immobilienmanagement");
    let project = Project::new();
    project.write("a.toml", &slips);
    project.run(&["check", "a.toml", "--fix"]);
    let fixed = String::from_utf8(project.read("a.toml")).unwrap();
    assert_eq!(words(&fixed), words(&slips));
}

#[test]
fn what_cannot_be_read_is_not_mended() {
    let project = Project::new();
    for broken in ["betreff = Sanierung\n", "nummer = \"V/0002/2025\"\n"] {
        let record = SLIPS.replace("[vorlage]\n", &format!("[vorlage]\n{broken}"));
        project.write("a.toml", &record);
        let run = project.run(&["check", "a.toml", "--fix"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert_eq!(String::from_utf8(project.read("a.toml")).unwrap(), record);
    }
}

#[test]
fn standard_input_is_mended_to_standard_output() {
    let project = Project::new();
    let record = sound_record("V/0001/2025").replace("Die Stadtbücherei", "Die \\\"Bücherei\\\"");
    let run = project.run_with(&["check", "-", "--fix"], record.as_bytes());
    assert_eq!(run.stdout, record.replace("\\\"Bücherei\\\"", "„Bücherei“"));
    // What needs no mending, or cannot be read, comes out as it came in.
    for whole in [
        sound_record("V/0001/2025"),
        format!("\u{feff}{}", sound_record("V/0001/2025")),
        "kein = [".to_owned(),
    ] {
        assert_eq!(project.run_with(&["check", "-", "--fix"], whole.as_bytes()).stdout, whole);
    }
    assert_eq!(project.run_with(&["check", "-", "--fix", "--format", "json"], b"").code, 2);
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    let project = Project::new();
    let record = sound_record("V/0001/2025").replace("Das Haus", "Nach § 5 das Haus").replace('\n', "\r\n");
    let record = format!("\u{feff}{record}");
    project.write("a.toml", &record);
    assert_eq!(project.run(&["check", "a.toml", "--fix"]).code, 0);
    let fixed = String::from_utf8(project.read("a.toml")).unwrap();
    assert_eq!(fixed, record.replace("§ 5", "§\u{a0}5"));
}

#[test]
fn exceptions_silence_a_finding_in_their_table_and_are_findings_when_they_do_nothing() {
    let project = Project::new();
    let check = |record: &str| {
        project.write("a.toml", record);
        let run = project.run(&["check", "a.toml", "--format", "json"]);
        let report: Json = serde_json::from_str(run.stdout.trim()).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let sound = sound_record("V/0001/2025");
    let without_year = sound.replace("jahr = 2026, ", "");
    let excepted = |record: &str, code: &str| {
        let line =
            format!("ausnahmen = [\"{code}\"]\nausnahmen_grund = \"Der Entwurf steht noch nicht fest.\"\n");
        record.replace("kuenftige_belastungen", &format!("{line}kuenftige_belastungen"))
    };
    assert_eq!(check(&without_year), ["F201"]);
    assert_eq!(check(&excepted(&without_year, "F201")), Vec::<String>::new());
    assert_eq!(check(&excepted(&sound, "F201")), ["V002"]);
    assert_eq!(
        check(&excepted(&without_year, "F202")),
        ["V002", "F201"].map(str::to_owned).to_vec().into_iter().rev().collect::<Vec<_>>()
    );
    assert_eq!(check(&excepted(&sound, "T101")), ["T113"]);
    // The form is made all the same.
    project.write("a.toml", excepted(&without_year, "F201"));
    assert_eq!(project.run(&["render", "a.toml"]).code, 0);
}

#[test]
fn levels_can_be_set_for_the_findings_of_a_form() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025").replace("jahr = 2026, ", ""));
    assert_eq!(project.run(&["check", "a.toml"]).code, 0);
    project.write("anlage.toml", "[befunde]\nF201 = 'fehler'\n");
    let run = project.run(&["check", "a.toml"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("Fehler[F201]"), "{}", run.stderr);
}

#[test]
fn sarif_follows_its_schema() {
    let schema = std::fs::read_to_string(repository().join("tests/sarif-2.1.0.schema.json")).unwrap();
    // One of its patterns, for a field that we do not use, has a bracket too many.
    let schema: Json = serde_json::from_str(&schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let project = Project::new();
    crate::examples::copy(&repository().join("tests/findings"), &project.path().join("mit Umlaut: ä"));
    project.write("slips.toml", SLIPS);
    let run = project.run(&["check", "--format", "sarif"]);
    assert_eq!(run.code, 1);
    let log: Json = serde_json::from_str(&run.stdout).unwrap();
    let errors: Vec<String> = validator.iter_errors(&log).map(|error| format!("{error}")).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(
        results.len() > 100 && results.iter().any(|result| result["fixes"].is_array()),
        "{}",
        results.len()
    );
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["text"].is_string(), "{rule}");
    }
    let uri = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("mit%20Umlaut%3A%20%C3%A4/"), "{uri}");
    assert_eq!(run.stdout, project.run(&["check", "--format", "sarif"]).stdout, "deterministic");
}

#[test]
fn github_gets_a_line_for_each_finding() {
    let project = Project::new();
    project.write("a,b.toml", sound_record("V/0001/2025").replace("\"ja\"", "\"jein\""));
    let run = project.run(&["check", "--format", "github"]);
    let line = run.stdout.lines().next().unwrap();
    assert!(
        line.starts_with("::error file=a%2Cb.toml,line=24,endLine=24,col=16,endColumn=22,title=T104 "),
        "{line}"
    );
    assert!(line.contains("%0AMeinten Sie „nein“?"), "{line}");
}

#[test]
fn every_place_of_every_finding_lies_in_its_file() {
    let project = Project::new();
    crate::examples::copy(&repository().join("tests/findings"), &project.path().join("v"));
    let run = project.run(&["check", "--format", "json"]);
    let files = files_below(&repository().join("tests/findings"), "toml").len();
    assert_eq!(run.stdout.lines().count(), files, "a session is checked too");
    for line in run.stdout.lines() {
        let report: Json = serde_json::from_str(line).unwrap();
        for finding in report["findings"].as_array().unwrap() {
            let bytes = project.read(finding["file"].as_str().unwrap());
            let lines = String::from_utf8_lossy(&bytes).lines().count() as u64;
            let at = |key: &str| finding[key].as_u64().unwrap();
            assert!(
                1 <= at("line") && at("line") <= at("end_line") && at("end_line") <= lines + 1,
                "{finding}"
            );
        }
    }
}

/// Sentences as departments write them, with the codes that they may yield and no others.
#[test]
fn german_texts_raise_no_false_alarm() {
    let project = Project::new();
    project.write("plan.pdf", Sheets::new(&["Plan"]).bytes());
    let sound = sound_record("V/0001/2025");
    for (text, annexes, expected) in [
        ("Siehe Anlage 1 für den Lageplan und Anlage 2 führt die Kosten auf.", &["1", "2"][..], &[][..]),
        ("Die Anlage Süd und die Anlagen Bäder, Anlage 0 und eine PV-Anlage 2", &[], &[]),
        ("In Anlage 1 z. B. und Anlage 2 u. a.", &["1", "2"], &[]),
        ("Im Jahr 2025 müssen wir; 2026 lässt, 2027 läuft, 5 täglich, 4 mögliche, 12 läge", &[], &[]),
        ("Der Rat nimmt Anlage 1 zur Kenntnis.", &["1"], &[]),
        ("Siehe Anlage 1, 2025 beschlossen; Anlage 1 und 3 weitere Pläne", &["1"], &[]),
        ("Anlagen 1 a und b", &["1a", "1b"], &[]),
        ("**Anlage 1** und Anlage *2* und (Anl. 3)", &["1", "2", "3"], &[]),
        ("Anlage 3 zum Vertrag, Anlage A zur V/0012/2020, Anlage 2 der Satzung", &[], &[]),
        ("siehe Anlage 1 b und Anlagen 3 bis 4", &["1a"], &["V203", "V203", "V203"]),
        ("Vorlage V/0310/2024 - 80 Plätze. Die Vorlagen 2024/25. 230 V / 50-60 Hz", &[], &[]),
        ("V/0001/2024, Vorlage Nr. V/0123/2024, V/0012/2020/2. Ergänzung", &[], &[]),
        ("V/56/2025, V 0056/2024, Vorlage 0056/2024, V/0001/2027", &[], &["V201", "V201", "V201", "V202"]),
        (
            "Bebauungsplan 12-345, Tel. 0251 1925-2020, Az. 2001-2002, `2024-2026`, DIN 18040-2, 01.01.-31.12.2025",
            &[],
            &[],
        ),
        ("5 - 7 Mio. Euro, 2019-2024, S. 5-7", &[], &["V502", "V506", "V502", "V504", "V502"]),
        ("https://a.de/2019-2024 und a-2019-2024@b.de und 2025/26, COVID-19, 0251 492-0", &[], &[]),
        ("Das „Haus für alle“ bekommt einen 24” Monitor und ein 19\\\"-Rack.", &[], &[]),
        ("Alle Bürger*innen", &[], &[]),
        ("Bürger*innen und Einwohner*innen", &[], &[]),
        ("XXX. Nachtragssatzung, Müller&Co;", &[], &[]),
        ("Straßen - und Wegebau", &[], &[]),
    ] {
        let mut record = sound.replace(
            "Die Stadtbücherei wird saniert.",
            &text.replace("z. B.", "z.\u{a0}B.").replace("u. a.", "u.\u{a0}a."),
        );
        for label in annexes {
            record += &format!("\n[anlage.{label}]\ntitel = \"Plan {label}\"\ndatei = \"plan.pdf\"\n");
        }
        project.write("a.toml", record);
        let run = project.run(&["check", "a.toml", "--format", "json"]);
        let report: Json = serde_json::from_str(run.stdout.trim()).unwrap();
        let found: Vec<&str> =
            report["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn the_official_name_of_a_produktgruppe_is_known_by_its_spellings() {
    let project = Project::new();
    let group = |number: &str, name: &str| {
        let old = "nummer = \"0111\", name = \"Immobilienmanagement\"";
        let record =
            sound_record("V/0001/2025").replace(old, &format!("nummer = \"{number}\", name = \"{name}\""));
        project.write("a.toml", record);
        let run = project.run(&["check", "a.toml", "--format", "json"]);
        let report: Json = serde_json::from_str(run.stdout.trim()).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        findings
            .iter()
            .map(|f| (f["code"].as_str().unwrap().to_owned(), f["fixable"] == true))
            .collect::<Vec<_>>()
    };
    let csv =
        std::fs::read_to_string(repository().join("templates/muenster-anlage-a/produktgruppen-2026.csv"))
            .unwrap();
    for (number, name) in csv.lines().skip(1).filter_map(|line| line.split_once(',')) {
        assert_eq!(group(number, name.trim_matches('"')), [], "{name}");
    }
    for (number, name) in [
        ("0101", "Bezirksvertretungen / frei verfügbare Mittel"),
        ("0103", "Oberbürgermeister, Bürgermeister und Verwaltungsführung"),
        ("0209", "*Brandschutz und feuerwehrtechnische Hilfeleistungen*"),
        ("0605", "Erziehungs- und wirtschaftliche Hilfen für Familien"),
        ("1201", "Bereitstellung von Verkehrsflächen und -anlagen"),
        ("1102", "Abfallwirtschaft"),
    ] {
        let found = group(number, name);
        assert!(found.is_empty() || name == "Abfallwirtschaft", "{name}: {found:?}");
    }
    // The number may be what is wrong: that only a person can know.
    assert_eq!(group("0406", "Stadtmuseum"), [("F209".to_owned(), false)]);
    assert_eq!(group("0111", "Immobilien Management"), [("F209".to_owned(), true)]);
    assert_eq!(group("0999", "Stadtmuseum"), [("F208".to_owned(), false)]);
}

#[cfg(unix)]
#[test]
fn mending_keeps_the_permissions_and_goes_through_links() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new();
    let path = project.write("a.toml", sound_record("V/0001/2025").replace("Das Haus", "Nach § 5 das Haus"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&path, project.path().join("b.toml")).unwrap();
    let run = project.run(&["check", "b.toml", "--fix"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.path().join("b.toml").is_symlink());
    assert!(String::from_utf8(project.read("a.toml")).unwrap().contains("§\u{a0}5"));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    let before = sound_record("V/0001/2025").replace("Das Haus", "Nach § 6 das Haus");
    std::fs::write(&path, &before).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let run = project.run(&["check", "a.toml", "--fix"]);
    assert_eq!((run.code, project.read("a.toml") == before.as_bytes()), (3, true), "{}", run.stderr);
}

#[test]
fn order_is_mended_without_losing_comments_or_line_ends() {
    let project = Project::new();
    let fixed = |record: &str| {
        project.write("a.toml", record);
        project.run(&["check", "a.toml", "--fix"]);
        String::from_utf8(project.read("a.toml")).unwrap()
    };
    let sound = sound_record("V/0001/2025");
    let swapped = sound.replace(
        "haushaltsplan = { jahr = 2025, enthalten = \"teilweise\" }",
        "haushaltsplan = {\n  enthalten = \"teilweise\", # wichtig\n  # das Jahr\n  jahr = 2025, # anno\n}",
    );
    assert_eq!(fixed(&swapped), swapped, "of several lines with comments: left alone");
    let annex = "\n[anlage.1]\ndatei = \"plan.pdf\"\ntitel = \"Der Lageplan\"\n";
    project.write("plan.pdf", Sheets::new(&["Plan"]).bytes());
    let windows = format!("{sound}{annex}").replace('\n', "\r\n");
    let mended = fixed(&windows);
    assert!(
        mended.ends_with("[anlage.1]\r\ntitel = \"Der Lageplan\"\r\ndatei = \"plan.pdf\"\r\n"),
        "{mended}"
    );
    assert_eq!(mended.matches('\n').count(), mended.matches("\r\n").count());
}

#[test]
fn many_findings_are_all_mended_and_errors_are_never_left_unsaid() {
    let project = Project::new();
    let many = sound_record("V/0001/2025").replace("Das Haus", &"Siehe § 5. ".repeat(1200));
    project.write("a.toml", many.replace("\"ja\"", "\"jein\""));
    let run = project.run(&["check", "a.toml"]);
    assert!(run.stderr.contains("Fehler[T104]") && run.stderr.contains("Dazu kommen"), "{}", run.stderr);
    project.write("a.toml", many);
    let run = project.run(&["check", "a.toml", "--fix"]);
    assert!(run.stderr.contains("1200 Befunde in 1 Vorlage behoben."), "{}", run.stderr);
    assert_eq!(project.run(&["check", "a.toml", "--diff"]).stdout, "");
}

#[test]
fn a_number_that_two_records_have_is_found_where_it_stands_after_mending() {
    let project = Project::new();
    let late = sound_record("V/0001/2025").replace(
        "nummer = \"V/0001/2025\"\nart = \"Beschlussvorlage\"\n",
        "art = \"Beschlussvorlage\"\nnummer = \"V/0001/2025\"\n",
    );
    project.write("a.toml", late);
    project.write("b.toml", sound_record("V/0001/2025"));
    let run = project.run(&["check", "--fix", "--format", "json"]);
    let reports: Vec<Json> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (report, name) in reports.iter().zip(["a.toml", "b.toml"]) {
        let findings = report["findings"].as_array().unwrap();
        let [found] = &findings[..] else { panic!("{report}") };
        assert_eq!((&found["file"], &found["code"]), (&name.into(), &"V001".into()));
        assert_eq!((&found["line"], &found["column"]), (&2.into(), &10.into()), "{name}");
    }
    assert!(String::from_utf8(project.read("a.toml")).unwrap().starts_with("[vorlage]\nnummer ="));
}
