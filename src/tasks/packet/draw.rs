//! Has the first pages and the stamps of a volume set. What they say is said in `packet`.

use crate::bind::Part;
use crate::packet::{self, Business, Edition, Pagination, Paper, PaperContent, Volume};
use crate::pdf::{Claims, LoadError};
use crate::run::{Run, WorkPlace, Worker};
use crate::tasks::own_pages::front_job;
use crate::typeset::{self, Engine, Job, Standard};

/// What this program draws itself for an edition.
pub(super) struct OwnPages {
    /// How its pages are numbered.
    pub pages: Pagination,
    /// Cover and agenda.
    pub front: Part,
    /// The sheet that divides the parts of the agenda, if there is one.
    pub divider: Option<Part>,
    /// A stamp for each page, in parts.
    pub stamps: Vec<Part>,
}

/// The layouts of the first pages, and of the sheet that divides the parts of the agenda.
pub(super) const LAYOUT: &str = "mappe.typ";
pub(super) const DIVIDER_LAYOUT: &str = "trennblatt.typ";
/// A number of first pages that is larger than any: where it stands on a page, it takes the most room.
const MANY: usize = 8888;
/// So many stamps are set at once: of each some 50 KiB are held until all are.
const STAMPS_AT_ONCE: usize = 128;
/// How often the first pages are set until there are as many as the numbers on them say.
const MAX_TRIES: usize = 4;

/// Counts the first pages of an edition before its papers are read.
pub(super) fn count_front_pages(edition: Edition, business: &Business<'_>, papers: &[Paper<'_>]) -> usize {
    let unread = PaperContent::unread(papers);
    let volume = Volume::new(edition, business, papers, &unread);
    let project = &business.session.project;
    let job = front_job(project, LAYOUT, &packet::front(&volume, &volume.pagination(MANY, 1)), Vec::new());
    // What cannot be set is said when it is set for good. What could take any time is not set twice for nothing.
    let job = job.ok().filter(|job| !job.untrusted);
    job.and_then(|job| Engine::default().page_count(&job, &project.fonts)).unwrap_or_default()
}

/// Sets first pages and stamps. The numbers on them depend on how many first pages there are, which is only seen when they
/// are set; usually there are as many as expected.
pub(super) fn draw(
    run: &Run,
    volume: &Volume<'_>,
    expected: usize,
    claims: Claims,
) -> Result<OwnPages, String> {
    let mut front_pages = expected;
    let divider = volume.divided_at.map(|_| draw_divider(run, volume)).transpose()?;
    for _ in 0..MAX_TRIES {
        let pages = volume.pagination(front_pages, divider.as_ref().map_or(0, Part::page_count));
        let (front, stamps) =
            rayon::join(|| draw_front(run, volume, &pages, claims), || draw_stamps(run, volume, &pages));
        // An agenda may be long, and is not set again.
        typeset::forget_all();
        let (front, stamps) = (front?, stamps?);
        front_pages = front.page_count();
        if pages.front().len() == front_pages {
            return Ok(OwnPages { pages, front, divider, stamps });
        }
    }
    Err("ihre Seitenzahl ändert sich mit den Zahlen, die darauf stehen.".to_owned())
}

/// Sets the first pages.
pub(super) fn draw_front(
    run: &Run,
    volume: &Volume<'_>,
    pages: &Pagination,
    claims: Claims,
) -> Result<Part, String> {
    let project = &volume.business.session.project;
    let job = front_job(project, LAYOUT, &packet::front(volume, pages), Standard::of(claims))?;
    set(run, volume, &job, Part::read_front)
}

/// Sets the sheet that divides the parts of the agenda.
pub(super) fn draw_divider(run: &Run, volume: &Volume<'_>) -> Result<Part, String> {
    let project = &volume.business.session.project;
    let said = packet::front(volume, &volume.pagination(0, 0));
    let job = front_job(project, DIVIDER_LAYOUT, &said, Standard::default_set())?;
    set(run, volume, &job, Part::read_divider)
}

/// Sets the stamps.
pub(super) fn draw_stamps(run: &Run, volume: &Volume<'_>, pages: &Pagination) -> Result<Vec<Part>, String> {
    let texts = packet::stamp_texts(volume, pages);
    let draw = |texts: &[String]| {
        let drawn = set(run, volume, &typeset::stamps(texts), Part::read_stamps);
        // No two stamps are alike, but extracts have only a few, and the same first pages again and again.
        if texts.len() == STAMPS_AT_ONCE {
            typeset::forget_all();
        }
        drawn
    };
    texts.chunks(STAMPS_AT_ONCE).map(draw).collect()
}

/// Has own pages set, and reads them.
pub(super) fn set(
    run: &Run,
    volume: &Volume<'_>,
    job: &Job,
    read: impl Fn(&[u8]) -> Result<Part, LoadError>,
) -> Result<Part, String> {
    let fonts = &volume.business.session.project.fonts;
    let pdf = Worker::new(run, WorkPlace::Here).make(job, fonts).into_pdf()?;
    read(&pdf).map_err(|error| error.to_string())
}
