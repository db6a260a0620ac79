//! The hand-over to the archive: the bag, its content, and the check whether a bag is still intact.
//!
//! Knows neither typst nor the terminal; PDF files come in as files.

mod bag;
mod bundle;
mod container;
mod filed;
mod formats;
mod frame;
mod identity;
mod json;
mod meeting;
mod oparl;
mod place;
mod receipt;
mod report;
mod shelf;
mod verify;
mod xdomea;

pub use bag::DECLARATION_FILE;
pub use bundle::{Bundle, HandedProposal, Stand, bundle};
pub use container::ContainerError;
pub use filed::{FileClaims, Filed, FiledKind};
pub use meeting::PacketFile;
pub use place::{HandOver, HandOverKind, HandOverPlace, HandedItem, Holdings};
pub use receipt::Receipt;
pub use report::{BagReport, Made, REPORT};
pub use shelf::{HandedOver, Shelf};
pub use verify::{Contents, FRAME, Flaw, FlawKind, VerifyError, is_bag, is_inside, verify};
