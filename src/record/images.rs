//! Turns the image files of records into what typst accepts: upright, RGB, 8 bit, at most 300 dpi.
//!
//! Knows neither records nor layout, but decides the printed size.

mod bare;
mod svg;

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, imageops};

use crate::files;
pub use bare::{JpegSegment, jpeg_segments};

/// The largest width at which an image is printed: the text width of the forms, in millimetres.
pub const MAX_WIDTH_MM: f64 = 165.0;
/// The largest height at which an image is printed, in millimetres.
pub const MAX_HEIGHT_MM: f64 = 200.0;
/// The resolution at which an image is printed if it fits the page that way, in dots per inch.
const NATURAL_DPI: f64 = 150.0;
/// The highest resolution that is embedded, in dots per inch.
const MAX_DPI: f64 = 300.0;
/// The size of the largest image file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 << 20;
/// The most pixels that an image may have in one direction.
pub const MAX_SIDE: u32 = 16_000;
/// The most bytes that a decoded image may take.
pub const MAX_DECODED_BYTES: u64 = 256 << 20;
/// The quality of a JPEG that has to be encoded again, out of 100.
pub const JPEG_QUALITY: u8 = 90;

/// An image ready to be typeset.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The file: PNG, JPEG or SVG.
    pub bytes: Vec<u8>,
    /// The file name extension of the format.
    pub extension: &'static str,
    /// The printed width in millimetres; an SVG has its own.
    pub width_mm: Option<f64>,
    /// The [hash](files::hash) of the file as it lies there; what is printed may be another one.
    pub hash: String,
}

impl Image {
    /// Returns whether the image is a program rather than pixels, so that drawing it may never end.
    pub fn is_vector(&self) -> bool {
        self.extension == "svg"
    }
}

/// The reason why an image cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ImageProblem {
    /// The file is damaged, or none of PNG, JPEG, TIFF and SVG.
    #[error("{0}")]
    Unreadable(String),
    /// The image has too many bytes or pixels.
    #[error("{0}")]
    TooLarge(String),
}

/// Reads an image file, and changes the image only if it must.
pub fn load(path: &Path) -> Result<Image, ImageProblem> {
    let bytes = files::read(path, MAX_FILE_BYTES).map_err(|error| match error {
        files::ReadError::TooLarge { .. } => {
            ImageProblem::TooLarge(format!("Die Datei ist größer als {} MiB.", MAX_FILE_BYTES >> 20))
        }
        other => ImageProblem::Unreadable(format!("Die Datei ist nicht lesbar ({other}).")),
    })?;
    prepare(bytes)
}

fn prepare(bytes: Vec<u8>) -> Result<Image, ImageProblem> {
    let hash = files::hash(&[&bytes]);
    match image::guess_format(&bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Tiff)) => {
            raster(bytes, format, hash)
        }
        _ if looks_like_svg(&bytes) => {
            svg::examine(&bytes).map_err(ImageProblem::Unreadable)?;
            Ok(Image { bytes, extension: "svg", width_mm: None, hash })
        }
        _ => Err(ImageProblem::Unreadable("Die Datei ist weder PNG noch JPEG, TIFF oder SVG.".into())),
    }
}

/// Examines a picture that comes from elsewhere, and gives it as it is kept beside a record, with its file name extension:
/// upright, and without what cameras and programs add. No pixel changes that need not; TIFF becomes PNG, and an SVG stays as
/// it is.
pub fn keep(bytes: Vec<u8>) -> Result<(Vec<u8>, &'static str), ImageProblem> {
    let (kept, extension) = match image::guess_format(&bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Tiff)) => {
            let (mut image, orientation) = decode(&bytes, format)?;
            let (bare, extension) = match format {
                ImageFormat::Png => (bare::png(&bytes), "png"),
                ImageFormat::Jpeg => (bare::jpeg(&bytes), "jpg"),
                _ => (None, "png"),
            };
            let kept = match bare.filter(|_| orientation == Orientation::NoTransforms) {
                Some(bare) => bare,
                None => {
                    image.apply_orientation(orientation);
                    encode(image, extension).map_err(problem)?
                }
            };
            (kept, extension)
        }
        _ => prepare(bytes).map(|image| (image.bytes, image.extension))?,
    };
    if kept.len() as u64 > MAX_FILE_BYTES { Err(too_large()) } else { Ok((kept, extension)) }
}

/// Decodes a PNG, JPEG or TIFF file within the limits, and returns how it has to be turned.
pub fn decode(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), ImageProblem> {
    if format == ImageFormat::Png && bare::png_profile_is_too_large(bytes) {
        return Err(too_large());
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(problem)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(problem)?, orientation))
}

fn raster(bytes: Vec<u8>, format: ImageFormat, hash: String) -> Result<Image, ImageProblem> {
    // Decoded in any case: a damaged file is found now and not while its page is set.
    let (image, orientation) = decode(&bytes, format)?;
    let as_it_is = match format {
        ImageFormat::Png if png_bits(&bytes) == Some(8) => bare::png(&bytes),
        ImageFormat::Jpeg if jpeg_components(&bytes).is_some_and(|count| count != 4) => bare::jpeg(&bytes),
        _ => None,
    };
    let mut upright = image;
    upright.apply_orientation(orientation);
    let (width_mm, pixels) = printed_size(upright.width(), upright.height());
    let extension = if format == ImageFormat::Jpeg { "jpg" } else { "png" };
    let fits = upright.width() <= pixels;
    if let Some(bytes) = as_it_is
        && fits
        && orientation == Orientation::NoTransforms
    {
        return Ok(Image { bytes, extension, width_mm: Some(width_mm), hash });
    }
    if !fits {
        upright = upright.resize(pixels, u32::MAX, imageops::FilterType::Lanczos3);
    }
    let bytes = encode(upright, extension).map_err(problem)?;
    Ok(Image { bytes, extension, width_mm: Some(width_mm), hash })
}

/// Returns the printed width in millimetres, and the most pixels across that it needs.
fn printed_size(width: u32, height: u32) -> (f64, u32) {
    let natural = f64::from(width) / NATURAL_DPI * 25.4;
    let by_height = MAX_HEIGHT_MM * f64::from(width) / f64::from(height.max(1));
    let width_mm = natural.min(MAX_WIDTH_MM).min(by_height);
    let pixels = (width_mm / 25.4 * MAX_DPI).ceil().max(1.0);
    ((width_mm * 100.0).round() / 100.0, pixels as u32)
}

fn encode(image: DynamicImage, extension: &str) -> Result<Vec<u8>, ImageError> {
    let has_alpha = image.color().has_alpha();
    let gray = !image.color().has_color();
    let image: DynamicImage = match (gray, has_alpha) {
        (true, false) => image.into_luma8().into(),
        (true, true) => image.into_luma_alpha8().into(),
        (false, false) => image.into_rgb8().into(),
        (false, true) => image.into_rgba8().into(),
    };
    let mut bytes = Vec::new();
    if extension == "jpg" {
        image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
    } else {
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    }
    Ok(bytes)
}

/// Returns the problem of an image with too many pixels or bytes.
pub fn too_large() -> ImageProblem {
    ImageProblem::TooLarge(format!(
        "Das Bild hat mehr als {MAX_SIDE} Bildpunkte in einer Richtung oder braucht mehr als {} MiB.",
        MAX_DECODED_BYTES >> 20
    ))
}

fn problem(error: ImageError) -> ImageProblem {
    match error {
        ImageError::Limits(_) => too_large(),
        other => ImageProblem::Unreadable(format!(
            "Das Bild ist beschädigt oder von einer Art, die nicht gelesen wird ({other})."
        )),
    }
}

fn looks_like_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with('<') && head.contains("<svg")
}

/// Reads the bits per channel from the IHDR chunk (PNG, third edition, 11.2.1).
fn png_bits(bytes: &[u8]) -> Option<u8> {
    bytes.get(24).copied().map(|bits| bits.max(8))
}

/// Reads the number of colour components from the frame header (ITU-T T.81, B.2.2).
fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    let is_frame = |marker| (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker);
    let frame = jpeg_segments(bytes)?.into_iter().find(|segment| is_frame(segment.marker))?;
    frame.content.get(5).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(image: DynamicImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    #[test]
    fn what_typst_takes_is_left_alone() {
        let bytes = png(DynamicImage::new_rgb8(300, 100));
        let image = prepare(bytes.clone()).unwrap();
        assert_eq!(image.bytes, bytes);
        assert_eq!(image.width_mm, Some(50.8));
    }

    #[test]
    fn what_cameras_and_programs_add_is_not_taken_along() {
        for talkative in [bare::tests::talkative_jpeg(), bare::tests::talkative_png()] {
            let image = prepare(talkative.clone()).unwrap();
            assert!(bare::tests::says(&talkative, b"SECRET") && !bare::tests::says(&image.bytes, b"SECRET"));
            let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
            assert_eq!(pixels(&image.bytes), pixels(&talkative), "no pixel was encoded again");
        }
    }

    #[test]
    fn oversized_and_deep_images_are_reduced() {
        let image = prepare(png(DynamicImage::new_rgb16(4000, 1000))).unwrap();
        let made = image::load_from_memory(&image.bytes).unwrap();
        assert_eq!(made.color(), image::ColorType::Rgb8);
        assert_eq!(made.width(), 1949);
        assert_eq!(image.width_mm, Some(165.0));
        let tall = prepare(png(DynamicImage::new_luma8(1000, 5000))).unwrap();
        assert_eq!(tall.width_mm, Some(40.0));
    }

    #[test]
    fn tiff_becomes_png() {
        let mut bytes = Vec::new();
        DynamicImage::new_luma8(20, 10).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Tiff).unwrap();
        let image = prepare(bytes).unwrap();
        assert_eq!(image.extension, "png");
        assert_eq!(image::guess_format(&image.bytes).unwrap(), ImageFormat::Png);
    }

    #[test]
    fn what_is_kept_is_upright_and_says_nothing_of_who_took_it() {
        for (talkative, extension) in
            [(bare::tests::talkative_jpeg(), "jpg"), (bare::tests::talkative_png(), "png")]
        {
            let (kept, as_what) = keep(talkative.clone()).unwrap();
            assert!(as_what == extension && !bare::tests::says(&kept, b"SECRET"));
            let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
            assert_eq!(pixels(&kept), pixels(&talkative));
            assert_eq!(keep(kept.clone()).unwrap().0, kept, "nothing is left to take away");
        }
        let (turned, _) = keep(bare::tests::turned_jpeg()).unwrap();
        let turned = image::load_from_memory(&turned).unwrap();
        assert_eq!((turned.width(), turned.height()), (30, 40));
        let mut tiff = Vec::new();
        let large = DynamicImage::new_luma8(3000, 10);
        large.write_to(&mut Cursor::new(&mut tiff), ImageFormat::Tiff).unwrap();
        let (kept, extension) = keep(tiff).unwrap();
        assert_eq!((extension, image::load_from_memory(&kept).unwrap()), ("png", large));
        assert!(keep(b"GIF89a".to_vec()).is_err() && keep(Vec::new()).is_err());
    }

    #[test]
    fn damaged_and_foreign_files_are_refused() {
        let mut cut = png(DynamicImage::new_rgb8(300, 100));
        cut.truncate(60);
        assert!(matches!(prepare(cut), Err(ImageProblem::Unreadable(_))));
        assert!(matches!(prepare(b"%PDF-1.7".to_vec()), Err(ImageProblem::Unreadable(_))));
        let mut bomb = png(DynamicImage::new_luma8(1, 1));
        bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(prepare(bomb).is_err());
        let svg = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>";
        assert!(prepare(svg.into()).unwrap().is_vector());
        assert!(matches!(prepare(svg[..svg.len() - 1].into()), Err(ImageProblem::Unreadable(_))));
        assert_eq!(jpeg_components(&[0xFF, 0xD8, 0xFF]), None);
    }
}
