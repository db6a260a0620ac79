//! The page of a session: its agenda with papers and who may see them, in an order that can be changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::answer::{self, refusal, see_other};
use super::draft::in_words;
use super::project_folder::ProjectFolder;
use super::record_page::defect;
use super::saving_log::{self, Deed};
use super::session_view::{self, address_of};
use super::visitor::Visitor;
use crate::files;
use crate::record::input::{FileKind, kind};
use crate::record::session::{self, AgendaChange};
use crate::run::{Problem, RecordFile, open_session};
use crate::tasks::agenda::Agenda;
use crate::toml_tree::{MAX_BYTES, TomlFile};

/// The most bytes of a file that is sent.
const MAX_FILE: u64 = 1 << 30;

/// Shows a session.
pub(super) async fn show(State(folder): State<Arc<ProjectFolder>>, RawQuery(query): RawQuery) -> Response {
    let name = pairs(query.unwrap_or_default().as_bytes()).remove("datei").unwrap_or_default();
    let work = folder.work(move |folder, _| page(folder, &name, None));
    work.await.unwrap_or_else(defect)
}

/// Moves an item, or begins to make packets.
pub(super) async fn change(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    body: Bytes,
) -> Response {
    let mut sent = pairs(&body);
    let mut text = move |name: &str| sent.remove(name).unwrap_or_default();
    let (name, mark, action) = (text("datei"), text("stand"), text("tun"));
    let work = folder.work(move |folder, _| {
        let done = changed(folder, &name, &mark, &action);
        if done.status() != StatusCode::SEE_OTHER {
            return done;
        }
        let deed = if action == "mappen" { Deed::PacketsBegun } else { Deed::SessionChanged };
        match saving_log::note(folder, &visitor, &name, deed) {
            Ok(()) => done,
            Err(message) => page(folder, &name, Some(&format!("Das ist getan. {message}"))),
        }
    });
    work.await.unwrap_or_else(defect)
}

/// Does what the page of a session asks for, and goes on to what came of it; or says why it was not done.
fn changed(folder: &ProjectFolder, name: &str, mark: &str, action: &str) -> Response {
    let Some(path) = session_file(folder, name) else { return none() };
    if action == "mappen" {
        return if folder.making.begin(folder.now(), name, path) {
            see_other(&format!("{}#mappen", address_of(name)))
        } else {
            page(folder, name, Some("Es wird gerade schon etwas erstellt."))
        };
    }
    match moving(action) {
        Some((from, to)) => match move_item(folder, &path, name, mark, from, to) {
            Ok(()) => see_other(&format!("{}#top-{to}", address_of(name))),
            Err(message) => page(folder, name, Some(&message)),
        },
        None => page(folder, name, Some("Diesen Knopf gibt es nicht.")),
    }
}

/// Says how far the packets of a session are, for the script of its page.
pub(super) async fn progress(
    State(folder): State<Arc<ProjectFolder>>,
    RawQuery(query): RawQuery,
) -> Response {
    let name = pairs(query.unwrap_or_default().as_bytes()).remove("datei").unwrap_or_default();
    let state = folder.making.state(&name).unwrap_or_default();
    answer::json(&serde_json::json!({ "laeuft": state.is_running, "fertig": state.done, "von": state.total }))
}

/// Sends a file that was made of a session.
pub(super) async fn download(
    State(folder): State<Arc<ProjectFolder>>,
    RawQuery(query): RawQuery,
) -> Response {
    let mut pairs = pairs(query.unwrap_or_default().as_bytes());
    let name = pairs.remove("datei").unwrap_or_default();
    let number = pairs.remove("nr").and_then(|number| number.parse::<usize>().ok());
    let work = folder.work(move |folder, _| {
        let state = folder.making.state(&name).unwrap_or_default();
        let Some((_, path)) = number.and_then(|number| state.files.get(number)) else { return none() };
        let Ok(bytes) = files::read(path, MAX_FILE) else { return none() };
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let file: String =
            path.file_name().unwrap_or_default().to_string_lossy().chars().map(plain).collect();
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
        let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
        let kind = HeaderValue::from_static("application/pdf");
        ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
    });
    work.await.unwrap_or_else(defect)
}

fn pairs(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn none() -> Response {
    refusal(StatusCode::NOT_FOUND, "Diese Sitzungsdatei gibt es nicht.")
}

fn read(path: &std::path::Path, name: &str) -> Option<TomlFile> {
    TomlFile::read(name, &files::read(path, MAX_BYTES).ok()?).ok()
}

fn session_file(folder: &ProjectFolder, name: &str) -> Option<PathBuf> {
    let path = folder.toml_file(name)?;
    (kind(&read(&path, name)?) == FileKind::Session).then_some(path)
}

/// What stands for a text and no other.
fn mark_of(text: &str) -> String {
    files::hash(&[text.as_bytes()])
}

/// From where to where an item moves: `hoch:3`, `runter:3`, `nach:3:0`.
fn moving(action: &str) -> Option<(usize, usize)> {
    let (word, rest) = action.split_once(':')?;
    match word {
        "hoch" => rest.parse::<usize>().ok().and_then(|at| Some((at, at.checked_sub(1)?))),
        "runter" => rest.parse::<usize>().ok().and_then(|at| Some((at, at.checked_add(1)?))),
        "nach" => rest.split_once(':').and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?))),
        _ => None,
    }
}

fn move_item(
    folder: &ProjectFolder,
    path: &std::path::Path,
    name: &str,
    mark: &str,
    from: usize,
    to: usize,
) -> Result<(), String> {
    let _turn = folder.saving();
    let file = read(path, name).ok_or("Die Sitzungsdatei lässt sich nicht lesen.")?;
    if mark_of(&file.text.source.text) != mark {
        return Err("Die Sitzungsdatei wurde inzwischen geändert. Hier steht sie, wie sie jetzt ist.".into());
    }
    let text = session::changed(&file.text.source.text, &[AgendaChange::Move { from, to }])
        .ok_or("Dorthin lässt sich der Punkt nicht verschieben.")?;
    files::replace(path, &file.text.with_text(text).bytes()).map_err(|error| in_words(&error))
}

fn page(folder: &ProjectFolder, name: &str, news: Option<&str>) -> Response {
    let Some(path) = session_file(folder, name) else { return none() };
    let run = folder.now();
    let opened = match open_session(&run, &RecordFile::named(path)) {
        Ok(opened) => opened,
        Err(Problem::Findings(findings)) => return session_view::unreadable(name, &findings),
        Err(Problem::Failure(_)) => return none(),
    };
    let mark = mark_of(&opened.session.source.text);
    match Agenda::open(&run, &opened, &[]) {
        Ok(agenda) => session_view::page(folder, name, &mark, &agenda, news),
        Err(_) => refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Eine Vorlagendatei der Sitzung lässt sich nicht lesen.",
        ),
    }
}
