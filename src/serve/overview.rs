//! The overview: all records and sessions of the project, with search, filter and what state each is in.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Extension, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use url::form_urlencoded;

use super::answer::refusal;
use super::frame;
use super::new_session;
use super::presence::{self, Presence};
use super::project_folder::ProjectFolder;
use super::record_page::address_of;
use super::sent_form::pairs;
use super::session_frame;
use super::visitor::Visitor;
use crate::day::Day;
use crate::diagnostics::{Severity, counted};
use crate::files::path_within;
use crate::record::proposal::Proposal;
use crate::run::{Looked, RecordFile, Run, Seen, collect, look_at};
use crate::tasks::desk::Desk;
use crate::tasks::render::{Render, are_made};

/// The most records on a page.
const MAX_SHOWN: usize = 50;

/// What was asked for.
#[derive(Debug, Default)]
struct OverviewQuery {
    words: Vec<String>,
    search: String,
    public: Option<bool>,
    page: usize,
}

impl OverviewQuery {
    fn of(query: Option<&str>) -> Self {
        let pairs = pairs(query.unwrap_or_default().as_bytes());
        let text = |name: &str| pairs.get(name).cloned().unwrap_or_default();
        let search = text("suche");
        Self {
            words: search.to_lowercase().split_whitespace().map(str::to_owned).collect(),
            search,
            public: match text("art").as_str() {
                "oeffentlich" => Some(true),
                "nichtoeffentlich" => Some(false),
                _ => None,
            },
            page: text("seite").parse().unwrap_or(1).clamp(1, 10_000),
        }
    }

    fn takes(&self, record: &Head) -> bool {
        let text =
            format!("{} {} {} {}", record.number, record.subject, record.office, record.name).to_lowercase();
        self.words.iter().all(|word| text.contains(word))
            && self.public.is_none_or(|wanted| record.public == Some(wanted))
    }

    fn address(&self, page: usize) -> String {
        let art = self.public.map_or("", |public| if public { "oeffentlich" } else { "nichtoeffentlich" });
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("suche", self.search.as_str()), ("art", art), ("seite", &page.to_string())])
            .finish();
        format!("/?{query}")
    }
}

/// What the overview says of a record before it is checked.
struct Head {
    name: String,
    number: String,
    subject: String,
    office: String,
    date: Option<Day>,
    session: Option<String>,
    public: Option<bool>,
    file: RecordFile,
}

/// What the overview says of a record that is shown.
struct Card {
    head: Head,
    state: RecordState,
}

/// What state a record is in.
struct RecordState {
    errors: usize,
    warnings: usize,
    notes: usize,
    /// Whether its PDF is there and up to date; none if it has no form.
    is_made: Option<bool>,
}

/// What the overview says of a session.
struct SessionCard {
    name: String,
    committee: String,
    day: Option<Day>,
    place: String,
    items: usize,
}

/// What is in the project.
struct OverviewContents {
    cards: Vec<Card>,
    found: usize,
    all: usize,
    sessions: Vec<SessionCard>,
}

/// Sends the overview.
pub(super) async fn page(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Response {
    let wanted = OverviewQuery::of(query.as_deref());
    let looked = folder.work(move |folder, desk| (contents(folder, desk, &wanted), wanted)).await;
    match looked {
        Some((Ok(contents), wanted)) => {
            frame::page("Übersicht", markup(&contents, &wanted, &visitor, &folder.presence))
        }
        Some((Err(reason), _)) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &reason),
        None => refusal(StatusCode::INTERNAL_SERVER_ERROR, "Die Übersicht ließ sich nicht erstellen."),
    }
}

fn contents(
    folder: &ProjectFolder,
    desk: &mut Desk,
    wanted: &OverviewQuery,
) -> Result<OverviewContents, String> {
    let run = folder.now();
    let files = collect(&[folder.root.path().to_path_buf()]).map_err(|error| error.to_string())?;
    let looked = look_at(&run, &files, |_| None);
    let name =
        |looked: &Looked| path_within(folder.root.path(), looked.file.path().unwrap_or(folder.root.path()));
    let mut heads = Vec::new();
    let mut sessions = Vec::new();
    for looked in &looked {
        match &looked.seen {
            Seen::Record { .. } => heads.push(head(looked, name(looked))),
            Seen::Session(opened) => sessions.push(SessionCard {
                name: name(looked),
                committee: opened.session.committee(),
                day: opened.session.date,
                place: opened.session.place.clone().unwrap_or_default(),
                items: opened.session.items.len(),
            }),
            Seen::Other => {}
        }
        looked.release();
    }
    let all = heads.len();
    heads.retain(|head| wanted.takes(head));
    sessions.sort_by_key(|session| std::cmp::Reverse(session.day));
    let found = heads.len();
    let shown: Vec<Head> = heads.into_iter().skip((wanted.page - 1) * MAX_SHOWN).take(MAX_SHOWN).collect();
    let cards = cards(&run, desk, shown);
    Ok(OverviewContents { cards, found, all, sessions })
}

fn head(looked: &Looked, name: String) -> Head {
    let file = looked.file.clone();
    let Ok(opened) = looked.open() else {
        return Head {
            name,
            number: String::new(),
            subject: String::new(),
            office: String::new(),
            date: None,
            session: None,
            public: None,
            file,
        };
    };
    let Proposal { number, subject, office, date, consultation, public, .. } = &opened.proposal;
    let next = consultation.iter().filter_map(|step| Some((step.date?, step.committee.as_deref()?))).max();
    Head {
        name,
        number: number.map(|number| number.to_string()).unwrap_or_default(),
        subject: subject.clone(),
        office: office.clone(),
        date: *date,
        session: next.map(|(day, committee)| format!("{committee}, {}", day.in_numbers())),
        public: *public,
        file,
    }
}

fn cards(run: &Run, desk: &mut Desk, heads: Vec<Head>) -> Vec<Card> {
    let files: Vec<RecordFile> = heads.iter().map(|head| head.file.clone()).collect();
    let looked = look_at(run, &files, |_| None);
    let made = are_made(run, &files, &Render::archival(None));
    let states = looked.iter().zip(made).map(|(looked, made)| {
        let (findings, has_form) = match looked.open() {
            Ok(opened) => (desk.check(&opened), opened.proposal.form_annexes().next().is_some()),
            Err(crate::run::Problem::Findings(findings)) => (findings, false),
            Err(crate::run::Problem::Failure(_)) => (Vec::new(), false),
        };
        let count = |level: Severity| findings.iter().filter(|finding| finding.severity == level).count();
        RecordState {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            is_made: has_form.then_some(made),
        }
    });
    heads.into_iter().zip(states.collect::<Vec<_>>()).map(|(head, state)| Card { head, state }).collect()
}

fn markup(
    contents: &OverviewContents,
    wanted: &OverviewQuery,
    visitor: &Visitor,
    presence: &Presence,
) -> Markup {
    let now = Instant::now();
    html! {
        h1 { "Übersicht" }
        section aria-labelledby="vorlagen" {
            h2 #vorlagen { "Vorlagen" }
            @if visitor.writes() { p { a.knopf href="/neu" { "Neue Vorlage" } } }
            form.suche role="search" method="get" action="/" {
                div.feld { label for="suche" { "Suche nach Nummer, Betreff oder Amt" } input #suche type="search" name="suche" value=(wanted.search); }
                div.feld {
                    label for="art" { "Öffentlichkeit" }
                    select #art name="art" {
                        option value="" selected[wanted.public.is_none()] { "alle" }
                        option value="oeffentlich" selected[wanted.public == Some(true)] { "öffentliche" }
                        option value="nichtoeffentlich" selected[wanted.public == Some(false)] { "nichtöffentliche" }
                    }
                }
                button type="submit" { "Suchen" }
            }
            p role="status" { (counted(contents.found, "Vorlage", "Vorlagen")) @if contents.found < contents.all { " von " (contents.all) } }
            @if !contents.cards.is_empty() { (records(&contents.cards, &|name| presence::listed(&presence.others(name, visitor, now)))) }
            (pages(contents, wanted))
        }
        section aria-labelledby="sitzungen" {
            h2 #sitzungen { "Sitzungen" }
            @if visitor.prepares_sessions() { p { a.knopf href=(new_session::ADDRESS) { "Neue Sitzung" } } }
            @if contents.sessions.is_empty() { p { "In diesem Projekt gibt es keine Sitzungsdatei." } }
            @else { (sessions(&contents.sessions)) }
        }
    }
}

fn records(cards: &[Card], open_at: &dyn Fn(&str) -> Option<String>) -> Markup {
    html! {
        div.rollbar tabindex="0" role="region" aria-label="Tabelle der Vorlagen" {
            table {
                thead { tr { th scope="col" { "Nummer" } th scope="col" { "Betreff" } th scope="col" { "Amt" } th scope="col" { "Datum" } th scope="col" { "Letzte Beratung" } th scope="col" { "Befunde" } th scope="col" { "PDF" } } }
                tbody {
                    @for Card { head, state } in cards {
                        tr {
                            th scope="row" { a href=(address_of(&head.name)) { @if head.number.is_empty() { (head.name) } @else { (head.number) } } (publicity(head.public)) @if let Some(names) = open_at(&head.name) { " " span.marke.hinweis { "offen: " (names) } } }
                            td { @if head.subject.is_empty() { em { "ohne Betreff" } } @else { (head.subject) } }
                            td { (head.office) }
                            td { (head.date.map(Day::in_numbers).unwrap_or_default()) }
                            td { (head.session.as_deref().unwrap_or_default()) }
                            td { (state_in_words(state)) }
                            td { @match state.is_made { Some(true) => "aktuell", Some(false) => "fehlt oder veraltet", None => "kein Formular" } }
                        }
                    }
                }
            }
        }
    }
}

fn state_in_words(state: &RecordState) -> Markup {
    let counts = [
        ("fehler", state.errors, "Fehler", "Fehler"),
        ("warnung", state.warnings, "Warnung", "Warnungen"),
        ("hinweis", state.notes, "Hinweis", "Hinweise"),
    ];
    html! {
        @if counts.iter().all(|(_, count, ..)| *count == 0) { "keine" }
        @for (class, count, one, many) in counts.iter().filter(|(_, count, ..)| *count > 0) { span class={ "marke " (class) } { (counted(*count, one, many)) } " " }
    }
}

/// Says in words that something is not public.
fn publicity(public: Option<bool>) -> Markup {
    html! { @if public == Some(false) { " " span.marke.geheim { "nichtöffentlich" } } }
}

fn sessions(cards: &[SessionCard]) -> Markup {
    html! {
        div.rollbar tabindex="0" role="region" aria-label="Tabelle der Sitzungen" {
            table {
                thead { tr { th scope="col" { "Gremium" } th scope="col" { "Tag" } th scope="col" { "Ort" } th scope="col" { "Tagesordnung" } } }
                tbody {
                    @for card in cards {
                        tr {
                            th scope="row" { a href=(session_frame::address_of(&card.name)) { @if card.committee.is_empty() { (card.name) } @else { (card.committee) } } }
                            td { (card.day.map(Day::in_words).unwrap_or_default()) }
                            td { (card.place) }
                            td { (counted(card.items, "Punkt", "Punkte")) }
                        }
                    }
                }
            }
        }
    }
}

fn pages(contents: &OverviewContents, wanted: &OverviewQuery) -> Markup {
    let last = contents.found.div_ceil(MAX_SHOWN);
    html! {
        @if last > 1 {
            nav aria-label="Seiten der Übersicht" {
                @if wanted.page > 1 { a href=(wanted.address(wanted.page - 1)) { "vorige Seite" } " " }
                "Seite " (wanted.page) " von " (last)
                @if wanted.page < last { " " a href=(wanted.address(wanted.page + 1)) { "nächste Seite" } }
            }
        }
    }
}
