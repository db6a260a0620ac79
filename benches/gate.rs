//! How much of a public packet's time its search takes, on the sessions of the examples: `cargo bench --bench gate`.
//!
//! The packet is made by the program as it is shipped, whole process, up to date in nothing but its form annexes. Its search is
//! made once more as the program makes it: what is looked for is read from the files that are not public, and then looked for
//! in the finished packet, in a process with limits. Every number is the best of a few runs.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anlage::packet::secrets::Secret;
use anlage::packet::{Confidential, Searcher};
use anlage::run::{RecordFile, Run, open_session};
use anlage::tasks::agenda::Agenda;

const SESSIONS: [&str; 3] = ["ratssitzung", "bezirksvertretung", "gemeinsame-sitzung"];
const ROUNDS: usize = 7;

fn main() {
    // `cargo test --benches` passes this; there is nothing to test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    for name in SESSIONS {
        let project = tempfile::tempdir().unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        assert!(Command::new("cp").arg("-r").arg(example).arg(project.path()).status().unwrap().success());
        let root = project.path().join(name);
        let made = (0..ROUNDS).map(|_| packet(&root)).min().unwrap();
        let searched = (0..ROUNDS).map(|_| search(&root)).min().unwrap();
        let [made, searched] = [made, searched].map(|time| time.as_secs_f64());
        println!(
            "{name:20} packet {:4.0} ms, its search {:4.0} ms, {:2.0} %",
            made * 1e3,
            searched * 1e3,
            searched / made * 100.0
        );
    }
}

/// Makes the public packet; returns how long that takes.
fn packet(root: &Path) -> Duration {
    let start = Instant::now();
    let arguments = ["packet", "sitzung.toml", "--edition", "public", "--force", "--quiet"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_anlage"));
    let status =
        command.args(arguments).current_dir(root).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap().success());
    start.elapsed()
}

/// Searches the packet; returns how long that takes.
fn search(root: &Path) -> Duration {
    let program = Path::new(env!("CARGO_BIN_EXE_anlage"));
    let run = Run::new(program.to_path_buf(), None, Arc::new(AtomicBool::new(false)));
    let file = RecordFile::named(root.join("sitzung.toml"));
    let opened = open_session(&run, &file).ok().unwrap();
    let agenda = Agenda::open(&run, &opened, &[]).unwrap();
    let mut confidential = Confidential::of_session(&agenda.business());
    let folder = std::fs::read_dir(root.join("out/oeffentlich")).unwrap();
    let packet = folder
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "pdf"));
    let packet = std::fs::read(packet.unwrap()).unwrap();
    let start = Instant::now();
    let mut searcher = Searcher::new(program, Arc::new(AtomicBool::new(false)));
    for (origin, path) in std::mem::take(&mut confidential.files) {
        let known = searcher.know(&std::fs::read(path).unwrap()).ok().unwrap();
        let secrets = known.contents.into_iter().map(|content| Secret { content, origin });
        confidential.wanted.secrets.extend(secrets);
    }
    let result = searcher.search(&confidential.wanted, &packet).ok().unwrap();
    assert!(result.unread.is_empty());
    start.elapsed()
}
