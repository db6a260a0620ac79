//! Turns a checked annex and its template into a PDF or pictures of its pages.
//!
//! Knows nothing of TOML; it takes data and returns bytes and findings. The only module that runs typst.
//!
//! # A job
//!
//! All that a document is made from is in a [`Job`]: virtual files by their paths, what is to be done with them, date and
//! identity. It is plain data, so it can be set here or sent to another process, with the same bytes as the outcome.
//!
//! | path | is |
//! |---|---|
//! | `/main.typ` | where typst begins: fonts, the draft mark, then the layout of the form |
//! | `/form.typ`, `/rules.typ` | what all forms share ([`SHARED`]) |
//! | `/template/…` | the folder of the form; `layout.typ` is called with the data, `rules.typ` exports `rules` |
//! | `/form.json` | the labels and answers of the fields, by their keys |
//! | `/data.json` | the record: numbers, texts as trees, never as markup |
//! | `/image/…`, `/record` | the images, each once; the record, if it is put into the PDF |
//!
//! Every record has the *same* paths: typst never forgets a path, and has room for 65,535.
//!
//! # Three kinds of work
//!
//! A *document* is laid out and exported: as PDF after its standards, where typst itself refuses what breaks them, or as
//! pictures. *Stamps* are a document without tags, since they are drawn on pages that have their own. *Rules* are evaluated
//! and called, and nothing is laid out; what they find comes back as JSON, and `check` makes findings of it. The first pages
//! of a packet are a document too, with templates of their own ([`front`]).
//!
//! # What typst sees
//!
//! The files of one job and the fonts of the project, and nothing else: no disk, no packages, no clock. What stays from job
//! to job is the library, parsed files whose text did not change, and the rules of the last form; what typst remembers of a
//! layout is forgotten after the next one, or memory grows without end.
//!
//! What was laid out for one record is found again for the next only if all styles around it are the same. So no data of a
//! single record stands in a style: metadata are added to the finished document, and heads and feet read the data where they
//! stand (`form-page`).
//!
//! # Where it runs
//!
//! One document in a thread of its own ([`alone`]): typst uses rayon, and with a shared pool one document would be set on the
//! stack of another. In this process, if the form is built in and the record is short and has no SVG; else, and whenever there
//! are many, in a child process with limits ([`guard`]): nothing can stop a loop in typst but the end of its process.
//!
//! # The proof of the page
//!
//! What was laid out is read once more before it is exported (`proof`): the words of the record have to stand there, apart
//! from each other, and nothing over something else or over an edge.
//!
//! # What comes back
//!
//! Bytes, and [`Finding`]s with typst's own words and places. One place makes findings of them that name the form and its
//! file ([`diagnostics`]); a template has a defect then, never the record.

mod columns;
mod data;
mod engine;
mod findings;
pub mod guard;
mod job;
mod options;
mod packet;
mod proof;
mod synopsis;
mod ticket;

pub use data::Metadata;
pub use engine::{Engine, FINGERPRINT, alone, forget_all};
pub use findings::diagnostics;
pub use job::{Finding, Job, JobOutcome, JobWork, SHARED, ScreenBand, ScreenPage, job, rules_job};
pub use options::{Format, Options, Standard};
pub use packet::{
    FilingRow, Front, FrontDelta, FrontItem, FrontLogo, FrontPage, FrontPaper, FrontPart, front, gap, stamps,
};
pub use proof::{ExpectedText, Fault, FaultKind, PrintedPlace, findings as proof_findings, part_paths};
pub use synopsis::{SynopsisFate, SynopsisPart, SynopsisRow, SynopsisRun, SynopsisSheet, synopsis};
pub use ticket::{TicketFact, TicketSheet, ticket};
