//! Sends a packet: both usual editions are made as its next version and kept for good, and then those in the output folder are
//! made anew.
//!
//! What is sent, and what its pages are called, is decided in `packet::late`. Knows nothing of the terminal.

use std::path::PathBuf;

use super::packet::{PacketReport, PacketRequest, Sending, packet};
use crate::packet::{Edition, ExtractWish};
use crate::run::{Report, Run};

/// What is to be sent.
#[derive(Debug, Clone)]
pub struct DispatchRequest {
    /// The session file.
    pub session: PathBuf,
    /// Where its packets lie; if not said, where the project has its outputs.
    pub output: Option<PathBuf>,
    /// When and how.
    pub sending: Sending,
}

/// Sends the packet of a session; `each` gets the reports of its records.
pub fn dispatch(run: &Run, request: &DispatchRequest, each: impl FnMut(Report, usize)) -> PacketReport {
    let packets = |sending: Option<Sending>| PacketRequest {
        session: request.session.clone(),
        output: request.output.clone(),
        editions: Edition::USUAL.to_vec(),
        allow_gaps: false,
        force: false,
        extracts: ExtractWish::default(),
        sending,
    };
    let mut report = packet(run, &packets(Some(request.sending)), each);
    if report.sent.as_ref().is_some_and(|sent| !sent.is_same) {
        // Those in the output folder still say that they are a draft.
        let mut current = packet(run, &packets(None), |_, _| {});
        report.editions.append(&mut current.editions);
        report.set_aside.append(&mut current.set_aside);
        report.index = current.index;
        report.failure = current.failure;
        report.interrupted |= current.interrupted;
    }
    report
}
