//! Files that something broke: records, sessions, PDFs, bags, what the program keeps for itself. Whatever a byte becomes, the
//! program ends within its limits, with one of its exit codes, and without an inner error.
//!
//! `cargo test` tries some of each kind, and as many as `ANLAGE_MUTATIONS` says. What fails is kept in `target/mutations/`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::folders::other_texts;
use crate::program::{Project, files_below, repository, sound_record};
use crate::sheets::Sheets;

/// The longest that a run may take; no test is about time, but all of them end.
const LIMIT: Duration = Duration::from_secs(120);
/// The most memory that a process may reserve, in KiB; children have smaller limits of their own.
const MEMORY: u64 = 8 << 20;

/// What readers of such files trip over.
const TOKENS: &[&str] = &[
    "-1",
    "0",
    "99999999999999999999",
    "4294967296",
    "1e999",
    "nan",
    "null",
    "{}",
    "[]",
    "[[",
    "]]",
    "\"\"\"",
    "'''",
    "\n",
    "\r\n",
    "\t",
    "\\",
    "\\u0000",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "ﬁ",
    "\u{1f600}",
    "../../../etc/passwd",
    "C:\\x",
    "%00",
    "/dev/zero",
    "<!DOCTYPE x>",
    "<<",
    ">>",
    "endobj",
    "stream",
    "endstream",
    "1 0 R",
    "0 0 R",
    "/Kids",
    "/Parent 1 0 R",
    "/Length 999999999",
    "/Filter /FlateDecode",
    "/W [1 2 3]",
    "/Index [0 99999999]",
    "xref",
    "trailer",
    "%%EOF",
    "BT",
    "q q q q",
    "2025-02-30",
    "true",
    "= = =",
];

fn count() -> u64 {
    std::env::var("ANLAGE_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(40)
}

/// Breaks some bytes; `other` is a file of the same kind.
fn broken(dice: &mut Dice, file: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..=dice.below(5) {
        let len = bytes.len() as u64;
        let at = dice.below(len + 1) as usize;
        // Short pieces mostly, now and then a long one.
        let size = if dice.one_in(8) { dice.below(len + 1) } else { dice.below(24) };
        let end = (at + size as usize).min(bytes.len());
        match dice.below(8) {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(len + 1) as usize;
                bytes.splice(to..to, piece);
            }
            4 => {
                let from = dice.below(other.len() as u64 + 1) as usize;
                let piece = &other[from..(from + size as usize).min(other.len())];
                bytes.splice(at..end, piece.iter().copied());
            }
            5 => bytes.truncate(end),
            6 => {
                let piece = bytes[at..end].to_vec();
                let many = 1 + dice.below(200) as usize;
                if piece.len() * many < 1 << 20 {
                    bytes.splice(at..at, piece.repeat(many));
                }
            }
            _ => {
                let token = TOKENS[dice.below(TOKENS.len() as u64) as usize];
                bytes.splice(at..if dice.one_in(2) { at } else { end }, token.bytes());
            }
        }
    }
    bytes
}

/// Runs the program within limits; says what is wrong with how it ends.
fn ended(project: &Project, arguments: &[&str]) -> Result<(), String> {
    let mut child = project
        .command_within(&format!("-v {MEMORY}"), arguments)
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(project.path().join(".said")).unwrap())
        .spawn()
        .unwrap();
    let until = Instant::now() + LIMIT;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > until => {
                child.kill().unwrap();
                child.wait().unwrap();
                return Err("it does not end".to_owned());
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let said = String::from_utf8_lossy(&project.read(".said")).into_owned();
    let is_inner = ["panicked", "overflow", "memory allocation"].iter().any(|word| said.contains(word));
    match status.code() {
        Some(0..=3) if !is_inner => Ok(()),
        code => Err(format!("{code:?}: {said}")),
    }
}

/// Breaks one of some files of a project again and again, and lets `run` try what the program makes of it.
fn tried(
    kind: &str,
    seed: u64,
    project: &Project,
    files: &[PathBuf],
    run: impl Fn(&mut Dice, &Path) -> Result<(), String>,
) {
    let sound: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut dice = Dice(seed);
    for round in 0..count() {
        let which = dice.below(files.len() as u64) as usize;
        let other = dice.below(files.len() as u64) as usize;
        let broken = broken(&mut dice, &sound[which], &sound[other]);
        std::fs::write(&files[which], &broken).unwrap();
        if let Err(wrong) = run(&mut dice, &files[which]) {
            let kept = repository().join("target/mutations");
            std::fs::create_dir_all(&kept).unwrap();
            let name = files[which].file_name().unwrap().to_string_lossy().into_owned();
            let kept = kept.join(format!("{kind}-{round}-{name}"));
            std::fs::write(&kept, &broken).unwrap();
            panic!(
                "{} ({}): {wrong}",
                kept.display(),
                files[which].strip_prefix(project.path()).unwrap().display()
            );
        }
        std::fs::write(&files[which], &sound[which]).unwrap();
    }
}

/// A session with two proposals, the second not public, and what they need.
fn council() -> Project {
    let project = Project::new();
    let mut session = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nladung = 2025-01-20\n".to_owned();
    for (paper, public) in [(1, true), (2, false)] {
        let table = format!("\n\n| a | b |\n|---|--:|\n| {paper} | {paper}.000,50 |\n\"\"\"");
        let record = sound_record(&format!("V/{paper:04}/2025"));
        let record = if public { record } else { other_texts(&record) };
        let record = record
            .replace("oeffentlich = true", &format!("oeffentlich = {public}"))
            .replacen("\n\"\"\"", &table, 1);
        project.write(
            &format!("v/{paper}.toml"),
            format!("{record}\n[anlage.1]\ntitel = 'Plan'\ndatei = '{paper}.pdf'\n"),
        );
        project.write(&format!("v/{paper}.pdf"), Sheets::new(&[&format!("Plan {paper}"), "Seite"]).bytes());
        session +=
            &format!("\n[[top]]\nnummer = '{paper}'\nvorlage = 'v/{paper}.toml'\noeffentlich = {public}\n");
    }
    project.write("sitzung.toml", session);
    project
}

fn copied(project: &Project, from: &[PathBuf], folder: &str) -> Vec<PathBuf> {
    let copy = |(at, path): (usize, &PathBuf)| {
        let end = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        project.write(&format!("{folder}/{at}.{end}"), std::fs::read(path).unwrap())
    };
    from.iter().enumerate().map(copy).collect()
}

#[test]
fn broken_records_are_checked_and_mended() {
    let project = Project::new();
    let mut seeds = files_below(&repository().join("tests/findings"), "toml");
    seeds.extend(files_below(&repository().join("examples/andere-orte"), "toml"));
    let files = copied(&project, &seeds, "v");
    tried("record", 1, &project, &files, |dice, file| {
        let name = file.to_string_lossy().into_owned();
        let command: &[&str] = match dice.below(6) {
            0 => &["render", &name],
            1 => &["check", "--pages", &name],
            2 => &["check", "--fix", &name],
            3 => &["oparl", &name],
            _ => &["check", &name],
        };
        ended(&project, command)
    });
}

#[test]
fn broken_sessions_are_made_or_refused() {
    let project = council();
    let files: Vec<PathBuf> =
        ["sitzung.toml", "anlage.toml", "v/1.toml"].iter().map(|name| project.path().join(name)).collect();
    project.write("anlage.toml", "gemeinde = 'Stadt Münster'\n[paket]\n");
    tried("session", 2, &project, &files, |dice, _| {
        let command: &[&str] = match dice.below(8) {
            0 => &["agenda", "sitzung.toml"],
            1 => &["packet", "sitzung.toml"],
            2 => &["oparl", "sitzung.toml"],
            3 => &["dispatch", "sitzung.toml", "--date", "2025-01-20"],
            _ => &["check", "sitzung.toml"],
        };
        let ended = ended(&project, command);
        std::fs::remove_dir_all(project.path().join("versand")).ok();
        ended
    });
}

#[test]
fn broken_pdfs_are_read_or_refused() {
    let project = council();
    let mut seeds = files_below(&repository().join("tests/producers"), "pdf");
    seeds.extend(files_below(&repository().join("tests/scans"), "pdf"));
    seeds.push(project.path().join("v/2.pdf"));
    let files = copied(&project, &seeds, "x");
    tried("pdf", 3, &project, &files, |dice, file| {
        let name = file.to_string_lossy().into_owned();
        let command: &[&str] = match dice.below(6) {
            0 => {
                std::fs::copy(file, project.path().join("v/1.pdf")).unwrap();
                &["packet", "sitzung.toml", "--edition", "public"]
            }
            1 => &["extract", &name],
            2 => &["verify", &name],
            3 => {
                std::fs::copy(file, project.path().join("v/1.pdf")).unwrap();
                &["check", "v/1.toml"]
            }
            _ => &["inspect", &name],
        };
        ended(&project, command)
    });
}

#[test]
fn broken_bags_are_judged() {
    let project = council();
    let run = project.run(&["archive", "sitzung.toml", "-o", "abgabe", "--date", "2025-05-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let files: Vec<PathBuf> = walkdir::WalkDir::new(project.path().join("abgabe"))
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .collect();
    tried("bag", 4, &project, &files, |_, _| ended(&project, &["verify", "abgabe"]));
}

#[test]
fn what_the_program_keeps_for_itself_is_not_believed() {
    let project = council();
    for command in [
        &["render", "v"][..],
        &["packet", "sitzung.toml"],
        &["dispatch", "sitzung.toml", "--date", "2025-01-20"],
    ] {
        let run = project.run(command);
        assert_eq!(run.code, 0, "{command:?}: {}", run.stderr);
    }
    let kept = |path: &Path| {
        path.is_file()
            && path
                .components()
                .any(|part| [".anlage", "versand"].iter().any(|name| part.as_os_str() == *name))
    };
    let entries = walkdir::WalkDir::new(project.path()).sort_by_file_name().into_iter();
    let files: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().into_path()).filter(|path| kept(path)).collect();
    assert!(files.len() > 3, "{files:?}");
    tried("state", 5, &project, &files, |dice, _| {
        let command: &[&str] = match dice.below(5) {
            0 => &["packet", "sitzung.toml"],
            1 => &["log", "sitzung.toml"],
            2 => &["verify", "versand"],
            3 => &["check", "v"],
            _ => &["render", "v"],
        };
        ended(&project, command)
    });
}
