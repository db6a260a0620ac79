//! Runs of `packet`: what is made, what is left alone, what is refused, and what does not come along.

use std::path::Path;

use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};
use lopdf::{Document, Object, dictionary, text_string};
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::program::{Project, Run, files_below, repository};
use crate::sheets::{Sheets, saved};

const PUBLIC: &str = "out/oeffentlich/Rat-2025-02-12-oeffentlich.pdf";
const COMPLETE: &str = "out/vollstaendig/Rat-2025-02-12-vollstaendig.pdf";

/// The first lines of a record.
pub(crate) fn head(number: &str, subject: &str, public: bool) -> String {
    format!(
        "[vorlage]\nnummer = '{number}'\nart = 'Beschlussvorlage'\nbetreff = '{subject}'\ndatum = 2025-01-20\n\
         oeffentlich = {public}\namt = 'Amt'\n\n[[vorlage.beratung]]\ndatum = 2025-02-12\ngremium = 'Rat'\n\
         rolle = 'Entscheidung'\n\n"
    )
}

pub(crate) const SESSION: &str = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nladung = 2025-01-20\n\n";

/// A session with one record, whose annexes are these files.
fn session(annexes: &[(&str, Vec<u8>)]) -> Project {
    let project = Project::new();
    project.write("sitzung.toml", format!("{SESSION}[[top]]\nnummer = '1'\nvorlage = 'v/a.toml'\n"));
    let mut record = head("V/0001/2025", "Sanierung der Stadtbücherei", true);
    for (number, (name, bytes)) in (1..).zip(annexes) {
        record += &format!("[anlage.{number}]\ntitel = 'Datei {number}'\ndatei = '{name}'\n\n");
        project.write(&format!("v/{name}"), bytes);
    }
    project.write("v/a.toml", record);
    project
}

fn sheet(text: &str) -> Vec<u8> {
    Sheets::new(&[text]).bytes()
}

fn packet(project: &Project, arguments: &[&str]) -> (Run, Value) {
    let run = project.run(&[&["packet", "sitzung.toml", "--format", "json"], arguments].concat());
    let report = run.stdout.lines().last().unwrap_or_else(|| panic!("{}", run.stderr));
    let report = serde_json::from_str(report).unwrap();
    (run, report)
}

/// The packets that lie where packets lie.
fn packets(project: &Project) -> Vec<String> {
    ["out/oeffentlich", "out/vollstaendig"].iter().flat_map(|folder| project.pdfs(folder)).collect()
}

fn outcomes(report: &Value) -> Vec<&str> {
    let editions = report["editions"].as_array().unwrap().iter();
    editions.map(|edition| edition["outcome"].as_str().unwrap()).collect()
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn inspected(project: &Project, name: &str) -> Value {
    let run = project.run(&["inspect", name, "--format", "json"]);
    serde_json::from_str(&run.stdout).unwrap()
}

fn page_text(project: &Project, page: u32) -> String {
    Document::load_mem(&project.read(COMPLETE)).unwrap().extract_text(&[page]).unwrap()
}

#[test]
fn a_packet_that_is_up_to_date_is_left_alone() {
    let project = session(&[("a.pdf", sheet("eins")), ("b.pdf", sheet("zwei"))]);
    assert_eq!(outcomes(&packet(&project, &[]).1), ["made", "made"]);
    let bytes = [PUBLIC, COMPLETE].map(|name| project.read(name));
    let modified =
        || [PUBLIC, COMPLETE].map(|name| project.path().join(name).metadata().unwrap().modified().unwrap());
    let before = modified();
    assert_eq!(outcomes(&packet(&project, &[]).1), ["up-to-date", "up-to-date"]);
    assert_eq!(modified(), before);
    for arguments in [["--force", "--jobs=1"], ["--force", "--jobs=4"]] {
        assert_eq!(outcomes(&packet(&project, &arguments).1), ["made", "made"]);
        assert!([PUBLIC, COMPLETE].map(|name| project.read(name)) == bytes, "{arguments:?}");
    }
    let run = project.run(&["packet", "sitzung.toml", "-o", "anderswo"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.read(&PUBLIC.replace("out/", "anderswo/")) == bytes[0], "a folder says nothing");
}

#[test]
fn whatever_changes_a_packet_makes_it_again() {
    let project = session(&[("a.pdf", sheet("eins"))]);
    packet(&project, &[]);
    let again = |what: &str| {
        assert_eq!(outcomes(&packet(&project, &[]).1), ["made", "made"], "{what}");
        assert_eq!(outcomes(&packet(&project, &[]).1), ["up-to-date", "up-to-date"], "{what}");
    };
    project.write("v/a.pdf", sheet("zwei"));
    again("a file");
    assert!(page_text(&project, 3).contains("zwei"));
    let record = String::from_utf8(project.read("v/a.toml")).unwrap();
    project.write("v/a.toml", record.replace("Datei 1", "Lageplan"));
    again("a title");
    let bookmarks = inspected(&project, COMPLETE)["bookmarks"].to_string();
    assert!(bookmarks.contains("Anlage 1: Lageplan"), "{bookmarks}");
    let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write("sitzung.toml", agenda + "\n[[top]]\nnummer = '2'\ntitel = 'Verschiedenes'\n");
    again("the agenda");
    project.write("anlage.toml", "kommune = 'Stadt Beispiel'");
    again("the settings");
    let mut edited = project.read(COMPLETE);
    edited[500] ^= 1;
    project.write(COMPLETE, edited);
    again("an edited packet");
    std::fs::remove_file(project.path().join(PUBLIC)).unwrap();
    again("a packet that is gone");
}

/// A PDF that opens with a password only.
fn locked() -> Vec<u8> {
    let mut document = Sheets::new(&["geheim"]).finished();
    let id = Object::string_literal("kennung");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V1 {
        document: &document,
        owner_password: "Amt",
        user_password: "Kennwort",
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    saved(&mut document)
}

/// Files that cannot go into a packet, each with the code that says so.
fn unusable() -> Vec<(&'static str, Vec<u8>)> {
    let cut = sheet("ein Text")[..100].to_vec();
    vec![
        ("P101", locked()),
        ("P102", b"Kein PDF".to_vec()),
        ("P102", cut),
        ("P103", Sheets::new(&[]).bytes()),
    ]
}

#[test]
fn what_cannot_go_in_is_refused_and_withdraws_what_was_there() {
    for (code, bytes) in unusable() {
        let project = session(&[("a.pdf", sheet("eins")), ("b.pdf", sheet("zwei"))]);
        assert_eq!(packet(&project, &[]).0.code, 0);
        project.write("v/b.pdf", bytes);
        let (run, report) = packet(&project, &[]);
        assert_eq!((run.code, codes(&report)), (1, vec![code]));
        assert_eq!(report["findings"][0]["line"], 20, "{report}");
        assert_eq!(report["set_aside"].as_array().unwrap().len(), 2);
        assert_eq!(packets(&project), [""; 0]);
        // Once it is mended all is well again.
        project.write("v/b.pdf", sheet("zwei"));
        assert_eq!(outcomes(&packet(&project, &[]).1), ["made", "made"]);
    }
}

#[test]
fn a_record_that_is_wrong_or_missing_withdraws_the_packet() {
    let project = session(&[("a.pdf", sheet("eins"))]);
    let sound = project.read("v/a.toml");
    for (broken, code) in [(Some("[vorlage"), "S202"), (None, "S201")] {
        project.write("v/a.toml", &sound);
        assert_eq!(packet(&project, &[]).0.code, 0);
        match broken {
            Some(text) => project.write("v/a.toml", text),
            None => project.path().join("v/a.toml"),
        };
        if broken.is_none() {
            std::fs::remove_file(project.path().join("v/a.toml")).unwrap();
        }
        let (run, report) = packet(&project, &[]);
        assert_eq!((run.code, codes(&report)), (1, vec![code]));
        assert_eq!(packets(&project), [""; 0]);
        let (run, report) = packet(&project, &["--allow-gaps"]);
        assert_eq!((run.code, codes(&report)), (0, vec![code]));
        assert!(page_text(&project, 3).contains("Vorlage fehlt"), "{}", page_text(&project, 3));
    }
}

#[test]
fn a_gap_is_a_page_that_says_so() {
    for (_, bytes) in unusable() {
        let project = session(&[("a.pdf", sheet("eins")), ("b.pdf", bytes), ("c.pdf", sheet("drei"))]);
        let (run, report) = packet(&project, &["--allow-gaps"]);
        assert_eq!((run.code, codes(&report)), (0, vec!["P105"]));
        let paper = &report["editions"][1]["papers"][1];
        assert_eq!((&paper["first_page"], &paper["missing"][0]), (&json!(4), &json!("fehlt")));
        assert_eq!(report["editions"][1]["claims"], "");
        let texts: Vec<String> = (2..=5).map(|page| page_text(&project, page)).collect();
        assert!(texts[0].contains("(fehlt)"), "the agenda: {}", texts[0]);
        assert!(texts[2].contains("Anlage 2 fehlt"), "{}", texts[2]);
        assert!(texts[1].contains("eins") && texts[3].contains("drei"), "{texts:?}");
        // Without gaps it is no packet any more.
        assert_eq!(packet(&project, &[]).0.code, 1);
        assert_eq!(packets(&project), [""; 0]);
    }
}

#[test]
fn an_edition_is_made_alone() {
    let names = |edition: &str| {
        let project = session(&[("a.pdf", sheet("eins"))]);
        assert_eq!(packet(&project, &["--edition", edition]).0.code, 0);
        packets(&project)
    };
    let file = |path: &str| Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(names("public"), [file(PUBLIC)]);
    assert_eq!(names("complete"), [file(COMPLETE)]);
    assert_eq!(names("all"), [file(PUBLIC), file(COMPLETE)]);
}

#[test]
fn damaged_files_are_repaired_or_refused() {
    let folder = repository().join("examples/ratssitzung/vorlagen");
    let sound: Vec<Vec<u8>> =
        files_below(&folder, "pdf").iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut dice = Dice(1);
    let names: Vec<String> = (1..=60).map(|number| format!("{number}.pdf")).collect();
    let damaged = names.iter().map(|name| (name.as_str(), damaged(&mut dice, &sound))).collect::<Vec<_>>();
    let project = session(&damaged);
    // What is damaged cannot be searched, so it is not for the public.
    let (run, report) = packet(&project, &["--allow-gaps", "--edition", "complete"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    let gaps = codes(&report).iter().filter(|code| **code == "P105").count();
    assert!((1..names.len() / 2).contains(&gaps), "{gaps} of {} are gaps", names.len());
    let found = inspected(&project, COMPLETE);
    assert_eq!(found["pages"], report["editions"][0]["pages"]);
}

/// One of the files with some of its bytes, or of its references, replaced by others.
fn damaged(dice: &mut Dice, sound: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = sound[dice.below(sound.len() as u64) as usize].clone();
    let end = bytes.len() as u64;
    for _ in 0..=dice.below(20) {
        let at = dice.below(end) as usize;
        if dice.one_in(2) {
            bytes[at] = dice.next() as u8
        } else {
            let length = dice.below(200).min(end - at as u64) as usize;
            let from = dice.below(end - length as u64) as usize;
            bytes.copy_within(from..from + length, at);
        }
    }
    bytes
}

#[test]
fn a_session_that_is_none_is_refused() {
    let project = Project::new();
    assert_eq!(project.run(&["packet", "fehlt.toml"]).code, 2);
    project.write("sitzung.toml", "[vorlage]\n");
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("Keine Mappe erstellt"), "{}", run.stderr);
}

#[test]
fn what_runs_or_sends_does_not_come_along() {
    let mut sheets = Sheets::new(&["Formular"]);
    let script = || dictionary! { "S" => "JavaScript", "JS" => text_string("app.alert(1)") };
    sheets.catalog.set("OpenAction", script());
    sheets.catalog.set("AA", dictionary! { "WC" => script() });
    let launch = dictionary! { "S" => "Launch", "F" => text_string("calc.exe") };
    let submit = dictionary! { "S" => "SubmitForm", "F" => text_string("https://example.org") };
    let address = dictionary! { "S" => "URI", "URI" => text_string("https://example.org/gut") };
    for action in [launch, submit, address, script()] {
        sheets.annotate(
            dictionary! { "Subtype" => "Link", "A" => action, "AA" => dictionary! { "E" => script() } },
        );
    }
    sheets.attach("zahlen.csv", b"1;2;3");
    let project = session(&[("a.pdf", sheets.bytes())]);
    let (run, report) = packet(&project, &[]);
    assert_eq!((run.code, codes(&report)), (0, vec!["P203", "P204"]));
    let said = report["findings"].to_string();
    for word in ["JavaScript", "Launch", "SubmitForm", "zahlen.csv"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let found = inspected(&project, COMPLETE);
    assert_eq!((&found["actions"], &found["attachments"]), (&json!({}), &json!([])));
    let external = found["links"]["external"].to_string();
    assert!(external.contains("https://example.org/gut"), "{external}");
    let document = Document::load_mem(&project.read(COMPLETE)).unwrap();
    let all = format!("{:?}", document.objects);
    for word in ["alert", "calc.exe", "OpenAction", "1;2;3"] {
        assert!(!all.contains(word), "{word}");
    }
}

#[test]
fn a_signature_is_only_seen() {
    let mut sheets = Sheets::new(&["Vertrag"]);
    sheets.form("Unterschrift", "");
    let field = sheets.catalog.get(b"AcroForm").and_then(Object::as_dict).unwrap();
    let field = field.get(b"Fields").and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
    let signature =
        dictionary! { "Type" => "Sig", "Filter" => "Adobe.PPKLite", "Contents" => text_string("x") };
    let signature = sheets.add(signature);
    let field = sheets.document.get_dictionary_mut(field).unwrap();
    field.set("FT", "Sig");
    field.set("V", signature);
    let project = session(&[("a.pdf", sheets.bytes())]);
    let (run, report) = packet(&project, &[]);
    assert_eq!((run.code, codes(&report)), (0, vec!["P201"]));
    let document = Document::load_mem(&project.read(COMPLETE)).unwrap();
    let page = document.get_pages()[&3];
    let annotations = document.get_page_annotations(page).unwrap();
    // The other one leads back to the agenda.
    assert_eq!(annotations.len(), 2);
    assert!(annotations[0].has(b"AP") && !annotations[0].has(b"FT"), "{:?}", annotations[0]);
    assert!(!document.catalog().unwrap().has(b"AcroForm"));
}

#[test]
fn fields_of_the_same_name_stay_two() {
    let form = |value: &str| {
        let mut sheets = Sheets::new(&["Formular"]);
        sheets.form("Name", value);
        sheets.bytes()
    };
    let project = session(&[("a.pdf", form("Erika")), ("b.pdf", form("Max"))]);
    assert_eq!(packet(&project, &[]).0.code, 0);
    let document = Document::load_mem(&project.read(COMPLETE)).unwrap();
    let resolved = |object: &Object| document.dereference(object).unwrap().1.as_dict().unwrap().clone();
    let form = resolved(document.catalog().unwrap().get(b"AcroForm").unwrap());
    let groups = form.get(b"Fields").and_then(Object::as_array).unwrap();
    let text =
        |field: &lopdf::Dictionary, key: &[u8]| lopdf::decode_text_string(field.get(key).unwrap()).unwrap();
    let mut seen = Vec::new();
    for group in groups.iter().map(resolved) {
        let kids = group.get(b"Kids").and_then(Object::as_array).unwrap();
        for kid in kids.iter().map(resolved) {
            assert_eq!(text(&resolved(kid.get(b"Parent").unwrap()), b"T"), text(&group, b"T"));
            seen.push(format!("{}.{} = {}", text(&group, b"T"), text(&kid, b"T"), text(&kid, b"V")));
        }
    }
    assert_eq!(seen, ["top-1-anlage-1.Name = Erika", "top-1-anlage-2.Name = Max"]);
}

#[test]
fn values_that_viewers_should_draw_are_drawn() {
    let mut sheets = Sheets::new(&["Formular"]);
    sheets.form("Name", "Jürgen – 5 €");
    let form = sheets.catalog.get_mut(b"AcroForm").and_then(Object::as_dict_mut).unwrap();
    form.set("NeedAppearances", true);
    form.set("DA", text_string("/Helv 0 Tf 0 0 1 rg"));
    let mut good = Sheets::new(&["Formular"]);
    good.form("Name", "Jürgen");
    let project = session(&[("a.pdf", sheets.bytes()), ("b.pdf", good.bytes())]);
    assert_eq!(packet(&project, &[]).0.code, 0);
    let document = Document::load_mem(&project.read(COMPLETE)).unwrap();
    let form = document.catalog().unwrap().get(b"AcroForm").and_then(Object::as_dict).unwrap();
    assert!(!form.has(b"NeedAppearances"), "it would hold for other files too");
    let look = |page: u32| {
        let field = document.get_page_annotations(document.get_pages()[&page]).unwrap()[0];
        let looks = field.get(b"AP").and_then(Object::as_dict).unwrap();
        let (_, look) = document.dereference(looks.get(b"N").unwrap()).unwrap();
        String::from_utf8(look.as_stream().unwrap().get_plain_content().unwrap()).unwrap()
    };
    // The frame stays, the value comes on top of it, in the colour that the form wants.
    let drawn = look(3);
    assert!(drawn.starts_with("0.9 g 0 0 140 20 re f"), "{drawn}");
    assert!(drawn.contains("<4afc7267656e2096203520 80>".replace(' ', "").as_str()), "{drawn}");
    assert!(drawn.contains("0 0 1 rg"), "{drawn}");
    assert_eq!(look(4), "0.9 g 0 0 140 20 re f");
}

#[test]
fn names_lead_where_they_led_in_each_file() {
    let named = |pages: &[&str], old: bool| {
        let mut sheets = Sheets::new(pages);
        let last = *sheets.pages.last().unwrap();
        let place = Object::from(vec![last.into(), Object::Name(b"Fit".to_vec())]);
        // As PDF 1.1 had them, and as they are now.
        if old {
            sheets.catalog.set("Dests", dictionary! { "ziel" => place })
        } else {
            let tree = sheets.add(dictionary! { "Names" => vec![text_string("ziel"), place] });
            sheets.catalog.set("Names", dictionary! { "Dests" => tree });
        }
        let name = if old { Object::Name(b"ziel".to_vec()) } else { text_string("ziel") };
        sheets.annotate(dictionary! { "Subtype" => "Link", "Dest" => name.clone() });
        let action = dictionary! { "S" => "GoTo", "D" => name };
        sheets.annotate(dictionary! { "Subtype" => "Link", "A" => action });
        sheets.annotate(dictionary! { "Subtype" => "Link", "Dest" => text_string("nirgends") });
        sheets.bytes()
    };
    let project = session(&[("a.pdf", named(&["a", "b"], true)), ("b.pdf", named(&["c", "d", "e"], false))]);
    assert_eq!(packet(&project, &[]).0.code, 0);
    let found = inspected(&project, COMPLETE);
    let links = found["links"]["internal"].as_array().unwrap().iter();
    let links: Vec<_> =
        links.map(|link| (link["page"].as_u64().unwrap(), link["target"].as_u64().unwrap())).collect();
    let in_papers: Vec<_> = links.into_iter().filter(|(page, target)| *page > 2 && *target > 2).collect();
    assert_eq!(in_papers, [(3, 4), (3, 4), (5, 7), (5, 7)]);
}

#[test]
fn layers_that_are_hidden_stay_hidden() {
    let mut one = Sheets::new(&["Plan"]);
    one.hidden_layer("Strom");
    let mut two = Sheets::new(&["Plan"]);
    two.hidden_layer("Wasser");
    let project = session(&[("a.pdf", one.bytes()), ("b.pdf", two.bytes())]);
    assert_eq!(packet(&project, &[]).0.code, 0);
    assert_eq!(inspected(&project, COMPLETE)["layers"], json!(["Strom", "Wasser"]));
    let document = Document::load_mem(&project.read(COMPLETE)).unwrap();
    let layers = document.catalog().unwrap().get(b"OCProperties").and_then(Object::as_dict).unwrap();
    let settings = layers.get(b"D").and_then(Object::as_dict).unwrap();
    assert_eq!(settings.get(b"OFF").unwrap(), layers.get(b"OCGs").unwrap());
}

#[test]
fn an_agenda_that_cannot_be_set_is_an_error_and_not_left_out() {
    let project = session(&[("a.pdf", sheet("Der Plan"))]);
    assert_eq!(packet(&project, &[]).0.code, 0);
    project.write("templates/sitzung/mappe.typ", "#panic(\"so nicht\")");
    let (run, report) = packet(&project, &[]);
    assert_eq!((run.code, codes(&report)), (1, vec!["U004"]), "{}", run.stderr);
    assert_eq!(packets(&project), [""; 0]);
}

#[test]
fn a_session_file_that_cannot_be_read_withdraws_its_packets() {
    let project = session(&[("a.pdf", sheet("Der Plan"))]);
    assert_eq!(packet(&project, &[]).0.code, 0);
    project.write("sitzung.toml", b"[sitzung]\ngremium = 'Rat\xff'");
    assert_eq!(packet(&project, &[]).0.code, 1);
    assert_eq!(packets(&project), [""; 0]);
}

#[test]
fn what_is_kept_of_a_packet_is_not_believed() {
    let project = session(&[("a.pdf", sheet("Der Plan"))]);
    assert_eq!(packet(&project, &[]).0.code, 0);
    let whole = project.read(COMPLETE);
    let inner = std::fs::read_dir(project.path().join("out/.anlage")).unwrap();
    let mut inner = inner.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let state = format!("out/.anlage/{}", inner.find(|name| name.starts_with("session-")).unwrap());
    for (from, to) in
        [("\"first_page\":3", "\"first_page\":1000000000000"), ("\"pages\":", "\"pages\":9999999")]
    {
        let text = String::from_utf8(project.read(&state)).unwrap();
        assert!(text.contains(from), "{text}");
        project.write(&state, text.replace(from, to));
        let (run, _) = packet(&project, &["--force"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(project.read(COMPLETE) == whole);
    }
}
