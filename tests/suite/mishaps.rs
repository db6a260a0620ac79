//! What happens to the machine while the program works: it is killed, its processes are killed, the disk is full, it may open
//! only a few files.
//!
//! Whatever happens, nothing that was good is gone, nobody's record is blamed, and the next run is right. `cargo test` tries each
//! a few times with each command, and as often as `ANLAGE_MISHAPS` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::dice::Dice;
use crate::program::{Project, SmallDisk, announce, children, contents_below, sound_record};
use crate::sheets::Sheets;

/// What the program is asked. The bag that is verified is there before.
const COMMANDS: [&[&str]; 4] = [
    &["render", "v"],
    &["packet", "sitzung.toml"],
    &["archive", "sitzung.toml", "-o", "neue-abgabe", "--date", "2025-05-01"],
    &["verify", "abgabe"],
];
const SESSION: &str = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n";
const PAPERS: usize = 5;
/// The longest that a run is let alone, in milliseconds; with luck it is done by then.
const MOST: u64 = 1_500;

/// Done, or a failure of the environment.
const FAILED: [Option<i32>; 2] = [Some(0), Some(3)];
/// Done, stopped, or stopped by the system before the program could listen.
const STOPPED: [Option<i32>; 3] = [Some(0), Some(130), None];

/// All files below a folder, by their paths.
type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// A project in which a command has something to do, and what is good in it.
struct World {
    /// Everything before the command runs: outputs of an earlier state of the records among it.
    before: Tree,
    /// Everything behind it if nothing happens.
    after: Tree,
}

impl World {
    fn new(command: &[&str]) -> Self {
        let project = Project::new();
        write_records(&project, "Die Stadtbücherei wird saniert.");
        for arguments in [&["render", "v"][..], &["packet", "sitzung.toml"]] {
            assert_eq!(project.run(arguments).code, 0);
        }
        let bag = ["archive", "sitzung.toml", "-o", "abgabe", "--date", "2025-04-01"];
        assert_eq!(project.run(&bag).code, 0);
        if command[0] != "verify" {
            write_records(&project, "Die Stadtbücherei wird noch schöner.");
        }
        let before = contents_below(project.path());
        let run = project.run(command);
        assert_eq!(run.code, 0, "{command:?}: {}", run.stderr);
        Self { before, after: contents_below(project.path()) }
    }

    /// Says what is wrong with a project after a mishap.
    fn wrong(&self, folder: &Path) -> Vec<String> {
        let now = contents_below(folder);
        let mut wrong = Vec::new();
        for (path, content) in now.iter().filter(|(path, _)| is_result(path)) {
            let is_good = [&self.before, &self.after].iter().any(|tree| tree.get(path) == Some(content));
            if !is_good {
                wrong.push(format!("{} is neither old nor new", path.display()));
            }
        }
        for path in self.before.keys().filter(|path| is_result(path) && !now.contains_key(*path)) {
            wrong.push(format!("{} is gone", path.display()));
        }
        let new_bag = |tree: &Tree| -> Vec<PathBuf> {
            tree.keys().filter(|path| path.starts_with("neue-abgabe")).cloned().collect()
        };
        let bag = new_bag(&now);
        if !bag.is_empty() && bag != new_bag(&self.after) {
            wrong.push(format!("half a bag: {bag:?}"));
        }
        wrong
    }

    /// Says what is wrong with a project after the next run.
    fn wrong_at_last(&self, folder: &Path) -> Vec<String> {
        let now = contents_below(folder);
        let paths = self.after.keys().chain(now.keys()).filter(|path| is_result(path));
        let other = paths.filter(|path| now.get(*path) != self.after.get(*path));
        other.map(|path| format!("{} is not right at last", path.display())).collect()
    }
}

fn write_records(project: &Project, text: &str) {
    let mut session = SESSION.to_owned();
    for paper in 1..=PAPERS {
        let record = sound_record(&format!("V/{paper:04}/2025"));
        let record = record.replace("Sanierung der Stadtbücherei", &format!("Sanierung, Abschnitt {paper}"));
        let record = record.replace("Die Stadtbücherei wird saniert.", text);
        let annex = format!("\n[anlage.1]\ntitel = 'Plan'\ndatei = '{paper}.pdf'\n");
        project.write(&format!("v/{paper}.toml"), record + &annex);
        project.write(&format!("v/{paper}.pdf"), Sheets::new(&[&format!("Plan {paper}: {text}")]).bytes());
        session += &format!("\n[[top]]\nnummer = '{paper}'\nvorlage = 'v/{paper}.toml'\n");
    }
    project.write("sitzung.toml", session);
}

/// Tells whether a file is something that people use; the state is ours.
fn is_result(path: &Path) -> bool {
    let is_hidden = |part: &std::ffi::OsStr| part.to_string_lossy().starts_with('.');
    !path.iter().any(is_hidden)
        && ["out", "abgabe", "neue-abgabe"].iter().any(|folder| path.starts_with(folder))
}

/// Makes a folder what it was.
fn restore(folder: &Path, tree: &Tree) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.unwrap();
    }
    for (path, content) in tree {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// Tries something with each command, many times: it runs the command and lets happen what may; gives how it ended, if it did
/// so by itself.
fn tried(
    seed: u64,
    allowed: &[Option<i32>],
    mut happens: impl FnMut(&Project, &[&str], &mut Dice) -> Option<Output>,
) {
    let rounds = std::env::var("ANLAGE_MISHAPS").ok().and_then(|count| count.parse().ok()).unwrap_or(3);
    let mut dice = Dice(seed);
    for command in COMMANDS {
        let world = World::new(command);
        let mut codes = BTreeMap::<Option<i32>, usize>::new();
        for round in 0..rounds {
            let project = Project::new();
            restore(project.path(), &world.before);
            let ended = happens(&project, command, &mut dice);
            let at = format!("{command:?}, round {round}");
            if let Some(output) = &ended {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(allowed.contains(&output.status.code()), "{at}: {:?} {said}", output.status);
                assert!(!said.contains("Fehler["), "{at}: somebody's record is blamed: {said}");
            }
            *codes.entry(ended.and_then(|output| output.status.code())).or_default() += 1;
            assert_eq!(world.wrong(project.path()), [""; 0], "{at}");
            // A bag that is whole is not made again.
            if project.path().join("neue-abgabe").exists() {
                continue;
            }
            let next = project.run(command);
            assert_eq!(next.code, 0, "{at}, the next run: {}", next.stderr);
            assert_eq!(world.wrong_at_last(project.path()), [""; 0], "{at}");
        }
        if rounds > 10 {
            announce(&format!("{command:?}: {codes:?}"));
        }
    }
}

fn spawned(project: &Project, command: &[&str]) -> std::process::Child {
    project.command(command).stdin(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_killed_run_loses_nothing() {
    tried(1, &[], |project, command, dice| {
        let mut child = spawned(project, command);
        std::thread::sleep(Duration::from_millis(dice.below(MOST)));
        child.kill().unwrap();
        child.wait().unwrap();
        None
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_asked_to_end_loses_nothing_and_leaves_no_process() {
    tried(6, &STOPPED, |project, command, dice| {
        let child = spawned(project, command);
        std::thread::sleep(Duration::from_millis(dice.below(MOST / 2)));
        let processes = children(child.id());
        let signal = if dice.one_in(2) { "-INT" } else { "-TERM" };
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let path = |process: &u32| std::path::PathBuf::from(format!("/proc/{process}/cmdline"));
        let is_ours = |process: &u32| {
            let called = std::fs::read_to_string(path(process)).unwrap_or_default();
            called.contains("-worker")
        };
        // One whose parent could not listen yet ends by itself.
        if output.status.code().is_some() {
            let left: Vec<&u32> = processes.iter().filter(|process| is_ours(process)).collect();
            assert!(left.is_empty(), "{command:?}: {left:?}");
        }
        Some(output)
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_whose_processes_are_killed_loses_nothing() {
    tried(2, &FAILED, |project, command, dice| {
        let child = spawned(project, command);
        for _ in 0..=dice.below(3) {
            std::thread::sleep(Duration::from_millis(dice.below(MOST / 3)));
            for process in children(child.id()) {
                Command::new("kill").args(["-9", &process.to_string()]).stderr(Stdio::null()).status().ok();
            }
        }
        Some(child.wait_with_output().unwrap())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_passes_a_search_whose_process_is_killed() {
    let project = Project::new();
    write_records(&project, "Die Stadtbücherei wird saniert.");
    let secret = "Der Eigentümer verlangt für das Haus am Kanal mindestens 471.000 Euro.";
    let record = sound_record("V/0009/2025").replace("oeffentlich = true", "oeffentlich = false");
    project.write("v/9.toml", record.replace("Die Stadtbücherei wird saniert.", secret));
    project.write("v/1.pdf", Sheets::new(&[secret]).bytes());
    let session = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write(
        "sitzung.toml",
        session + "\n[[top]]\nnummer = '9'\nvorlage = 'v/9.toml'\noeffentlich = false\n",
    );
    let command = ["packet", "sitzung.toml", "--edition", "public"];
    assert_eq!(project.run(&command).code, 1);
    let is_searching = |process: &u32| {
        let command = std::fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
        command.contains("search-worker")
    };
    let mut dice = Dice(5);
    let mut killed = 0;
    for round in 0..20 {
        let mut child = spawned(&project, &command);
        while child.try_wait().unwrap().is_none() {
            let Some(searcher) = children(child.id()).into_iter().find(is_searching) else { continue };
            std::thread::sleep(Duration::from_millis(dice.below(60)));
            let kill =
                Command::new("kill").args(["-9", &searcher.to_string()]).stderr(Stdio::null()).status();
            killed += usize::from(kill.is_ok_and(|status| status.success()));
            // Every second one is killed again and again.
            if round % 2 == 0 {
                break;
            }
        }
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let is_found = output.status.code() == Some(1) && said.contains("[P106]");
        assert!(is_found || output.status.code() == Some(3), "{round}: {:?} {said}", output.status);
        assert_eq!(project.pdfs("out/oeffentlich"), [""; 0], "{round}");
    }
    assert!(killed > 5, "{killed}");
}

#[cfg(unix)]
#[test]
fn a_run_that_may_open_only_a_few_files_loses_nothing() {
    tried(3, &FAILED, |project, command, dice| {
        let limit = format!("-n {}", 6 + dice.below(34));
        Some(project.command_within(&limit, command).output().unwrap())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    /// More than all of it needs, in bytes.
    const DISK: u64 = 32 << 20;
    /// The most that is left, in bytes.
    const LEFT: u64 = 1_500 << 10;
    let mut can_mount = true;
    tried(4, &FAILED, |project, command, dice| {
        if !can_mount {
            return None;
        }
        let kept = contents_below(project.path());
        let Some(mounted) = SmallDisk::at(project.path(), DISK) else {
            can_mount = false;
            return None;
        };
        restore(project.path(), &kept);
        let used: u64 = kept.values().map(|content| (content.len() as u64).next_multiple_of(4096)).sum();
        let free = DISK.saturating_sub(used);
        let filler = project.path().join("voll.bin");
        // What the folders take is not known.
        let mut filled = free.saturating_sub(dice.below(LEFT));
        while std::fs::write(&filler, vec![0; filled as usize]).is_err() {
            filled = filled.saturating_sub(16 << 10);
        }
        let output = project.command(command).stdin(Stdio::null()).output().unwrap();
        std::fs::remove_file(&filler).unwrap();
        let left = contents_below(project.path());
        drop(mounted);
        restore(project.path(), &left);
        Some(output)
    });
}
