//! The project in a browser: its records and sessions as pages that work without a script, and that a script makes quick.
//!
//! The TOML files stay the truth. Knows neither the terminal nor what a form asks: every control comes from a schema.
//!
//! # Who gets in
//!
//! A program on the own machine is open to every web page that the browser shows, so each request has to prove where it
//! comes from (`admission`): the name of the host, the page that sent it, and a cookie that only the printed address gives.
//! All of this, and the limits on sizes, times and connections, is decided before a page is asked for anything.
//!
//! On a network the names are those that the office uses (`own_names`), and what is sent is encrypted (`tls`), here or by a
//! program in front that may also say who it is (`trusted_proxy`).
//!
//! Either one browser gets in, or people of a list (`people`) sign in (`sign_in`, `tries`), each with a role (`rights`). Who
//! it is travels with the request (`visitor`). They see who else has a record open (`presence`), and what they save is
//! written down (`saving_log`).
//!
//! # A record in a form
//!
//! The text of a record is the draft: every control comes from a schema (`controls`), and what is sent becomes changes of
//! that text (`draft`), which keep comments and layout. The text that the file had, and the one that it shall have, travel
//! with the page. Saving writes the file only if it is still as it was read; else both changes are merged field by field,
//! and what both changed is shown side by side. What was done is kept (`journal`), change by change (`history`), so that it
//! can be taken back.
//!
//! What a form sends (`sent_form`) may have a picture with it, where no script sends it by itself.
//!
//! A session is shown with who may see what (`session_view`), and item by item (`session_item`); what its file says
//! besides has forms made from its schema (`session_parts`). What a page sends is read as
//! changes (`session_changes`), which are tried on the text (`session_draft`) and then written at once; what is made of a
//! session is made in the background (`making`).
//!
//! The pages beside the form (`preview`) say where each field stands: the proof of the page knows. What is pasted is HTML of
//! other programs (`pasted`) and becomes CommonMark; a picture (`picture`) lands beside the record (`beside`), and so does the file of an annex (`annex_file`).

mod admission;
mod annex_file;
mod answer;
mod assets;
mod beside;
mod controls;
mod counter;
mod draft;
mod dropped_body;
mod exceptions;
mod frame;
mod history;
mod journal;
mod making;
mod mending;
mod new_file;
mod new_record;
mod new_session;
mod no_entry;
mod overview;
mod own_names;
mod paste;
mod pasted;
mod people;
mod picture;
mod presence;
mod preview;
mod project_folder;
mod record_gone;
mod record_news;
mod record_page;
mod remarks;
mod rights;
mod routes;
mod saving_log;
mod secrets;
mod sent_form;
mod session_changes;
mod session_draft;
mod session_frame;
mod session_item;
mod session_page;
mod session_papers;
mod session_parts;
mod session_view;
mod sign_in;
mod tls;
mod tries;
mod trusted_proxy;
mod visitor;

pub use counter::{Counter, CounterError, CounterSettings, PeopleSettings};
pub use people::hash_of;
