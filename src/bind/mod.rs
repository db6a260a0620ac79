//! The session packet: many PDF files become one, and nothing of what they can do is lost.
//!
//! PDF files in, a PDF out; knows neither typst nor where the files come from.

mod assemble;
mod bookmarks;
mod clean;
mod compact;
mod destinations;
mod fields;
mod file;
pub mod foreign;
mod forms;
mod frozen;
mod layers;
mod leak;
mod outline;
mod pages;
mod part;
mod seams;
mod shared;
mod soundness;
mod stamp;
mod tags;
mod tree;

pub use assemble::{Item, Packed, Packet, Plan, Section, assemble};
pub use clean::Removed;
pub use leak::{Leak, Secrets};
pub use part::Part;
