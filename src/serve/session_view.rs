//! What the page of a session shows: who may see what, in words.
//!
//! Knows nothing of requests.

use axum::response::Response;
use maud::{Markup, html};
use url::form_urlencoded;

use super::frame;
use super::making::MakingState;
use super::project_folder::ProjectFolder;
use super::record_page;
use super::remarks::{Remarks, finding};
use crate::check::session::least_notice;
use crate::day::Day;
use crate::diagnostics::{Diagnostic, counted};
use crate::files::path_within;
use crate::packet::{Business, BusinessItem, Paper, PaperFile, papers};
use crate::record::publicity::Publicity;
use crate::record::session::{RecordPath, Session};
use crate::tasks::agenda::Agenda;

/// The address of the page of a session.
pub(super) fn address_of(name: &str) -> String {
    named("/sitzung", name)
}

/// The address of a page about a session.
fn named(page: &str, name: &str) -> String {
    format!("{page}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("datei", name).finish())
}

/// The page of a session that can be read.
pub(super) fn page(
    folder: &ProjectFolder,
    name: &str,
    mark: &str,
    agenda: &Agenda,
    news: Option<&str>,
) -> Response {
    let session = agenda.session();
    let business = agenda.business();
    let papers = papers(&business, folder.root.path());
    let title = match session.date {
        Some(day) => format!("{}, {}", session.committee(), day.in_words()),
        None => session.committee(),
    };
    let remarks = Remarks::new(&session.project.templates, Default::default());
    let content = html! {
        h1 { (title) }
        @if let Some(news) = news { p.meldung.schlecht role="alert" { (news) } }
        (facts(session))
        (findings(folder, name, &agenda.findings, session, &remarks))
        section aria-labelledby="tagesordnung" {
            h2 #tagesordnung { "Tagesordnung" }
            p.hilfe { "Verschoben wird mit den Knöpfen oder mit der Maus. Die Nummern bleiben in ihrer Reihenfolge; die Sitzungsdatei wird gleich geschrieben." }
            form #tagesordnung-formular method="post" action="/sitzung" {
                input type="hidden" name="datei" value=(name);
                input type="hidden" name="stand" value=(mark);
                ol.tagesordnung {
                    @for (index, item) in business.items.iter().enumerate() {
                        (self::item(folder, &business, item, index, &papers))
                    }
                }
            }
        }
        (made(name, mark, folder.making.state(name)))
        script type="module" src="/dateien/sitzung.js" {}
    };
    frame::page(&title, content)
}

/// The page of a session that cannot be read.
pub(super) fn unreadable(name: &str, findings: &[Diagnostic]) -> Response {
    let content = html! {
        h1 { (name) }
        p.meldung.schlecht role="alert" { "Die Sitzungsdatei lässt sich so nicht lesen." }
        @for one in findings { (finding(one)) }
    };
    frame::page(&format!("Fehler: {name}"), content)
}

fn facts(session: &Session) -> Markup {
    let fact = |name: &str, value: Option<String>| {
        html! { @if let Some(value) = value { dt { (name) } dd { (value) } } }
    };
    let notice = session.notice.as_ref().map(|(sent, _)| {
        let days = session.date.map(|day| sent.days_until(day));
        let before = match days {
            Some(days) if days > 0 => {
                format!(", {} vor der Sitzung", counted(usize::try_from(days).unwrap_or(0), "Tag", "Tage"))
            }
            _ => String::new(),
        };
        format!(
            "{}{before}; mindestens {}",
            sent.in_words(),
            counted(usize::try_from(least_notice(session)).unwrap_or(0), "Tag", "Tage")
        )
    });
    html! {
        dl.angaben {
            (fact("Beginn", session.begin.map(|time| format!("{} Uhr", time.in_numbers()))))
            (fact("Ort", session.place.clone()))
            (fact("Vorsitz", session.chair.clone()))
            (fact("Ladung", notice.or(session.date.map(|_: Day| "nicht angegeben".to_owned()))))
        }
    }
}

fn findings(
    folder: &ProjectFolder,
    name: &str,
    findings: &[Diagnostic],
    session: &Session,
    remarks: &Remarks<'_>,
) -> Markup {
    let place = |one: &Diagnostic| {
        let is_own = one.source.name == session.source.name;
        let file =
            if is_own { name.to_owned() } else { path_within(folder.root.path(), one.source.name.as_ref()) };
        format!("{file}, Zeile {}", one.line())
    };
    html! {
        section.uebersicht aria-labelledby="befunde" {
            h2 #befunde { "Befunde" }
            @if findings.is_empty() { p { "Keine." } }
            @else {
                details open {
                    summary { (record_page::in_numbers(findings)) }
                    ul { @for one in findings { li { (finding(one)) (remarks.explained(one)) p.leise { (place(one)) } } } }
                }
            }
        }
    }
}

fn item(
    folder: &ProjectFolder,
    business: &Business<'_>,
    item: &BusinessItem<'_>,
    index: usize,
    papers: &[Paper<'_>],
) -> Markup {
    let last = business.items.len().saturating_sub(1);
    let which = format!("{} {}", item.number(), item.title());
    let is_public = item.publicity().is_public();
    let neutral = business.title_for(item, Publicity::Public);
    let own = || papers.iter().filter(|paper| std::ptr::eq(paper.item, item));
    html! {
        li #{ "top-" (index) } data-platz=(index) {
            div.punkt {
                p {
                    strong { (item.number()) } " "
                    @if item.item.is_heading() { em { (item.title()) " (Überschrift)" } } @else { (item.title()) }
                    @if let Some(status) = item.item.status { " " span.marke.warnung { (status.word()) } }
                }
                @if !item.item.is_heading() {
                    p.leise {
                        @if is_public { "öffentlich" }
                        @else {
                            span.marke.geheim { "nichtöffentlich" } " "
                            @match neutral {
                                Some(words) => { "In der öffentlichen Tagesordnung steht: „" (words) "“." }
                                None => "In der öffentlichen Tagesordnung steht dieser Punkt nicht.",
                            }
                        }
                    }
                }
                @if own().next().is_some() {
                    ul.unterlagen { @for paper in own() { li { (self::paper(folder, paper)) } } }
                }
            }
            div.knoepfe {
                @if index > 0 { button type="submit" name="tun" value={ "hoch:" (index) } aria-label={ "Nach oben: " (which) } { "Nach oben" } }
                @if index < last { button type="submit" name="tun" value={ "runter:" (index) } aria-label={ "Nach unten: " (which) } { "Nach unten" } }
            }
        }
    }
}

/// A paper, and what its publicity means.
fn paper(folder: &ProjectFolder, paper: &Paper<'_>) -> Markup {
    let title = format!("{} {}", paper.label, paper.listed_title());
    let record = paper.record.and_then(|named| named.file.as_ref().ok());
    let link = |record: &RecordPath| {
        let root = folder.root.path();
        record.path.starts_with(root).then(|| record_page::address_of(&path_within(root, &record.path)))
    };
    html! {
        @match record.and_then(link) {
            Some(address) => a href=(address) { (title) },
            None => (title),
        }
        ": "
        @if paper.publicity.is_public() { "öffentlich, in beiden Mappen" }
        @else { span.marke.geheim { "nichtöffentlich" } " nur in der vollständigen Mappe" }
        @if let PaperFile::Missing(why) = &paper.file { ". " strong { "Fehlt: " } (why) }
    }
}

fn made(name: &str, mark: &str, state: Option<MakingState>) -> Markup {
    let is_running = state.as_ref().is_some_and(|state| state.is_running);
    html! {
        section aria-labelledby="mappen" {
            h2 #mappen tabindex="-1" { "Mappen, Einladung, Tagesordnung, Bekanntmachung" }
            @if let Some(state) = &state {
                @if state.is_running {
                    div #fortschritt data-adresse=(named("/sitzung/stand", name)) {
                        p role="status" { "Wird erstellt …" }
                        progress max=(state.total.max(1)) value=(state.done) aria-label="Fortschritt" {}
                        p { a href={ (named("/sitzung", name)) "#mappen" } { "Nachsehen, ob alles fertig ist" } }
                    }
                } @else {
                    p role="status" { @if state.files.is_empty() { "Es wurde nichts erstellt." } @else { "Fertig. Zum Herunterladen:" } }
                    ul {
                        @for (number, (title, path)) in state.files.iter().enumerate() {
                            li {
                                a href={ (named("/sitzung/datei", name)) "&nr=" (number) } download { (title) " (PDF)" }
                                @if !path.iter().any(|part| part == crate::packet::Edition::PUBLIC.folder) { " " span.marke.geheim { "enthält Nichtöffentliches" } }
                            }
                        }
                    }
                    @if !state.faults.is_empty() { p { "Was dabei fehlte:" } ul { @for fault in &state.faults { li.fehler { (fault) } } } }
                }
            }
            form method="post" action="/sitzung" {
                input type="hidden" name="datei" value=(name);
                input type="hidden" name="stand" value=(mark);
                div.knoepfe { button.haupt type="submit" name="tun" value="mappen" disabled[is_running] { "Alles erstellen" } }
            }
        }
    }
}
