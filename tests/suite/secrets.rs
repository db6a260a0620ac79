//! What is not public does not get into anything public: secrets of many kinds, planted in many ways, and ordinary
//! papers that hold none.
//!
//! `ANLAGE_SESSIONS` says how many sessions are tried, if not 80.

mod beside;
mod cases;
mod drawing;
mod leaf;
mod letters;
mod ordinary;
mod producers;
mod reader;
mod session;
mod talk;
mod ways;
mod within;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use self::reader::{everything, squeezed};
use self::session::Planting;
use self::ways::{Right, WAYS, Writer};
use crate::dice::Dice;
use crate::program::{Project, available, files_below, installed};

/// How many sessions are tried.
fn sessions() -> u64 {
    std::env::var("ANLAGE_SESSIONS").map_or(80, |number| number.parse().unwrap())
}

/// Tries something for each number, on all processors; says what was found, by kind.
fn for_each(numbers: std::ops::Range<u64>, find: impl Fn(u64) -> Vec<(String, String)> + Sync) -> String {
    let next = AtomicU64::new(numbers.start);
    let found: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end {
                return;
            }
            for (kind, text) in find(number) {
                found.lock().unwrap().entry(kind).or_default().push(format!("session {number}: {text}"));
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        all.into_iter().for_each(|thread| thread.join().unwrap());
    });
    let found = found.into_inner().unwrap();
    let lines = found.iter().map(|(kind, all)| {
        let some: Vec<&str> = all.iter().take(3).map(String::as_str).collect();
        format!("{kind} ({} times)\n    {}\n", all.len(), some.join("\n    "))
    });
    lines.collect()
}

/// How a run of `packet` ended, and what it found.
pub(crate) struct Outcome {
    pub code: i32,
    pub findings: Vec<Value>,
    /// What went wrong besides.
    pub stderr: String,
}

impl Outcome {
    pub(crate) fn of(project: &Project) -> Self {
        let run = project.run(&["packet", "sitzung.toml", "--format", "json"]);
        let mut findings = Vec::new();
        for line in run.stdout.lines() {
            let report: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{}", run.stdout));
            findings.extend(report["findings"].as_array().cloned().unwrap_or_default());
        }
        Self { code: run.code, findings, stderr: run.stderr }
    }

    /// What is found about packets and papers, in words.
    pub(crate) fn said(&self) -> String {
        let of_packets = self.findings.iter().filter(|finding| {
            finding["severity"] == "fehler"
                || finding["code"].as_str().is_some_and(|code| code.starts_with('P'))
        });
        let lines = of_packets.map(|finding| format!("{} {}\n", finding["code"], finding["message"]));
        lines.collect::<String>() + &self.stderr
    }

    pub(crate) fn with(&self, code: &str) -> Vec<&Value> {
        self.findings.iter().filter(|finding| finding["code"] == code).collect()
    }
}

/// The packet that is for everybody, wherever it lies.
pub(crate) fn public_packet(project: &Project) -> Option<Vec<u8>> {
    let mut packets = files_below(&project.path().join("out"), "pdf");
    packets.retain(|path| {
        let path = path.strip_prefix(project.path()).unwrap().to_str().unwrap();
        path.ends_with("-oeffentlich.pdf") && !path.contains("/nichtoeffentlich/")
    });
    assert!(packets.len() <= 1, "{packets:?}");
    packets.pop().map(|path| std::fs::read(path).unwrap())
}

/// Whether a finding names what is planted.
fn names(finding: &Value, planting: &Planting) -> bool {
    let said = finding["message"].as_str().unwrap();
    let all = squeezed(said);
    let known: Vec<String> =
        [&planting.secret].into_iter().chain(&planting.called).map(|text| squeezed(text)).collect();
    let quotes: Vec<String> = said.split(['„', '“', '…', '»', '«']).map(squeezed).collect();
    // What is quoted may begin before the secret and end within it.
    let says = |quote: &str, known: &str| {
        quote.len() >= 6 && known.contains(quote)
            || (8..known.len()).any(|end| quote.ends_with(&known[..end]))
    };
    let is_named = known.iter().any(|known| {
        let start: String = known.chars().take(24).collect();
        all.contains(&start) || quotes.iter().any(|quote| says(quote, known))
    });
    is_named && is_about(finding, planting)
}

/// Whether a finding is about the annex or the record that something is planted in.
fn is_about(finding: &Value, planting: &Planting) -> bool {
    finding["message"].as_str().unwrap().contains(&planting.place)
}

#[test]
fn every_secret_is_found_or_is_not_in_what_is_public() {
    let holes = for_each(0..sessions(), |seed| {
        let (project, plantings) = session::write(seed);
        let outcome = Outcome::of(&project);
        let (leaks, refused) = (outcome.with("P106"), outcome.with("P108"));
        let mut holes = Vec::new();
        let mut left = Vec::new();
        for planting in &plantings {
            let is_named = leaks.iter().any(|finding| names(finding, planting));
            let hole = |what: &str| {
                let said = outcome.said();
                let mut about: Vec<&str> = said.lines().collect();
                if about.iter().any(|line| line.contains(&planting.place)) {
                    about.retain(|line| line.contains(&planting.place));
                }
                (planting.way.to_owned(), format!("{what}: {}; said: {about:?}", planting.secret))
            };
            match planting.right {
                _ if is_named => {}
                Right::FoundOrRefused if refused.iter().any(|finding| is_about(finding, planting)) => {}
                Right::Found | Right::FoundOrRefused => holes.push(hole("not found")),
                Right::FoundOrGone => left.push((planting, hole("in the public packet"))),
            }
        }
        if !leaks.is_empty() && (outcome.code != 1 || public_packet(&project).is_some()) {
            holes.push(("a packet with a known secret".to_owned(), outcome.said()));
        }
        // What was found would hold the packet back.
        let gone =
            plantings.iter().filter(|planting| !left.iter().any(|(left, _)| std::ptr::eq(*left, *planting)));
        gone.for_each(|planting| planting.take_out(&project));
        let again = Outcome::of(&project);
        let Some(packet) = public_packet(&project).filter(|_| again.code == 0) else {
            let at_first = outcome.said();
            holes.push((
                "held back without a secret".to_owned(),
                format!("{}at first: {at_first}", again.said()),
            ));
            return holes;
        };
        let said = everything(&packet);
        holes.extend(
            left.into_iter()
                .filter(|(planting, _)| said.contains(&squeezed(&planting.secret)))
                .map(|(_, hole)| hole),
        );
        holes
    });
    assert!(holes.is_empty(), "{holes}");
}

#[test]
fn ordinary_papers_hold_nothing_back() {
    let alarms = for_each(0..sessions(), |seed| {
        let (project, cites) = ordinary::write(seed);
        let outcome = Outcome::of(&project);
        let mut alarms = Vec::new();
        for finding in outcome.with("P106") {
            alarms.push(("false alarm".to_owned(), finding["message"].to_string()));
        }
        if outcome.code != 0 || public_packet(&project).is_none() {
            alarms.push(("no packet".to_owned(), outcome.said()));
        }
        if cites && !outcome.with("P107").iter().any(|f| f["message"].to_string().contains("V/0901/2025")) {
            alarms.push(("a number that nothing is said about".to_owned(), outcome.said()));
        }
        alarms
    });
    assert!(alarms.is_empty(), "{alarms}");
}

/// Sees to it that a planted secret is one that somebody can read: other programs find it.
#[test]
fn what_is_planted_can_be_read() {
    if !available(installed("pdftotext"), "pdftotext, for what pages say: poppler-utils") {
        return;
    }
    let misses = for_each(0..WAYS.len() as u64, |number| {
        let way = &WAYS[number as usize];
        let mut dice = Dice(number);
        let text =
            "Die offizielle Finanzierung für „Größe“ – 1.471.000 Euro, § 3 Abs. 2 – schafft Übbing Jörg ab.";
        let bytes = match way.writer {
            Writer::Page(write) => write(text, &mut dice).bytes(),
            Writer::File(write) => write(text, &mut dice),
            // That a file is a copy is seen in its bytes.
            Writer::Copy(_) => return Vec::new(),
        };
        let said = everything(&bytes);
        let expected = squeezed(text);
        let long: Vec<&str> = said.lines().filter(|line| line.len() > 40).collect();
        if said.contains(&expected) { Vec::new() } else { vec![(way.name.to_owned(), long.join("\n"))] }
    });
    assert!(misses.is_empty(), "{misses}");
}
