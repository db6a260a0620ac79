//! Colour on pages: which have any, and how all of it becomes grey.
//!
//! A page without colour must not print as one with colour. What is grey but written as red, green and blue, or through a
//! profile, is written as plain grey: machines count such pages as colour, and make black of four inks.

mod choice;
mod pictures;
mod repaint;
mod space;
mod walk;

pub use choice::PrintColours;
pub(super) use repaint::{Repainted, repaint};
pub(super) use walk::{ColourWalk, set_group_grey};
