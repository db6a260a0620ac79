//! The passage of a finished edition through the gate: what was found in it, with the paper and the page.

use std::path::PathBuf;
use std::sync::Arc;

use super::make::MadeEdition;
use crate::diagnostics::{Diagnostic, codes};
use crate::files::FileError;
use crate::packet::secrets::{Hit, SearchResult};
use crate::packet::{self, Pagination, Paper, PublicPlace, Releases, Trace, Volume};
use crate::pdf::text::TextPlace;
use crate::tasks::gate::{Gate, Searched};

/// Says what the search of an edition found, and which releases of the session were of no use.
pub(super) fn passage(
    gate: &Gate<'_>,
    volume: &Volume<'_>,
    made: &MadeEdition,
    searched: &Searched,
) -> Result<Vec<Diagnostic>, FileError> {
    let session = volume.business.session;
    let mut releases = Releases::of(Some(session));
    let traces = PaperTraces::of(gate, volume, searched)?;
    let mut findings =
        gate.said(searched, &mut releases, |found| place_of(volume, &made.pages, &traces, found));
    for hidden in packet::hidden(volume) {
        let at = of_paper(hidden.paper, &TextPlace::File, None);
        if !releases.release_finding(&codes::HIDDEN_IN_PUBLIC, &at) {
            findings.push(packet::hidden_in_public(&hidden));
        }
    }
    findings.extend(releases.useless());
    findings.extend(packet::blind(&gate.confidential, &session.source));
    session.project.apply_levels(&mut findings);
    Ok(findings)
}

/// What is found in the papers one by one. A packet does not tell which paper it has a bookmark or a name from.
struct PaperTraces(Vec<SearchResult>);

impl PaperTraces {
    /// Searches the papers of an edition, if it has something that stands on none of its pages.
    fn of(gate: &Gate<'_>, volume: &Volume<'_>, searched: &Searched) -> Result<Self, FileError> {
        let mut results = Vec::new();
        if searched.has_homeless() {
            let paths: Vec<PathBuf> = volume.papers.iter().map(|one| one.paper.path()).collect();
            gate.search_files(&paths, |_, searched| results.push(searched.into_result()))?;
        }
        Ok(Self(results))
    }

    /// Gives the place of the paper in which the same is found, and where in it.
    fn find(&self, found: Trace<'_>) -> Option<(usize, TextPlace)> {
        let same = |result: &SearchResult| match found {
            Trace::Hit(hit) => {
                let same = |other: &&Hit| other.secret == hit.secret && other.weight == hit.weight;
                result.hits.iter().find(same).map(|hit| hit.place.clone())
            }
            Trace::Unread(unread) => {
                let same = result.unread.iter().find(|other| other.why == unread.why);
                same.map(|unread| unread.place.clone())
            }
            Trace::Picture(_) | Trace::File => None,
        };
        self.0.iter().enumerate().find_map(|(at, result)| Some((at, same(result)?)))
    }
}

/// The paper in which something stands; what stands in none belongs to the packet as a whole.
fn place_of(volume: &Volume<'_>, pages: &Pagination, traces: &PaperTraces, found: Trace<'_>) -> PublicPlace {
    let place = found.place();
    let page = place.page();
    let of_page = page.and_then(|page| {
        let at = (0..volume.papers.len()).find(|at| pages.paper(*at).contains(&page))?;
        Some((at, place.clone().on_page(page + 1 - pages.paper(at).start)))
    });
    let home = || if page.is_none() { traces.find(found) } else { None };
    if let Some((at, place)) = of_page.or_else(home) {
        let of_packet = place.page().map(|page| pages.paper(at).start + page - 1);
        return of_paper(volume.papers[at].paper, &place, of_packet);
    }
    let session = volume.business.session;
    let is_front = page.is_some_and(|page| pages.front().contains(&page));
    let name = if is_front { "Die Tagesordnung" } else { "Die öffentliche Mappe" };
    PublicPlace {
        name: name.to_owned(),
        at: place.to_string(),
        page,
        source: Arc::clone(&session.source),
        span: 0..0,
        items: Vec::new(),
        proposal: String::new(),
        annex: String::new(),
    }
}

fn of_paper(paper: &Paper<'_>, place: &TextPlace, of_packet: Option<usize>) -> PublicPlace {
    let (item, proposal) = (paper.item.number(), paper.item.proposal_number().unwrap_or_default());
    let of_packet = of_packet.map(|page| format!(" (Seite {page} der Mappe)")).unwrap_or_default();
    PublicPlace {
        name: format!("{} zu {proposal} (TOP {item})", paper.label),
        at: format!("{place}{of_packet}"),
        page: place.page(),
        source: Arc::clone(paper.source),
        span: paper.span(),
        items: vec![item],
        proposal,
        annex: paper.annex_label().unwrap_or_default().to_owned(),
    }
}
