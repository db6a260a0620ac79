//! PDFs as other programs make them, from `tests/producers`: what they say is found in each.

use super::cases::session;
use super::reader::squeezed;
use super::{Outcome, public_packet};
use crate::program::{files_below, repository};

#[test]
fn what_other_programs_write_is_found() {
    let files = files_below(&repository().join("tests/producers"), "pdf");
    assert!(files.len() >= 9, "{files:?}");
    // On two lines of the page, with ligatures and umlauts; cells of a table.
    let sentence = "Die offizielle Finanzierung für den Hof „Lütke Wentrup“ schafft am 3. April 2026 eine \
                    Grundpfandfläche von 1.250.000 Euro.";
    let row = "| Bieter | Summe |\n|---|---|\n| Öhlmann & Söhne | 471.003,50 Euro |";
    let mut holes = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(&file).unwrap();
        for (secret, named) in [(sentence, "Finanzierung"), (row, "471.003,50 Euro")] {
            let project = session(&bytes, secret);
            let outcome = Outcome::of(&project);
            let leaks = outcome.with("P106");
            let is_named = leaks
                .iter()
                .any(|finding| squeezed(finding["message"].as_str().unwrap()).contains(&squeezed(named)));
            if !is_named || outcome.code != 1 || public_packet(&project).is_some() {
                holes.push(format!("{name}: {named}"));
            }
        }
        let outcome = Outcome::of(&session(&bytes, "Der Ankauf einer Wiese am Kesselbruch wird vertagt."));
        if outcome.code != 0 || !outcome.with("P106").is_empty() {
            holes.push(format!("{name}: held back without a secret: {}", outcome.said()));
        }
    }
    assert!(holes.is_empty(), "{holes:#?}");
}
