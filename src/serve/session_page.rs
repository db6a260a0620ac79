//! The page of a session: its agenda with papers and who may see them, and the changes that somebody makes to it.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Extension, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::annex_file;
use super::answer::{self, defect, refusal, see_other};
use super::beside;
use super::making::{MadeFile, MadeKind};
use super::project_folder::ProjectFolder;
use super::saving_log::{self, Deed};
use super::sent_form::{SentForm, pairs};
use super::session_changes::{
    NewItem, SentControls, SentItem, SessionRefusal, faults_of, new_paper_path, typed,
};
use super::session_draft::{DraftRefusal, NoSession, SessionDraft};
use super::session_frame::{SessionNews, address_of};
use super::session_item::{self, ItemPage};
use super::session_parts::{self, BlockOrder, SentPart};
use super::session_view;
use super::visitor::Visitor;
use crate::files;
use crate::packet::Edition;
use crate::record::merge::address;
use crate::record::schema::Field;
use crate::record::session::{NotChangeable, SessionChange};
use crate::run::Run;
use crate::tasks::agenda::Agenda;
use crate::tasks::desk::Desk;
use crate::toml_tree::Step;

/// The most bytes of a file that is sent.
const MAX_FILE: u64 = 1 << 30;

/// What of a session is shown.
#[derive(Debug, Clone, PartialEq)]
enum SessionPart {
    Agenda,
    /// A part besides the agenda, with its blocks if they are not those of the file.
    Other(&'static Field, Option<BlockOrder>),
    Item(usize),
    /// One that is not there yet; what was typed stands at this place of the draft.
    New(NewItem, Option<usize>),
    Removal(usize),
}

/// Shows a session, or one item of it.
pub(super) async fn show(State(folder): State<Arc<ProjectFolder>>, RawQuery(query): RawQuery) -> Response {
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    let name = pairs.get("datei").cloned().unwrap_or_default();
    let place = |key: &str| pairs.get(key).map(|place| place.parse().unwrap_or(usize::MAX));
    let new = pairs.get("neu").and_then(|word| NewItem::of_word(word));
    let other = pairs.get("teil").and_then(|key| session_parts::part(key));
    let part = match (place("punkt"), place("weg"), new, other) {
        (Some(item), ..) => SessionPart::Item(item),
        (_, Some(item), ..) => SessionPart::Removal(item),
        (.., Some(new), _) => SessionPart::New(new, None),
        (.., Some(field)) => SessionPart::Other(field, None),
        _ => SessionPart::Agenda,
    };
    let news = match pairs.get("gespeichert").map(String::as_str) {
        Some("0") => SessionNews::good("Nichts geändert: Das steht schon so in der Sitzungsdatei."),
        Some(_) => SessionNews::good("Gespeichert."),
        None => SessionNews::default(),
    };
    let work = folder.work(move |folder, desk| {
        let run = folder.now();
        match SessionDraft::open(folder, &run, &name) {
            Ok(draft) => page(folder, &run, desk, draft, part, &news),
            Err(why) => session_view::none(folder, &name, &why, &SentControls::new()),
        }
    });
    work.await.unwrap_or_else(defect)
}

/// Changes a session, or begins to make packets.
pub(super) async fn change(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let form = match SentForm::of(request).await {
        Ok(form) => form,
        Err(refused) => return *refused,
    };
    let turn = if form.files.is_empty() { None } else { beside::turn().await };
    let work = folder.work(move |folder, desk| {
        let _turn = turn;
        let SentForm { controls, mut files } = form;
        let last = |(name, mut all): (String, Vec<String>)| Some((name, all.pop()?));
        let mut sent: SentControls = controls.into_iter().filter_map(last).collect();
        let new_file = address(&[new_paper_path(), vec![Step::Key("datei".into())]].concat());
        let file = files.remove(&annex_file::control_name(&new_file));
        let text = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
        let (name, action, run) = (text("datei").to_owned(), text("tun").to_owned(), folder.now());
        let draft = match SessionDraft::open(folder, &run, &name) {
            Ok(draft) => draft,
            Err(why) => return session_view::none(folder, &name, &why, &sent),
        };
        // Nothing is laid anywhere for a page that is not listened to.
        let is_current = sent.get("stand").is_some_and(|mark| *mark == draft.mark());
        let word = action.split(':').next().unwrap_or_default();
        let is_of_item = matches!(word, "speichern" | "bleiben" | "vorlage-weg" | "unterlage-weg");
        let file = file.filter(|_| is_current && is_of_item);
        let mut not_taken = None;
        match file.map(|file| annex_file::laid_for_session(folder, desk, &draft, &visitor, &file)) {
            Some(Ok(name)) => drop(sent.insert(new_file, name)),
            Some(Err(message)) => not_taken = Some(message),
            None => {}
        }
        let (done, deed) = match action.as_str() {
            "mappen" => (begun(folder, draft, MadeKind::Papers), Deed::PacketsBegun),
            "druck" => (begun(folder, draft, MadeKind::Sheets), Deed::SheetsBegun),
            _ => (changed(folder, &run, draft, &sent, &action, not_taken), Deed::SessionChanged),
        };
        match done {
            Ok(Done { place, is_changed: false }) => see_other(&place),
            Ok(Done { place, is_changed: true }) => noted(folder, desk, &visitor, &name, deed, &place),
            Err(refused) => {
                let NotChanged { draft, part, news, status } = *refused;
                let news = SessionNews { again: sent, ..news };
                let mut response = page(folder, &run, desk, draft, part, &news);
                *response.status_mut() = status;
                response
            }
        }
    });
    work.await.unwrap_or_else(defect)
}

/// Writes down what was done, and goes on to what came of it.
fn noted(
    folder: &ProjectFolder,
    desk: &mut Desk,
    visitor: &Visitor,
    name: &str,
    deed: Deed,
    place: &str,
) -> Response {
    let Err(message) = saving_log::note(folder, visitor, name, deed) else { return see_other(place) };
    let news = SessionNews::bad(format!("Das ist getan. {message}"));
    let run = folder.now();
    match SessionDraft::open(folder, &run, name) {
        Ok(draft) => page(folder, &run, desk, draft, SessionPart::Agenda, &news),
        Err(why) => session_view::none(folder, name, &why, &SentControls::new()),
    }
}

/// What came of what was asked for.
struct Done {
    /// The address to go on at.
    place: String,
    /// Whether there is something to write down.
    is_changed: bool,
}

impl Done {
    fn at(place: String) -> Self {
        Self { place, is_changed: true }
    }
}

/// What is shown instead of what was asked for.
struct NotChanged {
    draft: SessionDraft,
    part: SessionPart,
    news: SessionNews,
    status: StatusCode,
}

/// Begins to make packets or sheets.
fn begun(folder: &ProjectFolder, draft: SessionDraft, kind: MadeKind) -> Result<Done, Box<NotChanged>> {
    let run = folder.now();
    // What cannot be read is said by what is begun.
    let mark = Agenda::open(&run, &draft.read(), &[]).map(|agenda| agenda.mark()).unwrap_or_default();
    if folder.making.begin(run, &draft.name, draft.path.clone(), mark, kind) {
        return Ok(Done::at(format!("{}#mappen", address_of(&draft.name))));
    }
    let news = SessionNews::bad("Es wird gerade schon etwas erstellt.");
    Err(Box::new(NotChanged { draft, part: SessionPart::Agenda, news, status: StatusCode::CONFLICT }))
}

/// Changes the session file as a button says.
fn changed(
    folder: &ProjectFolder,
    run: &Run,
    draft: SessionDraft,
    sent: &SentControls,
    action: &str,
    not_taken: Option<String>,
) -> Result<Done, Box<NotChanged>> {
    let text = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
    let agenda = address_of(&draft.name);
    let mark = text("stand");
    if let Some((from, to)) = moving(action) {
        written(folder, draft, mark, &[SessionChange::Move { from, to }])?;
        return Ok(Done::at(format!("{agenda}#top-{to}")));
    }
    if sent.contains_key("teil") {
        return part_changed(folder, draft, sent, action);
    }
    let item = text("punkt").parse().unwrap_or(usize::MAX);
    if action == "entfernen" {
        written(folder, draft, mark, &[SessionChange::Remove { item }])?;
        return Ok(Done::at(format!("{agenda}&gespeichert=1#tagesordnung")));
    }
    let sent_item = match SentItem::of(folder, run, &draft, sent, item, action, not_taken) {
        Ok(sent_item) => sent_item,
        Err(refusal) => return Err(not_listened_to(draft, refusal)),
    };
    // What is shown again if something is wrong with what was typed: all fields, and nothing that came or went.
    let mut shown = draft.clone();
    if let Err(why) = shown.change(mark, &sent_item.fields) {
        return Err(refused(draft, why, typed(sent)));
    }
    let mut whole = shown.clone();
    if let Err(why) = whole.change(mark, &sent_item.others) {
        return Err(refused(draft, why, typed(sent)));
    }
    let faults = sent_item.faults(&whole);
    if !faults.is_empty() {
        let at = sent_item.item;
        let part = sent_item.new.map_or(SessionPart::Item(at), |new| SessionPart::New(new, Some(at)));
        let news = SessionNews { faults, ..SessionNews::bad("Es wurde nichts gespeichert.") };
        return Err(Box::new(NotChanged {
            draft: shown,
            part,
            news,
            status: StatusCode::UNPROCESSABLE_ENTITY,
        }));
    }
    if let Err(message) = whole.save(folder) {
        let news = SessionNews { typed: typed(sent), ..SessionNews::bad(message) };
        return Err(Box::new(NotChanged {
            draft,
            part: SessionPart::Agenda,
            news,
            status: StatusCode::CONFLICT,
        }));
    }
    let item = sent_item.item;
    let is_changed = whole.is_changed();
    let said = u8::from(is_changed);
    let place = match action {
        "speichern" => format!("{agenda}&gespeichert={said}#top-{item}"),
        _ => format!("{agenda}&punkt={item}&gespeichert={said}#unterlagen"),
    };
    Ok(Done { place, is_changed })
}

/// Changes a part besides the agenda: written by its button, and till then only shown.
fn part_changed(
    folder: &ProjectFolder,
    draft: SessionDraft,
    sent: &SentControls,
    action: &str,
) -> Result<Done, Box<NotChanged>> {
    let mark = sent.get("stand").map(String::as_str).unwrap_or_default();
    let sent_part = match SentPart::of(sent) {
        Ok(sent_part) => sent_part,
        Err(refusal) => return Err(not_listened_to(draft, refusal)),
    };
    let field = sent_part.field;
    let mut shown = draft.clone();
    if let Err(why) = shown.change(mark, &sent_part.changes) {
        return Err(refused(draft, why, typed(sent)));
    }
    if action != "speichern" {
        let Some(step) = sent_part.step(action) else {
            return Err(not_listened_to(draft, SessionRefusal::no_such_button()));
        };
        if let Err(why) = shown.change(mark, &[step.change]) {
            return Err(refused(draft, why, typed(sent)));
        }
        let text = format!("{} Noch ist nichts gespeichert.", step.text);
        let news = SessionNews { goes_to: Some(format!("/{}", field.key)), ..SessionNews::good(&text) };
        let part = SessionPart::Other(field, Some(step.blocks));
        return Err(Box::new(NotChanged { draft: shown, part, news, status: StatusCode::OK }));
    }
    let faults = faults_of(&shown);
    if !faults.is_empty() {
        let news = SessionNews { faults, ..SessionNews::bad("Es wurde nichts gespeichert.") };
        let part = SessionPart::Other(field, Some(sent_part.blocks));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Box::new(NotChanged { draft: shown, part, news, status }));
    }
    if let Err(message) = shown.save(folder) {
        let news = SessionNews { typed: typed(sent), ..SessionNews::bad(message) };
        let status = StatusCode::CONFLICT;
        return Err(Box::new(NotChanged { draft, part: SessionPart::Agenda, news, status }));
    }
    let is_changed = shown.is_changed();
    let said = u8::from(is_changed);
    let place = format!("{}&gespeichert={said}#teil-{}", address_of(&draft.name), field.key);
    Ok(Done { place, is_changed })
}

/// Says why a page is not listened to at all.
fn not_listened_to(draft: SessionDraft, refusal: SessionRefusal) -> Box<NotChanged> {
    let SessionRefusal { status, message } = refusal;
    Box::new(NotChanged { draft, part: SessionPart::Agenda, news: SessionNews::bad(message), status })
}

fn written(
    folder: &ProjectFolder,
    mut draft: SessionDraft,
    mark: &str,
    changes: &[SessionChange],
) -> Result<(), Box<NotChanged>> {
    if let Err(why) = draft.change(mark, changes) {
        return Err(refused(draft, why, Vec::new()));
    }
    draft.save(folder).map_err(|message| {
        let news = SessionNews::bad(message);
        Box::new(NotChanged { draft, part: SessionPart::Agenda, news, status: StatusCode::CONFLICT })
    })
}

/// Says why nothing was changed, and what somebody typed in vain.
fn refused(draft: SessionDraft, why: DraftRefusal, typed: Vec<(String, String)>) -> Box<NotChanged> {
    let (status, message) = match why {
        DraftRefusal::Stale => (
            StatusCode::CONFLICT,
            "Die Sitzungsdatei wurde inzwischen geändert. Hier steht sie, wie sie jetzt ist.",
        ),
        DraftRefusal::Change(NotChangeable::NoSuchPlace) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Das lässt sich an dieser Tagesordnung nicht ändern.")
        }
        DraftRefusal::Change(NotChangeable::UnclearRelease) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Es wurde nichts geändert: Eine Freigabe nennt eine Nummer, die mehrere Punkte haben, und niemand weiß, für welchen sie dann gilt. Bitte erst die Freigabe ändern: statt des Punktes die Vorlage nennen, oder sie entfernen.",
        ),
        DraftRefusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Die Sitzungsdatei wäre größer als 4 MiB."),
    };
    let news = SessionNews { typed, ..SessionNews::bad(message) };
    Box::new(NotChanged { draft, part: SessionPart::Agenda, news, status })
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
        let Some(MadeFile { path, .. }) = number.and_then(|number| state.files.get(number)) else {
            return missing();
        };
        let Ok(bytes) = files::read(path, MAX_FILE) else { return missing() };
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let file: String = download_name(path).chars().map(plain).collect();
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
        let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
        let is_pdf = path.extension().is_some_and(|end| end == "pdf");
        let kind = if is_pdf { "application/pdf" } else { "application/octet-stream" };
        let kind = HeaderValue::from_static(kind);
        ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
    });
    work.await.unwrap_or_else(defect)
}

/// What a file is called where it is loaded to: the folder that says for whom it is does not come along.
fn download_name(path: &Path) -> String {
    let part = |name: Option<&OsStr>| name.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, folder) = (part(path.file_stem()), part(path.parent().and_then(Path::file_name)));
    let is_of_edition = Edition::ALL.iter().any(|edition| edition.folder == folder);
    if is_of_edition && !stem.ends_with(&folder) && path.extension().is_some_and(|end| end == "pdf") {
        format!("{stem}-{folder}.pdf")
    } else {
        part(path.file_name())
    }
}

fn missing() -> Response {
    refusal(StatusCode::NOT_FOUND, NoSession::Missing.in_words())
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

fn page(
    folder: &ProjectFolder,
    run: &Run,
    desk: &mut Desk,
    mut draft: SessionDraft,
    part: SessionPart,
    news: &SessionNews,
) -> Response {
    let count = draft.read().session.items.len();
    let (item, new) = match &part {
        SessionPart::Item(item) => (*item, None),
        SessionPart::New(new, None) => {
            let new = *new;
            // The form of an item that is not there yet is that of an empty one at the end.
            let mark = draft.mark();
            let empty = SessionChange::Add { at: count, words: new.words(&draft) };
            if draft.change(&mark, &[empty]).is_err() {
                let news = SessionNews::bad("An diese Tagesordnung lässt sich hier nichts anfügen.");
                return page(folder, run, desk, draft, SessionPart::Agenda, &news);
            }
            (count, Some(new))
        }
        SessionPart::New(new, Some(at)) => (*at, Some(*new)),
        SessionPart::Agenda | SessionPart::Other(..) | SessionPart::Removal(_) => (0, None),
    };
    let Ok(mut agenda) = Agenda::open(run, &draft.read(), &[]) else {
        let why = NoSession::Around("Eine Vorlagendatei der Sitzung lässt sich nicht lesen.", Vec::new());
        return session_view::none(folder, &draft.name, &why, &news.again);
    };
    let of_papers = desk.check_papers(agenda.session());
    agenda.findings.extend(of_papers);
    let items = agenda.session().items.len();
    match part {
        SessionPart::Agenda => session_view::page(folder, &draft, &agenda, news),
        SessionPart::Other(field, blocks) => {
            session_parts::page(&draft, &agenda, field, blocks.as_ref(), news)
        }
        SessionPart::Removal(item) if item < items => session_item::removal(folder, &draft, &agenda, item),
        SessionPart::Item(_) | SessionPart::New(..) if item < items => {
            session_item::page(&ItemPage { folder, run, draft: &draft, agenda: &agenda, item, new, news })
        }
        _ => refusal(StatusCode::NOT_FOUND, "Diesen Punkt gibt es nicht."),
    }
}
