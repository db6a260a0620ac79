//! `anlage` fills the official annexes of German council proposals from TOML records: it checks a record as a
//! compiler checks code, typesets the form with typst, and writes PDFs that are print-ready, accessible (PDF/UA-1)
//! and archivable (PDF/A-2a).
//!
//! # The map
//!
//! Dependencies only go down; `tests/suite/architecture.rs` guards that, and what each layer must not name.
//!
//! | layer | module | does | must not know |
//! |---|---|---|---|
//! | 7 | `main`, [`cli`] | arguments in, lines out; one short file for each command; the only writing to the terminal | typst, lopdf |
//! | 7 | [`serve`] | the project in a browser: who gets in, pages, forms from schemas, drafts | the terminal, typst, lopdf |
//! | 6 | [`report`] | what is said of results: text for people, JSON, SARIF, annotations | the terminal |
//! | 5 | [`tasks`] | what can be asked for, one file each: render, check, packet, hand over, verify; the desk for one record | the terminal |
//! | 4 | [`run`] | many at once: program, threads, inputs, what earlier runs left in an output folder | tasks, the terminal |
//! | 3 | [`packet`] | the packet as papers: editions, which papers, on which pages, what is said of them | typst, PDF objects, files |
//! | 3 | [`mod@print`] | how pages are laid on sheets, and what the print room is told | typst, PDF objects, files |
//! | 3 | [`archive`] | bags for the archive, with their OParl objects and message | typst, PDF objects |
//! | 3 | [`compare`] | two versions of a record, a session or a document, and what changed, in words | where versions come from |
//! | 2 | [`bind`] | many PDF files become one | typst, papers |
//! | 2 | [`typeset`] | a checked annex and its form become a document, then PDF or PNG | TOML |
//! | 2 | [`check`] | findings beyond the schema | how findings are shown |
//! | 1 | [`pdf`] | single PDF files: read, inspect, check; scans as PDF | records |
//! | 1 | [`record`] | what users write: records, sessions, settings, forms; who may see what; the names of files | layout, PDF |
//! | 0 | [`day`], [`toml_tree`], [`files`], [`child`], [`diagnostics`] | days of the calendar; places in TOML; safe paths and atomic writes; work in a process with limits; findings | everything above |
//!
//! # The way of a record
//!
//! [`run::collect`] finds the files and [`run::look_at`] reads each once, as long as no more than 32 MiB of text wait for
//! their turn: what an earlier run made of an unchanged record is
//! left alone. [`toml_tree`] gives every value of the others its place, [`record::schema::Schema::check`] says what is wrong
//! with it, and [`record::proposal::read`] makes it a [`record::proposal::Proposal`] whose long texts are trees
//! ([`record::proposal::rich_text`]). The [desk](tasks::desk) then checks it in two phases: [`check::content`] looks at the
//! record, [`run::Worker`] runs the rules of its forms, and [`check::Content::with_rules`] puts both together; so `check`
//! knows nothing of typst. A record without errors becomes, for each of its form annexes, a [`typeset::Job`]: plain data
//! and virtual files, nothing else. [`typeset::Engine`] makes it a PDF here, or, if it could take unlimited time or is one
//! of many, [`typeset::guard::Guard`] has it made by a child process with limits. [`files::write()`] puts it in its place.
//!
//! A session is read once, too ([`tasks::agenda`]), and its proposals are passed on to rendering, the packet and the
//! hand-over.
//!
//! # Invariants
//!
//! - One module decides who may see a paper ([`record::publicity`]), one what files are called ([`record::names`]).
//! - One value says on which page of a packet a paper stands, and what the page is called ([`packet::Pagination`]).
//! - No two files need each other, and a name names one type in the crate.
//! - Only `main` decides exit codes; only [`files`] writes files; only `cli` writes to the terminal.
//! - Each label is written once, in a JSON Schema, where forms, findings, `anlage new` and editors read it.
//! - One place turns the TOML parser's words into findings (`toml_tree::syntax_errors`), one the validator's
//!   (`schema::findings`), one typst's ([`typeset::diagnostics`]).
//! - There is one walk through a record by its form ([`record::schema::Filled`]); its values are typed
//!   ([`record::proposal::FieldValue`]) and become JSON for typst in one place (`typeset::data`).
//! - Text is never evaluated: it reaches a layout as data and is set as text.
//! - typst sees the files of one job and nothing else: no disk, no packages, no clock.
//! - The same input gives the same bytes. An output exists whole or not at all.
//! - What was finished is never lost: what no longer holds is set aside ([`run::SetAside`]), and a failure of the environment
//!   moves nothing. What is written for the public lies in a folder of its own ([`record::names`]).
//! - There are no globals except what is embedded: templates, fonts, schemas.
//!
//! Deliberately absent: a prelude, a `util`, plugin traits, a second rule language.

#![warn(missing_docs)]

pub mod archive;
pub mod bind;
pub mod check;
pub mod child;
pub mod cli;
pub mod compare;
pub mod day;
pub mod diagnostics;
pub mod files;
pub mod packet;
pub mod pdf;
pub mod print;
pub mod record;
pub mod report;
pub mod run;
pub mod serve;
pub mod tasks;
pub mod toml_tree;
pub mod typeset;
