//! What is said of a hand-over to the archive, or of OParl objects.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::tally::Tally;
use super::words::seconds;
use crate::archive::{HandedOver, Receipt};
use crate::diagnostics::counted;

/// Says what was handed over, and what was left out or is not as an archive wants it.
pub fn hand_over_json(done: &HandedOver) -> Json {
    json!({
        "path": done.path.display().to_string(),
        "proposals": done.proposals,
        "left_out": done.left_out,
        "other_sessions": done.other_sessions,
        "files": done.files,
        "bytes": done.bytes,
        "not_archivable": done.not_archivable,
        "missing_settings": done.missing,
        "identifier": done.receipt.as_ref().map(|receipt| &receipt.identifier),
        "receipt_sha512": done.receipt.as_ref().map(Receipt::hash),
    })
}

/// Sums up a hand-over that took so long.
pub fn hand_over_lines(done: &HandedOver, tally: &Tally, elapsed: Duration) -> Vec<String> {
    let not_archivable = done.not_archivable.iter();
    let mut lines: Vec<String> =
        not_archivable.map(|path| format!("Kein PDF/A, im Bericht vermerkt: {path}")).collect();
    if !done.missing.is_empty() {
        let keys = done.missing.join(", ");
        lines.push(format!("In anlage.toml fehlt: {keys}; es steht ein Platzhalter da."));
    }
    if let Some(first) = done.other_sessions.first() {
        let (names, command) =
            (done.other_sessions.join(", "), if done.receipt.is_some() { "archive" } else { "oparl" });
        lines.push(format!(
            "Nicht enthalten, weil eine Sitzung für sich abgegeben wird: {names} (anlage {command} {first} -o …)."
        ));
    }
    if let Some(receipt) = &done.receipt {
        lines.push(format!("Abgabe {}.", receipt.identifier));
        lines.push(format!("SHA-512 der Quittung: {}", receipt.hash()));
    }
    let mut text = counted(done.proposals, "Vorlage", "Vorlagen");
    if done.left_out > 0 {
        text += &format!(" ohne {}", counted(done.left_out, "nichtöffentliche", "nichtöffentliche"));
    }
    let files = counted(usize::try_from(done.files).unwrap_or(usize::MAX), "Datei", "Dateien");
    lines.push(format!("{text}, {files}, {} Byte ({tally}; {}).", done.bytes, seconds(elapsed)));
    lines
}
