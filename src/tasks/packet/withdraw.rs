//! Takes packets out that show what they must not show any more.
//!
//! Knows nothing of how they are made.

use std::path::Path;

use super::place::PacketPlace;
use super::state::PacketState;
use crate::files::FileError;
use crate::packet::{self, Business, Edition, Paper};
use crate::run::Store;

/// Takes out what lies there for the public of a session file and shows more of it than the public may see now.
pub(in crate::tasks) fn withdraw_what_shows_too_much(
    store: &Store,
    file: &Path,
    business: &Business<'_>,
    papers: &[Paper<'_>],
    place: &mut PacketPlace<'_>,
) -> Result<(), FileError> {
    let mut state = PacketState::open(store, file)?;
    what_shows_too_much(&Edition::ALL, business, papers, &mut state, place)
}

/// Takes out those of these editions that keep something back and show what they must not show any more.
pub(super) fn what_shows_too_much(
    editions: &[Edition],
    business: &Business<'_>,
    papers: &[Paper<'_>],
    state: &mut PacketState<'_>,
    place: &mut PacketPlace<'_>,
) -> Result<(), FileError> {
    for edition in editions.iter().filter(|edition| edition.keeps_back()) {
        if !state.still_shows(edition, &packet::shown(edition, business, papers)) {
            place.withdraw(&[*edition], Some(business.session))?;
            state.forget(&[*edition])?;
        }
    }
    Ok(())
}
