//! The standards that a PDF claims to follow in its XMP metadata.
//!
//! Does not judge whether the claims are true.

use std::fmt;

use lopdf::{Document, Object};
use serde::{Deserialize, Serialize};

use super::objects::{unpacked, value};

/// The claims of a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Claims {
    /// Part and conformance level of PDF/A, in lower case; part 4 may have no level.
    pub pdf_a: Option<(u8, Option<char>)>,
    /// The part of PDF/UA.
    pub pdf_ua: Option<u8>,
}

const PDF_A: &str = "http://www.aiim.org/pdfa/ns/id/";
const PDF_UA: &str = "http://www.aiim.org/pdfua/ns/id/";
const MAX_XMP_BYTES: usize = 4 << 20;
const MAX_XMP_NODES: u32 = 100_000;

/// The levels of PDF/A-2 and what each adds: `u` says which letters a text has, `a` also how it is read aloud.
const LEVELS: [char; 3] = ['b', 'u', 'a'];

impl Claims {
    /// PDF/A-2a and PDF/UA-1: all that this program's own documents claim.
    pub const FULL: Self = Self { pdf_a: Some((2, Some('a'))), pdf_ua: Some(1) };

    /// Gives what holds for both, if they are bound together: the weaker level of the same part of PDF/A, and the same
    /// part of PDF/UA.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let rank = |level: Option<char>| LEVELS.iter().position(|known| Some(*known) == level);
        let pdf_a = match (self.pdf_a, other.pdf_a) {
            (Some((part, one)), Some((same, another))) if part == same => {
                rank(one).min(rank(another)).map(|rank| (part, Some(LEVELS[rank])))
            }
            _ => None,
        };
        Self { pdf_a, pdf_ua: self.pdf_ua.filter(|_| self.pdf_ua == other.pdf_ua) }
    }

    /// Gives what is left of them for a document whose structure cannot be relied on.
    #[must_use]
    pub fn without_structure(self) -> Self {
        let below = |level: Option<char>| if level == Some('a') { Some('u') } else { level };
        Self { pdf_a: self.pdf_a.map(|(part, level)| (part, below(level))), pdf_ua: None }
    }

    /// Tells whether they say anything of the structure.
    pub fn cover_structure(self) -> bool {
        self != self.without_structure()
    }
}

/// Reads the claims of a PDF; metadata that is not XML claims nothing.
pub fn claims(document: &Document) -> Claims {
    xmp(document).map(|xmp| of_xmp(&xmp)).unwrap_or_default()
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let a = self
            .pdf_a
            .map(|(part, level)| format!("PDF/A-{part}{}", level.map_or(String::new(), String::from)));
        let ua = self.pdf_ua.map(|part| format!("PDF/UA-{part}"));
        let all: Vec<String> = a.into_iter().chain(ua).collect();
        f.write_str(&all.join(", "))
    }
}

fn xmp(document: &Document) -> Option<String> {
    let Object::Stream(stream) = value(document, document.catalog().ok()?, b"Metadata")? else {
        return None;
    };
    let bytes = unpacked(stream, MAX_XMP_BYTES)?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn of_xmp(xmp: &str) -> Claims {
    let options = roxmltree::ParsingOptions { nodes_limit: MAX_XMP_NODES, ..Default::default() };
    // Some writers fill the end with zeros.
    let xmp = xmp.trim_start_matches('\u{feff}').trim_end_matches('\0');
    let Ok(tree) = roxmltree::Document::parse_with_options(xmp, options) else {
        return Claims::default();
    };
    let part = |namespace| property(&tree, namespace, "part").and_then(|part| part.parse().ok());
    let level = property(&tree, PDF_A, "conformance")
        .and_then(|level| level.chars().next())
        .map(|level| level.to_ascii_lowercase());
    Claims { pdf_a: part(PDF_A).map(|part| (part, level)), pdf_ua: part(PDF_UA) }
}

/// Returns a property, which RDF writes as an attribute or as an element.
fn property<'a>(tree: &'a roxmltree::Document<'_>, namespace: &str, name: &str) -> Option<&'a str> {
    let values = tree.descendants().filter_map(|node| {
        if node.has_tag_name((namespace, name)) { node.text() } else { node.attribute((namespace, name)) }
    });
    values.map(str::trim).find(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(description: &str) -> String {
        let xmp = format!(
            "<?xpacket begin='\u{feff}'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
            <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:a='{PDF_A}' xmlns:u='{PDF_UA}'>
            {description}</rdf:RDF></x:xmpmeta><?xpacket end='w'?>\0\0"
        );
        of_xmp(&xmp).to_string()
    }

    #[test]
    fn both_ways_of_writing_a_claim_are_read() {
        assert_eq!(
            claimed("<rdf:Description a:part='2' a:conformance='A' u:part='1'/>"),
            "PDF/A-2a, PDF/UA-1"
        );
        let elements = "<a:part> 3 </a:part><a:conformance>B</a:conformance>";
        assert_eq!(claimed(&format!("<rdf:Description>{elements}</rdf:Description>")), "PDF/A-3b");
        assert_eq!(claimed("<rdf:Description a:part='4'/>"), "PDF/A-4");
        assert_eq!(claimed("<rdf:Description u:part='1'/>"), "PDF/UA-1");
    }

    #[test]
    fn documents_bound_together_hold_what_each_of_them_holds() {
        let both = |one: &str, other: &str| {
            let of = |properties: &str| {
                let xmp = format!("<r xmlns:a='{PDF_A}' xmlns:u='{PDF_UA}'><d {properties}/></r>");
                of_xmp(&xmp)
            };
            of(one).and(of(other)).to_string()
        };
        let (a, u, b) =
            ("a:part='2' a:conformance='A'", "a:part='2' a:conformance='U'", "a:part='2' a:conformance='B'");
        let ua = "u:part='1'";
        assert_eq!([both(a, a), both(a, u), both(u, b)], ["PDF/A-2a", "PDF/A-2u", "PDF/A-2b"]);
        assert_eq!(both(&format!("{a} {ua}"), ua), "PDF/UA-1");
        assert_eq!(both(&format!("{a} {ua}"), &format!("{b} {ua}")), "PDF/A-2b, PDF/UA-1");
        for other in ["", "a:part='1' a:conformance='A'", "a:part='2'", "a:part='2' a:conformance='X'"] {
            assert_eq!(both(a, other), "");
        }
        assert_eq!(Claims::FULL.and(Claims::FULL), Claims::FULL);
    }

    #[test]
    fn without_its_structure_a_document_keeps_the_letters_of_its_text() {
        assert_eq!(Claims::FULL.without_structure().to_string(), "PDF/A-2u");
        assert!(Claims::FULL.cover_structure() && !Claims::FULL.without_structure().cover_structure());
        assert!(!Claims::default().cover_structure());
    }

    #[test]
    fn what_is_no_claim_is_none() {
        assert_eq!(claimed("<rdf:Description/>"), "");
        assert_eq!(claimed("<rdf:Description a:part='zwei'/>"), "");
        assert_eq!(claimed("<rdf:Description xmlns:a='http://example.org/' a:part='2'/>"), "");
        assert_eq!(of_xmp("<offen"), Claims::default());
    }
}
