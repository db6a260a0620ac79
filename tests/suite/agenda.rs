//! Agendas as councils write them: any labels, headings, several proposals on an item, papers without a record, items that
//! are withdrawn, joint sessions.

use anlage::pdf::text::{TextLimits, read};
use serde_json::Value;

use crate::packet_runs::head;
use crate::program::Project;
use crate::sheets::{Sheets, saved};

const SESSION: &str = "kommune = 'Stadt Münster'\n";

const AGENDA: &str = "[sitzung]
gremien = ['Rat', 'Hauptausschuss']
nummer = 3
datum = 2025-02-12
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
    project.write("anlage.toml", SESSION);
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
    let packet = project.read(&format!("out/{name}/Rat-Hauptausschuss-3-2025-02-12-{name}.pdf"));
    let reading = read(&packet, &TextLimits::default(), &mut |_, _, _| {});
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
        "TOP Ö 5.1 · Antrag · A-R/0043/2025",
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
