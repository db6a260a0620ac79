//! Only what changed is made again, and what a run leaves is what an undisturbed run would leave.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::hostile::with_form;
use crate::program::{Project, sound_record};

fn with_records(count: usize) -> Project {
    let project = Project::new();
    for number in 1..=count {
        project.write(&format!("v/{number}.toml"), sound_record(&format!("V/{number:04}/2025")));
    }
    project
}

/// What was done with each record, by its name.
fn outcomes(project: &Project, arguments: &[&str]) -> BTreeMap<String, String> {
    let run = project.run(&[&["render", "v", "--format", "json"], arguments].concat());
    let lines = run.stdout.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    lines.map(|line| (text(&line["record"]), text(&line["outcome"]))).collect()
}

fn made(project: &Project, arguments: &[&str]) -> Vec<String> {
    let all = outcomes(project, arguments);
    all.into_iter().filter(|(_, outcome)| outcome == "made").map(|(name, _)| name).collect()
}

fn outputs(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| (name.clone(), project.read(&format!("out/anlagen/{name}")));
    project.list("out/anlagen").into_iter().map(read).collect()
}

#[test]
fn what_is_up_to_date_is_left_alone() {
    let project = with_records(4);
    assert_eq!(made(&project, &[]).len(), 4);
    let modified = |name: &str| project.path().join(name).metadata().unwrap().modified().unwrap();
    let before = modified("out/anlagen/V-0001-2025-Anlage-A.pdf");
    assert!(made(&project, &[]).is_empty());
    assert_eq!(modified("out/anlagen/V-0001-2025-Anlage-A.pdf"), before);
    assert_eq!(made(&project, &["--force"]).len(), 4);
    let run = project.run(&["render", "v"]);
    assert!(
        run.stderr.contains("0 Dateien aus 4 Vorlagen erstellt; 4 Vorlagen unverändert"),
        "{}",
        run.stderr
    );
}

#[test]
fn everything_that_can_change_an_output_makes_it_again() {
    let project = with_records(3);
    let image = std::fs::read(crate::program::repository().join("tests/findings/bild.png")).unwrap();
    project.write("v/bild.png", &image);
    let with_image = sound_record("V/0002/2025").replace("Das Haus", "![Ein Bild](bild.png)\n\nDas Haus");
    project.write("v/2.toml", with_image);
    assert_eq!(made(&project, &[]).len(), 3);

    project.write("v/1.toml", sound_record("V/0001/2025").replace("Die Stadtbücherei", "Das Haus"));
    assert_eq!(made(&project, &[]), ["v/1.toml"]);

    let mut other = image.clone();
    other.extend_from_slice(b"\0");
    project.write("v/bild.png", other);
    assert_eq!(made(&project, &[]), ["v/2.toml"]);

    std::fs::remove_file(project.path().join("out/anlagen/V-0003-2025-Anlage-A.pdf")).unwrap();
    assert_eq!(made(&project, &[]), ["v/3.toml"]);
    let mut cut = project.read("out/anlagen/V-0003-2025-Anlage-A.pdf");
    cut.truncate(1000);
    project.write("out/anlagen/V-0003-2025-Anlage-A.pdf", &cut);
    assert_eq!(made(&project, &[]), ["v/3.toml"]);
    let mut edited = project.read("out/anlagen/V-0003-2025-Anlage-A.pdf");
    edited[500] ^= 1;
    project.write("out/anlagen/V-0003-2025-Anlage-A.pdf", &edited);
    assert_eq!(made(&project, &[]), ["v/3.toml"]);

    assert_eq!(made(&project, &["--standard", "a-2b"]).len(), 3);
    assert_eq!(made(&project, &[]).len(), 3);
    project.write("anlage.toml", "kommune = 'Stadt Beispiel'");
    assert_eq!(made(&project, &[]).len(), 3);
    assert!(made(&project, &[]).is_empty());
}

#[test]
fn a_form_of_the_project_that_changes_makes_its_annexes_again_and_no_others() {
    let project = with_records(1);
    let layout = "#let layout(data) = { heading(\"A\") }\n";
    project.write("templates/eigenes/template.toml", "name = 'eigenes'\ntitel = 'B'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'B'\nbeschreibung = 'x'\n");
    project.write(
        "templates/eigenes/schema.json",
        r#"{ "type": "object", "additionalProperties": false, "properties": {} }"#,
    );
    project.write("templates/eigenes/layout.typ", layout);
    let head = sound_record("V/0009/2025");
    let head = head.split("[anlage.A]").next().unwrap();
    project.write("v/9.toml", format!("{head}[anlage.B]\ntemplate = 'eigenes'\n"));
    assert_eq!(made(&project, &[]).len(), 2);
    project.write("templates/eigenes/layout.typ", layout.replace("\"A\"", "\"B\""));
    assert_eq!(made(&project, &[]), ["v/9.toml"]);
}

#[test]
fn findings_of_what_is_up_to_date_are_said_again() {
    let project = with_form("#let layout(data) = { text(font: \"Gibt es nicht\")[x] }\n");
    for _ in 0..2 {
        let run = project.run(&["render"]);
        assert_eq!(run.code, 0);
        assert!(run.stderr.contains("Warnung[U003]"), "{}", run.stderr);
    }
}

#[test]
fn records_that_went_away_leave_stale_files_until_they_are_pruned() {
    let project = with_records(3);
    assert_eq!(made(&project, &[]).len(), 3);
    std::fs::remove_file(project.path().join("v/2.toml")).unwrap();
    project.write("out/anlagen/Notiz.pdf", "nicht von uns");
    let run = project.run(&["render", "v"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stderr.contains("Veraltet") && run.stderr.contains("V-0002-2025-Anlage-A.pdf"),
        "{}",
        run.stderr
    );
    assert_eq!(project.list("out/anlagen").len(), 4);
    let run = project.run(&["render", "v", "--prune"]);
    assert!(
        run.stderr.contains("Entfernt") && run.stderr.contains("V-0002-2025-Anlage-A.pdf"),
        "{}",
        run.stderr
    );
    assert_eq!(
        project.list("out/anlagen"),
        ["Notiz.pdf", "V-0001-2025-Anlage-A.pdf", "V-0003-2025-Anlage-A.pdf"]
    );
    assert!(!project.run(&["render", "v"]).stderr.contains("V-0002"));
    // A part of the records is no reason to think that the others are gone.
    let run = project.run(&["render", "v/1.toml", "--prune"]);
    assert!(!run.stderr.contains("Entfernt"), "{}", run.stderr);
}

#[test]
fn a_record_with_another_number_takes_its_old_file_with_it() {
    let project = with_records(2);
    assert_eq!(made(&project, &[]).len(), 2);
    project.write("v/1.toml", sound_record("V/0042/2025"));
    let run = project.run(&["render", "v"]);
    assert!(
        run.stderr.contains("Entfernt, weil nicht mehr gültig: out/anlagen/V-0001-2025-Anlage-A.pdf"),
        "{}",
        run.stderr
    );
    assert_eq!(project.list("out/anlagen"), ["V-0002-2025-Anlage-A.pdf", "V-0042-2025-Anlage-A.pdf"]);
    // Two records that swap their numbers swap their files.
    project.write("v/1.toml", sound_record("V/0002/2025"));
    project.write("v/2.toml", sound_record("V/0042/2025"));
    assert_eq!(project.run(&["render", "v"]).code, 0);
    assert_eq!(project.list("out/anlagen"), ["V-0002-2025-Anlage-A.pdf", "V-0042-2025-Anlage-A.pdf"]);
}

#[test]
fn bytes_do_not_depend_on_how_the_work_is_divided() {
    let one = with_records(12);
    assert_eq!(made(&one, &["--jobs", "1"]).len(), 12);
    let eight = with_records(12);
    assert_eq!(made(&eight, &["--jobs", "8"]).len(), 12);
    let shards = with_records(12);
    let parts: Vec<usize> =
        (1..=3).map(|shard| made(&shards, &["--shard", &format!("{shard}/3")]).len()).collect();
    assert_eq!(parts.iter().sum::<usize>(), 12, "{parts:?}");
    assert!(outputs(&one) == outputs(&eight) && outputs(&one) == outputs(&shards));
    // A run without shards knows what the shards have done.
    assert!(made(&shards, &[]).is_empty());
}

/// Holds the output folder as another run does.
fn hold(project: &Project) -> std::fs::File {
    std::fs::create_dir_all(project.path().join("out/.anlage")).unwrap();
    let lock = std::fs::File::create(project.path().join("out/.anlage/lock")).unwrap();
    lock.lock().unwrap();
    lock
}

#[test]
fn two_runs_do_not_hurt_each_other() {
    let project = with_records(120);
    let lock = hold(&project);
    let run = project.run(&["render", "v"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("in diesen Ordner schreibt gerade ein anderer Lauf"), "{}", run.stderr);
    assert!(project.list("out/anlagen").is_empty());
    drop(lock);

    let runs = [(); 3].map(|()| project.command(&["render", "v", "--quiet"]).spawn().unwrap());
    let ends = runs.map(|run| run.wait_with_output().unwrap());
    let codes = ends.each_ref().map(|end| end.status.code().unwrap());
    assert!(codes.contains(&0) && codes.iter().all(|code| [0, 3].contains(code)), "{codes:?}");
    assert_eq!(project.list("out/anlagen").len(), 120);
    assert!(made(&project, &[]).is_empty());
}

#[test]
fn a_run_waits_a_moment_for_the_one_before() {
    let project = with_records(1);
    let lock = hold(&project);
    let run = project.command(&["render", "v"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    drop(lock);
    assert!(run.wait_with_output().unwrap().status.success());
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_no_file_is_said_and_not_waited_for() {
    let project = with_records(1);
    std::fs::create_dir_all(project.path().join("out/.anlage")).unwrap();
    let lock = project.path().join("out/.anlage/lock");
    std::process::Command::new("mkfifo").arg(&lock).status().unwrap();
    let refused = |run: crate::program::Run| {
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(
            run.stderr.contains("lock: kann nicht gesperrt werden: keine gewöhnliche Datei"),
            "{}",
            run.stderr
        );
    };
    refused(project.run(&["render", "v"]));
    std::fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink(project.path().join("anderswo"), &lock).unwrap();
    refused(project.run(&["render", "v"]));
    assert!(!project.path().join("anderswo").exists() && project.list("out/anlagen").is_empty());
}

/// `kill -9` at any moment of a run, at forty of them.
#[test]
fn a_killed_run_and_a_run_to_the_end_are_as_good_as_one() {
    const RECORDS: usize = 20;
    let undisturbed = with_records(RECORDS);
    let start = Instant::now();
    assert_eq!(made(&undisturbed, &[]).len(), RECORDS);
    let mut whole = start.elapsed();
    let (expected, files) = (outputs(&undisturbed), all_files(&undisturbed));
    let project = with_records(RECORDS);
    let mut killed = 0;
    for round in 0_u32.. {
        let mut child = project.command(&["render", "v", "--quiet"]).spawn().unwrap();
        // Spread over the run without a pattern: multiples of the golden ratio.
        std::thread::sleep(whole.mul_f64((f64::from(round) * 0.618_034).fract()));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            // A machine that has less else to do now is faster than it was.
            whole = whole.mul_f64(0.95);
        } else {
            killed += 1;
        }
        let run = project.run(&["render", "v"]);
        assert_eq!(run.code, 0, "round {round}: {}", run.stderr);
        assert!(outputs(&project) == expected, "round {round}");
        assert_eq!(all_files(&project), files, "round {round}");
        std::fs::remove_dir_all(project.path().join("out")).unwrap();
        if killed == 40 {
            break;
        }
    }
}

/// What a run has started may still be at work when it is killed.
#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_run_had_started_ends_too() {
    let project = with_form("#let layout(data) = { for i in range(100000) { for j in range(100000) {} } }\n");
    let mut run = project.command(&["render"]).spawn().unwrap();
    // Of /proc/PID/stat, behind the name: the state and the parent.
    let stat = |process: u32| -> Option<(String, u32)> {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
    };
    let parent = run.id();
    let works_for_run = |process: &u32| {
        let call = std::fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
        call.contains("typeset-worker") && stat(*process).is_some_and(|(_, of)| of == parent)
    };
    let worker = loop {
        let names = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().file_name());
        let mut processes = names.filter_map(|name| name.to_str()?.parse::<u32>().ok());
        if let Some(worker) = processes.find(works_for_run) {
            break worker;
        }
        assert!(run.try_wait().unwrap().is_none(), "it ended without having started a process");
        std::thread::sleep(Duration::from_millis(5));
    };
    run.kill().unwrap();
    run.wait().unwrap();
    for _ in 0..1200 {
        match stat(worker) {
            Some((state, _)) if state != "Z" => std::thread::sleep(Duration::from_millis(25)),
            _ => return,
        }
    }
    panic!("it still works");
}

#[test]
fn a_folder_under_way_in_the_output_folder_is_no_half_written_file() {
    let project = with_records(1);
    project.write("out/.anlage-killed.tmp/data/a", "");
    let held = project.path().join("out/.anlage-held.tmp");
    std::fs::create_dir(&held).unwrap();
    let lock = std::fs::File::open(&held).ok().filter(|folder| folder.try_lock().is_ok());
    let run = project.run(&["render", "v"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!project.path().join("out/.anlage-killed.tmp").exists() || lock.is_none());
    assert!(held.exists());
}

#[test]
fn what_a_killed_run_left_half_written_is_cleaned_up() {
    let project = with_records(1);
    project.run(&["render", "v"]);
    let files = all_files(&project);
    project.write("out/.anlage-Ab1.tmp", "%PDF-");
    project.write("out/anlagen/.anlage-Bc1.tmp", "%PDF-");
    project.write("out/.anlage/.anlage-Cd2.tmp", "{");
    assert_eq!(project.run(&["render", "v"]).code, 0);
    assert_eq!(all_files(&project), files);
}

/// Every file below the output folder, hidden ones too.
fn all_files(project: &Project) -> Vec<String> {
    let out = project.path().join("out");
    let files = walkdir::WalkDir::new(&out).sort_by_file_name().into_iter().map(Result::unwrap);
    files.map(|entry| entry.path().strip_prefix(&out).unwrap().display().to_string()).collect()
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_after_what_is_under_way() {
    let project = with_records(200);
    let child = project.command(&["render", "v", "--jobs", "1"]).spawn().unwrap();
    while project.list("out/anlagen").is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("Abgebrochen nach"), "{said}");
    let done = project.list("out/anlagen").len();
    assert!(done > 0 && done < 200, "{done}");
    // What was done need not be done again.
    assert_eq!(made(&project, &[]).len(), 200 - done);
}

#[test]
fn a_file_that_cannot_be_written_does_not_stop_the_others() {
    let project = with_records(3);
    std::fs::create_dir_all(project.path().join("out/anlagen/V-0002-2025-Anlage-A.pdf/x")).unwrap();
    let run = project.run(&["render", "v", "--format", "json"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("V-0002-2025-Anlage-A.pdf"), "{}", run.stderr);
    let outcomes =
        run.stdout.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["outcome"].clone());
    assert_eq!(outcomes.collect::<Vec<_>>(), ["made", "failed", "made"]);
}

#[test]
fn watching_renders_what_a_change_touches() {
    let project = with_records(2);
    let mut child = project.command(&["render", "v", "--watch"]).spawn().unwrap();
    let until = |what: &dyn Fn() -> bool, name: &str| {
        for _ in 0..2400 {
            if what() {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("{name} did not happen");
    };
    let pdf =
        || std::fs::read(project.path().join("out/anlagen/V-0001-2025-Anlage-A.pdf")).unwrap_or_default();
    until(&|| project.list("out/anlagen").len() == 2, "the first run");
    let before = pdf();
    // Some file systems count time in larger steps.
    std::thread::sleep(Duration::from_millis(300));
    project.write("v/1.toml", sound_record("V/0001/2025").replace("Die Stadtbücherei", "Das Haus"));
    until(&|| pdf() != before && !pdf().is_empty(), "the change");
    let last_good = pdf();
    project.write("v/1.toml", "kaputt");
    // The record after it in the folder shows that the broken one had its turn.
    project.write("v/2.toml", sound_record("V/0002/2025").replace("Die Stadtbücherei", "Das Haus"));
    let second =
        || std::fs::read(project.path().join("out/anlagen/V-0002-2025-Anlage-A.pdf")).unwrap_or_default();
    let before_second = second();
    until(&|| second() != before_second, "the change beside an error");
    assert_eq!(pdf(), last_good, "the last good PDF stays");
    project.write("v/1.toml", sound_record("V/0001/2025"));
    until(&|| pdf() == before, "the repair");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn watching_runs_once_for_each_change_and_rests_between() {
    let project = crate::hostile::with_form(
        "#import \"/form.typ\": *\n#let layout(data) = { show: form-page\nheading(csv(\"zahlen.csv\").first().first())\nrich(data.annex.text) }\n",
    );
    project.write("templates/eigenes/zahlen.csv", "eins\n");
    let with_picture = "![Bild](V-0009-2025-Anlage-A-1.png)\n\nDas Haus";
    project.write("b.toml", sound_record("V/0002/2025").replace("Das Haus", with_picture));
    let picture = std::fs::read(crate::program::repository().join("tests/findings/bild.png")).unwrap();
    project.write("V-0009-2025-Anlage-A-1.png", &picture);
    let log = project.path().join(".log");
    // The outputs lie among the records, where only what became of them tells them.
    let mut child = project
        .command(&["render", ".", "--watch", "-o", "."])
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    // Each run ends with a line that says how long it took.
    let runs =
        || std::fs::read_to_string(&log).unwrap().lines().filter(|line| line.ends_with(" s).")).count();
    let after = |expected: usize, what: &str| {
        for _ in 0..2400 {
            if runs() >= expected {
                break;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        // Long enough for many more, if it woke itself.
        std::thread::sleep(Duration::from_millis(1500));
        let said = std::fs::read_to_string(&log).unwrap();
        assert_eq!(runs(), expected, "{what}: {said}");
    };
    after(1, "the first run");
    project.write("templates/eigenes/zahlen.csv", "zwei\n");
    after(2, "a file of the form");
    project.write("V-0009-2025-Anlage-A-1.png", [&picture[..], b"\0"].concat());
    after(3, "a picture that is called like an output");
    let output = project.path().join("anlagen/V-0001-2025-Anlage-B.pdf");
    std::fs::read(&output).unwrap();
    std::fs::read(project.path().join("a.toml")).unwrap();
    after(3, "reading");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn findings_about_a_record_are_said_again_without_setting_it() {
    let project = Project::new();
    let record = sound_record("V/0001/2025").replace("jahr = 2026, ", "");
    project.write("v/1.toml", record);
    let first = project.run(&["render", "v"]);
    let again = project.run(&["render", "v"]);
    assert_eq!((first.code, again.code), (0, 0));
    assert_eq!(again.stdout, "", "nothing is made");
    let findings = |text: &str| text.split("\n\n").next().unwrap().to_owned();
    assert!(findings(&first.stderr).starts_with("Warnung[F201]"), "{}", first.stderr);
    assert_eq!(findings(&first.stderr), findings(&again.stderr));
}
