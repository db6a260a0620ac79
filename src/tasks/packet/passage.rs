//! The passage of a finished edition through the gate: what was found in it, with the paper and the page.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, codes};
use crate::files::FileError;
use crate::packet::secrets::{Hit, SearchResult, is_in};
use crate::packet::{self, Pagination, Paper, PublicPlace, Releases, Trace, Volume, VolumePaper};
use crate::pdf::text::{TextPlace, Unread};
use crate::tasks::gate::{Gate, Searched};

/// Says what the search of an edition found, and which releases of the session were of no use.
pub(super) fn passage(
    gate: &Gate<'_>,
    volume: &Volume<'_>,
    pages: &Pagination,
    searched: Searched,
) -> Result<Vec<Diagnostic>, FileError> {
    let session = volume.business.session;
    let mut releases = Releases::of(Some(session));
    let traces = PaperTraces::of(gate, volume, &searched)?;
    let (own, of_papers) = match searched {
        Searched::Through(result) => {
            let (own, of_papers) = traces.hand_over(volume, result);
            (Searched::Through(own), of_papers)
        }
        Searched::Not(why) => (Searched::Not(why), Vec::new()),
    };
    let mut findings = gate.said(&own, &mut releases, |found| place_of(volume, pages, found));
    for (at, result) in of_papers {
        findings.extend(gate.said(&Searched::Through(result), &mut releases, |found| {
            of_paper_in_packet(volume, pages, at, &found.place())
        }));
    }
    for one in &volume.papers {
        let at = of_paper(*one, &TextPlace::File, None);
        let original = one.paper.path().and_then(|path| gate.original(path));
        let copied = original.map(|origin| packet::copied(origin, &at));
        findings.extend(copied.filter(|_| !releases.release_finding(&codes::LEAK, &at, at.hash.as_deref())));
    }
    for hidden in packet::hidden(volume) {
        let at = of_paper(hidden.paper, &TextPlace::File, None);
        if !releases.release_finding(&codes::HIDDEN_IN_PUBLIC, &at, at.hash.as_deref()) {
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

    /// Hands what stands on no page of an edition to the papers that have it; what is left belongs to the edition.
    fn hand_over(
        self,
        volume: &Volume<'_>,
        edition: SearchResult,
    ) -> (SearchResult, Vec<(usize, SearchResult)>) {
        let SearchResult { hits, unread, pictures } = edition;
        let mut own = SearchResult { pictures, ..SearchResult::default() };
        let mut chosen: Vec<(BTreeSet<Hit>, BTreeSet<usize>)> = vec![Default::default(); self.0.len()];
        for hit in hits {
            let at = if hit.place.page().is_none() { self.with_hit(volume, &hit) } else { Vec::new() };
            if at.is_empty() {
                own.hits.push(hit);
            }
            at.into_iter().for_each(|(at, hit)| chosen[at].0.extend([hit.clone()]));
        }
        for unread in unread {
            let at = if unread.place.page().is_none() { self.with_unread(&unread) } else { Vec::new() };
            if at.is_empty() {
                own.unread.push(unread);
            }
            at.into_iter().for_each(|(at, which)| chosen[at].1.extend([which]));
        }
        let of_papers = self.0.into_iter().zip(chosen).map(|((at, result), (hits, unread))| {
            let unread = unread.into_iter().map(|which| result.unread[which].clone()).collect();
            (at, SearchResult { hits: hits.into_iter().collect(), unread, pictures: Vec::new() })
        });
        (own, of_papers.collect())
    }

    /// Gives the same in the papers: wherever a place of the same kind says it; else, if no title does, where the words are
    /// the same, or at all. An edition says a secret once in each of its places, whichever papers they come from.
    fn with_hit(&self, volume: &Volume<'_>, hit: &Hit) -> Vec<(usize, &Hit)> {
        let all = self
            .0
            .iter()
            .enumerate()
            .flat_map(|(at, (_, result))| result.hits.iter().map(move |hit| (at, hit)));
        let same: Vec<_> =
            all.filter(|(_, other)| (other.secret, other.weight) == (hit.secret, hit.weight)).collect();
        let like: Vec<_> =
            same.iter().copied().filter(|(_, other)| other.place.is_like(&hit.place)).collect();
        if !like.is_empty() {
            return like;
        }
        let one = || same.iter().find(|(_, other)| other.shown == hit.shown).or(same.first());
        if titled(volume, Trace::Hit(hit)).is_some() {
            Vec::new()
        } else {
            one().copied().into_iter().collect()
        }
    }

    /// Gives what is unread in the papers for the same reason, as an index into each: at places of the same kind, else at
    /// the first.
    fn with_unread(&self, unread: &Unread) -> Vec<(usize, usize)> {
        let all = self.0.iter().enumerate().flat_map(|(at, (_, result))| {
            result.unread.iter().enumerate().map(move |(which, unread)| (at, which, unread))
        });
        let same: Vec<_> = all.filter(|(.., other)| other.why == unread.why).collect();
        let like = same.iter().filter(|(.., other)| other.place.is_like(&unread.place));
        let like: Vec<(usize, usize)> = like.map(|(at, which, _)| (*at, *which)).collect();
        if like.is_empty() {
            same.first().map(|(at, which, _)| (*at, *which)).into_iter().collect()
        } else {
            like
        }
    }
}

/// The paper in which something stands; what stands in none belongs to the packet as a whole.
fn place_of(volume: &Volume<'_>, pages: &Pagination, found: Trace<'_>) -> PublicPlace {
    let place = found.place();
    let page = place.page();
    let of_page = page.and_then(|page| {
        let at = (0..volume.papers.len()).find(|at| pages.paper(*at).contains(&page))?;
        Some((at, place.clone().on_page(page + 1 - pages.paper(at).start)))
    });
    let is_front = page.is_some_and(|page| pages.front().contains(&page));
    if let Some((at, place)) = of_page {
        return of_paper_in_packet(volume, pages, at, &place);
    }
    if let Some(paper) = titled(volume, found) {
        return PublicPlace { at: "im Titel".to_owned(), ..of_paper(paper, &place, None) };
    }
    let name = if is_front { "Die Tagesordnung" } else { "Die öffentliche Mappe" };
    PublicPlace::in_session(volume.business, &volume.edition, name.to_owned(), found)
}

/// The paper whose title or subject holds the words that agenda or bookmarks have from there.
fn titled<'a>(volume: &Volume<'a>, trace: Trace<'_>) -> Option<VolumePaper<'a>> {
    let Trace::Hit(hit) = trace else { return None };
    let says = |paper: &Paper<'_>| {
        let subject = paper.proposal.map(|proposal| proposal.subject.as_str()).unwrap_or_default();
        let own = if paper.item.item.title.is_none() { subject } else { "" };
        is_in(&hit.shown, &paper.title) || is_in(&hit.shown, own)
    };
    volume.papers.iter().copied().find(|one| says(one.paper))
}

/// A place in a paper of the volume, with its page in the packet.
fn of_paper_in_packet(volume: &Volume<'_>, pages: &Pagination, at: usize, place: &TextPlace) -> PublicPlace {
    let of_packet = place.page().map(|page| pages.paper(at).start + page - 1);
    of_paper(volume.papers[at], place, of_packet)
}

fn of_paper(paper: VolumePaper<'_>, place: &TextPlace, of_packet: Option<usize>) -> PublicPlace {
    let VolumePaper { paper, content } = paper;
    let (item, number) = (paper.item.number(), paper.number.clone().unwrap_or_default());
    let of_packet = of_packet.map(|page| format!(" (Seite {page} der Mappe)")).unwrap_or_default();
    let of_proposal =
        if number.is_empty() || paper.is_on_its_own() { String::new() } else { format!(" zu {number}") };
    let label = if paper.is_on_its_own() { format!("{} {number}", paper.label) } else { paper.label.clone() };
    PublicPlace {
        name: format!("{}{of_proposal} (TOP {item})", label.trim_end()),
        at: format!("{place}{of_packet}"),
        page: place.page(),
        source: Arc::clone(paper.source),
        span: paper.span(),
        items: vec![item],
        proposal: number,
        annex: paper.annex.clone().unwrap_or_default(),
        hash: content.hash.clone(),
    }
}
