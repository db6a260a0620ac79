//! Makes one edition of a packet: draws its own pages, binds it, and looks its structure over.

use std::path::PathBuf;

use super::draw::{OwnPages, draw, draw_front};
use crate::bind::{self, Packed};
use crate::packet::{self, EditionReport, Pagination, Volume};
use crate::pdf;
use crate::run::Run;

/// An edition that is made and not yet written.
pub(super) struct MadeEdition {
    /// Its file.
    pub bytes: Vec<u8>,
    /// What is said of it.
    pub report: EditionReport,
    /// How its pages are numbered.
    pub pages: Pagination,
}

/// The largest packet that is read back for a look at its structure as a whole, in bytes: some 250 pages of forms. The
/// objects of one that is larger would take more memory than there may be.
const MAX_READ_BACK: usize = 5 << 20;

/// Makes an edition whose file is to lie at this path. An error says why its own pages cannot be set.
pub(super) fn make(
    run: &Run,
    volume: &Volume<'_>,
    front_pages: usize,
    path: PathBuf,
) -> Result<MadeEdition, String> {
    let mut claims = volume.may_claim();
    let (own, packed) = rayon::join(|| draw(run, volume, front_pages, claims), || volume.packed());
    let mut own = own?;
    let mut bound = bind(volume, &own, packed);
    let defects = if claims.cover_structure() { defects(&bound) } else { Vec::new() };
    if !defects.is_empty() {
        claims = claims.without_structure();
        own.front = draw_front(run, volume, &own.pages, claims)?;
        bound = bind(volume, &own, volume.packed());
    }
    let report = EditionReport {
        edition: volume.edition,
        path,
        up_to_date: false,
        pages: own.pages.total(),
        bytes: bound.bytes.len() as u64,
        claims: claims.to_string(),
        defects,
        papers: packet::paper_reports(volume, &own.pages),
        extracted: Vec::new(),
        extracts: Vec::new(),
    };
    Ok(MadeEdition { bytes: bound.bytes, report, pages: own.pages })
}

fn bind(volume: &Volume<'_>, own: &OwnPages, packed: Packed<'_>) -> bind::Packet {
    bind::assemble(volume.plan(&own.pages, (&own.front, own.divider.as_ref(), &own.stamps), packed))
}

/// What is wrong with the structure of a finished packet. Inside of its parts it was checked as they went in, and between
/// them as they were joined; one that is not too large is also read back and checked as any PDF.
pub(super) fn defects(bound: &bind::Packet) -> Vec<String> {
    if !bound.defects.is_empty() || bound.bytes.len() > MAX_READ_BACK {
        return bound.defects.clone();
    }
    match pdf::load(&bound.bytes) {
        Ok(document) => pdf::defects(&document).into_iter().map(|defect| defect.message).collect(),
        Err(error) => vec![error.to_string()],
    }
}
