//! The page in place of a record whose file is no record any more: what was typed into its form stands there, to be sent again.
//!
//! Knows nothing of files: what the record said is read from what its page sent along.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::frame;
use super::project_folder::ProjectFolder;
use super::sent_form::{Controls, first, lines_of, unpacked};
use super::session_frame::said;
use crate::diagnostics::Source;
use crate::record::input::Input;
use crate::record::merge::places;
use crate::run::OpenedRecord;
use crate::tasks::desk::Desk;
use crate::toml_tree::TomlText;

/// Says why there is no record, and shows what was `sent`.
pub(super) fn page(folder: &ProjectFolder, why: &str, sent: &Controls) -> Response {
    let (name, action) = (first(sent, "datei"), first(sent, "tun"));
    let typed =
        read(folder, name, first(sent, "entwurf")).map(|before| typed(sent, &before)).unwrap_or_default();
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

/// Reads the text that a page began with as the record that it was.
fn read(folder: &ProjectFolder, name: &str, text: &str) -> Option<OpenedRecord> {
    let root = folder.root.path();
    let project = folder.now().project_of(root).ok()?;
    let file = TomlText { source: Source::new(name, unpacked(text)?), has_mark: false }.parse();
    Some(Desk::open(Input { file, folder: root.to_path_buf(), project }))
}

/// What fields say now and did not say before, with their titles.
fn typed(sent: &Controls, before: &OpenedRecord) -> Vec<(String, String)> {
    let changed = places(&before.proposal).into_iter().filter_map(|(name, place)| {
        let typed = lines_of(sent.get(&name)?);
        (typed.trim() != place.shown.trim()).then(|| (place.field.name().to_owned(), typed))
    });
    changed.collect()
}
