//! What stands on the first pages of a packet: cover and agenda, as data.

use super::pagination::Pagination;
use super::volume::{Volume, VolumeItem, VolumePaper};
use crate::day::{Day, TimeOfDay};
use crate::typeset::{Front, FrontItem, FrontPage, FrontPaper, FrontPart};

/// Says what stands on the first pages of a volume.
pub fn front(volume: &Volume<'_>, pages: &Pagination) -> Front {
    let session = volume.business.session;
    let settings = &session.project.settings;
    let (municipality, letterhead) = (&settings.municipality, &settings.letterhead);
    let sections = volume.sections.iter().map(|section| FrontPart {
        title: section.heading.to_owned(),
        items: section.items.iter().map(|item| front_item(volume, pages, item)).collect(),
    });
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
        edition_note: volume.edition.note.into(),
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
        heading: item.item.item.is_heading(),
        numbers: numbers(volume, item),
        page: papers.first().and_then(|paper| paper.page.clone()),
        papers,
    }
}

/// The numbers of the papers of an item, each once.
fn numbers(volume: &Volume<'_>, item: &VolumeItem<'_>) -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    for number in item.papers.clone().filter_map(|at| volume.papers[at].paper.number.clone()) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
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
    use super::super::edition::Edition;
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
