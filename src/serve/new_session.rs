//! The page on which a new session begins: who meets, and when.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::answer::{defect, see_other};
use super::frame;
use super::new_file::NewFile;
use super::project_folder::ProjectFolder;
use super::saving_log::{self, Deed};
use super::sent_form::pairs;
use super::session_frame::address_of;
use super::visitor::Visitor;
use crate::day::Day;
use crate::record::names::SESSION_SCHEMA;
use crate::record::session::{BlankSession, session_schema};

/// The address of the page.
pub(super) const ADDRESS: &str = "/sitzung/neu";
/// The folder for new sessions, if the project has it.
const SESSIONS: &str = "sitzungen";
/// The most committees that meet together, and the most letters of a name: as in the schema.
const MAX_COMMITTEES: usize = 10;
const MAX_NAME: usize = 200;
/// The highest number of a session: as in the schema.
const MAX_NUMBER: u32 = 99_999;

/// What is typed, as it was typed.
#[derive(Debug, Default)]
struct TypedSession {
    committees: String,
    date: String,
    number: String,
}

/// Something typed that cannot be, and the name of its field.
struct NewSessionFault {
    message: String,
    field: &'static str,
}

/// Asks who meets, and when.
pub(super) async fn ask() -> Response {
    page(&TypedSession::default(), None)
}

/// Makes the session file, and goes to its page.
pub(super) async fn make(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    body: Bytes,
) -> Response {
    let sent = pairs(&body);
    let text = |name: &str| sent.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let typed = TypedSession { committees: text("gremien"), date: text("datum"), number: text("nummer") };
    let work = folder.work(move |folder, _| match blank(&typed).and_then(|blank| made(folder, &blank)) {
        Ok(name) => match saving_log::note(folder, &visitor, &name, Deed::SessionBegun) {
            Ok(()) => see_other(&address_of(&name)),
            Err(message) => {
                let message = format!("Die Sitzung ist angelegt. {message}");
                page(&typed, Some(&NewSessionFault { message, field: "gremien" }))
            }
        },
        Err(problem) => page(&typed, Some(&problem)),
    });
    work.await.unwrap_or_else(defect)
}

/// What is known of the session.
fn blank(typed: &TypedSession) -> Result<BlankSession, NewSessionFault> {
    let problem = |field, message: &str| Err(NewSessionFault { message: message.to_owned(), field });
    let lines = typed.committees.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let committees: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    if committees.is_empty() {
        return problem("gremien", "Bitte sagen, welches Gremium tagt.");
    }
    if committees.len() > MAX_COMMITTEES || committees.iter().any(|name| name.chars().count() > MAX_NAME) {
        return problem("gremien", "Höchstens 10 Gremien, jedes mit höchstens 200 Zeichen.");
    }
    let day = typed.date.parse::<Day>().ok().or_else(|| Day::of_german(&typed.date)?.ok());
    let Some(day) = day else {
        let message = match typed.date.as_str() {
            "" => "Es fehlt der Tag der Sitzung.".to_owned(),
            date => format!("„{date}“ ist kein Datum. Zum Beispiel: 12.2.2026."),
        };
        return Err(NewSessionFault { message, field: "datum" });
    };
    let number = match typed.number.as_str() {
        "" => None,
        number => match number.parse().ok().filter(|number| (1..=MAX_NUMBER).contains(number)) {
            Some(number) => Some(number),
            None => return problem("nummer", "Die Nummer der Sitzung ist eine Zahl, zum Beispiel 3."),
        },
    };
    Ok(BlankSession { committees, number, date: Some(day) })
}

/// Writes the file; what it is called follows from who meets and when. Gives its name inside the project.
fn made(folder: &ProjectFolder, blank: &BlankSession) -> Result<String, NewSessionFault> {
    let file = NewFile::of(folder, SESSIONS, &blank.file_name());
    if file.is_there() {
        let message = format!(
            "Die Datei {} gibt es schon. Eine zweite Sitzung am selben Tag braucht eine Nummer.",
            file.name
        );
        return Err(NewSessionFault { message, field: "nummer" });
    }
    let text = blank.to_toml(&file.way_to(SESSION_SCHEMA));
    let written = file.write(folder, &text, SESSION_SCHEMA, session_schema);
    written.map(|()| file.name).map_err(|message| NewSessionFault { message, field: "gremien" })
}

fn page(typed: &TypedSession, problem: Option<&NewSessionFault>) -> Response {
    let invalid = |field: &str| problem.filter(|problem| problem.field == field).map(|_| "true");
    let described = |field: &str| {
        let help = format!("{field}-hilfe");
        if invalid(field).is_some() { format!("problem {help}") } else { help }
    };
    let line = |name: &str, label: Markup, help: &str, value: &str, is_needed: bool| {
        html! {
            div.feld {
                label for=(name) { (label) }
                p.hilfe id={ (name) "-hilfe" } { (help) }
                input.kurz id=(name) name=(name) type="text" autocomplete="off" required[is_needed] value=(value) aria-describedby=(described(name)) aria-invalid=[invalid(name)];
            }
        }
    };
    let content = html! {
        h1 { "Neue Sitzung" }
        @if let Some(NewSessionFault { message, field }) = problem {
            p.meldung.schlecht #problem role="alert" { (message) " " a href={ "#" (field) } { "Zum Feld" } }
        }
        form.vorlage method="post" action=(ADDRESS) accept-charset="utf-8" {
            div.feld {
                label for="gremien" { "Gremium" }
                p.hilfe #gremien-hilfe { "Rat, Ausschuss oder Bezirksvertretung, wie es in den Beratungsfolgen heißt. Tagen mehrere zusammen: jedes in eine eigene Zeile." }
                textarea.lang #gremien name="gremien" rows="2" required aria-describedby=(described("gremien")) aria-invalid=[invalid("gremien")] { "\n" (typed.committees) }
            }
            (line("datum", html! { "Datum der Sitzung" }, "Tag, Monat und Jahr, zum Beispiel 12.2.2026.", &typed.date, true))
            (line("nummer", html! { "Nummer der Sitzung " span.leise { "(freiwillig)" } }, "Die wievielte des Gremiums; nötig, wenn es an einem Tag zweimal tagt.", &typed.number, false))
            div.knoepfe { button.haupt type="submit" { "Anlegen" } a.knopf href="/#sitzungen" { "Abbrechen" } }
        }
    };
    let title = if problem.is_some() { "Fehler: Neue Sitzung" } else { "Neue Sitzung" };
    let mut response = frame::page(title, content);
    if problem.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}
