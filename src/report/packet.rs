//! What is said of the packets of a session.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::json;
use super::tally::Tally;
use super::words::{seconds, set_aside};
use crate::diagnostics::counted;
use crate::packet::{EditionReport, ExtractKind, FileSize, PaperReport};
use crate::tasks::packet::PacketReport;

/// Says which packets were made, which papers each holds, and what is wrong with them.
pub fn packet_json(report: &PacketReport) -> Json {
    json!({
        "session": report.name,
        "editions": report.editions.iter().map(edition_json).collect::<Json>(),
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

/// Says what an edition claims; if nothing, a table of what its papers lack.
fn edition_lines(edition: &EditionReport) -> String {
    let name = edition.edition.name;
    let papers = counted(edition.papers.len(), "Unterlage", "Unterlagen");
    let pages = counted(edition.pages, "Seite", "Seiten");
    let head = format!("{name}: {pages}, {papers}");
    if !edition.claims.is_empty() {
        return format!("{head}; {}.", edition.claims);
    }
    let mut lines = vec![format!("{head}; weder PDF/A-2a noch PDF/UA-1, denn:")];
    lines.extend(lacking(&edition.papers));
    lines.extend(edition.defects.iter().map(|defect| format!("  Struktur der Mappe: {defect}")));
    lines.join("\n")
}

/// Writes a line, in columns, for each paper that lacks something.
fn lacking(papers: &[PaperReport]) -> Vec<String> {
    let lacking: Vec<(&PaperReport, [String; 3])> =
        papers.iter().filter(|paper| !paper.missing.is_empty()).map(|paper| (paper, place(paper))).collect();
    let width = |column: usize| {
        lacking.iter().map(|(_, place)| place[column].chars().count()).max().unwrap_or_default()
    };
    let [a, b, c] = [width(0), width(1), width(2)];
    let line = |(paper, [item, label, pages]): &(&PaperReport, [String; 3])| {
        format!("  {item:a$}  {label:b$}  {pages:c$}  {}", paper.missing.join("; "))
    };
    lacking.iter().map(line).collect()
}

fn place(paper: &PaperReport) -> [String; 3] {
    let pages = if paper.last_page > paper.first_page {
        format!("S. {}–{}", paper.first_page, paper.last_page)
    } else {
        format!("S. {}", paper.first_page)
    };
    [format!("TOP {}", paper.item), format!("{} {}", paper.proposal, paper.label), pages]
}
