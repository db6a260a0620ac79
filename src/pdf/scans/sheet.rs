//! A page of a scan on its way from the file into the PDF.

use image::metadata::Orientation;
use lopdf::Stream;

use super::encode::encode;
use super::paper::Paper;
use super::pixels::Pixels;
use crate::record::images::ImageProblem;

/// A page as it stood in its file.
pub struct Sheet {
    /// What it shows, as it is stored and not as it is turned.
    pub pixels: Pixels,
    /// The image for the PDF without a new encoding, if the PDF can have it so.
    pub as_it_is: Option<Stream>,
    /// Whether it came as JPEG, and may become one again.
    pub lossy: bool,
    /// How it has to be turned.
    pub orientation: Orientation,
    /// Dots per inch across and down, as the file says.
    pub resolution: Option<(f64, f64)>,
}

impl Sheet {
    /// The paper it lies on.
    pub fn paper(&self) -> Paper {
        Paper::of((self.pixels.width, self.pixels.height), self.orientation, self.resolution)
    }

    /// The image for the PDF, with no more pixels than the paper needs.
    pub fn into_image(self, paper: &Paper) -> Result<Stream, ImageProblem> {
        let (width, height) = paper.most_pixels;
        match self.as_it_is {
            Some(image) if self.pixels.width <= width && self.pixels.height <= height => Ok(image),
            _ => encode(&self.pixels.reduced(width, height), self.lossy),
        }
    }
}
