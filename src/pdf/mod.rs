//! Single PDF files: read them, inspect them, check their structure, make them from scans.
//!
//! Takes untrusted bytes: whatever a file contains, the work is bounded and nothing panics. Knows neither typst nor
//! what a proposal is.

mod claims;
mod embedded;
mod file_format;
mod glance;
mod inspect;
mod leftovers;
mod load;
mod look;
mod mend;
pub mod objects;
pub mod operators;
mod passages;
mod photos;
mod refusal;
pub mod scans;
mod structure;
pub mod text;
mod touch;
pub mod trees;

pub use claims::{Claims, claims};
pub use embedded::ExtractError;
pub use file_format::AnnexFormat;
pub use glance::{FileGlance, GLANCE_LIMITS, Glancer, serve_glances};
pub use inspect::{
    Attachment, Font, Inspection, InteractiveForm, Label, Links, OutlineEntry, PageFormat, inspect,
};
pub(crate) use leftovers::MARKS;
pub use leftovers::{Leftover, LeftoverKind};
pub use load::{LoadError, load, load_without_structure};
pub use look::{FileLook, LOOK_LIMITS, Looker, Shell, serve_looks};
pub use objects::pages;
pub use passages::{DocumentText, TextPassage};
pub use photos::PhotoTraces;
pub use refusal::Refusal;
pub use structure::{Defect, DefectKind, defects, is_standard_type};
pub use touch::may_touch;
