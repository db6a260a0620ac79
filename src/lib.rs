//! `anlage` fills the official annexes of German council proposals from TOML records: it checks a record as a
//! compiler checks code, sets the form with typst in the same process, and writes PDFs that are print-ready,
//! accessible (PDF/UA-1) and archivable (PDF/A-2a).
//!
//! # The map
//!
//! Dependencies go down only; `tests/suite/architecture.rs` guards that, and what each layer must not name.
//!
//! | layer | module | does | must not know |
//! |---|---|---|---|
//! | 6 | `main`, [`cli`] | arguments; one short file for each command; the only writing to the terminal | typst, lopdf |
//! | 5 | [`batch`] | many records at once: find, schedule, skip what is up to date, collect in order | the terminal |
//! | 4 | [`bind`], [`archive`], [`pdf`] | PDF files in, bytes out: many become one; reading, looking and checking; scans as PDF; bags with their OParl objects and message | typst |
//! | 3 | [`typeset`] | a checked annex and its template to a document to PDF or PNG | TOML |
//! | 2 | [`check`] | findings beyond the schema | how findings are shown |
//! | 1 | [`record`] | read and validate what users write | layout, PDF |
//! | 0 | [`day`], [`toml_tree`], [`files`], [`child`], [`diagnostics`] | days of the calendar; places in TOML; safe paths and atomic writes; work in a process with limits; findings | everything above |
//!
//! # The way of a record
//!
//! [`batch::collect`] finds the records; what an earlier run made of an unchanged one is left alone. For the others [`toml_tree::parse`] gives every value with its place;
//! [`record::schema::Schema::check`] says what is wrong with it; [`record::proposal::read`] makes it a [`record::proposal::Proposal`]
//! whose long texts are trees ([`record::proposal::rich_text`]); [`check::check`] adds what no schema can say, also what the
//! rules of its forms find; those [`batch`] has run by [`typeset`], so `check` knows nothing of typst. A record
//! without errors becomes, for each of its form annexes, a [`typeset::Job`]: plain data and virtual files, nothing
//! else. [`typeset::Engine`] makes it a PDF here, or, if it holds anything that may take any time or is one of many,
//! [`typeset::guard::Guard`] has it made by a child process with limits. [`files::write()`] puts it in its place.
//!
//! # Invariants
//!
//! - Only `main` decides exit codes; only [`files`] writes files; only `cli` writes to the terminal.
//! - A label stands once, in a JSON Schema: forms, findings, `anlage new` and editors read it there.
//! - One place turns the TOML parser's words into findings (`toml_tree::syntax_errors`), one the validator's
//!   (`schema::findings`), one typst's ([`typeset::diagnostics`]).
//! - A record is looked through by its form with one walk ([`record::schema::Filled`]); what it says is typed
//!   ([`record::proposal::FieldValue`]) and becomes JSON for typst in one place (`typeset::data`).
//! - Text is never evaluated: it reaches a layout as data and is set as text.
//! - typst sees the files of one job and nothing else: no disk, no packages, no clock.
//! - The same input gives the same bytes. What a run makes is whole or not there.
//! - There are no globals but what is embedded: templates, fonts, schemas.
//!
//! Deliberately absent: a prelude, a `util`, plugin traits, a second rule language.

#![warn(missing_docs)]

pub mod archive;
pub mod bind;
pub mod check;
pub mod child;
pub mod cli;
pub mod day;
pub mod diagnostics;
pub mod files;
pub mod pdf;
pub mod record;
pub mod run;
pub mod tasks;
pub mod toml_tree;
pub mod typeset;
