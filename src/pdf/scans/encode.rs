//! Encodes pixels as an image of a PDF: as JPEG if they came as JPEG, else without loss.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};
use lopdf::{Dictionary, Object, Stream, dictionary};

use super::fax;
use super::pixels::{Colours, Pixels};
use super::problem::damaged;
use crate::record::images::{ImageProblem, JPEG_QUALITY};

/// The samples, about an A4 page in colour and 250 dpi, from which time counts more than the last tenth of the size.
const QUICK_FROM: usize = 16 << 20;

/// Encodes pixels.
pub(super) fn encode(pixels: &Pixels, lossy: bool) -> Result<Stream, ImageProblem> {
    match (pixels.colours, lossy) {
        (Colours::Bilevel, _) => Ok(bilevel(pixels)),
        (_, true) => as_jpeg(pixels).map_err(damaged),
        (_, false) => as_png(pixels).map_err(damaged),
    }
}

/// Wraps an image that is JPEG already.
pub(super) fn jpeg(size: (u32, u32), colours: Colours, bytes: Vec<u8>) -> Stream {
    let mut dict = image(size, colours);
    dict.set("Filter", "DCTDecode");
    Stream::new(dict, bytes).with_compression(false)
}

/// Wraps an image that is Group 4 already; `black_is_1` says which bit is black.
pub(super) fn group4(size: (u32, u32), black_is_1: bool, bytes: Vec<u8>) -> Stream {
    let mut dict = image(size, Colours::Bilevel);
    dict.set("Filter", "CCITTFaxDecode");
    dict.set(
        "DecodeParms",
        dictionary! {
            "K" => -1,
            "Columns" => size.0,
            "Rows" => size.1,
            "BlackIs1" => black_is_1,
            // The number of rows is known to be right; not every scanner writes the mark at the end.
            "EndOfBlock" => false,
        },
    );
    Stream::new(dict, bytes).with_compression(false)
}

/// Encodes pixels of 1 bit as Group 4, or as Flate where that is smaller, as for dithered photos.
fn bilevel(pixels: &Pixels) -> Stream {
    let size = (pixels.width, pixels.height);
    let mut flate = Stream::new(image(size, Colours::Bilevel), pixels.bytes.clone());
    let group4 = group4(size, false, fax::encode(pixels));
    match flate.compress() {
        Ok(()) if flate.content.len() < group4.content.len() => flate,
        _ => group4,
    }
}

fn as_jpeg(pixels: &Pixels) -> Result<Stream, ImageError> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    encoder.write_image(&pixels.bytes, pixels.width, pixels.height, colour_type(pixels.colours))?;
    Ok(jpeg((pixels.width, pixels.height), pixels.colours, bytes))
}

/// Encodes pixels as PNG, whose compressed rows FlateDecode takes with predictor 15 (ISO 32000-1, 7.4.4.4).
fn as_png(pixels: &Pixels) -> Result<Stream, ImageError> {
    let mut png = Cursor::new(Vec::new());
    let effort =
        if pixels.bytes.len() < QUICK_FROM { CompressionType::Default } else { CompressionType::Fast };
    let encoder = PngEncoder::new_with_quality(&mut png, effort, FilterType::Adaptive);
    encoder.write_image(&pixels.bytes, pixels.width, pixels.height, colour_type(pixels.colours))?;
    let mut dict = image((pixels.width, pixels.height), pixels.colours);
    dict.set("Filter", "FlateDecode");
    dict.set(
        "DecodeParms",
        dictionary! {
            "Predictor" => 15,
            "Colors" => pixels.colours.channels() as i64,
            "BitsPerComponent" => 8,
            "Columns" => pixels.width,
        },
    );
    let png = png.into_inner();
    let rows: Vec<u8> =
        png_chunks(&png).filter(|(kind, _)| kind == b"IDAT").flat_map(|(_, data)| data).copied().collect();
    Ok(Stream::new(dict, rows).with_compression(false))
}

/// Splits a PNG file into chunks: kind and content.
pub(super) fn png_chunks(png: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = png.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let (kind, data) = (rest.get(4..8)?, rest.get(8..length.checked_add(8)?)?);
        rest = rest.get(length + 12..).unwrap_or_default();
        Some((kind, data))
    })
}

fn colour_type(colours: Colours) -> ExtendedColorType {
    match colours {
        Colours::Rgb => ExtendedColorType::Rgb8,
        Colours::Grey | Colours::Bilevel => ExtendedColorType::L8,
    }
}

fn image((width, height): (u32, u32), colours: Colours) -> Dictionary {
    let name = |name: &str| Object::Name(name.into());
    dictionary! {
        "Type" => name("XObject"),
        "Subtype" => name("Image"),
        "Width" => width,
        "Height" => height,
        "ColorSpace" => name(if colours == Colours::Rgb { "DeviceRGB" } else { "DeviceGray" }),
        "BitsPerComponent" => if colours == Colours::Bilevel { 1 } else { 8 },
    }
}
