//! What was sent: a version of a packet, frozen with each page that it has and what that page is called.
//!
//! Read and written as JSON that people can read, too. Knows nothing of where it lies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::change::LateChange;
use super::filing_step::FilingStep;
use crate::day::Day;
use crate::packet::edition::Edition;

/// What the first pages are called among papers, and the sheet between the parts.
pub(super) const FRONT_KEY: &str = "Deckblatt und Tagesordnung";
/// See [`FRONT_KEY`].
pub(super) const DIVIDER_KEY: &str = "Trennblatt";
/// What the keys of papers end in that are not public.
pub(super) const NON_PUBLIC_MARK: &str = " (nichtöffentlich)";
/// What the look of a page ends in with which an item begins: its stamps say so.
pub(super) const OPENING: &str = ".top";
/// What is written now; a later form is not understood.
pub(super) const FORMAT: u32 = 1;
/// More versions than any session has.
pub(super) const MAX_VERSION: u32 = 999;

/// A version of a packet that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// The form of this record.
    pub format: u32,
    /// Who meets.
    pub committee: String,
    /// The day of the session.
    pub meeting: Option<Day>,
    /// Which version it is, from 1.
    pub version: u32,
    /// The day on which it was sent.
    pub date: Day,
    /// How many pages are printed on a sheet: 1, or 2 with those on the back.
    pub pages_per_sheet: usize,
    /// What the cover says of the session: when and where.
    pub particulars: Vec<String>,
    /// What changed from the version before.
    pub changes: Vec<LateChange>,
    /// The files that were sent.
    pub files: Vec<DispatchedFile>,
    /// Who got them, as the session file says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<DispatchRecipient>,
    /// The agenda.
    pub items: Vec<DispatchedItem>,
    /// The papers in the order of their pages; the first pages among them, and the sheet between the parts.
    pub papers: Vec<DispatchedPaper>,
    /// The labels of pages that are not there any more. No other page ever gets one of them.
    pub withdrawn: Vec<String>,
}

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchedFile {
    /// The edition that it is, or is of.
    pub edition: Edition,
    /// Its path in the folder of the version.
    pub path: String,
    /// A hash of its bytes.
    pub sha256: String,
    /// How many pages it has.
    pub pages: usize,
    /// Where its sheets are filed, if it is a delta.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filing: Vec<FilingStep>,
}

/// Somebody who got a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchRecipient {
    /// The name: a person or a group.
    pub name: String,
    /// What they got.
    pub edition: Edition,
    /// How many copies on paper; none if they read on a screen.
    pub copies: usize,
}

/// An item of the agenda that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchedItem {
    /// What tells it from all others, whatever its number is.
    pub key: String,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its title as everybody may read it, if everybody may know of it.
    pub public_title: Option<String>,
    /// Whether it is public.
    pub is_public: bool,
    /// What became of it, in a word.
    pub status: Option<String>,
}

/// A paper that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchedPaper {
    /// What tells it from all others.
    pub key: String,
    /// The number of its item.
    pub item: String,
    /// Label and title.
    pub name: String,
    /// Whether it is public.
    pub is_public: bool,
    /// A hash of its file; empty for what has none.
    pub sha256: String,
    /// Its pages.
    pub pages: Vec<DispatchedPage>,
}

/// A page that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchedPage {
    /// What it is called.
    pub label: String,
    /// A hash of what one sees on it.
    pub look: String,
    /// The version with which it was sent.
    pub since: u32,
    /// What is stamped on it.
    pub stamps: Vec<String>,
    /// Whether it is on the back of the sheet of the page before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_back: bool,
}

/// Why the record of a version is not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotADispatch {
    /// It is no such record.
    #[error("sie ist keine Versanddatei: {0}")]
    Unreadable(String),
    /// It is of a later version of this program.
    #[error("sie ist von einer neueren Fassung dieses Programms (Format {0})")]
    Newer(u32),
    /// It is of another version than its name says.
    #[error("sie beschreibt die {found}. Fassung, nicht die {expected}.")]
    OtherVersion {
        /// The one that its name says.
        expected: u32,
        /// The one that it is of.
        found: u32,
    },
}

impl Dispatch {
    /// Reads the record of a version, which its name says.
    pub fn read(json: &[u8], version: u32) -> Result<Self, NotADispatch> {
        let dispatch = Self::read_any(json)?;
        if dispatch.version != version || version > MAX_VERSION {
            return Err(NotADispatch::OtherVersion { expected: version, found: dispatch.version });
        }
        Ok(dispatch)
    }

    /// Reads the record of whichever version.
    pub fn read_any(json: &[u8]) -> Result<Self, NotADispatch> {
        /// What is understood of any form.
        #[derive(Deserialize)]
        struct AnyForm {
            format: u32,
        }
        let unreadable = |error: serde_json::Error| NotADispatch::Unreadable(error.to_string());
        let AnyForm { format } = serde_json::from_slice(json).map_err(unreadable)?;
        if format > FORMAT {
            return Err(NotADispatch::Newer(format));
        }
        let dispatch: Self = serde_json::from_slice(json).map_err(unreadable)?;
        let is_sound = (1..=2).contains(&dispatch.pages_per_sheet) && dispatch.version > 0;
        if is_sound {
            Ok(dispatch)
        } else {
            Err(NotADispatch::Unreadable("Zahlen, die es nicht gibt".to_owned()))
        }
    }

    /// Writes it, so that each page is a line.
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }

    /// Names it: `2. Fassung vom 09.05.2025`.
    pub fn name(&self) -> String {
        format!("{}. Fassung vom {}", self.version, self.date.in_numbers())
    }

    /// Gives what one sees on the pages of each file that was sent, by the hash of the file.
    pub fn looks(&self) -> BTreeMap<&str, Vec<String>> {
        let own = |page: &DispatchedPage| page.look.strip_suffix(OPENING).unwrap_or(&page.look).to_owned();
        let papers = self.papers.iter().filter(|paper| !paper.sha256.is_empty());
        papers.map(|paper| (paper.sha256.as_str(), paper.pages.iter().map(own).collect())).collect()
    }

    /// Lists all labels that pages ever had.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        let pages = self.papers.iter().flat_map(|paper| &paper.pages);
        pages.map(|page| page.label.as_str()).chain(self.withdrawn.iter().map(String::as_str))
    }
}

impl DispatchedPaper {
    /// Groups its pages by sheets.
    pub(super) fn sheets(&self) -> Vec<Vec<&DispatchedPage>> {
        let mut sheets: Vec<Vec<&DispatchedPage>> = Vec::new();
        for page in &self.pages {
            match sheets.last_mut() {
                Some(sheet) if page.is_back => sheet.push(page),
                _ => sheets.push(vec![page]),
            }
        }
        sheets
    }
}
