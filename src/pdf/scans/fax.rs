//! The fax encodings of TIFF (ITU-T T.4 and T.6), Group 3 in one and two dimensions and Group 4: to bits and back.

use ::fax::encoder::Encoder;
use ::fax::{Color, VecWriter};
use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

use super::pixels::Pixels;

/// The parameters of a fax encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coding {
    /// The encoding of a line.
    pub mode: EncodingMode,
    /// Whether each line begins at a byte boundary.
    pub aligned: bool,
}

/// Decodes rows of bits, in which 1 is white; `None` if there are fewer rows than there should be.
pub(super) fn decode(data: &[u8], (width, height): (u32, u32), coding: Coding) -> Option<Vec<u8>> {
    let mut context = DecoderContext::new(DecodeSettings {
        columns: width,
        rows: height,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: coding.aligned,
        encoding: coding.mode,
        invert_black: false,
    });
    let mut rows = Rows { width, height, x: 0, y: 0, bits: vec![0; row_bytes(width) * height as usize] };
    // Whatever stands behind the last row does not matter.
    let _ = hayro_ccitt::decode(data, &mut rows, &mut context);
    (rows.y == height).then_some(rows.bits)
}

/// Encodes pixels of 1 bit as Group 4.
pub(super) fn encode(pixels: &Pixels) -> Vec<u8> {
    let width = pixels.width as usize;
    let mut encoder = Encoder::new(VecWriter::new());
    for row in pixels.bytes.chunks(row_bytes(pixels.width)) {
        let white = |x: usize| row[x / 8] & (0x80 >> (x % 8)) != 0;
        let line = (0..width).map(|x| if white(x) { Color::White } else { Color::Black });
        let Ok(()) = encoder.encode_line(line, pixels.width as u16);
    }
    let Ok(writer) = encoder.finish();
    writer.finish()
}

/// Returns the number of bytes in a row of bits.
pub(super) fn row_bytes(width: u32) -> usize {
    (width as usize).div_ceil(8)
}

struct Rows {
    width: u32,
    height: u32,
    x: u32,
    y: u32,
    bits: Vec<u8>,
}

impl Decoder for Rows {
    fn push_pixels(&mut self, white: bool, count: u32) {
        let end = self.x.saturating_add(count).min(self.width);
        if white && self.y < self.height {
            let row = &mut self.bits[self.y as usize * row_bytes(self.width)..][..row_bytes(self.width)];
            fill(row, self.x as usize, end as usize);
        }
        self.x = end;
    }

    fn next_line(&mut self) {
        self.y = (self.y + 1).min(self.height);
        self.x = 0;
    }
}

fn fill(row: &mut [u8], start: usize, end: usize) {
    let (first, last) = (start.div_ceil(8), end / 8);
    if first >= last {
        (start..end).for_each(|x| row[x / 8] |= 0x80 >> (x % 8));
        return;
    }
    (start..first * 8).chain(last * 8..end).for_each(|x| row[x / 8] |= 0x80 >> (x % 8));
    row[first..last].fill(0xFF);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pdf::scans::pixels::Colours;

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(width in 1u32..90, height in 1u32..12, seed in prop::collection::vec(any::<u8>(), 144), sparse in any::<bool>()) {
            let mut bytes: Vec<u8> = seed.iter().cycle().take(row_bytes(width) * height as usize).copied().collect();
            if sparse {
                bytes.iter_mut().for_each(|byte| *byte = if *byte < 200 { 0xFF } else { *byte });
            }
            // What is behind the end of a row is never set by the decoder.
            for row in bytes.chunks_mut(row_bytes(width)) {
                let used = (width as usize - 1) % 8 + 1;
                *row.last_mut().unwrap() &= (0xFF00u16 >> used) as u8;
            }
            let pixels = Pixels { width, height, colours: Colours::Bilevel, bytes };
            let coding = Coding { mode: EncodingMode::Group4, aligned: false };
            let decoded = decode(&encode(&pixels), (width, height), coding);
            prop_assert_eq!(decoded.as_ref(), Some(&pixels.bytes));
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(data in prop::collection::vec(any::<u8>(), 0..200), width in 1u32..3000, aligned in any::<bool>(), mode in 0..3) {
            let mode = [EncodingMode::Group4, EncodingMode::Group3_1D, EncodingMode::Group3_2D { k: 4 }][mode as usize];
            decode(&data, (width, 9), Coding { mode, aligned });
        }
    }
}
