//! What documents are like: pictures or PDFs, the standards that these follow, drafts, records put into them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::pdf::Claims;

/// The options with which a whole run makes its documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The output format: PDF or pictures.
    pub format: Format,
    /// Whether each page is marked ENTWURF.
    pub draft: bool,
    /// Whether the record is embedded in the PDF.
    pub embed_record: bool,
}

impl Options {
    /// Returns the options that archives ask for: PDF/A-2a, PDF/UA-1, no attachment.
    pub fn archival() -> Self {
        Self { format: Format::Pdf(Standard::default_set()), draft: false, embed_record: false }
    }
}

/// The output formats of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Format {
    /// A PDF that follows these standards.
    Pdf(Vec<Standard>),
    /// A PNG for each page.
    Png {
        /// Pixels per inch.
        ppi: f64,
    },
    /// An SVG for each band of a page, for the screen.
    Svg {
        /// The marks of bands that were seen before: for these there is an empty file.
        seen: Vec<String>,
    },
}

/// A PDF standard that typst can follow: a version, a part of PDF/A, or PDF/UA-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard(pub(super) typst_pdf::PdfStandard);

impl Standard {
    /// Returns PDF/A-2a together with PDF/UA-1: archives ask for the first, screen readers need the second.
    pub fn default_set() -> Vec<Self> {
        [typst_pdf::PdfStandard::A_2a, typst_pdf::PdfStandard::Ua_1].map(Self).to_vec()
    }

    /// Returns PDF/A-3a together with PDF/UA-1: the part of PDF/A that allows any attachment.
    pub fn embedding_set() -> Vec<Self> {
        [typst_pdf::PdfStandard::A_3a, typst_pdf::PdfStandard::Ua_1].map(Self).to_vec()
    }

    /// Returns what a document has to follow for these claims to be true, as far as typst can follow it.
    pub fn of(claims: Claims) -> Vec<Self> {
        use typst_pdf::PdfStandard::{A_2a, A_2b, A_2u, Ua_1};
        let pdf_a = match claims.pdf_a {
            Some((2, Some('a'))) => Some(A_2a),
            Some((2, Some('u'))) => Some(A_2u),
            Some((2, Some('b'))) => Some(A_2b),
            _ => None,
        };
        let pdf_ua = claims.pdf_ua.filter(|part| *part == 1).map(|_| Ua_1);
        pdf_a.into_iter().chain(pdf_ua).map(Self).collect()
    }

    /// Returns PDF/UA-1 alone, for what has no date.
    pub fn accessible_set() -> Vec<Self> {
        vec![Self(typst_pdf::PdfStandard::Ua_1)]
    }

    /// Checks that a PDF can follow all of these standards at once; the error is the reason why not.
    pub fn compatible(all: &[Self]) -> Result<(), String> {
        let all: Vec<_> = all.iter().map(|standard| standard.0).collect();
        typst_pdf::PdfStandards::new(&all).map(drop).map_err(|error| error.message().to_string())
    }

    /// Returns whether a record can be embedded in a PDF that follows this standard.
    pub fn allows_attachments(self) -> bool {
        use typst_pdf::PdfStandard::{A_1a, A_1b, A_2a, A_2b, A_2u, A_4};
        !matches!(self.0, A_1a | A_1b | A_2a | A_2b | A_2u | A_4)
    }
}

impl FromStr for Standard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(text.into()).map(Self).map_err(|_| {
            "expected 1.4 to 1.7, 2.0, a-1b, a-1a, a-2b, a-2u, a-2a, a-3b, a-3u, a-3a, a-4, a-4f, a-4e or ua-1".into()
        })
    }
}

impl Serialize for Standard {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Standard {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        typst_pdf::PdfStandard::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_are_known_by_their_names_and_by_what_goes_together() {
        let all = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<Standard>>();
        assert_eq!(all(&["a-2a", "ua-1"]), Standard::default_set());
        assert!("a-2z".parse::<Standard>().unwrap_err().contains("a-2a"));
        assert!(Standard::compatible(&Standard::embedding_set()).is_ok());
        assert_eq!(Standard::of(Claims::FULL), Standard::default_set());
        assert_eq!(Standard::of(Claims::FULL.without_structure()), all(&["a-2u"]));
        assert_eq!(Standard::of(Claims { pdf_a: Some((3, Some('a'))), pdf_ua: Some(2) }), []);
        assert!(Standard::compatible(&all(&["a-2a", "a-3a"])).is_err());
        let allows = |name: &str| name.parse::<Standard>().unwrap().allows_attachments();
        assert_eq!(["a-2a", "a-3a", "a-4", "a-4f", "1.7"].map(allows), [false, true, false, true, true]);
        let sent = serde_json::to_value(Standard::default_set()).unwrap();
        assert_eq!(serde_json::from_value::<Vec<Standard>>(sent).unwrap(), Standard::default_set());
    }
}
