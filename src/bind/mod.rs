//! The session packet: many PDF files become one, and nothing of what they can do is lost.
//!
//! PDF files in, a PDF out; knows neither typst nor where the files come from.

mod assemble;
mod builder;
mod fields;
mod file;
pub mod foreign;
mod leak;
mod numbering;
mod outline;
mod page_tree;
mod part;
mod seams;
mod shared;
mod stamp;
mod tree;

pub use assemble::{Item, Packed, Packet, Plan, Section, assemble};
pub use leak::{Leak, Secrets};
pub use part::{Part, Removed};
