//! Reads the manifests of a bag, line by line and within limits.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use super::flaw::{Flaw, FlawKind};
use crate::files;

/// The paths of a manifest, with the hash that each file should have.
pub(super) type Hashes = BTreeMap<String, String>;

/// The most bytes of a manifest: about two million files.
const MAX_BYTES: u64 = 512 << 20;
/// The most broken lines that are named; a broken list is broken everywhere.
const MAX_NAMED: usize = 20;
const HEX: usize = 128;

/// Reads a manifest; `None` if it does not exist.
pub(super) fn read_list(bag: &Path, name: &'static str, flaws: &mut Vec<Flaw>) -> Option<Hashes> {
    let path = bag.join(name);
    let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    let bytes = match is_file.then(|| files::read(&path, MAX_BYTES)) {
        None => {
            flaws.push(Flaw::new(name, FlawKind::Missing, "fehlt"));
            return None;
        }
        Some(Err(error)) => {
            flaws.push(Flaw::new(name, FlawKind::Unreadable, format!("ist nicht lesbar ({error})")));
            return None;
        }
        Some(Ok(bytes)) => bytes,
    };
    let mut listed = Hashes::new();
    let mut wrong = Vec::new();
    let text = String::from_utf8_lossy(&bytes);
    for (number, line) in text.lines().enumerate() {
        match entry(line) {
            Ok((sha512, path)) => match listed.insert(path.clone(), sha512) {
                None => {}
                Some(_) => wrong.push((number + 1, format!("nennt {path} ein zweites Mal"))),
            },
            Err(reason) => wrong.push((number + 1, reason.to_owned())),
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        wrong.push((text.lines().count(), "ist abgeschnitten".to_owned()));
    }
    let rest = wrong.len().saturating_sub(MAX_NAMED);
    for (number, reason) in wrong.into_iter().take(MAX_NAMED) {
        flaws.push(Flaw::new(name, FlawKind::BadList, format!("Zeile {number} {reason}")));
    }
    if rest > 0 {
        flaws.push(Flaw::new(name, FlawKind::BadList, format!("{rest} weitere Zeilen sind fehlerhaft")));
    }
    Some(listed)
}

/// Splits a line into hash and path, and decodes `%` as the standard asks.
fn entry(line: &str) -> Result<(String, String), &'static str> {
    let (sha512, rest) = line.split_at_checked(HEX).ok_or("ist zu kurz")?;
    if !sha512.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("beginnt mit keinem SHA-512");
    }
    let mixed = sha512.contains(|c: char| c.is_ascii_uppercase())
        && sha512.contains(|c: char| c.is_ascii_lowercase());
    if mixed {
        return Err("mischt große und kleine Buchstaben im SHA-512");
    }
    let path = rest
        .strip_prefix(' ')
        .or_else(|| rest.strip_prefix('\t'))
        .ok_or("hat hinter dem SHA-512 kein Leerzeichen")?;
    let path = path.strip_prefix('*').unwrap_or(path).trim_start_matches([' ', '\t']);
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    if is_inside(&path) {
        Ok((sha512.to_ascii_lowercase(), path))
    } else {
        Err("nennt einen Pfad, der aus der Abgabe hinausführt")
    }
}

/// Returns whether a path in a list stays inside the folder that the list is about.
pub fn is_inside(path: &str) -> bool {
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let strange = path.contains(['\\', '\0']) || path.split('/').any(|part| part.is_empty() || part == ".");
    plain && !strange && path.as_bytes().get(1) != Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood_or_refused() {
        let hash = "0a".repeat(64);
        assert_eq!(entry(&format!("{hash}  data/a b.pdf")), Ok((hash.clone(), "data/a b.pdf".into())));
        assert_eq!(entry(&format!("{hash} *data/a")), Ok((hash.clone(), "data/a".into())));
        assert_eq!(entry(&format!("{hash}  data/a%0Ab%25")), Ok((hash.clone(), "data/a\nb%".into())));
        let mixed = hash.replacen('a', "A", 1);
        for line in [
            "",
            "abc  data/a",
            &format!("{hash}data/a"),
            &format!("{hash}0  data/a"),
            &format!("{mixed}  data/a"),
            &format!("{hash}  ../a"),
            &format!("{hash}  /etc/passwd"),
            &format!("ä{hash}  data/a"),
        ] {
            assert!(entry(line).is_err(), "{line}");
        }
    }
}
