//! What an office sends before a session: invitation, agenda and public notice. An announcement is data: which layout it has, whose
//! eyes it is for, what it is called.
//!
//! Knows neither typst nor files.

use super::business::Business;
use super::content::PaperContent;
use super::edition::Edition;
use super::front::{front, say_changes};
use super::late::SessionChanges;
use super::pagination::Pagination;
use super::papers::Paper;
use super::volume::Volume;
use crate::day::Day;
use crate::record::names;
use crate::record::session::Session;
use crate::typeset::Front;

/// An announcement that goes out before a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announcement {
    /// The word for it in names of files.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The layout of its pages.
    pub layout: &'static str,
    /// What it says: as much as this edition of the packet.
    pub edition: Edition,
}

impl Announcement {
    /// All there are, in the order in which they are made.
    pub const ALL: [Self; 4] = [
        Self { word: "einladung", name: "Einladung", layout: "einladung.typ", edition: Edition::COMPLETE },
        Self {
            word: "tagesordnung",
            name: "Tagesordnung",
            layout: "tagesordnung.typ",
            edition: Edition::COMPLETE,
        },
        Self {
            word: "tagesordnung",
            name: "Tagesordnung",
            layout: "tagesordnung.typ",
            edition: Edition::PUBLIC,
        },
        Self {
            word: "bekanntmachung",
            name: "Bekanntmachung",
            layout: "bekanntmachung.typ",
            edition: Edition::PUBLIC,
        },
    ];

    /// Gives the path of its file in an output folder: `oeffentlich/Rat-2025-02-12-bekanntmachung.pdf`.
    pub fn file(&self, session: &Session) -> String {
        format!("{}/{}", self.edition.folder, names::packet(&session.file_stem(), self.word))
    }

    /// Says what stands on it, and what changed since the agenda was sent.
    pub fn front(
        &self,
        business: &Business<'_>,
        papers: &[Paper<'_>],
        changed: Option<&SessionChanges>,
    ) -> Front {
        let contents = PaperContent::unread(papers);
        let volume = Volume::new(self.edition, business, papers, &contents);
        let session = business.session;
        let day = session.date.map(|day| format!(", {}", Day::in_numbers(day))).unwrap_or_default();
        let supplement = session.supplement.or(changed.map(|changed| changed.supplement));
        let named = supplement.map(|number| format!(", {number}. Nachtrag")).unwrap_or_default();
        let mut said = front(&volume, &Pagination::new(0, papers.iter().map(|_| 0), None));
        changed.into_iter().for_each(|changed| say_changes(&mut said, &changed.changes, &self.edition));
        Front {
            supplement,
            title: format!("{}: {}{day}{named}", self.name, session.committee()),
            version: None,
            description: format!("{} zur Sitzung: {}", self.name, session.committee()),
            ..said
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, papers};
    use super::*;
    use crate::record::publicity::Soundness;

    #[test]
    fn a_sheet_says_as_much_as_its_readers_may_know() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Sound);
        let papers = papers(&business);
        let said = |announcement: Announcement| {
            let front = announcement.front(&business, &papers, None);
            let items = front.parts.into_iter().flat_map(|part| part.items);
            items
                .map(|item| format!("{} {} {}", item.number, item.title, item.numbers.join(" ")))
                .collect::<Vec<_>>()
        };
        let [invitation, complete, public, notice] = Announcement::ALL;
        assert_eq!(said(notice), ["1 Einwohnerfragestunde ", "2 Radweg V/0001/2025"]);
        assert_eq!(said(public), said(notice));
        assert_eq!(said(complete).len(), 4);
        assert_eq!(said(complete)[2], "3 Grundstück V/0002/2025");
        assert_eq!(said(invitation), said(complete));
        let files: Vec<String> =
            Announcement::ALL.map(|announcement| announcement.file(business.session)).to_vec();
        assert_eq!(
            files,
            [
                "vollstaendig/Rat-2025-02-12-einladung.pdf",
                "vollstaendig/Rat-2025-02-12-tagesordnung.pdf",
                "oeffentlich/Rat-2025-02-12-tagesordnung.pdf",
                "oeffentlich/Rat-2025-02-12-bekanntmachung.pdf"
            ]
        );
    }
}
