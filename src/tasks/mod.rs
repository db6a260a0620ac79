//! One file for each task: it calls the layers below and reads as prose.
//!
//! Knows nothing of the terminal and its arguments; what comes of a task is a value.

pub mod agenda;
pub mod announce;
pub mod check;
pub mod compare;
pub mod desk;
pub mod dispatch;
pub mod form;
mod gate;
mod glances;
pub mod hand_over;
pub mod log;
mod looks;
mod own_pages;
pub mod packet;
pub mod print;
pub mod render;
mod turns;
pub mod verify;
