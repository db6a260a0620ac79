//! What a session file lets into public although the search before publication finds it: `[[freigabe]]`.
//!
//! Knows nothing of the search.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{AgendaItem, ItemNumber};
use crate::diagnostics::{Diagnostic, Source, codes, shown};
use crate::toml_tree::{Node, Table};

/// Something that may be public, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// What may be public.
    pub released: Released,
    /// The number of the item that it is limited to.
    pub item: Option<String>,
    /// The number of the proposal that it is limited to.
    pub proposal: Option<String>,
    /// The label of the annex that it is limited to.
    pub annex: Option<String>,
    /// Its place in the session file.
    pub span: Range<usize>,
}

/// What may be public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Released {
    /// These words, and what is a part of them.
    Text(String),
    /// What a finding with this code is about, in the file or the data with this checksum.
    Finding {
        /// The code of the finding.
        code: String,
        /// The checksum, as the finding says it.
        checksum: String,
    },
}

/// Codes of findings that a session file can release.
pub(super) const RELEASABLE: [&str; 3] = ["P106", "P108", "P110"];

/// Reads the releases of a session file; one that says too little is a finding, and releases nothing.
pub(super) fn read(
    source: &Arc<Source>,
    nodes: &[Node],
    items: &[AgendaItem],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Release> {
    let tables = nodes.iter().filter_map(|node| Some((node, node.as_table()?)));
    let mut counts: BTreeMap<&ItemNumber, usize> = BTreeMap::new();
    for number in items.iter().filter_map(|item| item.number.as_ref()) {
        *counts.entry(number).or_default() += 1;
    }
    let read = |(node, table)| release(source, node, table, &counts);
    tables.filter_map(|own| read(own).map_err(|found| findings.push(*found)).ok()).collect()
}

fn release(
    source: &Arc<Source>,
    node: &Node,
    table: &Table,
    counts: &BTreeMap<&ItemNumber, usize>,
) -> Result<Release, Box<Diagnostic>> {
    let text = |key: &str| {
        let text = table.get(key).and_then(Node::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let refuse = |message: &str, hint: &str| {
        let finding = Diagnostic::new(&codes::RELEASE_INCOMPLETE, source, node.span.clone(), message);
        Err(Box::new(finding.hint(hint)))
    };
    let (item, proposal, annex) = (text("top"), text("vorlage"), text("anlage"));
    let released = match (text("text"), text("befund")) {
        (Some(text), None) => Released::Text(text),
        (None, Some(code)) if !RELEASABLE.contains(&code.as_str()) => {
            return refuse(
                "Diesen Befund kann eine Freigabe nicht aufheben.",
                "befund = \"P106\" (dieselben Daten), \"P108\" (nicht lesbar) oder \"P110\" (verborgener Text); Worte gibt text = \"…\" frei.",
            );
        }
        (None, Some(_)) if item.is_none() && proposal.is_none() => {
            return refuse(
                "Die Freigabe sagt nicht, für welche Unterlage sie gilt.",
                "Daneben angeben: vorlage = \"V/0001/2025\" oder top = \"4.2\", und bei einer Anlage anlage = \"1\".",
            );
        }
        (None, Some(code)) => match text("pruefsumme") {
            Some(checksum) => Released::Finding { code, checksum },
            None => {
                return refuse(
                    "Die Freigabe sagt nicht, welche Fassung der Datei durchgesehen ist.",
                    "Die Prüfsumme daneben angeben, die der Befund nennt: pruefsumme = \"…\". So gilt die Freigabe nicht für eine andere Datei, die später an dieselbe Stelle kommt.",
                );
            }
        },
        _ => {
            return refuse(
                "Eine Freigabe nennt entweder Worte oder einen Befund.",
                "text = \"…\" mit den Worten, die öffentlich sein dürfen, oder befund = \"P108\".",
            );
        }
    };
    if text("grund").is_none() {
        return refuse("Zur Freigabe fehlt der Grund.", "Daneben angeben: grund = \"…\".");
    }
    if let (Some(number), Some(named)) = (&item, table.get("top"))
        && number.parse().is_ok_and(|number: ItemNumber| counts.get(&number).is_some_and(|count| *count > 1))
    {
        let message = format!(
            "Die Nummer {} haben mehrere Punkte; für welchen die Freigabe gilt, ist offen.",
            shown(number)
        );
        let finding = Diagnostic::new(&codes::RELEASE_INCOMPLETE, source, named.span.clone(), message);
        return Err(Box::new(finding.hint(
            "Jedem Punkt seine eigene Nummer geben, oder statt top die Vorlage angeben: vorlage = \"V/0001/2025\".",
        )));
    }
    Ok(Release { released, item, proposal, annex, span: node.span.clone() })
}
