//! Agendas as councils write them: any labels, headings, several proposals on an item, papers without a record, items that
//! are withdrawn, joint sessions.

use anlage::pdf::text::{TextLimits, read};
use serde_json::Value;

use crate::packet_runs::head;
use crate::program::Project;
use crate::sheets::{Sheets, saved};

const SETTINGS: &str = "[kommune]
name = 'Stadt Münster'
anschrift = \"\"\"
Klemensstraße 10
48143 Münster\"\"\"
logo = 'wappen.svg'
logo_text = 'Wappen der Stadt'
bekanntmachung = 'Bekannt gemacht nach § 48 GO NRW.'
";
const LOGO: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle cx='20' cy='20' r='18'/></svg>";

const AGENDA: &str = "[sitzung]
gremien = ['Rat', 'Hauptausschuss']
nummer = 3
datum = 2025-02-12
vorsitz = 'Oberbürgermeisterin Anna Beispiel'
ladung = 2025-01-31

[[top]]
nummer = 'Ö 1'
titel = 'Einwohnerfragestunde'

[[top]]
titel = 'Anträge der Fraktionen'

[[top]]
nummer = 'Ö 5'
titel = 'Anträge'

[[top]]
nummer = 'Ö 5.1'
titel = 'Hitzeaktionsplan'
status = 'abgesetzt'

[[top.unterlage]]
art = 'Antrag'
nummer = 'A-R/0043/2025'
titel = 'Schatten für Schulhöfe'
datum = 2025-01-20
datei = 'antrag.pdf'

[[top.unterlage]]
art = 'Stellungnahme'
datei = 'stellungnahme.pdf'
oeffentlich = false

[[top]]
nummer = '15a'
titel = 'Radwege'
vorlagen = ['v/1.toml', 'v/2.toml']

[[top]]
nummer = 'N 1'
oeffentlich = false
titel = 'Verkauf Schillerstraße 5'
titel_oeffentlich = 'Grundstücksangelegenheit'
vorlage = 'v/3.toml'

[[top]]
nummer = 'N 2'
oeffentlich = false
titel = 'Bewerbung der Leitung'
";

fn paper(text: &str) -> Vec<u8> {
    saved(&mut Sheets::new(&[text]).finished())
}

/// A project with a session of everything that an agenda can have.
fn project() -> Project {
    let project = Project::new();
    project.write("anlage.toml", SETTINGS);
    project.write("wappen.svg", LOGO);
    project.write("sitzung.toml", AGENDA);
    for (name, text) in [
        ("antrag", "Der Antrag"),
        ("stellungnahme", "Intern gesagt"),
        ("plan", "Der Plan"),
        ("weg", "Der Weg"),
        ("preis", "Der Preis"),
    ] {
        project.write(&format!("{name}.pdf"), paper(text));
    }
    for (at, subject, file, public) in
        [(1, "Radweg Nord", "plan", true), (2, "Radweg Ost", "weg", true), (3, "Kaufvertrag", "preis", false)]
    {
        let consultation =
            "[[vorlage.beratung]]\ndatum = 2025-02-12\ngremium = 'Hauptausschuss'\nrolle = 'Entscheidung'\n";
        let annex = format!("[anlage.1]\ntitel = 'Blatt {at}'\ndatei = '../{file}.pdf'\n");
        let record = head(&format!("V/000{at}/2025"), subject, public) + consultation + &annex;
        project.write(&format!("v/{at}.toml"), record);
    }
    project
}

/// What is to be read in the packet of an edition: pages, stamps, bookmarks.
fn packet(project: &Project, edition: &str) -> String {
    let name = if edition == "public" { "oeffentlich" } else { "vollstaendig" };
    said(project, &format!("{name}/{STEM}-{name}.pdf"))
}

const STEM: &str = "Rat-Hauptausschuss-3-2025-02-12";

/// What is to be read in a file in `out/`.
fn said(project: &Project, file: &str) -> String {
    let file = project.read(&format!("out/{file}"));
    let reading = read(&file, &TextLimits::default(), &mut |_, _, _| {});
    let pages = reading.pages.iter().map(|page| page.drawn.text.as_str());
    let texts: Vec<&str> = pages.chain(reading.texts.iter().map(|text| text.text.as_str())).collect();
    texts.join("\n").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_packet_has_the_agenda_as_it_is() {
    let project = project();
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let complete = packet(&project, "complete");
    for said in [
        "Rat und Hauptausschuss",
        "Anträge der Fraktionen",
        "Hitzeaktionsplan (abgesetzt)",
        "A-R/0043/2025: Schatten für Schulhöfe",
        "Blatt 2 (zu V/0002/2025)",
        "Verkauf Schillerstraße 5",
        "TOP Ö 5.1 Antrag · A-R/0043/2025",
        "TOP 15a · V/0002/2025 · Anlage 1",
        "Intern gesagt",
    ] {
        assert!(complete.contains(said), "{said}\n{complete}");
    }
    let public = packet(&project, "public");
    for (said, is_there) in [
        ("Grundstücksangelegenheit", true),
        ("Anträge der Fraktionen", true),
        ("Der Antrag", true),
        ("Der Weg", true),
        ("Schillerstraße", false),
        ("Kaufvertrag", false),
        ("Der Preis", false),
        ("Intern gesagt", false),
        ("Bewerbung", false),
    ] {
        assert_eq!(public.contains(said), is_there, "{said}\n{public}");
    }
}

#[test]
fn a_hand_over_has_the_agenda_as_it_is() {
    let project = project();
    let run = project.run(&["archive", "sitzung.toml", "-o", "abgabe", "--date", "2025-03-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = project.run(&["verify", "abgabe"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let read = |name: &str| -> Value {
        serde_json::from_slice(&project.read(&format!("abgabe/data/oparl/{name}"))).unwrap()
    };
    let stem = "Rat-Hauptausschuss-3-2025-02-12";
    let meeting = read(&format!("meeting-{stem}.json"));
    assert_eq!(meeting["organization"].as_array().unwrap().len(), 2);
    assert_eq!(meeting["meetingState"], "eingeladen");
    let item = read(&format!("agendaitem-{stem}-oe5-1.json"));
    assert_eq!((&item["number"], &item["result"]), (&"Ö 5.1".into(), &"abgesetzt".into()));
    let names: Vec<&str> =
        item["auxiliaryFile"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Antrag A-R/0043/2025: Schatten für Schulhöfe", "Stellungnahme"]);
    // The step of either committee is this session.
    assert_eq!(read("consultation-V-0002-2025-1.json")["meeting"], meeting["id"]);
    assert_eq!(
        read(&format!("agendaitem-{stem}-15a.json"))["consultation"],
        read("consultation-V-0001-2025-1.json")["id"]
    );
    let report = String::from_utf8(project.read("abgabe/data/bericht.json")).unwrap();
    assert_eq!(report.matches("\"unterlage\"").count(), 2, "{report}");

    let run = project.run(&["oparl", "sitzung.toml", "-o", "oparl"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let list = String::from_utf8(project.read("oparl/liste/agendaitem.json")).unwrap();
    assert!(list.contains("Grundstücksangelegenheit"), "{list}");
    for secret in ["Schillerstraße", "Bewerbung", "Stellungnahme", "Kaufvertrag"] {
        assert!(!list.contains(secret), "{secret}: {list}");
    }
}

#[test]
fn what_an_office_gets_wrong_is_said_and_what_is_right_is_not() {
    let project = project();
    let codes = |agenda: &str| -> Vec<String> {
        project.write("sitzung.toml", agenda);
        let run = project.run(&["check", "sitzung.toml", "--format", "json"]);
        let report: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(AGENDA), ["S207"]);
    let changed = |from: &str, to: &str| codes(&AGENDA.replacen(from, to, 1));
    assert_eq!(changed("status = 'abgesetzt'\n", ""), [""; 0]);
    assert_eq!(changed("datum = 2025-01-20", "datum = 2025-02-03"), ["S207", "S304"]);
    assert_eq!(changed("stellungnahme.pdf", "antrag.pdf"), ["S207", "S208"]);
    assert_eq!(changed("stellungnahme.pdf", "weg.pdf"), ["S207", "S208"]);
    assert_eq!(changed("'Grundstücksangelegenheit'", "'Verkauf Schillerstraße 5, Lage'"), ["S207", "S110"]);
    assert_eq!(changed("titel = 'Radwege'\n", ""), ["S207", "S108"]);
    assert_eq!(changed("'Ö 5.1'", "'Ö 4'"), ["S103", "S207"]);
    assert_eq!(
        changed("gremien = ['Rat', 'Hauptausschuss']", "gremium = 'Bau'"),
        ["S207", "S302", "S302", "S302"]
    );
    assert_eq!(
        changed("vorlagen = ['v/1.toml', 'v/2.toml']", "vorlagen = ['v/1.toml', 'v/3.toml']"),
        ["S207", "S209", "S203"]
    );
}

/// The files that `agenda` makes.
const ANNOUNCEMENTS: [(&str, &str); 4] = [
    ("vollstaendig", "einladung"),
    ("vollstaendig", "tagesordnung"),
    ("oeffentlich", "tagesordnung"),
    ("oeffentlich", "bekanntmachung"),
];

fn announcement((folder, word): (&str, &str)) -> String {
    format!("{folder}/{STEM}-{word}.pdf")
}

#[test]
fn what_goes_out_before_a_session_says_as_much_as_its_readers_may_know() {
    let project = project();
    let run = project.run(&["agenda", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut made: Vec<String> = ANNOUNCEMENTS.map(|one| format!("out/{}", announcement(one))).to_vec();
    made.extend(["index.html", "index.json"].map(|name| format!("out/oeffentlich/{name}")));
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), made);
    for one in ANNOUNCEMENTS {
        let text = said(&project, &announcement(one));
        for always in [
            "3. Sitzung · Rat und Hauptausschuss",
            "Klemensstraße 10",
            "Mittwoch, 12. Februar 2025",
            "15a Radwege V/0001/2025, V/0002/2025",
            "Ö 5.1 Hitzeaktionsplan (abgesetzt)",
        ] {
            assert!(text.contains(always), "{one:?}: {always}\n{text}");
        }
        let is_public = one.0 == "oeffentlich";
        for (word, is_there) in [
            ("Grundstücksangelegenheit", is_public),
            ("Schillerstraße", !is_public),
            ("Bewerbung", !is_public),
            ("V/0003/2025", !is_public),
        ] {
            assert_eq!(text.contains(word), is_there, "{one:?}: {word}\n{text}");
        }
    }
    let invitation = said(&project, &announcement(ANNOUNCEMENTS[0]));
    assert!(invitation.contains("lade ich Sie ein") && invitation.contains("Anna Beispiel"), "{invitation}");
    let notice = said(&project, &announcement(ANNOUNCEMENTS[3]));
    assert!(notice.contains("§ 48 GO NRW"), "{notice}");
    // The same again, byte by byte.
    let before = project.read(&made[0]);
    project.run(&["agenda", "sitzung.toml"]);
    assert!(project.read(&made[0]) == before);
    if let Some(veracheck) = crate::conformance::veracheck() {
        crate::conformance::judge_files(&veracheck, &project, "2a,ua1");
    }
}

#[test]
fn a_supplement_is_called_so() {
    let project = project();
    project.write("sitzung.toml", AGENDA.replacen("nummer = 3", "nummer = 3\nnachtrag = 1", 1));
    assert_eq!(project.run(&["agenda", "sitzung.toml"]).code, 0);
    let invitation = said(&project, &announcement(ANNOUNCEMENTS[0]));
    assert!(
        invitation.contains("1. Nachtrag zur Einladung") && invitation.contains("Sie lautet nun"),
        "{invitation}"
    );
}

#[test]
fn nothing_that_is_not_public_is_announced() {
    let project = project();
    // The words of a non-public item stand in the title of a public one.
    project
        .write("sitzung.toml", AGENDA.replacen("titel = 'Radwege'", "titel = 'Verkauf Schillerstraße 5'", 1));
    let run = project.run(&["agenda", "sitzung.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("P106") && run.stderr.contains("sitzung.toml:"), "{}", run.stderr);
    assert_eq!(project.pdfs("out/oeffentlich"), [""; 0]);
    assert_eq!(project.list("out/vollstaendig").len(), 2);
}

#[test]
fn what_no_longer_holds_is_set_aside() {
    let project = project();
    project.run(&["agenda", "sitzung.toml"]);
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!((run.code, project.pdfs("out/oeffentlich").len()), (0, 3), "{}", run.stderr);
    // An item becomes one that is not public.
    let changed = AGENDA.replacen("titel = 'Radwege'", "titel = 'Radwege'\noeffentlich = false", 1);
    project.write("sitzung.toml", changed);
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.pdfs("out/oeffentlich"), [format!("{STEM}-oeffentlich.pdf")]);
    assert!(run.stderr.contains("bekanntmachung"), "{}", run.stderr);
    // An agenda that says the same stays where it is.
    project.run(&["agenda", "sitzung.toml"]);
    project.run(&["packet", "sitzung.toml"]);
    assert_eq!(project.pdfs("out/oeffentlich").len(), 3);
}

#[test]
fn nothing_old_stays_where_nothing_new_can_be_made() {
    let project = project();
    let made = |agenda: &str| {
        project.write("sitzung.toml", AGENDA);
        assert_eq!(project.run(&["agenda", "sitzung.toml"]).code, 0);
        assert_eq!(project.pdfs("out/oeffentlich").len(), 2);
        project.write("sitzung.toml", agenda);
        let run = project.run(&["agenda", "sitzung.toml"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        (project.pdfs("out/oeffentlich"), run.stderr)
    };
    // A character that no font has: the notice of before would name an item that is now called in another way.
    let (left, said) = made(&AGENDA.replacen("titel = 'Radwege'", "titel = 'Besuch aus 日本'", 1));
    assert_eq!(left, [""; 0], "{said}");
    assert!(said.contains("[T209]"), "{said}");
    // A page of the city's own that does not set.
    project.write("sitzung.toml", AGENDA);
    assert_eq!(project.run(&["agenda", "sitzung.toml"]).code, 0);
    project.write("templates/sitzung/bekanntmachung.typ", "#panic(\"so nicht\")");
    let run = project.run(&["agenda", "sitzung.toml"]);
    assert!(run.code == 1 && run.stderr.contains("lässt sich nicht setzen"), "{}", run.stderr);
    assert_eq!(project.pdfs("out/oeffentlich"), [format!("{STEM}-tagesordnung.pdf")]);
    std::fs::remove_dir_all(project.path().join("templates")).unwrap();
    // A file that nobody can read any more.
    let (left, said) = made("[sitzung\n");
    assert_eq!(left, [""; 0], "{said}");
    // An error in a session that says the same as before takes nothing away.
    let (left, said) = made(&format!("{AGENDA}\n[[verteiler]]\nname = 'Rat'\n"));
    assert_eq!(left.len(), 2, "{said}");
    // The packet of a file that cannot be read takes the announcements along.
    project.write("sitzung.toml", "[sitzung\n");
    assert_eq!(project.run(&["packet", "sitzung.toml"]).code, 1);
    assert_eq!(project.pdfs("out/oeffentlich"), [""; 0]);
}

#[test]
fn what_a_session_releases_is_announced() {
    let project = project();
    project
        .write("sitzung.toml", AGENDA.replacen("titel = 'Radwege'", "titel = 'Verkauf Schillerstraße 5'", 1));
    let release = "[[freigabe]]\ntext = 'Verkauf Schillerstraße 5'\ngrund = 'Stand in der Zeitung.'\n";
    let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write("sitzung.toml", format!("{agenda}\n{release}"));
    let run = project.run(&["agenda", "sitzung.toml"]);
    assert_eq!((run.code, project.pdfs("out/oeffentlich").len()), (0, 2), "{}", run.stderr);
}

#[test]
fn papers_without_a_record_are_looked_at_as_those_of_records_are() {
    let project = project();
    project.write("antrag.pdf", "%PDF-1.7 kaputt");
    let run = project.run(&["check", "sitzung.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("P102") && run.stderr.contains("Antrag A-R/0043/2025"), "{}", run.stderr);
}

#[test]
fn a_city_has_pages_of_its_own() {
    let project = project();
    project.write(
        "templates/sitzung/bekanntmachung.typ",
        "#import \"/sitzung/teile.typ\": *\n#show: letter.with(\"Aushang\")\n= Aushang am Rathaus\n#agenda()\n",
    );
    let run = project.run(&["agenda", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(said(&project, &announcement(ANNOUNCEMENTS[3])).contains("Aushang am Rathaus"));
    assert!(said(&project, &announcement(ANNOUNCEMENTS[0])).contains("lade ich Sie ein"));
    // The packet can have its own, too, and is made again then.
    project.run(&["packet", "sitzung.toml"]);
    project.write("templates/sitzung/mappe.typ", "#import \"/sitzung/teile.typ\": *\n#set text(lang: \"de\")\n= Mappe der Stadt\n#for part in data.parts { for item in part.items { par(item.title) } }\n");
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(packet(&project, "public").contains("Mappe der Stadt"));
    // One that never ends is stopped.
    project.write("templates/sitzung/einladung.typ", "#while true {}\n");
    let run = project.run(&["agenda", "sitzung.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("Einladung lässt sich nicht setzen"), "{}", run.stderr);
    // All of it goes to the archive.
    project.write("templates/sitzung/einladung.typ", "= Einladung\n");
    let run = project.run(&["archive", "sitzung.toml", "-o", "abgabe", "--date", "2025-03-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.list("abgabe/data/projekt").contains(&"wappen.svg".to_owned()));
    let run = project.run(&["verify", "abgabe"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_logo_lies_in_the_project() {
    let project = project();
    for (logo, why) in [("../wappen.svg", "keine Datei im Projekt"), ("antrag.pdf", "weder PNG noch SVG")] {
        project.write("anlage.toml", SETTINGS.replacen("wappen.svg", logo, 1));
        let run = project.run(&["agenda", "sitzung.toml"]);
        assert!(
            run.code != 0 && run.stderr.contains(why) && run.stderr.contains("anlage.toml"),
            "{}",
            run.stderr
        );
    }
    project.write("anlage.toml", SETTINGS.replacen("logo_text = 'Wappen der Stadt'\n", "", 1));
    let run = project.run(&["agenda", "sitzung.toml"]);
    assert!(run.code != 0 && run.stderr.contains("logo_text"), "{}", run.stderr);
}

#[test]
fn what_no_font_has_and_what_turns_text_around_is_found_in_a_session() {
    let project = Project::new();
    let session = |title: &str, file: &str| {
        format!(
            "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nort = 'Saal'\n\n[[top]]\nnummer = '1'\ntitel = \"{title}\"\n\n\
             [[top.unterlage]]\nart = 'Antrag'\ntitel = 'Hitze'\ndatei = '{file}'\n"
        )
    };
    // The name of a file is not printed.
    let file = "plan-漢.pdf";
    project.write(file, Sheets::new(&["Plan"]).bytes());
    project.write("sitzung.toml", session("Bericht", file));
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for (title, code) in [("Bericht 漢", "T209"), ("Bericht \\u202Eabc", "T208")] {
        project.write("sitzung.toml", session(title, file));
        for command in ["check", "packet", "agenda"] {
            let run = project.run(&[command, "sitzung.toml"]);
            assert_eq!(run.code, 1, "{command} {title}: {}", run.stderr);
            assert!(run.stderr.contains(&format!("Fehler[{code}]")), "{command}: {}", run.stderr);
            assert!(run.stderr.contains("--> sitzung.toml:8:"), "{command}: {}", run.stderr);
            assert!(!run.stderr.contains("[U004]"), "{command}: {}", run.stderr);
        }
    }
}
