//! Who may see what. The one place that decides; packets, hand-overs, OParl and reports ask here.
//!
//! | | public | council |
//! |---|---|---|
//! | an item | the agenda does not keep it back, and each of its proposals says public | always |
//! | a paper (proposal, annex, one without a record) | it says public, what it belongs to says public, and at least one public item carries it, where there is an agenda | always |
//! | a paper under an item | the paper is public and the item is | always |
//! | an item's title | the item is public, else its neutral words | always |
//! | a heading between items | the agenda does not keep it back, and an item below it is shown | always |
//! | everything else that leaves with "public" (file names, JSON, reports, OParl, bag) | as the paper that it is about | always |
//!
//! What does not say is not public: a proposal without `oeffentlich`, a record that cannot be read. Only an annex that
//! says nothing is as public as its proposal, and an item without papers as public as the agenda.
//!
//! Knows nothing of files and formats.

use super::proposal::{Annex, Proposal};
use super::session::{AgendaItem, ItemPaper};

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

/// Decides on an item of an agenda; `proposals` are those that it names, each if it can be read.
pub fn item<'a>(item: &AgendaItem, proposals: impl IntoIterator<Item = Option<&'a Proposal>>) -> Publicity {
    let by_proposals = proposals.into_iter().map(|proposal| match proposal {
        Some(proposal) => said(proposal),
        None => Publicity::of(item.public.unwrap_or(false)),
    });
    by_proposals.fold(Publicity::of(item.public.unwrap_or(true)), Publicity::and)
}

/// Decides on a paper of an item that no record describes, under this item.
pub fn item_paper(paper: &ItemPaper, item: Publicity) -> Publicity {
    item.and(Publicity::of(paper.public.unwrap_or(true)))
}

/// Gives the title of an item for these readers, if they may know of it; `first` is its first proposal.
pub fn title<'a>(
    item: &'a AgendaItem,
    first: Option<&'a Proposal>,
    publicity: Publicity,
    readers: Publicity,
) -> Option<&'a str> {
    if publicity.is_open_to(readers) { Some(item.title(first)) } else { item.neutral_title.as_deref() }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::record::input::Input;
    use crate::record::project::Project;
    use crate::record::{proposal as proposals, session};

    /// What a file says of itself: nothing, yes, no.
    const SAID: [Option<bool>; 3] = [None, Some(true), Some(false)];

    fn line(said: Option<bool>) -> String {
        said.map_or_else(String::new, |said| format!("oeffentlich = {said}\n"))
    }

    fn read<T>(text: &str, read: impl Fn(Input) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("v.toml"), "").unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        read(Input::of("a.toml", text.as_bytes(), &project).unwrap())
    }

    fn a_proposal(said: Option<bool>, annex: Option<bool>) -> Proposal {
        let annex = line(annex);
        let text = format!("[vorlage]\n{}[anlage.1]\ntitel = 'x'\ndatei = 'v.toml'\n{annex}", line(said));
        read(&text, |input| proposals::read(input).0)
    }

    fn an_item(said: Option<bool>, names: &str) -> AgendaItem {
        let text = format!("[sitzung]\n[[top]]\ntitel = 'x'\n{names}{}", line(said));
        read(&text, |input| session::read(input).0.items.remove(0))
    }

    #[test]
    fn an_item_is_as_public_as_agenda_and_proposal_let_it() {
        // What the agenda says; without a paper; with a record that cannot be read; by what a proposal says.
        let table = [
            (None, Public, NonPublic, [NonPublic, Public, NonPublic]),
            (Some(true), Public, Public, [NonPublic, Public, NonPublic]),
            (Some(false), NonPublic, NonPublic, [NonPublic, NonPublic, NonPublic]),
        ];
        for (said, alone, unreadable, by_proposal) in table {
            assert_eq!(item(&an_item(said, ""), []), alone, "{said:?}");
            for names in ["vorlage = 'v.toml'\n", "vorlage = 'fehlt.toml'\n"] {
                assert_eq!(item(&an_item(said, names), [None]), unreadable, "{said:?} {names}");
            }
            for (of_proposal, expected) in SAID.into_iter().zip(by_proposal) {
                let proposal = a_proposal(of_proposal, None);
                let named = an_item(said, "vorlage = 'v.toml'\n");
                assert_eq!(item(&named, [Some(&proposal)]), expected, "{said:?} {of_proposal:?}");
                // Of several proposals the least public decides.
                let (public, secret) = (a_proposal(Some(true), None), a_proposal(None, None));
                let of = |other| item(&named, [Some(&proposal), Some(other)]);
                assert_eq!((of(&public), of(&secret)), (expected, NonPublic), "{said:?} {of_proposal:?}");
            }
        }
    }

    #[test]
    fn an_item_is_named_to_everybody_by_its_title_or_in_neutral_words() {
        let proposal = a_proposal(Some(true), None);
        let named = |names: &str, publicity, readers| {
            title(&an_item(None, names), Some(&proposal), publicity, readers).map(str::to_owned)
        };
        assert_eq!(named("", Public, Public).as_deref(), Some("x"));
        assert_eq!(named("", NonPublic, Public), None);
        let neutral = "titel_oeffentlich = 'Grundstück'\n";
        assert_eq!(named(neutral, NonPublic, Public).as_deref(), Some("Grundstück"));
        assert_eq!(named(neutral, NonPublic, NonPublic).as_deref(), Some("x"));
        assert_eq!(named(neutral, Public, Public).as_deref(), Some("x"));
    }

    #[test]
    fn a_paper_without_a_record_is_no_more_public_than_its_item() {
        for (said, if_public) in [(None, Public), (Some(true), Public), (Some(false), NonPublic)] {
            let names = format!("[[top.unterlage]]\ndatei = 'v.toml'\n{}", line(said));
            let paper = &an_item(None, &names).papers[0];
            assert_eq!(item_paper(paper, Public), if_public, "{said:?}");
            assert_eq!(item_paper(paper, NonPublic), NonPublic, "{said:?}");
        }
    }

    #[test]
    fn a_proposal_is_public_if_it_says_so_and_a_public_item_carries_it() {
        let agendas: [(Option<&[Publicity]>, Publicity); 5] = [
            (None, Public),
            (Some(&[]), NonPublic),
            (Some(&[NonPublic]), NonPublic),
            (Some(&[Public]), Public),
            (Some(&[NonPublic, Public]), Public),
        ];
        for (items, if_it_says_so) in agendas {
            for said in SAID {
                let expected = if said == Some(true) { if_it_says_so } else { NonPublic };
                assert_eq!(proposal(&a_proposal(said, None), items), expected, "{said:?} {items:?}");
            }
        }
    }

    #[test]
    fn an_annex_is_no_more_public_than_its_proposal_and_a_record_than_its_annexes() {
        // What the annex says; of a sound record; of a faulty one.
        let table =
            [(None, Public, NonPublic), (Some(true), Public, Public), (Some(false), NonPublic, NonPublic)];
        for (said, sound, faulty) in table {
            let proposal = a_proposal(Some(true), said);
            let of = |publicity, soundness| annex(&proposal.annexes[0], publicity, soundness);
            assert_eq!(of(Public, Soundness::Sound), sound, "{said:?}");
            assert_eq!(of(Public, Soundness::Faulty), faulty, "{said:?}");
            assert_eq!(of(NonPublic, Soundness::Sound), NonPublic, "{said:?}");
            assert_eq!(of(NonPublic, Soundness::Faulty), NonPublic, "{said:?}");
            assert_eq!(record(&proposal, Public), sound, "{said:?}");
            assert_eq!(record(&proposal, NonPublic), NonPublic, "{said:?}");
        }
    }

    #[test]
    fn everybody_sees_what_is_public_and_the_council_all() {
        for (publicity, readers, sees) in [
            (Public, Public, true),
            (NonPublic, Public, false),
            (Public, NonPublic, true),
            (NonPublic, NonPublic, true),
        ] {
            assert_eq!(publicity.is_open_to(readers), sees);
        }
        assert_eq!(
            [Public.and(Public), Public.and(NonPublic), NonPublic.and(Public)],
            [Public, NonPublic, NonPublic]
        );
    }
}
