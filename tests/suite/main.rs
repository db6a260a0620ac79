//! The tests of the whole program. One binary, so that typst is linked once.

// A test that cannot go on shall stop where it is.
#![allow(clippy::unwrap_used)]

mod agenda;
mod architecture;
mod archive;
mod bags;
mod browser;
mod browser_form;
mod browser_hostile;
#[cfg(unix)]
mod browser_kills;
mod browser_network;
mod browser_people;
mod browser_pictures;
mod browser_session;
mod check;
mod cities;
mod claims;
mod conformance;
mod dice;
mod diff;
mod dispatch;
mod examples;
mod explain;
mod extracts;
mod findings;
mod folders;
mod foreign;
mod forged;
mod forms;
mod golden;
mod hand_overs;
mod hostile;
mod images;
mod incremental;
mod inspect;
mod leftovers;
mod messages;
mod mishaps;
mod mutations;
mod new_session;
mod own_text;
mod packet;
mod packet_leak;
mod packet_runs;
mod packet_walk;
mod pdf;
mod print;
mod print_colour;
mod print_tickets;
mod program;
mod proof;
mod read_once;
mod readme;
mod render;
mod scans;
mod schema;
mod seals;
mod secrets;
mod sheets;
mod stamps;
mod standards;
mod tables;
mod total;
mod verify;
