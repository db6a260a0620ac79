//! What must not happen, whatever a record, a form or an image holds.

use std::time::Duration;

use crate::pdf::Pdf;
use crate::program::{Project, repository, sound_record};

#[test]
fn text_never_becomes_markup() {
    let wild = r##"#panic("x") $a$ *b* @c #eval("1") [x] `y` \ _z_ #let"##;
    let project = Project::new();
    let record = sound_record("V/0001/2025")
        .replace("betreff = \"Sanierung der Stadtbücherei\"", &format!("betreff = '{wild}'"))
        .replace("amt = \"Amt für Immobilienmanagement\"", &format!("amt = '{wild}'"))
        .replace("\"Immobilienmanagement\"", &format!("'{wild}'"))
        .replace("\"Die Stadtbücherei wird saniert.\"", &format!("'{wild}'"));
    project.write("a.toml", record);
    let run = project.run(&["render", "a.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let pdf = Pdf::read(&project.read("out/anlagen/V-0001-2025-Anlage-A.pdf"));
    assert!(pdf.info("Title").unwrap().ends_with(wild));
    assert_eq!(pdf.info("Author").unwrap(), wild);
    let words = pdf.words().join(" ");
    // CommonMark has a say in long texts: *b* is emphasis there, \ before a space stays.
    assert_eq!(words.matches(r##"#panic("x") $a$ b @c #eval("1") [x] `y` \ z #let"##).count(), 2, "{words}");
}

#[test]
fn html_and_reversed_text_are_refused_in_every_field() {
    let project = Project::new();
    let sound = sound_record("V/0001/2025");
    for (field, code) in [
        ("\"Die Stadtbücherei wird saniert.\"", "T202"),
        ("\"Die Sanierung dient der Inklusion.\"", "T202"),
        ("\"Laut Beschluss des Rates.\"", "T202"),
        ("\"Immobilienmanagement\"", "T202"),
    ] {
        project.write("a.toml", sound.replace(field, "'a <script>alert(1)</script> b'"));
        let run = project.run(&["render", "a.toml"]);
        assert_eq!(run.code, 1, "{field}");
        assert!(run.stderr.contains(code), "{field}: {}", run.stderr);
    }
    for field in
        ["Sanierung der", "Amt für", "Beschlussvorlage", "Die Stadtbücherei", "Laut", "Immobilienmanagement"]
    {
        project.write("a.toml", sound.replacen(field, &format!("\\u202e{field}"), 1));
        let run = project.run(&["render", "a.toml"]);
        assert_eq!(run.code, 1, "{field}");
        assert!(run.stderr.contains("T208"), "{field}: {}", run.stderr);
    }
    assert!(project.list("out/anlagen").is_empty());
}

#[test]
fn no_path_leaves_the_project() {
    let outside = Project::new();
    outside.write("geheim.pdf", "geheim");
    let project = Project::new();
    let absolute = outside.path().join("geheim.pdf").display().to_string();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path(), project.path().join("hinaus")).unwrap();
    for path in ["../../x", "../geheim.pdf", &absolute, "hinaus/geheim.pdf", "vorlagen/../../geheim.pdf"] {
        let record = format!("{}\n[anlage.1]\ntitel = 'x'\ndatei = '{path}'\n", sound_record("V/0001/2025"));
        project.write("a.toml", record);
        let run = project.run(&["render", "a.toml"]);
        assert_eq!(run.code, 1, "{path}");
        assert!(run.stderr.contains("P001"), "{path}: {}", run.stderr);

        let image = sound_record("V/0001/2025").replace("Das Haus", &format!("![x](<{path}>)\n\nDas Haus"));
        project.write("a.toml", image);
        let run = project.run(&["render", "a.toml"]);
        assert!(run.stderr.contains("P001"), "{path}: {}", run.stderr);
    }
    assert!(project.list("out/anlagen").is_empty());
}

#[test]
fn a_killed_run_leaves_no_half_written_pdf() {
    let project = Project::new();
    for number in 1..=60 {
        project.write(&format!("v/{number}.toml"), sound_record(&format!("V/{number:04}/2025")));
    }
    for delay in [20, 60, 110, 170, 240] {
        let mut child = project.command(&["render", "v"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        for name in project.list("out/anlagen").iter().filter(|name| name.ends_with(".pdf")) {
            let bytes = project.read(&format!("out/anlagen/{name}"));
            assert!(bytes.trim_ascii_end().ends_with(b"%%EOF"), "{name} is cut");
            assert_eq!(Pdf::read(&bytes).pages(), 1, "{name}");
        }
    }
    assert_eq!(project.run(&["render", "v"]).code, 0);
    assert_eq!(project.list("out/anlagen").iter().filter(|name| name.ends_with(".pdf")).count(), 60);
}

#[test]
fn a_record_that_is_refused_has_its_old_pdf_set_aside() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    project.write("b.toml", sound_record("V/0001/2025/1"));
    assert_eq!(project.run(&["render"]).code, 0);
    assert_eq!(project.list("out/anlagen").len(), 2);
    project.write("a.toml", sound_record("V/0001/2025").replace("\"ja\"", "\"jein\""));
    let run = project.run(&["render", "--format", "json"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains(r#""now":"out/nichtoeffentlich/V-0001-2025-Anlage-A-veraltet.pdf""#),
        "{}",
        run.stdout
    );
    assert_eq!(project.list("out/anlagen"), ["V-0001-2025-1-Anlage-A.pdf"]);
    assert_eq!(project.list("out/nichtoeffentlich"), ["V-0001-2025-Anlage-A-veraltet.pdf"]);
    // Even one that cannot be read at all.
    project.write("b.toml", b"[vorlage]\nbetreff = 'Stra\xdfe'\n");
    assert_eq!(project.run(&["render"]).code, 1);
    assert!(project.list("out/anlagen").is_empty());
}

#[test]
fn a_number_that_two_records_have_belongs_to_neither() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    project.write("b.toml", sound_record("V/0001/2025"));
    project.write("c.toml", sound_record("V/0002/2025"));
    let run = project.run(&["render"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stderr.matches("[V001]").count(), 2, "{}", run.stderr);
    assert_eq!(project.list("out/anlagen"), ["V-0002-2025-Anlage-A.pdf"]);
}

/// A project with a form of its own, and a record for it.
pub(crate) fn with_form(layout: &str) -> Project {
    let project = Project::new();
    project.write(
        "templates/eigenes/template.toml",
        "name = 'eigenes'\ntitel = 'Anlage B'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'B'\nbeschreibung = 'Eigenes Formular'\n",
    );
    project.write(
        "templates/eigenes/schema.json",
        r#"{ "type": "object", "additionalProperties": false, "properties": { "text": { "title": "Text", "type": "string", "format": "markdown" } } }"#,
    );
    project.write("templates/eigenes/layout.typ", layout);
    let head = sound_record("V/0001/2025");
    let head = head.split("[anlage.A]").next().unwrap();
    project.write("a.toml", format!("{head}[anlage.B]\ntemplate = 'eigenes'\ntext = 'Hallo *Welt*'\n"));
    project
}

#[test]
fn a_project_can_have_its_own_form() {
    let layout = "#import \"/form.typ\": *\n#let layout(data) = { show: form-page\nheading(data.template.title)\nrich(data.annex.text) }\n";
    let project = with_form(layout);
    let run = project.run(&["render"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let words = Pdf::read(&project.read("out/anlagen/V-0001-2025-Anlage-B.pdf")).words();
    assert_eq!(words, ["Anlage", "B", "Hallo", "Welt"]);
    assert!(project.run(&["templates"]).stdout.contains("eigenes 1.0.0 (im Projekt)"));
    assert!(project.run(&["new", "V/0009/2025", "--template", "eigenes"]).code == 0);
    assert!(String::from_utf8(project.read("V-0009-2025.toml")).unwrap().contains("[anlage.B]"));
}

#[test]
fn a_form_that_fails_is_reported_at_its_place() {
    for (layout, code, place) in [
        ("#let layout(data) = [#data.annex.fehlt]\n", "U002", "layout.typ:1:"),
        ("#let layout(data) = [#read(\"/etc/passwd\")]\n", "U002", "layout.typ:1:"),
        ("#let layout(data) = [#read(\"../../../../etc/passwd\")]\n", "U002", "layout.typ:1:"),
        ("#import \"@preview/cetz:0.3.0\": *\n#let layout(data) = []\n", "U002", "layout.typ:1:"),
        ("#let layout(data) = { heading(level: 3)[x] }\n", "U004", ""),
        ("#let layout(data) = { text(font: \"Gibt es nicht\")[x] }\n", "U003", "layout.typ:1:"),
    ] {
        let run = with_form(layout).run(&["render"]);
        assert!(run.stderr.contains(code) && run.stderr.contains(place), "{layout}: {}", run.stderr);
        assert_eq!(run.code, i32::from(code != "U003"), "{layout}: {}", run.stderr);
    }
    let project = with_form("");
    project.write("templates/eigenes/schema.json", "{");
    let run = project.run(&["render"]);
    assert!(run.code == 1 && run.stderr.contains("[U001]"), "{}", run.stderr);
    assert_eq!(project.run(&["templates"]).code, 1);
}

#[test]
fn a_form_that_never_ends_is_stopped_and_the_others_are_done() {
    for layout in [
        "#let layout(data) = { let i = 0\nwhile true { i += 1 } }\n",
        "#let layout(data) = { let s = \"x\"\nfor _ in range(60) { s = s + s } }\n",
        "#let layout(data) = { for i in range(300000000) { i } }\n",
    ] {
        let project = with_form(layout);
        project.write("b.toml", sound_record("V/0002/2025"));
        let run = project.run(&["render"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stderr.contains("[U005]") || run.stderr.contains("[U002]"), "{}", run.stderr);
        assert_eq!(project.list("out/anlagen"), ["V-0002-2025-Anlage-A.pdf"]);
    }
}

#[test]
fn a_vector_image_is_drawn_and_one_that_never_ends_is_stopped() {
    let project = Project::new();
    let record = sound_record("V/0001/2025").replace("Das Haus", "![Ein Kreis](bild.svg)\n\nDas Haus");
    project.write("a.toml", record);
    project.write(
        "bild.svg",
        "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle cx='20' cy='20' r='18' fill='teal'/></svg>",
    );
    let run = project.run(&["render"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let figures = Pdf::read(&project.read("out/anlagen/V-0001-2025-Anlage-A.pdf")).elements();
    assert!(figures.iter().any(|element| element.alt.as_deref() == Some("Ein Kreis")));

    // A damaged one is found before its page is set.
    project
        .write("bild.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle cx='20'");
    let checked = project.run(&["check"]);
    assert!(checked.code == 1 && checked.stderr.contains("[P003]"), "{}", checked.stderr);
    assert!(checked.stderr.contains("Sie ist kein gültiges XML"), "{}", checked.stderr);

    let mut bomb = String::from(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40' height='40'><g id='a0'><rect width='1' height='1'/></g>",
    );
    for level in 1..40 {
        let use_before = format!("<use xlink:href='#a{}'/>", level - 1).repeat(4);
        bomb += &format!("<g id='a{level}'>{use_before}</g>");
    }
    bomb += "</svg>";
    project.write("bild.svg", bomb);
    let run = project.run(&["render"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(project.list("out/anlagen").is_empty());
}

#[test]
fn a_refused_record_takes_nothing_with_it_that_is_not_its_own() {
    let project = Project::new();
    let wrong = sound_record("V/0001/2025").replace("\"ja\"", "\"jein\"");
    project.write("out/anlagen/V-0001-2025-Anlage-1.pdf", "von jemand anderem");
    project.write("a.toml", &wrong);
    assert_eq!(project.run(&["render"]).code, 1);
    assert_eq!(project.list("out/anlagen"), ["V-0001-2025-Anlage-1.pdf"]);
    // Another record has taken over the number.
    project.write("a.toml", sound_record("V/0001/2025"));
    assert_eq!(project.run(&["render"]).code, 0);
    project.write("b.toml", sound_record("V/0001/2025").replace("Die Stadtbücherei", "Das Haus"));
    project.write("a.toml", wrong.replace("V/0001/2025", "V/0003/2025"));
    for jobs in ["1", "2"] {
        assert_eq!(project.run(&["render", "--jobs", jobs]).code, 1);
        assert_eq!(project.list("out/anlagen"), ["V-0001-2025-Anlage-1.pdf", "V-0001-2025-Anlage-A.pdf"]);
    }
}

#[test]
fn what_is_known_of_earlier_runs_does_not_reach_beyond_the_output_folder() {
    let outside = Project::new();
    let victim = outside.write("opfer.txt", "bleibt");
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    assert_eq!(project.run(&["render"]).code, 0);
    let state = String::from_utf8(project.read("out/.anlage/state.json")).unwrap();
    let name = format!("../../{}/opfer.txt", outside.path().file_name().unwrap().to_str().unwrap());
    let state = state.replace("V-0001-2025-Anlage-A.pdf", &name).replace("a.toml", "weg.toml");
    project.write("out/.anlage/state.json", state);
    assert_eq!(project.run(&["render", "--prune"]).code, 0);
    assert!(victim.exists());
}

#[test]
fn what_is_long_is_checked_in_no_time() {
    let project = Project::new();
    let broken = [
        ("zeilen", "x y\n".repeat(200_000)),
        ("html", sound_record("V/0001/2025").replace("Das Haus", &"<b> x\n\n".repeat(40_000))),
        (
            "schluessel",
            format!(
                "{}\n{}",
                sound_record("V/0001/2025"),
                (0..60_000).map(|i| format!("k{i} = 1\n")).collect::<String>()
            ),
        ),
        ("bilder", sound_record("V/0001/2025").replace("Das Haus", &"![x](bild.png)\n\n".repeat(50_000))),
        ("zeichen", sound_record("V/0001/2025").replace("Das Haus", &"漢a".repeat(100_000))),
        ("offen", "a b = \"x\n".repeat(100_000)),
        ("offen-hochkomma", "a b = '''\n".repeat(100_000)),
        ("word", format!("a = [{}]\n", "„x“, ".repeat(90_000))),
        ("word-offen", format!("a = {}\n", "[„".repeat(200_000))),
        ("word-lang", format!("a = \"\"\"{}\n", "“““ x “““   ".repeat(40_000))),
    ];
    // Signs that mean something, over and over in one line.
    let signs = [
        "`a`", "`a``b", "a-", "[", "](b ", "[a](b ", "[^", "(*", "((*", "*a", "a@b.", "www.a", "<a:", "1. ",
        "§ 1 ", "„", "{breite=", "| a ",
    ];
    let of_signs = signs.map(|sign| {
        let text = sound_record("V/0001/2025");
        let line = text.lines().find(|line| line.starts_with("kurzueberblick")).unwrap();
        let long = format!("kurzueberblick = 'x*{} 1'", sign.repeat(100_000 / sign.len()));
        (sign, text.replace(line, &long))
    });
    for (name, text) in broken.into_iter().chain(of_signs) {
        project.write("a.toml", text);
        let mut child = project
            .command(&["check", "a.toml", "--quiet"])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut waited = 0;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            // A limit far beyond what it takes; it was minutes once.
            assert!(waited < 600, "{name} takes for ever");
            waited += 1;
            std::thread::sleep(Duration::from_millis(50));
        };
        assert!(matches!(status.code(), Some(0 | 1)), "{name}");
    }
}

#[test]
fn text_that_would_get_lost_is_found() {
    let project = Project::new();
    let wide = format!("{}|\n{}|\n|1|", "|a".repeat(21), "|-".repeat(21));
    for (text, code) in [
        ("a &#x202e;hallo b", "T202"),
        ("a &nbsp; b", "T202"),
        ("| a | b |\n|---|---|\n| 1 | 2 | DREI |", "T204"),
        ("davor\n\n[Hinweis]: Verschwunden", "T204"),
        ("[x](https://a.de 'Titel')", "T204"),
        (&wide, "T204"),
    ] {
        project.write(
            "a.toml",
            sound_record("V/0001/2025").replace("Das Haus soll *barrierefrei* werden.", text),
        );
        let run = project.run(&["check", "a.toml"]);
        assert!(run.code == 1 && run.stderr.contains(code), "{text}: {}", run.stderr);
    }
    let lost = sound_record("V/0001/2025")
        .replace("\"Die Stadtbücherei wird saniert.\"", "\"[Hinweis]: Verschwunden\"");
    project.write("a.toml", lost);
    assert_eq!(project.run(&["check", "a.toml"]).code, 1);
}

#[test]
fn a_schema_that_multiplies_is_refused() {
    let project = with_form("#let layout(data) = []\n");
    let levels: Vec<String> = (0..12)
        .map(|level| {
            let fields: Vec<String> = (0..10).map(|field| format!(r##""f{field}": {{ "$ref": "#/$defs/d{}" }}"##, level + 1)).collect();
            format!(r#""d{level}": {{ "type": "object", "additionalProperties": false, "properties": {{ {} }} }}"#, fields.join(", "))
        })
        .collect();
    let schema = format!(
        r##"{{ "type": "object", "additionalProperties": false, "properties": {{ "a": {{ "$ref": "#/$defs/d0" }} }}, "$defs": {{ {}, "d12": {{ "type": "string" }} }} }}"##,
        levels.join(", ")
    );
    project.write("templates/eigenes/schema.json", schema);
    let run = project.run(&["templates"]);
    assert!(run.code == 1 && run.stderr.contains("mehr als 2000 Felder"), "{}", run.stderr);
    project.write(
        "templates/eigenes/schema.json",
        r##"{ "type": "object", "additionalProperties": false, "properties": { "a": { "type": "string", "examples": [{ "$ref": "#" }] } } }"##,
    );
    assert_eq!(project.run(&["schema"]).code, 0);
}

/// A form of the project's own with these rules, and a record that uses it.
fn with_rules(project: &Project, rules: &str) {
    let built_in = repository().join("templates/muenster-anlage-a");
    crate::examples::copy(&built_in, &project.path().join("templates/eigene"));
    let manifest = std::fs::read_to_string(built_in.join("template.toml")).unwrap();
    project.write("templates/eigene/template.toml", manifest.replace("muenster-anlage-a", "eigene"));
    project.write("templates/eigene/rules.typ", rules);
    let record = sound_record("V/0001/2025").replace("muenster-anlage-a", "eigene");
    project.write("a.toml", record.replace("wird saniert", "wird z. B. saniert"));
}

#[test]
fn a_rule_that_fails_is_reported_at_its_place_and_hides_nothing() {
    let project = Project::new();
    let good = "#let good(data) = finding(\"F102\", (\"ziele\",), \"Gefunden.\")\n";
    for (rules, message, place) in [
        ("#let rules = (d => d.annex.fehlt, good)", "dictionary does not contain key", "rules.typ:3:"),
        ("#let rules = (d => panic(\"x\"), good)", "panicked", "rules.typ:3:"),
        ("#let rules = (d => 7, good)", "a rule gives integer", "rules.typ:3:"),
        (
            "#let rules = (d => finding(\"F999\", (), \"x\"), good)",
            "„F999“, der nicht in findings.toml steht",
            "rules.typ",
        ),
        ("#let rules = (d => ((code: 1),), good)", "das kein Befund ist", "rules.typ"),
        ("#let rules = (d => read(\"/../a.toml\"), good)", "", "rules.typ:3:"),
    ] {
        with_rules(&project, &format!("#import \"/rules.typ\": finding\n{good}{rules}\n"));
        let run = project.run(&["check", "a.toml"]);
        assert_eq!(run.code, 1, "{rules}: {}", run.stderr);
        for part in ["Fehler[U006]", message, place, "Warnung[eigene/F102]: Gefunden.", "Hinweis[V505]"] {
            assert!(run.stderr.contains(part), "{rules}: {part} is not in\n{}", run.stderr);
        }
    }
    for rules in ["#let rules = 7", "#let rules = (7,)", "#let a = (", "#import \"@preview/x:1.0.0\": y"] {
        with_rules(&project, rules);
        let run = project.run(&["check", "a.toml"]);
        assert!(
            run.stderr.contains("Fehler[U006]") && run.stderr.contains("Hinweis[V505]"),
            "{rules}: {}",
            run.stderr
        );
    }
    with_rules(&project, "// keine");
    assert_eq!(project.run(&["check", "a.toml"]).code, 0);
}

#[test]
fn a_rule_that_never_ends_is_stopped() {
    let project = Project::new();
    with_rules(
        &project,
        "#let rules = (d => { let x = 0; for i in range(100000) { for j in range(100000) { x += 1 } } },)\n",
    );
    let run = project.run(&["check", "a.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("Fehler[U005]") && run.stderr.contains("Hinweis[V505]"), "{}", run.stderr);
}

#[test]
fn a_list_of_codes_that_is_wrong_is_reported_at_its_place() {
    let project = Project::new();
    with_rules(&project, "");
    for (list, message) in [
        ("[V101]\ntitel = 'x'", "fehlerhaft"),
        ("[F1]\ntitel='x'\nstufe='warnung'\nbedeutung='x'\nwarum='x'", "„F1“ ist kein Code"),
    ] {
        project.write("templates/eigene/findings.toml", list);
        let run = project.run(&["check", "a.toml"]);
        assert!(run.stderr.contains("Fehler[U001]") && run.stderr.contains(message), "{}", run.stderr);
    }
}
