//! What can be asked for, one file each: prose over the rooms below.
//!
//! Knows nothing of the terminal and of requests; what comes of a task is a value.

pub mod agenda;
pub mod check;
pub mod desk;
pub mod hand_over;
pub mod packet;
pub mod render;
mod turns;
pub mod verify;
