//! The proof of the page: the words that were set are compared with those of the record, and their boxes with each other,
//! with the page and with the rules of tables.
//!
//! The words of the record are taken from what was typed ([`typed`]), not from the tree that the layout gets: so what is
//! lost on the way from the text to that tree is found too. Knows nothing of PDF; the pages are those that typst laid out.

mod compare;
mod findings;
mod letters;
mod page;
mod typed;
mod words;

use typst_layout::PagedDocument;

use compare::Proof;
pub use findings::findings;
pub(super) use words::expected;
pub use words::{ExpectedText, Fault, FaultKind, PrintedPlace, part_paths};

/// Reads the pages of a document along with what must stand there.
pub(super) fn read(document: &PagedDocument, expected: &[ExpectedText]) -> Proof {
    compare::compare(&page::read(document), expected)
}
