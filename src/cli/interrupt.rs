//! Ctrl-C, and the wish of the system to end: a run then ends after what is under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that is set when the user wants to stop.
pub fn flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    // Without a handler Ctrl-C ends the program at once, which does no harm either.
    ctrlc::set_handler(move || set.store(true, Ordering::Relaxed)).ok();
    stop
}
