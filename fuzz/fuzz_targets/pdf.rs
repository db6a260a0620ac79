//! Inspects any bytes as a PDF: no panic, no hang. Start from PDFs without compression.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(document) = anlage::pdf::load(bytes) {
        anlage::pdf::inspect(&document);
    }
});
