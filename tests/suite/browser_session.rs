//! Sessions in the browser: what is said of them, the order of the agenda, what is made of them.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::browser::{Answer, Served};
use crate::examples::copy;
use crate::program::{Project, repository};

pub(crate) const PAGE: &str = "/sitzung?datei=sitzung.toml";

pub(crate) fn example(name: &str) -> Project {
    let project = Project::new();
    copy(&repository().join("examples").join(name), project.path());
    project
}

pub(crate) fn mark(page: &str) -> String {
    page.split("name=\"stand\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn press(served: &Served, page: &str, action: &str) -> Answer {
    served.post("/sitzung", &[("datei", "sitzung.toml"), ("stand", &mark(page)), ("tun", action)])
}

pub(crate) fn text_of(project: &Project) -> String {
    String::from_utf8(project.read("sitzung.toml")).unwrap()
}

#[test]
fn the_agenda_says_in_words_who_may_see_what() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    assert!(served.get("/").text().contains("href=\"/sitzung?datei=sitzung.toml\""));
    let page = served.get(PAGE).text();
    for expected in [
        "12 Tage vor der Sitzung; mindestens 10 Tage",
        "Vertrauliche Mitteilungen der Verwaltung",
        "In der öffentlichen Tagesordnung steht dieser Punkt nicht.",
        "öffentlich, in beiden Mappen",
        "nur in der vollständigen Mappe",
        "href=\"/vorlage?datei=vorlagen%2FV-0201-2025.toml\"",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let root = project.path().display().to_string();
    assert!(!page.contains(&root), "no path of this machine");
    project.write("sitzung.toml", text_of(&project).replace("2025-05-02", "2025-05-12"));
    assert!(served.get(PAGE).text().contains("Zwischen Ladung und Sitzung liegen nur 2 statt 10 Tage."));
}

#[test]
fn an_item_moves_and_the_rest_of_the_file_stays() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = served.get(PAGE).text();
    let moved = press(&served, &page, "runter:0");
    assert_eq!((moved.status, moved.field("location")), (303, Some("/sitzung?datei=sitzung.toml#top-1")));
    let [one, two] = ["Einwohnerfragestunde", "Eingänge und Mitteilungen des Oberbürgermeisters"];
    let swapped = before.replacen(one, "<>", 1).replacen(two, one, 1).replacen("<>", two, 1);
    assert_eq!(text_of(&project), swapped, "numbers, comments and layout stay");
    // The page from before is of another file.
    let late = press(&served, &page, "hoch:1");
    assert_eq!(late.status, 409);
    let late = late.text();
    assert!(late.contains("wurde inzwischen geändert"), "{late}");
    assert_eq!(press(&served, &late, "nach:1:0").status, 303);
    assert_eq!(text_of(&project), before);
    let page = served.get(PAGE).text();
    for (action, status) in [
        ("hoch:0", 400),
        ("runter:99", 422),
        ("nach:0:999", 422),
        ("nach:0", 400),
        ("hoch:x", 400),
        ("", 400),
    ] {
        assert_eq!(press(&served, &page, action).status, status, "{action}");
    }
    assert_eq!(text_of(&project), before);
}

/// Waits until all is made; gives how that is said.
fn made(served: &Served) -> serde_json::Value {
    let state = || -> serde_json::Value {
        serde_json::from_slice(&served.get("/sitzung/stand?datei=sitzung.toml").body).unwrap()
    };
    for _ in 0..600 {
        if state()["laeuft"] == false {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    state()
}

#[test]
fn what_is_sent_after_a_packet_is_there_too() {
    let project = example("bezirksvertretung");
    assert_eq!(project.run(&["dispatch", "sitzung.toml", "--date", "2025-05-02"]).code, 0);
    let late = "\n[[top]]\nnummer = \"99\"\ntitel = \"Eilantrag\"\ndringlichkeit = \"Die Frist endet.\"\n";
    project.write("sitzung.toml", text_of(&project) + late);
    let served = Served::start(&project);
    let page = served.get(PAGE).text();
    assert_eq!(press(&served, &page, "mappen").status, 303);
    assert_eq!(made(&served)["laeuft"], false);
    let page = served.get(PAGE).text();
    for edition in ["Öffentliche Fassung", "Vollständige Fassung"] {
        assert!(page.contains(&format!("Nachtrag zur 2. Fassung, {edition}")), "{page}");
    }
    assert!(page.contains("Bekanntmachung, Öffentliche Fassung"), "{page}");
}

#[test]
fn packets_are_made_with_progress_and_sent() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    assert_eq!(served.get("/sitzung/datei?datei=sitzung.toml&nr=0").status, 404);
    let page = served.get(PAGE).text();
    assert_eq!(press(&served, &page, "mappen").status, 303);
    assert!(press(&served, &page, "mappen").text().contains("schon etwas erstellt"));
    let state = made(&served);
    assert_eq!((&state["laeuft"], &state["von"]), (&false.into(), &8.into()));
    let page = served.get(PAGE).text();
    for title in ["Mappe, Öffentliche Fassung", "Mappe, Vollständige Fassung", "Einladung", "Bekanntmachung"]
    {
        assert!(page.contains(title), "{title}: {page}");
    }
    assert_eq!(page.matches("enthält Nichtöffentliches").count(), 3, "{page}");
    let packet = served.get("/sitzung/datei?datei=sitzung.toml&nr=0");
    assert!(
        packet.body.starts_with(b"%PDF")
            && packet.field("content-disposition").unwrap().contains("attachment")
    );
    let same = project.read("out/oeffentlich/Rat-2025-05-14-oeffentlich.pdf");
    assert_eq!(packet.body, same);
    // No two are called alike where they are loaded to.
    let count = page.matches("/sitzung/datei?").count();
    let names: Vec<String> = (0..count)
        .map(|at| served.get(&format!("/sitzung/datei?datei=sitzung.toml&nr={at}")))
        .map(|file| file.field("content-disposition").unwrap().to_owned())
        .collect();
    assert!(
        names.iter().any(|name| name.contains("Rat-2025-05-14-tagesordnung-oeffentlich.pdf")),
        "{names:?}"
    );
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), count, "{names:?}");
    assert_eq!(served.get("/sitzung/datei?datei=sitzung.toml&nr=99").status, 404);
}

#[test]
fn sheets_for_the_print_room_are_made_beside_the_packets() {
    let project = example("bezirksvertretung");
    let served = Served::start(&project);
    let page = served.get(PAGE).text();
    assert_eq!(press(&served, &page, "mappen").status, 303);
    assert_eq!(made(&served)["laeuft"], false);
    assert_eq!(press(&served, &page, "druck").status, 303);
    assert_eq!(made(&served)["laeuft"], false);
    let page = served.get(PAGE).text();
    for title in ["Mappe, Öffentliche Fassung", "Druckbogen, ", "Laufzettel, ", "(XJDF)"] {
        assert!(page.contains(title), "{title}: {page}");
    }
    let links: Vec<&str> = page.split("<li>").filter(|line| line.contains("/sitzung/datei?")).collect();
    for (number, line) in links.iter().enumerate() {
        let is_public = line.contains("Öffentliche Fassung") || line.contains("Liste der öffentlichen");
        assert_ne!(line.contains("enthält Nichtöffentliches"), is_public, "{line}");
        let file = served.get(&format!("/sitzung/datei?datei=sitzung.toml&nr={number}"));
        assert_eq!(file.body.starts_with(b"%PDF"), line.contains("(PDF)"), "{line}");
        assert!(file.status == 200 && file.field("content-disposition").unwrap().contains("attachment"));
    }
    // What was made before a change says so.
    let old = "diese Dateien sind von vorher";
    assert!(!page.contains(old));
    // Also if a record or a file changes and nothing else.
    let record = "vorlagen/V-0261-2025.toml";
    let before = String::from_utf8(project.read(record)).unwrap();
    project.write(record, before.replace("oeffentlich = true", "oeffentlich = false"));
    assert!(served.get(PAGE).text().contains(old));
    project.write(record, before);
    assert!(!served.get(PAGE).text().contains(old));
    project.write("sitzung.toml", text_of(&project) + "# neu\n");
    assert!(served.get(PAGE).text().contains(old));
}

#[test]
fn only_session_files_of_the_project_are_sessions() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    for name in ["", "vorlagen/V-0201-2025.toml", "../sitzung.toml", "/etc/passwd", "fehlt.toml"] {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("datei", name).finish();
        assert_eq!(served.get(&format!("/sitzung?{query}")).status, 404, "{name}");
        assert_eq!(served.post("/sitzung", &[("datei", name), ("tun", "mappen")]).status, 404, "{name}");
    }
}

#[test]
fn a_session_that_was_broken_meanwhile_says_where_and_loses_nothing() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = served.get(&format!("{PAGE}&punkt=2")).text();
    let stand = mark(&page);
    let sent = [
        ("datei", "sitzung.toml"),
        ("stand", stand.as_str()),
        ("punkt", "2"),
        ("/top/2/nummer", "3"),
        ("/top/2/titel", "Anfragen & <mehr>"),
        ("/top/2/oeffentlich", "false"),
        ("tun", "speichern"),
    ];
    let typed = "<dt>Titel des Tagesordnungspunkts</dt><dd>Anfragen &amp; &lt;mehr&gt;</dd>";
    let broken = before.replacen("[sitzung]", "[sitzung", 1);
    let line = broken.lines().position(|line| line == "[sitzung").unwrap() + 1;
    let cases = [
        (broken.clone().into_bytes(), "lässt sich so nicht lesen", format!("sitzung.toml, Zeile {line}")),
        (format!("{before}titel = nein\n").into_bytes(), "lässt sich so nicht lesen", "T0".to_owned()),
        (b"\xff".to_vec(), "lässt sich so nicht lesen", "Zeile 1".to_owned()),
        (b"[vorlage]\n".to_vec(), "Diese Datei ist keine Sitzungsdatei.", String::new()),
    ];
    for (bytes, said, place) in cases {
        project.write("sitzung.toml", &bytes);
        let asked = served.get(PAGE).text();
        assert!(asked.contains(said) && asked.contains(&place) && !asked.contains("Noch einmal"), "{asked}");
        let answer = served.post("/sitzung", &sent);
        let text = answer.text();
        assert!(matches!(answer.status, 404 | 409), "{text}");
        for expected in [said, &place, typed, "<dd>nein</dd>", "Es wurde nichts gespeichert."] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert!(text.contains("name=\"/top/2/titel\" value=\"Anfragen &amp; &lt;mehr&gt;\""), "{text}");
        assert!(!text.contains(&project.path().display().to_string()), "no path of this machine");
        assert_eq!(project.read("sitzung.toml"), bytes);
    }
    std::fs::remove_file(project.path().join("sitzung.toml")).unwrap();
    let gone = served.post("/sitzung", &sent);
    assert_eq!(gone.status, 404);
    assert!(gone.text().contains("gibt es nicht") && gone.text().contains(typed));
    // Mended, it takes what is sent again.
    project.write("sitzung.toml", &before);
    assert_eq!(served.post("/sitzung", &sent).status, 303);
    assert!(text_of(&project).contains("Anfragen & <mehr>"));
}

#[test]
fn a_broken_project_loses_nothing_that_is_sent_to_a_session() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let stand = mark(&served.get(&format!("{PAGE}&punkt=2")).text());
    project.write("anlage.toml", "nummern = [\n");
    let sent = [
        ("datei", "sitzung.toml"),
        ("stand", stand.as_str()),
        ("punkt", "2"),
        ("/top/2/titel", "Anfragen"),
        ("tun", "speichern"),
    ];
    let answer = served.post("/sitzung", &sent);
    assert!(answer.status == 409 && answer.text().contains("<dd>Anfragen</dd>"), "{}", answer.text());
}

#[test]
fn a_session_begins_in_the_browser_as_on_the_command_line() {
    let project = Project::new();
    let files = || std::fs::read_dir(project.path()).unwrap().count();
    let before = files();
    let served = Served::start(&project);
    assert!(served.get("/").text().contains("<a class=\"knopf\" href=\"/sitzung/neu\">Neue Sitzung</a>"));
    assert!(served.get("/sitzung/neu").text().contains("name=\"gremien\""));
    for (fields, said, field) in [
        (&[("gremien", " \r\n"), ("datum", "12.2.2025")][..], "welches Gremium", "gremien"),
        (&[("gremien", "Rat")], "Es fehlt der Tag", "datum"),
        (&[("gremien", "Rat"), ("datum", "31.2.2025")], "kein Datum", "datum"),
        (&[("gremien", "Rat"), ("datum", "12.2.2025"), ("nummer", "drei")], "eine Zahl", "nummer"),
        (&[("gremien", &"x".repeat(201)), ("datum", "12.2.2025")], "200 Zeichen", "gremien"),
    ] {
        let answer = served.post("/sitzung/neu", fields);
        let text = answer.text();
        assert!(answer.status == 422 && text.contains(said), "{text}");
        assert!(text.contains(&format!("href=\"#{field}\"")), "{text}");
        assert!(text.contains(&format!("id=\"{field}\"")), "{text}");
    }
    assert_eq!(files(), before);
    let rat = [("gremien", "Rat"), ("datum", "12.2.2025")];
    let made = served.post("/sitzung/neu", &rat);
    assert_eq!((made.status, made.field("location")), (303, Some("/sitzung?datei=Rat-2025-02-12.toml")));
    let page = served.get("/sitzung?datei=Rat-2025-02-12.toml");
    assert!(page.status == 200 && page.text().contains("<h1>Rat, Mittwoch, 12."), "{}", page.text());
    // The command line makes the same, file by file.
    let other = Project::new();
    let new = ["new", "--session", "--committee", "Rat", "--date", "2025-02-12"];
    assert_eq!(other.run(&new).code, 0);
    for name in ["Rat-2025-02-12.toml", "sitzung.schema.json"] {
        assert_eq!(project.read(name), other.read(name), "{name}");
    }
    // The second of a day needs a number, and there is a folder for sessions.
    let twice = served.post("/sitzung/neu", &rat);
    assert!(twice.status == 422 && twice.text().contains("gibt es schon"), "{}", twice.text());
    std::fs::create_dir(project.path().join("sitzungen")).unwrap();
    let joint = [("gremien", "Rat\r\n Bau \"und\"  Verkehr"), ("datum", "2025-02-12"), ("nummer", "3")];
    let made = served.post("/sitzung/neu", &joint);
    let name = "sitzungen/Rat-Bau-und-Verkehr-3-2025-02-12.toml";
    assert_eq!(made.status, 303, "{}", made.text());
    let text = String::from_utf8(project.read(name)).unwrap();
    for line in
        ["#:schema ../sitzung.schema.json", "gremien = [\"Rat\", 'Bau \"und\" Verkehr']", "nummer = 3"]
    {
        assert!(text.lines().any(|own| own == line), "{line}: {text}");
    }
    // A link in place of the folder leads nowhere.
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::remove_dir_all(project.path().join("sitzungen")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), project.path().join("sitzungen")).unwrap();
        assert_eq!(served.post("/sitzung/neu", &joint).status, 303);
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }
}

#[test]
fn no_page_of_a_session_says_where_the_project_lies() {
    let project = example("ratssitzung");
    project.write("vorlagen/V-0201-2025.toml", "[vorlage\n");
    project.write("sitzungen/rat.toml", text_of(&project).replace("vorlagen/", "../vorlagen/"));
    let served = Served::start(&project);
    for (name, record) in [("sitzung.toml", "vorlagen"), ("sitzungen/rat.toml", "../vorlagen")] {
        let page = format!("/sitzung?datei={name}");
        let first = served.get(&page).text();
        let said = format!("Die Vorlagendatei {record}/V-0201-2025.toml hat Fehler.");
        assert!(first.contains(&said), "{first}");
        let typed = name.replace(name.split('/').next_back().unwrap(), "");
        assert!(first.contains(&format!("„anlage check {typed}{record}/V-0201-2025.toml“")), "{first}");
        let form = [("datei", name), ("stand", &mark(&first)), ("tun", "mappen")];
        assert_eq!(served.post("/sitzung", &form).status, 303);
        for _ in 0..600 {
            let state = served.get(&format!("/sitzung/stand?datei={name}"));
            if state.text().contains("\"laeuft\":false") {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let after = served.get(&page).text();
        assert!(after.contains(&format!("S202 {said}")), "{after}");
        for text in [
            first,
            after,
            served.get(&format!("{page}&punkt=3")).text(),
            served.get(&format!("{page}&weg=3")).text(),
        ] {
            assert!(!text.contains(&project.path().display().to_string()), "{text}");
        }
    }
}
