//! What an archive gets, and what can be got back from it.
//!
//! PDF files in, bytes out; knows nothing of typst.

mod embedded;

pub use embedded::{ExtractError, embedded_record};
