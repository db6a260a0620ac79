//! The project in a browser: its records and sessions as pages that work without a script, and that a script makes quick.
//!
//! The TOML files stay the truth. Knows neither the terminal nor what a form asks: every control comes from a schema.
//!
//! # Who gets in
//!
//! A program on the own machine is open to every web page that the browser shows, so each request has to prove where it
//! comes from (`admission`): the name of the host, the page that sent it, and a cookie that only the printed address gives.
//! All of this, and the limits on sizes, times and connections, is decided before a page is asked for anything.

mod admission;
mod answer;
mod assets;
mod counter;
mod frame;
mod overview;
mod project_folder;
mod routes;

pub use counter::{Counter, CounterError, CounterSettings};
