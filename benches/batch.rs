//! How fast records become PDFs, on this machine: `cargo bench`.
//!
//! Runs the program as it is shipped on records made of the examples, in a temporary folder. No two of them have the same
//! texts: what is the same is laid out only once. Every number is the best of a few runs; ratios are between runs of the
//! same minute.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anlage::record::input::Input;
use anlage::record::project::Project;
use anlage::run::WorkPlace;
use anlage::tasks::desk::Desk;
use anlage::typeset::{Engine, Format, Options, Standard, job};
use regex::{Captures, Regex};

const RECORDS: usize = 400;
const MANY: usize = 2000;
const ROUNDS: usize = 3;
const PHASE_RECORDS: usize = 100;

fn main() {
    // `cargo test --benches` passes this; there is nothing to test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    std::fs::write(root.join("anlage.toml"), "").unwrap();
    write_records(&root.join("records"), RECORDS);
    write_records(&root.join("many"), MANY);
    write_records(&root.join("one"), 1);
    let cores = std::thread::available_parallelism().unwrap().get();
    println!("{cores} cores, {RECORDS} records of distinct texts, PDF/A-2a and PDF/UA-1\n");

    phases(&root.join("records"));
    let one = best(root, &["render", "one", "--force"], ROUNDS * 5);
    println!("one annex, whole process      {:8.1} ms", milliseconds(one.time));
    let check = best(root, &["check", "records"], ROUNDS);
    println!("read and check                {:8.1} records/s", rate(RECORDS, check.time));
    let single = best(root, &["render", "records", "--force", "--jobs", "1"], ROUNDS);
    println!("render on one thread          {:8.1} records/s", rate(RECORDS, single.time));
    let all = best(root, &["render", "records", "--force"], ROUNDS);
    let ratio = single.time.as_secs_f64() / all.time.as_secs_f64();
    println!(
        "render on all threads         {:8.1} records/s, {ratio:.2} times one thread",
        rate(RECORDS, all.time)
    );
    println!("  of that read and check      {:8.1} %", share(check.time, all.time));
    println!("  peak memory, all processes  {:8.1} MiB", all.peak_mib);
    let first = best(root, &["render", "many", "-o", "many-out"], 1);
    println!("render {MANY} records         {:8.1} records/s", rate(MANY, first.time));
    println!("  peak memory, all processes  {:8.1} MiB", first.peak_mib);
    let nothing = best(root, &["render", "many", "-o", "many-out"], ROUNDS);
    println!("{MANY} records up to date       {:8.1} ms", milliseconds(nothing.time));
    let read = best(root, &["render", "many", "-o", "many-out", "--verify-outputs"], ROUNDS);
    println!("  and all outputs read        {:8.1} ms", milliseconds(read.time));
    let record = root.join("many/77.toml");
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(&record, format!("{text}\n# geändert\n")).unwrap();
    let changed = best(root, &["render", "many", "-o", "many-out"], 1);
    println!("one changed among them        {:8.1} ms", milliseconds(changed.time));
}

/// What the time of a document is spent on, in one thread of this process, as typst itself measures it.
fn phases(folder: &Path) {
    let project = Arc::new(Project::open(folder).unwrap());
    let options = Options { format: Format::Pdf(Standard::default_set()), draft: false, embed_record: false };
    let engine = Engine::default();
    let mut desk = Desk::new(&anlage::run::Run::new(PathBuf::new(), None, Arc::default()), WorkPlace::Here);
    let mut outputs = Vec::new();
    let mut reading = Duration::ZERO;
    let mut run = |number: usize| {
        let path = folder.join(format!("{number}.toml"));
        let start = Instant::now();
        let bytes = std::fs::read(&path).unwrap();
        let opened = Desk::open(Input::of("", &bytes, &project).unwrap());
        desk.check(&opened);
        let job = job(&opened.proposal, opened.proposal.form_annexes().next().unwrap(), &options);
        reading += start.elapsed();
        outputs.push(engine.run(&job, &project.fonts).files.remove(0));
    };
    (1..=PHASE_RECORDS / 2).for_each(&mut run);
    typst_timing::enable();
    (1..=PHASE_RECORDS).for_each(&mut run);
    typst_timing::disable();
    let read_and_check = milliseconds(reading) / (PHASE_RECORDS * 3 / 2) as f64;
    let [compile, eval, export] = spans(["compile", "eval", "pdf"]);
    let written = tempfile::tempdir().unwrap();
    let start = Instant::now();
    for (number, bytes) in outputs.iter().enumerate() {
        anlage::files::write(&written.path().join(format!("{number}.pdf")), bytes).unwrap();
    }
    let write = milliseconds(start.elapsed()) / outputs.len() as f64;
    println!(
        "phases of one document: read and check {read_and_check:.2} ms, evaluate {eval:.2} ms, lay out {:.2} ms, \
              export {export:.2} ms, write {write:.2} ms\n",
        compile - eval
    );
}

/// The time within spans of typst by their names, nested ones of the same name counted once, in milliseconds a document.
fn spans<const N: usize>(names: [&str; N]) -> [f64; N] {
    let mut json = Vec::new();
    typst_timing::export_json(&mut json, |_| (String::new(), 0)).unwrap();
    let events: Vec<serde_json::Value> = serde_json::from_slice(&json).unwrap();
    names.map(|name| {
        let (mut depth, mut total) = (0, 0.0);
        for event in events.iter().filter(|event| event["name"] == name) {
            let time = event["ts"].as_f64().unwrap();
            let begins = event["ph"] == "B";
            depth -= i32::from(!begins);
            if depth == 0 {
                total += if begins { -time } else { time };
            }
            depth += i32::from(begins);
        }
        total / 1000.0 / PHASE_RECORDS as f64
    })
}

struct Run {
    time: Duration,
    peak_mib: f64,
}

/// The fastest of some runs, with the most memory that any took.
fn best(folder: &Path, arguments: &[&str], rounds: usize) -> Run {
    let runs: Vec<Run> = (0..rounds).map(|_| run(folder, arguments)).collect();
    let time = runs.iter().map(|run| run.time).min().unwrap();
    let peak_mib = runs.iter().map(|run| run.peak_mib).fold(0.0, f64::max);
    Run { time, peak_mib }
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_anlage"))
        .args(arguments)
        .arg("--quiet")
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak_mib: f64 = 0.0;
    let status = loop {
        peak_mib = peak_mib.max(peak(child.id()).unwrap_or_default());
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let time = start.elapsed();
    assert!(status.success(), "{arguments:?}");
    Run { time, peak_mib }
}

/// The most memory that a process and those that it has started have taken, in MiB; known on Linux only.
fn peak(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let own = line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0;
    let started = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children")).ok();
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).ok()?.flatten();
    let children = threads.filter_map(started).collect::<Vec<_>>().join(" ");
    Some(own + children.split_whitespace().filter_map(|child| peak(child.parse().ok()?)).sum::<f64>())
}

/// Writes records made of the examples without pictures: each has a number of its own, and in its long texts the nouns have
/// changed places, so that hardly a paragraph comes twice. `benches/peers/records.py` does the same.
fn write_records(folder: &Path, count: usize) {
    std::fs::create_dir_all(folder).unwrap();
    let number = Regex::new(r#"(?m)^(nummer\s*= "V/)[0-9]{4}"#).unwrap();
    let long_text = Regex::new(r#"(?s)""".*?"""|'''.*?'''"#).unwrap();
    let noun = Regex::new(r"\b[A-ZÄÖÜ][a-zäöüß]{5,}\b").unwrap();
    let examples = examples();
    for index in 0..count {
        let text = &examples[index % examples.len()];
        let text = number.replace(text, format!("${{1}}{:04}", index + 1));
        let mut chance = index as u64;
        let text = long_text.replace_all(&text, |long: &Captures<'_>| {
            let mut nouns: Vec<&str> = noun.find_iter(&long[0]).map(|noun| noun.as_str()).collect();
            for place in (1..nouns.len()).rev() {
                // Knuth's generator: the same records on every machine.
                chance = chance.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                nouns.swap(place, (chance >> 33) as usize % (place + 1));
            }
            noun.replace_all(&long[0], |_: &Captures<'_>| nouns.pop().unwrap().to_owned()).into_owned()
        });
        std::fs::write(folder.join(format!("{}.toml", index + 1)), text.as_bytes()).unwrap();
    }
}

/// The example records, the seed first, without pictures and files.
fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut paths: Vec<PathBuf> = root.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort_by_key(|path| (!path.ends_with("migrationsleitbild"), path.clone()));
    let mut texts = Vec::new();
    for folder in paths.iter().filter(|path| path.is_dir()) {
        let mut files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let records = files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
        texts.extend(records.map(|path| std::fs::read_to_string(path).unwrap()));
    }
    texts.retain(|text| !text.contains("![") && !text.contains("[sitzung]"));
    texts.iter().map(|text| text.split("\n[anlage.1]").next().unwrap().to_owned()).collect()
}

fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn share(part: Duration, whole: Duration) -> f64 {
    100.0 * part.as_secs_f64() / whole.as_secs_f64()
}
