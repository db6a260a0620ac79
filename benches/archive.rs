//! How fast records are bagged, on this machine, against copying the same files and hashing them: `cargo bench --bench archive`.
//!
//! Runs the program as it is shipped on copies of the seed's record, each with a file annex, in a temporary folder. The
//! form annexes are made before. Every number is the best of a few runs; ratios are between runs of the same minute.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RECORDS: usize = 1000;
const ROUNDS: usize = 5;

fn main() {
    // `cargo test --benches` passes this; there is nothing to test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    write_records(&root.join("v"));
    std::fs::write(root.join("anlage.toml"), "kommune = 'Stadt X'\n").unwrap();
    anlage(root, &["render", "v"]);
    let (mut bagged, mut copied, mut synced, mut peak) =
        (Duration::MAX, Duration::MAX, Duration::MAX, 0.0_f64);
    for _ in 0..ROUNDS {
        std::fs::remove_dir_all(root.join("bag")).ok();
        let (time, mib) = anlage(root, &["archive", "v", "-o", "bag", "--date", "2025-05-01"]);
        bagged = bagged.min(time);
        peak = peak.max(mib);
        copied = copied.min(copy(root, ""));
        synced = synced.min(copy(root, "sync -f copy;"));
    }
    let (bytes, files) = size(&root.join("bag/data"));
    let seconds = |time: Duration| time.as_secs_f64();
    println!("{RECORDS} proposals, {files} files, {:.0} MB in the bag", bytes as f64 / 1e6);
    println!("bagged, written through       {:6.2} s, {peak:.0} MiB at most", seconds(bagged));
    println!(
        "cp -r; sha512sum              {:6.2} s, ratio {:.2}",
        seconds(copied),
        seconds(bagged) / seconds(copied)
    );
    println!(
        "cp -r; sync; sha512sum        {:6.2} s, ratio {:.2}",
        seconds(synced),
        seconds(bagged) / seconds(synced)
    );
    let (verified, mib) = anlage(root, &["verify", "bag"]);
    println!("verified, each PDF made again {:6.2} s, {mib:.0} MiB at most", seconds(verified));
}

/// Copies what is in the bag, and hashes the copy.
fn copy(root: &Path, between: &str) -> Duration {
    std::fs::remove_dir_all(root.join("copy")).ok();
    let start = Instant::now();
    let script = format!("cp -r bag copy; {between} find copy -type f -print0 | xargs -0 sha512sum > sums");
    assert!(Command::new("sh").args(["-c", &script]).current_dir(root).status().unwrap().success());
    start.elapsed()
}

/// The time of a run, and the most memory that it took in MiB.
fn anlage(root: &Path, arguments: &[&str]) -> (Duration, f64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_anlage"))
        .args(arguments)
        .arg("--quiet")
        .current_dir(root)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak: f64 = 0.0;
    let status = loop {
        peak = peak.max(memory(child.id()).unwrap_or_default());
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    assert!(status.success(), "{arguments:?}");
    (start.elapsed(), peak)
}

/// The most memory that a process has taken, in MiB; known on Linux only.
fn memory(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

fn write_records(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let seed = include_str!("../examples/migrationsleitbild/V-0056-2025.toml");
    let annex =
        lopdf::Document::load_mem(include_bytes!("../examples/feuerwehrbedarfsplan/auszug.pdf")).unwrap();
    for number in 1..=RECORDS {
        let record = seed.replace("= \"V/0056/2025\"", &format!("= \"V/{number:04}/2025\""));
        let annex_table = format!("\n[anlage.8]\ntitel = \"Gutachten\"\ndatei = \"{number}.pdf\"\n");
        std::fs::write(folder.join(format!("{number}.toml")), record + &annex_table).unwrap();
        // As large as a report of some pages with pictures.
        let mut annex = annex.clone();
        let picture = (0..500_000_u32).map(|n| n.wrapping_mul(number as u32).to_le_bytes()[1]).collect();
        annex.add_object(lopdf::Stream::new(lopdf::Dictionary::new(), picture));
        annex.save(folder.join(format!("{number}.pdf"))).unwrap();
    }
}

fn size(folder: &Path) -> (u64, usize) {
    let files =
        walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let sizes: Vec<u64> = files.map(|entry| entry.metadata().unwrap().len()).collect();
    (sizes.iter().sum(), sizes.len())
}
