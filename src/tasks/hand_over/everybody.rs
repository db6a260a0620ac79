//! A folder for everybody passes through the gate: everything in it is searched as somebody could who gets it, the names
//! of its files too.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::gather::Gathered;
use super::refusal::HandOverRefusal;
use crate::archive::{Filed, FiledKind, HandOverPlace};
use crate::diagnostics::{Diagnostic, Source};
use crate::files;
use crate::packet::{self, Confidential, PublicPlace, Releases, Trace};
use crate::pdf::text::TextPlace;
use crate::run::Run;
use crate::tasks::gate::{Gate, MAX_FILE_BYTES};

/// Finds what of a folder is not for everybody. `filed` says what its files are.
pub(super) fn held_back(
    run: &Run,
    gathered: &Gathered,
    place: &HandOverPlace<'_>,
    filed: &[Filed],
) -> Result<Vec<Diagnostic>, HandOverRefusal> {
    let gate = Gate::open(run, confidential(gathered))?;
    let mut releases = Releases::of(gathered.session());
    let papers: BTreeMap<&str, &Filed> = filed.iter().map(|filed| (filed.path.as_str(), filed)).collect();
    let (names, paths): (Vec<String>, Vec<PathBuf>) = place.files()?.into_iter().unzip();
    let of_names = |_: Trace<'_>| of_file("Der Name einer Datei", None, &TextPlace::File, None);
    let mut findings = gate.said(&gate.search(names.join("\n").as_bytes())?, &mut releases, of_names);
    gate.search_files(&paths, |at, searched| {
        let filed = papers.get(names[at].as_str()).copied();
        let searched = if filed.is_some_and(is_paper) { searched } else { searched.without_unread() };
        let hash = searched.has_unread().then(|| files::hash_of(&paths[at], MAX_FILE_BYTES)).flatten();
        let place = |found: Trace<'_>| of_file(&names[at], filed, &found.place(), hash.clone());
        findings.extend(gate.said(&searched, &mut releases, place));
    })?;
    findings.extend(releases.useless());
    let source = Source::new(place.name(), "");
    findings.extend(packet::blind(&gate.confidential, &source));
    Ok(findings)
}

/// What is not public of all that was to be handed over.
fn confidential(gathered: &Gathered) -> Confidential {
    let business = gathered.agenda.as_ref().map(|(_, agenda)| agenda.business());
    let mut confidential = business.as_ref().map(Confidential::of_session).unwrap_or_default();
    let on_agenda = |name: &str| {
        business.iter().flat_map(|business| business.proposals()).any(|proposal| proposal.source.name == name)
    };
    for record in &gathered.records {
        let Ok(opened) = record.open() else { continue };
        let proposal = &opened.proposal;
        if !on_agenda(&proposal.source.name) {
            confidential.add_record(proposal, gathered.publicity_of(record, proposal));
        }
    }
    confidential
}

/// Tells whether a file must not go out if it cannot be read; fonts and what belongs to forms are no papers.
fn is_paper(filed: &Filed) -> bool {
    use FiledKind::{Dispatched, FileAnnex, FormAnnex, ItemPaper, Packet, Proposal};
    matches!(filed.kind, Proposal | FormAnnex | FileAnnex | ItemPaper | Packet | Dispatched)
}

fn of_file(name: &str, filed: Option<&Filed>, place: &TextPlace, hash: Option<String>) -> PublicPlace {
    let is_whole = matches!(place, TextPlace::File) || *place == TextPlace::Part(String::new());
    let source = filed.and_then(|filed| filed.source.clone()).unwrap_or_else(|| name.to_owned());
    PublicPlace {
        name: name.to_owned(),
        at: if is_whole { String::new() } else { place.to_string() },
        page: place.page(),
        source: Source::new(source, ""),
        span: 0..0,
        items: Vec::new(),
        proposal: filed.and_then(|filed| filed.proposal.clone()).unwrap_or_default(),
        annex: filed.and_then(|filed| filed.label.clone()).unwrap_or_default(),
        hash,
    }
}
