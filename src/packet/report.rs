//! What is said of a packet that was made, by edition and paper.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::business::Business;
use super::edition::Edition;
use super::extract::{Extract, ExtractKind};
use super::late::FilingStep;
use super::pagination::Pagination;
use super::papers::Paper;
use super::volume::{Volume, VolumePaper};
use crate::files;
use crate::pdf::Claims;

/// An edition that lies in the output folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionReport {
    /// Which it is.
    pub edition: Edition,
    /// The file.
    pub path: PathBuf,
    /// Whether it was there already.
    #[serde(skip)]
    pub up_to_date: bool,
    /// How many pages it has.
    pub pages: usize,
    /// How large it is.
    pub bytes: u64,
    /// What it claims: the most that all its papers hold, `PDF/A-2a, PDF/UA-1`, less of it, or nothing.
    pub claims: String,
    /// Why it claims less than its papers would let it: what is wrong with its structure as a whole.
    pub defects: Vec<String>,
    /// Its papers in order.
    pub papers: Vec<PaperReport>,
    /// What was made beside it, whether that came to any files or not.
    pub extracted: Vec<ExtractKind>,
    /// The files beside it.
    pub extracts: Vec<ExtractReport>,
}

/// An extract of an edition that lies beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractReport {
    /// What it is.
    pub kind: ExtractKind,
    /// The name of its file.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What tells it from the others beside it.
    pub label: String,
    /// How many pages it has.
    pub pages: usize,
    /// How large it is.
    pub bytes: u64,
    /// What it claims.
    pub claims: String,
    /// A hash of its bytes.
    pub hash: String,
    /// What changed from the version before, if it is a delta.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
    /// Where its sheets are filed, if it is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filing: Vec<FilingStep>,
}

impl ExtractReport {
    /// Reports an extract of so many pages that is made.
    pub fn of(extract: &Extract, pages: usize, bytes: &[u8], claims: Claims) -> Self {
        Self {
            kind: extract.kind,
            name: extract.name.clone(),
            title: extract.title.clone(),
            label: extract.label.clone(),
            pages,
            bytes: bytes.len() as u64,
            claims: claims.to_string(),
            hash: files::hash(&[bytes]),
            changes: Vec::new(),
            filing: Vec::new(),
        }
    }
}

/// A paper in an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperReport {
    /// The number of its item.
    pub item: String,
    /// The number of its proposal, or its own.
    pub proposal: String,
    /// `Vorlage`, `Anlage A`, `Antrag`.
    pub label: String,
    /// Its title.
    pub title: String,
    /// The file that it came from.
    pub file: String,
    /// Its first page in the packet, from 1.
    pub first_page: usize,
    /// Its last page in the packet.
    pub last_page: usize,
    /// What these two pages are called.
    #[serde(default)]
    pub labels: [String; 2],
    /// What the file claims.
    pub claims: String,
    /// What it lacks for the packet to claim PDF/A-2a and PDF/UA-1.
    pub missing: Vec<String>,
}

/// Tells what an edition of a session shows, item by item and paper by paper, as hashes: who compares them need not know
/// what was shown.
pub fn shown(edition: &Edition, business: &Business<'_>, papers: &[Paper<'_>]) -> BTreeSet<String> {
    let items = business.items.iter();
    let items = items.filter_map(|item| Some([item.slug(), business.title_for(item, edition.readers)?]));
    let papers = papers.iter().filter(|paper| paper.is_in(edition));
    let papers = papers.map(|paper| [paper.slug.clone(), paper.number.clone().unwrap_or_default()]);
    items.chain(papers).map(|[place, what]| files::hash(&[place.as_bytes(), what.as_bytes()])).collect()
}

/// Reports the papers of a volume.
pub fn paper_reports(volume: &Volume<'_>, pages: &Pagination) -> Vec<PaperReport> {
    let report = |(at, VolumePaper { paper, content }): (usize, &VolumePaper<'_>)| {
        let places = pages.paper(at);
        PaperReport {
            item: paper.item.number(),
            proposal: paper.number.clone().unwrap_or_default(),
            label: paper.label.clone(),
            title: paper.title.clone(),
            file: paper.file_name(),
            first_page: places.start,
            last_page: places.start.max(places.end - 1),
            labels: [places.start, places.start.max(places.end - 1)].map(|place| pages.label(place)),
            claims: match content.refusal {
                Some(_) => String::new(),
                None => content.part.claims.to_string(),
            },
            missing: content.missing(),
        }
    };
    volume.papers.iter().enumerate().map(report).collect()
}
