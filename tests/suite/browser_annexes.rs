//! Files that a browser sends for the annexes of a record: what is taken, what is refused, and where it lands.

use crate::browser::{Answer, Served};
use crate::browser_form::{controls, page_of};
use crate::browser_pictures::{png, said, send_form};
use crate::program::{Project, repository, sound_record};

const RECORD: &str = "vorlagen/V-0001-2025.toml";
const PLACE: &str = "/anlage/1/datei";

fn project() -> Project {
    let project = Project::new();
    project.write(RECORD, sound_record("V/0001/2025"));
    project
}

fn pdf() -> Vec<u8> {
    std::fs::read(repository().join("examples/feuerwehrbedarfsplan/auszug.pdf")).unwrap()
}

fn send(served: &Served, record: &str, name: &str, bytes: &[u8]) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("datei", record), ("name", name)])
        .finish();
    served.post_body(&format!("/beilegen?{query}"), "application/octet-stream", bytes)
}

/// What a page sends if a button is pressed.
fn pressed(page: &str, button: &str) -> Vec<(String, String)> {
    let mut fields = controls(page);
    fields.retain(|(name, _)| !name.starts_with("bild:") && !name.starts_with("beilage:"));
    fields.push(("tun".to_owned(), button.to_owned()));
    fields
}

fn press(served: &Served, page: &str, button: &str) -> Answer {
    let fields = pressed(page, button);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    served.post("/vorlage", &fields)
}

fn value(page: &str, place: &str) -> Option<String> {
    controls(page).into_iter().find(|(name, _)| name == place).map(|(_, value)| value)
}

#[test]
fn a_file_lands_beside_its_record_as_it_is() {
    let project = project();
    let served = Served::start(&project);
    let name = |sent: &str, bytes: &[u8]| {
        let taken = send(&served, RECORD, sent, bytes);
        assert_eq!(taken.status, 200, "{sent}: {}", taken.text());
        said(&taken, "datei")
    };
    assert_eq!(name("Lageplan Süd.pdf", &pdf()), "V-0001-2025-Lageplan-Sued.pdf");
    assert_eq!(project.read("vorlagen/V-0001-2025-Lageplan-Sued.pdf"), pdf(), "not a byte is another");
    assert_eq!(name("Lageplan Süd.PDF", &pdf()), "V-0001-2025-Lageplan-Sued.pdf", "the same once more");
    let other = [&pdf()[..], b"\n"].concat();
    assert_eq!(name("Lageplan Süd.pdf", &other), "V-0001-2025-Lageplan-Sued-2.pdf");
    assert_eq!(project.read("vorlagen/V-0001-2025-Lageplan-Sued.pdf"), pdf(), "nothing was overwritten");
    // What its bytes are counts, and not what its name says; and no name leads elsewhere.
    assert_eq!(name("../../../x/.plan.exe", &pdf()), "V-0001-2025-plan.pdf");
    assert_eq!(name("C:\\Daten\\foto.pdf", &png(20)), "V-0001-2025-foto.png");
    assert_eq!(name("V-0001-2025.toml", &pdf()), "V-0001-2025-V-0001-2025.pdf");
    assert_eq!(name("", &pdf()), "V-0001-2025-Anlage.pdf");
    let all = project.list("vorlagen");
    assert!(all.iter().all(|name| name.starts_with("V-0001-2025")), "{all:?}");
    assert_eq!(project.list(""), ["anlage.toml", "vorlagen"]);
    // What it is like is said at once.
    let photo = send(&served, RECORD, "foto.png", &png(20));
    assert!(photo.text().contains("ein PNG-Bild ohne Text"), "{}", photo.text());
    assert_eq!(String::from_utf8(project.read(RECORD)).unwrap(), sound_record("V/0001/2025"));
}

#[test]
fn what_can_be_no_annex_is_refused_and_nothing_is_written() {
    let project = project();
    project.write("sitzung.toml", "[sitzung]\ngremium = \"Rat\"\ndatum = 2025-02-12\n");
    let served = Served::start(&project);
    for (name, bytes, expected) in [
        ("plan.pdf", &b"PK\x03\x04....word/document.xml"[..], "ein Word-Dokument (docx)"),
        ("plan.pdf", b"<html><script>alert(1)</script></html>", "eine Webseite (html)"),
        ("plan.pdf", b"", "leer"),
        ("plan.pdf", b"%PDF-1.7\nnichts", "„plan.pdf“ wird nicht beigelegt"),
        ("plan.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ein SVG-Bild"),
        ("plan.png", &png(300)[..60], "wird nicht beigelegt"),
    ] {
        let refused = send(&served, RECORD, name, bytes);
        assert_eq!(refused.status, 415, "{}", refused.text());
        assert_eq!(refused.field("content-type"), Some("application/json"));
        assert!(said(&refused, "fehler").contains(expected), "{}", refused.text());
    }
    for record in ["", "fehlt.toml", "sitzung.toml", "anlage.toml", "../x.toml", ".anlage/x.toml"] {
        assert_eq!(send(&served, record, "plan.pdf", &pdf()).status, 404, "{record}");
    }
    assert_eq!(send(&served, RECORD, "plan.pdf", &vec![b'x'; (32 << 20) + 1]).status, 413);
    let host = &served.host;
    let other = |head: &str| {
        let request = format!(
            "POST /beilegen?datei={RECORD} HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: 0\r\n\r\n"
        );
        served.send(&request).status
    };
    assert_eq!(other(&format!("Origin: http://evil.example\r\nCookie: {}\r\n", served.cookie)), 403);
    assert_eq!(other(&format!("Origin: http://{host}\r\n")), 401);
    assert_eq!(served.get(&format!("/beilegen?datei={RECORD}")).status, 405);
    assert_eq!(project.list("vorlagen"), ["V-0001-2025.toml"]);
    assert_eq!(project.list(""), ["anlage.toml", "sitzung.toml", "vorlagen"]);
}

#[test]
fn an_annex_is_added_filled_and_taken_away_without_a_script() {
    let project = project();
    let served = Served::start(&project);
    let before = String::from_utf8(project.read(RECORD)).unwrap();
    let page = press(&served, &page_of(&served, RECORD), "anlage-dazu").text();
    assert!(
        page.contains("Anlage 1 ist dazugekommen.") && page.contains("href=\"#/anlage/1/titel\""),
        "{page}"
    );
    let choice = format!("name=\"beilage:{PLACE}\" type=\"file\" accept=\"application/pdf,");
    assert!(page.contains(&choice) && page.contains(">Datei für Anlage 1 wählen</label>"), "{page}");
    let sent = |page: &str, called: &str, bytes: &[u8]| {
        let fields = pressed(page, &format!("beilegen:{PLACE}"));
        send_form(&served, &fields, (&format!("beilage:{PLACE}"), called, bytes)).text()
    };
    for (called, bytes, problem) in [
        ("", &b""[..], "Bitte eine Datei wählen."),
        ("Plan.pdf", b"GIF89a", "ein GIF-Bild"),
        ("<b>.pdf", b"GIF89a", "„&lt;b&gt;.pdf“ wird nicht beigelegt"),
    ] {
        let refused = sent(&page, called, bytes);
        assert!(refused.contains(problem) && refused.contains("href=\"#/anlage/1/datei\""), "{refused}");
        assert_eq!((value(&refused, PLACE), project.list("vorlagen").len()), (Some(String::new()), 1));
    }
    let page = sent(&page, "Plan.pdf", &pdf());
    assert!(page.contains("Die Datei V-0001-2025-Plan.pdf liegt jetzt neben der Vorlage"), "{page}");
    assert_eq!(value(&page, PLACE).as_deref(), Some("V-0001-2025-Plan.pdf"));
    // What is seen of the file is said at its field, as on the command line.
    let page = sent(&page, "Foto.png", &png(20));
    let finding = format!("<div id=\"{PLACE}-befund\">");
    let at_field = page.split(&finding).nth(1).unwrap_or_else(|| panic!("{page}"));
    assert!(at_field.split("</div>").next().unwrap().contains("ein PNG-Bild ohne Text"), "{page}");
    let mut fields = pressed(&page, "speichern");
    fields.iter_mut().find(|(name, _)| name == "/anlage/1/titel").unwrap().1 = "Plan".to_owned();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(served.post("/vorlage", &fields).status, 303);
    let saved = String::from_utf8(project.read(RECORD)).unwrap();
    let own = "\n[anlage.1]\ntitel = \"Plan\"\ndatei = \"V-0001-2025-Foto.png\"\n";
    assert_eq!(saved, format!("{before}{own}"));
    let checked = project.run(&["check", RECORD]);
    assert!(checked.stderr.contains("ein PNG-Bild ohne Text"), "{}", checked.stderr);
    // Away with it, and back again; the file stays.
    let page = press(&served, &page_of(&served, RECORD), "anlage-weg:1").text();
    assert!(page.contains("Anlage 1 ist entfernt") && value(&page, PLACE).is_none(), "{page}");
    let back = press(&served, &page, "zurueck").text();
    assert_eq!(value(&back, PLACE).as_deref(), Some("V-0001-2025-Foto.png"));
    assert_eq!(press(&served, &page, "speichern").status, 303);
    assert_eq!(String::from_utf8(project.read(RECORD)).unwrap(), before);
    assert!(project.list("vorlagen").contains(&"V-0001-2025-Foto.png".to_owned()));
    // Neither a form nor what is not there, and no file in another field.
    let page = page_of(&served, RECORD);
    for button in ["anlage-weg:A", "anlage-weg:7", "anlage-weg:", "anlage-weg:vorlage"] {
        assert!(press(&served, &page, button).text().contains("Diese Anlage gibt es nicht."), "{button}");
    }
    for place in ["/vorlage/amt", "/anlage/A/datei", "/anlage/A/kurzueberblick", ""] {
        let fields = pressed(&page, &format!("beilegen:{place}"));
        let answer = send_form(&served, &fields, (&format!("beilage:{place}"), "Plan.pdf", &pdf())).text();
        assert!(answer.contains("Hier lässt sich keine Datei beilegen."), "{place}: {answer}");
    }
    // The proposal itself is a file as well.
    let fields = pressed(&page, "beilegen:/vorlage/datei");
    let page = send_form(&served, &fields, ("beilage:/vorlage/datei", "Text.pdf", &pdf())).text();
    assert_eq!(value(&page, "/vorlage/datei").as_deref(), Some("V-0001-2025-Text.pdf"));
}

#[test]
fn an_annex_that_one_took_away_and_another_changed_is_not_lost() {
    let project = project();
    let annexes = "\n[anlage.1]\ntitel = \"Plan\"\ndatei = \"plan.pdf\"\n\n[anlage.2]\ntitel = \"Foto\"\ndatei = \"plan.pdf\"\n";
    project.write("vorlagen/plan.pdf", pdf());
    let before = format!("{}{annexes}", sound_record("V/0001/2025"));
    project.write(RECORD, &before);
    let served = Served::start(&project);
    let page = press(&served, &page_of(&served, RECORD), "anlage-weg:1").text();
    let page = press(&served, &page, "anlage-weg:2").text();
    let theirs = before.replace("\"Foto\"", "\"Foto der Halle\"");
    project.write(RECORD, &theirs);
    assert_eq!(press(&served, &page, "speichern").status, 303);
    let saved = String::from_utf8(project.read(RECORD)).unwrap();
    assert_eq!(saved, theirs.replace("[anlage.1]\ntitel = \"Plan\"\ndatei = \"plan.pdf\"\n\n", ""));
}

#[test]
fn annexes_that_two_added_are_both_there() {
    let project = project();
    project.write("vorlagen/plan.pdf", pdf());
    let before = sound_record("V/0001/2025");
    let served = Served::start(&project);
    let page = press(&served, &page_of(&served, RECORD), "anlage-dazu").text();
    let annex =
        |label: u8, title: &str| format!("\n[anlage.{label}]\ntitel = \"{title}\"\ndatei = \"plan.pdf\"\n");
    project.write(RECORD, format!("{before}{}", annex(1, "Plan")));
    let mut fields = pressed(&page, "speichern");
    for (place, typed) in [("/anlage/1/titel", "Foto"), (PLACE, "plan.pdf")] {
        fields.iter_mut().find(|(name, _)| name == place).unwrap().1 = typed.to_owned();
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = served.post("/vorlage", &fields);
    assert!(
        saved.status == 303 && saved.field("location").unwrap().ends_with("gespeichert=2"),
        "{}",
        saved.text()
    );
    let both = String::from_utf8(project.read(RECORD)).unwrap();
    assert_eq!(both, format!("{before}{}{}", annex(1, "Plan"), annex(2, "Foto")));
}
