//! What is not public is not in the public packet, wherever it stood.

use lopdf::{Dictionary, Document, Object, Stream, dictionary, text_string};

use crate::dice::Dice;
use crate::packet::stamps;
use crate::packet_runs::{SESSION, head};
use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository, sound_record};
use crate::sheets::Sheets;

const PUBLIC: &str = "out/oeffentlich/Rat-2025-02-12-oeffentlich.pdf";
const COMPLETE: &str = "out/vollstaendig/Rat-2025-02-12-vollstaendig.pdf";
const SESSIONS: u64 = 200;
/// Every secret begins with this, and nothing else does.
const MARK: &str = "geheim";
/// What public papers hold in its place.
const OPEN: &str = "offen";

#[test]
fn no_secret_of_any_session_is_in_its_public_packet() {
    for seed in 0..SESSIONS {
        let mut dice = Dice(seed);
        let project = Project::new();
        let open = write_session(&project, &mut dice);
        let extracts: &[&str] = if seed % 10 == 0 { &["--each", "--max-size", "40kB"] } else { &[] };
        let run = project.run(&[&["packet", "sitzung.toml"], extracts].concat());
        assert_eq!(run.code, 0, "session {seed}: {}", run.stderr);
        // The packet, what is handed out beside it, and the list of both.
        for name in project.list("out/oeffentlich") {
            let bytes = project.read(&format!("out/oeffentlich/{name}"));
            let is_pdf = name.ends_with(".pdf");
            let said =
                if is_pdf { everything(&bytes) } else { String::from_utf8(bytes).unwrap().to_lowercase() };
            let found: Vec<&str> =
                said.match_indices(MARK).map(|(at, _)| &said[at..(at + 22).min(said.len())]).collect();
            assert!(found.is_empty(), "session {seed}, {name}: {found:?}");
            assert!(!said.contains("v/9"), "session {seed}, {name}: the number of a proposal");
            assert!(!name.to_lowercase().contains(MARK), "session {seed}: {name}");
        }
        assert!(seed % 10 > 0 || project.pdfs("out/oeffentlich").len() > 1, "session {seed} has extracts");
        let said = everything(&project.read(PUBLIC));
        for word in open {
            assert!(said.contains(&word), "session {seed}: {word} is missing");
        }
        if seed % 20 == 0 {
            let run = project.run(&["oparl", "sitzung.toml", "-o", "oparl"]);
            assert_eq!(run.code, 0, "session {seed}: {}", run.stderr);
            for path in files_below(&project.path().join("oparl"), "json") {
                let said = std::fs::read_to_string(&path).unwrap().to_lowercase();
                assert!(
                    !said.contains(MARK) && !path.to_str().unwrap().contains(MARK),
                    "session {seed}: {path:?}"
                );
            }
        }
        let complete = everything(&project.read(COMPLETE));
        assert!(complete.contains(MARK), "session {seed}: the complete packet has the secrets");
    }
}

/// Writes a session with its records and files; returns words that everybody may read.
fn write_session(project: &Project, dice: &mut Dice) -> Vec<String> {
    let mut agenda = SESSION.to_owned();
    let mut open = Vec::new();
    // One public and one secret item at least.
    let items = 2 + dice.below(3);
    for at in 0..items {
        let public = at == 0 || at + 1 < items && dice.one_in(2);
        let mark = if public { OPEN } else { MARK };
        if dice.one_in(3) {
            agenda += &format!("[[top]]\ntitel = '{}'\noeffentlich = {public}\n", dice.word(mark));
        }
        let prefix = if public { "Ö" } else { "N" };
        agenda += &format!("[[top]]\nnummer = '{prefix} {}'\n", at + 1);
        if dice.one_in(4) {
            agenda += "status = 'abgesetzt'\n";
        }
        if !public && dice.one_in(2) {
            let neutral = dice.word(OPEN);
            agenda += &format!("titel_oeffentlich = '{neutral}'\n");
            open.push(neutral);
        }
        if at > 0 && at + 1 < items && dice.one_in(3) {
            let title = dice.word(mark);
            agenda += &format!("titel = '{title}'\noeffentlich = {public}\n");
            open.extend(Some(title).filter(|_| public));
        } else {
            // Where there are two, the title is that of the first.
            let count = 1 + u64::from(dice.one_in(4));
            let names: Vec<u64> = (0..count).map(|more| 10 * more + at).collect();
            let paths: Vec<String> = names.iter().map(|name| format!("'v/{name}.toml'")).collect();
            agenda += &format!("vorlagen = [{}]\n", paths.join(", "));
            if !public && dice.one_in(2) {
                agenda += "oeffentlich = false\n";
            }
            for (place, name) in names.into_iter().enumerate() {
                let subject = write_record(project, dice, name, public, &mut open);
                open.extend(Some(subject).filter(|_| public && place == 0));
            }
        }
        if dice.one_in(2) {
            agenda += &write_papers(project, dice, public, &mut open);
        }
    }
    project.write("sitzung.toml", agenda);
    open
}

/// Writes papers of an item that no record describes, some of them not public; returns their blocks.
fn write_papers(project: &Project, dice: &mut Dice, public: bool, open: &mut Vec<String>) -> String {
    let mut blocks = String::new();
    for _ in 0..1 + dice.below(2) {
        let public = public && dice.one_in(2);
        let mark = if public { OPEN } else { MARK };
        let (title, name, number) = (dice.word(mark), dice.word(mark), dice.word(mark));
        blocks += &format!(
            "[[top.unterlage]]\nart = 'Antrag'\nnummer = '{number}'\ntitel = '{title}'\ndatei = '{name}.pdf'\noeffentlich = {public}\n"
        );
        let (text, bytes) = file(dice, mark);
        project.write(&format!("{name}.pdf"), bytes);
        open.extend([title, number, text].into_iter().filter(|_| public));
    }
    blocks
}

/// Writes a record with its annexes; returns its subject.
fn write_record(project: &Project, dice: &mut Dice, at: u64, public: bool, open: &mut Vec<String>) -> String {
    let mark = if public { OPEN } else { MARK };
    let number = format!("V/{}{at:03}/2025", if public { 0 } else { 9 });
    let subject = dice.word(mark);
    // Forms take a while, so few records have one.
    let mut record = if dice.one_in(8) {
        sound_record(&number)
            .replace("Sanierung der Stadtbücherei", &subject)
            .replace("oeffentlich = true", &format!("oeffentlich = {public}"))
            .replace("Die Stadtbücherei wird saniert.", &format!("Es geht um {} im Ganzen.", dice.word(mark)))
            .replace(
                "Das Haus soll *barrierefrei* werden.",
                &format!("Das Haus {} soll es werden.", dice.word(mark)),
            )
            .replace(
                "Die Sanierung dient der Inklusion.",
                &format!("Sie dient {} im Ganzen.", dice.word(mark)),
            )
    } else {
        head(&number, &subject, public)
    };
    for annex in 1..=1 + dice.below(3) {
        // The first annex of a public record is public, so that there is something to deliver.
        let public = public && (annex == 1 || dice.one_in(2));
        let mark = if public { OPEN } else { MARK };
        let (title, name) = (dice.word(mark), dice.word(mark));
        record +=
            &format!("\n[anlage.{annex}]\ntitel = '{title}'\ndatei = '{name}.pdf'\noeffentlich = {public}\n");
        let (text, bytes) = file(dice, mark);
        project.write(&format!("v/{name}.pdf"), bytes);
        open.extend([title, text].into_iter().filter(|_| public));
    }
    project.write(&format!("v/{at}.toml"), record);
    subject
}

/// A PDF with marked words in everything that a PDF can hold; returns the word on its page too.
fn file(dice: &mut Dice, mark: &str) -> (String, Vec<u8>) {
    let text = dice.word(mark);
    let mut sheets = Sheets::new(&[&text]);
    let mut word = || dice.word(mark);
    sheets.bookmark(&word());
    sheets.form(&word(), &word());
    sheets.hidden_layer(&word());
    sheets.attach(&format!("{}.txt", word()), word().as_bytes());
    sheets.annotate(
        dictionary! { "Subtype" => "Text", "Contents" => utf16(&word()), "T" => text_string(&word()) },
    );
    let uri = format!("https://example.org/{}", word());
    sheets.annotate(dictionary! {
        "Subtype" => "Link", "A" => dictionary! { "S" => "URI", "URI" => text_string(&uri) },
    });
    let name = word();
    let place = vec![sheets.pages[0].into(), Object::Name(b"Fit".to_vec())];
    sheets.catalog.set("Dests", Dictionary::from_iter([(name.into_bytes(), Object::from(place))]));
    let labels = dictionary! { "P" => text_string(&word()) };
    sheets.catalog.set("PageLabels", dictionary! { "Nums" => vec![0.into(), labels.into()] });
    let script = dictionary! { "S" => "JavaScript", "JS" => text_string(&word()) };
    sheets.catalog.set("OpenAction", script);
    let metadata = Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, word().into_bytes());
    let metadata = sheets.add(metadata);
    sheets.catalog.set("Metadata", metadata);
    tag(&mut sheets, &mut word);
    // What nothing leads to is not taken along.
    sheets.add(text_string(&word()));
    let information = sheets.add(dictionary! { "Title" => text_string(&word()), "Author" => utf16(&word()) });
    sheets.document.trailer.set("Info", information);
    let mut document = sheets.finished();
    document.compress();
    (text, crate::sheets::saved(&mut document))
}

/// A structure tree whose elements say more than the page.
fn tag(sheets: &mut Sheets, word: &mut impl FnMut() -> String) {
    let root = sheets.document.new_object_id();
    let element = sheets.add(dictionary! {
        "Type" => "StructElem",
        "S" => Object::Name(word().into_bytes()),
        "P" => root,
        "T" => text_string(&word()),
        "Alt" => utf16(&word()),
        "ActualText" => text_string(&word()),
        "ID" => Object::string_literal(word()),
    });
    let tree = dictionary! { "Type" => "StructTreeRoot", "K" => vec![element] };
    sheets.document.objects.insert(root, tree.into());
    sheets.catalog.set("StructTreeRoot", root);
}

fn utf16(text: &str) -> Object {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), lopdf::StringFormat::Hexadecimal)
}

/// All that can be read in a file, one way or another: its bytes, its streams, its strings, the text of its pages.
fn everything(bytes: &[u8]) -> String {
    let document = Document::load_mem(bytes).unwrap();
    let mut said = vec![String::from_utf8_lossy(bytes).into_owned()];
    let mut open: Vec<&Object> = document.objects.values().collect();
    open.extend(document.trailer.iter().map(|(_, value)| value));
    while let Some(object) = open.pop() {
        match object {
            Object::Name(bytes) => said.push(String::from_utf8_lossy(bytes).into_owned()),
            Object::String(bytes, _) => {
                said.push(String::from_utf8_lossy(bytes).into_owned());
                said.extend(lopdf::decode_text_string(object));
            }
            Object::Array(items) => open.extend(items),
            Object::Dictionary(dictionary) => read(dictionary, &mut open, &mut said),
            Object::Stream(stream) => {
                read(&stream.dict, &mut open, &mut said);
                let plain = stream.get_plain_content().unwrap();
                said.push(String::from_utf8_lossy(&plain).replace('\0', ""));
            }
            _ => {}
        }
    }
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    // A word may go on in the next line.
    said.push(document.extract_text(&pages).unwrap().split_whitespace().collect());
    said.extend(stamps(&document));
    said.join("\n").to_lowercase()
}

fn read<'a>(dictionary: &'a Dictionary, open: &mut Vec<&'a Object>, said: &mut Vec<String>) {
    said.extend(dictionary.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()));
    open.extend(dictionary.iter().map(|(_, value)| value));
}

/// A session with a public and a secret item, and what the first says.
fn with_public_text(text: &str) -> Project {
    let project = Project::new();
    project.write(
        "sitzung.toml",
        format!(
            "{SESSION}[[top]]\nnummer = '1'\nvorlage = '1.toml'\n[[top]]\nnummer = '2'\nvorlage = '2.toml'\n"
        ),
    );
    let annex = "[anlage.1]\ntitel = 'Plan'\ndatei = '1.pdf'\n";
    project.write("1.toml", format!("{}{annex}", head("V/0001/2025", "Sanierung der Stadtbücherei", true)));
    project.write("1.pdf", Sheets::new(&[text]).bytes());
    project.write("2.toml", head("V/0002/2025", "Ankauf des Hofes Lütke Wentrup in Handorf", false));
    project
}

#[test]
fn a_public_paper_that_tells_a_secret_holds_the_packet_back() {
    let sound = with_public_text("Der Plan der Stadt");
    assert_eq!(sound.run(&["packet", "sitzung.toml"]).code, 0);
    assert!(sound.path().join(PUBLIC).exists() && sound.path().join(COMPLETE).exists());
    for text in ["Zum Ankauf des Hofes Lütke Wentrup in Handorf", "ANKAUF DES HOFES LÜTKE-WENTRUP IN HANDORF"]
    {
        let text = text.replace('ü', "\\374").replace('Ü', "\\334");
        sound.write("1.pdf", Sheets::new(&[&text]).bytes());
        let run = sound.run(&["packet", "sitzung.toml"]);
        assert_eq!(run.code, 1, "{text}: {}", run.stderr);
        assert!(run.stderr.contains("P106"), "{}", run.stderr);
        assert!(!sound.path().join(PUBLIC).exists() && sound.path().join(COMPLETE).exists(), "{text}");
        assert_eq!(sound.list("out/nichtoeffentlich"), ["Rat-2025-02-12-oeffentlich-veraltet.pdf"]);
        sound.write("1.pdf", Sheets::new(&["Der Plan der Stadt"]).bytes());
        assert_eq!(sound.run(&["packet", "sitzung.toml"]).code, 0);
        assert!(sound.path().join(PUBLIC).exists() && sound.path().join(COMPLETE).exists());
    }
}

#[test]
fn a_number_alone_is_said_and_holds_nothing_back() {
    let project = with_public_text("Siehe V/0002/2025 dazu");
    for again in [false, true] {
        let run = project.run(&["packet", "sitzung.toml"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let said = "Warnung[P107]: Anlage 1 zu V/0001/2025 (TOP 1) nennt auf Seite 1 (Seite 3 der Mappe) „Siehe V/0002/2025 dazu“";
        assert!(run.stderr.contains(said), "again: {again}, {}", run.stderr);
    }
    let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
    let release = |text: &str| {
        format!("{agenda}[[freigabe]]\ntext = '{text}'\ngrund = 'Steht in der Niederschrift.'\n")
    };
    project.write("sitzung.toml", release("V/0002/2025"));
    let run = project.run(&["packet", "sitzung.toml"]);
    assert!(run.code == 0 && !run.stderr.contains("P107") && !run.stderr.contains("S401"), "{}", run.stderr);
    project.write("sitzung.toml", release("V/0003/2025"));
    let run = project.run(&["packet", "sitzung.toml"]);
    assert!(run.code == 0 && run.stderr.contains("P107") && run.stderr.contains("S401"), "{}", run.stderr);
}

#[test]
fn a_paper_that_is_missing_hides_nothing_of_the_others() {
    let project = with_public_text("Der Plan der Stadt");
    let mut sheets = Sheets::new(&["Der Plan der Stadt"]);
    sheets.bookmark("Ankauf des Hofes L\u{fc}tke Wentrup in Handorf");
    project.write("1.pdf", sheets.bytes());
    let record = String::from_utf8(project.read("1.toml")).unwrap() + "oeffentlich = true\n";
    project.write(
        "1.toml",
        format!("{record}[anlage.2]\ntitel = 'Lageplan'\ndatei = 'fehlt.pdf'\noeffentlich = true\n"),
    );
    let run = project.run(&["packet", "sitzung.toml", "--allow-gaps"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("P106") && run.stderr.contains("Anlage 1 zu V/0001/2025"), "{}", run.stderr);
}

#[test]
fn what_many_items_are_called_is_no_secret_in_a_text() {
    let project = with_public_text("Mitteilungen der Verwaltung gibt es jede Woche.");
    let mut sheets = Sheets::new(&["Mitteilungen der Verwaltung gibt es jede Woche."]);
    sheets.bookmark("Verschiedenes");
    project.write("1.pdf", sheets.bytes());
    let items = ["Mitteilungen der Verwaltung", "Verschiedenes"].iter().zip(3..).map(|(title, number)| {
        format!("[[top]]\nnummer = '{number}'\ntitel = '{title}'\noeffentlich = false\n")
    });
    let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write("sitzung.toml", agenda + &items.collect::<String>());
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn what_a_wrong_or_missing_record_might_keep_back_is_kept_back() {
    let project = with_public_text("Der Plan der Stadt");
    let record = String::from_utf8(project.read("1.toml")).unwrap();
    project.write("geheim.pdf", Sheets::new(&["geheime Kalkulation"]).bytes());
    project.write("1.toml", format!("{record}oeffentlich = true\n[anlage.2]\ntitel = 'Kalkulation'\ndatei = 'geheim.pdf'\noeffentlich = 'nein'\n"));
    let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
    let title = "Kündigung des Amtsleiters zum Jahresende";
    project.write(
        "sitzung.toml",
        format!("{agenda}[[top]]\nnummer = '3'\ntitel = '{title}'\nvorlage = 'fehlt.toml'\n"),
    );
    let run = project.run(&["packet", "sitzung.toml", "--allow-gaps"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let said = everything(&project.read(PUBLIC));
    assert!(said.contains("plan der stadt"), "what is said to be public is there");
    assert!(!said.contains("kalkulation") && !said.contains("amtsleiters"), "{said}");
    let complete = everything(&project.read(COMPLETE));
    assert!(complete.contains("kalkulation") && complete.contains("amtsleiters"));
}

#[test]
fn a_public_proposal_may_be_called_by_its_number_wherever_else_it_is_on_the_agenda() {
    let project = with_public_text("Siehe V/0001/2025 und V/0002/2025/1");
    let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
    let again = "[[top]]\nnummer = '3'\nvorlage = '1.toml'\noeffentlich = false\n";
    project.write("sitzung.toml", agenda + again);
    let run = project.run(&["packet", "sitzung.toml"]);
    assert!(!run.stderr.contains("0001/2025“") && !run.stderr.contains("0002/2025“"), "{}", run.stderr);
}

/// A session with a public item and one that is not, which the public knows by neutral words.
fn with_neutral_title(more: &str) -> Project {
    let project = Project::new();
    let neutral = "titel_oeffentlich = 'Grundstücksangelegenheit'";
    project.write(
        "sitzung.toml",
        format!(
            "{SESSION}[[top]]\nnummer = '1'\nvorlage = '1.toml'\n[[top]]\nnummer = '2'\nvorlage = '2.toml'\n{neutral}\n{more}"
        ),
    );
    project.write("1.toml", head("V/0001/2025", "Sanierung der Stadtbücherei", true));
    project.write("2.toml", head("V/0002/2025", "Ankauf des Hofes Lütke Wentrup in Handorf", false));
    project
}

#[test]
fn why_an_item_could_not_wait_is_for_those_who_may_know_the_item() {
    let reason = "Die Eigentümerin zieht ihr Angebot über 1.234.567 Euro sonst zurück.";
    let project = with_neutral_title(&format!("dringlichkeit = '{reason}'\n"));
    for command in ["packet", "agenda"] {
        let run = project.run(&[command, "sitzung.toml"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let words = |path: &str| {
        let pdf = Pdf::read(&project.read(path));
        pdf.elements().iter().map(|element| element.text.clone() + " ").collect::<String>()
    };
    for name in project.pdfs("out/oeffentlich") {
        let words = words(&format!("out/oeffentlich/{name}"));
        assert!(
            words.contains("Grundstücksangelegenheit") && !words.contains("1.234.567"),
            "{name}: {words}"
        );
    }
    assert!(words(COMPLETE).contains("1.234.567 Euro"));
    // And it is a secret.
    let annex = "[anlage.1]\ntitel = 'Plan'\ndatei = '1.pdf'\n";
    project.write("1.toml", format!("{}{annex}", head("V/0001/2025", "Sanierung der Stadtbücherei", true)));
    let text = reason.replace('ü', "\\374").replace('ä', "\\344");
    project.write("1.pdf", Sheets::new(&[&text]).bytes());
    let run = project.run(&["packet", "sitzung.toml"]);
    assert!(run.code == 1 && run.stderr.contains("Fehler[P106]"), "{}", run.stderr);
}

#[test]
fn the_picture_of_a_form_that_is_not_public_is_no_public_annex() {
    let project = with_neutral_title("");
    project.write("plan.png", std::fs::read(repository().join("examples/kita-neubau/plan.png")).unwrap());
    let form = "[anlage.A]\ntemplate = 'muenster-anlage-a'\nkurzueberblick = \"![Plan](plan.png)\"\n";
    let secret = head("V/0002/2025", "Ankauf des Hofes Lütke Wentrup in Handorf", false);
    project.write("2.toml", format!("{secret}{form}"));
    let annex = "[anlage.1]\ntitel = 'Plan'\ndatei = 'plan.png'\n";
    project.write("1.toml", format!("{}{annex}", head("V/0001/2025", "Sanierung der Stadtbücherei", true)));
    let run = project.run(&["packet", "sitzung.toml", "--allow-gaps"]);
    assert!(run.code == 1 && run.stderr.contains("ist dieselbe Datei wie"), "{}", run.stderr);
}

/// A session with two public items, everything made of it, and the second one not public any more.
fn made_and_then_secret() -> Project {
    let project = Project::new();
    let item = |number: u32| format!("[[top]]\nnummer = '{number}'\nvorlage = '{number}.toml'\n");
    project.write("sitzung.toml", format!("{SESSION}{}{}", item(1), item(2)));
    project.write("1.toml", head("V/0001/2025", "Sanierung der Stadtbücherei", true));
    let record =
        |public| project.write("2.toml", head("V/0002/2025", "Verkauf der Villa Sonnenschein", public));
    for number in [1, 2] {
        project.write(&format!("{number}.pdf"), Sheets::new(&["Ein Plan"]).bytes());
    }
    record(true);
    for arguments in [&["packet", "sitzung.toml", "--each"][..], &["agenda", "sitzung.toml"]] {
        let run = project.run(arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    record(false);
    project
}

/// What in the public folder says the subject of the second item.
fn telling(project: &Project) -> Vec<String> {
    let folder = project.path().join("out/oeffentlich");
    let tells = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let text = if bytes.starts_with(b"%PDF") {
            Pdf::read(&bytes).elements().iter().map(|element| element.text.clone() + " ").collect()
        } else {
            String::from_utf8_lossy(&bytes).into_owned()
        };
        text.contains("Villa Sonnenschein")
    };
    let files = ["pdf", "html", "json"].into_iter().flat_map(|end| files_below(&folder, end));
    files.filter(tells).map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn what_is_not_public_any_more_leaves_the_public_folder_whatever_is_known() {
    for (command, is_lost) in [("agenda", false), ("packet", false), ("agenda", true), ("packet", true)] {
        let project = made_and_then_secret();
        assert!(telling(&project).len() > 2, "{:?}", telling(&project));
        if is_lost {
            std::fs::remove_dir_all(project.path().join("out/.anlage")).unwrap();
        }
        let run = project.run(&[command, "sitzung.toml"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(telling(&project), [""; 0], "{command}, {is_lost}: {}", run.stderr);
        assert!(
            run.stderr.contains("liegt jetzt in") || run.stdout.contains("liegt jetzt in"),
            "{}",
            run.stderr
        );
    }
}
