//! Binding: many PDF files become one, and nothing of what they can do is lost.
//!
//! PDF files in, a PDF out; knows neither typst nor where the files come from.
//!
//! # What goes in
//!
//! The *front* (cover and agenda), the *stamps* (a small page for each page of the packet), and the *papers*. Each is read
//! once and taken apart ([`Part`]): what its pages need is kept and numbered anew from 1; what nothing refers to, what only
//! the document as a whole needed and what a packet must not have stays behind. Most of it never changes any more but for
//! numbers, so it is kept as text with gaps for them, compressed (`part::frozen`): a packet has hundreds of thousands of
//! objects, and as trees in memory they would take thirty times the room. What the packet changes is kept beside it
//! (`part::live`): the pages, the elements and the fields at the top, and all of the front and of the stamps. A part can be
//! written as bytes (`part::coded`), and is ready at once for the next packet.
//!
//! # What comes out
//!
//! ```text
//! catalog ─┬─ Pages ────────── a node for each part ── its pages, stamped
//!          ├─ StructTreeRoot ─ Document ── an item ── its heading, papers ── a heading, the elements at the top of the part
//!          │    ├─ ParentTree      a leaf for each part
//!          │    ├─ IDTree          the identifiers of all parts
//!          │    └─ RoleMap, ClassMap, Namespaces
//!          ├─ Outlines ─────── public or non-public ── an item ── a paper ── the bookmarks of the part
//!          ├─ Names ─────────── Dests: items, papers, and those of the parts; EmbeddedFiles
//!          ├─ AcroForm ──────── a field for each part ── the fields of the part
//!          ├─ OCProperties ──── the layers of all parts, below the titles of the papers
//!          └─ Metadata, OutputIntents: those of the front
//! ```
//!
//! # Which numbers
//!
//! The root of the page tree is object 1. The parts follow one behind the other: papers, front, stamps. The number of an
//! object is the one that it has in its part plus all that come before (`numbering`); so the papers, by far the most, are
//! numbered and packed while the front and the stamps are still drawn ([`Packed`]). New objects come last, in the order in
//! which they are made (`builder`); at the very end the streams that hold packed objects, and the cross-reference table
//! (`file`). Keys of the parent tree are moved in the same way, part by part.
//!
//! # Which names
//!
//! What has a name in a document may have the same in another. Destinations, attached files, identifiers of elements and
//! fonts of fields get the slug of their part before them; fields hang below a field that is named so; types and classes of
//! elements that a document defines for itself get it behind them, unless they mean the same everywhere.
//!
//! # Who drops what
//!
//! | what | where |
//! |---|---|
//! | what no page needs; the page tree, catalog and metadata of a document | `part::compact` |
//! | actions that run or send something, signatures, attachments of what is no PDF/A-2, data of applications | `part::clean` |
//! | what a page says of screens, thumbnails and time | `part::pages` |
//! | signature fields (their looks stay, as stamps) | `part::forms`, `part::clean` |
//! | that viewers shall draw the values of fields: they are drawn before | `fields`, in a process of its own ([`foreign`]) |
//!
//! What was dropped and may be missed is told ([`Removed`]).
//!
//! # What is looked at
//!
//! Each tagged part that claims a standard is checked as it will be written (`part::soundness`), and then what joins the
//! parts (`seams`): together they say of the packet what `pdf::structure` says of a document, in a fraction of the memory.

mod assemble;
mod builder;
mod contents;
mod deflate;
mod edges;
mod fields;
mod file;
pub mod foreign;
pub mod impose;
mod labels;
mod numbering;
mod outline;
mod page_edges;
mod page_tree;
mod part;
#[cfg(test)]
pub(crate) mod sample;
mod seams;
mod shared;
mod stamp;
mod tree;

pub use assemble::{Item, Packed, Packet, PaperMark, Plan, Section, assemble};
pub use contents::OtherFile;
pub use page_edges::PageEdges;
pub use part::{Part, Removed};
