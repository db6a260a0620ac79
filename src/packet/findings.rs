//! What is to be said about a packet and its papers: which cannot go in, what had to stay out of those that do, and why
//! there is no packet.

use std::path::Path;

use super::business::Business;
use super::content::PaperContent;
use super::edition::Edition;
use super::papers::{Paper, PaperFile};
use super::public_place::PublicPlace;
use super::releases::release_of;
use super::size::FileSize;
use super::volume::{Volume, VolumePaper};
use crate::bind::Removed;
use crate::check::files::{how_to_remove, list_of_hidden, list_of_marks, remarks};
use crate::diagnostics::{Diagnostic, codes, counted};
use crate::pdf::{Leftover, LeftoverKind, Refusal};
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
    let makes_public = editions.iter().any(Edition::keeps_back);
    for (at, (paper, content)) in all.filter(|(_, (paper, _))| wanted(paper)) {
        let mut of_paper = Vec::new();
        let is_public = makes_public && paper.is_in(&Edition::PUBLIC);
        match &content.refusal {
            // What is wrong with a record is said with the record.
            Some(_) if matches!(paper.file, PaperFile::Missing(_)) => {}
            Some(refusal) => of_paper.push(refused(paper, refusal, allow_gaps)),
            None => {
                of_paper.extend(removed(paper, &content.part.removed));
                of_paper.extend(seen(paper, content));
                of_paper.extend(left_out(paper, content).filter(|_| is_public));
            }
        }
        business.session.project.apply_levels(&mut of_paper);
        findings.extend(of_paper.into_iter().map(|finding| (at, finding)));
    }
    findings
}

/// What is only hidden on the pages of a paper, so that its readers would get it.
#[derive(Debug)]
pub struct HiddenInPaper<'a> {
    /// The paper.
    pub paper: VolumePaper<'a>,
    /// What is hidden, page by page; nothing if the file could not be looked at.
    pub left: Vec<&'a Leftover>,
}

/// Lists what is only hidden in the papers of a volume.
pub fn hidden<'a>(volume: &Volume<'a>) -> Vec<HiddenInPaper<'a>> {
    volume.papers.iter().copied().filter_map(hidden_in).collect()
}

/// Says what is only hidden in a public paper, which is at this place.
pub fn hidden_in_public(hidden: &HiddenInPaper<'_>, at: &PublicPlace) -> Diagnostic {
    let left: Vec<Leftover> = hidden.left.iter().map(|left| (*left).clone()).collect();
    let paper = hidden.paper.paper;
    let label = &paper.label;
    let message = match list_of_hidden(&left) {
        Some(list) => format!("{label} enthält Text, den man nicht sieht und doch lesen kann: {list}."),
        None => format!(
            "Ob in {label} etwas verdeckt ist, lässt sich nicht sagen: die Datei ist nicht zu prüfen."
        ),
    };
    let hint = format!(
        "{} Darf es öffentlich sein, in die Sitzungsdatei: {}.",
        how_to_remove(&left),
        release_of(&codes::HIDDEN_IN_PUBLIC, at, at.hash.as_deref())
    );
    paper.finding(&codes::HIDDEN_IN_PUBLIC, message).hint(hint)
}

fn hidden_in(paper: VolumePaper<'_>) -> Option<HiddenInPaper<'_>> {
    let content = paper.content;
    if content.refusal.is_some() {
        return None;
    }
    let hidden = |left| HiddenInPaper { paper, left };
    match content.look.as_ref()? {
        Err(_) => Some(hidden(Vec::new())),
        Ok(look) => {
            // A layer that is off is in the list from which its readers switch it on: a plan may have such.
            let is_hidden = |left: &&Leftover| !left.kind.is_mark() && left.kind != LeftoverKind::HiddenLayer;
            let left: Vec<&Leftover> = look.left.iter().filter(is_hidden).collect();
            (!left.is_empty()).then(|| hidden(left))
        }
    }
}

/// Says that cover, agenda or stamps cannot be set, for example because of a character that the font does not have.
pub fn not_set(session: &Session, message: &str) -> Diagnostic {
    let message = format!("Deckblatt und Tagesordnung lassen sich nicht setzen: {message}");
    Diagnostic::new(&codes::EXPORT_ERROR, &session.source, session.date_span.clone(), message).hint(
        "Im Titel eines Tagesordnungspunkts, im Gremium oder im Ort das Zeichen ersetzen, das die Schrift nicht hat.",
    )
}

/// Says that the place of a packet belongs to another session, whose file is `owner`.
pub fn other_session(session: &Session, place: &Path, owner: &Path, own: &Path) -> Diagnostic {
    let (place, owner) = (place.display(), owner.display());
    let message =
        format!("{place} ist die Mappe einer anderen Sitzung dieses Gremiums am selben Tag ({owner}).");
    let folder = format!("out-{}", own.file_stem().unwrap_or_default().to_string_lossy());
    Diagnostic::new(&codes::OTHER_SESSION, &session.source, session.date_span.clone(), message).hint(format!(
        "Das Datum prüfen. Tagt das Gremium zweimal, in beiden Sitzungsdateien unter [sitzung] die Nummer der Sitzung angeben: nummer = 3. Oder einen Ordner für sich: „anlage packet {} -o {folder}“.",
        own.display()
    ))
}

/// Says that a packet would take the place of a paper that it is made of.
pub fn takes_an_input(paper: &Paper<'_>, place: &Path) -> Diagnostic {
    let message = format!("Die Mappe würde {} überschreiben, eine ihrer Unterlagen.", place.display());
    paper
        .finding(&codes::OUTPUT_IS_INPUT, message)
        .hint("Die Datei anders nennen oder mit -o einen anderen Ordner angeben.")
}

/// Says that a paper alone is larger than a part of the packet may be.
pub fn too_large(paper: &Paper<'_>, bytes: u64, max_bytes: u64) -> Diagnostic {
    let message = format!(
        "{} ist allein größer, als ein Teil der Mappe sein soll: {} statt höchstens {}.",
        paper.name(),
        FileSize(bytes),
        FileSize(max_bytes)
    );
    paper.finding(&codes::PAPER_TOO_LARGE, message).hint(
        "Die Datei verkleinern, etwa Bilder mit 150 dpi, oder diesen Teil zum Herunterladen anbieten statt per Mail.",
    )
}

/// What is said of a file whatever becomes of it.
fn seen(paper: &Paper<'_>, content: &PaperContent) -> Vec<Diagnostic> {
    let Some(Ok(look)) = &content.look else { return Vec::new() };
    let said = remarks(look, &paper.label, Path::new(&paper.file_name())).into_iter();
    said.map(|said| paper.finding(said.code, said.message).hint(said.hint)).collect()
}

/// Says which comments and marks the public does not get.
fn left_out(paper: &Paper<'_>, content: &PaperContent) -> Option<Diagnostic> {
    let Some(Ok(look)) = &content.look else { return None };
    let list = list_of_marks(&look.left)?;
    let message = format!("In der öffentlichen Fassung von {} bleiben weg: {list}.", paper.label);
    let finding = paper.finding(&codes::REVIEW_MARKS, message);
    Some(finding.hint("In der vollständigen Fassung stehen sie weiter."))
}

fn refused(paper: &Paper<'_>, refusal: &Refusal, allow_gaps: bool) -> Diagnostic {
    let code = if allow_gaps { &codes::GAP } else { refusal.code() };
    let reason = refusal.reason();
    let message = format!("{} ({}) kann nicht in die Mappe: {reason}.", paper.label, paper.file_name());
    let hint = if allow_gaps {
        "An ihrer Stelle steht eine Seite, die das sagt.".to_owned()
    } else {
        format!("{} Mit --allow-gaps entsteht die Mappe mit einer Lücke.", refusal.hint())
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
