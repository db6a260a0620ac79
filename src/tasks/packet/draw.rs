//! Has the first pages and the stamps of a volume set. What they say is said in `packet`.

use crate::bind::Part;
use crate::packet::{self, Business, Edition, Pagination, Paper, PaperContent, Volume};
use crate::pdf::LoadError;
use crate::run::{Run, WorkPlace, Worker};
use crate::tasks::own_pages::front_job;
use crate::typeset::{self, Engine, Job, Standard};

/// What this program draws itself for an edition.
pub(super) struct OwnPages {
    /// How its pages are numbered.
    pub pages: Pagination,
    /// Cover and agenda.
    pub front: Part,
    /// A stamp for each page.
    pub stamps: Part,
}

/// The layout of the first pages.
pub(super) const LAYOUT: &str = "mappe.typ";
/// A number of first pages that is larger than any: where it stands on a page, it takes the most room.
const MANY: usize = 8888;
/// How often the first pages are set until there are as many as the numbers on them say.
const MAX_TRIES: usize = 4;

/// Counts the first pages of an edition before its papers are read.
pub(super) fn count_front_pages(edition: Edition, business: &Business<'_>, papers: &[Paper<'_>]) -> usize {
    let unread = PaperContent::unread(papers);
    let volume = Volume::new(edition, business, papers, &unread);
    let project = &business.session.project;
    let job = front_job(project, LAYOUT, &packet::front(&volume, &volume.pagination(MANY)), Vec::new());
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
    standards: &[Standard],
) -> Result<OwnPages, String> {
    let mut front_pages = expected;
    for _ in 0..MAX_TRIES {
        let pages = volume.pagination(front_pages);
        let (front, stamps) =
            rayon::join(|| draw_front(run, volume, &pages, standards), || draw_stamps(run, volume, &pages));
        let (front, stamps) = (front?, stamps?);
        front_pages = front.page_count();
        if pages.front().len() == front_pages {
            return Ok(OwnPages { pages, front, stamps });
        }
    }
    Err("ihre Seitenzahl ändert sich mit den Zahlen, die darauf stehen.".to_owned())
}

/// Sets the first pages.
pub(super) fn draw_front(
    run: &Run,
    volume: &Volume<'_>,
    pages: &Pagination,
    standards: &[Standard],
) -> Result<Part, String> {
    let project = &volume.business.session.project;
    let job = front_job(project, LAYOUT, &packet::front(volume, pages), standards.to_vec())?;
    set(run, volume, &job, Part::read_front)
}

/// Sets the stamps.
pub(super) fn draw_stamps(run: &Run, volume: &Volume<'_>, pages: &Pagination) -> Result<Part, String> {
    set(run, volume, &typeset::stamps(&packet::stamp_texts(volume, pages)), Part::read_stamps)
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
