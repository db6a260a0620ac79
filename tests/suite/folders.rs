//! Where files go: what is public lies in a folder of its own, nothing that was finished is lost, and nothing takes the
//! place of something else in silence.

use std::path::Path;

use serde_json::Value;

use crate::packet_runs::{SESSION, head};
use crate::program::{Project, Run, children, sound_record};
use crate::sheets::Sheets;

const PUBLIC: &str = "out/oeffentlich/Rat-2025-02-12-oeffentlich.pdf";
const COMPLETE: &str = "out/vollstaendig/Rat-2025-02-12-vollstaendig.pdf";
const FORM: &str = "out/anlagen/V-0001-2025-Anlage-A.pdf";

/// A sound record of a session of the council.
fn record(number: &str, public: bool) -> String {
    let record = sound_record(number).replace("oeffentlich = true", &format!("oeffentlich = {public}"));
    assert!(record.contains(&format!("oeffentlich = {public}")));
    record
}

/// The same record about something else, so that nothing in it is said by the first.
pub(crate) fn other_texts(record: &str) -> String {
    [
        ("Sanierung der Stadtbücherei", "Verkauf der Halle am Hafen"),
        ("Die Stadtbücherei wird saniert.", "Die Halle am Hafen wird verkauft."),
        ("Das Haus soll *barrierefrei* werden.", "Der Erlös soll *bald* eingehen."),
        ("Die Sanierung dient der Inklusion.", "Dazu ist nichts zu sagen."),
    ]
    .iter()
    .fold(record.to_owned(), |record, (old, new)| {
        assert!(record.contains(old), "{old}");
        record.replace(old, new)
    })
}

/// A session with a public and a non-public proposal, each with a form, and the public one with a non-public annex.
fn council() -> Project {
    let project = Project::new();
    let annex = |name: &str, public: bool| {
        format!("\n[anlage.1]\ntitel = 'Plan'\ndatei = '{name}'\noeffentlich = {public}\n")
    };
    project.write("v/a.toml", record("V/0001/2025", true) + &annex("kalkulation-intern.pdf", false));
    project.write("v/kalkulation-intern.pdf", Sheets::new(&["Kalkulation"]).bytes());
    project.write("v/grundstueck.toml", other_texts(&record("V/0002/2025", false)));
    let items = "[[top]]\nnummer = '1'\nvorlage = 'v/a.toml'\n\n\
                 [[top]]\nnummer = '2'\nvorlage = 'v/grundstueck.toml'\noeffentlich = false\n";
    project.write("sitzung.toml", format!("{SESSION}{items}"));
    project
}

/// A session with one public proposal that is a file.
fn small(project: &Project, session: &str, text: &str) {
    project.write("sitzung.toml", session);
    project.write(
        "1.toml",
        head("V/0001/2025", "Sanierung", true) + "[anlage.1]\ntitel = 'Plan'\ndatei = '1.pdf'\n",
    );
    project.write("1.pdf", Sheets::new(&[text]).bytes());
}

fn small_session(day: &str) -> String {
    SESSION.replace("2025-02-12", day) + "[[top]]\nnummer = '1'\nvorlage = '1.toml'\n"
}

/// All files below a folder, hidden ones too.
fn files(project: &Project, folder: &str) -> Vec<String> {
    let root = project.path().join(folder);
    let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(&root).unwrap().display().to_string()).collect()
}

fn packet(project: &Project, arguments: &[&str]) -> Run {
    project.run(&[&["packet", "sitzung.toml"], arguments].concat())
}

fn is_there(project: &Project, path: &str) -> bool {
    project.path().join(path).exists()
}

#[test]
fn each_edition_lies_in_its_folder_and_all_that_is_written_is_named() {
    let project = council();
    let run = packet(&project, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let written: Vec<&str> = run.stdout.lines().collect();
    let lists = ["out/oeffentlich/index.html", "out/oeffentlich/index.json"];
    assert_eq!(written, [FORM, "out/anlagen/V-0002-2025-Anlage-A.pdf", PUBLIC, COMPLETE, lists[0], lists[1]]);
    assert_eq!(project.list("out"), ["anlagen", "oeffentlich", "vollstaendig"]);
    assert_eq!(project.pdfs("out/oeffentlich"), ["Rat-2025-02-12-oeffentlich.pdf"]);
}

#[test]
fn a_folder_for_the_public_holds_nothing_else_and_does_not_speak_of_it() {
    let project = council();
    let run = packet(&project, &["--edition", "public", "-o", "web"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let packet_file = PUBLIC.replace("out/", "web/");
    let form = FORM.replace("out/", "web/");
    let lists = ["web/oeffentlich/index.html", "web/oeffentlich/index.json"];
    let written: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(written, [form.as_str(), packet_file.as_str(), lists[0], lists[1]]);
    let visible: Vec<String> =
        files(&project, "web").into_iter().filter(|path| !path.starts_with('.')).collect();
    assert_eq!(visible, [&form[4..], &packet_file[4..], &lists[0][4..], &lists[1][4..]]);
    for path in files(&project, "web") {
        let bytes = project.read(&format!("web/{path}"));
        let all = format!("{path} {}", String::from_utf8_lossy(&bytes));
        for secret in ["V/0002", "V-0002", "grundstueck", "Halle am Hafen", "kalkulation"] {
            assert!(!all.contains(secret), "{secret} in {path}");
        }
    }
    // Again, and it is what it was.
    assert_eq!(packet(&project, &["--edition", "public", "-o", "web"]).code, 0);
    assert_eq!(project.list("web"), ["anlagen", "oeffentlich"]);
}

#[test]
fn an_old_public_packet_is_taken_out_when_the_day_changes() {
    let project = Project::new();
    small(&project, &small_session("2025-02-12"), "Plan");
    assert_eq!(packet(&project, &[]).code, 0);
    let before = project.read(PUBLIC);
    small(&project, &small_session("2025-02-19"), "Plan");
    let run = packet(&project, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.pdfs("out/oeffentlich"), ["Rat-2025-02-19-oeffentlich.pdf"]);
    let aside = "out/nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet.pdf";
    assert!(
        run.stderr.contains(&format!("{PUBLIC} stimmt nicht mehr und liegt jetzt in {aside}.")),
        "{}",
        run.stderr
    );
    assert!(project.read(aside) == before, "it is kept as it was");
    assert_eq!(project.list("out/vollstaendig"), ["Rat-2025-02-19-vollstaendig.pdf"]);
}

#[test]
fn an_old_public_packet_is_taken_out_when_something_in_it_is_public_no_more() {
    let project = council();
    assert_eq!(packet(&project, &[]).code, 0);
    project.write(
        "v/a.toml",
        String::from_utf8(project.read("v/a.toml"))
            .unwrap()
            .replace("oeffentlich = true", "oeffentlich = false"),
    );
    // Nobody asked for the public one, and still it must not lie there.
    let run = packet(&project, &["--edition", "complete"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.pdfs("out/oeffentlich").is_empty());
    assert_eq!(project.list("out/nichtoeffentlich"), ["Rat-2025-02-12-oeffentlich-veraltet.pdf"]);
}

#[test]
fn a_project_that_moved_and_whose_state_is_lost_leaves_no_old_public_packet() {
    for is_state_lost in [false, true] {
        let project = Project::new();
        let files = Project::new();
        small(&files, &small_session("2025-02-12"), "Plan");
        assert_eq!(packet(&files, &[]).code, 0);
        let old = files.read(PUBLIC);
        std::fs::rename(files.path(), project.path().join("umgezogen")).unwrap();
        std::fs::create_dir(files.path()).unwrap();
        let moved = |path: &str| format!("umgezogen/{path}");
        if is_state_lost {
            std::fs::remove_dir_all(project.path().join("umgezogen/out/.anlage")).unwrap();
        }
        project.write(
            "umgezogen/sitzung.toml",
            small_session("2025-02-12") + "[[top]]\nnummer = '2'\nvorlage = 'fehlt.toml'\n",
        );
        let run = project
            .command(&["packet", "sitzung.toml"])
            .current_dir(project.path().join("umgezogen"))
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
        assert!(project.list(&moved("out/oeffentlich")).is_empty(), "{is_state_lost}");
        let aside = moved("out/nichtoeffentlich/Rat-2025-02-12-oeffentlich-veraltet.pdf");
        assert!(project.read(&aside) == old, "{is_state_lost}");
    }
}

#[test]
fn a_packet_that_was_changed_makes_room_and_is_kept() {
    let project = Project::new();
    small(&project, &small_session("2025-02-12"), "Plan");
    assert_eq!(packet(&project, &[]).code, 0);
    project.write(COMPLETE, "mit Notizen");
    let run = packet(&project, &["--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(report["set_aside"][0]["reason"], "not-ours");
    assert_eq!(report["set_aside"][0]["path"], COMPLETE);
    let aside = report["set_aside"][0]["now"].as_str().unwrap();
    assert_eq!(project.read(aside), b"mit Notizen");
    assert!(project.read(COMPLETE).starts_with(b"%PDF"));
}

#[test]
fn two_sessions_of_a_body_on_a_day_do_not_take_each_others_packets() {
    let project = Project::new();
    small(&project, &small_session("2025-02-12"), "Plan");
    assert_eq!(packet(&project, &[]).code, 0);
    let before = [PUBLIC, COMPLETE].map(|path| project.read(path));
    project.write(
        "sondersitzung.toml",
        small_session("2025-02-12") + "[[top]]\nnummer = '2'\ntitel = 'Haushalt'\n",
    );
    let run = project.run(&["packet", "sondersitzung.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("[P132]") && run.stderr.contains("(sitzung.toml)"), "{}", run.stderr);
    assert!([PUBLIC, COMPLETE].map(|path| project.read(path)) == before, "the packets of the first stay");
    // What the hint says can be typed.
    let hint = "anlage packet sondersitzung.toml -o out-sondersitzung";
    assert!(run.stderr.contains(hint), "{}", run.stderr);
    assert_eq!(project.run(&hint.split(' ').skip(1).collect::<Vec<_>>()).code, 0);
    // A session file that is only called otherwise takes its packets with it.
    std::fs::remove_file(project.path().join("sondersitzung.toml")).unwrap();
    std::fs::rename(project.path().join("sitzung.toml"), project.path().join("rat.toml")).unwrap();
    let run = project.run(&["packet", "rat.toml"]);
    assert_eq!((run.code, project.list("out/nichtoeffentlich").len()), (0, 0), "{}", run.stderr);
}

#[test]
fn what_is_wrong_with_one_edition_leaves_the_other_alone() {
    let project = council();
    assert_eq!(packet(&project, &[]).code, 0);
    project.write("v/kalkulation-intern.pdf", "kein PDF");
    let run = packet(&project, &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(is_there(&project, PUBLIC) && !is_there(&project, COMPLETE), "{}", run.stderr);
    assert_eq!(project.list("out/nichtoeffentlich"), ["Rat-2025-02-12-vollstaendig-veraltet.pdf"]);
}

#[test]
fn pictures_and_drafts_lie_beside_the_pdf() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    assert_eq!(project.run(&["render"]).code, 0);
    let before = project.read(FORM);
    assert_eq!(project.run(&["render", "--format", "png", "--ppi", "20"]).code, 0);
    assert_eq!(project.run(&["render", "--draft"]).code, 0);
    let all = ["V-0001-2025-Anlage-A-1.png", "V-0001-2025-Anlage-A-entwurf.pdf", "V-0001-2025-Anlage-A.pdf"];
    assert_eq!(project.list("out/anlagen"), all);
    assert!(project.read(FORM) == before);
    // Each is up to date by itself.
    assert_eq!(project.run(&["render"]).stdout, "");
    assert_eq!(project.run(&["render", "--draft"]).stdout, "");
    // With an error nothing finished holds any more; a draft says what it is.
    project.write("a.toml", sound_record("V/0001/2025").replace("\"ja\"", "\"jein\""));
    let run = project.run(&["render", "--draft"]);
    assert_eq!(run.code, 1);
    assert_eq!(project.list("out/anlagen"), ["V-0001-2025-Anlage-A-entwurf.pdf"]);
    assert_eq!(
        project.list("out/nichtoeffentlich"),
        ["V-0001-2025-Anlage-A-1-veraltet.png", "V-0001-2025-Anlage-A-veraltet.pdf"]
    );
    assert!(run.stderr.contains(&format!("{FORM} stimmt nicht mehr")), "{}", run.stderr);
}

#[test]
fn a_form_that_somebody_filled_in_by_hand_is_kept() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    assert_eq!(project.run(&["render"]).code, 0);
    project.write(FORM, "unterschrieben");
    let run = project.run(&["render"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.read("out/nichtoeffentlich/V-0001-2025-Anlage-A-veraltet.pdf"), b"unterschrieben");
    assert!(run.stderr.contains("war nicht die Datei, die dieses Programm schrieb"), "{}", run.stderr);
}

#[test]
fn an_input_is_never_an_output() {
    let project = Project::new();
    project.write("anlage.toml", "ausgabe = '.'");
    let name = "anlagen/V-0001-2025-Anlage-A.pdf";
    project.write(name, "das Original");
    project.write(
        "a.toml",
        sound_record("V/0001/2025") + &format!("\n[anlage.1]\ntitel = 'x'\ndatei = '{name}'\n"),
    );
    let run = project.run(&["render"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("[P131]"), "{}", run.stderr);
    assert_eq!(project.read(name), b"das Original");
    assert!(project.list("nichtoeffentlich").is_empty());
    // A packet is no different.
    let project = Project::new();
    project.write("anlage.toml", "ausgabe = '.'");
    small(&project, &small_session("2025-02-12"), "Plan");
    let packet_file = PUBLIC.trim_start_matches("out/");
    let record = String::from_utf8(project.read("1.toml")).unwrap();
    project.write("1.toml", record.replace("1.pdf", packet_file));
    let original = Sheets::new(&["Plan"]).bytes();
    project.write(packet_file, &original);
    let run = packet(&project, &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("[P131]"), "{}", run.stderr);
    assert!(project.read(packet_file) == original && project.list("nichtoeffentlich").is_empty());
}

#[test]
fn files_of_the_old_layout_do_not_stay_behind_in_silence() {
    let project = Project::new();
    project.write("a.toml", sound_record("V/0001/2025"));
    assert_eq!(project.run(&["render"]).code, 0);
    // As it once was: beside the state, and known without a folder.
    std::fs::rename(project.path().join(FORM), project.path().join("out/V-0001-2025-Anlage-A.pdf")).unwrap();
    let state = String::from_utf8(project.read("out/.anlage/state.json")).unwrap();
    project.write(
        "out/.anlage/state.json",
        state.replace("anlagen/V-", "V-").replacen("\"context\":\"", "\"context\":\"x", 1),
    );
    let run = project.run(&["render"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("out/V-0001-2025-Anlage-A.pdf"), "{}", run.stderr);
    assert_eq!((project.list("out"), is_there(&project, FORM)), (vec!["anlagen".to_owned()], true));
}

/// Runs the program with so few descriptors that it cannot do its work.
#[cfg(unix)]
fn with_descriptors(project: &Project, count: u32, arguments: &[&str]) -> (Option<i32>, String) {
    let output = project.command_within(&format!("-n {count}"), arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(unix)]
#[test]
fn too_few_descriptors_are_nobodys_fault_and_move_nothing() {
    let project = council();
    assert_eq!(packet(&project, &[]).code, 0);
    let before: Vec<String> =
        files(&project, "out").into_iter().filter(|path| path.ends_with(".pdf")).collect();
    let mut failed = 0;
    for count in 4..24 {
        let (code, said) = with_descriptors(&project, count, &["packet", "sitzung.toml", "--force"]);
        assert!(matches!(code, Some(0 | 3)), "{count}: {code:?} {said}");
        failed += usize::from(code == Some(3));
        let after: Vec<String> =
            files(&project, "out").into_iter().filter(|path| path.ends_with(".pdf")).collect();
        assert_eq!(after, before, "{count}: {said}");
    }
    assert!(failed > 0, "it always had enough");
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_whose_process_is_killed_is_tried_once_more() {
    let project = Project::new();
    for number in 1..=60 {
        project.write(&format!("v/{number}.toml"), sound_record(&format!("V/{number:04}/2025")));
    }
    assert_eq!(project.run(&["render", "v"]).code, 0);
    let run = project.command(&["render", "v", "--force"]).spawn().unwrap();
    let mut killed = 0;
    while killed == 0 && Path::new(&format!("/proc/{}", run.id())).exists() {
        for child in children(run.id()).into_iter().take(1) {
            std::process::Command::new("kill").args(["-9", &child.to_string()]).status().unwrap();
            killed += 1;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let output = run.wait_with_output().unwrap();
    assert_eq!((killed, output.status.code()), (1, Some(0)), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(project.list("out/anlagen").len(), 60);
}

#[test]
#[cfg(unix)]
fn nothing_is_made_behind_a_link_out_of_the_project() {
    let (project, elsewhere) = (Project::new(), Project::new());
    project.write("anlage.toml", "");
    project.write("a.toml", sound_record("V/0001/2025"));
    elsewhere.write(".anlage-fremd.tmp", "meins");
    elsewhere.write("state.json", "{}");
    let link = |name: &str| {
        let place = project.path().join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), place).unwrap();
    };
    link("out");
    link("o2/.anlage");
    link("o3/anlagen");
    for output in [&[][..], &["-o", "o2"], &["-o", "o3"]] {
        let run = project.run(&[&["render", "a.toml"], output].concat());
        assert_eq!(run.code, 3, "{output:?}: {}", run.stderr);
        assert!(run.stderr.contains("ein Verweis, der hinausführt"), "{}", run.stderr);
    }
    assert_eq!(elsewhere.list("."), ["anlage.toml", "state.json"]);
    assert_eq!(elsewhere.read(".anlage-fremd.tmp"), b"meins");
    assert_eq!(elsewhere.read("state.json"), b"{}");
    // Who names the folder means it.
    let named = elsewhere.path().display().to_string();
    assert_eq!(project.run(&["render", "a.toml", "-o", &named]).code, 0);
}

#[test]
#[cfg(unix)]
fn the_public_folder_is_no_other_one_by_a_link() {
    let project = Project::new();
    project.write("anlage.toml", "");
    project.write("a.toml", sound_record("V/0001/2025"));
    for (name, to) in [("oeffentlich", "vollstaendig"), ("druck", "oeffentlich")] {
        let out = project.path().join(format!("out-{name}"));
        std::fs::create_dir_all(out.join(to)).unwrap();
        std::os::unix::fs::symlink(to, out.join(name)).unwrap();
        let run = project.run(&["render", "a.toml", "-o", &format!("out-{name}")]);
        assert!(
            run.code == 3 && run.stderr.contains("ein Verweis auf einen anderen Ordner"),
            "{}",
            run.stderr
        );
    }
}
