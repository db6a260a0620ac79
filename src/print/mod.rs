//! The print room: how the pages of a packet or of a file are laid on sheets, and what is said of that to whoever prints.
//!
//! Values in, values out: which page goes where (`imposition`), how large and how turned (`placing`), what stands on each
//! side ([`sides`]). Knows neither PDF objects nor files; sheets are made by [`crate::bind::impose`].

mod imposition;
mod layout;
mod placing;
mod plan;
mod preflight;
mod sides;
mod ticket;
mod xjdf;

pub use imposition::{ImposedSheet, Leaf};
pub use layout::{PrintLayout, millimetres, points};
pub use plan::{OddPage, PageFate, PrintPlan, PrintSection, PrintWish};
pub use preflight::{PrintFlaw, preflight};
pub use sides::{plan_sides, sides};
pub use ticket::{Ticket, TicketFile, TicketRecipient};
pub use xjdf::xjdf;
