//! `anlage` fills the official annexes of German council proposals from TOML records.

#![warn(missing_docs)]

pub mod archive;
pub mod batch;
pub mod check;
pub mod diagnostics;
pub mod files;
pub mod fonts;
pub mod images;
pub mod project;
pub mod proposal;
pub mod schema;
pub mod template;
pub mod toml_tree;
pub mod typeset;
