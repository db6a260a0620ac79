//! What is in the file of a paper, and what it lacks.

use super::edition::Edition;
use super::papers::Paper;
use crate::bind::Part;
use crate::pdf::{FileLook, Refusal};

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
        Self { part, without_marks: None, look: None, is_scan: false, refusal: None }
    }

    /// Gives its pages as an edition has them.
    pub fn part_in(&self, edition: &Edition) -> &Part {
        self.without_marks.as_ref().filter(|_| edition.keeps_back()).unwrap_or(&self.part)
    }

    /// Says what it lacks for its packet to claim PDF/A-2a and PDF/UA-1.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if self.refusal.is_some() {
            missing.push("fehlt".to_owned());
        }
        let claims = self.part.claims;
        if claims.pdf_a != Some((2, Some('a'))) {
            missing.push("nicht PDF/A-2a".to_owned());
        }
        if claims.pdf_ua != Some(1) {
            missing.push("nicht PDF/UA-1".to_owned());
        }
        if self.part.is_cmyk {
            missing.push("Farben für den Druck (CMYK)".to_owned());
        }
        missing.extend(self.part.defects.first().map(|defect| format!("Struktur fehlerhaft: {defect}")));
        missing
    }
}
