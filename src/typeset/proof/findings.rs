//! Turns what is wrong with the words of a page into findings at their fields.

use std::collections::BTreeMap;

use super::words::{Fault, FaultKind, parts};
use crate::diagnostics::{Code, Diagnostic, codes, shown};
use crate::record::proposal::{FormAnnex, Proposal};

/// Places the faults of an annex's pages in its record: one finding for each field and kind.
pub fn findings(proposal: &Proposal, annex: &FormAnnex, faults: &[Fault]) -> Vec<Diagnostic> {
    let parts = parts(proposal, annex);
    let mut by_field: BTreeMap<(Option<usize>, FaultKind), Vec<&Fault>> = BTreeMap::new();
    for fault in faults {
        by_field.entry((fault.part, fault.kind)).or_default().push(fault);
    }
    let finding = |((part, kind), faults): ((Option<usize>, FaultKind), Vec<&Fault>)| {
        let part = part.and_then(|part| parts.get(part));
        let span = part.map(crate::record::schema::Filled::span).filter(|span| !span.is_empty());
        let name = part.map_or_else(|| annex.template.title.clone(), |part| part.field.name().to_owned());
        let (code, message, hint) = said(kind, &name, &faults);
        Diagnostic::new(code, &proposal.source, span.unwrap_or(annex.label_span.clone()), message).hint(hint)
    };
    by_field.into_iter().map(finding).collect()
}

fn said(kind: FaultKind, name: &str, faults: &[&Fault]) -> (&'static Code, String, &'static str) {
    let first = faults.first().map(|fault| shown(fault.words.trim())).unwrap_or_default();
    let more = match faults.len() {
        0 | 1 => String::new(),
        count => format!(" und {} weitere Stellen", count - 1),
    };
    let page = faults.first().map(|fault| fault.page).unwrap_or_default();
    match kind {
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
