//! What is in the file of a paper, and what it lacks.

use super::edition::Edition;
use super::papers::Paper;
use crate::bind::Part;
use crate::pdf::{Claims, FileLook, Refusal};

/// What is in the file of a paper.
#[derive(Debug)]
pub struct PaperContent {
    /// Its pages; those of a gap say what is missing.
    pub part: Part,
    /// Its pages without the comments and marks of reviewers, if it has any and the public gets them.
    pub without_marks: Option<Part>,
    /// What was seen in the file, if it is from elsewhere: a refusal if it could not be looked at.
    pub look: Option<Result<FileLook, Refusal>>,
    /// Whether it was an image.
    pub is_scan: bool,
    /// The [hash](crate::files::hash) of the file, if it is from elsewhere.
    pub hash: Option<String>,
    /// Why it could not be used.
    pub refusal: Option<Refusal>,
}

impl PaperContent {
    /// What stands for the files of papers that are not read yet.
    pub fn unread(papers: &[Paper<'_>]) -> Vec<Self> {
        papers.iter().map(|paper| Self::of(Part::empty(&paper.slug))).collect()
    }

    /// What is in a file of which there is nothing to be said.
    pub fn of(part: Part) -> Self {
        Self { part, without_marks: None, look: None, is_scan: false, hash: None, refusal: None }
    }

    /// Gives its pages as an edition has them.
    pub fn part_in(&self, edition: &Edition) -> &Part {
        self.without_marks.as_ref().filter(|_| edition.keeps_back()).unwrap_or(&self.part)
    }

    /// Gives what its pages hold in a packet, whose colours are RGB: what their file claims, as far as that is so.
    pub fn holds(&self) -> Claims {
        let claims = self.part.claims;
        let is_bindable = !self.part.is_cmyk && claims.pdf_a.is_some_and(|(part, _)| part == 2);
        let claims = Claims { pdf_a: claims.pdf_a.filter(|_| is_bindable), ..claims };
        if self.part.defects.is_empty() { claims } else { claims.without_structure() }
    }

    /// Says what it lacks for its packet to claim PDF/A-2a and PDF/UA-1.
    pub fn missing(&self) -> Vec<String> {
        if self.refusal.is_some() {
            return vec!["fehlt".to_owned()];
        }
        let claims = self.part.claims;
        let pdf_a = match claims.pdf_a {
            Some((2, Some('a'))) => None,
            Some(_) => Some(format!("{}, nicht PDF/A-2a", Claims { pdf_ua: None, ..claims })),
            None => Some("kein PDF/A".to_owned()),
        };
        let pdf_ua = match claims.pdf_ua {
            Some(1) => None,
            _ if self.part.is_tagged() => Some("mit Tags, aber nicht PDF/UA-1".to_owned()),
            _ => Some("ohne Tags (wird nicht vorgelesen)".to_owned()),
        };
        let colours = self.part.is_cmyk.then(|| "Farben für den Druck (CMYK)".to_owned());
        let defect = self
            .part
            .defects
            .first()
            .map(|defect| format!("Struktur fehlerhaft: {}", defect.trim_end_matches('.')));
        [pdf_a, pdf_ua, colours, defect].into_iter().flatten().collect()
    }
}
