//! The business of a session: its agenda, with what is known of the proposal of each item.
//!
//! Whoever reads the files fills it in; all else in this room starts from it.

use crate::record::proposal::Proposal;
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::session::{AgendaItem, Session};

/// What a session deals with.
#[derive(Debug)]
pub struct Business<'a> {
    /// The session.
    pub session: &'a Session,
    /// Its items, in the order of the agenda.
    pub items: Vec<BusinessItem<'a>>,
}

/// An item of the agenda, with its proposal.
#[derive(Debug)]
pub struct BusinessItem<'a> {
    /// Its place in the agenda, from 0.
    pub place: usize,
    /// What the session file says of it.
    pub item: &'a AgendaItem,
    /// Its proposal, if its record can be read.
    pub proposal: Option<&'a Proposal>,
    /// Whether its record has errors; an item without one has none.
    pub soundness: Soundness,
}

impl<'a> Business<'a> {
    /// Lays the proposals beside the items of the agenda: one place for each item, in its order.
    pub fn new(
        session: &'a Session,
        proposals: impl IntoIterator<Item = (Option<&'a Proposal>, Soundness)>,
    ) -> Self {
        let items = session.items.iter().zip(proposals).enumerate();
        let items = items.map(|(place, (item, (proposal, soundness)))| BusinessItem {
            place,
            item,
            proposal,
            soundness,
        });
        Self { session, items: items.collect() }
    }
}

impl BusinessItem<'_> {
    /// Decides who may see it.
    pub fn publicity(&self) -> Publicity {
        publicity::item(self.item, self.proposal)
    }

    /// Gives its number as it is printed; empty if it has none.
    pub fn number(&self) -> String {
        self.item.number.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// Gives its title; that of one whose record cannot be read says so.
    pub fn title(&self) -> String {
        match self.item.title(self.proposal) {
            "" => "Vorlage fehlt".to_owned(),
            title => title.to_owned(),
        }
    }

    /// Gives the number of its proposal as it is printed.
    pub fn proposal_number(&self) -> Option<String> {
        self.proposal?.number.map(|number| number.to_string())
    }

    /// Gives its name among destinations: `top-4.2`.
    pub fn slug(&self) -> String {
        match &self.item.number {
            Some(number) => format!("top-{number}"),
            None => format!("top-nr-{}", self.place + 1),
        }
    }
}
