//! The page in place of a record whose file is no record any more: what was typed into its form stands there, to be sent again.
//!
//! Knows nothing of what the fields are for: without its file a record has no form.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::frame;
use super::sent_form::{Controls, first, unpacked};
use super::session_frame::said;

/// Says why there is no record, and shows what was `sent`.
pub(super) fn page(why: &str, sent: &Controls) -> Response {
    let (name, action) = (first(sent, "datei"), first(sent, "tun"));
    let before = unpacked(first(sent, "entwurf")).unwrap_or_default();
    let typed = typed(sent, &before);
    let content = html! {
        h1 { "Vorlage" @if !name.is_empty() { " " (name) } }
        div.meldung.schlecht #problem role="alert" tabindex="-1" {
            p { strong { (why) @if !typed.is_empty() { " Es wurde nichts gespeichert." } } }
        }
        @if !typed.is_empty() {
            (said(&typed))
            form method="post" action="/vorlage" accept-charset="utf-8" {
                @for (name, value) in sent.iter().filter(|(name, _)| *name != "tun").flat_map(|(name, all)| all.iter().map(move |value| (name, value))) {
                    input type="hidden" name=(name) value=(value);
                }
                p.hilfe { "Sobald die Vorlagendatei wieder da ist, kann es von hier aus noch einmal gesendet werden." }
                button.haupt type="submit" name="tun" value=(action) { "Noch einmal senden" }
            }
        }
    };
    let mut response = frame::page(&format!("Fehler: {name}"), content);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// What stands in the fields and did not stand in the record, with the addresses of the fields.
fn typed(sent: &Controls, before: &str) -> Vec<(String, String)> {
    let fields = sent.iter().filter_map(|(name, all)| Some((name.strip_prefix('/')?, all)));
    let values =
        fields.flat_map(|(name, all)| all.iter().map(move |value| (name, value.replace("\r\n", "\n"))));
    let is_new = |(_, value): &(&str, String)| !value.trim().is_empty() && !before.contains(value.trim());
    values.filter(is_new).map(|(name, value)| (name.to_owned(), value)).collect()
}
