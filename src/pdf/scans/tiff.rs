//! The pages of a TIFF file. The `tiff` crate reads the directories and most pixels; what it does not support (the
//! older fax encodings, palettes, reversed bits, old-style JPEG) is prepared here for it or for another decoder.

use std::borrow::Cow;
use std::io::Cursor;

use hayro_ccitt::EncodingMode;
use tiff::TiffResult;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;

use super::fax::{self, Coding};
use super::jpeg::{Jpeg, with_adobe_mark};
use super::pixels::{Colours, Pixels};
use super::problem::{damaged, of_tiff};
use super::samples::PageDirectory;
use super::sheet::Sheet;
use super::{encode, raster, samples};
use crate::record::images::{ImageProblem, MAX_DECODED_BYTES, MAX_SIDE, too_large};

/// The most pages that a scan may have.
pub const MAX_PAGES: usize = 500;

// TIFF 6.0, pages 30, 37, 117; Technical Note 2.
const WHITE_IS_ZERO: u16 = 0;
const RGB: u16 = 2;
const PALETTE: u16 = 3;
const YCBCR: u16 = 6;
const HUFFMAN: u16 = 2;
const GROUP_3: u16 = 3;
const GROUP_4: u16 = 4;
const OLD_JPEG: u16 = 6;
const JPEG: u16 = 7;
const T4_OPTIONS: Tag = Tag::Unknown(292);
const JPEG_OFFSET: Tag = Tag::Unknown(513);
const JPEG_LENGTH: Tag = Tag::Unknown(514);
/// The bits that mark a smaller copy of another page, or a mask.
const NO_PAGE: u32 = 0b101;

/// A TIFF file.
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    decoder: Decoder<Cursor<&'a [u8]>>,
}

impl<'a> Tiff<'a> {
    /// Opens a TIFF file.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ImageProblem> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = MAX_DECODED_BYTES as usize;
        let decoder = Decoder::new(Cursor::new(bytes)).map_err(of_tiff)?.with_limits(limits);
        Ok(Self { bytes, decoder })
    }

    /// Returns the indices of the images that are pages; at most one more than allowed.
    pub(super) fn pages(&mut self) -> Result<Vec<usize>, ImageProblem> {
        let mut pages = Vec::new();
        for image in 0.. {
            let kind = self.decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType).map_err(of_tiff)?;
            if kind.unwrap_or(0) & NO_PAGE == 0 {
                pages.push(image);
            }
            if !self.decoder.more_images() || image > MAX_PAGES {
                break;
            }
            self.decoder.next_image().map_err(of_tiff)?;
        }
        Ok(pages)
    }

    /// Reads a page.
    pub(super) fn sheet(&mut self, image: usize) -> Result<Sheet, ImageProblem> {
        self.decoder.seek_to_image(image).map_err(of_tiff)?;
        let page = self.page().map_err(of_tiff)?;
        if page.size.0.max(page.size.1) > MAX_SIDE {
            return Err(too_large());
        }
        let sheet = match page.compression {
            HUFFMAN | GROUP_3 | GROUP_4 => self.fax(&page)?,
            OLD_JPEG => raster::jpeg(&self.old_jpeg()?)?,
            JPEG => match self.whole_jpeg(&page)? {
                Some(jpeg) => raster::jpeg(&jpeg)?,
                None => self.samples(&page)?,
            },
            _ => self.samples(&page)?,
        };
        let orientation = raster::orientation(self.number(Tag::Orientation).map_err(of_tiff)?);
        Ok(Sheet {
            orientation,
            resolution: self.resolution().map_err(of_tiff)?.or(sheet.resolution),
            ..sheet
        })
    }

    fn page(&mut self) -> TiffResult<PageDirectory> {
        let bits = self.decoder.find_tag_unsigned_vec::<u16>(Tag::BitsPerSample)?;
        Ok(PageDirectory {
            size: self.decoder.dimensions()?,
            bits: bits.and_then(|bits| bits.first().copied()).unwrap_or(1),
            samples: self.number(Tag::SamplesPerPixel)?.unwrap_or(1),
            photometric: self.number(Tag::PhotometricInterpretation)?.unwrap_or(WHITE_IS_ZERO),
            compression: self.number(Tag::Compression)?.unwrap_or(1),
            turned_bits: self.number(Tag::FillOrder)? == Some(2),
        })
    }

    fn number(&mut self, tag: Tag) -> TiffResult<Option<u16>> {
        self.decoder.find_tag_unsigned(tag)
    }

    /// Reads the dots per inch; without a unit the numbers are only a ratio.
    fn resolution(&mut self) -> TiffResult<Option<(f64, f64)>> {
        let per_inch = match self.number(Tag::ResolutionUnit)?.unwrap_or(2) {
            2 => 1.0,
            3 => 2.54,
            _ => return Ok(None),
        };
        let mut dots = |tag| -> TiffResult<Option<f64>> {
            Ok(match self.decoder.find_tag(tag)? {
                Some(Value::Rational(above, below)) => Some(f64::from(above) / f64::from(below) * per_inch),
                _ => None,
            })
        };
        let (across, down) = (dots(Tag::XResolution)?, dots(Tag::YResolution)?);
        Ok(across.or(down).zip(down.or(across)))
    }

    /// Returns the strips or tiles with their bits in order, cut off at the end of the file.
    fn chunks(&mut self, page: &PageDirectory) -> TiffResult<Vec<Cow<'a, [u8]>>> {
        let mut numbers = |strips, tiles| -> TiffResult<Vec<u64>> {
            let found = self.decoder.find_tag_unsigned_vec(strips)?;
            Ok(found.or(self.decoder.find_tag_unsigned_vec(tiles)?).unwrap_or_default())
        };
        let offsets = numbers(Tag::StripOffsets, Tag::TileOffsets)?;
        let lengths = numbers(Tag::StripByteCounts, Tag::TileByteCounts)?;
        let chunks = offsets.into_iter().zip(lengths).map(|(offset, length)| {
            let chunk = self.slice(offset, length);
            if page.turned_bits {
                chunk.iter().map(|byte| byte.reverse_bits()).collect()
            } else {
                chunk.into()
            }
        });
        Ok(chunks.collect())
    }

    fn slice(&self, offset: u64, length: u64) -> &'a [u8] {
        let end = self.bytes.len() as u64;
        let start = offset.min(end);
        &self.bytes[start as usize..offset.saturating_add(length).min(end) as usize]
    }

    /// Reads a page in a fax encoding; a single strip of Group 4 is kept as it is.
    fn fax(&mut self, page: &PageDirectory) -> Result<Sheet, ImageProblem> {
        if (page.bits, page.samples) != (1, 1) {
            return Err(damaged("Fax mit mehr als 1 Bit"));
        }
        let options = self.number(T4_OPTIONS).map_err(of_tiff)?.unwrap_or(0);
        let coding = match page.compression {
            GROUP_4 => Coding { mode: EncodingMode::Group4, aligned: false },
            GROUP_3 if options & 1 == 1 => Coding { mode: EncodingMode::Group3_2D { k: 4 }, aligned: false },
            compression => Coding { mode: EncodingMode::Group3_1D, aligned: compression == HUFFMAN },
        };
        let chunks = self.chunks(page).map_err(of_tiff)?;
        let mut bits = self.fax_bits(page, coding, &chunks)?;
        let inverted = page.photometric != WHITE_IS_ZERO;
        if inverted {
            bits.iter_mut().for_each(|byte| *byte = !*byte);
        }
        let as_it_is = match (page.compression, chunks.as_slice()) {
            (GROUP_4, [strip]) if self.decoder.chunk_dimensions().0 == page.size.0 => {
                Some(encode::group4(page.size, inverted, strip.to_vec()))
            }
            _ => None,
        };
        let pixels =
            Pixels { width: page.size.0, height: page.size.1, colours: Colours::Bilevel, bytes: bits };
        Ok(Sheet { pixels, as_it_is, lossy: false, orientation: raster::orientation(None), resolution: None })
    }

    /// Decodes the strips or tiles and joins their bits.
    fn fax_bits(
        &self,
        page: &PageDirectory,
        coding: Coding,
        chunks: &[Cow<'_, [u8]>],
    ) -> Result<Vec<u8>, ImageProblem> {
        let (width, height) = page.size;
        let (chunk_width, chunk_height) = self.decoder.chunk_dimensions();
        let tiled = chunk_width != width;
        if tiled && (chunk_width % 8 != 0 || chunk_width.max(chunk_height) > MAX_SIDE) {
            return Err(damaged("Maße der Kacheln"));
        }
        let across = width.div_ceil(chunk_width.max(1)) as usize;
        let row = fax::row_bytes(width);
        let mut bits = vec![0; row * height as usize];
        for (at, chunk) in chunks.iter().enumerate() {
            let (left, top) =
                (at % across * fax::row_bytes(chunk_width), at / across * chunk_height as usize);
            let rows = (height as usize).saturating_sub(top).min(chunk_height as usize);
            // The last strip ends with the page, a tile has all its rows.
            let coded = if tiled { chunk_height } else { rows as u32 };
            let decoded = fax::decode(chunk, (chunk_width, coded), coding)
                .ok_or_else(|| damaged("zu wenige Zeilen"))?;
            let part = fax::row_bytes(chunk_width);
            let used = part.min(row - left);
            for (line, source) in decoded.chunks_exact(part).take(rows).enumerate() {
                bits[(top + line) * row + left..][..used].copy_from_slice(&source[..used]);
            }
        }
        Ok(bits)
    }

    /// Returns the JPEG file inside, if the page is a single one and not several strips.
    fn whole_jpeg(&mut self, page: &PageDirectory) -> Result<Option<Vec<u8>>, ImageProblem> {
        let chunks = self.chunks(page).map_err(of_tiff)?;
        let tables = self.decoder.find_tag(Tag::JPEGTables).map_err(of_tiff)?;
        let tables = tables.map(Value::into_u8_vec).transpose().map_err(of_tiff)?.unwrap_or_default();
        let of_limited_size = |chunk: &[u8]| {
            let file = Jpeg::read(chunk)?;
            let samples = u64::from(file.size.0) * u64::from(file.size.1) * u64::from(file.components);
            (samples <= MAX_DECODED_BYTES).then_some(file.size)
        };
        let sizes: Option<Vec<_>> = chunks.iter().map(|chunk| of_limited_size(chunk)).collect();
        let sizes = sizes.ok_or_else(|| damaged("JPEG im TIFF"))?;
        if sizes != [page.size] || ![WHITE_IS_ZERO + 1, RGB, YCBCR].contains(&page.photometric) {
            return Ok(None);
        }
        // Both files have a mark at the beginning, and the tables one at their end.
        let mut file = tables.get(..tables.len().saturating_sub(2)).unwrap_or_default().to_vec();
        file.extend(&chunks[0][if file.is_empty() { 0 } else { 2 }..]);
        Ok(Some(match page.photometric {
            RGB => with_adobe_mark(&file, 0),
            _ => file,
        }))
    }

    /// Returns old-style JPEG (TIFF 6.0, section 22) as writers came to use it: a whole file, or its beginning before
    /// the only strip.
    fn old_jpeg(&mut self) -> Result<Vec<u8>, ImageProblem> {
        let mut find = |tag| self.decoder.find_tag_unsigned::<u64>(tag).map_err(of_tiff);
        let (offset, length) = (find(JPEG_OFFSET)?, find(JPEG_LENGTH)?);
        let start = offset.map(|offset| self.slice(offset, length.unwrap_or(u64::MAX))).unwrap_or_default();
        let page = self.page().map_err(of_tiff)?;
        let strips = self.chunks(&PageDirectory { turned_bits: false, ..page }).map_err(of_tiff)?.concat();
        [start.to_vec(), strips.clone(), [start, &strips].concat()]
            .into_iter()
            .find(|file| Jpeg::read(file).is_some())
            .ok_or_else(|| damaged("JPEG der alten Art ohne Kopf"))
    }

    /// Reads a page in any other encoding.
    fn samples(&mut self, page: &PageDirectory) -> Result<Sheet, ImageProblem> {
        let pixels = if page.photometric == PALETTE || page.turned_bits {
            let chunks = self.chunks(page).map_err(of_tiff)?;
            let plain = samples::plain_copy(&mut self.decoder, page, &chunks).map_err(of_tiff)?;
            let colours = self.decoder.find_tag_unsigned_vec::<u16>(Tag::ColorMap).map_err(of_tiff)?;
            let colours = colours.filter(|_| page.photometric == PALETTE);
            let mut copy = Tiff::open(&plain)?;
            samples::read(&mut copy.decoder, page, colours.as_deref())?
        } else {
            samples::read(&mut self.decoder, page, None)?
        };
        let lossy = page.compression == JPEG;
        let pixels = if lossy { pixels } else { pixels.simplified() };
        let orientation = raster::orientation(None);
        Ok(Sheet { pixels, as_it_is: None, lossy, orientation, resolution: None })
    }
}
