//! What reviewers leave in annexes: found by `check`, kept out of the public packet, and a file is what its content is.

use lopdf::{Dictionary, Document, Object, Stream, dictionary, text_string};
use serde_json::Value;

use crate::packet_runs::{SESSION, head};
use crate::program::Project;
use crate::sheets::Sheets;

const PUBLIC: &str = "out/oeffentlich/Rat-2025-02-12-oeffentlich.pdf";
const COMPLETE: &str = "out/vollstaendig/Rat-2025-02-12-vollstaendig.pdf";

/// A session with one public record that has this file as its annex.
fn project(name: &str, file: &[u8]) -> Project {
    let project = Project::new();
    project.write("sitzung.toml", format!("{SESSION}[[top]]\nnummer = '1'\nvorlage = 'a.toml'\n"));
    let record = head("V/0001/2025", "Sanierung der Stadtbücherei", true);
    project.write("a.toml", format!("{record}[anlage.1]\ntitel = 'Plan'\ndatei = '{name}'\n"));
    project.write(name, file);
    project
}

/// The findings of `check` about the files of the record: code, level, line, message.
fn checked(project: &Project) -> Vec<(String, String, u64, String)> {
    let run = project.run(&["check", "a.toml", "--format", "json"]);
    let report: Value = serde_json::from_str(run.stdout.trim()).unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let of_files = findings.filter(|finding| finding["code"].as_str().unwrap().starts_with('P'));
    of_files
        .map(|finding| {
            let line = finding["line"].as_u64().unwrap();
            (text(finding, "code"), text(finding, "severity"), line, text(finding, "message"))
        })
        .collect()
}

fn codes(project: &Project) -> Vec<String> {
    checked(project).into_iter().map(|(code, ..)| code).collect()
}

/// A page whose first line is a price, and whatever is drawn after it.
fn page(after: &str) -> Sheets {
    let mut sheets = Sheets::new(&["Preis 48000 Euro"]);
    let content = sheets.add(Stream::new(Dictionary::new(), after.as_bytes().to_vec()));
    let page = sheets.document.get_dictionary_mut(sheets.pages[0]).unwrap();
    let first = page.get(b"Contents").unwrap().clone();
    page.set("Contents", vec![first, content]);
    sheets
}

/// A page with a note, a highlight and a strike-out of the same person, and a link.
fn commented() -> Sheets {
    let mut sheets = Sheets::new(&["Preis 48000 Euro"]);
    for (kind, said) in
        [("Text", "zu teuer, Angebot von Firma Beispiel war billiger"), ("Highlight", ""), ("StrikeOut", "")]
    {
        let mut mark = dictionary! { "Subtype" => kind, "T" => text_string("Erika Beispiel") };
        if !said.is_empty() {
            mark.set("Contents", text_string(said));
        }
        let mark = sheets.annotate(mark);
        sheets.annotate(dictionary! { "Subtype" => "Popup", "Parent" => mark });
    }
    let address = dictionary! { "S" => "URI", "URI" => text_string("https://example.org/gut") };
    sheets.annotate(dictionary! { "Subtype" => "Link", "A" => address });
    sheets
}

fn redacted() -> Vec<u8> {
    let mut sheets = page("");
    let mark = sheets.annotate(dictionary! { "Subtype" => "Redact", "T" => text_string("Amt 20") });
    let place = [55, 695, 300, 720].map(Object::from).to_vec();
    sheets.document.get_dictionary_mut(mark.as_reference().unwrap()).unwrap().set("Rect", place);
    sheets.bytes()
}

#[test]
fn check_says_what_reviewers_left_where_the_file_is_named() {
    let project = project("plan.pdf", &commented().bytes());
    let line =
        String::from_utf8(project.read("a.toml")).unwrap().lines().position(|line| line.starts_with("datei"));
    let message = "Anlage 1 enthält Anmerkungen aus der Bearbeitung: 1 Kommentar, 1 Markierung und 1 Streichung auf \
                   Seite 1 (von Erika Beispiel).";
    let expected = ("P205".to_owned(), "warnung".to_owned(), line.unwrap() as u64 + 1, message.to_owned());
    assert_eq!(checked(&project), [expected]);
}

#[test]
fn check_says_what_is_only_hidden() {
    let box_over = page("0 g 50 690 300 30 re f").bytes();
    for (what, file, kind) in [
        ("a box", &box_over, "1 verdeckter Text"),
        ("a mark to redact", &redacted(), "1 nicht angewendete Schwärzung"),
    ] {
        let project = project("plan.pdf", file);
        let found = checked(&project);
        assert_eq!(found.len(), 1, "{what}: {found:?}");
        let (code, level, _, message) = &found[0];
        assert_eq!((code.as_str(), level.as_str()), ("P206", "warnung"), "{what}");
        assert!(message.contains(kind) && message.ends_with("auf Seite 1."), "{what}: {message}");
        assert!(!message.contains("48000"), "a finding may be published: {message}");
    }
}

#[test]
fn ordinary_pages_hide_nothing() {
    for after in [
        "",
        // White on a round box, on a colour gradient's worth of lines, on a thick line.
        "0 0.3 0.6 rg 60 500 m 300 500 l 310 510 310 530 300 540 c 60 540 l h f BT /F1 14 Tf 1 g 70 515 Td (Kopf) Tj ET",
        "0 0.3 0.6 RG 30 w 50 515 m 400 515 l S BT /F1 14 Tf 1 g 70 510 Td (Kopf) Tj ET",
        // The end of a line that a cell cuts off.
        "q 60 500 60 20 re W n BT /F1 14 Tf 62 505 Td (Haushaltsstelle) Tj ET Q",
        // Bold by printing twice, with paint between.
        "BT /F1 14 Tf 60 500 Td (Kopf) Tj ET 0.9 g 50 495 100 20 re f 0 g BT /F1 14 Tf 60 500 Td (Kopf) Tj ET",
    ] {
        assert_eq!(codes(&project("plan.pdf", &page(after).bytes())), Vec::<String>::new(), "{after}");
    }
}

#[test]
fn a_file_is_what_its_content_is() {
    let mut png = Vec::new();
    let picture = image::DynamicImage::new_luma8(300, 200);
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let word = b"PK\x03\x04\x14\0\0\0\x08\0....[Content_Types].xml....word/document.xml";
    for (name, file, code, said) in [
        ("brief.docx", &word[..], "P102", "ein Word-Dokument (docx)"),
        ("brief.pdf", &word[..], "P102", "ein Word-Dokument (docx)"),
        ("bild.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "P102", "ein WebP-Bild"),
        ("leer.pdf", b"", "P102", "leer"),
        ("kaputt.pdf", b"%PDF-1.7", "P102", "kein lesbares PDF"),
        ("falsch.jpg", &png, "P210", "falsch.jpg und ist ein PNG-Bild"),
        ("bild.png", &png, "P202", "ist ein PNG-Bild ohne Text"),
    ] {
        let found = checked(&project(name, file));
        let says =
            |(found, _, _, message): &(String, String, u64, String)| found == code && message.contains(said);
        assert!(found.iter().any(says), "{name}: {found:?}");
    }
}

#[test]
fn pages_that_say_only_that_another_program_is_needed_are_told() {
    let mut form = Sheets::new(&["Bitte warten"]);
    let template = form.add(Stream::new(Dictionary::new(), b"<xdp:xdp/>".to_vec()));
    form.catalog.set("AcroForm", dictionary! { "Fields" => Vec::<Object>::new(), "XFA" => template });
    assert_eq!(codes(&project("plan.pdf", &form.bytes())), ["P208"]);
    let mut portfolio = Sheets::new(&["Portfolio"]);
    portfolio.attach("zahlen.csv", b"1;2;3");
    portfolio.catalog.set("Collection", dictionary! { "View" => "D" });
    assert_eq!(codes(&project("plan.pdf", &portfolio.bytes())), ["P208"]);
}

fn packet(project: &Project) -> (i32, Value) {
    let run = project.run(&["packet", "sitzung.toml", "--format", "json"]);
    let report = run.stdout.lines().last().unwrap_or_else(|| panic!("{}", run.stderr));
    (run.code, serde_json::from_str(report).unwrap())
}

fn packet_codes(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// How many annotations of each kind a file has that are asked for.
fn annotations(project: &Project, path: &str) -> [usize; 5] {
    let document = Document::load_mem(&project.read(path)).unwrap();
    ["Text", "Highlight", "StrikeOut", "Popup", "URI"].map(|kind| {
        let is_kind = |object: &&Object| {
            let key: &[u8] = if kind == "URI" { b"S" } else { b"Subtype" };
            let found = object.as_dict().and_then(|dictionary| {
                let direct = dictionary.get(b"A").and_then(Object::as_dict).unwrap_or(dictionary);
                direct.get(key).or_else(|_| dictionary.get(key))?.as_name()
            });
            found.is_ok_and(|name| name == kind.as_bytes())
        };
        document.objects.values().filter(is_kind).count()
    })
}

#[test]
fn the_public_packet_is_without_comments_and_the_complete_one_has_them() {
    let project = project("plan.pdf", &commented().bytes());
    let (code, report) = packet(&project);
    assert_eq!((code, packet_codes(&report)), (0, vec!["P205"]), "{report}");
    let said = report["findings"][0]["message"].as_str().unwrap();
    assert!(!said.contains("Erika"), "what is said of a public packet names nobody: {said}");
    assert!(said.contains("bleiben weg: 1 Kommentar, 1 Markierung und 1 Streichung"), "{said}");
    let [.., links] = annotations(&project, COMPLETE);
    assert_eq!(annotations(&project, COMPLETE)[..4], [1, 1, 1, 3]);
    assert_eq!(annotations(&project, PUBLIC), [0, 0, 0, 0, links]);
    assert!(links > 0);
    let document = Document::load_mem(&project.read(PUBLIC)).unwrap();
    let all = format!("{:?}", document.objects);
    assert!(!all.contains("Erika Beispiel") && !all.contains("billiger"));
}

#[test]
fn a_public_packet_with_hidden_text_is_not_made() {
    let project = project("plan.pdf", &redacted());
    let (code, report) = packet(&project);
    assert_eq!((code, packet_codes(&report)), (1, vec!["P110"]), "{report}");
    let exists = |path: &str| project.path().join(path).exists();
    assert_eq!((exists(PUBLIC), exists(COMPLETE)), (false, true));
}

/// The block of a session file that the first finding of a report offers.
fn offered_release(report: &Value) -> String {
    let help = report["findings"][0]["hint"].as_str().unwrap_or_else(|| panic!("{report}"));
    let (_, offered) = help.split_once("[[freigabe]] mit ").expect("a help that offers a release");
    let lines = offered.trim_end_matches('.').replace(" und ", ", ").replace(", ", "\n");
    format!("\n[[freigabe]]\n{}\n", lines.replace('…', "Angesehen."))
}

#[test]
fn a_release_of_hidden_text_ends_when_another_file_takes_the_place() {
    let project = project("plan.pdf", &redacted());
    let (_, report) = packet(&project);
    let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write("sitzung.toml", agenda + &offered_release(&report));
    let (code, report) = packet(&project);
    assert_eq!((code, packet_codes(&report)), (0, vec![]), "{report}");

    let mut replaced = redacted();
    replaced.extend(b"\n");
    project.write("plan.pdf", replaced);
    let (code, report) = packet(&project);
    assert_eq!((code, packet_codes(&report)), (1, vec!["P110", "S401"]), "{report}");
}
