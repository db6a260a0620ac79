//! Sheets for a printer: the pages of a PDF, drawn on other paper.
//!
//! Each page becomes a drawing (a form XObject) as it is seen: cropped, turned, in points, with its annotations and the
//! values of its fields. printpdf makes the sheets, that is their boxes, what is drawn beside the pages, and where each page
//! goes; its file is read here and the drawings are put in. It never sees a page, since its own reader rewrites fonts.
//!
//! Sheets are for paper: they have no structure and claim no standard. Knows nothing of papers, layouts and machines.

mod annotations;
mod colour;
mod drawing;
mod merge;
mod preflight;
mod press;
mod sheets;

pub use colour::PrintColours;
pub use preflight::{PageTraits, PrintablePages};
pub use press::{LIMITS, Press, PrintOrigin, serve};
pub use sheets::{PlacedPage, SheetBar, SheetLine, SheetSide, SheetWords};
