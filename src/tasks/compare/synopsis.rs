//! What changed as a synopsis, and the synopsis as a PDF.

use super::Comparison;
use crate::compare::{Change, ChangeKind, Fate, WordRun};
use crate::record::fonts::Fonts;
use crate::record::publicity::Publicity;
use crate::typeset::{self, Engine, SynopsisFate, SynopsisPart, SynopsisRow, SynopsisRun, SynopsisSheet};

/// What stands for a character that no font of this program has.
const NO_GLYPH: char = '?';

/// Sets a synopsis; the error is what typst says.
pub fn synopsis(comparison: &Comparison) -> Result<Vec<u8>, String> {
    let fonts = Fonts::built_in();
    let job = typeset::synopsis(&sheet(comparison, &fonts), comparison.day);
    typeset::alone(|| Engine::default().run(&job, &fonts)).into_pdf()
}

fn sheet(comparison: &Comparison, fonts: &Fonts) -> SynopsisSheet {
    let parts = comparison.changes.chunk_by(|one, other| one.part == other.part);
    let shown = |text: &str| shown(text, fonts);
    SynopsisSheet {
        title: "Synopse".into(),
        subject: shown(&comparison.title),
        municipality: comparison.municipality.as_deref().map(shown),
        nonpublic: comparison.publicity == Some(Publicity::NonPublic),
        old: shown(&comparison.old),
        new: shown(&comparison.new),
        notes: comparison.notes.iter().map(|note| shown(note)).collect(),
        parts: parts
            .map(|part| SynopsisPart {
                title: shown(&part[0].part),
                rows: part.iter().map(|change| row(change, fonts)).collect(),
            })
            .collect(),
    }
}

fn row(change: &Change, fonts: &Fonts) -> SynopsisRow {
    let run = |fate, text: &str| SynopsisRun { fate, text: shown(text, fonts) };
    let one = |fate, text: &str| vec![vec![run(fate, text)]];
    let lines = |fate, lines: &[String]| -> Vec<Vec<SynopsisRun>> {
        if lines.is_empty() {
            one(fate, &change.label)
        } else {
            lines.iter().map(|line| vec![run(fate, line)]).collect()
        }
    };
    let nothing = || one(SynopsisFate::Note, "ohne Angabe");
    let (old, new) = match &change.kind {
        ChangeKind::Value { old, new, .. } => (
            old.as_ref().map_or_else(nothing, |old| one(SynopsisFate::Removed, old)),
            new.as_ref().map_or_else(nothing, |new| one(SynopsisFate::Added, new)),
        ),
        ChangeKind::Words(runs) => {
            let side = |without: Fate| {
                let own = runs.iter().filter(|run| run.fate != without);
                vec![own.map(|own| run(fate(own), &own.text)).collect::<Vec<_>>()]
            };
            (side(Fate::Added), side(Fate::Removed))
        }
        ChangeKind::Added(added) => {
            (one(SynopsisFate::Note, "nicht vorhanden"), lines(SynopsisFate::Added, added))
        }
        ChangeKind::Removed(gone) => {
            (lines(SynopsisFate::Removed, gone), one(SynopsisFate::Note, "entfällt"))
        }
        ChangeKind::Moved { from, to, text } => {
            let side = |place: &str| {
                let mut paragraphs = one(SynopsisFate::Note, place);
                if !text.is_empty() {
                    paragraphs.push(vec![run(SynopsisFate::Kept, text)]);
                }
                paragraphs
            };
            (side(&format!("verschoben: bisher {from}")), side(&format!("verschoben: jetzt {to}")))
        }
        ChangeKind::Look(what) => (one(SynopsisFate::Note, "dieselben Worte"), one(SynopsisFate::Note, what)),
        ChangeKind::Told(what) => (one(SynopsisFate::Note, "versandt"), one(SynopsisFate::Note, what)),
    };
    SynopsisRow { place: shown(&change.name(), fonts), old, new }
}

fn fate(run: &WordRun) -> SynopsisFate {
    match run.fate {
        Fate::Kept => SynopsisFate::Kept,
        Fate::Removed => SynopsisFate::Removed,
        Fate::Added => SynopsisFate::Added,
    }
}

/// A text of characters that can be shown: a foreign PDF may have any.
fn shown(text: &str, fonts: &Fonts) -> String {
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' => ' ',
            c if is_space(c) || fonts.covers(c) => c,
            _ => NO_GLYPH,
        })
        .collect()
}
