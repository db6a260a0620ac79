//! Versions of a packet: what was sent with each, what each page is called since then, and what changed.
//!
//! Values in, values out; knows neither files nor what a page shows.

mod change;
mod changes;
mod delta;
mod dispatch;
mod filing;
mod filing_step;
mod findings;
mod issue;
mod labels;
mod sheets;
mod standing;
mod words;

pub use change::LateChange;
pub use changes::{Compared, changes};
pub use delta::{SentPages, filing, sent_pages};
pub use dispatch::{
    Dispatch, DispatchRecipient, DispatchedFile, DispatchedItem, DispatchedPage, DispatchedPaper,
    NotADispatch,
};
pub use filing::file;
pub use filing_step::FilingStep;
pub use findings::findings;
pub use issue::{DIVIDER_SLUG, FRONT_SLUG, Issue, IssuedPage, ListedPaper};
pub use standing::{PaperLook, SessionChanges, Standing};
