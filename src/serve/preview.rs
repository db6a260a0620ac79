//! What the page of a record asks for while somebody types: that it is kept, and what it looks like.
//!
//! Knows nothing of the form.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::{Value as Json, json};

use super::answer::{self, defect};
use super::draft::Draft;
use super::journal;
use super::presence;
use super::project_folder::ProjectFolder;
use super::record_page::{in_numbers, received};
use super::visitor::Visitor;
use crate::diagnostics::has_errors;
use crate::record::merge::address;
use crate::tasks::desk::Desk;
use crate::typeset::{PrintedPlace, ScreenBand, ScreenPage};

/// The most bands of pages that a browser can have of a record.
const MAX_SEEN: usize = 20_000;

/// Takes what is typed into the page of a record into the journal. Waits for nobody's pages.
pub(super) async fn keep(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    body: Bytes,
) -> Response {
    let kept = folder.at_once(move |folder| {
        received(folder, &visitor, &body).map(|(draft, ..)| journal::keep(folder, &draft, false))
    });
    match kept.await {
        Some(Ok(kept)) => answer::json(&json!({ "gesichert": kept.is_ok(), "hinweis": kept.err() })),
        Some(Err(refused)) => *refused,
        None => defect(),
    }
}

/// Gives the pages of a record as they will be printed, with what is typed.
pub(super) async fn look(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    body: Bytes,
) -> Response {
    let shown = folder.work(move |folder, desk| {
        let (draft, label, mut sent) = received(folder, &visitor, &body)?;
        let mut seen = sent.remove("habe").unwrap_or_default();
        seen.truncate(MAX_SEEN);
        let mut shown = pages(&draft, desk, &label, seen);
        let others = folder.presence.others(&draft.name, &visitor, Instant::now());
        shown["auch"] = presence::in_words(&others).into();
        Ok(shown)
    });
    match shown.await {
        Some(Ok::<_, Box<Response>>(shown)) => answer::json(&shown),
        Some(Err(refused)) => *refused,
        None => defect(),
    }
}

/// The pages of an annex as SVG, marked ENTWURF while there are errors; where its fields stand on them; and how many findings
/// there are, in words.
fn pages(draft: &Draft, desk: &mut Desk, label: &str, seen: Vec<String>) -> Json {
    let opened = draft.read(&draft.text);
    let findings = desk.check(&opened);
    let is_draft = has_errors(&findings);
    let annex = opened.proposal.form_annexes().find(|annex| annex.label == label);
    let shown = annex.map(|annex| desk.show(&opened.proposal, annex, is_draft, seen)).unwrap_or_default();
    let place = |(path, PrintedPlace { page, x, y, .. }): &(Vec<_>, PrintedPlace)| json!({ "feld": address(path), "seite": page, "x": [x.0, x.1], "y": [y.0, y.1] });
    let mut svgs = shown.bands.into_iter();
    json!({
        "entwurf": is_draft,
        "noetig": opened.proposal.needed().iter().map(|path| address(path)).collect::<Vec<_>>(),
        "befunde": in_numbers(&[findings, desk.check_files(&opened.proposal)].concat()),
        "seiten": shown.pages.iter().map(|page| sheet(page, &mut svgs)).collect::<Vec<_>>(),
        "stellen": shown.places.iter().map(place).collect::<Vec<_>>(),
    })
}

/// A page: how wide it is for its height, and its bands with their place in parts of that height. A band that the browser has
/// comes without its SVG.
fn sheet(page: &ScreenPage, svgs: &mut impl Iterator<Item = String>) -> Json {
    let band = |band: &ScreenBand| {
        let svg = svgs.next().filter(|svg| !svg.is_empty());
        let (top, height) = (band.top / page.height, band.height / page.height);
        json!({ "kennung": band.mark, "oben": top, "hoehe": height, "svg": svg })
    };
    json!({ "breite": page.width / page.height, "streifen": page.bands.iter().map(band).collect::<Vec<_>>() })
}
