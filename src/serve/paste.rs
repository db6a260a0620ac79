//! Takes what was pasted into a long text as HTML, and gives it as the record writes it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::answer::{self, defect, refusal};
use super::pasted::pasted;
use super::project_folder::ProjectFolder;

/// The most bytes of HTML that are looked at.
const MAX_HTML: usize = 4 << 20;

/// Turns HTML into CommonMark, and says what is lost.
pub(super) async fn take(State(folder): State<Arc<ProjectFolder>>, body: Bytes) -> Response {
    if body.len() > MAX_HTML {
        let message = "Das ist zu viel auf einmal. Bitte in kleineren Teilen einfügen.";
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, message);
    }
    let work = folder.work(move |_, _| {
        let pasted = pasted(&String::from_utf8_lossy(&body));
        answer::json(&json!({ "text": pasted.text, "bloecke": pasted.has_blocks, "verloren": pasted.lost }))
    });
    work.await.unwrap_or_else(defect)
}
