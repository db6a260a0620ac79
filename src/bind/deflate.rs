//! Deflate, as PDF files have it: fast, for much that is alike.

use std::cell::RefCell;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// Compresses bytes for the filter `FlateDecode` (ISO 32000-1, 7.4.4).
pub(super) fn compressed(bytes: &[u8]) -> Vec<u8> {
    thread_local! {
        // To begin anew takes longer than to pack a few objects.
        static ENCODER: RefCell<ZlibEncoder<Vec<u8>>> =
            RefCell::new(ZlibEncoder::new(Vec::new(), Compression::fast()));
    }
    ENCODER.with_borrow_mut(|encoder| {
        // A vector takes everything.
        encoder.write_all(bytes).ok();
        encoder.reset(Vec::new()).unwrap_or_default()
    })
}

/// Gives back so many bytes that were compressed; fewer if they are damaged.
pub(super) fn uncompressed(compressed: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    ZlibDecoder::new(compressed).take(length as u64).read_to_end(&mut bytes).ok();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back() {
        let packed = compressed(b"aaaaaaaabbbb");
        assert_eq!(uncompressed(&packed, 12), b"aaaaaaaabbbb");
        assert_eq!(uncompressed(&packed, 3), b"aaa");
        assert_eq!(uncompressed(&packed, 99).len(), 12);
        assert_eq!(uncompressed(&compressed(b""), 0), b"");
        assert!(uncompressed(&packed[..packed.len() / 2], 12).len() < 12);
        assert_eq!(uncompressed(b"no", 9), b"");
    }
}
