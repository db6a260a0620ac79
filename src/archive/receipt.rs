//! The receipt of a bag: the hashes of the files that frame it, and so of everything in it. It lies outside, where whoever
//! changes the bag does not reach it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::verify::{Contents, Flaw, FlawKind};
use crate::files::{Digest, digest_bytes};

/// The receipt of a bag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What the hand-over is called.
    #[serde(rename = "abgabe")]
    pub identifier: String,
    /// The version of the program that made it.
    #[serde(rename = "anlage")]
    pub version: String,
    /// Files in its payload.
    #[serde(rename = "dateien")]
    pub files: u64,
    /// Their bytes.
    #[serde(rename = "byte")]
    pub bytes: u64,
    /// The SHA-512 of each tag file, by its name.
    #[serde(rename = "sha512")]
    pub tags: BTreeMap<String, String>,
}

impl Receipt {
    /// Makes the receipt of a bag that was just filled.
    pub(super) fn new(
        identifier: String,
        (bytes, files): (u64, u64),
        tags: Vec<(&'static str, Digest)>,
    ) -> Self {
        let tags = tags.into_iter().map(|(name, digest)| (name.to_owned(), digest.sha512)).collect();
        Self { identifier, version: env!("CARGO_PKG_VERSION").into(), files, bytes, tags }
    }

    /// Reads a receipt; `None` if it is none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|receipt: &Self| !receipt.tags.is_empty())
    }

    /// Writes it as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Gives the SHA-512 of that file, which may be kept on paper.
    pub fn hash(&self) -> String {
        digest_bytes(&self.to_bytes()).sha512
    }

    /// Finds what is not as the receipt says.
    pub fn compare(&self, contents: &Contents) -> Vec<Flaw> {
        let flaw = |path: &str, message: &str| Flaw::new(path, FlawKind::Receipt, message);
        let is_tag = |path: &&String| !path.starts_with("data/") && !self.tags.contains_key(*path);
        let added = contents.files.keys().filter(is_tag);
        let mut flaws: Vec<Flaw> = added.map(|path| flaw(path, "steht nicht in der Quittung")).collect();
        for (name, sha512) in &self.tags {
            match contents.files.get(name) {
                Some(Some(digest)) if digest.sha512 == *sha512 => {}
                Some(_) => flaws.push(flaw(name, "ist nicht die Datei, die quittiert ist")),
                None => flaws.push(flaw(name, "fehlt, steht aber in der Quittung")),
            }
        }
        if contents.oxum() != (self.bytes, self.files) {
            flaws.push(flaw("data", "hat nicht so viele Dateien und Byte, wie quittiert sind"));
        }
        flaws
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_tells_the_bag_that_it_is_about() {
        let tags = vec![("bagit.txt", digest_bytes(b"a"))];
        let receipt = Receipt::new("Rat".into(), (1, 1), tags);
        assert_eq!(Receipt::read(&receipt.to_bytes()).as_ref(), Some(&receipt));
        assert_eq!(receipt.hash(), digest_bytes(&receipt.to_bytes()).sha512);
        assert_eq!(Receipt::read(b"{}"), None);
        let files = |name: &str, bytes: &[u8]| (name.to_owned(), Some(digest_bytes(bytes)));
        let compare = |files: Vec<_>| {
            let contents = Contents { files: files.into_iter().collect(), ..Contents::default() };
            receipt.compare(&contents).into_iter().map(|flaw| flaw.path).collect::<Vec<_>>()
        };
        assert!(compare(vec![files("bagit.txt", b"a"), files("data/x", b"b")]).is_empty());
        assert_eq!(compare(vec![files("bagit.txt", b"b"), files("data/x", b"b")]), ["bagit.txt"]);
        assert_eq!(compare(vec![files("data/x", b"b")]), ["bagit.txt"]);
        assert_eq!(
            compare(vec![files("bagit.txt", b"a"), files("x", b""), files("data/x", b"bc")]),
            ["x", "data"]
        );
    }
}
