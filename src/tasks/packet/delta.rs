//! Makes the delta of a version: the sheets that those who have the one before do not have yet, behind a list of what changed
//! and where they are filed.
//!
//! Which sheets those are is decided in `packet::late`.

use super::draw::{DIVIDER_LAYOUT, OwnPages, draw_stamps, set};
use super::extracts::{MadeExtract, NoExtracts};
use super::load::load_selected;
use super::make::{BoundFile, MadeEdition, bind};
use super::passage::passage;
use crate::bind::{OtherFile, Part};
use crate::diagnostics::Diagnostic;
use crate::packet::late::{DIVIDER_SLUG, Dispatch, FilingStep, Issue, SentPages, filing, sent_pages};
use crate::packet::{
    self, ExtractReport, PageName, Pagination, PaperContent, Volume, delta_extract, page_stamps,
};
use crate::pdf::Claims;
use crate::run::Run;
use crate::tasks::gate::Gate;
use crate::tasks::own_pages::front_job;
use crate::typeset::{FilingRow, Front, FrontDelta, Standard};

const LAYOUT: &str = "nachtrag.typ";
/// Links of the agenda lead into the whole packet, which follows behind more pages than any delta has.
const BEHIND: usize = 1_000_000;
/// What the empty back of a sheet is called, and what it says.
const EMPTY: (&str, &str) = ("leer", "Rückseite bleibt leer");

/// What a delta is made from: an edition of a version that is made.
pub(super) struct DeltaMaking<'a> {
    pub run: &'a Run,
    /// The edition.
    pub volume: &'a Volume<'a>,
    /// What was made of it.
    pub whole: &'a MadeEdition,
    /// The version.
    pub issue: &'a Issue,
    /// The version before.
    pub last: &'a Dispatch,
}

impl DeltaMaking<'_> {
    /// Makes it, and says what must not be in it if it keeps something back.
    pub(super) fn make(&self, gate: Option<&Gate<'_>>) -> Result<(MadeExtract, Vec<Diagnostic>), NoExtracts> {
        let extract = delta_extract(self.volume, self.issue);
        let chosen = sent_pages(self.volume, self.issue);
        let contents = self.contents(&chosen)?;
        let own: Vec<(usize, &PaperContent)> = chosen.iter().map(|sent| sent.paper).zip(&contents).collect();
        let has_divider = self.issue.pages(DIVIDER_SLUG).iter().any(|page| !page.is_filed);
        let volume = self.volume.select(&own, extract.title.clone(), has_divider);
        let (BoundFile { bytes, claims, .. }, pages) = self.bound(&volume, &chosen)?;
        let found = match gate {
            Some(gate) => passage(gate, &volume, &pages, gate.search(&bytes)?)?,
            None => Vec::new(),
        };
        let report = ExtractReport {
            changes: packet::changes_for(self.volume),
            filing: self.steps(),
            ..ExtractReport::of(&extract, pages.total(), &bytes, claims)
        };
        Ok((MadeExtract { bytes, report, extract }, found.into_iter().filter(Diagnostic::is_error).collect()))
    }

    /// Reads the pages that are sent.
    fn contents(&self, chosen: &[SentPages]) -> Result<Vec<PaperContent>, NoExtracts> {
        let session = self.volume.business.session;
        let keeps_back = self.volume.edition.keeps_back();
        let read = |at: usize| {
            let SentPages { paper, pages } = &chosen[at];
            load_selected(self.run, session, self.volume.papers[*paper].paper, pages, !keeps_back)
        };
        Ok(self.run.map(chosen.len(), read).into_iter().collect::<Result<_, _>>()?)
    }

    fn bound(&self, volume: &Volume<'_>, chosen: &[SentPages]) -> Result<(BoundFile, Pagination), String> {
        let claims = volume.may_claim();
        let front = self.front(volume, claims)?;
        let divider = volume.divided_at.map(|_| self.divider(volume)).transpose()?;
        let divider_pages = divider.as_ref().map_or(0, Part::page_count);
        let pages = volume.pagination(front.page_count(), divider_pages);
        let names = self.names(volume, &pages, chosen);
        let pages = pages.named(names);
        let stamps = draw_stamps(self.run, volume, &pages)?;
        let mut own = OwnPages { front, divider, stamps, pages };
        let name = self.whole.report.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let whole = OtherFile { name, pages: BEHIND + 1..BEHIND + 1 + self.whole.pages.total() };
        let front = |_: &Pagination, claims| self.front(volume, claims);
        let bound = bind(volume, &mut own, volume.packed(), claims, &[whole], front)?;
        Ok((bound, own.pages))
    }

    fn steps(&self) -> Vec<FilingStep> {
        filing(self.volume, self.issue, self.last, self.whole.pages.front().len())
    }

    fn is_duplex(&self) -> bool {
        self.issue.pages_per_sheet > 1
    }

    /// Sets the list of what changed, cover and agenda; with an empty back behind them if a sheet follows.
    fn front(&self, volume: &Volume<'_>, claims: Claims) -> Result<Part, String> {
        let front = self.set_front(volume, claims, false)?;
        let is_half = self.is_duplex() && front.page_count() % 2 == 1 && goes_on(volume);
        if is_half { self.set_front(volume, claims, true) } else { Ok(front) }
    }

    fn set_front(&self, volume: &Volume<'_>, claims: Claims, has_empty_back: bool) -> Result<Part, String> {
        let mut front = packet::front(self.volume, &self.whole.pages);
        front.title = volume.title();
        front.description = format!("Nachtrag zur Sitzung: {}", volume.business.session.committee());
        lead_into_packet(&mut front);
        let row = |step: FilingStep| {
            let [out, put, behind] = step.in_words();
            FilingRow { what: step.what, out, put, behind }
        };
        front.delta = Some(FrontDelta {
            supplements: self.last.name(),
            changes: packet::changes_for(self.volume),
            filing: self.steps().into_iter().map(row).collect(),
            duplex: self.is_duplex(),
            has_empty_back,
        });
        let project = &volume.business.session.project;
        let job = front_job(project, LAYOUT, &front, Standard::of(claims))?;
        set(self.run, volume, &job, Part::read_front)
    }

    /// Sets the sheet between the parts of the agenda, with an empty back if it has one.
    fn divider(&self, volume: &Volume<'_>) -> Result<Part, String> {
        let project = &volume.business.session.project;
        let said = packet::front(volume, &volume.pagination(0, 0));
        let job = front_job(project, DIVIDER_LAYOUT, &said, Standard::default_set())?;
        let divider = set(self.run, volume, &job, Part::read_divider)?;
        if !self.is_duplex() || divider.page_count().is_multiple_of(2) {
            return Ok(divider);
        }
        let sides: Vec<Option<usize>> = (0..divider.page_count()).map(Some).chain([None]).collect();
        set(self.run, volume, &job, |pdf| Part::read_selected(pdf, DIVIDER_SLUG, &sides, true))
    }

    /// Names the pages: each is called as it is in the packet, and says what it says there.
    fn names(&self, volume: &Volume<'_>, pages: &Pagination, chosen: &[SentPages]) -> Vec<PageName> {
        let whole = &self.whole.pages;
        let stamps = page_stamps(self.volume, whole);
        let of_packet = |place: usize| PageName {
            label: whole.label(place),
            said: whole.said(place),
            stamps: stamps.get(place - 1).cloned(),
        };
        let listed = |at: usize| PageName {
            label: format!("N{at}"),
            said: format!("Nachtrag, Blatt {at}"),
            stamps: Some(vec![format!("Nachtrag · {} · Seite {at}", self.issue.name())]),
        };
        let empty = || PageName {
            label: EMPTY.0.to_owned(),
            said: EMPTY.1.to_owned(),
            stamps: Some(vec![EMPTY.1.to_owned()]),
        };
        let is_half = self.is_duplex() && !whole.front().len().is_multiple_of(2);
        let back = usize::from(is_half && goes_on(volume));
        let lists = pages.front().len() - whole.front().len() - back;
        let mut names: Vec<PageName> = (1..=lists).map(listed).collect();
        names.extend(whole.front().map(of_packet));
        names.extend((0..back).map(|_| empty()));
        for at in 0..=chosen.len() {
            if volume.divided_at == Some(at) {
                let places: Vec<usize> = whole.divider().collect();
                let sides = 0..pages.divider().len();
                names
                    .extend(sides.map(|side| places.get(side).map_or_else(empty, |place| of_packet(*place))));
            }
            let Some(sent) = chosen.get(at) else { break };
            let first = whole.paper(sent.paper).start;
            names.extend(
                sent.pages.iter().map(|page| page.map_or_else(empty, |page| of_packet(first + page))),
            );
        }
        names
    }
}

/// Tells whether a sheet follows the first pages.
fn goes_on(volume: &Volume<'_>) -> bool {
    !volume.papers.is_empty() || volume.divided_at.is_some()
}

/// Lets the lines of the agenda lead into the file with the whole packet.
fn lead_into_packet(front: &mut Front) {
    for item in front.parts.iter_mut().flat_map(|part| &mut part.items) {
        let pages = item.papers.iter_mut().filter_map(|paper| paper.page.as_mut());
        pages.chain(item.page.as_mut()).for_each(|page| page.place += BEHIND);
    }
}
