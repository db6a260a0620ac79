//! The annexes as a whole: their labels, whether a text cites them, and whether they are as public as the proposal.

use std::collections::BTreeSet;
use std::ops::Range;

use super::citations::CitedAnnexes;
use super::texts::PrintedText;
use crate::diagnostics::{Diagnostic, codes};
use crate::record::names;
use crate::record::proposal::{Annex, FileAnnex, Proposal};

/// All findings about the annexes.
pub(super) fn check(proposal: &Proposal, texts: &[PrintedText<'_>], cited: &CitedAnnexes) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    gaps(proposal, &mut findings);
    order(proposal, &mut findings);
    let files: Vec<&FileAnnex> = proposal
        .annexes
        .iter()
        .filter_map(|annex| match annex {
            Annex::File(file) => Some(file),
            Annex::Form(_) => None,
        })
        .collect();
    findings.extend(twice(proposal));
    for file in &files {
        findings.extend(not_cited(proposal, file, files.len() == 1, texts, cited));
        findings.extend(publicity(proposal, file));
    }
    findings
}

/// The proposal itself is a form or a file.
fn twice(proposal: &Proposal) -> Option<Diagnostic> {
    let own = proposal.annexes.iter().find(|annex| annex.label() == names::OWN_LABEL)?;
    proposal.file.as_ref()?;
    let message = "Die Vorlage selbst ist hier ein Formular, und unter [vorlage] steht auch ein PDF.";
    Some(Diagnostic::new(&codes::OWN_TEXT_TWICE, &proposal.source, own.label_span(), message).hint(
        "Eines von beiden löschen: datei = \"….pdf\" unter [vorlage], oder den Block [anlage.Vorlage].",
    ))
}

/// Numbers count up without a gap, and so do the letters behind a number.
fn gaps(proposal: &Proposal, findings: &mut Vec<Diagnostic>) {
    let labels: Vec<&str> = proposal.annexes.iter().map(Annex::label).collect();
    let mut told = BTreeSet::new();
    let has = |label: &str| labels.contains(&label);
    let has_number = |number: u32| {
        labels
            .iter()
            .any(|label| label.trim_end_matches(|c: char| c.is_ascii_lowercase()) == number.to_string())
    };
    for annex in proposal.annexes.iter().filter(|annex| annex.label() != names::OWN_LABEL) {
        let label = annex.label();
        let missing = match split(label) {
            Some((number, Some(letter))) if letter > 'a' => {
                let before = format!("{number}{}", char::from(letter as u8 - 1));
                (!has(&before)).then_some(before)
            }
            Some((number, _)) if number > 1 => (!has_number(number - 1)).then(|| (number - 1).to_string()),
            Some(_) => None,
            None => {
                let letter = label.chars().next().unwrap_or('A');
                let before = char::from((letter as u8).saturating_sub(1)).to_string();
                (letter > 'A' && !has(&before)).then_some(before)
            }
        };
        // Of several with the same number only the first is told.
        if let Some(missing) = missing.filter(|missing| told.insert(missing.clone())) {
            let message = format!("Vor Anlage {label} fehlt {missing}.");
            findings.push(
                Diagnostic::new(&codes::LABEL_GAP, &proposal.source, annex.label_span(), message)
                    .hint("Die Anlagen durchzählen, oder die fehlende ergänzen."),
            );
        }
    }
}

/// The number and the letter of a label; none for a letter alone.
fn split(label: &str) -> Option<(u32, Option<char>)> {
    let number = label.trim_end_matches(|c: char| c.is_ascii_lowercase());
    Some((number.parse().ok()?, label[number.len()..].chars().next()))
}

/// The annexes stand in the file as they are counted.
fn order(proposal: &Proposal, findings: &mut Vec<Diagnostic>) {
    let mut last: Option<(&str, Range<usize>)> = None;
    for annex in &proposal.annexes {
        let span = annex.label_span();
        if let Some((before, _)) = last.as_ref().filter(|(_, previous)| span.start < previous.start) {
            let message =
                format!("{} steht in der Datei vor {}.", names::annex(annex.label()), names::annex(before));
            findings.push(
                Diagnostic::new(&codes::LABEL_ORDER, &proposal.source, span.clone(), message)
                    .hint("Die Blöcke der Anlagen in die Reihenfolge ihrer Kennungen bringen."),
            );
        }
        if last.as_ref().is_none_or(|(_, previous)| previous.start < span.start) {
            last = Some((annex.label(), span));
        }
    }
}

fn not_cited(
    proposal: &Proposal,
    file: &FileAnnex,
    only: bool,
    texts: &[PrintedText<'_>],
    cited: &CitedAnnexes,
) -> Option<Diagnostic> {
    let title = file.title.trim();
    let by_title =
        title.chars().count() >= 8 && texts.iter().any(|text| text.rich && text.visible.contains(title));
    if by_title || cited.name(&file.label, only) {
        return None;
    }
    let message = format!("Kein Text nennt Anlage {}.", file.label);
    Some(
        Diagnostic::new(&codes::ANNEX_NOT_CITED, &proposal.source, file.label_span.clone(), message)
            .hint(format!("Im Text darauf hinweisen: „siehe Anlage {}“.", file.label)),
    )
}

fn publicity(proposal: &Proposal, file: &FileAnnex) -> Option<Diagnostic> {
    let public = proposal.public?;
    let (code, message, hint) = match (public, file.public?) {
        (false, true) => (
            &codes::PUBLIC_ANNEX,
            format!("Anlage {} ist öffentlich, die Vorlage aber nicht.", file.label),
            "oeffentlich = true bei der Anlage streichen; sonst käme sie in die öffentliche Sitzungsmappe.",
        ),
        (true, false) => (
            &codes::NON_PUBLIC_ANNEX,
            format!("Anlage {} ist nichtöffentlich, die Vorlage aber öffentlich.", file.label),
            "Prüfen, ob das so gewollt ist; in der öffentlichen Sitzungsmappe fehlt die Anlage dann.",
        ),
        _ => return None,
    };
    Some(Diagnostic::new(code, &proposal.source, file.public_span.clone(), message).hint(hint))
}
