//! What is to be said about a packet and its papers: which cannot go in, what had to stay out of those that do, and why
//! there is no packet.

use super::business::Business;
use super::content::PaperContent;
use super::edition::Edition;
use super::papers::{Paper, PaperFile};
use crate::bind::Removed;
use crate::bind::foreign::Refusal;
use crate::diagnostics::{Diagnostic, codes, counted};
use crate::record::session::Session;

/// Finds what is to be said about the papers of these editions, each finding with the place of its paper.
pub fn findings(
    business: &Business<'_>,
    papers: &[Paper<'_>],
    contents: &[PaperContent],
    editions: &[Edition],
    allow_gaps: bool,
) -> Vec<(usize, Diagnostic)> {
    let mut findings = Vec::new();
    let wanted = |paper: &Paper<'_>| editions.iter().any(|edition| paper.is_in(edition));
    let all = papers.iter().zip(contents).enumerate();
    for (at, (paper, content)) in all.filter(|(_, (paper, _))| wanted(paper)) {
        let mut of_paper = Vec::new();
        match &content.refusal {
            // What is wrong with a record is said with the record.
            Some(_) if matches!(paper.file, PaperFile::Missing(_)) => {}
            Some(refusal) => of_paper.push(refused(paper, refusal, allow_gaps)),
            None => of_paper.extend(removed(paper, &content.part.removed)),
        }
        if content.is_scan {
            let message = format!("{} ist ein Bild ohne Text.", paper.label);
            of_paper.push(paper.finding(&codes::SCAN_WITHOUT_TEXT, message).hint(
                "Besser ist das PDF aus dem Programm, in dem das Dokument entstand, oder ein Scan mit Texterkennung.",
            ));
        }
        business.session.project.apply_levels(&mut of_paper);
        findings.extend(of_paper.into_iter().map(|finding| (at, finding)));
    }
    findings
}

/// Says that cover, agenda or stamps cannot be set, for example because of a character that the font does not have.
pub fn not_set(session: &Session, message: &str) -> Diagnostic {
    let message = format!("Deckblatt und Tagesordnung lassen sich nicht setzen: {message}");
    Diagnostic::new(&codes::EXPORT_ERROR, &session.source, session.date_span.clone(), message).hint(
        "Im Titel eines Tagesordnungspunkts, im Gremium oder im Ort das Zeichen ersetzen, das die Schrift nicht hat.",
    )
}

fn refused(paper: &Paper<'_>, refusal: &Refusal, allow_gaps: bool) -> Diagnostic {
    let code = match refusal {
        _ if allow_gaps => &codes::GAP,
        Refusal::Locked(_) => &codes::FILE_LOCKED,
        Refusal::Damaged(_) => &codes::FILE_DAMAGED,
        Refusal::NoPages(_) => &codes::FILE_WITHOUT_PAGES,
        Refusal::Exhausting(_) => &codes::FILE_EXHAUSTING,
    };
    let reason = refusal.reason().trim_end_matches('.');
    let message = format!("{} ({}) kann nicht in die Mappe: {reason}.", paper.label, paper.file_name());
    let hint = if allow_gaps {
        "An ihrer Stelle steht eine Seite, die das sagt."
    } else {
        "Eine andere Fassung der Datei beilegen; mit --allow-gaps entsteht die Mappe mit einer Lücke."
    };
    paper.finding(code, message).hint(hint)
}

fn removed(paper: &Paper<'_>, removed: &Removed) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let label = &paper.label;
    if removed.signatures > 0 {
        let message = format!("{label} ist signiert; in der Mappe ist die Signatur nur noch zu sehen.");
        findings.push(
            paper
                .finding(&codes::SIGNATURE_ENDS, message)
                .hint("Prüfen lässt sie sich in der Datei selbst; die bleibt, wie sie ist."),
        );
    }
    if !removed.actions.is_empty() {
        let kinds: Vec<String> = removed
            .actions
            .iter()
            .map(|(kind, count)| format!("{kind} ({})", counted(*count, "Mal", "Mal")))
            .collect();
        let message =
            format!("{label} enthält Aktionen, die nicht in die Mappe kommen: {}.", kinds.join(", "));
        findings.push(paper.finding(&codes::ACTIONS_REMOVED, message));
    }
    if !removed.attachments.is_empty() {
        let names: Vec<&str> = removed.attachments.iter().map(String::as_str).collect();
        let message =
            format!("{label} hat angehängte Dateien, die nicht in die Mappe kommen: {}.", names.join(", "));
        findings.push(
            paper
                .finding(&codes::ATTACHMENTS_REMOVED, message)
                .hint("Was in die Mappe soll, als eigene Anlage in die Vorlage aufnehmen."),
        );
    }
    findings
}
