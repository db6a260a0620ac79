//! What is said of sheets for the print room.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::json;
use super::packet::packet_json;
use super::tally::Tally;
use super::words::{seconds, set_aside};
use crate::diagnostics::counted;
use crate::print::Ticket;
use crate::tasks::print::{PrintReport, PrintedSheets};

/// Says which sheets were made, and what is on them.
pub fn print_json(report: &PrintReport) -> Json {
    json!({
        "input": report.name,
        "printed": report.printed.iter().map(printed_json).collect::<Json>(),
        "packet": report.packet.as_ref().map(packet_json),
        "failure": report.failure.as_ref().map(ToString::to_string),
        "findings": json::findings(&report.findings),
    })
}

fn printed_json(printed: &PrintedSheets) -> Json {
    let mut object = printed.ticket.json();
    object["edition"] = json!(printed.edition);
    object["source"] = json!(printed.source);
    object["paths"] = json!(printed.paths);
    object["plans"] = json!(printed.plans);
    object["tickets"] = json!(printed.tickets);
    object
}

/// Sums up a run that took so long.
pub fn print_summary(report: &PrintReport, tally: &Tally, elapsed: Duration) -> String {
    let mut lines: Vec<String> = report.printed.iter().flat_map(printed_lines).collect();
    let aside = report.packet.iter().flat_map(|packet| &packet.set_aside);
    lines.extend(aside.map(set_aside));
    let done = match report.printed.len() {
        0 => "Nichts zu drucken".to_owned(),
        count => format!("{} gesetzt", counted(count, "Druckdatei", "Druckdateien")),
    };
    lines.push(format!("{done} ({tally}; {}).", seconds(elapsed)));
    lines.join("\n")
}

fn printed_lines(printed: &PrintedSheets) -> Vec<String> {
    let plan = &printed.ticket.plan;
    let name = printed.edition.map_or("Datei", |edition| edition.name);
    let mut lines = vec![format!(
        "{name}, {}: {} auf {}; ohne PDF/A und PDF/UA, denn Bogen sind nur für Papier.",
        plan.wish.layout.name(),
        counted(plan.pages.sizes.len(), "Seite", "Seiten"),
        counted(plan.sheets.len(), "Bogen", "Bogen"),
    )];
    lines.extend(colour_line(&printed.ticket));
    lines
}

fn colour_line(ticket: &Ticket) -> Option<String> {
    let pages = ticket.colour_pages().len();
    let sheets = ticket.colour_sheets().len();
    let pages = (pages > 0).then(|| counted(pages, "Seite", "Seiten"))?;
    Some(format!("  In Farbe: {pages} auf {}.", counted(sheets, "Bogen", "Bogen")))
}
