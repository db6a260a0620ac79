//! In a run each record and each session file is opened once, as the system sees it.

use std::collections::BTreeMap;
use std::process::Command;

use crate::archive::with_session;
use crate::program::{Project, available, installed};

#[test]
fn each_record_and_each_session_file_is_opened_once() {
    if !available(installed("strace"), "what is opened is seen by strace") {
        return;
    }
    let project = with_session();
    let runs: [&[&str]; 5] = [
        &["check", "."],
        &["render", "."],
        &["render", ".", "--force"],
        &["packet", "probe.toml", "--force"],
        &["archive", "probe.toml", "-o", "abgabe"],
    ];
    for arguments in runs {
        let opened = opened(&project, arguments);
        let records = opened.iter().filter(|(name, _)| name.starts_with("V-") || *name == "probe.toml");
        let more: Vec<_> = records.clone().filter(|(_, count)| **count != 1).collect();
        assert!(records.count() >= 4 && more.is_empty(), "{arguments:?}: {more:?}");
    }
}

/// How often the program and what it starts open each TOML file of the project; what it makes does not count.
fn opened(project: &Project, arguments: &[&str]) -> BTreeMap<String, usize> {
    let log = tempfile::tempdir().unwrap();
    let log = log.path().join("log");
    let done = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=openat", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_anlage"))
        .args(arguments)
        .current_dir(project.path())
        .env("XDG_STATE_HOME", project.state())
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    let mut opened = BTreeMap::new();
    for line in std::fs::read_to_string(&log).unwrap().lines() {
        let path = line.split('"').nth(1).unwrap_or_default();
        if path.ends_with(".toml") && !path.contains("/data/") && !line.contains("ENOENT") {
            let name = path.rsplit('/').next().unwrap_or_default();
            *opened.entry(name.to_owned()).or_default() += 1;
        }
    }
    opened
}
