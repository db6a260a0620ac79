//! The text of the stamps: what stands at the edge of each page of a packet.
//!
//! How a stamp looks is said in `templates/stamps.typ`, where it stands on the page in `bind::stamp`.

use super::pagination::Pagination;
use super::papers::Paper;
use super::volume::{Volume, VolumeItem};

/// What a stamp says of a page that not everybody may see; the layout of the stamps prints it bold.
const NON_PUBLIC: &str = "Nichtöffentlich";

/// Gives the text for each page of a volume: `TOP 4.2 · V/0056/2025 · Anlage A · Seite 12 von 40`; between them
/// `Nichtöffentlich`, if it is. Where an item begins it is two texts, of which the first is `TOP 4.2`.
pub fn stamp_texts(volume: &Volume<'_>, pages: &Pagination) -> Vec<String> {
    let total = pages.total_of_packet();
    let text = |name: &str, place: usize| format!("{name} · Seite {} von {total}", pages.label(place));
    let front = format!("Sitzungsmappe {}", volume.business.session.committee());
    let mut texts: Vec<String> = pages.front().map(|place| text(&front, place)).collect();
    for section in &volume.sections {
        if volume.is_divided_from(section) {
            let divider = format!("{front} · {NON_PUBLIC}");
            texts.extend(pages.divider().map(|place| text(&divider, place)));
        }
        for item in &section.items {
            texts.extend(of_item(volume, pages, item, &text));
        }
    }
    texts
}

fn of_item(
    volume: &Volume<'_>,
    pages: &Pagination,
    item: &VolumeItem<'_>,
    text: &impl Fn(&str, usize) -> String,
) -> Vec<String> {
    let label = item.item.label();
    let first = Volume::first_paper(item, pages);
    let mut texts = Vec::new();
    for at in item.papers.clone() {
        let name = stamped_name(volume.papers[at].paper);
        let mut places = pages.paper(at);
        if first == Some(at) {
            texts.push(label.clone());
            texts.extend(places.next().map(|place| text(&name, place)));
        }
        texts.extend(places.map(|place| text(&format!("{label} · {name}"), place)));
    }
    texts
}

/// What a stamp says of a paper between its item and the page.
fn stamped_name(paper: &Paper<'_>) -> String {
    let (number, label) = (paper.number.clone(), Some(paper.label.clone()));
    // `V/0056/2025 · Anlage A`, and `Antrag · A-R/0043/2026`.
    let (first, second) = if paper.is_on_its_own() { (label, number) } else { (number, label) };
    let mark = Some(NON_PUBLIC.to_owned()).filter(|_| !paper.publicity.is_public());
    [first, second, mark].into_iter().flatten().collect::<Vec<String>>().join(" · ")
}
