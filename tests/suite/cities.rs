//! Cities that count in ways of their own, and forms as users make them.

use crate::program::{Project, repository, sound_record};

const LUEBECK: &str = "[nummern]\nvorlage = ['VO/JJJJ/#####[-##[-##]]']\nantrag = ['A/####']\n[vorlage]\nrollen = ['Entscheidung', 'Kenntnisnahme']\n";

#[test]
fn a_city_counts_in_its_own_way_from_the_first_record_to_the_pdf() {
    let project = Project::new();
    project.write("anlage.toml", LUEBECK);
    let new = project.run(&["new", "VO/2023/12345-01"]);
    assert_eq!((new.code, new.stdout.trim()), (0, "VO-2023-12345-01.toml"), "{}", new.stderr);
    let blank = String::from_utf8(project.read("VO-2023-12345-01.toml")).unwrap();
    assert!(blank.contains("nummer = \"VO/2023/12345-01\"") && blank.contains("Nach dem Muster"), "{blank}");
    let schema = String::from_utf8(project.read("anlage.schema.json")).unwrap();
    assert!(schema.contains("VO[/][0-9]{4}[/]") && schema.contains("Kenntnisnahme"), "{schema}");
    let wrong = project.run(&["new", "vo 23/1"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("gemeint ist wohl VO/2023/00001"), "{}", wrong.stderr);

    let project = Project::new();
    project.write("anlage.toml", LUEBECK);
    let record = sound_record("VO/2023/12345-01").replace("Vorberatung", "Kenntnisnahme");
    project.write("v/a.toml", &record);
    let check = project.run(&["check", "v"]);
    assert!(!check.stderr.contains("Fehler["), "{}", check.stderr);
    let made = project.run(&["render", "v", "-o", "out"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert_eq!(project.list("out/anlagen"), ["VO-2023-12345-01-Anlage-A.pdf"]);

    project.write("v/a.toml", sound_record("V/0056/2025"));
    let refused = project.run(&["check", "v"]);
    assert!(refused.code == 1 && refused.stderr.contains("T106"), "{}", refused.stderr);
    assert!(refused.stderr.contains("VO/JJJJ/#####[-##[-##]]"), "{}", refused.stderr);
}

#[test]
fn texts_cite_as_the_city_counts() {
    let project = Project::new();
    project.write("anlage.toml", LUEBECK);
    let sound = sound_record("VO/2023/12345");
    let with = |text: &str| {
        let (head, rest) = sound.split_once("kurzueberblick = ").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        project.write(
            "a.toml",
            format!("{head}kurzueberblick = 'Der Rat folgt der Vorlage {text} in allem.'\n{rest}"),
        );
        project.run(&["check", "a.toml"]).stderr
    };
    for wrong in ["VO/23/12345", "VO 2023/12345", "vo-2023-12345"] {
        let found = with(wrong);
        assert!(found.contains("V201") && found.contains("VO/2023/12345"), "{wrong}: {found}");
    }
    for right in ["VO/2022/12345", "VO/2022/12345-01", "A/0001", "V/56/2025", "VOB/A"] {
        let found = with(right);
        assert!(!found.contains("V201") && !found.contains("V202"), "{right}: {found}");
    }
    assert!(with("VO/2099/12345").contains("V202"));
}

#[test]
fn patterns_that_cannot_work_are_findings_in_the_settings() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    for (setting, problem) in [
        ("[nummern]\nvorlage = ['V/##', 'V-##']\n", "denselben Dateinamen"),
        ("[nummern]\nvorlage = ['V/[##']\n", "Klammer"),
        ("[nummern]\nvorlage = 'V/##'\n", "Liste"),
        ("[vorlage]\nrolen = ['x']\n", "rollen"),
    ] {
        project.write("anlage.toml", setting);
        let run = project.run(&["check", "."]);
        assert!(
            run.code == 1 && run.stderr.contains(problem) && run.stderr.contains("anlage.toml:2"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_new_form_renders_at_once() {
    let project = Project::new();
    let new = project.run(&["form", "new", "stadt-anlage"]);
    assert_eq!((new.code, new.stdout.trim()), (0, "templates/stadt-anlage"), "{}", new.stderr);
    let made = project.run(&["render", "templates/stadt-anlage/example.toml", "-o", "out"]);
    assert_eq!((made.code, project.list("out/anlagen").len()), (0, 1), "{}", made.stderr);
    let check = project.run(&["form", "check"]);
    assert_eq!(check.code, 0, "{}", check.stderr);
    assert!(check.stderr.contains("1 Formular geprüft: 0 Befunde."), "{}", check.stderr);
    assert_eq!(project.run(&["form", "new", "stadt-anlage"]).code, 2);
    assert_eq!(project.run(&["form", "new", "Stadt/../x"]).code, 2);
}

#[test]
fn a_built_in_form_can_be_copied_and_is_sound() {
    let project = Project::new();
    let export = project.run(&["form", "export", "muenster-anlage-a", "templates"]);
    assert_eq!(export.code, 0, "{}", export.stderr);
    let own = std::fs::read(repository().join("templates/muenster-anlage-a/layout.typ")).unwrap();
    assert_eq!(project.read("templates/muenster-anlage-a/layout.typ"), own);
    assert_eq!(project.run(&["form", "export", "muenster-anlage-a", "templates"]).code, 2);
    assert_eq!(project.run(&["form", "export", "gibt-es-nicht", "x"]).code, 2);
    let check = project.run(&["form", "check", "muenster-anlage-a"]);
    assert_eq!(check.code, 0, "{}", check.stderr);
}

#[test]
fn no_built_in_form_has_a_finding() {
    let project = Project::new();
    let forms = std::fs::read_dir(repository().join("templates")).unwrap();
    let forms = forms.map(|entry| entry.unwrap().path()).filter(|form| form.join("template.toml").is_file());
    let names: Vec<String> =
        forms.map(|form| form.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let command: Vec<&str> = ["form", "check"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let check = project.run(&command);
    let expected = format!("{} Formulare geprüft: 0 Befunde.", names.len());
    assert!(names.len() > 5 && check.stderr.contains(&expected), "{}", check.stderr);
}

#[test]
fn what_is_wrong_with_a_form_is_said_with_its_line() {
    let project = Project::new();
    project.run(&["form", "new", "f"]);
    let layout = String::from_utf8(project.read("templates/f/layout.typ")).unwrap();
    let findings = |layout: String| {
        project.write("templates/f/layout.typ", layout);
        project.run(&["form", "check", "f"]).stderr
    };
    // Never shown.
    let found = findings(layout.replace("rich(annex.gruende, images: data.images)", ""));
    assert!(found.contains("L001") && found.contains("templates/f/schema.json:"), "{found}");
    // A field that there is not.
    let found = findings(layout.replace("annex.gruende", "annex.grund"));
    assert!(found.contains("U002") && found.contains("templates/f/layout.typ:"), "{found}");
    // A label written once more.
    let found = findings(layout.replace("form.votum.title", "\"Das Amt stimmt der Vorlage zu\""));
    assert!(found.contains("U007") && found.contains("templates/f/layout.typ:"), "{found}");
}

#[test]
fn a_record_gets_the_version_of_its_date() {
    let project = Project::new();
    for (name, from) in
        [("klima-2019", "gueltig_ab = 2019-01-01\n"), ("klima-2023", "gueltig_ab = 2023-07-01\n")]
    {
        project.run(&["form", "new", name]);
        let path = format!("templates/{name}/template.toml");
        let manifest = String::from_utf8(project.read(&path)).unwrap();
        project.write(&path, format!("{manifest}formular = 'klima'\n{from}"));
    }
    let sound = sound_record("V/0001/2023");
    let head = sound.split("[anlage.A]").next().unwrap();
    let check = |day: &str, form: &str| {
        let head = head.replace("datum = 2025-01-20", &format!("datum = {day}"));
        project.write("a.toml", format!("{head}[anlage.A]\ntemplate = '{form}'\nvotum = 'ja'\n"));
        project.run(&["check", "a.toml"]).stderr
    };
    for (day, form) in [
        ("2023-06-30", "klima"),
        ("2023-07-01", "klima"),
        ("2023-06-30", "klima-2019"),
        ("2024-01-01", "klima-2023"),
    ] {
        let found = check(day, form);
        assert!(!found.contains("V601") && !found.contains("T109"), "{day} {form}: {found}");
    }
    let old = check("2023-07-01", "klima-2019");
    assert!(
        old.contains("V601") && old.contains("gilt am 01.07.2023 nicht mehr") && old.contains("klima-2023"),
        "{old}"
    );
    assert!(check("2023-06-30", "klima-2023").contains("gilt erst ab 01.07.2023"));
    assert!(check("2018-01-01", "klima").contains("gilt erst ab 01.01.2019"));
    // Which version it is, the page shows.
    let layout = String::from_utf8(project.read("templates/klima-2023/layout.typ")).unwrap();
    project.write("templates/klima-2023/layout.typ", format!("{layout}\n#panic(\"neu\")\n"));
    for (day, code) in [("2023-06-30", 0), ("2023-07-01", 1)] {
        check(day, "klima");
        assert_eq!(project.run(&["render", "a.toml", "-o", "out"]).code, code, "{day}");
    }
}

const HOSTILE: &[(&str, &str)] = &[
    ("schleife", "#let layout(data) = { let n = 0; for i in range(200000000) { n += i }; [#n] }"),
    ("endlos", "#let layout(data) = { while true { [] } }"),
    ("bereich", "#let layout(data) = [#range(3000000000).len()]"),
    (
        "verdoppelt",
        "#let layout(data) = { let s = \"xxxxxxxx\"; for i in range(60) { s = s + s }; [#s.len()] }",
    ),
    ("datei", "#let layout(data) = [#read(\"/etc/passwd\")]"),
    ("hinaus", "#let layout(data) = [#read(\"../../../../etc/passwd\")]"),
    ("verweis", "#let layout(data) = [#read(\"geheim.txt\")]"),
    ("paket", "#import \"@preview/cetz:0.3.0\": *\n#let layout(data) = []"),
    ("tief", "#let f(x) = f(x + 1)\n#let layout(data) = f(1)"),
];

#[test]
fn a_hostile_form_ends_in_a_finding_and_the_others_are_done() {
    let project = Project::new();
    let secret = project.write("geheim.txt", "GEHEIM");
    for (at, (name, layout)) in HOSTILE.iter().enumerate() {
        let file = |file: &str, text: &str| project.write(&format!("templates/{name}/{file}"), text);
        file(
            "template.toml",
            &format!(
                "name = '{name}'\ntitel = '{name}'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'A'\nbeschreibung = 'x'\n"
            ),
        );
        file(
            "schema.json",
            r#"{ "type": "object", "additionalProperties": false, "properties": { "ziel": { "type": "string" } } }"#,
        );
        file("layout.typ", layout);
        #[cfg(unix)]
        std::os::unix::fs::symlink(&secret, project.path().join(format!("templates/{name}/geheim.txt")))
            .unwrap();
        let sound = sound_record(&format!("V/{:04}/2025", at + 1));
        let head = sound.split("[anlage.A]").next().unwrap();
        project.write(&format!("v/{name}.toml"), format!("{head}[anlage.A]\ntemplate = '{name}'\n"));
    }
    let _ = secret;
    project.write("v/gut.toml", sound_record("V/0099/2025"));
    let begin = std::time::Instant::now();
    let run = project.run(&["render", "v", "-o", "out", "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(begin.elapsed().as_secs() < 300);
    assert_eq!(project.list("out/anlagen"), ["V-0099-2025-Anlage-A.pdf"]);
    let reports: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.len(), HOSTILE.len() + 1);
    for report in reports {
        let codes: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["code"].as_str().unwrap())
            .collect();
        let said = report.to_string();
        let is_sound = said.contains("gut.toml");
        assert_eq!(codes.iter().any(|code| ["U002", "U005"].contains(code)), !is_sound, "{said}");
        assert!(!said.contains("GEHEIM") && !said.contains("--root") && !said.contains("root:"), "{said}");
    }
}

#[test]
fn a_city_calls_its_files_as_it_likes() {
    let project = Project::new();
    project.write("v/a.toml", sound_record("V/0001/2025"));
    project.write(
        "sitzung.toml",
        "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n\n[[top]]\nnummer = '1'\nvorlage = 'v/a.toml'\n",
    );
    assert_eq!(project.run(&["render", "v"]).code, 0);
    project.write("anlage.toml", "[dateinamen]\nanlage = 'Anl_{kennung}_zu_{nummer}'\n");
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    // What was called otherwise does not stay behind.
    assert_eq!(project.pdfs("out/anlagen"), ["Anl_A_zu_V-0001-2025.pdf"]);
    let run = project.run(&["render", "v", "--draft"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.pdfs("out/anlagen").contains(&"Anl_A_zu_V-0001-2025-entwurf.pdf".to_owned()));

    let run = project.run(&["archive", "sitzung.toml", "-o", "abgabe", "--date", "2025-03-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let verified = project.run(&["verify", "abgabe"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
    assert!(project.path().join("abgabe/data/vorlagen/V-0001-2025/Anl_A_zu_V-0001-2025.pdf").is_file());

    project.write("anlage.toml", "[dateinamen]\nanlage = '{kennung}'\n");
    let run = project.run(&["check", "v"]);
    assert!(
        run.stderr.contains("[T111]: In „{kennung}“ steht {nummer} nicht genau einmal"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("anlage = \"{nummer}-Anlage-{kennung}\""), "{}", run.stderr);
}
