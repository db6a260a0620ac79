//! What a hand-over is called: by what it is about, its scope, its day and its content, so that no two are called the same
//! and those of one session can be told to belong together.

use std::io::{Sink, Write, sink};

use super::filed::Filed;
use crate::day::Day;
use crate::files::Hashing;

/// What is known of a hand-over before it is filled.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    /// What it is about, the same in each hand-over of that: `Rat-2025-02-12`.
    pub group: String,
    /// Whether only what is public is in it.
    pub public_only: bool,
    /// Its day.
    pub date: Day,
}

/// A hash of what is in a hand-over, without what is made of its name.
pub(super) struct ContentHash(Hashing<Sink>);

/// So many digits of SHA-512 tell hand-overs of one session apart.
const DIGITS: usize = 12;

impl Identity {
    /// What hand-overs of one kind have in common that are made on one day.
    pub(super) fn series(&self) -> String {
        format!("{}{}{}", self.group, scope(self.public_only), self.date)
    }

    /// The name of a hand-over with this content.
    pub(super) fn identifier(&self, content: ContentHash) -> String {
        format!("{}-{}", self.series(), content.digits())
    }
}

/// The part of a name that says whether only what is public is in a hand-over.
pub(super) fn scope(public_only: bool) -> &'static str {
    if public_only { "-oeffentlich-" } else { "-vollstaendig-" }
}

/// Of nothing yet.
impl Default for ContentHash {
    fn default() -> Self {
        Self(Hashing::new(sink()))
    }
}

impl ContentHash {
    /// Adds a file, as a manifest lists it.
    pub(super) fn add(&mut self, filed: &Filed) {
        let line = format!("{}  {}\n", filed.sha512, filed.path);
        // Nothing can fail that is written nowhere.
        self.0.write_all(line.as_bytes()).ok();
    }

    /// The end of the name of a hand-over.
    pub(super) fn digits(self) -> String {
        self.0.finish().0.sha512[..DIGITS].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::filed::FiledKind;
    use crate::files::digest_bytes;

    #[test]
    fn no_two_hand_overs_are_called_the_same() {
        let name = |public_only, date: &str, bytes: &[u8]| {
            let identity =
                Identity { group: "Rat-2025-04-02".into(), public_only, date: date.parse().unwrap() };
            let mut content = ContentHash::default();
            content.add(&Filed::new("data/a".into(), FiledKind::Record, true, digest_bytes(bytes)));
            identity.identifier(content)
        };
        let first = name(false, "2025-05-01", b"a");
        assert!(first.starts_with("Rat-2025-04-02-vollstaendig-2025-05-01-"), "{first}");
        assert_eq!(first, name(false, "2025-05-01", b"a"));
        assert_ne!(first, name(false, "2025-05-01", b"b"));
        assert_ne!(first, name(false, "2025-05-02", b"a"));
        assert!(name(true, "2025-05-01", b"a").starts_with("Rat-2025-04-02-oeffentlich-2025-05-01-"));
    }
}
