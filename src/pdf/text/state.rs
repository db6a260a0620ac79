//! Reads one PDF as it is at one time: its pages, and what else its objects say.
//!
//! Knows nothing of what it was before.

use lopdf::Document;

use super::contents::ContentStreams;
use super::place::{TextLimit, UnreadReason};
use super::reading::{PdfReading, RawTaker, Remaining};
use super::viewer::Viewer;
use super::{paint, walk};
use crate::pdf::load::{LoadError, parse};
use crate::pdf::objects::pages;

/// Reads the objects of a PDF that has pages.
pub(super) fn open(file: &[u8]) -> Result<Document, UnreadReason> {
    let document = parse(file).map_err(|error| match error {
        LoadError::Password | LoadError::UnknownHandler(_) => UnreadReason::Locked,
        _ => UnreadReason::Damaged,
    })?;
    if document.trailer.has(b"Encrypt") {
        return Err(UnreadReason::Locked);
    }
    if pages(&document).is_empty() { Err(UnreadReason::Damaged) } else { Ok(document) }
}

/// Reads a PDF as it is now; `viewer` is the same file, if it can be viewed.
pub(super) fn read(
    document: &Document,
    viewer: Option<Viewer>,
    left: &mut Remaining<'_>,
    raw: &mut RawTaker<'_>,
) -> PdfReading {
    let order = pages(document);
    if order.len() > left.limits.pages {
        return PdfReading::unread(UnreadReason::TooMuch(TextLimit::Pages));
    }
    let homes = walk::homes(document);
    let Some(walked) = walk::walk(document, &homes, &mut left.objects) else {
        return PdfReading::unread(UnreadReason::TooMuch(TextLimit::Objects));
    };
    let mut reading = PdfReading::default();
    let mut contents = ContentStreams::of(document, &order, &homes);
    contents.unpack(document, &walked, left, raw, &mut reading);
    reading.texts.extend(walked.texts);
    paint::pages(document, viewer, &order, &contents, left, &mut reading);
    reading
}
