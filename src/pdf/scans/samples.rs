//! Turns the samples of a TIFF page, whatever they mean, into grey or RGB of 8 bit.

use std::borrow::Cow;
use std::io::{Cursor, Read, Seek};

use tiff::decoder::{Decoder, DecodingResult};
use tiff::encoder::TiffEncoder;
use tiff::tags::Tag;
use tiff::{ColorType, TiffResult};

use super::fax;
use super::pixels::{Colours, Pixels, over_white};
use super::problem::{damaged, of_tiff};
use crate::record::images::ImageProblem;

/// The tags that a copy for the `tiff` crate keeps unchanged.
const KEPT: [Tag; 12] = [
    Tag::ImageWidth,
    Tag::ImageLength,
    Tag::BitsPerSample,
    Tag::Compression,
    Tag::SamplesPerPixel,
    Tag::ExtraSamples,
    Tag::SampleFormat,
    Tag::PlanarConfiguration,
    Tag::RowsPerStrip,
    Tag::Predictor,
    Tag::TileWidth,
    Tag::TileLength,
];
const PALETTE: u16 = 3;
const BLACK_IS_ZERO: u16 = 1;

/// The values in the directory of a page.
pub(super) struct PageDirectory {
    /// The pixels across and down.
    pub size: (u32, u32),
    /// The bits per sample.
    pub bits: u16,
    /// The samples per pixel.
    pub samples: u16,
    /// The meaning of the samples.
    pub photometric: u16,
    /// How they are packed.
    pub compression: u16,
    /// Whether the bits in each byte are reversed.
    pub turned_bits: bool,
}

/// Copies a page into a separate file that the `tiff` crate can read: bits in order, indices of a palette as grey.
pub(super) fn plain_copy(
    decoder: &mut Decoder<impl Read + Seek>,
    page: &PageDirectory,
    chunks: &[Cow<'_, [u8]>],
) -> TiffResult<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)?;
    let mut directory = encoder.image_directory()?;
    let mut offsets = Vec::new();
    for chunk in chunks {
        offsets.push(u32::try_from(directory.write_data(&chunk[..])?)?);
    }
    let lengths: Vec<u32> = chunks.iter().map(|chunk| chunk.len() as u32).collect();
    for tag in KEPT {
        if let Some(values) = decoder.find_tag_unsigned_vec::<u32>(tag)? {
            // "All rows in one strip" is often written as the largest number there is.
            let values: Vec<u16> =
                values.into_iter().map(|value| value.min(u16::MAX.into()) as u16).collect();
            directory.write_tag(tag, &values[..])?;
        }
    }
    let grey = if page.photometric == PALETTE { BLACK_IS_ZERO } else { page.photometric };
    directory.write_tag(Tag::PhotometricInterpretation, grey)?;
    let tiled = decoder.find_tag(Tag::TileOffsets)?.is_some();
    let (places, counts) = if tiled {
        (Tag::TileOffsets, Tag::TileByteCounts)
    } else {
        (Tag::StripOffsets, Tag::StripByteCounts)
    };
    directory.write_tag(places, &offsets[..])?;
    directory.write_tag(counts, &lengths[..])?;
    directory.finish()?;
    Ok(file.into_inner())
}

/// Reads the pixels of the decoder's current page, looking up colours if the values are indices of a palette.
pub(super) fn read<R: Read + Seek>(
    decoder: &mut Decoder<R>,
    page: &PageDirectory,
    palette: Option<&[u16]>,
) -> Result<Pixels, ImageProblem> {
    let colour = decoder.colortype().map_err(of_tiff)?;
    let mut result = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut result).map_err(of_tiff)?;
    let bytes = match result {
        DecodingResult::U8(bytes) => bytes,
        DecodingResult::U16(values) => values.into_iter().map(|value| (value >> 8) as u8).collect(),
        _ => return Err(damaged("Bildpunkte nicht aus 1 bis 16 Bit")),
    };
    let deep = usize::from(colour.bit_depth().div_ceil(8));
    if bytes.len() * deep < layout.complete_len {
        return Err(damaged("nicht alle Farbauszüge"));
    }
    let (width, height) = page.size;
    let bytes = if layout.planes > 1 { interleaved(&bytes, layout.planes) } else { bytes };
    let pixels = |colours, bytes| Pixels { width, height, colours, bytes };
    Ok(match (colour, palette) {
        (ColorType::Gray(bits @ (1 | 2 | 4 | 8)), Some(palette)) => {
            let colours = Palette::new(palette, bits);
            pixels(Colours::Rgb, unpacked(&bytes, width, bits).flat_map(|at| colours.get(at)).collect())
        }
        (ColorType::Gray(1), None) => pixels(Colours::Bilevel, bytes),
        (ColorType::Gray(bits @ (2 | 4)), None) => {
            let step = 255 / ((1 << bits) - 1);
            pixels(Colours::Grey, unpacked(&bytes, width, bits).map(|value| value * step).collect())
        }
        (ColorType::Gray(8 | 16), None) => pixels(Colours::Grey, bytes),
        (ColorType::Multiband { bit_depth: 8 | 16, num_samples: 2 }, None) => {
            pixels(Colours::Grey, bytes.chunks_exact(2).map(|p| over_white(p[0], p[1])).collect())
        }
        (ColorType::RGB(8 | 16), None) => pixels(Colours::Rgb, bytes),
        (ColorType::RGBA(8 | 16), None) => {
            pixels(Colours::Rgb, mapped(&bytes, |[r, g, b, a]| [r, g, b].map(|value| over_white(value, a))))
        }
        (ColorType::CMYK(8 | 16), None) => {
            pixels(Colours::Rgb, mapped(&bytes, |[c, m, y, k]| from_cmyk(c, m, y, k)))
        }
        (ColorType::CMYKA(8 | 16), None) => pixels(
            Colours::Rgb,
            mapped(&bytes, |[c, m, y, k, a]| from_cmyk(c, m, y, k).map(|value| over_white(value, a))),
        ),
        (ColorType::YCbCr(8), None) => pixels(Colours::Rgb, mapped(&bytes, |[y, b, r]| from_ycbcr(y, b, r))),
        _ => return Err(damaged("unbekannte Farben")),
    })
}

/// Turns planes one after another into pixels one after another.
fn interleaved(bytes: &[u8], planes: usize) -> Vec<u8> {
    let plane = bytes.len() / planes;
    (0..plane).flat_map(|at| (0..planes).map(move |number| bytes[number * plane + at])).collect()
}

/// Unpacks values of 1, 2, 4 or 8 bit into one byte each.
fn unpacked(bytes: &[u8], width: u32, bits: u8) -> impl Iterator<Item = u8> {
    let row = fax::row_bytes(width * u32::from(bits));
    bytes.chunks_exact(row.max(1)).flat_map(move |row| {
        (0..width as usize).map(move |x| {
            let at = x * usize::from(bits);
            row[at / 8] << (at % 8) >> (8 - bits)
        })
    })
}

/// A colour map: all reds, then all greens, then all blues.
struct Palette<'a> {
    map: &'a [u16],
    length: usize,
    /// Some writers put 8 bit where 16 belong.
    shift: u32,
}

impl<'a> Palette<'a> {
    fn new(map: &'a [u16], bits: u8) -> Self {
        let shift = if map.iter().all(|value| *value < 256) { 0 } else { 8 };
        Self { map, length: 1 << bits, shift }
    }

    fn get(&self, at: u8) -> [u8; 3] {
        [0, 1, 2].map(|channel| {
            let value = self.map.get(channel * self.length + usize::from(at)).copied().unwrap_or(0);
            (value >> self.shift) as u8
        })
    }
}

fn mapped<const N: usize>(bytes: &[u8], colour: impl Fn([u8; N]) -> [u8; 3]) -> Vec<u8> {
    bytes.as_chunks::<N>().0.iter().flat_map(|pixel| colour(*pixel)).collect()
}

/// Converts CMYK to RGB as the `image` crate does for JPEG.
fn from_cmyk(c: u8, m: u8, y: u8, k: u8) -> [u8; 3] {
    [c, m, y].map(|ink| ((255 - u32::from(ink)) * (255 - u32::from(k)) / 255) as u8)
}

/// Converts YCbCr of full range to RGB as JFIF does (ITU-T T.871, 7).
fn from_ycbcr(y: u8, b: u8, r: u8) -> [u8; 3] {
    let (y, b, r) = (f32::from(y), f32::from(b) - 128.0, f32::from(r) - 128.0);
    [y + 1.402 * r, y - 0.344_136 * b - 0.714_136 * r, y + 1.772 * b].map(|value| value.round() as u8)
}
