//! The styles and scripts of the pages, as they lie in `assets/`: embedded, and readable as they are.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::refusal;

const STYLE: &str = "text/css; charset=utf-8";

const SCRIPT: &str = "text/javascript; charset=utf-8";

const ALL: &[(&str, &str, &str)] = &[
    ("anlage.css", STYLE, include_str!("assets/anlage.css")),
    ("vorlage.js", SCRIPT, include_str!("assets/vorlage.js")),
];

/// Sends one of them.
pub(super) async fn send(axum::extract::Path(name): axum::extract::Path<String>) -> Response {
    match ALL.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], *text).into_response()
        }
        None => refusal(StatusCode::NOT_FOUND, "Diese Seite gibt es nicht."),
    }
}
