//! What is said of results, as it leaves the program: for people, as JSON, as SARIF, for GitHub Actions.
//!
//! Everything here turns a value into text or JSON and writes nothing, so that a terminal and a server say the same.
//! Knows neither the terminal nor the arguments of commands.

mod check;
mod diff;
mod dispatch;
mod explain;
mod github;
mod hand_over;
mod human;
mod inspect;
mod json;
mod packet;
mod print;
mod render;
mod sarif;
mod tally;
mod templates;
mod verify;
mod words;

pub use check::{CheckTally, diff, diff_of};
pub use diff::{diff_json, diff_lines, diff_summary};
pub use dispatch::{dispatch_summary, log_json, log_lines};
pub use explain::{Explained, explained, reference};
pub use github::github;
pub use hand_over::{hand_over_json, hand_over_lines};
pub use human::{Paint, human};
pub use inspect::{inspection, inspection_json};
pub use json::{findings, record};
pub use packet::{packet_json, packet_summary};
pub use print::{print_json, print_summary};
pub use render::RenderTally;
pub use sarif::sarif;
pub use tally::Tally;
pub use templates::{template_json, template_line};
pub use verify::{verified_json, verified_lines};
pub use words::{printable, set_aside};
