//! The hand-over to the archive: the bag, its content, and the check whether a bag is still intact.
//!
//! Knows neither typst nor the terminal; PDF files come in as files.

mod bag;
mod container;
mod filed;
mod formats;
mod oparl;
mod report;
mod verify;
mod xdomea;

pub use bag::{BagInfo, DECLARATION_FILE, Manifest, close, safe_name};
pub use container::{Container, ContainerError};
pub use filed::{Filed, Kind};
pub use oparl::{Addresses, Object, PaperParts, SessionLinks, Step, item_name, list_name, organizations};
pub use report::{Made, REPORT, Report, ReportFile};
pub use verify::{Contents, FRAME, Flaw, FlawKind, VerifyError, is_bag, is_inside, verify};
pub use xdomea::{Case, Message, Names, Particulars, is_document};
