//! The passage of a finished edition through the gate: what was found in it, with the paper and the page.

use std::path::PathBuf;
use std::sync::Arc;

use super::make::MadeEdition;
use crate::diagnostics::{Diagnostic, codes};
use crate::files::FileError;
use crate::packet::secrets::{Hit, SearchResult, is_in};
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
    for paper in volume.papers.iter().map(|one| one.paper) {
        let at = of_paper(paper, &TextPlace::File, None);
        let original = paper.path().and_then(|path| gate.original(path));
        let copied = original.map(|origin| packet::copied(origin, &at));
        findings.extend(copied.filter(|_| !releases.release_finding(&codes::LEAK, &at)));
    }
    for hidden in packet::hidden(volume) {
        let at = of_paper(hidden.paper, &TextPlace::File, None);
        if !releases.release_finding(&codes::HIDDEN_IN_PUBLIC, &at) {
            findings.push(packet::hidden_in_public(&hidden, &at));
        }
    }
    findings.extend(releases.useless());
    findings.extend(packet::blind(&gate.confidential, &session.source));
    session.project.apply_levels(&mut findings);
    Ok(findings)
}

/// What is found in the papers one by one, with their places in the volume. A packet does not tell which paper it has a
/// bookmark or a name from.
struct PaperTraces(Vec<(usize, SearchResult)>);

impl PaperTraces {
    /// Searches the papers of an edition, if it has something that stands on none of its pages.
    fn of(gate: &Gate<'_>, volume: &Volume<'_>, searched: &Searched) -> Result<Self, FileError> {
        let mut results = Vec::new();
        if searched.has_homeless() {
            let papers = volume.papers.iter().enumerate();
            let (places, paths): (Vec<usize>, Vec<PathBuf>) =
                papers.filter_map(|(at, one)| Some((at, one.paper.path()?.to_path_buf()))).unzip();
            gate.search_files(&paths, |at, searched| results.push((places[at], searched.into_result())))?;
        }
        Ok(Self(results))
    }

    /// Gives the paper in which the same is found, and where in it; of several the one that says it in the same words, and
    /// at a place of the same kind.
    fn find(&self, trace: Trace<'_>) -> Option<(usize, TextPlace)> {
        let likeness = |other: &Hit, hit: &Hit| (other.shown == hit.shown, other.place.is_like(&hit.place));
        let same = |(at, result): &(usize, SearchResult)| match trace {
            Trace::Hit(hit) => {
                let same = result
                    .hits
                    .iter()
                    .filter(|other| (other.secret, other.weight) == (hit.secret, hit.weight));
                same.map(|other| (likeness(other, hit), *at, other.place.clone()))
                    .max_by_key(|(like, ..)| *like)
            }
            Trace::Unread(unread) => {
                let same = result.unread.iter().find(|other| other.why == unread.why);
                same.map(|other| ((true, other.place.is_like(&unread.place)), *at, other.place.clone()))
            }
            Trace::Picture(_) | Trace::File => None,
        };
        let found = self.0.iter().filter_map(same);
        // Of the same likeness the first.
        let best = found.reduce(|best, other| if other.0 > best.0 { other } else { best });
        best.map(|(_, at, place)| (at, place))
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
    let is_front = page.is_some_and(|page| pages.front().contains(&page));
    let home = || if page.is_none() { traces.find(found) } else { None };
    if let Some((at, place)) = of_page.or_else(home) {
        let of_packet = place.page().map(|page| pages.paper(at).start + page - 1);
        return of_paper(volume.papers[at].paper, &place, of_packet);
    }
    if let Some(paper) = titled(volume, found) {
        return PublicPlace { at: "im Titel".to_owned(), ..of_paper(paper, &place, None) };
    }
    let session = volume.business.session;
    let name = if is_front { "Die Tagesordnung" } else { "Die öffentliche Mappe" };
    let item = volume.business.items.iter().find(|item| match found {
        Trace::Hit(hit) => item.item.title.as_ref().is_some_and(|title| is_in(&hit.shown, title)),
        _ => false,
    });
    PublicPlace {
        name: name.to_owned(),
        at: place.to_string(),
        page,
        source: Arc::clone(&session.source),
        span: item.map(|item| item.item.span.clone()).unwrap_or_default(),
        items: item.map(|item| item.number()).into_iter().collect(),
        proposal: String::new(),
        annex: String::new(),
    }
}

/// The paper whose title or subject holds the words that agenda or bookmarks have from there.
fn titled<'a>(volume: &Volume<'a>, trace: Trace<'_>) -> Option<&'a Paper<'a>> {
    let Trace::Hit(hit) = trace else { return None };
    let says = |paper: &Paper<'_>| {
        let subject = paper.item.proposal.map(|proposal| proposal.subject.as_str()).unwrap_or_default();
        let own = if paper.item.item.title.is_none() { subject } else { "" };
        is_in(&hit.shown, &paper.title) || is_in(&hit.shown, own)
    };
    volume.papers.iter().map(|one| one.paper).find(|paper| says(paper))
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
