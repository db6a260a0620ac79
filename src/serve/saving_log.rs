//! The log of who saved what: a line for each, added at the end of a file in the hidden folder of the project. When it has
//! become long it is begun again; the one before stays.
//!
//! Only if people sign in; the one place of the pages that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

use super::draft::in_words;
use super::project_folder::ProjectFolder;
use super::visitor::Visitor;
use crate::files;

/// The name of the log.
const LOG: &str = "protokoll.txt";
/// The name of the one before.
const OLDER: &str = "protokoll-vorher.txt";
/// The bytes with which a log is long: some ten thousand lines.
const LONG: u64 = 1 << 20;
/// The most letters of each part of a line.
const MAX_PART: usize = 300;

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    RecordBegun,
    RecordSaved,
    /// Saved together with what others had changed.
    RecordMerged,
    PictureAdded,
    FileAdded,
    SessionBegun,
    SessionChanged,
    PacketsBegun,
    SheetsBegun,
}

impl Deed {
    fn in_words(self) -> &'static str {
        match self {
            Self::RecordBegun => "Vorlage angelegt",
            Self::RecordSaved => "Vorlage gespeichert",
            Self::RecordMerged => "Vorlage mit anderen Änderungen zusammengeführt",
            Self::PictureAdded => "Bild abgelegt",
            Self::FileAdded => "Datei abgelegt",
            Self::SessionBegun => "Sitzung angelegt",
            Self::SessionChanged => "Sitzung geändert",
            Self::PacketsBegun => "Mappen erstellt",
            Self::SheetsBegun => "Druckdateien erstellt",
        }
    }
}

/// Writes down what somebody did, through to the disk. The error says that it is not written down.
pub(super) fn note(folder: &ProjectFolder, visitor: &Visitor, file: &str, deed: Deed) -> Result<(), String> {
    let Some(person) = &visitor.name else { return Ok(()) };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok());
    let now = now.and_then(|now| Timestamp::from_second(now).ok()).unwrap_or_default();
    let failed = |why: String| format!("Das steht aber nicht im Protokoll. {why}");
    let hidden = folder.hidden().map_err(failed)?;
    let (log, older) = (hidden.join(LOG), hidden.join(OLDER));
    let line = line(now, person, file, deed);
    let _turn = folder.logging();
    // What cannot be renamed grows; a line that is missing would be worse.
    files::turn_over(&log, &older, LONG).ok();
    files::append_own(&log, line.as_bytes()).map_err(|error| failed(in_words(&error)))?;
    folder.keep_out_of_git();
    Ok(())
}

fn line(now: Timestamp, person: &str, file: &str, deed: Deed) -> String {
    format!("{now}\t{}\t{}\t{}\n", part(person), part(file), deed.in_words())
}

/// A part of a line: without what could begin another one, and not endless.
fn part(text: &str) -> String {
    let is_harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut letters = text.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' });
    let mut part: String = letters.by_ref().take(MAX_PART).collect();
    if letters.next().is_some() {
        part.push('…');
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_not_endless() {
        let now = Timestamp::from_second(1_764_291_912).unwrap();
        assert_eq!(
            line(now, "Anna", "a.toml", Deed::RecordSaved),
            "2025-11-28T01:05:12Z\tAnna\ta.toml\tVorlage gespeichert\n"
        );
        let evil = line(now, "A\tB\n\u{202e}\u{1b}[2J", &"ä".repeat(1000), Deed::PacketsBegun);
        assert_eq!(evil.matches('\n').count(), 1);
        assert_eq!(evil.matches('\t').count(), 3);
        assert!(
            !evil.contains('\u{1b}') && !evil.contains('\u{202e}') && evil.chars().count() < 400,
            "{evil}"
        );
    }
}
