//! What once got through, case by case: each with the secret as it was written and as it was planted.

use std::time::{Duration, Instant};

use lopdf::{Dictionary, Object, Stream, dictionary};

use super::leaf::{Leaf, string};
use super::reader::{everything, squeezed};
use super::session::Fields;
use super::{Outcome, beside, drawing, letters, public_packet, within};
use crate::dice::Dice;
use crate::packet_runs::{SESSION, head};
use crate::program::{Project, files_below};

const SENTENCE: &str =
    "Für die offizielle Übergabe der Mühle Füchtenkötter verlangt der Erbe eine Million Euro in bar.";
const SUBJECT: &str = "Ankauf der Mühle Füchtenkötter an der Dreßelhauser Straße";

/// A session whose first item is public and has this annex. The second one is not, and its record says this.
pub(super) fn session(annex: &[u8], secret: &str) -> Project {
    let project = Project::new();
    let agenda = "[[top]]\nnummer = '1'\nvorlage = '1.toml'\n[[top]]\nnummer = '2'\nvorlage = '2.toml'\n";
    project.write("sitzung.toml", format!("{SESSION}{agenda}"));
    let record = head("V/0001/2025", "Sanierung der Stadtbücherei", true);
    project.write("1.toml", format!("{record}[anlage.1]\ntitel = 'Bericht'\ndatei = '1.pdf'\n"));
    project.write("1.pdf", annex);
    let fields = Fields { subject: SUBJECT.into(), overview: secret.to_owned(), ..Fields::default() };
    project.write("2.toml", fields.toml("V/0002/2025", false));
    project
}

/// Adds something to a file of the project.
fn append(project: &Project, name: &str, text: &str) {
    let old = String::from_utf8(project.read(name)).unwrap();
    project.write(name, old + text);
}

/// Sees to it that the secret holds the packet back, and that nothing else does.
fn assert_found(project: &Project, case: &str, named: &[&str]) {
    let outcome = Outcome::of(project);
    let leaks: Vec<String> =
        outcome.with("P106").iter().map(|finding| squeezed(finding["message"].as_str().unwrap())).collect();
    let is_named = named.iter().any(|name| {
        // What is quoted may begin before the secret and end within it.
        let name: String = squeezed(name).chars().take(14).collect();
        leaks.iter().any(|leak| leak.contains(&name) && leak.contains("anlage1"))
    });
    assert!(is_named && outcome.code == 1, "{case}: {} {}", outcome.code, outcome.said());
    assert!(public_packet(project).is_none(), "{case}");
    project.write("1.pdf", Leaf::new(&mut Dice(7)).bytes());
    let outcome = Outcome::of(project);
    assert!(outcome.code == 0 && public_packet(project).is_some(), "{case}: {}", outcome.said());
}

#[test]
fn sentences_with_dots_are_looked_for_as_a_whole() {
    let sentences = [
        "Der Verkehrswert beträgt 382.500 Euro.",
        "Beurkundet wird am 17. Juni 2026.",
        "IBAN DE44 5001 0517 0000 0033 91",
        "Erbin: Käthe Möllenhoff, geb. 9.11.1948, Öltankerkai 5",
        "Maßgeblich ist Nr. 7 Abs. 3 der Vereinbarung.",
    ];
    for sentence in sentences {
        let among = format!("Die Gespräche sind beendet. {sentence}");
        for record in [sentence, &among] {
            let annex = letters::in_win_ansi(sentence, &mut Dice(1)).bytes();
            assert_found(&session(&annex, record), sentence, &[sentence]);
        }
    }
}

#[test]
fn one_normal_form_holds_for_both_sides() {
    let decomposed: String = SENTENCE.chars().map(letters::decomposed).collect();
    let annex = letters::in_win_ansi(SENTENCE, &mut Dice(2)).bytes();
    assert_found(&session(&annex, &decomposed), "marks in the record", &[SENTENCE]);
    let annex = letters::in_nfd(SENTENCE, &mut Dice(3)).bytes();
    assert_found(&session(&annex, SENTENCE), "marks in the file", &[SENTENCE]);
    let annex = letters::with_ligatures(SENTENCE, &mut Dice(4)).bytes();
    assert_found(&session(&annex, SENTENCE), "ligatures", &[SENTENCE]);
    let typed = "Die \"Finkenflug Bau\" bietet - wie bekannt - weniger als alle übrigen Firmen.";
    let printed = "Die „Finkenflug Bau“ bietet – wie bekannt – weniger als alle übrigen Firmen.";
    let annex = letters::in_win_ansi(printed, &mut Dice(5)).bytes();
    assert_found(&session(&annex, typed), "quotes and dashes", &[printed]);
}

#[test]
fn what_is_printed_is_looked_for() {
    let printed = "Die Firma Finkenflug Bau ist < 20 % teurer als der günstigste Bieter.";
    for typed in [
        "Die Firma **Finkenflug Bau** ist \\< 20 % *teurer* als der günstigste Bieter.",
        "Die Firma [Finkenflug Bau](https://example.org) ist < 20 % teurer\nals der günstigste Bieter.",
    ] {
        let annex = letters::in_win_ansi(printed, &mut Dice(6)).bytes();
        assert_found(&session(&annex, typed), typed, &[printed]);
    }
}

type PageWriter = fn(&str, &mut Dice) -> Leaf;

#[test]
fn pages_are_read_as_viewers_read_them() {
    let ways: [(&str, PageWriter); 5] = [
        ("a table beside an encoding", letters::with_table_beside_encoding),
        ("a form without resources", drawing::form_without_resources),
        ("a plan", drawing::behind_a_long_drawing),
        ("other words for a reader", drawing::instead_as_hex),
        ("the target of a link", beside::target_of_a_link),
    ];
    for (case, write) in ways {
        assert_found(&session(&write(SENTENCE, &mut Dice(8)).bytes(), SENTENCE), case, &[SENTENCE]);
        assert_found(&session(&write(SUBJECT, &mut Dice(9)).bytes(), SENTENCE), case, &[SUBJECT]);
    }
}

/// A session with a file that is not public, which has become a part of this annex.
fn with_secret_file(annex: impl FnOnce(&[u8]) -> Vec<u8>) -> Project {
    let file = within::secret_file("Das Gutachten nennt für die Mühle 382.500 Euro als Wert.", &mut Dice(10));
    let project = session(&annex(&file), SENTENCE);
    append(
        &project,
        "2.toml",
        "\n[anlage.1]\ntitel = 'Wertgutachten der Mühle'\ndatei = 'muehle-gutachten.pdf'\n",
    );
    project.write("muehle-gutachten.pdf", file);
    project
}

const OF_FILE: [&str; 3] =
    ["Wertgutachten der Mühle", "muehle-gutachten", "Das Gutachten nennt für die Mühle"];

/// A file that says that it is made for archives keeps what is attached to it.
#[test]
fn a_secret_file_that_is_attached_is_found() {
    let annex = |file: &[u8]| {
        let mut leaf = Leaf::new(&mut Dice(11));
        let xmp = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
                   xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
                   xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' pdfaid:part='2' pdfaid:conformance='B'/></rdf:RDF>\
                   </x:xmpmeta><?xpacket end='w'?>";
        let dict = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
        let metadata = leaf.add(Stream::new(dict, xmp.as_bytes().to_vec()));
        leaf.catalog.set("Metadata", metadata);
        let attached = leaf.add(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, file.to_vec()));
        let entry = leaf.add(dictionary! {
            "Type" => "Filespec", "F" => string(b"a.pdf"), "UF" => string(b"a.pdf"),
            "EF" => dictionary! { "F" => attached },
        });
        let files = dictionary! { "Names" => vec![string(b"a.pdf"), entry] };
        leaf.catalog.set("Names", dictionary! { "EmbeddedFiles" => files });
        leaf.bytes()
    };
    assert_found(&with_secret_file(annex), "attached", &OF_FILE);
}

#[test]
fn pages_of_a_secret_file_are_found_in_another() {
    let annex = |file: &[u8]| within::pages_of_the_file(file, &mut Dice(12));
    assert_found(&with_secret_file(annex), "merged", &OF_FILE);
}

#[test]
fn one_file_is_not_public_here_and_secret_there() {
    let project = session(&Leaf::new(&mut Dice(13)).bytes(), SENTENCE);
    let file = within::secret_file("Der Bodenwert liegt bei 195 Euro je Quadratmeter.", &mut Dice(13));
    project.write("bodenwert.pdf", file);
    append(&project, "1.toml", "[anlage.2]\ntitel = 'Bodenwert'\ndatei = 'bodenwert.pdf'\n");
    let second = head("V/0003/2025", "Richtwerte für Böden", true);
    let annex = "[anlage.1]\ntitel = 'Bodenwert'\ndatei = 'bodenwert.pdf'\noeffentlich = false\n";
    project.write("3.toml", second + annex);
    append(&project, "sitzung.toml", "[[top]]\nnummer = '3'\nvorlage = '3.toml'\n");
    let outcome = Outcome::of(&project);
    assert_eq!(outcome.code, 1, "{}", outcome.said());
    assert!(public_packet(&project).is_none());
    let said: String = outcome.findings.iter().map(|finding| finding["message"].to_string()).collect();
    assert!(said.contains("Anlage 2") || said.contains("bodenwert.pdf"), "{said}");
}

/// A number alone may be said: a warning names it, also where it begins as another one does, or is that of a file.
#[test]
fn numbers_are_said_in_full_and_hold_nothing_back() {
    for (said, number) in [
        ("Siehe V/0002/2025/1 dazu", "V/0002/2025/1"),
        ("Siehe V/0002/2025 dazu", "V/0002/2025"),
        ("Siehe V-0002-2025", "V/0002/2025"),
        ("Siehe V 2/25", "V/0002/2025"),
    ] {
        let project = session(&letters::in_win_ansi(said, &mut Dice(14)).bytes(), SENTENCE);
        let supplement = head("V/0002/2025/1", "Nachtrag zum Wert der Mühle Füchtenkötter", false);
        project.write("3.toml", supplement);
        append(&project, "sitzung.toml", "[[top]]\nnummer = '3'\nvorlage = '3.toml'\n");
        let outcome = Outcome::of(&project);
        assert_eq!(outcome.code, 0, "{said}: {}", outcome.said());
        let mentions = outcome.with("P107");
        let [mention] = mentions[..] else { panic!("{said}: {mentions:?} {}", outcome.said()) };
        let text = mention["message"].as_str().unwrap();
        let rest = text.split(number).nth(1).unwrap_or_else(|| panic!("{said}: {text}"));
        assert!(!rest.starts_with('/'), "{said}: {text}");
        assert!(public_packet(&project).is_some());
    }
}

fn annotated(kind: &str, more: Dictionary) -> Leaf {
    let mut leaf = letters::in_win_ansi("Antragstellerin: Anna Ostendärp, Schäferweg 14", &mut Dice(15));
    let corners: Vec<Object> = [45, 750, 300, 750, 45, 730, 300, 730].map(Object::from).to_vec();
    let mut annotation = dictionary! {
        "Subtype" => kind, "QuadPoints" => corners, "C" => vec![0.into(), 0.into(), 0.into()],
        "IC" => vec![0.into(), 0.into(), 0.into()], "Rect" => vec![45.into(), 730.into(), 300.into(), 750.into()],
    };
    annotation.extend(&more);
    leaf.annotate(annotation);
    leaf
}

/// Sees to it that something is said of the annex, and of the same page without that nothing.
fn assert_said(leaf: Leaf, case: &str, words: &[&str]) {
    let said = |annex: &[u8]| {
        let outcome = Outcome::of(&session(annex, SENTENCE));
        let said = outcome.said();
        said.lines().filter(|line| line.contains("Anlage 1")).map(str::to_owned).collect::<String>()
    };
    let clean = letters::in_win_ansi("Antragstellerin: Anna Ostendärp, Schäferweg 14", &mut Dice(15));
    assert_eq!(said(&clean.bytes()), "", "{case}");
    let said = said(&leaf.bytes());
    assert!(words.iter().all(|word| said.to_lowercase().contains(word)), "{case}: {said}");
}

#[test]
fn marks_that_were_to_black_out_are_said() {
    assert_said(annotated("Redact", Dictionary::new()), "never applied", &["schwärz"]);
    assert_said(annotated("Square", Dictionary::new()), "a box on top", &["verdeckt"]);
    let mut box_on_top =
        letters::in_win_ansi("Antragstellerin: Anna Ostendärp, Schäferweg 14", &mut Dice(15));
    box_on_top.draw("0 g 45 730 300 20 re f");
    assert_said(box_on_top, "a box in the page", &["verdeckt"]);
}

#[test]
fn what_reviewers_wrote_is_said() {
    let note = dictionary! { "Contents" => string(b"Preis nicht abgestimmt"), "T" => string(b"Amt 20") };
    // Who wrote it is nothing that the public should read; `check` says it.
    for (kind, word) in [("Text", "kommentar"), ("Highlight", "markierung"), ("StrikeOut", "streichung")] {
        let mut note = note.clone();
        // Bright, so that the text can be seen.
        note.set("C", vec![1.into(), 1.into(), 0.into()]);
        assert_said(annotated(kind, note), kind, &[word]);
    }
}

/// Runs in a folder of the project.
fn run_in(project: &Project, folder: &str, arguments: &[&str]) -> (i32, String) {
    let output = project.command(arguments).current_dir(project.path().join(folder)).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What lies below a folder and says a secret.
fn telling(project: &Project, folder: &str, secrets: &[&str]) -> Vec<String> {
    let files = files_below_all(project, folder);
    let says = |path: &std::path::PathBuf| {
        let said = everything(&std::fs::read(path).unwrap());
        secrets.iter().any(|secret| said.contains(&squeezed(secret)))
    };
    files.into_iter().filter(says).map(|path| path.display().to_string()).collect()
}

fn files_below_all(project: &Project, folder: &str) -> Vec<std::path::PathBuf> {
    let all = walkdir::WalkDir::new(project.path().join(folder)).into_iter().filter_map(Result::ok);
    all.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

#[test]
fn a_bag_for_everybody_has_no_packet_of_another_day() {
    let project = Project::new();
    let sound = session(&Leaf::new(&mut Dice(16)).bytes(), SENTENCE);
    for name in ["anlage.toml", "sitzung.toml", "1.toml", "1.pdf", "2.toml"] {
        project.write(&format!("p/{name}"), sound.read(name));
    }
    let record = String::from_utf8(sound.read("2.toml")).unwrap();
    project.write("p/2.toml", record.replace("oeffentlich = false", "oeffentlich = true"));
    assert_eq!(run_in(&project, "p", &["packet", "sitzung.toml"]).0, 0);
    assert!(!telling(&project, "p/out", &[SUBJECT]).is_empty(), "all is public at first");
    // The project moves, a record is not public any more, and the packet cannot be set.
    std::fs::rename(project.path().join("p"), project.path().join("q")).unwrap();
    project.write("q/2.toml", record);
    let agenda = String::from_utf8(project.read("q/sitzung.toml")).unwrap();
    project.write("q/sitzung.toml", agenda.replace("nummer = '1'", "nummer = '1'\ntitel = 'Bücherei 漢'"));
    let arguments = ["archive", "sitzung.toml", "-o", "bag", "--public-only", "--date", "2025-03-01"];
    let (code, stderr) = run_in(&project, "q", &arguments);
    assert!(code <= 1, "{stderr}");
    assert_eq!(telling(&project, "q/bag", &[SUBJECT, SENTENCE]), [""; 0], "{stderr}");
}

#[test]
fn a_bag_of_records_for_everybody_is_searched() {
    let project = Project::new();
    let fields = Fields { aims: format!("Siehe die Vorlage zu: {SUBJECT}."), ..Fields::default() };
    project.write("1.toml", fields.toml("V/0001/2025", true));
    project.write("2.toml", head("V/0002/2025", SUBJECT, false));
    let arguments = ["archive", "1.toml", "2.toml", "-o", "bag", "--public-only", "--date", "2025-03-01"];
    let run = project.run(&arguments);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("P106") && run.stderr.contains("Füchtenkötter"), "{}", run.stderr);
    assert_eq!(telling(&project, "bag", &[SUBJECT]), [""; 0]);
    project.write("1.toml", Fields::default().toml("V/0001/2025", true));
    let run = project.run(&arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_folder_for_everybody_holds_nothing_else() {
    let project = session(&Leaf::new(&mut Dice(17)).bytes(), SENTENCE);
    let run = project.run(&["packet", "sitzung.toml", "--edition", "public", "-o", "web"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(telling(&project, "web", &[SENTENCE, SUBJECT]), [""; 0]);
    let written = files_below(&project.path().join("web"), "pdf");
    assert!(!written.is_empty());
    for path in written {
        let name = path.strip_prefix(project.path()).unwrap().to_str().unwrap().to_owned();
        assert!(!name.contains("0002"), "{name}");
        assert!(run.stdout.contains(&name), "{name} is not in: {}", run.stdout);
    }
}

/// Two thousand drawings that are a quarter of a gigabyte each, in a file of a megabyte or two.
#[test]
fn a_search_without_end_ends() {
    let mut leaf = Leaf::new(&mut Dice(18));
    let mut packed = Stream::new(Dictionary::new(), vec![b' '; 250 << 20]);
    packed.compress().unwrap();
    let mut twice = Stream::new(Dictionary::new(), packed.content);
    twice.compress().unwrap();
    let bounds: Vec<Object> = vec![0.into(), 0.into(), 9.into(), 9.into()];
    let filters: Vec<Object> = vec!["FlateDecode".into(), "FlateDecode".into()];
    let dict =
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => bounds, "Filter" => filters };
    for number in 0..2000 {
        let form = leaf.add(Stream::new(dict.clone(), twice.content.clone()));
        leaf.resource("XObject", &format!("X{number}"), form);
        leaf.draw(&format!("/X{number} Do"));
    }
    let project = session(&leaf.bytes(), SENTENCE);
    let mut child = project.command(&["packet", "sitzung.toml"]).spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > Duration::from_mins(3) {
            child.kill().unwrap();
            panic!("still at it after three minutes");
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    let stderr = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("Anlage 1"), "{stderr}");
    assert!(public_packet(&project).is_none());
}
