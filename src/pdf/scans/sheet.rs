//! A page of a scan on its way from the file into the PDF.

use image::metadata::Orientation;
use lopdf::Stream;

use super::encode::encode;
use super::paper::ScanPage;
use super::pixels::Pixels;
use crate::record::images::ImageProblem;

/// A page as it is in its file.
pub(super) struct Sheet {
    /// The pixels as stored, before they are turned.
    pub pixels: Pixels,
    /// The encoded image, if the PDF can contain it unchanged.
    pub as_it_is: Option<Stream>,
    /// Whether it came as JPEG and may become JPEG again.
    pub lossy: bool,
    /// How the pixels have to be turned.
    pub orientation: Orientation,
    /// The dots per inch across and down, according to the file.
    pub resolution: Option<(f64, f64)>,
}

impl Sheet {
    /// Returns the paper for the page.
    pub(super) fn paper(&self) -> ScanPage {
        ScanPage::of((self.pixels.width, self.pixels.height), self.orientation, self.resolution)
    }

    /// Makes the image for the PDF, with no more pixels than the paper needs.
    pub(super) fn into_image(self, paper: &ScanPage) -> Result<Stream, ImageProblem> {
        let (width, height) = paper.most_pixels;
        match self.as_it_is {
            Some(image) if self.pixels.width <= width && self.pixels.height <= height => Ok(image),
            _ => encode(&self.pixels.reduced(width, height), self.lossy),
        }
    }
}
