//! `bagit.txt`: which version of the standard a bag follows, and how its other tag files are written.

use std::path::Path;

use super::flaw::{Flaw, FlawKind};
use crate::archive::bag::DECLARATION_FILE;
use crate::files;

/// How the tag files of a bag are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Writing {
    characters: Characters,
    version: (u32, u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Characters {
    Utf8,
    Utf16,
    Latin1,
}

/// The versions before RFC 8493, which bags still have, and that of the RFC.
const VERSIONS: [(u32, u32); 6] = [(0, 93), (0, 94), (0, 95), (0, 96), (0, 97), CURRENT];
const CURRENT: (u32, u32) = (1, 0);
const MAX_BYTES: u64 = 1 << 16;

impl Default for Writing {
    fn default() -> Self {
        Self { characters: Characters::Utf8, version: CURRENT }
    }
}

impl Writing {
    /// Tells whether the rules of RFC 8493 hold, which are stricter than those of the drafts before.
    pub(super) fn is_current(self) -> bool {
        self.version == CURRENT
    }

    /// Makes text of a tag file; what is no text in its characters cannot name a file.
    pub(super) fn decode(self, bytes: Vec<u8>) -> String {
        match self.characters {
            Characters::Utf8 => String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into()),
            Characters::Latin1 => bytes.into_iter().map(char::from).collect(),
            Characters::Utf16 => {
                let is_little = bytes.starts_with(&[0xff, 0xfe]);
                let unit = |pair: &[u8]| {
                    let pair = [pair[0], pair[1]];
                    if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
                };
                let units: Vec<u16> = bytes.chunks_exact(2).map(unit).collect();
                let text = String::from_utf16_lossy(&units);
                text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
            }
        }
    }
}

/// Reads the declaration of a bag; `is_there` says whether it has one.
pub(super) fn declaration(bag: &Path, is_there: bool, flaws: &mut Vec<Flaw>) -> Writing {
    let mut say = |kind, message: String| flaws.push(Flaw::new(DECLARATION_FILE, kind, message));
    if !is_there {
        say(FlawKind::Missing, "fehlt".into());
        return Writing::default();
    }
    match files::read(&bag.join(DECLARATION_FILE), MAX_BYTES) {
        Err(error) => say(FlawKind::Unreadable, format!("ist nicht lesbar ({error})")),
        Ok(bytes) => match parse(&bytes) {
            Ok(writing) => return writing,
            Err(reason) => say(FlawKind::BadList, reason.into()),
        },
    }
    Writing::default()
}

fn parse(bytes: &[u8]) -> Result<Writing, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "ist nicht in UTF-8 geschrieben")?;
    let mut lines = text.lines();
    let number = |digits: &str| {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<u32>().ok()).flatten()
    };
    let version = lines.next().and_then(|line| line.strip_prefix("BagIt-Version: ")?.split_once('.'));
    let version = version.and_then(|(major, minor)| Some((number(major)?, number(minor)?)));
    let version = version.ok_or("nennt keine gültige BagIt-Version")?;
    if !VERSIONS.contains(&version) {
        return Err("nennt eine BagIt-Version, die es nicht gibt");
    }
    let name = lines.next().and_then(|line| line.strip_prefix("Tag-File-Character-Encoding: "));
    let characters = match name.ok_or("nennt keinen Zeichensatz")?.to_ascii_uppercase().as_str() {
        "UTF-8" | "US-ASCII" => Characters::Utf8,
        "UTF-16" | "UTF-16BE" | "UTF-16LE" => Characters::Utf16,
        "ISO-8859-1" => Characters::Latin1,
        _ => return Err("nennt einen Zeichensatz, der nicht gelesen werden kann"),
    };
    if lines.next().is_some() {
        return Err("hat mehr als zwei Zeilen");
    }
    Ok(Writing { characters, version })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_understood_or_refused() {
        let read = |version: &str, name: &str| {
            parse(format!("BagIt-Version: {version}\r\nTag-File-Character-Encoding: {name}").as_bytes())
        };
        assert_eq!(read("1.0", "UTF-8"), Ok(Writing::default()));
        assert!(!read("0.97", "utf-16").unwrap().is_current());
        for (version, name) in [
            ("9.9", "UTF-8"),
            ("1", "UTF-8"),
            ("1.x", "UTF-8"),
            (" 1.0", "UTF-8"),
            ("1.0", "EBCDIC"),
            ("1.0", ""),
        ] {
            assert!(read(version, name).is_err(), "{version} {name}");
        }
        for text in
            ["", "\u{feff}BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "BagIt-Version: 1.0\n"]
        {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn tag_files_are_read_in_their_characters() {
        let writing = |characters| Writing { characters, version: (0, 97) };
        assert_eq!(writing(Characters::Utf16).decode(vec![0xff, 0xfe, b'a', 0, 0xe4, 0]), "aä");
        assert_eq!(writing(Characters::Utf16).decode(vec![0xfe, 0xff, 0, b'a']), "a");
        assert_eq!(writing(Characters::Latin1).decode(vec![b'a', 0xe4]), "aä");
        assert_eq!(writing(Characters::Utf8).decode("aä".into()), "aä");
    }
}
