//! A proposal whose own pages are a form: `[anlage.Vorlage]`.

use serde_json::Value as Json;

use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository, sound_record};
use crate::sheets::Sheets;

const OWN: &str = "[anlage.Vorlage]\ntemplate = 'muenster-vorlage'\nbegruendung = 'Das Haus ist nicht barrierefrei.'\n\n\
    [[anlage.Vorlage.auskunft]]\nname = 'Frau Muster'\n\n\
    [anlage.Vorlage.beschlussvorschlag]\nsachentscheidung = '1. Der Rat beschließt den Umbau.'\n\
    finanzielle_auswirkungen = 'Der Umbau kostet 250.000 Euro.'\n\n";

/// A record whose text is a form, with Anlage A and two files, the second of which is not public.
fn record() -> String {
    let sound = sound_record("V/0001/2025");
    let (head, annex) = sound.split_once("[anlage.A]").unwrap();
    format!(
        "{head}{OWN}[anlage.A]{annex}\n[anlage.1]\ntitel = 'Lageplan am Alten Steinweg'\ndatei = '1.pdf'\n\n\
         [anlage.2]\ntitel = 'Wertgutachten Ackermann'\ndatei = '2.pdf'\noeffentlich = false\n"
    )
}

fn project() -> Project {
    let project = Project::new();
    project.write("a.toml", record());
    for annex in ["1", "2"] {
        project.write(&format!("{annex}.pdf"), Sheets::new(&[&format!("Blatt {annex}")]).bytes());
    }
    project.write(
        "sitzung.toml",
        "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n\n[[top]]\nnummer = '1'\nvorlage = 'a.toml'\n",
    );
    project
}

#[test]
fn the_packet_begins_with_the_proposal_and_needs_no_file_of_it() {
    let project = project();
    let run = project.run(&["packet", "sitzung.toml", "--format", "json"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let report: Json = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    let packets = report["editions"].as_array().unwrap();
    for (packet, papers) in packets
        .iter()
        .zip([&["Vorlage", "Anlage A", "Anlage 1"][..], &["Vorlage", "Anlage A", "Anlage 1", "Anlage 2"]])
    {
        let named: Vec<&str> = packet["papers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|paper| paper["label"].as_str().unwrap())
            .collect();
        assert_eq!(named, papers);
    }
    assert_eq!(project.pdfs("out/anlagen"), ["V-0001-2025-Anlage-A.pdf", "V-0001-2025-Vorlage.pdf"]);

    // It lists its annexes; what fewer people may see than the proposal itself has no title there.
    let own = Pdf::read(&project.read("out/anlagen/V-0001-2025-Vorlage.pdf"));
    assert_eq!(own.info("Title").unwrap(), "Vorlage V/0001/2025: Sanierung der Stadtbücherei");
    let words = own.words().join(" ");
    let listed = words.split_once("Anlagen:").unwrap().1;
    assert!(listed.contains("Anlage 1: Lageplan am Alten Steinweg"), "{words}");
    assert!(listed.contains("Anlage 2 (nichtöffentlich)") && !words.contains("Ackermann"), "{words}");
}

#[test]
fn the_council_system_gets_it_as_the_main_file() {
    let project = project();
    let run = project.run(&["archive", "sitzung.toml", "-o", "abgabe", "--date", "2025-03-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.run(&["verify", "abgabe"]).code, 0);
    let objects = files_below(&project.path().join("abgabe/data/oparl"), "json");
    let read = |path: &std::path::PathBuf| -> Json {
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let paper = objects
        .iter()
        .map(read)
        .find(|object| object["type"].as_str().is_some_and(|kind| kind.ends_with("/Paper")))
        .unwrap();
    let name = |file: &Json| file["fileName"].as_str().unwrap().to_owned();
    assert_eq!(name(&paper["mainFile"]), "V-0001-2025-Vorlage.pdf");
    let others: Vec<String> = paper["auxiliaryFile"].as_array().unwrap().iter().map(name).collect();
    assert_eq!(others, ["V-0001-2025-Anlage-A.pdf", "1.pdf", "2.pdf"]);
}

#[test]
fn a_file_under_its_label_is_told_where_it_belongs() {
    let project = project();
    project.write("a.toml", record().replace("template = 'muenster-vorlage'", "datei = '1.pdf'"));
    let run = project.run(&["check", "a.toml"]);
    assert!(
        run.stderr.contains("Fehler[T110]: Unter [anlage.Vorlage] steht das Formular der Vorlage"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("Den Text der Vorlage als PDF nennt [vorlage]: datei"), "{}", run.stderr);
}

#[test]
fn other_forms_are_annexes_unless_they_are_put_there() {
    let project = Project::new();
    let example =
        std::fs::read_to_string(repository().join("templates/nettersheim-vorlage/example.toml")).unwrap();
    project.write("a.toml", example.replace("[anlage.A", "[anlage.Vorlage"));
    assert_eq!(project.run(&["render", "a.toml"]).code, 0);
    assert_eq!(project.pdfs("out/anlagen"), ["V-1061-2013-Vorlage.pdf"]);
}
