//! The business of a session: its agenda, with what is known of the proposals of each item.
//!
//! Whoever reads the files fills it in; all else in this room starts from it.

use crate::record::proposal::Proposal;
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::session::{AgendaItem, NamedRecord, Session};

/// What a session deals with.
#[derive(Debug)]
pub struct Business<'a> {
    /// The session.
    pub session: &'a Session,
    /// Its items, in the order of the agenda.
    pub items: Vec<BusinessItem<'a>>,
    /// The place behind the last public item: what follows is the part that is not public.
    end_of_public: usize,
}

/// An item of the agenda, with its proposals.
#[derive(Debug)]
pub struct BusinessItem<'a> {
    /// Its place in the agenda, from 0.
    pub place: usize,
    /// What the session file says of it.
    pub item: &'a AgendaItem,
    /// Its proposals, in their order.
    pub proposals: Vec<BusinessProposal<'a>>,
}

/// A proposal of an item, as far as it can be read.
#[derive(Debug)]
pub struct BusinessProposal<'a> {
    /// What the session file says of its record.
    pub named: &'a NamedRecord,
    /// The proposal, if its record can be read.
    pub proposal: Option<&'a Proposal>,
    /// Whether its record has errors.
    pub soundness: Soundness,
}

impl<'a> Business<'a> {
    /// Lays the proposals beside the items of the agenda: for each item one for each record that it names.
    pub fn new<P>(session: &'a Session, proposals: impl IntoIterator<Item = P>) -> Self
    where
        P: IntoIterator<Item = (Option<&'a Proposal>, Soundness)>,
    {
        let items = session.items.iter().zip(proposals).enumerate();
        let items: Vec<BusinessItem<'a>> = items
            .map(|(place, (item, proposals))| {
                let proposals = item.records.iter().zip(proposals);
                let proposals = proposals.map(|(named, (proposal, soundness))| BusinessProposal {
                    named,
                    proposal,
                    soundness,
                });
                BusinessItem { place, item, proposals: proposals.collect() }
            })
            .collect();
        let is_public = |item: &BusinessItem<'_>| !item.item.is_heading() && item.publicity().is_public();
        let end_of_public = items.iter().rposition(is_public).map_or(0, |last| last + 1);
        Self { session, items, end_of_public }
    }

    /// Lists the proposals that can be read, each as often as items carry it.
    pub fn proposals(&self) -> impl Iterator<Item = &'a Proposal> {
        self.items.iter().flat_map(|item| &item.proposals).filter_map(|one| one.proposal)
    }

    /// Gives what these readers may read as the title of an item, if they may know of it. Of a heading they may if one of the
    /// items below it is theirs to see.
    pub fn title_for(&self, item: &BusinessItem<'_>, readers: Publicity) -> Option<String> {
        let publicity = item.publicity();
        let is_theirs = |item: &BusinessItem<'_>| item.publicity().is_open_to(readers);
        if item.item.is_heading() && !(is_theirs(item) && self.below(item).any(is_theirs)) {
            return None;
        }
        publicity::title(item.item, item.first(), publicity, readers).map(said)
    }

    /// Gives the items between a heading and the next one, or the end of the public part; headings that follow each other stand
    /// above the same items.
    pub fn below(&self, heading: &BusinessItem<'_>) -> impl Iterator<Item = &BusinessItem<'a>> {
        let first = heading.place + 1;
        let end = if first < self.end_of_public { self.end_of_public } else { self.items.len() };
        let behind = self.items[first..end].iter();
        behind.skip_while(|item| item.item.is_heading()).take_while(|item| !item.item.is_heading())
    }
}

impl<'a> BusinessItem<'a> {
    /// Decides who may see it.
    pub fn publicity(&self) -> Publicity {
        publicity::item(self.item, self.proposals.iter().map(|one| one.proposal))
    }

    /// Gives its number as it is printed; empty if it has none.
    pub fn number(&self) -> String {
        self.item.number.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// Gives what it is called where its title does not stand: `TOP 4.2`.
    pub fn label(&self) -> String {
        format!("TOP {}", self.number()).trim_end().to_owned()
    }

    /// Gives its title; that of one whose record cannot be read says so.
    pub fn title(&self) -> String {
        said(self.item.title(self.first()))
    }

    /// Gives its first proposal.
    fn first(&self) -> Option<&'a Proposal> {
        self.proposals.first().and_then(|one| one.proposal)
    }

    /// Gives its name among destinations: `top-4.2`.
    pub fn slug(&self) -> String {
        match &self.item.number {
            Some(number) => format!("top-{}", number.slug()),
            None => format!("top-nr-{}", self.place + 1),
        }
    }
}

fn said(title: &str) -> String {
    if title.is_empty() { "Vorlage fehlt".to_owned() } else { title.to_owned() }
}
