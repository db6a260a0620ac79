//! What users write, and what a project adds: records and sessions, settings, forms, fonts and images.
//!
//! Knows nothing of layout and PDF.

pub mod annex_names;
pub mod edit;
pub mod fonts;
pub mod images;
pub mod input;
pub mod merge;
pub mod names;
pub mod numbers;
pub mod project;
pub mod proposal;
pub mod publicity;
pub mod schema;
pub mod session;
pub mod template;
