//! JPEG and PNG files as pages of a scan.

use image::ImageFormat;
use image::metadata::Orientation;

use super::encode::{self, png_chunks};
use super::jpeg::Jpeg;
use super::pixels::{Colours, Pixels};
use super::problem::damaged;
use super::sheet::Sheet;
use crate::record::images::{self, ImageProblem};

/// Reads the page of a JPEG file, and keeps its bytes if possible.
pub(super) fn jpeg(bytes: &[u8]) -> Result<Sheet, ImageProblem> {
    let file = Jpeg::read(bytes).ok_or_else(|| damaged("JPEG ohne Ende"))?;
    // Decoded in any case: a damaged file is found now, and not by those who open the PDF.
    let (image, orientation) = images::decode(bytes, ImageFormat::Jpeg)?;
    let colours = match file.components {
        1 => Some(Colours::Grey),
        3 => Some(Colours::Rgb),
        // CMYK would need an output intent of its own.
        _ => None,
    };
    let as_it_is = colours.filter(|_| file.plain).map(|colours| encode::jpeg(file.size, colours, file.bytes));
    let pixels = Pixels::from_image(image);
    Ok(Sheet { pixels, as_it_is, lossy: true, orientation, resolution: file.resolution })
}

/// Reads the page of a PNG file.
pub(super) fn png(bytes: &[u8]) -> Result<Sheet, ImageProblem> {
    let (image, orientation) = images::decode(bytes, ImageFormat::Png)?;
    let pixels = Pixels::from_image(image).simplified();
    Ok(Sheet { pixels, as_it_is: None, lossy: false, orientation, resolution: png_resolution(bytes) })
}

/// Reads the dots per inch from the pHYs chunk (PNG, third edition, 11.3.4.3).
fn png_resolution(bytes: &[u8]) -> Option<(f64, f64)> {
    let (_, data) = png_chunks(bytes).find(|(kind, _)| kind == b"pHYs")?;
    let dots =
        |at: usize| Some(f64::from(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?)) * 0.0254);
    match data.get(8) {
        Some(1) => dots(0).zip(dots(4)),
        _ => None,
    }
}

/// Reads an orientation from its number; an unknown number means none.
pub(super) fn orientation(number: Option<u16>) -> Orientation {
    let number = number.and_then(|number| u8::try_from(number).ok());
    number.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms)
}
