//! What a browser gets as an answer.
//!
//! Knows nothing of what is asked for.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// Says in a page why there is nothing else.
pub(super) fn refusal(status: StatusCode, text: &str) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="de" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Das geht nicht – anlage" }
                link rel="stylesheet" href="/dateien/anlage.css";
            }
            body {
                main {
                    h1 { "Das geht nicht" }
                    p { (text) }
                    p { a href="/" { "Zur Übersicht" } }
                }
            }
        }
    };
    (status, markup(page)).into_response()
}

/// Sends a page.
pub(super) fn markup(page: Markup) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], page.into_string())
        .into_response()
}

/// Sends what a script asked for.
pub(super) fn json(value: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], value.to_string())
        .into_response()
}

/// Sends a browser to another page, so that going back does not send the form again.
pub(super) fn see_other(place: &str) -> Response {
    match HeaderValue::from_str(place) {
        Ok(place) => (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response(),
        Err(_) => refusal(StatusCode::BAD_REQUEST, "Diese Adresse gibt es nicht."),
    }
}

/// Says that the program has a defect.
pub(super) fn defect() -> Response {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "Dabei ist dem Programm ein Fehler unterlaufen.")
}
