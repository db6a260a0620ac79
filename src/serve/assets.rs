//! The styles and scripts of the pages, as they lie in `assets/`: embedded, and readable as they are.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::refusal;

const STYLE: &str = "text/css; charset=utf-8";

const SCRIPT: &str = "text/javascript; charset=utf-8";

const PICTURE: &str = "image/svg+xml";

/// The picture of the program, which browsers ask for by themselves.
const ICON: &str = "zeichen.svg";

const ALL: &[(&str, &str, &str)] = &[
    ("anlage.css", STYLE, include_str!("assets/anlage.css")),
    ("beilegen.js", SCRIPT, include_str!("assets/beilegen.js")),
    ("bild.js", SCRIPT, include_str!("assets/bild.js")),
    ("dialog.js", SCRIPT, include_str!("assets/dialog.js")),
    ("gitter.js", SCRIPT, include_str!("assets/gitter.js")),
    ("marken.js", SCRIPT, include_str!("assets/marken.js")),
    ("pflicht.js", SCRIPT, include_str!("assets/pflicht.js")),
    ("senden.js", SCRIPT, include_str!("assets/senden.js")),
    ("sitzung.js", SCRIPT, include_str!("assets/sitzung.js")),
    ("stellen.js", SCRIPT, include_str!("assets/stellen.js")),
    ("tabelle.js", SCRIPT, include_str!("assets/tabelle.js")),
    ("text.js", SCRIPT, include_str!("assets/text.js")),
    (ICON, PICTURE, include_str!("assets/zeichen.svg")),
    ("vorlage.js", SCRIPT, include_str!("assets/vorlage.js")),
];

/// Sends one of them.
pub(super) async fn send(axum::extract::Path(name): axum::extract::Path<String>) -> Response {
    sent(&name)
}

/// Sends the picture of the program, for browsers that look where it always was.
pub(super) async fn icon() -> Response {
    sent(ICON)
}

fn sent(name: &str) -> Response {
    match ALL.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], *text).into_response()
        }
        None => refusal(StatusCode::NOT_FOUND, "Diese Seite gibt es nicht."),
    }
}
