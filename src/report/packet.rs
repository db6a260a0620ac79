//! What is said of the packets of a session.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::json;
use super::tally::Tally;
use super::words::{seconds, set_aside};
use crate::diagnostics::counted;
use crate::packet::{EditionReport, ExtractKind, FileSize, PaperReport};
use crate::pdf::Claims;
use crate::tasks::packet::{PacketReport, SentVersion};

/// Says which packets were made, which papers each holds, and what is wrong with them.
pub fn packet_json(report: &PacketReport) -> Json {
    let sent = |sent: &SentVersion| json!({ "name": sent.name, "same": sent.is_same, "changes": sent.changes, "files": sent.files });
    json!({
        "session": report.name,
        "sent": report.sent.as_ref().map(sent),
        "editions": report.editions.iter().map(edition_json).collect::<Json>(),
        "index": report.index,
        "set_aside": json::set_aside(&report.set_aside),
        "failure": report.failure.as_ref().map(ToString::to_string),
        "findings": json::findings(&report.findings),
    })
}

fn edition_json(edition: &EditionReport) -> Json {
    let mut object = json!(edition);
    object["outcome"] = if edition.up_to_date { "up-to-date" } else { "made" }.into();
    object
}

/// Sums up a run that took so long. `tally` counts the findings of the session and of its records.
pub fn packet_summary(report: &PacketReport, tally: &Tally, elapsed: Duration) -> String {
    let mut lines: Vec<String> = Vec::new();
    for edition in &report.editions {
        lines.push(edition_lines(edition));
        lines.extend(extract_lines(edition));
    }
    lines.extend(report.set_aside.iter().map(set_aside));
    let done = match report.editions.len() {
        _ if report.interrupted => "Abgebrochen".to_owned(),
        0 => "Keine Mappe erstellt".to_owned(),
        count => {
            let old = report.editions.iter().all(|edition| edition.up_to_date);
            let done = if old { "unverändert" } else { "erstellt" };
            format!("{} {done}", counted(count, "Mappe", "Mappen"))
        }
    };
    lines.push(format!("{done} ({tally}; {}).", seconds(elapsed)));
    lines.join("\n")
}

/// Says what lies beside an edition.
fn extract_lines(edition: &EditionReport) -> Vec<String> {
    let line = |kind: &ExtractKind| {
        let count = edition.extracts.iter().filter(|extract| extract.kind == *kind).count();
        match kind {
            ExtractKind::Item => {
                format!("  {} für sich.", counted(count, "Tagesordnungspunkt", "Tagesordnungspunkte"))
            }
            ExtractKind::Delta => "  Nachtrag für alle, die die vorige Fassung haben.".to_owned(),
            ExtractKind::Part { max_bytes } if edition.bytes <= *max_bytes => {
                format!("  Nicht geteilt, denn sie ist nicht größer als {}.", FileSize(*max_bytes))
            }
            ExtractKind::Part { .. } if count == 0 => {
                "  Nicht geteilt, denn sie hat nicht mehr als eine Unterlage.".to_owned()
            }
            ExtractKind::Part { max_bytes } => {
                format!("  {} bis {}.", counted(count, "Teil", "Teile"), FileSize(*max_bytes))
            }
        }
    };
    edition.extracted.iter().map(line).collect()
}

/// Says what an edition claims; if that is not all there is, why, and which papers are the reason.
fn edition_lines(edition: &EditionReport) -> String {
    let name = edition.edition.name;
    let papers = counted(edition.papers.len(), "Unterlage", "Unterlagen");
    let pages = counted(edition.pages, "Seite", "Seiten");
    let all = Claims::FULL.to_string();
    let lacks: Vec<&str> = all.split(", ").filter(|claim| !edition.claims.contains(claim)).collect();
    let said = if edition.claims.is_empty() { String::new() } else { format!("; {}", edition.claims) };
    let head = format!("{name}: {pages}, {papers}{said}");
    if lacks.is_empty() {
        return format!("{head}.");
    }
    let mut lines = vec![format!("{head}; nicht {}, denn:", lacks.join(" und nicht "))];
    lines.extend(lacking(&edition.papers));
    lines.extend(edition.defects.iter().map(|defect| format!("  Struktur der Mappe: {defect}")));
    lines.join("\n")
}

/// Says what papers lack, once for all that lack the same, and below it, in columns, which those are.
fn lacking(papers: &[PaperReport]) -> Vec<String> {
    let lacking: Vec<(&PaperReport, [String; 3])> =
        papers.iter().filter(|paper| !paper.missing.is_empty()).map(|paper| (paper, place(paper))).collect();
    let width = |column: usize| {
        lacking.iter().map(|(_, place)| place[column].chars().count()).max().unwrap_or_default()
    };
    let [a, b] = [width(0), width(1)];
    let mut reasons: Vec<&Vec<String>> = Vec::new();
    for (paper, _) in &lacking {
        if !reasons.contains(&&paper.missing) {
            reasons.push(&paper.missing);
        }
    }
    let lines = |missing: &Vec<String>| {
        let same = lacking.iter().filter(|(paper, _)| paper.missing == *missing);
        let places = same.map(|(_, [item, label, pages])| format!("    {item:a$}  {label:b$}  {pages}"));
        std::iter::once(format!("  {}:", missing.join("; "))).chain(places).collect::<Vec<_>>()
    };
    reasons.into_iter().flat_map(lines).collect()
}

fn place(paper: &PaperReport) -> [String; 3] {
    let [first, last] = &paper.labels;
    let pages = if first == last { format!("S. {first}") } else { format!("S. {first}–{last}") };
    [format!("TOP {}", paper.item), format!("{} {}", paper.proposal, paper.label), pages]
}
