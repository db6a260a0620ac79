//! What is said of a bag or a PDF that was verified.

use serde_json::{Value as Json, json};

use super::words::printable;
use crate::archive::Flaw;
use crate::diagnostics::counted;
use crate::tasks::verify::Verified;

/// Says whether a bag or a PDF is sound, and what is wrong with it.
pub fn verified_json(verified: &Verified) -> Json {
    let flaw = |flaw: &Flaw| json!({ "path": flaw.path, "kind": flaw.kind, "error": flaw.kind.is_error(), "message": flaw.message });
    json!({
        "target": verified.target.display().to_string(),
        // Null if there was nothing to compare it with.
        "sound": if errors(verified) > 0 { Some(false) } else { verified.is_compared().then_some(true) },
        "files": verified.files,
        "bytes": verified.bytes,
        "same_as_record": verified.same,
        "not_compared": verified.uncompared(),
        "receipt_sha512": verified.receipt,
        "flaws": verified.flaws.iter().map(flaw).collect::<Json>(),
    })
}

/// Says the same for people: a line for each flaw, then the verdict.
pub fn verified_lines(verified: &Verified) -> Vec<String> {
    verified.flaws.iter().map(flaw_line).chain([verdict(verified)]).collect()
}

fn flaw_line(flaw: &Flaw) -> String {
    let level = if flaw.kind.is_error() { "Fehler" } else { "Hinweis" };
    format!("{level}: {} {}", printable(&flaw.path), printable(&flaw.message))
}

fn verdict(verified: &Verified) -> String {
    let target = printable(&verified.target.display().to_string());
    let verdict = match errors(verified) {
        0 if !verified.is_compared() => "nicht verglichen".to_owned(),
        0 => sound(verified),
        errors => counted(errors, "Fehler", "Fehler"),
    };
    let files = counted(usize::try_from(verified.files).unwrap_or(usize::MAX), "Datei", "Dateien");
    let same = match verified.same {
        0 => String::new(),
        same => format!("; {} gleich dem, was die Vorlagendatei ergibt", counted(same, "PDF", "PDFs")),
    };
    format!("{target}: {verdict} ({files}, {} Byte{same})", verified.bytes)
}

/// What is said of a bag without errors. Its receipt proves what could be compared with nothing else.
fn sound(verified: &Verified) -> String {
    match (&verified.receipt, verified.uncompared()) {
        (Some(hash), _) => format!("unversehrt und wie quittiert (SHA-512 der Quittung: {hash})"),
        (None, 0) => "unversehrt".to_owned(),
        (None, count) => format!("ohne Fehler, {} nicht verglichen", counted(count, "Datei", "Dateien")),
    }
}

fn errors(verified: &Verified) -> usize {
    verified.flaws.iter().filter(|flaw| flaw.kind.is_error()).count()
}
