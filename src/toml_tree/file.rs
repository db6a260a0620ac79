//! A TOML file as it was read: its bytes, its text, its tree, what is wrong with its syntax.

use std::sync::Arc;

use super::{Node, decode, parse};
use crate::diagnostics::{Diagnostic, Source};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text of a TOML file.
#[derive(Debug, Clone)]
pub struct TomlText {
    /// The text, without a byte order mark.
    pub source: Arc<Source>,
    /// Whether the file begins with a byte order mark.
    pub has_mark: bool,
}

/// A TOML file, read once and parsed once.
#[derive(Debug, Clone)]
pub struct TomlFile {
    /// Its text.
    pub text: TomlText,
    /// Every value with its place.
    pub tree: Node,
    /// The findings about its syntax.
    pub syntax: Vec<Diagnostic>,
}

impl TomlText {
    /// Reads bytes as UTF-8; the finding says why they are none.
    pub fn decode(name: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        let source = decode(name, bytes)?;
        Ok(Self { has_mark: source.text.len() < bytes.len(), source })
    }

    /// Parses it.
    pub fn parse(self) -> TomlFile {
        let (tree, syntax) = parse(&self.source);
        TomlFile { text: self, tree, syntax }
    }

    /// Returns the file, byte for byte.
    pub fn bytes(&self) -> Vec<u8> {
        let mark = if self.has_mark { BYTE_ORDER_MARK } else { "" };
        [mark.as_bytes(), self.source.text.as_bytes()].concat()
    }

    /// Replaces the text of the file.
    pub fn with_text(&self, text: String) -> Self {
        Self { source: Source::new(&self.source.name, text), has_mark: self.has_mark }
    }
}

impl TomlFile {
    /// Reads bytes as UTF-8 and parses them; the finding says why they are no text.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        TomlText::decode(name, bytes).map(TomlText::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_come_back_with_their_mark() {
        for text in ["a = 1\r\n", "\u{feff}a = 1", "", "\u{feff}"] {
            let file = TomlFile::read("a.toml", text.as_bytes()).unwrap();
            assert_eq!(file.text.bytes(), text.as_bytes());
            assert_eq!(file.text.with_text(file.text.source.text.clone()).bytes(), text.as_bytes());
        }
        assert!(TomlFile::read("a.toml", b"a = '\xff'").is_err());
    }
}
