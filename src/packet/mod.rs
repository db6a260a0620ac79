//! The session packet: many PDF files become one, and nothing of what they can do is lost.
//!
//! PDF files in, a PDF out; knows neither typst nor where the files come from.

mod assemble;
mod bookmarks;
mod clean;
mod compact;
mod destinations;
pub mod foreign;
mod forms;
mod layers;
mod leak;
mod outline;
mod pages;
mod part;
mod shared;
mod stamp;
mod tags;
mod tree;

pub use assemble::{Item, Paper, Plan, Section, assemble};
pub use clean::Removed;
pub use leak::{Leak, Secrets};
pub use part::Part;

pub use lopdf::Document;
use lopdf::SaveOptions;

/// Writes a packet down. Small objects are packed together: a tagged packet has many of them.
pub fn save(mut document: Document) -> Vec<u8> {
    let options = SaveOptions::builder().use_object_streams(true).use_xref_streams(true).build();
    let mut bytes = Vec::new();
    // A vector takes everything.
    document.save_with_options(&mut bytes, options).ok();
    bytes
}
