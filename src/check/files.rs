//! The files of a record: whether they are what an annex can be, and what was left in them that readers should not get.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Source, codes, counted, shown};
use crate::pdf::{AnnexFormat, FileLook, Leftover, LeftoverKind, PhotoTraces, Refusal, Shell};
use crate::record::project::Project;
use crate::record::proposal::{Annex, Proposal};
use crate::record::session::{ItemPaper, Session};

/// A file that a record names as a paper.
#[derive(Debug)]
pub struct NamedFile<'a> {
    /// `Vorlage`, `Anlage 1`.
    pub label: String,
    /// The file.
    pub path: &'a Path,
    /// Where it is named.
    pub span: Range<usize>,
}

/// A file that cannot be used, and why.
pub type RefusedFile<'a> = (NamedFile<'a>, Refusal);

/// So many people are named.
const MAX_QUOTED: usize = 3;
/// So many stretches of pages are named.
const MAX_RANGES: usize = 8;

/// Lists the files that a record names as papers.
pub fn named_files(proposal: &Proposal) -> Vec<NamedFile<'_>> {
    let own = proposal.file.iter().map(|path| NamedFile {
        label: "Vorlage".into(),
        path,
        span: proposal.span_of(&["vorlage", "datei"]),
    });
    let annexes = proposal.annexes.iter().filter_map(|annex| match annex {
        Annex::File(file) => Some(NamedFile {
            label: format!("Anlage {}", file.label),
            path: file.file.as_deref()?,
            span: proposal.span_of(&["anlage", &file.label, "datei"]),
        }),
        Annex::Form(_) => None,
    });
    own.chain(annexes).collect()
}

/// Lists the files that a session names as papers which no record describes.
pub fn files_of_session(session: &Session) -> Vec<NamedFile<'_>> {
    files_of_papers(session.items.iter().flat_map(|item| &item.papers))
}

/// Lists the files of papers that a session names.
pub fn files_of_papers<'a>(papers: impl Iterator<Item = &'a ItemPaper>) -> Vec<NamedFile<'a>> {
    let named = papers.filter_map(|paper| {
        Some(NamedFile { label: paper.label(), path: paper.file.as_deref()?, span: paper.span.clone() })
    });
    named.collect()
}

/// Something to be said of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRemark {
    /// Its code.
    pub code: &'static Code,
    /// A German sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Says what there is to say of the files that were looked at, which `source` names.
pub fn of_files(
    source: &Arc<Source>,
    project: &Project,
    looks: &[(NamedFile<'_>, Arc<Result<FileLook, Refusal>>)],
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (file, look) in looks {
        let said = said_of(look, &file.label, file.path);
        findings.extend(
            said.into_iter().map(|said| {
                Diagnostic::new(said.code, source, file.span.clone(), said.message).hint(said.hint)
            }),
        );
    }
    project.apply_levels(&mut findings);
    findings
}

/// Says what there is to say of a file that was looked at.
pub fn said_of(look: &Result<FileLook, Refusal>, label: &str, path: &Path) -> Vec<FileRemark> {
    match look {
        Ok(look) => {
            let left = [marks(&look.left, label), hidden(&look.left, label)];
            left.into_iter().flatten().chain(remarks(look, label, path)).collect()
        }
        Err(refusal) => vec![refused(refusal, label, path)],
    }
}

/// Says of files that a source names that they cannot be used.
pub fn of_refused(source: &Arc<Source>, project: &Project, refusals: &[RefusedFile<'_>]) -> Vec<Diagnostic> {
    let said = refusals.iter().map(|(file, refusal)| {
        let said = refused(refusal, &file.label, file.path);
        Diagnostic::new(said.code, source, file.span.clone(), said.message).hint(said.hint)
    });
    let mut findings: Vec<Diagnostic> = said.collect();
    project.apply_levels(&mut findings);
    findings
}

fn refused(refusal: &Refusal, label: &str, path: &Path) -> FileRemark {
    let message = format!("{label} ({}) ist nicht zu gebrauchen: {}.", name(path), refusal.reason());
    FileRemark { code: refusal.code(), message, hint: refusal.hint().into() }
}

/// Says which comments and marks there are, and who made them.
fn marks(left: &[Leftover], label: &str) -> Option<FileRemark> {
    let list = list_of_marks(left)?;
    let marks = left.iter().filter(|left| left.kind.is_mark());
    let authors: BTreeSet<&str> = marks.filter_map(|mark| mark.author.as_deref()).collect();
    let authors = match authors.len() {
        0 => String::new(),
        _ => format!(" (von {})", some(authors.into_iter().map(shown))),
    };
    Some(FileRemark {
        code: &codes::REVIEW_MARKS,
        message: format!("{label} enthält Anmerkungen aus der Bearbeitung: {list}{authors}."),
        hint: "In Word vor dem Speichern als PDF unter „Überprüfen“ alle Kommentare löschen; in Acrobat unter „Schwärzen“ das Dokument bereinigen. In die öffentliche Sitzungsmappe kommen sie nicht mit.".into(),
    })
}

/// Lists comments and marks by kind, with their pages; none if there are none. Names nobody.
pub fn list_of_marks(left: &[Leftover]) -> Option<String> {
    let marks: Vec<&Leftover> = left.iter().filter(|left| left.kind.is_mark()).collect();
    Some(format!("{} {}", by_kind(&marks)?, pages(marks.iter().map(|mark| mark.page))))
}

fn hidden(left: &[Leftover], label: &str) -> Option<FileRemark> {
    let list = list_of_hidden(left)?;
    Some(FileRemark {
        code: &codes::HIDDEN_TEXT,
        message: format!("{label} enthält Text, den man nicht sieht und doch lesen kann: {list}."),
        hint: how_to_remove(left),
    })
}

/// Lists by kind what is only hidden, with the pages; none if there is nothing.
pub fn list_of_hidden(left: &[Leftover]) -> Option<String> {
    let hidden: Vec<&Leftover> = left.iter().filter(|left| !left.kind.is_mark()).collect();
    Some(format!("{} {}", by_kind(&hidden)?, pages(hidden.iter().map(|left| left.page))))
}

/// Says what helps against text that is only hidden.
pub fn how_to_remove(left: &[Leftover]) -> String {
    let marked = left.iter().any(|left| left.kind == LeftoverKind::Redaction);
    let how = if marked {
        "In Acrobat unter „Schwärzen“ auf „Anwenden“ gehen, erst dann ist der Text weg"
    } else {
        "In der Ausgangsdatei löschen und neu als PDF speichern, oder in Acrobat unter „Schwärzen“ das Dokument bereinigen"
    };
    format!("{how}; ein Kasten über dem Text genügt nicht. Den Text zeigt „anlage inspect“ mit der Datei.")
}

/// Says everything else that there is to say of a file.
pub fn remarks(look: &FileLook, label: &str, path: &Path) -> Vec<FileRemark> {
    let remark = |code, message, hint: &str| FileRemark { code, message, hint: hint.into() };
    let mut said = Vec::new();
    if !look.unread.is_empty() {
        let message = format!(
            "{label} ist {} nicht lesbar; ob dort etwas verdeckt ist, lässt sich nicht sagen.",
            pages(look.unread.iter().copied())
        );
        said.push(remark(
            &codes::PAGE_UNREADABLE,
            message,
            "Im Betrachter öffnen und mit Drucken > PDF neu speichern.",
        ));
    }
    if let Some(shell) = look.shell {
        said.push(shell_remark(shell, label));
    }
    if look.format != AnnexFormat::Pdf {
        let message = format!("{label} ({}) ist ein {} ohne Text.", name(path), look.format);
        said.push(remark(&codes::SCAN_WITHOUT_TEXT, message, BETTER_THAN_A_SCAN));
    } else if !look.scans.is_empty() {
        let message = format!("{label} ist {} ein Bild ohne Text.", pages(look.scans.iter().copied()));
        said.push(remark(&codes::SCAN_WITHOUT_TEXT, message, BETTER_THAN_A_SCAN));
    }
    said.extend(photos(&look.photos, label));
    if !look.format.fits(&name(path)) {
        let message = format!("{label} heißt {} und ist ein {}.", name(path), look.format);
        said.push(remark(
            &codes::WRONG_ENDING,
            message,
            "Die Datei nach ihrem Inhalt benennen; angenommen wird sie auch so.",
        ));
    }
    said
}

const BETTER_THAN_A_SCAN: &str =
    "Besser ist das PDF aus dem Programm, in dem das Dokument entstand, oder ein Scan mit Texterkennung.";

fn shell_remark(shell: Shell, label: &str) -> FileRemark {
    let (message, hint) = match shell {
        Shell::DynamicForm => (
            format!(
                "{label} ist ein dynamisches Formular (XFA); außerhalb von Adobe Reader steht darin nur „Bitte warten“."
            ),
            "Das Formular in Adobe Reader öffnen und mit Drucken > PDF als gewöhnliches PDF speichern.",
        ),
        Shell::Portfolio => (
            format!(
                "{label} ist ein PDF-Portfolio; auf seiner Seite steht nur, dass die Dateien darin liegen."
            ),
            "Die Dateien aus dem Portfolio einzeln als PDF speichern und als eigene Anlagen beilegen.",
        ),
    };
    FileRemark { code: &codes::EMPTY_SHELL, message, hint: hint.into() }
}

fn photos(photos: &PhotoTraces, label: &str) -> Option<FileRemark> {
    let position = match photos.positions {
        0 => None,
        1 => Some("an welchem Ort ein Foto entstand".to_owned()),
        count => Some(format!("an welchem Ort {count} Fotos entstanden")),
    };
    let names = (!photos.names.is_empty())
        .then(|| format!("von wem ({})", some(photos.names.iter().map(|name| shown(name)))));
    let what: Vec<String> = position.into_iter().chain(names).collect();
    (!what.is_empty()).then(|| FileRemark {
        code: &codes::PHOTO_TRACES,
        message: format!("{label} sagt in seinen Metadaten, {}.", what.join(" und ")),
        hint: "Soll das niemand erfahren: in Windows unter Eigenschaften > Details „Eigenschaften und persönliche Informationen entfernen“, und das PDF daraus neu machen.".into(),
    })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Counts by kind: "2 Kommentare und 1 Markierung"; none if there are none.
fn by_kind(left: &[&Leftover]) -> Option<String> {
    let mut counts: BTreeMap<LeftoverKind, usize> = BTreeMap::new();
    left.iter().for_each(|left| *counts.entry(left.kind).or_default() += 1);
    let kinds = counts.into_iter().map(|(kind, count)| counted(count, kind.name(), kind.names()));
    joined(kinds.collect())
}

/// Names some, and says that there are more.
fn some(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len() > MAX_QUOTED;
    let named: Vec<String> = all.take(MAX_QUOTED).collect();
    if more { format!("{} und anderen", named.join(", ")) } else { joined(named).unwrap_or_default() }
}

/// Names pages: "auf Seite 3", "auf den Seiten 1, 3 bis 5 und 8".
fn pages(pages: impl Iterator<Item = usize>) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for page in pages.collect::<BTreeSet<_>>() {
        match ranges.last_mut().filter(|(_, last)| *last + 1 == page) {
            Some((_, last)) => *last = page,
            None => ranges.push((page, page)),
        }
    }
    if let [(first, last)] = ranges[..]
        && first == last
    {
        return format!("auf Seite {first}");
    }
    let more = ranges.len() > MAX_RANGES;
    let range = |(first, last): (usize, usize)| match last - first {
        0 => vec![first.to_string()],
        1 => vec![first.to_string(), last.to_string()],
        _ => vec![format!("{first} bis {last}")],
    };
    let named: Vec<String> = ranges.into_iter().take(MAX_RANGES).flat_map(range).collect();
    let named =
        if more { format!("{} und weiteren", named.join(", ")) } else { joined(named).unwrap_or_default() };
    format!("auf den Seiten {named}")
}

fn joined(mut all: Vec<String>) -> Option<String> {
    let last = all.pop()?;
    Some(if all.is_empty() { last } else { format!("{} und {last}", all.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(page: usize, kind: LeftoverKind, author: Option<&str>) -> Leftover {
        Leftover { page, kind, text: String::new(), author: author.map(str::to_owned) }
    }

    #[test]
    fn what_was_left_is_counted_with_its_pages() {
        use LeftoverKind::{Comment, Covered, Highlight, Redaction};
        let all = [
            left(3, Comment, Some("Amt 20")),
            left(1, Comment, Some("Frau Meier")),
            left(4, Highlight, None),
            left(5, Redaction, None),
            left(9, Covered, None),
        ];
        assert_eq!(list_of_marks(&all).unwrap(), "2 Kommentare und 1 Markierung auf den Seiten 1, 3 und 4");
        assert_eq!(
            list_of_hidden(&all).unwrap(),
            "1 nicht angewendete Schwärzung und 1 verdeckter Text auf den Seiten 5 und 9"
        );
        assert_eq!((list_of_marks(&all[3..]), list_of_hidden(&all[..3])), (None, None));
    }

    #[test]
    fn pages_are_named_as_people_do() {
        let named = |all: &[usize]| pages(all.iter().copied());
        assert_eq!(named(&[7, 7]), "auf Seite 7");
        assert_eq!(named(&[1, 3, 4, 5, 9]), "auf den Seiten 1, 3 bis 5 und 9");
        let many: Vec<usize> = (1..40).map(|page| page * 2).collect();
        assert_eq!(named(&many), "auf den Seiten 2, 4, 6, 8, 10, 12, 14, 16 und weiteren");
    }
}
