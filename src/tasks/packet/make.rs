//! Makes one edition of a packet: draws its own pages, binds it, and looks its structure over.

use std::path::PathBuf;

use super::draw::{OwnPages, draw, draw_front};
use crate::bind::{self, OtherFile, Packed, Part};
use crate::packet::{self, EditionReport, Pagination, Volume};
use crate::pdf::{self, Claims};
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
    let claims = volume.may_claim();
    let (own, packed) = rayon::join(|| draw(run, volume, front_pages, claims), || volume.packed());
    let mut own = own?;
    let front = |pages: &Pagination, claims| draw_front(run, volume, pages, claims);
    let bound = bind(volume, &mut own, packed, claims, &[], front)?;
    let report = EditionReport {
        edition: volume.edition,
        path,
        up_to_date: false,
        pages: own.pages.total(),
        bytes: bound.bytes.len() as u64,
        claims: bound.claims.to_string(),
        defects: bound.defects,
        papers: packet::paper_reports(volume, &own.pages),
        extracted: Vec::new(),
        extracts: Vec::new(),
    };
    Ok(MadeEdition { bytes: bound.bytes, report, pages: own.pages })
}

/// A file that is bound.
pub(super) struct BoundFile {
    pub bytes: Vec<u8>,
    /// What it claims.
    pub claims: Claims,
    /// Why it claims less than it was to: what is wrong with its structure.
    pub defects: Vec<String>,
}

/// Binds a volume. If its structure is not sound it claims none, which its first pages say, so `front` sets them again.
/// `others` are the files that its agenda leads into besides.
pub(super) fn bind(
    volume: &Volume<'_>,
    own: &mut OwnPages,
    packed: Packed<'_>,
    claims: Claims,
    others: &[OtherFile],
    front: impl Fn(&Pagination, Claims) -> Result<Part, String>,
) -> Result<BoundFile, String> {
    let assemble = |own: &OwnPages, packed| {
        let plan = volume.plan(&own.pages, (&own.front, own.divider.as_ref(), &own.stamps), packed);
        bind::assemble(bind::Plan { others: others.to_vec(), ..plan })
    };
    let bound = assemble(own, packed);
    let defects = if claims.cover_structure() { defects(&bound) } else { Vec::new() };
    if defects.is_empty() {
        return Ok(BoundFile { bytes: bound.bytes, claims, defects });
    }
    let claims = claims.without_structure();
    own.front = front(&own.pages, claims)?;
    Ok(BoundFile { bytes: assemble(own, volume.packed()).bytes, claims, defects })
}

/// What is wrong with the structure of a finished packet. Inside of its parts it was checked as they went in, and between
/// them as they were joined; one that is not too large is also read back and checked as any PDF.
fn defects(bound: &bind::Packet) -> Vec<String> {
    if !bound.defects.is_empty() || bound.bytes.len() > MAX_READ_BACK {
        return bound.defects.clone();
    }
    match pdf::load(&bound.bytes) {
        Ok(document) => pdf::defects(&document).into_iter().map(|defect| defect.message).collect(),
        Err(error) => vec![error.to_string()],
    }
}
