//! Single PDF files: read them, inspect them, check their structure, make them from scans.
//!
//! Takes untrusted bytes: whatever a file contains, the work is bounded and nothing panics. Knows neither typst nor
//! what a proposal is.

mod claims;
mod embedded;
mod inspect;
mod leftovers;
mod load;
pub mod objects;
pub mod operators;
mod patience;
pub mod scans;
mod structure;
pub mod text;
pub mod trees;

pub use claims::{Claims, claims};
pub use embedded::{ExtractError, embedded_record};
pub use inspect::{
    Attachment, Font, Inspection, InteractiveForm, Label, Links, OutlineEntry, PageFormat, inspect,
};
pub use leftovers::{Leftover, LeftoverKind, leftovers};
pub use load::{LoadError, load};
pub use objects::pages;
pub use patience::in_time;
pub use structure::{Defect, DefectKind, defects, is_standard_type};
