//! Turns what is wrong with the words of a page into findings at their fields.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::words::{Fault, FaultKind, parts};
use crate::diagnostics::{Code, Diagnostic, Source, codes, shown};
use crate::record::proposal::{FormAnnex, Proposal};
use crate::record::schema::Filled;
use crate::toml_tree::Node;

/// Places the faults of an annex's pages in its record: one finding for each field and kind, and
/// for each table.
pub fn findings(proposal: &Proposal, annex: &FormAnnex, faults: &[Fault]) -> Vec<Diagnostic> {
    let parts = parts(proposal, annex);
    let mut by_field: BTreeMap<_, Vec<&Fault>> = BTreeMap::new();
    for fault in faults {
        by_field.entry((fault.part, fault.kind, fault.at)).or_default().push(fault);
    }
    let finding = |((part, kind, at), faults): ((Option<usize>, _, Option<usize>), Vec<&Fault>)| {
        let part = part.and_then(|part| parts.get(part));
        let table = part.zip(at).and_then(|(part, at)| first_line(part.node?, at, &proposal.source));
        let span = table.or_else(|| part.map(Filled::span)).filter(|span| !span.is_empty());
        let name = part.map_or_else(|| annex.template.title.clone(), |part| part.field.name().to_owned());
        let (code, message, hint) = said(kind, &name, &faults);
        Diagnostic::new(code, &proposal.source, span.unwrap_or(annex.label_span.clone()), message).hint(hint)
    };
    by_field.into_iter().map(finding).collect()
}

/// Where the line of a text stands that begins at a byte of it.
fn first_line(node: &Node, at: usize, source: &Arc<Source>) -> Option<Range<usize>> {
    let line = node.as_str()?.get(at..)?.lines().next()?.trim_end();
    Some(node.locator(source).locate(at..at + line.len()))
}

/// Says what is wrong with a table, from the word of the layout.
fn of_table(fault: &str, name: &str, page: usize) -> (String, &'static str) {
    if let Some(column) = fault.strip_prefix("column ") {
        let message = format!(
            "In „{name}“ ist Spalte {column} der Tabelle breiter als angegeben: Eines ihrer Wörter oder eine Zahl braucht mehr."
        );
        return (message, "Die Breite größer angeben, mit auto dem Text überlassen oder das Wort kürzen.");
    }
    if fault == "widths" {
        let message = format!(
            "In „{name}“ passt die Tabelle mit den angegebenen Breiten nicht auf die Seite; sie gelten nicht."
        );
        return (
            message,
            "Kleinere Breiten angeben, * für den Rest, oder die Zeile mit den Breiten streichen.",
        );
    }
    let message =
        format!("In „{name}“ passt die Tabelle auf Seite {page} nur in kleinerer Schrift als 8 Punkt.");
    (
        message,
        "Die Tabelle in zwei mit weniger Spalten teilen, Beträge in T€ angeben, Wörter kürzen oder sie als Dateianlage beilegen.",
    )
}

fn said(kind: FaultKind, name: &str, faults: &[&Fault]) -> (&'static Code, String, &'static str) {
    let first = faults.first().map(|fault| shown(fault.words.trim())).unwrap_or_default();
    let more = match faults.len() {
        0 | 1 => String::new(),
        count => format!(" und {} weitere Stellen", count - 1),
    };
    let page = faults.first().map(|fault| fault.page).unwrap_or_default();
    match kind {
        FaultKind::Table => {
            let (message, hint) = of_table(&first, name, page);
            (&codes::TABLE_TOO_WIDE, message, hint)
        }
        FaultKind::Lost => (
            &codes::WORDS_LOST,
            format!("Von „{name}“ fehlen Wörter auf der Seite: „{first}“{more}."),
            "Die Stelle im Text einfacher schreiben; fehlt die ganze Angabe, druckt das Formular sie nicht.",
        ),
        FaultKind::LabelLost => (
            &codes::LABEL_LOST,
            format!("Die Beschriftung „{name}“ fehlt auf der Seite."),
            "Das Formular druckt sie nicht; wer es pflegt, ergänzt sie in layout.typ.",
        ),
        FaultKind::Together => (
            &codes::WORDS_TOGETHER,
            format!("In „{name}“ sind auf der Seite Wörter zusammengelaufen oder getrennt: „{first}“{more}."),
            "Leerzeichen setzen, wo Wörter enden; für Spalten eine Tabelle mit | zwischen den Zellen schreiben.",
        ),
        FaultKind::Over => (
            &codes::WORDS_OVERLAP,
            format!("In „{name}“ stehen auf Seite {page} Wörter übereinander: „{first}“{more}."),
            "Lange Wörter kürzen oder trennen, oder die Tabelle mit weniger Spalten schreiben.",
        ),
        FaultKind::Edge => (
            &codes::OVER_THE_EDGE,
            format!(
                "In „{name}“ ragt Text auf Seite {page} über den Rand der Seite oder Zelle: „{first}“{more}."
            ),
            "Lange Wörter kürzen oder trennen, oder die Tabelle mit weniger Spalten schreiben.",
        ),
    }
}
