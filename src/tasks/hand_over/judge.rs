//! Whether the files that are handed over can be used: what `check` and `packet` refuse is not handed over either.

use std::path::Path;

use super::gather::Gathered;
use super::refusal::HandOverRefusal;
use crate::archive::FileClaims;
use crate::check::files::{files_of_papers, named_files, of_refused};
use crate::diagnostics::{Diagnostic, has_errors};
use crate::files::FileError;
use crate::record::proposal::{Annex, Proposal};
use crate::record::publicity::{self, Soundness};
use crate::record::session::ItemPaper;
use crate::run::{Looked, Report};
use crate::tasks::glances::Glances;

/// Judges the files of a proposal. Gives what they claim, and what is wrong with them.
pub(super) fn proposal(
    glances: &Glances<'_>,
    gathered: &Gathered,
    record: &Looked,
    proposal: &Proposal,
) -> Result<(FileClaims, Vec<Diagnostic>), FileError> {
    let of_proposal = gathered.publicity_of(record, proposal);
    let is_out = |path: &Path| {
        let is_hidden = |annex: &&Annex| {
            matches!(annex, Annex::File(file) if file.file.as_deref() == Some(path))
                && !publicity::annex(annex, of_proposal, Soundness::Sound).is_public()
        };
        gathered.public_only && (!of_proposal.is_public() || proposal.annexes.iter().any(|it| is_hidden(&it)))
    };
    let handed = named_files(proposal).into_iter().filter(|file| !is_out(file.path));
    let (claims, refused) = glances.annexes(handed)?;
    Ok((claims, of_refused(&proposal.source, &proposal.project, &refused)))
}

/// Judges the papers that only the session names. Gives what they claim.
pub(super) fn session(
    glances: &Glances<'_>,
    gathered: &Gathered,
    each: &mut impl FnMut(Report, usize),
) -> Result<FileClaims, HandOverRefusal> {
    let (Some((looked, _)), Some(session)) = (&gathered.agenda, gathered.session()) else {
        return Ok(FileClaims::new());
    };
    let papers = session.items.iter().enumerate().flat_map(|(at, item)| {
        let is_handed = move |paper: &&ItemPaper| {
            !gathered.public_only || publicity::item_paper(paper, gathered.item(at)).is_public()
        };
        item.papers.iter().filter(is_handed)
    });
    let (claims, refused) = glances.annexes(files_of_papers(papers))?;
    let findings = of_refused(&session.source, &session.project, &refused);
    let is_wrong = has_errors(&findings);
    if !findings.is_empty() {
        each(Report { name: looked.file.name.clone(), findings, ..Report::default() }, 1);
    }
    if is_wrong { Err(HandOverRefusal::Errors) } else { Ok(claims) }
}
