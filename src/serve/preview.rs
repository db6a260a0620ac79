//! The pages of a record beside its form: what is typed is kept, and what it looks like comes back.
//!
//! Knows nothing of the form.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value as Json, json};

use super::answer;
use super::draft::Draft;
use super::journal;
use super::project_folder::ProjectFolder;
use super::record_page::{defect, in_numbers, received};
use crate::diagnostics::has_errors;
use crate::record::merge::address;
use crate::tasks::desk::Desk;
use crate::typeset::PrintedPlace;

/// Takes what is typed into the page of a record into the journal, and gives its pages as they will be printed.
pub(super) async fn look(State(folder): State<Arc<ProjectFolder>>, body: Bytes) -> Response {
    // What is typed is kept at once, and waits for nobody's pages.
    let kept = folder.at_once(move |folder| {
        let (draft, label, sent) = received(folder, &body)?;
        let kept = journal::keep(folder, &draft, false);
        Ok::<_, Box<Response>>((draft, label, sent.contains_key("nur"), kept))
    });
    let (draft, label, is_all, kept) = match kept.await {
        Some(Ok(kept)) => kept,
        Some(Err(refused)) => return *refused,
        None => return defect(),
    };
    let shown =
        if is_all { Some(json!({})) } else { folder.work(move |_, desk| pages(&draft, desk, &label)).await };
    let Some(mut shown) = shown else { return defect() };
    shown["gesichert"] = kept.is_ok().into();
    shown["hinweis"] = kept.err().into();
    answer::json(&shown)
}

/// The pages of an annex as SVG, marked ENTWURF while there are errors; where its fields stand on them; and how many
/// findings there are, in words.
fn pages(draft: &Draft, desk: &mut Desk, label: &str) -> Json {
    let opened = draft.read(&draft.text);
    let findings = desk.check(&opened);
    let is_draft = has_errors(&findings);
    let annex = opened.proposal.form_annexes().find(|annex| annex.label == label);
    let shown = annex.map(|annex| desk.show(&opened.proposal, annex, is_draft)).unwrap_or_default();
    let place = |(path, PrintedPlace { page, x, y, .. }): &(Vec<_>, PrintedPlace)| json!({ "feld": address(path), "seite": page, "x": [x.0, x.1], "y": [y.0, y.1] });
    json!({
        "entwurf": is_draft,
        "befunde": in_numbers(&findings),
        "seiten": shown.pages,
        "stellen": shown.places.iter().map(place).collect::<Vec<_>>(),
    })
}
