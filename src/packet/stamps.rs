//! The text of the stamps: what stands at the edge of each page of a packet.
//!
//! How a stamp looks is said in `templates/stamps.typ`, where it stands on the page in `bind::stamp`.

use super::pagination::Pagination;
use super::papers::Paper;
use super::volume::{Volume, VolumeItem, opens};

/// What a stamp says of a page that not everybody may see; the layout of the stamps prints it bold.
const NON_PUBLIC: &str = "Nichtöffentlich";

/// Gives the texts of all stamps of a volume in the order of its pages.
pub fn stamp_texts(volume: &Volume<'_>, pages: &Pagination) -> Vec<String> {
    page_stamps(volume, pages).into_iter().flatten().collect()
}

/// Gives the text for each page of a volume: `TOP 4.2 · V/0056/2025 · Anlage A · Seite 12 von 40`; between them
/// `Nichtöffentlich`, if it is. Where an item begins it is two texts, of which the first is `TOP 4.2`. A page that was sent
/// says what it said then.
pub fn page_stamps(volume: &Volume<'_>, pages: &Pagination) -> Vec<Vec<String>> {
    let text = |name: &str, place: usize| vec![format!("{name} · {}", pages.said(place))];
    let front = format!("Sitzungsmappe {}", volume.business.session.committee());
    let mut texts: Vec<Vec<String>> = pages.front().map(|place| text(&front, place)).collect();
    for section in &volume.sections {
        if volume.is_divided_from(section) {
            let divider = format!("{front} · {NON_PUBLIC}");
            texts.extend(pages.divider().map(|place| text(&divider, place)));
        }
        for item in &section.items {
            texts.extend(of_item(volume, pages, item, &text));
        }
    }
    for (text, place) in texts.iter_mut().zip(1..) {
        let sent = pages.name(place).and_then(|name| name.stamps.as_ref());
        if let Some(sent) = sent.filter(|sent| sent.len() == text.len()) {
            text.clone_from(sent);
        }
    }
    texts
}

fn of_item(
    volume: &Volume<'_>,
    pages: &Pagination,
    item: &VolumeItem<'_>,
    text: &impl Fn(&str, usize) -> Vec<String>,
) -> Vec<Vec<String>> {
    let label = item.item.label();
    let first = Volume::first_paper(item, pages);
    let mut texts = Vec::new();
    for at in item.papers.clone() {
        let name = stamped_name(volume.papers[at].paper);
        let mut places = pages.paper(at);
        if first == Some(at) && opens(pages, at) {
            let on_first = |place| [vec![label.clone()], text(&name, place)].concat();
            texts.extend(places.next().map(on_first));
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
