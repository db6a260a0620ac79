//! From a checked annex and its template to a PDF or to pictures of its pages.
//!
//! Knows nothing of TOML; it gets data, and gives bytes and findings back.

mod data;
mod engine;
mod findings;
pub mod guard;
mod job;
mod packet;

pub use engine::{Engine, FINGERPRINT, alone};
pub use findings::diagnostics;
pub use job::{Finding, Format, Job, Options, Outcome, SHARED, Standard, job, rules_job};
pub use packet::{Front, FrontItem, FrontPaper, FrontPart, front, gap, stamps};
