//! What stands on the first pages of a packet: cover and agenda, as data.

use std::collections::BTreeSet;

use super::business::BusinessItem;
use super::edition::Edition;
use super::late::{Issue, LateChange};
use super::pagination::Pagination;
use super::volume::{Volume, VolumeItem, VolumePaper, VolumeSection};
use crate::day::{Day, TimeOfDay};
use crate::typeset::{Front, FrontItem, FrontPage, FrontPaper, FrontPart};

/// Says what stands on the first pages of a volume.
pub fn front(volume: &Volume<'_>, pages: &Pagination) -> Front {
    let session = volume.business.session;
    let settings = &session.project.settings;
    let (municipality, letterhead) = (&settings.municipality, &settings.letterhead);
    let part = |section: &VolumeSection<'_>| {
        let mut items: Vec<&VolumeItem<'_>> = section.items.iter().collect();
        // Their papers may be filed in another order.
        items.sort_by_key(|item| item.item.place);
        FrontPart {
            title: section.heading.to_owned(),
            items: items.into_iter().map(|item| front_item(volume, pages, item)).collect(),
        }
    };
    let sections = volume.sections.iter().map(part);
    Front {
        title: volume.title(),
        author: municipality.iter().cloned().collect(),
        description: format!("Tagesordnung und Unterlagen der Sitzung: {}", session.committee()),
        municipality: municipality.clone(),
        address: letterhead.address.clone(),
        contact: letterhead.contact.clone(),
        notice_words: letterhead.notice.clone(),
        chair: session.chair.clone(),
        number: session.number,
        supplement: session.supplement,
        committee: session.committee(),
        date: session.date,
        date_in_words: session.date.map(Day::in_words),
        date_in_numbers: session.date.map(Day::in_numbers),
        begin: session.begin.map(TimeOfDay::in_numbers),
        place: session.place.clone(),
        notice: session.notice.as_ref().map(|(day, _)| day.in_numbers()),
        edition: volume.edition.name.into(),
        edition_note: edition_note(volume, pages),
        version: Some(version(volume)),
        changes: other_changes(volume),
        delta: None,
        parts: sections.collect(),
    }
}

fn front_item(volume: &Volume<'_>, pages: &Pagination, item: &VolumeItem<'_>) -> FrontItem {
    let first_page = |at: usize| {
        let place = pages.paper(at).start;
        FrontPage { place, label: pages.label(place) }
    };
    let papers = item.papers.clone().map(|at| FrontPaper {
        label: volume.papers[at].paper.label.clone(),
        title: listed_title(&volume.papers[at]),
        page: Some(first_page(at)),
    });
    let papers: Vec<FrontPaper> = papers.collect();
    FrontItem {
        number: item.item.number(),
        title: item.title.clone(),
        status: item.item.item.status.map(|status| status.word().to_owned()),
        urgency: urgency(volume, item.item),
        heading: item.item.item.is_heading(),
        numbers: numbers(volume, item),
        changes: changes_of(volume, &item.item.number()).map(|change| change.words.clone()).collect(),
        page: papers.first().and_then(|paper| paper.page.clone()),
        papers,
    }
}

/// Why an item could not wait, as far as the readers may know it: of one that is not theirs they know neutral words only.
fn urgency(volume: &Volume<'_>, item: &BusinessItem<'_>) -> Option<String> {
    let is_theirs = item.publicity().is_open_to(volume.edition.readers);
    item.item.urgency.clone().filter(|_| is_theirs)
}

/// Names the version, or says that it is none yet.
fn version(volume: &Volume<'_>) -> String {
    volume.issue.map_or_else(|| "Entwurf, noch nicht versandt".to_owned(), Issue::name)
}

/// What the edition holds; and why numbers of pages are missing, if they are.
fn edition_note(volume: &Volume<'_>, pages: &Pagination) -> String {
    let has_gaps = volume.issue.is_some_and(|issue| issue.page_count() > pages.total());
    let gaps = if has_gaps {
        " Seitenzahlen, die fehlen, gehören zu Seiten, die diese Fassung nicht enthält; so heißt jede Seite in allen Fassungen gleich."
    } else {
        ""
    };
    format!("{}{gaps}", volume.edition.note)
}

/// Says what changed where it belongs, as far as the readers of an edition may know it.
pub(super) fn say_changes(front: &mut Front, changes: &[LateChange], edition: &Edition) {
    let theirs = changes.iter().filter(|change| change.is_for(!edition.keeps_back()));
    for change in theirs {
        let mut items = front.parts.iter_mut().flat_map(|part| &mut part.items);
        match items.find(|item| !change.item.is_empty() && item.number == change.item) {
            Some(item) => item.changes.push(change.words.clone()),
            None => front.changes.push(change.to_string()),
        }
    }
}

/// What changed of an item, as far as the readers of the edition may know it.
fn changes_of<'a>(volume: &'a Volume<'_>, number: &'a str) -> impl Iterator<Item = &'a LateChange> {
    let changes = volume.issue.iter().flat_map(|issue| &issue.changes);
    changes.filter(move |change| is_theirs(volume, change) && !number.is_empty() && change.item == number)
}

/// What changed and is about no item that is still there.
fn other_changes(volume: &Volume<'_>) -> Vec<String> {
    let items = volume.sections.iter().flat_map(|section| &section.items);
    let numbers: BTreeSet<String> =
        items.map(|item| item.item.number()).filter(|number| !number.is_empty()).collect();
    let changes = volume.issue.iter().flat_map(|issue| &issue.changes);
    let others = changes.filter(|change| is_theirs(volume, change) && !numbers.contains(&change.item));
    others.map(ToString::to_string).collect()
}

/// Says what changed from the version before, as far as the readers of the edition may know it.
pub fn changes_for(volume: &Volume<'_>) -> Vec<String> {
    let changes = volume.issue.iter().flat_map(|issue| &issue.changes);
    changes.filter(|change| is_theirs(volume, change)).map(ToString::to_string).collect()
}

fn is_theirs(volume: &Volume<'_>, change: &LateChange) -> bool {
    change.is_for(!volume.edition.keeps_back())
}

/// The numbers of the papers of an item, each once, in the order of the session file.
fn numbers(volume: &Volume<'_>, item: &VolumeItem<'_>) -> Vec<String> {
    let mut own: BTreeSet<String> =
        item.papers.clone().filter_map(|at| volume.papers[at].paper.number.clone()).collect();
    let proposals = item.item.proposals.iter().filter_map(|one| one.proposal?.number);
    let proposals = proposals.map(|number| number.to_string());
    let papers = item.item.item.papers.iter().filter_map(|paper| paper.number.clone());
    proposals.chain(papers).filter(|number| own.remove(number)).collect()
}

/// The title of a paper on the agenda, with what one has to know of it.
fn listed_title(VolumePaper { paper, content }: &VolumePaper<'_>) -> String {
    let mut title = paper.listed_title();
    if paper.item.publicity().is_public() && !paper.publicity.is_public() {
        title += " (nichtöffentlich)";
    }
    if content.refusal.is_some() {
        title += " (fehlt)";
    }
    title
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, contents, papers};
    use super::*;
    use crate::record::publicity::Soundness;

    #[test]
    fn the_agenda_says_what_one_has_to_know_of_a_paper() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Sound);
        let papers = papers(&business);
        let contents = contents(&papers);
        let volume = Volume::new(Edition::COMPLETE, &business, &papers, &contents);
        let front = front(&volume, &volume.pagination(2, 1));
        assert_eq!(
            (front.edition.as_str(), front.date_in_words.as_deref()),
            ("Vollständige Fassung", Some("Mittwoch, 12.\u{a0}Februar 2025"))
        );
        let items: Vec<_> = front.parts.iter().flat_map(|part| &part.items).collect();
        let titles: Vec<&str> = items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["Einwohnerfragestunde", "Radweg", "Grundstück", "Vorlage fehlt"]);
        let papers: Vec<&str> =
            items.iter().flat_map(|item| &item.papers).map(|paper| paper.title.as_str()).collect();
        assert_eq!(
            papers,
            ["V/0001/2025", "Plan", "Gutachten (nichtöffentlich) (fehlt)", "Vertrag", " (fehlt)"]
        );
    }
}
