//! What the session file lets into public although the search before publication finds it, and which of that was of use.
//!
//! Words are released as words. What no words name is released by a checksum: for the file that somebody looked through,
//! and for no other that takes its place.

use super::public_place::PublicPlace;
use super::secrets::{Hit, HitWeight, is_in};
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::record::session::{Release, Released, Session};
use crate::toml_tree::quoted;

/// The releases of a session, and what each of them was good for.
#[derive(Debug)]
pub struct Releases<'a> {
    session: Option<&'a Session>,
    uses: Vec<ReleaseUse>,
}

/// What a release was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ReleaseUse {
    /// Nothing.
    None,
    /// Nothing any more: its file has been replaced.
    Outdated,
    /// It let something through.
    Used,
}

impl<'a> Releases<'a> {
    /// Takes those of a session; without one there are none.
    pub fn of(session: Option<&'a Session>) -> Self {
        Self { session, uses: vec![ReleaseUse::None; session.map_or(0, |session| session.releases.len())] }
    }

    /// Tells whether words may be public at a place.
    pub(super) fn release_text(&mut self, hit: &Hit, place: &PublicPlace) -> bool {
        let means = |own: &str| match hit.weight {
            HitWeight::Secret => is_in(&hit.shown, own),
            // What stands around a number need not be typed.
            HitWeight::Mention => is_in(&hit.shown, own) || is_in(own, &hit.shown),
        };
        self.any(place, |released| match released {
            Released::Text(own) if means(own) => ReleaseUse::Used,
            _ => ReleaseUse::None,
        })
    }

    /// Tells whether what a finding is about may be public at a place: the file or the data with this
    /// [hash](crate::files::hash), and no other that takes its place.
    pub fn release_finding(&mut self, code: &Code, place: &PublicPlace, hash: Option<&str>) -> bool {
        self.any(place, |released| match released {
            Released::Finding { code: own, checksum } if *own == *code.id => {
                if hash.is_some_and(|hash| checksum == checksum_of(hash)) {
                    ReleaseUse::Used
                } else {
                    ReleaseUse::Outdated
                }
            }
            _ => ReleaseUse::None,
        })
    }

    fn any(&mut self, place: &PublicPlace, use_of: impl Fn(&Released) -> ReleaseUse) -> bool {
        let all = self.session.map(|session| session.releases.as_slice()).unwrap_or_default();
        let mut any = false;
        for (release, best) in all.iter().zip(&mut self.uses).filter(|(release, _)| is_at(release, place)) {
            let now = use_of(&release.released);
            *best = now.max(*best);
            any |= now == ReleaseUse::Used;
        }
        any
    }

    /// Finds those that were of no use.
    pub fn useless(&self) -> Vec<Diagnostic> {
        let Some(session) = self.session else { return Vec::new() };
        let useless = session.releases.iter().zip(&self.uses).filter(|(_, best)| **best != ReleaseUse::Used);
        let finding = |(release, best): (&Release, &ReleaseUse)| {
            let (message, hint) = match best {
                ReleaseUse::Outdated => (
                    "Diese Freigabe gilt für eine andere Fassung der Datei: sie ist seitdem ausgetauscht worden.",
                    "Die Datei noch einmal durchsehen; ist sie in Ordnung, als pruefsumme angeben, was der Befund nennt.",
                ),
                _ => (
                    "Diese Freigabe nimmt nichts aus: die Suche hat nichts gefunden, das sie nennt.",
                    "Den Block [[freigabe]] löschen, oder text so angeben, wie der Befund die Worte nennt.",
                ),
            };
            let span = release.span.clone();
            Diagnostic::new(&codes::RELEASE_USELESS, &session.source, span, message).hint(hint)
        };
        useless.map(finding).collect()
    }
}

/// The part of a hash by which a release names a file: as much as nobody makes a second file for.
fn checksum_of(hash: &str) -> &str {
    hash.get(..16).unwrap_or(hash)
}

fn is_at(release: &Release, place: &PublicPlace) -> bool {
    let is = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
    is(&release.proposal, &place.proposal)
        && is(&release.annex, &place.annex)
        && release.item.as_ref().is_none_or(|item| place.items.contains(item))
}

/// What releases a finding at a place, in what has this hash, as it can be typed.
pub(super) fn release_of(code: &Code, at: &PublicPlace, hash: Option<&str>) -> String {
    let mut release = format!("[[freigabe]] mit befund = \"{}\"", code.id);
    let item = at.items.first().filter(|_| at.proposal.is_empty()).map(String::as_str).unwrap_or_default();
    let checksum = hash.map(checksum_of).unwrap_or_default();
    let keys = [
        ("top", item),
        ("vorlage", at.proposal.as_str()),
        ("anlage", at.annex.as_str()),
        ("pruefsumme", checksum),
    ];
    for (key, value) in keys.into_iter().filter(|(_, value)| !value.is_empty()) {
        release.push_str(&format!(", {key} = {}", quoted(value)));
    }
    release + " und grund = \"…\""
}
