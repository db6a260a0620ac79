//! Takes a picture for a long text, and lays it beside the record: examined as the pictures of records are, and never in the
//! place of another file.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::beside::{self, BesidePlace, ExaminedFile, NotTaken};
use super::draft::Draft;
use super::pasted::label;
use super::project_folder::ProjectFolder;
use super::saving_log::Deed;
use super::sent_form::{SentForm, first};
use super::visitor::Visitor;
use crate::record::images::{self, ImageProblem};

/// What the names of the controls begin with that ask for a picture where no script does, and for what it shows.
const FILE: &str = "bild:";
pub(super) const ALT: &str = "bildtext:";

/// The name of the control for what the picture shows that is put into a long text.
pub(super) fn alt_name(place: &str) -> String {
    format!("{ALT}{place}")
}

/// Takes the bytes of a picture for the record `datei`; `name` is what the file was called. Gives the name that it has now.
pub(super) async fn take(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    beside::received(folder, visitor, query, move |folder, _, draft, sent| {
        Ok(json!({ "datei": laid(folder, draft, sent, body.into())? }))
    })
    .await
}

/// Asks for a picture below a long text, for a page without a script.
pub(super) fn asked(place: &str, title: &str, typed: Option<&str>) -> Markup {
    let (file, alt) = (format!("{FILE}{place}"), alt_name(place));
    html! {
        details.ohne-skript open[typed.is_some()] {
            summary { "Bild hinzufügen" }
            div.feld {
                label for=(file) { "Datei" }
                p.hilfe id={ (file) "-hilfe" } { "PNG, JPEG, TIFF oder SVG, höchstens 32 MiB. Ein Foto verliert dabei, wo und von wem es aufgenommen wurde. Das Bild kommt ans Ende des Textes." }
                input id=(file) name=(file) type="file" accept="image/png,image/jpeg,image/tiff,image/svg+xml" aria-describedby={ (file) "-hilfe" };
            }
            div.feld {
                label for=(alt) { "Was ist auf dem Bild zu sehen?" }
                p.hilfe id={ (alt) "-hilfe" } { "Das hören alle, die das Bild nicht sehen." }
                input.lang id=(alt) name=(alt) type="text" autocomplete="off" value=[typed] aria-describedby={ (alt) "-hilfe" };
            }
            button type="submit" name="tun" value={ "bild:" (place) } formenctype="multipart/form-data" aria-label={ "Bild hinzufügen: " (title) } { "Bild hinzufügen" }
        }
    }
}

/// Lays the picture that a form sends beside its record, and shows it at the end of the long text. Gives its name; the error says
/// what is missing or wrong.
pub(super) fn added(
    folder: &ProjectFolder,
    draft: &mut Draft,
    place: &str,
    form: &SentForm,
) -> Result<String, String> {
    let words = label(first(&form.controls, &alt_name(place)));
    let file = form.files.get(&format!("{FILE}{place}")).ok_or("Bitte ein Bild wählen.")?;
    if words.is_empty() {
        return Err("Bitte schreiben, was auf dem Bild zu sehen ist, und das Bild noch einmal wählen.".into());
    }
    let name = laid(folder, draft, &file.name, file.bytes.clone()).map_err(|(_, message)| message)?;
    draft.add_paragraph(place, &format!("![{words}]({name})"));
    Ok(name)
}

/// Lays a picture beside the record of a draft. Gives the name that it has now.
fn laid(folder: &ProjectFolder, draft: &Draft, name: &str, bytes: Vec<u8>) -> Result<String, NotTaken> {
    let (bytes, extension) = images::keep(bytes).map_err(|problem| match problem {
        ImageProblem::Unreadable(message) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, message),
        ImageProblem::TooLarge(message) => (StatusCode::PAYLOAD_TOO_LARGE, message),
    })?;
    let file = ExaminedFile { sent: name, kind: "Bild", extension, bytes: &bytes };
    beside::lay(folder, &BesidePlace::of_record(draft), &file, Deed::PictureAdded)
}
