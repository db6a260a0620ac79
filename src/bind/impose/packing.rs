//! Packs bytes as streams are packed.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Packs bytes for the filter `FlateDecode`.
pub(super) fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // A vector takes everything.
    encoder.write_all(bytes).ok();
    encoder.finish().unwrap_or_default()
}
