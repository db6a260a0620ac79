//! Scans as PDF: JPEG, PNG and multi-page TIFF become a PDF that claims PDF/A-2a and PDF/UA-1.
//!
//! Each page is one image, upright, in its size on paper, at most 300 dpi, and a figure with the title of the annex.
//! JPEG and Group 4 are embedded unchanged where possible. Knows nothing of records.

mod document;
mod encode;
mod fax;
mod jpeg;
mod paper;
mod pixels;
mod problem;
mod raster;
mod samples;
mod sheet;
mod tiff;

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::ImageFormat;

use crate::record::images::{ImageProblem, MAX_FILE_BYTES};
use document::Document;
pub use document::Labels;
use problem::damaged;
use sheet::Sheet;
pub use tiff::MAX_PAGES;

/// The most samples that all pages of a scan may have together: 500 A4 pages in grey at 350 dpi.
const MAX_SAMPLES: u64 = 6_000_000_000;
/// The size that the PDF may have, in bytes: a small file can use the same large strip for each of 500 pages.
const MAX_PDF_BYTES: usize = 256 << 20;

/// A scan as PDF.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// The number of its pages.
    pub pages: usize,
}

/// The reason why a scan cannot become a PDF.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The file is damaged, too large, or not an image.
    #[error(transparent)]
    Image(#[from] ImageProblem),
    /// The scan has no pages, or too many.
    #[error("Die Datei hat {0} Seiten; möglich sind 1 bis {MAX_PAGES}.")]
    Pages(usize),
    /// The pages are too large together.
    #[error("Die Seiten sind zusammen zu groß: mehr als {} MiB im PDF oder zu viele Bildpunkte.", MAX_PDF_BYTES >> 20)]
    TooMuch,
}

/// Makes a PDF from a scan.
pub fn scan(bytes: &[u8], labels: &Labels<'_>) -> Result<Scan, ScanError> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let text = format!("Die Datei ist größer als {} MiB.", MAX_FILE_BYTES >> 20);
        return Err(ImageProblem::TooLarge(text).into());
    }
    // The decoders are not ours: one that panics over a damaged file shall not end the run.
    catch_unwind(AssertUnwindSafe(|| convert(bytes, labels)))
        .unwrap_or_else(|_| Err(damaged("nicht entschlüsselbar").into()))
}

fn convert(bytes: &[u8], labels: &Labels<'_>) -> Result<Scan, ScanError> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => bind(1, [raster::jpeg(bytes)], labels),
        Ok(ImageFormat::Png) => bind(1, [raster::png(bytes)], labels),
        Ok(ImageFormat::Tiff) => {
            let mut tiff = tiff::Tiff::open(bytes)?;
            let pages = tiff.pages()?;
            bind(pages.len(), pages.into_iter().map(|page| tiff.sheet(page)), labels)
        }
        _ => Err(ImageProblem::Unreadable("Die Datei ist weder JPEG noch PNG oder TIFF.".into()).into()),
    }
}

/// Adds the pages to the document one by one, so that only one is decoded at a time.
fn bind(
    pages: usize,
    sheets: impl IntoIterator<Item = Result<Sheet, ImageProblem>>,
    labels: &Labels<'_>,
) -> Result<Scan, ScanError> {
    if pages == 0 || pages > MAX_PAGES {
        return Err(ScanError::Pages(pages));
    }
    let mut document = Document::new(labels, pages);
    let (mut samples, mut size) = (0, 0);
    for sheet in sheets {
        let sheet = sheet?;
        samples += sheet.pixels.samples();
        let paper = sheet.paper();
        let image = sheet.into_image(&paper)?;
        size += image.content.len();
        if samples > MAX_SAMPLES || size > MAX_PDF_BYTES {
            return Err(ScanError::TooMuch);
        }
        document.page(&paper, image);
    }
    Ok(Scan { pdf: document.finish()?, pages })
}
