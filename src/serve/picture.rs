//! Takes a picture for a long text, and lays it beside the record: examined as the pictures of records are, and never in the
//! place of another file.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;
use unicode_normalization::UnicodeNormalization;
use url::form_urlencoded;

use super::answer::{self, defect};
use super::draft::{Draft, in_words};
use super::pasted::label;
use super::project_folder::ProjectFolder;
use super::saving_log::{self, Deed};
use super::sent_form::SentForm;
use super::visitor::Visitor;
use crate::files;
use crate::record::images::{self, ImageProblem, MAX_FILE_BYTES};
use crate::record::numbers;

/// The most letters that a name keeps of the one that the file had.
const MAX_NAME: usize = 60;
/// The most pictures of one name beside a record.
const MAX_ALIKE: usize = 1000;

/// What the names of the controls begin with that ask for a picture where no script does, and for what it shows.
const FILE: &str = "bild:";
pub(super) const ALT: &str = "bildtext:";

/// The name of the control for what the picture shows that is put into a long text.
pub(super) fn alt_name(place: &str) -> String {
    format!("{ALT}{place}")
}

/// Why a picture is not taken.
type Refused = (StatusCode, String);

/// Takes the bytes of a picture for the record `datei`; `name` is what the file was called. Gives the name that it has now.
pub(super) async fn take(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let pairs: BTreeMap<String, String> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let work = folder.work(move |folder, _| {
        let text = |name: &str| pairs.get(name).map(String::as_str).unwrap_or_default();
        match taken(folder, &visitor, text("datei"), text("name"), body.into()) {
            Ok(name) => answer::json(&json!({ "datei": name })),
            Err((status, message)) => (status, answer::json(&json!({ "fehler": message }))).into_response(),
        }
    });
    work.await.unwrap_or_else(defect)
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
    let words = form.controls.get(&alt_name(place)).and_then(|all| all.first());
    let words = words.map(|words| label(words)).unwrap_or_default();
    let file = form.files.get(&format!("{FILE}{place}")).ok_or("Bitte ein Bild wählen.")?;
    if words.is_empty() {
        return Err("Bitte schreiben, was auf dem Bild zu sehen ist, und das Bild noch einmal wählen.".into());
    }
    let name = laid(folder, draft, &file.name, file.bytes.clone()).map_err(|(_, message)| message)?;
    draft.add_paragraph(place, &format!("![{words}]({name})"));
    Ok(name)
}

fn taken(
    folder: &ProjectFolder,
    visitor: &Visitor,
    record: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<String, Refused> {
    let draft = Draft::open(folder, &folder.now(), record, visitor)
        .map_err(|message| (StatusCode::NOT_FOUND, message))?;
    laid(folder, &draft, name, bytes)
}

/// Lays a picture beside the record of a draft. Gives the name that it has now.
fn laid(folder: &ProjectFolder, draft: &Draft, name: &str, bytes: Vec<u8>) -> Result<String, Refused> {
    let (bytes, extension) = images::keep(bytes).map_err(|problem| match problem {
        ImageProblem::Unreadable(message) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, message),
        ImageProblem::TooLarge(message) => (StatusCode::PAYLOAD_TOO_LARGE, message),
    })?;
    let own = match draft.read(&draft.base).proposal.number {
        Some(number) => number.file_stem(),
        None => plain(without_end(&draft.name)),
    };
    let stem = named(if own.is_empty() { "Vorlage" } else { &own }, name);
    let _turn = folder.saving();
    for count in 1..=MAX_ALIKE {
        let count = if count > 1 { format!("-{count}") } else { String::new() };
        let name = format!("{stem}{count}.{extension}");
        let path = draft.folder().join(&name);
        if path.symlink_metadata().is_err() {
            match files::write_new(&path, &bytes) {
                Ok(()) => {
                    let written = files::path_within(folder.root.path(), &path);
                    return match saving_log::note(folder, &draft.visitor, &written, Deed::PictureAdded) {
                        Ok(()) => Ok(name),
                        Err(message) => Err((
                            StatusCode::INTERNAL_SERVER_ERROR,
                            format!("Das Bild ist abgelegt. {message}"),
                        )),
                    };
                }
                // Whoever writes there with another program was quicker.
                Err(error) if error.source.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err((StatusCode::INTERNAL_SERVER_ERROR, in_words(&error))),
            }
        }
        // A link may lead anywhere, and is nobody's picture.
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if is_file && files::read(&path, MAX_FILE_BYTES).is_ok_and(|there| there == bytes) {
            return Ok(name);
        }
    }
    Err((StatusCode::CONFLICT, "Es gibt schon zu viele Bilder mit diesem Namen.".into()))
}

/// Names a picture after its record and the file that was sent: `V-0056-2025-Lageplan`.
fn named(own: &str, sent: &str) -> String {
    let sent = plain(without_end(sent));
    let is_named = sent.strip_prefix(own).is_some_and(|rest| rest.starts_with('-'));
    match sent.as_str() {
        "" => format!("{own}-Bild"),
        _ if is_named => sent,
        _ => format!("{own}-{sent}"),
    }
}

/// A text as a name for which every system has room and no other use.
fn plain(text: &str) -> String {
    let whole: String = text.nfc().collect();
    let name: String = numbers::stem(&whole).trim_start_matches('-').chars().take(MAX_NAME).collect();
    name.trim_end_matches('-').to_owned()
}

/// What a file is called without its folders and its end.
fn without_end(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_named_after_its_record_whatever_its_file_was_called() {
        let long = format!("{}.png", "a".repeat(300));
        for (sent, expected) in [
            ("Lageplan Kita.png", "V-0056-2025-Lageplan-Kita"),
            ("Straße u\u{308}ber Ä.JPG", "V-0056-2025-Strasse-ueber-Ae"),
            ("V-0056-2025-Lageplan-2.png", "V-0056-2025-Lageplan-2"),
            ("V-0056-20251.png", "V-0056-2025-V-0056-20251"),
            ("../../anlage.toml", "V-0056-2025-anlage"),
            ("C:\\Bilder\\.versteckt", "V-0056-2025-Bild"),
            ("con.png", "V-0056-2025-con"),
            ("a\0b\u{202e}c.png", "V-0056-2025-a-b-c"),
            ("---.png", "V-0056-2025-Bild"),
            ("", "V-0056-2025-Bild"),
            (".png", "V-0056-2025-Bild"),
            ("計画.png", "V-0056-2025-Bild"),
        ] {
            assert_eq!(named("V-0056-2025", sent), expected, "{sent}");
        }
        assert_eq!(named("V-1", &long).len(), 4 + MAX_NAME);
    }
}
