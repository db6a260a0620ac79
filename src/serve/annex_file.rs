//! Annexes that are files: added and taken away, and their files taken from a browser, and those of papers on an agenda. Examined as
//! the files of annexes are, not a byte of them changed, laid beside the record and never in the place of another file.

use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::beside::{self, BesidePlace, ExaminedFile, NotTaken};
use super::draft::Draft;
use super::project_folder::ProjectFolder;
use super::record_news::RecordNews;
use super::saving_log::Deed;
use super::sent_form::{SentFile, SentForm};
use super::session_draft::SessionDraft;
use super::visitor::Visitor;
use crate::check::files::said_of;
use crate::diagnostics::shown;
use crate::pdf::{AnnexFormat, FileLook, Refusal};
use crate::record::merge::address;
use crate::record::names;
use crate::tasks::desk::Desk;
use crate::toml_tree::Step;

/// What the names of the controls begin with in which a file is chosen.
const FILE: &str = "beilage:";
/// What can be chosen, in words and for browsers.
const KINDS: &str = "PDF, JPEG, PNG oder TIFF, höchstens 32 MiB.";
const ACCEPTED: &str = "application/pdf,image/jpeg,image/png,image/tiff";

/// The name of the control in which a file is chosen for a field.
pub(super) fn control_name(place: &str) -> String {
    format!("{FILE}{place}")
}

/// Takes the bytes of a file for the record `datei`; `name` is what the file was called. Gives the name that it has now, and what
/// there is to say of it.
pub(super) async fn take(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    beside::received(folder, visitor, query, move |folder, desk, draft, sent| {
        let (name, look) = laid(folder, desk, &BesidePlace::of_record(draft), sent, &body)?;
        let said = said_of(&Ok(look), "Die Datei", Path::new(&name));
        let said: Vec<String> =
            said.into_iter().map(|said| format!("{} {}", said.message, said.hint)).collect();
        Ok(json!({ "datei": name, "hinweise": said }))
    })
    .await
}

/// Asks for a file beside the field that names it. `path` leads to that field.
pub(super) fn asked(path: &[Step]) -> Markup {
    let place = address(path);
    let name = control_name(&place);
    let whose = match path {
        [_, Step::Key(label), _] => names::annex(label),
        _ => "die Vorlage".to_owned(),
    };
    html! {
        div.feld.zum-schreiben {
            label for=(name) { "Datei für " (whose) " wählen" }
            p.hilfe id={ (name) "-hilfe" } { (KINDS) " Die Datei bleibt, wie sie ist, und kommt neben die Vorlage." }
            input id=(name) name=(name) type="file" accept=(ACCEPTED) aria-describedby={ (name) "-hilfe" };
            " " button.ohne-skript type="submit" name="tun" value={ "beilegen:" (place) } formenctype="multipart/form-data" aria-label={ "Datei beilegen: " (whose) } { "Datei beilegen" }
        }
    }
}

/// Asks for a file of a paper that is to come on an agenda, beside the field for its name.
pub(super) fn asked_for_paper(place: &str) -> Markup {
    let name = control_name(place);
    html! {
        div.feld {
            label for=(name) { "Oder eine Datei von Ihrem Rechner" }
            p.hilfe id={ (name) "-hilfe" } { (KINDS) " Die Datei bleibt, wie sie ist, und kommt neben die Sitzungsdatei." }
            input id=(name) name=(name) type="file" accept=(ACCEPTED) aria-describedby={ (name) "-hilfe" };
        }
    }
}

/// Lays the file of a paper beside the session file. Gives its name; the error says why it is not taken.
pub(super) fn laid_for_session(
    folder: &ProjectFolder,
    desk: &mut Desk,
    draft: &SessionDraft,
    visitor: &Visitor,
    file: &SentFile,
) -> Result<String, String> {
    let place = BesidePlace::of_session(draft, visitor);
    let laid = laid(folder, desk, &place, &file.name, &file.bytes);
    laid.map(|(name, _)| name).map_err(|(_, message)| message)
}

/// Asks whether an annex shall go.
pub(super) fn to_remove(label: &str) -> Markup {
    html! { div.knoepfe.zum-schreiben { button type="submit" name="tun" value={ "anlage-weg:" (label) } { (names::annex(label)) " entfernen" } } }
}

/// Asks whether there shall be another annex.
pub(super) fn to_add() -> Markup {
    html! {
        section.zum-schreiben aria-labelledby="weitere-anlage" {
            h2 #weitere-anlage { "Weitere Anlage" }
            p { "Eine Datei, die zur Vorlage gehört, zum Beispiel ein Plan oder ein Gutachten." }
            button type="submit" name="tun" value="anlage-dazu" { "Anlage hinzufügen" }
        }
    }
}

/// Lays the file that a form sends beside its record, and names it in its field.
pub(super) fn attached(
    folder: &ProjectFolder,
    desk: &mut Desk,
    draft: &mut Draft,
    place: &str,
    form: &SentForm,
) -> RecordNews {
    if !draft.names_file(place) {
        return RecordNews::bad("Hier lässt sich keine Datei beilegen.");
    }
    let news = match form.files.get(&control_name(place)) {
        None => RecordNews::bad("Bitte eine Datei wählen."),
        Some(file) => match laid(folder, desk, &BesidePlace::of_record(draft), &file.name, &file.bytes) {
            Ok((name, _)) => {
                draft.write(place, &name);
                RecordNews::good(&format!(
                    "Die Datei {name} liegt jetzt neben der Vorlage und steht im Feld."
                ))
            }
            Err((_, message)) => RecordNews::bad(message),
        },
    };
    RecordNews { goes_to: Some(place.to_owned()), ..news }
}

/// Adds an annex.
pub(super) fn added(draft: &mut Draft) -> RecordNews {
    match draft.add_annex() {
        Some(label) => RecordNews {
            goes_to: Some(address(&["anlage", &label, "titel"].map(|key| Step::Key(key.to_owned())))),
            ..RecordNews::good(&format!("{} ist dazugekommen.", names::annex(&label)))
        },
        None => RecordNews::bad("Diese Vorlage kann keine weitere Anlage haben."),
    }
}

/// Takes an annex away; its file stays.
pub(super) fn removed(draft: &mut Draft, label: &str) -> RecordNews {
    if draft.remove_annex(label) {
        let what = names::annex(label);
        RecordNews::good(&format!(
            "{what} ist entfernt; ihre Datei bleibt im Ordner. „Rückgängig“ holt {what} zurück."
        ))
    } else {
        RecordNews::bad("Diese Anlage gibt es nicht.")
    }
}

/// Examines a file and lays it at its place. Gives the name that it has now, and what it is.
fn laid(
    folder: &ProjectFolder,
    desk: &mut Desk,
    place: &BesidePlace<'_>,
    sent: &str,
    bytes: &[u8],
) -> Result<(String, FileLook), NotTaken> {
    let look = desk
        .look(bytes)
        .ok_or_else(|| {
            (StatusCode::INTERNAL_SERVER_ERROR, "Die Datei ließ sich nicht untersuchen.".to_owned())
        })?
        .map_err(|refusal| refused(&refusal, sent))?;
    let extension = match look.format {
        AnnexFormat::Pdf => "pdf",
        AnnexFormat::Jpeg => "jpg",
        AnnexFormat::Png => "png",
        AnnexFormat::Tiff => "tif",
    };
    let file = ExaminedFile { sent, kind: "Anlage", extension, bytes };
    Ok((beside::lay(folder, place, &file, Deed::FileAdded)?, look))
}

fn refused(refusal: &Refusal, sent: &str) -> NotTaken {
    let status = match refusal {
        Refusal::Exhausting(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Locked(_) | Refusal::NoPages(_) | Refusal::Foreign(_) | Refusal::Damaged(_) => {
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        }
    };
    let name = shown(sent.rsplit(['/', '\\']).next().unwrap_or_default());
    let message = format!("„{name}“ wird nicht beigelegt: {}. {}", refusal.reason(), refusal.hint());
    (status, message)
}
