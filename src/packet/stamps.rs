//! The text of the stamps: what stands at the edge of each page of a packet.
//!
//! How a stamp looks is said in `templates/stamps.typ`, where it stands on the page in `bind::stamp`.

use std::ops::Range;

use super::pagination::Pagination;
use super::papers::Paper;
use super::volume::Volume;

/// What a stamp says of a page that not everybody may see; the layout of the stamps prints it bold.
const NON_PUBLIC: &str = "Nichtöffentlich";

/// Gives the text for each page of a volume: `TOP 4.2 · V/0056/2025 · Anlage A · Seite 12 von 40`; between them
/// `Nichtöffentlich`, if it is.
pub fn stamp_texts(volume: &Volume<'_>, pages: &Pagination) -> Vec<String> {
    let total = pages.total_of_packet();
    let mut texts = Vec::with_capacity(pages.total());
    let mut add = |name: &str, places: Range<usize>| {
        texts.extend(places.map(|place| format!("{name} · Seite {} von {total}", pages.label(place))));
    };
    add(&format!("Sitzungsmappe {}", volume.business.session.committee()), pages.front());
    for (at, one) in volume.papers.iter().enumerate() {
        add(&stamped_name(one.paper), pages.paper(at));
    }
    texts
}

/// What a stamp says of a paper before the page.
fn stamped_name(paper: &Paper<'_>) -> String {
    let item = format!("TOP {}", paper.item.number());
    let (number, label) = (paper.number.clone(), Some(paper.label.clone()));
    // `V/0056/2025 · Anlage A`, and `Antrag · A-R/0043/2026`.
    let (first, second) = if paper.is_on_its_own() { (label, number) } else { (number, label) };
    let mark = Some(NON_PUBLIC.to_owned()).filter(|_| !paper.publicity.is_public());
    let parts = [Some(item), first, second, mark];
    parts.into_iter().flatten().collect::<Vec<String>>().join(" · ")
}
