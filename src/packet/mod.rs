//! The packet of a session as papers: which there are, which of them an edition has, on which pages they stand, and what
//! is said of them.
//!
//! Values in, values out; knows neither PDF objects nor typst, and opens no file.
//!
//! A [`Business`] is a session with the proposals on its agenda. Its [papers](papers()) are listed, and their files read
//! elsewhere ([`PaperContent`]). What of them an [`Edition`] holds makes a [`Volume`]. Once it is known how many first
//! pages it has, its [`Pagination`] says where everything stands; first pages ([`front`]), stamps ([`stamp_texts`]),
//! bookmarks and page labels ([`Volume::plan`]) and reports ([`paper_reports`]) read it there.

mod announcement;
mod business;
mod confidential;
mod content;
mod edition;
mod extract;
mod findings;
mod front;
mod gate;
mod index;
pub mod late;
mod pagination;
mod papers;
mod public_place;
mod releases;
mod report;
#[cfg(test)]
mod sample;
mod searcher;
pub mod secrets;
mod size;
mod stamps;
mod volume;

pub use announcement::Announcement;
pub use business::{Business, BusinessItem, BusinessProposal};
pub use confidential::{Confidential, SecretOrigin};
pub use content::PaperContent;
pub use edition::Edition;
pub use extract::{
    Extract, ExtractKind, ExtractWish, Weights, cut, delta as delta_extract, items as extracts_of_items,
    parts as extracts_of_parts,
};
pub use findings::{
    HiddenInPaper, findings, hidden, hidden_in_public, not_set, other_session, takes_an_input, too_large,
};
pub use front::{changes_for, front};
pub use gate::{blind, copied, found, not_searched};
pub use index::{PublicFile, PublicFileKind, index_html, index_json, is_index};
pub use pagination::{PageName, Pagination};
pub use papers::{Paper, PaperFile, list as papers};
pub use public_place::{PublicPlace, Trace};
pub use releases::Releases;
pub use report::{EditionReport, ExtractReport, PaperReport, paper_reports, shown};
pub use searcher::{LIMITS as SEARCH_LIMITS, Searcher, serve as serve_search};
pub use size::FileSize;
pub use stamps::{page_stamps, stamp_texts};
pub use volume::{Volume, VolumeItem, VolumePaper, VolumeSection};
