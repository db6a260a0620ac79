//! Who may see what. The one place that decides; packets, hand-overs, OParl and reports ask here.
//!
//! | | public | council |
//! |---|---|---|
//! | an item | the agenda does not keep it back, and its proposal, if it has one, says public | always |
//! | a paper (proposal, annex) | it says public, what it belongs to says public, and at least one public item carries it, where there is an agenda | always |
//! | a paper under an item | the paper is public and the item is | always |
//! | an item's title | the item is public | always |
//! | everything else that leaves with "public" (file names, JSON, reports, OParl, bag) | as the paper that it is about | always |
//!
//! What does not say is not public: a proposal without `oeffentlich`, a record that cannot be read. Only an annex that
//! says nothing is as public as its proposal, and an item without papers as public as the agenda.
//!
//! Knows nothing of files and formats.

use super::proposal::{Annex, Proposal};
use super::session::AgendaItem;

/// Who may see a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Publicity {
    /// The council only.
    NonPublic,
    /// The public.
    Public,
}

use Publicity::{NonPublic, Public};

impl Publicity {
    /// Returns whether it is public.
    pub fn is_public(self) -> bool {
        self == Public
    }

    /// Gives the stricter of the two.
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Tells whether readers may see it: everybody, or only the council.
    pub fn is_open_to(self, readers: Self) -> bool {
        self >= readers
    }

    fn of(public: bool) -> Self {
        if public { Public } else { NonPublic }
    }
}

/// What is known of the record of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soundness {
    /// It has no errors.
    Sound,
    /// It has errors: what it does not say may be what it should have said.
    Faulty,
}

/// Decides on an item of an agenda; `proposal` is the one that it names, if that can be read.
pub fn item(item: &AgendaItem, proposal: Option<&Proposal>) -> Publicity {
    let names_one = item.record.is_some() || item.missing_record.is_some();
    match proposal {
        Some(proposal) => Publicity::of(item.public.unwrap_or(true)).and(said(proposal)),
        None => Publicity::of(item.public.unwrap_or(!names_one)),
    }
}

/// Decides on a proposal; `items` are those that carry it, `None` if there is no agenda.
pub fn proposal(proposal: &Proposal, items: Option<&[Publicity]>) -> Publicity {
    let carried = items.is_none_or(|items| items.contains(&Public));
    said(proposal).and(Publicity::of(carried))
}

/// Decides on an annex of a proposal whose own publicity is known.
pub fn annex(annex: &Annex, proposal: Publicity, record: Soundness) -> Publicity {
    let own = match annex {
        Annex::Form(_) => Public,
        Annex::File(file) => Publicity::of(file.public.unwrap_or(record == Soundness::Sound)),
    };
    proposal.and(own)
}

/// Decides on the record itself. It names all annexes, so it is as little public as the least of them.
pub fn record(of_proposal: &Proposal, publicity: Publicity) -> Publicity {
    let annexes = of_proposal.annexes.iter().map(|one| annex(one, publicity, Soundness::Sound));
    annexes.fold(publicity, Publicity::and)
}

/// Reads whether a proposal says that it is public.
fn said(proposal: &Proposal) -> Publicity {
    Publicity::of(proposal.public == Some(true))
}
