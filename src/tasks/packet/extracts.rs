//! Makes what is handed out beside a packet: a file for each item, and parts that fit into a mail.
//!
//! What an extract has is decided in `packet`. One that keeps something back passes through the gate like its packet.

use super::draw::{LAYOUT, OwnPages, draw_divider, draw_stamps, set};
use super::make::{BoundFile, MadeEdition, bind};
use super::passage::passage;
use crate::bind::Part;
use crate::diagnostics::Diagnostic;
use crate::files::FileError;
use crate::packet::{self, Extract, ExtractKind, ExtractReport, ExtractWish, Pagination, Volume, Weights};
use crate::pdf::Claims;
use crate::run::Run;
use crate::tasks::gate::Gate;
use crate::tasks::own_pages::front_job;
use crate::typeset::Standard;

/// How often a packet is cut until no part is too large; at last each paper is a part.
const MAX_TRIES: usize = 6;

/// What extracts are made from: an edition that is made.
pub(super) struct Extracting<'a> {
    pub run: &'a Run,
    /// The edition.
    pub volume: &'a Volume<'a>,
    /// What was made of it.
    pub whole: &'a MadeEdition,
    /// What stands before it, if it keeps something back.
    pub gate: Option<&'a Gate<'a>>,
}

/// An extract that is made and not yet written.
pub(super) struct MadeExtract {
    /// Its file.
    pub bytes: Vec<u8>,
    /// What is said of it.
    pub report: ExtractReport,
    pub(super) extract: Extract,
}

/// The extracts of an edition.
#[derive(Default)]
pub(super) struct Extracts {
    /// What was made, whether that came to any files or not.
    pub kinds: Vec<ExtractKind>,
    /// The files.
    pub made: Vec<MadeExtract>,
    /// What there is to say of them.
    pub findings: Vec<Diagnostic>,
}

/// Why extracts are not made.
pub(super) enum NoExtracts {
    /// Their own pages cannot be set.
    NotSet(String),
    /// The environment failed.
    Failed(FileError),
}

impl From<FileError> for NoExtracts {
    fn from(failure: FileError) -> Self {
        Self::Failed(failure)
    }
}

impl From<String> for NoExtracts {
    fn from(message: String) -> Self {
        Self::NotSet(message)
    }
}

impl Extracting<'_> {
    /// Makes what is wanted. Nothing of it may be written if a finding is an error.
    pub(super) fn make(&self, wish: ExtractWish) -> Result<Extracts, NoExtracts> {
        let mut extracts = Extracts { kinds: wish.kinds(), ..Extracts::default() };
        for kind in wish.kinds() {
            let made = match kind {
                ExtractKind::Item => self.bind(&packet::extracts_of_items(self.volume))?,
                ExtractKind::Part { max_bytes } => self.parts(max_bytes, &mut extracts.findings)?,
                // It is made for a version, and not because somebody wants it.
                ExtractKind::Delta => continue,
            };
            extracts.findings.extend(self.search(&made)?);
            extracts.made.extend(made);
        }
        Ok(extracts)
    }

    /// Cuts the packet into parts, if it is too large as a whole and has more papers than one.
    fn parts(&self, max_bytes: u64, findings: &mut Vec<Diagnostic>) -> Result<Vec<MadeExtract>, NoExtracts> {
        if self.whole.bytes.len() as u64 <= max_bytes {
            return Ok(Vec::new());
        }
        let mut weights = self.weights();
        for tries_left in (0..MAX_TRIES).rev() {
            let most = if tries_left > 0 { max_bytes } else { 0 };
            let cuts = packet::cut(&weights, most);
            let parts = packet::extracts_of_parts(self.volume, &self.whole.pages, &cuts, max_bytes);
            let made = self.bind(&parts)?;
            let too_large = made.iter().filter(|part| part.report.bytes > max_bytes);
            let excess = |has_front: bool| {
                let parts = too_large.clone().filter(|part| part.extract.papers.len() > 1);
                let parts = parts.filter(|part| part.extract.has_front == has_front);
                parts.map(|part| part.report.bytes - max_bytes).max().unwrap_or_default()
            };
            let (first, other) = (excess(true), excess(false));
            if first + other > 0 {
                // What joins the papers weighs more than was thought.
                weights.first += first;
                weights.other += other;
                continue;
            }
            findings.extend(too_large.map(|part| {
                let paper = self.volume.papers[part.extract.papers.start].paper;
                packet::too_large(paper, part.report.bytes, max_bytes)
            }));
            // A single part is the packet.
            return Ok(if made.len() > 1 { made } else { Vec::new() });
        }
        Ok(Vec::new())
    }

    /// What parts weigh, as far as that can be known before any is made.
    fn weights(&self) -> Weights {
        let pages = &self.whole.pages;
        let sizes = self.volume.packed().sizes();
        let of_papers: u64 = sizes.iter().sum();
        let between = (self.whole.bytes.len() as u64).saturating_sub(of_papers);
        let for_pages = |count: usize| between * count as u64 / pages.total().max(1) as u64;
        let weight = |(at, size): (usize, u64)| size + for_pages(pages.paper(at).len());
        let papers = sizes.into_iter().enumerate().map(weight).collect();
        Weights { first: for_pages(pages.front().len()), other: 0, papers }
    }

    /// Binds extracts; fewer if the run is stopped.
    fn bind(&self, extracts: &[Extract]) -> Result<Vec<MadeExtract>, NoExtracts> {
        let bound = self.run.map(extracts.len(), |at| self.bind_one(&extracts[at]));
        Ok(bound.into_iter().collect::<Result<_, _>>()?)
    }

    fn bind_one(&self, extract: &Extract) -> Result<MadeExtract, String> {
        let (volume, pages) = self.cut_out(extract);
        let count = pages.total();
        let BoundFile { bytes, claims, .. } = self.bound(extract, &volume, pages)?;
        let report = ExtractReport::of(extract, count, &bytes, claims);
        Ok(MadeExtract { bytes, report, extract: extract.clone() })
    }

    /// Says what must not be in extracts that keep something back. All else was said of the packet.
    fn search(&self, extracts: &[MadeExtract]) -> Result<Vec<Diagnostic>, FileError> {
        let Some(gate) = self.gate else { return Ok(Vec::new()) };
        let search = |at: usize| {
            let MadeExtract { bytes, extract, .. } = &extracts[at];
            let (volume, pages) = self.cut_out(extract);
            passage(gate, &volume, &pages, gate.search(bytes)?)
        };
        let found: Vec<Vec<Diagnostic>> =
            self.run.map(extracts.len(), search).into_iter().collect::<Result<_, FileError>>()?;
        Ok(found.into_iter().flatten().filter(Diagnostic::is_error).collect())
    }

    fn cut_out(&self, extract: &Extract) -> (Volume<'_>, Pagination) {
        let (papers, is_divided) = (extract.papers.clone(), extract.is_divided);
        let pages = self.whole.pages.extract(papers.clone(), extract.has_front, is_divided);
        (self.volume.extract(papers, extract.title.clone(), is_divided), pages)
    }

    /// Binds an extract.
    fn bound(&self, extract: &Extract, volume: &Volume<'_>, pages: Pagination) -> Result<BoundFile, String> {
        let claims = volume.may_claim();
        let stamps = draw_stamps(self.run, volume, &pages)?;
        let divider = volume.divided_at.map(|_| draw_divider(self.run, volume)).transpose()?;
        let mut own = OwnPages { front: self.front(extract, claims)?, divider, stamps, pages };
        let front = |_: &Pagination, claims| self.front(extract, claims);
        bind(volume, &mut own, volume.packed(), claims, &extract.others, front)
    }

    /// Sets the first pages, which are those of the packet, or takes only what they say of the document.
    fn front(&self, extract: &Extract, claims: Claims) -> Result<Part, String> {
        let mut front = packet::front(self.volume, &self.whole.pages);
        front.title.clone_from(&extract.title);
        if !extract.has_front {
            front.parts.clear();
            front.description =
                format!("Unterlagen der Sitzung: {}", self.volume.business.session.committee());
        }
        let project = &self.volume.business.session.project;
        let job = front_job(project, LAYOUT, &front, Standard::of(claims))?;
        let read = if extract.has_front { Part::read_front } else { Part::read_about };
        set(self.run, self.volume, &job, read)
    }
}
